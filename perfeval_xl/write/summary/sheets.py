"""Two working sheets of the summary workbook: the indicators' scores and the sources of all figures."""

import xlsxwriter

from perfeval_xl.findings import Cell
from perfeval_xl.model import Evaluation
from perfeval_xl.write.ranges import records
from perfeval_xl.write.summary.areas import Place
from perfeval_xl.write.summary.formats import NONE, Formats
from perfeval_xl.write.summary.page import Column, Page
from perfeval_xl.write.summary.places import first_place
from perfeval_xl.write.summary.provenance import trace_figures

_INDICATORS = [
    Column("项目", 14, unknown=""),
    Column("一级", 9, unknown=""),
    Column("二级", 9, unknown=""),
    Column("指标内容", 20, unknown=""),
    Column("年度目标值", 11, "word", ""),
    Column("全年完成值", 11, "word", ""),
    Column("完成率", 9, "percent", NONE),
    Column("分值", 7, "points"),
    Column("评分规则", 10, "word", ""),
    Column("规则得分", 9, "points", NONE),
    Column("算式", 26, unknown=""),
    Column("自评分", 8, "points"),
    Column("差异（自评分−规则得分）", 11.5, "points", NONE),
    Column("未完成原因", 24, unknown=""),
    Column("改进措施", 24, unknown=""),
    Column("单元格", 15, unknown=""),
]
#: The columns' fields but for those that are worked out here, and what these are worked out from.
_FIELDS = (
    *("project", "level1", "level2", "content", "target", "actual", "completion", "weight", "rule", "rule_score"),
    *("working", "self_score", "reason", "improvement", "met", "table", "row"),
)
_DIFFERENCE = 12
_MISSED = {5: "warning"}
_DIFFERS = dict.fromkeys((9, 11, _DIFFERENCE), "differs")
#: Styles by column: whether the scores differ, whether the target was missed.
_STYLES = {
    (False, False): {},
    (False, True): _MISSED,
    (True, False): _DIFFERS,
    (True, True): {**_DIFFERS, **_MISSED},
}
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
#: In the place of the cells of a figure that stands in none.
_NOWHERE = (Place(NONE, NONE, NONE, ""),)


def write_indicators(
    book: xlsxwriter.Workbook, formats: Formats, evaluation: Evaluation, heading: str, input_prefix: str
) -> None:
    """指标得分明细: each indicator with its rule's score beside the recorded one."""
    page = Page(book, formats, "指标得分明细", _INDICATORS, input_prefix)
    page.title(f"{evaluation.inputs.year}年度绩效指标得分明细表", heading)
    page.headings(freeze=4)
    for row in records(evaluation.indicators, _FIELDS):
        *values, met, table, line = row.values()
        rule_score, self_score = row["rule_score"], row["self_score"]
        difference = None if rule_score is None or self_score is None else self_score - rule_score
        cells = () if table is None or line is None else evaluation.inputs.cells_at(table, line, "target")
        values[_DIFFERENCE:_DIFFERENCE] = [difference]
        links = {15: cells[0]} if cells and page.takes_links else {}
        page.row([*values, first_place(cells)], _STYLES[bool(difference), met is False], links=links)
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
        if page.full:
            # A province's figures fit no sheet; nobody looks through the first million to the end.
            page.say_full(f"{figure.number} {figure.project}及以后的数字没有列出。")
            break
        for place in figure.places or _NOWHERE:
            values = [figure.number, figure.project, figure.name, figure.value, figure.method, *place[:3]]
            page.row(values, {3: figure.kind}, links=_link(page, 7, place))
    page.filter_rows()
    page.print_setup(landscape=True)


def _link(page: Page, column: int, place: Place) -> dict[int, Cell]:
    """The link to the first of the cells, as long as the page takes any."""
    return {column: Cell(place.workbook, place.sheet, place.first)} if page.takes_links and place.first else {}
