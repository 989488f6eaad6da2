"""Rules in tiers (≥100%:8; ≥80%:6; …), read in one place: what is reached → points.

A condition in percent is about the completion, unless it names something else (满意度≥90%得10分) or the target is a
percentage at which the best tier begins (≥90%: ≥90%:10; ≥85%:8); any other number is about the actual value, and a word
about the actual word. Of several tiers that are reached the best counts, so that tiers may stand in any order and need
not say whose their common edge is; where none is reached there are no points. Where the best tier gives 1 and another a
part of it, they are coefficients of the weight (高:1; 较高:0.85).
"""

import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from perfeval_xl.core.scoring.deductions import LONGEST_RULE
from perfeval_xl.core.scoring.targets import Quantity, bare_quantity, parse_quantity
from perfeval_xl.lazy_pattern import lazy_pattern
from perfeval_xl.record import Record, replace
from perfeval_xl.text import match_key

_NO_POINTS = r"(?:得0分|不得分|不计分|零分)"
_PIECE = lazy_pattern(
    r"(?P<when>.+?)(?::|=|,|得|计|为|给|记|的|可|即)*"
    rf"(?:(?P<points>\d+(?:\.\d+)?)(?:(?P<share>%)(?:的?(?:分值|权重分?|分))?|分?)|{_NO_POINTS})"
)
_BETWEEN = lazy_pattern(r"(.*?\d.*?)(<=|>=|[<>≤≥])([^\d]*?)(<=|>=|[<>≤≥])(.*?\d.*)")
_ELSE = lazy_pattern(r"(?:其余|其他|其它|否则|余下|以下)(?:情况|的)*")
_EDGES = lazy_pattern(r"\(不?含\)")
_COMPLETION = lazy_pattern(
    r"(?:在|当|如|若)?(?:(?:指标|目标|任务|年度|实际|数量)*(?:完成|执行|达成|实现|达标)(?:率|比例|程度|度|情况)?)?(?:达到|达|在|为)?"
)
#: A new line, or a blank or a stroke between points and the next condition.
_NEW_TIER = lazy_pattern(r"\s*\n\s*|(?<=[\d分])(?:\s+|/)(?=[≥≤<>])")
_BRACKETS = lazy_pattern(r"[\[(]([\d.]+[^\d,;()\[\]]*)[,~-]([\d.]+[^\d,;()\[\]]*)[\])]")
_WHOLE = 100
_MORE_THAN = {"<": "<", "<=": "≤", "≤": "≤", ">": ">", ">=": "≥", "≥": "≥"}


class Tier(Record):
    """``points``: hundredths of a point, or percent of the weight where ``shared``. Ends are inclusive unless ``open``.

    ``of``: what the ends are compared with: ``completion`` (percent), ``actual`` (in its base unit, or where ``bare``
    in the unit that the target is written in), ``word`` or ``else``, which holds always.
    """

    of: str
    words: str
    points: Fraction
    shared: bool
    low: Fraction | None = None
    high: Fraction | None = None
    open: str = ""
    bare: bool = False

    def holds(self, completion: Fraction | None, actual: Decimal, target: Quantity, word: str) -> bool:
        """Whether the tier is reached; not where what it asks for is unknown."""
        if self.of in ("word", "else"):
            return self.of == "else" or match_key(word) == self.words
        value = completion if self.of == "completion" else Fraction(actual / target.factor if self.bare else actual)
        if value is None:
            return False
        above = self.low is None or value > self.low or (value == self.low and ">" not in self.open)
        below = self.high is None or value < self.high or (value == self.high and "<" not in self.open)
        return above and below


@lru_cache(maxsize=4096)
def parse_tiers(rule: str) -> tuple[Tier, ...]:
    """The tiers of a rule, none where it is no such rule or says more than its tiers do."""
    if len(rule) > LONGEST_RULE:
        return ()
    text = unicodedata.normalize("NFKC", rule).replace("≧", "≥").replace("≦", "≤").rstrip("…. 等")
    text = _BRACKETS.sub(r"\1-\2", _NEW_TIER.sub(";", text))
    matches = [_PIECE.fullmatch(piece) for piece in _pieces("".join(text.split()))]
    tiers = [_tier(match) for match in matches if match]
    found = tuple(tier for tier in tiers if tier)
    if len(found) != len(matches) or len(found) < 2 or len({tier.of for tier in found} - {"else"}) != 1:
        return ()
    return tuple(replace(tier, shared=True) for tier in found) if _are_coefficients(found) else found


