"""What the checks of the papers read, and how they name an indicator or a project in a finding."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from perfeval_xl.findings import Cell, Finding
from perfeval_xl.model import Inputs
from perfeval_xl.money import two_decimals
from perfeval_xl.scheme import Scheme


@dataclass(frozen=True, slots=True)
class Papers:
    """What the checks read: the inputs, the scored projects and indicators, and the scheme."""

    inputs: Inputs
    scheme: Scheme
    projects: pd.DataFrame
    indicators: pd.DataFrame

    def on_indicators(
        self, code: str, flagged: pd.Series, fields: tuple[str, ...], say: Callable[[pd.Series], tuple[str, str, str]]
    ) -> list[Finding]:
        """A finding for each flagged indicator; ``say`` gives message, expected and actual."""
        findings = []
        for at in flagged.index[flagged.fillna(False).astype(bool)]:
            row = self.indicators.loc[at]
            message, expected, actual = say(row)
            cells = self.inputs.cells_of(self.indicators.loc[[at]], *fields)
            findings.append(
                Finding(code, message, row["unit"], row["project"], row["content"], expected, actual, cells)
            )
        return findings

    def info_cells(self, project: pd.Series, *fields: str) -> tuple[Cell, ...]:
        """The cells of a project's row in 项目信息; none where it has no row."""
        return () if pd.isna(project["table"]) else self.inputs.cells_of(pd.DataFrame([project]), *fields)

    def on_project(
        self, code: str, project: "pd.Series[Any]", message: str, expected: str, actual: str, cells: tuple[Cell, ...]
    ) -> Finding:
        """A finding about a project as a whole."""
        return Finding(code, message, project["unit"], project["project"], project["project"], expected, actual, cells)


Check = Callable[[Papers], list[Finding]]


def points_text(value: object) -> str:
    """A score with two decimals, or 未知."""
    return two_decimals(value) or "未知"
