"""Rules that deduct per unit (每少1次扣1分, 每低1个百分点扣0.5分, 每延迟1天扣分值的5%), read in one place.

A unit that is not full counts in proportion (折算), unless the rule says 不足1次按1次计 (进一) or 不足1次不扣 (不计), or
the scheme does.
"""

import re
import unicodedata
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from math import ceil, floor

from perfeval_xl.core.scoring.targets import parse_quantity, same_measure
from perfeval_xl.lazy_pattern import lazy_pattern
from perfeval_xl.record import Record

#: A longer text is a regulation, which a person must apply.
LONGEST_RULE = 500
_DIGITS = {"一": "1", "二": "2", "两": "2", "三": "3", "四": "4", "五": "5", "六": "6", "七": "7", "八": "8", "九": "9", "十": "10", "百": "100", "半": "0.5"}  # fmt: skip
_AMOUNT = rf"(?:\d+(?:\.\d+)?|[{''.join(_DIGITS)}])"
#: Without 每 only one unit is meant as each: 少1次扣1分. 低于80%扣2分 says something else.
_ONE_OFF = r"(?<![减至])(?P<bare>[少低缺差超多高晚迟])(?P<one>[1一])"
_CLAUSE = lazy_pattern(
    rf"(?:每(?P<way>[^\d,;。扣{''.join(_DIGITS)}]{{0,14}}?)(?P<step>{_AMOUNT})|{_ONE_OFF})(?P<unit>[^\d,;。扣得]{{0,12}}?)"
    r"[,:]?(?:则|应|将|相应|就)*扣(?:除|减|掉|去)?(?:该?(?:项|指标)?(?:分值|权重分|权重|标准分|总分|满分)的?)?"
    rf"(?P<cost>{_AMOUNT})(?:(?P<share>%)(?:的?(?:分值|权重分?|分))?|分)"
)
_CAP = lazy_pattern(rf"(?:最多|最高|至多|累计不超过|上限为?)扣?(?:除|减)?(?P<cap>{_AMOUNT})分")
#: What may stand beside the clauses without changing them: 完成10次得8分, 扣完为止.
_ASIDE = lazy_pattern(
    r"[^,;。扣]*(?:得|计|记)(?:满分|\d+(?:\.\d+)?分)|满分\d*(?:\.\d+)?分?|(?:直至|直到)?扣(?:完|至0分)[^,;。]*|不足[^,;。]*"
)
_BELOW = ("少", "低", "减", "降", "缺", "差", "未", "没", "不")
_ABOVE = ("超", "多", "高", "增", "升", "延", "逾", "迟", "晚", "拖", "滞", "推", "发生", "出现", "发现")
_BOTH = ("偏", "相差")
#: What may follow the unit in a clause: 每1次未完成扣1分.
_AFTER_UNIT = lazy_pattern(r"(?:的|以上|[未没不].*)$")


class Clause(Record):
    """``cost`` hundredths of a point, or percent of the weight where ``shared``, for each ``step`` below or above the target."""

    below: bool
    above: bool
    step: Fraction
    unit: str
    cost: Fraction
    shared: bool
    words: tuple[str, str]

    def units(self, deviation: Decimal, bound: Decimal, unit: str, factor: Decimal) -> Fraction | None:
        """How many steps a deviation is. A step in percent counts parts of a target that is no percentage itself."""
        size = Fraction(abs(deviation))
        if self.unit == "%" != unit:
            return size * 100 / abs(Fraction(bound)) / self.step if bound else None
        if not self.unit:
            return size / Fraction(factor) / self.step
        return size / self.step if same_measure(self.unit, unit) else None


class Deductions(Record):
    """A rule's clauses, the most that they take in hundredths, and how a unit that is not full counts ("" unsaid)."""

    clauses: tuple[Clause, ...]
    cap: Fraction | None = None
    part: str = ""

    def clause(self, deviation: Decimal) -> Clause | None:
        """The clause that speaks of a deviation (negative below the target)."""
        return next((own for own in self.clauses if (own.below if deviation < 0 else own.above)), None)

    def lost(self, clause: Clause, units: Fraction, part: str) -> Fraction:
        """What so many units cost; ``part`` is the scheme's way with a unit that is not full."""
        whole = {"进一": ceil, "不计": floor}.get(self.part or part)
        lost = (Fraction(whole(units)) if whole else units) * clause.cost
        return lost if self.cap is None or clause.shared else min(lost, self.cap)


@lru_cache(maxsize=4096)
def parse_deductions(rule: str) -> Deductions | None:
    """``None`` where the rule is none of this kind, or says more than its clauses do."""
    text = "".join(unicodedata.normalize("NFKC", rule[:LONGEST_RULE]).split())
    clauses = tuple(_clause(match) for match in _CLAUSE.finditer(text))
    rest = _CLAUSE.sub("", text)
    cap = _CAP.search(rest)
    if not clauses or len(rule) > LONGEST_RULE or re.search(r"\d|扣|不得分", _ASIDE.sub("", _CAP.sub("", rest))):
        return None
    part = next((part for part, words in _PARTS if words.search(rest)), "")
    return Deductions(clauses, None if cap is None else _number(cap["cap"]) * 100, part)


_PARTS = (("不计", lazy_pattern(r"不足[^,;。]*不(?:予|再)?[扣计]")), ("进一", lazy_pattern(r"不足[^,;。]*[按计算]")))


def _clause(match: re.Match[str]) -> Clause:
    way = (match["way"] or match["bare"] or "") + match["unit"]
    step = match["step"] or match["one"]
    both = any(word in way for word in _BOTH)
    below, above = (any(word in way for word in words) for words in (_BELOW, _ABOVE))
    unit = _AFTER_UNIT.sub("", match["unit"])
    one = parse_quantity(f"1{unit}")
    return Clause(
        below=both or below or not above,
        above=both or (above and not below) or not (above or below),
        step=_number(step) * Fraction(one.factor),
        unit=one.unit,
        cost=_number(match["cost"]) if match["share"] else _number(match["cost"]) * 100,
        shared=bool(match["share"]),
        words=(f"{step}{unit}", f"{match['cost']}{'%' if match['share'] else '分'}"),
    )


def _number(text: str) -> Fraction:
    return Fraction(_DIGITS.get(text, text))
