"""Stated subtotals and totals against the rows that they stand for (R113; M224 for the final accounts)."""

from collections.abc import Callable, Iterator, Sequence

from perfeval_xl.findings import Cell as Address
from perfeval_xl.findings import Finding
from perfeval_xl.money import printed_tolerance, two_decimals
from perfeval_xl.read.table.carry import carry_names
from perfeval_xl.read.table.frames import unread_cell
from perfeval_xl.read.table.rows import is_total
from perfeval_xl.read.table.tables import RawTable
from perfeval_xl.read.table.values import Cell, amount_of, points_of, text_of
from perfeval_xl.record import Record
from perfeval_xl.text import TOTAL_WORDS, match_key

_CODES = {"execution": "R113", "final_accounts": "M224", "indicators": "R113"}
#: Kind of column → (cell, fen per unit) → fen or hundredths, and what they are called.
_READERS: dict[str, Callable[[Cell, int], int | str | None]] = {
    "amount": amount_of,
    "points": lambda cell, _: points_of(cell),
}
#: What stands for a source where a row states the total of its detail.
_NO_SOURCE = TOTAL_WORDS | {""}
_DETAIL = ("unit", "code", "level1_project", "name")
_CALLED = {"amount": "元", "points": "分"}


class _Line(Record):
    """A row's amount in fen (``None`` where nothing readable is stated), and its label where it is a total."""

    row: int
    amount: int | None
    label: str = ""


def check_totals(tables: Sequence[RawTable], amount_unit: str | None) -> list[list[Finding]]:
    """For each table of a workbook a finding for each stated total that cannot be read, or is the sum of none of the groups
    of rows it can stand for.

    The last total of a sheet may also stand for all rows of tables with the same headings above it.
    """
    each: list[list[Finding]] = []
    stated = {(table.workbook, table.sheet) for table in tables if table.totals or _rolls_up(table)}
    above: dict[tuple[object, ...], list[_Line]] = {}
    for table in tables:
        findings: list[Finding] = []
        repeated = _totals_of_sources(table) if table.totals else frozenset()
        for name, kind in table.role.kinds.items():
            if kind not in _READERS or name not in table.columns or table.role.name not in _CODES:
                continue
            if (table.workbook, table.sheet) not in stated:
                continue
            before = above.setdefault((table.workbook, table.sheet, name, *table.headings.items()), [])
            lines = _lines(table, name, table.fen_per_unit(name, amount_unit), repeated)
            findings += _unread(table, name)
            findings += _check(table, name, amount_unit, lines, before)
            before += [line for line in lines if not line.label]
        each.append(findings)
    return each


def _rolls_up(table: RawTable) -> bool:
    """Whether the final accounts have a row that names no project, which is told to be a total only where it is read."""
    names = [table.columns[name] for name in ("code", "name") if name in table.columns]
    return table.role.name == "final_accounts" and any(
        not any(text_of(line[column]) for column in names) for _, line in table.whole
    )


def _unread(table: RawTable, name: str) -> Iterator[Finding]:
    for row, line in table.totals:
        cell = line[table.columns[name]]
        code = _READERS[table.kind(name)](cell, 1)
        if isinstance(code, str):
            yield unread_cell(table, row, name, code, cell)


def _check(
    table: RawTable, name: str, amount_unit: str | None, lines: Sequence[_Line], before: Sequence[_Line]
) -> Iterator[Finding]:
    place = (
        table.printed_place(table.fen_per_unit(name, amount_unit))
        if table.totals and table.kind(name) == "amount"
        else 1
    )
    for at, total in enumerate(lines):
        groups = _groups(lines, at) if total.label and total.amount is not None else []
        if total.amount is None or not groups:
            continue
        every = [*before, *(line for line in lines if not line.label)]
        if any(_stands_for(total.amount, group, place) for group in [*groups, *([every] if before else [])]):
            continue
        added = sum(line.amount or 0 for line in groups[0])
        if table.role.name == "indicators" and not _is_known_sum(total, groups[0]):
            continue
        cells = (table.cell(total.row, name), *(table.cell(line.row, name) for line in groups[0]))
        yield _finding(table, name, total, added, cells)


