"""The whole program: read → merge and reconcile → score → check → write."""

import secrets
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from perfeval_xl.core.budget import check_budget
from perfeval_xl.core.consistency.lead import check_lead
from perfeval_xl.core.consistency.papers import Papers
from perfeval_xl.core.consistency.ranges import Consistency
from perfeval_xl.core.consistency.totals import check_totals
from perfeval_xl.core.exceptions import sign_off
from perfeval_xl.core.merge import merge_projects
from perfeval_xl.core.projects import name_projects
from perfeval_xl.core.reconciliation.reconcile import final_accounts_of, reconcile_projects
from perfeval_xl.core.scoring.score import score_indicators, score_projects, score_results, without_measures
from perfeval_xl.core.withhold import withhold_forms
from perfeval_xl.errors import BugError, UsageError
from perfeval_xl.findings import Finding, sort_findings
from perfeval_xl.model import Evaluation, Inputs, nothing_to_do
from perfeval_xl.progress import Progress, silent
from perfeval_xl.read.batch import find_unit_folders
from perfeval_xl.read.folder import read_folder
from perfeval_xl.record import Record, replace
from perfeval_xl.scheme import load_scheme
from perfeval_xl.settings import Settings
from perfeval_xl.task import SettingsOf, Task, Wanted
from perfeval_xl.write.edits import Edits, keep_other
from perfeval_xl.write.files import Output, ResultsFolder
from perfeval_xl.write.forms import check_template, prints_initial_budget
from perfeval_xl.write.manifest import ManifestPieces, finding_entries, manifest_of_all, with_inputs_from
from perfeval_xl.write.names import ALL_UNITS, MANIFEST, UnitPlace, UnitPlaces
from perfeval_xl.write.overview import Part, UnitLine, part_of
from perfeval_xl.write.results import SUMMARY, Written, way_to, write_units

RESULTS = "自评结果"
#: What the reading stage says of a cell of a row, before it is known whose row it is.
_IN_ROWS = ("R106", "R107")


class Run(Record):
    """What a run or a check did: a part for each unit folder, the manifest of all, and where the results are.

    ``of_all`` are the findings about what is of all units.
    """

    parts: tuple[Part, ...]
    manifest: dict[str, Any]
    results: Path
    of_all: tuple[Finding, ...] = ()

    @property
    def workable(self) -> bool:
        """Whether anything could be worked out."""
        return any(part.workable for part in self.parts)

    @property
    def lines(self) -> list[UnitLine]:
        """A line for each unit."""
        return [line for part in self.parts for line in part.lines]

    @property
    def findings(self) -> list[Finding]:
        """The findings of all."""
        return [*(finding for part in self.parts for finding in part.findings), *self.of_all]

    @property
    def year(self) -> int | None:
        """The year that all units agree on."""
        years = {part.year for part in self.parts if part.workable}
        return years.pop() if len(years) == 1 else None


def evaluate(folder: Path, settings: Settings, progress: Progress = silent, jobs: int = 1) -> Evaluation:
    """One unit folder up to the findings, by as many as ``jobs`` processes; writes nothing.

    Raises :class:`perfeval_xl.errors.UsageError`.
    """
    scheme = load_scheme(settings.scheme)
    inputs, read = read_folder(folder, settings, progress, jobs)
    if any(finding.code == "R112" for finding in read):
        return nothing_to_do(inputs, scheme, read)
    progress("评分")
    named = name_projects(inputs)
    indicators = score_indicators(inputs, named.spelling, scheme)
    results = score_results(named.info, indicators, scheme)
    # Other processes', while the money is added up.
    with Consistency(inputs, scheme, results, indicators, jobs) as checks:
        progress("合并明细项目")
        merged, merge = merge_projects(inputs, named)
        projects = score_projects(merged.projects, results, indicators, scheme)
        budget = check_budget(inputs, merged, scheme, settings.tolerance)
        progress("与部门决算对账")
        reconciliation, reconcile = reconcile_projects(inputs, merged, scheme, settings.tolerance)
        progress("检查矛盾")
        consistency = checks.findings() + check_totals(Papers(inputs, scheme, projects, indicators))
    indicators = without_measures(indicators)
    projects = projects.assign(final_accounts=final_accounts_of(projects, reconciliation))
    evaluation = Evaluation(inputs, scheme, projects, merged.funding, indicators, merged.rows, reconciliation, ())
    findings = _place_findings(
        evaluation, [*read, *merge, *budget, *reconcile, *consistency, *check_template(evaluation)]
    )
    projects, withheld = withhold_forms(evaluation, findings, prints_initial_budget(evaluation))
    evaluation = replace(evaluation, projects=projects)
    found = [*findings, *withheld, *check_lead(evaluation)]
    return _with_findings(evaluation, sign_off(inputs, projects, indicators, found))


