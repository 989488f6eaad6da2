"""年度目标值 and 全年完成值 in the styles that officers write: operators, numbers with units, percentages, dates, words."""

import re
import unicodedata
from decimal import Decimal
from functools import lru_cache

from perfeval_xl.core.scoring.dates import parse_days
from perfeval_xl.lazy_pattern import lazy_pattern
from perfeval_xl.record import Record
from perfeval_xl.text import is_nothing

_PREFIXES = (
    ("大于等于", "≥"), ("大于或等于", "≥"), ("不低于", "≥"), ("不少于", "≥"), ("不小于", "≥"), ("至少", "≥"), (">=", "≥"), ("=>", "≥"), ("≥", "≥"), ("≧", "≥"),
    ("小于等于", "≤"), ("小于或等于", "≤"), ("不超过", "≤"), ("不高于", "≤"), ("不大于", "≤"), ("不多于", "≤"), ("不晚于", "≤"), ("不迟于", "≤"),
    ("控制在", "≤"), ("<=", "≤"), ("=<", "≤"), ("≤", "≤"), ("≦", "≤"),
    ("等于", "="), ("大于", ">"), ("超过", ">"), ("高于", ">"), ("多于", ">"), ("小于", "<"), ("低于", "<"), ("少于", "<"),
    (">", ">"), ("<", "<"), ("=", "="), ("±", "±"), ("+-", "±"), ("+/-", "±"),
)  # fmt: skip
_SUFFIXES = (("及以上", "≥"), ("或以上", "≥"), ("以上", "≥"), ("及以下", "≤"), ("或以下", "≤"), ("以下", "≤"), ("以内", "≤"), ("之内", "≤"), ("内", "≤"))  # fmt: skip
#: A longer text is a description, whatever numbers it holds.
_LONGEST = 60
_STRICT = {"≥": ">", "≤": "<"}
_AMOUNT = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
#: A year is no number of units, and what is denied (2次未完成) is none.
_UNIT = r"(?!年.*[底末初内中])[^\d.,+\-~未没尚]*(?:m[23])?(?:/(?:10)?万[^\d.,+\-~]*)?"
_NUMBER = lazy_pattern(rf"([+-]?{_AMOUNT})({_UNIT})")
_INTERVAL = lazy_pattern(rf"([+-]?{_AMOUNT})([^\d.,+\-~至到]*)(?:[-~—–〜]+|至|到)([+-]?{_AMOUNT})({_UNIT})")
_SPANS = frozenset("-~—–〜至到")
_PERCENT = lazy_pattern(r"%(?:完成|覆盖|到位|达标|合格)?|百分比|个?百分点")
_INCLUDING = lazy_pattern(r"\((?:包?含)[^)]*\)")
#: What a number is of, or is shared out by, in brackets behind it (12次（每月1次）): it says nothing else.
_REMARK = lazy_pattern(r"\((?:每|按|满分|其中|详?见)[^()]*\)$")
#: Whose number it is, or of when: 全年12次, 每年不少于3次, 满意度≥90%.
_WHOSE = lazy_pattern(
    r"(?:全年|每年|本年度?)(?=\D{0,5}\d)|[^\d≥≤<>=%±]{0,12}?(?:率|满意度|知晓度|占比|比例)"
    r"(?=(?:[≥≤<>=]+|[大小]于(?:等于)?|不[低少高大小多]于|不超过|达到?了?|为)?\d[\d.]*%(?:及?以[上下内])?$)"
)
_WHOSE_WORDS = ("年", "率", "度", "占比", "比例")
#: 提高 5% and 下降 5%: the same number, the other way round; 提高到 90% is a level.
_CHANGE = lazy_pattern(
    r"(?:同比|环比|[较比](?:上年|去年))?(?:(提高|提升|增长|增加|上升)|(下降|降低|减少|压减|缩短))(了|到|至)?(?=.*\d)"
)
_DONE = lazy_pattern(r"(?:(?:已|实际|累计|共计|共|合计|总计)+(?:完成|达到|达)?|完成|达到|达)(?=[≥≤<>=]?\d)")
_MULTIPLES = (("千万", 7), ("百万", 6), ("亿", 8), ("万", 4), ("千", 3))
#: Unit → the unit that it is counted in, and how many of these it is. Other units are taken as they stand.
_UNITS: dict[str, dict[str, int | str]] = {
    "元": {"元": 1, "元整": 1, "元人民币": 1},
    "秒": {"秒": 1, "秒钟": 1, "分钟": 60, "小时": 3600, "个小时": 3600, "天": 86400, "日": 86400, "周": 604800, "个星期": 604800},
    "工作日": {"工作日": 1, "个工作日": 1},
    "月": {"月": 1, "个月": 1, "季度": 3, "个季度": 3, "年": 12},
    "米": {"米": 1, "m": 1, "公里": 1000, "km": 1000, "千米": 1000, "厘米": "0.01"},
    "平方米": {"平方米": 1, "m2": 1, "公顷": 10000, "平方公里": 1000000},
    "克": {"克": 1, "公斤": 1000, "kg": 1000, "吨": 1000000},
}  # fmt: skip
_MEASURES = {unit: (base, Decimal(factor)) for base, units in _UNITS.items() for unit, factor in units.items()}
_BASES = frozenset({"%", *_UNITS})
#: What 指标方向 may say, besides the operators themselves.
DIRECTIONS = dict(_PREFIXES) | {
    "正向": "≥", "正向指标": "≥", "反向": "≤", "反向指标": "≤", "逆向": "≤", "逆向指标": "≤", "负向": "≤", "负向指标": "≤",
    "越高越好": "≥", "越大越好": "≥", "越多越好": "≥", "越低越好": "≤", "越小越好": "≤", "越少越好": "≤",
    "定性": "定性", "定性指标": "定性",
}  # fmt: skip


