"""The figures of a project by name, so that two papers about it can be laid beside each other."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pandas as pd

from perfeval_xl.findings import Cell
from perfeval_xl.lazy_pattern import lazy_pattern
from perfeval_xl.model import Inputs
from perfeval_xl.money import two_decimals
from perfeval_xl.record import Record
from perfeval_xl.text import match_key

#: What a figure is called, and what it is of (an indicator's content, a funding source, else "").
Name = tuple[str, str]
_BARE = lazy_pattern(r"[^\d]*\d+(?:\.\d+)?")
_SCORES = {
    "stated_funding": "资金得分",
    "stated_goal": "总目标自评分",
    "stated_indicators": "指标得分",
    "stated_total": "自评得分",
}
_COMPUTED = {
    "stated_funding": "funding_score",
    "stated_goal": "goal_score",
    "stated_indicators": "indicator_score",
    "stated_total": "total_score",
}
_MONEY = {"initial_budget": "年初预算数", "annual_budget": "全年预算数", "executed": "全年执行数"}
_TEXTS = {"target": "年度目标值", "actual": "全年完成值"}
_POINTS = {"weight": "分值", "self_score": "自评分"}


class Figure(Record):
    """One figure: as it is shown, as it is compared (``None``: unknown), how far it is rounded, where it stands."""

    shown: str
    value: int | str | None
    rounding: int = 0
    cells: tuple[Cell, ...] = ()

    def differs(self, other: "Figure") -> bool:
        """Whether both are known and further apart than their rounding."""
        if self.value is None or other.value is None:
            return False
        if isinstance(self.value, int) and isinstance(other.value, int):
            return abs(self.value - other.value) > self.rounding + other.rounding
        return self.value != other.value


Figures = Mapping[Name, Figure]


class Paper(Record):
    """What one form or one folder says of a project."""

    unit: str
    project: str
    figures: Figures
    cells: tuple[Cell, ...] = ()


def papers_of(
    inputs: Inputs,
    projects: pd.DataFrame,
    rows: pd.DataFrame,
    indicators: pd.DataFrame,
    source_row: Callable[[str], str],
    stated: bool,
) -> dict[tuple[str, str], Paper]:
    """(unit, project) → its figures. ``stated``: a form's own scores and columns count, not what follows from them.

    ``rows``: amounts by funding source, of which those with ``funding_source`` "" are not a source's; ``source_row``
    gives a source the name of its row on a form.
    """
    found: dict[tuple[str, str], dict[Name, Figure]] = {}
    places: dict[tuple[str, str], tuple[Cell, ...]] = {}
    sources = rows[rows["funding_source"] != ""]
    sources = sources.assign(funding_source=sources["funding_source"].map(source_row))
    for project in projects.to_dict("records"):
        key = project["unit"], project["project"]
        table, row = project["table"], project["row"]
        has_place = not pd.isna(table)
        own = rows[(rows["unit"] == key[0]) & (rows["project"] == key[1])] if not stated else rows.iloc[0:0]
        figures = found.setdefault(key, {})
        for field, label in _MONEY.items():
            cells = inputs.cells_of(own, field)
            place = max((inputs.tables[at].place for at in own["table"]), default=1)
            if stated and not pd.isna(project["total_row"]):
                place = inputs.tables[table].place
                cells = inputs.cells_at(table, project["total_row"], field)
            figures[label, ""] = _amount(project[field], place * max(1, len(own)), cells)
        for field, label in _SCORES.items():
            value = project[field] if stated else project[_COMPUTED[field]]
            cells = inputs.cells_at(table, row, field)[:1] if has_place else ()
            figures[label, ""] = _points(value, cells)
        places[key] = inputs.cells_at(table, row, "project") if has_place else inputs.cells_of(own.iloc[:1], "name")
    for (unit, name, source), own in sources.groupby(["unit", "project", "funding_source"], sort=False):
        figures = found.setdefault((str(unit), str(name)), {})
        place = max(inputs.tables[at].place for at in own["table"])
        for field, label in _MONEY.items():
            total = own[field].sum(skipna=False)
            figures[label, str(source)] = _amount(total, place * len(own), inputs.cells_of(own, field))
    for row in indicators.to_dict("records"):
        _add_indicator(found.setdefault((row["unit"], row["project"]), {}), inputs, row, stated)
    return {key: Paper(*key, figures, places.get(key, ())) for key, figures in found.items()}


def _add_indicator(figures: dict[Name, Figure], inputs: Inputs, row: Mapping[Any, Any], stated: bool) -> None:
    content, number = str(row["content"]), 2
    while ("年度目标值", content) in figures:
        content, number = f"{row['content']}（第{number}个）", number + 1
    table, place = row["table"], row["row"]
    for field, label in _TEXTS.items():
        text = with_measure(str(row[field]), str(row["measure"]))
        figures[label, content] = Figure(text, match_key(text), cells=inputs.cells_at(table, place, field))
    for field, label in _POINTS.items():
        column = "recorded_score" if field == "self_score" else field
        cells = inputs.cells_at(table, place, column)
        if cells or not stated:
            figures[label, content] = _points(row[column] if stated else row[field], cells)


def with_measure(text: str, measure: str) -> str:
    """A number without a unit gets its 计量单位."""
    return f"{text}{measure}" if measure and _BARE.fullmatch(text) else text


def _amount(value: object, place: int, cells: tuple[Cell, ...]) -> Figure:
    return Figure(f"{two_decimals(value) or '未知'} 元", _whole(value), place // 2, cells)


def _points(value: object, cells: tuple[Cell, ...]) -> Figure:
    return Figure(f"{two_decimals(value) or '未知'} 分", _whole(value), 0, cells)


def _whole(value: object) -> int | None:
    return None if pd.isna(value) else int(value)  # type: ignore[call-overload]


def differences(one: Figures, other: Figures) -> Iterator[tuple[Name, Figure | None, Figure | None]]:
    """The figures that differ, and the indicators and funds that only one has."""
    for name, figure in one.items():
        beside = other.get(name)
        if beside is None:
            if _stands_alone(name, figure, other):
                yield name, figure, None
        elif figure.differs(beside):
            yield name, figure, beside
    for name, figure in other.items():
        if name not in one and _stands_alone(name, figure, one):
            yield name, None, figure


def _stands_alone(name: Name, figure: Figure, beside: Figures) -> bool:
    """An indicator is named by its target; the money of a source only where the other paper tells sources apart."""
    label, subject = name
    if label == _TEXTS["target"]:
        return True
    told_apart = any(other[0] == label and other[1] for other in beside)
    return label in _MONEY.values() and bool(subject and figure.value and told_apart)
