"""The summary workbook from a small hand-made evaluation, read back with two independent readers."""

import io
import itertools
import zipfile
from pathlib import Path
from typing import Any
from unittest.mock import patch

import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.workbook.workbook import Workbook
from python_calamine import CalamineWorkbook

from perfeval_xl.findings import Cell, Finding, Signature, catalogue
from perfeval_xl.model import MONEY_FIELDS, Evaluation, Inputs, Table
from perfeval_xl.record import replace
from perfeval_xl.scheme import load_scheme
from perfeval_xl.write.summary import reconciliation, rows, summary_pieces
from perfeval_xl.write.summary.areas import Area, Place, places_of, places_of_cells
from perfeval_xl.write.summary.places import link_target, places_text, ranges
from perfeval_xl.write.summary.provenance import Figure, to_trace, trace_figures
from tests.workbooks import clean_year, invoke, write_folder

UNIT = "某区图书馆"
SHEETS = ["自评结果汇总", "预算执行对账", "指标得分明细", "问题清单", "数据来源"]
EXECUTION, INDICATORS, INFO, FINAL = range(4)
NA = pd.NA
Row = dict[str, Any]


def table(role: str, workbook: str, sheet: str, letters: dict[str, str]) -> Table:
    return Table(role, workbook, sheet, 1, {name: (letter,) for name, letter in letters.items()}, letters)


TABLES = (
    table("execution", "输入/执行 #1.xlsx", "执行'情况", {"annual_budget": "H", "executed": "J"}),
    table("indicators", "指标.xlsx", "绩效指标", {"target": "E", "actual": "F", "weight": "G", "recorded_score": "I"}),
    table("projects", "指标.xlsx", "项目信息", {"stated_goal": "I", "goal_deduction": "H"}),
    table("final_accounts", "决算.xlsx", "决算", {"amount": "E"}),
)


def frame(rows: list[Row], numbers: list[str]) -> pd.DataFrame:
    made = pd.DataFrame([{"unit": UNIT, **row} for row in rows])
    return made.astype({name: "Int64" for name in numbers if name in made})


def row(project: str, source: str, line: int, budget: Any, executed: Any) -> Row:
    money = dict.fromkeys(MONEY_FIELDS, NA) | {"annual_budget": budget, "executed": executed}
    return {
        "project": project,
        "name": "明细",
        "code": "",
        "funding_source": source,
        **money,
        "table": EXECUTION,
        "row": line,
    }


def indicator(project: str, content: str, line: int, recorded: Any, rule_score: Any, met: Any) -> Row:
    words = dict.fromkeys(("direction", "measure", "rule", "reason", "improvement", "evidence", "remark"), "")
    return words | {
        "project": project,
        "level1": "产出指标",
        "level2": "数量",
        "content": content,
        "target": "10次",
        "actual": "8次",
        "weight": 6000,
        "deduction": NA,
        "recorded_score": recorded,
        "table": INDICATORS,
        "row": line,
        "met": met,
        "completion": 8000,
        "rule_score": rule_score,
        "working": "" if rule_score is NA else "8次 ÷ 10次 × 8分 = 6.40",
        "self_score": recorded if recorded is not NA else rule_score,
    }


def project(number: str, name: str, budget: Any, executed: Any, info: Any, **more: Any) -> Row:
    scores = dict(zip(SCORES, (9500, 1900, 1600, 5500, 9000), strict=True))
    return {
        "number": number,
        "project": name,
        "merged_details": "",
        "department": "",
        "implementing_unit": "",
        **dict.fromkeys(MONEY_FIELDS, NA),
        "annual_budget": budget,
        "executed": executed,
        "final_accounts": executed,
        **scores,
        "grade": "优",
        "withheld": "",
        "table": INFO if info is not NA else NA,
        "row": info,
        **more,
    }


def reconciled(level: str, name: str, budget: Any, executed: Any, final: Any, difference: Any, line: int) -> Row:
    execution = TABLES[EXECUTION]
    cells = (Cell(execution.workbook, execution.sheet, f"J{line}"), Cell("决算.xlsx", "决算", f"E{line}"))
    return {
        "project": "读者服务" if line < 4 else name,
        "level": level,
        "name": name,
        "annual_budget": budget,
        "executed": executed,
        "final_accounts": final,
        "difference": difference,
        "sources": cells if level != "source" else cells[:1],
        "cause": "原因待查" if difference is not NA and difference else "",
    }


