"""Findings: what is wrong in the papers, as data. The catalogue of codes is ``findings.toml``, beside this file."""

from collections.abc import Iterable
from enum import StrEnum
from functools import cache
from typing import NamedTuple

from perfeval_xl.record import Record
from perfeval_xl.shipped import shipped


class Severity(StrEnum):
    """How much a finding weighs."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


#: What an operator reads for each severity, gravest first.
SEVERITY_LABELS = {Severity.ERROR: "错误", Severity.WARNING: "警告", Severity.INFO: "提示"}


class Cell(NamedTuple):
    """An address that an operator can open: workbook (path below the unit folder, with ``/``), sheet, A1 cell.

    A tuple, because a year has millions of them.
    """

    workbook: str
    sheet: str = ""
    cell: str = ""

    def __str__(self) -> str:
        return " ".join(part for part in (self.workbook, self.sheet, self.cell) if part)


class CodeText(Record):
    """One code of the catalogue: severity, and in Chinese its title, meaning, example and what to do."""

    code: str
    severity: Severity
    title: str
    meaning: str
    example: str
    advice: str


@cache
def catalogue() -> dict[str, CodeText]:
    """Every code, in the catalogue's order."""
    entries = shipped(__file__, "findings.toml")
    return {
        code: CodeText(
            code, Severity(entry["severity"]), *(entry[key] for key in ("title", "meaning", "example", "advice"))
        )
        for code, entry in entries.items()
    }


class Signature(Record):
    """What a signed exception says about a finding: the words that explain it, and who confirms them."""

    explanation: str
    signer: str


class Finding(Record):
    """One contradiction or gap, with the cells that show it.

    ``subject`` is the indicator's content, the detail's name, else the project's; ``expected`` and ``actual`` are
    printed figures (yuan or points, two decimals) where the finding compares two. One that is signed off
    (``signature``) is worth knowing and no more.
    """

    code: str
    message: str
    unit: str = ""
    project: str = ""
    subject: str = ""
    expected: str = ""
    actual: str = ""
    sources: tuple[Cell, ...] = ()
    signature: Signature | None = None

    @property
    def severity(self) -> Severity:
        """The severity that the catalogue gives the code; info where it is signed off."""
        return Severity.INFO if self.signature else catalogue()[self.code].severity


def sort_findings(findings: Iterable[Finding], project_order: dict[tuple[str, str], int]) -> tuple[Finding, ...]:
    """Gravest first, then by project in the order of the forms, then by code and place; each finding once."""
    grades = list(SEVERITY_LABELS)

    def key(finding: Finding) -> tuple[object, ...]:
        order = project_order.get((finding.unit, finding.project), -1)
        return (
            grades.index(finding.severity),
            finding.unit,
            order,
            finding.project,
            finding.code,
            finding.sources,
            finding.message,
        )

    return tuple(sorted(dict.fromkeys(findings), key=key))


def count_severities(findings: Iterable[Finding]) -> dict[Severity, int]:
    """How many findings of each severity there are, gravest first."""
    counts = dict.fromkeys(SEVERITY_LABELS, 0)
    for finding in findings:
        counts[finding.severity] += 1
    return counts
