"""Rows of long tables: what is read out of them is what was put in, whatever neighbours look like."""

import zlib
from itertools import count
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from perfeval_xl.write.summary import rows
from perfeval_xl.write.summary.formats import NONE, UNKNOWN
from perfeval_xl.write.summary.pattern import Column, Formula, Look, Value, look_of
from perfeval_xl.write.summary.rows import Rows
from perfeval_xl.write.summary.streamed import MadeRows

COLUMNS = (Column("名称", 12), Column("金额", 14, "yuan"), Column("说明", 300, unknown="")) * 2
LOOKS = (Look(), look_of({0: "differs"}), look_of({1: "percent"}, "total", 1), look_of({}, "group"))
SPACE = "{http://www.w3.org/XML/1998/namespace}space"
UNITS = {"percent": 10_000}
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), max_size=40) | st.sampled_from(
    ["", UNKNOWN, NONE, " 前后有空格 ", "两\n行", "<&>", "_x0041_", "=1+1", "长" * 300]
)
VALUES: st.SearchStrategy[Value] = st.one_of(
    st.none(), TEXTS, st.integers(-(10**13), 10**13), st.builds(Formula, st.just('=A1&"<"'), st.integers(0, 10**6))
)


def elements(made: MadeRows) -> list[etree._Element]:
    """The rows as XML."""
    xml = zlib.decompressobj(-15).decompress(b"".join(made.xml.data))
    return list(etree.fromstring(b"<rows>" + xml + b"</rows>"))


def shown(cell: etree._Element) -> str | float:
    """What a cell holds; ``_x0041_`` is a character's number, and ``_x005F_`` its escape."""
    inline, number = cell.find("is/t"), cell.find("v")
    if inline is not None:
        return str(inline.text or "").replace("_x005F_", "_")
    return "" if number is None else float(str(number.text))


def meant(value: Value, column: Column, kind: str) -> str | float:
    """What a value should be read as."""
    unit = UNITS.get(kind, {"yuan": 100}.get(kind, 1))
    if value is None:
        return column.unknown
    if isinstance(value, Formula):
        return value.stored / unit
    return value if isinstance(value, str) else value / unit


@given(
    given=st.lists(st.tuples(st.tuples(*[VALUES] * len(COLUMNS)), st.sampled_from(LOOKS)), max_size=30),
    at_once=st.integers(1, 9),
)
def test_rows_read_back_as_they_were_given(given: list[tuple[tuple[Value, ...], Look]], at_once: int) -> None:
    with patch.object(rows, "_AT_ONCE", at_once):
        made = Rows(COLUMNS, lambda *_: 1, "../", 3)
        for values, look in given:
            made.add(values, look)
        found = elements(made.made())
    assert [row.get("r") for row in found] == [str(number) for number, _ in zip(count(4), given, strict=False)]
    for row, (values, look) in zip(found, given, strict=True):
        kinds = [dict(look.styles).get(at, column.kind) for at, column in enumerate(COLUMNS)]
        kinds = [kind if kind in UNITS else column.kind for kind, column in zip(kinds, COLUMNS, strict=True)]
        assert [shown(cell) for cell in row] == list(map(meant, values, COLUMNS, kinds))
        texts = [text for cell in row if (text := cell.find("is/t")) is not None]
        assert all((str(text.text) != str(text.text).strip()) == (text.get(SPACE) == "preserve") for text in texts)
        assert [cell.get("r") for cell in row] == [f"{letter}{row.get('r')}" for letter in "ABCDEF"]
        assert row.get("outlineLevel") == (str(look.level) if look.level else None)
        tall = any(isinstance(value, str) and "\n" in value for value in values) and look.overall != "group"
        assert not tall or float(row.get("ht", "0")) > 20


@pytest.mark.parametrize(
    "values", [(NONE, UNKNOWN, "甲", "", "乙"), ("甲", "乙", "", UNKNOWN, NONE), (NONE, NONE, "甲", UNKNOWN)]
)
def test_formats_are_numbered_in_an_order_of_their_own(values: tuple[str, ...]) -> None:
    """Or equal runs would give different bytes: the order of a set of texts is another in every process."""
    asked: list[tuple[str, ...]] = []

    def number(*look: str) -> int:
        asked.append(look)
        return len(asked)

    made = Rows(COLUMNS[:1], number, "")
    for value in values:
        made.add([value])
    made.made()
    assert asked == [("text", "", "", special) for special in ("missing", "center", "")]


def test_a_full_sheet_counts_what_it_leaves_out() -> None:
    with patch.object(rows, "LAST_ROW", 5):
        made = Rows(COLUMNS[:1], lambda *_: 1, "", 3)
        for value in "甲乙丙丁":
            made.add([value])
        done = made.made()
    assert (done.first, done.next_row, done.left_out) == (3, 5, "另有 2 行没有列出。")
    assert [shown(row[0]) for row in elements(done)] == ["甲", "乙"]