MONEY = [*MONEY_FIELDS, "final_accounts", "difference", "table", "row"]
SCORES = ["execution_rate", "funding_score", "goal_score", "indicator_score", "total_score"]
POINTS = ["weight", "deduction", "recorded_score", "completion", "rule_score", "self_score", "table", "row"]


@pytest.fixture
def evaluation() -> Evaluation:
    empty = pd.DataFrame()
    info = [{"table": INFO, "row": 2, "stated_goal": 1600, "goal_deduction": NA}]
    inputs = Inputs(
        (),
        TABLES,
        empty,
        frame(info, ["table", "row", "stated_goal", "goal_deduction"]),
        empty,
        empty,
        empty,
        empty,
        empty,
        {},
        2024,
    )
    rows = [
        row("读者服务", "中央补助资金", 2, 10_000_000, 9_500_000),
        row("读者服务", "区级资金", 3, 183_151_234, 100_000_000),
    ]
    funding = [
        {
            "project": "读者服务",
            "source": "中央补助",
            "initial_budget": NA,
            "annual_budget": 10_000_000,
            "executed": 9_500_000,
            "execution_rate": 9500,
        },
        {
            "project": "读者服务",
            "source": "区级预算资金",
            "initial_budget": NA,
            "annual_budget": 183_151_234,
            "executed": 100_000_000,
            "execution_rate": 5460,
        },
    ]
    levels = [
        reconciled("project", "读者服务", 193_151_234, 109_500_000, 109_499_900, 100, 2),
        reconciled("detail", "明细", 193_151_234, 109_500_000, 109_499_900, 100, 2),
        reconciled("source", "中央补助", 10_000_000, 9_500_000, NA, NA, 2),
        reconciled("project", "=1+1", 1_000_000, 1_000_000, 1_000_000, 0, 4),
    ]
    findings = (
        Finding("M221", "=HYPERLINK(1)", UNIT, "读者服务", "明细", "1094999.00", "1095000.00", levels[0]["sources"]),
        Finding("M225", "没有提供部门决算。", UNIT),
        Finding("R101", "打不开。", UNIT, sources=(Cell("坏.xlsx"),)),
    )
    return Evaluation(
        inputs,
        load_scheme("hongshan-2019"),
        frame(
            [project("1.1", "读者服务", 193_151_234, 109_500_000, 2), project("1.2", "=1+1", 1_000_000, 1_000_000, NA)],
            MONEY + SCORES,
        ),
        frame(funding, [*MONEY_FIELDS, "execution_rate"]),
        frame(
            [indicator("读者服务", "场次", 2, 5500, 4800, False), indicator("=1+1", "@册数", 3, NA, 5500, NA)], POINTS
        ),
        frame(rows, MONEY),
        frame(levels, MONEY),
        findings,
    )


def summary_of(evaluation: Evaluation) -> bytes:
    return b"".join(summary_pieces(evaluation, "../"))


def opened(evaluation: Evaluation, values: bool = True) -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(summary_of(evaluation)), data_only=values)


def table_of(book: Workbook, sheet: str, heading: str) -> list[list[Any]]:
    """The rows under the heading row that holds this heading."""
    lines = [list(line) for line in book[sheet].iter_rows(values_only=True)]
    at = next(at for at, line in enumerate(lines) if heading in line)
    return lines[at + 1 :]


def figures(evaluation: Evaluation) -> dict[tuple[str, str], Figure]:
    return {(figure.project, figure.name): figure for figure in trace_figures(evaluation)}


def test_sheets_and_results(evaluation: Evaluation) -> None:
    book = opened(evaluation)
    assert book.sheetnames == SHEETS
    rows = table_of(book, "自评结果汇总", "项目名称")
    assert rows[0][:6] == [1, "读者服务", 193.151234, 109.5, 90, "优"]
    assert rows[1][:6] == [2, "=1+1", 1, 1, 90, "优"]
    assert rows[2][:6] == ["合计", None, 194.151234, 110.5, "—", "—"]
    assert [line[7:13] for line in rows[:2]] == [["读者服务", 0.95, 19, 16, 55, 90], ["=1+1", 0.95, 19, 16, 55, 90]]
    live = opened(evaluation, values=False)["自评结果汇总"]
    assert [live["C6"].value, live["D6"].value] == ["=SUM(C4:C5)", "=SUM(D4:D5)"]
    assert live["C4"].number_format == "0.00"
    assert len(live._charts) == 2  # type: ignore[attr-defined]


