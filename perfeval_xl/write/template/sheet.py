"""A template sheet's XML, compiled into a :class:`SheetPlan`: what stays as text, what moves, what is filled."""

from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation

from lxml import etree

from perfeval_xl.record import Record, Struct
from perfeval_xl.write.template.cells import (
    PREFIXES,
    SINGLE,
    Content,
    Marker,
    lines_needed,
    parse_cell,
    parse_runs,
    row_kind,
    unescape,
)
from perfeval_xl.write.template.formula import copy_formula
from perfeval_xl.write.template.moving import ANCHOR, BREAK, CELL, COPIES_MARK, FORMULA, RANGES, mark
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
from perfeval_xl.write.template.shift import Area, column_letters, column_number
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
#: Elements whose text is a formula, and attributes that name cells, with how they move.
_FORMULAS = frozenset({"formula", "formula1", "formula2", "f"})
_ATTRIBUTES = {"ref": RANGES, "sqref": RANGES, "location": FORMULA, "activeCell": CELL}
_STANDING = frozenset({"dataRef", "mergeCell"})


class Book(Record):
    """What the sheets share: the string items by their number, the styles by theirs."""

    strings: Sequence[etree._Element]
    styles: Sequence[Style]


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


class _Cell(Record):
    """A cell being compiled. ``text``: what it shows where that is text; ``formula``: its own, "" where it has none.

    ``looks``: the run properties of a text in several looks, as XML.
    """

    column: int
    element: etree._Element
    text: str
    content: Content
    formula: str
    looks: tuple[str, ...]


class _Row(Struct):
    """A row being compiled."""

    element: etree._Element
    number: int
    cells: list[_Cell]

    @property
    def markers(self) -> list[tuple[_Cell, Marker]]:
        return [(cell, marker) for cell in self.cells for marker in cell.content.markers]

    @property
    def kind(self) -> int:
        return row_kind([marker.name for _, marker in self.markers])


class TemplateSheet(Record):
    """A sheet of the template as it was read. ``markers``: (address, name); ``formulas``: all texts that may name cells."""

    name: str
    part: str
    root: etree._Element
    rows: Sequence[_Row]
    book: Book

    @property
    def markers(self) -> list[tuple[str, str]]:
        """Each marker's cell and name."""
        return [(_address(row, cell), marker.name) for row in self.rows for cell, marker in row.markers]

    @property
    def unfinished(self) -> list[str]:
        """The cells with what is left of a marker that was not written to its end."""
        return [_address(row, cell) for row in self.rows for cell in row.cells if cell.content.unfinished]

    @property
    def formulas(self) -> list[str]:
        """The formulas of cells, validations, conditional formats and sparklines."""
        return [element.text for element in self.root.iter("*") if local(element) in _FORMULAS and element.text]

    @property
    def calculates(self) -> bool:
        """Whether a cell holds a formula."""
        return any(cell.formula for row in self.rows for cell in row.cells)


def _address(row: _Row, cell: _Cell) -> str:
    return f"{column_letters(cell.column)}{row.number}"


def local(element: etree._Element) -> str:
    """The element's name without its namespace (transitional and strict files differ in it)."""
    return etree.QName(element).localname


def runs_of(item: etree._Element) -> Iterator[tuple[str, str]]:
    """A string item's runs, without the reading aids: text and properties; a plain text is one run without any."""
    for part in item.iterchildren("{*}t", "{*}r"):
        text = part.text if local(part) == "t" else part.findtext("{*}t")
        look = part.find("{*}rPr")
        yield unescape(text or ""), "" if look is None else etree.tostring(look, encoding="unicode", with_tail=False)


def read_sheet(name: str, part: str, root: etree._Element, book: Book) -> TemplateSheet:
    """The sheet with its rows. Raises ``ValueError`` or ``IndexError`` where it is not as the format wants it."""
    data = root.find("{*}sheetData")
    return TemplateSheet(name, part, root, [] if data is None else list(_rows(data, book)), book)


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
    _mark_what_moves(root, {row.number for row in rows if row.kind})
    growing = _growing_rows(rows, grid)
    for row in rows:
        _mark_row(row)
    data.text = _ROW_END
    before, *texts, behind = etree.tostring(root, encoding="unicode").split(_ROW_END)
    plans = tuple(_row_plan(row, text, grid, row.number in growing) for row, text in zip(rows, texts, strict=True))
    between, behind = behind.split(f"<{prefix}mergeCells>{_MERGES}</{prefix}mergeCells>")
    around = (_DECLARATION + before, between, behind)
    return SheetPlan(sheet.name, sheet.part, prefix, around, plans, tuple(merges), grid.default_height, problems)


def _rows(data: etree._Element, book: Book) -> Iterator[_Row]:
    number = 0
    shared: dict[str, tuple[str, int, int]] = {}
    for element in data.iterchildren("{*}row"):
        number = int(element.get("r", number + 1))
        row = _Row(element, number, [])
        column = 0
        for cell in element.iterchildren("{*}c"):
            address = cell.get("r")
            column = column_number(address.rstrip("0123456789")) if address else column + 1
            formula = cell.find("{*}f")
            if formula is not None and formula.get("t") == "shared":
                _own_formula(formula, number, column, shared)
            runs = list(_runs(cell, book))
            texts = [text for text, _ in runs]
            looks = tuple(look for _, look in runs)
            own = "" if formula is None or formula.get("t") else formula.text or ""
            content = parse_runs(texts) if any(looks) else parse_cell("".join(texts))
            row.cells.append(_Cell(column, cell, "".join(texts), content, own, looks))
        yield row


