"""预算执行对账: each project, its details and their funding sources in outline, against the final accounts."""

from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from typing import NamedTuple

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from perfeval_xl.findings import Cell, Finding, catalogue
from perfeval_xl.model import Evaluation
from perfeval_xl.money import ratio_half_up, round_half_up
from perfeval_xl.write.ranges import tuples
from perfeval_xl.write.summary.formats import NONE, Formats
from perfeval_xl.write.summary.page import Column, Formula, Page, Value
from perfeval_xl.write.summary.pattern import Look, look_of
from perfeval_xl.write.summary.places import first_place
from perfeval_xl.write.summary.rows import LAST_ROW, NOTHING

_COLUMNS = [
    Column("层级", 7, "word"),
    Column("项目 / 明细 / 来源", 30),
    Column("全年预算数（元）", 16, "yuan"),
    Column("全年执行数（元）", 16, "yuan"),
    Column("执行率", 9, "percent"),
    Column("部门决算（元）", 16, "yuan", NONE),
    Column("差异（元）", 14, "yuan", NONE),
    Column("原因", 22),
    Column("处理建议", 26),
    Column("执行情况表单元格", 18),
    Column("部门决算单元格", 18),
    Column("情况说明", 18),
]
_DIFFERENCE, _CAUSE = 6, 7
#: Columns that name cells: of the execution tables, of the final accounts.
_PLACES = 9, 10
#: Level → its label, its depth in the outline, and the code of what is told about it where no line was found.
_LEVELS = {"project": ("项目", 0), "detail": ("明细", 1), "source": ("来源", 2), "only_final": ("仅决算", 1)}
#: What is in no project stands under a line of its own.
_OUTSIDE = {"detail": "（没有并入任何项目的明细）", "only_final": "（只在部门决算中的项目）"}
_CODES = ("M221", "M222", "M223")


class _Row(NamedTuple):
    """What the sheet shows of a row of the reconciliation; fen, and hundredths of a percent."""

    level: str
    project: str
    name: str
    annual_budget: int | None
    executed: int | None
    rate: int | None
    final_accounts: int | None
    difference: int | None
    cause: str
    sources: tuple[Cell, ...]


def write_reconciliation(
    book: xlsxwriter.Workbook, formats: Formats, evaluation: Evaluation, heading: str, input_prefix: str
) -> None:
    """The sheet: how many projects agree on top, a difference in colour with its cause, its advice and both cells."""
    page = Page(book, formats, "预算执行对账", _COLUMNS, input_prefix)
    page.title(f"{evaluation.inputs.year}年度预算执行与部门决算对账表", f"{heading}　　金额单位：元")
    page.note(_counts(evaluation))
    page.headings(freeze=2)
    page.sheet.outline_settings(True, False, True, False)
    told = {(finding.project, finding.subject, finding.code): finding for finding in evaluation.findings}
    accounts = {(table.workbook, table.sheet) for table in evaluation.inputs.tables if table.role == "final_accounts"}
    sources = len(evaluation.reconciliation) + page.next_row + len(_OUTSIDE) <= LAST_ROW
    if not sources:
        page.rows.say_full("各明细下的资金来源没有列出，项目和明细是全的。")
    outside = ""
    for row, subject in _rows(evaluation, sources):
        if not row.project and row.level in _OUTSIDE and row.level != outside:
            outside = row.level
            page.row(["", _OUTSIDE[outside], *[""] * (len(_COLUMNS) - 2)], overall="total")
        code = _code(row)
        _write_row(page, row, told.get((row.project, subject, code)) if code else None, accounts)
    page.filter_rows()
    _write_total(page, evaluation)
    page.print_setup(landscape=True)


