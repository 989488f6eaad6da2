"""Any spreadsheet file → grids of addressed cells."""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from lxml import etree
from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from perfeval_xl.read.table.texts import Texts
from perfeval_xl.read.table.values import Cell, Percent
from perfeval_xl.read.workbook.digits import NotPlainError
from perfeval_xl.read.workbook.foreign import read_foreign_notes
from perfeval_xl.read.workbook.guard import try_reading
from perfeval_xl.read.workbook.package import (
    Formats,
    ListedSheet,
    SheetNotes,
    list_sheets,
    read_formats,
    read_notes,
    read_part,
)
from perfeval_xl.read.workbook.plain import Book, PlainSheet, read_plain
from perfeval_xl.read.workbook.safety import (
    MAX_COLUMNS,
    MAX_ROWS,
    PROTECTED,
    UnreadableWorkbookError,
    check_cells,
    inspect_package,
    is_protected_biff,
    refused,
    what_it_is,
)
from perfeval_xl.read.workbook.shown import Shown
from perfeval_xl.record import Record, field

#: (top, left, bottom, right), and (first, last) of hidden rows or columns; all zero-based.
Merge = tuple[int, int, int, int]
Spans = Sequence[tuple[int, int]]
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


def read_workbook(content: bytes, name: str) -> list[Grid]:
    """Every worksheet of a file as a grid; ``name`` is what findings call the file. Raises UnreadableWorkbookError."""
    try:
        return _read(content, name, _inspect(content))
    except PasswordError:
        raise UnreadableWorkbookError("R102", PROTECTED) from None
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


def _inspect(content: bytes) -> dict[str, PlainSheet]:
    """Raise where the file is no workbook, is protected, or is not safe to read; the sheets that could be read at once."""
    if content.startswith(_OLE):
        if _ENCRYPTED in content or is_protected_biff(content):
            raise UnreadableWorkbookError("R102", PROTECTED)
        try_reading(content)
        return {}
    if not content.startswith(_ZIP):
        raise UnreadableWorkbookError("R101", what_it_is(content))
    sheets = _PlainSheets(content)
    if not inspect_package(content, sheets.read) and not sheets.complete:
        try_reading(content)
    return sheets.read_so_far


class _PlainSheets:
    """Reads the worksheets of a package as they are unpacked; what they share is read when the first of them asks for it."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self.read_so_far: dict[str, PlainSheet] = {}

    @cached_property
    def _book(self) -> Book:
        return Book(Texts(read_part(self._content, "xl/sharedStrings.xml")), read_formats(self._content))

    @property
    def complete(self) -> bool:
        """Whether there are sheets and all of them were read."""
        return _all_read(list_sheets(self._content), self.read_so_far)

    def read(self, part: str, chunks: Iterator[bytes]) -> int | None:
        """The cells in the sheet's area, or ``None`` where it is not written plainly, or is damaged."""
        try:
            sheet = read_plain(chunks, self._book)
        except (NotPlainError, *_DAMAGED):
            return None
        self.read_so_far[part] = sheet
        return len(sheet.cells) * sheet.width


def _all_read(listed: Sequence[ListedSheet], plain: Mapping[str, PlainSheet]) -> bool:
    return bool(listed) and all(sheet.part in plain for sheet in listed)


def _read(content: bytes, name: str, plain: Mapping[str, PlainSheet]) -> list[Grid]:
    listed = list_sheets(content) if content.startswith(_ZIP) else []
    if _all_read(listed, plain):
        return [_plain_grid(name, sheet.name, plain[sheet.part], sheet.visible) for sheet in listed]
    parts = {sheet.name: sheet for sheet in listed}
    with CalamineWorkbook.from_filelike(io.BytesIO(content)) as book:
        formats = read_formats(content) if listed else Formats()
        foreign = {} if listed else read_foreign_notes(content)
        grids = []
        for sheet in book.sheets_metadata:
            # An .ods keeps what it knows of other files in tables of their names, which no program shows.
            if sheet.typ != SheetTypeEnum.WorkSheet or (sheet.name[:1] == "'" and "'#" in sheet.name):
                continue
            visible, own = sheet.visible == SheetVisibleEnum.Visible, parts.get(sheet.name)
            if own and own.part in plain:
                grids.append(_plain_grid(name, sheet.name, plain[own.part], visible))
            else:
                notes = read_notes(content, own, formats) if own else foreign.get(sheet.name, SheetNotes())
                grids.append(_noted_grid(book, name, sheet.name, notes, visible))
        return grids


def _plain_grid(workbook: str, sheet: str, content: PlainSheet, visible: bool) -> Grid:
    hidden = content.hidden_rows, content.hidden_columns
    return _grid(workbook, sheet, content.cells, content.merges, hidden, visible, content.shown)


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
    return _grid(workbook, sheet, cells, merges, hidden, visible, notes.shown)


def _grid(
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


def _extend(cells: list[list[Cell]], row: int, column: int) -> None:
    cells.extend([] for _ in range(row + 1 - len(cells)))
    cells[row].extend("" for _ in range(column + 1 - len(cells[row])))
