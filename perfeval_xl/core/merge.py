"""Merge detail projects (同类项合并): from execution rows to the projects that are evaluated.

Source of the step: 《2019年度项目支出绩效自评报告》 section 一 (1).
"""

from dataclasses import dataclass
from itertools import count

import pandas as pd

from perfeval_xl.core.claims import claim_details
from perfeval_xl.core.near import Lone, lone_names, propose_names
from perfeval_xl.core.slices import positions_by
from perfeval_xl.findings import Cell, Finding
from perfeval_xl.model import MONEY_FIELDS, Inputs
from perfeval_xl.money import ratio_half_up, sum_known
from perfeval_xl.text import TOTAL_WORDS, match_key


@dataclass(frozen=True, slots=True)
class Merged:
    """``rows``: execution rows with ``project`` and ``detail`` key; ``stated``: rows that state a detail's total;
    ``details`` and ``funding``: sums by detail and by source; ``projects``: a row per project, in the forms' order."""

    rows: pd.DataFrame
    stated: pd.DataFrame
    details: pd.DataFrame
    funding: pd.DataFrame
    projects: pd.DataFrame


def merge_projects(inputs: Inputs) -> tuple[Merged, list[Finding]]:
    """Projects with their exact sums. A sum with an unknown part, or with a disputed detail (M202), is unknown."""
    rows, stated = _identify_details(inputs.execution)
    spelling = _spellings(inputs, rows)
    claims = claim_details(inputs, rows, spelling)
    owners = [claims.project_of(unit, detail) for unit, detail in zip(rows["unit"], rows["detail"], strict=True)]
    rows = rows.assign(
        project=[_spelled(spelling, unit, name) for unit, name in zip(rows["unit"], owners, strict=True)]
    )
    owned = rows[rows["project"] != ""]
    projects = _list_projects(inputs, rows, spelling)
    sums = sum_known(owned, ["unit", "project"], MONEY_FIELDS)
    projects = projects.join(sums, on=["unit", "project"])
    disputed = [
        (unit, match_key(name)) in claims.disputed
        for unit, name in zip(projects["unit"], projects["project"], strict=True)
    ]
    projects.loc[disputed, MONEY_FIELDS] = pd.NA
    funding = sum_known(owned, ["unit", "project", "funding_source"], MONEY_FIELDS).reset_index()
    funding = _with_rate(funding.rename(columns={"funding_source": "source"}))
    details = sum_known(rows, ["unit", "project", "detail"], MONEY_FIELDS)
    named = rows.groupby(["unit", "project", "detail"], sort=False)[["name", "code"]].first()
    merged = Merged(
        rows, stated, named.join(details).reset_index(), funding, _with_rate(projects.reset_index(drop=True))
    )
    near = propose_names(lone_names(claims.findings, "M203"), lone_names(claims.findings, "M201"))
    return merged, [*claims.findings, *near, *_one_sided(inputs, merged, claims.disputed)]


def _with_rate(frame: pd.DataFrame) -> pd.DataFrame:
    """预算执行率 = executed / annual budget, in hundredths of a percent; unknown where the budget is zero."""
    return frame.assign(execution_rate=ratio_half_up(frame["executed"], frame["annual_budget"], 10_000))


