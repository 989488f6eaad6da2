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
import pandas as pd
from lxml import etree

from perfeval_xl.lazy_pattern import lazy_pattern
from perfeval_xl.read.table.texts import Texts, unescaped
from perfeval_xl.read.table.values import Cell, Percent, Unusable
from perfeval_xl.read.workbook.digits import NotPlainError, Places, Words
from perfeval_xl.read.workbook.package import Formats, column_index, hidden_rows, hidden_spans, xml_parser
from perfeval_xl.read.workbook.safety import MAX_COLUMNS, MAX_ROWS, MAX_TREE, check_cells, refused
from perfeval_xl.record import Record, Struct, field

#: Bytes of XML that are worked at once: what the processor's cache holds with its tags.
_PIECE = 2**20
#: What may stand before the rows.
_LONGEST_HEAD = 2**20
#: What may stand in a cell's tag behind its address.
_LONGEST_TAIL = 32
#: Characters that shared strings may give to cells: each is one object, but what is made of the cells is not.
_MAX_TEXT = 2**30

Flags = npt.NDArray[np.bool_]
Values = npt.NDArray[np.object_]
Tags = npt.NDArray[np.uint8]

(
    _OTHER, _ROW, _ROW_ALONE, _ROW_END, _CELL, _CELL_ALONE, _CELL_END, _FORMULA, _FORMULA_ALONE, _FORMULA_END,
    _VALUE, _VALUE_END, _INLINE, _INLINE_END, _TEXT, _TEXT_END,
) = range(16)  # fmt: skip
#: The two bytes after "<" → the tag.
_TAGS = {
    b"ro": _ROW, b"/r": _ROW_END, b"c ": _CELL, b"/c": _CELL_END, b"f>": _FORMULA, b"f ": _FORMULA, b"/f": _FORMULA_END,
    b"v>": _VALUE, b"/v": _VALUE_END, b"is": _INLINE, b"/i": _INLINE_END, b"t>": _TEXT, b"t ": _TEXT, b"/t": _TEXT_END,
}  # fmt: skip
_ALONE = {_ROW: _ROW_ALONE, _CELL: _CELL_ALONE, _FORMULA: _FORMULA_ALONE}
#: Tags that have no attributes → how they are written.
_WRITTEN = {
    _ROW_END: b"</row>", _CELL_END: b"</c>", _FORMULA_END: b"</f>", _VALUE: b"<v>", _VALUE_END: b"</v>", _INLINE: b"<is>",
    _INLINE_END: b"</is>", _TEXT_END: b"</t>",
}  # fmt: skip
_ROWS, _CELLS = (_ROW, _ROW_ALONE), (_CELL, _CELL_ALONE, _ROW_END)
_FOLLOW = {
    _ROW: _CELLS, _ROW_ALONE: _ROWS, _ROW_END: _ROWS, _CELL: (_FORMULA, _FORMULA_ALONE, _VALUE, _INLINE, _CELL_END),
    _CELL_ALONE: _CELLS, _CELL_END: _CELLS, _FORMULA: (_FORMULA_END,), _FORMULA_ALONE: (_VALUE, _CELL_END),
    _FORMULA_END: (_VALUE, _CELL_END), _VALUE: (_VALUE_END,), _VALUE_END: (_CELL_END,), _INLINE: (_TEXT,),
    _TEXT: (_TEXT_END,), _TEXT_END: (_INLINE_END,), _INLINE_END: (_CELL_END,),
}  # fmt: skip


def _table(size: int, entries: Iterable[tuple[int, int]]) -> npt.NDArray[np.uint8]:
    table = np.zeros(size, np.uint8)
    for at, value in entries:
        table[at] = value
    return table


_TAG_OF = _table(2**16, ((int.from_bytes(word, "little"), tag) for word, tag in _TAGS.items()))
_ALONE_OF = _table(16, _ALONE.items())
_LENGTH_OF = _table(16, ((tag, len(word) - 1) for tag, word in _WRITTEN.items()))
_MAY_FOLLOW = _table(256, ((tag * 16 + after, 1) for tag, tags in _FOLLOW.items() for after in tags)).astype(bool)
_HOLDS_TEXT = _table(16, ((tag, 1) for tag in (_FORMULA, _VALUE, _TEXT))).astype(bool)

