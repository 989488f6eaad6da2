"""Find the tables of a sheet: the headings, what each column means, the declared unit, and the rows that are data."""

from collections.abc import Mapping, Sequence
from functools import cached_property

from perfeval_xl.findings import Cell as Address
from perfeval_xl.findings import Finding
from perfeval_xl.model import Table
from perfeval_xl.money import UNITS
from perfeval_xl.read.table.carry import carry_names
from perfeval_xl.read.table.codes import drop_damaged_codes, join_subject_codes
from perfeval_xl.read.table.headings import Headings, Merge, find_headings
from perfeval_xl.read.table.numbered import BEHIND, by_groups
from perfeval_xl.read.table.preamble import column_units, read_preamble
from perfeval_xl.read.table.roles import Role
from perfeval_xl.read.table.row_units import find_row_units, write_units
from perfeval_xl.read.table.rows import Line, Rows, sort_rows, without_dates, words_of
from perfeval_xl.read.table.values import Cell, Unusable, decimal_places, number_of, place_of, text_of
from perfeval_xl.read.workbook.package import column_letters
from perfeval_xl.read.workbook.shown import NOTHING_SHOWN, Shown, most_decimals
from perfeval_xl.record import Record, field, replace
from perfeval_xl.text import EXAMPLE_MARK, match_key

#: Of so many headings each is named.
_SHOWN = 30


class RawTable(Record, dict=True):
    """A table whose cells are not read yet. ``columns``: zero-based column by field; ``body``: (Excel's row, cells).

    ``units`` are the declared ones; ``totals`` are the rows that state sums of others; ``whole`` and ``amount_columns`` the sheet's rows and amounts, of
    which a view has a part; ``paths``: each column's headings from the top down; ``constants`` hold for every row of a view. ``lacks_project``: what is to be said where nothing
    else tells which project a table without 项目名称 is about. ``shown_decimals``: the decimal places that the formats of its amounts show.
    """

    role: Role
    workbook: str
    sheet: str
    heading_row: int
    columns: Mapping[str, int]
    headings: Mapping[str, str]
    body: Sequence[tuple[int, Sequence[Cell]]]
    issuer: str = ""
    units: tuple[str, ...] = ()
    column_units: Mapping[str, str] = field(default_factory=dict)
    years: tuple[tuple[int, Address], ...] = ()
    totals: Sequence[tuple[int, Sequence[Cell]]] = ()
    whole: Sequence[tuple[int, Sequence[Cell]]] = ()
    amount_columns: Sequence[int] = ()
    constants: Mapping[str, str] = field(default_factory=dict)
    titles: tuple[str, ...] = ()
    paths: Mapping[int, Sequence[str]] = field(default_factory=dict)
    lacks_project: Finding | None = None
    shown_decimals: int = 0

    @property
    def unit(self) -> str | None:
        """The declared unit of the amounts; none where the sheet declares two."""
        return self.units[0] if len(self.units) == 1 else None

    def without_rows(self) -> "RawTable":
        """The same with nothing of its rows, which a frame holds by now."""
        return replace(self, body=(), totals=(), whole=())

    def after(self, before: "RawTable") -> "RawTable":
        """The table with what only the title of the one above it says: the unit of its amounts, who drew it up."""
        return replace(self, units=self.units or before.units, issuer=self.issuer or before.issuer)

    def kind(self, name: str) -> str:
        """The kind of a field; other columns are text."""
        return self.role.kinds.get(name, "text")

    def cell(self, row: int, name: str) -> Address:
        """The address of a field in a row."""
        return self.at(row, self.columns[name])

    def at(self, row: int, column: int) -> Address:
        """The address of a cell by its zero-based column."""
        return Address(self.workbook, self.sheet, f"{column_letters(column)}{row}")

    def fen_per_unit(self, name: str, default: str | None) -> int:
        """Fen in a unit of this column: its heading's unit, the table's, the settings', else yuan."""
        return UNITS[self.column_units.get(name) or self.unit or default or "元"]

    def place(self, default: str | None) -> Table:
        """The record by which rows find their cells again."""
        amounts = [name for name, kind in self.role.kinds.items() if kind == "amount" and name in self.columns]
        coarsest = max((self.fen_per_unit(name, default) for name in amounts), default=1)
        return Table(
            role=self.role.name,
            workbook=self.workbook,
            sheet=self.sheet,
            heading_row=self.heading_row,
            letters=self._letters(),
            headings=self.headings,
            place=self.printed_place(coarsest),
        )

    def printed_place(self, fen_per_unit: int) -> int:
        """The last printed place of the sheet's amounts, in fen; a table in yuan is taken at its word to the fen."""
        return place_of(self._decimals, fen_per_unit) if fen_per_unit > UNITS["元"] else 1

    @cached_property
    def _decimals(self) -> int:
        written = decimal_places(line[column] for _, line in self.whole for column in self.amount_columns)
        return max(written, self.shown_decimals)

    def _letters(self) -> dict[str, tuple[str, ...]]:
        """The columns of each field; a sum's are those of its parts."""
        letters: dict[str, tuple[str, ...]] = {
            name: (column_letters(at),) for name, at in self.columns.items() if at != BEHIND
        }
        for name, parts in self.role.sums.items():
            if name not in letters and (own := [part for _, part in parts if part in self.columns]):
                letters[name] = tuple(column_letters(self.columns[part]) for part in own)
        return letters