def _own_formula(element: etree._Element, row: int, column: int, shared: dict[str, tuple[str, int, int]]) -> None:
    """A shared formula written out, so that the cells that share it can part."""
    group = element.get("si", "")
    if element.text:
        shared[group] = (element.text, row, column)
    else:
        text, top, left = shared[group]
        element.text = copy_formula(text, row - top, column - left)
    for name in ("t", "si", "ref"):
        element.attrib.pop(name, "")


def _runs(cell: etree._Element, book: Book) -> Iterator[tuple[str, str]]:
    """What a cell shows where that is text: the text of each run, and the run's properties as XML."""
    kind = cell.get("t")
    inline = cell.find("{*}is")
    if kind == "s":
        yield from runs_of(book.strings[int(cell.findtext("{*}v", ""))])
    elif kind == "inlineStr" and inline is not None:
        yield from runs_of(inline)
    elif kind == "str" and cell.find("{*}f") is None:  # a text without a formula may be written so, too
        yield cell.findtext("{*}v", ""), ""


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
            address = _address(row, cell)
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


def _mark_what_moves(root: etree._Element, repeating: set[int]) -> None:
    """Put marks around the ranges, formulas, breaks and anchors that move with the rows."""
    for cell in root.iterfind("{*}sheetData/{*}row/{*}c[{*}f]"):
        # The stored result is the template's, not the form's.
        for stored in cell.findall("{*}v"):
            cell.remove(stored)
        cell.attrib.pop("t", "")
    for sparkline in root.iter("{*}sparkline"):
        _mark_sparkline(sparkline, repeating)
    for element in root.iter("*"):
        way = _text_moves(element)
        if way and element.text:
            element.text = mark(way, element.text)
        if local(element) == "brk" and local(_parent(element)) == "rowBreaks":
            element.set("id", mark(BREAK, element.get("id", "0")))
        for attribute, kind in _ATTRIBUTES.items():
            value = element.get(attribute)
            if value and local(element) not in _STANDING:
                element.set(attribute, mark(kind, value))


def _text_moves(element: etree._Element) -> str:
    """How the element's text moves with the rows, "" where it does not."""
    name, parent = local(element), local(_parent(element))
    if name == "sqref":
        return CELL if parent == "sparkline" else RANGES
    if name in _FORMULAS:
        return FORMULA
    return ANCHOR if name == "row" and parent in ("from", "to") else ""  # a form control's place


def _parent(element: etree._Element) -> etree._Element:
    parent = element.getparent()
    return element if parent is None else parent


def _mark_sparkline(sparkline: etree._Element, repeating: set[int]) -> None:
    """A sparkline stands in one cell: in a repeating row each copy gets its own."""
    digits = (sparkline.findtext("{*}sqref") or "").lstrip("$ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    if not (digits.isdecimal() and int(digits) in repeating):
        return
    opening, group, above = f"{COPIES_MARK}{digits};", _parent(sparkline), sparkline.getprevious()
    if above is None:
        group.text = (group.text or "") + opening
    else:
        above.tail = (above.tail or "") + opening
    sparkline.tail = COPIES_MARK + (sparkline.tail or "")


def _growing_rows(rows: Sequence[_Row], grid: _Grid) -> set[int]:
    """Rows with a filled text that wraps, and the last rows of such texts that are merged over several rows."""
    growing = set()
    for row in rows:
        for cell, _ in row.markers:
            if grid.style(cell.element).wraps:
                area = grid.merges.get((row.number, cell.column))
                bottom = area.bottom if area else row.number
                growing.add(max(other.number for other in rows if other.number <= bottom))
    return growing


def _mark_row(row: _Row) -> None:
    row.element.set("r", ROW_MARK)
    row.element.text = _CELL_END
    row.element.tail = _ROW_END
    for cell in row.cells:
        cell.element.set("r", f"{column_letters(cell.column)}{ROW_MARK}")
        cell.element.tail = _CELL_END


def _row_plan(row: _Row, text: str, grid: _Grid, grows: bool) -> RowPlan:
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


def _constant_height(row: _Row, cell: _Cell, grid: _Grid) -> float:
    area = _area(row.number, cell, grid)
    style = grid.style(cell.element)
    if cell.content.markers or not (style.wraps and cell.text) or area.top != area.bottom:
        return 0
    return lines_needed(cell.text, style.capacity(grid.width(area.left, area.right))) * style.line + ROW_MARGIN


def _area(row: int, cell: _Cell, grid: _Grid) -> Area:
    return grid.merges.get((row, cell.column), Area(cell.column, row, cell.column, row))


def _compile_cell(row: int, cell: _Cell, xml: str, grid: _Grid, kind: int) -> Constant | Formula | Slot:
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


def _constant_value(cell: _Cell) -> Decimal | str | None:
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
