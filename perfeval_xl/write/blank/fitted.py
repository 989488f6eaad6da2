"""The blank sheets as one scheme wants them: its points, its sources, the columns that its form prints."""

from collections.abc import Iterator

from perfeval_xl.record import replace
from perfeval_xl.scheme import Scheme
from perfeval_xl.write.blank.layout import Column, Sheet

_LEVELS = ("产出指标", "效益指标", "满意度指标")


def fitted(sheet: Sheet, scheme: Scheme) -> Sheet:
    """The sheet for this scheme: notes, example and drop-downs are its own, and what its form asks for is added."""
    further = [name for name in scheme.columns.get(sheet.name, ()) if name not in _headings(sheet)]
    if sheet.rows:
        asked = tuple((name, False, "所选方案的表样要印这一项；没有的留空。") for name in further)
        return replace(sheet, rows=(*sheet.rows, *asked))
    columns = [_column(column, scheme) for column in sheet.columns]
    added = [Column(name, "", "所选方案的表样要印这一列；没有的留空。") for name in further]
    return replace(sheet, columns=(*columns, *added))


def choices(column: Column, scheme: Scheme) -> list[str]:
    """What the drop-down of a column offers; of sources only where the form tells several apart."""
    if isinstance(column.choices, list):
        return column.choices
    sources = list(scheme.funding_sources)
    lists = {"levels": list(scheme.groups or _LEVELS), "sources": sources if len(sources) > 1 else []}
    return lists.get(column.choices, [])


def _headings(sheet: Sheet) -> Iterator[str]:
    return (name for name, _, _ in sheet.rows) if sheet.rows else (column.heading for column in sheet.columns)


def _column(column: Column, scheme: Scheme) -> Column:
    if column.without_goal and scheme.goal_points is None:
        return replace(column, **column.without_goal)
    if column.field == "weight":
        return replace(column, note=f"{column.note}所选方案：{_points(scheme)}。")
    if column.choices == "sources":
        return replace(column, example=scheme.source_row(str(column.example)))
    return column


def _points(scheme: Scheme) -> str:
    groups = "、".join(f"{name} {points / 100:g}" for name, points in scheme.groups.items())
    return f"{scheme.indicator_points / 100:g} 分{f'（{groups}）' if groups else ''}"
