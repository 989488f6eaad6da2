"""Stated subtotals and totals against the rows that they stand for (R113; M224 for the final accounts)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from perfeval_xl.findings import Cell as Address
from perfeval_xl.findings import Finding
from perfeval_xl.money import printed_tolerance, two_decimals
from perfeval_xl.read.tables import RawTable
from perfeval_xl.read.values import Cell, amount_of, text_of
from perfeval_xl.text import match_key

_CODES = {"execution": "R113", "final_accounts": "M224"}


@dataclass(frozen=True, slots=True)
class _Line:
    """A row's amount in fen (``None`` where nothing readable is stated), and its label where it is a total."""

    row: int
    amount: int | None
    label: str = ""


def check_totals(tables: Sequence[RawTable], amount_unit: str | None) -> list[Finding]:
    """A finding for each stated total that is the sum of none of the groups of rows that it can stand for."""
    return [finding for table in tables if table.role.name in _CODES for finding in _check(table, amount_unit)]


def _check(table: RawTable, amount_unit: str | None) -> Iterator[Finding]:
    for name, kind in table.role.kinds.items():
        if kind != "amount" or name not in table.columns or not table.totals:
            continue
        lines = _lines(table, name, table.fen_per_unit(name, amount_unit))
        place = table.printed_place(table.fen_per_unit(name, amount_unit))
        for at, total in enumerate(lines):
            groups = _groups(lines, at) if total.label and total.amount is not None else []
            if total.amount is None or not groups:
                continue
            sums = [sum(line.amount or 0 for line in group) for group in groups]
            if any(
                abs(total.amount - added) <= printed_tolerance([place // 2] * (len(group) + 1))
                for added, group in zip(sums, groups, strict=True)
            ):
                continue
            cells = (table.cell(total.row, name), *(table.cell(line.row, name) for line in groups[0]))
            yield _finding(table, name, total, sums[0], cells)


def _finding(table: RawTable, name: str, total: _Line, added: int, cells: tuple[Address, ...]) -> Finding:
    stated, expected = two_decimals(total.amount) or "", two_decimals(added) or ""
    message = (
        f"{table.role.label}的“{total.label}”行，“{table.headings.get(name, name)}”是 {stated} 元，"
        f"各行相加为 {expected} 元，相差 {two_decimals((total.amount or 0) - added)} 元；计算采用各行之和。"
    )
    return Finding(_CODES[table.role.name], message, "", "", total.label, expected, stated, cells)


def _lines(table: RawTable, name: str, fen_per_unit: int) -> list[_Line]:
    at = table.columns[name]
    names = [table.columns[field] for field in ("code", "name") if field in table.columns]

    def amount(line: Sequence[Cell]) -> int | None:
        value = amount_of(line[at], fen_per_unit)
        return value if isinstance(value, int) else None

    # A final-accounts row that names no project rolls up the rows below it: by its subject's code, else as a total does.
    subjects = [table.columns[field] for field in ("subject_code",) if field in table.columns]
    body = []
    for row, line in table.whole:
        if table.role.name != "final_accounts" or any(text_of(line[column]) for column in names):
            body.append(_Line(row, amount(line)))
        elif not any(text_of(line[column]) for column in subjects):
            label = next((text for cell in line if isinstance(cell, str) and (text := text_of(cell))), "合计")
            body.append(_Line(row, amount(line), label))
    labels = [table.columns[field] for field in table.columns if table.kind(field) == "text"]
    totals = [
        _Line(row, amount(line), next((text_of(line[column]) for column in labels if text_of(line[column])), "合计"))
        for row, line in table.totals
    ]
    return sorted([*body, *totals], key=lambda line: line.row)


def _groups(lines: Sequence[_Line], at: int) -> list[list[_Line]]:
    """The rows that a total can stand for, the likeliest first: all of them, those above it, those below it.

    Above and below reach to the next total, or to the next one of the same name (合计 of a unit after its 小计).
    """
    label = match_key(lines[at].label)

    def until(side: Sequence[_Line], *, same: bool) -> list[_Line]:
        group = []
        for line in side:
            if line.label and (not same or match_key(line.label) == label):
                break
            group += [] if line.label else [line]
        return group

    above, below = list(reversed(lines[:at])), lines[at + 1 :]
    every = [line for line in lines if not line.label]
    near = [until(above, same=False), until(below, same=False)]
    groups = [*near, every] if "小计" in label else [every, *near]
    return [group for group in [*groups, until(above, same=True), until(below, same=True)] if group]
