"""The rows of a long table, made as XML from above to below by whatever process, and the links in them."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from xlsxwriter.utility import xl_col_to_name

from perfeval_xl.findings import Cell
from perfeval_xl.write.summary.formats import FormatNumber
from perfeval_xl.write.summary.packed import Packer
from perfeval_xl.write.summary.pattern import PLAIN, Column, Look, Pattern, Value
from perfeval_xl.write.summary.places import file_target, link_target
from perfeval_xl.write.summary.streamed import MadeRows, attribute

#: Excel's limits, with a few rows kept for totals: rows of a sheet, links of a sheet.
LAST_ROW = 1_048_570
_MOST_LINKS = 65_000
#: So many rows are made together.
_AT_ONCE = 1024
NOTHING: Mapping[int, Any] = MappingProxyType({})


class Rows:
    """The rows in the making. ``next_row`` (zero-based) is where the next one goes, ``left_out`` what is lacking.

    ``number`` gives the numbers of formats in the workbook, ``input_prefix`` leads from it to the inputs.
    """

    def __init__(self, columns: Sequence[Column], number: FormatNumber, input_prefix: str, next_row: int = 0) -> None:
        self.next_row = next_row
        self._columns, self._number, self._prefix = columns, number, input_prefix
        self._letters = [xl_col_to_name(at) for at in range(len(columns))]
        self._patterns: dict[Look, Pattern] = {}
        self._waiting: dict[Look, tuple[list[int], list[Sequence[Value]]]] = {}
        self._packer = Packer()
        self._first, self._level = -1, 0
        self.left_out = ""
        self._more = 0
        self._links: list[str] = []
        self._targets: dict[str, int] = {}

    def add(self, values: Sequence[Value], look: Look = PLAIN, links: Mapping[int, Cell | str] = NOTHING) -> None:
        """One row. On a full sheet rows are only counted.

        ``links``: texts that open an input cell, or a file below the results; they look like links.
        """
        if self.full:
            self._more += 1
            self.say_full(f"另有 {self._more} 行没有列出。")
            return
        if links:
            linked = tuple([at for at in links if values[at] and self._put_link(at, links[at])])
            look = look._replace(linked=linked)
        if self._first < 0:
            self._first = self.next_row
        self.next_row += 1
        numbers, rows = self._waiting.get(look) or self._waiting.setdefault(look, ([], []))
        numbers.append(self.next_row)
        rows.append(values)
        if self.next_row % _AT_ONCE == 0:
            self._make()

    @property
    def full(self) -> bool:
        """Whether no further row goes onto the sheet."""
        return self.next_row >= LAST_ROW

    @property
    def takes_links(self) -> bool:
        """Whether Excel would take a further link on this sheet."""
        return len(self._links) < _MOST_LINKS

    def say_full(self, words: str) -> None:
        """What is therefore not on a sheet that is full."""
        self.left_out = words

    def made(self) -> MadeRows:
        """All of them; none can follow."""
        self._make()
        return MadeRows(
            xml=self._packer.close(),
            first=self._first,
            next_row=self.next_row,
            last_column=len(self._columns) - 1,
            level=self._level,
            left_out=self.left_out,
            links=self._links,
            targets=list(self._targets),
        )

    def _make(self) -> None:
        """The rows that wait, those of one look together, then all in their order."""
        made: dict[int, str] = {}
        for look, (numbers, rows) in self._waiting.items():
            made.update(zip(numbers, self._pattern(look).rows(numbers, rows), strict=True))
        self._packer.add("".join([made[number] for number in sorted(made)]).encode())
        self._waiting = {}

    def _pattern(self, look: Look) -> Pattern:
        if look not in self._patterns:
            self._level = max(self._level, look.level)
            self._patterns[look] = Pattern(self._columns, look, self._number)
        return self._patterns[look]

    def _put_link(self, column: int, place: Cell | str) -> bool:
        """Makes the next row's cell a link; not where there is nothing to open, or Excel would take no more of them."""
        if not self.takes_links:
            return False
        target, location = (file_target(place), "") if isinstance(place, str) else link_target(place, self._prefix)
        if not target:
            return False
        number = self._targets.get(target) or self._targets.setdefault(target, len(self._targets) + 1)
        spot = f' location="{attribute(location)}"' if location else ""
        self._links.append(f'<hyperlink ref="{self._letters[column]}{self.next_row + 1}" r:id="rId{number}"{spot}/>')
        return True
