"""The figures of docs/reliability.md: every write struck, every fault injected, every hostile file read. ``poe reliability``."""

import contextlib
import errno
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from perfeval_xl.write.names import ALL_UNITS, MANIFEST
from tests.full_sheet import ROWS, Cost, check_full_sheet
from tests.fuzz import unsound
from tests.mail.conftest import PEOPLE
from tests.mail.post_office import RECIPIENTS
from tests.mail.strikes import SendingTally, try_all_sendings
from tests.read.workbook.test_safety import REFUSED
from tests.test_batch import batch, files_below, year_of
from tests.test_reliability import struck
from tests.workbooks import changed, clean_year, invoke, put, write_folder

PAGE = Path(__file__).parents[1] / "docs" / "reliability.md"
ADDRESSED = {"收件人": [RECIPIENTS, ["全部", "张三", "zhang@example.com", ""]]}
FAULTS = (errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EIO, errno.ENOENT, errno.EDQUOT)
#: Moments, as parts of the time that a command takes, at which it is killed whatever it does.
MOMENTS = 12

Act = Callable[[], int]


@dataclass(frozen=True, slots=True)
class Work:
    """A command in a folder: what it is called, what it does there, and where it writes."""

    name: str
    act: Act
    place: Path


@dataclass(frozen=True, slots=True)
class Tally:
    """How often something was done to a command, and what came of it."""

    tried: int = 0
    torn: int = 0
    incomplete: int = 0
    litter: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(*(getattr(self, name) + getattr(other, name) for name in Tally.__slots__))


def works(place: Path) -> Iterator[Work]:
    """Each command in a folder of its own, whose inputs were changed since its last results."""
    single, several = place / "单个" / "年", place / "几个" / "年"
    other = changed(put("预算执行情况", 0, "全年执行数", 90000))
    write_folder(single, other | ADDRESSED)
    batch(several, 甲=other, 乙=year_of("乙馆"))
    for folder, *how in ((single,), (several, "--no-report")):
        assert invoke("run", folder, *how).exit_code in (0, 1)
    write_folder(single, clean_year() | ADDRESSED)
    batch(several, 甲=clean_year(), 乙=year_of("乙馆"))
    yield Work("run（一个单位）", lambda: invoke("run", single).exit_code, single / "自评结果")
    yield Work(
        "run（几个单位）", lambda: invoke("run", several, "--force", "--no-report").exit_code, several / "自评结果"
    )
    reviewed = place / "审核"
    reviewed.mkdir()
    (reviewed / "审核.xlsx").write_bytes(b"old")
    forms = single / "自评结果"
    yield Work("review -o", lambda: invoke("review", forms, "-o", reviewed / "审核.xlsx").exit_code, reviewed)
    yield Work("mail（预览）", lambda: invoke("mail", forms).exit_code, forms)
    yield Work("plan", lambda: invoke("plan", single).exit_code, forms)
    for name in ("init", "init --from"):
        (place / name).mkdir()
        yield Work(name, partial(_begun, place / name, *(["--from", single] if "from" in name else [])), place / name)


def _begun(folder: Path, *how: object) -> int:
    return invoke("init", folder, *how).exit_code


def _child(act: Act, number: int, after: float) -> None:
    """Do it in a forked process that is killed at the ``number``-th event of writing, or after so many seconds."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        child = os.fork()
    if child == 0:
        with contextlib.suppress(BaseException), open(os.devnull, "w") as nowhere:  # noqa: PTH123
            sys.stdout = sys.stderr = nowhere
            with struck(number, lambda: os.kill(os.getpid(), signal.SIGKILL)):
                act()
        os._exit(0)
    if after:
        time.sleep(after)
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def _unwritten(path: str) -> bool:
    """What the next run clears up: no result."""
    return any(part.startswith(".perfeval") for part in Path(path).parts)


def strike(
    work: Work, old: Mapping[str, bytes], new: Mapping[str, bytes], hit: Callable[[], object], orderly: bool
) -> Tally:
    """Do harm once: what is there is old or new, and the next run completes it. ``orderly``: nothing else stays."""
    shutil.rmtree(work.place)
    for path, content in old.items():
        (work.place / path).parent.mkdir(parents=True, exist_ok=True)
        (work.place / path).write_bytes(content)
    hit()
    found = files_below(work.place)
    of_some = {path for path in found if not _unwritten(path) and _is_of_some(work.place / path)}
    assert work.act() in (0, 1)
    done = files_below(work.place)
    torn = sum(
        content not in (old.get(path), new.get(path)) and path not in of_some
        for path, content in found.items()
        if not _unwritten(path)
    )
    missing = sum(path not in found for path in old if path in new)
    left = sum(map(_unwritten, done)) + (sum(map(_unwritten, found)) if orderly else 0)
    return Tally(1, torn, missing + (done != new), left)


def _is_of_some(file: Path) -> bool:
    """Whether it is whole and of the units that could be worked, where one was stopped: what stands at a batch's top."""
    if file.name == MANIFEST:
        return bool(json.loads(file.read_text(encoding="utf-8"))["units"])
    return file.name == ALL_UNITS and not unsound(file)


