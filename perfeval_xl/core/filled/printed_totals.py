"""Totals and rates of filled-in forms: as they are printed, and as they follow from what is printed."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from perfeval_xl.core.rates import is_rate_of, is_score_of, readings_of
from perfeval_xl.core.slices import records_of
from perfeval_xl.model import Inputs
from perfeval_xl.money import round_half_up
from perfeval_xl.scheme import Scheme

_TOTALS = ("stated_total", "row_total")


def with_printed_totals(projects: pd.DataFrame, inputs: Inputs, scheme: Scheme) -> pd.DataFrame:
    """``total_score`` is the sum of the printed parts, ``computed_total`` that of what they should be."""
    goal = projects["stated_goal"] if scheme.goal_points is not None else 0
    stated = projects["stated_funding"]
    allowed = _rounded_amounts(projects, inputs, scheme.funding_points)
    funding = projects["funding_score"].where(~allowed, stated)
    computed = funding + goal + projects["indicator_score"]
    parts = [
        paid + goal + scored
        for paid in (stated.fillna(funding), funding)
        for scored in (projects["stated_indicators"].fillna(projects["indicator_score"]), projects["indicator_score"])
    ]
    # A total that fits the right parts is not wrong because a part is.
    fits = {name: pd.concat([total.eq(projects[name]) for total in parts], axis=1).any(axis=1) for name in _TOTALS}
    printed = parts[0].where(~fits["stated_total"], projects["stated_total"])
    grades = [
        ["" if pd.isna(total) else scheme.grade(int(total)) for total in totals] for totals in (printed, computed)
    ]
    return projects.assign(
        funding_score=funding,
        goal_score=projects["stated_goal"],
        total_score=printed,
        row_total=projects["row_total"].where(~fits["row_total"]),
        computed_total=computed,
        grade=pd.Series(grades[0], index=projects.index, dtype=object),
        computed_grade=pd.Series(grades[1], index=projects.index, dtype=object),
    )


def _rounded_amounts(projects: pd.DataFrame, inputs: Inputs, points: int) -> "pd.Series[bool]":
    """Whether a stated funding score is that of amounts which are printed as the form's are (万元 are rounded)."""
    names = ("stated_funding", "executed", "annual_budget")
    fits = []
    for project in records_of(projects, ("table", "stated_rate", *names)):
        score, executed, budget = (project[name] for name in names)
        known = not any(map(pd.isna, (score, executed, budget)))
        half = inputs.tables[project["table"]].place // 2
        fits.append(known and is_score_of(score, points, executed, budget, half, _stated_rate(project)))
    return pd.Series(fits, index=projects.index, dtype=bool)


def printed_rates(projects: pd.DataFrame, inputs: Inputs) -> list[int | None]:
    """The execution rate in hundredths of a percent: as stated where the amounts are rounded and it can be theirs."""
    rates = []
    for project in records_of(projects, ("table", "executed", "annual_budget", "stated_rate", "execution_rate")):
        half = inputs.tables[project["table"]].place // 2
        amounts = project["executed"], project["annual_budget"]
        stated = readings_of(_stated_rate(project)) if half and _stated_rate(project) else []
        fitting = (one for one in stated if not any(map(pd.isna, amounts)) and is_rate_of(one, *amounts, half))
        percent = next(fitting, None)
        rates.append(project["execution_rate"] if percent is None else round_half_up(percent * 100))
    return rates


def _stated_rate(project: Mapping[Any, Any]) -> str:
    return "" if pd.isna(project["stated_rate"]) else str(project["stated_rate"])
