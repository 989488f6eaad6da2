"""One cell → one value: text, an exact number, blank, or the reason why it is neither."""

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable, Sequence
from decimal import Decimal
from math import isfinite, nan

import numpy as np
import numpy.typing as npt

from perfeval_xl.lazy_pattern import lazy_pattern
from perfeval_xl.money import UNITS, decimal_of_float, round_half_up


class Percent(float):
    """A number in a cell that Excel shows as a percentage: 0.9 is shown, and meant, as 90%."""

    __slots__ = ()


class Unusable(str):
    """A cell without a usable value: the finding's code (R106 an Excel error, R107 a formula never calculated)."""


Cell = str | float | bool | dt.date | dt.time | dt.timedelta | None
Whole = npt.NDArray[np.int64]
Known = npt.NDArray[np.bool_]
#: A dash where an amount stands says that there is none.
DASHES = frozenset({"-", "--", "—", "——", "–", "−", "无"})
_NUMBER = lazy_pattern(
    r"(?P<sign>[+-]?)¥?(?P<sign2>[+-]?)(?P<digits>\d{1,3}(,\d{3})+|\d+)(?P<point>\.\d+)?(?P<unit>元|千元|万元|百万元|亿元)?"
)
_PLAIN, _NEAR = 1e13, 0.25
#: Below this a float's 15 digits are what Excel shows: see :func:`perfeval_xl.money.decimal_of_float`.
_SHORT = 1e9
#: A hundred trillion yuan and ten million points: what is larger is a slip of the hand, and would not fit 64 bits.
_LARGEST, _HIGHEST = Decimal(10) ** 16, Decimal(10) ** 7
#: 1.83151E7 is exact as programs write it; 1.83E+07 is how Excel shows a number whose other digits are lost.
_SCIENTIFIC = lazy_pattern(r"[+-]?\d(\.\d+)?[eE](-?\d+|\+\d)")
#: Two numbers in a cell, one under the other or side by side; 1 234 567 is one.
_TWO_NUMBERS = lazy_pattern(r"[\d.)]\s*[\r\n]\s*[\d(¥+-]|\d{4}\s+\d|\d\s+(?!\d{3}(?!\d))\d")


def text_of(cell: Cell) -> str:
    """What a reader of the sheet sees: 10.0 is 10, a percentage keeps its sign, a date is written out."""
    if type(cell) is str:
        return cell.strip()
    if cell is None or isinstance(cell, Unusable):
        return ""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, Percent):
        return f"{_moved_point(cell) or _plain(decimal_of_float(cell) * 100)}%"
    if isinstance(cell, int | float):
        return _digits(float(cell)) or _plain(decimal_of_float(float(cell)))
    if isinstance(cell, dt.date):
        return f"{cell.year}年{cell.month}月{cell.day}日"
    return str(cell)


def _digits(number: float) -> str:
    """What Excel shows of a number; nothing where it is not written plainly. Long tables have one in each row."""
    digits = format(number, ".15g")
    return digits if abs(number) < _SHORT and digits.lstrip("-").replace(".", "", 1).isdecimal() and number else ""


def _moved_point(number: float) -> str:
    """A hundred times a rate, in digits; nothing where it is not written plainly. Long tables have one in each row."""
    digits = format(number, ".15g")
    whole, _, decimals = digits.partition(".")
    if not (whole + decimals).isdecimal() or len(whole) > 9:
        return ""
    moved = (whole + decimals[:2].ljust(2, "0")).lstrip("0") or "0"
    return f"{moved}.{decimals[2:]}" if decimals[2:] else moved


def _plain(number: Decimal) -> str:
    return format(number.normalize(), "f") if number else "0"


def number_of(cell: Cell) -> Decimal | str | None:
    """The exact number in a cell, ``None`` where it is blank, or the code of the finding (R106, R107).

    A dash is the word for nothing and gives zero; whoever reads a place where that means "not stated" asks first.
    A unit behind the number (``120万元``) is not this function's to apply: see :func:`amount_of`.
    """
    if isinstance(cell, Unusable):
        return str(cell)
    if cell is None or cell == "":
        return None
    if isinstance(cell, bool) or not isinstance(cell, str | int | float):
        return "R106"
    if not isinstance(cell, str):
        return decimal_of_float(float(cell)) if isfinite(cell) else "R106"
    written = unicodedata.normalize("NFKC", cell).replace("−", "-").strip()
    text = "".join(written.split())
    if text != written and _TWO_NUMBERS.search(written):
        return "R106"
    if not text:
        return None
    if text in DASHES:
        return Decimal(0)
    match, negative = _match_number(text)
    if match is None:
        return Decimal(text) if _SCIENTIFIC.fullmatch(text) else "R106"
    number = Decimal(match["digits"].replace(",", "") + (match["point"] or ""))
    return -number if negative else number


