"""Compare execution with the departmental final accounts, per project, detail and funding source, and say why they differ.

Source: 《2019年度项目支出绩效自评报告》 section 一 (1): 以部门决算为依据，与财政部门对账.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from perfeval_xl.core.merge import Merged
from perfeval_xl.core.reconciliation.agreeing import agreeing_rows, find_agreeing
from perfeval_xl.core.reconciliation.causes import ROUNDING, UNKNOWN_CAUSE, Case, Part, cause_of
from perfeval_xl.core.reconciliation.comparison import Comparison, compare_all
from perfeval_xl.core.reconciliation.identity import check_identity
from perfeval_xl.core.reconciliation.lines import Line, MatchedLines, match_lines
from perfeval_xl.core.reconciliation.lone import tell_one_sided
from perfeval_xl.core.slices import Slices, flagged_rows
from perfeval_xl.findings import Finding
from perfeval_xl.model import Inputs
from perfeval_xl.money import printed_tolerance, sums_of, two_decimals
from perfeval_xl.owners import owners_of
from perfeval_xl.record import replace
from perfeval_xl.scheme import Scheme
from perfeval_xl.text import match_key
from perfeval_xl.whole import Whole

_LEVELS = {"project": "项目", "detail": "明细项目", "source": "资金来源"}
_MONEY = ["annual_budget", "executed", "final_accounts", "difference"]
_COLUMNS = ["unit", "project", "level", "name", *_MONEY, "cause", "sources"]
#: What 项目信息 states of the money: the sum, the stated field, its name.
_STATED = (("annual_budget", "stated_budget", "全年预算数"), ("executed", "stated_executed", "全年执行数"))
IN_DETAILS = "见明细"


def reconcile_projects(
    inputs: Inputs, merged: Merged, scheme: Scheme, tolerance: int | None
) -> tuple[pd.DataFrame, list[Finding]]:
    """A row per project, detail and source (see :class:`perfeval_xl.model.Evaluation`), and M221–M226, M205, M207.

    Final-accounts lines are matched by code, then by exact name, with a detail or with a merged project, and are
    compared at that level (and at the funding source where they name one) with the amount executed.
    """
    matching = match_lines(inputs, merged)
    agreeing = find_agreeing(merged, matching)
    others, lines = agreeing.others(merged), matching.lines(inputs, merged, ~agreeing.lines)
    findings = _absent(merged, lines) + check_identity(inputs, others, lines)
    comparisons: list[Comparison] = []
    for comparison, trouble in compare_all(inputs, others, scheme, lines, tolerance):
        comparisons.append(comparison)
        findings += trouble
    explained = _explain(comparisons, tolerance)
    findings += [finding for comparison in explained if (finding := _difference(comparison, tolerance))]
    explained, only_final, lone = tell_one_sided(inputs, merged.details, explained, lines)
    findings += lone
    frame = _frame([*explained, *only_final])
    if agreeing.projects.any():
        rest = frame.assign(place=_places(merged, frame))
        frame = pd.concat([agreeing_rows(inputs, merged, matching, agreeing), rest], ignore_index=True)
        frame = frame.sort_values("place", kind="stable", ignore_index=True)[_COLUMNS]
    return frame, findings + _stated_amounts(inputs, merged, tolerance)


def _explain(comparisons: Sequence[Comparison], tolerance: int | None) -> list[Comparison]:
    """The same with the cause of each difference."""
    off = [one for one in comparisons if one.told and one.difference]
    mirrored = {(one.unit, one.level, one.executed, one.final): one.name for one in off}
    by_amount: dict[tuple[str, str, int | None], list[str]] = {}
    for one in off:
        by_amount.setdefault((one.unit, one.level, one.executed), []).append(one.name)
    explained = []
    for one in comparisons:
        cause = ""
        if one.difference and not one.differs(tolerance):
            cause = ROUNDING
        elif one.difference:
            swapped = mirrored.get((one.unit, one.level, one.final, one.executed), "")
            shifted = by_amount.get((one.unit, one.level, one.final), [])
            cause = cause_of(_case(one, swapped, shifted[0] if len(shifted) == 1 else "")) or (
                UNKNOWN_CAUSE if one.told else IN_DETAILS
            )
        explained.append(replace(one, cause=cause) if cause else one)
    return explained


def _case(one: Comparison, swapped: str, shifted: str) -> Case:
    assert one.executed is not None
    assert one.final is not None
    single = one.lines[0] if len(one.lines) == 1 else None
    return Case(
        executed=one.executed,
        final=one.final,
        budget=one.budget,
        parts=_parts(one),
        lines=[Part(line.source or line.shown, line.amount or 0) for line in one.lines],
        carried=[amount for line in one.lines for amount in line.carried],
        swapped=swapped,
        shifted=shifted,
        renamed=single.shown if single and one.level == "detail" and _renamed(one.name, single) else "",
    )


def _parts(one: Comparison) -> list[Part]:
    """The rows of what was executed: a project's by their detail, a detail's by their source."""
    whole = one.level == "project"
    return [
        Part(row.name if whole else row.source or one.name, row.executed or 0, "结转" in row.source) for row in one.rows
    ]


def _renamed(name: str, line: Line) -> bool:
    return bool(line.name) and match_key(line.name) != match_key(name)


def _difference(one: Comparison, tolerance: int | None) -> Finding | None:
    """M221 where a difference is told here."""
    if not one.told or not one.differs(tolerance):
        return None
    stated, counted = two_decimals(one.final) or "", two_decimals(one.executed) or ""
    source = f"“{one.subject}”的" if one.level == "source" else ""
    cause = f"，看来是：{one.cause}" if one.cause != UNKNOWN_CAUSE else "，原因待查"
    message = (
        f"{source}{_LEVELS[one.level]}“{one.name}”全年执行数 {counted} 元，部门决算 {stated} 元，"
        f"相差 {two_decimals(one.difference)} 元{cause}。"
    )
    return Finding("M221", message, one.unit, one.project, one.subject, stated, counted, one.cells)


def _absent(merged: Merged, lines: MatchedLines) -> list[Finding]:
    """M225, once for each unit without final accounts."""
    message = "没有提供部门决算，预算执行数没有与决算核对。"
    units = dict.fromkeys(merged.projects["unit"])
    return [Finding("M225", message, unit, subject=unit) for unit in units if unit not in lines.units]


def _stated_amounts(inputs: Inputs, merged: Merged, tolerance: int | None) -> list[Finding]:
    """M226: what 项目信息 states of a project's money against the sum of its execution rows."""
    projects, findings = merged.projects, []
    rows: Slices | None = None
    for field, told, label in _STATED:
        for project in flagged_rows(projects, (projects[field] - projects[told]).ne(0)):
            said, counted = int(project[told]), int(project[field])
            rows = rows or Slices(inputs, merged.rows, "unit", "project")
            own = rows.at(project["unit"], project["project"])
            place = inputs.tables[project["table"]].place // 2
            printed = printed_tolerance([*rows.roundings(own), place])
            if abs(counted - said) <= (printed if tolerance is None else tolerance):
                continue
            cause = cause_of(Case(counted, said))
            message = (
                f"项目信息填写的{label}是 {two_decimals(said)} 元，预算执行情况表各明细合计 {two_decimals(counted)} 元，"
                f"相差 {two_decimals(counted - said)} 元{cause and f'，看来是：{cause}'}。"
            )
            cells = inputs.cells_at(project["table"], project["row"], told) + rows.cells(own, field)
            figures = (two_decimals(counted) or "", two_decimals(said) or "")
            name = project["project"]
            findings.append(Finding("M226", message, project["unit"], name, name, *figures, cells))
    return findings


