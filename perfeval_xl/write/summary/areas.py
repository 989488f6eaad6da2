"""Fields of input rows as areas of cells: column letters and row numbers instead of an address for every cell."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from perfeval_xl.findings import Cell
from perfeval_xl.model import Table
from perfeval_xl.write.summary.places import by_sheet, ranges, runs, several


class Area(NamedTuple):
    """The cells of some rows of a table in these columns, row by row; there is at least one."""

    table: Table
    letters: tuple[str, ...]
    rows: Sequence[int]


class Place(NamedTuple):
    """Cells of one sheet as an operator reads them, and the first of them."""

    workbook: str
    sheet: str
    ranges: str
    first: str


class Spot(NamedTuple):
    """Where a field stands in the rows of a table: in one column, or in ``several``, of which this is the first."""

    workbook: str
    sheet: str
    letters: str
    several: str

    def cell(self, row: int) -> Cell:
        """The first of the cells in this row."""
        return Cell(self.workbook, self.sheet, f"{self.letters}{row}")

    def text(self, row: int) -> str:
        """As :func:`first_place` of these cells."""
        return f"{self.sheet} {self.letters}{row}{self.several}"


Areas = Sequence[Area]
#: Rows by their table's place among all.
Lines = Mapping[int, Sequence[int]]


class Fields:
    """Where the fields of a folder's tables stand."""

    def __init__(self, tables: Sequence[Table]) -> None:
        self._tables = tables
        self._letters: dict[tuple[int, tuple[str, ...]], tuple[str, ...]] = {}

    def areas(self, lines: Lines, *fields: str) -> Areas:
        """The cells of these fields in these rows; of a table without any of them none."""
        found = []
        for at, rows in lines.items():
            letters = self._letters.get((at, fields))
            if letters is None:
                own = self._tables[at].letters
                letters = tuple(dict.fromkeys(letter for name in fields for letter in own.get(name, ())))
                self._letters[at, fields] = letters
            if letters:
                found.append(Area(self._tables[at], letters, rows))
        return found


def spot_of(table: Table, field: str) -> Spot | None:
    """Where the field stands, if the table has it."""
    letters = table.letters.get(field, ())
    return Spot(table.workbook, table.sheet, letters[0], several(len(letters))) if letters else None


def lines_of(rows: Iterable[tuple[int | None, int | None]]) -> Lines:
    """Rows, given as (table, row), by their table; those that were read nowhere are left out."""
    lines: dict[int, list[int]] = {}
    for table, row in rows:
        if table is not None and row is not None:
            lines.setdefault(table, []).append(row)
    return lines


def places_of(areas: Areas) -> tuple[Place, ...]:
    """The sheets that they stand on, in the order in which they come."""
    if len(areas) == 1 and len(areas[0].rows) == 1:
        table, letters, rows = areas[0]
        addresses = [f"{letter}{rows[0]}" for letter in letters]
        return (Place(table.workbook, table.sheet, ",".join(addresses), addresses[0]),)
    sheets: dict[tuple[str, str], tuple[str, dict[str, list[int]]]] = {}
    for table, letters, rows in areas:
        _, columns = sheets.setdefault((table.workbook, table.sheet), (f"{letters[0]}{rows[0]}", {}))
        for letter in letters:
            columns.setdefault(letter, []).extend(rows)
    return tuple([Place(*sheet, ",".join(runs(columns)), first) for sheet, (first, columns) in sheets.items()])


def places_of_cells(cells: Collection[Cell]) -> tuple[Place, ...]:
    """The same of cells that are known by their addresses."""
    groups = by_sheet(cells).items()
    return tuple([Place(*sheet, ranges(cell.cell for cell in group), group[0].cell) for sheet, group in groups])
