"""Scores against weights, rules and what is stated (S codes)."""

from decimal import Decimal

from perfeval_xl.core.consistency.aims import AIM_CHECKS
from perfeval_xl.core.consistency.papers import Check, Papers, Row, known, points_text
from perfeval_xl.core.consistency.stated import STATED_CHECKS
from perfeval_xl.core.scoring.measured import FULL, PERSONAL, WORDS
from perfeval_xl.core.slices import flag_texts
from perfeval_xl.findings import Finding
from perfeval_xl.money import round_half_up
from perfeval_xl.text import is_nothing
from perfeval_xl.whole import Whole


def _weights_add_up(papers: Papers) -> list[Finding]:
    """S301: the indicators' weights against the points that the scheme gives them."""
    points = papers.scheme.indicator_points
    findings = []
    other = Whole.of(papers.projects["indicator_weight"]).differs(points)
    for project, own in papers.by_project(("indicator_weight",), ("weight",), other):
        weight = project["indicator_weight"]
        if own:
            message = f"各指标分值合计 {points_text(weight)} 分，规定为 {points_text(points)} 分。"
            cells = tuple(cell for row in own for cell in papers.cells(row, "weight"))
            said = (message, points_text(points), points_text(weight))
            findings.append(papers.on_project("S301", project, said, cells))
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
    if points is None:
        return findings
    projects = papers.projects
    full = Whole.all(points, len(projects))
    stated = Whole.of(projects["stated_goal"]).or_else(full - Whole.of(projects["goal_deduction"]))
    return findings + papers.on_projects(
        "S302",
        stated.known & ~stated.within(Whole.all(0, len(projects)), full),
        ("stated_goal", "goal_deduction"),
        lambda row: (
            f"项目绩效总目标得分 {points_text(_stated_goal(row, points))} 分，应在 0 与 {points_text(points)} 分之间。",
            f"0.00–{points_text(points)}",
            points_text(_stated_goal(row, points)),
        ),
    )


def _stated_goal(row: Row, points: int) -> object:
    return row["stated_goal"] if known(row["stated_goal"]) else points - row["goal_deduction"]


def _missing_actuals(papers: Papers) -> list[Finding]:
    """S304."""
    return papers.on_indicators(
        "S304",
        flag_texts(papers.indicators["actual"], is_nothing)
        & ~papers.marks("rule_score").known  # 无 can be what was wanted
        & ~flag_texts(papers.indicators["unreadable"], lambda names: ",actual," in names),
        ("actual",),
        lambda row: (f"“{row['content']}”没有填写全年完成值。", "", ""),
    )


def _unfit_values(papers: Papers) -> list[Finding]:
    """S303: what the rule cannot work on. A graded word that is not listed only needs a recorded score."""
    frame = papers.indicators
    method, fits = frame["method"].to_numpy(object), frame["fits"].to_numpy(bool)
    listed, personal = method != "", method == PERSONAL
    stated = papers.marks("stated_score").known
    scored_words = (method == WORDS) & stated & ~flag_texts(frame["target"], is_nothing)
    given = ~flag_texts(frame["actual"], is_nothing)
    # A rule that fits and yet gives nothing: tiers above the weight.
    silent = listed & fits & ~papers.marks("rule_score").known & papers.marks("weight").known & ~stated

    def say(row: Row) -> tuple[str, str, str]:
        if not row["method"]:
            return f"“{row['content']}”的评分规则“{row['rule']}”不认识，算不出规则得分。", "", row["rule"]
        if known(row["band_low"]):
            band = _band_text(row)
            return f"“{row['content']}”的完成值“{row['actual']}”应在 {band} 分之间评分，没有填写自评分。", band, ""
        values = f"目标值“{row['target']}”、完成值“{row['actual']}”"
        return (
            f"“{row['content']}”的{values}不适用评分规则“{row['rule']}”，算不出规则得分。",
            row["target"],
            row["actual"],
        )

    return papers.on_indicators(
        "S303",
        given & ~personal & (~listed | ~fits | silent) & ~scored_words,
        ("actual", "target", "rule"),
        say,
    )


