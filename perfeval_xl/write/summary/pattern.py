"""The rows of a long table as XML: a row's number between pieces that are made column by column, for many rows together."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cache, partial
from itertools import repeat
from math import ceil
from typing import NamedTuple

from xlsxwriter.utility import xl_col_to_name

from perfeval_xl.record import Record
from perfeval_xl.write.summary.formats import KINDS, NONE, UNKNOWN, FormatNumber, wraps
from perfeval_xl.write.summary.streamed import attribute, text_elements

#: How what is not known, and what is not there, is shown.
SPECIAL = {UNKNOWN: "missing", NONE: "center"}
_TALLEST = 409
_LINE_POINTS = 13.5


class Column(Record):
    """One column: heading, width in characters, kind of its cells, and what stands for a value that is unknown."""

    heading: str
    width: float
    kind: str = "text"
    unknown: str = UNKNOWN


class Formula(Record):
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


PLAIN = Look()


def look_of(styles: Mapping[int, str], overall: str = "", level: int = 0) -> Look:
    """A look without links: a style, or another kind of value, for some columns."""
    return Look(overall, tuple(styles.items()), (), level)


class Pattern:
    """Rows of one look."""

    def __init__(self, columns: Sequence[Column], look: Look, number: FormatNumber) -> None:
        styles = dict(look.styles)
        self._cells = []
        for at, column in enumerate(columns):
            own = styles.get(at, "")
            kind, style = (own, "") if own in KINDS else (column.kind, own)
            linked = "link" if at in look.linked else ""
            end = f'<c r="{xl_col_to_name(at + 1)}' if at + 1 < len(columns) else "</row>"
            self._cells.append(_Cells(column, kind, linked, partial(number, kind, look.overall, style), end))
        self._wraps = wraps(look.overall)
        self._begin = cache(partial(_begin, look.level))

    def rows(self, numbers: Sequence[int], rows: Sequence[Sequence[Value]]) -> list[str]:
        """The XML of the rows that have these numbers."""
        cells: list[list[str]] = []
        lines: list[Sequence[int]] = [[1] * len(rows)]
        for column, values in zip(self._cells, zip(*rows, strict=True), strict=True):
            distinct = dict.fromkeys(values)  # in their order: a set's would number formats differently each time
            cells.append(column.cells(values, distinct))
            if self._wraps and (taken := column.lines(distinct)):
                lines.append([taken.get(value, 1) for value in values])
        begins = map(self._begin, map(max, *lines) if len(lines) > 1 else lines[0])
        pieces = zip(repeat('<row r="', len(rows)), begins, *cells, strict=True)
        return [str(number).join(own) for number, own in zip(numbers, pieces, strict=True)]


class _Cells:
    """A column's cells in such rows: of each what stands behind the row's number in it, and the begin of what follows."""

    def __init__(self, column: Column, kind: str, linked: str, number: Callable[[str], int], end: str) -> None:
        self._column, self._linked, self._end = column, linked, end
        self._opened = cache(lambda special: f'" s="{number(special)}"')
        self._unit = KINDS[kind][0]

    def cells(self, values: Sequence[Value], distinct: Collection[Value]) -> list[str]:
        """The values' cells, each distinct one made once."""
        if 2 * len(distinct) > len(values) and len(kinds := set(map(type, values))) == 1:
            if str in kinds:
                return self._texts(values)  # type: ignore[arg-type]
            if int in kinds:
                return self._numbers(values)  # type: ignore[arg-type]
        return list(map(self._made(distinct).__getitem__, values))

    def _made(self, values: Collection[Value]) -> dict[Value, str]:
        """The cell of each value; those of one type are made together."""
        texts = [value for value in values if isinstance(value, str)]
        made: dict[Value, str] = dict(zip(texts, self._texts(texts), strict=True))
        if len(texts) < len(values):
            numbers = [value for value in values if isinstance(value, int)]
            made.update(zip(numbers, self._numbers(numbers), strict=True))
            made |= {value: self._other(value) for value in values if value not in made}
        return made

    def lines(self, values: Iterable[Value]) -> dict[Value, int]:
        """The lines that texts take, where one of them takes several."""
        lines: dict[Value, int] = {
            value: lines_of(self._column.width, value) for value in values if isinstance(value, str)
        }
        return lines if max(lines.values(), default=1) > 1 else {}

    def _other(self, value: Value) -> str:
        if value is None:
            return self._texts([self._column.unknown])[0]
        if isinstance(value, Formula):
            formula, stored = attribute(value.text.removeprefix("=")), value.stored / self._unit
            return f"{self._opened('')}><f>{formula}</f><v>{stored}</v></c>{self._end}"
        raise TypeError(type(value))

    def _numbers(self, values: Iterable[int]) -> list[str]:
        opened, end, unit = f"{self._opened('')}><v>", f"</v></c>{self._end}", self._unit
        return [f"{opened}{value / unit if value % unit else value // unit}{end}" for value in values]

    def _texts(self, values: Collection[str]) -> list[str]:
        special = (
            {} if self._linked else {value: self._opened(look) for value, look in SPECIAL.items() if value in values}
        )
        usual, end, blank = self._opened(self._linked), f"</is></c>{self._end}", f"/>{self._end}"
        return [
            f'{special.get(value, usual)} t="inlineStr"><is>{element}{end}' if value else usual + blank
            for value, element in zip(values, text_elements(values), strict=True)
        ]


def _begin(level: int, lines: int) -> str:
    """What stands behind the row's number in its own tag, and the first cell's begin."""
    height = height_of(lines)
    attributes = f' ht="{height:.16g}" customHeight="1"' if height else ""
    outline = f' outlineLevel="{level}"' if level else ""
    return f'"{attributes}{outline}><c r="A'


def lines_of(width: float, value: Value) -> int:
    """How many lines a text takes in its column: a Chinese character, of three bytes, is two wide."""
    if not isinstance(value, str) or (2 * len(value) < width and "\n" not in value):
        return 1
    if "\n" not in value:
        return ceil((len(value) + len(value.encode("utf-8", "replace"))) / (2 * width - 1)) or 1
    return sum(lines_of(width, line) for line in value.splitlines())


def height_of(lines: int) -> float | None:
    """The height of a row that takes several lines."""
    return min(_LINE_POINTS * lines + 3, _TALLEST) if lines > 1 else None
