"""How many decimal places the numbers of a sheet are shown with: 10 in a cell of the format 0.00 is printed as 10.00."""

import re
from collections.abc import Mapping
from types import MappingProxyType

from perfeval_xl.lazy_pattern import lazy_pattern

#: (column, decimal places) → the first and the last row with a number shown so; all zero-based.
Shown = Mapping[tuple[int, int], tuple[int, int]]
#: Where nothing is known of formats.
NOTHING_SHOWN: Shown = MappingProxyType({})

_BUILT_IN = dict.fromkeys((2, 4, 7, 8, 39, 40, 43, 44), 2)
#: No amount has more; longer formats are nobody's.
_MOST = 15
#: What of a format code is not about digits: texts, escapes (! is one in Chinese programs), fillers, colours.
_ASIDE = lazy_pattern(r'"[^"]*"|[\\!_*].|\[[^\]]*\]')
#: Rates, powers of ten, and thousands left off (0.00, shows 元 as 千元): not the places of the cell's own number.
_OTHERWISE = lazy_pattern(r"%|E[+-]|,(?![#0?,])", re.IGNORECASE)
_PLACES = lazy_pattern(r"\.(0+)")


def decimals_of_formats(custom: Mapping[int, str]) -> dict[int, int]:
    """The decimal places of the numbered formats that always show some: the built-in ones and a workbook's own."""
    return {number: places for number, code in custom.items() if (places := _decimals_of(code))} | _BUILT_IN


def _decimals_of(code: str) -> int:
    """The places that a format code shows of every positive number."""
    digits = _ASIDE.sub("", code).partition(";")[0]
    match = None if _OTHERWISE.search(digits) else _PLACES.search(digits)
    return min(len(match[1]), _MOST) if match else 0


def add_shown(shown: dict[tuple[int, int], tuple[int, int]], column: int, decimals: int, first: int, last: int) -> None:
    """Note numbers of a column, from one row to another, that are shown with so many places."""
    known = shown.get((column, decimals), (first, last))
    shown[column, decimals] = min(first, known[0]), max(last, known[1])


def most_decimals(shown: Shown, columns: set[int], first: int, last: int) -> int:
    """The most places that any number of these columns is shown with, from one row to another."""
    own = (
        decimals
        for (column, decimals), (top, bottom) in shown.items()
        if column in columns and top <= last and bottom >= first
    )
    return max(own, default=0)
