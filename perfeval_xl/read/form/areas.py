"""A sheet as its reader sees it: merged cells are one area with one value."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from perfeval_xl.findings import Cell as Address
from perfeval_xl.read.package import column_letters
from perfeval_xl.read.values import Cell, Unusable, text_of
from perfeval_xl.read.workbook import Grid


@dataclass(frozen=True, slots=True)
class Area:
    """A cell or a merged area, zero-based and inclusive, with its value."""

    top: int
    left: int
    bottom: int
    right: int
    value: Cell

    @property
    def text(self) -> str:
        """What its reader sees."""
        return text_of(self.value)


@dataclass(frozen=True)
class Areas:
    """The areas of a grid that hold something, by row."""

    grid: Grid

    @cached_property
    def _merges(self) -> dict[tuple[int, int], tuple[int, int]]:
        return {(top, left): (bottom, right) for top, left, bottom, right in self.grid.merges}

    @cached_property
    def rows(self) -> list[list[Area]]:
        """Row → its areas that begin there, from the left."""
        return [
            [self._area(row, column, cell) for column, cell in enumerate(cells) if _holds(cell)]
            for row, cells in enumerate(self.grid.cells)
        ]

    def _area(self, row: int, column: int, cell: Cell) -> Area:
        bottom, right = self._merges.get((row, column), (row, column))
        return Area(row, column, bottom, right, cell)

    def at(self, row: int, column: int) -> Area:
        """The cell itself: what is merged over it from above or from the left does not stand there."""
        cells = self.grid.cells[row] if row < len(self.grid.cells) else []
        return self._area(row, column, cells[column] if column < len(cells) else "")

    def over(self, row: int, column: int) -> Area:
        """The area that covers a cell: its own, or the merged one that it lies in."""
        for top, left, bottom, right in self.grid.merges:
            if top <= row <= bottom and left <= column <= right:
                return self.at(top, left)
        return self.at(row, column)

    def between(self, first: int, last: int) -> Iterator[Area]:
        """All areas that begin in these rows, row by row."""
        for row in self.rows[first : last + 1]:
            yield from row

    def address(self, area: Area) -> Address:
        """Where an area's value stands."""
        return Address(self.grid.workbook, self.grid.sheet, f"{column_letters(area.left)}{area.top + 1}")


def _holds(cell: Cell) -> bool:
    return isinstance(cell, Unusable) or bool(text_of(cell))