def find_tables(
    workbook: str,
    sheet: str,
    cells: list[list[Cell]],
    merges: Sequence[Merge],
    roles: Sequence[Role],
    shown: Shown = NOTHING_SHOWN,
) -> tuple[list[RawTable], list[Finding]]:
    """The sheet's table, or nothing where no row is a heading, with R105 and R109 where a likely one cannot be used.

    A table with a column per funding source comes as a view for each source and one for the totals.
    """
    headings = find_headings(cells, merges, roles)
    if headings is None:
        return [], []
    own_units = find_row_units(headings.seen, cells[headings.last + 1 :]) if _amount_columns(headings) else None
    headings = headings.without(own_units.column) if own_units else headings
    amounts = _amount_columns(headings)
    preamble = read_preamble(workbook, sheet, cells, headings)
    constants = dict(preamble.named)
    findings = _heading_findings(workbook, sheet, headings, constants)
    lacks_project = findings[0] if headings.missing == [headings.role.headings.get("project")] and findings else None
    if findings and (len(findings) > 1 or not lacks_project):
        return [], findings
    lines = _lines_below(cells, merges, headings)
    units = preamble.units
    if own_units:
        units = own_units.units[:1] if len(own_units.units) == 1 else ("元",)
        lines = write_units(lines, own_units, amounts) if len(own_units.units) > 1 else lines
    again = {words for row in cells[: headings.last + 1] if (words := without_dates(words_of(row)))}
    again |= {(text,) for row in cells[: headings.first] for text in words_of(row) if ":" in match_key(text)}
    rows = sort_rows(lines, headings, amounts, again)
    rows, told = by_groups(rows, headings, amounts)
    body, columns = join_subject_codes(rows.body, headings.columns | told)
    body, damaged = drop_damaged_codes(workbook, sheet, body, columns)
    used = {*headings.columns.values(), *amounts}
    table = RawTable(
        role=headings.role,
        workbook=workbook,
        sheet=sheet,
        heading_row=headings.last + 1,
        columns=columns | {f"extra:{text}": column for column, text in headings.seen.items() if column not in used},
        headings={name: headings.seen[column] for name, column in columns.items() if column != BEHIND},
        body=body,
        totals=rows.totals,
        whole=body,
        amount_columns=amounts,
        issuer=preamble.issuer,
        units=units,
        column_units=column_units(headings, headings.columns),
        constants=constants,
        titles=preamble.titles,
        paths=headings.paths,
        lacks_project=lacks_project,
        years=preamble.years,
        shown_decimals=most_decimals(shown, {*amounts}, headings.last + 1, len(cells)),
    )
    return _views(table, headings), [
        *damaged,
        *_unclear_rows(table, rows),
        *(_example(table, row) for row, _ in rows.examples),
    ]


def _lines_below(cells: list[list[Cell]], merges: Sequence[Merge], headings: Headings) -> Sequence[Line]:
    """The rows below the headings, all as wide as the widest of the sheet."""
    filled = _fill_merges(cells, merges, headings)
    width = max(len(row) for row in cells)
    return [
        (row + 1, line if len(line) == width else [*line, *[""] * (width - len(line))])
        for row, line in enumerate(filled[headings.last + 1 :], headings.last + 1)
    ]


