"""Whole runs of years of any size: time per project, peak memory of all processes together, and start-up beside pandas.

``python -m tests.benchmarks.whole [PROJECTS…]`` runs the command itself, by two processes and without the report. Times depend on the machine;
what counts are the ratios of one run: time per project beside that at the size before, and the sample beside ``import pandas``.
"""

import os
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.years import write_year

SAMPLE = Path(__file__).parents[2] / "sample_workbooks" / "hongshan-2019"
_SIZES = (5, 1_000, 10_000, 100_000)
_PAUSE, _ROUNDS = 0.1, 5
_PAGE, _TICKS = (os.sysconf(name) for name in ("SC_PAGE_SIZE", "SC_CLK_TCK")) if hasattr(os, "sysconf") else (4096, 100)


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds on the clock, seconds of all processors, and the most memory of all processes together (0: not known).

    ``others``: seconds of the processors for the processes that the first one has started.
    """

    wall: float
    cpu: float
    peak: int
    others: float = 0.0

    def on_two(self) -> float:
        """The seconds that it takes on two processors that have nothing else to do: what others did is shared."""
        return self.cpu - self.others / 2


def cost_of(command: list[str]) -> Cost:
    """What a command costs, with everything that it starts."""
    before, started = os.times(), time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    peak, spent = 0, dict[int, float]()

    def watch() -> None:
        nonlocal peak
        while process.poll() is None:
            family = _family_of(process.pid)
            peak = max(peak, sum(memory for memory, _ in family.values()))
            spent.update({pid: used for pid, (_, used) in family.items() if pid != process.pid})
            time.sleep(_PAUSE)

    watcher = threading.Thread(target=watch)
    watcher.start()
    status = process.wait()
    watcher.join()
    after = os.times()
    if status not in (0, 1):
        raise RuntimeError(f"{command} ended with {status}")
    # The workers are no children that anybody waits for: what they used is what was last seen of them.
    used = after.children_user + after.children_system - before.children_user - before.children_system
    others = sum(spent.values())
    return Cost(time.perf_counter() - started, used + others, peak, others)


def _family_of(pid: int) -> dict[int, tuple[int, float]]:
    """Bytes in memory and seconds used of a process and of all that it has started, shared memory counted in each; Linux only."""
    parents: dict[int, int] = {}
    seen: dict[int, tuple[int, float]] = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents[int(entry.name)] = int(fields[1])
        seen[int(entry.name)] = int(fields[21]) * _PAGE, (int(fields[11]) + int(fields[12])) / _TICKS
    family, grown = {pid}, True
    while grown:
        more = {child for child, parent in parents.items() if parent in family} - family
        family, grown = family | more, bool(more)
    return {member: seen[member] for member in family if member in seen}


def run_command(folder: Path, out: Path, *options: str) -> list[str]:
    """The command line of a run by this Python."""
    return [sys.executable, "-m", "perfeval_xl", "run", str(folder), "-o", str(out), "--quiet", *options]


def _print_startup(scratch: Path) -> None:
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed program has its byte code
    pandas = [sys.executable, "-c", "import pandas"]
    commands = [pandas, run_command(SAMPLE, scratch / "样例", "--no-report"), run_command(SAMPLE, scratch / "样例")]
    rounds = [
        [cost_of(command).cpu for command in commands] for _ in range(_ROUNDS)
    ]  # what else the machine does hits all alike
    bare, short, full = map(min, zip(*rounds, strict=True))
    print(f"sample: {short / bare:.2f} × import pandas without the report, {full / bare:.2f} × with it")  # noqa: T201


def main() -> None:
    """Print a line for each size."""
    before = 0.0
    with tempfile.TemporaryDirectory() as name:
        _print_startup(Path(name))
        for projects in map(int, sys.argv[1:]) if __name__ == "__main__" and sys.argv[1:] else _SIZES:
            folder = write_year(Path(name) / str(projects), projects)
            cost = cost_of(run_command(folder, Path(name) / "结果", "--no-report", "--jobs", "2"))
            each = cost.wall / projects * 1000
            beside = f", {each / before:.2f} × the size before" if before else ""
            print(  # noqa: T201
                f"{projects:7} projects: {cost.wall:7.1f} s ({cost.cpu:7.1f} s of processors), {each:8.2f} ms each"
                f"{beside}, at most {cost.peak / 2**20:,.0f} MiB",
                flush=True,
            )
            before = each


if __name__ == "__main__":
    main()
