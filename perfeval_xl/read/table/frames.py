"""Found tables → one frame per role, every row with its table and row, every unreadable cell a finding."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import compress
from typing import Any

import numpy as np
import pandas as pd

from perfeval_xl.findings import Finding
from perfeval_xl.lazy_pattern import lazy_pattern
from perfeval_xl.read.table.carry import carry_names
from perfeval_xl.read.table.roles import Role
from perfeval_xl.read.table.tables import RawTable
from perfeval_xl.read.table.values import Cell, Unusable, amount_of, points_of, rate_of, rounded_floats, text_of
from perfeval_xl.record import Record, replace

_CODES = frozenset({"R106", "R107"})
_OF_WHICH = lazy_pattern(r"^其\s*中\s*[:：]?\s*")
#: Roles whose columns are template markers.
_PRINTED = ("projects", "indicators")
_KIND_WORDS = {"text": "文字", "amount": "金额", "points": "得分或分值", "rate": "比率"}


#: Kind of column → (cell, fen per unit) → its value, ``None`` where it is blank, or the code of the finding.
_READERS: dict[str, Callable[[Cell, int], Any]] = {
    "text": lambda cell, _: str(cell) if isinstance(cell, Unusable) else text_of(cell),
    "amount": amount_of,
    "points": lambda cell, _: points_of(cell),
    "rate": lambda cell, _: rate_of(cell),
}
#: Below so many fen or hundredths a float is surely within what these readers take.
_HIGHEST = {"amount": 1e13, "points": 1e8}


class _Column(Record):
    """A field of all rows of a table: its values (a list of texts, or whole numbers), and the code of the finding of each row that has none for a reason."""

    values: Any
    unreadable: Mapping[int, str]


class Columns(Record, eq=False):
    """A table's rows by columns, without those that say nothing; of texts, amounts and points, as a frame has them."""

    index: pd.RangeIndex
    values: Mapping[str, Any]

    def __len__(self) -> int:
        return len(self.index)

    def listed(self, name: str) -> list[Any]:
        """A column's values; blank where the table has none."""
        return self.values[name].tolist() if name in self.values else [""] * len(self)

    def with_text(self, name: str, text: str) -> "Columns":
        """The same with a column that says the same in every row."""
        return replace(self, values={**self.values, name: _objects([text] * len(self), self.index)})


def read_frame(
    role: Role, tables: Sequence[tuple[int, RawTable]], amount_unit: str | None
) -> tuple[pd.DataFrame, list[Finding]]:
    """All tables of a role under each other.

    Columns: the role's fields (text as str, amounts as Int64 fen, points as Int64 hundredths, rates as text; those that
    only reading asks for where a table has them),
    ``table``, ``row``, ``issuer``, ``unreadable`` (names of fields that hold no number, between commas) and, for the
    roles whose columns are template markers, ``extra`` (heading → text of every other column) and ``numeric`` (names of
    the text fields, and of other columns as ``extra:heading``, whose cell holds a number, between commas).
    """
    read = [read_table(table, amount_unit) for _, table in tables]
    frame = join_frames(role, [(index, own) for (index, _), (own, _) in zip(tables, read, strict=True)])
    return frame, [finding for _, unreadable in read for finding in unreadable]


def join_frames(role: Role, tables: Sequence[tuple[int, Columns]]) -> pd.DataFrame:
    """A role's tables under each other, complete; ``table`` is the number that comes with each."""
    given = {name for _, columns in tables for name in columns.values}
    fields = [name for name in role.kinds if name in given or name not in role.passing]
    empty = [(0, Columns(pd.RangeIndex(0), {}))]
    whole = [_complete(role, fields, number, columns) for number, columns in tables or empty]
    return whole[0] if len(whole) == 1 else pd.concat(whole, ignore_index=True)


def _complete(role: Role, fields: Sequence[str], number: int, given: Columns) -> pd.DataFrame:
    """A table's frame, with those of the fields, too, that it lacks, which say the same in every row."""
    numbers = {name for name, kind in role.kinds.items() if kind in _HIGHEST} | {"table", "row"}
    same = {name: "" if role.kinds[name] == "text" else None for name in fields}
    rest: dict[str, Any] = {"table": number, "row": 0, "issuer": "", "unreadable": ",", "extra": {}, "numeric": ","}
    unknown = pd.array([None], dtype="Int64").repeat(len(given))
    blank = _objects([""] * len(given), given.index)
    columns: dict[str, Any] = {}
    for name, value in (same | rest).items():
        if name in given.values:
            columns[name] = given.values[name]
        elif name in numbers:
            columns[name] = unknown if value is None else unknown.fillna(value)
        else:
            columns[name] = blank if value == "" else _objects([value] * len(given), given.index)
    return pd.DataFrame(columns, index=given.index)


