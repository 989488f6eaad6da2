"""What the checks of the papers read, and how they name an indicator or a project in a finding.

Rows are plain mappings of the fields that a check asks for: a check runs over all rows once, and looks up nothing.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import islice
from typing import Any

import numpy as np
import pandas as pd

from perfeval_xl.core.slices import Flags, flagged_rows, flags_of, values_at
from perfeval_xl.findings import Cell, Finding
from perfeval_xl.model import Inputs
from perfeval_xl.money import two_decimals
from perfeval_xl.owners import in_order, owners_of
from perfeval_xl.record import Record
from perfeval_xl.scheme import Scheme
from perfeval_xl.whole import Whole

Row = Mapping[str, Any]
#: What a finding says of a row: message, expected, actual.
Say = Callable[[Row], tuple[str, str, str]]
_PLACE = ("unit", "project", "table", "row")


class Papers(Record, dict=True):
    """What the checks read: the inputs, the scored projects and indicators, and the scheme."""

    inputs: Inputs
    scheme: Scheme
    projects: pd.DataFrame
    indicators: pd.DataFrame

    @cached_property
    def owners(self) -> np.ndarray:
        """For each indicator the position of its project, -1 where it is in none."""
        return owners_of(self.projects, self.indicators)

    @cached_property
    def _ordered(self) -> tuple[np.ndarray, np.ndarray]:
        return in_order(self.owners, len(self.projects))

    @cached_property
    def unmet(self) -> np.ndarray:
        """The indicators that are known not to have met their targets."""
        met: np.ndarray = self.indicators["met"].array.to_numpy(dtype=bool, na_value=True)
        return ~met

    def marks(self, name: str) -> Whole:
        """A column of the indicators' whole numbers."""
        return Whole.of(self.indicators[name])

    def counts(self, flagged: Flags) -> np.ndarray:
        """For each project how many of its indicators are flagged; an unknown flag is no."""
        owners = self.owners[flags_of(flagged)]
        return np.bincount(owners[owners >= 0], minlength=len(self.projects))

    def by_project(
        self, of_project: Sequence[str], of_indicator: Sequence[str], where: np.ndarray | None = None
    ) -> Iterator[tuple[Row, list[Row]]]:
        """Each project that ``where`` names (each of all) with its indicators, as rows of the named fields."""
        chosen = range(len(self.projects)) if where is None else where.nonzero()[0].tolist()
        if not chosen:
            return
        order, edges = self._ordered
        own = np.concatenate([order[edges[at] : edges[at + 1]] for at in chosen])
        rows = rows_of(self.indicators, ("content", *of_indicator), own)
        for at, project in zip(chosen, rows_of(self.projects, of_project, chosen), strict=True):
            yield project, list(islice(rows, int(edges[at + 1] - edges[at])))

    def on_indicators(
        self,
        code: str,
        flagged: Flags,
        fields: tuple[str, ...],
        say: Say,
        also: Callable[[Row], bool] | None = None,
    ) -> list[Finding]:
        """A finding for each flagged indicator (of which ``also`` holds), at these fields' cells."""
        return [
            self.on_indicator(code, row, say(row), self.cells(row, *fields))
            for row in flagged_rows(self.indicators, flagged)
            if also is None or also(row)
        ]

    def on_projects(self, code: str, flagged: Flags, fields: tuple[str, ...], say: Say) -> list[Finding]:
        """A finding for each flagged project, at these fields' cells in 项目信息."""
        return [
            self.on_project(code, row, say(row), self.cells(row, *fields))
            for row in flagged_rows(self.projects, flagged)
        ]

    def on_indicator(self, code: str, row: Row, said: tuple[str, str, str], cells: tuple[Cell, ...]) -> Finding:
        """A finding about one indicator."""
        message, expected, actual = said
        return Finding(code, message, row["unit"], row["project"], row["content"], expected, actual, cells)

    def on_project(self, code: str, row: Row, said: tuple[str, str, str], cells: tuple[Cell, ...]) -> Finding:
        """A finding about a project as a whole."""
        message, expected, actual = said
        return Finding(code, message, row["unit"], row["project"], row["project"], expected, actual, cells)

    def cells(self, row: Row, *fields: str) -> tuple[Cell, ...]:
        """The cells of an indicator, or of a project in 项目信息; none where it has no row there."""
        return () if pd.isna(row["table"]) else self.inputs.cells_at(row["table"], row["row"], *fields)

    def has_column(self, row: Row, field: str) -> bool:
        """Whether the table that the row stands in has the column at all."""
        return bool(self.cells(row, field))


Check = Callable[[Papers], list[Finding]]


def rows_of(
    frame: pd.DataFrame, fields: Sequence[str], positions: Sequence[int] | np.ndarray | None = None
) -> Iterator[Row]:
    """The frame's rows (at these positions) with their place and these fields."""
    names = dict.fromkeys((*_PLACE, *fields))
    columns = (frame[name].tolist() if positions is None else values_at(frame[name], positions) for name in names)
    for values in zip(*columns, strict=True):
        yield dict(zip(names, values, strict=True))


def known(*values: object) -> bool:
    """Whether none of the values is unknown."""
    return not any(pd.isna(value) for value in values)  # type: ignore[call-overload]


def points_text(value: object) -> str:
    """A score with two decimals, or 未知."""
    return two_decimals(value) or "未知"
