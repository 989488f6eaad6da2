"""Find the tables of a sheet: the headings, what each column means, the declared unit, and the rows that are data."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from perfeval_xl.findings import Cell as Address
from perfeval_xl.findings import Finding
from perfeval_xl.model import Table
from perfeval_xl.money import UNITS
from perfeval_xl.read.package import column_letters
from perfeval_xl.read.roles import Role
from perfeval_xl.read.values import Cell, printed_place, text_of
from perfeval_xl.text import match_key

_HEADING_ROWS = 40
_UNIT = re.compile(r"单位[:：]?(?:人民币)?(百万元|亿元|万元|千元|元)|[(（](?:人民币)?(百万元|亿元|万元|千元|元)[)）]")
_ISSUER = re.compile(r"(?:编制|填报|预算|申报)单位(?:\([^)]*\))?[:：](.+)")
_YEAR = re.compile(r"(20\d\d)年(?!\d{1,2}月)")
_TOTAL = re.compile(r"(合计|总计|小计|本页合计|累计|.+小计)")
_FOOTER = re.compile(
    r"(制表|填表|编制|审核|复核|经办|单位负责|财务负责|负责|联系)(人|日期|时间|电话)?[:：]|(注|备注|说明|填报日期|日期)[:：]"
)
_COLUMN_NUMBER = re.compile(r"(栏次|行次|[甲乙丙丁一二三四五六七八九十]|[A-Z]|\d{1,2}(=[\d+\-*/×÷%]+)?)")


@dataclass(frozen=True, slots=True)
class RawTable:
    """A table whose cells are not read yet. ``columns``: zero-based column by field; ``body``: (Excel's row, cells)."""

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

    def cell(self, row: int, name: str) -> Address:
        """The address of a field in a row."""
        return Address(self.workbook, self.sheet, f"{column_letters(self.columns[name])}{row}")

    def fen_per_unit(self, name: str, default: str | None) -> int:
        """Fen in a unit of this column: its heading's unit, the table's, the settings', else yuan."""
        return UNITS[self.column_units.get(name) or self.unit or default or "元"]

    def place(self, default: str | None) -> Table:
        """The record by which rows find their cells again."""
        amounts = [name for name, kind in self.role.kinds.items() if kind == "amount" and name in self.columns]
        places = [
            printed_place((row[self.columns[name]] for _, row in self.body), self.fen_per_unit(name, default))
            for name in amounts
        ]
        return Table(
            role=self.role.name,
            workbook=self.workbook,
            sheet=self.sheet,
            heading_row=self.heading_row,
            letters={name: column_letters(at) for name, at in self.columns.items()},
            headings=self.headings,
            place=max(places, default=1),
        )


@dataclass(frozen=True, slots=True)
class _Headings:
    role: Role
    columns: Mapping[str, int]
    twice: Mapping[str, list[int]]

    @property
    def missing(self) -> list[str]:
        names = [name for name in self.role.required if name not in self.columns]
        some = [] if not self.role.any or any(name in self.columns for name in self.role.any) else [self.role.any[0]]
        return [self.role.headings[name] for name in names + some]

    @property
    def likely(self) -> bool:
        return not self.missing or len(self.role.telling & self.columns.keys()) >= 2


def find_table(
    workbook: str,
    sheet: str,
    cells: list[list[Cell]],
    merges: Sequence[tuple[int, int, int, int]],
    roles: Sequence[Role],
) -> tuple[RawTable | None, list[Finding]]:
    """The sheet's table, or nothing where no row is a heading, with R105 and R109 where a likely one cannot be used."""
    best = max(
        (
            (headings, at)
            for at in range(min(_HEADING_ROWS, len(cells)))
            if (headings := _read_headings(cells[at], roles))
        ),
        key=lambda found: (not found[0].missing, len(found[0].columns), -found[1]),
        default=None,
    )
    if best is None:
        return None, []
    headings, at = best
    seen = {column: text_of(cell) for column, cell in enumerate(cells[at]) if text_of(cell)}
    findings = _heading_findings(workbook, sheet, at, headings, seen)
    if findings:
        return None, findings
    filled = _fill_merges(cells, merges, headings)
    width = max(len(row) for row in cells)
    body = [(row + 1, [*filled[row], *[""] * (width - len(filled[row]))]) for row in range(at + 1, len(filled))]
    preamble = [
        (text_of(cell), Address(workbook, sheet, f"{column_letters(column)}{row + 1}"))
        for row in range(at)
        for column, cell in enumerate(cells[row])
        if isinstance(cell, str) and cell.strip()
    ]
    return RawTable(
        role=headings.role,
        workbook=workbook,
        sheet=sheet,
        heading_row=at + 1,
        columns=dict(headings.columns)
        | {f"extra:{text}": column for column, text in seen.items() if column not in headings.columns.values()},
        headings={name: seen[column] for name, column in headings.columns.items()},
        body=[(row, line) for row, line in body if _is_data(line, headings, row == at + 2)],
        issuer=next((match[1].strip() for text, _ in preamble if (match := _ISSUER.match(match_key(text)))), ""),
        unit=next((match[1] or match[2] for text, _ in preamble if (match := _UNIT.search(match_key(text)))), None),
        column_units={
            name: match[1] or match[2]
            for name, column in headings.columns.items()
            if headings.role.kinds[name] == "amount" and (match := _UNIT.search(match_key(seen[column])))
        },
        years=tuple((int(match[1]), place) for text, place in preamble for match in _YEAR.finditer(match_key(text))),
    ), []


def _read_headings(row: Sequence[Cell], roles: Sequence[Role]) -> _Headings | None:
    words = [(column, cell) for column, cell in enumerate(row) if isinstance(cell, str) and cell.strip()]
    if len(words) < 2:
        return None
    found = []
    for role in roles:
        places: dict[str, list[int]] = {}
        for column, word in words:
            if name := role.field_of(word):
                places.setdefault(name, []).append(column)
        twice = {name: columns for name, columns in places.items() if len(columns) > 1}
        found.append(_Headings(role, {name: columns[0] for name, columns in places.items()}, twice))
    likely = [headings for headings in found if headings.likely]
    return max(likely, key=lambda headings: (not headings.missing, len(headings.columns)), default=None)


def _heading_findings(
    workbook: str, sheet: str, at: int, headings: _Headings, seen: Mapping[int, str]
) -> list[Finding]:
    label = headings.role.label
    findings = [
        Finding(
            "R109",
            f"{label}中有{len(columns)}列都表示“{headings.role.headings[name]}”：{'、'.join(seen[column] for column in columns)}，整张表没有使用。",
            sources=tuple(Address(workbook, sheet, f"{column_letters(column)}{at + 1}") for column in columns),
        )
        for name, columns in headings.twice.items()
    ]
    if headings.missing:
        findings.append(
            Finding(
                "R105",
                f"{label}缺少必需的列：{'、'.join(headings.missing)}；找到的表头是：{'、'.join(seen.values())}。整张表没有使用。",
                sources=(Address(workbook, sheet, f"{column_letters(min(seen))}{at + 1}"),),
            )
        )
    return findings


def _fill_merges(
    cells: list[list[Cell]], merges: Sequence[tuple[int, int, int, int]], headings: _Headings
) -> list[list[Cell]]:
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


def _is_data(line: Sequence[Cell], headings: _Headings, first: bool) -> bool:
    role, columns = headings.role, headings.columns
    filled = [
        text for name, column in columns.items() if (text := text_of(line[column]) or ("!" if line[column] else ""))
    ]
    if not filled:
        return False
    keys = [match_key(text_of(cell)) for cell in line if text_of(cell)]
    if keys and _FOOTER.match(keys[0]):
        return False
    if first and len(keys) > 2 and all(_COLUMN_NUMBER.fullmatch(key) for key in keys):
        return False
    names = [name for level in role.carry for name in level if name in columns]
    if role.name in ("execution", "final_accounts"):
        names += [name for name in ("name", "subject_code", "subject_name") if name in columns]
        return not any(_TOTAL.fullmatch(match_key(text_of(line[columns[name]]))) for name in names)
    return True
