"""One unit's summary workbook ``绩效自评汇总表.xlsx``: five sheets, live totals, native charts, links to the inputs."""

from collections.abc import Callable
from datetime import datetime
from math import ceil

from xlsxwriter.utility import xl_col_to_name

from perfeval_xl.findings import SEVERITY_LABELS, count_severities
from perfeval_xl.model import Evaluation
from perfeval_xl.write.ranges import records, tuples
from perfeval_xl.write.summary.charts import MOST_PROJECTS, ChartData, execution_chart, score_chart
from perfeval_xl.write.summary.formats import NONE, UNKNOWN, Formats
from perfeval_xl.write.summary.page import Column, Formula, Page, Value
from perfeval_xl.write.summary.problems import write_problems
from perfeval_xl.write.summary.provenance import known
from perfeval_xl.write.summary.reconciliation import write_reconciliation
from perfeval_xl.write.summary.sheets import INDICATORS, SOURCES, LongSheet
from perfeval_xl.write.summary.streamed import MadeRows, StreamedBook

#: Gives the rows of a long sheet.
RowsOf = Callable[[LongSheet], MadeRows]

_RESULTS = "自评结果汇总"
_COLUMNS = [
    Column("序号", 6, "count"),
    Column("项目名称", 34),
    Column("预算数（万元）", 16, "wan_yuan"),
    Column("全年执行数（万元）", 18, "wan_yuan"),
    Column("得分", 10, "points"),
    Column("自评等级", 10, "word"),
]
#: Heading → field of the parts of a score, as the charts show them.
_PARTS = {"资金得分": "funding_score", "总目标得分": "goal_score", "指标得分": "indicator_score"}
#: The charts' figures stand to the right of what is printed.
_DATA_COLUMN = len(_COLUMNS) + 1
_CHART_ROWS, _ROW_PIXELS = 14, 20
#: The stamp of a workbook whose year is unknown; a clock would make two runs differ.
_UNDATED = datetime(2000, 1, 1)


def summary_pieces(evaluation: Evaluation, input_prefix: str, rows_of: RowsOf | None = None) -> list[bytes]:
    """The whole workbook, in pieces, for an evaluation of one unit; the same evaluation gives the same bytes.

    ``input_prefix`` is the way from the results folder to the unit folder (``../``); the links lead through it.
    ``rows_of`` gives the rows of the long sheets where they are made somewhere else.
    """
    made = rows_of or (lambda sheet: sheet.rows(evaluation, input_prefix))
    year, unit = evaluation.inputs.year, next(iter(evaluation.units), "")
    with StreamedBook() as book:
        book.set_properties(
            {"title": f"{year}年度项目支出绩效自评汇总表", "created": datetime(year + 1, 1, 1) if year else _UNDATED}
        )
        formats, heading = Formats(book).with_first(), f"单位：{unit}　　年度：{year}年"
        _write_results(book, formats, evaluation, heading)
        write_reconciliation(book, formats, evaluation, heading, input_prefix)
        INDICATORS.write(book, formats, evaluation, heading, made(INDICATORS))
        write_problems(book, formats, evaluation, heading, input_prefix)
        SOURCES.write(book, formats, evaluation, heading, made(SOURCES))
    return book.pieces


def _write_results(book: StreamedBook, formats: Formats, evaluation: Evaluation, heading: str) -> None:
    """自评结果汇总: the table of the report's section 二, what is missing from it, and two charts under it."""
    page = Page(book, formats, _RESULTS, _COLUMNS, "")
    page.title(f"{evaluation.inputs.year}年度项目支出绩效自评结果汇总表", f"{heading}　　金额单位：万元", merged=True)
    page.headings()
    projects = evaluation.projects
    fields = ("project", "annual_budget", "executed", "total_score", "grade")
    for at, project in enumerate(records(projects, fields), start=1):
        amounts = [known(project[name]) for name in ("annual_budget", "executed", "total_score")]
        page.row([at, project["project"], *amounts, project["grade"] or UNKNOWN], streamed=at > MOST_PROJECTS)
    _write_total(page, evaluation)
    _write_notes(page, evaluation)
    end = page.next_row
    if len(projects):
        data = _write_chart_data(page, evaluation)
        width = sum(int(column.width * 7 + 5) for column in _COLUMNS)
        for chart in (execution_chart(book, data), score_chart(book, data)):
            chart.set_size({"width": width - 6, "height": _CHART_ROWS * _ROW_PIXELS - 10})
            page.sheet.insert_chart(end, 0, chart, {"y_offset": 6})
            end += _CHART_ROWS
    page.print_setup(landscape=False, end_row=end)


