"""What stands below a table is no data, however it is written; what has an amount, or anything of a row of data, is."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from tests.workbooks import clean_year, codes_of, perfeval, write_folder

FOOTERS: dict[str, list[Any]] = {
    "labels in cells of their own": ["制表人", "", "", "张三", "填表日期", "", "", "2024年3月5日"],
    "a date as a date": ["制表人", "", "", "张三", "填表日期", "", "", dt.date(2024, 3, 5)],
    "verbs with a colon": ["制表：张三", "", "", "", "", "", "", "审核：李四"],
    "further right": ["", "", "", "制表：张三", "", "", "", "", "", "2024.3.5"],
    "in one cell without a colon": ["制表人 张三   填表日期 2024年3月5日"],
    "to be signed": ["财务负责人（签章）：", "", "", "", "", "", "", "单位负责人（签章）："],
    "to be stamped": ["单位负责人（盖章）：", "", "", "", "", "", "", "经办人（签字）：王五"],
    "labels with a colon, names beside": ["审核：", "李四", "", "制表：", "张三", "", "", "电话：027-87654321"],
    "a page": ["第1页"],
    "a page of pages": ["", "", "", "第 1 页 共 3 页"],
    "a page in two cells": ["第1页", "", "", "", "", "", "", "共3页"],
    "a page between dashes": ["", "", "", "- 1 -"],
}


@pytest.mark.parametrize("case", FOOTERS)
@pytest.mark.parametrize("title", ["预算执行情况", "绩效指标", "项目支出决算"])
def test_a_footer_is_no_data(title: str, case: str, tmp_path: Path) -> None:
    _, expected = perfeval("check", write_folder(tmp_path / "一", clean_year()))
    sheets = clean_year()
    sheets[title].append(FOOTERS[case][: len(sheets[title][-1])])
    status, manifest = perfeval("check", write_folder(tmp_path / "二", sheets), "--strict")
    assert (status, codes_of(manifest)) == (0, [])
    assert manifest["units"] == expected["units"]


PROJECTS: dict[str, list[Any]] = {
    "an amount": ["", "", "", "制表人", "张三", "", "", 5],
    "an amount that cannot be read": ["", "", "", "制表人", "张三", "", "", "约5万"],
    "a code": ["", "", "009", "制表：张三", "", "", "", ""],
    "a longer name": ["", "", "", "经办人员培训费", "", "", "", ""],
    "a name that begins so": ["", "", "", "审核系统运维", "", "", "", ""],
    "a page with words": ["", "", "", "第1页面改版", "", "", "", ""],
    "a source beside it": ["", "", "", "制表人", "区级预算资金", "", "", ""],
}


@pytest.mark.parametrize("case", PROJECTS)
def test_a_row_of_data_is_no_footer(case: str, tmp_path: Path) -> None:
    sheets = clean_year()
    sheets["预算执行情况"].append(PROJECTS[case])
    _, manifest = perfeval("check", write_folder(tmp_path, sheets))
    named = {source["cell"] for finding in manifest["findings"] for source in finding["sources"]}
    assert any(cell.endswith("8") for cell in named)