def tiers_for(rule: str, target: Quantity) -> tuple[Tier, ...]:
    """The tiers of a rule as they are meant beside a target."""
    tiers = parse_tiers(rule)
    best = max(tiers, key=lambda tier: tier.points, default=None)
    whole = target.value in (0, _WHOLE) or target.kind != "number"
    if best is None or best.of != "completion" or target.unit != "%" or whole:
        return tiers
    if Fraction(target.value) not in (best.low, best.high):
        return tiers
    return tuple(replace(tier, of="actual") if tier.of == "completion" else tier for tier in tiers)


def _are_coefficients(tiers: tuple[Tier, ...]) -> bool:
    """Whether the points are parts of 1: a hundredth of a point says as much as a percent of the weight."""
    points = [tier.points for tier in tiers]
    return not any(tier.shared for tier in tiers) and max(points) == _WHOLE and any(0 < own < _WHOLE for own in points)


def _pieces(text: str) -> Iterator[str]:
    """The text between separators; what a comma leaves without points belongs to what follows."""
    pending = ""
    for piece in re.split(r"[;。|]|(?<=分)[,、]|(?<=\d)[,、](?=\D)|(?<=[%上下间])[,、](?=[\d得])", text):
        if not piece:
            continue
        pending = f"{pending},{piece}" if pending else piece
        if _PIECE.fullmatch(pending) and not _is_condition(pending):
            yield pending
            pending = ""
    if pending:
        yield pending


def _is_condition(piece: str) -> bool:
    """Whether nothing but a condition stands there: ≥80% is no tier of nothing with 80%."""
    return piece.endswith("%") and not re.search(r"[:=,得计给记]", piece)


def _tier(match: re.Match[str]) -> Tier | None:
    if "扣" in match["when"]:  # what is taken off, not what is given
        return None
    shared = bool(match["share"])
    points = Fraction(match["points"] or 0) * (1 if shared else 100)
    when = _EDGES.sub("", match["when"]) if "-" in match["when"] or "~" in match["when"] else match["when"]
    if _ELSE.fullmatch(when):
        return Tier("else", when, points, shared)
    if between := _BETWEEN.fullmatch(when):
        return _between(between, when, points, shared)
    name, quantity = _named(_COMPLETION.sub("", when, count=1))
    if quantity is None:
        return None if re.search(r"\d", when) else Tier("word", match_key(when), points, shared)
    low, high, kind = _ends(quantity)
    return Tier(_subject(name, quantity), when, points, shared, low, high, kind, not quantity.unit)


def _between(match: re.Match[str], when: str, points: Fraction, shared: bool) -> Tier | None:
    """80%≤完成率<100%, in either direction."""
    first, last = parse_quantity(match[1]), parse_quantity(match[5])
    if first.kind != "number" or last.kind != "number":
        return None
    ends = sorted((first.value, last.value))
    signs = [_MORE_THAN[match[2]], _MORE_THAN[match[4]]]
    rising = signs[0] in "<≤"
    open_low, open_high = (signs[0] in "<>", signs[1] in "<>") if rising else (signs[1] in "<>", signs[0] in "<>")
    name = _COMPLETION.sub("", match[3], count=1)
    unit = last if last.unit else first
    low, high = map(Fraction, ends)
    kind = (">" if open_low else "") + ("<" if open_high else "")
    return Tier(_subject(name, unit), when, points, shared, low, high, kind, not unit.unit)


def _named(text: str) -> tuple[str, Quantity | None]:
    """The name before a number and the number: 满意度≥90% → 满意度, ≥90%."""
    for at in range(len(text)):
        quantity = bare_quantity(text[at:])
        if quantity.kind in ("number", "interval"):
            return text[:at], quantity
    return text, None


def _ends(quantity: Quantity) -> tuple[Fraction | None, Fraction | None, str]:
    if quantity.kind == "interval":
        return Fraction(quantity.value), Fraction(quantity.upper), ""
    value = Fraction(quantity.value)
    if quantity.operator in ("≤", "<"):
        return None, value, quantity.operator
    return value, value if quantity.operator == "=" else None, quantity.operator


def _subject(name: str, quantity: Quantity) -> str:
    return "actual" if name or quantity.unit != "%" else "completion"
