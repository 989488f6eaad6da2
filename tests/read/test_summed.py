"""A level-1 project's sum among the rows that it adds up is no further money, wherever it stands (R110)."""

from pathlib import Path
from typing import Any

import pytest

from tests.workbooks import Sheets, clean_year, codes_of, perfeval, write_folder

HEADING = ["一级项目", "项目名称", "资金来源", "全年预算数", "全年执行数"]
DETAILS: list[list[Any]] = [
    ["读者服务", "图书购置", "中央补助", 1000, 900],
    ["读者服务", "阅读推广", "区级预算资金", 500, 400],
    ["馆舍维护", "空调维修", "区级预算资金", 300, 300],
]
SUMS = [["读者服务", 1500, 1300], ["馆舍维护", 300, 300]]


def year(*tables: list[list[Any]]) -> Sheets:
    """A year without merge lists, whose money stands in these tables."""
    sheets = clean_year()
    listed = sheets["项目信息"][0].index("合并明细项目")
    for row in sheets["项目信息"][1:]:
        row[listed] = ""
    del sheets["预算执行情况"]
    for number, table in enumerate(tables):
        sheets[f"表{number}"] = [["2024年度项目支出预算执行情况表"], ["单位：元"], *table]
    return sheets


@pytest.mark.parametrize(
    "tables",
    [
        ([HEADING, *DETAILS], [["项目名称", "全年预算数", "全年执行数"], *SUMS]),
        ([HEADING, *([name, name, "", *rest] for name, *rest in SUMS), *DETAILS],),
        ([HEADING, *([name, "——", "", *rest] for name, *rest in SUMS), *DETAILS],),
    ],
    ids=["in another table", "by the project's name", "by no name"],
)
def test_a_sum_is_named_and_neither_it_nor_its_rows_are_used(
    tables: tuple[list[list[Any]], ...], tmp_path: Path
) -> None:
    _, manifest = perfeval("check", write_folder(tmp_path, year(*tables)))
    named = [found["subject"] for found in manifest["findings"] if found["code"] == "R110"]
    assert set(named) == {"馆舍维护", "读者服务"}
    assert [project["annual_budget"] for project in manifest["units"][0]["projects"]] == [None, None]


@pytest.mark.parametrize(
    "rows",
    [
        [["读者服务", "读者服务", "省补助", 1500, 1300]],  # its own source: a detail that bears the project's name
        [["读者服务", "读者服务", "", 1500, 1301]],
        [["馆舍维护", "馆舍维护", "", 0, 0]],
    ],
)
def test_what_is_no_sum_counts(rows: list[list[Any]], tmp_path: Path) -> None:
    _, manifest = perfeval("check", write_folder(tmp_path, year([HEADING, *DETAILS, *rows])))
    assert "R110" not in codes_of(manifest)
    added = sum(row[3] for row in [*DETAILS, *rows])
    assert manifest["units"][0]["summary"]["annual_budget"] == f"{added}.00"
