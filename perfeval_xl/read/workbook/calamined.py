"""What calamine reads, which takes its time to load: every format but .xlsx, and sheets that are not written plainly."""

import io
from collections.abc import Mapping, Sequence

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from perfeval_xl.read.table.values import Cell, Percent
from perfeval_xl.read.workbook.foreign import read_foreign_notes
from perfeval_xl.read.workbook.grid import Grid, make_grid
from perfeval_xl.read.workbook.package import Formats, ListedSheet, SheetNotes, read_formats, read_notes
from perfeval_xl.read.workbook.safety import DAMAGED, MAX_COLUMNS, MAX_ROWS, PROTECTED, UnreadableWorkbookError, refused


def read_by_calamine(content: bytes, name: str, listed: Sequence[ListedSheet], read: Mapping[str, Grid]) -> list[Grid]:
    """Every worksheet, those of a package (``listed``) with what else its parts say; those that are ``read`` as they are.

    Raises :class:`UnreadableWorkbookError`, and what the readers of notes raise on a damaged file.
    """
    parts = {sheet.name: sheet for sheet in listed}
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(content)) as book:
            formats = read_formats(content) if listed else Formats()
            foreign = {} if listed else read_foreign_notes(content)
            grids = []
            for sheet in book.sheets_metadata:
                # An .ods keeps what it knows of other files in tables of their names, which no program shows.
                if sheet.typ != SheetTypeEnum.WorkSheet or (sheet.name[:1] == "'" and "'#" in sheet.name):
                    continue
                if sheet.name in read:
                    grids.append(read[sheet.name])
                    continue
                own = parts.get(sheet.name)
                notes = read_notes(content, own, formats) if own else foreign.get(sheet.name, SheetNotes())
                grids.append(_noted_grid(book, name, sheet.name, notes, sheet.visible == SheetVisibleEnum.Visible))
            return grids
    except PasswordError:
        raise UnreadableWorkbookError("R102", PROTECTED) from None
    except CalamineError:
        raise UnreadableWorkbookError("R101", DAMAGED) from None


def _noted_grid(book: CalamineWorkbook, workbook: str, sheet: str, notes: SheetNotes, visible: bool) -> Grid:
    content = book.get_sheet_by_name(sheet)
    cells: list[list[Cell]] = content.to_python(skip_empty_area=False)  # type: ignore[assignment]
    for (row, column), unusable in notes.unusable.items():
        if row >= MAX_ROWS or column >= MAX_COLUMNS:
            raise refused("单元格地址超出工作表的范围")
        _extend(cells, row, column)
        cells[row][column] = unusable
    for row, column in notes.percents:
        if row < len(cells) and column < len(cells[row]):
            value = cells[row][column]
            if isinstance(value, int | float) and not isinstance(value, bool):
                cells[row][column] = Percent(value)
    merges = [(*first, *last) for first, last in content.merged_cell_ranges or notes.merges]
    hidden = notes.hidden_rows, notes.hidden_columns
    return make_grid(workbook, sheet, cells, merges, hidden, visible, notes.shown)


def _extend(cells: list[list[Cell]], row: int, column: int) -> None:
    cells.extend([] for _ in range(row + 1 - len(cells)))
    cells[row].extend("" for _ in range(column + 1 - len(cells[row])))
