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


def test_one_sheet_per_project_with_reason_and_measure_in_one_column(tmp_path: Path) -> None:
    sheets = clean_year()
    heading, *rows = sheets.pop("绩效指标")
    for number, project in enumerate(("读者服务", "馆舍维护")):
        own: Grid = [["项目支出绩效目标表"], [["项目名称：" + project], ["项目名称", "", project]][number]]
        own += [
            [
                "一级指标",
                "二级指标",
                "三级指标",
                "年度指标值",
                "度量单位",
                "实际完成值",
                "分值",
                "得分",
                "偏差原因分析及改进措施",
            ]
        ]
        for row in (row for row in rows if row[0] == project):
            record = dict(zip(heading, row, strict=True))
            score = record["自评分"] or record["分值"]
            why = f"原因：{record['未完成原因']}。\n改进措施：{record['改进措施']}。" if record["未完成原因"] else "无"
            own.append([record["一级指标"] if len(own) == 3 or own[-1][0] != record["一级指标"] else "", record["二级指标"], record["指标内容"],
                        record["年度目标值"], "", record["全年完成值"], record["分值"], score, why])  # fmt: skip
        sheets[f"指标{number}"] = own
    status, manifest = perfeval("check", write_folder(tmp_path / "二", sheets), "--strict")
    assert (status, codes_of(manifest)) == (0, [])
    _, expected = perfeval("check", write_folder(tmp_path / "一", clean_year()))
    assert manifest["units"][0]["projects"] == expected["units"][0]["projects"]


def ministry_forms() -> Sheets:
    """财决05-2 with class roll-ups and economic classes, 06-1 and 08-2 beside it, as the accounts software exports them."""
    projects = [("001", "图书购置", 34), ("002", "读者活动", 7.999999), ("003", "屋面维修", 11.4)]
    head = [
        ["项目支出决算明细表"],
        ["", "", "", "", "", "", "", "财决05-2表"],
        ["编制单位：某区图书馆", "", "", "", "", "", "", "金额单位：万元"],
    ]
    detail: Grid = [
        [
            "支出功能分类科目编码",
            "",
            "",
            "科目名称",
            "项目代码",
            "项目名称",
            "合计",
            "商品和服务支出",
            "",
            "资本性支出",
        ],
        ["类", "款", "项", "", "", "", "", "小计", "办公费", "小计"],
        ["栏次", "", "", "", "", "", "1", "2", "3", "4"],
        ["", "", "", "合计", "", "", 53.399999, 53.399999, 53.399999, ""],
        ["207", "", "", "文化旅游体育与传媒支出", "", "", 53.399999, 53.399999, 53.399999, ""],
        ["207", "01", "", "文化和旅游", "", "", 53.399999, 53.399999, 53.399999, ""],
        *(["207", "01", "04", "图书馆", code, name, amount, amount, amount, ""] for code, name, amount in projects),
    ]
    balance: Grid = [
        ["项目", "", "年初结转和结余", "本年收入", "", "本年支出", "", "年末结转和结余"],
        ["项目代码", "项目名称", "合计", "合计", "其中：财政拨款", "合计", "其中：财政拨款", "合计"],
        *([code, name, 0, amount, amount, amount, amount, 0] for code, name, amount in projects),
    ]
    return {
        "Z05_2 项目支出决算明细表(财决05-2表)": head + detail,
        "Z06_1 行政事业类项目收入支出决算表(财决06-1表": [
            ["行政事业类项目收入支出决算表"],
            ["金额单位：万元"],
            *balance,
        ],
        "Z08_2 财政拨款项目支出决算明细表(财决08-2表": [["财政拨款支出决算明细表"], ["金额单位：万元"], *detail],
    }


@pytest.mark.parametrize("forms", [("Z05", "Z06", "Z08"), ("Z06", "Z08"), ("Z05",)])
def test_the_ministrys_final_accounts(forms: tuple[str, ...], tmp_path: Path) -> None:
    sheets = clean_year()
    del sheets["项目支出决算"]
    sheets |= {title[:31]: rows for title, rows in ministry_forms().items() if title.startswith(forms)}
    status, manifest = perfeval("check", write_folder(tmp_path, sheets), "--strict")
    assert (status, codes_of(manifest)) == (0, [])
    assert [project["final_accounts"] for project in manifest["units"][0]["projects"]] == ["419999.99", "114000.00"]


def test_final_accounts_that_do_not_foot(tmp_path: Path) -> None:
    sheets = clean_year()
    del sheets["项目支出决算"]
    rows = ministry_forms()["Z05_2 项目支出决算明细表(财决05-2表)"]
    rows[6][6] = 53.4
    _, manifest = perfeval("check", write_folder(tmp_path, sheets | {"Z05_2": rows}))
    assert codes_of(manifest) == ["M224"]
    assert manifest["findings"][0]["sources"][0]["cell"] == "G7"


def test_a_heading_printed_again_on_the_next_page_is_no_row(tmp_path: Path) -> None:
    rows = clean_year()["预算执行情况"]
    _, manifest = perfeval(
        "check", write_folder(tmp_path, clean_year() | {"预算执行情况": [*rows[:5], rows[2], *rows[5:]]}), "--strict"
    )
    assert codes_of(manifest) == []
    assert manifest["units"][0]["summary"]["annual_budget"] == "550000.00"


def test_several_tables_under_each_other(tmp_path: Path) -> None:
    sheets = clean_year()
    one = [
        *sheets["预算执行情况"],
        [],
        *sheets["项目信息"],
        ["绩效指标"],
        *sheets["绩效指标"],
        [],
        ["部门决算"],
        *sheets["项目支出决算"],
    ]
    status, manifest = perfeval("check", write_folder(tmp_path / "二", {"总表": one}), "--strict")
    assert (status, codes_of(manifest)) == (0, [])
    _, expected = perfeval("check", write_folder(tmp_path / "一", clean_year()))
    assert manifest["units"][0]["projects"] == expected["units"][0]["projects"]


def test_a_table_below_another_is_addressed_where_it_stands(tmp_path: Path) -> None:
    sheets = clean_year()
    sheets["项目支出决算"][2][4] = 340001
    one = [*sheets.pop("预算执行情况"), [], *sheets.pop("项目支出决算")]
    _, manifest = perfeval("check", write_folder(tmp_path, sheets | {"总表": one}))
    assert [place["cell"] for place in manifest["findings"][0]["sources"]] == ["J4", "J5", "E11"]
