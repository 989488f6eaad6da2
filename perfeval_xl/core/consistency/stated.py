"""Scores that are stated beside what they follow from (S314)."""

from perfeval_xl.core.consistency.papers import Check, Papers, points_text
from perfeval_xl.findings import Finding
from perfeval_xl.whole import Whole


def _recorded_twice(papers: Papers) -> list[Finding]:
    """S314 for what is stated twice: 自评分 beside 扣分, for indicators and for the goal."""
    projects, points = papers.projects, papers.scheme.goal_points
    findings = papers.on_indicators(
        "S314",
        papers.marks("recorded_score").differs(papers.marks("weight") - papers.marks("deduction")),
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
        Whole.of(projects["stated_goal"]).differs(
            Whole.all(points, len(projects)) - Whole.of(projects["goal_deduction"])
        ),
        ("stated_goal", "goal_deduction"),
        lambda row: (
            f"总目标 {points_text(points)} 分 − 总目标扣分 {points_text(row['goal_deduction'])}"
            f" = {points_text(points - row['goal_deduction'])}，总目标自评分却是 {points_text(row['stated_goal'])}。",
            points_text(points - row["goal_deduction"]),
            points_text(row["stated_goal"]),
        ),
    )


STATED_CHECKS: tuple[Check, ...] = (_recorded_twice,)
