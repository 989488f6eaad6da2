"""A laid-out sheet filled: values, merges of equal levels, and rows as high as their texts."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from perfeval_xl.write.template.cells import INDICATOR, LEVEL1, Slot, Value, Values, cell_xml
from perfeval_xl.write.template.plan import ROW_MARGIN
from perfeval_xl.write.template.shift import Area

#: Excel's highest row, in points.
_MAX_HEIGHT = 409.0
_NOTHING: Values = {}


@dataclass(frozen=True, slots=True)
class FilledRow:
    """A row of the form. ``cells``: the XML before each filled cell's content, and the cell."""

    number: int
    kind: int
    copy: int
    open: str
    height: float
    grows: bool
    cells: tuple[tuple[str, Slot], ...]
    close: str


@dataclass(frozen=True, slots=True)
class Span:
    """A filled cell that a template merges over rows: ``area`` in the form, the points that its constant rows have."""

    area: Area
    slot: Slot
    fixed: float


@dataclass(slots=True)
class _Filling:
    """What the rows of one form come to: heights by row number, and the merges that its values make."""

    heights: dict[int, float] = field(default_factory=dict)
    merges: list[Area] = field(default_factory=list)
    tall: list[tuple[Area, float]] = field(default_factory=list)

    def stretch(self, area: Area, needed: float) -> None:
        """Enlarge the last growing row of an area until its rows together have the needed height."""
        rows = [row for row in range(area.top, area.bottom + 1) if row in self.heights]
        lacking = needed - sum(self.heights[row] for row in rows)
        if rows and lacking > 0:
            self.heights[rows[-1]] = min(_MAX_HEIGHT, self.heights[rows[-1]] + lacking)


@dataclass(frozen=True, slots=True)
class Layout:
    """A sheet for so many funding sources and indicators. ``content``: its rows in order, those that stay as text."""

    prefix: str
    around: tuple[str, str, str]
    content: tuple[str | FilledRow, ...]
    merges: tuple[str, ...]
    spans: tuple[Span, ...]

    def fill(self, single: Values, funding: Sequence[Values], indicators: Sequence[Values]) -> str:
        """The sheet's XML. The numbers of mappings are those that the layout is for."""
        items = ((_NOTHING,), funding, indicators)
        filling = _Filling()
        runs = self._level_runs(single, indicators)
        values: dict[tuple[int, int], Value] = {}
        bodies = [
            row if isinstance(row, str) else self._row(row, single, items[row.kind][row.copy], runs, values, filling)
            for row in self.content
        ]
        for span in self.spans:
            value = values[span.area.top, span.area.left]
            filling.tall.append((span.area, span.slot.needs(value) + ROW_MARGIN - span.fixed))
        for area, needed in sorted(filling.tall, key=lambda tall: tall[0].bottom - tall[0].top):
            filling.stretch(area, needed)
        rows = [
            body
            if isinstance(row, str)
            else f'{row.open} ht="{filling.heights[row.number]:g}" customHeight="1">{body}'
            if row.grows
            else f"{row.open}>{body}"
            for row, body in zip(self.content, bodies, strict=True)
        ]
        return "".join((self.around[0], *rows, self.around[1], self._merges(filling), self.around[2]))

    def _merges(self, filling: _Filling) -> str:
        made = [f'<{self.prefix}mergeCell ref="{area.address}"/>' for area in filling.merges]
        if not (made or self.merges):
            return ""
        tag = f"{self.prefix}mergeCells"
        return f'<{tag} count="{len(made) + len(self.merges)}">{"".join((*self.merges, *made))}</{tag}>'

    def _row(
        self,
        row: FilledRow,
        single: Values,
        item: Values,
        runs: dict[tuple[int, int], int],
        values: dict[tuple[int, int], Value],
        filling: _Filling,
    ) -> str:
        needed = 0.0
        pieces = []
        for lead, slot in row.cells:
            run = runs.get((row.number, slot.column), 1) if slot.level else 1
            value = slot.value(single, item) if run else ""
            pieces.append(lead)
            pieces.append(cell_xml(value, self.prefix))
            if slot.tall:
                values[row.number, slot.column] = value
            elif run > 1:
                area = Area(slot.column, row.number, slot.last_column, row.number + run - 1)
                filling.merges.append(area)
                filling.tall.append((area, slot.needs(value) + ROW_MARGIN))
            else:
                needed = max(needed, slot.needs(value))
                if slot.level and run and slot.last_column > slot.column:
                    filling.merges.append(Area(slot.column, row.number, slot.last_column, row.number))
        if row.grows:
            filling.heights[row.number] = min(_MAX_HEIGHT, max(row.height, needed + ROW_MARGIN if needed else 0))
        pieces.append(row.close)
        return "".join(pieces)

    def _level_runs(self, single: Values, indicators: Sequence[Values]) -> dict[tuple[int, int], int]:
        """By row and column of the level cells: how many rows each is merged over; 0 where one above has it."""
        runs: dict[tuple[int, int], int] = {}
        rows = [row for row in self.content if isinstance(row, FilledRow) and row.kind == INDICATOR]
        start = 0
        for at in range(len(rows)):
            if at + 1 == len(rows) or rows[at + 1].copy == 0:
                _runs_of_block(rows[start : at + 1], single, indicators, runs)
                start = at + 1
        return runs


def _runs_of_block(
    rows: list[FilledRow], single: Values, indicators: Sequence[Values], runs: dict[tuple[int, int], int]
) -> None:
    slots = sorted((slot for _, slot in rows[0].cells if slot.level), key=lambda slot: slot.level)
    if not slots:
        return
    breaks = {0}
    breaks.update(at for at in range(1, len(rows)) if _differ(indicators[at - 1], indicators[at]))
    for slot in slots:
        texts = [slot.value(single, item) for item in indicators]
        differs = {at for at in range(1, len(rows)) if texts[at] != texts[at - 1] or texts[at] == ""}
        if slot.level == 1:  # a level-2 cell never reaches over the edge of a level-1 cell
            breaks |= differs
        starts = sorted(breaks | differs)
        for row in rows:
            runs[row.number, slot.column] = 0
        for start, end in zip(starts, [*starts[1:], len(rows)], strict=True):
            runs[rows[start].number, slot.column] = end - start


def _differ(above: Values, below: Values) -> bool:
    return above.get(LEVEL1, "") != below.get(LEVEL1, "")
