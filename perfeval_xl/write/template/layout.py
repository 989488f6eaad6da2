"""A template's sheet laid out for so many funding sources and indicators: rows repeated, everything else moved."""

from collections.abc import Callable

from perfeval_xl.write.template.cells import Slot
from perfeval_xl.write.template.filling import FilledRow, Layout, Span
from perfeval_xl.write.template.plan import MOVES_MARK, ROW_MARK, RowPlan, SheetPlan
from perfeval_xl.write.template.shift import Area, Shift


def lay_out(plan: SheetPlan, funding: int, indicators: int) -> Layout:
    """Everything that depends on nothing but the numbers of repeated rows, so that forms of the same size share it."""
    counts = (1, funding, indicators)
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
