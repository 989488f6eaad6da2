"""The forms of one unit by several processes: the same bytes, and only its own range lost where one dies."""

import hashlib
import multiprocessing
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest

from perfeval_xl.errors import BugError, OutputError
from perfeval_xl.pipeline import evaluate
from perfeval_xl.settings import Settings
from perfeval_xl.write import filling, forms
from perfeval_xl.write.files import Output, ResultsFolder
from perfeval_xl.write.filling import Forms
from perfeval_xl.write.forms import FormRange, fill_range
from perfeval_xl.write.names import UnitPlace
from perfeval_xl.write.summary.streamed import MadeRows
from tests.benchmarks.years import write_year
from tests.test_batch import files_below
from tests.workbooks import invoke


@pytest.fixture
def small_ranges() -> Iterator[None]:
    """A process for each pair of forms."""
    with patch.object(filling, "FORMS_PER_JOB", 1), patch.object(forms, "AT_ONCE", 2):
        yield


def _die(part: FormRange) -> Iterator[Output]:
    if part.names[0].startswith("附件1.3"):
        os.kill(os.getpid(), signal.SIGKILL)
    yield from fill_range(part)


def _stumble(part: FormRange) -> Iterator[Output]:
    raise ZeroDivisionError


def _full(part: FormRange) -> Iterator[Output]:
    raise OSError(28, "No space left on device")


def _fill(folder: Path, jobs: int) -> tuple[list[str], list[str]]:
    evaluation = evaluate(folder, Settings())
    unit = evaluation.units[0]
    with (
        ResultsFolder(folder / "结果") as target,
        Forms(target, UnitPlace(unit, ""), unit, None, evaluation, "../", jobs) as made,
    ):
        outputs, findings = made.result()
    return [output.path for output in outputs], [f"{finding.code} {finding.project}" for finding in findings]


@pytest.mark.usefixtures("small_ranges")
def test_any_number_of_processes_gives_the_same_bytes(tmp_path: Path) -> None:
    folder = write_year(tmp_path / "年", 5)
    for jobs in ("1", "3"):
        assert invoke("run", folder, "-o", tmp_path / jobs, "--jobs", jobs).exit_code == 0
    assert files_below(tmp_path / "1") == files_below(tmp_path / "3")
    assert len(list((tmp_path / "3").glob("附件*.xlsx"))) == 5


@pytest.mark.usefixtures("small_ranges")
@pytest.mark.skipif(os.name == "nt", reason="a process is killed as POSIX does it")
def test_a_process_that_dies_costs_its_own_range(tmp_path: Path) -> None:
    folder = write_year(tmp_path / "年", 5)
    with patch.object(filling, "fill_range", _die), patch.object(filling, "_work", _fill_dying):
        written, found = _fill(folder, 2)
    assert [name.split(" ")[0] for name in written] == ["附件1.1", "附件1.2", "附件1.5"]
    assert found == ["O501 第3片区管理经费", "O501 第4片区管理经费"]


def test_what_a_process_left_unfinished_is_not_published(tmp_path: Path) -> None:
    with ResultsFolder(tmp_path, alone=True) as target:
        staged = target.staging(0)
        written = ResultsFolder(staged).write("", Output("写完的.xlsx", "form", [b"1", b"23"]))
        (staged / "没写完的.xlsx").write_bytes(b"1")
        target.publish(staged, {written.path: written.sha256})
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == {"写完的.xlsx": b"123"}
    assert written.sha256 == hashlib.sha256(b"123").hexdigest()


@pytest.mark.usefixtures("small_ranges")
@pytest.mark.skipif(os.name == "nt", reason="a process is killed as POSIX does it")
def test_the_sheet_of_a_process_that_dies_is_made_again(tmp_path: Path) -> None:
    folder = write_year(tmp_path / "年", 5)
    assert invoke("run", folder, "-o", tmp_path / "一", "--no-report", "--jobs", "1").exit_code == 0
    with patch.object(filling, "_work", _list_dying):
        assert invoke("run", folder, "-o", tmp_path / "三", "--no-report", "--jobs", "3").exit_code == 0
    assert files_below(tmp_path / "一") == files_below(tmp_path / "三")


def _fill_dying(task: filling._Filling | filling._Listing) -> filling.Put | MadeRows:
    """As :func:`filling._work`, in a process that knows nothing of what was patched here."""
    with patch.object(filling, "fill_range", _die):
        return _REAL(task)


def _list_dying(task: filling._Filling | filling._Listing) -> filling.Put | MadeRows:
    if isinstance(task, filling._Listing) and multiprocessing.parent_process():
        os.kill(os.getpid(), signal.SIGKILL)
    return _REAL(task)


_REAL = filling._work


@pytest.mark.usefixtures("small_ranges")
@pytest.mark.parametrize(("wrong", "error"), [(_stumble, BugError), (_full, OutputError)])
def test_a_bug_and_a_full_disk_are_told_as_such(wrong: object, error: type[Exception], tmp_path: Path) -> None:
    folder = write_year(tmp_path / "年", 2)
    with patch.object(filling, "fill_range", wrong), pytest.raises(error):
        _fill(folder, 1)
