"""A results folder as mail sees it: its units, projects, papers and open errors, all from the manifests."""

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from perfeval_xl.errors import UsageError
from perfeval_xl.jsonfile import read_manifest
from perfeval_xl.record import Record
from perfeval_xl.settings import SETTINGS_FILE
from perfeval_xl.write.names import MANIFEST


class Paper(Record):
    """A result as it was written: its place, its kind (form, summary, report) and the SHA-256 of its bytes then."""

    path: Path
    kind: str
    sha256: str


#: What a letter may say of a project: in a manifest that lacks one of them nothing is trusted.
_FACTS = ("number", "project", "initial_budget", "annual_budget", "executed", "execution_rate", "total_score", "grade")


class Project(Record):
    """One project: the manifest's ``facts`` of it, its form unless that is withheld, and the codes of its open errors."""

    name: str
    number: str
    restricted: bool
    facts: Mapping[str, Any]
    form: Paper | None
    errors: tuple[str, ...]


class UnitResults(Record):
    """One unit. ``papers`` are those of the whole unit, ``errors`` the codes of errors that are no project's.

    ``lists`` are the workbooks in which the run found recipients.
    """

    unit: str
    year: int
    scheme: str
    projects: tuple[Project, ...]
    papers: tuple[Paper, ...]
    errors: tuple[str, ...]
    lists: tuple[Path, ...]


class Results(Record):
    """The results of a run: ``units`` all of them, ``chosen`` those to be mailed.

    ``folder`` is where the 发件箱 is, ``source`` the folder that was run, whose settings hold.
    """

    folder: Path
    units: tuple[UnitResults, ...]
    chosen: tuple[UnitResults, ...]
    source: Path


def load_results(folder: Path) -> Results:
    """The results in a folder: of one unit, of a batch, or one unit of a batch. Raises :class:`UsageError`.

    A batch has one 发件箱, at its top: so nothing is sent twice, whichever of its folders is named.
    """
    top, above, one = (
        read_manifest(folder / MANIFEST),
        read_manifest(folder.resolve().parent / MANIFEST),
        folder.resolve().name,
    )
    if top is None:
        raise UsageError(
            f"{folder} 中没有 {MANIFEST}，不是结果文件夹。",
            "先运行 perfeval-xl run 文件夹，再对其中的“自评结果”运行 mail。",
        )
    with _sound(folder):
        if above is None or one not in _places(above):
            return _results(folder, top, None)
        return _results(folder.resolve().parent, above, one)


def _results(folder: Path, top: Mapping[str, Any], one: str | None) -> Results:
    units = {place: _unit(folder / place, _listed(folder / place)) for place in _places(top) or [""]}
    chosen = [unit for place, unit in units.items() if one in (None, place)]
    return Results(folder, tuple(units.values()), tuple(chosen), _source(folder, top))


@contextmanager
def _sound(folder: Path) -> Iterator[None]:
    """Turns what a manifest of another shape raises into a :class:`UsageError`."""
    try:
        yield
    except (LookupError, TypeError, AttributeError, ValueError) as error:
        raise UsageError(
            f"{folder / MANIFEST} 不完整，或是旧版本写的（{error}）。", "重新运行 perfeval-xl run，再发邮件。"
        ) from None


def _listed(folder: Path) -> dict[str, Any]:
    manifest = read_manifest(folder / MANIFEST)
    if manifest is None:
        raise LookupError(f"缺少 {folder.name}/{MANIFEST}")
    return manifest


def _places(manifest: Mapping[str, Any]) -> list[str]:
    """The units' subfolders, in the manifest's order."""
    return list(
        dict.fromkeys(output["path"].partition("/")[0] for output in manifest["outputs"] if "/" in output["path"])
    )


def _unit(folder: Path, manifest: Mapping[str, Any]) -> UnitResults:
    papers = {output["path"]: _paper(folder, output) for output in manifest["outputs"]}
    errors: dict[str, list[str]] = {}
    for finding in manifest["findings"]:
        if finding["severity"] == "error":
            errors.setdefault(finding["project"], []).append(finding["code"])
    (unit,) = manifest["units"]
    return UnitResults(
        unit=unit["unit"],
        year=manifest["year"],
        scheme=manifest["scheme"],
        projects=tuple(
            Project(
                name=facts["project"],
                number=facts["number"],
                restricted=facts["restricted"],
                facts={name: facts[name] for name in _FACTS},
                form=papers[facts["form"]] if facts["form"] is not None else None,
                errors=_codes(errors.get(facts["project"], ())),
            )
            for facts in unit["projects"]
        ),
        papers=tuple(paper for paper in papers.values() if paper.kind in ("summary", "report")),
        errors=_codes(errors.get("", ())),
        lists=tuple((folder / file["path"]).resolve() for file in manifest["inputs"] if "recipients" in file["roles"]),
    )


def _codes(codes: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(codes))


def _paper(folder: Path, output: Mapping[str, Any]) -> Paper:
    """A result, which must be in the folder: a manifest cannot have other files mailed."""
    path = folder / output["path"]
    if not path.resolve().is_relative_to(folder.resolve()):
        raise ValueError(f"{output['path']} 不在结果文件夹中")
    return Paper(path, output["kind"], output["sha256"])


def _source(folder: Path, manifest: Mapping[str, Any]) -> Path:
    """The folder that was run: the lowest that holds all inputs; for a batch of a single unit, the one above it."""
    folders = sorted({str((folder / file["path"]).resolve().parent) for file in manifest["inputs"]})
    source = Path(os.path.commonpath(folders))
    if len(folders) == 1 and _places(manifest) and not (source / SETTINGS_FILE).is_file():
        return source.parent
    return source
