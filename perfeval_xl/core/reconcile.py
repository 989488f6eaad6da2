"""Compare execution with the departmental final accounts, per project and per detail, and explain the differences.

Source: 《2019年度项目支出绩效自评报告》 section 一 (1): 以部门决算为依据，与财政部门对账.
"""

from collections.abc import Callable
from typing import Any, TypeAlias

import pandas as pd

from perfeval_xl.core.budget import rounding
from perfeval_xl.core.merge import Merged
from perfeval_xl.findings import Cell, Finding
from perfeval_xl.model import Inputs
from perfeval_xl.money import two_decimals
from perfeval_xl.text import match_key

#: A row of a frame.
Row: TypeAlias = "pd.Series[Any]"
#: What a difference is named, tried in this order: (executed, final accounts) in fen → whether this is the cause.
CAUSES: tuple[tuple[str, Callable[[int, int], bool]], ...] = (
    (
        "金额单位不同（元与万元，相差一万倍）",
        lambda executed, final: (
            0 not in (executed, final) and (executed == final * 10_000 or final == executed * 10_000)
        ),
    ),
    ("正负号相反", lambda executed, final: executed == -final),
    ("相邻数字颠倒", lambda executed, final: _transposed(executed, final)),
)
_LEVELS = {"project": "项目", "detail": "明细项目"}


def _transposed(one: int, other: int) -> bool:
    first, second = str(one), str(other)
    if len(first) != len(second):
        return False
    off = [at for at in range(len(first)) if first[at] != second[at]]
    return (
        len(off) == 2 and off[1] == off[0] + 1 and first[off[0]] == second[off[1]] and first[off[1]] == second[off[0]]
    )


def reconcile_projects(inputs: Inputs, merged: Merged, tolerance: int | None) -> tuple[pd.DataFrame, list[Finding]]:
    """A row per project, detail and source (see :class:`perfeval_xl.model.Evaluation`), and M221–M223, M225.

    Final-accounts lines are matched by code, then by exact name, with a detail or with a merged project, and are
    compared at that level with the amount executed.
    """
    final, findings = _match_lines(inputs, merged)
    findings += _absent(inputs, merged)
    records: list[dict[str, object]] = []
    for _, project in merged.projects.iterrows():
        unit, name = project["unit"], project["project"]
        own = _of(merged.rows, project)
        details = _of(merged.details, project)
        lines = [final.get((unit, "detail", detail)) for detail in details["detail"]]
        found = [line for line in lines if line is not None]
        own_line = final.get((unit, "project", match_key(name)))
        whole = own_line if own_line is not None else pd.concat(found) if found else None
        record, trouble = _compare(inputs, "project", project, name, own, whole, tolerance)
        records.append(record | {"annual_budget": project["annual_budget"], "executed": project["executed"]})
        # Without a line of the project itself, a difference is told at the detail, where it can be mended.
        findings += trouble if own_line is not None else _not_in_final(inputs, project, details, lines, own)
        for (_, detail), line in zip(details.iterrows(), lines, strict=True):
            rows = own[own["detail"] == detail["detail"]]
            record, trouble = _compare(
                inputs, "detail", project, detail["name"] or detail["code"], rows, line, tolerance
            )
            findings += trouble
            records += [record, *_sources(inputs, project, rows)]
    money = ["annual_budget", "executed", "final_accounts", "difference"]
    columns = ["unit", "project", "level", "name", *money, "cause", "sources"]
    frame = pd.DataFrame(records, columns=columns)
    return frame.astype(dict.fromkeys(money, "Int64")), findings


def _match_lines(inputs: Inputs, merged: Merged) -> tuple[dict[tuple[str, str, str], pd.DataFrame], list[Finding]]:
    """Lines by (unit, level, key). A name that is a project's and a detail's means the detail where its siblings stand too."""
    lines = inputs.final_accounts[(inputs.final_accounts["name"] != "") | (inputs.final_accounts["code"] != "")]
    by_code = {
        (unit, match_key(code)): detail
        for unit, code, detail in merged.details[["unit", "code", "detail"]].itertuples(index=False, name=None)
        if code
    }
    by_name: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for unit, name, detail, project in merged.details[["unit", "name", "detail", "project"]].itertuples(
        index=False, name=None
    ):
        by_name.setdefault((unit, match_key(name)), []).append((detail, project))
    projects = {
        (unit, match_key(name))
        for unit, name in merged.projects[["unit", "project"]].itertuples(index=False, name=None)
    }
    stated = {(unit, match_key(name)) for unit, name in zip(lines["unit"], lines["name"], strict=True)}
    siblings = {
        (unit, match_key(project))
        for (unit, project), own in merged.details.groupby(["unit", "project"])
        if sum((unit, match_key(name)) in stated for name in own["name"]) > 1
    }
    matched: dict[tuple[str, str, str], list[int]] = {}
    findings = []
    for at, (unit, code, name) in enumerate(zip(lines["unit"], lines["code"], lines["name"], strict=True)):
        key = (unit, match_key(name))
        named = by_name.get(key, [])
        if code and (unit, match_key(code)) in by_code:
            matched.setdefault((unit, "detail", by_code[unit, match_key(code)]), []).append(at)
        elif len(named) == 1 and (key not in projects or key in siblings):
            matched.setdefault((unit, "detail", named[0][0]), []).append(at)
        elif key in projects:
            matched.setdefault((unit, "project", key[1]), []).append(at)
        else:
            amount = two_decimals(lines["amount"].iloc[at])
            message = (
                f"部门决算中的“{name or code}”（{amount or '金额未知'} 元）在预算执行情况表里没有同编码或同名称的项目。"
            )
            cells = inputs.cells_of(lines.iloc[at : at + 1], "name", "amount")
            findings.append(Finding("M223", message, unit, "", name or code, "", amount or "", cells))
    return {key: lines.iloc[places] for key, places in matched.items()}, findings


