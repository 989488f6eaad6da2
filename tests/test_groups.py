"""Rows that are alike get one number, whatever part or place they stand in."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from perfeval_xl.groups import in_several, number_together

ROWS = st.lists(st.tuples(st.sampled_from(["馆", "局"]), st.sampled_from(["", "甲", "乙", "甲乙"])), max_size=6)


@given(parts=st.lists(ROWS, min_size=1, max_size=3))
def test_rows_are_alike_where_their_numbers_are(parts: list[list[tuple[str, str]]]) -> None:
    numbers = number_together(*([[row[at] for row in part] for at in (0, 1)] for part in parts))
    rows = [row for part in parts for row in part]
    given_numbers = [int(number) for own in numbers for number in own]
    assert [len(own) for own in numbers] == [len(part) for part in parts]
    assert [rows.index(row) for row in rows] == [given_numbers.index(number) for number in given_numbers]


@given(rows=st.lists(st.tuples(st.sampled_from("甲乙丙"), st.integers(0, 2)), max_size=8))
def test_a_key_stands_in_several_places(rows: list[tuple[str, int]]) -> None:
    places = {key: {place for other, place in rows if other == key} for key, _ in rows}
    flags = in_several([key for key, _ in rows], np.array([place for _, place in rows], dtype="int64"))
    assert flags.tolist() == [len(places[key]) > 1 for key, _ in rows]
