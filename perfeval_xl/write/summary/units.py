"""``全部单位汇总表.xlsx``: every unit's projects and their forms, and the totals of each unit."""

from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal

from perfeval_xl.findings import Severity
from perfeval_xl.money import round_half_up
from perfeval_xl.write.overview import UnitLine, sum_or_unknown
from perfeval_xl.write.summary.formats import NONE, UNKNOWN, Formats
from perfeval_xl.write.summary.page import Column, Formula, Page, Value
from perfeval_xl.write.summary.streamed import StreamedBook

_PROJECTS, _UNITS = "项目汇总", "单位汇总"
_PROJECT_COLUMNS = [
    Column("单位", 26),
    Column("附件号", 8, "word"),
    Column("项目名称", 32),
    Column("预算数（万元）", 16, "wan_yuan"),
    Column("全年执行数（万元）", 18, "wan_yuan"),
    Column("执行率", 10, "percent"),
    Column("得分", 9, "points"),
    Column("等级", 8, "word"),
    Column("错误", 7, "count"),
    Column("警告", 7, "count"),
    Column("自评表", 48),
]
_UNIT_COLUMNS = [
    Column("单位", 26),
    Column("项目数", 8, "count"),
    Column("预算数（万元）", 16, "wan_yuan"),
    Column("全年执行数（万元）", 18, "wan_yuan"),
    Column("执行率", 10, "percent"),
    Column("生成自评表", 11, "count"),
    Column("暂不生成", 10, "count"),
    Column("错误", 7, "count"),
    Column("警告", 7, "count"),
    Column("汇总表", 22),
    Column("说明", 36),
]
_SHOWN = (Severity.ERROR, Severity.WARNING)
#: The stamp of a workbook of several or unknown years; a clock would make two runs differ.
_UNDATED = datetime(2000, 1, 1)


def all_units_pieces(lines: Sequence[UnitLine], year: int | None, summary: str) -> list[bytes]:
    """The whole workbook, in pieces; ``summary`` is the file name of a unit's own. The same lines give the same bytes."""
    dated = f"{year}年度" if year else ""
    with StreamedBook() as book:
        title = f"{dated}项目支出绩效自评全部单位汇总表"
        book.set_properties({"title": title, "created": datetime(year + 1, 1, 1) if year else _UNDATED})
        formats = Formats(book)
        rows = _write_projects(book, formats, lines, title)
        _write_units(book, formats, lines, rows, f"{dated}项目支出绩效自评单位汇总表", summary)
    return book.pieces


def _write_projects(
    book: StreamedBook, formats: Formats, lines: Sequence[UnitLine], title: str
) -> list[tuple[int, int]]:
    """项目汇总; returns the first and last row of each unit's projects, as Excel counts."""
    page = Page(book, formats, _PROJECTS, _PROJECT_COLUMNS, "")
    projects = [project for line in lines for project in line.projects]
    troubled = sum(bool(line.trouble) for line in lines)
    note = f"　　另有 {troubled} 个单位未能自评（见“{_UNITS}”），合计因此未知" if troubled else ""
    page.title(title, f"单位：{sum(bool(line.projects) for line in lines)} 个　　项目：{len(projects)} 个{note}")
    page.headings(freeze=3)
    rows = []
    for line in lines:
        start = page.next_row + 1
        for project in line.projects:
            figures = [project.annual_budget, project.executed, project.execution_rate, project.total_score]
            form = project.form.rpartition("/")[2] or "暂不生成"
            counts = [project.counts[severity] for severity in _SHOWN]
            names = [line.unit, project.number, project.project]
            values = [*names, *figures, project.grade or UNKNOWN, *counts, form]
            page.row(values, _flags(8, counts), links={10: project.form} if project.form else {})
        rows.append((start, page.next_row))
    first, last = page.heading_row + 2, page.next_row
    budget = sum_or_unknown(line.annual_budget for line in lines)
    executed = sum_or_unknown(line.executed for line in lines)
    counted = [sum(project.counts[severity] for project in projects) for severity in _SHOWN]
    total: list[Value] = ["合计", "", "", *_sums("D", first, last, budget, executed), NONE, NONE]
    total += [_sum(letter, first, last, count) for letter, count in zip("IJ", counted, strict=True)]
    page.filter_rows()
    page.row([*total, NONE], overall="total")
    page.print_setup(landscape=True)
    return rows


def _write_units(
    book: StreamedBook,
    formats: Formats,
    lines: Sequence[UnitLine],
    rows: Sequence[tuple[int, int]],
    title: str,
    summary: str,
) -> None:
    """单位汇总: each unit's figures add up its rows of the first sheet; what belongs to no unit has only counts."""
    page = Page(book, formats, _UNITS, _UNIT_COLUMNS, "")
    page.title(title, f"单位：{sum(line.place != '' or line.trouble != '' for line in lines)} 个")
    page.headings(freeze=1)
    for line, (first, last) in zip(lines, rows, strict=True):
        counts = [line.counts[severity] for severity in _SHOWN]
        forms = [len(line.projects), len(line.projects) - line.withheld, line.withheld]
        figures: list[Value] = [UNKNOWN if line.trouble else NONE] * 3
        if line.projects:
            sheet = f"'{_PROJECTS}'!"
            figures = _sums("D", first, last, line.annual_budget, line.executed, sheet, ("C", page.next_row + 1))
        values = [line.unit, forms[0], *figures, *forms[1:], *counts, summary if line.place else NONE, line.trouble]
        page.row(values, _flags(7, counts), links={9: f"{line.place}/{summary}"} if line.place else {})
    first, last = page.heading_row + 2, page.next_row
    budget = sum_or_unknown(line.annual_budget for line in lines)
    executed = sum_or_unknown(line.executed for line in lines)
    counted: dict[str, Callable[[UnitLine], int]] = {
        "F": lambda line: len(line.projects) - line.withheld,
        "G": lambda line: line.withheld,
        "H": lambda line: line.counts[Severity.ERROR],
        "I": lambda line: line.counts[Severity.WARNING],
    }
    total: list[Value] = ["合计", _sum("B", first, last, sum(len(line.projects) for line in lines))]
    total += _sums("C", first, last, budget, executed)
    total += [_sum(letter, first, last, sum(map(count, lines))) for letter, count in counted.items()]
    page.filter_rows()
    page.row([*total, NONE, ""], overall="total")
    page.print_setup(landscape=True)


def _flags(column: int, counts: Sequence[int]) -> dict[int, str]:
    """Colours for errors and warnings where there are any."""
    return {column + at: _SHOWN[at].value for at, count in enumerate(counts) if count}


def _sum(letter: str, first: int, last: int, stored: int, sheet: str = "") -> Value:
    return Formula(f"=SUM({sheet}{letter}{first}:{letter}{last})", stored)


def _sums(
    letter: str,
    first: int,
    last: int,
    budget: int | None,
    executed: int | None,
    sheet: str = "",
    own: tuple[str, int] | None = None,
) -> list[Value]:
    """Live sums of the budgets in this column and the executed beside it, and their rate; unknown where a part is.

    ``own`` is the cell of the first sum, by default under the column that it adds up.
    """
    column, row = own or (letter, last + 1)
    beside, after = (chr(ord(start) + 1) for start in (letter, column))
    values: list[Value] = [
        None if budget is None else _sum(letter, first, last, budget, sheet),
        None if executed is None else _sum(beside, first, last, executed, sheet),
        None,
    ]
    if budget and executed is not None:
        rate = round_half_up(Decimal(executed) * 10_000 / budget)
        values[2] = Formula(f"=ROUND({after}{row}/{column}{row},4)", rate)
    return values
