"""One sheet of the summary workbook, laid out from its columns: title, headings, rows, links, page set-up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

from xlsxwriter.utility import xl_col_to_name

from perfeval_xl.findings import Cell
from perfeval_xl.write.summary.formats import KINDS, NONE, UNKNOWN, Formats, wraps
from perfeval_xl.write.summary.places import file_target, link_target
from perfeval_xl.write.summary.streamed import StreamedBook, attribute, fitting, text_element

#: Excel's limits, with a few rows kept for totals: rows of a sheet, links of a sheet, height of a row.
LAST_ROW = 1_048_570
_MOST_LINKS = 65_000
_TALLEST = 409
_LINE_POINTS = 13.5
_A4 = 9
#: How what is not known, and what is not there, is shown.
_SPECIAL = {UNKNOWN: "missing", NONE: "center"}


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


class _Look:
    """What stands before a plain cell's row number and behind it, with a text and without; the text that fits on a line."""

    __slots__ = ("blank", "opened", "room", "text", "width")

    def __init__(self, opened: str, text: str, blank: str, width: float) -> None:
        self.opened, self.text, self.blank = opened, text, blank
        self.width, self.room = width, (width - 1) / 2


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
        self._looks: dict[str, list[_Look]] = {}
        self._letters = [xl_col_to_name(at) for at in range(len(columns))]
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
        styles: Mapping[int, str] | None = None,
        overall: str = "",
        level: int = 0,
        streamed: bool = True,
    ) -> None:
        """One row of the table: a style for some of its columns, one for all of them, an outline level.

        Rows that have neighbours beside the table, that a chart shows, or that follow the filter are not ``streamed``.
        """
        if self.full:
            self._more += 1
            self.say_full(f"另有 {self._more} 行没有列出。")
            return
        if streamed and not self._filtered:
            self._stream(values, styles or {}, overall, level)
        else:
            self._put_row(values, styles or {}, overall, level)
        self.next_row += 1

    def _stream(self, values: Sequence[Value], styles: Mapping[int, str], overall: str, level: int) -> None:
        """A row of many. Plain texts, which most cells hold, go the short way."""
        row = str(self.next_row + 1)
        looks = self._looks.get(overall) or self._looks_of(overall)
        cells, lines = [], 1
        for at, value in enumerate(values):
            look = looks[at]
            if type(value) is str and value not in _SPECIAL and at not in styles:
                if not value:
                    cells.append(f"{look.opened}{row}{look.blank}")
                    continue
                cells.append(f"{look.opened}{row}{look.text}{text_element(value)}</is></c>")
                if len(value) > look.room or "\n" in value:
                    lines = max(lines, _lines(look.width, value))
            else:
                cells.append(self._cell(row, at, value, overall, styles.get(at, "")))
                if type(value) in (Link, As, str):
                    lines = max(lines, _lines(look.width, value))
        self.sheet.add_row(self.next_row, "".join(cells), self.last_column, _height(lines, overall), level)

    def _put_row(self, values: Sequence[Value], styles: Mapping[int, str], overall: str, level: int) -> None:
        for at, (column, value) in enumerate(zip(self.columns, values, strict=True)):
            laid = [style for style in (overall, styles.get(at, "")) if style]
            self.put(self.next_row, at, column.unknown if value is None else value, column.kind, *laid)
        height = _height(
            max(_lines(column.width, value) for column, value in zip(self.columns, values, strict=True)), overall
        )
        if height or level:
            self.sheet.set_row(self.next_row, height, None, {"level": level})

    def put(self, row: int, column: int, value: Value, kind: str, *styles: str) -> None:
        """Writes one cell outside the streamed rows; a text is written as text, whatever it begins with."""
        assert not isinstance(value, Link | As), "only streamed rows hold links and values of other kinds"
        if isinstance(value, Formula):
            self.sheet.write_formula(
                row, column, value.text, self.formats.get(kind, *styles), value.stored / KINDS[kind][0]
            )
        elif isinstance(value, int):
            self.sheet.write_number(row, column, value / KINDS[kind][0], self.formats.get(kind, *styles))
        elif value:
            special = [_SPECIAL[value]] if value in _SPECIAL else []
            self.sheet.write_string(row, column, fitting(value), self.formats.get(kind, *styles, *special))
        else:
            self.sheet.write_blank(row, column, None, self.formats.get(kind, *styles))

    def _cell(self, row: str, at: int, value: Value, overall: str, style: str) -> str:
        """One cell of a streamed row."""
        kind, special = self.columns[at].kind, ""
        address = self._letters[at] + row
        if value is None:
            value = self.columns[at].unknown
        elif type(value) is As:
            kind, value = value.kind, UNKNOWN if value.value is None else value.value
        elif type(value) is Link:
            linked = self._put_link(address, value)
            value, special = value.text, "link" if linked else ""
        if type(value) is str:
            opened = f'<c r="{address}" s="{self._format(kind, overall, style, special or _SPECIAL.get(value, ""))}"'
            return f'{opened} t="inlineStr"><is>{text_element(value)}</is></c>' if value else f"{opened}/>"
        opened = f'<c r="{address}" s="{self._format(kind, overall, style, "")}">'
        if isinstance(value, Formula):
            formula, stored = attribute(value.text.removeprefix("=")), value.stored / KINDS[kind][0]
            return f"{opened}<f>{formula}</f><v>{stored}</v></c>"
        assert isinstance(value, int)
        whole, rest = divmod(value, KINDS[kind][0])
        return f"{opened}<v>{value / KINDS[kind][0] if rest else whole}</v></c>"

    def _format(self, kind: str, *styles: str) -> int:
        """The number of a format in the workbook."""
        number = self._numbers.get((kind, *styles))
        if number is None:
            made = self.formats.get(kind, *(style for style in styles if style))
            number = self._numbers[kind, *styles] = made._get_xf_index()
        return number

    def _looks_of(self, overall: str) -> list["_Look"]:
        """How plain texts are written in the columns of a row of this style."""
        looks = self._looks[overall] = []
        for column, letter in zip(self.columns, self._letters, strict=True):
            style = f'" s="{self._format(column.kind, overall, "", "")}"'
            looks.append(_Look(f'<c r="{letter}', f'{style} t="inlineStr"><is>', f"{style}/>", column.width))
        return looks

    def _put_link(self, address: str, link: Link) -> bool:
        """Makes the cell a link; not where there is nothing to open, or Excel would take no more of them."""
        if not link.text or self._links >= _MOST_LINKS:
            return False
        target, location = link_target(link.cell, self._prefix) if link.cell else (file_target(link.file), "")
        if not target:
            return False
        self._links += 1
        self.sheet.add_link(address, target, location)
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


def _lines(width: float, value: Value) -> int:
    """How many lines a text takes in its column: a Chinese character is two wide, as in GBK."""
    text = value.text if type(value) is Link else value.value if type(value) is As else value
    if type(text) is not str or (2 * len(text) < width and "\n" not in text):
        return 1
    if "\n" not in text:
        return ceil(len(text.encode("gbk", "replace")) / (width - 0.5)) or 1
    return sum(max(1, ceil(len(line.encode("gbk", "replace")) / (width - 0.5))) for line in text.splitlines())


def _height(lines: int, overall: str) -> float | None:
    """The height of a row that takes several lines."""
    return min(_LINE_POINTS * lines + 3, _TALLEST) if lines > 1 and wraps(overall) else None
