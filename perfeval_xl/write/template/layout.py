"""A template's sheet laid out for so many funding sources and indicators: rows repeated, everything else moved."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import groupby

from perfeval_xl.record import Struct, replace
from perfeval_xl.write.template.calculate import NO_NAMES, Names, compile_formula
from perfeval_xl.write.template.cells import INDICATOR, SINGLE
from perfeval_xl.write.template.filling import (
    FORMULA_HOLE,
    MERGES_HOLE,
    FilledRows,
    Growth,
    LaidFormula,
    Layout,
    LevelColumn,
    Need,
    Opening,
    Span,
)
from perfeval_xl.write.template.formula import move_formula
from perfeval_xl.write.template.moving import Place, move
from perfeval_xl.write.template.package import Mould
from perfeval_xl.write.template.plan import ROW_MARGIN, ROW_MARK, Constant, Formula, Picker, RowPlan, SheetPlan, Slot
from perfeval_xl.write.template.shift import Area, Shift, Shifts, column_letters, sheet_key

Counts = tuple[int, int, int]


def shift_of(plan: SheetPlan, counts: Counts) -> Shift:
    """How the sheet's rows move. ``counts``: rows of each kind (1, funding sources, indicators)."""
    return Shift(tuple((row.number, counts[row.kind]) for row in plan.rows if row.kind))


def lay_out(plan: SheetPlan, counts: Counts, shifts: Shifts, names: Names = NO_NAMES) -> Layout:
    """Everything that depends on nothing but the numbers of repeated rows, so that forms of the same size share it.

    ``names``: what defined names stand for in a form of this size.
    """
    place = Place(sheet_key(plan.name), shifts)
    merges = _merges(plan, place.shift, counts)
    sheet = _Pieces(plan, place, names)
    before, between, behind = (move(text, place) for text in plan.around)
    sheet.add(before)
    for row in plan.rows:
        for copy in range(counts[row.kind]):
            sheet.add_row(row, copy)
    sheet.add(between)
    sheet.add_hole(MERGES_HOLE)
    sheet.add(behind)
    head, *pieces, tail = (piece.encode("utf-8", "replace") for piece in sheet.pieces)
    return Layout(
        sheet=place.sheet,
        prefix=plan.prefix,
        mould=Mould(plan.part, head, _merges_end(plan, merges) + tail),
        pieces=(b"", *pieces, b""),
        rows=tuple(_filled_rows(sheet)),
        slots=tuple(sheet.slots),
        openings=tuple(_opening(slot, plan.prefix) for slot in sheet.slots),
        slot_places=tuple(sheet.slot_places),
        formulas=tuple(sheet.formulas),
        constants=sheet.constants,
        slot_cells={cell: at for at, cell in enumerate(sheet.slot_cells)},
        merges_place=sheet.pieces.index(MERGES_HOLE),
        merge_count=len(merges),
        growths=tuple(sheet.growths),
        levels=tuple(_level_columns(sheet)),
        spans=tuple(_spans(plan, place.shift, counts, sheet)),
    )


class _RowPlace(Struct):
    """A copy of a template's row in the form."""

    plan: RowPlan
    number: int
    copy: int
    first_slot: int


