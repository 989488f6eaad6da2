"""One sheet of the summary workbook, laid out from its columns: title, headings, rows, links, page set-up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

import xlsxwriter

from perfeval_xl.findings import Cell
from perfeval_xl.write.summary.formats import KINDS, NONE, UNKNOWN, Formats
from perfeval_xl.write.summary.places import FileUrl, file_target, link_target

#: Excel's limits, with a few rows kept for totals: rows of a sheet, links of a sheet, characters of a cell, height.
_LAST_ROW = 1_048_570
_MOST_LINKS = 65_000
_LONGEST_TEXT = 32_767
_TALLEST = 409
_LINE_POINTS = 13.5
_A4 = 9


@dataclass(frozen=True, slots=True)
class Column:
    """One column: heading, width in characters, kind of its cells, and what stands for a value that is unknown."""

    heading: str
    width: float
    kind: str = "text"
    unknown: str = UNKNOWN


@dataclass(frozen=True, slots=True)
class Link:
    """A text that opens an input cell, or a file below the results; without either it is a plain text."""

    text: str
    cell: Cell | None = None
    file: str = ""


@dataclass(frozen=True, slots=True)
class Formula:
    """A live formula and the whole number that it comes to, in the unit of its column's kind."""

    text: str
    stored: int


@dataclass(frozen=True, slots=True)
class As:
    """A value in a column of mixed kinds."""

    kind: str
    value: int | str | None


Value = int | str | Link | Formula | As | None


class Page:
    """One sheet: title, a line with unit and year, lines above the table, the table, what follows it.

    ``next_row`` (zero-based) is where the next row goes.
    """

    def __init__(
        self, book: xlsxwriter.Workbook, formats: Formats, name: str, columns: Sequence[Column], input_prefix: str
    ) -> None:
        self.sheet: Any = book.add_worksheet(name)
        self.formats = formats
        self.columns = columns
        self.next_row = self.heading_row = 0
        self._prefix = input_prefix
        self._links = self._left_out = 0
        for at, column in enumerate(columns):
            self.sheet.set_column(at, at, column.width)

    @property
    def last_column(self) -> int:
        """The table's last column, zero-based."""
        return len(self.columns) - 1

    def title(self, text: str, line: str, merged: bool = False) -> None:
        """The title and the line under it; merged over the table where that fits on a screen."""
        self.sheet.set_row(0, 30)
        if merged:
            self.sheet.merge_range(0, 0, 0, self.last_column, "", self.formats.get("word", "title"))
        self.put(0, 0, text, "word" if merged else "text", "title")
        self.put(1, 0, line, "text", "line")
        self.next_row = 2

    def headings(self, freeze: int = 0) -> None:
        """The table's heading; it and the first ``freeze`` columns stay in sight, and on every printed page."""
        self.heading_row = self.next_row
        self.sheet.set_row(self.heading_row, 30)
        for at, column in enumerate(self.columns):
            self.put(self.heading_row, at, column.heading, "word", "heading")
        self.sheet.freeze_panes(self.heading_row + 1, freeze)
        self.sheet.repeat_rows(self.heading_row)
        self.next_row += 1

    def row(
        self, values: Sequence[Value], styles: Mapping[int, str] | None = None, overall: str = "", level: int = 0
    ) -> None:
        """One row of the table: a style for some of its columns, one for all of them, an outline level."""
        if self.next_row >= _LAST_ROW:
            self._left_out += 1
            return
        for at, (column, value) in enumerate(zip(self.columns, values, strict=True)):
            chosen = [style for style in (overall, (styles or {}).get(at, "")) if style]
            self.put(self.next_row, at, column.unknown if value is None else value, column.kind, *chosen)
        lines = max(_lines(column, value) for column, value in zip(self.columns, values, strict=True))
        height = min(_LINE_POINTS * lines + 3, _TALLEST) if lines > 1 else None
        if height or level:
            self.sheet.set_row(self.next_row, height, None, {"level": level})
        self.next_row += 1

    def put(self, row: int, column: int, value: Value, kind: str, *styles: str) -> None:
        """Writes one cell; a text is written as text, whatever it begins with."""
        if isinstance(value, As):
            kind, value = value.kind, UNKNOWN if value.value is None else value.value
        if isinstance(value, Formula):
            self.sheet.write_formula(
                row, column, value.text, self.formats.get(kind, *styles), value.stored / KINDS[kind][0]
            )
        elif isinstance(value, Link):
            self._put_link(row, column, value, kind, *styles)
        elif isinstance(value, int):
            self.sheet.write_number(row, column, value / KINDS[kind][0], self.formats.get(kind, *styles))
        elif value:
            special = {UNKNOWN: ("missing",), NONE: ("center",)}.get(value, ())
            self.sheet.write_string(row, column, _fitting(value), self.formats.get(kind, *styles, *special))
        else:
            self.sheet.write_blank(row, column, None, self.formats.get(kind, *styles))

    def _put_link(self, row: int, column: int, link: Link, kind: str, *styles: str) -> None:
        target = link_target(link.cell, self._prefix) if link.cell else file_target(link.file) if link.file else ""
        if not target or not link.text or self._links >= _MOST_LINKS:
            self.put(row, column, link.text, kind, *styles)
            return
        self._links += 1
        url = FileUrl(target)
        url.text = _fitting(link.text)
        self.sheet.write_url(row, column, url, self.formats.get(kind, *styles, "link"))

    def filter_rows(self) -> None:
        """A filter over the rows so far, and a word about those that no sheet can hold."""
        self.sheet.autofilter(self.heading_row, 0, max(self.next_row - 1, self.heading_row + 1), self.last_column)
        if self._left_out:
            self.put(self.next_row, 0, f"工作表已满，另有 {self._left_out} 行没有列出。", "text", "line", "error")
            self.next_row += 1

    def print_setup(self, *, landscape: bool, end_row: int | None = None) -> None:
        """A4, one page wide, numbered; the table's columns down to ``end_row``, else down to the last row written."""
        if landscape:
            self.sheet.set_landscape()
        self.sheet.set_paper(_A4)
        self.sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
        self.sheet.center_horizontally()
        self.sheet.fit_to_pages(1, 0)
        self.sheet.set_footer("&C第 &P 页，共 &N 页")
        self.sheet.print_area(0, 0, self.next_row - 1 if end_row is None else end_row, self.last_column)


def _lines(column: Column, value: Value) -> int:
    """How many lines a text takes in its column: a Chinese character is two wide, as in GBK."""
    text = value.text if isinstance(value, Link) else value.value if isinstance(value, As) else value
    if not isinstance(text, str) or isinstance(value, Formula) or (2 * len(text) < column.width and "\n" not in text):
        return 1
    return sum(max(1, ceil(len(line.encode("gbk", "replace")) / (column.width - 0.5))) for line in text.splitlines())


def _fitting(text: str) -> str:
    """The text as far as a cell can hold it, without half a character in it."""
    whole = text.encode("utf-8", "replace").decode("utf-8")
    return whole if len(whole.encode("utf-16-le")) // 2 <= _LONGEST_TEXT else whole[: _LONGEST_TEXT // 2 - 1] + "…"
