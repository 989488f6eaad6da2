"""Worksheets in the form that spreadsheet programs write, read at once with numpy: exact, and faster than cell by cell.

All tags of a piece of XML are found together, their order is checked against what may follow what, and the addresses,
types and values of its cells are then read in one go. Whatever is not written plainly (prefixes, comments, cells without
an address or out of order, dates, attributes that say something else) is a :class:`NotPlainError`, and the sheet is the
general reader's. So nothing here guesses, and no extent is believed before it was seen.
"""

import re
from collections.abc import Callable, Iterable, Iterator

import numpy as np
import numpy.typing as npt
from lxml import etree

from perfeval_xl.lazy_pattern import lazy_pattern
from perfeval_xl.read.table.texts import Texts, unescaped
from perfeval_xl.read.table.values import Cell, Percent, Unusable
from perfeval_xl.read.workbook.digits import NotPlainError, Places, Words
from perfeval_xl.read.workbook.package import Formats, column_index, hidden_rows, hidden_spans, xml_parser
from perfeval_xl.read.workbook.safety import MAX_COLUMNS, MAX_ROWS, MAX_TREE, check_cells, refused
from perfeval_xl.read.workbook.shown import add_shown
from perfeval_xl.read.workbook.tags import Found, Kinds, find_tags, find_values, opened_cells, read_addresses
from perfeval_xl.record import Record, Struct, field

#: Bytes of XML that are worked at once: what the processor's cache holds with its tags.
_PIECE = 2**20
#: What may stand before the rows.
_LONGEST_HEAD = 2**20
#: Characters that shared strings may give to cells: each is one object, but what is made of the cells is not.
_MAX_TEXT = 2**30

Values = npt.NDArray[np.object_]

_AREA = lazy_pattern(r"([A-Z]{1,3})([1-9]\d{0,6}):([A-Z]{1,3})([1-9]\d{0,6})")
_UTF8 = lazy_pattern(
    rb"(?:\xef\xbb\xbf)?<\?xml[^>]*?encoding=[\"']utf-8[\"'][^>]*>|(?:\xef\xbb\xbf)?<(?!\?)", re.IGNORECASE
)


class Book(Record):
    """What the sheets of a workbook share."""

    texts: Texts
    formats: Formats


class PlainSheet(Struct):
    """A sheet's cells from A1 on, and what its XML says of merged areas (top, left, bottom, right) and hidden parts.

    All zero-based; the spans are (first, last). ``shown``: decimal places.
    """

    cells: list[list[Cell]] = field(default_factory=list)
    merges: tuple[tuple[int, int, int, int], ...] = ()
    hidden_rows: list[tuple[int, int]] = field(default_factory=list)
    hidden_columns: tuple[tuple[int, int], ...] = ()
    width: int = 0
    text: int = 0
    shown: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)


def read_plain(chunks: Iterator[bytes], book: Book) -> PlainSheet:
    """The sheet whose XML comes in chunks. Raises :class:`NotPlainError`, and R103 where its extent is beyond the limits."""
    sheet = PlainSheet()
    ends: list[bytes] = []
    for rows in _pieces(chunks, ends):
        _read_rows(rows, book, sheet)
    if len(ends) != 2:
        raise NotPlainError
    for row in sheet.cells:
        if len(row) < sheet.width:
            row += [""] * (sheet.width - len(row))
    _read_ends(ends[0], ends[1], sheet)
    return sheet


def _pieces(chunks: Iterator[bytes], ends: list[bytes]) -> Iterator[bytes]:
    """The sheet's rows, some megabytes at a time; what stands before and behind them is added to ``ends``."""
    buffer = b""
    for block in _blocks(chunks):
        buffer += block
        if not ends and (at := buffer.find(b"<sheetData>")) >= 0:
            ends.append(buffer[:at])
            buffer = buffer[at + len(b"<sheetData>") :]
        if len(ends) == 1:
            rows = buffer.rfind(b"</row>") + len(b"</row>")
            if (at := buffer.find(b"</sheetData>", max(0, rows - len(b"</row>")))) >= 0:
                yield buffer[:at]
                ends.append(b"")
                buffer = buffer[at + len(b"</sheetData>") :]
            elif rows >= len(b"</row>"):
                yield buffer[:rows]
                buffer = buffer[rows:]
        if len(buffer) > (MAX_TREE if len(ends) == 2 else _LONGEST_HEAD + _PIECE):
            raise NotPlainError
    if ends:
        ends[-1] += buffer


