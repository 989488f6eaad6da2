"""The four working sheets of the summary workbook: reconciliation, indicator scores, findings, sources of figures."""

from collections.abc import Iterable
from decimal import Decimal

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from perfeval_xl.findings import SEVERITY_LABELS, Cell, catalogue, count_severities
from perfeval_xl.model import Evaluation, texts
from perfeval_xl.money import ratio_half_up, round_half_up
from perfeval_xl.write.summary.formats import NONE, Formats
from perfeval_xl.write.summary.page import As, Column, Formula, Link, Page, Value
from perfeval_xl.write.summary.places import by_sheet, first_place, places_text, ranges
from perfeval_xl.write.summary.provenance import field_cells, known, trace_figures

_LEVELS = {"project": "项目", "detail": "明细", "source": "来源"}
_RECONCILIATION = [
    Column("层级", 7, "word"),
    Column("项目 / 明细 / 来源", 32),
    Column("全年预算数（元）", 17, "yuan"),
    Column("全年执行数（元）", 17, "yuan"),
    Column("执行率", 9, "percent"),
    Column("部门决算（元）", 17, "yuan", NONE),
    Column("差异（元）", 15, "yuan", NONE),
    Column("原因", 24),
    Column("单元格", 24),
]
_INDICATORS = [
    Column("项目", 14),
    Column("一级", 9),
    Column("二级", 9),
    Column("指标内容", 20),
    Column("年度目标值", 11, "word"),
    Column("全年完成值", 11, "word"),
    Column("完成率", 9, "percent", NONE),
    Column("分值", 7, "points"),
    Column("评分规则", 10, "word"),
    Column("规则得分", 9, "points", NONE),
    Column("自评分", 8, "points"),
    Column("差异（自评分−规则得分）", 11.5, "points", NONE),
    Column("未完成原因", 24),
    Column("改进措施", 24),
    Column("单元格", 15),
]
_FINDINGS = [
    Column("级别", 7, "word"),
    Column("代码", 7, "word"),
    Column("问题", 16),
    Column("项目", 14),
    Column("对象", 16),
    Column("说明", 36),
    Column("应为", 13, "word"),
    Column("实为", 13, "word"),
    Column("位置", 24),
    Column("处理建议", 28),
    Column("处理说明", 18),
]
_SOURCES = [
    Column("附件号", 9, "word"),
    Column("项目", 20),
    Column("数字名称", 40),
    Column("数值", 18),
    Column("算法", 25),
    Column("工作簿", 36),
    Column("工作表", 18),
    Column("单元格", 24),
]


def write_reconciliation(
    book: xlsxwriter.Workbook, formats: Formats, evaluation: Evaluation, heading: str, input_prefix: str
) -> None:
    """预算执行对账: each project, its details and their funding sources in outline, against the final accounts."""
    page = Page(book, formats, "预算执行对账", _RECONCILIATION, input_prefix)
    page.title(f"{evaluation.inputs.year}年度预算执行与部门决算对账表", f"{heading}　　金额单位：元")
    page.headings(freeze=2)
    page.sheet.outline_settings(True, False, True, False)
    frame = evaluation.reconciliation
    rates = ratio_half_up(frame["executed"], frame["annual_budget"], 10_000)
    for row, rate in zip(frame.to_dict("records"), rates, strict=True):
        level = list(_LEVELS).index(row["level"])
        amounts = [known(row[name]) for name in ("annual_budget", "executed", "final_accounts", "difference")]
        styles = {1: f"indent{level}"} if level else {}
        if amounts[3]:
            styles[6] = "differs"
        place = Link(first_place(row["sources"]), row["sources"][0] if row["sources"] else None)
        values: list[Value] = [
            _LEVELS[row["level"]],
            row["name"],
            *amounts[:2],
            known(rate),
            *amounts[2:],
            *texts([row["cause"]]),
            place,
        ]
        page.row(values, styles, overall="" if level else "total", level=level)
    page.filter_rows()
    _reconciliation_total(page, evaluation)
    page.print_setup(landscape=True)


