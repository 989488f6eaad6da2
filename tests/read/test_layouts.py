"""One clean year in the layouts that bureaus send: the same figures to the fen, with addresses of where they stand."""

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.workbooks import Sheets, clean_year, codes_of, perfeval, write_folder

Grid = list[list[Any]]
FACTS = ("annual_budget", "executed", "final_accounts", "execution_rate", "funding", "scores", "total_score")


def facts(manifest: dict[str, Any]) -> list[list[Any]]:
    return [[project[name] for name in FACTS] for project in manifest["units"][0]["projects"]]


def sources_as_columns() -> Grid:
    return [
        ["2024年度项目支出预算执行情况表"],
        ["编制单位：某区图书馆", "", "", "", "", "", "", "单位：万元"],
        ["一级项目", "项目名称", "全年预算数", "", "", "全年执行数", "", "", "备注"],
        ["", "", "合计", "其中：中央补助", "区级预算资金", "合计", "其中：中央补助", "区级预算资金", ""],
        ["读者服务", "图书购置", 35, 10, 25, 34, 10, 24, ""],
        ["", "读者活动", 8, "-", 8, 7.999999, "—", 7.999999, ""],
        ["馆舍维护", "屋面维修", 12, "", 12, 11.4, "", 11.4, ""],
        ["", "合计", 55, 10, 45, 53.399999, 10, 43.399999, ""],
    ]


def adjustments_and_payments() -> Grid:
    return [
        ["2024年度国库支付执行情况"],
        ["金额单位：元"],
        ["项目", "", "资金性质", "年初指标", "预算调整", "", "指标金额", "累计支出", ""],
        ["项目代码", "项目名称", "", "", "追加", "追减", "", "直接支付", "授权支付"],
        ["栏次", "", "", "1", "2", "3", "4=1+2-3", "5", "6"],
        ["001", "图书购置", "中央补助", "100,000.00", "", "", "100,000.00", "60,000.00", "40,000.00"],
        ["", "", "本级财力", "200,000.00", "60,000.00", "10,000.00", "250,000.00", "240,000.00", ""],
        ["小计", "", "", "300,000.00", "60,000.00", "10,000.00", "350,000.00", "300,000.00", "40,000.00"],
        ["002", "读者活动", "区级预算资金", "80,000.00", "-", "-", "80,000.00", "", "￥79,999.99"],
        ["003", "屋面维修", "区级预算资金", "120,000.00", "", "", "120,000.00", "114,000.00", "-"],
        ["合计", "", "", "500,000.00", "60,000.00", "10,000.00", "550,000.00", "414,000.00", "119,999.99"],
        ["制表人：甲", "", "审核人：乙"],
    ]


def three_rows_and_text() -> Grid:
    return [
        ["项目支出执行情况（2024年）"],
        ["单位：万元"],
        ["部门预算一级项目", "项目信息", "", "资金来源", "预算执行", "", ""],
        ["", "基本情况", "", "", "预算数", "执行情况", ""],
        ["", "项目编码", "项目名称", "", "", "全年执行数（万元）", "执行进度"],
        ["读者服务", "001", "图书购置", "中央补助", "１０", "10.00", "100.00%"],
        ["", "", "", "区级预算资金", "25.00", "24.00", 96],
        ["", "002", "读者活动", "区级预算资金", "8.00", "7.999999", "100%"],
        ["馆舍维护", "003", "屋面维修", "区级预算资金", "（-）", "", ""],
    ]


LAYOUTS = {"sources": sources_as_columns, "payments": adjustments_and_payments}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_figures_are_the_same(layout: str, tmp_path: Path) -> None:
    _, expected = perfeval("check", write_folder(tmp_path / "一", clean_year()))
    sheets: Sheets = clean_year() | {"预算执行情况": LAYOUTS[layout]()}
    for title in ("项目信息", "绩效指标"):
        sheets[title] = clean_year()[title]
    status, manifest = perfeval("check", write_folder(tmp_path / "二", sheets), "--strict")
    assert (status, codes_of(manifest)) == (0, [])
    own, other = (
        [[sorted(map(str, fact)) if isinstance(fact, list) else fact for fact in project] for project in facts(one)]
        for one in (expected, manifest)
    )
    if layout == "payments":
        own = [
            [str(fact).replace("'", "") if not isinstance(fact, list) else fact for fact in project] for project in own
        ]
        other = [
            [str(fact).replace("'", "") if not isinstance(fact, list) else fact for fact in project]
            for project in other
        ]
        assert [project[:4] + project[5:] for project in own] == [project[:4] + project[5:] for project in other]
    else:
        assert own == other


def test_three_heading_rows_and_an_unreadable_amount(tmp_path: Path) -> None:
    _, manifest = perfeval("check", write_folder(tmp_path, clean_year() | {"预算执行情况": three_rows_and_text()}))
    first, second = manifest["units"][0]["projects"]
    assert (first["annual_budget"], first["executed"]) == ("430000.00", "419999.99")
    assert (second["annual_budget"], second["form"]) == (None, None)
    found = next(finding for finding in manifest["findings"] if finding["code"] == "R106")
    assert (found["project"], found["sources"][0]["cell"]) == ("馆舍维护", "E9")


def test_a_parent_heading_over_merged_cells(tmp_path: Path) -> None:
    rows = sources_as_columns()
    write_folder(tmp_path, clean_year() | {"预算执行情况": rows})
    book = openpyxl.load_workbook(tmp_path / "0.xlsx")
    for area in ("C3:E3", "F3:H3", "A3:A4", "B3:B4", "I3:I4", "A5:A6", "A1:I1"):
        book.worksheets[0].merge_cells(area)
    book.save(tmp_path / "0.xlsx")
    status, manifest = perfeval("check", tmp_path, "--strict")
    assert (status, codes_of(manifest)) == (0, [])
    assert [project["executed"] for project in manifest["units"][0]["projects"]] == ["419999.99", "114000.00"]
    assert manifest["units"][0]["projects"][0]["funding"][0] == {
        "source": "中央补助",
        "annual_budget": "100000.00",
        "executed": "100000.00",
    }


def test_a_difference_between_sources_and_total_names_every_cell(tmp_path: Path) -> None:
    rows = sources_as_columns()
    rows[4][4] = 24
    _, manifest = perfeval("check", write_folder(tmp_path, clean_year() | {"预算执行情况": rows}))
    found = next(finding for finding in manifest["findings"] if finding["code"] == "M211")
    assert [place["cell"] for place in found["sources"]] == ["C5", "D5", "E5"]
