"""Filled-in forms, ours or other people's: find the files, read and check them, say what is wrong in them."""

import hashlib
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from perfeval_xl import __version__
from perfeval_xl.against import compare_with_folder, papers_of_folder
from perfeval_xl.errors import UsageError
from perfeval_xl.filled import FilledIn, check_forms, forms_of
from perfeval_xl.findings import Cell, Finding, count_severities
from perfeval_xl.money import hundredths_of
from perfeval_xl.pipeline import evaluate
from perfeval_xl.progress import Progress, silent
from perfeval_xl.read.batch import find_unit_folders, states_scheme
from perfeval_xl.read.files import read_file
from perfeval_xl.read.form.form import FilledForm
from perfeval_xl.read.sheets import unreadable
from perfeval_xl.read.workbook.safety import UnreadableWorkbookError
from perfeval_xl.read.workbook.workbook import SUFFIXES, read_workbook
from perfeval_xl.record import Record, replace
from perfeval_xl.task import SettingsOf
from perfeval_xl.workers import Crash, work_all
from perfeval_xl.write.files import Output, ResultsFolder
from perfeval_xl.write.manifest import finding_entries, summary_entry
from perfeval_xl.write.overview import sum_or_unknown
from perfeval_xl.write.results import way_to
from perfeval_xl.write.review import FormLine, review_bytes

#: Files that a process gets at a time, and for which another process is worth its start.
_CHUNK = 125
#: Seconds that another run may still need in the folder of the review workbook.
_PATIENCE = 10


class FormFile(Record):
    """One file: its name in findings, its SHA-256 and the forms in it."""

    name: str
    sha256: str
    forms: tuple[FilledIn, ...]
    findings: tuple[Finding, ...]


class _Chunk(Record):
    """Files for one process, by path and name."""

    files: tuple[tuple[Path, str], ...]
    compare: bool


class Review(Record):
    """What a review found. ``manifest`` has the shape of a run's, each project with its form and computed total."""

    files: tuple[FormFile, ...]
    findings: tuple[Finding, ...]
    manifest: dict[str, Any]

    @property
    def forms(self) -> list[FilledIn]:
        """All forms, in the order of the files."""
        return [form for file in self.files for form in file.forms]


def review(
    paths: Sequence[Path],
    against: Path | None = None,
    settings_of: SettingsOf | None = None,
    out: Path | None = None,
    jobs: int | None = None,
    progress: Progress = silent,
) -> Review:
    """Every form below the paths. ``settings_of`` is the settings of ``against`` and of its unit folders.

    Raises :class:`perfeval_xl.errors.UsageError` for a path that is not there and for a folder that cannot be
    evaluated, :class:`perfeval_xl.errors.OutputError` where ``out`` cannot be written.
    """
    if out is not None and out.suffix.lower() != ".xlsx":
        raise UsageError(
            f"审核结果写成 .xlsx 工作簿，不能写成 {out.name}。", f"例如 -o {out.with_suffix('.xlsx').name}。"
        )
    named, base = _named(paths, out)
    files = _read_all(named, against is not None, jobs, progress)
    findings = [finding for file in files for finding in file.findings]
    if against is not None and settings_of is not None:
        schemes = {form.scheme for file in files for form in file.forms}
        fitting = schemes.pop() if len(schemes) == 1 and not states_scheme(against) else ""
        papers = [
            paper
            for folder in find_unit_folders(against) or [against]
            for paper in papers_of_folder(_evaluated(folder, settings_of, fitting, progress), way_to(folder, base))
        ]
        forms = [form.paper for file in files for form in file.forms if form.paper is not None]
        findings += compare_with_folder(forms, papers)
    done = Review(tuple(files), _in_order(findings, files), {})
    outputs = [_write(done, out, base, progress)] if out is not None and done.forms else []
    return replace(done, manifest=_manifest(done, outputs))


def _evaluated(folder: Path, settings_of: SettingsOf, fitting: str, progress: Progress) -> Any:
    """The folder as its settings say; under the scheme that the forms are of, where none is stated."""
    settings = settings_of(folder)
    if fitting and not states_scheme(folder):
        settings = replace(settings, scheme=fitting)
    evaluation = evaluate(folder, settings, progress)
    if not evaluation.workable:
        raise UsageError(
            f"--against 的文件夹 {folder} 中没有可用的预算执行情况表或绩效指标表。",
            f"先运行 perfeval-xl check {folder}，按提示补齐。",
        )
    return evaluation


def _named(paths: Sequence[Path], out: Path | None) -> tuple[list[tuple[Path, str]], Path]:
    """Every file once with its name below the folder that all have in common, and that folder."""
    files: dict[Path, Path] = {}
    for path in paths:
        if not path.exists():
            raise UsageError(f"没有 {path}。", "核对路径；路径中有空格时，两端加引号。")
        for file in _workbooks_below(path) if path.is_dir() else [path]:
            at = Path(os.path.realpath(file))  # which a link to itself does not stop
            if out is None or at != out.resolve():
                files.setdefault(at, file)
    roots = [path.resolve() if path.is_dir() else path.resolve().parent for path in paths]
    try:
        base = Path(os.path.commonpath(roots))
        names = [os.path.relpath(file, base) for file in files]
    except ValueError:  # several Windows drives
        base, names = Path.cwd(), [str(file) for file in files]
    return [(file, name.replace("\\", "/")) for file, name in zip(files, names, strict=True)], base


