"""An indicator as measured: its rule, and target and actual as numbers of one scale."""

from decimal import Decimal
from typing import NamedTuple

from perfeval_xl.core.scoring.targets import Quantity
from perfeval_xl.lazy_pattern import lazy_pattern

FULL = 10_000  # hundred percent, in hundredths of a percent
PROPORTIONAL, ALL_OR_NOTHING, WORDS, PER_UNIT, TIERS, PERSONAL = (
    "按比例",
    "达标得分",
    "定性",
    "每单位扣分",
    "分档",
    "人工",
)
_UNIT_WRITTEN = lazy_pattern(r".*\d")


class Measure(NamedTuple):
    """One indicator as measured. Numbers of a row are scaled alike, so that their ratios are exact.

    ``rule``: as named on the papers; ``method``: how it is worked, "" where the rule is not known.
    ``low``–``high``: what the actual must lie in; ``target_number`` is the one that a target names, unless it names both.
    ``coefficient``, ``band_low``, ``band_high``: of words, in hundredths of a percent.
    ``part_above`` ÷ ``part_below``: hundredths of a point (or of the weight, where ``shared``) that a deduction takes
    or a tier gives. ``fits``: whether the rule can work on the texts.
    """

    rule: str
    method: str
    operator: str
    target_number: int | None = None
    actual_number: int | None = None
    low: int | None = None
    high: int | None = None
    dated: bool = False
    coefficient: int | None = None
    band_low: int | None = None
    band_high: int | None = None
    part_above: int | None = None
    part_below: int | None = None
    shared: bool = False
    fits: bool = True
    target_shown: str = ""
    actual_shown: str = ""
    note: str = ""


def missed(low: Decimal | None, high: Decimal | None, value: Decimal, want: Quantity) -> str:
    """Of two bounds the one that is missed, as it would be written; nothing where none is."""
    bound = low if low is not None and value < low else high if high is not None and value > high else None
    return "" if bound is None else written(bound, want)


def written(bound: Decimal, want: Quantity) -> str:
    """One of two bounds as it would be written."""
    return f"{(bound / want.factor).normalize():f}{_UNIT_WRITTEN.sub('', want.shown)}"
