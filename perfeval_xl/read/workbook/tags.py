"""The tags in a piece of a worksheet's XML and what they say of its cells: where each begins, its address, style and type."""

from collections.abc import Iterable, Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from perfeval_xl.lazy_pattern import lazy_pattern
from perfeval_xl.read.workbook.digits import NotPlainError, Places, Words
from perfeval_xl.record import Record

Flags = npt.NDArray[np.bool_]
Tags = npt.NDArray[np.uint8]

#: What may stand in a cell's tag behind its address.
_LONGEST_TAIL = 32

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


def find_tags(words: Words) -> tuple[Places, Places, Tags]:
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


class Kinds(Record):
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

    def of_numbers(self, values: Mapping[int, int]) -> Places:
        """For each number what its style has here; zero for other styles and types."""
        own = [values.get(style, 0) if kind == "n" else 0 for style, kind in zip(self.styles, self.types, strict=True)]
        return np.array(own, np.int64)[self.codes]


def read_addresses(words: Words, starts: Places, ends: Places) -> tuple[Places, Places, Kinds]:
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


def _kinds(words: Words, starts: Places, stops: Places) -> Kinds:
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
    return Kinds(codes, [int(match[1] or -1) for match in found], [(match[2] or b"n").decode() for match in found])


class Found(Record):
    """Of each cell: where its value begins and stops, whether it has one, and what else is in it."""

    start: Places
    stop: Places
    holds: Flags
    inline: Flags
    formula: Flags
    filled: Flags


def opened_cells(tags: Tags) -> Places:
    """Which of the tags begin a cell with something in it."""
    return np.flatnonzero(tags == _CELL)


def find_values(starts: Places, ends: Places, tags: Tags, opened: Places) -> Found:
    """Where the values of the cells stand whose tags these are (:func:`opened_cells`)."""
    inner = tags[opened + 1]
    formula = (inner == _FORMULA) | (inner == _FORMULA_ALONE)
    at = opened + 1 + np.where(inner == _FORMULA, 2, formula)
    inline = tags[at] == _INLINE
    at = at + inline  # the text of an inline string is one tag further in
    holds = inline | (tags[at] == _VALUE)
    start, stop = ends[at] + 1, starts[np.where(holds, at + 1, at)]
    return Found(start, stop, holds & (stop > start), inline, formula, inner != _CELL_END)
