"""年度目标值 and 全年完成值 in the styles that officers write: operators, numbers with units, percentages, words."""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from perfeval_xl.text import is_nothing

_PREFIXES = (
    ("大于等于", "≥"), ("大于或等于", "≥"), ("不低于", "≥"), ("不少于", "≥"), ("不小于", "≥"), ("至少", "≥"), (">=", "≥"), ("=>", "≥"), ("≥", "≥"), ("≧", "≥"),
    ("小于等于", "≤"), ("小于或等于", "≤"), ("不超过", "≤"), ("不高于", "≤"), ("不大于", "≤"), ("不多于", "≤"), ("控制在", "≤"), ("<=", "≤"), ("=<", "≤"), ("≤", "≤"), ("≦", "≤"),
    ("等于", "="), ("大于", ">"), ("超过", ">"), ("高于", ">"), ("小于", "<"), ("低于", "<"), ("少于", "<"), (">", ">"), ("<", "<"), ("=", "="), ("±", "±"),
)  # fmt: skip
_SUFFIXES = (("及以上", "≥"), ("以上", "≥"), ("及以下", "≤"), ("以下", "≤"), ("以内", "≤"), ("之内", "≤"))
_NUMBER = re.compile(r"([+-]?)(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?([^\d.,+\-~]*)")
_INTERVAL = re.compile(r"(\d+(?:\.\d+)?)(%?)[-~—–至](\d+(?:\.\d+)?)([^\d.,+\-~]*)")
_PERCENT_UNITS = frozenset({"%", "百分比", "百分点", "个百分点"})
_MULTIPLES = (("亿", Decimal(10) ** 8), ("万", Decimal(10) ** 4))
#: What 指标方向 may say, besides the operators themselves.
DIRECTIONS = {
    "≥": "≥", ">=": "≥", "正向": "≥", "正向指标": "≥", "≤": "≤", "<=": "≤", "反向": "≤", "反向指标": "≤", "逆向": "≤", "负向": "≤",
    "=": "=", ">": ">", "<": "<", "±": "±", "定性": "定性", "定性指标": "定性",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Quantity:
    """A parsed value. ``kind``: number, interval, words or blank. A percentage has the unit ``%`` and its percent number."""

    kind: str
    operator: str = ""
    value: Decimal = Decimal(0)
    upper: Decimal = Decimal(0)
    unit: str = ""


@lru_cache(maxsize=65536)
def parse_quantity(text: str) -> Quantity:
    """Never fails: what is not a number with its unit is words, and what says nothing is blank."""
    key = "".join(unicodedata.normalize("NFKC", text).split())
    if is_nothing(key):
        return Quantity("blank")
    operator, rest = _operator(key)
    if match := _INTERVAL.fullmatch(rest):
        unit = "%" if match[2] or match[4] in _PERCENT_UNITS else match[4]
        return Quantity("interval", "", Decimal(match[1]), Decimal(match[3]), unit)
    match = _NUMBER.fullmatch(rest)
    if match is None or match[4].startswith("年"):
        return Quantity("words")
    value = Decimal(match[1] + match[2].replace(",", "") + (match[3] or ""))
    unit = match[4]
    if unit in _PERCENT_UNITS:
        return Quantity("number", operator, value, unit="%")
    for word, multiple in _MULTIPLES:
        if unit.startswith(word):
            return Quantity("number", operator, value * multiple, unit=unit.removeprefix(word))
    return Quantity("number", operator, value, unit=unit)


def _operator(key: str) -> tuple[str, str]:
    for word, operator in _PREFIXES:
        if key.startswith(word):
            rest = key.removeprefix(word)
            return operator, next((rest.removesuffix(suffix) for suffix, _ in _SUFFIXES if rest.endswith(suffix)), rest)
    for word, operator in _SUFFIXES:
        if key.endswith(word):
            return operator, key.removesuffix(word)
    return "", key


def same_kind_of_unit(target: Quantity, actual: Quantity) -> bool:
    """Whether two numbers can be divided: a percentage by a percentage. ``95`` beside 90% is 95%; 0.95 could be either."""
    if target.unit == "%" and actual.unit == "":
        return actual.value > 1 or target.value <= 1 or actual.value == 0
    return (target.unit == "%") == (actual.unit == "%") or target.unit == ""
