"""One sheet of the summary workbook, laid out from its columns: title, headings, rows, links, page set-up."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from xlsxwriter.utility import xl_col_to_name

from perfeval_xl.findings import Cell
from perfeval_xl.write.summary.formats import KINDS, Formats, wraps
from perfeval_xl.write.summary.pattern import SPECIAL, Column, Formula, Look, Pattern, Value, height_of, lines_of
from perfeval_xl.write.summary.places import file_target, link_target
from perfeval_xl.write.summary.streamed import StreamedBook, fitting

__all__ = ["LAST_ROW", "Column", "Formula", "Page", "Value"]

#: Excel's limits, with a few rows kept for totals: rows of a sheet, links of a sheet.
LAST_ROW = 1_048_570
_MOST_LINKS = 65_000
_A4 = 9
_NOTHING: Mapping[int, Any] = MappingProxyType({})


class Page:
    """One sheet: title, a line with unit and year, lines above the table, the table, what follows it.

    ``next_row`` (zero-based) is where the next row goes.
    """

    def __init__(
        self, book: StreamedBook, formats: Formats, name: str, columns: Sequence[Column], input_prefix: str
    ) -> None:
        self.sheet: Any = book.add_worksheet(name)
        self.formats = formats
        self.columns = columns
        self.next_row = self.heading_row = 0
        self._prefix = input_prefix
        self._links = self._more = 0
        self._left_out = self._note = ""
        self._filtered = False
        self._numbers: dict[tuple[str, ...], int] = {}
        self._letters = [xl_col_to_name(at) for at in range(len(columns))]
        self._patterns: dict[tuple[Any, ...], Pattern] = {}
        self._cells: dict[tuple[int | str, ...], Any] = {}
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
        self.next_row = 1
        self.note(line)

    def note(self, line: str) -> None:
        """A line above the table."""
        self._note = line
        self.put(self.next_row, 0, line, "text", "line")
        self.next_row += 1

    def headings(self, freeze: int = 0) -> None:
        """The table's heading; it and the first ``freeze`` columns stay in sight, and on every printed page."""
        self.heading_row = self.next_row
        self.sheet.set_row(self.heading_row, 30)
        for at, column in enumerate(self.columns):
            self.put(self.heading_row, at, column.heading, "word", "heading")
        self.sheet.freeze_panes(self.heading_row + 1, freeze)
        self.sheet.repeat_rows(self.heading_row)
        self.next_row += 1

    @property
    def full(self) -> bool:
        """Whether no further row goes onto the sheet; what is added is only counted."""
        return self.next_row >= LAST_ROW

    def row(
        self,
        values: Sequence[Value],
        styles: Mapping[int, str] = _NOTHING,
        overall: str = "",
        level: int = 0,
        links: Mapping[int, Cell | str] = _NOTHING,
        streamed: bool = True,
    ) -> None:
        """One row of the table: a style, or another kind of value, for some columns, a style for all, an outline level.

        ``links``: texts that open an input cell, or a file below the results. Rows that have neighbours beside the
        table, that a chart shows, or that follow the filter are not ``streamed``, and hold no links.
        """
        if self.full:
            self._more += 1
            self.say_full(f"另有 {self._more} 行没有列出。")
            return
        if streamed and not self._filtered:
            linked = tuple([at for at in links if values[at] and self._put_link(at, links[at])]) if links else ()
            look = overall, tuple(styles.items()), linked, level
            pattern = self._patterns.get(look) or self._pattern(Look(*look))
            self.sheet.add_row(self.next_row, pattern.row(self.next_row + 1, values))
        else:
            self._put_row(values, styles, overall, level)
        self.next_row += 1

    @property
    def takes_links(self) -> bool:
        """Whether Excel would take a further link on this sheet."""
        return self._links < _MOST_LINKS

    def _put_row(self, values: Sequence[Value], styles: Mapping[int, str], overall: str, level: int) -> None:
        for at, (column, value) in enumerate(zip(self.columns, values, strict=True)):
            laid = [style for style in (overall, styles.get(at, "")) if style]
            self.put(self.next_row, at, column.unknown if value is None else value, column.kind, *laid)
        lines = max(lines_of(column.width, value) for column, value in zip(self.columns, values, strict=True))
        height = height_of(lines) if wraps(overall) else None
        if height or level:
            self.sheet.set_row(self.next_row, height, None, {"level": level})

    def put(self, row: int, column: int, value: Value, kind: str, *styles: str) -> None:
        """Writes one cell outside the streamed rows; a text is written as text, whatever it begins with."""
        if isinstance(value, Formula):
            self.sheet.write_formula(
                row, column, value.text, self.formats.get(kind, *styles), value.stored / KINDS[kind][0]
            )
        elif isinstance(value, int):
            self.sheet.write_number(row, column, value / KINDS[kind][0], self.formats.get(kind, *styles))
        elif value:
            special = [SPECIAL[value]] if value in SPECIAL else []
            self.sheet.write_string(row, column, fitting(value), self.formats.get(kind, *styles, *special))
        else:
            self.sheet.write_blank(row, column, None, self.formats.get(kind, *styles))

    def _format(self, kind: str, *styles: str) -> int:
        """The number of a format in the workbook."""
        number = self._numbers.get((kind, *styles))
        if number is None:
            made = self.formats.get(kind, *(style for style in styles if style))
            number = self._numbers[kind, *styles] = made._get_xf_index()
        return number

    def _pattern(self, look: Look) -> Pattern:
        for column in self.columns:
            self._format(column.kind, look.overall)
        self.sheet.note_rows(self.last_column, look.level)
        made = self._patterns[look] = Pattern(self.columns, look, self._format, self._cells)
        return made

    def _put_link(self, column: int, place: Cell | str) -> bool:
        """Makes the next row's cell a link; not where there is nothing to open, or Excel would take no more of them."""
        if not self.takes_links:
            return False
        target, location = (file_target(place), "") if isinstance(place, str) else link_target(place, self._prefix)
        if not target:
            return False
        self._links += 1
        self.sheet.add_link(f"{self._letters[column]}{self.next_row + 1}", target, location)
        return True

    def say_full(self, words: str) -> None:
        """Says on top and under the table that the sheet is full, and what is therefore not on it."""
        self._left_out = words

    def filter_rows(self) -> None:
        """A filter over the rows so far, and a word about those that no sheet can hold."""
        self._filtered = True
        self.sheet.autofilter(self.heading_row, 0, max(self.next_row - 1, self.heading_row + 1), self.last_column)
        if self._left_out:
            said = f"工作表已满：{self._left_out}"
            self.put(self.next_row, 0, said, "text", "line", "error")
            self.put(self.heading_row - 1, 0, f"{self._note}　　{said}", "text", "line", "error")
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
