"""A workbook whose long tables come as XML that is ready, row by row: what XlsxWriter spends on each cell is saved.

Head and foot of a sheet, styles, columns and page set-up stay XlsxWriter's. The rows are compressed as they come and put between
the two when the workbook is closed, so that only what a row takes is ever in memory. Texts stand in the cells themselves,
and links to one workbook share a relation.
"""

import zipfile
import zlib
from collections.abc import Sequence
from functools import cache
from io import BytesIO
from typing import Self

import xlsxwriter
from xlsxwriter.url import Url
from xlsxwriter.worksheet import Worksheet

from perfeval_xl.lazy_pattern import lazy_pattern
from perfeval_xl.record import record
from perfeval_xl.write.template.package import Part, package_pieces, read_parts

#: Bytes of rows that are compressed together.
_ROOM = 2**19
#: Stands in XlsxWriter's XML where the rows belong; no XML holds it.
_HERE = "\0"
#: What XML or Excel may not take as it stands (``_``: ``_x0001_`` is a control character).
_UNSAFE = lazy_pattern("[\x00-\x08\x0b-\x1f&<>_\ud800-\udfff\ufffe\uffff]")
_LONGEST_TEXT = 32_767
_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}


class StreamedSheet(Worksheet):  # type: ignore[misc]
    """Rows are added from above to below; what XlsxWriter writes stands before the first or behind the last of them."""

    dim_rowmax: int
    dim_colmax: int
    outline_row_level: int

    def __init__(self) -> None:
        super().__init__()
        self.rows = Pieces()
        self._waiting = bytearray()
        self._first = -1
        self._targets: dict[str, int] = {}
        self._links: list[str] = []

    def note_rows(self, last_column: int, level: int) -> None:
        """How far rows that follow reach, and how deep in the outline they stand."""
        self.dim_colmax = max(self.dim_colmax, last_column)
        self.outline_row_level = max(self.outline_row_level, level)

    def add_row(self, row: int, xml: bytes) -> None:
        """One row (zero-based) that is XML already."""
        if self._first < 0:
            self._first = row
            self._check_dimensions(row, 0)
        self.dim_rowmax = row
        self._waiting += xml
        if len(self._waiting) > _ROOM:
            self._compress()

    def _compress(self) -> None:
        self.rows.add(self._waiting)
        self._waiting = bytearray()

    def add_link(self, address: str, target: str, location: str) -> None:
        """A link from a streamed cell to a file, and to the place in it where there is one."""
        number = self._targets.get(target) or self._targets.setdefault(target, len(self._targets) + 1)
        place = f' location="{attribute(location)}"' if location else ""
        self._links.append(f'<hyperlink ref="{address}" r:id="rId{number}"{place}/>')

    def _write_rows(self) -> None:
        self._compress()
        own = sorted({*self.table, *self.row_info})
        for row in (row for row in own if row < self._first or self._first < 0):
            self._write_own(row)
        self.fh.write(_HERE)
        for row in (row for row in own if 0 <= self._first < row):
            self._write_own(row)

    def _write_own(self, row: int) -> None:
        cells, look = self.table.get(row), self.row_info.get(row)
        if not cells:
            self._write_empty_row(row, None, look)
            return
        self._write_row(row, None, look)
        for column in sorted(cells):
            self._write_cell(row, column, cells[column])
        self._xml_end_tag("row")

    def _write_hyperlinks(self) -> None:
        if not self._targets:
            return
        self.fh.write(f"<hyperlinks>{''.join(self._links)}</hyperlinks>")
        self.rel_count = len(self._targets)
        self.external_hyper_links += [["/hyperlink", target, "External"] for target in self._targets]


class StreamedBook(xlsxwriter.Workbook):  # type: ignore[misc]
    """A workbook of such sheets. Equal contents give equal bytes where ``created`` is set among its properties."""

    worksheet_class = StreamedSheet

    def __init__(self) -> None:
        self._file = BytesIO()
        super().__init__(self._file, _OPTIONS)

    def __enter__(self) -> Self:
        return self

    @property
    def pieces(self) -> list[bytes]:
        """The closed workbook's bytes, in pieces."""
        rows = {f"xl/worksheets/sheet{sheet.index + 1}.xml": sheet.rows for sheet in self.worksheets()}
        return package_pieces([_with_rows(part, rows.get(part.name)) for part in read_parts(self._file)])


class Pieces:
    """What is compressed piece by piece, and can be set between two others."""

    def __init__(self) -> None:
        self._packer = zlib.compressobj(1, zlib.DEFLATED, -15)
        self._packed: list[bytes] = []
        self.size = self.crc = 0

    def add(self, content: bytes | bytearray) -> None:
        """A further piece."""
        self._packed.append(self._packer.compress(content))
        self.size += len(content)
        self.crc = zlib.crc32(content, self.crc)

    def packed(self, last: bool = False) -> list[bytes]:
        """All pieces, so that others can follow unless they are the ``last``."""
        return [*self._packed, self._packer.flush(zlib.Z_FINISH if last else zlib.Z_FULL_FLUSH)]


@record
class _LongPart(Part):
    """A part whose bytes are nowhere put together."""

    packed: tuple[bytes, ...] = ()

    @property
    def packed_size(self) -> int:
        return sum(map(len, self.packed))

    @property
    def pieces(self) -> Sequence[bytes]:
        return self.packed


def _with_rows(part: Part, rows: Pieces | None) -> Part:
    """The sheet's part with its rows where they belong."""
    if rows is None:
        return part
    above, below = Pieces(), Pieces()
    for pieces, content in zip((above, below), part.content.split(_HERE.encode()), strict=True):
        pieces.add(content)
    packed = (*above.packed(), *rows.packed(), *below.packed(last=True))
    crc = _joined(_joined(above.crc, rows), below)
    return _LongPart(part.name, zipfile.ZIP_DEFLATED, crc, above.size + rows.size + below.size, b"", packed)


def _joined(crc: int, following: Pieces) -> int:
    """The checksum of what has this one and the pieces behind it: moved on as by zeros, which adds nothing of theirs."""
    zeros = bytes(min(following.size, 2**20))
    moved, empty = crc, 0
    for start in range(0, following.size, 2**20):
        block = zeros[: following.size - start]
        moved, empty = zlib.crc32(block, moved), zlib.crc32(block, empty)
    return moved ^ empty ^ following.crc


@cache
def relation_target(path: str) -> str:
    """A file's path (``/`` between folders, escaped) as the target of a link, with ``/`` as a URI has it.

    Excel, WPS and LibreOffice open it on every system; XlsxWriter turns them into ``\\``, which only Windows takes for a
    separator.
    """
    return str(Url(f"external:{path}")._target()).replace("\\", "/")


def text_element(text: str) -> str:
    """A cell's text, whatever it begins with: what stands in ``<is>``."""
    if _UNSAFE.search(text) or len(text) > _LONGEST_TEXT // 2:
        text = Worksheet._escape_control_characters(fitting(text))
        text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f'<t xml:space="preserve">{text}</t>' if text[:1].isspace() or text[-1:].isspace() else f"<t>{text}</t>"


def fitting(text: str) -> str:
    """The text as far as a cell can hold it, without half a character in it."""
    whole = text.encode("utf-8", "replace").decode("utf-8")
    return whole if len(whole.encode("utf-16-le")) // 2 <= _LONGEST_TEXT else whole[: _LONGEST_TEXT // 2 - 1] + "…"


def attribute(text: str) -> str:
    """The text as it may stand in an attribute."""
    return text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;").replace(">", "&gt;")
