"""The same rows given twice, in two workbooks, sheets or tables (R110): none of them is used, so nothing is added twice.

Rows of one table that are equal throughout may be two payments; they count, and are named (R117).
"""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from perfeval_xl.findings import Finding
from perfeval_xl.groups import in_several
from perfeval_xl.read.summed import find_sums
from perfeval_xl.read.table.tables import RawTable
from perfeval_xl.text import match_key, match_keys
from perfeval_xl.whole import Whole

#: Role → the fields that make a row what it is (a code stands for the names before it), and the name to tell it by.
_IDENTITY = {
    "execution": (("code", "level1_project", "name"), ("funding_source",), "name"),
    "final_accounts": (("code", "name"), ("subject_code",), "name"),
    "indicators": ((), ("project", "level1", "level2", "content"), "content"),
    "projects": ((), ("project",), "project"),
}


#: Roles whose rows are added up, and columns that number the rows: they tell equal ones apart only seemingly.
_ADDED = ("execution", "final_accounts")
_SERIAL = frozenset({"序号", "行号", "编号", "行次"})
#: Roles that have one row for each project.
_ONE_ROW = ("projects",)

#: What rows go by when they are compared.
Key = tuple[Any, ...]
#: Of so many sheets with the same rows each is named.
_SHOWN = 4
#: Of so many equal rows of a sheet each is named; a million would make a manifest that nobody can open.
_ROWS_NAMED = 100
_PRIME = 1_000_003


def drop_duplicates(frames: dict[str, pd.DataFrame], tables: Sequence[RawTable]) -> list[Finding]:
    """Make the amounts and points of every row that stands in two tables unknown, and name the sheets."""
    findings: list[Finding] = []
    for name in _IDENTITY:
        if name in _ADDED:
            findings += _equal_rows(frames[name], tables)
        frames[name], found = _mark(frames[name], tables, name)
        findings += found
    summed, found = find_sums(frames["execution"], tables)
    if found:
        frames["execution"] = _without_figures(frames["execution"], summed, tables)
    return findings + found


def _equal_rows(frame: pd.DataFrame, tables: Sequence[RawTable]) -> list[Finding]:
    """R117 for each table in which a row with an amount stands more than once, equal in every cell."""
    columns = [name for name in frame.columns if name not in ("row", "extra")]
    kinds = dict(frame.dtypes.items())
    amounts = [name for name in columns if isinstance(kinds[name], pd.Int64Dtype) and name != "table"]
    # A long table has few rows of one amount, and none of the others needs to be compared.
    same_amounts = pd.Index(_mixed(frame, ["table", *amounts])).duplicated(keep=False)
    if not same_amounts.any():
        return []
    frame = frame[same_amounts]
    stated = frame[amounts].fillna(0).ne(0).any(axis=1)
    alike = frame[stated & frame.duplicated(columns, keep=False)]
    others = pd.Series(
        [
            tuple((name, text) for name, text in extra.items() if match_key(name) not in _SERIAL)
            for extra in alike["extra"]
        ],
        index=alike.index,
        dtype=object,
    )
    alike = alike[alike.assign(extra=others).duplicated([*columns, "extra"], keep=False)]
    return [_equal(tables[own["table"].iloc[0]], own) for _, own in alike.groupby("table", sort=False)]


def _mixed(frame: pd.DataFrame, names: Sequence[str]) -> np.ndarray:
    """A number for each row: the same where rows are alike in these whole numbers, and by chance where they are not."""
    mixed = np.zeros(len(frame), "int64")
    for name in names:
        mixed = mixed * _PRIME + Whole.of(frame[name]).values
    return mixed


def _equal(table: RawTable, rows: pd.DataFrame) -> Finding:
    names = list(dict.fromkeys(rows["name"]))
    listed = "、".join(f"“{name}”" for name in names[:3]) + ("等" if len(names) > 3 else "")
    message = f"{table.role.label}中{listed}有 {len(rows)} 行每一格都与另一行相同，都计入了；如果是重复粘贴的，请删去多余的行。"
    message += f"位置只列前 {_ROWS_NAMED} 行。" if len(rows) > _ROWS_NAMED else ""
    cells = tuple(table.cell(row, "name") for row in rows["row"].head(_ROWS_NAMED))
    return Finding("R117", message, rows["unit"].iloc[0], "", names[0], sources=cells)


