"""A sheet as its reader sees it: merged cells are one area with one value."""

from collections.abc import Iterator, Sequence
from functools import cached_property

from perfeval_xl.findings import Cell as Address
from perfeval_xl.read.table.values import Cell, Unusable, text_of
from perfeval_xl.read.workbook.grid import Grid
from perfeval_xl.read.workbook.package import column_letters
from perfeval_xl.record import Record, replace


class Area(Record):
    """A cell or a merged area, zero-based and inclusive, with its value and what its reader sees."""

    top: int
    left: int
    bottom: int
    right: int
    value: Cell
    text: str


class Areas(Record, dict=True):
    """The areas of a grid that hold something, by row."""

    grid: Grid

    @cached_property
    def _merges(self) -> dict[tuple[int, int], tuple[int, int]]:
        return {(top, left): (bottom, right) for top, left, bottom, right in self.grid.merges}

    @cached_property
    def _covered(self) -> dict[tuple[int, int], tuple[int, int]]:
        """Every cell that a merged area covers, and where that area begins."""
        return {
            (row, column): (top, left)
            for top, left, bottom, right in self.grid.merges
            for row in range(top, bottom + 1)
            for column in range(left, right + 1)
        }

    @cached_property
    def rows(self) -> list[list[Area]]:
        """Row → its areas that begin there, from the left."""
        return [list(self._areas_of(row, cells)) for row, cells in enumerate(self.grid.cells)]

    def _areas_of(self, row: int, cells: Sequence[Cell]) -> Iterator[Area]:
        for column, cell in enumerate(cells):
            if cell is not None and cell != "":
                area = self._area(row, column, cell)
                if area.text or isinstance(cell, Unusable):
                    yield area

    def _area(self, row: int, column: int, cell: Cell) -> Area:
        bottom, right = self._merges.get((row, column), (row, column))
        return Area(row, column, bottom, right, cell, text_of(cell))

    def at(self, row: int, column: int) -> Area:
        """The cell itself: what is merged over it from above or from the left does not stand there."""
        cells = self.grid.cells[row] if row < len(self.grid.cells) else []
        return self._area(row, column, cells[column] if column < len(cells) else "")

    def over(self, row: int, column: int) -> Area:
        """The area that covers a cell: its own, or the merged one that it lies in."""
        return self.at(*self._covered.get((row, column), (row, column)))

    def columns(self, first: int, behind: int) -> "Areas":
        """The same sheet with nothing outside these columns."""
        before: list[Cell] = [""] * first
        cells = [before + row[first:behind] for row in self.grid.cells]
        merges = tuple(merge for merge in self.grid.merges if first <= merge[1] < behind)
        return Areas(replace(self.grid, cells=cells, merges=merges))

    def between(self, first: int, last: int) -> Iterator[Area]:
        """All areas that begin in these rows, row by row."""
        for row in self.rows[first : last + 1]:
            yield from row

    def address(self, area: Area) -> Address:
        """Where an area's value stands."""
        return Address(self.grid.workbook, self.grid.sheet, a1(area))


def a1(area: Area) -> str:
    """H4, for an area's first cell."""
    return f"{column_letters(area.left)}{area.top + 1}"
