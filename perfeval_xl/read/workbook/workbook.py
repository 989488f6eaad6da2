"""Any spreadsheet file → grids of addressed cells."""

import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from lxml import etree

from perfeval_xl.read.table.texts import Texts
from perfeval_xl.read.workbook.digits import NotPlainError
from perfeval_xl.read.workbook.grid import Grid, make_grid
from perfeval_xl.read.workbook.package import ListedSheet, list_sheets, read_formats, read_part
from perfeval_xl.read.workbook.plain import Book, PlainSheet, read_plain
from perfeval_xl.read.workbook.safety import (
    DAMAGED,
    PROTECTED,
    UnreadableWorkbookError,
    inspect_package,
    is_protected_biff,
    refused,
    what_it_is,
)

#: What is taken for a spreadsheet.
SUFFIXES = frozenset({".xlsx", ".xlsm", ".xls", ".xlsb", ".ods", ".et"})
_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
#: The stream that an encrypted .xlsx is kept in.
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


#: What the readers raise on a damaged file.
_DAMAGED = (
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


def read_workbook(content: bytes, name: str) -> list[Grid]:
    """Every worksheet of a file as a grid; ``name`` is what findings call the file. Raises UnreadableWorkbookError."""
    try:
        return _read(content, name, _inspect(content))
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
    return DAMAGED


def _inspect(content: bytes) -> dict[str, PlainSheet]:
    """Raise where the file is no workbook, is protected, or is not safe to read; the sheets that could be read at once."""
    if content.startswith(_OLE):
        if _ENCRYPTED in content or is_protected_biff(content):
            raise UnreadableWorkbookError("R102", PROTECTED)
        _try_reading(content)
        return {}
    if not content.startswith(_ZIP):
        raise UnreadableWorkbookError("R101", what_it_is(content))
    sheets = _PlainSheets(content)
    if not inspect_package(content, sheets.read) and not sheets.complete:
        _try_reading(content)
    return sheets.read_so_far


def _try_reading(content: bytes) -> None:
    from perfeval_xl.read.workbook.guard import try_reading  # with another reader, which most folders have no need of

    try_reading(content)


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
        return [_plain_grid(name, sheet, plain[sheet.part]) for sheet in listed]
    from perfeval_xl.read.workbook.calamined import read_by_calamine

    read = {sheet.name: _plain_grid(name, sheet, plain[sheet.part]) for sheet in listed if sheet.part in plain}
    return read_by_calamine(content, name, listed, read)


def _plain_grid(workbook: str, sheet: ListedSheet, content: PlainSheet) -> Grid:
    hidden = content.hidden_rows, content.hidden_columns
    return make_grid(workbook, sheet.name, content.cells, content.merges, hidden, sheet.visible, content.shown)
