"""What shows over several indicators or projects, and what is only chance."""

import pytest

from perfeval_xl.core.consistency.patterns import ACROSS_CHECKS, PATTERN_CHECKS
from tests.core.sheets import papers_of, said


@pytest.mark.parametrize(
    ("actuals", "copied"),
    [
        (["10次", "90%", "高", "5个", "7次"], True),
        (["10次", "90%", "高", "5个", "8次"], True),
        (["10次", "90%", "高", "6个", "8次"], False),
        (["10次", "90%", "高", "5个"], False),
        (["10", "90", "高", "5 个", "7"], True),
        (["10人", "91%", "高", "5个", "7"], False),
    ],
)
def test_actuals_copied_from_targets(actuals: list[str], copied: bool) -> None:
    targets = ["≥10次", "90%以上", "高", "5个", "7次"]
    rows = [
        {"content": f"指标{at}", "target": target, "actual": actual}
        for at, (target, actual) in enumerate(zip(targets, actuals, strict=False))
    ]
    assert said(PATTERN_CHECKS, papers_of(rows)) == ([("C406", "项目")] if copied else [])


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
    assert said(PATTERN_CHECKS, papers) == ([("C410", "项目")] if better else [])


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
    assert said(ACROSS_CHECKS, papers_of([], projects)) == ([("C411", "")] if one_side else [])


def test_each_unit_has_edges_of_its_own() -> None:
    projects = [{"unit": f"局{at % 2}", "project": f"项目{at}", "total_score": 8950} for at in range(5)]
    papers = papers_of([], projects)
    assert [finding.unit for check in ACROSS_CHECKS for finding in check(papers)] == ["局0"]


def test_the_same_indicator_twice() -> None:
    rows = [
        {"content": "培训次数", "target": "≥1次", "actual": "2次"},
        {"content": "培训 次数", "target": "≥3次", "actual": "4次"},
        {"content": "培训人次", "target": "≥3次", "actual": "4次"},
        {"content": "培训次数", "target": "≥1次", "actual": "2次", "project": "别的项目"},
    ]
    papers = papers_of(rows, [{}, {"project": "别的项目"}])
    (finding,) = (finding for check in PATTERN_CHECKS for finding in check(papers))
    assert (finding.code, finding.project) == ("C412", "项目")
    assert [cell.cell[1:] for cell in finding.sources] == ["3", "2"]
