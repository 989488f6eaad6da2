"""Several tables under each other on one sheet: each is cut out with its title, at its own addresses."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from perfeval_xl.lazy_pattern import lazy_pattern
from perfeval_xl.read.table.footers import is_date, is_note
from perfeval_xl.read.table.headings import Merge, find_headings
from perfeval_xl.read.table.preamble import issuer_above, issuer_of, named_above
from perfeval_xl.read.table.roles import Role
from perfeval_xl.read.table.rows import is_total
from perfeval_xl.read.table.values import Cell, number_of, text_of
from perfeval_xl.read.workbook.safety import refused
from perfeval_xl.record import Record, Struct, replace

_PAGE = lazy_pattern(r"(?:第?\d+页?[/,共]*){1,2}\d*页|[-\s]*\d+[-\s]*")
#: What no number is written with.
_WORD = lazy_pattern(r"[^\d\s,.，．０-９%％￥¥()（）+\-—－–]")

_YEAR = lazy_pattern(r"20\d\d")
#: 编制单位：X, and the same with X in the next cell.
_LABEL, _LABEL_ALONE = lazy_pattern(r"[^\d\W]{2,8}\s*[:：]"), lazy_pattern(r"[^\d\W]{2,8}\s*[:：]\s*")

#: Rows of a sheet that look like headings, each of which takes milliseconds: one on every page of 80,000 rows.
MAX_HEADINGS = 2_000
#: The same of all sheets of a workbook together.
MAX_HEADINGS_IN_ALL = 5_000


class Tried(Struct):
    """How many rows of a workbook looked like headings so far."""

    in_all: int = 0

    def add(self, on_sheet: int) -> None:
        """One more, which makes so many on its sheet. Raises R103 where there are more than in anybody's tables."""
        self.in_all += 1
        if on_sheet > MAX_HEADINGS:
            raise refused(f"像表头的行太多（一张工作表超过 {MAX_HEADINGS:,} 行）")
        if self.in_all > MAX_HEADINGS_IN_ALL:
            raise refused(f"像表头的行太多（一个工作簿超过 {MAX_HEADINGS_IN_ALL:,} 行）")


class Segment(Record):
    """A sheet with the rows of all tables but one left empty; ``goes_on``: it has the headings of the one before."""

    cells: list[list[Cell]]
    goes_on: bool = False


class _Start(Record):
    """A heading with its title above it, all as zero-based rows, what its columns are called, and whom the title names."""

    title: int
    first: int
    last: int
    seen: Mapping[int, str]
    issuer: str
    project: str


def segments(
    cells: list[list[Cell]], merges: Sequence[Merge], roles: Sequence[Role], tried: Tried | None = None
) -> Iterator[Segment]:
    """The sheet once for each table on it; ``tried`` is kept for all sheets of a workbook."""
    starts = _starts(cells, merges, roles, tried or Tried())
    rows: list[int] = [start.title for start in starts]
    seen: list[Mapping[int, str]] = [start.seen for start in starts]
    if rows and rows[0] and find_headings(cells[: rows[0]], merges, roles) is not None:
        rows, seen = [0, *rows], [{}, *seen]
    if len(rows) < 2:
        yield Segment(cells)
        return
    for at, (start, end) in enumerate(pairwise([0, *rows[1:], len(cells)])):
        yield Segment([*([] for _ in range(start)), *cells[start:end]], at > 0 and seen[at] == seen[at - 1])


def _starts(cells: list[list[Cell]], merges: Sequence[Merge], roles: Sequence[Role], tried: Tried) -> list[_Start]:
    """Where tables begin: at a complete heading that is not the one before, printed again on another page."""
    known = {word for role in roles for word in role.meanings}
    found: list[_Start] = []
    last, on_sheet = -1, 0
    for at, row in enumerate(cells):
        if at <= last or float in map(type, row) or any(type(cell) is str and cell[:1].isdigit() for cell in row):
            continue
        if sum(isinstance(cell, str) and _bare(cell) in known for cell in row) < 2:
            continue
        on_sheet += 1
        tried.add(on_sheet)
        headings = find_headings([*([] for _ in range(at)), *cells[at : at + 3]], merges, roles)
        if headings is None or headings.first != at:
            continue
        title = _title_above(cells, at, last)
        named = dict(named_above(cells[title:at], headings))
        if all(heading in map(headings.role.headings.get, named) for heading in headings.missing):
            issuer = issuer_above(cells[title if found else 0 : at])
            found.append(_Start(title, at, headings.last, headings.seen, issuer, named.get("project", "")))
            last = headings.last
    starts = found[:1]
    above = set[tuple[str, ...]]()
    ends = [*(each.title for each in found[1:]), len(cells)]
    for (one, other), (middle, end) in zip(pairwise(found), pairwise(ends), strict=True):
        above.update(_names_in(cells[one.last + 1 : middle]))
        own = _names_in(cells[other.last + 1 : end])
        if one.seen != other.seen or (own and above >= own) or _has_new_title(cells, starts[-1], other):
            starts.append(replace(other, issuer=other.issuer or starts[-1].issuer))
            above.clear()
    return starts


def _bare(heading: str) -> str:
    """A heading without its spaces and what is in brackets: enough to know one by, and cheap."""
    return "".join(heading.replace("（", "(").partition("(")[0].split())


def _has_new_title(cells: list[list[Cell]], before: _Start, again: _Start) -> bool:
    """Whether something stands above a heading that did not stand above it before, page numbers, dates and notes aside.

    Another 编制单位 or 项目名称 is another table, though it has stood further up; so is another year.
    """
    if (again.issuer and again.issuer != before.issuer) or (again.project and again.project != before.project):
        return True
    old = {text for row in cells[: before.first] for text in _texts(row)}
    years = {year for text in old for year in _YEAR.findall(text)}
    new = [text for row in cells[again.title : again.first] for text in _texts(row) if text not in old]
    return not all(
        _PAGE.fullmatch("".join(text.split()))
        or is_note(text)
        or issuer_of(text)
        or (is_date(text) and text[:4] in years)
        for text in new
    )


def _texts(row: Sequence[Cell]) -> list[str]:
    return [text for cell in row if isinstance(cell, str) and (text := cell.strip())]


def _names_in(rows: Sequence[Sequence[Cell]]) -> set[tuple[str, ...]]:
    return {names for row in rows if (names := _names(row))}


def _names(row: Sequence[Cell]) -> tuple[str, ...]:
    """The words of a row of data; none of a total's, or a note's."""
    words = tuple(text for text in _texts(row) if _WORD.search(text))
    return () if any(is_total(word) for word in words) or is_note("".join(words[:1])) else words


def _title_above(cells: list[list[Cell]], at: int, last: int) -> int:
    """The first of the title rows above a heading: words, up to a blank row or to data."""
    while at - 1 > last + 1 and _is_title(cells[at - 1]):
        at -= 1
    return at


def _is_title(row: Sequence[Cell]) -> bool:
    """Whether a row is one of a title: texts in one or two cells, or labels with what they say, and dates, in more."""
    filled = [cell for cell in row if cell not in ("", None)]
    if not all(isinstance(cell, dt.date) or (isinstance(cell, str) and _is_words(cell)) for cell in filled):
        return False
    texts = [text_of(cell) for cell in filled]
    return 0 < len(texts) < 3 or (
        bool(texts)
        and all(
            _LABEL.match(text) or is_date(text) or _LABEL_ALONE.fullmatch(before)
            for before, text in zip(["", *texts], texts, strict=False)
        )
    )


def _is_words(text: str) -> bool:
    return isinstance(number_of(text), str) and not is_total(text)