def _absent(inputs: Inputs, merged: Merged) -> list[Finding]:
    """M225, once for each unit without final accounts."""
    given = set(inputs.final_accounts["unit"])
    message = "没有提供部门决算，预算执行数没有与决算核对。"
    return [
        Finding("M225", message, unit, subject=unit)
        for unit in dict.fromkeys(merged.projects["unit"])
        if unit not in given
    ]


def _not_in_final(
    inputs: Inputs, project: Row, details: pd.DataFrame, lines: list[pd.DataFrame | None], own: pd.DataFrame
) -> list[Finding]:
    """M222 for a project of which nothing, or for the details of which some, are not in the final accounts."""
    unit, name = project["unit"], project["project"]
    if unit not in set(inputs.final_accounts["unit"]):
        return []
    if all(line is None for line in lines):
        spent = [(name, project["executed"], own)]
    else:
        rows = [own[own["detail"] == detail] for detail in details["detail"]]
        spent = [
            (detail["name"] or detail["code"], detail["executed"], part)
            for (_, detail), part, line in zip(details.iterrows(), rows, lines, strict=True)
            if line is None
        ]
    findings: list[Finding] = []
    for subject, executed, part in spent:
        if pd.isna(executed) or executed == 0:
            continue
        message = f"“{subject}”全年执行数 {two_decimals(executed)} 元，部门决算中没有同编码或同名称的行。"
        findings.append(
            Finding(
                "M222",
                message,
                unit,
                name,
                subject,
                two_decimals(executed) or "",
                "",
                inputs.cells_of(part, "executed"),
            )
        )
    return findings


def _of(frame: pd.DataFrame, project: Row) -> pd.DataFrame:
    own: pd.DataFrame = frame[(frame["unit"] == project["unit"]) & (frame["project"] == project["project"])]
    return own


def _record(project: Row, level: str, name: str, rows: pd.DataFrame, cells: tuple[Cell, ...]) -> dict[str, object]:
    money = {field: rows[field].sum(skipna=False) if len(rows) else pd.NA for field in ("annual_budget", "executed")}
    place = {"unit": project["unit"], "project": project["project"], "level": level, "name": name}
    return place | money | {"final_accounts": pd.NA, "difference": pd.NA, "cause": "", "sources": cells}


def _compare(
    inputs: Inputs,
    level: str,
    project: Row,
    name: str,
    rows: pd.DataFrame,
    line: pd.DataFrame | None,
    tolerance: int | None,
) -> tuple[dict[str, object], list[Finding]]:
    """One row of the reconciliation, with M221 where execution and final accounts differ by more than the tolerance."""
    cells = inputs.cells_of(rows, "executed")
    if line is None:
        return _record(project, level, name, rows, cells), []
    cells += inputs.cells_of(line, "amount")
    final = line["amount"].sum(skipna=False)
    record = _record(project, level, name, rows, cells) | {"final_accounts": final}
    executed: Any = record["executed"]
    if pd.isna(executed) or pd.isna(final):
        return record, []
    difference = int(executed) - int(final)
    record["difference"] = difference
    allowed = rounding(inputs, rows, len(rows)) + rounding(inputs, line, len(line)) if tolerance is None else tolerance
    if difference == 0:
        return record, []
    if abs(difference) <= allowed:
        return record | {"cause": "四舍五入（在打印单位的容差之内）"}, []
    cause = next((cause for cause, applies in CAUSES if applies(int(executed), int(final))), "")
    stated, counted = two_decimals(final) or "", two_decimals(executed) or ""
    message = (
        f"{_LEVELS[level]}“{name}”全年执行数 {counted} 元，部门决算 {stated} 元，"
        f"相差 {two_decimals(difference)} 元{f'，看来是{cause}' if cause else ''}。"
    )
    finding = Finding("M221", message, project["unit"], project["project"], name, stated, counted, cells)
    return record | {"cause": cause or "原因待查"}, [finding]


def _sources(inputs: Inputs, project: Row, rows: pd.DataFrame) -> list[dict[str, object]]:
    """The detail's funding sources, where they are stated."""
    return [
        _record(project, "source", str(source), own, inputs.cells_of(own, "executed"))
        for source, own in rows.groupby("funding_source", sort=False)
        if source
    ]


def final_accounts_of(reconciliation: pd.DataFrame) -> pd.Series:
    """The final accounts of each project by (unit, project), in fen; unknown where there is no line."""
    own = reconciliation[reconciliation["level"] == "project"]
    return own.set_index(["unit", "project"])["final_accounts"]