def try_all(work: Work, every: int = 1) -> dict[str, Tally]:
    """Kills, interruptions and faults at every ``every``-th event of a command's writing, and kills at any time."""
    old = files_below(work.place)
    started = time.monotonic()
    with struck(0, lambda: None) as count:
        work.act()
    new = files_below(work.place)
    took, events = time.monotonic() - started, range(1, count[0] + 1, every)

    def interrupt() -> None:
        raise KeyboardInterrupt

    def within(number: int, harm: Callable[[], object]) -> None:
        with struck(number, harm):
            work.act()

    def failing(code: int) -> Callable[[], None]:
        def fail() -> None:
            raise OSError(code, os.strerror(code))

        return fail

    def tally(hits: Iterable[Callable[[], object]], orderly: bool) -> Tally:
        return sum((strike(work, old, new, hit, orderly) for hit in hits), Tally())

    kills = [partial(_child, work.act, at, 0) for at in events]
    kills += [partial(_child, work.act, 0, took * (at + 1) / (MOMENTS + 1)) for at in range(0, MOMENTS, every)]
    stops = [partial(within, at, interrupt) for at in events]
    faults = [partial(within, at, failing(FAULTS[at % len(FAULTS)])) for at in events]
    return {"强行结束": tally(kills, False), "Ctrl-C": tally(stops, True), "磁盘和网络盘出错": tally(faults, True)}


_READ = r"""
import json, re, resource, sys, time
from pathlib import Path
from perfeval_xl.read.workbook.safety import UnreadableWorkbookError
from perfeval_xl.read.workbook.workbook import read_workbook
content, start = Path(sys.argv[1]).read_bytes(), time.monotonic()
try:
    read_workbook(content, "x")
    code = "read"
except UnreadableWorkbookError as error:
    code = error.code
took = time.monotonic() - start
# Linux counts to ru_maxrss what the process was before it became this program.
own = re.search(r"VmHWM:\s*(\d+)", Path("/proc/self/status").read_text())
memory = max(int(own[1]), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
print(json.dumps([code, took, memory // 1024]))
"""


def read_hostile(place: Path) -> tuple[int, float, int]:
    """How many hostile files were refused, the longest time in seconds and the highest memory in MiB."""
    seconds, memory = [], []
    for make, code, _ in REFUSED.values():
        (place / "x").write_bytes(make())
        child = subprocess.run([sys.executable, "-c", _READ, str(place / "x")], capture_output=True, check=True)
        answer, took, highest = json.loads(child.stdout)
        assert answer == code
        seconds.append(took)
        memory.append(highest)
    return len(REFUSED), max(seconds), max(memory)


def page(
    tallies: Mapping[str, Mapping[str, Tally]],
    sendings: Mapping[str, SendingTally],
    hostile: tuple[int, float, int],
    full: Cost,
) -> str:
    """The document."""
    rows = [
        f"| {what} | {work} | {tally.tried} | {tally.torn} | {tally.incomplete} | {tally.litter} |"
        for work, own in tallies.items()
        for what, tally in own.items()
    ]
    sent = [
        f"| {what} | {tally.tried} | {tally.twice} | {tally.lost} | {tally.unreadable} | {tally.uncertain} |"
        for what, tally in sendings.items()
    ]
    files, seconds, memory = hostile
    return f"""# 可靠性

本页的数字由 `poe reliability`（`python -m tests.reliability`）实际做出来，不是估计；测试每次都做其中的一部分。

## 打断和出错

在每一次写文件的半途（分段写的，在第 1、2、4……段的半途）、换上新文件之前和之后，以及运行中的 {MOMENTS} 个时刻，把程序强行结束（kill -9）、按 Ctrl-C，或让系统报
磁盘满、只读、没有权限、读写错误、文件夹不见了、配额用完。然后看结果文件夹，再运行一次。

| 做什么 | 对哪个命令 | 次数 | 残缺的文件 | 丢失或没补齐的结果 | 留下的临时文件 |
| --- | --- | --- | --- | --- | --- |
{chr(10).join(rows)}

残缺：既不是上次的、也不是这次的完整文件。丢失：上次有、被打断后没有了，或再运行一次与正常运行的结果不同。留下的临时文件：再运行一次以后
（Ctrl-C 和出错的，当时就不应有）。

## 寄信

`mail --send` 寄 3 封信，服务器是真的（在本机）。在发送记录每次写到一半和写完时、服务器听到每一句话时把程序强行结束，或让磁盘满；再运行一次
`mail --send`，最后加 `--resend`。

| 做什么 | 次数 | 没有加 `--resend` 而寄了两次的信 | 丢失的信 | 读不出来的记录 | 说明“不确定”、等人决定的信 |
| --- | --- | --- | --- | --- | --- |
{chr(10).join(sent)}

丢失：没有寄到，再运行时既不补寄、也不说“不确定”；或加 `--resend` 以后仍没有寄到。

## 有恶意的文件

{files} 个：压缩炸弹、谎报大小的包、实体炸弹、最末一格有值的表、几百张工作表、重复到上亿格的 .ods、加密的、截断的、网页和乱码。全部按 R101、R102
或 R103 拒绝，其他文件照常处理。最长 {seconds:.1f} 秒，内存最高 {memory} MiB（连同试读的子进程）。

## 写满的工作表

写满 {ROWS:,} 行、12 列的执行情况表不是恶意，照常读：`check` 用处理器 {full.seconds:.0f} 秒，内存最高的一个进程 {full.memory} MiB，没有 R103。
"""


def main() -> None:
    """Do all of it and write the page."""
    with tempfile.TemporaryDirectory() as name:
        tallies = {work.name: try_all(work) for work in works(Path(name))}
        folder = write_folder(Path(name) / "寄信", clean_year() | {"收件人": [RECIPIENTS, *PEOPLE]})
        assert invoke("run", folder).exit_code == 0
        sendings = try_all_sendings(folder / "自评结果")
        full = check_full_sheet(Path(name) / "满")
        assert "R103" not in full.codes
        PAGE.write_text(page(tallies, sendings, read_hostile(Path(name)), full), encoding="utf-8")
    sys.stdout.write(PAGE.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
