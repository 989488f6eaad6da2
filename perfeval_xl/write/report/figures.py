"""Figures and lists as the office writes them in running text."""

import re
from collections.abc import Iterable, Sequence

import pandas as pd

from perfeval_xl.lazy_pattern import lazy_pattern
from perfeval_xl.money import two_decimals, wan_yuan, whole_or_two_decimals
from perfeval_xl.text import is_nothing

FULL = 10_000  # hundred percent, in hundredths of a percent
#: 1. / （1） / 1、 / ① / （一） / 一、 before an entry.
_NUMBER = lazy_pattern(
    r"\s*(?:[（(](\d{1,2}|[一二三四五六七八九十]{1,3})[）)]|(\d{1,2})(?:[、．)）]|\.(?!\d))|([①-⑳])|([一二三四五六七八九十]{1,3})、)\s*"
)
_NEXT_NUMBER = lazy_pattern(r"(?<=[；;。])\s*(?=[（(]\d{1,2}[）)]|\d{1,2}(?:[、．)）]|\.(?!\d))|[①-⑳])")
_FIRST_CIRCLES = ((1, 20, 0x2460), (21, 35, 0x3251), (36, 50, 0x32B1))


def missing(what: str) -> str:
    """The mark for what an officer must fill in; it is highlighted in the document."""
    return f"【待补充：{what}】"


def known(value: object) -> int | None:
    """A frame's whole number, ``None`` where unknown."""
    return None if value is None or value is pd.NA else int(value)  # type: ignore[call-overload]


def amount(fen: int | None, what: str) -> str:
    """``1831.51万元``, ``192万元``; in 元 where 万元 with two decimals would show nothing; the mark where unknown."""
    if fen is None:
        return missing(what)
    if fen and abs(fen) < 5000:
        return f"{two_decimals(fen)}元"
    text = wan_yuan(fen) or ""
    return f"{text.removesuffix('.00')}万元"


def percent(hundredths: int) -> str:
    """``98.91%``, ``100%``."""
    return f"{whole_or_two_decimals(hundredths)}%"


def share(part: int | None, whole: int | None, what: str) -> str:
    """part ÷ whole: ``98.91%``, ``100%``, but ``100.00%`` for what is only rounded to a hundred; the mark where unknown."""
    rate = rate_of(part, whole)
    if rate is None or part is None or not whole:
        return missing(what)
    return percent(rate) if part * 100 % whole == 0 else f"{two_decimals(rate)}%"


def points(hundredths: int | None, what: str = "分值") -> str:
    """``8分``, ``6.5分``."""
    if hundredths is None:
        return missing(what)
    return f"{whole_or_two_decimals(hundredths).rstrip('0').rstrip('.') if hundredths % 100 else hundredths // 100}分"


def rate_of(part: int | None, whole: int | None) -> int | None:
    """part ÷ whole in hundredths of a percent, half up; unknown where a part is or the whole is zero."""
    if part is None or not whole:
        return None
    sign = -1 if (part < 0) != (whole < 0) else 1
    return sign * ((2 * FULL * abs(part) + abs(whole)) // (2 * abs(whole)))


def circled(number: int) -> str:
    """①–㊿, then （51）."""
    for first, last, code in _FIRST_CIRCLES:
        if first <= number <= last:
            return chr(code + number - first)
    return f"（{number}）"


def chinese_number(number: int) -> str:
    """1 to 99 in Chinese: 一, 十一, 二十."""
    digits = "〇一二三四五六七八九"
    tens, rest = divmod(number, 10)
    return ("" if tens == 0 else "十" if tens == 1 else f"{digits[tens]}十") + (digits[rest] if rest else "")


_CHINESE = ["", *map(chinese_number, range(1, 100))]


def entries(text: str) -> list[str]:
    """The entries of a list that was written into one cell.

    Numbers of their own are left out, because the report numbers them; but only where they count 1, 2, 3 …, so that
    “一、二级公路” stays whole.
    """
    lines = [part.strip() for line in text.splitlines() for part in _NEXT_NUMBER.split(line) if part.strip()]
    matches = [_NUMBER.match(line) for line in lines]
    counted = [_value(match) if match else 0 for match in matches] == list(range(1, len(lines) + 1))
    if not counted or (len(lines) == 1 and matches[0] and matches[0][4]):
        return lines
    return [line[match.end() :] for line, match in zip(lines, matches, strict=True) if match]


def _value(match: re.Match[str]) -> int:
    number = match[1] or match[2] or match[3] or match[4]
    if number.isdecimal():
        return int(number)
    chinese = read_chinese(number)
    return ord(number) - 0x245F if chinese is None else chinese


def read_chinese(text: str) -> int | None:
    """十五 as 15, up to 99; ``None`` for what is no such number."""
    bare = text.replace("两", "二").replace("零", "")
    return _CHINESE.index(bare) if text and bare in _CHINESE else None


def numbered(text: str, what: str, bracketed: bool = False) -> list[str]:
    """A list cell as numbered entries; 无。 where there is nothing, and the mark where nothing was given."""
    if is_nothing(text):
        return ["无。"] if text.strip() else [missing(what)]
    return [f"（{at}）{entry}" if bracketed else circled(at) + entry for at, entry in enumerate(entries(text), 1)]


def paragraphs(text: str, what: str) -> list[str]:
    """A text's paragraphs; 无。 where there is nothing, and the mark where nothing was given."""
    if is_nothing(text):
        return ["无。"] if text.strip() else [missing(what)]
    return [line.strip() for line in text.splitlines() if line.strip()]


def ended(text: str) -> str:
    """A sentence with its full stop."""
    text = text.rstrip()
    return text if text.endswith(("。", "！", "？", "…", "”。")) else text.rstrip("；;，,、.") + "。"


def joined(names: Iterable[str]) -> str:
    """Names as a text lists them."""
    return "、".join(names)


def some(names: Sequence[str], limit: int = 5) -> str:
    """The first of the names, 等 where there are more."""
    return joined(names[:limit]) + ("等" if len(names) > limit else "")
