"""Any spreadsheet file → grids of addressed cells."""

import io
import zipfile
import zlib
from dataclasses import dataclass

from lxml import etree
from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum

from perfeval_xl.read.package import SheetNotes, read_notes
from perfeval_xl.read.values import Cell, Percent

#: What is taken for a spreadsheet.
SUFFIXES = frozenset({".xlsx", ".xlsm", ".xls", ".xlsb", ".ods", ".et"})
_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
#: The stream that an encrypted .xlsx is kept in.
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


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


def read_workbook(content: bytes, name: str) -> list[Grid]:
    """Every worksheet of a file as a grid; ``name`` is what findings call the file. Raises UnreadableWorkbookError."""
    if content.startswith(_OLE) and _ENCRYPTED in content:
        raise UnreadableWorkbookError("R102", "设有打开密码")
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(content)) as book:
            notes = read_notes(content) if content.startswith(_ZIP) else {}
            sheets = [sheet.name for sheet in book.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
            return [_grid(book, name, sheet, notes.get(sheet, SheetNotes())) for sheet in sheets]
    except PasswordError:
        raise UnreadableWorkbookError("R102", "设有打开密码") from None
    except (
        CalamineError,
        zipfile.BadZipFile,
        zlib.error,
        KeyError,
        ValueError,
        etree.XMLSyntaxError,
        OSError,
    ) as error:
        reason = str(error).strip().partition("\n")[0][:120] or type(error).__name__
        raise UnreadableWorkbookError("R101", reason) from None


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