def _mark(frame: pd.DataFrame, tables: Sequence[RawTable], role: str) -> tuple[pd.DataFrame, list[Finding]]:
    numbers = {place: at for at, place in enumerate(dict.fromkeys(map(_place, tables)))}
    places = np.array([numbers[_place(table)] for table in tables])[frame["table"].to_numpy("int64")]
    if role in _ONE_ROW:
        places = _versions(frame, places)
    if not len(frame) or (places == places[0]).all():
        return frame, []
    telling = _telling(frame, role)
    named = _by_name(frame, places.tolist()) if role == "execution" else {}
    # A long table has few rows that can stand elsewhere, and none of the others needs to be compared.
    compared = in_several(telling, places)
    compared[list(named)] = True
    at = compared.nonzero()[0].tolist()
    keys = _keys(frame.take(at), [telling[row] for row in at], role)
    shared = _shared(keys, places[at].tolist())
    keys = [key if key in shared else named.get(row, key) for row, key in zip(at, keys, strict=True)]
    shared |= set(named.values())
    if not shared:
        return frame, []
    twice = np.zeros(len(frame), bool)
    twice[at] = [key in shared for key in keys]
    found = _findings(frame[twice], [key for key in keys if key in shared], tables, role)
    return _without_figures(frame, twice, tables), found


def _versions(frame: pd.DataFrame, places: np.ndarray) -> np.ndarray:
    """Where rows stand, apart from others of their project there that say something else: these are another version."""
    if not frame.duplicated(["unit", "project"]).any():
        return places
    said = (frame[name].tolist() for name in frame.columns if name not in ("row", "number"))
    return pd.factorize(np.array(list(map(repr, zip(places.tolist(), *said, strict=True))), dtype=object))[0]


def _without_figures(frame: pd.DataFrame, rows: np.ndarray, tables: Sequence[RawTable]) -> pd.DataFrame:
    """The same where these rows' amounts and points are unknown."""
    kinds = tables[int(frame["table"].iloc[0])].role.kinds
    figures = [name for name, kind in kinds.items() if kind in ("amount", "points") and name in frame]
    marked = frame.copy()
    marked.loc[rows, figures] = pd.NA
    marked.loc[rows, "unreadable"] = "," + ",".join(figures) + ","
    return marked


def _place(table: RawTable) -> str:
    """Where a table stands; the views of one table stand in one place."""
    return f"{table.workbook}\n{table.sheet}\n{table.heading_row}"


def complete_names(execution: pd.DataFrame, tables: Sequence[RawTable]) -> pd.DataFrame:
    """The rows of a table without codes, or without level-1 projects, with those that other tables give their names.

    A summary of the same details beside their table would else be taken for further details.
    """
    frame = execution
    for field in ("code", "level1_project"):
        lacking = frame["table"].isin([index for index, table in enumerate(tables) if field not in table.columns])
        if not lacking.any() or lacking.all():
            continue
        names = pd.Series([match_key(name) for name in frame["name"]], index=frame.index)
        places = [frame["unit"], names]
        given = frame[field].where(frame[field] != "")
        known = given.groupby(places).transform("first")[lacking & names.ne("")]
        alone = given.groupby(places).transform("nunique")[known.index].eq(1)
        frame = frame.assign(**{field: frame[field].mask(frame.index.isin(known.index[alone]), known)})
    return frame


def _shared(keys: Sequence[Key], places: Iterable[int]) -> set[Key]:
    """The keys that stand in more than one place."""
    if len(set(keys)) == len(keys):
        return set()
    first: dict[Key, int] = {}
    return {key for key, place in zip(keys, places, strict=True) if first.setdefault(key, place) != place}


