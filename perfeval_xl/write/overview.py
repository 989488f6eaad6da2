"""What is kept of a folder when its frames are let go: its manifest, and what that says of each unit and project."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from perfeval_xl.errors import PerfevalError
from perfeval_xl.findings import SEVERITY_LABELS, Finding, Severity, count_severities
from perfeval_xl.model import Evaluation
from perfeval_xl.money import hundredths_of
from perfeval_xl.record import Record, field, replace
from perfeval_xl.write.files import Output
from perfeval_xl.write.manifest import Entry, findings_of, manifest_of
from perfeval_xl.write.names import UnitPlace

NOBODYS = "（不属于单个单位）"


class ProjectLine(Record):
    """One project: fen and hundredths, ``None`` where unknown. ``form`` is its path below the results, or ""."""

    number: str
    project: str
    annual_budget: int | None
    executed: int | None
    execution_rate: int | None
    total_score: int | None
    grade: str
    withheld: bool
    form: str
    counts: Mapping[Severity, int]


class UnitLine(Record):
    """One unit. ``trouble`` says why nothing could be worked out for it; without projects and trouble it is no unit."""

    unit: str
    place: str
    projects: tuple[ProjectLine, ...]
    counts: Mapping[Severity, int]
    trouble: str = ""

    @property
    def withheld(self) -> int:
        """How many forms are withheld."""
        return sum(project.withheld for project in self.projects)

    @property
    def annual_budget(self) -> int | None:
        """Fen; unknown where a project's is."""
        return sum_or_unknown(project.annual_budget for project in self.projects) if not self.trouble else None

    @property
    def executed(self) -> int | None:
        """Fen; unknown where a project's is."""
        return sum_or_unknown(project.executed for project in self.projects) if not self.trouble else None


class Part(Record, dict=True):
    """One folder worked through: ``name`` is its own in the batch, "" where it stands alone.

    Paths in ``manifest`` are those of the batch. ``places`` are its units' by name, none where nothing could be
    worked out; ``error`` is what stopped the folder. ``staged`` is where its results wait for their places.
    """

    name: str
    manifest: Mapping[str, Any] = field(default_factory=dict)
    places: Mapping[str, UnitPlace] = field(default_factory=dict)
    error: PerfevalError | None = None
    staged: Path | None = None

    @property
    def workable(self) -> bool:
        """Whether anything could be worked out."""
        return bool(self.manifest) and not any(finding.code == "R112" for finding in self.findings)

    @property
    def year(self) -> int | None:
        """The year, where one is known."""
        return self.manifest.get("year")

    @property
    def hashes(self) -> dict[str, str]:
        """The results' SHA-256 by path below the results."""
        return {output["path"]: output["sha256"] for output in self.manifest.get("outputs", ())}

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """The folder's findings, with the units' names in the manifests."""
        return findings_of(self.manifest)

    @cached_property
    def lines(self) -> tuple[UnitLine, ...]:
        """A line for each unit, and one for what is nobody's or for a folder that gave nothing."""
        if self.error or not self.workable:
            words = [finding.message for finding in self.findings if finding.code == "R112"]
            trouble = self.error.message if self.error else "".join(words)
            return (UnitLine(self.name, "", (), count_severities(self.findings), trouble),)
        units = zip(self.places.values(), self.manifest["units"], strict=True)
        counts = Counter((finding.unit, finding.project, finding.severity) for finding in self.findings)
        totals = Counter((finding.unit, finding.severity) for finding in self.findings)
        withheld = {(finding.unit, finding.project) for finding in self.findings if finding.code == "O501"}
        lines = tuple(_unit_line(place, unit["projects"], counts, totals, withheld) for place, unit in units)
        if len(lines) == 1:
            return (replace(lines[0], counts=count_severities(self.findings)),)
        nobodys = count_severities(finding for finding in self.findings if not finding.unit)
        return (*lines, UnitLine(NOBODYS, "", (), nobodys)) if any(nobodys.values()) or not lines else lines


def sum_or_unknown(amounts: Iterable[int | None]) -> int | None:
    """The sum, or ``None`` where an addend is unknown: unknown is never zero."""
    known = list(amounts)
    return None if None in known else sum(amount for amount in known if amount is not None)


def part_of(
    evaluation: Evaluation,
    name: str,
    outputs: Sequence[Output] = (),
    places: Mapping[str, UnitPlace] | None = None,
    units: Sequence[Entry] | None = None,
) -> Part:
    """What is kept of an evaluation; ``name`` is its folder's in the batch, "" where it stands alone.

    ``units``: the entries of :func:`unit_entries`, where they are made already.
    """
    places = dict(places or {})  # other processes make parts: what they send can be pickled
    manifest = manifest_of(evaluation, outputs, {unit: place.unit for unit, place in places.items()}, units)
    return Part(name, below(manifest, name) if name else manifest, places)


def below(manifest: Mapping[str, Any], folder: str) -> dict[str, Any]:
    """The same with the inputs' paths those of the folder above."""
    findings = [
        finding | {"sources": [_below_folder(cell, "workbook", folder) for cell in finding["sources"]]}
        for finding in manifest["findings"]
    ]
    inputs = [_below_folder(entry, "path", folder) for entry in manifest["inputs"]]
    return {**manifest, "inputs": inputs, "findings": findings}


def _below_folder(entry: dict[str, str], key: str, folder: str) -> dict[str, str]:
    return entry | {key: f"{folder}/{entry[key]}"} if entry[key] else entry


def _unit_line(
    place: UnitPlace,
    projects: Iterable[Mapping[str, Any]],
    counts: Mapping[tuple[str, str, Severity], int],
    totals: Mapping[tuple[str, Severity], int],
    withheld: set[tuple[str, str]],
) -> UnitLine:
    above = f"{place.folder}/" if place.folder else ""
    lines = tuple(
        ProjectLine(
            number=project["number"],
            project=project["project"],
            **{
                name: hundredths_of(project[name])
                for name in ("annual_budget", "executed", "execution_rate", "total_score")
            },
            grade=project["grade"] or "",
            withheld=(place.unit, project["project"]) in withheld,
            form=f"{above}{project['form']}" if project["form"] else "",
            counts={severity: counts[place.unit, project["project"], severity] for severity in SEVERITY_LABELS},
        )
        for project in projects
    )
    own = {severity: totals[place.unit, severity] for severity in SEVERITY_LABELS}
    return UnitLine(place.unit, place.folder, lines, own)