_TAIL = lazy_pattern(rb'(?: s="(\d{1,6})")?(?: t="(n|s|str|b|e|inlineStr)")?>')
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

    All zero-based; the spans are (first, last).
    """

    cells: list[list[Cell]] = field(default_factory=list)
    merges: tuple[tuple[int, int, int, int], ...] = ()
    hidden_rows: list[tuple[int, int]] = field(default_factory=list)
    hidden_columns: tuple[tuple[int, int], ...] = ()
    width: int = 0
    text: int = 0


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
    starts, ends, tags = _find_tags(words)
    if b"hidd" in rows:  # far sooner looked for than with the quote behind it, which stands everywhere
        sheet.hidden_rows += hidden_rows(rows)
    opened = np.flatnonzero(tags == _CELL)
    if not len(opened):
        return
    row, column, kinds = _addresses(words, starts[opened], ends[opened])
    sheet.width = max(sheet.width, int(column.max()) + 1)
    first, last = int(row[0]), int(row[-1])
    if last >= MAX_ROWS or sheet.width > MAX_COLUMNS:
        raise refused("单元格地址超出工作表的范围")
    check_cells((last + 1) * sheet.width)
    if first < len(sheet.cells) or not (np.diff(row * MAX_COLUMNS + column) > 0).all():
        raise NotPlainError
    block = np.full((last - first + 1, int(column.max()) + 1), "", dtype=object)
    block[row - first, column] = _values(words, _find_values(starts, ends, tags, opened), kinds, book, sheet)
    sheet.cells.extend([] for _ in range(first - len(sheet.cells)))
    sheet.cells += block.tolist()


def _find_tags(words: Words) -> tuple[Places, Places, Tags]:
    """Where each tag begins and ends, and which it is; their order and what stands between them is as it must be."""
    raw = words.raw
    brackets = np.flatnonzero((raw & ~np.uint8(2)) == ord("<"))  # and ">", which differs in this bit
    starts, ends = brackets[::2].copy(), brackets[1::2].copy()
    if not len(starts) or len(starts) != len(ends) or starts[0] or ends[-1] != len(raw) - 1:
        raise NotPlainError
    gaps = starts[1:] - ends[:-1]
    tags = _TAG_OF[words.pairs(starts + 1)]
    alone = raw[ends - 1] == ord("/")
    tags[alone] = _ALONE_OF[tags[alone]]
    lengths = _LENGTH_OF[tags]
    sound = (
        tags[0] in _ROWS
        and tags[-1] in (_ROW_END, _ROW_ALONE)
        and bool((raw[starts] == ord("<")).all() and (raw[ends] == ord(">")).all())
        and bool(((gaps == 1) | ((gaps > 1) & _HOLDS_TEXT[tags[:-1]])).all())
        and bool(((lengths == 0) | (lengths == ends - starts)).all())
        and bool(_MAY_FOLLOW[tags[:-1].astype(np.intp) * 16 + tags[1:]].all())
        and words.all_begin(starts[tags == _ROW_END], b"</row>")
        and words.all_begin(starts[tags == _INLINE_END], b"</is>")
        and words.all_begin(starts[(tags == _ROW) | (tags == _ROW_ALONE)], b"<row")
    )
    if not sound:
        raise NotPlainError
    return starts, ends, tags


class _Kinds(Record):
    """``codes``: for each cell which of ``styles`` and ``types`` it has."""

    codes: Places
    styles: list[int]
    types: list[str]

    def of_type(self, kind: str) -> Flags:
        """The cells of this type."""
        return np.array([own == kind for own in self.types])[self.codes]

    def of_styles(self, styles: frozenset[int]) -> Flags:
        """The cells of these styles."""
        return np.array([own in styles for own in self.styles])[self.codes]


def _addresses(words: Words, starts: Places, ends: Places) -> tuple[Places, Places, _Kinds]:
    """Row and column of each cell, zero-based, and its style and type."""
    if not words.all_begin(starts, b'<c r="'):
        raise NotPlainError
    at = starts + len(b'<c r="')
    first, second, third = (words.raw[at + place].astype(np.int64) - 64 for place in range(3))
    two = second > 0
    three = two & (third > 0)
    if not ((first > 0) & (first <= 26) & (~two | (second <= 26)) & (~three | (third <= 26))).all():
        raise NotPlainError
    column = np.where(two, first * 26 + second, first)
    column = np.where(three, column * 26 + third, column) - 1
    at = at + 1 + two + three
    row, length = words.digits_to_quote(at)
    return row - 1, column, _kinds(words, at + length + 1, ends + 1)


def _kinds(words: Words, starts: Places, stops: Places) -> _Kinds:
    """What stands in the tags behind the address: few different words, so each is read once."""
    longest = int((stops - starts).max())
    if longest > _LONGEST_TAIL:
        raise NotPlainError
    codes, _ = pd.factorize(words.between(starts, stops))
    for at in range(8, longest, 8):
        word, distinct = pd.factorize(words.between(starts + at, stops))
        codes, _ = pd.factorize(codes * len(distinct) + word)
    samples = np.zeros(int(codes.max()) + 1, np.int64)
    samples[codes] = np.arange(len(codes))
    matches = [_TAIL.fullmatch(words.content, starts[sample], stops[sample]) for sample in samples]
    found = [match for match in matches if match]
    if len(found) < len(matches):
        raise NotPlainError
    return _Kinds(codes, [int(match[1] or -1) for match in found], [(match[2] or b"n").decode() for match in found])


class _Found(Record):
    """Of each cell: where its value begins and stops, whether it has one, and what else is in it."""

    start: Places
    stop: Places
    holds: Flags
    inline: Flags
    formula: Flags
    filled: Flags


def _find_values(starts: Places, ends: Places, tags: Tags, opened: Places) -> _Found:
    inner = tags[opened + 1]
    formula = (inner == _FORMULA) | (inner == _FORMULA_ALONE)
    at = opened + 1 + np.where(inner == _FORMULA, 2, formula)
    inline = tags[at] == _INLINE
    at = at + inline  # the text of an inline string is one tag further in
    holds = inline | (tags[at] == _VALUE)
    start, stop = ends[at] + 1, starts[np.where(holds, at + 1, at)]
    return _Found(start, stop, holds & (stop > start), inline, formula, inner != _CELL_END)


def _values(words: Words, found: _Found, kinds: _Kinds, book: Book, sheet: PlainSheet) -> Values:
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


def _mark(values: Values, words: Words, found: _Found, kinds: _Kinds, formats: Formats) -> None:
    """Put a reason where an error or a formula without a value stands, and a percentage where one is shown."""
    error = kinds.of_type("e") & found.filled
    unknown = ~found.holds
    if formats.zero_is_unknown:
        unknown |= (found.stop - found.start == 1) & (words.raw[found.start] == ord("0"))
    unknown &= found.formula & ~kinds.of_type("str") & ~kinds.of_type("e")
    values[error], values[unknown] = Unusable("R106"), Unusable("R107")
    percent = kinds.of_type("n") & found.holds & ~unknown & kinds.of_styles(formats.percents)
    values[percent] = [Percent(value) for value in values[percent]]
