"""Projects that agree are told apart from those that are looked at, and nothing else changes by it."""

import random
from collections.abc import Callable
from typing import Any
from unittest.mock import patch

import pandas as pd
import pytest

from perfeval_xl.core.merge import merge_projects
from perfeval_xl.core.projects import name_projects
from perfeval_xl.core.reconciliation import agreeing
from perfeval_xl.core.reconciliation.agreeing import find_agreeing
from perfeval_xl.core.reconciliation.lines import match_lines
from perfeval_xl.core.reconciliation.reconcile import reconcile_projects
from perfeval_xl.findings import Finding
from perfeval_xl.model import Inputs
from perfeval_xl.read.folder import read_folder
from perfeval_xl.record import replace
from perfeval_xl.scheme import load_scheme
from perfeval_xl.settings import Settings
from tests.benchmarks.years import write_year

PROJECTS = 6
SCHEME = load_scheme("hongshan-2019")
#: What becomes of one cell: of its value, and of the values that stand elsewhere in its column.
AMOUNTS: list[Callable[[Any, list[Any]], Any]] = [
    lambda value, _: pd.NA if value is pd.NA else value + 1,
    lambda _, others: random.Random(len(others)).choice(others),
    lambda *_: pd.NA,
    lambda *_: 0,
]
WORDS: list[Callable[[Any, list[Any]], Any]] = [
    lambda *_: "",
    lambda value, _: f"{value}（续）",
    lambda value, _: f"0{value}",
    lambda _, others: random.Random(len(others)).choice(others),
]


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Inputs:
    """A year in which everything agrees."""
    inputs, _ = read_folder(write_year(tmp_path_factory.mktemp("年"), PROJECTS), Settings())
    return inputs


def _changed(inputs: Inputs, seed: int) -> Inputs:
    """The same with some cells changed, rows gone or standing twice, and perhaps without any accounts of one unit."""
    chance = random.Random(seed)
    frames: dict[str, pd.DataFrame] = {}
    for name, amounts, words in (
        ("execution", ["annual_budget", "executed"], ["code", "name", "funding_source", "level1_project"]),
        ("final_accounts", ["amount", "carried_in"], ["code", "name", "funding_source"]),
    ):
        frame = getattr(inputs, name)
        places = [at for at in range(len(frame)) if chance.random() > 0.02]
        frame = frame.take(sorted(places + [chance.randrange(len(frame))] * (seed % 3)))
        frame = frame.set_axis(range(len(frame)))
        for column, changes in [(one, AMOUNTS) for one in amounts] + [(one, WORDS) for one in words]:
            values = frame[column].tolist()
            for at in chance.sample(range(len(values)), seed % 3):
                values[at] = chance.choice(changes)(values[at], values)
            frame = frame.assign(**{column: pd.Series(values, index=frame.index, dtype=frame[column].dtype)})
        units = [f"局{int(row) % 4 // 3}" if seed % 5 == 0 else "某局" for row in frame["row"]]
        frames[name] = frame.assign(unit=pd.Series(units, index=frame.index, dtype=object))
    frames["final_accounts"] = frames["final_accounts"][frames["final_accounts"]["unit"] != "局1"]
    for name in ("projects", "indicators"):
        frames[name] = getattr(inputs, name).assign(unit="局0" if seed % 5 == 0 else "某局").astype({"unit": object})
    return replace(inputs, **frames)


def _reconciled(inputs: Inputs, worth_asking: int) -> tuple[pd.DataFrame, list[Finding]]:
    with patch.object(agreeing, "WORTH_ASKING", worth_asking):
        return reconcile_projects(inputs, merge_projects(inputs, name_projects(inputs))[0], SCHEME, None)


@pytest.mark.parametrize("seed", range(30))
def test_asking_first_changes_nothing(seed: int, year: Inputs) -> None:
    inputs = _changed(year, seed)
    frame, findings = _reconciled(inputs, 0)
    looked_at, found = _reconciled(inputs, 10**6)
    pd.testing.assert_frame_equal(frame, looked_at)
    assert sorted(map(repr, findings)) == sorted(map(repr, found))


def _agree(inputs: Inputs) -> list[bool]:
    merged, _ = merge_projects(inputs, name_projects(inputs))
    with patch.object(agreeing, "WORTH_ASKING", 0):
        found: list[bool] = find_agreeing(merged, match_lines(inputs, merged)).projects.tolist()
    return found


@pytest.mark.parametrize(
    ("column", "change", "agrees"),
    [
        ("amount", lambda value: value + 1, False),
        ("amount", lambda _: pd.NA, False),
        ("name", lambda value: f"{value}（续）", False),
        ("name", lambda _: "", True),
        ("code", lambda _: "", True),
        ("code", lambda value: value.lstrip("0"), True),
        ("funding_source", lambda _: "中央补助", False),
    ],
)
def test_a_project_agrees_to_the_fen_and_the_word(
    column: str, change: Callable[[Any], Any], agrees: bool, year: Inputs
) -> None:
    accounts = year.final_accounts.copy()
    accounts[column] = pd.Series(
        [change(value) if at == 0 else value for at, value in enumerate(accounts[column].tolist())],
        index=accounts.index,
        dtype=accounts[column].dtype,
    )
    assert _agree(replace(year, final_accounts=accounts)) == [agrees, *[True] * (PROJECTS - 1)]


def test_without_accounts_nothing_differs(year: Inputs) -> None:
    inputs = replace(year, final_accounts=year.final_accounts.iloc[:0], execution=year.execution.iloc[7:])
    assert _agree(inputs) == [True] * PROJECTS
    pd.testing.assert_frame_equal(_reconciled(inputs, 0)[0], _reconciled(inputs, 10**6)[0])


def test_a_project_without_money_agrees_with_no_accounts(year: Inputs) -> None:
    assert _agree(replace(year, execution=year.execution.iloc[7:])) == [False, *[True] * (PROJECTS - 1)]


def test_a_line_of_the_project_itself_is_looked_at(year: Inputs) -> None:
    own = year.final_accounts.head(1).assign(code="", name=year.projects["project"].iloc[1], amount=1)
    accounts = pd.concat([year.final_accounts, own], ignore_index=True)
    assert _agree(replace(year, final_accounts=accounts)) == [True, False, *[True] * (PROJECTS - 2)]


def test_a_project_whose_money_is_disputed_is_looked_at(year: Inputs) -> None:
    lists = year.projects["merged_details"].tolist()
    lists[1] = f"{lists[1]}、{lists[0].partition('、')[0]}"
    projects = year.projects.assign(merged_details=pd.Series(lists, index=year.projects.index, dtype=object))
    assert _agree(replace(year, projects=projects)) == [False, False, *[True] * (PROJECTS - 2)]


def test_a_detail_with_two_names_is_looked_at(year: Inputs) -> None:
    other = year.execution.head(1).assign(name="又一个名称", funding_source="市补助", annual_budget=0, executed=0)
    inputs = replace(year, execution=pd.concat([year.execution, other], ignore_index=True))
    assert _agree(inputs) == [False, *[True] * (PROJECTS - 1)]
    assert [finding.code for finding in _reconciled(inputs, 0)[1]] == ["M207"]
