"""Filled-in 自评表, ours and other people's, read by their labels and not by cell addresses."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from perfeval_xl.money import UNITS
from perfeval_xl.read.form.areas import Area, Areas
from perfeval_xl.read.form.labels import bare, meaning, points_in
from perfeval_xl.read.roles import Role
from perfeval_xl.text import TOTAL_WORDS, match_key

_TITLE = re.compile(r"自评表$|绩效自评表|自评表\(")
_AMOUNT_UNIT = re.compile(r"[(:单位](百万元|亿元|万元|千元|元)")
_COLON = re.compile(r"[:：]")
_AMONG = re.compile(r"^其中[:：]?")
Fields = Mapping[str, Area]


@dataclass(frozen=True)
class FilledForm:
    """What one form says, every value with its place. ``points`` are those that labels state: funding, goal, indicators.

    ``funding`` and ``indicators``: a mapping of field to area for each row; ``total`` and ``subtotal`` rows have the
    fields weight and score.
    """

    areas: Areas
    first: int
    texts: Fields
    points: Fields
    unit: str
    funding: Sequence[tuple[str, Fields]] = ()
    goal: Fields = field(default_factory=dict)
    indicators: Sequence[Fields] = ()
    sums: Mapping[str, Fields] = field(default_factory=dict)
    groups: Mapping[str, Area] = field(default_factory=dict)
    headings: Mapping[str, int] = field(default_factory=dict)


def find_forms(areas: Areas, role: Role) -> list[FilledForm]:
    """The forms of a sheet, one under the other; none where it holds no form. ``role`` is that of the indicators."""
    starts = _starts(areas)
    ends = [*(start - 1 for start in starts[1:]), len(areas.rows) - 1]
    forms = (_read(areas, start, end, role) for start, end in zip(starts, ends, strict=True))
    return [form for form in forms if form is not None]


def _starts(areas: Areas) -> list[int]:
    """Where each form begins: at its title, or at its 项目名称 where it has none."""
    starts: list[int] = []
    titled = False
    for row, line in enumerate(areas.rows):
        if any(_TITLE.search(match_key(area.text)) for area in line):
            starts.append(row)
            titled = True
        elif any(_label(area) == "project" for area in line):
            if not titled:
                starts.append(row)
            titled = False
    return starts


def _label(area: Area) -> str:
    return meaning("texts", _COLON.split(area.text, maxsplit=1)[0])


def _read(areas: Areas, first: int, last: int, role: Role) -> FilledForm | None:
    funding_row = _row_of(areas, first, last, "funding", {"annual_budget", "executed"})
    goal_row = _row_of(areas, first, last, "goal", {"annual_goal", "goal_actual"})
    columns_row = _indicator_heading(areas, first, last, role)
    if columns_row is None or (funding_row is None and goal_row is None):
        return None
    blocks = sorted(row for row in (funding_row, goal_row, columns_row) if row is not None)
    columns = _indicator_columns(areas, columns_row, role)
    indicators, sums, groups, end = _indicators(areas, columns_row, last, columns)
    texts = {**_texts(areas, first, blocks[0] - 1), **_texts(areas, end, last, below=True)}
    form = FilledForm(
        areas,
        first,
        texts,
        _points(areas, first, last),
        _unit(areas, first, funding_row if funding_row is not None else columns_row),
        _funding(areas, funding_row, blocks) if funding_row is not None else (),
        _goal(areas, goal_row) if goal_row is not None else {},
        indicators,
        sums,
        groups,
        columns,
    )
    return form if "project" in texts and (indicators or form.funding) else None


def _row_of(areas: Areas, first: int, last: int, part: str, needed: set[str]) -> int | None:
    for row in range(first, last + 1):
        if needed <= {meaning(part, area.text) for area in areas.rows[row]}:
            return row
    return None


def _indicator_heading(areas: Areas, first: int, last: int, role: Role) -> int | None:
    for row in range(first, last + 1):
        found = {role.field_of(area.text) for area in areas.rows[row]}
        if {"content", "target", "actual"} <= found or {"level1", "content", "actual"} <= found:
            return row
    return None


def _indicator_columns(areas: Areas, row: int, role: Role) -> dict[str, int]:
    columns: dict[str, int] = {}
    for area in areas.rows[row]:
        name = role.field_of(area.text)
        if name and name not in columns:
            columns[name] = area.left
    return columns


def _indicators(
    areas: Areas, heading: int, last: int, columns: Mapping[str, int]
) -> tuple[list[Fields], dict[str, Fields], dict[str, Area], int]:
    """The rows of indicators, the sums among them, the points of each level-1 group, and the row behind the block."""
    rows: list[Fields] = []
    sums: dict[str, Fields] = {}
    groups: dict[str, Area] = {}
    numbers = [name for name in ("weight", "recorded_score") if name in columns]
    for row in range(heading + 1, last + 1):
        opening = next((area for area in areas.rows[row] if area.bottom == row or "计" in area.text), None)
        kind = next((found for area in areas.rows[row] if (found := meaning("sums", area.text))), "")
        if kind:
            sums.setdefault(kind, {name: areas.at(row, columns[name]) for name in numbers})
            continue
        own = {name: areas.at(row, at) for name, at in columns.items()}
        if not own["content"].text:
            if rows and opening is not None:
                return rows, sums, groups, row
            continue
        if _closes(areas, row, columns):
            return rows, sums, groups, row
        for name in ("level1", "level2"):
            if name in columns:
                own[name] = _carried(areas, row, columns[name], own[name], rows, name)
        if points_in(own["level1"].text if "level1" in own else ""):
            groups.setdefault(bare(own["level1"].text), own["level1"])
        rows.append(own)
    return rows, sums, groups, last + 1


def _closes(areas: Areas, row: int, columns: Mapping[str, int]) -> bool:
    """Whether a row is the form's foot: 说明 and what it says, across all columns."""
    line = areas.rows[row]
    return bool(line) and _label(line[0]) in ("explanation", "measures", "deviation_reason") and len(line) <= 2


