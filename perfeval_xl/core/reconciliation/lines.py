"""Which detail or project each line of the final accounts means: by code, then by exact name."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from perfeval_xl.core.merge import Merged
from perfeval_xl.core.slices import known_sum, known_values
from perfeval_xl.findings import Cell, Finding
from perfeval_xl.model import Inputs
from perfeval_xl.money import printed_tolerance, two_decimals
from perfeval_xl.text import TOTAL_WORDS, match_key, match_keys

Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """One line of the final accounts: fen (``None`` unknown), the cell of its amount, its table's rounding.

    ``blank`` says that the amount's cell is empty, not that it cannot be read; ``only_carried`` that the year before
    paid for all of it. ``place`` is its table and row.
    """

    unit: str
    name: str
    code: str
    source: str
    amount: int | None
    blank: bool
    carried: tuple[int, ...]
    only_carried: bool
    cells: tuple[Cell, ...]
    place: tuple[int, int]
    rounding: int
    name_key: str
    code_key: str

    @property
    def shown(self) -> str:
        """What it is called."""
        return self.name or self.code


@dataclass(frozen=True, slots=True)
class MatchedLines:
    """Lines by (unit, ``detail`` or ``project``, key), and those that mean neither."""

    of: Mapping[Key, Sequence[Line]]
    alone: Sequence[Line]
    units: frozenset[str]


def match_lines(inputs: Inputs, merged: Merged) -> MatchedLines:
    """A name that is a project's and a detail's means the detail where its siblings stand in the accounts too."""
    lines = _lines(inputs)
    words = [merged.details[name].tolist() for name in ("unit", "code_key", "name_key", "detail")]
    by_code = {(unit, code): detail for unit, code, _, detail in zip(*words, strict=True) if code}
    by_name: dict[tuple[str, str], list[str]] = {}
    for unit, _, name, detail in zip(*words, strict=True):
        by_name.setdefault((unit, name), []).append(detail)
    names = match_keys(merged.projects["project"])
    projects = set(zip(merged.projects["unit"], names, strict=True))
    stated = {(line.unit, line.name_key) for line in lines}
    owners = match_keys(merged.details["project"])
    siblings = Counter(
        (unit, project)
        for unit, name, project in zip(words[0], words[2], owners, strict=True)
        if (unit, project) in stated and (unit, name) in stated
    )
    matched: dict[Key, list[Line]] = {}
    alone = []
    for line in lines:
        key = (line.unit, line.name_key)
        coded = by_code.get((line.unit, line.code_key), "") if line.code else ""
        named = by_name.get(key, []) if not coded else []
        if coded:
            matched.setdefault((line.unit, "detail", coded), []).append(line)
        elif len(named) == 1 and (key not in projects or siblings[key] > 1):
            matched.setdefault((line.unit, "detail", named[0]), []).append(line)
        elif key in projects:
            matched.setdefault((line.unit, "project", key[1]), []).append(line)
        else:
            alone.append(line)
    return MatchedLines(matched, alone, frozenset(inputs.final_accounts["unit"]))


def without_totals(lines: Sequence[Line], unit: str, project: str, name: str) -> tuple[Sequence[Line], list[Finding]]:
    """The lines of one name less those that state the total of its funding sources; M224 where they state another."""
    if len(lines) < 2:
        return lines, []
    total = [line for line in lines if match_key(line.source) in TOTAL_WORDS | {""}]
    parts = [line for line in lines if line not in total]
    if not parts or not total:
        return lines, []
    added = known_sum(line.amount for line in parts)
    findings = []
    for line in total:
        if (
            added is None
            or line.amount is None
            or abs(line.amount - added) <= printed_tolerance([part.rounding for part in (line, *parts)])
        ):
            continue
        stated, expected = two_decimals(line.amount) or "", two_decimals(added) or ""
        message = f"部门决算中“{name}”各资金来源相加为 {expected} 元，合计行是 {stated} 元。"
        cells = (*line.cells, *(cell for part in parts for cell in part.cells))
        findings.append(Finding("M224", message, unit, project, name, expected, stated, cells))
    return parts, findings


def _lines(inputs: Inputs) -> list[Line]:
    frame = inputs.final_accounts
    own = frame[(frame["name"] != "") | (frame["code"] != "")]
    words = [
        known_values(own[name]) for name in ("unit", "name", "code", "funding_source", "unreadable", "table", "row")
    ]
    money = [known_values(own[name]) for name in ("amount", "carried_in", "income", "carried_out")]
    keys = [match_keys(own[name]) for name in ("name", "code")]
    return [
        Line(
            unit,
            name,
            code,
            source,
            amount,
            blank=amount is None and ",amount," not in unreadable,
            carried=tuple(part for part in (carried_in, carried_out) if part),
            only_carried=bool(amount and carried_in and carried_in >= amount and not income),
            cells=inputs.cells_at(table, row, "amount"),
            place=(table, row),
            rounding=inputs.tables[table].place // 2,
            name_key=name_key,
            code_key=code_key,
        )
        for unit, name, code, source, unreadable, table, row, amount, carried_in, income, carried_out, name_key, code_key in zip(
            *words, *money, *keys, strict=True
        )
    ]