def test_both_readers_see_the_same_values(evaluation: Evaluation) -> None:
    data = summary_of(evaluation)
    other = CalamineWorkbook.from_filelike(io.BytesIO(data))
    book = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    assert other.sheet_names == SHEETS
    for name in SHEETS:
        lines = other.get_sheet_by_name(name).to_python(skip_empty_area=False)
        mine = [["" if value is None else value for value in line] for line in book[name].iter_rows(values_only=True)]
        assert lines == mine, name


def test_an_unknown_addend_leaves_no_total(evaluation: Evaluation) -> None:
    projects = evaluation.projects.copy()
    projects.loc[0, ["executed", "execution_rate", "funding_score", "total_score"]] = NA
    projects.loc[0, ["grade", "withheld"]] = ["", "全年执行数读不出来"]
    book = opened(replace(evaluation, projects=projects))
    rows = table_of(book, "自评结果汇总", "项目名称")
    assert rows[0][:6] == [1, "读者服务", 193.151234, "未知", "未知", "未知"]
    assert rows[0][7:13] == ["读者服务", *[None] * 5]
    assert rows[2][:4] == ["合计", None, 194.151234, "—"]
    notes = [line[0] for line in rows[3:]]
    assert notes[:3] == [
        "发现问题：错误 2 个，警告 1 个，提示 0 个（见“问题清单”）。",
        "有 1 个项目的自评表暂不生成：",
        "附件1.1 读者服务：全年执行数读不出来",
    ]


def test_text_stays_text(evaluation: Evaluation) -> None:
    book = opened(evaluation, values=False)
    formulas = [
        (sheet.title, cell.coordinate, cell.value)
        for sheet in book
        for line in sheet.iter_rows()
        for cell in line
        if cell.data_type == "f"
    ]
    assert {sheet for sheet, _, _ in formulas} == {"自评结果汇总", "预算执行对账"}
    assert {str(value).split("(")[0] for _, _, value in formulas} == {"=SUM", "=SUMIF", "=ROUND"}
    texts = [cell.value for line in book["问题清单"].iter_rows() for cell in line]
    assert "=HYPERLINK(1)" in texts


def test_reconciliation(evaluation: Evaluation) -> None:
    book = opened(evaluation)
    rows = table_of(book, "预算执行对账", "层级")
    assert rows[0][:8] == ["项目", "读者服务", 1931512.34, 1095000, 0.5669, 1094999, 1, "原因待查"]
    assert rows[0][8:] == [None, "执行'情况 J2", "决算 E2", None]
    assert rows[1][8] == catalogue()["M221"].advice
    assert rows[2] == ["来源", "中央补助", 100000, 95000, 0.95, "—", "—", None, None, "执行'情况 J2", None, None]
    assert rows[4] == ["合计", None, 1941512.34, 1105000, 0.5691, 1104999, 1, *[None] * 5]
    assert str(book["预算执行对账"]["A3"].value).startswith("项目 2 个：与决算一致 1 个，有差异 1 个")
    sheet = opened(evaluation, values=False)["预算执行对账"]
    assert [sheet.row_dimensions[line].outlineLevel for line in range(5, 9)] == [0, 1, 2, 0]
    assert sheet["C9"].value == '=SUMIF($A$5:$A$8,"项目",C$5:C$8)'
    assert sheet.auto_filter.ref == "A4:L8"
    assert sheet["K5"].hyperlink.target == "../决算.xlsx"
    assert sheet["G5"].fill.fgColor.rgb == "FFFCE4D6"
    assert sheet["G8"].fill.fgColor.rgb != "FFFCE4D6"


def test_without_final_accounts(evaluation: Evaluation) -> None:
    absent = evaluation.reconciliation.assign(
        final_accounts=pd.array([NA] * 4, dtype="Int64"), difference=pd.array([NA] * 4, dtype="Int64")
    )
    projects = evaluation.projects.assign(final_accounts=pd.array([NA] * 2, dtype="Int64"))
    without = replace(evaluation.inputs, tables=TABLES[:3])
    changed = replace(evaluation, reconciliation=absent, projects=projects, inputs=without)
    rows = table_of(opened(changed), "预算执行对账", "层级")
    assert rows[0][5:7] == ["—", "—"]
    assert rows[4][2:7] == [1941512.34, 1105000, 0.5691, "—", "—"]
    assert ("读者服务", "部门决算") not in figures(changed)