def _with_findings(evaluation: Evaluation, findings: Iterable[Finding]) -> Evaluation:
    pairs = zip(evaluation.projects["unit"], evaluation.projects["project"], strict=True)
    return replace(evaluation, findings=sort_findings(findings, {pair: at for at, pair in enumerate(pairs)}))


def check(
    folder: Path,
    settings_of: SettingsOf,
    progress: Progress = silent,
    wanted: Wanted = Wanted(),  # noqa: B008 - frozen
) -> Run:
    """:func:`run` up to the findings; writes nothing."""
    parts = _work_each(folder, settings_of, None, wanted, progress)
    return Run(parts, _manifest(parts, folder, folder / RESULTS), folder / RESULTS)


def _manifest(parts: Iterable[Part], folder: Path, results: Path, overall: Sequence[Output] = ()) -> dict[str, Any]:
    """The manifest at the top of the results."""
    manifest = manifest_of_all([part.manifest for part in parts if part.manifest], overall)
    return with_inputs_from(way_to(folder, results), manifest)


def run(
    folder: Path,
    settings_of: SettingsOf,
    out: Path | None = None,
    progress: Progress = silent,
    wanted: Wanted = Wanted(),  # noqa: B008 - frozen
) -> Run:
    """The main job on a unit folder or on a batch of them. Where nothing could be worked out nothing is written.

    Raises :class:`perfeval_xl.errors.UsageError`, and :class:`perfeval_xl.errors.OutputError` where results cannot
    be written.
    """
    results = out or folder / RESULTS
    _refuse_inputs(results, folder)
    with ResultsFolder(results, alone=True) as target:
        parts = _work_each(folder, settings_of, target, wanted, progress)
        done = Run(parts, _manifest(parts, folder, results), results)
        if not done.workable:
            return done
        overall: list[Output] = []
        if any(line.place for line in done.lines):
            from perfeval_xl.write.summary.units import all_units_pieces

            progress("生成全部单位汇总表")
            content = all_units_pieces(done.lines, done.year, SUMMARY)
            edits = Edits(results, "", wanted.documents.keep_edits, _compare_edited).of_place("")
            output, write, edited = edits.settle(Output(ALL_UNITS, "summary", content), "")
            overall.append(target.write("", output) if write else output)
            done = replace(done, of_all=tuple(edited))
        manifest = _manifest(parts, folder, results, overall)
        manifest["findings"] += finding_entries(done.of_all, {})
        target.write("", Output(MANIFEST, "manifest", ManifestPieces(manifest)))
        if not any(part.error for part in parts):  # what a unit that was stopped has from an earlier run stays
            target.retire([output["path"] for output in manifest["outputs"]])
    return replace(done, manifest=manifest)


def plan(
    folder: Path, settings_of: SettingsOf, file: Path | None = None, progress: Progress = silent
) -> tuple[Path, Path | None]:
    """The 工作方案 of one unit folder, in which the results need not stand yet.

    Returns where it is, and under which name another one that stood there is kept.

    Raises :class:`perfeval_xl.errors.UsageError`, and :class:`perfeval_xl.errors.OutputError` where it cannot be written.
    """
    from perfeval_xl.write.report.output import plan_output

    if find_unit_folders(folder):
        raise UsageError(f"{folder} 下是几个单位的文件夹，工作方案一次写一个单位的。", "指定其中一个单位的文件夹。")
    settings = settings_of(folder)
    scheme = load_scheme(settings.scheme)
    inputs, _ = read_folder(folder, settings, progress)
    units = dict.fromkeys([*inputs.projects["unit"], *inputs.execution["unit"]])
    unit = inputs.report_info.get("单位名称") or (next(iter(units)) if len(units) == 1 else folder.resolve().name)
    progress("撰写工作方案")
    output = plan_output(inputs, scheme, unit, _year_of_plan(inputs))
    if file is not None:
        output = replace(output, path=file.name)
    results = file.parent if file is not None else folder / RESULTS
    with ResultsFolder(results, alone=True) as target:
        kept = keep_other(results / output.path, output.content)
        target.write("", output)
    return results / output.path, kept