class _Pieces:
    """The sheet's XML being put together: texts, and holes for what differs from form to form."""

    def __init__(self, plan: SheetPlan, place: Place, names: Names) -> None:
        self._plan, self._place, self._names = plan, place, names
        self.pieces: list[str] = [""]
        self.places: list[_RowPlace] = []
        self.slots: list[Slot] = []
        self.slot_places: list[int] = []
        self.slot_cells: list[tuple[int, int]] = []
        self.formulas: list[LaidFormula] = []
        self.constants: dict[tuple[int, int], Decimal | str | None] = {}
        self.growths: list[Growth] = []

    def add(self, text: str) -> None:
        """Text behind what there is."""
        self.pieces[-1] += text

    def add_hole(self, default: str) -> int:
        """A hole, filled with ``default`` where nothing else is known. Returns its place among the pieces."""
        self.pieces += [default, ""]
        return len(self.pieces) - 2

    def add_row(self, plan: RowPlan, copy: int) -> None:
        """A copy of a row."""
        shift = self._place.shift
        number = shift.start(plan.number) + copy
        place = replace(self._place, own=plan.number if plan.kind else 0, copy=copy)
        self.places.append(_RowPlace(plan, number, copy, len(self.slots)))
        self.add(plan.opened.replace(ROW_MARK, str(number)))
        if plan.grows:
            self._add_height(plan, number)
        self.add(">")
        for cell in plan.cells:
            self._add_cell(cell, number, place)
        self.add(f"</{self._plan.prefix}row>")

    def _add_height(self, plan: RowPlan, number: int) -> None:
        """The row's height with a line in each of its cells; higher ones are the form's."""
        at = len(self.slots)
        needs = []
        least = plan.height
        own = [cell for cell in plan.cells if isinstance(cell, Slot)]
        for slot_at, cell in enumerate(own, start=at):
            if cell.capacity and not cell.tall:
                least = max(least, cell.line + ROW_MARGIN)
                if not cell.level:
                    needs.append(Need(slot_at, cell.capacity // 2, cell.capacity, cell.line))
        hole = self.add_hole(f' ht="{least:g}" customHeight="1"')
        self.growths.append(Growth(number, hole, least, tuple(needs)))

    def _add_cell(self, cell: Constant | Formula | Slot, number: int, place: Place) -> None:
        if isinstance(cell, Constant):
            blank = place.copy > 0 and cell.once
            self.add(move(cell.blank if blank else cell.xml, place).replace(ROW_MARK, str(number)))
            self.constants[number, cell.column] = None if blank else cell.value
        elif isinstance(cell, Formula):
            opened, element = cell.opened.replace(ROW_MARK, str(number)), move(cell.element, place)
            text = move_formula(cell.text, place.sheet, place.shifts, place.own, place.copy)
            hole = self.add_hole(FORMULA_HOLE)
            value = compile_formula(text, number, self._names)
            self.formulas.append(LaidFormula(hole, number, cell.column, opened, element, value))
        elif cell.tall and place.copy:
            self.add(f"{cell.opened.replace(ROW_MARK, str(number))}{cell.style}/>")
        else:
            self.add(cell.opened.replace(ROW_MARK, str(number)))
            self.slots.append(cell)
            self.slot_places.append(self.add_hole(""))
            self.slot_cells.append((number, cell.column))


def _merges_end(plan: SheetPlan, merges: Sequence[Area]) -> bytes:
    cells = "".join(f'<{plan.prefix}mergeCell ref="{area.address}"/>' for area in merges)
    return f"{cells}</{plan.prefix}mergeCells>".encode() if merges else b""


def _opening(slot: Slot, prefix: str) -> Opening:
    text = f' t="inlineStr"><{prefix}is><{prefix}t xml:space="preserve">'
    ways = (f"{slot.style}><{prefix}v>", f"{slot.style}{text}", f"{slot.quoted}{text}", f"{slot.style}/>")
    return Opening(*(way.encode() for way in ways))


def _filled_rows(sheet: _Pieces) -> Iterator[FilledRows]:
    """Rows that stand once are filled together with their neighbours, each copy of a repeating row by itself."""
    pickers: dict[tuple[int, bool], Picker] = {}
    filled = [place for place in sheet.places if place.plan.slots(place.copy)]
    for kind, group in groupby(filled, key=lambda place: place.plan.kind):
        if kind == SINGLE:
            contents = [slot.content for place in group for slot in place.plan.slots(0)]
            yield FilledRows(SINGLE, 0, False, Picker(contents))
            continue
        for place in group:
            plan, key = place.plan, (place.plan.number, place.copy > 0)
            if key not in pickers:
                pickers[key] = Picker([slot.content for slot in plan.slots(place.copy)])
            yield FilledRows(kind, place.copy, plan.foreign, pickers[key])


def _level_columns(sheet: _Pieces) -> Iterator[LevelColumn]:
    """The level cells of each block of copies, from the outer level in."""
    least = {growth.row: growth.least for growth in sheet.growths}
    starts = [at for at, place in enumerate(sheet.places) if place.plan.kind == INDICATOR and place.copy == 0]
    for start in starts:
        plan = sheet.places[start].plan
        block = [place for place in sheet.places[start:] if place.plan is plan]
        rows = tuple(place.number for place in block)
        for slot in sorted(plan.slots(0), key=lambda slot: slot.level):
            if slot.level:
                places = tuple(place.first_slot + plan.slots(place.copy).index(slot) for place in block)
                letters = (column_letters(slot.column), column_letters(slot.last_column))
                yield LevelColumn(slot, places, rows, least.get(rows[0], 0) if slot.capacity else 0, letters)


def _merges(plan: SheetPlan, shift: Shift, counts: Counts) -> list[Area]:
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


def _spans(plan: SheetPlan, shift: Shift, counts: Counts, sheet: _Pieces) -> list[Span]:
    """Filled cells that the template merges over rows, with the points that the rows which keep their height give."""
    kinds = {row.number: row.kind for row in plan.rows}
    steady = {row.number: row.height for row in plan.rows if not row.grows}
    growing = {row.number for row in plan.rows if row.grows}
    cells = {cell: at for at, cell in enumerate(sheet.slot_cells)}
    spans = []
    for area in plan.merges:
        moved = shift.area(area)
        at = cells.get((moved.top, moved.left)) if moved else None
        if moved and at is not None and sheet.slots[at].tall and sheet.slots[at].capacity:
            fixed = sum(
                steady.get(row, plan.default_height) * counts[kinds.get(row, 0)]
                for row in range(area.top, area.bottom + 1)
                if row not in growing
            )
            spans.append(Span(moved, at, fixed))
    return spans
