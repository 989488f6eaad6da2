"""Merge detail projects (同类项合并): from execution rows to the projects that are evaluated.

Source of the step: 《2019年度项目支出绩效自评报告》 section 一 (1).
"""

from collections.abc import Mapping

import pandas as pd

from perfeval_xl.core.claims import claim_details
from perfeval_xl.core.near import Lone, lone_names, propose_names
from perfeval_xl.core.projects import Key, Named, names_in, spelled, texts_of
from perfeval_xl.core.slices import flag_texts
from perfeval_xl.findings import Cell, Finding
from perfeval_xl.groups import group_rows
from perfeval_xl.model import MONEY_FIELDS, Inputs
from perfeval_xl.money import list_sums, ratio_half_up, sums_of
from perfeval_xl.owners import owners_of
from perfeval_xl.record import Record
from perfeval_xl.text import TOTAL_WORDS, match_key, match_keys

#: How a row's words are compared: worked out once, and kept by detail only.
_KEYS = ["code_key", "name_key", "level1_key"]
_OF_DETAILS = ["unit", "detail", "code", "name", "level1_project", "table", "row", *_KEYS]


class Merged(Record):
    """``rows``: execution rows with ``project`` and ``detail`` key; ``stated``: rows that state a detail's total;
    ``details`` and ``funding``: sums by detail (also ``code_key`` and ``name_key``, as they are compared) and by source;
    ``projects``: a row per project, in the forms' order."""

    rows: pd.DataFrame
    stated: pd.DataFrame
    details: pd.DataFrame
    funding: pd.DataFrame
    projects: pd.DataFrame


def merge_projects(inputs: Inputs, named: Named) -> tuple[Merged, list[Finding]]:
    """Projects with their exact sums. A sum with an unknown part, or with a disputed detail (M202), is unknown."""
    rows, stated = _identify_details(inputs.execution)
    spelling = {**names_in(rows, "level1_project"), **named.spelling}
    groups = group_rows(rows, ["unit", "detail"])
    details = rows[_OF_DETAILS].take(groups.first)
    claims = claim_details(inputs, details, spelling, rows, groups.number)
    project = texts_of(spelled(spelling, details["unit"].tolist(), claims.owners.tolist()))
    details = details.assign(project=project.set_axis(details.index))
    project = project.take(groups.number)
    rows = rows.drop(columns=_KEYS).assign(project=project.set_axis(rows.index))
    paid = names_in(rows)
    projects = named.with_money(inputs, paid)
    projects = projects.assign(**sums_of(rows, owners_of(projects, rows), len(projects), MONEY_FIELDS))
    if claims.disputed:
        pairs = zip(projects["unit"].tolist(), projects["project"].tolist(), strict=True)
        projects.loc[[(unit, match_key(name)) in claims.disputed for unit, name in pairs], MONEY_FIELDS] = pd.NA
    by_source = ["unit", "project", "funding_source"]
    owned = rows["project"].ne("").to_numpy()
    funding = list_sums(rows if owned.all() else rows[[*by_source, *MONEY_FIELDS]][owned], by_source, MONEY_FIELDS)
    funding = _with_rate(funding.rename(columns={"funding_source": "source"}))
    details = details[["unit", "project", "detail", "name", "code", "name_key", "code_key"]].reset_index(drop=True)
    details = details.assign(**sums_of(rows, groups.number, len(details), MONEY_FIELDS))
    with_money = claims.disputed | paid.keys()  # disputed money (M202) is money
    merged = Merged(rows, stated, details, funding, _with_rate(projects))
    near = propose_names(lone_names(claims.findings, "M203"), lone_names(claims.findings, "M201"))
    return merged, [*claims.findings, *near, *_one_sided(inputs, merged, with_money, *named.written[:2])]


def _with_rate(frame: pd.DataFrame) -> pd.DataFrame:
    """预算执行率 = executed / annual budget, in hundredths of a percent; unknown where the budget is zero."""
    return frame.assign(execution_rate=ratio_half_up(frame["executed"], frame["annual_budget"], 10_000))


def _identify_details(execution: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A detail's key is its code, else level-1 project and name. A row of 合计 beside its sources only states a total."""
    codes, levels, names = (match_keys(execution[name].tolist()) for name in ("code", "level1_project", "name"))
    keys = [code or f"{level1}\n{name}" for code, level1, name in zip(codes, levels, names, strict=True)]
    columns = zip(("detail", *_KEYS), (keys, codes, names, levels), strict=True)
    rows = execution.assign(
        **{name: pd.Series(column, index=execution.index, dtype=object) for name, column in columns}
    )
    flags = flag_texts(rows["funding_source"], lambda source: match_key(source) in TOTAL_WORDS | {""})
    if flags.any() and not flags.all():
        total = pd.Series(flags, index=rows.index)
        stated = total & (~total).groupby([rows["unit"], rows["detail"]]).transform("any")
        return rows[~stated], rows[stated]
    return rows, rows.iloc[:0]


#: What a project lacks, as M204 says it.
_ONE_SIDED = {
    (True, False): "有资金而没有绩效指标",
    (False, True): "有绩效指标而没有资金",
    (False, False): "既没有资金也没有绩效指标",
}


def _one_sided(
    inputs: Inputs,
    merged: Merged,
    with_money: set[Key],
    with_info: Mapping[Key, str],
    with_indicators: Mapping[Key, str],
) -> list[Finding]:
    """M204: money without indicators, indicators without money; M205 among them."""
    whole_keys = (
        with_money & with_indicators.keys() & with_info.keys() if with_info else with_money & with_indicators.keys()
    )
    lone = {key: name for key, name in names_in(merged.projects).items() if key not in whole_keys}
    places = _first_cells(inputs, merged) if lone else {}
    findings = []
    alone: dict[tuple[bool, bool], list[Lone]] = {sides: [] for sides in (*_ONE_SIDED, (True, True))}
    for key, project in lone.items():
        unit, sides = key[0], (key in with_money, key in with_indicators)
        alone[sides].append(Lone(unit, project, project, places.get(key, ())))
        if sides in _ONE_SIDED:
            message = f"项目“{project}”{_ONE_SIDED[sides]}。"
            findings.append(Finding("M204", message, unit, project, project, sources=places.get(key, ())))
    money, indicators, neither, whole = (alone[sides] for sides in (*_ONE_SIDED, (True, True)))
    return [*findings, *propose_names(money, indicators), *propose_names(neither, [*money, *indicators, *whole])]


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
