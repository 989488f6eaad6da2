"""What a report covers, and a lead that states it."""

import pytest

from perfeval_xl.extent import Extent, stated_extent, wrong_extent
from perfeval_xl.text import is_restricted

EXTENT = Extent(5, 0, 36977060000, 10000)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("共包括 5 个项目，涉及预算资金 36977.06 万元，自评覆盖率达到 100%", []),
        ("共5个项目，资金总额36,977.06万元，覆盖率为100.00％", []),
        ("共包括6个项目，涉及预算资金36977.05万元，自评覆盖率98%", ["5", "36977.06", "100"]),
        ("对5个方面开展自评", []),
    ],
)
def test_the_extent_in_a_lead(text: str, wrong: list[str]) -> None:
    assert [right for _, _, right in wrong_extent(text, EXTENT)] == wrong


def test_an_unknown_total_contradicts_nothing() -> None:
    text = "涉及预算资金10万元"
    assert stated_extent(text)["annual_budget"][0].hundredths == 1000
    assert wrong_extent(text, Extent(1, 0, None, 10000)) == []


@pytest.mark.parametrize(
    ("cell", "yes"),
    [("是", True), ("秘密", True), ("√", True), ("否", False), ("", False), ("无", False), ("no", False)],
)
def test_what_is_doubtful_is_kept_back(cell: str, yes: bool) -> None:
    assert is_restricted(cell) is yes