def _stands_for(total: int, group: Sequence[_Line], place: int) -> bool:
    return abs(total - sum(line.amount or 0 for line in group)) <= printed_tolerance([place // 2] * (len(group) + 1))


def _is_known_sum(total: _Line, group: Sequence[_Line]) -> bool:
    """Whether a row can be nothing but the sum of these indicators: a 合计 may hold the points of the funds as well."""
    return "小计" in total.label and all(line.amount is not None for line in group)


def _finding(table: RawTable, name: str, total: _Line, added: int, cells: tuple[Address, ...]) -> Finding:
    stated, expected = two_decimals(total.amount) or "", two_decimals(added) or ""
    unit = _CALLED[table.kind(name)]
    message = (
        f"{table.role.label}的“{total.label}”行，“{table.headings.get(name, name)}”是 {stated} {unit}，"
        f"各行相加为 {expected} {unit}，相差 {two_decimals((total.amount or 0) - added)} {unit}；计算采用各行之和。"
    )
    return Finding(_CODES[table.role.name], message, "", "", total.label, expected, stated, cells)


def _totals_of_sources(table: RawTable) -> frozenset[int]:
    """The rows that state the total of a detail's sources below or above these: they are no further addends."""
    column = table.columns.get("funding_source")
    if column is None:
        return frozenset()
    stated = {row for row, line in table.whole if match_key(text_of(line[column])) in _NO_SOURCE}
    if len(stated) in (0, len(table.whole)):
        return frozenset()
    details = [(row, _detail(table, line)) for row, line in carry_names(table.whole, table.role, table.columns)]
    divided = {detail for row, detail in details if row not in stated}
    return frozenset(row for row, detail in details if row in stated and detail in divided)


def _detail(table: RawTable, line: Sequence[Cell]) -> tuple[str, ...]:
    """What a row's detail is known by in its unit: its code, else level-1 project and name."""
    unit, code, *names = (
        match_key(text_of(line[table.columns[name]])) if name in table.columns else "" for name in _DETAIL
    )
    return unit, *([code] if code else names)


def _lines(table: RawTable, name: str, fen_per_unit: int, left_out: frozenset[int]) -> list[_Line]:
    """The rows with what they state in a column, in their order, without those that are ``left_out``."""
    at = table.columns[name]
    names = [table.columns[field] for field in ("code", "name") if field in table.columns]

    def amount(line: Sequence[Cell]) -> int | None:
        value = _READERS[table.kind(name)](line[at], fen_per_unit)
        return value if isinstance(value, int) else None

    # A final-accounts row that names no project rolls up the rows below it: by its subject's code, else as a total does.
    subjects = [table.columns[field] for field in ("subject_code",) if field in table.columns]
    body = []
    for row, line in table.whole:
        if row in left_out:
            continue
        if table.role.name != "final_accounts" or any(text_of(line[column]) for column in names):
            body.append(_Line(row, amount(line)))
        elif not any(text_of(line[column]) for column in subjects):
            label = next((text for cell in line if isinstance(cell, str) and (text := text_of(cell))), "合计")
            body.append(_Line(row, amount(line), label))
    labels = [table.columns[field] for field in table.columns if table.kind(field) == "text"]
    totals = [
        _Line(row, amount(line), _label([text for column in labels if (text := text_of(line[column]))]))
        for row, line in table.totals
    ]
    return sorted([*body, *totals], key=lambda line: line.row)


def _label(texts: Sequence[str]) -> str:
    """What a total is called: by its word, else by the name that it stands for."""
    return next((text for text in texts if is_total(text)), next(iter(texts), "合计"))


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
    named = not is_total(lines[at].label)  # by what is below
    near = [until(below, same=False), until(above, same=False)][:: 1 if named else -1]
    groups = [*near, every] if named or "小计" in label else [every, *near]
    return [group for group in [*groups, until(above, same=True), until(below, same=True)] if group]
