"""docs/reliability.md says what its command found, and a part of it is done again here."""

import os
from pathlib import Path

import pytest

from tests.read.workbook.test_safety import REFUSED
from tests.reliability import PAGE, Tally, try_all, works


def figures(section: str) -> list[list[str]]:
    """The rows of a section's table, without what was done."""
    text = PAGE.read_text(encoding="utf-8").partition(f"## {section}\n")[2].partition("\n## ")[0]
    lines = [line.strip("| ").split(" | ") for line in text.splitlines() if line[:1] == "|"]
    return [[cell for cell in line if cell.isdecimal()] for line in lines[2:]]


def test_the_page_is_of_this_program() -> None:
    runs, sendings = figures("打断和出错"), figures("寄信")
    assert (len(runs), len(sendings)) == (21, 2)
    assert all(int(tried) > 0 for tried, *_ in [*runs, *sendings])
    assert {tuple(harm[:3]) for _, *harm in [*runs, *sendings]} == {("0", "0", "0")}
    page = PAGE.read_text(encoding="utf-8")
    assert f"{len(REFUSED)} 个：" in page
    assert "没有 R103" in page


@pytest.mark.skipif(os.name == "nt", reason="needs fork and SIGKILL")
def test_all_but_runs_are_whole_whatever_happens(tmp_path: Path) -> None:
    for work in works(tmp_path):
        if not work.name.startswith("run") and "--from" not in work.name:
            for tally in try_all(work, every=14 if work.name == "init" else 5).values():
                assert (tally, tally.tried > 0) == (Tally(tally.tried), True)
