"""The same rows given twice, in two workbooks or two sheets (R110): none of them is used, so nothing is added twice."""

from collections.abc import Sequence

import pandas as pd

from perfeval_xl.findings import Finding
from perfeval_xl.read.tables import RawTable
from perfeval_xl.text import match_key

#: Role → the fields that make a row what it is (a code stands for the names before it), and the name to tell it by.
_IDENTITY = {
    "execution": (("code", "level1_project", "name"), ("funding_source",), "name"),
    "final_accounts": (("code", "name"), ("subject_code",), "name"),
    "indicators": ((), ("project", "level1", "level2", "content"), "content"),
    "projects": ((), ("project",), "project"),
}


def drop_duplicates(frames: dict[str, pd.DataFrame], tables: Sequence[RawTable]) -> list[Finding]:
    """Make the amounts and points of every row that stands in two sheets unknown, and name the sheets."""
    findings: list[Finding] = []
    for name in _IDENTITY:
        frames[name], found = _mark(frames[name], tables, name)
        findings += found
    return findings


def _mark(frame: pd.DataFrame, tables: Sequence[RawTable], role: str) -> tuple[pd.DataFrame, list[Finding]]:
    sheets = [(tables[table].workbook, tables[table].sheet) for table in frame["table"]]
    if len(set(sheets)) < 2:
        return frame, []
    keys = pd.Series(_keys(frame, role), index=frame.index)
    own = pd.Series([f"{workbook}\n{sheet}" for workbook, sheet in sheets], index=frame.index)
    twice = own.groupby(keys).transform("nunique") > 1
    if not twice.any():
        return frame, []
    kinds = tables[int(frame["table"].iloc[0])].role.kinds
    numbers = [name for name, kind in kinds.items() if kind in ("amount", "points")]
    marked = frame.copy()
    marked.loc[twice, numbers] = pd.NA
    marked.loc[twice, "unreadable"] = "," + ",".join(numbers) + ","
    return marked, _findings(frame[twice], keys[twice], tables, role)


def _keys(frame: pd.DataFrame, role: str) -> list[str]:
    alternatives, always, _ = _IDENTITY[role]
    rows = zip(*(frame[name] for name in ("unit", *alternatives, *always)), strict=True)
    keys = []
    for unit, *texts in rows:
        named, rest = texts[: len(alternatives)], texts[len(alternatives) :]
        own = named[:1] if named and named[0] else named[1:]
        keys.append("\n".join(match_key(text) for text in (unit, *own, "", *rest)))
    return keys


def _findings(rows: pd.DataFrame, keys: pd.Series, tables: Sequence[RawTable], role: str) -> list[Finding]:
    """One finding for each set of sheets that hold the same rows."""
    label = _IDENTITY[role][2]
    groups: dict[tuple[str, ...], list[pd.DataFrame]] = {}
    for _, own in rows.groupby(keys, sort=False):
        places = tuple(dict.fromkeys(f"{tables[table].workbook} {tables[table].sheet}" for table in own["table"]))
        groups.setdefault(places, []).append(own)
    findings = []
    for places, members in groups.items():
        names = list(dict.fromkeys(own[label].iloc[0] for own in members))
        listed = "、".join(names[:3]) + ("等" if len(names) > 3 else "")
        message = (
            f"{'与'.join(f'“{place}”' for place in places)}都有{tables[int(rows['table'].iloc[0])].role.label}的 {len(members)} 行"
            f"（{listed}），同样的行给了两次，都没有使用。"
        )
        cells = tuple(
            tables[table].cell(row, label) for table, row in zip(members[0]["table"], members[0]["row"], strict=True)
        )
        findings.append(Finding("R110", message, rows["unit"].iloc[0], "", names[0], sources=cells))
    return findings
