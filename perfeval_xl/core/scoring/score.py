"""Scores: indicators by rule or as recorded, the goal, the funding score, totals and grades. All in hundredths of a point."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from perfeval_xl.core.projects import Key, spelled, texts_of
from perfeval_xl.core.scoring.measure import measure_indicators
from perfeval_xl.core.scoring.measured import Measure
from perfeval_xl.core.scoring.rules import apply_rules
from perfeval_xl.core.scoring.working import personal_working
from perfeval_xl.core.slices import flag_texts
from perfeval_xl.model import Inputs
from perfeval_xl.money import share_of, sums_of
from perfeval_xl.owners import owners_of
from perfeval_xl.scheme import Scheme
from perfeval_xl.whole import Whole

#: Of what is measured, what results tell.
_TOLD = frozenset({"rule", "operator", "target_number"})
#: What an indicator's score, and the goal's, must not be unreadable in.
_SCORED_BY = frozenset({"recorded_score", "deduction", "weight", "target", "actual"})
_GOAL_BY = frozenset({"stated_goal", "goal_deduction"})
#: What :func:`score_results` adds.
_RESULTS = ("goal_score", "indicator_score", "indicator_weight")


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
    readable = ~_unreadable(frame["unreadable"], _SCORED_BY)
    weight = Whole.of(frame["weight"])
    stated = Whole.of(frame["recorded_score"]).or_else(weight - Whole.of(frame["deduction"])).only(readable)
    score = stated.or_else(Whole.of(frame["rule_score"]).only(readable))
    inside = score.within(Whole.all(0, len(score)), weight)
    return frame.assign(
        working=personal_working(frame, stated),
        stated_score=stated.array(),
        self_score=score.only(inside).array(),
        out_of_range=score.known & weight.known & ~inside,
    )


def without_measures(indicators: pd.DataFrame) -> pd.DataFrame:
    """Scored indicators without what only rules and checks read: the results of a large year are made by several processes."""
    return indicators.drop(columns=[name for name in Measure._fields if name not in _TOLD])


def score_results(projects: pd.DataFrame, indicators: pd.DataFrame, scheme: Scheme) -> pd.DataFrame:
    """The projects with what needs no money: goal_score, indicator_score and indicator_weight; unknown where a part is."""
    sums = sums_of(indicators, owners_of(projects, indicators), len(projects), ["self_score", "weight"])
    return projects.assign(
        goal_score=goal_scores(projects, scheme).array(),
        indicator_score=sums["self_score"],
        indicator_weight=sums["weight"],
    )


def score_projects(
    projects: pd.DataFrame, results: pd.DataFrame, indicators: pd.DataFrame, scheme: Scheme
) -> pd.DataFrame:
    """The projects with their money, with the ``results`` of :func:`score_results`, and with funding_score, total_score and
    grade; unknown where a part is. Where the money names further projects these come to their results too."""
    if len(projects) > len(results):
        results = score_results(projects, indicators, scheme)
    funding = funding_scores(projects, scheme.funding_points, scheme.place)
    total = funding + Whole.of(results["indicator_score"])
    if scheme.goal_points is not None:
        total += Whole.of(results["goal_score"])
    grades = ["" if score is None else scheme.grade(score) for score in total.tolist()]
    return projects.assign(
        **{name: results[name].array for name in _RESULTS},
        funding_score=funding.array(),
        total_score=total.array(),
        grade=pd.Series(grades, index=projects.index, dtype=object),
    )


def funding_scores(projects: pd.DataFrame, points: int, place: int = 1) -> Whole:
    """points × executed ÷ annual budget, rounded once, at least 0 and at most the points."""
    weight = Whole.all(points, len(projects))
    share = share_of(weight, Whole.of(projects["executed"]), Whole.of(projects["annual_budget"]), place)
    return Whole(share.values.clip(0, points), share.known)


def goal_scores(projects: pd.DataFrame, scheme: Scheme) -> Whole:
    """总目标自评分, else the goal's points − 总目标扣分, nothing deducted where both are blank; unknown out of range."""
    if scheme.goal_points is None:
        return Whole.unknown(len(projects))
    points = Whole.all(scheme.goal_points, len(projects))
    left = (points - Whole.of(projects["goal_deduction"])).or_else(points)
    score = Whole.of(projects["stated_goal"]).or_else(left)
    unreadable = _unreadable(projects["unreadable_info"], _GOAL_BY)
    return score.only(score.within(Whole.all(0, len(score)), points) & ~unreadable)


def _unreadable(column: pd.Series, fields: frozenset[str]) -> np.ndarray:
    """Whether one of these fields is among the names in each row."""
    return flag_texts(column, lambda names: not fields.isdisjoint(names.split(",")))
