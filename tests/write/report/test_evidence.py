"""Points that an evidence states, and those that it does not."""

import pytest

from perfeval_xl.write.report.evidence import put_right, stated_deductions, stated_scores, states_score


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
        ("自评得分6分。", [600]),
        ("开展6场，故得分为6分", [600]),
        ("按评分标准得6分；", [600]),
        ("（得6分）", [600]),
        ("得分：6。", [600]),
        ("扣二分，得六分", [600]),
        ("竣工，得满分。", [800]),
        ("满分。", [800]),
        ("该指标满分8分，扣2分，得6分", [600]),
        ("设备，计6；", []),
        ("问卷调查得分为7分", []),
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
        ("扣分：2。", [200]),
        ("扣分2分，", [200]),
        ("扣两分", [200]),
        ("扣2台", []),
    ],
)
def test_deductions(text: str, deductions: list[int]) -> None:
    assert [found.hundredths for found in stated_deductions(text)] == deductions


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("扣2分后得6分", True),
        ("综合得分6分", True),
        ("获得6分", True),
        ("问卷调查得分为6分", False),
        ("群众评议得6分", False),
        ("共6次", False),
        ("得60分", False),
    ],
)
def test_the_score_itself_in_any_words(text: str, said: bool) -> None:
    assert states_score(text, 600, 800) is said
    assert not states_score("不得分", 600, 800)
    assert states_score("不得分", 0, 800)
    assert states_score("得满分", 800, 800)
    assert not states_score("得满分", 600, 800)
    assert not states_score(text, None, 800)


def test_a_figure_is_put_right_where_it_stands() -> None:
    text = "扣 2 分，该指标得分为 6 分。"
    figures = [(stated_scores(text, None)[0], "5"), (stated_deductions(text)[0], "3")]
    assert put_right(text, figures) == "扣 3 分，该指标得分为 5 分。"