def test_indicators(evaluation: Evaluation) -> None:
    book = opened(evaluation)
    rows = table_of(book, "指标得分明细", "指标内容")
    workings = "8次 ÷ 10次 × 8分 = 6.40"
    assert rows[0][3:13] == ["场次", "10次", "8次", 0.8, 60, None, 48, workings, 55, 7]
    assert rows[1][3:13] == ["@册数", "10次", "8次", 0.8, 60, None, 55, workings, 55, 0]
    sheet = opened(evaluation, values=False)["指标得分明细"]
    assert sheet["M4"].fill.fgColor.rgb == "FFFCE4D6"
    link = sheet["P4"].hyperlink
    assert link is not None
    assert (link.target, link.location) == ("../指标.xlsx", "'绩效指标'!E2")


def test_what_is_in_one_table_only_stands_under_a_line_of_its_own(evaluation: Evaluation) -> None:
    unknown = {name: pd.array([NA], dtype="Int64") for name in ("annual_budget", "executed", "difference")}
    words = {"level": "only_final", "project": "", "name": "尾款", "cause": "执行情况表缺行"}
    alone = evaluation.reconciliation.iloc[[3]].assign(**words, **unknown)
    frame = pd.concat([evaluation.reconciliation, alone], ignore_index=True)
    findings = (Finding("M223", "没有同名称的项目。", UNIT, "", "尾款", sources=alone["sources"].iloc[0]),)
    rows = table_of(opened(replace(evaluation, reconciliation=frame, findings=findings)), "预算执行对账", "层级")
    assert rows[4][1] == "（只在部门决算中的项目）"
    assert rows[5][:9] == ["仅决算", "尾款", *["—"] * 3, 10000, "—", "执行情况表缺行", catalogue()["M223"].advice]
    assert rows[6][5] == 1104999


def test_problems_by_project_with_links_and_room(evaluation: Evaluation) -> None:
    signed = replace(evaluation.findings[1], signature=Signature("当年没有决算", "张三"))
    book = opened(replace(evaluation, findings=(evaluation.findings[0], signed, evaluation.findings[2])))
    rows = table_of(book, "问题清单", "问题描述")
    assert [line[0] for line in rows] == [
        "不属于单个项目的问题　　错误 1、提示 1", "提示", "错误", "附件1.1 读者服务　　错误 1", "错误"
    ]  # fmt: skip
    assert rows[4][3:7] == ["1094999.00", "1095000.00", "执行'情况 J2（输入/执行 #1.xlsx）", "决算 E2（决算.xlsx）"]
    sheet = book["问题清单"]
    assert [[sheet.cell(at, 1).value, sheet.cell(at, 2).value] for at in (3, 4, 5)] == [
        ["错误", 2],
        ["警告", 0],
        ["提示", 1],
    ]
    links = [sheet.cell(12, column).hyperlink for column in (6, 7)]
    assert [(link.target, link.location) for link in links if link] == [
        ("../输入/执行%20%231.xlsx", "'执行''情况'!J2"),
        ("../决算.xlsx", "'决算'!E2"),
    ]
    assert (sheet["F10"].value, sheet["F10"].hyperlink) == ("坏.xlsx", None)
    assert [sheet.row_dimensions[line].outlineLevel for line in range(8, 13)] == [0, 1, 1, 0, 1]
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("C8", "A7:M12")


def test_the_last_five_columns_can_be_pasted_into_the_exceptions(evaluation: Evaluation) -> None:
    signed = replace(evaluation.findings[0], signature=Signature("尾差，下年调整", "张三"))
    book = opened(replace(evaluation, findings=(signed,)))
    lines = [line[8:] for line in book["问题清单"].iter_rows(min_row=7, values_only=True)]
    assert lines[0] == ("问题代码", "项目名称", "对象", "说明", "确认人")
    assert lines[2] == ("M221", "读者服务", "明细", "尾差，下年调整", "张三")


