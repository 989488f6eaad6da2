"""A column that says in each row what unit its amounts are in (单位 | 元, 万元)."""

from collections.abc import Mapping, Sequence

from perfeval_xl.money import UNITS
from perfeval_xl.read.table.values import Cell, number_of, text_of
from perfeval_xl.record import Record
from perfeval_xl.text import match_key

Line = tuple[int, Sequence[Cell]]
_CALLED = frozenset({"单位", "金额单位", "计量单位", "货币单位"})


class RowUnits(Record):
    """The column, and the units that its rows name."""

    column: int
    units: tuple[str, ...]


def find_row_units(seen: Mapping[int, str], rows: Sequence[Sequence[Cell]]) -> RowUnits | None:
    """The column of units, where one is called so and names nothing else."""
    for column, heading in seen.items():
        if match_key(heading) in _CALLED:
            units = dict.fromkeys(text for row in rows if column < len(row) and (text := text_of(row[column])))
            if units and all(unit in UNITS for unit in units):
                return RowUnits(column, tuple(units))
    return None


def write_units(lines: Sequence[Line], own: RowUnits, amounts: Sequence[int]) -> list[Line]:
    """The rows with their unit behind each amount, which is how a cell says its own."""
    written: list[Line] = []
    for row, line in lines:
        unit, cells = text_of(line[own.column]), list(line)
        for column in amounts:
            if unit and number_of(cells[column]) not in (None, "R106", "R107", 0):
                cells[column] = f"{text_of(cells[column])}{unit}"
        written.append((row, cells))
    return written
