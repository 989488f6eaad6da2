"""The whole program: read → merge and reconcile → score → check → write."""

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from perfeval_xl.core.budget import check_budget
from perfeval_xl.core.consistency import check_consistency
from perfeval_xl.core.merge import merge_projects
from perfeval_xl.core.reconcile import final_accounts_of, reconcile_projects
from perfeval_xl.core.score import score_indicators, score_projects
from perfeval_xl.core.withhold import withhold_forms
from perfeval_xl.findings import Finding, sort_findings
from perfeval_xl.model import Evaluation, nothing_to_do
from perfeval_xl.read.folder import read_folder
from perfeval_xl.scheme import load_scheme
from perfeval_xl.settings import Settings
from perfeval_xl.write.files import Output, ResultsFolder, unit_folders
from perfeval_xl.write.forms import check_template, form_outputs
from perfeval_xl.write.manifest import manifest_bytes, manifest_of
from perfeval_xl.write.summary import summary_bytes

RESULTS = "自评结果"
SUMMARY = "绩效自评汇总表.xlsx"
Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Run:
    """What a run did: the evaluation, the manifest, and where the results are."""

    evaluation: Evaluation
    manifest: dict[str, object]
    results: Path


def evaluate(folder: Path, settings: Settings, progress: Progress = lambda _: None) -> Evaluation:
    """One unit folder up to the findings; writes nothing. Raises :class:`perfeval_xl.errors.UsageError`."""
    scheme = load_scheme(settings.scheme)
    progress("读取工作簿")
    inputs, read = read_folder(folder, settings)
    if any(finding.code == "R112" for finding in read):
        return nothing_to_do(inputs, scheme, read)
    progress("合并明细项目")
    merged, merge = merge_projects(inputs)
    budget = check_budget(inputs, merged, scheme, settings.tolerance)
    progress("与部门决算对账")
    reconciliation, reconcile = reconcile_projects(inputs, merged, settings.tolerance)
    progress("评分")
    indicators = score_indicators(inputs, merged, scheme)
    projects = score_projects(merged, indicators, scheme).join(
        final_accounts_of(reconciliation), on=["unit", "project"]
    )
    progress("检查矛盾")
    consistency = check_consistency(inputs, scheme, projects, indicators)
    evaluation = Evaluation(inputs, scheme, projects, merged.funding, indicators, merged.rows, reconciliation, ())
    findings = _place_findings(
        evaluation, [*read, *merge, *budget, *reconcile, *consistency, *check_template(evaluation)]
    )
    projects, withheld = withhold_forms(projects, findings, scheme.goal_points is not None)
    order = {
        (unit, name): at for at, (unit, name) in enumerate(zip(projects["unit"], projects["project"], strict=True))
    }
    return replace(evaluation, projects=projects, findings=sort_findings([*findings, *withheld], order))


def run(folder: Path, settings: Settings, out: Path | None = None, progress: Progress = lambda _: None) -> Run:
    """The main job on one folder. Where nothing could be worked out (R112) nothing is written.

    Raises :class:`perfeval_xl.errors.UsageError`, and :class:`perfeval_xl.errors.OutputError` where results cannot
    be written.
    """
    evaluation = evaluate(folder, settings, progress)
    results = out or folder / RESULTS
    if not evaluation.workable:
        return Run(evaluation, manifest_of(evaluation, []), results)
    with ResultsFolder(results) as target:
        outputs: list[Output] = []
        for unit, place in unit_folders(evaluation.units).items():
            own = evaluation.of_unit(unit)
            prefix = _relative(folder, results / place)
            progress(f"生成自评表 {unit}")
            written = [target.write(place, output) for output in form_outputs(own)]
            progress(f"生成汇总表 {unit}")
            written.append(target.write(place, Output(SUMMARY, "summary", summary_bytes(own, prefix))))
            if place:
                target.write(place, Output("manifest.json", "manifest", manifest_bytes(manifest_of(own, written))))
            outputs += [replace(output, path=f"{place}/{output.path}" if place else output.path) for output in written]
        manifest = manifest_of(evaluation, outputs)
        target.write("", Output("manifest.json", "manifest", manifest_bytes(manifest)))
        target.retire(outputs)
    return Run(evaluation, manifest, results)


def _relative(folder: Path, results: Path) -> str:
    """The way from the results to the inputs, for links; absolute where there is none (another Windows drive)."""
    try:
        way = os.path.relpath(folder.resolve(), results.resolve())
    except ValueError:
        way = str(folder.resolve())
    return way.replace("\\", "/") + "/"


def _place_findings(evaluation: Evaluation, findings: list[Finding]) -> list[Finding]:
    """Findings of the reading stage get the unit and the project of the row that they stand in."""
    rows: dict[tuple[str, str, str], tuple[str, str, str]] = {}
    subjects = ((evaluation.rows, "name"), (evaluation.indicators, "content"), (evaluation.projects, "project"))
    for frame, subject in subjects:
        own = frame[frame["table"].notna()]
        for table, row, unit, project, name in zip(
            *(own[column] for column in ("table", "row", "unit", "project", subject)), strict=True
        ):
            place = evaluation.inputs.tables[table]
            rows[place.workbook, place.sheet, str(row)] = (unit, project, name)

    def placed(finding: Finding) -> Finding:
        if finding.project or not finding.sources:
            return finding
        cell = finding.sources[0]
        unit, project, name = rows.get(
            (cell.workbook, cell.sheet, cell.cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")), ("", "", "")
        )
        return replace(finding, unit=finding.unit or unit, project=project, subject=finding.subject or name)

    return [placed(finding) if finding.code in ("R106", "R107") else finding for finding in findings]