def _reconciliation_total(page: Page, evaluation: Evaluation) -> None:
    """合计: live sums over the project rows; a sum with an unknown addend is left out, as is what depends on it."""
    first, last, own = page.heading_row + 2, page.next_row, page.next_row + 1
    projects = evaluation.reconciliation[evaluation.reconciliation["level"] == "project"]
    values: list[Value] = ["合计", "", *[NONE] * 5, "", ""]
    sums: dict[str, int] = {}
    for at, name in ((2, "annual_budget"), (3, "executed"), (5, "final_accounts"), (6, "difference")):
        if len(projects) and projects[name].notna().all():
            sums[name], letter = int(projects[name].sum()), xl_col_to_name(at)
            formula = f'=SUMIF($A${first}:$A${last},"项目",{letter}${first}:{letter}${last})'
            values[at] = Formula(formula, sums[name])
    if sums.get("annual_budget") and "executed" in sums:
        rate = round_half_up(Decimal(sums["executed"]) * 10_000 / sums["annual_budget"])
        values[4] = Formula(f"=ROUND(D{own}/C{own},4)", rate)
    page.row(values, {6: "differs"} if sums.get("difference") else {}, overall="total")


def write_indicators(
    book: xlsxwriter.Workbook, formats: Formats, evaluation: Evaluation, heading: str, input_prefix: str
) -> None:
    """指标得分明细: each indicator with its rule's score beside the recorded one."""
    page = Page(book, formats, "指标得分明细", _INDICATORS, input_prefix)
    page.title(f"{evaluation.inputs.year}年度绩效指标得分明细表", heading)
    page.headings(freeze=4)
    words = ["project", "level1", "level2", "content", "target", "actual"]
    for row in evaluation.indicators.to_dict("records"):
        rule_score, self_score = known(row["rule_score"]), known(row["self_score"])
        difference = None if rule_score is None or self_score is None else self_score - rule_score
        styles = dict.fromkeys((9, 10, 11), "differs") if difference else {}
        if known(row["met"]) == 0:
            styles[5] = "warning"
        cells = field_cells(evaluation.inputs, [row], "target")
        values: list[Value] = [
            *texts(row[name] for name in words),
            known(row["completion"]),
            known(row["weight"]),
            *texts([row["rule"]]),
        ]
        values += [rule_score, self_score, difference, *texts([row["reason"], row["improvement"]])]
        page.row([*values, Link(first_place(cells), cells[0] if cells else None)], styles)
    page.filter_rows()
    page.print_setup(landscape=True)


def write_findings(
    book: xlsxwriter.Workbook, formats: Formats, evaluation: Evaluation, heading: str, input_prefix: str
) -> None:
    """问题清单: counts on top, then every finding with its cell, what to do, and room for a word about it."""
    page = Page(book, formats, "问题清单", _FINDINGS, input_prefix)
    page.title(f"{evaluation.inputs.year}年度绩效自评问题清单", heading)
    for severity, count in count_severities(evaluation.findings).items():
        page.put(page.next_row, 0, SEVERITY_LABELS[severity], "word", severity.value)
        page.put(page.next_row, 1, count, "count")
        page.next_row += 1
    page.next_row += 1
    page.headings(freeze=2)
    codes = catalogue()
    inputs = {table.workbook for table in evaluation.inputs.tables} | {file.path for file in evaluation.inputs.files}
    for finding in evaluation.findings:
        text = codes[finding.code]
        style = dict.fromkeys((0, 1), finding.severity.value)
        # A cell of the form's template is named without a link: where it stands is not known here.
        first = next((cell for cell in finding.sources if cell.workbook in inputs), None)
        place = Link(places_text(finding.sources), first)
        names = [
            SEVERITY_LABELS[finding.severity],
            finding.code,
            text.title,
            finding.project,
            finding.subject,
            finding.message,
        ]
        page.row([*names, finding.expected, finding.actual, place, text.advice, ""], style)
    if not evaluation.findings:
        page.row(["", "", "没有发现问题", *[""] * 8])
    page.filter_rows()
    page.print_setup(landscape=True)


def write_sources(
    book: xlsxwriter.Workbook, formats: Formats, evaluation: Evaluation, heading: str, input_prefix: str
) -> None:
    """数据来源: every printed figure, how it comes about, and its input cells, a row per sheet they stand on."""
    page = Page(book, formats, "数据来源", _SOURCES, input_prefix)
    page.title(f"{evaluation.inputs.year}年度自评数据来源", f"{heading}　　金额单位：元")
    page.headings(freeze=3)
    for figure in trace_figures(evaluation):
        value = As(figure.kind, figure.value)
        for workbook, sheet, place in _places(figure.cells):
            page.row([figure.number, figure.project, figure.name, value, figure.method, workbook, sheet, place])
    page.filter_rows()
    page.print_setup(landscape=True)


def _places(cells: Iterable[Cell]) -> list[tuple[str, str, Link | str]]:
    found = [
        (workbook, sheet, Link(ranges(cell.cell for cell in group), group[0]))
        for (workbook, sheet), group in by_sheet(cells).items()
    ]
    return [*found] if found else [(NONE, NONE, NONE)]
