"""Whose the sums below a form's indicators are: a group's, all indicators' or the form's."""

from collections.abc import Mapping, Sequence

from perfeval_xl.read.form.areas import Area
from perfeval_xl.read.form.blocks import Fields, IndicatorBlock, SumRow
from perfeval_xl.read.table.values import Unusable, points_of
from perfeval_xl.record import Record

_FULL = 10_000
_INDICATORS = {"weight": "indicator_points", "recorded_score": "stated_indicators"}
_FORM = {"weight": "total_points", "recorded_score": "stated_total"}


class GroupSum(Record):
    """A subtotal of some indicators: the first and the one behind the last of them, and its figures."""

    first: int
    behind: int
    fields: Fields


def group_sums(block: IndicatorBlock) -> list[GroupSum]:
    """The subtotals where there are several: each of the indicators between it and the sum above it."""
    subtotals = [row for row in block.sums if row.kind == "subtotal"]
    if len(subtotals) < 2:
        return []
    firsts = [0, *(row.above for row in subtotals)]
    return [GroupSum(first, row.above, row.fields) for first, row in zip(firsts, subtotals, strict=False)]


def sum_fields(block: IndicatorBlock, headed: Area | None) -> dict[str, Area]:
    """The sums of all indicators and of the form, as fields of the project; ``headed`` is a total stated above them.

    Beside a total above, that of the row is ``row_total``.
    """
    found: dict[str, Area] = {}
    subtotals = [row for row in block.sums if row.kind == "subtotal"]
    if len(subtotals) == 1:
        found |= _named(subtotals[0], _INDICATORS)
    for row in block.sums:
        if row.kind == "total":
            whole = bool(subtotals) or _of_form(row, block.rows, headed)
            names = (_FORM if headed is None else _FORM | {"recorded_score": "row_total"}) if whole else _INDICATORS
            found = {**_named(row, names), **found}
    return found


def _named(row: SumRow, names: Mapping[str, str]) -> dict[str, Area]:
    said = {field: area for field, area in row.fields.items() if area.text or isinstance(area.value, Unusable)}
    return {names[field]: area for field, area in said.items()}


def _of_form(row: SumRow, indicators: Sequence[Fields], headed: Area | None) -> bool:
    """Whether a row called 合计 or 总分 is the form's: by its points, else by its score."""
    points, weights = _figure(row.fields, "weight"), _sum(indicators, "weight")
    if points is not None:
        return points == _FULL or points != weights
    score = _figure(row.fields, "recorded_score")
    if headed is None or score is None or score != _sum(indicators, "recorded_score"):
        return True
    return score == points_of(headed.value)


def _sum(indicators: Sequence[Fields], field: str) -> int | None:
    figures = [_figure(fields, field) for fields in indicators]
    return None if None in figures else sum(figure or 0 for figure in figures)


def _figure(fields: Fields, field: str) -> int | None:
    points = points_of(fields[field].value) if field in fields else None
    return points if isinstance(points, int) else None
