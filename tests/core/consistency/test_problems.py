"""Which unmet indicators the problems speak of."""

import pytest

from perfeval_xl.core.consistency.problems import PROBLEM_CHECKS
from tests.core.sheets import papers_of, said


@pytest.mark.parametrize(
    ("problems", "missing"),
    [
        ("预算执行率未达到100%。", True),
        ("", True),
        ("无", True),
        ("全年培训不足。", False),
        ("受军运会安保任务影响，部分工作推迟。", False),
        ("项目建设有待加强。", True),
        ("2019年度的指标体系未考核这一目标。", True),
    ],
)
def test_unmet_indicators_among_the_problems(problems: str, missing: bool) -> None:
    rows = [
        {
            "content": "队伍建设培训次数",
            "target": "≥10次",
            "actual": "8次",
            "reason": "2019年军运会安保任务重，无法抽调人员。",
        },
        {"content": "普法宣传次数", "target": "≥10次", "actual": "10次"},
    ]
    papers = papers_of(rows, [{"problems": problems}])
    assert said(PROBLEM_CHECKS, papers) == ([("C408", "队伍建设培训次数")] if missing else [])


def test_a_project_without_a_row_in_its_information_has_no_problems_to_read() -> None:
    papers = papers_of([{"content": "培训", "target": "≥2次", "actual": "1次"}], [{"table": None, "row": None}])
    assert said(PROBLEM_CHECKS, papers) == []