def _band_text(row: Row) -> str:
    """The points that the band of a graded word leaves to a person: 4.80–6.40."""
    low, high = (
        round_half_up(Decimal(int(row["weight"])) * int(row[name]) / FULL) for name in ("band_low", "band_high")
    )
    return f"{points_text(low)}–{points_text(high)}"


def _outside_the_band(papers: Papers) -> list[Finding]:
    """S305 where the rule is a band: a recorded score that the graded word does not allow."""
    frame = papers.indicators
    if not papers.marks("band_low").known.any():
        return []
    low, high = (frame["weight"] * frame[name] for name in ("band_low", "band_high"))
    stated = frame["self_score"] * FULL
    outside = frame["rule_score"].isna() & frame["method"].eq(WORDS) & (stated.lt(low) | stated.gt(high))
    return papers.on_indicators(
        "S305",
        outside,
        ("recorded_score", "deduction", "actual", "target"),
        lambda row: (
            f"“{row['content']}”记录得分 {points_text(row['self_score'])} 分，完成值“{row['actual']}”应在 {_band_text(row)} 分之间"
            f"（分值 {points_text(row['weight'])}）。",
            _band_text(row),
            points_text(row["self_score"]),
        ),
    )


def _against_the_rule(papers: Papers) -> list[Finding]:
    """S305: the recorded score and the rule's."""
    return papers.on_indicators(
        "S305",
        papers.marks("self_score").known & papers.marks("stated_score").differs(papers.marks("rule_score")),
        ("recorded_score", "deduction", "actual", "target"),
        lambda row: (
            f"“{row['content']}”记录得分 {points_text(row['self_score'])} 分，按“{row['rule']}”应为 {points_text(row['rule_score'])} 分"
            f"（目标 {row['target']}，完成 {row['actual']}，分值 {points_text(row['weight'])}）。",
            points_text(row["rule_score"]),
            points_text(row["self_score"]),
        ),
    )


def _full_though_unmet(papers: Papers) -> list[Finding]:
    """S306."""
    weight = papers.marks("weight")
    return papers.on_indicators(
        "S306",
        papers.unmet & papers.marks("self_score").equals(weight) & weight.above(0),
        ("recorded_score", "actual", "target"),
        lambda row: (
            f"“{row['content']}”目标 {row['target']}，完成 {row['actual']}，没有达到而得满分 {points_text(row['weight'])} 分。",
            "",
            points_text(row["self_score"]),
        ),
    )


def _taken_though_met(papers: Papers) -> list[Finding]:
    """S307."""
    met = papers.indicators["met"].array.to_numpy(dtype=bool, na_value=False)
    return papers.on_indicators(
        "S307",
        met & papers.marks("self_score").below(papers.marks("weight")),
        ("recorded_score", "deduction", "actual", "target"),
        lambda row: (
            f"“{row['content']}”目标 {row['target']}，完成 {row['actual']}，已经达到，却只得 {points_text(row['self_score'])} 分（分值 {points_text(row['weight'])}）。",
            points_text(row["weight"]),
            points_text(row["self_score"]),
        ),
    )


def _unexplained(papers: Papers) -> list[Finding]:
    """S308 and S309: unmet, and no reason or no improvement measure."""
    findings = []
    for code, field, label in (("S308", "reason", "未完成原因"), ("S309", "improvement", "改进措施")):
        findings += papers.on_indicators(
            code,
            papers.unmet & flag_texts(papers.indicators[field], is_nothing),
            (field, "actual", "target"),
            lambda row, label=label: (
                f"“{row['content']}”目标 {row['target']}，完成 {row['actual']}，没有达到，“{label}”没有填写。",
                "",
                "",
            ),  # type: ignore[misc]
        )
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
    *STATED_CHECKS,
    *AIM_CHECKS,
)
