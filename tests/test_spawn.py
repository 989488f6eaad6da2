"""Where there is no fork (Windows) each process loads the program by itself, and the results are the same bytes."""

import multiprocessing
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import Mock, patch

import pytest

from perfeval_xl import review
from perfeval_xl.write import filling, forms
from tests.benchmarks.years import write_year
from tests.test_batch import batch, files_below, year_of
from tests.workbooks import clean_year, invoke, write_folder


@pytest.fixture
def contexts() -> Iterator[Mock]:
    """What asks for the way in which processes begin, when spawning is the only one."""
    with (
        patch.object(multiprocessing, "get_all_start_methods", return_value=["spawn"]),
        patch.object(multiprocessing, "get_context", wraps=multiprocessing.get_context) as asked,
    ):
        yield asked


def test_units(contexts: Mock, tmp_path: Path) -> None:
    batch(tmp_path / "年", 甲=year_of("甲馆"), 乙=year_of("乙馆"))
    for jobs in ("1", "2"):
        assert invoke("run", tmp_path / "年", "-o", tmp_path / jobs, "--jobs", jobs, "--no-report").exit_code == 0
    contexts.assert_called_with("spawn")
    assert files_below(tmp_path / "1") == files_below(tmp_path / "2")


def test_ranges_of_forms(contexts: Mock, tmp_path: Path) -> None:
    write_year(tmp_path / "年", 3)
    with patch.object(filling, "FORMS_PER_JOB", 1), patch.object(forms, "AT_ONCE", 2):
        for jobs in ("1", "2"):
            run = invoke("run", tmp_path / "年", "-o", tmp_path / jobs, "--jobs", jobs, "--no-report")
            assert run.exit_code == 0
    contexts.assert_called_with("spawn")
    assert files_below(tmp_path / "1") == files_below(tmp_path / "2")


def test_reviews(contexts: Mock, tmp_path: Path) -> None:
    write_folder(tmp_path, clean_year())
    assert invoke("run", tmp_path, "--no-report").exit_code == 0
    with patch.object(review, "_CHUNK", 1):
        for jobs in (1, 2):
            out = tmp_path / "审" / f"{jobs}.xlsx"
            assert invoke("review", tmp_path / "自评结果", "-o", out, "--jobs", jobs).exit_code == 0
    contexts.assert_called_with("spawn")
    one, two = files_below(tmp_path / "审").values()
    assert one == two
