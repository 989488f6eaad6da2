"""Rows that only add up what stands under a level-1 project: with them its money would count twice (R110)."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from perfeval_xl.findings import Finding
from perfeval_xl.read.table.tables import RawTable
from perfeval_xl.text import is_nothing, match_keys
from perfeval_xl.whole import Whole

_COMPARED = ("annual_budget", "executed")
#: A unit and the match key of a level-1 project.
Level = tuple[str, str]


def find_sums(execution: pd.DataFrame, tables: Sequence[RawTable]) -> tuple[np.ndarray, list[Finding]]:
    """Flags of the rows that are given twice so, the sums and what they add up, and an R110 for each level-1 project.

    A row is such a sum where it goes by the level-1 project's name (or by none), is as much as all other rows under it,
    and stands in a table of nothing but such rows, or in the same table without a funding source.
    """
    flags = np.zeros(len(execution), bool)
    levels = list(zip(execution["unit"].tolist(), match_keys(execution["level1_project"].tolist()), strict=True))
    sums = _likely_sums(levels, match_keys(execution["name"].tolist()))
    if not sums:
        return flags, []
    members = _members(levels, sums)
    amounts = [Whole.of(execution[field]) for field in _COMPARED]
    agreeing = {
        level: own
        for level, own in sums.items()
        if members[level] and all(_equal(column, own, members[level]) for column in amounts)
    }
    table = execution["table"].tolist()
    whole = _tables_of_sums(table, agreeing)
    sources = execution["funding_source"].tolist()
    findings = []
    for level, own in agreeing.items():
        others = members[level]
        apart = all(table[at] in whole for at in own)
        inside = not any(sources[at] for at in own) and (len(others) > 1 or any(sources[at] for at in others))
        if not (apart or inside):
            continue
        flags[own + others] = True
        name = execution["level1_project"].iloc[others[0]]
        cells = tuple(
            tables[table[at]].cell(int(execution["row"].iloc[at]), field) for at in own for field in _COMPARED
        )
        message = (
            f"“{name}”有一行的金额等于它下面 {len(others)} 行之和，像是小计或汇总：同样的金额给了两次，都没有使用。"
            "请删去这一行，或把名称改成“小计”。"
        )
        findings.append(Finding("R110", message, level[0], "", name, sources=cells))
    return flags, findings


def _likely_sums(levels: Sequence[Level], names: Sequence[str]) -> dict[Level, list[int]]:
    """The rows that go by a level-1 project's name, or by none, under no other level-1 project."""
    known = {level for _, level in set(levels) if level}
    nameless = {name for name in set(names) if is_nothing(name)}
    if not known or not (known & set(names) or nameless):
        return {}
    found: dict[Level, list[int]] = {}
    for at, ((unit, level), name) in enumerate(zip(levels, names, strict=True)):
        meant = level if name in nameless else name
        if meant in known and level in ("", meant):
            found.setdefault((unit, meant), []).append(at)
    return found


def _members(levels: Sequence[Level], sums: Mapping[Level, Sequence[int]]) -> dict[Level, list[int]]:
    """The other rows under each of these level-1 projects."""
    own = {at for positions in sums.values() for at in positions}
    members: dict[Level, list[int]] = {level: [] for level in sums}
    for at, level in enumerate(levels):
        if level in members and at not in own:
            members[level].append(at)
    return members


def _equal(column: Whole, ones: Sequence[int], others: Sequence[int]) -> bool:
    """Whether both add up to the same, which is known and is something."""
    one, other = column[np.array(ones)], column[np.array(others)]
    total = int(one.values.sum())
    return bool(total and total == int(other.values.sum()) and one.known.all() and other.known.all())


def _tables_of_sums(table: Sequence[int], sums: Mapping[Level, Sequence[int]]) -> set[int]:
    """The tables in which nothing but such rows stands."""
    own = {at for positions in sums.values() for at in positions}
    return set(table) - {number for at, number in enumerate(table) if at not in own}
