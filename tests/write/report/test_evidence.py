"""Points that an evidence states, and those that it does not."""

import pytest

from perfeval_xl.write.report.evidence import put_right, stated_deductions, stated_scores


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
