"""The blocks of a form below their headings: goal and indicators."""

from collections.abc import Mapping, Sequence

from perfeval_xl.lazy_pattern import lazy_pattern
from perfeval_xl.read.form.areas import Area, Areas
from perfeval_xl.read.form.labels import COLON, LONGEST_LABEL, behind_colon, label_of, meaning, points_in
from perfeval_xl.read.table.roles import Role
from perfeval_xl.read.table.values import Unusable
from perfeval_xl.record import Record

#: What a blank form prints where an indicator can be entered: 指标1, ……
_PLACEHOLDER = lazy_pattern(r"\s*(?:指标)?[\d.…·、]*\s*[:：]?\s*")
_FILLED = ("weight", "recorded_score", "target", "actual")
Fields = Mapping[str, Area]


class SumRow(Record):
    """A row of sums: ``kind`` subtotal or total, the number of indicators above it, its weight and recorded_score."""

    kind: str
    above: int
    fields: Fields


class IndicatorBlock(Record):
    """Indicators and the rows of sums among them.

    ``groups``: the level-1 labels that state points, each once; ``columns``: field → column; ``end``: the row below.
    """

    rows: Sequence[Fields]
    sums: Sequence[SumRow]
    groups: Sequence[Area]
    columns: Mapping[str, int]
    end: int


def read_goal(areas: Areas, heading: int, end: int) -> Fields:
    """What stands below the headings of the goal; to the right of its labels where these stand under each other."""
    side_by_side = sum(bool(meaning("goal", area.text)) for area in areas.rows[heading]) > 1
    found: dict[str, Area] = {}
    for row in (heading,) if side_by_side else range(heading, end):
        # From the right: the block's own name may be that of its first column.
        for area in reversed(areas.rows[row]):
            if field := meaning("goal", area.text):
                below = areas.over(area.bottom + 1, area.left)
                value = below if side_by_side else areas.over(area.top, area.right + 1)
                found.setdefault(field, value)
    return found


def read_indicators(areas: Areas, heading: int, last: int, role: Role) -> IndicatorBlock:
    """The rows of indicators down to the form's foot."""
    columns = columns_of(areas.rows[heading], role)
    rows: list[dict[str, Area]] = []
    sums: list[SumRow] = []
    groups: dict[tuple[int, int], Area] = {}
    end = last + 1
    for row in range(heading + 1, last + 1):
        line = areas.rows[row]
        if kind := next((found for area in line if (found := _sum_kind(area))), ""):
            sums.append(SumRow(kind, len(rows), _sum_row(areas, row, columns)))
            continue
        own = {name: areas.at(row, at) for name, at in columns.items()}
        if not line or columns_of(line, role).keys() >= {"content", "actual"}:
            continue
        if not _is_indicator(line, own):
            if _is_blank(line, own):
                continue
            end = row
            break
        for name in ("level1", "level2"):
            if name in columns and not own[name].text:
                over = areas.over(row, columns[name])
                own[name] = over if over.text or not rows else rows[-1][name]
        rows.append(own)
        if "level1" in own and points_in(own["level1"].text):
            groups.setdefault((own["level1"].top, own["level1"].left), own["level1"])
    return IndicatorBlock(rows, sums, list(groups.values()), columns, end)


def _is_indicator(line: Sequence[Area], own: Fields) -> bool:
    """Whether a row says anything of an indicator, and is not the label and the value of something else."""
    if label_of(line[0]) and not any(_says(own[name]) for name in ("weight", "recorded_score") if name in own):
        return False
    named = own["content"].text
    return any(_says(own[name]) for name in _FILLED if name in own) or not (
        _PLACEHOLDER.fullmatch(named) or COLON.search(named)
    )


def _is_blank(line: Sequence[Area], own: Fields) -> bool:
    """Whether a row is one of a blank form that nobody filled in: a group's name, 指标2, ……, and no more."""
    last = own["content"].left
    return not label_of(line[0]) and all(
        area.left <= last and len(area.text) < LONGEST_LABEL and not COLON.search(area.text.rstrip(":："))
        for area in line
    )


def _says(area: Area) -> bool:
    return bool(area.text) or isinstance(area.value, Unusable)


def columns_of(line: Sequence[Area], role: Role) -> dict[str, int]:
    """The columns that a row heads, were it the heading of the indicators: field → column."""
    columns: dict[str, int] = {}
    for area in line:
        name = role.field_of(area.text) or meaning("indicators", area.text)
        if name and name not in columns:
            columns[name] = area.left
    return columns


def _sum_kind(area: Area) -> str:
    return meaning("sums", COLON.split(area.text, maxsplit=1)[0]) if len(area.text) < LONGEST_LABEL else ""


def _sum_row(areas: Areas, row: int, columns: Mapping[str, int]) -> dict[str, Area]:
    """The figures of a row of sums: in their columns, else to the right of its label or behind its colon."""
    found = {name: areas.at(row, columns[name]) for name in ("weight", "recorded_score") if name in columns}
    if any(_says(area) and not _sum_kind(area) for area in found.values()):
        return found
    for area in areas.rows[row]:
        if _sum_kind(area) and (said := behind_colon(area)):
            return {"recorded_score": said}
    figures = [area for area in areas.rows[row] if not _sum_kind(area)]
    names = ("recorded_score",) if len(figures) == 1 else ("weight", "recorded_score") if len(figures) == 2 else ()
    return dict(zip(names, figures, strict=False))
