"""A template sheet's XML, compiled into a :class:`SheetPlan`: what stays as text, what is filled as slots."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lxml import etree

from perfeval_xl.write.template.cells import (
    Marker,
    Slot,
    Style,
    bind,
    level_of,
    lines_needed,
    parse_cell,
    row_kind,
    unescape,
)
from perfeval_xl.write.template.plan import MOVES_MARK, ROW_MARGIN, ROW_MARK, Constant, RowPlan, SheetPlan
from perfeval_xl.write.template.shift import Area, column_letters, column_number

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
_FORMULAS = frozenset({"formula", "formula1", "formula2", "f"})


@dataclass(frozen=True)
class Book:
    """What the sheets share: the texts by their number, the styles by theirs."""

    strings: Sequence[str]
    styles: Sequence[Style]


@dataclass(frozen=True)
class _Grid:
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


@dataclass(slots=True)
class _Row:
    """A row being compiled: its cells with their columns and, where they hold text, the parsed text."""

    element: etree._Element
    number: int
    cells: list[tuple[int, etree._Element, tuple[str | Marker, ...]]]

    @property
    def names(self) -> list[str]:
        return [part.name for *_, parts in self.cells for part in parts if isinstance(part, Marker)]


def local(element: etree._Element) -> str:
    """The element's name without its namespace (transitional and strict files differ in it)."""
    return etree.QName(element).localname


def text_of(item: etree._Element) -> str:
    """A string item's text: its rich-text runs joined, without the reading aids."""
    texts = (text.text or "" for path in ("{*}t", "{*}r/{*}t") for text in item.iterfind(path))
    return unescape("".join(texts))


def compile_sheet(name: str, root: etree._Element, book: Book) -> tuple[SheetPlan, list[tuple[str, str]]] | None:
    """The plan and the markers with their addresses, or nothing where the sheet has no markers. ``root`` is used up.

    Raises ``ValueError``, ``IndexError`` or ``KeyError`` where the sheet is not as the format wants it.
    """
    data = root.find("{*}sheetData")
    if data is None:
        return None
    rows = list(_rows(data, book))
    markers = [
        (f"{column_letters(column)}{row.number}", part.name)
        for row in rows
        for column, _, parts in row.cells
        for part in parts
        if isinstance(part, Marker)
    ]
    if not markers:
        return None
    merges = _take_merges(root, data)
    grid = _grid(root, book, merges)
    prefix = f"{root.prefix}:" if root.prefix else ""
    _mark_what_moves(root, data)
    growing = _growing_rows(rows, grid)
    for row in rows:
        _mark_row(row)
    data.text = _ROW_END
    before, *texts, behind = etree.tostring(root, encoding="unicode").split(_ROW_END)
    plans = tuple(_row_plan(row, text, grid, row.number in growing) for row, text in zip(rows, texts, strict=True))
    between, behind = behind.split(f"<{prefix}mergeCells>{_MERGES}</{prefix}mergeCells>")
    around = (_DECLARATION + before, between, behind)
    return SheetPlan(name, prefix, around, plans, tuple(merges), grid.default_height), markers


def _rows(data: etree._Element, book: Book) -> Iterator[_Row]:
    number = 0
    for element in data.iterchildren("{*}row"):
        number = int(element.get("r", number + 1))
        row = _Row(element, number, [])
        column = 0
        for cell in element.iterchildren("{*}c"):
            address = cell.get("r")
            column = column_number(address.rstrip("0123456789")) if address else column + 1
            row.cells.append((column, cell, parse_cell(_cell_text(cell, book))))
        yield row


def _cell_text(cell: etree._Element, book: Book) -> str:
    kind = cell.get("t")
    if kind == "s":
        return book.strings[int(cell.findtext("{*}v", ""))]
    inline = cell.find("{*}is")
    if kind == "inlineStr" and inline is not None:
        return text_of(inline)
    # A text without a formula may be written so, too.
    return cell.findtext("{*}v", "") if kind == "str" and cell.find("{*}f") is None else ""


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


