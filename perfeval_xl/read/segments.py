"""Several tables under each other on one sheet: each is cut out with its title, at its own addresses."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from perfeval_xl.read.headings import Merge, find_headings
from perfeval_xl.read.roles import Role
from perfeval_xl.read.safety import refused
from perfeval_xl.read.values import Cell

#: Rows of a sheet that look like headings, each of which takes milliseconds: one on every page of 80,000 rows.
MAX_HEADINGS = 2_000


def segments(cells: list[list[Cell]], merges: Sequence[Merge], roles: Sequence[Role]) -> Iterator[list[list[Cell]]]:
    """The sheet once for each table on it, with the rows of the others left empty."""
    starts = [0, *_further_starts(cells, merges, roles), len(cells)]
    if len(starts) == 2:
        yield cells
        return
    for start, end in pairwise(starts):
        yield [*([] for _ in range(start)), *cells[start:end]]


def _further_starts(cells: list[list[Cell]], merges: Sequence[Merge], roles: Sequence[Role]) -> list[int]:
    """Where the tables after the first begin: at a complete heading, or at the title above it."""
    known = {word for role in roles for word in role.meanings}
    starts: list[int] = []
    last, above, tried = -1, None, 0
    for at, row in enumerate(cells):
        if at <= last or any(type(cell) is float or (type(cell) is str and cell[:1].isdigit()) for cell in row):
            continue
        if sum(isinstance(cell, str) and _bare(cell) in known for cell in row) < 2:
            continue
        tried += 1
        if tried > MAX_HEADINGS:
            raise refused(f"像表头的行太多（一张工作表超过 {MAX_HEADINGS:,} 行）")
        headings = find_headings([*([] for _ in range(at)), *cells[at : at + 3]], merges, roles)
        if headings is None or headings.first != at or headings.missing:
            continue
        if above is None or headings.seen != above:  # else the heading is printed again on another page
            starts.append(_title_above(cells, at, last))
        last, above = headings.last, headings.seen
    alone = not starts or find_headings(cells[: starts[0]], merges, roles) is None
    return starts[1:] if alone else starts


def _bare(heading: str) -> str:
    """A heading without its spaces and what is in brackets: enough to know one by, and cheap."""
    return "".join(heading.replace("（", "(").partition("(")[0].split())


def _title_above(cells: list[list[Cell]], at: int, last: int) -> int:
    """The first of the title rows above a heading: texts in one or two cells, up to a blank row or to data."""
    while at - 1 > last + 1:
        filled = [cell for cell in cells[at - 1] if cell not in ("", None)]
        if not filled or len(filled) > 2 or not all(isinstance(cell, str) for cell in filled):
            break
        at -= 1
    return at
