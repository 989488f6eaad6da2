"""What shows over several indicators or projects, and what is only chance."""

import pytest

from perfeval_xl.core.consistency.patterns import PATTERN_CHECKS
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
