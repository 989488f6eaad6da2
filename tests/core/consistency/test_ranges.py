"""Papers that are checked range by range, by one process or several: the same findings in the same order."""

import os
import signal
from collections.abc import Iterator
from multiprocessing import parent_process
from pathlib import Path
from unittest.mock import patch

import pandas as pd
import pytest

from perfeval_xl.core.consistency import ranges
from perfeval_xl.core.consistency.consistency import check_projects
from perfeval_xl.core.consistency.papers import Papers
from perfeval_xl.core.projects import names_in
from perfeval_xl.core.scoring.score import score_indicators
from perfeval_xl.errors import BugError
from perfeval_xl.findings import Finding
from perfeval_xl.model import Evaluation
from perfeval_xl.pipeline import evaluate
from perfeval_xl.record import names_of
from perfeval_xl.settings import Settings

SAMPLE = Path(__file__).parents[3] / "sample_workbooks" / "hongshan-2019"


@pytest.fixture(scope="module")
def whole() -> Evaluation:
    """The sample by one process, in one range."""
    return evaluate(SAMPLE, Settings())


@pytest.fixture
def small_ranges() -> Iterator[None]:
    """Two projects to a range, and a process for each project."""
    with patch.object(ranges, "AT_ONCE", 2), patch.object(ranges, "PROJECTS_PER_JOB", 1):
        yield


def _die_elsewhere(papers: Papers) -> list[Finding]:
    if parent_process() and papers.projects["number"].iloc[0] == "1.3":
        os.kill(os.getpid(), signal.SIGKILL)
    return check_projects(papers)


def _stumble(papers: Papers) -> list[Finding]:
    raise ZeroDivisionError(len(papers.projects))


@pytest.mark.usefixtures("small_ranges")
@pytest.mark.parametrize("jobs", [1, 2])
def test_ranges_and_processes_change_nothing(jobs: int, whole: Evaluation) -> None:
    cut = evaluate(SAMPLE, Settings(), jobs=jobs)
    assert cut.findings == whole.findings
    assert {finding.code[0] for finding in whole.findings} >= {"S", "C"}
    for name in names_of(Evaluation):
        if isinstance(one := getattr(whole, name), pd.DataFrame):
            pd.testing.assert_frame_equal(one, getattr(cut, name))


@pytest.mark.usefixtures("small_ranges")
def test_indicators_of_no_project_are_checked_once(whole: Evaluation) -> None:
    scored = score_indicators(whole.inputs, names_in(whole.projects), whole.scheme)
    nobodys = scored.head(1).assign(project="", actual="", unreadable="", rule_score=pd.array([None], dtype="Int64"))
    given = whole.inputs, whole.scheme, whole.projects, pd.concat([nobodys, scored], ignore_index=True)
    found = ranges.Consistency(*given, 1).findings()
    assert [finding.code for finding in found if not finding.project].count("S304") == 1
    assert sorted(map(repr, found)) == sorted(map(repr, check_projects(Papers(*given))))


@pytest.mark.usefixtures("small_ranges")
def test_a_year_without_projects_has_one_range(whole: Evaluation) -> None:
    none = score_indicators(whole.inputs, {}, whole.scheme).head(0)
    assert not ranges.Consistency(whole.inputs, whole.scheme, whole.projects.head(0), none, 2).findings()


@pytest.mark.skipif(os.name == "nt", reason="kills a process by signal")
@pytest.mark.usefixtures("small_ranges")
def test_the_range_of_a_process_that_dies_is_checked_here(whole: Evaluation) -> None:
    with patch.object(ranges, "check_projects", _die_elsewhere):
        assert evaluate(SAMPLE, Settings(), jobs=2).findings == whole.findings


@pytest.mark.usefixtures("small_ranges")
def test_a_bug_elsewhere_is_a_bug(whole: Evaluation) -> None:
    given = whole.inputs, whole.scheme, whole.projects, whole.indicators
    with (
        patch.object(ranges, "check_projects", _stumble),
        pytest.raises(BugError, match="_stumble"),
        ranges.Consistency(*given, 2) as checks,
    ):
        checks.findings()
