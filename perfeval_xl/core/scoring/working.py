"""The step from target and actual to the rule's score in words: ``8次 ÷ 10次 × 8分 = 6.40`` (算式)."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

import pandas as pd

from perfeval_xl.core.scoring.measured import ALL_OR_NOTHING, FULL, PER_UNIT, PROPORTIONAL, TIERS, WORDS
from perfeval_xl.money import two_decimals
from perfeval_xl.whole import Whole, known_values


class _Row(NamedTuple):
    """What a working is made of; ``straight``: deducted in a line."""

    method: str
    operator: str
    target_shown: str
    actual_shown: str
    note: str
    weight: int
    rule_score: int
    bound: int | None
    target_number: int | None
    actual_number: int | None
    completion: int | None
    coefficient: int | None
    met: bool
    dated: bool
    shared: bool
    straight: bool

    @property
    def points(self) -> str:
        return f"{plain_points(self.weight)}分"

    @property
    def limit(self) -> str:
        """The bound that is missed: of two, measuring has noted which."""
        return self.note or self.target_shown


def show_working(frame: pd.DataFrame, worked: Mapping[str, Sequence[object]]) -> list[str]:
    """A text per row of measured indicators, "" where the rule gives no score; ``worked``: what is not in the frame."""
    columns = (worked[name] if name in worked else known_values(frame[name]) for name in _Row._fields)
    scored = _Row._fields.index("rule_score")
    return ["" if row[scored] is None else _words(_Row(*row)) for row in zip(*columns, strict=True)]


def personal_working(frame: pd.DataFrame, stated: Whole) -> pd.Series:
    """``working`` with what a person decided where no rule gives a score: ``8分 − 扣分 2分 = 6.00``."""
    columns = (known_values(frame[name]) for name in ("working", "recorded_score", "weight", "deduction"))
    texts = [
        text if text or score is None else _decided(recorded, weight, deduction, score)
        for text, recorded, weight, deduction, score in zip(*columns, stated.tolist(), strict=True)
    ]
    return pd.Series(texts, index=frame.index, dtype=object)


def _decided(recorded: int | None, weight: int | None, deduction: int | None, score: int) -> str:
    if recorded is None:
        return f"{plain_points(weight)}分 − 扣分 {plain_points(deduction)}分 = {two_decimals(score)}"
    return f"人工评分 {two_decimals(score)}"


def plain_points(hundredths: object) -> str:
    """Points as officers write them: 8, not 8.00."""
    return (two_decimals(hundredths) or "").rstrip("0").rstrip(".")


def _words(row: _Row) -> str:
    if row.met and row.method not in (TIERS, WORDS):
        return f"{_met(row)}，得满分 {two_decimals(row.rule_score)}"
    return f"{_WORKINGS[row.method](row)} {two_decimals(row.rule_score)}"


def _met(row: _Row) -> str:
    if row.actual_number is None:
        return "达标"
    if row.dated:
        return f"{row.actual_shown}，符合“{row.target_shown}”"
    if row.target_number is None:
        return f"{row.actual_shown} 在 {'±' * (row.operator == '±')}{row.target_shown} 之内"
    return f"{row.actual_shown} {row.operator} {row.target_shown}"


def _proportional(row: _Row) -> str:
    bound, actual = row.bound or 0, row.actual_number or 0
    if row.dated:
        return f"{row.actual_shown}，晚于“{row.target_shown}”，得"
    if bound * actual < 0:
        return f"{row.actual_shown} 与 {row.limit} 方向相反，得"
    if row.straight and bound:
        return f"{row.points} × (1 − ({row.actual_shown} − {row.limit}) ÷ {row.limit}){'，最低 0' * (not row.rule_score)} ="
    texts = (row.limit, row.actual_shown) if abs(bound) < abs(actual) else (row.actual_shown, row.limit)
    return f"{texts[0]} ÷ {texts[1]} × {row.points} ="


def _all_or_nothing(row: _Row) -> str:
    return f"{row.actual_shown} 未达到 {'' if row.dated or row.bound is None else row.operator}{row.target_shown}，得"


def _per_unit(row: _Row) -> str:
    share = f" × {row.points}" * row.shared
    return f"{row.points} − {row.note}{share}{'，扣完为止' * (not row.rule_score)} ="


def _tiers(row: _Row) -> str:
    reached = "" if row.completion is None else f"（完成 {two_decimals(row.completion)}%）"
    return f"{row.actual_shown}{reached}{f'属“{row.note}”档' if row.note else '未达到任何一档'}，得"


def _graded(row: _Row) -> str:
    return f"系数 {(Decimal(row.coefficient or 0) / FULL).normalize():f} × {row.points} ="


_WORKINGS: Mapping[str, Callable[[_Row], str]] = {
    PROPORTIONAL: _proportional,
    ALL_OR_NOTHING: _all_or_nothing,
    PER_UNIT: _per_unit,
    TIERS: _tiers,
    WORDS: _graded,
}
