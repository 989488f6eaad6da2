"""A template sheet's XML, compiled into a :class:`SheetPlan`: what stays as text, what moves, what is filled."""

from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation

from lxml import etree

from perfeval_xl.record import Record
from perfeval_xl.write.template.cells import PREFIXES, SINGLE, lines_needed, row_kind
from perfeval_xl.write.template.marks import mark_what_moves
from perfeval_xl.write.template.plan import (
    ROW_MARGIN,
    ROW_MARK,
    UNKNOWN,
    Constant,
    Formula,
    Problem,
    RowPlan,
    SheetPlan,
    Slot,
)
from perfeval_xl.write.template.shift import Area, column_letters
from perfeval_xl.write.template.source import Book, SheetCell, SheetRow, TemplateSheet, address_of, local
from perfeval_xl.write.template.styles import Style

_CELL_END, _ROW_END, _MERGES = "\ufdd2", "\ufdd3", "\ufdd4"
_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_DEFAULT_WIDTH, _DEFAULT_HEIGHT = 8.43, 15.0
#: What the schema puts between the rows and the merges.
_BEFORE_MERGES = frozenset(
    {
        *("sheetData", "sheetCalcPr", "sheetProtection", "protectedRanges", "scenarios"),
        *("autoFilter", "sortState", "dataConsolidate", "customSheetViews"),
    }
)


class _Grid(Record):
    """The sheet's geometry. ``merges`` by their upper left cell (row, column)."""

    book: Book
    widths: dict[int, float]
    default_width: float
    default_height: float
    merges: dict[tuple[int, int], Area]

    def width(self, left: int, right: int) -> float:
        """In characters of the default font."""
        return sum(self.widths.get(column, self.default_width) for column in range(left, right + 1))

    def style(self, cell: etree._Element) -> Style:
        """The cell's style; the default one where the number is none of the book's."""
        at = int(cell.get("s", "0"))
        return self.book.styles[at] if at < len(self.book.styles) else Style()


def compile_sheet(sheet: TemplateSheet) -> SheetPlan:
    """The sheet's plan. ``sheet.root`` is used up.

    Raises ``ValueError``, ``IndexError`` or ``KeyError`` where the sheet is not as the format wants it.
    """
    root, rows = sheet.root, sheet.rows
    data = root.find("{*}sheetData")
    if data is None:
        raise KeyError("sheetData")
    merges = _take_merges(root, data)
    grid = _grid(root, sheet.book, merges)
    prefix = f"{root.prefix}:" if root.prefix else ""
    problems = tuple(_problems(sheet, merges))
    mark_what_moves(root, {row.number for row in rows if row.kind})
    growing = _growing_rows(rows, grid)
    for row in rows:
        _mark_row(row)
    data.text = _ROW_END
    before, *texts, behind = etree.tostring(root, encoding="unicode").split(_ROW_END)
    plans = tuple(_row_plan(row, text, grid, row.number in growing) for row, text in zip(rows, texts, strict=True))
    between, behind = behind.split(f"<{prefix}mergeCells>{_MERGES}</{prefix}mergeCells>")
    around = (_DECLARATION + before, between, behind)
    return SheetPlan(sheet.name, sheet.part, prefix, around, plans, tuple(merges), grid.default_height, problems)


def _take_merges(root: etree._Element, data: etree._Element) -> list[Area]:
    """The merges, with a mark left in their place (or where the schema wants them)."""
    element = root.find("{*}mergeCells")
    areas = []
    if element is None:
        element = root.makeelement(str(data.tag).replace("sheetData", "mergeCells"))
        after = [child for child in root.iterchildren("*") if local(child) in _BEFORE_MERGES][-1]
        after.addnext(element)
    else:
        areas = [Area.parse(merge.get("ref", "")) for merge in element.iterchildren("{*}mergeCell")]
        tail = element.tail
        element.clear()
        element.tail = tail
    element.text = _MERGES
    return areas


def _grid(root: etree._Element, book: Book, merges: list[Area]) -> _Grid:
    widths = {}
    for group in root.iterfind("{*}cols/{*}col"):
        width = 0.0 if group.get("hidden") in ("1", "true") else float(group.get("width", _DEFAULT_WIDTH))
        widths.update(dict.fromkeys(range(int(group.get("min", "1")), int(group.get("max", "1")) + 1), width))
    usual = root.find("{*}sheetFormatPr")
    default_width = _DEFAULT_WIDTH if usual is None else float(usual.get("defaultColWidth", _DEFAULT_WIDTH))
    default_height = _DEFAULT_HEIGHT if usual is None else float(usual.get("defaultRowHeight", _DEFAULT_HEIGHT))
    return _Grid(book, widths, default_width, default_height, {(area.top, area.left): area for area in merges})