def _frame(comparisons: Sequence[Comparison]) -> pd.DataFrame:
    values: dict[str, Callable[[Comparison], Any]] = {
        "annual_budget": lambda one: one.budget,
        "executed": lambda one: one.executed,
        "final_accounts": lambda one: one.final,
        "difference": lambda one: one.difference,
        "sources": lambda one: one.cells,
    }
    columns = {
        name: [values[name](one) if name in values else getattr(one, name) for one in comparisons] for name in _COLUMNS
    }
    return pd.DataFrame(
        {
            name: Whole.given(column).array() if name in _MONEY else pd.Series(column, dtype=object)
            for name, column in columns.items()
        }
    )


def _places(merged: Merged, frame: pd.DataFrame) -> np.ndarray:
    """Where rows stand: with their project; after all projects unit by unit; lines alone at the end."""
    owners = owners_of(merged.projects, frame)
    units = {unit: at for at, unit in enumerate(dict.fromkeys(merged.details["unit"]))}
    after = len(merged.projects) + frame["unit"].map(units).fillna(0).to_numpy("int64")
    after[frame["level"].eq("only_final").to_numpy()] = len(merged.projects) + len(units)
    return np.where(owners >= 0, owners, after)


def final_accounts_of(projects: pd.DataFrame, reconciliation: pd.DataFrame) -> pd.arrays.IntegerArray:
    """The final accounts of each project in fen, from its row of the reconciliation; unknown where there is no line."""
    own = reconciliation[(reconciliation["level"] == "project").to_numpy()]
    return sums_of(own, owners_of(projects, own), len(projects), ["final_accounts"])["final_accounts"]
