"""What an .xls says beside its values: percentages, decimals, formulas never calculated, errors, hidden rows and columns.

Sources: [MS-CFB] for the file around it, [MS-XLS] for the records (the section of each stands beside its number).
"""

import re
import struct
from array import array
from collections.abc import Callable, Iterator, Sequence

from perfeval_xl.read.table.values import Unusable
from perfeval_xl.read.workbook.package import SheetNotes
from perfeval_xl.read.workbook.shown import add_shown, decimals_of_formats
from perfeval_xl.record import Struct, field

_END_OF_CHAIN = 0xFFFFFFFA
_STREAMS = ("Workbook", "Book")
#: Lengths of a SupBook's path that say that it is this workbook, or an add-in.
_OWN_BOOKS = frozenset({0x401, 0x3A01})
#: Built-in number formats that show a percentage.
_PERCENT_IDS = frozenset({9, 10})
# [MS-XLS] 2.4
_BOF, _EOF, _SHEET, _FORMAT, _XF = 0x809, 0x0A, 0x85, 0x41E, 0xE0
_SUPBOOK = 0x1AE
_ROW, _COLUMNS, _FORMULA, _ERROR, _NUMBER, _SMALL, _SMALLS = 0x208, 0x7D, 0x06, 0x205, 0x203, 0x27E, 0xBD
#: Formula 2.4.127: the file's program asks for it to be calculated on opening, as one that cannot calculate does.
_NOT_CALCULATED = 0x02
#: FormulaValue 2.5.133: an empty text.
_BLANK = b"\x03\0\0\0\0\0\xff\xff"


class _Book(Struct):
    """Sheet names by where their records begin, the workbook's own number formats, which of them each cell format (XF)
    uses, and the decimal places that cell formats show.

    ``blank``: formulas whose result is an empty text, by sheet; where no formula has any other result (``calculated``),
    the program that wrote them cannot calculate.
    """

    sheets: dict[int, str] = field(default_factory=dict)
    formats: dict[int, str] = field(default_factory=dict)
    styles: list[int] = field(default_factory=list)
    decimals: dict[int, int] = field(default_factory=dict)
    blank: dict[str, list[tuple[int, int]]] = field(default_factory=dict)
    calculated: bool = False

    def shows_percent(self, style: int) -> bool:
        """Whether a cell of this format (XF) is shown as a percentage."""
        number = self.styles[style] if style < len(self.styles) else -1
        return number in _PERCENT_IDS or "%" in self.formats.get(number, "")

    def add_shown(self, shown: dict[tuple[int, int], tuple[int, int]], row: int, first: int, styles: list[int]) -> None:
        """Note the decimal places of the cells of a record."""
        for column, style in enumerate(styles, first):
            if style in self.decimals:
                add_shown(shown, column, self.decimals[style], row, row)


def read_biff_notes(content: bytes) -> dict[str, SheetNotes]:
    """Notes by sheet name; none for what is no BIFF8 workbook. Raises ``struct.error`` or ``ValueError`` on a broken file."""
    stream = _workbook_stream(content)
    book = _Book()
    sheets: dict[str, SheetNotes] = {}
    for kind, body, _ in _records(stream, 0):
        if kind == _SHEET:
            book.sheets[struct.unpack_from("<I", body)[0]] = _short_text(body[6:])
        elif kind == _FORMAT:
            book.formats[struct.unpack_from("<H", body)[0]] = _long_text(body[2:])
        elif kind == _XF:
            book.styles.append(struct.unpack_from("<H", body, 2)[0])
    decimals = decimals_of_formats(book.formats)
    book.decimals = {style: decimals[number] for style, number in enumerate(book.styles) if number in decimals}
    for start, name in book.sheets.items():
        sheets[name] = _sheet_notes(stream, start, book)
    if not book.calculated:
        for name, places in book.blank.items():
            sheets[name].unusable.update(dict.fromkeys(places, Unusable("R107")))
    return sheets


def read_biff_links(content: bytes) -> tuple[list[str], bool]:
    """The files that formulas refer to (SupBook 2.4.271), without their folders, and whether there are Excel 4 macro sheets."""
    links: list[str] = []
    macros = False
    for kind, body, _ in _records(_workbook_stream(content), 0):
        if kind == _SUPBOOK and struct.unpack_from("<H", body.ljust(4, b"\0"), 2)[0] not in _OWN_BOOKS:
            # VirtualPath 2.5.277: a folder ends with 3, and what is no character tells of what kind the path is.
            links.append(re.split("[\x00-\x1f\\\\/:\\[\\]]", _long_text(body[2:]).rstrip("]"))[-1].strip())
        elif kind == _SHEET and body[5:6] == b"\x01":
            macros = True
    return [link for link in links if link], macros


