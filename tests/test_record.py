"""Records: frozen, equal by their fields, made anew with a change, and the same in another process."""

import pickle
from functools import cached_property

import pytest

from perfeval_xl.record import Record, names_of, replace


class _Pair(Record):
    left: str
    right: tuple[int, ...] = ()


class _Other(Record):
    left: str
    right: tuple[int, ...] = ()


class _Empty(Record):
    """Without a field."""


class _Keeping(Record, dict=True):
    left: list[str]

    @cached_property
    def first(self) -> str:
        return self.left.pop()


class _Itself(Record, eq=False):
    left: str


@pytest.mark.parametrize(
    ("left", "right", "equal"),
    [
        (_Pair("a", (1,)), _Pair(right=(1,), left="a"), True),
        (_Pair("a"), _Pair("b"), False),
        (_Pair("a"), _Other("a"), False),
        (_Pair("a"), ("a", ()), False),
        (_Empty(), _Empty(), True),
        (_Itself("a"), _Itself("a"), False),
    ],
)
def test_equal_fields_are_equal_records_of_one_kind(left: object, right: object, equal: bool) -> None:
    assert (left == right) is equal


def test_equal_records_are_one_key() -> None:
    assert {_Pair("a"), _Pair("a"), _Pair("b")} == {_Pair("b"), _Pair("a")}
    assert len({_Empty(), _Empty()}) == 1
    assert len({_Itself("a"), _Itself("a")}) == 2


def test_a_record_is_shown_as_it_is_made() -> None:
    assert repr(_Pair("a", (1,))) == "_Pair(left='a', right=(1,))"
    assert names_of(_Pair) == names_of(_Pair("a")) == ("left", "right")


def test_a_record_travels_and_is_changed_in_a_copy() -> None:
    pair = _Pair("a", (1,))
    assert pickle.loads(pickle.dumps(pair)) == pair
    assert replace(pair, left="b") == _Pair("b", (1,))
    with pytest.raises(TypeError):
        replace(pair, other="b")


def test_what_is_worked_out_once_stays_with_its_record() -> None:
    keeping = _Keeping(["a"])
    assert (keeping.first, keeping.first) == ("a", "a")


def test_a_record_is_not_changed_and_has_no_other_fields() -> None:
    with pytest.raises(AttributeError):
        _Pair("a").left = "b"  # type: ignore[misc]
    with pytest.raises(AttributeError):
        _Pair("a").other = 1  # type: ignore[attr-defined]
    with pytest.raises(TypeError):
        _Pair("a", (), "")  # type: ignore[call-arg]
