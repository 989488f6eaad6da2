"""The workbooks of a folder read by one process or by several: the same frames and findings, whatever becomes of a process."""

import os
import signal
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from perfeval_xl.errors import BugError
from perfeval_xl.findings import Finding
from perfeval_xl.model import Inputs
from perfeval_xl.read import contents
from perfeval_xl.read.contents import Contents, Source, read_contents
from perfeval_xl.read.folder import read_folder
from perfeval_xl.record import names_of
from perfeval_xl.settings import Settings
from tests.read.books import write_xlsx
from tests.read.hongshan_layouts.layouts import Sheet
from tests.workbooks import clean_year

DEADLY, BUGGY = "致命.xlsx", "有错.xlsx"


@pytest.fixture
def year(tmp_path: Path) -> Path:
    """A workbook for each table, one with a sheet of indicators for each project, and what cannot be read or used."""
    sheets = clean_year()
    heading, *indicators = sheets.pop("绩效指标")
    for name, rows in sheets.items():
        write_xlsx(tmp_path / f"{name}.xlsx", {name: Sheet(rows)})
    projects = list(dict.fromkeys(row[0] for row in indicators))
    write_xlsx(
        tmp_path / "指标.xlsx",
        {project: Sheet([heading[1:], *(row[1:] for row in indicators if row[0] == project)]) for project in projects}
        | {"不知道是谁的": Sheet([heading[1:], indicators[0][1:]])},
    )
    (tmp_path / "坏.xlsx").write_bytes(b"PK\3\4 and no more")
    return tmp_path


@pytest.fixture
def worth_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every workbook is worth a process."""
    monkeypatch.setattr(contents, "_worth", len)


def _read_or_die(source: Source) -> Contents:
    if source.path.name == DEADLY:
        os.kill(os.getpid(), signal.SIGKILL)
    if source.path.name == BUGGY:
        raise ZeroDivisionError
    return read_contents(source)


def _told(folder: Path, jobs: int) -> tuple[Inputs, list[Finding], list[str]]:
    said: list[str] = []
    inputs, findings = read_folder(folder, Settings(), said.append, jobs)
    return inputs, findings, said


@pytest.mark.usefixtures("worth_it")
def test_several_processes_read_what_one_reads(year: Path) -> None:
    alone, found, said = _told(year, 1)
    shared, found_too, said_too = _told(year, 2)
    assert found_too == found
    assert {"R101", "R105"} <= {finding.code for finding in found}
    for name in names_of(Inputs):
        one, other = getattr(alone, name), getattr(shared, name)
        if isinstance(one, pd.DataFrame):
            pd.testing.assert_frame_equal(one, other)
        else:
            assert one == other
    assert len(alone.indicators) == 5
    assert len(said) == len(alone.files) == len(said_too) - 1


@pytest.mark.skipif(os.name == "nt", reason="kills a process by signal")
@pytest.mark.usefixtures("worth_it")
def test_a_process_that_dies_costs_its_workbook(year: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contents, "read_contents", _read_or_die)
    whole, found, _ = _told(year, 2)
    (year / "坏.xlsx").rename(year / DEADLY)
    inputs, findings, _ = _told(year, 2)
    (lost,) = [finding for finding in findings if finding.subject == DEADLY]
    assert (lost.code, lost.sources[0].workbook) == ("R103", DEADLY)
    assert "--jobs 1" in lost.message
    assert [finding for finding in findings if finding != lost] == [one for one in found if one.code != "R101"]
    assert {file.sha256 for file in inputs.files} == {file.sha256 for file in whole.files}
    pd.testing.assert_frame_equal(inputs.execution, whole.execution)


@pytest.mark.usefixtures("worth_it")
def test_a_bug_in_a_process_stays_a_bug(year: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contents, "read_contents", _read_or_die)
    (year / "坏.xlsx").rename(year / BUGGY)
    with pytest.raises(BugError, match="ZeroDivisionError"):
        _told(year, 2)


def test_small_workbooks_are_read_by_this_process(year: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: Any) -> None:
        raise AssertionError("a process was started")

    monkeypatch.setattr(contents, "work_all", never)
    assert len(_told(year, 8)[0].indicators) == 5


@pytest.mark.parametrize(
    ("megabytes", "processes"),
    [([], 1), ([1], 0), ([7], 1), ([3, 4], 1), ([4, 4], 2), ([2] * 8, 4), ([30, 8], 1), ([30, 20, 12], 2), ([0, 0], 0)],
)
def test_processes_for_files_of_these_sizes(megabytes: Sequence[int], processes: int) -> None:
    assert contents._worth([size * 2**20 for size in megabytes]) == processes
