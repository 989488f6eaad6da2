"""Which detail project belongs to which merged project: by list, by 合并对照, else by level-1 project."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import pandas as pd

from perfeval_xl.findings import Cell, Finding
from perfeval_xl.model import Inputs
from perfeval_xl.text import match_key

_SEPARATOR = re.compile(r"([、，,；;\r\n]+)")
_LONGEST_NAME = 5  # parts that a name with separators of its own may have


@dataclass(frozen=True, slots=True)
class Entry:
    """One name or code in a merge list, the project that claims it, and its cell."""

    project: str
    text: str
    source: Cell
    open_ended: bool = False


@dataclass
class Claims:
    """Per (unit, detail key): the projects that claim it; and the projects whose money is therefore unknown."""

    projects: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    disputed: set[tuple[str, str]] = field(default_factory=set)
    findings: list[Finding] = field(default_factory=list)

    def project_of(self, unit: str, detail: str) -> str:
        """The one project of a detail, or "" where it has none or several."""
        claimed = self.projects.get((unit, detail), [])
        return claimed[0] if len(claimed) == 1 else ""


def split_list(text: str, known: Iterable[str]) -> tuple[list[str], bool]:
    """The entries of a 合并明细项目 cell, and whether it is open-ended (…等).

    A known name that holds a separator itself (信访、投诉处理) is kept whole: the longest known name wins.
    """
    names = {match_key(name) for name in known}
    parts = _SEPARATOR.split(text.strip())
    entries, at = [], 0
    while at < len(parts):
        for end in range(min(len(parts), at + 2 * _LONGEST_NAME - 1), at, -2):
            candidate = "".join(parts[at:end]).strip()
            if end == at + 1 or match_key(candidate) in names:
                entries.append(candidate)
                at = end + 1
                break
        else:
            at += 1
    entries = [entry for entry in entries if entry]
    if entries and match_key(entries[-1]) not in names and (bare := entries[-1].rstrip("。 ")).endswith("等"):
        return [*entries[:-1], *([bare[:-1].strip()] if bare[:-1].strip() else [])], True
    return entries, False


def claim_details(inputs: Inputs, rows: pd.DataFrame, spelling: dict[tuple[str, str], str]) -> Claims:
    """Give every detail of ``rows`` (unit detail code name level1_project) its project.

    ``spelling`` maps (unit, match key) of a project's name to the name to print.
    """
    claims = Claims()
    details = rows.drop_duplicates(["unit", "detail"])
    for unit, own in details.groupby("unit", sort=False):
        records = list(own[["detail", "code", "name", "level1_project"]].itertuples(index=False, name=None))
        known = [text for _, code, name, _ in records for text in (code, name) if text]
        entries = [*_listed(inputs, str(unit), known), *_compared(inputs, str(unit))]
        if entries:
            _claim_listed(claims, str(unit), records, entries)
            _claim_own_name(claims, str(unit), records, entries, spelling)
        else:
            for detail, _, name, level1 in records:
                claims.projects[str(unit), detail] = [level1 or name]
    _report_unclaimed(claims, inputs, rows)
    return claims


def _listed(inputs: Inputs, unit: str, known: list[str]) -> Iterator[Entry]:
    own = inputs.projects[(inputs.projects["unit"] == unit) & (inputs.projects["merged_details"] != "")]
    for at, (project, text) in enumerate(zip(own["project"], own["merged_details"], strict=True)):
        entries, open_ended = split_list(text, known)
        source = inputs.cells_of(own.iloc[at : at + 1], "merged_details")[0]
        for place, entry in enumerate(entries):
            yield Entry(project, entry, source, open_ended and place == len(entries) - 1)


def _compared(inputs: Inputs, unit: str) -> Iterator[Entry]:
    own = inputs.merge_list[(inputs.merge_list["unit"] == unit) & (inputs.merge_list["detail"] != "")]
    for at, (project, text) in enumerate(zip(own["project"], own["detail"], strict=True)):
        yield Entry(project, text, inputs.cells_of(own.iloc[at : at + 1], "detail")[0])


def _claim_listed(claims: Claims, unit: str, records: list[tuple[str, str, str, str]], entries: list[Entry]) -> None:
    by_text: dict[str, list[tuple[str, str]]] = {}
    for detail, code, name, level1 in records:
        for text in {match_key(code), match_key(name)} - {""}:
            by_text.setdefault(text, []).append((detail, match_key(level1)))
    cells: dict[tuple[str, str], Cell] = {}
    for entry in entries:
        found = by_text.get(match_key(entry.text), [])
        own = [pair for pair in found if pair[1] == match_key(entry.project)]
        if entry.open_ended:
            message = f"合并明细项目以“等”结尾（最后一项“{entry.text}”），没有列完。"
            claims.findings.append(
                Finding("M206", message, unit, entry.project, entry.project, sources=(entry.source,))
            )
        if not found:
            message = f"合并清单中的“{entry.text}”在预算执行情况表里没有同名或同编码的行。"
            claims.findings.append(Finding("M203", message, unit, entry.project, entry.text, sources=(entry.source,)))
        for detail, _ in own or found:
            claimed = claims.projects.setdefault((unit, detail), [])
            if match_key(entry.project) not in map(match_key, claimed):
                claimed.append(entry.project)
                cells[detail, entry.project] = entry.source
    for detail, code, name, _ in records:
        claimed = claims.projects.get((unit, detail), [])
        if len(claimed) > 1:
            claims.disputed |= {(unit, match_key(project)) for project in claimed}
            sources = tuple(cells[detail, project] for project in claimed)
            message = f"明细项目“{name or code}”同时列在{'、'.join(f'“{project}”' for project in claimed)}中，金额归属不能确定。"
            claims.findings += [
                Finding("M202", message, unit, project, name or code, sources=sources) for project in claimed
            ]


def _claim_own_name(
    claims: Claims,
    unit: str,
    records: list[tuple[str, str, str, str]],
    entries: list[Entry],
    spelling: dict[tuple[str, str], str],
) -> None:
    """A project without a list of its own is the unclaimed detail of exactly its name."""
    listed = {match_key(entry.project) for entry in entries}
    for detail, _, name, _ in records:
        project = spelling.get((unit, match_key(name)))
        if project and (unit, detail) not in claims.projects and match_key(name) not in listed:
            claims.projects[unit, detail] = [project]


def _report_unclaimed(claims: Claims, inputs: Inputs, rows: pd.DataFrame) -> None:
    unclaimed = [
        (unit, detail) not in claims.projects for unit, detail in zip(rows["unit"], rows["detail"], strict=True)
    ]
    for (unit, _), own in rows[unclaimed].groupby(["unit", "detail"], sort=False):
        name = own["name"].iloc[0] or own["code"].iloc[0] or "（没有名称）"
        message = f"明细项目“{name}”不在任何合并清单中，它的金额没有计入任何项目。"
        sources = inputs.cells_of(own.iloc[:1], "name", "annual_budget", "executed")
        claims.findings.append(Finding("M201", message, str(unit), "", name, sources=sources))
