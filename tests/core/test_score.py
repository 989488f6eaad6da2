"""Scores by property and by table, driven through the reader with one project of any indicators."""

from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfeval_xl.core.measure import measure_indicators
from perfeval_xl.core.rules import apply_rules
from perfeval_xl.core.score import funding_scores, goal_scores
from perfeval_xl.scheme import load_scheme
from tests.workbooks import changed, perfeval, put, write_folder

SCHEME = load_scheme("hongshan-2019")


def scored(*rows: tuple[str, str, str, str, int]) -> pd.DataFrame:
    """Rows of target, actual, rule, direction, weight (hundredths)."""
    frame = pd.DataFrame(list(rows), columns=["target", "actual", "rule", "direction", "weight"])
    return apply_rules(measure_indicators(frame.assign(measure="").astype({"weight": "Int64"}), SCHEME), SCHEME)


@pytest.mark.parametrize(
    ("target", "actual", "rule", "direction", "met", "completion", "score"),
    [
        ("10次", "8次", "", "", False, 8000, 640),
        ("15个", "17个", "", "", True, 11333, 800),
        ("90%", "100%", "", "", True, 11111, 800),
        ("≤10%", "0.5%", "", "", True, 10000, 800),
        ("10%", "12.5%", "", "≤", False, 8000, 640),
        ("≤0起", "0起", "", "", True, 10000, 800),
        ("≤0起", "2起", "", "", False, 0, 0),
        ("高", "较高", "", "", False, 8500, 680),
        ("合格", "合格", "", "", True, 10000, 800),
        ("优", "达成预期指标", "", "", True, 10000, 800),
        ("优", "尚可", "", "", None, None, None),
        ("10次", "8次", "达标得分", "", False, 8000, 0),
        ("10次", "10次", "达标得分", "", True, 10000, 800),
        ("10次", "8次", "扣分", "", False, 8000, None),
        ("10次", "大部分", "", "", None, None, None),
        ("10次", "", "", "", None, None, None),
        ("90%", "0.95", "", "", None, None, None),
        ("90%", "95", "", "", True, 10556, 800),
        ("10%-20%", "15%", "", "", True, 10000, 800),
        (">10次", "10次", "", "", False, 10000, 800),
        ("=10次", "12次", "", "", False, 12000, 667),
    ],
)
def test_rules(
    target: str, actual: str, rule: str, direction: str, met: bool | None, completion: int | None, score: int | None
) -> None:
    row = scored((target, actual, rule, direction, 800)).iloc[0]
    assert [None if pd.isna(row[name]) else row[name] for name in ("met", "completion", "rule_score")] == [
        met,
        completion,
        score,
    ]


NUMBERS = st.decimals(0, 10**6, places=2)


@given(
    st.lists(
        st.tuples(
            NUMBERS,
            NUMBERS,
            st.sampled_from(["", "达标得分"]),
            st.sampled_from(["≥", "≤", "=", ""]),
            st.integers(0, 6000),
        ),
        min_size=1,
    )
)
def test_a_rule_score_lies_between_zero_and_the_weight(rows: list[tuple[Decimal, Decimal, str, str, int]]) -> None:
    frame = scored(
        *((str(target), str(actual), rule, direction, weight) for target, actual, rule, direction, weight in rows)
    )
    known = frame[frame["rule_score"].notna()]
    assert (known["rule_score"].ge(0) & known["rule_score"].le(known["weight"])).all()
    assert known.loc[known["met"].eq(True), "rule_score"].eq(known.loc[known["met"].eq(True), "weight"]).all()


@given(st.decimals("0.01", 10**6, places=2), st.decimals(0, 10**6, places=2), st.integers(1, 6000))
def test_proportional_is_rounded_once_from_the_exact_share(target: Decimal, actual: Decimal, weight: int) -> None:
    exact = min(Decimal(weight), (Decimal(weight) * actual / target).quantize(Decimal(1), ROUND_HALF_UP))
    assert scored((str(target), str(actual), "", "", weight))["rule_score"].iloc[0] == int(exact)


@given(st.integers(1, 10**13), st.integers(0, 2 * 10**13))
def test_the_funding_score_is_weight_times_rate(budget: int, executed: int) -> None:
    frame = pd.DataFrame({"executed": pd.array([executed], "Int64"), "annual_budget": pd.array([budget], "Int64")})
    assert funding_scores(frame, 2000)[0] == min(2000, (4000 * executed + budget) // (2 * budget))


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
    result = goal_scores(frame, SCHEME)[0]
    assert (None if pd.isna(result) else result) == score


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