def _sheet_notes(stream: bytes, start: int, book: _Book) -> SheetNotes:
    unusable: dict[tuple[int, int], Unusable] = {}
    blank = book.blank.setdefault(book.sheets[start], [])
    percents: set[tuple[int, int]] = set()
    rows: list[tuple[int, int]] = []
    columns: list[tuple[int, int]] = []
    shown: dict[tuple[int, int], tuple[int, int]] = {}
    for kind, body, _ in _records(stream, start):
        if kind == _ROW and len(body) >= 14 and body[12] & 0x20:
            row = struct.unpack_from("<H", body)[0]
            rows.append((row, row))
        elif kind == _COLUMNS and len(body) >= 10 and body[8] & 1:
            first, last = struct.unpack_from("<HH", body)
            columns.append((first, last))
        elif kind in (_FORMULA, _ERROR, _NUMBER, _SMALL, _SMALLS):
            row, first, style = struct.unpack_from("<HHH", body)
            if kind == _SMALLS:
                count = (len(body) - 6) // 6
                styles = [struct.unpack_from("<H", body, 4 + 6 * at)[0] for at in range(count)]
            else:
                styles = [style]
            percents |= {(row, first + at) for at, own in enumerate(styles) if book.shows_percent(own)}
            book.add_shown(shown, row, first, styles)
            if code := _trouble(kind, body):
                unusable[row, first] = Unusable(code)
            if kind == _FORMULA and body[6:14] == _BLANK:
                blank.append((row, first))
            elif kind == _FORMULA:
                book.calculated |= code != "R107"
    return SheetNotes(unusable, frozenset(percents), tuple(rows), tuple(columns), shown=shown)


def _trouble(kind: int, body: bytes) -> str:
    if kind == _ERROR:
        return "R106" if body[7] else ""
    if kind != _FORMULA:
        return ""
    result, flags = body[6:14], struct.unpack_from("<H", body, 14)[0]
    if result[6:8] == b"\xff\xff" and result[0] == 2:
        return "R106"
    return "R107" if flags & _NOT_CALCULATED and result in (bytes(8), _BLANK) else ""


def _records(stream: bytes, start: int) -> Iterator[tuple[int, bytes, int]]:
    """(number, body, place) of the records of one substream, from its BOF to its own EOF."""
    at, depth = start, 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        yield kind, stream[at + 4 : at + 4 + length], at
        depth += (kind == _BOF) - (kind == _EOF)
        if depth <= 0:
            return
        at += 4 + length


def _short_text(body: bytes) -> str:
    return _characters(body[2:], body[0], wide=bool(body[1] & 1))


def _long_text(body: bytes) -> str:
    if len(body) < 3:
        return ""
    return _characters(body[3:], struct.unpack_from("<H", body)[0], wide=bool(body[2] & 1))


def _characters(body: bytes, length: int, *, wide: bool) -> str:
    return body[: 2 * length].decode("utf-16-le", "replace") if wide else body[:length].decode("latin-1")


def _workbook_stream(content: bytes) -> bytes:
    """The stream of records in the compound file, ``b""`` where there is none. [MS-CFB] 2.2 to 2.6."""
    shift, short_shift = struct.unpack_from("<HH", content, 30)
    if not 7 <= shift <= 16 or short_shift > shift:
        raise ValueError("sector size")
    size = 1 << shift
    directory, cutoff, short_table = struct.unpack_from("<I4xII", content, 48)

    def sector(number: int) -> bytes:
        return content[(number + 1) << shift : (number + 2) << shift]

    allocation = array("I")
    for number in _allocation_sectors(content, sector, size):
        allocation.extend(struct.unpack(f"<{size // 4}I", sector(number).ljust(size, b"\xff")))

    def chain(number: int, table: Sequence[int]) -> Iterator[int]:
        for _ in range(len(table) + 1):
            if number >= len(table):
                return
            yield number
            number = table[number]

    entries = b"".join(map(sector, chain(directory, allocation)))
    found: dict[str, tuple[int, int]] = {}
    for at in range(0, len(entries) - 127, 128):
        length = struct.unpack_from("<H", entries, at + 64)[0]
        name = entries[at : at + max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")
        found.setdefault("Root" if entries[at + 66] == 5 else name, struct.unpack_from("<II", entries, at + 116))
    start, length = next((found[name] for name in _STREAMS if name in found), (_END_OF_CHAIN, 0))
    if length >= cutoff:
        return b"".join(map(sector, chain(start, allocation)))[:length]
    pieces = b"".join(map(sector, chain(found.get("Root", (_END_OF_CHAIN, 0))[0], allocation)))
    links = array("I")
    for number in chain(short_table, allocation):
        links.extend(struct.unpack(f"<{size // 4}I", sector(number).ljust(size, b"\xff")))
    own = (pieces[each << short_shift : (each + 1) << short_shift] for each in chain(start, links))
    return b"".join(own)[:length]


def _allocation_sectors(content: bytes, sector: Callable[[int], bytes], size: int) -> list[int]:
    """The sectors that hold the allocation table: 109 in the header, more in sectors of their own."""
    listed = list(struct.unpack_from("<109I", content, 76))
    following = struct.unpack_from("<I", content, 68)[0]
    visited: set[int] = set()
    while following < len(content) // size and following not in visited:
        visited.add(following)
        numbers = struct.unpack(f"<{size // 4}I", sector(following).ljust(size, b"\xff"))
        listed += numbers[:-1]
        following = numbers[-1]
    return list(dict.fromkeys(number for number in listed if number < len(content) // size))
