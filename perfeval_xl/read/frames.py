"""Found tables → one frame per role, every row with its table and row, every unreadable cell a finding."""

from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd

from perfeval_xl.findings import Finding
from perfeval_xl.read.roles import Role
from perfeval_xl.read.tables import RawTable
from perfeval_xl.read.values import Cell, Unusable, amount_of, points_of, rate_of, text_of

_CODES = frozenset({"R106", "R107"})
_KIND_WORDS = {"text": "文字", "amount": "金额", "points": "得分或分值", "rate": "比率"}


#: Kind of column → (cell, fen per unit) → its value, ``None`` where it is blank, or the code of the finding.
_READERS: dict[str, Callable[[Cell, int], Any]] = {
    "amount": amount_of,
    "points": lambda cell, _: points_of(cell),
    "rate": lambda cell, _: rate_of(cell),
}


def read_frame(
    role: Role, tables: Sequence[tuple[int, RawTable]], amount_unit: str | None
) -> tuple[pd.DataFrame, list[Finding]]:
    """All tables of a role under each other.

    Columns: the role's fields (text as str, amounts as Int64 fen, points as Int64 hundredths, rates as text),
    ``table``, ``row``, ``issuer``, ``unreadable`` (names of fields that hold no number, between commas) and, for the
    roles whose columns are template markers, ``extra`` (heading → text of every other column).
    """
    findings: list[Finding] = []
    columns: dict[str, list[Any]] = {
        name: [] for name in [*role.kinds, "table", "row", "issuer", "unreadable", "extra"]
    }
    for index, table in tables:
        own, bad = _read_table(table, index, amount_unit)
        findings += bad
        for name, values in own.items():
            columns[name] += values
    numbers = {name for name, kind in role.kinds.items() if kind in ("amount", "points")} | {"table", "row"}
    series = {name: pd.Series(values, dtype="Int64" if name in numbers else object) for name, values in columns.items()}
    return pd.DataFrame(series), findings


def _read_table(table: RawTable, index: int, amount_unit: str | None) -> tuple[dict[str, list[Any]], list[Finding]]:
    """The columns of one table, and a finding for each cell that cannot be read."""
    lines = _carried(table)
    cells = list(zip(*(line for _, line in lines), strict=True))
    rows = [row for row, _ in lines]
    columns: dict[str, list[Any]] = {}
    unreadable: dict[int, list[str]] = {}
    findings: list[Finding] = []
    for name, kind in table.role.kinds.items():
        if name not in table.columns or not lines:
            columns[name] = [table.constants.get(name, "") if kind == "text" else None] * len(lines)
            continue
        column = cells[table.columns[name]]
        if kind == "text":
            values: list[Any] = [cell.strip() if type(cell) is str else text_of(cell) for cell in column]
            bad = [(at, str(cell)) for at, cell in enumerate(column) if isinstance(cell, Unusable)]
        else:
            reader, fen = _READERS[kind], table.fen_per_unit(name, amount_unit)
            values = [reader(cell, fen) for cell in column]
            bad = [(at, value) for at, value in enumerate(values) if type(value) is str and value in _CODES]
        for at, code in bad:
            findings.append(_unreadable(table, rows[at], name, kind, code, column[at]))
            unreadable.setdefault(at, []).append(name)
            values[at] = "" if kind == "text" else None
        columns[name] = values
    _add_sums(table, columns, unreadable)
    extras = {name.removeprefix("extra:"): at for name, at in table.columns.items() if name.startswith("extra:")}
    flags = [","] * len(lines)
    for at, names in unreadable.items():
        flags[at] = ",".join(["", *names, ""])
    return columns | {
        "table": [index] * len(lines),
        "row": rows,
        "issuer": [table.issuer] * len(lines),
        "unreadable": flags,
        "extra": [{name: text_of(line[at]) for name, at in extras.items()} if extras else {} for _, line in lines],
    }, findings


def _add_sums(table: RawTable, columns: dict[str, list[Any]], unreadable: dict[int, list[str]]) -> None:
    """Fill the fields that are sums of columns (追加 − 追减); unknown where a part cannot be read."""
    for name, parts in table.role.sums.items():
        own = [(sign, columns[part], part) for sign, part in parts if part in table.columns]
        if name in table.columns or not own:
            continue
        columns[name] = [
            None
            if any(part in unreadable.get(at, ()) for _, _, part in own)
            else _signed_sum([(sign, values[at]) for sign, values, _ in own])
            for at in range(len(columns[name]))
        ]


def _signed_sum(parts: Sequence[tuple[int, int | None]]) -> int | None:
    """追加 − 追减, 直接支付 + 授权支付: a blank beside its partner is none; unknown where both are blank.

    追减 is taken off whether it is written with its sign or without.
    """
    known = [value if sign > 0 else -abs(value) for sign, value in parts if value is not None]
    return sum(known) if known else None


def _unreadable(table: RawTable, row: int, name: str, kind: str, code: str, cell: Cell) -> Finding:
    heading = table.headings[name]
    if code == "R107":
        message = f"“{heading}”是公式，但文件里没有保存计算结果，按未知处理。"
    else:
        shown = text_of(cell) or "Excel 错误值"
        message = f"“{heading}”应为{_KIND_WORDS[kind]}，单元格内容是“{shown[:40]}”，按未知处理。"
    return Finding(code, message, actual=text_of(cell)[:40], sources=(table.cell(row, name),))


def _carried(table: RawTable) -> Sequence[tuple[int, Sequence[Cell]]]:
    """The body with names that stand once written into the rows below them; a new outer name ends the inner ones."""
    levels = [[table.columns[name] for name in level if name in table.columns] for level in table.role.carry]
    levels = [level for level in levels if level]
    held: list[list[Cell]] = [[""] * len(level) for level in levels]
    lines = []
    for row, line in table.body:
        own: list[Cell] | None = None
        for depth, level in enumerate(levels):
            names = [line[at] for at in level]
            if any(name and (type(name) is not str or name.strip()) for name in names):
                if names != held[depth]:
                    held[depth + 1 :] = [[""] * len(inner) for inner in levels[depth + 1 :]]
                    held[depth] = names
            elif any(held[depth]):
                own = own if own is not None else list(line)
                for at, value in zip(level, held[depth], strict=True):
                    own[at] = value
        lines.append((row, line if own is None else own))
    return lines
