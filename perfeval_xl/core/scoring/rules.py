"""Scoring rules: measured indicators → met or not, completion, and the rule's score, over all projects at once.

What a row holds beside what was read is :class:`perfeval_xl.core.scoring.measure.Measure`. Sources: 财预〔2020〕10号 for the
kinds of indicators; which rule holds where none is written, coefficients, bands and rounding are the scheme's.
"""

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from perfeval_xl.core.scoring.measured import ALL_OR_NOTHING, FULL, PER_UNIT, PROPORTIONAL, TIERS, WORDS
from perfeval_xl.core.scoring.working import show_working
from perfeval_xl.groups import group_rows
from perfeval_xl.money import share_of
from perfeval_xl.record import Record, names_of
from perfeval_xl.scheme import LINEAR, Scheme
from perfeval_xl.whole import Whole, where


class _Rows(Record, eq=False):
    """Measured indicators as arrays, and where their actuals lie.

    ``met``: 1 or 0. Of an unmet number ``bound`` is the one that it misses and ``small`` ÷ ``large`` the part that is reached:
    that of the smaller number in the larger, whichever way it should be; none where their signs differ.
    """

    method: np.ndarray
    operator: np.ndarray
    dated: np.ndarray
    shared: np.ndarray
    fits: np.ndarray
    weight: Whole
    low: Whole
    high: Whole
    actual_number: Whole
    target_number: Whole
    coefficient: Whole
    part_above: Whole
    part_below: Whole
    met: Whole
    bound: Whole
    small: Whole
    large: Whole

    def __getitem__(self, chosen: np.ndarray) -> "_Rows":
        return _Rows(*(getattr(self, name)[chosen] for name in names_of(self)))


def apply_rules(measured: pd.DataFrame, scheme: Scheme) -> pd.DataFrame:
    """Add ``met`` (boolean), ``completion`` (hundredths of a percent), ``rule_score`` (hundredths), ``working`` (text)."""
    rows = _placed(measured)
    completion, scores = _completion(rows), np.zeros(len(measured), "int64")
    known = np.zeros(len(measured), bool)
    for method, score in RULES.items():
        own = (rows.method == method) & rows.fits
        if own.any():
            scored = score(rows[own], scheme)
            scores[own], known[own] = scored.values, scored.known
    worked = {"completion": completion, "rule_score": Whole(scores, known)}
    return measured.drop(columns="alike").assign(
        met=pd.arrays.BooleanArray(rows.met.values == 1, ~rows.met.known),
        **{name: own.array() for name, own in worked.items()},
        working=_workings(measured, rows, worked, scheme),
    )


def _workings(measured: pd.DataFrame, rows: _Rows, worked: Mapping[str, Whole], scheme: Scheme) -> pd.Series:
    """Each row's working; rows that are measured alike and weigh the same are worded once."""
    told = {"alike": measured["alike"].array, "weight": rows.weight.values, "known": rows.weight.known}
    groups = group_rows(pd.DataFrame(told), list(told))
    first = groups.first
    straight = np.isin(rows.operator, ("≤", "<")) & (scheme.reverse == LINEAR)
    shown = {name: own[first].tolist() for name, own in {**worked, "bound": rows.bound}.items()}
    shown |= {"met": (rows.met.values == 1)[first].tolist(), "straight": straight[first].tolist()}
    texts = np.array(show_working(measured.take(first), shown), dtype=object)
    return pd.Series(texts[groups.number], index=measured.index, dtype=object)


def _placed(frame: pd.DataFrame) -> _Rows:
    low, high, actual = (Whole.of(frame[name]) for name in ("low", "high", "actual_number"))
    coefficient, band = Whole.of(frame["coefficient"]), Whole.of(frame["band_high"])
    operator = frame["operator"].to_numpy(object)
    below = (actual.values < low.values) | ((actual.values == low.values) & (operator == ">"))
    above = (actual.values > high.values) | ((actual.values == high.values) & (operator == "<"))
    below, above = below & actual.known & low.known, above & actual.known & high.known
    reached = Whole((~(below | above)).astype("int64"), actual.known)
    worded = Whole(
        (coefficient.values >= FULL).astype("int64"), coefficient.known | (band.known & (band.values < FULL))
    )
    bound = low.only(below).or_else(high.only(above))
    sizes = np.abs(bound.values), np.abs(actual.values)
    same = bound.known & (bound.values != 0) & (np.sign(bound.values) == np.sign(actual.values))
    return _Rows(
        method=frame["method"].to_numpy(object),
        operator=operator,
        dated=frame["dated"].to_numpy(bool),
        shared=frame["shared"].to_numpy(bool),
        fits=frame["fits"].to_numpy(bool),
        weight=Whole.of(frame["weight"]),
        low=low,
        high=high,
        actual_number=actual,
        target_number=Whole.of(frame["target_number"]),
        coefficient=coefficient,
        part_above=Whole.of(frame["part_above"]),
        part_below=Whole.of(frame["part_below"]),
        met=reached.or_else(worded),
        bound=bound,
        small=Whole(np.where(same, np.minimum(*sizes), 0), bound.known),
        large=Whole(np.where(same, np.maximum(*sizes), bound.known), bound.known),
    )


