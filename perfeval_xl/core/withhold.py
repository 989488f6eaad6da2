"""Which forms are withheld, and why: a form is written only when every figure on it is known (O501)."""

from collections.abc import Iterable

import pandas as pd

from perfeval_xl.core.slices import flagged_rows, records_of
from perfeval_xl.findings import Cell, Finding
from perfeval_xl.model import Evaluation
from perfeval_xl.whole import Whole

Key = tuple[str, str]
#: Codes that make a figure unknown; among a project's findings they say why its form is withheld.
CAUSES = ("R106", "R107", "R110", "M202", "M204", "S302", "S303", "S304")
_PRINTED = (
    ("annual_budget", "全年预算数"),
    ("executed", "全年执行数"),
    ("execution_rate", "预算执行率"),
    ("goal_score", "总目标自评分"),
    ("indicator_weight", "指标分值"),
    ("indicator_score", "指标自评分"),
)


def withhold_forms(
    evaluation: Evaluation, findings: Iterable[Finding], initial_budget: bool
) -> tuple[pd.DataFrame, list[Finding]]:
    """The projects with ``withheld`` (why, "" where the form is written), and an O501 for each that is withheld.

    ``initial_budget``: whether the form shows 年初预算数, which may be blank, but not unreadable.
    """
    causes: dict[Key, list[Finding]] = {}
    for finding in findings:
        if finding.code in CAUSES or (finding.code == "M215" and finding.subject == finding.project):
            causes.setdefault((finding.unit, finding.project), []).append(finding)
    printed = [pair for pair in _PRINTED if pair[0] != "goal_score" or evaluation.scheme.goal_points is not None]
    blanks = _blank_cells(evaluation)
    unread = _unread_initial(evaluation) if initial_budget else set()
    projects = evaluation.projects
    reasons, withheld = [], []
    for project in records_of(projects, ("unit", "project", "number", *(name for name, _ in printed))):
        key = (project["unit"], project["project"])
        own = causes.get(key, []) or causes.get((project["unit"], ""), [])
        unknown = [label for name, label in printed if project[name] is pd.NA]
        reason = _reason(["年初预算数"] * (key in unread) + unknown, own)
        reasons.append(reason)
        if reason:
            cells = [cell for finding in own for cell in finding.sources] if own else blanks.get(key, [])
            message = f"{project['number']} “{project['project']}”的自评表没有生成：{reason}。"
            withheld.append(Finding("O501", message, *key, key[1], sources=tuple(dict.fromkeys(cells))))
    return projects.assign(withheld=pd.Series(reasons, index=projects.index, dtype=object)), withheld


def _unread_initial(evaluation: Evaluation) -> set[Key]:
    rows = evaluation.rows
    unread = rows[rows["unreadable"].str.contains(",initial_budget,", regex=False)]
    return set(zip(unread["unit"], unread["project"], strict=True))


def _reason(unknown: list[str], causes: list[Finding]) -> str:
    if not unknown and not any(finding.code == "M204" or _in_doubt(finding) for finding in causes):
        return ""
    codes = "、".join(dict.fromkeys(finding.code for finding in causes))
    return f"{'、'.join(unknown) or '资金或指标'}不能确定（{f'见 {codes}' if codes else '单元格为空'}）"


def _in_doubt(finding: Finding) -> bool:
    """Whether a project's words stand in two versions: its form would print one of them."""
    return finding.code == "R110" and bool(finding.project)


def _blank_cells(evaluation: Evaluation) -> dict[Key, list[Cell]]:
    """The cells of each project that say nothing where a printed figure needs them."""
    frames = (
        (evaluation.rows, (("annual_budget", "annual_budget"), ("executed", "executed"))),
        (evaluation.indicators, (("weight", "weight"), ("self_score", "recorded_score"))),
    )
    cells: dict[Key, list[Cell]] = {}
    for frame, fields in frames:
        for field, column in fields:
            for row in flagged_rows(frame, ~Whole.of(frame[field]).known):
                found = evaluation.inputs.cells_at(row["table"], row["row"], column)
                cells.setdefault((row["unit"], row["project"]), []).extend(found)
    return cells
