"""Which detail project belongs to which merged project: by list, by 合并对照, else by level-1 project."""

import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import pandas as pd

from perfeval_xl.core.consistency.statements import number_of
from perfeval_xl.core.slices import positions_by, records_of
from perfeval_xl.findings import Cell, Finding
from perfeval_xl.lazy_pattern import lazy_pattern
from perfeval_xl.model import Inputs
from perfeval_xl.record import Record, Struct, field
from perfeval_xl.text import match_key, match_keys

_SEPARATOR = lazy_pattern(r"([、，,；;\r\n]+)")
#: 金盾工程等, 金盾工程等 7 个项目, 金盾工程……; where as many are listed as are said, the list is complete.
_AND_SO_ON = lazy_pattern(
    r"(?P<name>.*?)\s*(?:等{1,2}\s*(?:共计?)?\s*(?:(?:(?P<number>\d+|[二两三四五六七八九十]+)|若干|多|几|数)\s*[个项笔类]?)?(?:明细|子)?(?:项目|经费|支出|内容)?|…+|\.{3,})[。\s]*",
    re.DOTALL,
)
_LONGEST_NAME = 5  # parts that a name with separators of its own may have


class Words(Record):
    """What the details of the execution table are called, by position: as it is compared, and as it is printed."""

    codes: Sequence[str]
    names: Sequence[str]
    levels: Sequence[str]
    shown: Sequence[str]


class Entry(NamedTuple):
    """One name or code in a merge list, the project that claims it, how both are compared, and its cell."""

    project: str
    text: str
    source: Cell
    project_key: str
    key: str
    open_ended: bool = False


class Claims(Struct):
    """By detail (as listed) the projects that claim it; and the projects whose money is therefore unknown."""

    projects: list[tuple[str, ...]]
    disputed: set[tuple[str, str]] = field(default_factory=set)
    findings: list[Finding] = field(default_factory=list)

    @property
    def owners(self) -> list[str]:
        """The one project of each detail, or "" where it has none or several."""
        return [claimed[0] if len(claimed) == 1 else "" for claimed in self.projects]


class Names:
    """The names and codes of a unit's details, as match keys; those that hold a separator may be cut by one."""

    def __init__(self, keys: Iterable[str]) -> None:
        self.all = set(keys) - {""}
        any_cut = _SEPARATOR.search("".join(self.all))  # asked once: hardly any name is
        self.cut = {key for key in self.all if _SEPARATOR.search(key)} if any_cut else set()


def split_list(text: str, names: Names) -> tuple[list[str], bool]:
    """The entries of a 合并明细项目 cell, and whether it is open-ended (…等).

    The list is complete where it says how many it holds and holds as many (甲、乙等2个项目). A known name that holds a
    separator itself (信访、投诉处理), or that a line break cuts, is kept whole: the longest known name wins.
    """
    parts = _SEPARATOR.split(text.strip())
    whole = names.all if "\n" in text or "\r" in text else names.cut
    entries = _joined(parts, whole) if whole else [part.strip() for part in parts[::2]]
    entries = [entry for entry in entries if entry]
    if not entries or match_key(entries[-1]) in names.all or not (match := _AND_SO_ON.fullmatch(entries[-1])):
        return entries, False
    listed = [*entries[:-1], *([name] if (name := match["name"].strip()) else [])]
    number = match["number"]
    return listed, not (number and number_of(number) == len(listed))


def _joined(parts: Sequence[str], names: Container[str]) -> list[str]:
    """The parts (every second one a separator), where several are a name in one."""
    entries, at = [], 0
    while at < len(parts):
        for end in range(min(len(parts), at + 2 * _LONGEST_NAME - 1), at, -2):
            candidate = "".join(parts[at:end]).strip()
            if end == at + 1 or match_key(candidate) in names:
                entries.append(candidate)
                at = end + 1
                break
    return entries


def claim_details(inputs: Inputs, details: pd.DataFrame, spelling: Mapping[tuple[str, str], str]) -> Claims:
    """Give every detail (unit code name level1_project, code_key name_key level1_key as compared) its project.

    ``spelling`` maps (unit, match key) of a project's name to the name to print.
    """
    claims = Claims([()] * len(details))
    codes, names, levels, name, code, level1 = (
        details[field].tolist() for field in ("code_key", "name_key", "level1_key", "name", "code", "level1_project")
    )
    words = Words(codes, names, levels, [own or other for own, other in zip(name, code, strict=True)])
    units = positions_by(details["unit"].tolist())
    entries = _entries(inputs, units, words)
    for unit, places in units.items():
        if entries.get(unit):
            _claim_listed(claims, unit, places, words, entries[unit])
            _claim_own_name(claims, unit, places, words.names, entries[unit], spelling)
        else:
            for at in places:
                claims.projects[at] = (level1[at] or name[at],)
    _report_unclaimed(claims, inputs, details)
    return claims