def _completion(rows: _Rows) -> Whole:
    """actual ÷ target, not capped; 100% when met where there is an upper bound; a coefficient for words.

    A deadline that was missed has none, and a target of nothing or less is reached or not.
    """
    full, met = Whole.all(FULL, len(rows.met)), rows.met.values == 1
    percent = where(met & rows.actual_number.known, full, share_of(full, rows.small, rows.large))
    percent = percent.only(met | ~rows.dated)
    counted = np.isin(rows.operator, ("≥", ">", "=")) & (rows.target_number.values > 0)
    reached = share_of(full, rows.actual_number, rows.target_number)
    return rows.coefficient.or_else(where(counted, reached, percent))


def _proportional(rows: _Rows, scheme: Scheme) -> Whole:
    """按比例: full when met, else the weight × the part that is reached; a deadline is kept or not.

    Where less is better the scheme may deduct in a line instead: nothing is left at twice the target.
    """
    nothing = Whole.all(0, len(rows.met))
    share = share_of(rows.weight, rows.small, rows.large, scheme.place)
    if scheme.reverse == LINEAR:
        size = Whole(np.abs(rows.high.values), rows.high.known)
        left = np.maximum(size.values - (rows.actual_number.values - rows.high.values), 0)
        line = share_of(rows.weight, Whole(left, size.known & rows.actual_number.known), size, scheme.place)
        line = line.or_else(where(size.values != 0, rows.weight, nothing))
        share = where(np.isin(rows.operator, ("≤", "<")), line, share)
    return _where_met(rows, where(rows.dated, nothing, share))


def _all_or_nothing(rows: _Rows, _: Scheme) -> Whole:
    """达标得分: full when met, else none."""
    return _where_met(rows, Whole.all(0, len(rows.met)))


def _per_unit(rows: _Rows, scheme: Scheme) -> Whole:
    """每少1次扣1分: full when met, else the weight less what the missing units cost, at least nothing."""
    weight, above, below = rows.weight, rows.part_above, rows.part_below
    known = above.known & below.known
    points = Whole(weight.values * below.values - above.values, known & weight.known)
    whole = share_of(Whole.all(1, len(weight)), points, below, scheme.place)
    part = share_of(weight, Whole(below.values - above.values, known), below, scheme.place)
    left = where(rows.shared, part, whole)
    return _where_met(rows, Whole(np.maximum(left.values, 0), left.known))


def _tiers(rows: _Rows, scheme: Scheme) -> Whole:
    """分档: the points of the tier that is reached; unknown where these are more than the weight."""
    whole = share_of(Whole.all(1, len(rows.weight)), rows.part_above, rows.part_below, scheme.place)
    part = share_of(rows.weight, rows.part_above, rows.part_below, scheme.place)
    points = where(rows.shared, part, whole)
    return points.only(rows.weight.known & (points.values <= rows.weight.values))


def _graded_words(rows: _Rows, scheme: Scheme) -> Whole:
    """定性: weight × coefficient."""
    return share_of(rows.weight, rows.coefficient, Whole.all(FULL, len(rows.weight)), scheme.place)


def _where_met(rows: _Rows, otherwise: Whole) -> Whole:
    return where(rows.met.values == 1, rows.weight, otherwise).only(rows.met.known)


#: How a rule is worked → its vector function: measured rows → score in hundredths, unknown where it cannot tell.
RULES: dict[str, Callable[[_Rows, Scheme], Whole]] = {
    PROPORTIONAL: _proportional,
    ALL_OR_NOTHING: _all_or_nothing,
    PER_UNIT: _per_unit,
    TIERS: _tiers,
    WORDS: _graded_words,
}
