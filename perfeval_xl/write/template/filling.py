"""A laid-out sheet filled: values, merges of equal levels, and rows as high as their texts.

A form is made in three steps, for all sheets of a template together: the values of the filled cells, what the
template's formulas make of them, and the text. The loops here are the program's hottest; they do per cell only what
cannot be done before (:mod:`layout`) or for all cells at once (:func:`escape_texts`).
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from perfeval_xl.record import Record, Struct, field
from perfeval_xl.write.template.calculate import Formula, Operand, number_text
from perfeval_xl.write.template.cells import (
    FORMULA_SIGNS,
    SINGLE,
    Figure,
    Value,
    Values,
    by_looks,
    escape_texts,
    lines_needed,
)
from perfeval_xl.write.template.package import Mould
from perfeval_xl.write.template.plan import ROW_MARGIN, Picker, Slot
from perfeval_xl.write.template.shift import Area

#: Excel's highest row, in points.
_MAX_HEIGHT = 409.0
#: What stands in the holes that every form fills.
FORMULA_HOLE, MERGES_HOLE = "=", "+"
_SIGNS = frozenset(FORMULA_SIGNS.encode())
_NOTHING: Values = {}


class FilledRows(Record):
    """Neighbouring rows that are filled from the same values: those that stand once, or one copy of a repeating row."""

    kind: int
    copy: int
    foreign: bool
    picker: Picker


class LaidFormula(Record):
    """A formula in its place. ``opened``: the cell's start tag without type and ``>``; ``value``: how to work it out."""

    place: int
    row: int
    column: int
    opened: str
    element: str
    value: Formula | None


class Opening(NamedTuple):
    """How a filled cell goes on behind its address: with a number, a text, a text that looks like a formula, or nothing."""

    number: bytes
    text: bytes
    quoted: bytes
    blank: bytes


class Need(NamedTuple):
    """A wrapped cell of a growing row. ``sure``: so many characters fit in a line whatever they are."""

    slot: int
    sure: int
    capacity: int
    line: float


class Growth(Record):
    """A row whose height follows its texts; ``least``: its height with one line in each."""

    row: int
    place: int
    least: float
    needs: tuple[Need, ...]


class LevelColumn(Record):
    """The level-1 or level-2 cells of a block of indicators: their places among the slots, and their rows.

    ``least``: the height of each row with a line in each of its cells, 0 where long texts make none of them higher.
    """

    slot: Slot
    places: tuple[int, ...]
    rows: tuple[int, ...]
    least: float
    letters: tuple[str, str]

    def merge(self, top: int, bottom: int) -> str:
        """The area that a text of these rows is merged over."""
        return f"{self.letters[0]}{top}:{self.letters[1]}{bottom}"


class Span(Record):
    """A filled cell that a template merges over rows: ``area`` in the form, the points that its constant rows have."""

    area: Area
    slot: int
    fixed: float


class Rows(Struct):
    """What the rows of one form come to: heights by row number, and the merges that its values make."""

    heights: dict[int, float]
    merges: list[str] = field(default_factory=list)
    tall: list[tuple[Area, float]] = field(default_factory=list)

    def raise_row(self, row: int, needed: float) -> None:
        """Make a row at least so high."""
        if needed > self.heights[row]:
            self.heights[row] = min(_MAX_HEIGHT, needed)

    def stretch(self, area: Area, needed: float) -> None:
        """Enlarge the last growing row of an area until its rows together have the needed height."""
        rows = [row for row in range(area.top, area.bottom + 1) if row in self.heights]
        lacking = needed - sum(self.heights[row] for row in rows)
        if rows and lacking > 0:
            self.heights[rows[-1]] = min(_MAX_HEIGHT, self.heights[rows[-1]] + lacking)