def _counts(evaluation: Evaluation) -> str:
    """How many projects agree with the final accounts, and how much is told about them."""
    if "final_accounts" not in {table.role for table in evaluation.inputs.tables}:
        return "没有提供部门决算，预算执行数没有与决算核对。"
    frame = evaluation.reconciliation
    differences = frame.loc[frame["level"] == "project", "difference"]
    equal, unknown = int(differences.eq(0).sum()), int(differences.isna().sum())
    counts = {code: sum(finding.code == code for finding in evaluation.findings) for code in _CODES}
    words = "，".join(f"{catalogue()[code].title} {count} 处" for code, count in counts.items())
    projects = f"项目 {len(differences)} 个：与决算一致 {equal} 个，有差异 {len(differences) - equal - unknown} 个"
    return f"{projects}，无法比较 {unknown} 个。{words}。"


def _rows(evaluation: Evaluation, sources: bool) -> Iterator[tuple[_Row, str]]:
    """Each row with its rate, and the subject that a finding about it bears: a source's is its detail."""
    frame = evaluation.reconciliation
    frame = frame if sources else frame[frame["level"] != "source"]
    rates = ratio_half_up(frame["executed"], frame["annual_budget"], 10_000)
    detail = ""
    for values in tuples(frame.assign(rate=rates), _Row._fields):
        row = _Row(*values)
        detail = row.name if row.level == "detail" else detail
        yield row, detail if row.level == "source" else row.name


def _code(row: _Row) -> str:
    """What a finding about this row would be; a source without a line of its own is told at its detail."""
    if row.level == "only_final":
        return "M223"
    if row.final_accounts is None:
        return "" if row.level == "source" else "M222"
    return "M221" if row.difference else ""


@cache
def _look(depth: int, difference: str, cause: str) -> Look:
    styles = {1: f"indent{depth}" if depth else "", _DIFFERENCE: difference, _CAUSE: cause}
    return look_of({at: style for at, style in styles.items() if style}, "" if depth else "total", depth)


def _write_row(page: Page, row: _Row, finding: Finding | None, accounts: set[tuple[str, str]]) -> None:
    label, depth = _LEVELS[row.level]
    spent: list[int | str | None] = [row.annual_budget, row.executed, row.rate]
    difference, mark, cause = row.difference, "", "differs" if finding else ""
    if row.level == "only_final":
        spent, difference = [NONE] * 3, None
    elif difference:
        mark = cause = "differs" if finding or not depth else "info"
    cells: tuple[list[Cell], list[Cell]] = [], []
    for cell in dict.fromkeys(row.sources):
        cells[cell[:2] in accounts].append(cell)
    signed = finding.signature if finding else None
    values: list[Value] = [
        label,
        row.name,
        *spent,
        row.final_accounts,
        difference,
        row.cause,
        catalogue()[finding.code].advice if finding else "",
        first_place(cells[0]),
        first_place(cells[1]),
        f"{signed.explanation}（{signed.signer}）" if signed else "",
    ]
    links = {at: own[0] for at, own in zip(_PLACES, cells, strict=True) if own} if page.rows.takes_links else NOTHING
    page.rows.add(values, _look(depth, mark, cause), links)


def _write_total(page: Page, evaluation: Evaluation) -> None:
    """合计: live sums over the project rows; a sum with an unknown addend is left out, as is what depends on it."""
    first, last, own = page.heading_row + 2, page.next_row, page.next_row + 1
    projects = evaluation.reconciliation[evaluation.reconciliation["level"] == "project"]
    values: list[Value] = ["合计", "", *[NONE] * 5, *[""] * (len(_COLUMNS) - 7)]
    sums: dict[str, int] = {}
    for at, name in ((2, "annual_budget"), (3, "executed"), (5, "final_accounts"), (6, "difference")):
        if len(projects) and projects[name].notna().all():
            sums[name], letter = int(projects[name].sum()), xl_col_to_name(at)
            formula = f'=SUMIF($A${first}:$A${last},"项目",{letter}${first}:{letter}${last})'
            values[at] = Formula(formula, sums[name])
    if sums.get("annual_budget") and "executed" in sums:
        rate = round_half_up(Decimal(sums["executed"]) * 10_000 / sums["annual_budget"])
        values[4] = Formula(f"=ROUND(D{own}/C{own},4)", rate)
    page.row(values, {_DIFFERENCE: "differs"} if sums.get("difference") else {}, overall="total")
