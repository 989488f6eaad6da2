"""Figures that a text states, and those that it does not."""

import pytest

from perfeval_xl.stated import Extent, put_right, stated_deductions, stated_extent, stated_scores, wrong_extent
from perfeval_xl.text import says_yes


@pytest.mark.parametrize(
    ("text", "scores"),
    [
        ("该指标得分为 6 分。", [600]),
        ("该指标自评得分：7.5分", [750]),
        ("本项指标得8分", [800]),
        ("未完成目标，扣2分，得分为6分。", [600]),
        ("考核得分为95分。", []),
        ("经测评，得分为95分，等级优。", []),
        ("该指标得分为95分。", [9500]),
        ("队伍在比赛中得6分钟控球。", []),
        ("", []),
    ],
)
def test_scores(text: str, scores: list[int]) -> None:
    assert [found.hundredths for found in stated_scores(text, 800)] == scores


@pytest.mark.parametrize(
    ("text", "deductions"),
    [
        ("未完成目标，扣 2 分，", [200]),
        ("扣除1.5分；再扣了0.5分。", [150, 50]),
        ("按规定每少1次扣1分，共开展8次。", []),
        ("每少1次扣1分，少2次，扣2分。", [200]),
        ("扣5分局的装备", []),
        ("未扣分", []),
    ],
)
def test_deductions(text: str, deductions: list[int]) -> None:
    assert [found.hundredths for found in stated_deductions(text)] == deductions


def test_a_figure_is_put_right_where_it_stands() -> None:
    text = "扣 2 分，该指标得分为 6 分。"
    figures = [(stated_scores(text, None)[0], "5"), (stated_deductions(text)[0], "3")]
    assert put_right(text, figures) == "扣 3 分，该指标得分为 5 分。"


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
    assert [right for _, right in wrong_extent(text, EXTENT)] == wrong


def test_an_unknown_total_contradicts_nothing() -> None:
    text = "涉及预算资金10万元"
    assert stated_extent(text)["annual_budget"][0].hundredths == 1000
    assert wrong_extent(text, Extent(1, 0, None, 10000)) == []


@pytest.mark.parametrize(
    ("cell", "yes"),
    [("是", True), ("秘密", True), ("√", True), ("否", False), ("", False), ("无", False), ("no", False)],
)
def test_what_is_doubtful_is_kept_back(cell: str, yes: bool) -> None:
    assert says_yes(cell) is yes
