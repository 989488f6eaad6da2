"""Columns of values for a form's markers: frames as texts and figures, and how they are printed."""

from collections.abc import Callable, Collection, Iterable

import numpy as np
import pandas as pd

from perfeval_xl.groups import group_rows
from perfeval_xl.lazy_pattern import lazy_pattern
from perfeval_xl.money import two_decimals
from perfeval_xl.text import is_nothing, match_key
from perfeval_xl.whole import Whole
from perfeval_xl.write.template import Figure, Value

Values = list[Value]
#: A frame (of projects, of a project's funding sources, of indicators) → the marker's value in each row.
Column = Callable[[pd.DataFrame], Values]

#: A 指标方向 that is an operator belongs to a bare target's print.
_SIGNS = {sign: sign for sign in "≥≤><±"} | {">=": "≥", "<=": "≤", "≧": "≥", "≦": "≤"}
_NUMBER = lazy_pattern(r"-?\d{1,15}(?:\.\d+)?")


def figures(hundredths: Iterable[object]) -> Values:
    """Amounts and scores; unknown ones print nothing."""
    return _printed(hundredths, lambda text: Figure(text, text))


def rates(hundredths: Iterable[object]) -> Values:
    """Percentages: 0.9891 in the cell, 98.91% in words."""
    return _printed(hundredths, lambda text: Figure(_hundredth(text), f"{text}%"))


def _printed(hundredths: Iterable[object], figure: Callable[[str], Figure]) -> Values:
    """Each value as a figure, made once where it repeats."""
    values = hundredths.tolist() if isinstance(hundredths, pd.Series) else list(hundredths)
    made: dict[object, Value] = {
        value: "" if (text := two_decimals(value)) is None else figure(text) for value in set(values)
    }
    return [made[value] for value in values]


def _hundredth(text: str) -> str:
    """98.91 → 0.9891, without arithmetic."""
    sign, digits = ("-", text[1:]) if text.startswith("-") else ("", text)
    whole, _, cents = digits.partition(".")
    padded = whole.zfill(3)
    return f"{sign}{padded[:-2]}.{padded[-2:]}{cents}"


def points(hundredths: Iterable[object]) -> Values:
    """Points as labels print them: 20, not 20.00."""
    return _printed(hundredths, lambda text: Figure(text, text.rstrip("0").rstrip(".")))


def reason_and_improvement(reason: str, improvement: str) -> str:
    """Both in one cell, as the published forms have them; 无 where there is neither."""
    parts = [(label, text) for label, text in (("原因", reason), ("改进措施", improvement)) if not is_nothing(text)]
    return "\n".join(f"{label}：{text}" for label, text in parts) or "无"


def field_column(name: str) -> Column:
    """A column of the frame as it is: texts, amounts and scores by its type."""

    def column(frame: pd.DataFrame) -> Values:
        if name not in frame:
            return [""] * len(frame)
        values = frame[name]
        return figures(values) if values.dtype == "Int64" else [str(value) for value in values]

    return column


def written_column(name: str) -> Column:
    """A column of an input sheet as the officer wrote it: numbers where the cells hold numbers."""
    plain = field_column(name)
    return lambda frame: numbers(frame, name, plain(frame))


def extra_column(heading: str) -> Column:
    """A column that only the officer's sheet has."""
    return lambda frame: numbers(
        frame,
        f"extra:{heading}",
        [own.get(heading, "") if isinstance(own, dict) else "" for own in frame["extra"]],
    )


def numbers(frame: pd.DataFrame, name: str, texts: Iterable[Value]) -> Values:
    """Texts as they are, and numbers where the officer's cell holds one."""
    if "numeric" not in frame:
        return list(texts)
    sought = f",{name},"
    return [
        Figure(text, text)
        if isinstance(text, str) and isinstance(numeric, str) and sought in numeric and _NUMBER.fullmatch(text)
        else text
        for text, numeric in zip(texts, frame["numeric"], strict=True)
    ]


def level1_points(indicators: pd.DataFrame) -> Values:
    """一级指标分值: the weights of each level-1 group of a project together."""
    groups = group_rows(indicators, ["unit", "project", "level1"])
    sums = np.zeros(len(groups.first), "int64")
    np.add.at(sums, groups.number, Whole.of(indicators["weight"]).values)
    return points(sums[groups.number].tolist())


def both_reasons(indicators: pd.DataFrame) -> Values:
    """未完成原因和改进措施 in one text."""
    return [
        reason_and_improvement(reason, improvement)
        for reason, improvement in zip(indicators["reason"], indicators["improvement"], strict=True)
    ]


def measured(value: str, measure: str, sign: str = "") -> str:
    """A bare number is printed with its 计量单位, and a target with its 指标方向 where that is a sign."""
    if not value.replace(".", "", 1).isdecimal():
        return value
    return f"{_SIGNS.get(match_key(sign), '')}{value}{measure}"


def measured_column(field: str, apart: Collection[str]) -> Column:
    """Targets or actuals with the sign and the measure that have no cells of their own (``apart``)."""

    def column(indicators: pd.DataFrame) -> Values:
        nothing = [""] * len(indicators)
        measures = nothing if "measure" in apart else indicators["measure"]
        signs = nothing if "direction" in apart or field != "target" else indicators["direction"]
        bare = numbers(indicators, field, indicators[field])
        return [
            text if said == value else said
            for text, value, said in zip(
                bare, indicators[field], map(measured, indicators[field], measures, signs), strict=True
            )
        ]

    return column
