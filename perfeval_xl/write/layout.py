"""One sheet of a template, laid out for so many funding sources and indicators, and filled."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from perfeval_xl.write.cells import INDICATOR, LEVEL1, Slot, Value, Values, cell_xml
from perfeval_xl.write.shift import Area, Shift

#: Stand for a row's number and around what moves with the rows; Unicode keeps them out of real texts.
ROW_MARK, MOVES_MARK = "\ufdd0", "\ufdd1"
_ROW_MARGIN = 4
#: Excel's highest row, in points.
_MAX_HEIGHT = 409.0
_LAYOUTS_KEPT = 128
_NOTHING: Values = {}


@dataclass(frozen=True, slots=True)
class Constant:
    """A cell that stays. ``once``: merged over its row's copies, so that the others than the first are ``blank``."""

    xml: str
    blank: str
    once: bool


@dataclass(frozen=True, slots=True)
class RowPlan:
    """A row of the template. ``open``: its start tag without ``>``, and without a height where it ``grows``."""

    number: int
    kind: int
    open: str
    height: float
    grows: bool
    cells: tuple[Constant | Slot, ...]


@dataclass(frozen=True, slots=True)
class SheetPlan:
    """A compiled sheet. ``around``: its XML before the rows, between rows and merges, and behind the merges."""

    name: str
    prefix: str
    around: tuple[str, str, str]
    rows: tuple[RowPlan, ...]
    merges: tuple[Area, ...]
    default_height: float
    _layouts: dict[tuple[int, int], "Layout"] = field(default_factory=dict, compare=False, repr=False)

    def layout(self, funding: int, indicators: int) -> "Layout":
        """The layout for so many copies: most forms of a batch have the same few."""
        key = (funding, indicators)
        layout = self._layouts.get(key)
        if layout is None:
            if len(self._layouts) >= _LAYOUTS_KEPT:
                self._layouts.clear()
            layout = self._layouts[key] = _lay_out(self, (1, funding, indicators))
        return layout


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
    """``content``: the rows in order, those that stay as text."""

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
            filling.tall.append((span.area, span.slot.needs(value) + _ROW_MARGIN - span.fixed))
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
                filling.tall.append((area, slot.needs(value) + _ROW_MARGIN))
            else:
                needed = max(needed, slot.needs(value))
                if slot.level and run and slot.last_column > slot.column:
                    filling.merges.append(Area(slot.column, row.number, slot.last_column, row.number))
        if row.grows:
            filling.heights[row.number] = min(_MAX_HEIGHT, max(row.height, needed + _ROW_MARGIN if needed else 0))
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


def _lay_out(plan: SheetPlan, counts: tuple[int, int, int]) -> Layout:
    shift = Shift(tuple((row.number, counts[row.kind]) for row in plan.rows if row.kind))
    content: list[str | FilledRow] = []
    for row in plan.rows:
        for copy in range(counts[row.kind]):
            laid = _lay_out_row(row, copy, shift, f"</{plan.prefix}row>")
            if isinstance(laid, str) and content and isinstance(content[-1], str):
                content[-1] += laid
            else:
                content.append(laid)
    before, between, behind = (_move(text, shift.ranges, shift.formula, shift.end) for text in plan.around)
    merges = [f'<{plan.prefix}mergeCell ref="{area.address}"/>' for area in _merges(plan, shift, counts)]
    return Layout(plan.prefix, (before, between, behind), tuple(content), tuple(merges), _spans(plan, shift, counts))


def _lay_out_row(row: RowPlan, copy: int, shift: Shift, end: str) -> str | FilledRow:
    number = shift.start(row.number) + copy
    own = row.number if row.kind else 0
    cells: list[tuple[str, Slot]] = []
    text = ""
    for cell in row.cells:
        if copy and isinstance(cell, Slot) and cell.tall:
            text += f"{cell.open}/>"
        elif isinstance(cell, Slot):
            cells.append((_place(text + cell.open, number, own, copy, shift), cell))
            text = ""
        else:
            text += cell.blank if copy and cell.once else cell.xml
    text = _place(text, number, own, copy, shift) + end
    opened = row.open.replace(ROW_MARK, str(number))
    if not (cells or row.grows):
        return f"{opened}>{text}"
    return FilledRow(number, row.kind, copy, opened, row.height, row.grows, tuple(cells), text)


def _place(text: str, number: int, own: int, copy: int, shift: Shift) -> str:
    moved = _move(text, shift.ranges, lambda formula: shift.formula(formula, own, copy), shift.end)
    return moved.replace(ROW_MARK, str(number))


def _move(
    text: str, ranges: Callable[[str], str], formula: Callable[[str], str], row_break: Callable[[int], int]
) -> str:
    """The text with what stands between marks moved: ``=`` a formula, ``#`` a row's number, else ranges."""
    if MOVES_MARK not in text:
        return text
    pieces = text.split(MOVES_MARK)
    for at in range(1, len(pieces), 2):
        kind, rest = pieces[at][0], pieces[at][1:]
        pieces[at] = formula(rest) if kind == "=" else str(row_break(int(rest))) if kind == "#" else ranges(rest)
    return "".join(pieces)


def _merges(plan: SheetPlan, shift: Shift, counts: tuple[int, int, int]) -> list[Area]:
    """The template's merges in the form, without those of level cells: these depend on the values."""
    rows = {row.number: row for row in plan.rows}
    merges = []
    for area in plan.merges:
        row = rows.get(area.top)
        if row is not None and row.kind and area.top == area.bottom:
            levels = {cell.column for cell in row.cells if isinstance(cell, Slot) and cell.level}
            if area.left not in levels:
                first = shift.start(area.top)
                copies = range(first, first + counts[row.kind])
                merges += [Area(area.left, number, area.right, number) for number in copies]
        elif (moved := shift.area(area)) and (moved.left, moved.top) != (moved.right, moved.bottom):
            merges.append(moved)
    return merges


def _spans(plan: SheetPlan, shift: Shift, counts: tuple[int, int, int]) -> tuple[Span, ...]:
    tall = {
        (row.number, cell.column): cell
        for row in plan.rows
        for cell in row.cells
        if isinstance(cell, Slot) and cell.tall
    }
    kinds = {row.number: row.kind for row in plan.rows}
    steady = {row.number: row.height for row in plan.rows if not row.grows}
    growing = {row.number for row in plan.rows if row.grows}
    spans = []
    for area in plan.merges:
        slot = tall.get((area.top, area.left))
        moved = shift.area(area)
        if slot and slot.capacity and moved and counts[kinds[area.top]]:
            fixed = sum(
                steady.get(row, plan.default_height) * counts[kinds.get(row, 0)]
                for row in range(area.top, area.bottom + 1)
                if row not in growing
            )
            spans.append(Span(moved, slot, fixed))
    return tuple(spans)