class Quantity(Record):
    """A parsed value. ``kind``: number, interval, date, words or blank. A percentage has the unit ``%`` and its percent number.

    ``value``–``upper``: the ends of an interval, or a date's first and last day (as ordinals). A number is counted in
    its base unit, ``factor`` of which are one of the unit written. ``shown``: the text without its operator.
    """

    kind: str
    operator: str = ""
    value: Decimal = Decimal(0)
    upper: Decimal = Decimal(0)
    unit: str = ""
    factor: Decimal = Decimal(1)
    change: str = ""
    shown: str = ""


@lru_cache(maxsize=1 << 18)
def parse_quantity(text: str, year: int = 2000) -> Quantity:
    """Never fails: what is not a number with its unit, nor a date, is words, and what says nothing is blank.

    ``year`` is that of a date that names none. Words before a number that only say whose it is, or of when, and a remark in
    brackets behind it, are passed over (满意度≥90%, 12次（每月1次）).
    """
    key = _plain(text)
    number = _REMARK.sub("", key)
    if any(word in number for word in _WHOSE_WORDS):
        number = _WHOSE.sub("", number, count=1)
    if number != key and (own := bare_quantity(number, year)).kind == "number":
        return own
    return bare_quantity(key, year)


@lru_cache(maxsize=1 << 18)
def bare_quantity(text: str, year: int = 2000) -> Quantity:
    """:func:`parse_quantity` of a text with nothing around its number."""
    key = _plain(text)
    if is_nothing(key):
        return Quantity("blank")
    if len(key) > _LONGEST:
        return Quantity("words", shown=key)
    operator, rest = _operator(key)
    if days := parse_days(rest, year) or parse_days(key, year):
        first, last = (Decimal(day.toordinal()) for day in days)
        return Quantity("date", operator, first, last, shown=rest)
    written = rest
    change, bound, rest = _change(rest)
    if change or bound:
        inner, rest = _operator(rest)
        operator = operator or inner or bound
    if not _SPANS.isdisjoint(rest) and (match := _INTERVAL.fullmatch(rest)):
        return _interval(match, rest)
    match = _NUMBER.fullmatch(rest)
    if match is None:
        return Quantity("words", operator, shown=rest)
    unit, factor = _unit(match[2])
    value = Decimal(match[1].replace(",", "")) * factor
    return Quantity(
        "number", operator, value, unit=unit, factor=factor, change=change, shown=written if change else rest
    )


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split()).rstrip("。.;,、")


