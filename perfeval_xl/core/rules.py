"""Scoring rules: measured indicators → completion, met or not, and the rule's score, over all projects at once.

A measured frame has, besides what was read: ``rule`` (as scored), ``operator``, ``target_number`` and ``actual_number``
(Int64, scaled alike, so that their ratio is exact), ``coefficient`` (hundredths of a percent, Int64) and ``fits``.
Sources: 财预〔2020〕10号 for the kinds of indicators; coefficients and default rules are the scheme's.
"""

from collections.abc import Callable, Mapping

import pandas as pd

from perfeval_xl.core.targets import DIRECTIONS, parse_quantity, same_kind_of_unit
from perfeval_xl.money import ratio_half_up, round_half_up
from perfeval_xl.scheme import Scheme
from perfeval_xl.text import match_key

FULL = 10_000  # hundred percent, in hundredths of a percent
PERSONAL_RULES = frozenset({"扣分", "人工评分"})


def measure_indicators(indicators: pd.DataFrame, scheme: Scheme) -> pd.DataFrame:
    """Settle each indicator's rule and direction and bring target and actual to comparable numbers."""
    measured = [
        _measure(target, actual, rule, direction, measure, scheme)
        for target, actual, rule, direction, measure in zip(
            *(indicators[name] for name in ("target", "actual", "rule", "direction", "measure")), strict=True
        )
    ]
    columns = ["rule", "operator", "target_number", "actual_number", "coefficient", "within", "fits"]
    frame = pd.DataFrame(measured, columns=columns, index=indicators.index)
    frame = frame.astype(
        {"target_number": "Int64", "actual_number": "Int64", "coefficient": "Int64", "within": "boolean", "fits": bool}
    )
    return indicators.drop(columns=["rule"]).assign(**{name: frame[name] for name in columns})


def _measure(
    target: str, actual: str, stated_rule: str, direction: str, measure: str, scheme: Scheme
) -> tuple[object, ...]:
    want, have = parse_quantity(_with_unit(target, measure)), parse_quantity(_with_unit(actual, measure))
    numeric = want.kind in ("number", "interval")
    operator = DIRECTIONS.get(match_key(direction)) or want.operator or "≥"
    words = stated_rule == "定性" or (not stated_rule and (operator == "定性" or not numeric))
    rule = stated_rule or (scheme.words_rule if words else scheme.number_rule)
    empty = (rule, operator, None, None, None, None)
    if want.kind == "blank":
        return (*empty, False)
    if have.kind == "blank":
        return (*empty, True)  # nothing to fit yet: S304, not S303
    if words:
        coefficient = _coefficient(target, actual, scheme)
        return rule, operator, None, None, coefficient, None, coefficient is not None
    if want.kind == "interval" or operator == "±":
        low, high = (want.value, want.upper) if want.kind == "interval" else (-abs(want.value), abs(want.value))
        fits = have.kind == "number" and same_kind_of_unit(want, have)
        return rule, operator, None, None, None, (low <= have.value <= high) if fits else None, fits
    if have.kind != "number" or not same_kind_of_unit(want, have):
        return (*empty, rule in PERSONAL_RULES)
    places = max(0, -int(want.value.as_tuple().exponent), -int(have.value.as_tuple().exponent))
    scaled = [round_half_up(number.value * 10**places) for number in (want, have)]
    if max(map(abs, scaled)) >= 2**45:
        return (*empty, False)
    return rule, operator, *scaled, None, None, True


def _with_unit(text: str, measure: str) -> str:
    """``90`` with 计量单位 % is 90%."""
    quantity = parse_quantity(text)
    return (
        f"{text}%"
        if quantity.kind == "number" and not quantity.unit and parse_quantity(f"1{measure}").unit == "%"
        else text
    )


def _coefficient(target: str, actual: str, scheme: Scheme) -> int | None:
    """1 for an actual like the target or a top-band word, a listed word's own, else none: a person must score it."""
    key = match_key(actual)
    if key == match_key(target) or key in scheme.top_words:
        return FULL
    listed = scheme.coefficients.get(key)
    return None if listed is None else round_half_up(listed * FULL)


def apply_rules(measured: pd.DataFrame) -> pd.DataFrame:
    """Add ``met`` (boolean), ``completion`` (hundredths of a percent) and ``rule_score`` (hundredths of a point)."""
    frame = measured.assign(met=_met(measured))
    frame = frame.assign(completion=_completion(frame))
    scores = pd.Series(pd.NA, index=frame.index, dtype="Int64")
    for rule, score in RULES.items():
        own = frame["rule"] == rule
        if own.any():
            scores = scores.mask(own, score(frame[own]).reindex(frame.index))
    return frame.assign(rule_score=scores)


def _met(frame: pd.DataFrame) -> pd.Series:
    target, actual = frame["target_number"], frame["actual_number"]
    comparisons: Mapping[str, pd.Series] = {
        "≥": actual >= target,
        "≤": actual <= target,
        "=": actual == target,
        ">": actual > target,
        "<": actual < target,
    }
    met = (frame["coefficient"] >= FULL).astype("boolean").fillna(frame["within"])
    for operator, comparison in comparisons.items():
        met = met.mask(frame["operator"] == operator, met.fillna(comparison.astype("boolean")))
    return met


def _downward(frame: pd.DataFrame) -> pd.Series:
    return frame["operator"].isin(["≤", "<"])


def _completion(frame: pd.DataFrame) -> pd.Series:
    """actual ÷ target, not capped; for ≤ 100% when met, else target ÷ actual; a coefficient for words."""
    up = ratio_half_up(frame["actual_number"], frame["target_number"], FULL)
    down = ratio_half_up(frame["target_number"], frame["actual_number"], FULL).mask(frame["met"].fillna(False), FULL)
    down = down.mask(frame["target_number"].isna(), pd.NA)
    return frame["coefficient"].fillna(up.mask(_downward(frame), down))


def _proportional(frame: pd.DataFrame) -> pd.Series:
    """按比例: full when met, else weight × actual ÷ target, or × target ÷ actual where less is better."""
    flip = _downward(frame) | (
        (frame["operator"] == "=") & (frame["actual_number"] > frame["target_number"]).fillna(False)
    )
    above = frame["actual_number"].mask(flip, frame["target_number"])
    below = frame["target_number"].mask(flip, frame["actual_number"])
    # weight × above ÷ below, exactly: both factors are whole numbers.
    share = ratio_half_up(frame["weight"] * above, below).clip(lower=0)
    share = share.mask(share > frame["weight"], frame["weight"])
    return share.mask(frame["met"].fillna(False), frame["weight"]).where(frame["met"].notna())


def _all_or_nothing(frame: pd.DataFrame) -> pd.Series:
    """达标得分: full when met, else none."""
    return frame["weight"].where(frame["met"].fillna(False), 0).where(frame["met"].notna())


def _graded_words(frame: pd.DataFrame) -> pd.Series:
    """定性: weight × coefficient."""
    return ratio_half_up(frame["weight"] * frame["coefficient"], pd.Series(FULL, index=frame.index, dtype="Int64"))


#: A rule's name → its vector function: measured rows → score in hundredths, unknown where the rule cannot tell.
RULES: dict[str, Callable[[pd.DataFrame], pd.Series]] = {
    "按比例": _proportional,
    "达标得分": _all_or_nothing,
    "定性": _graded_words,
}
