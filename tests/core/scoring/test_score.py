"""Scores by property and by table, driven through the reader with one project of any indicators."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfeval_xl.core.scoring.score import funding_scores, goal_scores
from perfeval_xl.core.scoring.working import personal_working
from perfeval_xl.scheme import load_scheme
from perfeval_xl.whole import Whole
from tests.workbooks import changed, perfeval, put, write_folder

SCHEME = load_scheme("hongshan-2019")


@given(st.integers(1, 10**13), st.integers(0, 2 * 10**13))
def test_the_funding_score_is_weight_times_rate(budget: int, executed: int) -> None:
    frame = pd.DataFrame({"executed": pd.array([executed], "Int64"), "annual_budget": pd.array([budget], "Int64")})
    assert funding_scores(frame, 2000).tolist() == [min(2000, (4000 * executed + budget) // (2 * budget))]


@pytest.mark.parametrize(
    ("stated", "deduction", "score"),
    [
        (1600, None, 1600),
        (None, 400, 1600),
        (None, None, 2000),
        (None, 0, 2000),
        (2100, None, None),
        (None, 2100, None),
    ],
)
def test_goal_scores(stated: int | None, deduction: int | None, score: int | None) -> None:
    frame = pd.DataFrame(
        {
            "stated_goal": pd.array([stated], "Int64"),
            "goal_deduction": pd.array([deduction], "Int64"),
            "unreadable_info": [","],
        }
    )
    assert goal_scores(frame, SCHEME).tolist() == [score]


@pytest.mark.parametrize(
    ("recorded", "deducted", "score"),
    [
        (15, "", "15.00"),
        ("", 5, "15.00"),
        ("", 0, "20.00"),
        ("", "", "15.00"),
        (14, 6, "14.00"),
        ("看情况", 5, None),
        (25, "", None),
    ],
)
def test_which_score_counts(recorded: object, deducted: object, score: str | None, tmp_path: Path) -> None:
    def change(sheets: dict[str, list[list[Any]]]) -> None:
        put("绩效指标", 1, "自评分", recorded)(sheets)
        put("绩效指标", 1, "扣分", deducted)(sheets)

    _, manifest = perfeval("check", write_folder(tmp_path, changed(change)))
    assert manifest["units"][0]["projects"][0]["indicators"][1]["self_score"] == score
    total = manifest["units"][0]["projects"][0]["total_score"]
    assert (total is None) == (score is None)


def test_the_working_of_a_persons_score() -> None:
    frame = pd.DataFrame(
        {"working": ["8次 ÷ 10次 × 8分 = 6.40", "", "", ""], "recorded_score": [600, pd.NA, 550, pd.NA]}
        | {"weight": [800] * 4, "deduction": [pd.NA, 250, pd.NA, pd.NA]}
    ).astype(dict.fromkeys(("recorded_score", "weight", "deduction"), "Int64"))
    stated = Whole.given([600, 550, 550, None])
    assert personal_working(frame, stated).tolist() == [
        "8次 ÷ 10次 × 8分 = 6.40",
        "8分 − 扣分 2.5分 = 5.50",
        "人工评分 5.50",
        "",
    ]
