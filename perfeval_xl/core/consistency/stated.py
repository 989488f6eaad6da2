"""Scores, totals and grades that are stated beside what they follow from (S313, S314)."""

import numpy as np
import pandas as pd

from perfeval_xl.core.consistency.papers import Check, Papers, Row, known, points_text
from perfeval_xl.core.slices import flags_of, once_for_each
from perfeval_xl.findings import Finding
from perfeval_xl.text import match_key

#: Stated, computed, what it is called, and the project's and the indicators' cells of which it is the sum.
_STATED: tuple[tuple[str, str, str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("stated_funding", "funding_score", "资金得分", (), ()),
    ("stated_indicators", "indicator_score", "指标得分", (), ("recorded_score", "deduction")),
    (
        "stated_total",
        "total_score",
        "自评得分",
        ("stated_funding", "stated_goal", "goal_deduction"),
        ("recorded_score", "deduction"),
    ),
)


#: The totals whose grade a stated grade must be.
_TOTALS = (("total_score", "计算的总分"), ("stated_total", "填写的总分"))


def _recorded_twice(papers: Papers) -> list[Finding]:
    """S314 for what is stated twice: 自评分 beside 扣分, for indicators and for the goal."""
    frame, projects, points = papers.indicators, papers.projects, papers.scheme.goal_points
    findings = papers.on_indicators(
        "S314",
        frame["recorded_score"].ne(frame["weight"] - frame["deduction"]),
        ("recorded_score", "weight", "deduction"),
        lambda row: (
            f"“{row['content']}”分值 {points_text(row['weight'])} − 扣分 {points_text(row['deduction'])}"
            f" = {points_text(row['weight'] - row['deduction'])}，自评分却是 {points_text(row['recorded_score'])}。",
            points_text(row["weight"] - row["deduction"]),
            points_text(row["recorded_score"]),
        ),
    )
    if points is None:
        return findings
    return findings + papers.on_projects(
        "S314",
        projects["stated_goal"].ne(points - projects["goal_deduction"]),
        ("stated_goal", "goal_deduction"),
        lambda row: (
            f"总目标 {points_text(points)} 分 − 总目标扣分 {points_text(row['goal_deduction'])}"
            f" = {points_text(points - row['goal_deduction'])}，总目标自评分却是 {points_text(row['stated_goal'])}。",
            points_text(points - row["goal_deduction"]),
            points_text(row["stated_goal"]),
        ),
    )


def _stated_totals(papers: Papers) -> list[Finding]:
    """S314 for totals written into 项目信息, at the cells of the stated total and of its addends."""
    fields = [name for stated, computed, *_ in _STATED for name in (stated, computed)]
    findings = []
    projects = papers.projects
    differ = [flags_of(projects[stated].ne(projects[computed])) for stated, computed, *_ in _STATED]
    for project, own in papers.by_project(fields, (), np.logical_or.reduce(differ)):
        for stated, computed, label, parts, addends in _STATED:
            if known(project[stated], project[computed]) and project[stated] != project[computed]:
                said, counted = points_text(project[stated]), points_text(project[computed])
                message = f"填写的{label} {said} 分，由组成部分算出 {counted} 分。"
                cells = papers.cells(project, stated, *parts) + tuple(
                    cell for row in own for cell in papers.cells(row, *addends)
                )
                findings.append(papers.on_project("S314", project, (message, counted, said), cells))
    return findings


def _stated_grades(papers: Papers) -> list[Finding]:
    """S313: a grade that is not that of the stated or of the computed total."""

    def other(row: Row) -> list[tuple[str, int]]:
        grade = match_key(row["stated_grade"])
        totals = [(label, int(row[name])) for name, label in _TOTALS if known(row[name])]
        return [(label, total) for label, total in totals if grade and papers.scheme.grade(total) != grade]

    def say(row: Row) -> tuple[str, str, str]:
        label, total = other(row)[0]
        grade, expected = match_key(row["stated_grade"]), papers.scheme.grade(total)
        return f"填写的等级是“{grade}”，{label} {points_text(total)} 分应为“{expected}”。", expected, grade

    projects = papers.projects
    wrong = once_for_each(projects, ("stated_grade", *(name for name, _ in _TOTALS)), lambda row: bool(other(row)))
    return papers.on_projects(
        "S313", pd.Series(wrong, index=projects.index, dtype=bool), ("stated_grade", "stated_total"), say
    )


STATED_CHECKS: tuple[Check, ...] = (_recorded_twice, _stated_totals, _stated_grades)
