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
    own = pd.Series([f"{workbook}\n{sheet}" for workbook, sheet in sheets], index=frame.index)
    keys = pd.Series(_keys(frame, role), index=frame.index)
    named = _by_name(frame, own) if role == "execution" else keys.where(keys.isna())
    twice = own.groupby(keys).transform("nunique").gt(1)
    keys = keys.mask(named.notna() & ~twice, named)
    twice |= named.notna()
    if not twice.any():
        return frame, []
    kinds = tables[int(frame["table"].iloc[0])].role.kinds
    numbers = [name for name, kind in kinds.items() if kind in ("amount", "points")]
    marked = frame.copy()
    marked.loc[twice, numbers] = pd.NA
    marked.loc[twice, "unreadable"] = "," + ",".join(numbers) + ","
    return marked, _findings(frame[twice], keys[twice], tables, role)


def complete_names(execution: pd.DataFrame, tables: Sequence[RawTable]) -> pd.DataFrame:
    """The rows of a table without codes, or without level-1 projects, with those that other tables give their names.

    A summary of the same details beside their table would else be taken for further details.
    """
    frame = execution
    for field in ("code", "level1_project"):
        lacking = frame["table"].map(lambda index, field=field: field not in tables[index].columns).astype(bool)
        if not lacking.any() or lacking.all():
            continue
        names = pd.Series([match_key(name) for name in frame["name"]], index=frame.index)
        places = [frame["unit"], names]
        given = frame[field].where(frame[field] != "")
        known = given.groupby(places).transform("first")[lacking & names.ne("")]
        alone = given.groupby(places).transform("nunique")[known.index].eq(1)
        frame = frame.assign(**{field: frame[field].mask(frame.index.isin(known.index[alone]), known)})
    return frame


def _by_name(frame: pd.DataFrame, sheets: pd.Series) -> pd.Series:
    """For rows that bear one name and source in two sheets, of which one gives no code, what they go by; else missing.

    Level-1 projects tell equal names apart where all of them are given.
    """
    columns = ("unit", "name", "funding_source")
    keys = pd.Series(
        ["\n".join(map(match_key, texts)) for texts in zip(*(frame[name] for name in columns), strict=True)],
        index=frame.index,
    )
    levels = pd.Series([match_key(text) for text in frame["level1_project"]], index=frame.index)
    untold = levels.eq("").groupby(keys).transform("any")
    keys = keys.where(untold, keys + "\n" + levels)
    twice = sheets.groupby(keys).transform("nunique").gt(1) & frame["code"].eq("").groupby(keys).transform("any")
    return keys.where(twice & frame["name"].ne(""))


def _keys(frame: pd.DataFrame, role: str) -> list[str]:
    alternatives, always, _ = _IDENTITY[role]
    rows = zip(*(frame[name] for name in ("unit", *alternatives, *always)), strict=True)
    keys = []
    for unit, *texts in rows:
        named, rest = texts[: len(alternatives)], texts[len(alternatives) :]
        # A copy may have lost a code's leading zeros.
        own = [named[0].lstrip("0")] if named and named[0] else named[1:]
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
