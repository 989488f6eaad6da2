"""Which detail or project each line of the final accounts means: by code, then by exact name."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from perfeval_xl.core.merge import Merged
from perfeval_xl.findings import Cell, Finding
from perfeval_xl.groups import number_together
from perfeval_xl.model import Inputs
from perfeval_xl.money import known_sum, printed_tolerance, two_decimals
from perfeval_xl.record import Record
from perfeval_xl.text import TOTAL_WORDS, match_key, match_keys
from perfeval_xl.whole import known_values

Key = tuple[str, str, str]
#: What is read of a line.
_WORDS = ["unit", "name", "code", "funding_source", "unreadable", "table", "row"]
_MONEY = ["amount", "carried_in", "income", "carried_out"]


class Line(Record, eq=False):
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

    @property
    def shown(self) -> str:
        """What it is called."""
        return self.name or self.code


class MatchedLines(Record):
    """Lines by (unit, ``detail`` or ``project``, key), and those that mean neither."""

    of: Mapping[Key, Sequence[Line]]
    alone: Sequence[Line]
    units: frozenset[str]


class Matching(Record):
    """What each line of ``frame`` means: the position of a detail or else of a project (of ``merged``), -1 where of none."""

    frame: pd.DataFrame
    details: np.ndarray
    projects: np.ndarray
    units: frozenset[str]

    def lines(self, inputs: Inputs, merged: Merged, wanted: np.ndarray) -> MatchedLines:
        """These lines, by what they mean."""
        matched: dict[Key, list[Line]] = {}
        alone = []
        lines = _lines(inputs, self.frame.take(wanted.nonzero()[0]))
        details, names = merged.details["detail"].tolist(), merged.projects["project"].tolist()
        for line, detail, project in zip(
            lines, self.details[wanted].tolist(), self.projects[wanted].tolist(), strict=True
        ):
            if detail >= 0:
                matched.setdefault((line.unit, "detail", details[detail]), []).append(line)
            elif project >= 0:
                matched.setdefault((line.unit, "project", match_key(names[project])), []).append(line)
            else:
                alone.append(line)
        return MatchedLines(matched, alone, self.units)


def match_lines(inputs: Inputs, merged: Merged) -> Matching:
    """A name that is a project's and a detail's means the detail where its siblings stand in the accounts too."""
    accounts = inputs.final_accounts
    frame = accounts[[*_WORDS, *_MONEY]][accounts["name"].ne("") | accounts["code"].ne("")]
    coded = _by_code(frame, merged.details)
    details, projects = merged.details, merged.projects
    names, of_name, of_project, owner = number_together(
        *(
            (own["unit"].tolist(), match_keys(own[field].tolist()))
            for own, field in ((frame, "name"), (details, "name_key"), (projects, "project"), (details, "project"))
        )
    )
    count = 1 + max(number.max(initial=-1) for number in (names, of_name, of_project, owner))
    named, owning = _places(of_name, count), _places(of_project, count)
    named[np.bincount(of_name, minlength=count) > 1] = -1
    stated = np.bincount(names, minlength=count) > 0
    siblings = np.bincount(owner[stated[of_name]], minlength=count)
    named[(owning >= 0) & (siblings < 2)] = -1
    meant = np.where(coded >= 0, coded, named[names])
    return Matching(frame, meant, np.where(meant >= 0, -1, owning[names]), frozenset(accounts["unit"]))


def _by_code(frame: pd.DataFrame, details: pd.DataFrame) -> np.ndarray:
    """The detail of each line's code (the last one that has it), -1 where none has."""
    keys = match_keys(frame["code"].tolist())
    codes, of_details = number_together(
        (frame["unit"].tolist(), keys), (details["unit"].tolist(), details["code_key"].tolist())
    )
    places = _places(of_details, 1 + max(codes.max(initial=-1), of_details.max(initial=-1)))
    return np.where(np.array(keys, dtype=object) != "", places[codes], -1)


def _places(numbers: np.ndarray, count: int) -> np.ndarray:
    """Where each number stands (last), -1 for one that stands nowhere."""
    places = np.full(count, -1)
    places[numbers] = np.arange(len(numbers))
    return places


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


def _lines(inputs: Inputs, own: pd.DataFrame) -> list[Line]:
    words, money = ([known_values(own[name]) for name in names] for names in (_WORDS, _MONEY))
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
        )
        for unit, name, code, source, unreadable, table, row, amount, carried_in, income, carried_out in zip(
            *words, *money, strict=True
        )
    ]
