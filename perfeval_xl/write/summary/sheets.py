"""Two working sheets of the summary workbook: the indicators' scores and the sources of all figures."""

from collections.abc import Callable, Sequence
from functools import cache, partial

from perfeval_xl.findings import Cell
from perfeval_xl.model import Evaluation
from perfeval_xl.record import Record, replace
from perfeval_xl.write.ranges import tuples
from perfeval_xl.write.summary.areas import Place, spot_of
from perfeval_xl.write.summary.formats import NONE, Formats, first_number
from perfeval_xl.write.summary.page import FIRST_ROW, Column, Page
from perfeval_xl.write.summary.pattern import PLAIN, Look, look_of
from perfeval_xl.write.summary.provenance import to_trace, trace_figures
from perfeval_xl.write.summary.rows import LAST_ROW, NOTHING, Rows
from perfeval_xl.write.summary.streamed import MadeRows, StreamedBook

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
_MISSED = {5: "warning"}
_DIFFERS = dict.fromkeys((9, 11, 12), "differs")
#: How a row looks: whether the scores differ, whether the target was missed.
_LOOKS = {
    (False, False): PLAIN,
    (False, True): look_of(_MISSED),
    (True, False): look_of(_DIFFERS),
    (True, True): look_of({**_DIFFERS, **_MISSED}),
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


class LongSheet(Record):
    """A sheet whose rows any process can make: from what ``cut`` leaves of an evaluation, and the way to the inputs."""

    name: str
    title: str
    note: str
    columns: Sequence[Column]
    freeze: int
    cut: Callable[[Evaluation], Evaluation]
    rows: Callable[[Evaluation, str], MadeRows]

    def write(self, book: StreamedBook, formats: Formats, evaluation: Evaluation, heading: str, made: MadeRows) -> None:
        """The sheet with its rows."""
        page = Page(book, formats, self.name, self.columns)
        page.title(f"{evaluation.inputs.year}{self.title}", f"{heading}{self.note}")
        page.headings(self.freeze)
        page.take(made)
        page.filter_rows()
        page.print_setup(landscape=True)


def _with_indicators(evaluation: Evaluation) -> Evaluation:
    others = {name: getattr(evaluation, name).iloc[:0] for name in ("projects", "funding", "rows", "reconciliation")}
    inputs, own = evaluation.inputs.without_rows(), evaluation.indicators[list(_FIELDS)]
    return replace(evaluation, inputs=inputs, indicators=own, findings=(), **others)


def _indicator_rows(evaluation: Evaluation, input_prefix: str) -> MadeRows:
    rows = Rows(_INDICATORS, first_number(), input_prefix, FIRST_ROW)
    spots = [spot_of(table, "target") for table in evaluation.inputs.tables]
    for *values, rule_score, working, self_score, reason, improvement, met, table, line in tuples(
        evaluation.indicators, _FIELDS
    ):
        difference = None if rule_score is None or self_score is None else self_score - rule_score
        spot = None if table is None or line is None else spots[table]
        values += (rule_score, working, self_score, difference, reason, improvement, spot.text(line) if spot else "")
        links = {15: spot.cell(line)} if spot and rows.takes_links else NOTHING
        rows.add(values, _LOOKS[bool(difference), met is False], links)
    return rows.made()


@cache
def _valued(kind: str) -> Look:
    """A row with a value of this kind."""
    return look_of({3: kind})


def _source_rows(evaluation: Evaluation, input_prefix: str) -> MadeRows:
    rows = Rows(_SOURCES, first_number(), input_prefix, FIRST_ROW)
    for figure in trace_figures(evaluation):
        if rows.full:
            # A province's figures fit no sheet; nobody looks through the first million to the end.
            rows.say_full(f"{figure.number} {figure.project}及以后的数字没有列出。")
            break
        for place in figure.places or _NOWHERE:
            values = [figure.number, figure.project, figure.name, figure.value, figure.method, *place[:3]]
            links = {7: Cell(place.workbook, place.sheet, place.first)} if rows.takes_links and place.first else NOTHING
            rows.add(values, _valued(figure.kind), links)
    return rows.made()


#: Each indicator with its rule's score beside the recorded one.
INDICATORS = LongSheet("指标得分明细", "年度绩效指标得分明细表", "", _INDICATORS, 4, _with_indicators, _indicator_rows)
#: Every printed figure, how it comes about, and its input cells, a row per sheet they stand on.
SOURCES = LongSheet(
    "数据来源",
    "年度自评数据来源",
    "　　金额单位：元",
    _SOURCES,
    3,
    partial(to_trace, figures=LAST_ROW + 1),
    _source_rows,
)