def _unclear_rows(table: RawTable, rows: Rows) -> list[Finding]:
    """R115 for each row of amounts that may be a detail or part of another row."""
    counted = {row for row, _ in rows.body}
    own = [table.columns[name] for name in ("name", "code") if name in table.columns]
    first = next((row for row, line in rows.body if any(text_of(line[column]) for column in own)), 0)
    findings = []
    for row, line in rows.unclear:
        if row in counted:
            named = ""
            how = "计入了上一个项目" if first < row else "上面没有项目，作为没有名称的明细处理"
        else:
            named, how = text_of(line[own[0]]) or next(iter(words_of(line)), ""), "没有计入"
        said = f"的名称是“{named}”" if named else "有金额而没有名称"
        message = f"{table.role.label}第{row}行{said}，分不清是明细还是合计，{how}。"
        findings.append(Finding("R115", message, subject=named, sources=(table.cell(row, "name"),)))
    return findings


def _example(table: RawTable, row: int) -> Finding:
    """R114: not silently, for somebody may have written real figures over the example."""
    message = f"第{row}行以“{EXAMPLE_MARK}”开头，是示例，没有计入；如果已经填了真实数据，请删去“{EXAMPLE_MARK}”。"
    first = column_letters(min({*table.columns.values()} - {BEHIND}))
    return Finding(
        "R114", message, subject=table.role.label, sources=(Address(table.workbook, table.sheet, f"{first}{row}"),)
    )


def _amount_columns(headings: Headings) -> list[int]:
    own = [column for name, column in headings.columns.items() if headings.role.kinds[name] == "amount"]
    return own + [column for columns in headings.sources.values() for column in columns.values()]


def _views(table: RawTable, headings: Headings) -> list[RawTable]:
    """A table per funding source, of the rows in which the source has an amount, and one of the totals."""
    if not headings.sources:
        return [table]
    amounts = {name for own in headings.sources.values() for name in own}
    shared = {
        name: column for name, column in table.columns.items() if name not in amounts and table.kind(name) == "text"
    }
    # Names are carried down before a view leaves rows out, so that none of them is lost with its row.
    body = carry_names(table.body, table.role, shared)
    views = []
    for source, own in headings.sources.items():
        views.append(
            replace(
                table,
                columns=shared | own,
                headings={
                    name: headings.seen[column] for name, column in (shared | own).items() if column in headings.seen
                },
                body=[(row, line) for row, line in body if any(_states(line[column]) for column in own.values())],
                constants={**table.constants, "funding_source": source},
                column_units=column_units(headings, own),
            )
        )
    stated = amounts & headings.columns.keys()
    return [*views, replace(table, constants={**table.constants, "funding_source": "合计"})] if stated else views


def _states(cell: Cell) -> bool:
    """Whether a source's cell states an amount: a blank or a dash says that the detail has none from it."""
    return isinstance(cell, Unusable) or number_of(cell) not in (None, 0)


def _listed(headings: Sequence[str]) -> str:
    """Headings as a message names them: so many as a table of money has, and how many there are where there are more."""
    more = f"等 {len(headings)} 列" if len(headings) > _SHOWN else ""
    return "、".join(headings[:_SHOWN]) + more


def _heading_findings(workbook: str, sheet: str, headings: Headings, constants: Mapping[str, str]) -> list[Finding]:
    label, seen, row = headings.role.label, headings.seen, headings.last + 1
    missing = [heading for heading in headings.missing if headings.role.field_of(heading) not in constants]
    findings = [
        Finding(
            "R109",
            f"{label}中有{len(columns)}列都表示“{headings.role.headings[name]}”："
            f"{_listed([seen[column] for column in columns])}，整张表没有使用。",
            sources=tuple(Address(workbook, sheet, f"{column_letters(column)}{row}") for column in columns[:_SHOWN]),
        )
        for name, columns in headings.twice.items()
    ]
    if missing:
        message = (
            f"{label}缺少必需的列：{'、'.join(missing)}；找到的表头是：{_listed(list(seen.values()))}。整张表没有使用。"
        )
        place = Address(workbook, sheet, f"{column_letters(min(seen))}{row}")
        findings.append(Finding("R105", message, sources=(place,)))
    return findings


def _fill_merges(cells: list[list[Cell]], merges: Sequence[Merge], headings: Headings) -> list[list[Cell]]:
    """Texts merged downwards hold for every row of the area; a merged number stands once."""
    text_columns = {column for name, column in headings.columns.items() if headings.role.kinds[name] == "text"}
    tall = [merge for merge in merges if merge[2] > merge[0] and merge[1] in text_columns and merge[2] < len(cells)]
    if not tall:
        return cells
    filled = [list(row) for row in cells]
    for top, column, bottom, _ in tall:
        value = filled[top][column] if column < len(filled[top]) else ""
        for row in range(top + 1, bottom + 1):
            filled[row].extend([""] * (column + 1 - len(filled[row])))
            filled[row][column] = value
    return filled
