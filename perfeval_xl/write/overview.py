"""What is kept of a folder when its frames are let go: its findings, its manifest, a line per unit and project."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from perfeval_xl.errors import UsageError
from perfeval_xl.findings import Finding, Severity, count_severities
from perfeval_xl.model import Evaluation, InputFile
from perfeval_xl.write.files import Output, UnitPlace
from perfeval_xl.write.manifest import manifest_of

NOBODYS = "（不属于单个单位）"


@dataclass(frozen=True, slots=True)
class ProjectLine:
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


@dataclass(frozen=True, slots=True)
class UnitLine:
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


@dataclass(frozen=True, slots=True)
class Part:
    """One folder worked through. Paths are those of the batch; ``error`` is the usage that stopped the folder."""

    workable: bool
    year: int | None
    files: tuple[InputFile, ...]
    findings: tuple[Finding, ...]
    lines: tuple[UnitLine, ...]
    manifest: Mapping[str, object]
    error: UsageError | None = None


def sum_or_unknown(amounts: Iterable[int | None]) -> int | None:
    """The sum, or ``None`` where an addend is unknown: unknown is never zero."""
    known = list(amounts)
    return None if None in known else sum(amount for amount in known if amount is not None)


def part_of(evaluation: Evaluation, outputs: Sequence[Output], places: Mapping[str, UnitPlace], name: str) -> Part:
    """What is kept of an evaluation; ``name`` is its folder's in the batch, "" where it stands alone."""
    shown = _below(evaluation, name) if name else evaluation
    manifest = manifest_of(shown, outputs, {unit: place.unit for unit, place in places.items()})
    lines = tuple(_unit_line(shown.of_unit(unit), unit, place, outputs) for unit, place in places.items())
    nobodys = count_severities(finding for finding in shown.findings if not finding.unit)
    if not shown.workable:
        trouble = "".join(finding.message for finding in shown.findings if finding.code == "R112")
        lines = (UnitLine(name, "", (), count_severities(shown.findings), trouble),)
    elif len(lines) == 1:
        lines = (replace(lines[0], counts=count_severities(shown.findings)),)
    elif any(nobodys.values()) or not lines:
        lines += (UnitLine(NOBODYS, "", (), nobodys),)
    findings = tuple(
        replace(finding, unit=places[finding.unit].unit) if finding.unit in places else finding
        for finding in shown.findings
    )
    return Part(shown.workable, shown.inputs.year, shown.inputs.files, findings, lines, manifest)


def failed_part(name: str, error: UsageError) -> Part:
    """A folder of a batch that cannot be worked as it is set up."""
    line = UnitLine(name, "", (), count_severities(()), error.message)
    # A new error: the one that was raised holds the frames it came through, and with them the unit's tables.
    return Part(False, None, (), (), (line,), {}, UsageError(error.message, error.advice))


def _below(evaluation: Evaluation, name: str) -> Evaluation:
    """The same with the paths of the batch folder."""
    files = tuple(replace(file, path=f"{name}/{file.path}") for file in evaluation.inputs.files)
    findings = tuple(
        replace(
            finding,
            sources=tuple(
                replace(cell, workbook=f"{name}/{cell.workbook}") if cell.workbook else cell for cell in finding.sources
            ),
        )
        for finding in evaluation.findings
    )
    return replace(evaluation, inputs=replace(evaluation.inputs, files=files), findings=findings)


def _unit_line(evaluation: Evaluation, unit: str, place: UnitPlace, outputs: Sequence[Output]) -> UnitLine:
    forms = {output.project: output.path for output in outputs if output.kind == "form"}
    projects = tuple(
        ProjectLine(
            number=project["number"],
            project=project["project"],
            annual_budget=_known(project["annual_budget"]),
            executed=_known(project["executed"]),
            execution_rate=_known(project["execution_rate"]),
            total_score=_known(project["total_score"]),
            grade=project["grade"],
            withheld=bool(project["withheld"]),
            form=forms.get(f"{unit}\n{project['project']}", ""),
            counts=count_severities(
                finding for finding in evaluation.findings if finding.project == project["project"]
            ),
        )
        for project in evaluation.projects.to_dict("records")
    )
    own = count_severities(finding for finding in evaluation.findings if finding.unit == unit)
    return UnitLine(place.unit, place.folder, projects, own)


def _known(value: object) -> int | None:
    return None if pd.isna(value) else int(value)  # type: ignore[call-overload]
