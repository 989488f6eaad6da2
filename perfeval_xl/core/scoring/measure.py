"""What each indicator's texts mean: its rule, and target and actual as numbers that can be compared.

Every distinct combination of texts is read once, whatever the number of indicators that have it.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd

from perfeval_xl.core.scoring.measured import (
    ALL_OR_NOTHING,
    FULL,
    PER_UNIT,
    PERSONAL,
    PROPORTIONAL,
    TIERS,
    WORDS,
    Measure,
    missed,
    written,
)
from perfeval_xl.core.scoring.targets import DIRECTIONS, Quantity, comparable_actual, parse_quantity
from perfeval_xl.money import round_half_up
from perfeval_xl.record import replace
from perfeval_xl.scheme import Scheme
from perfeval_xl.text import is_nothing, match_key
from perfeval_xl.whole import Whole

_METHODS = {
    PROPORTIONAL: PROPORTIONAL,
    ALL_OR_NOTHING: ALL_OR_NOTHING,
    WORDS: WORDS,
    "扣分": PERSONAL,
    "人工评分": PERSONAL,
}
_STOPS = "。.;；"
#: From here on a target in percent is none of a share.
_SURELY_PERCENT = 10
_DAY = Decimal(86400)
#: Beyond it a number is a slip of the hand.
_LARGEST = 2**45
_TEXTS = ("target", "actual", "rule", "direction", "measure")
_BOOLEANS = ("dated", "shared", "fits")
_WORDED = ("rule", "method", "operator", "target_shown", "actual_shown", "note")


def measure_indicators(indicators: pd.DataFrame, scheme: Scheme, year: int | None = None) -> pd.DataFrame:
    """The indicators with the fields of :class:`Measure`, and a number for all that are ``alike`` in them.

    ``year`` is that of dates that name none.
    """
    known: dict[tuple[str, str, str, str, str], int] = {}
    texts = zip(*(indicators[name].tolist() for name in _TEXTS), strict=True)
    numbers = np.array([known.setdefault(own, len(known)) for own in texts], dtype="int64")
    measures = [_measure(*own, scheme, year or 2000) for own in known]
    columns = zip(*measures, strict=True) if measures else ((),) * len(Measure._fields)
    own = {
        name: _column(name, values, numbers, indicators.index)
        for name, values in zip(Measure._fields, columns, strict=True)
    }
    # Beside each other: to put twenty columns in one by one takes three times as long.
    measured = pd.DataFrame({"alike": numbers, **own}, index=indicators.index, copy=False)
    return pd.concat([indicators.drop(columns=["rule"]), measured], axis=1)


def _column(name: str, values: Sequence[Any], at: np.ndarray, index: pd.Index) -> Any:
    """A field's values at these places, for the frame of this index."""
    if name in _BOOLEANS:
        return np.array(values, dtype=bool)[at]
    if name in _WORDED:
        return pd.Series(np.array(values, dtype=object)[at], index=index, dtype=object)
    return Whole.given(values)[at].array()


def _measure(target: str, actual: str, rule: str, direction: str, measure: str, scheme: Scheme, year: int) -> Measure:
    want, have = _quantities(target, actual, measure, year)
    operator = _operator(direction, want)
    name = scheme.rule_name(rule) if rule else ""
    in_words = want.kind == "words" or (want.kind == "date" and have.kind == "words")
    in_words = in_words or name == WORDS or (not name and operator == WORDS)
    name = name or (scheme.words_rule if in_words else scheme.number_rule)
    if operator == WORDS and not in_words:  # another rule was written, and numbers that it can work on
        operator = want.operator or "≥"
    row = Measure(
        name, _METHODS.get(name) or _stepped(name), operator, target_shown=want.shown, actual_shown=have.shown
    )
    if "blank" in (want.kind, have.kind):
        return row._replace(fits=want.kind != "blank")  # an actual that is not there is S304, not S303
    if not in_words and _may_be_a_share(target, actual, measure):
        return row._replace(fits=row.method == PERSONAL)
    row = _graded(row, target, actual, scheme, want) if in_words else _compared(row, want, have, scheme)
    return row._replace(fits=row.fits or row.method == PERSONAL)


def _quantities(target: str, actual: str, measure: str, year: int) -> tuple[Quantity, Quantity]:
    """Target and actual. 无 as an actual says nothing, but beside a target of 无 that this is so, and beside one of 0 that it is 0."""
    want, have = (_with_unit(text, measure, year) for text in (target, actual))
    if actual.strip() == "无" == target.strip():
        return (Quantity("words", shown="无"),) * 2
    if actual.strip() == "无" and want.kind == "number" and want.value == 0:
        have = replace(want, operator="", shown="无")
    return want, have