def test_no_findings(evaluation: Evaluation) -> None:
    book = opened(replace(evaluation, findings=()))
    assert table_of(book, "问题清单", "问题描述")[0][1] == "没有发现问题"
    assert table_of(book, "自评结果汇总", "项目名称")[3][0] == "没有发现问题。"


def test_figures_name_their_cells(evaluation: Evaluation) -> None:
    found = figures(evaluation)
    execution = (TABLES[EXECUTION].workbook, TABLES[EXECUTION].sheet)
    budget = found["读者服务", "全年预算数 合计"]
    assert (budget.value, budget.method) == (193_151_234, "相加")
    assert budget.places == (Place(*execution, "H2:H3", "H2"),)
    assert found["读者服务", "全年执行数 中央补助"].places == (Place(*execution, "J2", "J2"),)
    assert found["读者服务", "总目标自评分"].places == (Place("指标.xlsx", "项目信息", "I2", "I2"),)
    assert found["读者服务", "总目标自评分"].method == "记录得分"
    assert (found["=1+1", "总目标自评分"].places, found["=1+1", "总目标自评分"].method) == ((), "未扣分，取总目标分值")
    assert found["读者服务", "自评分：场次"].places == (Place("指标.xlsx", "绩效指标", "I2", "I2"),)
    assert found["=1+1", "自评分：@册数"].method == "规则得分"
    assert found["读者服务", "部门决算"].places == (Place("决算.xlsx", "决算", "E2", "E2"),)
    assert found["读者服务", "一级指标分值：产出指标"].value == 6000
    assert [place.ranges for place in found["读者服务", "自评得分"].places] == ["H2:H3,J2:J3", "I2", "I2"]
    assert found["合计", "预算数合计"].value == 194_151_234


AREA = st.builds(
    Area,
    st.sampled_from([table("execution", "表.xlsx", sheet, {}) for sheet in "一二"]),
    st.lists(st.sampled_from("BCD"), min_size=1, max_size=3, unique=True).map(tuple),
    st.lists(st.integers(1, 12), min_size=1, max_size=6, unique=True),
)


@given(st.lists(AREA, max_size=4))
def test_areas_are_the_places_of_their_cells(areas: list[Area]) -> None:
    cells = [
        Cell(area.table.workbook, area.table.sheet, f"{letter}{row}")
        for area in areas
        for row in area.rows
        for letter in area.letters
    ]
    assert places_of(areas) == places_of_cells(cells)


def test_sources_sheet(evaluation: Evaluation) -> None:
    rows = table_of(opened(evaluation), "数据来源", "数字名称")
    assert rows[0] == [
        "附件1.1",
        "读者服务",
        "全年预算数 合计",
        1931512.34,
        "相加",
        "输入/执行 #1.xlsx",
        "执行'情况",
        "H2:H3",
    ]
    totals = [line for line in rows if line[:3] == ["附件1.1", "读者服务", "自评得分"]]
    assert [line[7] for line in totals] == ["H2:H3,J2:J3", "I2", "I2"]
    assert ["附件1.2", "=1+1", "总目标自评分", 16, "未扣分，取总目标分值", "—", "—", "—"] in rows


def test_a_scheme_without_goal(evaluation: Evaluation) -> None:
    other = replace(evaluation, scheme=replace(evaluation.scheme, goal_points=None))
    sheet = opened(other)["自评结果汇总"]
    assert [cell.value for cell in sheet[3]][7:] == ["项目", "执行率", "资金得分", "指标得分", "总分"]
    assert ("读者服务", "总目标自评分") not in figures(other)


def test_the_same_evaluation_gives_the_same_bytes(evaluation: Evaluation) -> None:
    assert summary_of(evaluation) == summary_of(evaluation)


def test_a_unit_without_projects(evaluation: Evaluation) -> None:
    assert opened(evaluation.of_unit("另一单位")).sheetnames == SHEETS


def test_text_beyond_a_cell_and_control_characters(evaluation: Evaluation) -> None:
    findings = (Finding("M225", "长" * 40_000, UNIT), Finding("M225", "a\x01b\ud800", UNIT))
    rows = table_of(opened(replace(evaluation, findings=findings)), "问题清单", "问题描述")
    assert str(rows[1][2]).endswith("长…")
    assert str(rows[2][2]).endswith("?")


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ([], ""),
        (["H5"], "H5"),
        (["H5", "H6", "H7", "H12"], "H5:H7,H12"),
        (["J3", "H2", "J2"], "J2:J3,H2"),
        (["H5", "", "H5"], "H5"),
    ],
)
def test_ranges(cells: list[str], expected: str) -> None:
    assert ranges(cells) == expected


