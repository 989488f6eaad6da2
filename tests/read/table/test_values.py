import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfeval_xl.read.table.values import Cell, Percent, Unusable, amount_of, points_of, printed_place, rate_of, text_of


@pytest.mark.parametrize(
    ("cell", "fen"),
    [
        (1831.51, 183151), (5, 500), ("1,831.51", 183151), ("￥1,831.51", 183151), ("１８３１．５１", 183151), (" 1831.51 ", 183151), ("（12.50）", -1250),
        ("(1,200)", -120000), ("-3", -300), ("−3", -300), ("+3", 300), ("-", 0), ("—", 0), ("", None), (None, None), ("  ", None), ("1.2E+3", 120000),
        ("120万元", 120_000_000), ("1,83", "R106"), ("约12", "R106"), ("12/3", "R106"), (True, "R106"), (dt.date(2019, 1, 1), "R106"), (Percent(0.5), "R106"),
        (Unusable("R107"), "R107"), ("(-3)", "R106"), ("1831.5099999999998", 183151),
        ("1 234 567.89", 123456789), ("￥ 1,831.51 元", 183151), ("- 3", -300), ("1.83151E7", 1_831_510_000),
        ("1.83E+07", "R106"), ("100\n200", "R106"), ("100 2000", "R106"), ("1000 200", "R106"), ("12 34", "R106"),
        (1e18, "R106"),
        ("9" * 30, "R106"),
        (float("inf"), "R106"),
    ],
)  # fmt: skip
def test_amount_of_yuan(cell: Cell, fen: int | str | None) -> None:
    assert amount_of(cell, 100) == fen


@given(
    st.integers(-(10**12), 10**12),
    st.sampled_from([100, 100_000, 1_000_000]),
    st.sampled_from(["plain", "comma", "yen", "bracket", "wide"]),
)
def test_an_amount_printed_in_any_style_reads_back(fen: int, unit: int, style: str) -> None:
    number = Decimal(fen) / unit
    text = f"{abs(number):,f}" if style in ("comma", "yen") else f"{abs(number):f}"
    sign = "-" if fen < 0 else ""
    printed = {"yen": f"{sign}￥{text}", "bracket": f"（{text}）" if fen < 0 else text}.get(style, sign + text)
    if style == "wide":
        printed = printed.translate(str.maketrans("0123456789.-", "０１２３４５６７８９．－"))
    assert amount_of(printed, unit) == fen


@pytest.mark.parametrize(
    ("cell", "points"),
    [
        (8, 800),
        ("8分", 800),
        ("6.5", 650),
        ("-", None),
        ("", None),
        (0, 0),
        ("优", "R106"),
        (Percent(0.2), "R106"),
        (6.666666666667, 667),
    ],
)
def test_points_of(cell: Cell, points: int | str | None) -> None:
    assert points_of(cell) == points


@pytest.mark.parametrize(
    ("cell", "rate"),
    [
        ("98.91%", "98.91%"),
        ("98.91％", "98.91%"),
        (0.9891, "0.9891"),
        (Percent(0.9891), "98.91%"),
        (98.91, "98.91"),
        ("-", None),
        ("", None),
        ("高", "R106"),
    ],
)
def test_rate_of(cell: Cell, rate: str | None) -> None:
    assert rate_of(cell) == rate


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (10.0, "10"),
        (Percent(0.9), "90%"),
        (0.85, "0.85"),
        (" 合格 ", "合格"),
        (dt.date(2019, 12, 31), "2019年12月31日"),
        (True, "是"),
        (None, ""),
        (0.0, "0"),
    ],
)
def test_text_of(cell: Cell, text: str) -> None:
    assert text_of(cell) == text


@pytest.mark.parametrize(
    ("cells", "unit", "place"),
    [
        ([1.5, 2], 100, 1),
        ([1831.51, 3.1], 1_000_000, 10_000),
        ([12, 3], 1_000_000, 1_000_000),
        ([1.123456], 1_000_000, 1),
        ([], 1_000_000, 1_000_000),
        (["10.00", 12], 1_000_000, 10_000),
        (["1,200.0", "0.00"], 1_000_000, 10_000),
        (["１０．５０"], 1_000_000, 10_000),
        (["10", "—", "甲", ""], 1_000_000, 1_000_000),
    ],
)
def test_printed_place(cells: list[Cell], unit: int, place: int) -> None:
    assert printed_place(cells, unit) == place