def _blocks(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in blocks of a piece's size at least, but for the last."""
    held: list[bytes] = []
    for chunk in chunks:
        held.append(chunk)
        if sum(map(len, held)) >= _PIECE:
            yield b"".join(held)
            held.clear()
    yield b"".join(held)


def _read_ends(head: bytes, tail: bytes, sheet: PlainSheet) -> None:
    """Merged areas and hidden columns stand behind and before the rows."""
    if b"<!" in head or b"<!" in tail or not _UTF8.match(head):
        raise NotPlainError
    root = etree.fromstring(head + b"<sheetData/>" + tail, xml_parser())
    sheet.hidden_columns = tuple(
        hidden_spans(
            (
                {str(name): str(value) for name, value in each.attrib.items()}
                for each in root.iterfind("{*}cols/{*}col")
            ),
            "min",
            "max",
        )
    )
    merges = []
    for each in root.iterfind("{*}mergeCells/{*}mergeCell"):
        area = _AREA.fullmatch(each.get("ref", ""))
        if area is None:
            raise NotPlainError
        merges.append((int(area[2]) - 1, column_index(area[1]), int(area[4]) - 1, column_index(area[3])))
    sheet.merges = tuple(merges)


def _read_rows(rows: bytes, book: Book, sheet: PlainSheet) -> None:
    """Add the cells of whole rows to the sheet."""
    if not rows:
        return
    words = Words(rows)
    starts, ends, tags = find_tags(words)
    if b"hidd" in rows:  # far sooner looked for than with the quote behind it, which stands everywhere
        sheet.hidden_rows += hidden_rows(rows)
    opened = opened_cells(tags)
    if not len(opened):
        return
    row, column, kinds = read_addresses(words, starts[opened], ends[opened])
    sheet.width = max(sheet.width, int(column.max()) + 1)
    first, last = int(row[0]), int(row[-1])
    if last >= MAX_ROWS or sheet.width > MAX_COLUMNS:
        raise refused("单元格地址超出工作表的范围")
    check_cells((last + 1) * sheet.width)
    if first < len(sheet.cells) or not (np.diff(row * MAX_COLUMNS + column) > 0).all():
        raise NotPlainError
    block = np.full((last - first + 1, int(column.max()) + 1), "", dtype=object)
    found = find_values(starts, ends, tags, opened)
    block[row - first, column] = _values(words, found, kinds, book, sheet)
    _note_decimals(row, column, kinds.of_numbers(book.formats.decimals), found, sheet)
    sheet.cells.extend([] for _ in range(first - len(sheet.cells)))
    sheet.cells += block.tolist()


def _note_decimals(row: Places, column: Places, decimals: Places, found: Found, sheet: PlainSheet) -> None:
    """Add to what the sheet knows of the places that its numbers are shown with."""
    at = np.flatnonzero((decimals > 0) & found.holds)
    ways = column[at] * MAX_COLUMNS + decimals[at]
    _, firsts = np.unique(ways, return_index=True)
    _, lasts = np.unique(ways[::-1], return_index=True)
    for first, last in zip(at[firsts].tolist(), at[::-1][lasts].tolist(), strict=True):
        add_shown(sheet.shown, int(column[first]), int(decimals[first]), int(row[first]), int(row[last]))


def _values(words: Words, found: Found, kinds: Kinds, book: Book, sheet: PlainSheet) -> Values:
    """The value of each cell: number, text, truth, blank, or why it has none."""
    start, stop, holds = found.start, found.stop, found.holds
    number, shared, inline = kinds.of_type("n"), kinds.of_type("s"), kinds.of_type("inlineStr")
    odd = (found.inline != (inline & found.filled)) | (number & holds & kinds.of_styles(book.formats.dates))
    if odd.any():
        raise NotPlainError
    values = np.full(len(start), "", dtype=object)
    number &= holds
    values[number] = words.floats(start[number], stop[number])
    shared &= holds
    values[shared] = _shared(words, start[shared], stop[shared], book.texts, sheet)
    for kind, read in _READ_ONE.items():
        own = np.flatnonzero(kinds.of_type(kind) & holds)
        if len(own):
            places = zip(start[own].tolist(), stop[own].tolist(), strict=True)
            values[own] = _read_texts(read, [words.content[first:last] for first, last in places])
    _mark(values, words, found, kinds, book.formats)
    return values


def _read_texts(read: Callable[[bytes], Cell], texts: list[bytes]) -> list[Cell]:
    """Each text read once and kept once, however many cells have it."""
    known = {text: read(text) for text in dict.fromkeys(texts)}
    return list(map(known.__getitem__, texts))


def _shared(words: Words, start: Places, stop: Places, texts: Texts, sheet: PlainSheet) -> Values:
    at = words.whole_numbers(start, stop)
    if len(at) and at.max() >= len(texts.texts):
        raise NotPlainError
    sheet.text += int(texts.lengths[at].sum())
    if sheet.text > _MAX_TEXT:
        raise refused(f"单元格的文字加起来太长（超过 {_MAX_TEXT // 2**20} 百万字）")
    return texts.texts[at]


def _truth(text: bytes) -> bool:
    if text not in (b"0", b"1"):
        raise NotPlainError
    return text == b"1"


def _text(text: bytes) -> str:
    return unescaped(text.decode())


#: Types of which each cell is read by itself.
_READ_ONE: dict[str, Callable[[bytes], Cell]] = {"str": _text, "inlineStr": _text, "b": _truth}


def _mark(values: Values, words: Words, found: Found, kinds: Kinds, formats: Formats) -> None:
    """Put a reason where an error or a formula without a value stands, and a percentage where one is shown."""
    error = kinds.of_type("e") & found.filled
    unknown = ~found.holds
    if formats.zero_is_unknown:
        unknown |= (found.stop - found.start == 1) & (words.raw[found.start] == ord("0"))
    unknown &= found.formula & ~kinds.of_type("str") & ~kinds.of_type("e")
    values[error], values[unknown] = Unusable("R106"), Unusable("R107")
    percent = kinds.of_type("n") & found.holds & ~unknown & kinds.of_styles(formats.percents)
    values[percent] = [Percent(value) for value in values[percent]]
