"""Which detail project belongs to which merged project: by list, by 合并对照, else by level-1 project."""

import re
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import pandas as pd

from perfeval_xl.core.consistency.statements import number_of
from perfeval_xl.core.slices import records_of
from perfeval_xl.findings import Cell, Finding
from perfeval_xl.lazy_pattern import lazy_pattern
from perfeval_xl.model import Inputs
from perfeval_xl.text import match_key

_SEPARATOR = lazy_pattern(r"([、，,；;\r\n]+)")
#: 金盾工程等, 金盾工程等 7 个项目, 金盾工程……; where as many are listed as are said, the list is complete.
_AND_SO_ON = lazy_pattern(
    r"(?P<name>.*?)\s*(?:等{1,2}\s*(?:共计?)?\s*(?:(?:(?P<number>\d+|[二两三四五六七八九十]+)|若干|多|几|数)\s*[个项笔类]?)?(?:明细|子)?(?:项目|经费|支出|内容)?|…+|\.{3,})[。\s]*",
    re.DOTALL,
)
_LONGEST_NAME = 5  # parts that a name with separators of its own may have


class Record(NamedTuple):
    """One detail of the execution table."""

    detail: str
    code: str
    name: str
    level1_project: str


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


def split_list(text: str, names: Container[str]) -> tuple[list[str], bool]:
    """The entries of a 合并明细项目 cell, and whether it is open-ended (…等).

    The list is complete where it says how many it holds and holds as many (甲、乙等2个项目). A known name (``names``:
    match keys) that holds a separator itself (信访、投诉处理) is kept whole: the longest known name wins.
    """
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
    if not entries or match_key(entries[-1]) in names or not (match := _AND_SO_ON.fullmatch(entries[-1])):
        return entries, False
    listed = [*entries[:-1], *([name] if (name := match["name"].strip()) else [])]
    number = match["number"]
    return listed, not (number and number_of(number) == len(listed))


def claim_details(inputs: Inputs, rows: pd.DataFrame, spelling: dict[tuple[str, str], str]) -> Claims:
    """Give every detail of ``rows`` (unit detail code name level1_project) its project.

    ``spelling`` maps (unit, match key) of a project's name to the name to print.
    """
    claims = Claims()
    details = rows.drop_duplicates(["unit", "detail"])
    records: dict[str, list[Record]] = {}
    for unit, *record in zip(*(details[name] for name in ("unit", *Record._fields)), strict=True):
        records.setdefault(unit, []).append(Record(*record))
    entries = _entries(inputs, records)
    for unit, own in records.items():
        if entries.get(unit):
            _claim_listed(claims, unit, own, entries[unit])
            _claim_own_name(claims, unit, own, entries[unit], spelling)
        else:
            claims.projects |= {(unit, one.detail): [one.level1_project or one.name] for one in own}
    _report_unclaimed(claims, inputs, rows)
    return claims


def _entries(inputs: Inputs, records: Mapping[str, Sequence[Record]]) -> dict[str, list[Entry]]:
    """What each unit's lists say, 合并明细项目 before 合并对照."""
    names = {
        unit: {match_key(text) for record in own for text in (record.code, record.name) if text}
        for unit, own in records.items()
    }
    entries: dict[str, list[Entry]] = {}
    for unit, project, text, source in _stated(inputs, inputs.projects, "merged_details"):
        parts, open_ended = split_list(text, names.get(unit, ()))
        entries.setdefault(unit, []).extend(
            Entry(project, part, source, open_ended and place == len(parts) - 1) for place, part in enumerate(parts)
        )
    for unit, project, text, source in _stated(inputs, inputs.merge_list, "detail"):
        entries.setdefault(unit, []).append(Entry(project, text, source))
    return entries


def _stated(inputs: Inputs, frame: pd.DataFrame, field: str) -> Iterator[tuple[str, str, str, Cell]]:
    """Unit, project, text and cell of each row in which the field says something of a project."""
    own = frame[(frame[field] != "") & (frame["project"] != "")]
    cells = inputs.cells_of(own, field)
    yield from zip(own["unit"], own["project"], own[field], cells, strict=True)


def _claim_listed(claims: Claims, unit: str, records: Sequence[Record], entries: Sequence[Entry]) -> None:
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
    records: Sequence[Record],
    entries: Sequence[Entry],
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
    for row in records_of(rows[unclaimed].drop_duplicates(["unit", "detail"])):
        name = row["name"] or row["code"] or "（没有名称）"
        message = f"明细项目“{name}”不在任何合并清单中，它的金额没有计入任何项目。"
        sources = inputs.cells_at(row["table"], row["row"], "name", "annual_budget", "executed")
        claims.findings.append(Finding("M201", message, row["unit"], "", name, sources=sources))
