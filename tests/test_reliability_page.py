"""docs/reliability.md says what its command found, and a part of it is done again here."""

import os
from pathlib import Path

import pytest

from tests.read.workbook.test_safety import REFUSED
from tests.reliability import PAGE, Tally, try_all, works


def test_the_page_is_of_this_program() -> None:
    lines = [line.strip("| ").split(" | ") for line in PAGE.read_text(encoding="utf-8").splitlines() if line[:1] == "|"]
    figures = [line[2:] for line in lines[2:]]
    assert len(figures) >= 12
    assert all(int(tried) > 0 for tried, *_ in figures)
    assert {tuple(harm) for _, *harm in figures} == {("0", "0", "0")}
    assert f"{len(REFUSED)} 个：" in PAGE.read_text(encoding="utf-8")


@pytest.mark.skipif(os.name == "nt", reason="needs fork and SIGKILL")
def test_all_but_runs_are_whole_whatever_happens(tmp_path: Path) -> None:
    for work in works(tmp_path):
        if not work.name.startswith("run") and "--from" not in work.name:
            for tally in try_all(work, every=14 if work.name == "init" else 4).values():
                assert (tally, tally.tried > 0) == (Tally(tally.tried), True)
