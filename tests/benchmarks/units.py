"""A batch of unit folders of five projects: two processes beside one, and a second run that changes nothing.

``python -m tests.benchmarks.units [FOLDERS]``
"""

import sys
import tempfile
from pathlib import Path

from tests.benchmarks.whole import cost_of, run_command
from tests.benchmarks.years import write_year

_FOLDERS, _PROJECTS = 2_000, 5


def main() -> None:
    """Print both ratios."""
    folders = int(sys.argv[1]) if __name__ == "__main__" and sys.argv[1:] else _FOLDERS
    with tempfile.TemporaryDirectory() as name:
        batch = Path(name) / "批"
        for number in range(folders):
            write_year(batch / f"单位{number:04}", _PROJECTS, f"第{number}街道办事处")
        one = cost_of(run_command(batch, Path(name) / "一个", "--no-report", "--jobs", "1"))
        two = cost_of(run_command(batch, Path(name) / "两个", "--no-report", "--jobs", "2"))
        again = cost_of(run_command(batch, Path(name) / "两个", "--no-report", "--jobs", "2"))
    print(f"{folders} folders: {folders / one.wall:.1f}/s by one process, {folders / two.wall:.1f}/s by two")  # noqa: T201
    print(  # noqa: T201
        f"two are {one.wall / two.wall:.2f} × as fast (at least 1.6), by the processors' time {one.cpu / two.on_two():.2f} ×, "
        f"and use {two.cpu / one.cpu:.2f} × as much of it; at most {two.peak / 2**20:,.0f} MiB"
    )
    print(  # noqa: T201
        f"unchanged again: {again.wall / two.wall:.3f} of the time (at most 0.1), {again.cpu / two.cpu:.3f} of the processors'"
    )


if __name__ == "__main__":
    main()