def _write_total(page: Page, evaluation: Evaluation) -> None:
    """合计 with live sums that carry their exact value; where an addend is unknown there is no sum."""
    values: list[Value] = ["合计", "", NONE, NONE, NONE, NONE]
    first, last = page.heading_row + 2, page.next_row
    for at, name in ((2, "annual_budget"), (3, "executed")):
        column, letter = evaluation.projects[name], xl_col_to_name(at)
        if len(column) and not column.isna().any():
            values[at] = Formula(f"=SUM({letter}{first}:{letter}{last})", int(column.sum()))
    page.row(values, overall="total", streamed=False)


def _write_notes(page: Page, evaluation: Evaluation) -> None:
    counts = count_severities(evaluation.findings)
    words = "，".join(f"{SEVERITY_LABELS[severity]} {count} 个" for severity, count in counts.items())
    notes = [f"发现问题：{words}（见“问题清单”）。" if evaluation.findings else "没有发现问题。"]
    withheld = evaluation.projects[evaluation.projects["withheld"] != ""]
    if len(withheld):
        notes.append(f"有 {len(withheld)} 个项目的自评表暂不生成：")
    for number, project, reason in zip(withheld["number"], withheld["project"], withheld["withheld"], strict=True):
        notes.append(f"附件{number} {project}：{reason}")
    if len(evaluation.projects) > MOST_PROJECTS:
        notes.append(f"下图只显示前 {MOST_PROJECTS} 个项目。")
    room = sum(column.width for column in _COLUMNS) / 2.1
    for note in notes:
        page.sheet.merge_range(page.next_row, 0, page.next_row, page.last_column, "", page.formats.get("text", "note"))
        page.put(page.next_row, 0, note, "text", "note")
        page.sheet.set_row(page.next_row, 15 * max(1, ceil(len(note) / room)) + 3)
        page.next_row += 1


def _write_chart_data(page: Page, evaluation: Evaluation) -> ChartData:
    """The small table 图表数据 beside the projects, on their rows; an unknown figure is blank, a gap in the chart."""
    parts = {
        label: name
        for label, name in _PARTS.items()
        if name != "goal_score" or evaluation.scheme.goal_points is not None
    }
    fields = {"执行率": ("execution_rate", "percent"), **{label: (name, "points") for label, name in parts.items()}}
    fields["总分"] = ("total_score", "points")
    page.put(page.heading_row - 1, _DATA_COLUMN, "图表数据", "text", "line")
    page.sheet.set_column(_DATA_COLUMN, _DATA_COLUMN, 28)
    page.sheet.set_column(_DATA_COLUMN + 1, _DATA_COLUMN + len(fields), 11)
    for at, label in enumerate(["项目", *fields]):
        page.put(page.heading_row, _DATA_COLUMN + at, label, "word", "heading")
    names = ["project", "total_score", *(name for name, _ in fields.values())]
    projects = list(tuples(evaluation.projects.iloc[:MOST_PROJECTS], names))
    for line, (project, total, *figures) in enumerate(projects, start=page.heading_row + 1):
        page.put(line, _DATA_COLUMN, project, "text")
        for at, (value, (_, kind)) in enumerate(zip(figures, fields.values(), strict=True), start=_DATA_COLUMN + 1):
            # A stack that lacks a part would look like a low score.
            lacking = value is None or (kind == "points" and total is None)
            page.put(line, at, "" if lacking else value, kind)
    first = page.heading_row + 1
    return ChartData(_RESULTS, page.heading_row, first, first + len(projects) - 1, _DATA_COLUMN, list(parts))
