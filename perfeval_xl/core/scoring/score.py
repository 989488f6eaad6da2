"""Scores: indicators by rule or as recorded, the goal, the funding score, totals and grades. All in hundredths of a point."""

from collections.abc import Mapping

import pandas as pd

from perfeval_xl.core.merge import Merged
from perfeval_xl.core.projects import Key, spelled, texts_of
from perfeval_xl.core.scoring.measure import Measure, measure_indicators
from perfeval_xl.core.scoring.rules import apply_rules
from perfeval_xl.core.scoring.working import personal_working
from perfeval_xl.core.slices import flag_texts
from perfeval_xl.model import Inputs
from perfeval_xl.money import share_half_up, sum_known
from perfeval_xl.scheme import Scheme

#: Of what is measured, what results tell.
_TOLD = frozenset({"rule", "operator", "target_number"})
#: What an indicator's score, and the goal's, must not be unreadable in.
_SCORED_BY = frozenset({"recorded_score", "deduction", "weight", "target", "actual"})
_GOAL_BY = frozenset({"stated_goal", "goal_deduction"})


def score_indicators(inputs: Inputs, spelling: Mapping[Key, str], scheme: Scheme) -> pd.DataFrame:
    """Every indicator with completion, rule score and self_score, under the project's name as ``spelling`` prints it.

    The self score is 自评分, else 分值 − 扣分, else the rule's score. It is unknown where the cell that should say it
    cannot be read, or where it lies below 0 or above the weight; and where target or actual cannot be read.
    """
    indicators = inputs.indicators
    said = indicators["content"].ne("") | indicators["target"].ne("")
    indicators = indicators if said.all() else indicators[said]
    project = spelled(spelling, indicators["unit"].tolist(), indicators["project"].tolist())
    indicators = indicators.assign(project=texts_of(project).set_axis(indicators.index))
    frame = apply_rules(measure_indicators(indicators, scheme, inputs.year), scheme)
    unreadable = _unreadable(frame["unreadable"], _SCORED_BY)
    stated = frame["recorded_score"].fillna(frame["weight"] - frame["deduction"]).where(~unreadable)
    score = stated.fillna(frame["rule_score"].where(~unreadable))
    inside = (score.ge(0) & score.le(frame["weight"])).fillna(False)
    return frame.assign(
        working=personal_working(frame, stated),
        stated_score=stated,
        self_score=score.where(inside),
        out_of_range=(score.notna() & frame["weight"].notna() & ~inside),
    )


def without_measures(indicators: pd.DataFrame) -> pd.DataFrame:
    """Scored indicators without what only rules and checks read: the results of a large year are made by several processes."""
    return indicators.drop(columns=[name for name in Measure._fields if name not in _TOLD])


def score_results(projects: pd.DataFrame, indicators: pd.DataFrame, scheme: Scheme) -> pd.DataFrame:
    """The projects with what needs no money: goal_score, indicator_score and indicator_weight; unknown where a part is."""
    sums = sum_known(indicators, ["unit", "project"], ["self_score", "weight"])
    sums = projects[["unit", "project"]].join(sums, on=["unit", "project"])
    return projects.assign(
        goal_score=goal_scores(projects, scheme), indicator_score=sums["self_score"], indicator_weight=sums["weight"]
    )


def score_projects(merged: Merged, indicators: pd.DataFrame, scheme: Scheme) -> pd.DataFrame:
    """:func:`score_results` with funding_score, total_score and grade; unknown where a part is."""
    projects = score_results(merged.projects, indicators, scheme)
    funding = funding_scores(projects, scheme.funding_points, scheme.place)
    goal = projects["goal_score"] if scheme.goal_points is not None else 0
    total = funding + projects["indicator_score"] + goal
    grades = ["" if pd.isna(score) else scheme.grade(int(score)) for score in total]
    return projects.assign(
        funding_score=funding,
        total_score=total,
        grade=pd.Series(grades, index=projects.index, dtype=object),
    )


def funding_scores(projects: pd.DataFrame, points: int, place: int = 1) -> pd.Series:
    """points × executed ÷ annual budget, rounded once, at least 0 and at most the points."""
    weight = pd.Series(points, index=projects.index, dtype="Int64")
    return share_half_up(weight, projects["executed"], projects["annual_budget"], place).clip(lower=0, upper=points)


def goal_scores(projects: pd.DataFrame, scheme: Scheme) -> pd.Series:
    """总目标自评分, else the goal's points − 总目标扣分, nothing deducted where both are blank; unknown out of range."""
    unknown = pd.Series(pd.NA, index=projects.index, dtype="Int64")
    if scheme.goal_points is None:
        return unknown
    score = projects["stated_goal"].fillna(scheme.goal_points - projects["goal_deduction"]).fillna(scheme.goal_points)
    unreadable = _unreadable(projects["unreadable_info"], _GOAL_BY)
    return score.where(score.between(0, scheme.goal_points) & ~unreadable)


def _unreadable(column: pd.Series, fields: frozenset[str]) -> pd.Series:
    """Whether one of these fields is among the names in each row."""
    return flag_texts(column, lambda names: not fields.isdisjoint(names.split(",")))
