"""Any spreadsheet file → grids of addressed cells."""

import io
import struct
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

from lxml import etree
from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from perfeval_xl.read.foreign import read_foreign_notes
from perfeval_xl.read.guard import try_reading
from perfeval_xl.read.package import SheetNotes, read_notes
from perfeval_xl.read.safety import (
    MAX_COLUMNS,
    MAX_ROWS,
    UnreadableWorkbookError,
    check_cells,
    inspect_package,
    is_protected_biff,
    refused,
    what_it_is,
)
from perfeval_xl.read.values import Cell, Percent

#: What is taken for a spreadsheet.
SUFFIXES = frozenset({".xlsx", ".xlsm", ".xls", ".xlsb", ".ods", ".et"})
_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
#: The stream that an encrypted .xlsx is kept in.
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


#: What the readers raise on a damaged file.
_DAMAGED = (
    CalamineError,
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    etree.XMLSyntaxError,
    LookupError,
    ValueError,
    OverflowError,
    RuntimeError,
    EOFError,
    OSError,
)


@dataclass(frozen=True, slots=True)
class Grid:
    """One sheet: ``cells[row][column]`` from A1 on, both zero-based; merged areas as (top, left, bottom, right).

    ``hidden_rows`` and ``hidden_columns`` (zero-based) hold something but are not shown; nor is the sheet, if not ``visible``.
    """

    workbook: str
    sheet: str
    cells: list[list[Cell]]
    merges: tuple[tuple[int, int, int, int], ...]
    hidden_rows: tuple[int, ...] = ()
    hidden_columns: tuple[int, ...] = ()
    visible: bool = True


def read_workbook(content: bytes, name: str) -> list[Grid]:
    """Every worksheet of a file as a grid; ``name`` is what findings call the file. Raises UnreadableWorkbookError."""
    try:
        _inspect(content)
        return _read(content, name)
    except PasswordError:
        raise UnreadableWorkbookError("R102", "设有打开密码") from None
    except MemoryError:
        raise refused("读取时内存不够") from None
    except _DAMAGED as error:
        raise UnreadableWorkbookError("R101", _why_damaged(error)) from None
    except BaseException as error:
        # The reader is written in Rust: where it gives up, what it raises is no Exception.
        if type(error).__name__ == "PanicException":
            raise UnreadableWorkbookError("R101", "文件已损坏，请用 Excel 或 WPS 打开并修复，另存为 .xlsx") from None
        raise


def _why_damaged(error: Exception) -> str:
    """What to make of a reader's error, for one who has the file and no reader."""
    if isinstance(error, zipfile.BadZipFile | zlib.error | EOFError):
        return "文件不完整（可能没有下载完或复制中断），请重新下载，或请对方重新发送"
    if isinstance(error, etree.XMLSyntaxError):
        return "文件里面的内容已损坏，请用 Excel 或 WPS 打开并修复，另存为 .xlsx"
    return "文件已损坏或格式不对，请用 Excel 或 WPS 打开，另存为 .xlsx；打不开就请对方重新发送"


def _inspect(content: bytes) -> None:
    """Raise where the file is no workbook, is protected, or is not safe to read."""
    if content.startswith(_OLE):
        if _ENCRYPTED in content or is_protected_biff(content):
            raise UnreadableWorkbookError("R102", "设有打开密码")
        try_reading(content)
    elif not content.startswith(_ZIP):
        raise UnreadableWorkbookError("R101", what_it_is(content))
    elif not inspect_package(content):
        try_reading(content)


def _read(content: bytes, name: str) -> list[Grid]:
    with CalamineWorkbook.from_filelike(io.BytesIO(content)) as book:
        notes = (read_notes(content) if content.startswith(_ZIP) else {}) or read_foreign_notes(content)
        return [
            _grid(
                book, name, sheet.name, notes.get(sheet.name, SheetNotes()), sheet.visible == SheetVisibleEnum.Visible
            )
            for sheet in book.sheets_metadata
            if sheet.typ == SheetTypeEnum.WorkSheet
        ]


def _grid(book: CalamineWorkbook, workbook: str, sheet: str, notes: SheetNotes, visible: bool) -> Grid:
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
    return Grid(
        workbook,
        sheet,
        cells,
        _merges(content.merged_cell_ranges or notes.merges, cells),
        tuple(row for row in _within(notes.hidden_rows, len(cells)) if any(map(_holds, cells[row]))),
        tuple(
            column
            for column in _within(notes.hidden_columns, max(map(len, cells), default=0))
            if any(column < len(row) and _holds(row[column]) for row in cells)
        ),
        visible,
    )


def _merges(
    ranges: Sequence[tuple[tuple[int, int], tuple[int, int]]], cells: list[list[Cell]]
) -> tuple[tuple[int, int, int, int], ...]:
    """The merged areas as far as the sheet is in use: one that ends at XFD1048576 is not worked cell by cell."""
    bottom, right = len(cells) - 1, max(map(len, cells), default=0) - 1
    merges = tuple((a, b, min(c, bottom), min(d, right)) for (a, b), (c, d) in ranges if a <= bottom and b <= right)
    check_cells(sum((c - a + 1) * (d - b + 1) for a, b, c, d in merges))
    return merges


def _within(spans: Sequence[tuple[int, int]], length: int) -> list[int]:
    places: list[int] = []
    for first, last in sorted(spans):
        places += range(max(first, places[-1] + 1 if places else 0), min(last + 1, length))
    return places


def _holds(cell: Cell) -> bool:
    return cell is not None and cell != ""


def _extend(cells: list[list[Cell]], row: int, column: int) -> None:
    cells.extend([] for _ in range(row + 1 - len(cells)))
    cells[row].extend("" for _ in range(column + 1 - len(cells[row])))