def _year_of_plan(inputs: Inputs) -> int:
    """The year that the tables agree on, else that of 报告信息: a plan comes before the tables."""
    written = inputs.report_info.get("年度", "").removesuffix("年度").removesuffix("年").strip()
    if inputs.year is None and not (written.isdecimal() and len(written) == 4):
        raise UsageError(
            "不知道是哪一年的工作方案。", "在命令后加 --year，例如 --year 2019；或在报告信息表中填“年度”。"
        )
    return inputs.year or int(written)


def _work_each(
    folder: Path, settings_of: SettingsOf, target: ResultsFolder | None, wanted: Wanted, progress: Progress
) -> tuple[Part, ...]:
    """The unit folder, or each of a batch by itself: of one that is done only its part is kept."""
    folders = find_unit_folders(folder)
    results = target.folder if target else None
    if not folders:
        staged, jobs = target.staging(0) if target else None, wanted.jobs or wanted.cores
        task = Task(folder, "", settings_of, results, staged, documents=wanted.documents, jobs=jobs)
        try:
            part = work_folder(task, progress)
        except BugError as error:  # of another process, whose traceback it carries
            return (Part("", error=error),)
        if target and part.staged:
            target.publish(part.staged, part.hashes)
        return (part,)
    from perfeval_xl.batch import work_batch

    load_scheme(settings_of(folder).scheme)  # wrong for every unit, so it is said once
    return work_batch(work_folder, folders, settings_of, target, wanted, progress)


def work_folder(task: Task, progress: Progress = silent) -> Part:
    """One folder evaluated and, where the task says so, written."""
    settings = task.settings_of(task.folder)
    evaluation = evaluate(task.folder, settings, progress, task.jobs)
    if not evaluation.workable:
        return part_of(_with_owner(evaluation, task.name), task.name)
    # Results are made of what was worked out, and of 项目信息 as it was read.
    evaluation = replace(evaluation, inputs=evaluation.inputs.without_rows("projects"))
    units = evaluation.units
    alone = not task.name and len(units) == 1
    own = {units[0]: UnitPlace(units[0], "")} if alone else task.places or UnitPlaces().of(units)
    evaluation = _with_owner(evaluation, units[0] if task.name and len(own) == 1 else "")
    written, staged = Written(), None
    if task.results and task.staged:
        # Its own: a cluster gives the task of a worker that it has lost to another, while the lost one may go on writing.
        staged = task.staged.with_name(f"{task.staged.name}-{secrets.token_hex(4)}")
        with ResultsFolder(staged) as target:
            way = way_to(task.folder, task.results)
            back = way_to(task.results, task.folder)
            edits = Edits(task.results, back, task.documents.keep_edits, _compare_edited)
            written = write_units(target, way, evaluation, own, progress, task.documents, task.origin, edits, task.jobs)
    if written.findings:
        evaluation = _with_findings(evaluation, [*evaluation.findings, *written.findings])
    return replace(part_of(evaluation, task.name, written.outputs, own, written.units), staged=staged)


def _compare_edited(name: str, edited: bytes, made: bytes) -> list[Finding]:
    """What the reading back of forms says; it is loaded only where somebody changed one."""
    from perfeval_xl.against import compare_edited

    return compare_edited(name, edited, made)


def _with_owner(evaluation: Evaluation, unit: str) -> Evaluation:
    """The same with the findings that are nobody's given to the only unit that they can be about."""
    findings = (replace(finding, unit=finding.unit or unit) for finding in evaluation.findings)
    return replace(evaluation, findings=tuple(findings))


def _refuse_inputs(results: Path, folder: Path) -> None:
    """Results among the workbooks would be read as inputs the next time."""
    if results.resolve() in {path.resolve() for path in (folder, *find_unit_folders(folder))}:
        raise UsageError(f"结果不能放在工作簿所在的文件夹 {results}。", "不写 --out，或用 --out 指定另一个文件夹。")


def _place_findings(evaluation: Evaluation, findings: list[Finding]) -> list[Finding]:
    """Findings of the reading stage get the unit and the project of the row that they stand in."""
    if not any(finding.code in _IN_ROWS for finding in findings):
        return findings
    rows: dict[tuple[str, str, str], tuple[str, str, str]] = {}
    subjects = ((evaluation.rows, "name"), (evaluation.indicators, "content"), (evaluation.projects, "project"))
    for frame, subject in subjects:
        own = frame[frame["table"].notna()]
        for table, row, unit, project, name in zip(
            *(own[column].tolist() for column in ("table", "row", "unit", "project", subject)), strict=True
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

    return [placed(finding) if finding.code in _IN_ROWS else finding for finding in findings]
