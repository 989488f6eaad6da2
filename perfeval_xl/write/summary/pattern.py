"""The rows of a long table as XML: a row's number between pieces that are made once for each value of a column."""

import codecs
from collections.abc import Sequence
from functools import cache, lru_cache, partial
from math import ceil
from operator import getitem
from typing import NamedTuple

from xlsxwriter.utility import xl_col_to_name

from perfeval_xl.record import record
from perfeval_xl.write.summary.formats import KINDS, NONE, UNKNOWN, FormatNumber, wraps
from perfeval_xl.write.summary.streamed import attribute, text_element

#: How what is not known, and what is not there, is shown.
SPECIAL = {UNKNOWN: "missing", NONE: "center"}
_TALLEST = 409
_LINE_POINTS = 13.5
#: GBK's encoder, found once.
_gbk = codecs.getencoder("gbk")
#: Values of a column that are remembered: those of neighbouring rows repeat.
_REMEMBERED = 1024


@record
class Column:
    """One column: heading, width in characters, kind of its cells, and what stands for a value that is unknown."""

    heading: str
    width: float
    kind: str = "text"
    unknown: str = UNKNOWN


@record
class Formula:
    """A live formula and the whole number that it comes to, in the unit of its column's kind."""

    text: str
    stored: int


Value = int | str | Formula | None


class Look(NamedTuple):
    """How a row looks: a style over all of it, one or another kind for some columns, its links, its outline level."""

    overall: str = ""
    styles: tuple[tuple[int, str], ...] = ()
    linked: tuple[int, ...] = ()
    level: int = 0


class Pattern:
    """Rows of one look. ``known``: what the columns' cells are made of, which looks that differ elsewhere share."""

    def __init__(
        self, columns: Sequence[Column], look: Look, number: FormatNumber, known: dict[tuple[int | str, ...], "_Cells"]
    ) -> None:
        styles = dict(look.styles)
        self._cells = []
        for at, column in enumerate(columns):
            own = styles.get(at, "")
            kind, style = (own, "") if own in KINDS else (column.kind, own)
            linked = "link" if at in look.linked else ""
            key = at, kind, look.overall, style, linked
            if key not in known:
                end = f'<c r="{xl_col_to_name(at + 1)}' if at + 1 < len(columns) else "</row>"
                known[key] = _Cells(column, kind, linked, partial(number, kind, look.overall, style), end)
            self._cells.append(known[key])
        self._begin = lru_cache(partial(_begin, wraps(look.overall), look.level))

    def row(self, number: int, values: Sequence[Value]) -> bytes:
        """The row's XML."""
        pieces, lines = zip(*map(getitem, self._cells, values), strict=True)
        return (b"%d" % number).join((b'<row r="', self._begin(max(lines)), *pieces))


class _Cells(dict[Value, tuple[bytes, int]]):
    """A column's values in such rows: what stands behind the row's number in the cell, and the lines that it takes."""

    def __init__(self, column: Column, kind: str, linked: str, number: FormatNumber, end: str) -> None:
        super().__init__()
        self._column, self._linked, self._end = column, linked, end
        self._opened = cache(lambda special: f'" s="{number(special)}"')
        self._unit = KINDS[kind][0]

    def __missing__(self, value: Value) -> tuple[bytes, int]:
        if len(self) >= _REMEMBERED:
            self.clear()
        lines = lines_of(self._column.width, value) if type(value) is str else 1
        made = self[value] = self._cell(self._column.unknown if value is None else value).encode(), lines
        return made

    def _cell(self, value: int | str | Formula) -> str:
        if isinstance(value, str):
            opened = self._opened(self._linked or SPECIAL.get(value, ""))
            if not value:
                return f"{opened}/>{self._end}"
            return f'{opened} t="inlineStr"><is>{text_element(value)}</is></c>{self._end}'
        opened = self._opened("")
        if isinstance(value, Formula):
            formula, stored = attribute(value.text.removeprefix("=")), value.stored / self._unit
            return f"{opened}><f>{formula}</f><v>{stored}</v></c>{self._end}"
        whole, rest = divmod(value, self._unit)
        return f"{opened}><v>{value / self._unit if rest else whole}</v></c>{self._end}"


def _begin(wraps: bool, level: int, lines: int) -> bytes:
    """What stands behind the row's number in its own tag, and the first cell's begin."""
    height = height_of(lines) if wraps else None
    attributes = f' ht="{height:.16g}" customHeight="1"' if height else ""
    outline = f' outlineLevel="{level}"' if level else ""
    return f'"{attributes}{outline}><c r="A'.encode()


def lines_of(width: float, value: Value) -> int:
    """How many lines a text takes in its column: a Chinese character is two wide, as in GBK."""
    if not isinstance(value, str) or (2 * len(value) < width and "\n" not in value):
        return 1
    if "\n" not in value:
        return ceil(len(_gbk(value, "replace")[0]) / (width - 0.5)) or 1
    return sum(lines_of(width, line) for line in value.splitlines())


def height_of(lines: int) -> float | None:
    """The height of a row that takes several lines."""
    return min(_LINE_POINTS * lines + 3, _TALLEST) if lines > 1 else None
