"""Scores against weights, rules and what is stated (S codes)."""

from decimal import Decimal
from typing import Any

import pandas as pd

from perfeval_xl.core.measure import FULL, PERSONAL, WORDS
from perfeval_xl.core.papers import Check, Papers, points_text
from perfeval_xl.findings import Finding
from perfeval_xl.money import round_half_up
from perfeval_xl.text import is_nothing, match_key


def _weights_add_up(papers: Papers) -> list[Finding]:
    """S301: the indicators' weights against the points that the scheme gives them."""
    findings = []
    points = papers.scheme.indicator_points
    for _, project in papers.projects.iterrows():
        own = papers.indicators[
            (papers.indicators["unit"] == project["unit"]) & (papers.indicators["project"] == project["project"])
        ]
        if own.empty or pd.isna(project["indicator_weight"]) or project["indicator_weight"] == points:
            continue
        message = f"各指标分值合计 {points_text(project['indicator_weight'])} 分，规定为 {points_text(points)} 分。"
        cells = papers.inputs.cells_of(own, "weight")
        findings.append(
            papers.on_project(
                "S301",
                project,
                message,
                points_text(points),
                points_text(project["indicator_weight"]),
                cells,
            )
        )
    return findings


def _scores_in_range(papers: Papers) -> list[Finding]:
    """S302, for indicators and for the goal."""
    findings = papers.on_indicators(
        "S302",
        papers.indicators["out_of_range"],
        ("recorded_score", "deduction", "weight"),
        lambda row: (
            f"“{row['content']}”得分 {points_text(row['stated_score'])} 分，应在 0 与分值 {points_text(row['weight'])} 分之间。",
            f"0.00–{points_text(row['weight'])}",
            points_text(row["stated_score"]),
        ),
    )
    points = papers.scheme.goal_points
    for _, project in papers.projects.iterrows() if points is not None else ():
        stated = project["stated_goal"] if pd.notna(project["stated_goal"]) else points - project["goal_deduction"]
        if pd.notna(stated) and not 0 <= stated <= points:
            message = f"项目绩效总目标得分 {points_text(stated)} 分，应在 0 与 {points_text(points)} 分之间。"
            cells = papers.info_cells(project, "stated_goal", "goal_deduction")
            findings.append(
                papers.on_project(
                    "S302",
                    project,
                    message,
                    f"0.00–{points_text(points)}",
                    points_text(stated),
                    cells,
                )
            )
    return findings


def _missing_actuals(papers: Papers) -> list[Finding]:
    """S304."""
    return papers.on_indicators(
        "S304",
        papers.indicators["actual"].map(is_nothing) & ~papers.indicators["unreadable"].str.contains(",actual,"),
        ("actual",),
        lambda row: (f"“{row['content']}”没有填写全年完成值。", "", ""),
    )


def _unfit_values(papers: Papers) -> list[Finding]:
    """S303: what the rule cannot work on. A graded word that is not listed only needs a recorded score."""
    frame = papers.indicators
    known, personal = frame["method"].ne(""), frame["method"].eq(PERSONAL)
    stated = frame["stated_score"].notna()
    scored_words = frame["method"].eq(WORDS) & stated & ~frame["target"].map(is_nothing)
    given = ~frame["actual"].map(is_nothing)
    # A rule that fits and yet gives nothing: tiers above the weight.
    silent = known & frame["fits"] & frame["rule_score"].isna() & frame["weight"].notna() & ~stated

    def say(row: pd.Series) -> tuple[str, str, str]:
        if not row["method"]:
            return f"“{row['content']}”的评分规则“{row['rule']}”不认识，算不出规则得分。", "", row["rule"]
        if pd.notna(row["band_low"]):
            band = _band_text(row)
            return f"“{row['content']}”的完成值“{row['actual']}”应在 {band} 分之间评分，没有填写自评分。", band, ""
        values = f"目标值“{row['target']}”、完成值“{row['actual']}”"
        return (
            f"“{row['content']}”的{values}不适用评分规则“{row['rule']}”，算不出规则得分。",
            row["target"],
            row["actual"],
        )

    return papers.on_indicators(
        "S303", given & ~personal & (~known | ~frame["fits"] | silent) & ~scored_words, ("actual", "target"), say
    )


def _band_text(row: Any) -> str:
    """The points that the band of a graded word leaves to a person: 4.80–6.40."""
    low, high = (
        round_half_up(Decimal(int(row["weight"])) * int(row[name]) / FULL) for name in ("band_low", "band_high")
    )
    return f"{points_text(low)}–{points_text(high)}"


def _outside_the_band(papers: Papers) -> list[Finding]:
    """S305 where the rule is a band: a recorded score that the graded word does not allow."""
    frame = papers.indicators
    low, high = (frame["weight"] * frame[name] for name in ("band_low", "band_high"))
    stated = frame["self_score"] * FULL
    outside = frame["rule_score"].isna() & frame["method"].eq(WORDS) & (stated.lt(low) | stated.gt(high))
    return papers.on_indicators(
        "S305",
        outside,
        ("recorded_score", "deduction"),
        lambda row: (
            f"“{row['content']}”记录得分 {points_text(row['self_score'])} 分，完成值“{row['actual']}”应在 {_band_text(row)} 分之间"
            f"（分值 {points_text(row['weight'])}）。",
            _band_text(row),
            points_text(row["self_score"]),
        ),
    )


