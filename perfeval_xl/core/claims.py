"""Which detail project belongs to which merged project: by list, by 合并对照, else by level-1 project."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from perfeval_xl.core.merge_lists import Lists, read_lists
from perfeval_xl.core.projects import Key
from perfeval_xl.core.slices import records_of, values_at
from perfeval_xl.findings import Cell, Finding
from perfeval_xl.groups import number_together
from perfeval_xl.model import Inputs
from perfeval_xl.record import Struct, field
from perfeval_xl.text import match_key


class Claims(Struct):
    """``owners``: the project of each detail, "" where it has none or several.

    ``claimed``: whether it has any; ``disputed``: the projects whose money is unknown, because others claim a part of it.
    """

    owners: np.ndarray
    claimed: np.ndarray
    disputed: set[Key] = field(default_factory=set)
    findings: list[Finding] = field(default_factory=list)


def claim_details(
    inputs: Inputs, details: pd.DataFrame, spelling: Mapping[Key, str], rows: pd.DataFrame, number: np.ndarray
) -> Claims:
    """Give every detail (unit code name level1_project, code_key name_key level1_key as compared) its project.

    ``spelling`` maps (unit, match key) of a project's name to the name to print. A unit without lists has its level-1
    projects for projects; the ``rows`` of each detail, by its ``number``, must stand under one of them (M202).
    """
    lists = read_lists(inputs, details)
    listed = details["unit"].isin(set(lists.units)).to_numpy(dtype=bool)
    owners = details["level1_project"].where(details["level1_project"].ne(""), details["name"]).to_numpy(dtype=object)
    claims = Claims(np.where(listed, "", owners), ~listed)
    _claim_by_level(claims, inputs, rows, details, np.where(listed[number], -1, number))
    if lists.texts:
        _tell_odd(claims, lists, found := _Found(details, lists))
        _claim_listed(claims, details, lists, found)
        _claim_own_names(claims, details, lists, spelling)
    _report_unclaimed(claims, inputs, details)
    return claims


def _claim_by_level(
    claims: Claims, inputs: Inputs, rows: pd.DataFrame, details: pd.DataFrame, number: np.ndarray
) -> None:
    """M202 for a detail whose rows stand under several level-1 projects: a code begun anew, or one detail for two.

    ``number``: the detail of each row, -1 in a unit with lists.
    """
    keys = rows["level1_key"].to_numpy(object)
    told = ((number >= 0) & (keys != "")).nonzero()[0]
    levels, known = pd.factorize(keys[told])
    width = len(known) + 1
    pairs, first = np.unique(number[told] * width + levels, return_index=True)
    several = np.bincount(pairs // width, minlength=len(details)) > 1
    for at in several.nonzero()[0].tolist():
        own = rows.take(told[first[pairs // width == at]])
        claims.owners[at] = ""
        _dispute(claims, details.iloc[at], own["level1_project"].tolist(), inputs.cells_of(own, "level1_project"))


class _Found:
    """The details that each entry names, by code or by name: ``details`` of ``entries``, in the order of both, and of how
    many each entry is the name (``counts``).

    Of several of one name those of the project's own level-1 project are meant, where there are any.
    """

    def __init__(self, details: pd.DataFrame, lists: Lists) -> None:
        units, codes, names = (details[name].tolist() for name in ("unit", "code_key", "name_key"))
        of_entries = [lists.units[at] for at in lists.lists.tolist()]
        by_code, by_name, sought = number_together((units, codes), (units, names), (of_entries, lists.keys))
        with_code = details["code_key"].ne("").to_numpy().nonzero()[0]
        with_name = (details["name_key"].ne("").to_numpy() & (by_name != by_code)).nonzero()[0]
        numbers, at = np.append(by_code[with_code], by_name[with_name]), np.append(with_code, with_name)
        order = np.lexsort((at, numbers))
        edges = np.append(0, np.bincount(numbers, minlength=int(sought.max()) + 1).cumsum())
        self.counts = edges[sought + 1] - edges[sought]
        self.entries = np.repeat(np.arange(len(sought)), self.counts)
        within = np.arange(len(self.entries)) - np.repeat(self.counts.cumsum() - self.counts, self.counts)
        self.details = at[order][edges[sought][self.entries] + within]
        self._prefer_own_level(details["level1_key"].tolist(), lists)

    def _prefer_own_level(self, levels: Sequence[str], lists: Lists) -> None:
        several = (self.counts[self.entries] > 1).nonzero()[0]
        if not len(several):
            return
        owners = [lists.project_keys[at] for at in lists.lists[self.entries[several]].tolist()]
        own = [levels[at] == owner for at, owner in zip(self.details[several].tolist(), owners, strict=True)]
        meant, preferred = np.ones(len(self.entries), bool), np.zeros(len(self.counts), bool)
        preferred[self.entries[several[own]]] = True
        meant[several] = own | ~preferred[self.entries[several]]
        self.entries, self.details = self.entries[meant], self.details[meant]


def _tell_odd(claims: Claims, lists: Lists, found: _Found) -> None:
    """M206 for lists that do not end, M203 for entries that name no row."""
    for at in sorted(lists.open_ended.union((found.counts == 0).nonzero()[0].tolist())):
        own, text = lists.lists[at], lists.texts[at]
        unit, project, sources = lists.units[own], lists.projects[own], (lists.sources[own],)
        if at in lists.open_ended:
            message = f"合并明细项目以“等”结尾（最后一项“{text}”），没有列完。"
            claims.findings.append(Finding("M206", message, unit, project, project, sources=sources))
        if not found.counts[at]:
            message = f"合并清单中的“{text}”在预算执行情况表里没有同名或同编码的行。"
            claims.findings.append(Finding("M203", message, unit, project, text, sources=sources))


def _claim_listed(claims: Claims, details: pd.DataFrame, lists: Lists, found: _Found) -> None:
    """What one project's lists name is its own; what several name is nobody's (M202)."""
    claims.claimed[found.details] = True
    claims.owners[found.details] = np.array(lists.projects, dtype=object)[lists.lists[found.entries]]
    claiming = np.bincount(found.details, minlength=len(details))
    several = (claiming[found.details] > 1).nonzero()[0]
    lists_of: dict[int, list[int]] = {}
    for at, own in zip(found.details[several].tolist(), lists.lists[found.entries[several]].tolist(), strict=True):
        lists_of.setdefault(at, []).append(own)
    for at, own in sorted(lists_of.items()):
        first: dict[str, int] = {}
        for place in own:
            first.setdefault(lists.project_keys[place], place)
        places = list(first.values())
        claims.owners[at] = lists.projects[places[0]] if len(places) == 1 else ""
        if len(places) > 1:
            sources = tuple(lists.sources[place] for place in places)
            _dispute(claims, details.iloc[at], [lists.projects[place] for place in places], sources)


def _dispute(claims: Claims, detail: pd.Series, projects: Sequence[str], sources: tuple[Cell, ...]) -> None:
    """M202 for each project that claims the detail."""
    unit, shown = detail["unit"], detail["name"] or detail["code"]
    claims.disputed |= {(unit, match_key(project)) for project in projects}
    named = "、".join(f"“{project}”" for project in projects)
    message = f"明细项目“{shown}”同时列在{named}中，金额归属不能确定。"
    claims.findings += [Finding("M202", message, unit, project, shown, sources=sources) for project in projects]


def _claim_own_names(claims: Claims, details: pd.DataFrame, lists: Lists, spelling: Mapping[Key, str]) -> None:
    """A project without a list of its own is the unclaimed detail of exactly its name."""
    listed = set(zip(lists.units, lists.project_keys, strict=True))
    left = (~claims.claimed).nonzero()[0]
    own = (values_at(details[field], left) for field in ("unit", "name_key"))
    for at, unit, name in zip(left.tolist(), *own, strict=True):
        if (unit, name) not in listed and (project := spelling.get((unit, name))):
            claims.owners[at], claims.claimed[at] = project, True


def _report_unclaimed(claims: Claims, inputs: Inputs, details: pd.DataFrame) -> None:
    """M201."""
    for row in records_of(details[~claims.claimed]) if not claims.claimed.all() else ():
        name = row["name"] or row["code"] or "（没有名称）"
        message = f"明细项目“{name}”不在任何合并清单中，它的金额没有计入任何项目。"
        sources = inputs.cells_at(row["table"], row["row"], "name", "annual_budget", "executed")
        claims.findings.append(Finding("M201", message, row["unit"], "", name, sources=sources))
