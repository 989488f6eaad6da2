"""Records: what a frozen dataclass does, at a fraction of its cost."""

import pickle
from dataclasses import dataclass, field, replace

import pytest

from perfeval_xl.record import record


@record
class _Pair:
    left: str
    right: tuple[int, ...] = field(default=())
    aside: str = field(default="", compare=False)


@record
class _Other:
    left: str
    right: tuple[int, ...] = ()


@record
class _Empty:
    """Without a field."""


@dataclass(frozen=True, slots=True)
class _Usual:
    left: str
    right: tuple[int, ...] = ()


@pytest.mark.parametrize(
    ("left", "right", "equal"),
    [
        (_Pair("a", (1,)), _Pair(right=(1,), left="a"), True),
        (_Pair("a", aside="x"), _Pair("a", aside="y"), True),
        (_Pair("a"), _Pair("b"), False),
        (_Pair("a"), _Other("a"), False),
        (_Pair("a"), ("a", ()), False),
        (_Empty(), _Empty(), True),
    ],
)
def test_equal_fields_are_equal_records_of_one_kind(left: object, right: object, equal: bool) -> None:
    assert (left == right) is equal


def test_equal_records_are_one_key() -> None:
    assert {_Pair("a"), _Pair("a"), _Pair("b")} == {_Pair("b"), _Pair("a")}
    assert len({_Empty(), _Empty()}) == 1
    assert hash(_Pair("a", (1,))) == hash(_Usual("a", (1,)))


def test_a_record_is_shown_as_it_is_made() -> None:
    assert repr(_Other("a", (1,))) == repr(_Usual("a", (1,))).replace("_Usual", "_Other")


def test_a_record_travels_and_is_changed_in_a_copy() -> None:
    pair = _Pair("a", (1,))
    assert pickle.loads(pickle.dumps(pair)) == pair
    assert replace(pair, left="b") == _Pair("b", (1,))


def test_a_record_has_no_other_fields() -> None:
    with pytest.raises(AttributeError):
        _Pair("a").other = 1  # type: ignore[attr-defined]
    with pytest.raises(TypeError):
        _Pair("a", (), "", ())  # type: ignore[call-arg]
