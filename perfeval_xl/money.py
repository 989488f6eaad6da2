"""Yuan, fen, 万元 and half-up rounding: the only place that knows them.

Money is a whole number of fen. Numbers come from a cell's text or from the shortest decimal form of its float,
and reach fen without binary arithmetic. Rounding is 四舍五入: half away from zero, once, from exact integers.
In frames amounts and scores are ``Int64``, where a missing value is *unknown*, which is never zero.
"""

from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pandas as pd

from perfeval_xl.groups import group_rows
from perfeval_xl.whole import Whole

FEN_PER_YUAN = 100
FEN_PER_WAN_YUAN = 1_000_000
#: Fen in one of each unit that a table may declare.
UNITS = {"元": FEN_PER_YUAN, "千元": 100_000, "万元": FEN_PER_WAN_YUAN, "百万元": 100_000_000, "亿元": 10_000_000_000}
_INT64_SAFE = 2**62


def decimal_of_float(number: float) -> Decimal:
    """The decimal that Excel shows for a stored float: 15 significant digits, more only where they matter.

    1831.5099999999998 (a formula's noise) is 1831.51; from a billion on, 15 digits could cut fen off, so there the
    shortest form that gives the same float back is taken.
    """
    return Decimal(format(number, ".15g") if abs(number) < 1e9 else repr(number))


def round_half_up(number: Decimal) -> int:
    """The nearest whole number, half away from zero."""
    return int(number.to_integral_value(rounding=ROUND_HALF_UP))


def ratio_half_up(numerator: pd.Series, denominator: pd.Series, scale: int = 1) -> pd.Series:
    """``scale × numerator / denominator`` rounded half up, exactly; unknown where a part is or the denominator is 0.

    Both are ``Int64`` series of the same index, and so is the result.
    """
    above, below = Whole.of(numerator), Whole.of(denominator)
    return pd.Series(share_of(Whole.all(scale, len(above)), above, below).array(), index=numerator.index)


def ratio_of(numerator: int | None, denominator: int | None, scale: int = 1) -> int | None:
    """:func:`ratio_half_up` of two numbers."""
    if numerator is None or not denominator:
        return None
    size = (2 * abs(numerator) * scale + abs(denominator)) // (2 * abs(denominator))
    return -size if (numerator < 0) != (denominator < 0) else size


def share_of(amount: Whole, above: Whole, below: Whole, place: int = 1) -> Whole:
    """``amount × above / below`` rounded half up, once, to a multiple of ``place``; unknown as in :func:`ratio_half_up`."""
    known = amount.known & above.known & below.known & (below.values != 0)
    result = np.zeros(len(amount), dtype="int64")
    if known.any():
        parts = [own.values[known] for own in (amount, above, below)]
        largest = [int(np.abs(part).max()) for part in parts]
        if largest[0] * largest[1] * 2 + largest[2] * place >= _INT64_SAFE:
            parts = [part.astype(object) for part in parts]
        sign = np.where((parts[0] < 0) ^ (parts[1] < 0) ^ (parts[2] < 0), -1, 1)
        one, other, under = (np.abs(part) for part in parts)
        under = under * place
        result[known] = (sign * ((2 * one * other + under) // (2 * under)) * place).astype("int64")
    return Whole(result, known)


def known_sum(amounts: Iterable[int | None]) -> int | None:
    """The sum, unknown where an addend is or where there is none."""
    added = list(amounts)
    return None if not added or None in added else sum(added)  # type: ignore[arg-type]


def sum_known(frame: pd.DataFrame, by: Sequence[str], columns: Sequence[str]) -> pd.DataFrame:
    """Group sums in which one unknown part makes the sum unknown. Index: ``by``; columns: ``columns`` (Int64)."""
    groups = group_rows(frame, by)
    return pd.DataFrame(sums_of(frame, groups.number, len(groups.first), columns), index=groups.keys)


def list_sums(frame: pd.DataFrame, by: Sequence[str], columns: Sequence[str]) -> pd.DataFrame:
    """:func:`sum_known` with the keys, texts, as columns; as objects, whose values come out ten times as fast as ``str``'s."""
    groups = group_rows(frame, by)
    keys = {name: pd.Series(frame[name].to_numpy(object)[groups.first], dtype=object) for name in by}
    return pd.DataFrame(keys | sums_of(frame, groups.number, len(groups.first), columns))


def sums_of(
    frame: pd.DataFrame, number: np.ndarray, count: int, columns: Sequence[str]
) -> dict[str, pd.arrays.IntegerArray]:
    """The sums of so many groups, given the number of each row's (-1: in none); unknown where a part is, or where is none."""
    # One place more, the last (-1), for rows that are in no group.
    empty = np.ones(count + 1, bool)
    empty[number] = False
    sums = {}
    for name in columns:
        amounts, total, unknown = Whole.of(frame[name]), np.zeros(count + 1, "int64"), empty.copy()
        np.add.at(total, number, amounts.values)
        unknown[number[~amounts.known]] = True
        sums[name] = pd.arrays.IntegerArray(total[:-1], unknown[:-1])
    return sums


def printed_tolerance(halves: Sequence[int]) -> int:
    """How far amounts that should be equal may be apart in fen, given half the last printed place of each of them.

    That is half the coarsest place for each addend, and no more than all of them together can have lost. Two figures
    printed alike are each rounded from the same amount, so that a difference between them is one.
    """
    return min(sum(halves), (len(halves) - 1) * max(halves)) if halves else 0


def two_decimals(hundredths: object) -> str | None:
    """A count of hundredths (fen, points, percent) with two decimals: 1831510000 → ``18315100.00``; unknown → None."""
    if hundredths is None or hundredths is pd.NA:
        return None
    whole = int(hundredths)  # type: ignore[call-overload]
    return f"{'-' if whole < 0 else ''}{abs(whole) // 100}.{abs(whole) % 100:02d}"


def hundredths_of(text: str | None) -> int | None:
    """The reverse of :func:`two_decimals`: ``18315100.00`` → 1831510000."""
    return None if text is None else int(text.replace(".", ""))


def whole_or_two_decimals(hundredths: int) -> str:
    """A figure in a sentence: 192, 36977.06."""
    whole, rest = divmod(abs(hundredths), 100)
    return f"{'-' if hundredths < 0 else ''}{whole}{f'.{rest:02d}' if rest else ''}"


def wan_yuan(fen: object) -> str | None:
    """Fen as 万元 with two decimals, as the report's texts print them: 1831510000 → ``1831.51``; unknown → None."""
    if fen is None or fen is pd.NA:
        return None
    return two_decimals(round_half_up(Decimal(int(fen)) * 100 / FEN_PER_WAN_YUAN))  # type: ignore[call-overload]