def _by_name(frame: pd.DataFrame, places: Sequence[int]) -> dict[int, Key]:
    """What the rows go by that bear one name and source in two sheets, of which one gives no code; by position.

    Level-1 projects tell equal names apart where all of them are given.
    """
    codes = frame["code"].tolist()
    if "" not in codes:
        return {}
    levels = match_keys(frame["level1_project"].tolist())
    texts = zip(*(match_keys(frame[name].tolist()) for name in ("unit", "name", "funding_source")), strict=True)
    keys: list[Key] = [(None, *own) for own in texts]
    untold = {key for key, level in zip(keys, levels, strict=True) if not level}
    keys = [key if key in untold else (*key, level) for key, level in zip(keys, levels, strict=True)]
    meant = _shared(keys, places) & {key for key, code in zip(keys, codes, strict=True) if not code}
    named = enumerate(zip(keys, frame["name"].tolist(), strict=True))
    return {at: key for at, (key, name) in named if name and key in meant}


def _telling(frame: pd.DataFrame, role: str) -> list[str]:
    """What tells a row from most others: its code (a copy may have lost the zeros), else its names, else its project."""
    alternatives, always, _ = _IDENTITY[role]
    if not alternatives:
        return match_keys(frame[always[0]].tolist())
    codes = frame[alternatives[0]].tolist()
    bare = match_keys([code.lstrip("0") for code in codes])
    if "" not in codes:
        return bare
    names = zip(*(match_keys(frame[name].tolist()) for name in alternatives[1:]), strict=True)
    return [short if code else "\n".join(own) for code, short, own in zip(codes, bare, names, strict=True)]


def _keys(frame: pd.DataFrame, telling: list[str], role: str) -> list[Key]:
    """What makes each row what it is: its unit, what tells it from most others, and the rest."""
    columns = (match_keys(frame[name].tolist()) for name in ("unit", *_IDENTITY[role][1]))
    return list(zip(telling, *columns, strict=True))


def _findings(rows: pd.DataFrame, keys: Sequence[Key], tables: Sequence[RawTable], role: str) -> list[Finding]:
    """One finding for each unit and each set of sheets that hold the same rows of it."""
    label = _IDENTITY[role][2]
    groups: dict[tuple[str, tuple[str, ...], str], list[pd.DataFrame]] = {}
    numbers = {key: number for number, key in enumerate(dict.fromkeys(keys))}
    for _, own in rows.groupby([numbers[key] for key in keys], sort=False):
        places = _called([tables[table] for table in own["table"]])
        project = own["project"].iloc[0] if role in _ONE_ROW else ""
        groups.setdefault((own["unit"].iloc[0], places, project), []).append(own)
    findings = []
    for (unit, places, project), members in groups.items():
        names = list(dict.fromkeys(own[label].iloc[0] for own in members))
        listed = "、".join(names[:3]) + ("等" if len(names) > 3 else "")
        what = tables[int(rows["table"].iloc[0])].role.label
        message = (
            f"{_listed(places)}都有{what}的 {len(members)} 行（{listed}），同样的行给了两次，都没有使用。"
            if len(places) > 1
            else f"{_listed(places)}的{what}中“{listed}”有 {len(members[0])} 行，不知道以哪一行为准，都没有使用。"
        )
        first = members[0].groupby("table", sort=False).head(_ROWS_NAMED)
        if len(first) < len(members[0]):
            message += f"第一行共有 {len(members[0])} 处，每张表只列前 {_ROWS_NAMED} 处。"
        cells = tuple(tables[table].cell(row, label) for table, row in zip(first["table"], first["row"], strict=True))
        findings.append(Finding("R110", message, unit, project, names[0], sources=cells))
    return findings


def _listed(places: Sequence[str]) -> str:
    """The first few places, and how many there are where they are many."""
    shown = "与".join(f"“{place}”" for place in places[:_SHOWN])
    return shown if len(places) <= _SHOWN else f"{shown}等 {len(places)} 处"


def _called(tables: Sequence[RawTable]) -> tuple[str, ...]:
    """What to call each of the tables: by workbook and sheet, and by the row of its heading where two share a sheet."""
    each = {_place(table): table for table in tables}.values()
    sheets = [f"{table.workbook} {table.sheet}" for table in each]
    shared = len(set(sheets)) < len(sheets)
    return tuple(
        f"{sheet} 第{table.heading_row}行表头下" if shared else sheet for sheet, table in zip(sheets, each, strict=True)
    )
