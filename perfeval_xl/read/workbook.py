"""Any spreadsheet file → grids of addressed cells."""

import zipfile
from dataclasses import dataclass
from pathlib import Path

from lxml import etree
from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum

from perfeval_xl.read.package import SheetNotes, read_notes
from perfeval_xl.read.values import Cell, Percent

#: What is taken for a spreadsheet.
SUFFIXES = frozenset({".xlsx", ".xlsm"})


class UnreadableWorkbookError(Exception):
    """A workbook that gives nothing: ``code`` is R101 or R102."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Grid:
    """One sheet: ``cells[row][column]`` from A1 on, both zero-based; merged areas as (top, left, bottom, right)."""

    workbook: str
    sheet: str
    cells: list[list[Cell]]
    merges: tuple[tuple[int, int, int, int], ...]


def read_workbook(path: Path, name: str) -> list[Grid]:
    """Every worksheet of the file as a grid; ``name`` is what findings call the file. Raises UnreadableWorkbookError."""
    try:
        with CalamineWorkbook.from_path(str(path)) as book:
            notes = read_notes(path)
            sheets = [sheet.name for sheet in book.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
            return [_grid(book, name, sheet, notes.get(sheet, SheetNotes())) for sheet in sheets]
    except PasswordError:
        raise UnreadableWorkbookError("R102", "设有打开密码") from None
    except (CalamineError, zipfile.BadZipFile, KeyError, ValueError, etree.XMLSyntaxError, OSError) as error:
        if (
            path.read_bytes()[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
            and "EncryptedPackage".encode("utf-16-le") in path.read_bytes()
        ):
            raise UnreadableWorkbookError("R102", "设有打开密码") from None
        raise UnreadableWorkbookError(
            "R101", str(error).splitlines()[0][:120] if str(error) else type(error).__name__
        ) from None


def _grid(book: CalamineWorkbook, workbook: str, sheet: str, notes: SheetNotes) -> Grid:
    content = book.get_sheet_by_name(sheet)
    cells: list[list[Cell]] = content.to_python(skip_empty_area=False)  # type: ignore[assignment]
    for (row, column), unusable in notes.unusable.items():
        _extend(cells, row, column)
        cells[row][column] = unusable
    for row, column in notes.percents:
        if row < len(cells) and column < len(cells[row]):
            value = cells[row][column]
            if isinstance(value, int | float) and not isinstance(value, bool):
                cells[row][column] = Percent(value)
    merges = tuple((top, left, bottom, right) for (top, left), (bottom, right) in content.merged_cell_ranges or ())
    return Grid(workbook, sheet, cells, merges)


def _extend(cells: list[list[Cell]], row: int, column: int) -> None:
    cells.extend([] for _ in range(row + 1 - len(cells)))
    cells[row].extend("" for _ in range(column + 1 - len(cells[row])))