def test_links_and_places() -> None:
    assert link_target(Cell("甲 50%.xlsx", "表#1", "A1"), "../") == ("../甲%2050%25.xlsx", "'表#1'!A1")
    assert link_target(Cell("甲.xlsx"), "../") == ("", "")
    assert places_text(Cell("甲.xlsx", f"表{at}", "A1") for at in range(8)).endswith("；另有 2 张工作表")


def test_a_sheet_that_is_full_says_so_above_and_below(evaluation: Evaluation) -> None:
    with patch.object(rows, "LAST_ROW", 9), patch.object(reconciliation, "LAST_ROW", 7):
        book = opened(evaluation)
    sources, accounts = book["数据来源"], book["预算执行对账"]
    said = "工作表已满：附件1.1 读者服务及以后的数字没有列出。"
    assert (sources.max_row, sources["A10"].value) == (10, said)
    assert str(sources["A2"].value).endswith(said)
    assert [line[0].value for line in accounts.iter_rows(min_row=5, max_row=7)] == ["项目", "明细", "项目"]
    assert accounts["A8"].value == "工作表已满：各明细下的资金来源没有列出，项目和明细是全的。"
    assert accounts["C9"].value == 1941512.34


@pytest.mark.parametrize("wanted", [1, 11, 12, 30, 400])
def test_a_part_of_a_year_gives_its_first_figures(evaluation: Evaluation, wanted: int) -> None:
    whole, part = list(trace_figures(evaluation)), to_trace(evaluation, wanted)
    own = list(itertools.takewhile(lambda figure: figure.number != "汇总表", trace_figures(part)))
    assert own == whole[: len(own)]
    assert len(own) >= min(wanted, len(whole) - 2)


def test_rows_made_elsewhere_have_the_workbooks_formats(evaluation: Evaluation) -> None:
    """Amounts as amounts, rates as rates, and what is unknown in red."""
    projects = evaluation.projects.assign(executed=pd.array([NA, 1], dtype="Int64"))
    sheet = opened(replace(evaluation, projects=projects), values=False)["数据来源"]
    shown = {str(line[2].value): line[3] for line in sheet.iter_rows(min_row=4)}
    assert shown["全年预算数 合计"].number_format == "#,##0.00"
    assert shown["预算执行率"].number_format == "0.00%"
    assert shown["自评得分"].number_format == "0.00"
    unknown = [line[3] for line in sheet.iter_rows(min_row=4) if line[3].value == "未知"]
    assert {cell.font.color.rgb for cell in unknown} == {"FFC00000"}


def test_a_long_table_is_a_sound_package(evaluation: Evaluation) -> None:
    findings = tuple(Finding("M225", f"第{number}项 <&> 没有提供部门决算。", UNIT) for number in range(5000))
    content = summary_of(replace(evaluation, findings=findings))
    assert zipfile.ZipFile(io.BytesIO(content)).testzip() is None
    lines = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name("问题清单").to_python()
    assert [line[2] for line in lines if str(line[2]).startswith("第")] == [one.message for one in findings]


def test_a_row_of_several_sources_is_traced_with_each_of_them(tmp_path: Path) -> None:
    """mof-2020 prints 当年财政拨款 for both sources: the printed figure comes from all of its rows, each source from its own."""
    folder = write_folder(tmp_path, clean_year())
    invoke("run", folder, "--no-report", "--scheme", "mof-2020")
    sheet = openpyxl.load_workbook(folder / "自评结果" / "绩效自评汇总表.xlsx")["数据来源"]
    rows = {(row[1], row[2]): (row[3], row[7]) for row in sheet.iter_rows(min_row=4, values_only=True)}
    assert rows["读者服务", "全年预算数 当年财政拨款"] == (430000, "H4:H6")
    assert rows["读者服务", "全年预算数 当年财政拨款：中央补助"] == (100000, "H4")
    assert rows["读者服务", "全年预算数 当年财政拨款：区级预算资金"] == (330000, "H5:H6")
