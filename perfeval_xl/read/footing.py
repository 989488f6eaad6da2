"""Whether the final accounts foot row by row (M224): economic classes, roll-up rows, balances, and form against form.

Source: the ministry's 部门决算报表编制说明: 财决05-2 (合计 = the economic classes; 类 and 款 sum up their 项), 财决06-1
(年初结转 + 本年收入 − 本年支出 = 年末结转), 财决08-2 (the appropriations' part of 05-2). Stated totals: :mod:`perfeval_xl.read.table.totals`.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence

from perfeval_xl.findings import Cell as Address
from perfeval_xl.findings import Finding
from perfeval_xl.money import printed_tolerance, two_decimals
from perfeval_xl.read.final_accounts import form_of, ruling_form
from perfeval_xl.read.table.frames import Columns
from perfeval_xl.read.table.tables import RawTable
from perfeval_xl.read.table.values import Cell, amount_of, text_of
from perfeval_xl.record import Record
from perfeval_xl.text import TOTAL_WORDS, match_key

Line = tuple[int, Sequence[Cell]]
#: A table of final accounts, its rows, and the last printed place of its amounts in fen.
Accounted = tuple[RawTable, Columns, int]
_CLASSED = ("5-2", "8-2")
_BALANCE = {"carried_in": 1, "income": 1, "amount": -1, "carried_out": -1}


class _Accounts(Record):
    """A table of final accounts with its amounts in fen; what is blank or cannot be read adds nothing.

    ``place``: the last printed place of its amounts, in fen.
    """

    table: RawTable
    amount_unit: str | None
    place: int

    def amount(self, line: Sequence[Cell], name: str) -> int | None:
        """A cell's amount, ``None`` where none is stated or it cannot be read."""
        return self.amount_at(line, self.table.columns[name], name)

    def amount_at(self, line: Sequence[Cell], column: int, name: str = "amount") -> int | None:
        """The amount in any column, in the unit of a field's."""
        value = amount_of(line[column], self.table.fen_per_unit(name, self.amount_unit))
        return value if isinstance(value, int) else None

    def text(self, line: Sequence[Cell], *names: str) -> str:
        """The first of these fields that says something."""
        cells = (line[self.table.columns[name]] for name in names if name in self.table.columns)
        return next((text for cell in cells if (text := text_of(cell))), "")


class _Class(Record):
    """An economic class: its column (``None`` where only its parts have one) and those of its parts, zero-based."""

    name: str
    total: int | None
    parts: tuple[int, ...] = ()

    def stated(self, accounts: _Accounts, line: Sequence[Cell]) -> Sequence[int]:
        """The columns that give the class in a row: its own, but those of its parts where only they say something."""
        if self.total is not None and (
            accounts.amount_at(line, self.total) is not None
            or all(accounts.amount_at(line, part) is None for part in self.parts)
        ):
            return (self.total,)
        return self.parts


def economic_classes(table: RawTable) -> list[_Class]:
    """The classes right of 合计, known by name; in the ministry's forms whatever else stands there is one as well.

    None in a plain list that has other figures there, for nobody knows what they are.
    """
    known = {column: depth for column, path in table.paths.items() if (depth := _class_depth(table, path)) is not None}
    if "amount" not in table.columns or not known:
        return []
    given = {at for name, at in table.columns.items() if not name.startswith(("extra:", "class_of_"))}
    others = [
        column
        for column in table.paths
        if column > table.columns["amount"]
        and column not in known.keys() | given
        and any(isinstance(line[column], int | float) for _, line in table.body)
    ]
    if others and form_of(table) not in _CLASSED:
        return []
    usual = min(known.values())
    groups: dict[tuple[str, ...], list[int]] = {}
    for column in sorted([*known, *others]):
        depth = min(known.get(column, usual), len(table.paths[column]) - 1)
        groups.setdefault(tuple(table.paths[column][: depth + 1]), []).append(column)
    return [_class_of(table, path, columns) for path, columns in groups.items()]


def _class_depth(table: RawTable, path: Sequence[str]) -> int | None:
    fields = [table.role.field_of(text) or "" for text in path]
    return next((depth for depth, name in enumerate(fields) if name.startswith("class_of_")), None)


