"""Scores, totals and grades that are stated beside what they follow from (S313, S314)."""

from perfeval_xl.core.papers import Check, Papers, known, points_text, rows_of
from perfeval_xl.findings import Finding
from perfeval_xl.text import match_key

_STATED = (
    ("stated_funding", "funding_score", "资金得分"),
    ("stated_indicators", "indicator_score", "指标得分"),
    ("stated_total", "total_score", "自评得分"),
)


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
    """S314 for totals written into 项目信息."""
    return [finding for stated, computed, label in _STATED for finding in _other_total(papers, stated, computed, label)]


def _other_total(papers: Papers, stated: str, computed: str, label: str) -> list[Finding]:
    return papers.on_projects(
        "S314",
        papers.projects[stated].ne(papers.projects[computed]),
        (stated,),
        lambda row: (
            f"填写的{label} {points_text(row[stated])} 分，由组成部分算出 {points_text(row[computed])} 分。",
            points_text(row[computed]),
            points_text(row[stated]),
        ),
    )


def _stated_grades(papers: Papers) -> list[Finding]:
    """S313: a grade that is not that of the stated or of the computed total."""
    findings = []
    for project in rows_of(papers.projects, ("stated_grade", "total_score", "stated_total")):
        grade = match_key(project["stated_grade"])
        totals = [int(project[name]) for name in ("total_score", "stated_total") if known(project[name])]
        if grade and any(papers.scheme.grade(total) != grade for total in totals):
            expected = papers.scheme.grade(totals[0])
            message = f"填写的等级是“{grade}”，{points_text(totals[0])} 分应为“{expected}”。"
            cells = papers.cells(project, "stated_grade", "stated_total")
            findings.append(papers.on_project("S313", project, (message, expected, grade), cells))
    return findings


STATED_CHECKS: tuple[Check, ...] = (_recorded_twice, _stated_totals, _stated_grades)