def _identify_details(execution: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A detail's key is its code, else level-1 project and name. A row of 合计 beside its sources only states a total."""
    keys = [
        match_key(code) or f"{match_key(level1)}\n{match_key(name)}"
        for code, level1, name in zip(execution["code"], execution["level1_project"], execution["name"], strict=True)
    ]
    rows = execution.assign(detail=pd.Series(keys, index=execution.index, dtype=object))
    total = rows["funding_source"].map(match_key).isin(TOTAL_WORDS | {""})
    sourced = (~total).groupby([rows["unit"], rows["detail"]]).transform("any") if len(rows) else total
    stated = rows[total & sourced]
    return rows.drop(stated.index), stated


def _spellings(inputs: Inputs, rows: pd.DataFrame) -> dict[tuple[str, str], str]:
    """The name to print for each project: as in 项目信息, else the indicators, the merge list, the execution table."""
    frames = (
        (inputs.projects, "project"),
        (inputs.indicators, "project"),
        (inputs.merge_list, "project"),
        (rows, "level1_project"),
    )
    spelling: dict[tuple[str, str], str] = {}
    for frame, column in frames:
        for unit, name in zip(frame["unit"], frame[column], strict=True):
            if name:
                spelling.setdefault((unit, match_key(name)), name)
    return spelling


def _spelled(spelling: dict[tuple[str, str], str], unit: str, name: str) -> str:
    return spelling.get((unit, match_key(name)), name)


def _list_projects(inputs: Inputs, rows: pd.DataFrame, spelling: dict[tuple[str, str], str]) -> pd.DataFrame:
    """Every project that is named anywhere, in the order of 项目信息, with its information and its 附件 number."""
    named = [
        inputs.projects[["unit", "project"]],
        inputs.indicators[["unit", "project"]],
        inputs.merge_list[["unit", "project"]],
    ]
    pairs = [pair for frame in [*named, rows[["unit", "project"]]] for pair in frame.itertuples(index=False, name=None)]
    pairs = [(unit, _spelled(spelling, unit, name)) for unit, name in pairs if name]
    listed = pd.DataFrame(list(dict.fromkeys(pairs)), columns=["unit", "project"], dtype=object)
    info = inputs.projects.assign(
        project=[
            _spelled(spelling, unit, name)
            for unit, name in zip(inputs.projects["unit"], inputs.projects["project"], strict=True)
        ]
    ).drop_duplicates(["unit", "project"])
    info = info[info["project"] != ""].drop(columns=["unreadable", "issuer"]).assign(unreadable_info=info["unreadable"])
    projects = listed.merge(info, on=["unit", "project"], how="left", sort=False)
    words = [
        name for name in projects.columns if projects[name].dtype == object and name not in ("unit", "project", "extra")
    ]
    projects[words] = projects[words].fillna("")
    stated = list(projects["number"])
    numbers = {
        at: number
        for own in positions_by(projects["unit"]).values()
        for at, number in zip(own, number_forms([stated[at] for at in own]), strict=True)
    }
    projects = projects.assign(position=[numbers[at] for at in range(len(projects))])
    projects = projects.assign(number=[f"1.{position}" for position in projects["position"]])
    order = {unit: at for at, unit in enumerate(dict.fromkeys(projects["unit"]))}
    return projects.sort_values(
        ["unit", "position"], key=lambda column: column.map(order) if column.name == "unit" else column, kind="stable"
    )


def number_forms(stated: list[str]) -> list[int]:
    """附件 numbers: the 序号 where it is a number nobody else has, else the row's place, else the next one free."""
    given = [int(text) if text.isdecimal() and int(text) > 0 else None for text in map(str, stated)]
    first = {number: at for at, number in reversed(list(enumerate(given)))}
    kept = [number if first[number] == at else None for at, number in enumerate(given)]
    taken = {number for number in kept if number is not None}
    free = count(1)
    numbers = []
    for place, number in enumerate(kept, 1):
        if number is None:
            number = place if place not in taken else next(other for other in free if other not in taken)
            taken.add(number)
        numbers.append(number)
    return numbers


#: What a project lacks, as M204 says it.
_ONE_SIDED = {
    (True, False): "有资金而没有绩效指标",
    (False, True): "有绩效指标而没有资金",
    (False, False): "既没有资金也没有绩效指标",
}


def _one_sided(inputs: Inputs, merged: Merged, disputed: set[tuple[str, str]]) -> list[Finding]:
    """M204: money without indicators, indicators without money; M205 among them. Disputed money (M202) is money."""
    with_money = disputed | _keys(merged.rows, "project")
    with_indicators, with_info = _keys(inputs.indicators, "project"), _keys(inputs.projects, "project")
    places = _first_cells(inputs, merged)
    findings = []
    alone: dict[tuple[bool, bool], list[Lone]] = {sides: [] for sides in (*_ONE_SIDED, (True, True))}
    for unit, project in zip(merged.projects["unit"], merged.projects["project"], strict=True):
        key = (unit, match_key(project))
        sides = (key in with_money, key in with_indicators)
        if sides in _ONE_SIDED or (with_info and key not in with_info):
            alone[sides].append(Lone(unit, project, project, places.get(key, ())))
        if sides in _ONE_SIDED:
            message = f"项目“{project}”{_ONE_SIDED[sides]}。"
            findings.append(Finding("M204", message, unit, project, project, sources=places.get(key, ())))
    money, indicators, neither, whole = (alone[sides] for sides in (*_ONE_SIDED, (True, True)))
    return [*findings, *propose_names(money, indicators), *propose_names(neither, [*money, *indicators, *whole])]


def _keys(frame: pd.DataFrame, column: str) -> set[tuple[str, str]]:
    return {(unit, match_key(name)) for unit, name in zip(frame["unit"], frame[column], strict=True) if name}


def _first_cells(inputs: Inputs, merged: Merged) -> dict[tuple[str, str], tuple[Cell, ...]]:
    """Where each project is named first: with its indicators, its information, or its money."""
    places: dict[tuple[str, str], tuple[Cell, ...]] = {}
    for frame, field in ((inputs.indicators, "project"), (inputs.projects, "project"), (merged.rows, "name")):
        own = frame.drop_duplicates(["unit", "project"])
        for unit, project, table, row in zip(
            *(own[name].tolist() for name in ("unit", "project", "table", "row")), strict=True
        ):
            places.setdefault((unit, match_key(project)), inputs.cells_at(table, row, field))
    return places
