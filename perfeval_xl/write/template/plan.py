"""What compiling a template's sheet gives: its rows with what stays as text and what is filled."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from itertools import accumulate
from operator import itemgetter
from typing import Any

from perfeval_xl.record import Record
from perfeval_xl.write.template.cells import Content, Value, Values, unfilled
from perfeval_xl.write.template.shift import Area

#: Stands for a row's number; Unicode keeps it out of real texts.
ROW_MARK = "\ufdd0"
#: What formulas find in a cell that is not for us to say (a date in words, an error, a formula of a special kind).
UNKNOWN = Decimal("NaN")
#: What a text needs beside its lines, in points.
ROW_MARGIN = 4


class Constant(Record):
    """A cell that stays. ``once``: merged over its row's copies, so that the others than the first are ``blank``."""

    column: int
    xml: str
    blank: str
    once: bool
    value: Decimal | str | None


class Formula(Record):
    """A cell with a formula. ``opened``: its start tag without type and ``>``; ``element``: the formula's, marked."""

    column: int
    opened: str
    element: str
    text: str


class Slot(Record):
    """A cell that is filled. ``opened``: its start tag without style, type and ``>``; ``tall``: merged over rows.

    ``style`` and ``quoted`` are the attribute for most texts and for those that look like formulas; ``looks``: the run
    properties that parts of the text have, as XML.
    """

    column: int
    last_column: int
    opened: str
    style: str
    quoted: str
    content: Content
    capacity: int
    line: float
    level: int
    tall: bool
    looks: tuple[str, ...] = ()


class _Unfilled(dict[str, Value]):
    """Values in which a marker without one stands for itself."""

    def __missing__(self, key: str) -> Value:
        return unfilled(key)


class RowPlan(Record):
    """A row of the template. ``opened``: its start tag without ``>``, and without a height where it ``grows``.

    ``foreign``: a repeating row with markers that stand once on the form.
    """

    number: int
    kind: int
    opened: str
    height: float
    grows: bool
    foreign: bool
    cells: tuple[Constant | Formula | Slot, ...]

    def slots(self, copy: int) -> list[Slot]:
        """The cells that are filled in a copy of the row: one that is merged over all of them only in the first."""
        return [cell for cell in self.cells if isinstance(cell, Slot) and not (copy and cell.tall)]


class Picker:
    """Picks the values of several cells out of a mapping by one call; cells of more than a marker are put together."""

    def __init__(self, contents: Sequence[Content]) -> None:
        names = [marker.name for content in contents for marker in content.markers]
        self._pick: Callable[[Any], Any] = itemgetter(*names)
        self._alone = len(names) == 1
        ends = list(accumulate(len(content.markers) for content in contents))
        composed = [(content, end) for content, end in zip(contents, ends, strict=True) if not content.plain]
        #: From the last: where a cell's values begin and end.
        self._composed = [(content, end - len(content.markers), end) for content, end in reversed(composed)]

    def values(self, values: Values) -> Sequence[Value]:
        """In the order of the cells."""
        try:
            picked = self._pick(values)
        except KeyError:
            picked = self._pick(_Unfilled(values))
        if self._alone:
            picked = (picked,)
        if self._composed:
            picked = list(picked)
            for content, start, end in self._composed:
                picked[start:end] = [content.compose(picked[start:end])]
        return picked  # type: ignore[no-any-return]


class Problem(Record):
    """What cannot be filled as it is drawn: the sheet, the cell, and a row (``mixed``, ``merged``, ``array``) or a marker (``unfinished``)."""

    sheet: str
    cell: str
    kind: str


class SheetPlan(Record):
    """A compiled sheet. ``around``: its XML before the rows, between rows and merges, and behind the merges."""

    name: str
    part: str
    prefix: str
    around: tuple[str, str, str]
    rows: tuple[RowPlan, ...]
    merges: tuple[Area, ...]
    default_height: float
    problems: tuple[Problem, ...]
