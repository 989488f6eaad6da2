"""Is a file safe to read? Looked at before a reader gets its bytes, so that one hostile or broken file never ends the run.

A zip package is inspected here: what it really unpacks to, how many parts and sheets it has, how far its cells reach
(a sheet's own ``dimension`` cannot be trusted), and whether its XML declares entities. What cannot be inspected so is
read on trial in a child process: see :mod:`perfeval_xl.read.workbook.guard`.
"""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator

from perfeval_xl.lazy_pattern import lazy_pattern
from perfeval_xl.record import Struct

#: Sheets of a workbook; a unit's papers have a few dozen at most.
MAX_SHEETS = 300
#: Parts of a package: three for each sheet, and pictures.
MAX_PARTS = 10_000
#: Unpacked bytes of all parts together that are held: 100,000 rows of 30 columns are about 100 MiB.
MAX_UNPACKED = 256 * 2**20
#: Unpacked bytes of all sheets together that are read while they are unpacked: the longest there can be, of 12 columns,
#: takes about 550 MiB.
MAX_STREAMED = 768 * 2**20
#: Unpacked bytes of a part that is parsed as a tree, which takes ten times as much memory.
MAX_TREE = 16 * 2**20
#: Unpacked to packed bytes of a part; sheets of one number stay below 20, of one long text below 120.
MAX_RATIO = 200
#: Below this a part may be packed as tightly as it likes.
RATIO_FROM = 16 * 2**20
#: Cells of the areas from A1 to the last value, all sheets together; the reader holds them all: 1 GiB for so many.
MAX_CELLS = 16_000_000
#: Rows and columns that a sheet can have.
MAX_ROWS, MAX_COLUMNS = 1_048_576, 16_384
#: Text that cells may be given by sharing strings before the trial decides.
_MAX_SHARED_TEXT = 128 * 2**20
_CHUNK = 2**20
_PIECE = 4 * 2**20

#: The reason for R102, and one for R101.
PROTECTED = "设有密码；请用 Excel 或 WPS 打开，取消打开密码和工作簿保护后另存为 .xlsx"
DAMAGED = "文件已损坏或格式不对，请用 Excel 或 WPS 打开，另存为 .xlsx；打不开就请对方重新发送"
_TREES = frozenset({"xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml"})
#: Macro and dialog libraries of .ods carry a DOCTYPE by custom, and nobody here reads them.
_NEVER_READ = ("Basic/", "Dialogs/")
_XML_SUFFIXES = (".xml", ".rels")
#: In UTF-8 and in either UTF-16 (the last byte is left off, for the zero may stand on either side).
_DECLARATIONS = tuple(
    form
    for word in ("<!DOCTYPE", "<!ENTITY")
    for form in (word.encode(), word.lower().encode(), word.encode("utf-16-le")[:-1])
)
#: A cell with content; letters and digits of its address where it is written plainly, else both empty.
_CELL = lazy_pattern(
    rb'<(?:[^\s<>/!?:]+:)?c(?=[\s>])(?:[^<>]*?\sr="([A-Z]{1,9})([0-9]{1,9})"(?=[\s>]))?[^<>]*(?<!/)>',
)
_SHARED = lazy_pattern(rb"""\st=["']s["']""")
_SHEET = lazy_pattern(rb"<(?:[^\s<>/!?:]+:)?sheet(?=[\s/>])")
_ITEM_END = lazy_pattern(rb"</(?:[^\s<>/!?:]+:)?si>")
_ODS = lazy_pattern(rb"<(?:[^\s<>/!?:]+:)?(table|table-row|table-cell|covered-table-cell)(?=[\s/>])([^<>]*)>")
_REPEATED = lazy_pattern(rb'number-(?:columns|rows)-repeated="(\d{1,12})"')
_MARKUP = lazy_pattern(rb"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|table|meta|style|div)\b", re.I | re.S)

#: The beginning of a workbook's globals in BIFF5 and BIFF8; FILEPASS, where there is one, follows within a few records.
_BIFF = lazy_pattern(rb"\x09\x08[\x08\x10]\x00\x00[\x05\x06]\x05\x00")
_FILEPASS = 0x2F


class UnreadableWorkbookError(Exception):
    """A workbook that gives nothing: ``code`` is R101, R102 or R103."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


def refused(reason: str) -> UnreadableWorkbookError:
    """R103, for the caller to raise."""
    return UnreadableWorkbookError("R103", reason)


def check_cells(cells: int) -> None:
    """Raise R103 where so many cells are more than can be held."""
    if cells > MAX_CELLS:
        raise refused(f"有数据的区域太大（{cells:,} 个单元格，上限 {MAX_CELLS:,}）；请删去远处的空行、空列")


def check_sheets(sheets: int) -> None:
    """Raise R103 where a workbook has more sheets than anyone's papers."""
    if sheets > MAX_SHEETS:
        raise refused(f"工作表太多（{sheets} 张，上限 {MAX_SHEETS} 张）")