class Layout(Record):
    """A sheet for so many funding sources and indicators: ``pieces`` of XML, with holes at the places named beside.

    Pieces are bytes, because putting them together is quicker so than encoding the whole. What is before the first hole
    and behind the last one is in ``mould``, and the template's own merges (``merge_count``) with it.
    """

    sheet: str
    prefix: str
    mould: Mould
    pieces: tuple[bytes, ...]
    rows: tuple[FilledRows, ...]
    slots: tuple[Slot, ...]
    openings: tuple[Opening, ...]
    slot_places: tuple[int, ...]
    formulas: tuple[LaidFormula, ...]
    constants: Mapping[tuple[int, int], Decimal | str | None]
    slot_cells: Mapping[tuple[int, int], int]
    merges_place: int
    merge_count: int
    growths: tuple[Growth, ...]
    levels: tuple[LevelColumn, ...]
    spans: tuple[Span, ...]

    def values(self, single: Values, funding: Sequence[Values], indicators: Sequence[Values]) -> list[Value]:
        """What the slots are filled with; of a run of equal level cells only the first holds the text."""
        items = ((_NOTHING,), funding, indicators)
        values: list[Value] = []
        for rows in self.rows:
            own = single if rows.kind == SINGLE else items[rows.kind][rows.copy]
            values += rows.picker.values({**single, **own} if rows.foreign else own)
        return values

    def settle(self, values: list[Value], edges: set[int]) -> Rows:
        """Blank what merged level cells repeat; ``edges``: the indicators that begin another level-1 group."""
        rows = Rows({growth.row: growth.least for growth in self.growths})
        self._merge_levels(values, rows, edges)
        return rows

    def fill(self, values: list[Value], rows: Rows, results: Mapping[int, Operand]) -> tuple[bytes, bool]:
        """The sheet's XML between the ends of its mould, and whether a text in it looks like a formula.

        ``results``: the formulas' known ones by place.
        """
        texts = [value if value.__class__ is str else value.number for value in values]  # type: ignore[union-attr]
        if self.growths:
            self._measure(texts, rows)
        pieces = list(self.pieces)
        quoted = self._set_values(pieces, values, escape_texts(texts))
        for formula in self.formulas:
            pieces[formula.place] = _formula_xml(formula, results.get(formula.place), self.prefix)
        for growth in self.growths:
            height = rows.heights[growth.row]
            if height != growth.least:
                pieces[growth.place] = _height_xml(height)
        pieces[self.merges_place] = self._merges_xml(rows.merges)
        return b"".join(pieces), quoted

    def _set_values(self, pieces: list[bytes], values: list[Value], texts: list[bytes]) -> bool:
        """Write the filled cells. Returns whether one needs the style that marks it as text."""
        text_close = f"</{self.prefix}t></{self.prefix}is></{self.prefix}c>".encode()
        number_close = f"</{self.prefix}v></{self.prefix}c>".encode()
        quoted = False
        cells = zip(self.slot_places, self.slots, self.openings, values, texts, strict=True)
        for place, slot, opening, value, text in cells:
            if value.__class__ is Figure:
                pieces[place] = opening.number + text + number_close
            elif not text:
                pieces[place] = opening.blank
            elif slot.looks:
                pieces[place], formula_like = _in_looks(slot, text.decode(), self.prefix)
                quoted = quoted or formula_like
            elif text[0] in _SIGNS:
                pieces[place] = opening.quoted + text + text_close
                quoted = True
            else:
                pieces[place] = opening.text + text + text_close
        return quoted

    def _measure(self, texts: list[str], rows: Rows) -> None:
        """Raise the rows whose texts take more than a line."""
        for growth in self.growths:
            for at, sure, capacity, line in growth.needs:
                text = texts[at]
                if len(text) > sure or "\n" in text:
                    rows.raise_row(growth.row, lines_needed(text, capacity) * line + ROW_MARGIN)
        for span in self.spans:
            slot = self.slots[span.slot]
            needed = lines_needed(texts[span.slot], slot.capacity) * slot.line
            rows.tall.append((span.area, needed + ROW_MARGIN - span.fixed))
        for area, needed in sorted(rows.tall, key=lambda tall: tall[0].bottom - tall[0].top):
            rows.stretch(area, needed)

    def _merge_levels(self, values: list[Value], rows: Rows, edges: set[int]) -> None:
        """Blank the repeated texts of the level columns, and note the areas over which the first ones are merged."""
        for column in self.levels:
            own = [values[place] for place in column.places]
            starts = [0]
            for at in range(1, len(own)):
                if own[at] != own[at - 1] or own[at] == "" or at in edges:
                    starts.append(at)
                else:
                    values[column.places[at]] = ""
            if column.slot.level == 1:
                edges = {*edges, *starts}  # a level-2 cell never reaches over the edge of a level-1 cell
            starts.append(len(own))
            for start, end in pairwise(starts):
                self._merge_run(column, start, end, own[start], rows)

    def _merge_run(self, column: LevelColumn, start: int, end: int, value: Value, rows: Rows) -> None:
        slot, top, bottom = column.slot, column.rows[start], column.rows[end - 1]
        if bottom > top or slot.last_column > slot.column:
            rows.merges.append(column.merge(top, bottom))
        if column.least and isinstance(value, str):
            needed = lines_needed(value, slot.capacity) * slot.line + ROW_MARGIN
            if needed <= column.least * (end - start):
                return
            if bottom > top:
                rows.tall.append((Area(slot.column, top, slot.last_column, bottom), needed))
            else:
                rows.raise_row(top, needed)

    def _merges_xml(self, made: Sequence[str]) -> bytes:
        """The merges that the values make, before the template's own; with these the element ends."""
        count = self.merge_count + len(made)
        if not count:
            return b""
        own = "".join([f'<{self.prefix}mergeCell ref="{area}"/>' for area in made])
        end = "" if self.merge_count else f"</{self.prefix}mergeCells>"
        return f'<{self.prefix}mergeCells count="{count}">{own}{end}'.encode()


@lru_cache(maxsize=1024)
def _height_xml(height: float) -> bytes:
    return f' ht="{height:g}" customHeight="1"'.encode()


def _in_looks(slot: Slot, text: str, prefix: str) -> tuple[bytes, bool]:
    """The inside of a cell whose words have several looks, and whether they look like a formula."""
    runs = list(by_looks(text))
    if not runs:
        return f"{slot.style}/>".encode(), False
    formula_like = runs[0][1][0] in FORMULA_SIGNS
    texts = "".join(
        f'<{prefix}r>{slot.looks[at]}<{prefix}t xml:space="preserve">{words}</{prefix}t></{prefix}r>'
        for at, words in runs
    )
    style = slot.quoted if formula_like else slot.style
    return f'{style} t="inlineStr"><{prefix}is>{texts}</{prefix}is></{prefix}c>'.encode(), formula_like


def _formula_xml(formula: LaidFormula, value: Operand, prefix: str) -> bytes:
    """The cell with its formula and, where it is known, what the formula comes to."""
    kind, text = "", ""
    if isinstance(value, bool):
        kind, text = ' t="b"', str(int(value))
    elif isinstance(value, str):
        kind, text = ' t="str"', escape_texts([value])[0].decode()
    elif value is not None:
        text = number_text(value)
    stored = f"<{prefix}v>{text}</{prefix}v>" if value is not None else ""
    return f"{formula.opened}{kind}>{formula.element}{stored}</{prefix}c>".encode("utf-8", "replace")
