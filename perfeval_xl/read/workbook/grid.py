"""A worksheet's cells with their addresses."""

from collections.abc import Sequence

from perfeval_xl.read.table.values import Cell
from perfeval_xl.read.workbook.safety import check_cells
from perfeval_xl.read.workbook.shown import Shown
from perfeval_xl.record import Record, field

#: (top, left, bottom, right), and (first, last) of hidden rows or columns; all zero-based.
Merge = tuple[int, int, int, int]
Spans = Sequence[tuple[int, int]]


class Grid(Record):
    """One sheet: ``cells[row][column]`` from A1 on, both zero-based; merged areas as (top, left, bottom, right).

    ``hidden_rows`` and ``hidden_columns`` (zero-based) hold something but are not shown; nor is the sheet, if not ``visible``.
    ``shown``: the decimal places of its numbers.
    """

    workbook: str
    sheet: str
    cells: list[list[Cell]]
    merges: tuple[Merge, ...]
    hidden_rows: tuple[int, ...] = ()
    hidden_columns: tuple[int, ...] = ()
    visible: bool = True
    shown: Shown = field(default_factory=dict)


def make_grid(
    workbook: str,
    sheet: str,
    cells: list[list[Cell]],
    merges: Sequence[Merge],
    hidden: tuple[Spans, Spans],
    visible: bool,
    shown: Shown,
) -> Grid:
    """The grid with only those merged areas and hidden parts that are in use."""
    rows, columns = hidden
    return Grid(
        workbook,
        sheet,
        cells,
        _merges(merges, cells),
        tuple(row for row in _within(rows, len(cells)) if any(map(_holds, cells[row]))),
        tuple(
            column
            for column in _within(columns, max(map(len, cells), default=0))
            if any(column < len(row) and _holds(row[column]) for row in cells)
        ),
        visible,
        shown,
    )


def _merges(ranges: Sequence[Merge], cells: list[list[Cell]]) -> tuple[Merge, ...]:
    """The merged areas as far as the sheet is in use: one that ends at XFD1048576 is not worked cell by cell."""
    bottom, right = len(cells) - 1, max(map(len, cells), default=0) - 1
    merges = tuple((a, b, min(c, bottom), min(d, right)) for a, b, c, d in ranges if a <= bottom and b <= right)
    check_cells(sum((c - a + 1) * (d - b + 1) for a, b, c, d in merges))
    return merges


def _within(spans: Spans, length: int) -> list[int]:
    places: list[int] = []
    for first, last in sorted(spans):
        places += range(max(first, places[-1] + 1 if places else 0), min(last + 1, length))
    return places


def _holds(cell: Cell) -> bool:
    return cell is not None and cell != ""
