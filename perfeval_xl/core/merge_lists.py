"""What the merge lists say: the names and codes in the 合并明细项目 cells, and the rows of the 合并对照 sheet."""

import re
from collections.abc import Container, Iterator, Sequence

import numpy as np
import pandas as pd

from perfeval_xl.core.consistency.statements import number_of
from perfeval_xl.findings import Cell
from perfeval_xl.lazy_pattern import lazy_pattern
from perfeval_xl.model import Inputs
from perfeval_xl.record import Record
from perfeval_xl.text import match_key, match_keys

_SEPARATOR = lazy_pattern(r"([、，,；;\r\n]+)")
#: 金盾工程等, 金盾工程等 7 个项目, 金盾工程……; where as many are listed as are said, the list is complete.
_AND_SO_ON = lazy_pattern(
    r"(?P<name>.*?)\s*(?:等{1,2}\s*(?:共计?)?\s*(?:(?:(?P<number>\d+|[二两三四五六七八九十]+)|若干|多|几|数)\s*[个项笔类]?)?(?:明细|子)?(?:项目|经费|支出|内容)?|…+|\.{3,})[。\s]*",
    re.DOTALL,
)
_SIGNS_OF_MORE = ("等", "…", "...")
_LONGEST_NAME = 5  # parts that a name with separators of its own may have


class Lists(Record, eq=False):
    """The lists, and their entries one after another.

    ``units``, ``projects`` (and ``project_keys``, as they are compared) and ``sources``: whose each list is, and its cell.
    ``lists``: the list of each entry; ``texts`` and ``keys``: the entry as it stands and as it is compared;
    ``open_ended``: the last entries of lists that say that there are more.
    """

    units: list[str]
    projects: list[str]
    project_keys: list[str]
    sources: list[Cell]
    lists: np.ndarray
    texts: list[str]
    keys: list[str]
    open_ended: frozenset[int]


class Names:
    """The names and codes of a unit's details, as match keys; those that hold a separator may be cut by one."""

    def __init__(self, keys: Sequence[str]) -> None:
        self.all = set(keys)
        self.all.discard("")
        any_cut = _SEPARATOR.search("".join(keys))  # asked once: hardly any name is
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
    last = entries[-1] if entries else ""
    if not any(sign in last for sign in _SIGNS_OF_MORE) or match_key(last) in names.all:
        return entries, False
    match = _AND_SO_ON.fullmatch(last)
    if match is None:
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


def read_lists(inputs: Inputs, details: pd.DataFrame) -> Lists:
    """The lists of all units with details, 合并明细项目 before 合并对照; those that name nothing are left out.

    ``details``: unit, and code_key and name_key of each detail of the execution table.
    """
    known = {
        unit: Names([*own["code_key"].tolist(), *own["name_key"].tolist()])
        for unit, own in details[["unit", "code_key", "name_key"]].groupby("unit", sort=False)
    }
    stated = [
        (unit, project, source, *split_list(text, known[unit]))
        for unit, project, text, source in _stated(inputs, inputs.projects, "merged_details")
        if unit in known
    ]
    stated = [one for one in stated if one[3]]
    rows = _stated(inputs, inputs.merge_list, "detail")
    stated += [(unit, project, source, [text], False) for unit, project, text, source in rows if unit in known]
    texts = [text for *_, own, _ in stated for text in own]
    ends = np.cumsum([len(own) for *_, own, _ in stated], dtype="int64")
    projects = [project for _, project, *_ in stated]
    return Lists(
        units=[unit for unit, *_ in stated],
        projects=projects,
        project_keys=match_keys(projects),
        sources=[source for _, _, source, *_ in stated],
        lists=np.repeat(np.arange(len(stated)), np.diff(ends, prepend=0)),
        texts=texts,
        keys=match_keys(texts),
        open_ended=frozenset(int(end) - 1 for end, one in zip(ends, stated, strict=True) if one[-1]),
    )


def _stated(inputs: Inputs, frame: pd.DataFrame, field: str) -> Iterator[tuple[str, str, str, Cell]]:
    """Unit, project, text and cell of each row in which the field says something of a project."""
    own = frame[(frame[field] != "") & (frame["project"] != "")]
    columns = (own[name].tolist() for name in ("unit", "project", field))
    yield from zip(*columns, inputs.cells_of(own, field), strict=True)
