"""What is compared with the final accounts: each project, its details and their funding sources, with their rows and lines."""

from collections.abc import Iterator, Sequence
from itertools import chain

import pandas as pd

from perfeval_xl.core.merge import Merged
from perfeval_xl.core.reconciliation.lines import Line, MatchedLines, without_totals
from perfeval_xl.core.slices import positions_by
from perfeval_xl.findings import Cell, Finding
from perfeval_xl.model import Inputs
from perfeval_xl.money import known_sum, printed_tolerance
from perfeval_xl.record import Record, replace
from perfeval_xl.scheme import Scheme
from perfeval_xl.text import match_key
from perfeval_xl.whole import known_values


class Spent(Record):
    """One row of the execution table: fen (``None`` unknown), the cell of 全年执行数, its table's rounding.

    ``name`` is the detail's; ``place`` its table and row.
    """

    name: str
    source: str
    budget: int | None
    executed: int | None
    cells: tuple[Cell, ...]
    place: tuple[int, int]
    rounding: int


class Comparison(Record, eq=False):
    """A project, detail or source of the execution table beside its lines of the final accounts.

    ``final`` is what the lines state, unknown without one. ``told`` says whether a difference is a finding here, and
    not further down where it can be mended.
    """

    unit: str
    project: str
    level: str
    name: str
    rows: Sequence[Spent]
    lines: Sequence[Line]
    budget: int | None
    executed: int | None
    final: int | None
    subject: str
    told: bool = True
    cause: str = ""

    @property
    def difference(self) -> int | None:
        """Executed less final accounts; unknown where one is."""
        return None if self.executed is None or self.final is None else self.executed - self.final

    @property
    def cells(self) -> tuple[Cell, ...]:
        """Execution first, then final accounts."""
        own = [row.cells for row in self.rows]
        own += [line.cells for line in self.lines]
        return tuple(chain.from_iterable(own))

    def differs(self, tolerance: int | None) -> bool:
        """Whether the difference is more than the printed places explain, or than the officer allows."""
        if not self.difference:
            return False
        halves = [*(row.rounding for row in self.rows), *(line.rounding for line in self.lines)]
        return abs(self.difference) > (printed_tolerance(halves) if tolerance is None else tolerance)


def compare_all(
    inputs: Inputs, merged: Merged, scheme: Scheme, lines: MatchedLines, tolerance: int | None
) -> Iterator[tuple[Comparison, list[Finding]]]:
    """Each project with its details and their sources, and then the details of no project, not explained yet."""
    details = merged.details
    by_project = positions_by(zip(details["unit"], details["project"], strict=True))
    words = list(zip(*(details[name] for name in ("unit", "project", "detail", "name", "code")), strict=True))
    money = list(zip(known_values(details["annual_budget"]), known_values(details["executed"]), strict=True))
    rows = _spent(inputs, merged.rows)

    def detail_parts(at: int) -> Iterator[tuple[Comparison, list[Finding]]]:
        unit, project, detail, name, code = words[at]
        own = rows[unit, detail]
        stated, trouble = without_totals(lines.of.get((unit, "detail", detail), ()), unit, project, name or code)
        final = known_sum(line.amount for line in stated)
        whole = Comparison(unit, project, "detail", name or code, own, stated, *money[at], final, name or code)
        sources = list(_sources(whole, scheme))
        deeper = any(source.differs(tolerance) for source in sources)
        yield replace(whole, told=False) if deeper else whole, trouble
        yield from ((source, []) for source in sources)

    projects = merged.projects
    amounts = (known_values(projects["annual_budget"]), known_values(projects["executed"]))
    for unit, project, budget, executed in zip(projects["unit"], projects["project"], *amounts, strict=True):
        parts = [part for at in by_project.get((unit, project), ()) for part in detail_parts(at)]
        below = [part for part, _ in parts if part.level == "detail"]
        own, trouble = without_totals(lines.of.get((unit, "project", match_key(project)), ()), unit, project, project)
        spent = [entry for part in below for entry in part.rows]
        found = own or [line for part in below for line in part.lines]
        final = known_sum(line.amount for line in found)
        # Without a line of the project itself, a difference is told at the detail.
        whole = Comparison(unit, project, "project", project, spent, found, budget, executed, final, project, bool(own))
        yield whole, trouble
        yield from parts
    for unit in dict.fromkeys(details["unit"]):
        for at in by_project.get((unit, ""), ()):
            yield from detail_parts(at)


def _spent(inputs: Inputs, rows: pd.DataFrame) -> dict[tuple[str, str], list[Spent]]:
    """The execution rows of each (unit, detail)."""
    spent: dict[tuple[str, str], list[Spent]] = {}
    columns = [
        known_values(rows[name]) for name in ("unit", "detail", "name", "code", "funding_source", "table", "row")
    ]
    amounts = (known_values(rows["annual_budget"]), known_values(rows["executed"]))
    for unit, detail, name, code, source, table, row, budget, executed in zip(*columns, *amounts, strict=True):
        cells = inputs.cells_at(table, row, "executed")
        entry = Spent(name or code, source, budget, executed, cells, (table, row), inputs.tables[table].place // 2)
        spent.setdefault((unit, detail), []).append(entry)
    return spent


def _sources(detail: Comparison, scheme: Scheme) -> Iterator[Comparison]:
    """A detail's funding sources, where the execution table states them, beside the lines of the same source."""
    rows: dict[str, list[Spent]] = {}
    for row in detail.rows:
        rows.setdefault(row.source, []).append(row)
    lines: dict[str, list[Line]] = {}
    for line in detail.lines:
        lines.setdefault(scheme.source_row(line.source), []).append(line)
    for source, own in rows.items():
        if source:
            same = lines.get(scheme.source_row(source), [])
            budget, executed = known_sum(row.budget for row in own), known_sum(row.executed for row in own)
            final = known_sum(line.amount for line in same)
            place = (detail.unit, detail.project, "source", source)
            yield Comparison(*place, own, same, budget, executed, final, detail.name)
