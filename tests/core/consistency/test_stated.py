"""Totals and grades that are stated beside what they follow from: what is said of them, and at which cells."""

from pathlib import Path
from typing import Any

import pytest

from tests.findings.test_reproducers import _column
from tests.workbooks import Sheets, changed, perfeval, write_folder

PROJECTS = "项目信息"


def found(tmp_path: Path, **columns: list[Any]) -> list[dict[str, Any]]:
    def change(sheets: Sheets) -> None:
        for heading, values in columns.items():
            _column(sheets, PROJECTS, heading, values)

    return list(perfeval("check", write_folder(tmp_path, changed(change)))[1]["findings"])


def test_a_stated_sum_names_every_addend(tmp_path: Path) -> None:
    findings = found(tmp_path, 指标得分=[50, ""], 自评得分=["", 90])
    assert {finding["code"] for finding in findings} == {"S314"}
    cells = {
        finding["project"]: [f"{place['sheet']} {place['cell']}" for place in finding["sources"]]
        for finding in findings
    }
    assert cells["读者服务"] == ["项目信息 K2", *(f"绩效指标 {column}{row}" for row in (2, 3, 4) for column in "KJ")]
    assert cells["馆舍维护"] == [
        *("项目信息 L3", "项目信息 I3", "项目信息 H3"),
        *(f"绩效指标 {column}{row}" for row in (5, 6) for column in "KJ"),
    ]


@pytest.mark.parametrize(
    ("total", "grade", "expected", "said"),
    [("", "良", "优", "计算的总分"), (85, "优", "良", "填写的总分 85.00"), (85, "良", "优", "计算的总分")],
)
def test_a_grade_that_is_not_that_of_a_total(
    total: object, grade: str, expected: str, said: str, tmp_path: Path
) -> None:
    findings = found(tmp_path, 自评得分=[total, ""], 自评等级=[grade, ""])
    (finding,) = (finding for finding in findings if finding["code"] == "S313")
    assert (finding["expected"], finding["actual"]) == (expected, grade)
    assert said in finding["message"]