def _against_the_rule(papers: Papers) -> list[Finding]:
    """S305: the recorded score and the rule's."""
    frame = papers.indicators
    return papers.on_indicators(
        "S305",
        frame["self_score"].notna() & frame["rule_score"].notna() & frame["stated_score"].ne(frame["rule_score"]),
        ("recorded_score", "deduction"),
        lambda row: (
            f"“{row['content']}”记录得分 {points_text(row['self_score'])} 分，按“{row['rule']}”应为 {points_text(row['rule_score'])} 分"
            f"（目标 {row['target']}，完成 {row['actual']}，分值 {points_text(row['weight'])}）。",
            points_text(row["rule_score"]),
            points_text(row["self_score"]),
        ),
    )


def _full_though_unmet(papers: Papers) -> list[Finding]:
    """S306."""
    frame = papers.indicators
    return papers.on_indicators(
        "S306",
        frame["met"].eq(False) & frame["self_score"].eq(frame["weight"]) & frame["weight"].gt(0),
        ("recorded_score", "actual", "target"),
        lambda row: (
            f"“{row['content']}”目标 {row['target']}，完成 {row['actual']}，没有达到而得满分 {points_text(row['weight'])} 分。",
            "",
            points_text(row["self_score"]),
        ),
    )


def _taken_though_met(papers: Papers) -> list[Finding]:
    """S307."""
    frame = papers.indicators
    return papers.on_indicators(
        "S307",
        frame["met"].eq(True) & frame["self_score"].lt(frame["weight"]),
        ("recorded_score", "deduction", "actual", "target"),
        lambda row: (
            f"“{row['content']}”目标 {row['target']}，完成 {row['actual']}，已经达到，却只得 {points_text(row['self_score'])} 分（分值 {points_text(row['weight'])}）。",
            points_text(row["weight"]),
            points_text(row["self_score"]),
        ),
    )


def _unexplained(papers: Papers) -> list[Finding]:
    """S308 and S309: unmet, and no reason or no improvement measure."""
    unmet = papers.indicators["met"].eq(False).fillna(False)
    findings = []
    for code, field, label in (("S308", "reason", "未完成原因"), ("S309", "improvement", "改进措施")):
        findings += papers.on_indicators(
            code,
            unmet & papers.indicators[field].map(is_nothing),
            (field, "actual"),
            lambda row, label=label: (
                f"“{row['content']}”目标 {row['target']}，完成 {row['actual']}，没有达到，“{label}”没有填写。",
                "",
                "",
            ),  # type: ignore[misc]
        )
    return findings


def _recorded_twice(papers: Papers) -> list[Finding]:
    """S314 for what is stated twice: 自评分 beside 扣分, for indicators and for the goal."""
    frame = papers.indicators
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
    points = papers.scheme.goal_points
    for _, project in papers.projects.iterrows() if points is not None else ():
        if (
            pd.isna(project["stated_goal"])
            or pd.isna(project["goal_deduction"])
            or project["stated_goal"] == points - project["goal_deduction"]
        ):
            continue
        expected = points - project["goal_deduction"]
        message = f"总目标 {points_text(points)} 分 − 总目标扣分 {points_text(project['goal_deduction'])} = {points_text(expected)}，总目标自评分却是 {points_text(project['stated_goal'])}。"
        cells = papers.info_cells(project, "stated_goal", "goal_deduction")
        findings.append(
            papers.on_project(
                "S314",
                project,
                message,
                points_text(expected),
                points_text(project["stated_goal"]),
                cells,
            )
        )
    return findings


_STATED = (
    ("stated_funding", "funding_score", "资金得分"),
    ("stated_indicators", "indicator_score", "指标得分"),
    ("stated_total", "total_score", "自评得分"),
)


def _stated_totals(papers: Papers) -> list[Finding]:
    """S314 for totals written into 项目信息, and S313 for a grade that fits neither the stated nor the computed total."""
    findings = []
    for _, project in papers.projects.iterrows():
        for stated, computed, label in _STATED:
            if pd.notna(project[stated]) and pd.notna(project[computed]) and project[stated] != project[computed]:
                message = f"填写的{label} {points_text(project[stated])} 分，由组成部分算出 {points_text(project[computed])} 分。"
                cells = papers.info_cells(project, stated)
                findings.append(
                    papers.on_project(
                        "S314",
                        project,
                        message,
                        points_text(project[computed]),
                        points_text(project[stated]),
                        cells,
                    )
                )
        grade = match_key(project["stated_grade"])
        totals = [int(project[name]) for name in ("total_score", "stated_total") if pd.notna(project[name])]
        if grade and any(papers.scheme.grade(total) != grade for total in totals):
            expected = papers.scheme.grade(totals[0])
            message = f"填写的等级是“{grade}”，{points_text(totals[0])} 分应为“{expected}”。"
            cells = papers.info_cells(project, "stated_grade", "stated_total")
            findings.append(papers.on_project("S313", project, message, expected, grade, cells))
    return findings


MARK_CHECKS: tuple[Check, ...] = (
    _weights_add_up,
    _scores_in_range,
    _unfit_values,
    _missing_actuals,
    _against_the_rule,
    _outside_the_band,
    _full_though_unmet,
    _taken_though_met,
    _unexplained,
    _recorded_twice,
    _stated_totals,
)
