"""What shows only over several indicators, projects or money and scores together (C406, C410–C412)."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from decimal import Decimal

import numpy as np
import pandas as pd

from perfeval_xl.core.consistency.mentions import with_unit
from perfeval_xl.core.consistency.papers import Check, Papers, Row, known, points_text, rows_of
from perfeval_xl.core.slices import FLOAT_ERROR, once_for_each
from perfeval_xl.findings import Cell, Finding
from perfeval_xl.money import two_decimals
from perfeval_xl.text import is_nothing, match_key, match_keys


def _copied_from_targets(papers: Papers) -> list[Finding]:
    """C406: nearly all actuals of a project are its targets."""
    share, least = (papers.scheme.thresholds[name] for name in ("copied_share", "copied_indicators"))
    findings = []
    fields = ("target", "actual", "measure")
    both = pd.Series(once_for_each(papers.indicators, fields, _is_given), dtype=bool)
    same = pd.Series(once_for_each(papers.indicators, fields, _is_copied), dtype=bool)
    given, copied = papers.counts(both), papers.counts(same)
    above, below = share.as_integer_ratio()
    where = (copied > 0) & (given >= int(least)) & (copied * below >= given * above)
    for project, own in papers.by_project((), fields, where):
        rows = [row for row in own if _is_copied(row)]
        total = sum(map(_is_given, own))
        message = f"{total} 个指标中有 {len(rows)} 个的完成值与目标值相同，像是照抄目标值。"
        cells = tuple(cell for row in rows for cell in papers.cells(row, "actual"))
        findings.append(papers.on_project("C406", project, (message, "", f"{len(rows)}/{total}"), cells))
    return findings


def _is_given(row: Row) -> bool:
    return not is_nothing(row["actual"]) and not is_nothing(row["target"])


def _is_copied(row: Row) -> bool:
    if not _is_given(row):
        return False
    if match_key(row["actual"]) == match_key(row["target"]):
        return True
    target = with_unit(row["target"], row["measure"])
    actual = with_unit(row["actual"], row["measure"], target.unit)
    return target.kind == actual.kind == "number" and (target.value, target.unit) == (actual.value, actual.unit)


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


def _same_indicator_twice(papers: Papers) -> list[Finding]:
    """C412: two indicators of one project with the same name."""
    findings = []
    names = zip(papers.owners.tolist(), match_keys(papers.indicators["content"].tolist()), strict=True)
    where = np.zeros(len(papers.projects), dtype=bool)
    where[[owner for (owner, name), times in Counter(names).items() if name and times > 1 and owner >= 0]] = True
    for _, own in papers.by_project((), ("unreadable",), where):
        rows: dict[str, list[Row]] = defaultdict(list)
        for row in own:
            rows[match_key(row["content"])].append(row)
        for name, same in rows.items():
            if name and len(same) > 1 and not _in_two_copies(same):
                message = f"同一项目中指标“{same[0]['content']}”出现了 {len(same)} 次。"
                cells = tuple(cell for row in same[1:] + same[:1] for cell in papers.cells(row, "content"))
                findings.append(papers.on_indicator("C412", same[0], (message, "1", str(len(same))), cells))
    return findings


def _in_two_copies(same: Sequence[Row]) -> bool:
    """Whether the rows stand once in each of several tables, none of which counts: R110 has said so."""
    return len({row["table"] for row in same}) == len(same) and all(",weight," in row["unreadable"] for row in same)


#: What compares projects with one another.
ACROSS_CHECKS: tuple[Check, ...] = (_at_one_side_of_an_edge,)
PATTERN_CHECKS: tuple[Check, ...] = (
    _copied_from_targets,
    _better_than_the_money,
    _same_indicator_twice,
)
