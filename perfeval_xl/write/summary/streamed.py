"""A workbook whose long tables come as XML that is ready, row by row: what XlsxWriter spends on each cell is saved.

Head and foot of a sheet, styles, columns and page set-up stay XlsxWriter's. The rows are compressed as they come and put between
the two when the workbook is closed, so that of all rows only some are ever in memory as they are. Texts stand in the cells themselves,
and links to one workbook share a relation.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from functools import cache
from io import BytesIO
from typing import Self

import xlsxwriter
from xlsxwriter.url import Url
from xlsxwriter.worksheet import Worksheet

from perfeval_xl.lazy_pattern import lazy_pattern
from perfeval_xl.record import Record
from perfeval_xl.write.summary.packed import Packed, long_part, packed
from perfeval_xl.write.template.package import Part, package_pieces, read_parts

#: Stands in XlsxWriter's XML where the rows belong; no XML holds it.
_HERE = "\0"
#: What XML or Excel may not take as it stands (``_``: ``_x0001_`` is a control character).
_UNSAFE = lazy_pattern("[\x00-\x08\x0b-\x1f&<>_\ud800-\udfff\ufffe\uffff]")
_LONGEST_TEXT = 32_767
_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}


class MadeRows(Record):
    """Rows of a sheet that are XML already, compressed, and the links in them.

    ``first`` is the place of the first row (zero-based, -1: there is none), ``next_row`` that behind the last one. They
    reach to ``last_column`` and are in the outline as deep as ``level``. ``left_out`` says what is therefore not on a
    full sheet. ``links`` are elements that name ``targets`` by their numbers. But for the numbers of formats nothing in
    them depends on the workbook.
    """

    xml: Packed
    first: int
    next_row: int
    last_column: int
    level: int
    left_out: str
    links: Sequence[str]
    targets: Sequence[str]


class StreamedSheet(Worksheet):  # type: ignore[misc]
    """A sheet with such rows: what XlsxWriter writes stands before the first or behind the last of them.

    ``rows_of`` gives them when the workbook is closed.
    """

    dim_rowmax: int
    dim_colmax: int
    outline_row_level: int

    def __init__(self) -> None:
        super().__init__()
        self.rows_of: Callable[[], MadeRows] | None = None
        self.made: MadeRows | None = None

    def _assemble_xml_file(self) -> None:
        made = self.made = self.rows_of() if self.rows_of else None
        if made and made.first >= 0:
            self._check_dimensions(made.first, 0)
            self.dim_rowmax = max(self.dim_rowmax or 0, made.next_row - 1)
            self.dim_colmax = max(self.dim_colmax or 0, made.last_column)
            self.outline_row_level = max(self.outline_row_level, made.level)
        super()._assemble_xml_file()

    def _write_rows(self) -> None:
        first = self.made.first if self.made else -1
        own = sorted({*self.table, *self.row_info})
        for row in (row for row in own if row < first or first < 0):
            self._write_own(row)
        self.fh.write(_HERE)
        for row in (row for row in own if 0 <= first < row):
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
        if not self.made or not self.made.targets:
            return
        self.fh.write(f"<hyperlinks>{''.join(self.made.links)}</hyperlinks>")
        self.rel_count = len(self.made.targets)
        self.external_hyper_links += [["/hyperlink", target, "External"] for target in self.made.targets]


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
        sheets = {f"xl/worksheets/sheet{sheet.index + 1}.xml": sheet for sheet in self.worksheets()}
        return package_pieces([_with_rows(part, sheets.get(part.name)) for part in read_parts(self._file)])


def _with_rows(part: Part, sheet: StreamedSheet | None) -> Part:
    """The sheet's part with its rows where they belong."""
    if sheet is None:
        return part
    above, below = part.content.split(_HERE.encode())
    rows = (sheet.made.xml,) if sheet.made else ()
    return long_part(part.name, [packed(above), *rows, packed(below, last=True)])


@cache
def relation_target(path: str) -> str:
    """A file's path (``/`` between folders, escaped) as the target of a link, with ``/`` as a URI has it.

    Excel, WPS and LibreOffice open it on every system; XlsxWriter turns them into ``\\``, which only Windows takes for a
    separator.
    """
    return str(Url(f"external:{path}")._target()).replace("\\", "/")


def text_elements(texts: Collection[str]) -> Iterable[str]:
    """Cells' texts, whatever they begin with: what stands in ``<is>``."""
    if texts and (max(map(len, texts)) > _LONGEST_TEXT // 2 or _UNSAFE.search("".join(texts))):
        texts = list(map(_escaped, texts))
    return [f"<t>{text}</t>" if text == text.strip() else f'<t xml:space="preserve">{text}</t>' for text in texts]


def _escaped(text: str) -> str:
    text = Worksheet._escape_control_characters(fitting(text))
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def fitting(text: str) -> str:
    """The text as far as a cell can hold it, without half a character in it."""
    whole = text.encode("utf-8", "replace").decode("utf-8")
    return whole if len(whole.encode("utf-16-le")) // 2 <= _LONGEST_TEXT else whole[: _LONGEST_TEXT // 2 - 1] + "…"


def attribute(text: str) -> str:
    """The text as it may stand in an attribute."""
    return text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;").replace(">", "&gt;")