def _problems(sheet: TemplateSheet, merges: list[Area]) -> Iterator[Problem]:
    """Repeating rows that cannot be placed: two kinds in one, one joined to its neighbours, one in an array formula."""
    repeating = {row.number: row.kind for row in sheet.rows if row.kind}
    for row in sheet.rows:
        for cell, marker in row.markers:
            address = address_of(row, cell)
            kind = row_kind([marker.name])
            if kind and kind != row.kind:
                yield Problem(sheet.name, address, "mixed")
            elif kind and any(
                area.top <= row.number <= area.bottom > area.top and area.left <= cell.column <= area.right
                for area in merges
            ):
                yield Problem(sheet.name, address, "merged")
    for formula in sheet.root.iterfind("{*}sheetData/{*}row/{*}c/{*}f[@ref]"):
        area = Area.parse(formula.get("ref", ""))
        if area.bottom > area.top and any(area.top <= row <= area.bottom for row in repeating):
            yield Problem(sheet.name, area.address.partition(":")[0], "array")


def _growing_rows(rows: Sequence[SheetRow], grid: _Grid) -> set[int]:
    """Rows with a filled text that wraps, and the last rows of such texts that are merged over several rows."""
    growing = set()
    for row in rows:
        for cell, _ in row.markers:
            if grid.style(cell.element).wraps:
                area = grid.merges.get((row.number, cell.column))
                bottom = area.bottom if area else row.number
                growing.add(max(other.number for other in rows if other.number <= bottom))
    return growing


def _mark_row(row: SheetRow) -> None:
    row.element.set("r", ROW_MARK)
    row.element.text = _CELL_END
    row.element.tail = _ROW_END
    for cell in row.cells:
        cell.element.set("r", f"{column_letters(cell.column)}{ROW_MARK}")
        cell.element.tail = _CELL_END


def _row_plan(row: SheetRow, text: str, grid: _Grid, grows: bool) -> RowPlan:
    kind = row.kind
    height = float(row.element.get("ht", 0)) or max(
        [grid.default_height, *(_constant_height(row, cell, grid) for cell in row.cells)]
    )
    start, *cells, _ = text.split(_CELL_END)
    if grows:
        for name in ("ht", "customHeight"):
            start = start.replace(f' {name}="{row.element.get(name)}"', "")
    compiled = tuple(
        _compile_cell(row.number, cell, xml, grid, kind) for cell, xml in zip(row.cells, cells, strict=True)
    )
    foreign = any(not marker.name.startswith(PREFIXES[kind]) for _, marker in row.markers) if kind else False
    return RowPlan(row.number, kind, start.rstrip()[:-1], height, grows, foreign, compiled)


def _constant_height(row: SheetRow, cell: SheetCell, grid: _Grid) -> float:
    area = _area(row.number, cell, grid)
    style = grid.style(cell.element)
    if cell.content.markers or not (style.wraps and cell.text) or area.top != area.bottom:
        return 0
    return lines_needed(cell.text, style.capacity(grid.width(area.left, area.right))) * style.line + ROW_MARGIN


def _area(row: int, cell: SheetCell, grid: _Grid) -> Area:
    return grid.merges.get((row, cell.column), Area(cell.column, row, cell.column, row))


def _compile_cell(row: int, cell: SheetCell, xml: str, grid: _Grid, kind: int) -> Constant | Formula | Slot:
    opened = xml[: xml.index("<") + 1 + len(_tag(cell.element))] + f' r="{column_letters(cell.column)}{ROW_MARK}"'
    number = cell.element.get("s")
    style = "" if number is None else f' s="{number}"'
    if cell.formula:
        start, _, rest = xml.partition(">")
        return Formula(cell.column, start, rest.rpartition("</")[0], cell.formula)
    area = _area(row, cell, grid)
    tall = area.bottom > area.top
    if not cell.content.markers:
        return Constant(cell.column, xml, f"{opened}{style}/>", tall, _constant_value(cell))
    look = grid.style(cell.element)
    return Slot(
        column=cell.column,
        last_column=area.right,
        opened=opened,
        style=style,
        quoted=f' s="{int(number or 0) + len(grid.book.styles)}"',
        content=cell.content,
        capacity=look.capacity(grid.width(area.left, area.right)),
        line=look.line,
        level=0 if tall or kind == SINGLE else cell.content.level,
        tall=tall,
        looks=cell.looks if cell.content.in_looks else (),
    )


def _constant_value(cell: SheetCell) -> Decimal | str | None:
    """What formulas find in the cell."""
    if cell.text:
        return cell.text
    stored = cell.element.findtext("{*}v")
    if stored is None and cell.element.find("{*}f") is None:
        return None
    try:
        return Decimal(stored or "") if cell.element.get("t", "n") == "n" else UNKNOWN
    except InvalidOperation:
        return UNKNOWN


def _tag(element: etree._Element) -> str:
    return f"{element.prefix}:c" if element.prefix else "c"