def _mark_what_moves(root: etree._Element, data: etree._Element) -> None:
    """Put marks around the ranges, formulas and breaks that move with the rows."""
    for cell in data.iterfind("{*}row/{*}c[{*}f]"):
        # The stored result is the template's, not the form's.
        for value in cell.findall("{*}v"):
            cell.remove(value)
        if "t" in cell.attrib:
            del cell.attrib["t"]
    for element in root.iter("*"):
        name = local(element)
        if name == "sqref" or (name in _FORMULAS and element.text):
            element.text = f"{MOVES_MARK}{'@' if name == 'sqref' else '='}{element.text}{MOVES_MARK}"
        for attribute in ("ref", "sqref"):
            if element.get(attribute) and name not in ("dataRef", "mergeCell"):
                element.set(attribute, f"{MOVES_MARK}@{element.get(attribute)}{MOVES_MARK}")
    for row_break in root.iterfind("{*}rowBreaks/{*}brk"):
        row_break.set("id", f"{MOVES_MARK}#{row_break.get('id', '0')}{MOVES_MARK}")


def _growing_rows(rows: list[_Row], grid: _Grid) -> set[int]:
    """Rows with a filled text that wraps, and the last rows of such texts that are merged over several rows."""
    growing = set()
    for row in rows:
        for column, cell, parts in row.cells:
            if grid.style(cell).wraps and any(isinstance(part, Marker) for part in parts):
                area = grid.merges.get((row.number, column))
                bottom = area.bottom if area else row.number
                growing.add(max(other.number for other in rows if other.number <= bottom))
    return growing


def _mark_row(row: _Row) -> None:
    row.element.set("r", ROW_MARK)
    row.element.text = _CELL_END
    row.element.tail = _ROW_END
    for column, cell, _ in row.cells:
        cell.set("r", f"{column_letters(column)}{ROW_MARK}")
        cell.tail = _CELL_END


def _row_plan(row: _Row, text: str, grid: _Grid, grows: bool) -> RowPlan:
    height = float(row.element.get("ht", 0)) or max(
        [grid.default_height, *(_constant_height(row, cell, grid) for cell in row.cells)]
    )
    kind = row_kind(row.names)
    start, *cells, _ = text.split(_CELL_END)
    if grows:
        for name in ("ht", "customHeight"):
            start = start.replace(f' {name}="{row.element.get(name)}"', "")
    compiled = tuple(_compile_cell(row, at, cell, grid, kind) for at, cell in enumerate(cells))
    return RowPlan(row.number, kind, start.rstrip()[:-1], height, grows, compiled)


def _constant_height(row: _Row, cell: tuple[int, etree._Element, tuple[str | Marker, ...]], grid: _Grid) -> float:
    column, element, parts = cell
    area = grid.merges.get((row.number, column), Area(column, row.number, column, row.number))
    style = grid.style(element)
    if not (style.wraps and len(parts) == 1 and isinstance(parts[0], str)) or area.top != area.bottom:
        return 0
    return lines_needed(parts[0], style.capacity(grid.width(area.left, area.right))) * style.line + ROW_MARGIN


def _compile_cell(row: _Row, at: int, text: str, grid: _Grid, kind: int) -> Constant | Slot:
    column, element, parts = row.cells[at]
    number = element.get("s")
    opened = text[: text.index("<") + 1 + len(_tag(element))] + f' r="{column_letters(column)}{ROW_MARK}"'
    if number is not None:
        opened += f' s="{number}"'
    area = grid.merges.get((row.number, column), Area(column, row.number, column, row.number))
    tall = area.bottom > area.top
    if not any(isinstance(part, Marker) for part in parts):
        return Constant(text, f"{opened}/>", tall)
    style = grid.style(element)
    bound = bind(parts, kind)
    capacity = style.capacity(grid.width(area.left, area.right))
    level = 0 if tall or not kind else level_of(bound)
    return Slot(column, area.right, opened, bound, capacity, style.line, level, tall)


def _tag(element: etree._Element) -> str:
    return f"{element.prefix}:c" if element.prefix else "c"
