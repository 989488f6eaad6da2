from decimal import Decimal
from fractions import Fraction

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfeval_xl.money import (
    decimal_of_float,
    printed_tolerance,
    ratio_half_up,
    round_half_up,
    share_of,
    sum_known,
    two_decimals,
    wan_yuan,
)
from perfeval_xl.whole import Whole

AMOUNTS = st.integers(-(10**15), 10**15)


@pytest.mark.parametrize(
    ("number", "rounded"), [("0.5", 1), ("1.5", 2), ("2.5", 3), ("-0.5", -1), ("2.4999999", 2), ("-2.5", -3)]
)
def test_round_half_up(number: str, rounded: int) -> None:
    assert round_half_up(Decimal(number)) == rounded


@given(st.integers(-(10**11), 10**11))
def test_a_float_of_fen_comes_back_exactly(fen: int) -> None:
    assert decimal_of_float(fen / 100) * 100 == fen


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        (1831.5099999999998, "1831.51"),
        (0.1 + 0.2, "0.3"),
        (98765432109.87, "98765432109.87"),
        (12345678901234.56, "12345678901234.56"),
    ],
)
def test_decimal_of_float(stored: float, shown: str) -> None:
    assert decimal_of_float(stored) == Decimal(shown)


@given(st.lists(st.tuples(AMOUNTS, AMOUNTS), min_size=1), st.sampled_from([1, 2000, 10_000]))
def test_ratio_half_up_is_exact(pairs: list[tuple[int, int]], scale: int) -> None:
    above, below = (pd.Series(list(values), dtype="Int64") for values in zip(*pairs, strict=True))
    for result, (numerator, denominator) in zip(ratio_half_up(above, below, scale), pairs, strict=True):
        if denominator == 0:
            assert result is pd.NA
        else:
            exact = Fraction(numerator * scale, denominator)
            size = (abs(exact) + Fraction(1, 2)).__floor__()
            assert result == (size if exact >= 0 else -size)


@given(st.integers(0, 10**9), st.integers(0, 10**12), st.integers(1, 10**12), st.sampled_from([1, 10, 100]))
def test_a_share_is_rounded_once_to_its_place(amount: int, above: int, below: int, place: int) -> None:
    one, other, under = (Whole.given([number]) for number in (amount, above, below))
    exact = Fraction(amount * above, below * place)
    if exact * place < 2**62:
        assert share_of(one, other, under, place).tolist() == [(exact + Fraction(1, 2)).__floor__() * place]


def test_unknown_parts_make_a_sum_unknown() -> None:
    frame = pd.DataFrame({"key": ["a", "a", "b"], "fen": pd.array([1, pd.NA, 5], dtype="Int64")})
    assert list(sum_known(frame, ["key"], ["fen"])["fen"].fillna(-1)) == [-1, 5]


@given(st.lists(st.tuples(st.sampled_from(["a", "b", "c", None]), st.none() | st.integers(-(10**16), 10**16))))
def test_sums_are_exact_and_rows_without_a_key_are_in_none(rows: list[tuple[str | None, int | None]]) -> None:
    expected: dict[str, int | None] = {}
    for key, fen in rows:
        if key is not None:
            before = expected.setdefault(key, 0)
            expected[key] = None if before is None or fen is None else before + fen
    keys, amounts = zip(*rows, strict=True) if rows else ((), ())
    frame = pd.DataFrame({"key": pd.Series(keys, dtype=object), "fen": pd.array(list(amounts), dtype="Int64")})
    sums = sum_known(frame, ["key"], ["fen"])["fen"]
    assert {key: None if fen is pd.NA else fen for key, fen in sums.items()} == expected


@pytest.mark.parametrize(
    ("fen", "yuan", "wan"),
    [
        (1831510000, "18315100.00", "1831.51"),
        (-5, "-0.05", "0.00"),
        (50_00, "50.00", "0.01"),
        (None, None, None),
        (pd.NA, None, None),
    ],
)
def test_printing(fen: object, yuan: str | None, wan: str | None) -> None:
    assert (two_decimals(fen), wan_yuan(fen)) == (yuan, wan)


@pytest.mark.parametrize(
    ("halves", "tolerance"),
    [
        ([0, 0], 0),
        ([5000, 5000], 5000),
        ([5000, 0], 5000),
        ([5000, 5000, 5000, 5000], 15000),
        ([5000, 0, 0, 0], 5000),
        ([], 0),
    ],
)
def test_what_printed_places_explain(halves: list[int], tolerance: int) -> None:
    assert printed_tolerance(halves) == tolerance


@given(st.lists(st.integers(0, 10**7), min_size=1, max_size=6))
def test_rounded_addends_and_their_rounded_sum_are_within_the_tolerance(fen: list[int]) -> None:
    printed = [round_half_up(Decimal(amount) / 10_000) * 10_000 for amount in (sum(fen), *fen)]
    assert abs(printed[0] - sum(printed[1:])) <= printed_tolerance([5000] * len(printed))
