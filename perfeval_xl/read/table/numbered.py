"""Groups that a table numbers: 一 with the sum, 1, 2, 3 below it. The sum is no detail, and its name is what they belong to."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise

from perfeval_xl.lazy_pattern import lazy_pattern
from perfeval_xl.read.table.headings import Headings
from perfeval_xl.read.table.rows import Line, Rows
from perfeval_xl.read.table.values import Cell, number_of, text_of
from perfeval_xl.record import replace
from perfeval_xl.text import match_key

#: The column of what a row is told from elsewhere: no cell of the sheet, and the last of the row's.
BEHIND = -1
_OF_GROUP = lazy_pattern(r"\(?[一二三四五六七八九十]{1,3}\)?[、.]?")
_OF_MEMBER = lazy_pattern(r"\(?\d{1,4}\)?[、.]?")
#: Without one of these no row is a group's.
_NUMERALS = frozenset("一二三四五六七八九十")


def by_groups(rows: Rows, headings: Headings, amounts: Sequence[int]) -> tuple[Rows, dict[str, int]]:
    """The rows with the sums of groups among the totals, and the name of its group behind the cells of each other row; and
    the field that stands there.

    As they are, and no field, where the table has a column of level-1 projects, or no such groups. ``amounts`` are
    zero-based columns.
    """
    columns = headings.columns
    if headings.role.name != "execution" or "name" not in columns or "level1_project" in columns or rows.unclear:
        return rows, {}
    serials = [column for column in range(columns["name"]) if column not in columns.values()]
    starts = _group_rows(rows.body, serials, amounts)
    if not starts:
        return rows, {}
    body: list[Line] = []
    for start, end in pairwise([*starts, len(rows.body)]):
        name = text_of(rows.body[start][1][columns["name"]])
        body += [(row, [*line, name]) for row, line in rows.body[start + 1 : end]]
    totals = [(row, [*line, ""]) for row, line in (*rows.totals, *(rows.body[start] for start in starts))]
    return replace(rows, body=body, totals=sorted(totals, key=lambda total: total[0])), {"level1_project": BEHIND}


def _group_rows(body: Sequence[Line], serials: Sequence[int], amounts: Sequence[int]) -> list[int]:
    """The positions of the rows that are sums of those that follow; nothing where not every row is in such a group, or
    none of them adds up: then the numbers may mean something else. A sum that differs is for the check of totals."""
    if not body or not serials or not _is_group(_number(body[0][1], serials)):
        return []
    numbers = [_number(line, serials) for _, line in body]
    starts = [at for at, number in enumerate(numbers) if _is_group(number)]
    groups = [range(start, end) for start, end in pairwise([*starts, len(body)])]
    numbered = all(len(own) > 1 and _OF_MEMBER.fullmatch(numbers[own[1]]) for own in groups)
    return starts if numbered and any(_adds_up([body[at][1] for at in own], amounts) for own in groups) else []


def _number(line: Sequence[Cell], serials: Sequence[int]) -> str:
    return next((match_key(text) for column in serials if (text := text_of(line[column]))), "")


def _is_group(number: str) -> bool:
    return not _NUMERALS.isdisjoint(number) and _OF_GROUP.fullmatch(number) is not None


def _adds_up(lines: Sequence[Sequence[Cell]], amounts: Sequence[int]) -> bool:
    """Whether every amount of the first row is the sum of the others', one of them more than nothing; a blank is nothing."""
    stated = False
    for column in amounts:
        numbers = [number for line in lines if not isinstance(number := number_of(line[column]) or Decimal(0), str)]
        if len(numbers) < len(lines) or 2 * numbers[0] != sum(numbers, Decimal(0)):
            return False
        stated = stated or bool(numbers[0])
    return stated
