"""``manifest.json``: inputs, results, figures and findings for machines. Amounts are yuan with two decimals, as text."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

import pandas as pd
from msgspec.json import encode

from perfeval_xl import __version__
from perfeval_xl.extent import restricted_projects
from perfeval_xl.findings import Cell, Finding, Signature, catalogue
from perfeval_xl.model import Evaluation
from perfeval_xl.money import ratio_of, sum_known, two_decimals
from perfeval_xl.record import Record
from perfeval_xl.text import match_keys
from perfeval_xl.whole import Whole
from perfeval_xl.write.files import Output
from perfeval_xl.write.ranges import by_project

Entry = dict[str, Any]
#: How deep a manifest is laid out in lines: its units, their projects, and each project on a line of its own.
_LAID_OUT = 4


def manifest_bytes(manifest: Mapping[str, object]) -> bytes:
    """UTF-8, an entry to a line, with a last line break."""
    return b"".join(ManifestPieces(manifest))


class ManifestPieces(Record):
    """The same in pieces, which are made when they are gone through: a hundred thousand projects take 300 MB."""

    manifest: Mapping[str, object]

    def __iter__(self) -> Iterator[bytes]:
        yield from _laid_out(self.manifest, _LAID_OUT)
        yield b"\n"


def _encoded(value: object) -> bytes:
    """JSON in one line. What is no character (half of a pair, in a folder's name) becomes a question mark."""
    try:
        return encode(value)
    except UnicodeEncodeError:
        return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")


def _laid_out(value: object, depth: int) -> Iterator[bytes]:
    """JSON in lines down to a depth; what is below goes through the encoder at once, which a long manifest needs."""
    entries: Iterable[tuple[bytes, object]]
    if depth and isinstance(value, dict) and value:
        opened, closed, entries = b"{", b"}", ((_encoded(name) + b": ", own) for name, own in value.items())
    elif depth and isinstance(value, list) and value:
        opened, closed, entries = b"[", b"]", ((b"", own) for own in value)
    else:
        yield _encoded(value)
        return
    before = opened + b"\n"
    for name, own in entries:
        yield before + name
        yield from _laid_out(own, depth - 1)
        before = b",\n"
    yield b"\n" + closed


def manifest_of(
    evaluation: Evaluation,
    outputs: Sequence[Output],
    names: Mapping[str, str] | None = None,
    units: Sequence[Entry] | None = None,
) -> Entry:
    """The manifest of an evaluation, of one unit or of several.

    ``names`` are the units' own where some are equal, ``units`` their entries where they are made already
    (:func:`unit_entries`).
    """
    called = names or {}
    if units is None:
        units = unit_entries(evaluation) if evaluation.workable else []
    return {
        "tool": "perfeval-xl",
        "version": __version__,
        "year": evaluation.inputs.year,
        "scheme": evaluation.scheme.name,
        "inputs": [
            {"path": file.path, "sha256": file.sha256, "roles": list(file.roles)} for file in evaluation.inputs.files
        ],
        "units": [entry | {"unit": called.get(entry["unit"], entry["unit"])} for entry in units],
        "outputs": _outputs(outputs),
        "findings": finding_entries(evaluation.findings, called),
    }


def finding_entries(findings: Iterable[Finding], called: Mapping[str, str]) -> list[dict[str, Any]]:
    """Findings as a manifest lists them; ``called`` are the units' own names where some are equal."""
    return [
        {
            "code": finding.code,
            "severity": str(finding.severity),
            "unit": called.get(finding.unit, finding.unit),
            "project": finding.project,
            "subject": finding.subject,
            "message": finding.message,
            "expected": finding.expected,
            "actual": finding.actual,
            "sources": [
                {"workbook": cell.workbook, "sheet": cell.sheet, "cell": cell.cell} for cell in finding.sources
            ],
        }
        for finding in findings
    ]


def findings_of(manifest: Mapping[str, Any]) -> tuple[Finding, ...]:
    """The findings of a manifest. What a signed one's exception says stands in its message already."""
    return tuple(
        Finding(
            **{name: entry[name] for name in ("code", "message", "unit", "project", "subject", "expected", "actual")},
            sources=tuple(Cell(**cell) for cell in entry["sources"]),
            signature=Signature("", "") if entry["severity"] != catalogue()[entry["code"]].severity else None,
        )
        for entry in manifest.get("findings", ())
    )


def manifest_of_all(manifests: Sequence[Mapping[str, Any]], overall: Sequence[Output] = ()) -> dict[str, Any]:
    """The manifest at the top, of one folder or of all in a batch; ``overall`` are the results that are of all units.

    ``year`` and ``scheme`` are those that all with one agree on, else ``null``.
    """
    together: dict[str, Any] = {"tool": "perfeval-xl", "version": __version__}
    for name in ("year", "scheme"):
        different = {manifest[name] for manifest in manifests} - {None}
        together[name] = different.pop() if len(different) == 1 else None
    for name in ("inputs", "units", "outputs", "findings"):
        together[name] = [entry for manifest in manifests for entry in manifest[name]]
    together["outputs"] += _outputs(overall)
    return together


def with_inputs_from(way: str, manifest: Mapping[str, Any]) -> dict[str, Any]:
    """The same where it stands: ``way`` (``../``) leads from there to the folder that its inputs' paths are below."""
    inputs = [file | {"path": (way + file["path"]).removeprefix("./")} for file in manifest["inputs"]]
    return {**manifest, "inputs": inputs}


def _outputs(outputs: Sequence[Output]) -> list[dict[str, object]]:
    return [{"path": output.path, "sha256": output.sha256, "kind": output.kind} for output in outputs]


def unit_entries(evaluation: Evaluation) -> list[Entry]:
    """Every unit with its projects, whose forms are not known yet; each frame is gone through once."""
    projects, funding, restricted = evaluation.projects, evaluation.funding, restricted_projects(evaluation.inputs)
    known = [key in restricted for key in zip(projects["unit"], match_keys(projects["project"].tolist()), strict=True)]
    parts = (
        _merged_details(projects, evaluation.rows),
        _by_project(projects, funding[funding["source"].ne("")], _SOURCE),
        _by_project(projects, evaluation.indicators, _INDICATOR),
    )
    units: dict[str, list[Entry]] = {unit: [] for unit in projects["unit"]}
    for unit, *project in zip(projects["unit"], _rows(projects, _PROJECT), known, *parts, strict=True):
        units[unit].append(_project(*project))
    sums = sum_known(projects, ["unit"], ["annual_budget", "executed"])
    added = dict(zip(sums.index, zip(*(Whole.of(sums[field]).tolist() for field in sums), strict=True), strict=True))
    return [{"unit": unit, "projects": own, "summary": summary_entry(*added[unit])} for unit, own in units.items()]


def name_forms(units: Iterable[Entry], outputs: Iterable[Output]) -> None:
    """Give each project of such entries the name of its form, where one was written."""
    forms = {output.project: output.path for output in outputs if output.kind == "form"}
    for unit in units:
        for project in unit["projects"]:
            project["form"] = forms.get(f"{unit['unit']}\n{project['project']}")


_AMOUNTS = ("initial_budget", "annual_budget", "executed", "final_accounts", "execution_rate")
_SCORES = {"funding": "funding_score", "goal": "goal_score", "indicators": "indicator_score"}
_PROJECT = ("number", "project", *_AMOUNTS, *_SCORES.values(), "total_score", "grade")
#: What is listed of a funding source and of an indicator.
_SOURCE = ("source", "annual_budget", "executed")
_INDICATOR = (
    *("level1", "level2", "content", "target", "actual", "weight", "completion", "rule", "rule_score", "self_score"),
)


def _by_project(projects: pd.DataFrame, frame: pd.DataFrame, fields: Sequence[str]) -> Iterator[list[Entry]]:
    """These fields of each project's rows."""
    frame, edges = by_project(projects, frame)
    rows = list(_rows(frame, fields))
    return (rows[start:end] for start, end in pairwise(edges))


def _merged_details(projects: pd.DataFrame, rows: pd.DataFrame) -> Iterator[list[str]]:
    """The names (else the codes) of each project's details, each once."""
    frame, edges = by_project(projects, rows)
    named = zip(frame["name"].tolist(), frame["code"].tolist(), strict=True)
    names = [name or code for name, code in named]
    return (list(dict.fromkeys(names[start:end])) for start, end in pairwise(edges))


def _rows(frame: pd.DataFrame, fields: Sequence[str]) -> Iterator[Entry]:
    """These fields of each row."""
    columns = [_listed(frame[name]) for name in fields]
    return (dict(zip(fields, row, strict=True)) for row in zip(*columns, strict=True))


def _listed(column: pd.Series) -> list[Any]:
    """The values; numbers as texts, each distinct one made once."""
    values = column.tolist()
    if not pd.api.types.is_integer_dtype(column.dtype):
        return values
    texts = {value: two_decimals(value) for value in set(values)}
    return [texts[value] for value in values]


def summary_entry(annual_budget: int | None, executed: int | None) -> dict[str, object]:
    """A unit's sums, in fen."""
    return {
        "annual_budget": two_decimals(annual_budget),
        "executed": two_decimals(executed),
        "execution_rate": two_decimals(ratio_of(executed, annual_budget, 10_000)),
    }


def _project(
    project: Entry, restricted: bool, details: Sequence[str], funding: Sequence[Entry], indicators: Sequence[Entry]
) -> Entry:
    return {
        "number": project["number"],
        "project": project["project"],
        "merged_details": details,
        **{field: project[field] for field in _AMOUNTS},
        "funding": funding,
        "scores": {part: project[field] for part, field in _SCORES.items()},
        "total_score": project["total_score"],
        "grade": project["grade"] or None,
        "restricted": restricted,
        "indicators": indicators,
        "form": None,
    }
