"""Totals and grades against what is stated of them, against the money, and against one another (S313, S314, C410, C411)."""

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

import numpy as np

from perfeval_xl.core.consistency.papers import Check, Papers, Row, known, points_text, rows_of
from perfeval_xl.core.slices import FLOAT_ERROR, once_for_each
from perfeval_xl.findings import Cell, Finding
from perfeval_xl.money import two_decimals
from perfeval_xl.text import match_key
from perfeval_xl.whole import Whole

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


def _stated_totals(papers: Papers) -> list[Finding]:
    """S314 for totals written into 项目信息, at the cells of the stated total and of its addends."""
    fields = [name for stated, computed, *_ in _STATED for name in (stated, computed)]
    findings = []
    projects = papers.projects
    differ = [Whole.of(projects[stated]).differs(Whole.of(projects[computed])) for stated, computed, *_ in _STATED]
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
    return papers.on_projects("S313", np.array(wrong, dtype=bool), ("stated_grade", "stated_total"), say)


def _better_than_the_money(papers: Papers) -> list[Finding]:
    """C410: the indicators' share of their points is well above the share of the budget that was executed."""
    limit = papers.scheme.thresholds["score_over_execution"]
    findings = []
    fields = ("indicator_score", "indicator_weight", "executed", "annual_budget", "execution_rate")
    score, weight, executed, budget, _ = (papers.projects[name].to_numpy("float64", na_value=np.nan) for name in fields)
    # What is far from the limit is passed over in floats, the rest is compared exactly.
    with np.errstate(divide="ignore", invalid="ignore"):
        near = (score / weight - executed / budget > float(limit) - FLOAT_ERROR) & (weight != 0) & (executed >= 0)
    for project, own in papers.by_project(fields, ("recorded_score", "deduction"), near):
        scored = Decimal(project["indicator_score"]) / project["indicator_weight"]
        if scored - Decimal(project["executed"]) / project["annual_budget"] > limit:
            rates = f"{scored * 100:.2f}%", f"{two_decimals(project['execution_rate'])}%"
            message = f"指标得分率 {rates[0]}，预算执行率只有 {rates[1]}：钱没有用完，产出和效益却几乎都实现了，审核人会要求说明。"
            cells = tuple(cell for row in own for cell in papers.cells(row, "recorded_score", "deduction"))
            findings.append(papers.on_project("C410", project, (message, rates[1], rates[0]), cells))
    return findings


def _at_one_side_of_an_edge(papers: Papers) -> list[Finding]:
    """C411: the totals of all a unit's projects within a point under a grade's edge, or within one above it."""
    points, least = (papers.scheme.thresholds[name] for name in ("edge_points", "edge_projects"))
    units: dict[str, list[Row]] = defaultdict(list)
    for project in rows_of(papers.projects, ("total_score", "stated_total")):
        units[project["unit"]].append(project)
    findings = []
    for unit, projects in units.items():
        totals = [project["total_score"] for project in projects]
        if len(totals) < least or not known(*totals):
            continue
        for grade, edge in papers.scheme.grades:
            side = _side(totals, edge, int(points * 100))
            if edge and side:
                message = f"{len(totals)} 个项目的总分（{'、'.join(map(points_text, totals))}）都{side}“{grade}”的界限 {points_text(edge)} 分，审核人会问是否先定等级后打分。"
                cells: tuple[Cell, ...] = tuple(
                    cell for project in projects for cell in papers.cells(project, "stated_total", "project")
                )
                actual = f"{points_text(min(totals))}–{points_text(max(totals))}"
                findings.append(Finding("C411", message, unit, "", "", points_text(edge), actual, cells))
    return findings


def _side(totals: Sequence[int], edge: int, band: int) -> str:
    if all(edge - band <= total < edge for total in totals):
        return "略低于"
    return "刚刚达到" if all(edge <= total <= edge + band for total in totals) else ""


TOTAL_CHECKS: tuple[Check, ...] = (
    _stated_totals,
    _stated_grades,
    _better_than_the_money,
    _at_one_side_of_an_edge,
)


def check_totals(papers: Papers) -> list[Finding]:
    """The checks that need the money, or all projects together."""
    return [finding for check in TOTAL_CHECKS for finding in check(papers)]