def _interval(match: re.Match[str], text: str) -> Quantity:
    unit, factor = _unit(match[4] or match[2])
    low, high = sorted(Decimal(match[at].replace(",", "")) * factor for at in (1, 3))
    return Quantity("interval", "", low, high, unit, factor, shown=text)


def _unit(text: str) -> tuple[str, Decimal]:
    """The base unit and how many of it one is: 万元 → (元, 10000); 2次/年 is counted in 次."""
    unit = text.split("/")[0]
    if _PERCENT.fullmatch(unit):
        return "%", Decimal(1)
    if unit == "‰":
        return "%", Decimal("0.1")
    factor = Decimal(1)
    for word, zeros in _MULTIPLES:
        if unit.startswith(word):
            unit, factor = unit.removeprefix(word), Decimal(10**zeros)
            break
    base, own = base_measure(unit)
    return base, factor * own


def base_measure(unit: str) -> tuple[str, Decimal]:
    """The base unit of a measure and how many of it one is: 公里 → (米, 1000); any other unit is its own."""
    return _MEASURES.get(unit, (unit, Decimal(1)))


def _operator(key: str) -> tuple[str, str]:
    key = _INCLUDING.sub("", key)
    strict = "(不含)" in key
    key = key.replace("(不含)", "")
    operator, rest = next(
        ((sign, key.removeprefix(word)) for word, sign in _PREFIXES if key.startswith(word)), ("", key)
    )
    suffix, implied = next(((word, sign) for word, sign in _SUFFIXES if rest.endswith(word)), ("", ""))
    operator = operator or implied
    return _STRICT.get(operator, operator) if strict else operator, rest.removesuffix(suffix)


def _change(text: str) -> tuple[str, str, str]:
    """The direction of a change (升, 降), the operator of a level that it reaches, and what is left."""
    if text[:1].isdecimal() or not any(map(str.isdecimal, text)):  # as most are
        return "", "", text
    if match := _DONE.match(text):
        return "", "", text[match.end() :]
    match = _CHANGE.match(text)
    if match is None:
        return "", "", text
    rest = text[match.end() :]
    if match[3] in ("到", "至"):
        return "", "≥" if match[1] else "≤", rest
    return "升" if match[1] else "降", "", rest


def comparable_actual(target: Quantity, actual: Quantity) -> Decimal | None:
    """The actual's number in the target's base unit and sense; ``None`` where the two cannot be told to be comparable.

    A percentage compares with a percentage: ``95`` beside 90% is 95%; 0.95 could be either. A bare number beside
    10万元 counts 万元 where yuan would be next to nothing, and people beside 1.5万人次 where 万 would be absurd.
    """
    value = -actual.value if actual.change and actual.change != (target.change or "升") else actual.value
    if "%" in (target.unit, actual.unit):
        return value if _same_percent(target, actual) else None
    if target.unit and actual.unit:
        return value if same_measure(target.unit, actual.unit) else None
    if actual.unit or target.factor == 1 or actual.factor != 1:
        return value
    wanted = abs(target.upper if target.kind == "interval" else target.value)
    small, large = abs(value) * 100 < wanted, abs(value * target.factor) > 100 * wanted
    if small == large:
        return None
    return value * target.factor if small else value


def same_measure(one: str, other: str) -> bool:
    """Whether two base units can be compared: 次 and 场 count alike, 元 is only 元."""
    return one == other or not (_BASES & {one, other})


def _same_percent(target: Quantity, actual: Quantity) -> bool:
    if target.unit == actual.unit:
        return True
    bare, percent = (target, actual) if target.unit == "" else (actual, target)
    if bare.unit:
        return False
    return abs(bare.value) > 1 or abs(percent.value) <= 1 or bare.value == 0