def _class_of(table: RawTable, path: Sequence[str], columns: Sequence[int]) -> _Class:
    sums = [at for at in columns if len(table.paths[at]) == len(path) or match_key(table.paths[at][-1]) in TOTAL_WORDS]
    parts = tuple(at for at in columns if at not in sums and not match_key(table.paths[at][-1]).startswith("其中"))
    return _Class(path[-1], sums[0] if sums else None, parts)


def check_footing(table: RawTable, amount_unit: str | None) -> list[Finding]:
    """Every check of a table of final accounts by itself; nothing of another."""
    if table.role.name != "final_accounts":
        return []
    checks: tuple[Callable[[_Accounts], Iterator[Finding]], ...] = (_classes, _roll_ups, _balances)
    accounts = _Accounts(table, amount_unit, table.printed_place(table.fen_per_unit("amount", amount_unit)))
    return [finding for check in checks for finding in check(accounts)]


def _classes(accounts: _Accounts) -> Iterator[Finding]:
    """合计 is the sum of the row's economic classes, and a class the sum of its parts."""
    table, classes = accounts.table, economic_classes(accounts.table)
    rows = [*table.body, *table.totals]
    for group in classes:
        if group.total is not None and group.parts:
            yield from _sums(accounts, rows, group.name, group.total, [_Class("", part) for part in group.parts])
    if classes:
        yield from _sums(accounts, rows, "", table.columns["amount"], classes)


