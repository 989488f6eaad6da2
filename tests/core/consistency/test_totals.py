"""Scores beside the money, and totals beside one another."""

import pytest

from perfeval_xl.core.consistency.totals import TOTAL_CHECKS
from tests.core.sheets import papers_of, said


@pytest.mark.parametrize(
    ("score", "executed", "better"),
    [(6000, 9500, False), (6000, 9499, True), (5700, 9000, False), (5701, 9000, True), (3000, 9000, False)],
)
def test_scores_above_the_money(score: int, executed: int, better: bool) -> None:
    project = {
        "indicator_score": score,
        "indicator_weight": 6000,
        "executed": executed,
        "annual_budget": 10000,
        "execution_rate": executed,
    }
    papers = papers_of([{"content": "甲", "target": "≥1次", "actual": "2次"}], [project])
    assert said(TOTAL_CHECKS, papers) == ([("C410", "项目")] if better else [])


@pytest.mark.parametrize(
    ("totals", "one_side"),
    [
        ([8978, 8990, 8999, 8900, 8900], True),
        ([9000, 9050, 9100], True),
        ([8999, 8990], False),
        ([8999, 8990, 8899], False),
        ([8999, 8990, 9000], False),
        ([8500, 8510, 8520], False),
        ([8999, 8990, None], False),
        ([0, 50, 80], False),
    ],
)
def test_totals_at_one_side_of_an_edge(totals: list[int | None], one_side: bool) -> None:
    projects = [{"project": f"项目{at}", "total_score": total} for at, total in enumerate(totals)]
    assert said(TOTAL_CHECKS, papers_of([], projects)) == ([("C411", "")] if one_side else [])


def test_each_unit_has_edges_of_its_own() -> None:
    projects = [{"unit": f"局{at % 2}", "project": f"项目{at}", "total_score": 8950} for at in range(5)]
    papers = papers_of([], projects)
    assert [finding.unit for check in TOTAL_CHECKS for finding in check(papers)] == ["局0"]
