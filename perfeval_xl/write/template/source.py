"""A template's sheet as it was read: its rows with the markers in them, before anything is compiled."""

from collections.abc import Iterator, Sequence

from lxml import etree

from perfeval_xl.record import Record, Struct
from perfeval_xl.write.template.cells import Content, Marker, parse_cell, parse_runs, row_kind, unescape
from perfeval_xl.write.template.formula import copy_formula
from perfeval_xl.write.template.shift import column_letters, column_number
from perfeval_xl.write.template.styles import Style

#: Elements whose text is a formula.
FORMULAS = frozenset({"formula", "formula1", "formula2", "f"})


class Book(Record):
    """What the sheets share: the string items by their number, the styles by theirs."""

    strings: Sequence[etree._Element]
    styles: Sequence[Style]


class SheetCell(Record):
    """A cell being compiled. ``text``: what it shows where that is text; ``formula``: its own, "" where it has none.

    ``looks``: the run properties of a text in several looks, as XML.
    """

    column: int
    element: etree._Element
    text: str
    content: Content
    formula: str
    looks: tuple[str, ...]


class SheetRow(Struct):
    """A row being compiled."""

    element: etree._Element
    number: int
    cells: list[SheetCell]

    @property
    def markers(self) -> list[tuple[SheetCell, Marker]]:
        """Each marker with its cell."""
        return [(cell, marker) for cell in self.cells for marker in cell.content.markers]

    @property
    def kind(self) -> int:
        """How the row is filled."""
        return row_kind([marker.name for _, marker in self.markers])


class TemplateSheet(Record):
    """A sheet of the template as it was read. ``markers``: (address, name); ``formulas``: all texts that may name cells."""

    name: str
    part: str
    root: etree._Element
    rows: Sequence[SheetRow]
    book: Book

    @property
    def markers(self) -> list[tuple[str, str]]:
        """Each marker's cell and name."""
        return [(address_of(row, cell), marker.name) for row in self.rows for cell, marker in row.markers]

    @property
    def unfinished(self) -> list[str]:
        """The cells with what is left of a marker that was not written to its end."""
        return [address_of(row, cell) for row in self.rows for cell in row.cells if cell.content.unfinished]

    @property
    def formulas(self) -> list[str]:
        """The formulas of cells, validations, conditional formats and sparklines."""
        return [element.text for element in self.root.iter("*") if local(element) in FORMULAS and element.text]

    @property
    def calculates(self) -> bool:
        """Whether a cell holds a formula."""
        return any(cell.formula for row in self.rows for cell in row.cells)


def address_of(row: SheetRow, cell: SheetCell) -> str:
    """Where the cell stands."""
    return f"{column_letters(cell.column)}{row.number}"


def local(element: etree._Element) -> str:
    """The element's name without its namespace (transitional and strict files differ in it)."""
    return str(element.tag).rpartition("}")[2]


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


def _rows(data: etree._Element, book: Book) -> Iterator[SheetRow]:
    number = 0
    shared: dict[str, tuple[str, int, int]] = {}
    for element in data.iterchildren("{*}row"):
        number = int(element.get("r", number + 1))
        row = SheetRow(element, number, [])
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
            row.cells.append(SheetCell(column, cell, "".join(texts), content, own, looks))
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
    if kind == "s":
        yield from runs_of(book.strings[int(cell.findtext("{*}v", ""))])
    elif kind == "inlineStr" and (inline := cell.find("{*}is")) is not None:
        yield from runs_of(inline)
    elif kind == "str" and cell.find("{*}f") is None:  # a text without a formula may be written so, too
        yield cell.findtext("{*}v", ""), ""
