"""Groups that a table numbers (一 with the sum, 1 and 2 below it) are the level-1 projects of what stands below."""

from pathlib import Path
from typing import Any

import pytest

from tests.read.test_summed import year
from tests.workbooks import codes_of, perfeval, write_folder

HEADING = ["序号", "项目名称", "资金来源", "全年预算数", "全年执行数"]
ROWS: list[list[Any]] = [
    ["一", "读者服务", "", 1500, 1300],
    ["1", "图书购置", "中央补助", 1000, 900],
    ["2", "阅读推广", "区级预算资金", 500, 400],
    ["二", "馆舍维护", "", 300, 300],
    ["1", "馆舍维护", "区级预算资金", 300, 300],
]


def changed(*cells: tuple[int, int, Any]) -> list[list[Any]]:
    """The rows with other values in these places."""
    rows = [list(row) for row in ROWS]
    for at, column, value in cells:
        rows[at][column] = value
    return rows


def budgets(rows: list[list[Any]], tmp_path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """What each project's budget comes to, and the manifest."""
    _, manifest = perfeval("check", write_folder(tmp_path, year([HEADING, *rows])))
    return {project["project"]: project["annual_budget"] for project in manifest["units"][0]["projects"]}, manifest


@pytest.mark.parametrize(
    "rows",
    [
        ROWS,
        changed((0, 0, "（一）"), (3, 0, "（二）"), (1, 0, 1), (2, 0, 2), (4, 0, 1)),
        changed((0, 0, "一、"), (3, 0, "二、"), (2, 0, "")),
        [*ROWS, ["", "合计", "", 1800, 1600]],
        [["", "合计", "", 1800, 1600], *ROWS],
    ],
    ids=["plain", "in brackets", "a detail in two rows", "a total below", "a total above"],
)
def test_a_group_is_the_project_of_its_rows_and_its_sum_is_counted_once(rows: list[list[Any]], tmp_path: Path) -> None:
    amounts, manifest = budgets(rows, tmp_path)
    assert amounts == {"读者服务": "1500.00", "馆舍维护": "300.00"}
    assert not {*codes_of(manifest)} & {"R113", "R115", "R117", "M201", "M204"}
    assert manifest["units"][0]["summary"]["annual_budget"] == "1800.00"


def test_a_group_that_does_not_add_up_is_named_beside_its_own_rows(tmp_path: Path) -> None:
    amounts, manifest = budgets(changed((0, 3, 1600)), tmp_path)
    (found,) = (found for found in manifest["findings"] if found["code"] == "R113")
    assert (found["subject"], found["actual"], found["expected"]) == ("读者服务", "1600.00", "1500.00")
    assert [source["cell"] for source in found["sources"]] == ["D4", "D5", "D6"]
    assert amounts == {"读者服务": "1500.00", "馆舍维护": "300.00"}


@pytest.mark.parametrize(
    "rows",
    [
        changed((0, 3, 1600), (3, 3, 301)),
        changed(*((at, 0, number) for at, number in enumerate("一二三四五"))),
        changed((0, 0, "A"), (3, 0, "B")),
        [*changed()[1:], ROWS[0]],
    ],
    ids=["no sums", "one after another", "letters", "a row of no group"],
)
def test_other_numbers_group_nothing(rows: list[list[Any]], tmp_path: Path) -> None:
    rows = [["空调维修" if cell == "馆舍维护" and row[2] else cell for cell in row] for row in rows]
    _, manifest = budgets(rows, tmp_path)
    assert manifest["units"][0]["summary"]["annual_budget"] == f"{sum(row[3] for row in rows)}.00"