def what_it_is(content: bytes) -> str:
    """What stands in a file that is neither a package nor an OLE file, in words for R101."""
    if not content.strip():
        return "文件是空的"
    start = content[:4096]
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        start = start[: len(start) // 2 * 2].decode("utf-16", "replace").encode()
    start = start.removeprefix(b"\xef\xbb\xbf")
    advice = "不是表格；用 Excel 打开后另存为 .xlsx"
    if b"urn:schemas-microsoft-com:office:spreadsheet" in start:
        return "里面是 XML 文本（Excel 2003 XML），" + advice
    if _MARKUP.match(start) or start.startswith(b"MIME-Version:") or b"<html" in start.lower():
        return "里面是网页，" + advice
    if b"\0" not in start and _is_text(start):
        return "里面是纯文本，" + advice
    return "里面不是表格，或者文件已损坏"


def is_protected_biff(content: bytes) -> bool:
    """Whether an .xls is encrypted; the reader does not always say so."""
    for match in _BIFF.finditer(content):
        at = match.start()
        for _ in range(8):
            if at + 4 > len(content):
                break
            kind, length = struct.unpack_from("<HH", content, at)
            if kind == _FILEPASS:
                return True
            at += 4 + length
    return False


def _is_text(start: bytes) -> bool:
    for encoding in ("utf-8", "gb18030"):
        for cut in range(4):  # The piece may end inside a character.
            try:
                start[: len(start) - cut].decode(encoding)
            except UnicodeDecodeError:
                continue
            return True
    return False


class _Seen(Struct):
    """What the parts of a package add up to so far."""

    held: int = 0
    streamed: int = 0
    sheets: int = 0
    sheet_parts: int = 0
    cells: int = 0
    largest: int = 0
    shared_cells: int = 0
    longest_text: int = 0
    plain: bool = True

    def add_sheet(self, cells: int) -> None:
        """Count a sheet with so many cells in its area."""
        self.sheet_parts += 1
        self.cells += cells
        self.largest = max(self.largest, cells)


#: Reads a sheet's XML while it is unpacked, where it can; the cells of its area, or ``None`` where it is left to others.
ReadSheet = Callable[[str, Iterator[bytes]], int | None]


def inspect_package(content: bytes, read_sheet: ReadSheet) -> bool:
    """Whether a zip package may be read in this process; else it is safe only as far as a trial shows.

    ``read_sheet`` gets each worksheet after all other parts have been looked through, with whatever it needs of them; it
    refuses extents itself, and a sheet that it has read is looked at no further. Raises R103 where a limit is passed,
    ``zipfile.BadZipFile`` or ``struct.error`` where it is no package.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        parts = package.infolist()
    if len(parts) > MAX_PARTS:
        raise refused(f"压缩包内文件太多（{len(parts)} 个，上限 {MAX_PARTS} 个）")
    names = {part.filename for part in parts}
    seen = _Seen(plain=len(names) == len(parts))
    for part in sorted(parts, key=_rank):
        if not (seen.plain and _is_worksheet(part) and _stream_part(content, part, read_sheet, seen)):
            _inspect_part(part, b"".join(_unpack(content, part, seen.held, MAX_UNPACKED)), seen)
    check_sheets(max(seen.sheets, seen.sheet_parts))
    # Several sheets may name the same part.
    check_cells(seen.cells + max(0, seen.sheets - seen.sheet_parts) * seen.largest)
    return seen.plain and "xl/workbook.xml" in names and seen.shared_cells * seen.longest_text <= _MAX_SHARED_TEXT


def _rank(part: zipfile.ZipInfo) -> int:
    """What says that others are encrypted comes first, and what needs others last."""
    return 2 * _is_worksheet(part) + (part.filename != "META-INF/manifest.xml")


def _is_worksheet(part: zipfile.ZipInfo) -> bool:
    return part.filename.startswith("xl/worksheets/") and part.filename.endswith(".xml")


def _stream_part(content: bytes, part: zipfile.ZipInfo, read_sheet: ReadSheet, seen: _Seen) -> bool:
    """Whether a sheet could be read while it was unpacked."""
    sizes: list[int] = []
    cells = read_sheet(part.filename, _whole(content, part, seen.streamed, sizes))
    seen.streamed += sum(sizes)
    if cells is None:
        return False
    seen.add_sheet(cells)
    check_cells(seen.cells)
    return True


def _whole(content: bytes, part: zipfile.ZipInfo, before: int, sizes: list[int]) -> Iterator[bytes]:
    """The chunks of a part, whose sizes are noted; ``zipfile.BadZipFile`` behind them where they are not what was packed."""
    check = 0
    for chunk in _unpack(content, part, before, MAX_STREAMED):
        sizes.append(len(chunk))
        check = zlib.crc32(chunk, check)
        yield chunk
    if check != part.CRC:
        raise zipfile.BadZipFile(f"Bad CRC-32 for file {part.filename!r}")


def _unpack(content: bytes, part: zipfile.ZipInfo, before: int, limit: int) -> Iterator[bytes]:
    """The chunks of a part as far as it can be unpacked, whatever sizes are declared.

    R103 where they and what was unpacked ``before`` pass ``limit`` bytes, R101 for an odd method.
    """
    name_length, extra_length = struct.unpack_from("<HH", content, part.header_offset + 26)
    start = part.header_offset + 30 + name_length + extra_length
    packed = memoryview(content)[start : start + part.compress_size]
    if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise UnreadableWorkbookError("R101", "压缩方式不是表格软件所用的，或者文件已损坏")
    size = 0
    for chunk in _slices(packed) if part.compress_type == zipfile.ZIP_STORED else _inflate(packed):
        size += len(chunk)
        if before + size > limit:
            raise refused(f"解压后太大（超过 {limit // 2**20} MB）")
        if size > max(RATIO_FROM, MAX_RATIO * max(1, len(packed))):
            raise refused(f"压缩比异常（超过 {MAX_RATIO} 倍），像是压缩炸弹")
        yield chunk


def _slices(packed: memoryview) -> Iterator[bytes]:
    return (bytes(packed[at : at + _CHUNK]) for at in range(0, len(packed), _CHUNK))


def _inflate(packed: memoryview) -> Iterator[bytes]:
    stream = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        for piece in _slices(packed):
            rest = piece
            while rest and not stream.eof:
                yield stream.decompress(rest, _CHUNK)
                rest = stream.unconsumed_tail
        yield stream.flush()
    except zlib.error:
        return  # Whoever needs this part says that it is damaged; a broken picture disturbs nobody.


def _inspect_part(part: zipfile.ZipInfo, data: bytes, seen: _Seen) -> None:
    name = part.filename
    seen.held += len(data)
    read = not name.startswith(_NEVER_READ)
    if read and name.lower().endswith(_XML_SUFFIXES) and any(word in data for word in _DECLARATIONS):
        raise refused("XML 中声明了 DOCTYPE 或实体，表格软件不会这样写")
    if name.lower() in _TREES and len(data) > MAX_TREE:
        raise refused(f"{name} 太大（超过 {MAX_TREE // 2**20} MB）")
    if name == "META-INF/manifest.xml" and b":encryption-data" in data:
        raise UnreadableWorkbookError("R102", PROTECTED)
    if data.startswith((b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")):
        seen.plain = False
    if name.lower().endswith("workbook.xml"):
        seen.sheets = max(seen.sheets, len(_SHEET.findall(data)))
    if name == "content.xml":
        _inspect_ods(data, seen)
    elif b"sheetData" in data:
        _inspect_sheet(data, seen)
    elif b"<sst" in data or b":sst" in data:
        seen.longest_text = max(seen.longest_text, *map(len, _ITEM_END.split(data)))


def _inspect_sheet(data: bytes, seen: _Seen) -> None:
    letters: set[bytes] = set()
    digits: set[bytes] = set()
    start = 0
    while start < len(data):
        # By pieces, for a list of a million addresses takes more memory than the sheet. None of them spans a "<".
        end = data.find(b"<", start + _PIECE)
        end = len(data) if end < 0 else end
        addresses = _CELL.findall(data, start, end)
        letters.update(each for each, _ in addresses)
        digits.update(each for _, each in addresses)
        start = end
    if b"" in letters:
        seen.plain = False
    columns = max(map(_column_number, letters), default=0)
    rows = max((int(each or 0) for each in digits), default=0)
    if rows > MAX_ROWS or columns > MAX_COLUMNS:
        raise refused("单元格地址超出工作表的范围")
    seen.add_sheet(rows * columns)
    seen.shared_cells += sum(1 for _ in _SHARED.finditer(data))


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _inspect_ods(data: bytes, seen: _Seen) -> None:
    """Rows and columns up to the last value, with what is repeated; blank repetitions behind it do not count."""
    seen.sheets = height = width = row = column = repeated = 0
    for match in _ODS.finditer(data):
        kind, attributes = match[1], match[2]
        found = _REPEATED.search(attributes)
        times = int(found[1]) if found else 1
        if kind == b"table":
            seen.sheets += 1
            seen.sheet_parts += 1
            seen.cells += height * width
            height = width = row = 0
        elif kind == b"table-row":
            row, column, repeated = row + times, 0, times
        else:
            column += times
            if not attributes.endswith(b"/") or b"value-type=" in attributes:
                height, width = row, max(width, column)
                # Each repetition of a value is a cell of its own, even where the area stays small.
                check_cells(max(times * repeated, height * width))
    seen.cells += height * width