def _entries(inputs: Inputs, units: Mapping[str, Sequence[int]], words: Words) -> dict[str, list[Entry]]:
    """What each unit's lists say, 合并明细项目 before 合并对照."""
    names = {
        unit: Names([own[at] for own in (words.codes, words.names) for at in places]) for unit, places in units.items()
    }
    entries: dict[str, list[Entry]] = {}
    stated = list(_stated(inputs, inputs.projects, "merged_details"))
    lists = [split_list(text, names.get(unit) or Names(())) for unit, _, text, _ in stated]
    keys = iter(match_keys([part for parts, _ in lists for part in parts]))
    for (unit, project, _, source), (parts, open_ended) in zip(stated, lists, strict=True):
        own, project_key = entries.setdefault(unit, []), match_key(project)
        own += [Entry(project, part, source, project_key, next(keys)) for part in parts]
        if open_ended and parts:
            own[-1] = own[-1]._replace(open_ended=True)
    for unit, project, text, source in _stated(inputs, inputs.merge_list, "detail"):
        entries.setdefault(unit, []).append(Entry(project, text, source, match_key(project), match_key(text)))
    return entries


def _stated(inputs: Inputs, frame: pd.DataFrame, field: str) -> Iterator[tuple[str, str, str, Cell]]:
    """Unit, project, text and cell of each row in which the field says something of a project."""
    own = frame[(frame[field] != "") & (frame["project"] != "")]
    cells = inputs.cells_of(own, field)
    yield from zip(own["unit"], own["project"], own[field], cells, strict=True)


def _claim_listed(claims: Claims, unit: str, places: Sequence[int], words: Words, entries: Sequence[Entry]) -> None:
    by_text, levels = _by_text(places, words), words.levels
    claimed: dict[int, tuple[Entry, ...]] = {}
    for entry in entries:
        found = by_text.get(entry.key, [])
        if entry.open_ended:
            message = f"合并明细项目以“等”结尾（最后一项“{entry.text}”），没有列完。"
            claims.findings.append(
                Finding("M206", message, unit, entry.project, entry.project, sources=(entry.source,))
            )
        if not found:
            message = f"合并清单中的“{entry.text}”在预算执行情况表里没有同名或同编码的行。"
            claims.findings.append(Finding("M203", message, unit, entry.project, entry.text, sources=(entry.source,)))
        for at in [at for at in found if levels[at] == entry.project_key] or found:
            before = claimed.get(at, ())
            if entry.project_key not in [other.project_key for other in before]:
                claimed[at] = (*before, entry)
    for at in places:
        claiming = claimed.get(at, ())
        projects = claims.projects[at] = tuple([entry.project for entry in claiming])
        if len(projects) > 1:
            claims.disputed |= {(unit, entry.project_key) for entry in claiming}
            sources, shown = tuple(entry.source for entry in claiming), words.shown[at]
            message = (
                f"明细项目“{shown}”同时列在{'、'.join(f'“{project}”' for project in projects)}中，金额归属不能确定。"
            )
            claims.findings += [Finding("M202", message, unit, project, shown, sources=sources) for project in projects]


def _by_text(places: Sequence[int], words: Words) -> dict[str, list[int]]:
    """The details that each code and each name is of."""
    found: dict[str, list[int]] = {}
    for at in places:
        code, name = words.codes[at], words.names[at]
        if code:
            found.setdefault(code, []).append(at)
        if name and name != code:
            found.setdefault(name, []).append(at)
    return found


def _claim_own_name(
    claims: Claims,
    unit: str,
    places: Sequence[int],
    names: Sequence[str],
    entries: Sequence[Entry],
    spelling: Mapping[tuple[str, str], str],
) -> None:
    """A project without a list of its own is the unclaimed detail of exactly its name."""
    listed = {entry.project_key for entry in entries}
    for at in places:
        if not claims.projects[at] and names[at] not in listed:
            project = spelling.get((unit, names[at]))
            claims.projects[at] = (project,) if project else ()


def _report_unclaimed(claims: Claims, inputs: Inputs, details: pd.DataFrame) -> None:
    unclaimed = [at for at, claimed in enumerate(claims.projects) if not claimed]
    for row in records_of(details.take(unclaimed)) if unclaimed else ():
        name = row["name"] or row["code"] or "（没有名称）"
        message = f"明细项目“{name}”不在任何合并清单中，它的金额没有计入任何项目。"
        sources = inputs.cells_at(row["table"], row["row"], "name", "annual_budget", "executed")
        claims.findings.append(Finding("M201", message, row["unit"], "", name, sources=sources))