def _match_number(text: str) -> tuple[re.Match[str] | None, bool]:
    bracketed = text.startswith("(") and text.endswith(")")
    match = _NUMBER.fullmatch(text[1:-1] if bracketed else text)
    if match is None or (match["sign"] and match["sign2"]) or (bracketed and (match["sign"] or match["sign2"])):
        return None, False
    return match, bracketed or "-" in (match["sign"], match["sign2"])


def rounded_floats(cells: Sequence[Cell], scale: int, highest: float) -> tuple[Whole, Known]:
    """The floats among the cells, ``scale`` times and rounded, where half up and the exact digits cannot matter.

    What is far from a half rounds the same from the float as from its decimals; the others, and what is not below
    ``highest`` after scaling, are not known here.
    """
    floats = np.fromiter((cell if type(cell) is float else nan for cell in cells), np.float64, len(cells))
    with np.errstate(invalid="ignore", over="ignore"):
        scaled = floats * scale
        whole = np.rint(scaled)
        known = (np.abs(scaled) < highest) & (np.abs(scaled - whole) < _NEAR)
    return np.where(known, whole, 0).astype(np.int64), known


def amount_of(cell: Cell, fen_per_unit: int) -> int | str | None:
    """A cell's amount in fen; a unit written behind the number rules over the column's."""
    if type(cell) is float:
        # What is far from half a fen rounds the same without decimals; the rest goes the exact way.
        scaled = cell * fen_per_unit
        if abs(scaled) < _PLAIN and abs(scaled - round(scaled)) < _NEAR:
            return round(scaled)
    number = number_of(cell)
    if not isinstance(number, Decimal):
        return number
    if isinstance(cell, Percent):
        return "R106"
    if isinstance(cell, str):
        own = next((unit for unit in sorted(UNITS, key=len, reverse=True) if cell.strip().endswith(unit)), None)
        fen_per_unit = UNITS[own] if own else fen_per_unit
    fen = number * fen_per_unit
    return round_half_up(fen) if abs(fen) < _LARGEST else "R106"


def points_of(cell: Cell) -> int | str | None:
    """A score or weight in hundredths of a point. A dash says that none is stated; ``8分`` is 8."""
    if isinstance(cell, Percent):
        return "R106"
    if isinstance(cell, str) and not isinstance(cell, Unusable):
        cell = "" if cell.strip() in DASHES else cell.strip().removesuffix("分")
    number = number_of(cell)
    if not isinstance(number, Decimal):
        return number
    return round_half_up(number * 100) if abs(number) < _HIGHEST else "R106"


def rate_of(cell: Cell) -> str | None:
    """A stated rate as written, ``98.91%`` or ``0.9891``; ``None`` where it is blank or a dash, else the finding's code."""
    if isinstance(cell, str) and not isinstance(cell, Unusable):
        stripped = unicodedata.normalize("NFKC", cell).strip()
        if stripped in DASHES:
            return None
        number = number_of(stripped.removesuffix("%"))
        return f"{number}{'%' if stripped.endswith('%') else ''}" if isinstance(number, Decimal) else number
    if isinstance(cell, float):
        return text_of(cell) if isfinite(cell) else "R106"
    number = number_of(cell)
    return text_of(cell) if isinstance(number, Decimal) else number


def printed_place(cells: Iterable[Cell], fen_per_unit: int) -> int:
    """The last printed place of a table, in fen: 100 yuan where 万元 stand with two decimals; 1 for exact yuan.

    A table in yuan is taken at its word to the fen; a coarser one is as fine as the finest of its figures.
    """
    return place_of(decimal_places(cells), fen_per_unit) if fen_per_unit > UNITS["元"] else 1


def place_of(decimals: int, fen_per_unit: int) -> int:
    """So many decimal places of a unit in fen; 1 at least."""
    return int(max(Decimal(1), fen_per_unit * Decimal(10) ** -decimals))


def decimal_places(cells: Iterable[Cell]) -> int:
    """The most decimal places of any of the numbers in the cells."""
    return max(map(_places, cells), default=0)


def _places(cell: Cell) -> int:
    """The decimal places of the number in a cell."""
    if type(cell) is float and abs(cell) < _SHORT:
        digits = format(cell, ".15g")
        if "e" not in digits:
            return len(digits.partition(".")[2])
    number = number_of(cell)
    if not isinstance(number, Decimal):
        return 0
    # A text says its places itself, zeros and all: 10.00 is no whole number of 万元.
    written = number if isinstance(cell, str) else number.normalize()
    return max(0, -int(written.as_tuple().exponent))
