"""What passes between the stages: frozen records, and the columns of the frames they hold.

Frames carry amounts as ``Int64`` fen and scores, weights and percentages as ``Int64`` hundredths; a missing value is
unknown. Every row that was read has ``table`` (an index into :attr:`Inputs.tables`) and ``row`` (1-based, as Excel
counts), so that :func:`cells_of` can name the cell of any of its fields.

==================  =================================================================================================
frame               columns besides ``unit``, ``table``, ``row`` and ``unreadable`` (fields of the row that are no number)
==================  =================================================================================================
execution           level1_project code name funding_source, MONEY_FIELDS, stated_rate remark
projects (info)     number project department … (text), stated_budget stated_executed (fen), goal_deduction
                    stated_goal and the other stated_* (hundredths)
indicators          project level1 level2 content direction target actual measure rule reason improvement evidence
                    remark (text), weight deduction recorded_score (hundredths)
merge_list          detail project
final_accounts      subject_code subject_name code name funding_source (text), amount carried_in income carried_out
recipients          project name address copies (text)
exceptions          code project subject explanation signer (text)
==================  =================================================================================================
"""

from collections.abc import Iterable, Mapping
from itertools import groupby, repeat
from operator import itemgetter
from typing import Any

import pandas as pd

from perfeval_xl.findings import Cell, Finding, sort_findings
from perfeval_xl.record import Record, field, names_of, replace
from perfeval_xl.scheme import Scheme

#: The amounts of an execution table, in its order.
MONEY_FIELDS = ["initial_budget", "adjustment", "annual_budget", "received", "executed"]


class Table(Record):
    """Where a table stands, and its cells' column letters and headings by field.

    ``place`` is the table's last printed place in fen (100 yuan for 万元 with two decimals), the base of tolerances.
    """

    role: str
    workbook: str
    sheet: str
    heading_row: int
    letters: Mapping[str, tuple[str, ...]]
    headings: Mapping[str, str]
    place: int = 1
    #: Fields that stand in cells of their own, whatever the row (a form's total).
    fixed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


class InputFile(Record):
    """One workbook of the folder: its path below the folder, the SHA-256 of what was read, the roles found in it."""

    path: str
    sha256: str
    roles: tuple[str, ...]


class Inputs(Record):
    """Everything read from one folder, as frames with addresses. ``report_info`` maps a name to its content.

    ``headings``: role → :func:`perfeval_xl.text.match_key` of every heading with a meaning of its own → its field.
    ``year`` is ``None`` only where a required table is missing (R112), so that there is nothing to date.
    """

    files: tuple[InputFile, ...]
    tables: tuple[Table, ...]
    execution: pd.DataFrame
    projects: pd.DataFrame
    indicators: pd.DataFrame
    merge_list: pd.DataFrame
    final_accounts: pd.DataFrame
    recipients: pd.DataFrame
    exceptions: pd.DataFrame
    report_info: Mapping[str, str]
    year: int | None
    headings: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    #: Where the contents of ``report_info`` stand.
    report_cells: Mapping[str, Cell] = field(default_factory=dict)

    def without_rows(self, keep: str = "") -> "Inputs":
        """The same with empty frames, but for one: what is of use beside frames that were worked out of them."""
        frames: dict[str, Any] = {
            name: own.iloc[:0].copy()  # a view would hold on to the rows
            for name in names_of(self)
            if name != keep and isinstance(own := getattr(self, name), pd.DataFrame) and len(own)
        }
        return replace(self, **frames)

    def cells_of(self, rows: pd.DataFrame, *fields: str) -> tuple[Cell, ...]:
        """The cells of these fields in these rows, by row and then by field; fields that a table lacks are left out."""
        places = zip(rows["table"].tolist(), rows["row"].tolist(), strict=True)
        return tuple(cell for table, row in places for cell in self.cells_at(table, row, *fields))

    def cells_of_each(self, rows: pd.DataFrame, field: str) -> list[tuple[Cell, ...]]:
        """The cells of this field in each of these rows, of which there may be very many."""
        found: list[tuple[Cell, ...]] = []
        places = zip(rows["table"].tolist(), rows["row"].tolist(), strict=True)
        for at, own in groupby(places, itemgetter(0)):
            table, lines = self.tables[at], [line for _, line in own]
            letters = table.letters.get(field, ())
            if len(letters) == 1 and field not in table.fixed:
                addresses = [f"{letters[0]}{line}" for line in lines]
                fields = zip(repeat(table.workbook), repeat(table.sheet), addresses)
                found += zip(map(tuple.__new__, repeat(Cell), fields))  # as Cell(...), without its Python
            else:
                found += [self.cells_at(at, line, field) for line in lines]
        return found

    def cells_at(self, table: int, row: int, *fields: str) -> tuple[Cell, ...]:
        """The cells of these fields in one row of a table; fields that the table lacks are left out."""
        place = self.tables[table]
        fixed, letters = place.fixed, place.letters
        return tuple(
            [
                Cell(place.workbook, place.sheet, address)
                for name in fields
                for address in fixed.get(name) or [f"{letter}{row}" for letter in letters.get(name, ())]
            ]
        )


class Evaluation(Record):
    """One folder worked through: the results as frames, every row with its ``unit``, and the findings.

    ``projects``: a row per merged project in the order of the forms: number project merged_details department
    implementing_unit … MONEY_FIELDS final_accounts execution_rate funding_score goal_score indicator_score
    total_score grade withheld (why no form is written, or "").
    ``funding``: unit project source annual_budget executed (…).
    ``indicators``: as read, with met completion rule rule_score working (算式) self_score.
    ``rows``: the execution rows with the project that each belongs to.
    ``reconciliation``: unit project level name annual_budget executed final_accounts difference
    cause sources. ``level``: project, detail, source, or ``only_final`` for a line of the final accounts alone.
    """

    inputs: Inputs
    scheme: Scheme
    projects: pd.DataFrame
    funding: pd.DataFrame
    indicators: pd.DataFrame
    rows: pd.DataFrame
    reconciliation: pd.DataFrame
    findings: tuple[Finding, ...]

    @property
    def workable(self) -> bool:
        """Whether anything could be worked out: without an execution table or indicators there is nothing (R112)."""
        return not any(finding.code == "R112" for finding in self.findings)

    @property
    def units(self) -> list[str]:
        """The units in the order in which they appear."""
        return list(dict.fromkeys(self.projects["unit"]))

    def of_unit(self, unit: str) -> "Evaluation":
        """The same for one unit alone, with the findings that are its own or nobody's."""
        frames = {name: getattr(self, name) for name in ("projects", "funding", "indicators", "rows", "reconciliation")}
        return replace(
            self,
            **{name: _rows_of_unit(frame, unit) for name, frame in frames.items()},
            findings=tuple(finding for finding in self.findings if finding.unit in ("", unit)),
        )


def _rows_of_unit(frame: pd.DataFrame, unit: str) -> pd.DataFrame:
    own = frame["unit"].to_numpy() == unit
    return frame if own.all() else frame[own]


def nothing_to_do(inputs: Inputs, scheme: Scheme, findings: Iterable[Finding]) -> Evaluation:
    """The evaluation of a folder without an execution table or without indicators: its findings, and no project."""
    none = pd.DataFrame({"unit": pd.Series(dtype=object)})
    return Evaluation(inputs, scheme, none, none, none, none, none, sort_findings(findings, {}))


def texts(values: Iterable[object]) -> list[str]:
    """Frame values as plain text, unknown as an empty one."""
    return ["" if value is None or value is pd.NA else str(value) for value in values]
