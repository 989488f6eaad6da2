"""Scoring rules: measured indicators → met or not, completion, and the rule's score, over all projects at once.

What a row holds beside what was read is :class:`perfeval_xl.core.scoring.measure.Measure`. Sources: 财预〔2020〕10号 for the
kinds of indicators; which rule holds where none is written, coefficients, bands and rounding are the scheme's.
"""

from collections.abc import Callable

import pandas as pd

from perfeval_xl.core.scoring.measure import ALL_OR_NOTHING, FULL, PER_UNIT, PROPORTIONAL, TIERS, WORDS
from perfeval_xl.core.scoring.working import show_working
from perfeval_xl.money import ratio_half_up, share_half_up
from perfeval_xl.scheme import LINEAR, Scheme


def apply_rules(measured: pd.DataFrame, scheme: Scheme) -> pd.DataFrame:
    """Add ``met`` (boolean), ``completion`` (hundredths of a percent), ``rule_score`` (hundredths), ``working`` (text)."""
    frame = _placed(measured)
    frame = frame.assign(completion=_completion(frame))
    scores = pd.Series(pd.NA, index=frame.index, dtype="Int64")
    for method, score in RULES.items():
        own = frame["method"].eq(method) & frame["fits"]
        if own.any():
            scores = scores.mask(own, score(frame[own], scheme).reindex(frame.index))
    frame = frame.assign(rule_score=scores)
    return frame.assign(working=show_working(frame, scheme)).drop(columns=["bound", "small", "large"])


def _placed(frame: pd.DataFrame) -> pd.DataFrame:
    """``met``, and of an unmet number the ``bound`` that it misses and ``small`` ÷ ``large``, the part that is reached.

    The part is that of the smaller number in the larger, whichever way it should be; none where their signs differ.
    """
    actual, operator = frame["actual_number"], frame["operator"]
    below = actual.lt(frame["low"]) | (actual.eq(frame["low"]) & operator.eq(">"))
    above = actual.gt(frame["high"]) | (actual.eq(frame["high"]) & operator.eq("<"))
    below, above = below.fillna(False), above.fillna(False)
    met = (~(below | above)).astype("boolean").where(actual.notna())
    worded = frame["coefficient"].ge(FULL).astype("boolean")
    worded = worded.mask(worded.isna() & frame["band_high"].lt(FULL).fillna(False), False)
    bound = frame["low"].where(below).fillna(frame["high"].where(above))
    same = (bound.gt(0) & actual.gt(0)) | (bound.lt(0) & actual.lt(0))
    sizes = bound.abs(), actual.abs()
    larger = sizes[0].where(sizes[0].ge(sizes[1]).fillna(False), sizes[1]).mask(bound.isna())
    smaller = sizes[0].where(sizes[0].lt(sizes[1]).fillna(False), sizes[1]).mask(bound.isna())
    return frame.assign(
        met=met.fillna(worded),
        bound=bound,
        small=smaller.mask(bound.notna() & ~same.fillna(False), 0),
        large=larger.mask(bound.notna() & ~same.fillna(False), 1),
    )


def _completion(frame: pd.DataFrame) -> pd.Series:
    """actual ÷ target, not capped; 100% when met where there is an upper bound; a coefficient for words.

    A deadline that was missed has none, and a target of nothing or less is reached or not.
    """
    met = frame["met"].fillna(False).astype(bool)
    counted = frame["operator"].isin(["≥", ">", "="]) & frame["target_number"].gt(0).fillna(False)
    percent = ratio_half_up(frame["small"], frame["large"], FULL).mask(met & frame["actual_number"].notna(), FULL)
    percent = percent.mask(frame["dated"] & ~met, pd.NA)
    reached = ratio_half_up(frame["actual_number"], frame["target_number"], FULL)
    return frame["coefficient"].fillna(percent.mask(counted, reached))


def _proportional(frame: pd.DataFrame, scheme: Scheme) -> pd.Series:
    """按比例: full when met, else the weight × the part that is reached; a deadline is kept or not.

    Where less is better the scheme may deduct in a line instead: nothing is left at twice the target.
    """
    share = share_half_up(frame["weight"], frame["small"], frame["large"], scheme.place)
    if scheme.reverse == LINEAR:
        size = frame["high"].abs()
        left = (size - (frame["actual_number"] - frame["high"])).clip(lower=0)
        line = share_half_up(frame["weight"], left, size, scheme.place).fillna(frame["weight"].where(size.ne(0), 0))
        share = share.mask(frame["operator"].isin(["≤", "<"]), line)
    share = share.mask(frame["dated"], 0)
    return _where_met(frame, share)


def _all_or_nothing(frame: pd.DataFrame, _: Scheme) -> pd.Series:
    """达标得分: full when met, else none."""
    return _where_met(frame, pd.Series(0, index=frame.index, dtype="Int64"))


def _per_unit(frame: pd.DataFrame, scheme: Scheme) -> pd.Series:
    """每少1次扣1分: full when met, else the weight less what the missing units cost, at least nothing."""
    above, below = frame["part_above"], frame["part_below"]
    one = pd.Series(1, index=frame.index, dtype="Int64")
    whole = share_half_up(one, frame["weight"] * below - above, below, scheme.place)
    part = share_half_up(frame["weight"], below - above, below, scheme.place)
    return _where_met(frame, whole.mask(frame["shared"], part).clip(lower=0))


def _tiers(frame: pd.DataFrame, scheme: Scheme) -> pd.Series:
    """分档: the points of the tier that is reached; unknown where these are more than the weight."""
    one = pd.Series(1, index=frame.index, dtype="Int64")
    whole = share_half_up(one, frame["part_above"], frame["part_below"], scheme.place)
    part = share_half_up(frame["weight"], frame["part_above"], frame["part_below"], scheme.place)
    points = whole.mask(frame["shared"], part)
    return points.where(points.le(frame["weight"]).fillna(False))


def _graded_words(frame: pd.DataFrame, scheme: Scheme) -> pd.Series:
    """定性: weight × coefficient."""
    full = pd.Series(FULL, index=frame.index, dtype="Int64")
    return share_half_up(frame["weight"], frame["coefficient"], full, scheme.place)


def _where_met(frame: pd.DataFrame, otherwise: pd.Series) -> pd.Series:
    return otherwise.mask(frame["met"].fillna(False).astype(bool), frame["weight"]).where(frame["met"].notna())


#: How a rule is worked → its vector function: measured rows → score in hundredths, unknown where it cannot tell.
RULES: dict[str, Callable[[pd.DataFrame, Scheme], pd.Series]] = {
    PROPORTIONAL: _proportional,
    ALL_OR_NOTHING: _all_or_nothing,
    PER_UNIT: _per_unit,
    TIERS: _tiers,
    WORDS: _graded_words,
}
