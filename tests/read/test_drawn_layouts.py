"""Any layout that can be drawn reads back to the table that it was drawn from, to the fen and without a finding."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from perfeval_xl.money import UNITS
from perfeval_xl.read.table.frames import read_frame
from perfeval_xl.read.table.roles import load_roles
from perfeval_xl.read.table.segments import segments
from perfeval_xl.read.table.tables import find_tables
from perfeval_xl.read.table.totals import check_totals

SOURCES = ("中央补助", "省补助", "区级预算资金", "其他资金")
FIELDS = ("initial_budget", "annual_budget", "executed")
NAMES: dict[str, tuple[str, ...]] = {
    "level1": ("一级项目", "部门预算一级项目"),
    "code": ("项目编码", "项目代码", "项目标识"),
    "name": ("项目名称", "明细项目", "支出项目", "预算项目", "项目 名称"),
    "source": ("资金来源", "资金性质"),
    "initial_budget": ("年初预算数", "年初指标", "年初\n预算"),
    "annual_budget": ("全年预算数", "指标金额", "调整后预算数", "全年预算数（Ａ）"),
    "executed": ("全年执行数", "累计支出", "已支付金额", "支出数"),
}
Printer = Callable[[Decimal], Any]


@dataclass(frozen=True)
class Row:
    level1: str
    code: str
    name: str
    source: str
    amounts: tuple[int, int, int]


@dataclass(frozen=True)
class Style:
    """How a table is drawn; every field is one choice of the layout."""

    unit: str
    unit_place: str
    titles: int
    parents: int
    merged: bool
    names: str
    as_columns: bool
    serial: bool
    remark: bool
    codes: bool
    column_numbers: str
    subtotals: str
    grand: str
    word: str
    footer: int
    amounts: str
    negatives: str
    nothing: Any
    words: tuple[int, ...]

    def heading(self, name: str) -> str:
        own = NAMES[name]
        text = own[self.words[list(NAMES).index(name)] % len(own)]
        return f"{text}（{self.unit}）" if name in FIELDS and self.unit_place == "heading" else text


STYLES = st.builds(
    Style,
    unit=st.sampled_from(["元", "千元", "万元"]),
    unit_place=st.sampled_from(["line", "title", "heading", "below"]),
    titles=st.integers(0, 3),
    parents=st.integers(0, 2),
    merged=st.booleans(),
    names=st.sampled_from(["repeated", "blank", "merged"]),
    as_columns=st.booleans(),
    serial=st.booleans(),
    remark=st.booleans(),
    codes=st.booleans(),
    column_numbers=st.sampled_from(["", "text", "numbers"]),
    subtotals=st.sampled_from(["", "above", "below", "level1"]),
    grand=st.sampled_from(["", "top", "end"]),
    word=st.sampled_from(["合计", "总计", "合  计", "合计："]),
    footer=st.integers(0, 3),
    amounts=st.sampled_from(["number", "comma", "yen", "wide", "plain", "suffix", "spaced"]),
    negatives=st.sampled_from(["-", "（）", "－"]),
    nothing=st.sampled_from([0, "-", "—", "0.00"]),
    words=st.tuples(*[st.integers(0, 9)] * len(NAMES)),
)


@st.composite
def tables(draw: st.DrawFn) -> list[Row]:
    """One to three level-1 projects of one to three details with one or two sources each."""
    words = st.text("甲乙丙丁天地人和东西南北路桥河湖山", min_size=2, max_size=5)
    names = draw(st.lists(words, min_size=12, max_size=12, unique=True))
    amount = st.one_of(st.just(0), st.integers(-(10**6), 10**11), st.integers(1, 10**5))
    rows = []
    for project in range(draw(st.integers(1, 3))):
        for detail in range(draw(st.integers(1, 3))):
            number = 3 * project + detail
            for source in draw(st.lists(st.sampled_from(SOURCES), min_size=1, max_size=2, unique=True)):
                amounts = draw(st.tuples(amount, amount, amount))
                rows.append(Row(f"{names[9 + project]}经费", f"{number + 1:03d}", names[number], source, amounts))
    return rows


def printer(style: Style) -> Printer:
    """How an amount (in the table's unit) stands in its cell."""

    def printed(number: Decimal) -> Any:
        if number == 0:
            return style.nothing
        if style.amounts == "number":
            return float(number)
        text = f"{abs(number):,f}" if style.amounts in ("comma", "yen", "spaced") else f"{abs(number):f}"
        text = {"yen": f"￥{text}", "suffix": f"{text}{style.unit}", "spaced": f" {text} "}.get(style.amounts, text)
        if style.amounts == "wide":
            text = text.translate(str.maketrans("0123456789.", "０１２３４５６７８９．"))
        if number > 0:
            return text
        return f"（{text.strip()}）" if style.negatives == "（）" else f"{style.negatives}{text.strip()}"

    return printed


@dataclass
class Sheet:
    cells: list[list[Any]]
    merges: list[tuple[int, int, int, int]]


def draw_sheet(rows: list[Row], style: Style) -> Sheet:
    """The table as the style has it."""
    sheet = Sheet(_titles(style), [])
    sources = list(dict.fromkeys(row.source for row in rows))
    labels = [*["序号"] * style.serial, "level1", *["code"] * style.codes, "name", *["source"] * (not style.as_columns)]
    _headings(sheet, style, labels, sources)
    _column_numbers(sheet, style, len(labels))
    first = len(sheet.cells)
    _body(sheet, rows, style, labels, sources)
    if style.names == "merged":
        _merge_names(sheet, first, labels)
    width = max(map(len, sheet.cells))
    footers = [["制表人：甲", "", "审核人：乙"], ["注：本表由财政部门导出。"], ["填表日期：2024年12月31日"]]
    sheet.cells += footers[: style.footer]
    if style.unit_place == "below":
        sheet.cells.append([f"注：金额单位：{style.unit}"])
    sheet.cells = [[*row, *[""] * (width - len(row))] for row in sheet.cells]
    return sheet


def _titles(style: Style) -> list[list[Any]]:
    titles: list[list[Any]] = [["2024年度项目支出预算执行情况表"], ["（按项目）"], ["编制单位：元氏县图书馆"]][
        : style.titles
    ]
    if style.unit_place == "line":
        titles.append(["", "", "", f"金额单位：{style.unit}"])
    if style.unit_place == "title":
        titles.append([f"执行情况（{style.unit}）"])
    return titles


def _headings(sheet: Sheet, style: Style, labels: list[str], sources: list[str]) -> None:
    """Each column's headings from the top down, in as many rows as the deepest has."""
    paths = [[style.heading(label) if label in NAMES else label] for label in labels]
    for name in FIELDS:
        own = [["合计"], *([f"其中：{source}" if at == 0 else source] for at, source in enumerate(sources))]
        paths += [[style.heading(name), *leaf] for leaf in own] if style.as_columns else [[style.heading(name)]]
    if style.remark:
        paths.append(["备注"])
    above = ["预算执行情况", "金额"][: style.parents if not style.as_columns else min(style.parents, 1)]
    paths = [[*above, *path] if path[0] in [style.heading(name) for name in FIELDS] else path for path in paths]
    depth, top = max(map(len, paths)), len(sheet.cells)
    grid = [[path[at] if at < len(path) else "" for path in paths] for at in range(depth)]
    for at, row in enumerate(grid):
        for alike in _alike([path[: at + 1] for path in paths]):
            first, last = alike[0], alike[-1]
            if last > first and row[first]:
                row[first + 1 : last + 1] = [""] * (last - first)
                if style.merged:
                    sheet.merges.append((top + at, first, top + at, last))
    sheet.cells += grid


def _alike(paths: list[list[str]]) -> list[list[int]]:
    """Neighbouring columns with equal paths."""
    return [list(own) for _, own in groupby(range(len(paths)), key=lambda column: paths[column])]


def _column_numbers(sheet: Sheet, style: Style, labels: int) -> None:
    amounts = len(sheet.cells[-1]) - labels
    if style.column_numbers == "text":
        sheet.cells.append(["栏次", *[""] * (labels - 1), *map(str, range(1, amounts + 1))])
    elif style.column_numbers == "numbers":
        sheet.cells.append([*[""] * labels, *range(1, amounts + 1)])


def _body(sheet: Sheet, rows: list[Row], style: Style, labels: list[str], sources: list[str]) -> None:
    show, scale = printer(style), UNITS[style.unit]

    def amounts(own: list[Row]) -> list[Any]:
        cells = []
        for at in range(len(FIELDS)):
            parts = [sum(row.amounts[at] for row in own if row.source == source) for source in sources]
            cells += [
                show(Decimal(fen) / scale) for fen in ([sum(parts), *parts] if style.as_columns else [sum(parts)])
            ]
        return [*cells, *["见附件"] * style.remark]

    def total(word: str, own: list[Row], label: str) -> list[Any]:
        return [word if each == label else "" for each in labels] + amounts(own)

    grand = total(style.word, rows, labels[0])
    if style.grand == "top":
        sheet.cells.append(grand)
    above: dict[str, str] = {}
    for number, (level1, project) in enumerate(groupby(rows, key=lambda row: row.level1), 1):
        own = list(project)
        subtotal = total(level1, own, "level1") if style.subtotals == "level1" else total("小计", own, "name")
        if style.subtotals in ("above", "level1"):
            sheet.cells.append(subtotal)
            above = {"level1": level1} if style.subtotals == "level1" else above
        for detail in [[row] for row in own] if not style.as_columns else _details(own):
            row = detail[0]
            named = {
                "序号": str(number),
                "level1": row.level1,
                "code": row.code,
                "name": row.name,
                "source": row.source,
            }
            inner = named["level1"] == above.get("level1") and named["name"] == above.get("name")
            held = {"level1": named["level1"] == above.get("level1"), "code": inner, "name": inner, "序号": inner}
            blank = style.names != "repeated"
            sheet.cells.append(["" if blank and held.get(each) else named[each] for each in labels] + amounts(detail))
            above = named
        if style.subtotals == "below":
            sheet.cells.append(subtotal)
    if style.grand == "end":
        sheet.cells.append(grand)


def _details(rows: list[Row]) -> list[list[Row]]:
    return [list(own) for _, own in groupby(rows, key=lambda row: row.name)]


def _merge_names(sheet: Sheet, first: int, labels: list[str]) -> None:
    """Level-1 names merged over the rows below that do not repeat them, up to the next total."""
    column = labels.index("level1")
    name = labels.index("name")
    start = None
    for at in range(first, len(sheet.cells) + 1):
        row = sheet.cells[at] if at < len(sheet.cells) else None
        goes_on = row is not None and row[column] == "" and not any("计" in str(cell) for cell in row[: name + 1])
        if start is not None and not goes_on:
            if at - 1 > start:
                sheet.merges.append((start, column, at - 1, column))
            start = None
        if row is not None and row[column] and "计" not in str(row[column]):
            start = at


ROLES = load_roles({})
PLAIN = Style(
    "元", "line", 1, 0, True, "repeated", False, False, False, True, "", "", "", "合计", 0, "number", "-", 0, (0,) * 7
)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(tables(), STYLES)
@example([Row("甲乙经费", "001", "天地", "中央补助", (0, 100, 0))], PLAIN)
def test_a_drawn_layout_reads_back(rows: list[Row], style: Style) -> None:
    sheet = draw_sheet(rows, style)
    read, findings = [], []
    for part in segments(sheet.cells, sheet.merges, ROLES):
        tables_of_part, trouble = find_tables("某.xlsx", "某表", part.cells, sheet.merges, ROLES)
        read += tables_of_part
        findings += trouble
    assert findings == []
    assert {table.role.name for table in read} == {"execution"}
    assert {table.fen_per_unit(name, None) for table in read for name in FIELDS} == {UNITS[style.unit]}
    assert not any(check_totals(read, None))
    frame, unreadable = read_frame(read[0].role, list(enumerate(read)), None)
    assert unreadable == []
    got = [
        (level1, code, name, source, *map(int, amounts))
        for level1, code, name, source, *amounts in frame[["level1_project", "code", "name", "funding_source", *FIELDS]].itertuples(index=False, name=None)
    ]  # fmt: skip
    assert sorted(got) == sorted(expected(rows, style))


def expected(rows: list[Row], style: Style) -> list[tuple[Any, ...]]:
    own: list[tuple[Any, ...]] = [
        (row.level1, row.code if style.codes else "", row.name, row.source, *row.amounts) for row in rows
    ]
    if not style.as_columns:
        return own
    totals = [
        (*own_rows[0][:3], "合计", *(sum(row[4 + at] for row in own_rows) for at in range(3)))
        for own_rows in (list(group) for _, group in groupby(own, key=lambda row: row[2]))
    ]
    return [*(row for row in own if any(row[4:])), *totals]
