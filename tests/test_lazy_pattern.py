"""A pattern that is compiled late does what one does that was compiled at once."""

import re

import pytest

from perfeval_xl.lazy_pattern import lazy_pattern


def test_it_is_the_pattern() -> None:
    late, early = lazy_pattern("a.(b)", re.IGNORECASE | re.DOTALL), re.compile("a.(b)", re.IGNORECASE | re.DOTALL)
    assert (late.pattern, late.flags) == (early.pattern, early.flags)
    for _ in range(2):  # compiled by the first, remembered for the second
        assert late.sub(r"\1", "xA\nBx") == early.sub(r"\1", "xA\nBx") == "xBx"
    assert lazy_pattern(b"a+").findall(b"aab a") == [b"aa", b"a"]


def test_nothing_is_compiled_before_it_is_asked() -> None:
    wrong = lazy_pattern("(")
    with pytest.raises(re.error):
        wrong.search("")
