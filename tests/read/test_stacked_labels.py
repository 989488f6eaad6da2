"""Tables under each other on one sheet, each with the lines of its own above its headings: 项目名称：X, 编制单位：X."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.workbooks import Sheets, clean_year, codes_of, perfeval, write_folder

Grid = list[list[Any]]
Line = Callable[[str], list[Any]]

#: Ways to write a label with what it says.
LINES: dict[str, Line] = {
    "one cell": lambda text: [text],
    "two cells": lambda text: [*text.replace("：", "：\n").split("\n")],
    "with others": lambda text: [text, "", "主管部门：区文旅局", "", "实施单位：", "", "某区图书馆"],
}


def stacked_indicators(sheets: Sheets, line: Line, *, titles: bool, gap: bool) -> Grid:
    """The indicators of each project under its name; the second project has those of the first, so that no row is its own."""
    heading, *rows = sheets["绩效指标"]
    grid: Grid = []
    for number, project in enumerate(dict.fromkeys(row[0] for row in rows)):
        grid += [["绩效指标完成情况表"]] if titles or not number else []
        grid += [line(f"项目名称：{project}"), heading[1:], *(row[1:] for row in rows if row[0] == project)]
        grid += [[]] if gap else []
    return grid


@pytest.mark.parametrize("titles", [True, False], ids=["titles", "one title"])
@pytest.mark.parametrize("gap", [True, False], ids=["gap", "close"])
@pytest.mark.parametrize("line", LINES)
def test_each_block_of_indicators_is_the_project_s_that_its_line_names(
    line: str, gap: bool, titles: bool, tmp_path: Path
) -> None:
    _, expected = perfeval("check", write_folder(tmp_path / "一", clean_year()))
    sheets = clean_year() | {"绩效指标": stacked_indicators(clean_year(), LINES[line], titles=titles, gap=gap)}
    _, manifest = perfeval("check", write_folder(tmp_path / "二", sheets))
    assert manifest["units"][0]["projects"] == expected["units"][0]["projects"]
    assert codes_of(manifest) == codes_of(expected)


def two_pages(first: list[Any], second: list[Any]) -> Grid:
    """The execution table on two pages, each with its title: the last detail stands on the second."""
    rows = [[*row[2:5], row[7], row[9]] for row in clean_year()["预算执行情况"][2:]]
    title = ["2024年度项目支出预算执行情况表"]
    return [title, first, *rows[:4], [], title, second, rows[0], *rows[4:]]


@pytest.mark.parametrize(
    ("second", "units"),
    [
        (["编制单位：某区文化馆", "", "", "", "单位：元"], ["某区图书馆", "某区文化馆"]),
        (["编制单位：某区文化馆      单位：元"], ["某区图书馆", "某区文化馆"]),
        (["编制单位：", "某区文化馆", "", "", "单位：元"], ["某区图书馆", "某区文化馆"]),
        (["编制单位：某区图书馆      单位：元"], ["某区图书馆"]),
        (["编制单位：某区图书馆", "", "", "2024年度", "单位：元"], ["某区图书馆"]),
        (["编制单位：某区图书馆", "", "2024年12月31日", "", "单位：元"], ["某区图书馆"]),
        (["编制单位：某区图书馆", "", dt.date(2024, 12, 31), "", "单位：元"], ["某区图书馆"]),
        (["", "", "", "2024年度", "单位：元"], ["某区图书馆"]),
    ],
)
def test_a_page_of_another_unit_is_that_unit_s(second: list[Any], units: list[str], tmp_path: Path) -> None:
    sheets = {"预算执行情况": two_pages(["编制单位：某区图书馆", "", "", "", "单位：元"], second)}
    for title in ("项目信息", "绩效指标"):
        heading, *rows = clean_year()[title]
        own = [[units[-1] if "馆舍维护" in row[:2] else units[0], *row] for row in rows]
        sheets[title] = [["预算单位", *heading], *own]
    _, manifest = perfeval("check", write_folder(tmp_path, sheets))
    assert {code for code in codes_of(manifest) if code[0] in "RM"} == {"M225"}
    found = [
        (unit["unit"], project["project"], project["executed"])
        for unit in manifest["units"]
        for project in unit["projects"]
    ]
    assert found == [(units[0], "读者服务", "419999.99"), (units[-1], "馆舍维护", "114000.00")]


def test_a_third_page_may_be_the_first_unit_s_again(tmp_path: Path) -> None:
    rows = [[*row[2:5], row[7], row[9]] for row in clean_year()["预算执行情况"][2:]]
    title = ["2024年度项目支出预算执行情况表"]
    grid: Grid = []
    for unit, own in (("甲局", rows[1:3]), ("乙局", rows[3:4]), ("甲局", rows[4:])):
        grid += [title, [f"编制单位：{unit}", "", "", "", "单位：元"], rows[0], *own, []]
    sheets: Sheets = {"预算执行情况": grid}
    for name in ("项目信息", "绩效指标"):
        heading, *lines = clean_year()[name]
        sheets[name] = [["预算单位", *heading], *(["甲局", *line] for line in lines)]
    sheets["项目信息"][1][5] = "图书购置"
    sheets["项目信息"].append(["乙局", 3, "读者活动", "区文旅局", "乙局", "读者活动"])
    _, manifest = perfeval("check", write_folder(tmp_path, sheets))
    spent = {unit["unit"]: unit["summary"]["executed"] for unit in manifest["units"]}
    assert spent == {"甲局": "454000.00", "乙局": "79999.99"}
