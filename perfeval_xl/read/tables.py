"""Find the tables of a sheet: the headings, what each column means, the declared unit, and the rows that are data."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from perfeval_xl.findings import Cell as Address
from perfeval_xl.findings import Finding
from perfeval_xl.model import Table
from perfeval_xl.money import UNITS
from perfeval_xl.read.headings import Headings, Merge, find_headings
from perfeval_xl.read.package import column_letters
from perfeval_xl.read.roles import Role
from perfeval_xl.read.values import Cell, Unusable, number_of, printed_place, text_of
from perfeval_xl.text import EXAMPLE_MARK, match_key

_UNIT = re.compile(r"单位[:：]?(?:人民币)?(百万元|亿元|万元|千元|元)|[(（](?:人民币)?(百万元|亿元|万元|千元|元)[)）]")
_ISSUER = re.compile(r"(?:编制|填报|预算|申报)单位(?:\([^)]*\))?[:：](.+)")
_YEAR = re.compile(r"(20\d\d)年(?!\d{1,2}月)")
_TOTAL = re.compile(r"(合计|总计|小计|本页合计|累计|.+小计)")
_FOOTER = re.compile(
    r"(制表|填表|编制|审核|复核|经办|单位负责|财务负责|负责|联系)(人|日期|时间|电话)?[:：]|(注|备注|说明|填报日期|日期)[:：]"
)
_EMPTY = ("", None)
_COLUMN_NUMBER = re.compile(r"(栏次|行次|[甲乙丙丁一二三四五六七八九十]|[A-Z]|\d{1,2}(=[\d+\-*/×÷%]+)?)")


@dataclass(frozen=True, slots=True)
class RawTable:
    """A table whose cells are not read yet. ``columns``: zero-based column by field; ``body``: (Excel's row, cells).

    ``totals`` are the rows that state sums of others; ``whole`` and ``amount_columns`` the sheet's rows and amounts, of
    which a view has a part; ``constants`` hold for every row of a view.
    """

    role: Role
    workbook: str
    sheet: str
    heading_row: int
    columns: Mapping[str, int]
    headings: Mapping[str, str]
    body: Sequence[tuple[int, Sequence[Cell]]]
    issuer: str = ""
    unit: str | None = None
    column_units: Mapping[str, str] = field(default_factory=dict)
    years: tuple[tuple[int, Address], ...] = ()
    totals: Sequence[tuple[int, Sequence[Cell]]] = ()
    whole: Sequence[tuple[int, Sequence[Cell]]] = ()
    amount_columns: Sequence[int] = ()
    constants: Mapping[str, str] = field(default_factory=dict)
    title: str = ""

    def kind(self, name: str) -> str:
        """The kind of a field; other columns are text."""
        return self.role.kinds.get(name, "text")

    def cell(self, row: int, name: str) -> Address:
        """The address of a field in a row."""
        return Address(self.workbook, self.sheet, f"{column_letters(self.columns[name])}{row}")

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
        """The last printed place of the sheet's amounts, in fen."""
        return printed_place((line[column] for _, line in self.whole for column in self.amount_columns), fen_per_unit)

    def _letters(self) -> dict[str, tuple[str, ...]]:
        """The columns of each field; a sum's are those of its parts."""
        letters: dict[str, tuple[str, ...]] = {name: (column_letters(at),) for name, at in self.columns.items()}
        for name, parts in self.role.sums.items():
            if name not in letters and (own := [part for _, part in parts if part in self.columns]):
                letters[name] = tuple(column_letters(self.columns[part]) for part in own)
        return letters


def find_tables(
    workbook: str, sheet: str, cells: list[list[Cell]], merges: Sequence[Merge], roles: Sequence[Role]
) -> tuple[list[RawTable], list[Finding]]:
    """The sheet's table, or nothing where no row is a heading, with R105 and R109 where a likely one cannot be used.

    A table with a column per funding source comes as a view for each source and one for the totals.
    """
    headings = find_headings(cells, merges, roles)
    if headings is None:
        return [], []
    constants = _named_above(cells, headings)
    findings = _heading_findings(workbook, sheet, headings, constants)
    if findings:
        return [], findings
    filled = _fill_merges(cells, merges, headings)
    width = max(len(row) for row in cells)
    lines = [
        (row + 1, line if len(line) == width else [*line, *[""] * (width - len(line))])
        for row, line in enumerate(filled[headings.last + 1 :], headings.last + 1)
    ]
    preamble = [
        (text_of(cell), Address(workbook, sheet, f"{column_letters(column)}{row + 1}"))
        for row in range(headings.first)
        for column, cell in enumerate(cells[row])
        if isinstance(cell, str) and cell.strip()
    ]
    used = sorted({*headings.columns.values(), *_amount_columns(headings)})
    names = _naming_columns(headings)
    again = [_words(cells[row]) for row in range(headings.first, headings.last + 1)]
    kept = [
        (row, line, _kind(line, used, names, row == headings.last + 2))
        for row, line in lines
        if any(type(cell) is float for cell in line) or _words(line) not in again
    ]
    body = [(row, line) for row, line, kind in kept if kind == "data"]
    table = RawTable(
        role=headings.role,
        workbook=workbook,
        sheet=sheet,
        heading_row=headings.last + 1,
        columns=headings.columns
        | {f"extra:{text}": column for column, text in headings.seen.items() if column not in used},
        headings={name: headings.seen[column] for name, column in headings.columns.items()},
        body=body,
        totals=[(row, line) for row, line, kind in kept if kind == "total"],
        whole=body,
        amount_columns=_amount_columns(headings),
        issuer=next((match[1].strip() for text, _ in preamble if (match := _ISSUER.match(match_key(text)))), ""),
        unit=next((match[1] or match[2] for text, _ in preamble if (match := _UNIT.search(match_key(text)))), None),
        column_units=_column_units(headings, headings.columns),
        constants=constants,
        title="".join(match_key(text) for text, _ in preamble),
        years=tuple((int(match[1]), place) for text, place in preamble for match in _YEAR.finditer(match_key(text))),
    )
    return _views(table, headings), [_example(table, row) for row, _, kind in kept if kind == "example"]


def _example(table: RawTable, row: int) -> Finding:
    """R114: not silently, for somebody may have written real figures over the example."""
    message = f"第{row}行以“{EXAMPLE_MARK}”开头，是示例，没有计入；如果已经填了真实数据，请删去“{EXAMPLE_MARK}”。"
    first = column_letters(min(table.columns.values()))
    return Finding(
        "R114", message, subject=table.role.label, sources=(Address(table.workbook, table.sheet, f"{first}{row}"),)
    )


def _amount_columns(headings: Headings) -> list[int]:
    own = [column for name, column in headings.columns.items() if headings.role.kinds[name] == "amount"]
    return own + [column for columns in headings.sources.values() for column in columns.values()]


def _named_above(cells: Sequence[Sequence[Cell]], headings: Headings) -> dict[str, str]:
    """The project that a sheet of its own names above its table: 项目名称：X, or X in the next cell."""
    if "project" in headings.columns or "project" not in headings.role.kinds:
        return {}
    for row in cells[: headings.first]:
        words = [text for cell in row if (text := text_of(cell))]
        for at, text in enumerate(words):
            label, _, name = text.replace("：", ":").partition(":")
            if headings.role.field_of(label) == "project" and (name.strip() or words[at + 1 :]):
                return {"project": name.strip() or words[at + 1]}
    return {}


def _words(line: Sequence[Cell]) -> list[str]:
    return [text for cell in line if (text := text_of(cell))]


def _column_units(headings: Headings, columns: Mapping[str, int]) -> dict[str, str]:
    return {
        name: match[1] or match[2]
        for name, column in columns.items()
        if headings.role.kinds[name] == "amount" and (match := _UNIT.search(match_key(headings.seen[column])))
    }


def _views(table: RawTable, headings: Headings) -> list[RawTable]:
    """A table per funding source, of the rows in which the source has an amount, and one of the totals."""
    if not headings.sources:
        return [table]
    amounts = {name for own in headings.sources.values() for name in own}
    shared = {
        name: column for name, column in table.columns.items() if name not in amounts and table.kind(name) == "text"
    }
    views = []
    for source, own in headings.sources.items():
        views.append(
            replace(
                table,
                columns=shared | own,
                headings={
                    name: headings.seen[column] for name, column in (shared | own).items() if column in headings.seen
                },
                body=[(row, line) for row, line in table.body if any(_states(line[column]) for column in own.values())],
                constants={**table.constants, "funding_source": source},
                column_units=_column_units(headings, own),
            )
        )
    stated = amounts & headings.columns.keys()
    return [*views, replace(table, constants={**table.constants, "funding_source": "合计"})] if stated else views


def _states(cell: Cell) -> bool:
    """Whether a source's cell states an amount: a blank or a dash says that the detail has none from it."""
    return isinstance(cell, Unusable) or number_of(cell) not in (None, 0)


def _heading_findings(workbook: str, sheet: str, headings: Headings, constants: Mapping[str, str]) -> list[Finding]:
    label, seen, row = headings.role.label, headings.seen, headings.last + 1
    missing = [heading for heading in headings.missing if headings.role.field_of(heading) not in constants]
    findings = [
        Finding(
            "R109",
            f"{label}中有{len(columns)}列都表示“{headings.role.headings[name]}”："
            f"{'、'.join(seen[column] for column in columns)}，整张表没有使用。",
            sources=tuple(Address(workbook, sheet, f"{column_letters(column)}{row}") for column in columns),
        )
        for name, columns in headings.twice.items()
    ]
    if missing:
        message = (
            f"{label}缺少必需的列：{'、'.join(missing)}；找到的表头是：{'、'.join(seen.values())}。整张表没有使用。"
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


def _kind(line: Sequence[Cell], used: Sequence[int], names: Sequence[int], first: bool) -> str:
    """What a row below the headings is: data, total, example, or nothing (blank, a footer, a row of column numbers)."""
    if not any(
        line[column] not in _EMPTY and (text_of(line[column]) or isinstance(line[column], Unusable)) for column in used
    ):
        return ""
    opening = next((cell for cell in line if isinstance(cell, str) and cell.strip()), "")
    if opening.lstrip().startswith(EXAMPLE_MARK):
        return "example"
    if (":" in opening or "：" in opening) and _FOOTER.match(match_key(opening)):
        return ""
    if first:
        keys = [match_key(text) for cell in line if (text := text_of(cell))]
        if len(keys) > 2 and all(_COLUMN_NUMBER.fullmatch(key) for key in keys):
            return ""
    for column in names:
        cell = line[column]
        if isinstance(cell, str) and "计" in cell and _TOTAL.fullmatch(match_key(cell)):
            return "total"
    return "data"


def _naming_columns(headings: Headings) -> list[int]:
    """The columns in which a row says that it is a total."""
    role = headings.role
    if role.name not in ("execution", "final_accounts"):
        return []
    names = {name for level in role.carry for name in level} | {"name", "subject_code", "subject_name"}
    return [column for name, column in headings.columns.items() if name in names]
