"""One sheet of the summary workbook, laid out from its columns: title, headings, rows, links, page set-up."""

from collections.abc import Mapping, Sequence
from typing import Any

from perfeval_xl.findings import Cell
from perfeval_xl.write.summary.formats import KINDS, Formats, wraps
from perfeval_xl.write.summary.pattern import SPECIAL, Column, Formula, Value, height_of, lines_of, look_of
from perfeval_xl.write.summary.rows import NOTHING, Rows
from perfeval_xl.write.summary.streamed import MadeRows, StreamedBook, fitting

__all__ = ["Column", "Formula", "Page", "Value"]

#: Where the table begins under title, line and headings.
FIRST_ROW = 3
_A4 = 9


class Page:
    """One sheet: title, a line with unit and year, lines above the table, the table, what follows it."""

    def __init__(
        self, book: StreamedBook, formats: Formats, name: str, columns: Sequence[Column], input_prefix: str = ""
    ) -> None:
        self.sheet: Any = book.add_worksheet(name)
        self.formats = formats
        self.columns = columns
        self.rows = Rows(columns, formats.number, input_prefix)
        self.sheet.rows_of = self.rows.made
        self.heading_row = 0
        self._note = ""
        self._filtered = False
        for at, column in enumerate(columns):
            self.sheet.set_column(at, at, column.width)

    @property
    def next_row(self) -> int:
        """Where the next row goes, zero-based."""
        return self.rows.next_row

    @next_row.setter
    def next_row(self, row: int) -> None:
        self.rows.next_row = row

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

    def row(
        self,
        values: Sequence[Value],
        styles: Mapping[int, str] = NOTHING,
        overall: str = "",
        level: int = 0,
        links: Mapping[int, Cell | str] = NOTHING,
        streamed: bool = True,
    ) -> None:
        """One row of the table: a style, or another kind of value, for some columns, a style for all, an outline level.

        ``links``: texts that open an input cell, or a file below the results. Rows that have neighbours beside the
        table, that a chart shows, or that follow the filter are not ``streamed``, and hold no links.
        """
        if self.rows.full or (streamed and not self._filtered):
            self.rows.add(values, look_of(styles, overall, level), links)
        else:
            self._put_row(values, styles, overall, level)
            self.next_row += 1

    def take(self, made: MadeRows) -> None:
        """The rows of the table, made somewhere else from :data:`FIRST_ROW` on."""
        self.sheet.rows_of = lambda: made
        self.next_row = made.next_row
        self.rows.say_full(made.left_out)

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

    def filter_rows(self) -> None:
        """A filter over the rows so far, and a word about those that no sheet can hold."""
        self._filtered = True
        self.sheet.autofilter(self.heading_row, 0, max(self.next_row - 1, self.heading_row + 1), self.last_column)
        if self.rows.left_out:
            said = f"工作表已满：{self.rows.left_out}"
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