def _carried(areas: Areas, row: int, column: int, own: Area, rows: Sequence[Fields], name: str) -> Area:
    """A level that is merged downwards, or stands only once."""
    if own.text:
        return own
    over = areas.over(row, column)
    return over if over.text else rows[-1][name] if rows else own


def _funding(areas: Areas, heading: int, blocks: Sequence[int]) -> list[tuple[str, Fields]]:
    """(source, its amounts) for each row; the source of the total is 合计."""
    columns = {found: area.left for area in areas.rows[heading] if (found := meaning("funding", area.text))}
    first_amount = min(columns.values())
    end = next((row for row in blocks if row > heading), len(areas.rows))
    rows: list[tuple[str, Fields]] = []
    for row in range(heading + 1, end):
        labels = [area for area in areas.rows[row] if area.left < first_amount and area.bottom == row]
        if not labels:
            continue
        own = {name: areas.at(row, at) for name, at in columns.items()}
        source = _AMONG.sub("", labels[-1].text).strip().rstrip(":：")
        rows.append(("合计" if bare(source) in TOTAL_WORDS else source, own))
    return rows


def _goal(areas: Areas, heading: int) -> Fields:
    """What stands below the headings of the goal."""
    return {
        found: areas.at(area.bottom + 1, area.left)
        for area in areas.rows[heading]
        if (found := meaning("goal", area.text)) and area.right - area.left + 1 < 1000
    }


def _texts(areas: Areas, first: int, last: int, below: bool = False) -> dict[str, Area]:
    """Labels and their values, behind a colon or to the right."""
    found: dict[str, Area] = {}
    wanted = {"explanation", "measures", "deviation_reason", "stated_total", "stated_grade"}
    for row in range(first, last + 1):
        for label, value in _pairs(areas.rows[row]):
            if not below or label in wanted:
                found.setdefault(label, value)
    return found


def _pairs(line: Sequence[Area]) -> Iterator[tuple[str, Area]]:
    for at, area in enumerate(line):
        label = _label(area)
        if not label:
            continue
        said = _COLON.split(area.text, maxsplit=1)
        if len(said) > 1 and said[1].strip():
            yield label, Area(area.top, area.left, area.bottom, area.right, said[1].strip())
        elif at + 1 < len(line) and not _label(line[at + 1]):
            yield label, line[at + 1]


def _points(areas: Areas, first: int, last: int) -> dict[str, Area]:
    found: dict[str, Area] = {}
    for area in areas.between(first, last):
        if points_in(area.text) and (part := meaning("points", area.text)):
            found.setdefault(part, area)
    return found


def _unit(areas: Areas, first: int, last: int) -> str:
    """The unit that the block of funds, its headings or a line above it declares, else 元."""
    for area in areas.between(first, min(last + 1, len(areas.rows) - 1)):
        if match := _AMOUNT_UNIT.search(match_key(area.text)):
            if match[1] in UNITS:
                return match[1]
    return "元"
