"""Filled-in 自评表, ours and other people's, read by their labels and not by cell addresses."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from perfeval_xl.lazy_pattern import lazy_pattern
from perfeval_xl.money import UNITS
from perfeval_xl.read.form.areas import Area, Areas
from perfeval_xl.read.form.blocks import Fields, IndicatorBlock, columns_of, read_goal, read_indicators
from perfeval_xl.read.form.funds import FundingRow, read_funding
from perfeval_xl.read.form.labels import bare, behind_colon, label_of, meaning, points_in
from perfeval_xl.read.table.roles import Role
from perfeval_xl.record import Record
from perfeval_xl.text import match_key

_TITLE = lazy_pattern(r"自评表(?:\(.*\))?$")
_AMOUNT_UNIT = lazy_pattern(r"[(:位](百万元|亿元|万元|千元|元)")
#: A form's title stands at most so many rows above its 项目名称.
_HEAD = 6
#: What is looked for below the indicators.
_FOOT = frozenset({"explanation", "measures", "deviation_reason", "problems", "stated_total", "stated_grade"})


class FilledForm(Record):
    """What one form says, every value with its place.

    ``texts``: what stands beside labels, by field; ``points``: the labels that state points (funding, goal,
    indicators); ``amount_unit``: the unit that the form declares, else 元; ``first``: its first row, zero-based.
    """

    areas: Areas
    first: int
    texts: Fields
    points: Fields
    amount_unit: str
    funding: Sequence[FundingRow]
    goal: Fields
    indicators: IndicatorBlock

    @property
    def labels(self) -> frozenset[str]:
        """The parts and columns that it has, to tell whose form it is like."""
        funding = (f"资金 {name}" for row in self.funding[:1] for name in row.fields)
        sources = (f"来源 {bare(row.source)}" for row in self.funding)
        columns = (f"指标 {name}" for name in self.indicators.columns)
        return frozenset([*funding, *sources, *columns, *(f"目标 {name}" for name in self.goal), *self.texts])


def find_forms(areas: Areas, role: Role) -> list[FilledForm]:
    """The forms of a sheet, under or beside each other; none where it holds no form. ``role`` is the indicators'."""
    return [form for part in _beside(areas) for form in _below(part, role)]


def _beside(areas: Areas) -> list[Areas]:
    """The sheet cut into its forms beside each other: where a row has several labels 项目名称."""
    names = (sorted(area.left for area in line if label_of(area) == "project") for line in areas.rows)
    lefts = next((found for found in names if len(found) > 1), [])
    cuts = [0, *lefts[1:], max((len(row) for row in areas.grid.cells), default=0)]
    return [areas.columns(left, right) for left, right in pairwise(cuts)] if lefts else [areas]


def _below(areas: Areas, role: Role) -> list[FilledForm]:
    starts = list(_starts(areas))
    ends = [start - 1 for start in [*starts[1:], len(areas.rows)]][: len(starts)]
    forms = (_read(areas, start, end, role) for start, end in zip(starts, ends, strict=True))
    return [form for form in forms if form is not None]


def _starts(areas: Areas) -> Iterator[int]:
    """Where each form begins: at its title above 项目名称, else at 项目名称 itself or the lines with other labels above."""
    before = -1
    for row, line in enumerate(areas.rows):
        if any(label_of(area) == "project" for area in line):
            head = range(max(before + 1, row - _HEAD), row)
            titled = [above for above in head if any(_TITLE.search(match_key(area.text)) for area in areas.rows[above])]
            yield (
                titled[-1] if titled else next((above for above in head if any(map(label_of, areas.rows[above]))), row)
            )
            before = row


def _read(areas: Areas, first: int, last: int, role: Role) -> FilledForm | None:
    heading = _indicator_heading(areas, first, last, role)
    if heading is None:
        return None
    funding = _row_of(areas, first, last, "funding", {"annual_budget", "executed"})
    goal = _row_of(areas, first, last, "goal", {"annual_goal"}, before=heading)
    block = read_indicators(areas, heading, last, role)
    blocks = sorted(row for row in (funding, goal, heading) if row is not None)
    texts = {**_texts(areas, block.end, last, _FOOT), **_texts(areas, first, blocks[0] - 1, None)}
    titled = any(_TITLE.search(match_key(area.text)) for area in areas.between(first, blocks[0]))
    if (funding is None and goal is None and not titled) or not block.rows:
        return None
    if "project" not in texts or not texts["project"].text:
        return None
    rows = () if funding is None else read_funding(areas, funding, min(row for row in blocks if row > funding))
    return FilledForm(
        areas=areas,
        first=first,
        texts=texts,
        points=_points(areas, first, last),
        amount_unit=_amount_unit(areas, first, heading if funding is None else funding),
        funding=rows,
        goal={} if goal is None else read_goal(areas, goal, heading),
        indicators=block,
    )


def _row_of(areas: Areas, first: int, last: int, part: str, needed: set[str], before: int | None = None) -> int | None:
    end = last + 1 if before is None else before
    return next(
        (row for row in range(first, end) if needed <= {meaning(part, area.text) for area in areas.rows[row]}), None
    )


def _indicator_heading(areas: Areas, first: int, last: int, role: Role) -> int | None:
    for row in range(first, last + 1):
        found = columns_of(areas.rows[row], role).keys()
        if {"content", "actual"} <= found and found & {"target", "level1"}:
            return row
    return None


def _texts(areas: Areas, first: int, last: int, wanted: frozenset[str] | None) -> dict[str, Area]:
    """Labels and their values, behind a colon or to the right."""
    found: dict[str, Area] = {}
    for row in range(first, last + 1):
        for label, value in _pairs(areas, areas.rows[row]):
            if wanted is None or label in wanted:
                found.setdefault(label, value)
    return found


def _pairs(areas: Areas, line: Sequence[Area]) -> Iterator[tuple[str, Area]]:
    for at, area in enumerate(line):
        label = label_of(area)
        if not label:
            continue
        if said := behind_colon(area):
            yield label, said
        elif at + 1 < len(line) and not label_of(line[at + 1]):
            yield label, line[at + 1]
        else:
            yield label, areas.at(area.top, area.right + 1)


def _points(areas: Areas, first: int, last: int) -> dict[str, Area]:
    found: dict[str, Area] = {}
    for area in areas.between(first, last):
        if len(area.text) < 40 and points_in(area.text) and (part := meaning("points", area.text)):
            found.setdefault(part, area)
    return found


def _amount_unit(areas: Areas, first: int, last: int) -> str:
    """The unit that the block of funds, its headings or a line above it declares, else 元."""
    matches = (_AMOUNT_UNIT.search(match_key(area.text)) for area in areas.between(first, last))
    return next((match[1] for match in matches if match and match[1] in UNITS), "元")
