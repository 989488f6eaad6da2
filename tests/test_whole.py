"""Whole numbers with unknown ones: as pandas' Int64 has them."""

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from perfeval_xl.whole import Whole, known_values, where

NUMBERS = st.lists(st.tuples(st.none() | st.integers(-(2**62), 2**62), st.none() | st.integers(-9, 9), st.booleans()))


@given(NUMBERS)
def test_choosing_is_as_in_pandas(rows: list[tuple[int | None, int | None, bool]]) -> None:
    one, other = (pd.Series(pd.array([row[at] for row in rows], dtype="Int64")) for at in (0, 1))
    flags = np.array([flag for *_, flag in rows], dtype=bool)
    left, right = Whole.of(one), Whole.of(other)
    for made, expected in (
        (where(flags, left, right), one.where(flags, other)),
        (left.only(flags), one.where(flags)),
        (left.or_else(right), one.fillna(other)),
        (left[flags], one[flags].reset_index(drop=True)),
        (Whole.given([row[0] for row in rows]), one),
    ):
        pd.testing.assert_series_equal(pd.Series(made.array()), expected)
        assert made.tolist() == [None if value is pd.NA else value for value in expected]
        assert not made.values[~made.known].any()


@given(st.lists(st.tuples(*[st.none() | st.integers(-9, 9)] * 3)))
def test_sums_and_bounds_are_as_in_pandas(rows: list[tuple[int | None, int | None, int | None]]) -> None:
    columns = [pd.Series(pd.array([row[at] for row in rows], dtype="Int64")) for at in range(3)]
    one, other, third = map(Whole.of, columns)
    for made, expected in ((one + other, columns[0] + columns[1]), (one - other, columns[0] - columns[1])):
        pd.testing.assert_series_equal(pd.Series(made.array()), expected)
        assert not made.values[~made.known].any()
    within = (columns[0] >= columns[1]) & (columns[0] <= columns[2])
    known = columns[0].notna() & columns[1].notna() & columns[2].notna()
    assert one.within(other, third).tolist() == (within.fillna(False) & known).tolist()


def test_all_and_unknown() -> None:
    assert (Whole.all(3, 2).tolist(), Whole.unknown(2).tolist(), len(Whole.all(3, 2))) == ([3, 3], [None, None], 2)


@given(st.lists(st.one_of(st.none(), st.integers(-(2**62), 2**62))))
def test_a_column_as_plain_values_and_as_whole_numbers(numbers: list[int | None]) -> None:
    column = pd.Series(numbers, dtype="Int64")
    own = Whole.of(column)
    assert known_values(column) == own.tolist() == numbers
    own.values[:] = 7
    own.known[:] = True
    assert known_values(column) == numbers


def test_other_columns_as_plain_values() -> None:
    assert known_values(pd.Series([True, None], dtype="boolean")) == [True, None]
    assert known_values(pd.Series(["甲", ""], dtype=object)) == ["甲", ""]
    assert Whole.of(pd.Series([1, 2])).tolist() == [1, 2]