def _sums(
    accounts: _Accounts, rows: Sequence[Line], name: str, total: int, parts: Sequence[_Class]
) -> Iterator[Finding]:
    """A finding for each row in which a column is not the sum of others.

    Where not all parts may be listed (of a class, or of one without its sum), only if most rows show that they are.
    """
    table = accounts.table
    complete = not name and all(part.total is not None for part in parts)
    wrong, right = [], 0
    for row, line in rows:
        stated = accounts.amount_at(line, total)
        own = [accounts.amount_at(line, column) for part in parts for column in part.stated(accounts, line)]
        if stated is None or (not complete and not any(own)):
            continue
        known = [amount for amount in own if amount is not None]
        added = sum(known)
        if abs(stated - added) <= printed_tolerance([accounts.place // 2] * (len(known) + 1)):
            right += 1
        else:
            columns = [total, *(column for part in parts for column in part.stated(accounts, line))]
            wrong.append((row, line, stated, added, columns))
    for row, line, stated, added, columns in wrong if complete or right >= len(wrong) else ():
        label = _label(accounts, line)
        what = f"{name}小计" if name else "合计"
        message = (
            f"{_called(table)}“{label}”{what} {two_decimals(stated)} 元，各经济分类相加为 {two_decimals(added)} 元，"
            f"相差 {two_decimals(stated - added)} 元。"
        )
        yield _finding(message, label, added, stated, tuple(table.at(row, column) for column in columns))


def _roll_ups(accounts: _Accounts) -> Iterator[Finding]:
    """A row of a subject alone (类, 款, 项) is the sum of the projects under it."""
    table = accounts.table
    if "subject_code" not in table.columns:
        return
    projects: list[tuple[str, Line]] = []
    rolled: list[tuple[str, Line]] = []
    for row, line in table.body:
        subject = accounts.text(line, "subject_code")
        (projects if accounts.text(line, "code", "name") else rolled).append((subject, (row, line)))
    below = _by_beginning(projects, {len(subject) for subject, _ in rolled})
    for subject, (row, line) in rolled:
        own = below.get(subject, [])
        stated = accounts.amount(line, "amount")
        if not subject or stated is None:
            continue
        added = sum(accounts.amount(cells, "amount") or 0 for _, cells in own)
        if abs(stated - added) <= printed_tolerance([accounts.place // 2] * (len(own) + 1)):
            continue
        message = (
            f"{_called(table)}科目“{subject} {accounts.text(line, 'subject_name')}”是 {two_decimals(stated)} 元，"
            f"其下各项目相加为 {two_decimals(added)} 元，相差 {two_decimals(stated - added)} 元。"
        )
        cells = tuple(table.cell(at, "amount") for at in (row, *(at for at, _ in own)))
        yield _finding(message, subject, added, stated, cells)


def _by_beginning(projects: Iterable[tuple[str, Line]], lengths: Iterable[int]) -> dict[str, list[Line]]:
    """The rows whose subject's code begins with so many characters: a class's, a division's."""
    below: dict[str, list[Line]] = {}
    for length in lengths:
        for code, line in projects:
            if len(code) >= length:
                below.setdefault(code[:length], []).append(line)
    return below


def _balances(accounts: _Accounts) -> Iterator[Finding]:
    """年初结转 + 本年收入 − 本年支出 = 年末结转, where all four have a column and no other amount stands beside them."""
    table = accounts.table
    if any(name not in table.columns for name in _BALANCE):
        return
    for row, line in [*table.body, *table.totals]:
        amounts = {name: accounts.amount(line, name) for name in _BALANCE}
        if all(amount is None for amount in amounts.values()) or _holds_more(table, line):
            continue
        known = {name: amount or 0 for name, amount in amounts.items()}
        carried = known["carried_in"] + known["income"] - known["amount"]
        if abs(carried - known["carried_out"]) <= printed_tolerance([accounts.place // 2] * len(_BALANCE)):
            continue
        label = _label(accounts, line)
        message = (
            f"{_called(table)}“{label}”年初结转加本年收入减本年支出为 {two_decimals(carried)} 元，"
            f"年末结转是 {two_decimals(known['carried_out'])} 元，相差 {two_decimals(carried - known['carried_out'])} 元。"
        )
        cells = tuple(table.cell(row, name) for name in ("carried_out", "carried_in", "income", "amount"))
        yield _finding(message, label, carried, known["carried_out"], cells)


def _holds_more(table: RawTable, line: Sequence[Cell]) -> bool:
    """Whether a number stands in a column that is none of the four and part of none (结余分配, 弥补收支差额)."""
    parents = {table.headings[name].partition("-")[0] for name in _BALANCE}
    return any(
        amount_of(line[column], 100) not in (None, 0)
        for name, column in table.columns.items()
        if name.startswith("extra:")
        and name.removeprefix("extra:").partition("-")[0] not in parents
        and isinstance(line[column], int | float)
    )


class _Spent(Record):
    """A project's amount over its lines in fen, half the printed place of each, its cells, its name."""

    amount: int = 0
    halves: tuple[int, ...] = ()
    cells: tuple[Address, ...] = ()
    label: str = ""


def compare_forms(accounts: Sequence[Accounted]) -> Iterator[Finding]:
    """A project's appropriations (08-2) are never more than all that was spent on it (the ruling form)."""
    ruling = ruling_form([table for table, _, _ in accounts])
    part = _by_project([one for one in accounts if form_of(one[0]) == "8-2"])
    whole = _by_project([one for one in accounts if form_of(one[0]) == ruling]) if part and ruling else {}
    for key, own in part.items():
        spent = whole.get(key, _Spent())
        if whole and own.amount - spent.amount > printed_tolerance(own.halves + spent.halves):
            message = (
                f"财决08-2“{own.label}”财政拨款支出 {two_decimals(own.amount)} 元，"
                f"大于财决0{ruling}同一项目的支出 {two_decimals(spent.amount)} 元。"
            )
            yield _finding(message, own.label, spent.amount, own.amount, (*own.cells, *spent.cells))


def _by_project(accounts: Sequence[Accounted]) -> dict[str, _Spent]:
    found: dict[str, _Spent] = {}
    for table, columns, place in accounts:
        texts = (columns.listed(name) for name in ("code", "name", "subject_name", "subject_code"))
        rows = zip(columns.listed("row"), columns.listed("amount"), *texts, strict=True)
        for row, amount, code, name, *subject in rows:
            if isinstance(amount, int) and (key := match_key(code or name)):
                so_far = found.get(key, _Spent())
                cells = (*so_far.cells, table.cell(row, "amount"))
                label = next(filter(None, (name, code, *subject)))
                found[key] = _Spent(so_far.amount + amount, (*so_far.halves, place // 2), cells, label)
    return found


def _label(accounts: _Accounts, line: Sequence[Cell]) -> str:
    return accounts.text(line, "name", "code", "subject_name", "subject_code") or "合计"


def _called(table: RawTable) -> str:
    form = form_of(table)
    return f"财决0{form}" if form else table.role.label


def _finding(message: str, subject: str, expected: int, actual: int, cells: tuple[Address, ...]) -> Finding:
    return Finding("M224", message, "", "", subject, two_decimals(expected) or "", two_decimals(actual) or "", cells)