def _may_be_a_share(target: str, actual: str, measure: str) -> bool:
    """Whether 0.95 beside 90, both in a column of %, is as likely 95%: then nobody can tell."""
    want, have = parse_quantity(target), parse_quantity(actual)
    if (
        want.kind != "number"
        or have.kind != "number"
        or want.unit
        or have.unit
        or parse_quantity(f"1{measure}").unit != "%"
    ):
        return False
    share, percent = abs(have.value), abs(want.value)
    return 0 < share <= 1 and percent >= _SURELY_PERCENT and percent / 2 <= share * 100 <= percent * 2


def _operator(direction: str, want: Quantity) -> str:
    """From 指标方向, else from the target, else ≥ (an interval: within it); ± stays what it is, as its number alone says nothing."""
    if want.operator == "±":
        return want.operator
    return DIRECTIONS.get(match_key(direction)) or want.operator or ("=" if want.kind == "interval" else "≥")


def _stepped(rule: str) -> str:
    from perfeval_xl.core.scoring.steps import method_of  # not loaded where all rules have a name

    return method_of(rule)


def _with_unit(text: str, measure: str, year: int) -> Quantity:
    """``90`` with 计量单位 % is 90%, with 万元 it is 900000 yuan."""
    quantity = parse_quantity(text, year)
    bare = quantity.kind in ("number", "interval") and not quantity.unit and quantity.factor == 1
    if not bare or is_nothing(measure):
        return quantity
    with_unit = parse_quantity(f"{text}{measure}", year)
    return with_unit if with_unit.kind in (quantity.kind, "date") else quantity


def _graded(row: Measure, target: str, actual: str, scheme: Scheme, want: Quantity) -> Measure:
    """Words: 1 for an actual like the target or a top-band word, a listed word's own, else a person must score it."""
    key = match_key(actual).rstrip(_STOPS)
    like = key in (match_key(target).rstrip(_STOPS), want.shown if want.kind == "words" else "")
    listed = Decimal(1) if like or key in scheme.top_words else scheme.coefficients.get(key)
    low, high = scheme.bands.get(key, (None, None))
    coefficient = None if listed is None else round_half_up(listed * FULL)
    row = row._replace(coefficient=coefficient, band_low=low, band_high=high)
    if row.method == TIERS:
        from perfeval_xl.core.scoring.steps import tiered

        return tiered(row, None, Decimal(0), want, actual)
    unmet = row.method == ALL_OR_NOTHING and high not in (None, FULL)
    return row._replace(fits=row.method in (WORDS, ALL_OR_NOTHING) and (coefficient is not None or unmet))


def _compared(row: Measure, want: Quantity, have: Quantity, scheme: Scheme) -> Measure:
    """Numbers, intervals and dates: what the actual must lie in, and what the rule's own text adds."""
    dated = want.kind == "date"
    if have.kind != ("date" if dated else "number"):
        return row._replace(fits=False)
    if dated:  # a deadline, kept or not; done in a span of days that holds it does not tell
        row = row._replace(operator="≤", dated=True)
        want = Quantity("number", value=want.upper * _DAY, unit="秒", factor=_DAY)
        value = None if have.value * _DAY <= want.value < have.upper * _DAY else have.upper * _DAY
    else:
        value = comparable_actual(want, have)
    if value is None:
        return row._replace(fits=False)
    low, high = _bounds(row.operator, want)
    row = _scaled(row, low, high, value)
    if want.kind == "interval" and row.target_number is not None:
        row = row._replace(target_shown=written(want.value if low is not None else want.upper, want))
    if row.target_number is None and not row.dated:
        row = row._replace(note=missed(low, high, value, want))
    if row.method in (PER_UNIT, TIERS) and row.fits:
        from perfeval_xl.core.scoring.steps import by_steps

        return by_steps(row, low, high, value, want, scheme)
    return row


def _bounds(operator: str, want: Quantity) -> tuple[Decimal | None, Decimal | None]:
    if operator == "±":
        return -abs(want.value), abs(want.value)
    low, high = want.value, want.upper if want.kind == "interval" else want.value
    return None if operator in ("≤", "<") else low, None if operator in ("≥", ">") else high


def _scaled(row: Measure, low: Decimal | None, high: Decimal | None, value: Decimal) -> Measure:
    """With whole numbers of the same scale; unfit where they would be absurdly long."""
    numbers = [end for end in (low, high, value) if end is not None]
    places = max(0, *(-int(end.normalize().as_tuple().exponent) for end in numbers))
    if max(abs(end) for end in numbers) * 10**places >= _LARGEST:
        return row._replace(fits=False)
    first, last, actual = (None if end is None else int(end.scaleb(places)) for end in (low, high, value))
    target = None if row.operator == "±" else last if first is None else first if last in (None, first) else None
    return row._replace(low=first, high=last, actual_number=actual, target_number=target)
