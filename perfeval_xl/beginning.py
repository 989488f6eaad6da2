"""``init``: a folder for a new year, blank or from last year's."""

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from perfeval_xl.errors import UsageError
from perfeval_xl.findings import Finding, Severity
from perfeval_xl.progress import Progress, silent
from perfeval_xl.read.batch import find_unit_folders
from perfeval_xl.read.folder import read_folder
from perfeval_xl.read.folders import find_workbooks
from perfeval_xl.record import Record
from perfeval_xl.scheme import load_scheme, scheme_names
from perfeval_xl.settings import SETTINGS_FILE, load_settings
from perfeval_xl.text import typed
from perfeval_xl.write.blank import UNIX_STARTER, Carried, blank_workbooks, carry_over, starters
from perfeval_xl.write.files import Output, ResultsFolder

#: Trouble of last year's tables that says nothing about what is carried over.
_LEFT_BEHIND = frozenset({"R112", "R113"})


class Begun(Record):
    """The files written, for which year, what was carried over, and what of last year's could not be read."""

    files: tuple[Output, ...]
    year: int | None
    carried: Carried
    findings: tuple[Finding, ...]


class _LastYear(Record):
    """What a new year takes over: rows, the scheme, the year after, and the text of the settings."""

    carried: Carried
    scheme: str
    year: int | None
    settings: str | None
    findings: tuple[Finding, ...]


def begin_folder(
    folder: Path, scheme: str | None, year: int | None, last_year: Path | None, progress: Progress = silent
) -> Begun:
    """Write the blank input workbooks and what starts the program. Nothing that is there already is replaced.

    Where an ``init`` was interrupted the same command writes what is missing.

    ``last_year`` is the folder whose projects, indicators, merge list, recipients and settings are carried over; its
    scheme holds where none is named (with its folder, where that lies in last year's), and its year plus one. Raises
    :class:`perfeval_xl.errors.UsageError` and :class:`perfeval_xl.errors.OutputError`.
    """
    last = _read_last_year(last_year, year, progress) if last_year is not None else None
    carried, year = (last.carried, year or last.year) if last else (Carried(), year)
    chosen = load_scheme(load_settings(folder, scheme or (last.scheme if last else None)).scheme)
    progress("生成空白工作簿")
    name, copied = _place_of_scheme(chosen.folder, folder, last_year if scheme is None else None)
    outputs = [*blank_workbooks(chosen, year, carried), *starters(name, last.settings if last else None), *copied]
    with ResultsFolder(folder, alone=True) as target:
        _write_missing(target, outputs)
    return Begun(tuple(outputs), year, carried, last.findings if last else ())


def _write_missing(target: ResultsFolder, outputs: Sequence[Output]) -> None:
    """All of them in their places or none; those that stand there just so are what an interrupted ``init`` has left."""
    known = {output.path: file.read_bytes() for output in outputs if (file := target.folder / output.path).is_file()}
    others = [
        output.path
        for output in outputs
        if os.path.lexists(target.folder / output.path) and known.get(output.path) != output.content
    ]
    if others:
        raise UsageError(
            f"{target.folder} 中已经有 {'、'.join(others)}，没有改动任何文件。", "换一个新文件夹，或先把这些文件移走。"
        )
    staged = target.staging(0)
    missing = [output for output in outputs if output.path not in known]
    with ResultsFolder(staged) as beside:
        hashes = {output.path: beside.write("", output).sha256 for output in missing}
        with suppress(OSError):  # it stands already, or the drive knows no such right
            (staged / UNIX_STARTER).chmod(0o755)
    target.publish(staged, hashes)


def _read_last_year(folder: Path, year: int | None, progress: Progress) -> _LastYear:
    if not folder.is_dir() or not find_workbooks(folder):
        raise _no_last_year(folder)
    settings = load_settings(folder, year=year - 1 if year else None)
    inputs, findings = read_folder(folder, settings, progress)
    file = folder / SETTINGS_FILE
    return _LastYear(
        carried=carry_over(inputs),
        scheme=settings.scheme,
        year=inputs.year + 1 if inputs.year else None,
        settings=file.read_text(encoding="utf-8-sig") if file.is_file() else None,
        findings=tuple(
            finding
            for finding in findings
            if finding.severity is Severity.ERROR and finding.code.startswith("R") and finding.code not in _LEFT_BEHIND
        ),
    )


def _no_last_year(folder: Path) -> UsageError:
    units: Sequence[Path] = find_unit_folders(folder) if folder.is_dir() else ()
    if units:
        return UsageError(
            f"{folder} 中是 {len(units)} 个单位的文件夹，不是一个单位的工作簿。",
            f"每个单位各运行一次，例如：perfeval-xl init 新文件夹 --from {typed(units[0])}",
        )
    return UsageError(f"上年的文件夹 {folder} 中没有工作簿。", "核对 --from 后面的路径：应是放上年工作簿的文件夹。")


def _place_of_scheme(scheme: Path, folder: Path, last_year: Path | None) -> tuple[str, list[Output]]:
    """How the new folder names its scheme from wherever it is run, and the scheme's files where they move with it."""
    if scheme.name in scheme_names() and load_scheme(scheme.name).folder == scheme:
        return scheme.name, []
    if scheme.is_relative_to(folder.resolve()):
        return scheme.relative_to(folder.resolve()).as_posix(), []
    if last_year is None or not scheme.is_relative_to(last_year.resolve()) or scheme == last_year.resolve():
        return str(scheme), []
    name = scheme.relative_to(last_year.resolve()).as_posix()
    files = sorted(entry.name for entry in os.scandir(scheme) if entry.is_file() and not entry.name.startswith("~$"))
    return name, [Output(f"{name}/{file}", "scheme", (scheme / file).read_bytes()) for file in files]