def read_table(table: RawTable, amount_unit: str | None) -> tuple[Columns, list[Finding]]:
    """The rows of one table, and a finding for each cell that cannot be read."""
    lines = carry_names(table.body, table.role, table.columns)
    rows = [row for row, _ in lines]
    cells = list(zip(*(line for _, line in lines), strict=True))
    index = pd.RangeIndex(len(rows))
    objects = partial(_objects, index=index)
    columns: dict[str, Any] = {}
    flags: dict[int, list[str]] = {}
    findings: list[Finding] = []
    for name, kind in table.role.kinds.items():
        if name not in table.columns or not rows:
            if kind == "text" and name in table.constants:
                columns[name] = objects([table.constants[name]] * len(rows))
            continue
        column = cells[table.columns[name]]
        read = _read_column(column, kind, table.fen_per_unit(name, amount_unit))
        values = _sources(read.values) if name == "funding_source" else read.values
        columns[name] = objects(values) if isinstance(values, list) else values
        for at, code in read.unreadable.items():
            findings.append(unread_cell(table, rows[at], name, code, column[at]))
            flags.setdefault(at, []).append(name)
    _add_sums(table, columns, flags)
    extras = {name.removeprefix("extra:"): at for name, at in table.columns.items() if name.startswith("extra:")}
    printed = {name: cells[at] for name, at in table.columns.items() if rows and _is_printed(table.role, name)}
    columns |= {"row": pd.array(rows, dtype="Int64"), "issuer": objects([table.issuer] * len(rows))}
    if flags:
        own = [",".join(["", *flags[at], ""]) if at in flags else "," for at in range(len(rows))]
        columns["unreadable"] = objects(own)
    if extras and rows:
        columns["extra"] = objects(_extras([cells[at] for at in extras.values()], list(extras)))
    if numeric := _numeric(printed):
        columns["numeric"] = objects(numeric)
    return Columns(index, columns), findings


def _sources(texts: list[str]) -> list[str]:
    """The sources without the word for a part, which says of the row and not of its source: 其中：中央补助."""
    names = {text: _OF_WHICH.sub("", text) or text for text in set(texts) if "其中" in text}
    return [names.get(text, text) for text in texts] if names else texts


def _extras(columns: Sequence[Sequence[Cell]], names: Sequence[str]) -> list[dict[str, str]]:
    texts = [_read_column(column, "text", 1).values for column in columns]
    return [dict(zip(names, row, strict=True)) for row in zip(*texts, strict=True)]


def _is_printed(role: Role, name: str) -> bool:
    """Whether a form may print the column as it stands."""
    return role.name in _PRINTED and role.kinds.get(name, "text") == "text"


def _numeric(columns: Mapping[str, Sequence[Cell]]) -> list[str]:
    """The names of the columns that hold a number, row by row; nothing where none does in any."""
    named = {name: column for name, column in columns.items() if float in set(map(type, column))}
    flags = list(zip(*([type(cell) is float for cell in column] for column in named.values()), strict=True))
    texts = {own: ",".join(["", *compress(named, own), ""]) for own in set(flags)}
    return [texts[own] for own in flags]


def _objects(values: Sequence[object], index: pd.Index) -> pd.Series:
    """A column of objects; with the index of the frame that it is for it need not be fitted to that."""
    return pd.Series(values, dtype=object, index=index)


def _read_column(column: Sequence[Cell], kind: str, fen_per_unit: int) -> _Column:
    """The column at once where it can be: every float that rounds plainly, and every text no more than once."""
    if kind == "text" and set(map(type, column)) == {str}:
        return _Column([cell.strip() for cell in column], {})  # type: ignore[union-attr]
    if kind not in _HIGHEST:
        values, unreadable = _read_each(column, range(len(column)), kind, fen_per_unit)
        for at in unreadable:
            values[at] = "" if kind == "text" else None
        return _Column(values, unreadable)
    whole, known = rounded_floats(column, fen_per_unit if kind == "amount" else 100, _HIGHEST[kind])
    others = np.flatnonzero(~known)
    values, unreadable = _read_each(column, others.tolist(), kind, fen_per_unit)
    stated = [(at, value) for at, value in zip(others, values, strict=True) if type(value) is int]
    if stated:
        places = [at for at, _ in stated]
        whole[places] = [value for _, value in stated]
        known[places] = True
    return _Column(pd.arrays.IntegerArray(whole, ~known), unreadable)


def _read_each(
    column: Sequence[Cell], places: Sequence[int], kind: str, fen_per_unit: int
) -> tuple[list[Any], dict[int, str]]:
    """The values of the cells at these places, and the codes of those that have none for a reason."""
    reader, known = _READERS[kind], dict[tuple[type, Cell], Any]()
    values, unreadable = [], {}
    for at in places:
        cell = column[at]
        if (key := (type(cell), cell)) not in known:
            known[key] = reader(cell, fen_per_unit)
        value = known[key]
        values.append(value)
        if type(value) is str and value in _CODES and (kind != "text" or isinstance(cell, Unusable)):
            unreadable[at] = value
    return values, unreadable


def _add_sums(table: RawTable, columns: dict[str, Any], flags: Mapping[int, Sequence[str]]) -> None:
    """Fill the fields that are sums of columns (追加 − 追减, 直接支付 + 授权支付); unknown where a part cannot be read.

    A blank beside its partner is none; where both are blank the sum is unknown. 追减 is taken off whether it is written
    with its sign or without.
    """
    for name, parts in table.role.sums.items():
        own = [(sign, columns[part]) for sign, part in parts if part in columns]
        if name in table.columns or not own:
            continue
        names = {part for _, part in parts}
        unknown = np.logical_and.reduce([values.isna() for _, values in own])
        unknown[[at for at, flagged in flags.items() if names & set(flagged)]] = True
        total = sum(
            values.to_numpy("int64", na_value=0) if sign > 0 else -np.abs(values.to_numpy("int64", na_value=0))
            for sign, values in own
        )
        columns[name] = pd.arrays.IntegerArray(np.asarray(total), unknown)


def unread_cell(table: RawTable, row: int, name: str, code: str, cell: Cell) -> Finding:
    """The finding for a cell that holds no value of its column's kind."""
    heading = table.headings[name]
    if code == "R107":
        message = f"“{heading}”是公式，但文件里没有保存计算结果，按未知处理。"
    else:
        shown = text_of(cell) or "Excel 错误值"
        message = f"“{heading}”应为{_KIND_WORDS[table.kind(name)]}，单元格内容是“{shown[:40]}”，按未知处理。"
    return Finding(code, message, actual=text_of(cell)[:40], sources=(table.cell(row, name),))
