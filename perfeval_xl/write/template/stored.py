"""What the formulas of a filled form come to, from the values of its cells."""

from collections.abc import Sequence
from decimal import Decimal

from perfeval_xl.write.template.calculate import Formula, Operand, Unknown, evaluate
from perfeval_xl.write.template.cells import Figure, Value, without_looks
from perfeval_xl.write.template.filling import Layout
from perfeval_xl.write.template.plan import UNKNOWN


class Calculation:
    """What the formulas of a form come to. Each is worked out once; one that leads back to itself has no value."""

    def __init__(self, layouts: Sequence[Layout], values: Sequence[list[Value]]) -> None:
        self._sheets = {layout.sheet: (layout, own) for layout, own in zip(layouts, values, strict=True)}
        self._formulas = {
            (layout.sheet, formula.row, formula.column): formula for layout in layouts for formula in layout.formulas
        }
        self._found: dict[tuple[str, int, int], Operand] = {}

    def results(self, layout: Layout) -> dict[int, Operand]:
        """By their place: the values of the sheet's formulas that are known."""
        results: dict[int, Operand] = {}
        for formula in layout.formulas:
            try:
                results[formula.place] = self._cell(layout.sheet, formula.row, formula.column)
            except Unknown:
                continue
        return results

    def _cell(self, sheet: str, row: int, column: int) -> Operand:
        """What a cell holds. Raises :class:`Unknown`."""
        place = (sheet, row, column)
        formula = self._formulas.get(place)
        if formula is None:
            return self._plain(sheet, row, column)
        if place not in self._found:
            self._found[place] = UNKNOWN  # until it is known: it may lead back here
            if formula.value is not None:
                self._found[place] = self._worked_out(formula.value, sheet)
        value = self._found[place]
        if isinstance(value, Decimal) and value.is_nan():
            raise Unknown
        return value

    def _worked_out(self, formula: Formula, sheet: str) -> Operand:
        try:
            value = evaluate(formula, lambda named, row, column: self._cell(named or sheet, row, column))
        except Unknown:
            return UNKNOWN
        return Decimal(0) if value is None else value  # a reference to a blank cell shows 0

    def _plain(self, sheet: str, row: int, column: int) -> Operand:
        if sheet not in self._sheets:
            raise Unknown
        layout, values = self._sheets[sheet]
        at = layout.slot_cells.get((row, column))
        value = layout.constants.get((row, column)) if at is None else values[at]
        if isinstance(value, Figure):
            return Decimal(value.number)
        if isinstance(value, Decimal) and value.is_nan():
            raise Unknown
        if isinstance(value, str):
            return without_looks(value) or None
        return value