def _workbooks_below(folder: Path) -> list[Path]:
    found = []
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        found += [
            Path(place, name)
            for name in sorted(names)
            if Path(name).suffix.lower() in SUFFIXES and not name.startswith(("~$", "."))
        ]
    return found


def _read_all(named: Sequence[tuple[Path, str]], compare: bool, jobs: int | None, progress: Progress) -> list[FormFile]:
    chunks = [_Chunk(tuple(named[at : at + _CHUNK]), compare) for at in range(0, len(named), _CHUNK)]
    processes = jobs or max(1, min(os.cpu_count() or 1, len(chunks) // 2))
    parts: dict[int, list[FormFile]] = {}
    done = 0
    for place, result in work_all(read_chunk, chunks, processes):
        if isinstance(result, Crash):
            raise result.as_error("读取自评表的进程意外结束了")
        parts[place] = result
        done += len(result)
        progress("审核自评表", done, len(named))
    return [file for place in range(len(chunks)) for file in parts[place]]


def read_chunk(chunk: _Chunk) -> list[FormFile]:
    """Some files read, and all their forms checked together."""
    read = [(name, *_read(path, name)) for path, name in chunk.files]
    checked = iter(check_forms([form for _, _, forms, _ in read for form in forms], chunk.compare))
    files = []
    for name, digest, forms, trouble in read:
        own = tuple(next(checked) for _ in forms)
        files.append(FormFile(name, digest, own, (*trouble, *(one for form in own for one in form.findings))))
    return files


def _read(path: Path, name: str) -> tuple[str, list[FilledForm], list[Finding]]:
    """A file's SHA-256, its forms, and what could not be read or is no form (R101–R103, F602)."""
    digest = hashlib.sha256(b"").hexdigest()
    try:
        content = read_file(path)
        digest = hashlib.sha256(content).hexdigest()
        if path.suffix.lower() not in SUFFIXES:
            return digest, [], [_no_form(name, "")]
        grids = read_workbook(content, name)
    except UnreadableWorkbookError as error:
        return digest, [], [unreadable(name, error)]
    forms = [(grid, forms_of(grid)) for grid in grids if grid.cells]
    found = [form for _, own in forms for form in own]
    without = [grid.sheet for grid, own in forms if not own] if found else [""]
    return digest, found, [_no_form(name, sheet) for sheet in without]


def _no_form(name: str, sheet: str) -> Finding:
    what = f"“{name}”的工作表“{sheet}”" if sheet else f"“{name}”"
    return Finding(
        "F602", f"{what}不是项目支出绩效自评表，没有审核。", subject=sheet or name, sources=(Cell(name, sheet),)
    )


def _in_order(findings: Iterable[Finding], files: Sequence[FormFile]) -> tuple[Finding, ...]:
    """Form by form in the order of the files, gravest first; what is no form's last."""
    order = {file.name: at for at, file in enumerate(files)}
    grades = list(count_severities([]))

    def key(finding: Finding) -> tuple[int, str, str, int]:
        first = order.get(finding.sources[0].workbook, len(order)) if finding.sources else len(order)
        return first, finding.unit, finding.project, grades.index(finding.severity)

    return tuple(sorted(dict.fromkeys(findings), key=key))


def _write(done: Review, out: Path, base: Path, progress: Progress) -> Output:
    progress("生成审核工作簿")
    # What a form alone states is known form by form; what differs from the folder, by where it stands.
    by_form: dict[tuple[str, str, str], list[Finding]] = {}
    for finding in done.findings:
        for cell in finding.sources[:1] if finding.code == "F601" else ():
            by_form.setdefault((cell.workbook, cell.sheet, finding.project), []).append(finding)
    lines = [
        FormLine(
            form.place,
            form.unit,
            form.project,
            form.stated_total,
            form.computed_total,
            form.stated_grade,
            form.computed_grade,
            count_severities([*form.findings, *by_form.get((form.place.workbook, form.place.sheet, form.project), ())]),
        )
        for form in done.forms
    ]
    content = review_bytes(lines, done.findings, way_to(base, out.parent))
    with ResultsFolder(out.parent, alone=True, patience=_PATIENCE) as target:
        return target.write("", Output(out.name, "review", content))


def _manifest(done: Review, outputs: Sequence[Output]) -> dict[str, Any]:
    units: dict[str, list[dict[str, Any]]] = {}
    for form in done.forms:
        entry = {**form.entry, "form": form.place.workbook, "sheet": form.place.sheet}
        units.setdefault(form.unit, []).append(entry)
    schemes = {form.scheme for form in done.forms}
    return {
        "tool": "perfeval-xl",
        "version": __version__,
        "year": None,
        "scheme": (schemes.pop() or None) if len(schemes) == 1 else None,
        "inputs": [
            {"path": file.name, "sha256": file.sha256, "roles": ["form"] if file.forms else []} for file in done.files
        ],
        "units": [
            {"unit": unit, "projects": projects, "summary": _summary(projects)} for unit, projects in units.items()
        ],
        "outputs": [{"path": output.path, "sha256": output.sha256, "kind": output.kind} for output in outputs],
        "findings": finding_entries(done.findings, {}),
    }


def _summary(projects: Sequence[dict[str, Any]]) -> dict[str, object]:
    budget, executed = (
        sum_or_unknown(hundredths_of(project[name]) for project in projects) for name in ("annual_budget", "executed")
    )
    return summary_entry(budget, executed)
