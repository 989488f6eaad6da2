"""``manifest.json``: inputs, results, figures and findings for machines. Amounts are yuan with two decimals, as text."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from perfeval_xl import __version__
from perfeval_xl.model import Evaluation
from perfeval_xl.money import ratio_half_up, two_decimals
from perfeval_xl.text import is_restricted, match_key
from perfeval_xl.write.files import Output


def manifest_bytes(manifest: Mapping[str, object]) -> bytes:
    """UTF-8, indented, with a last line break."""
    return (json.dumps(manifest, ensure_ascii=False, indent=1) + "\n").encode()


def manifest_of(
    evaluation: Evaluation, outputs: Sequence[Output], names: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """The manifest of an evaluation, of one unit or of several; ``names`` are the units' own where some are equal."""
    called = names or {}
    return {
        "tool": "perfeval-xl",
        "version": __version__,
        "year": evaluation.inputs.year,
        "scheme": evaluation.scheme.name,
        "inputs": [
            {"path": file.path, "sha256": file.sha256, "roles": list(file.roles)} for file in evaluation.inputs.files
        ],
        "units": [
            {"unit": called.get(unit, unit), **_unit(evaluation.of_unit(unit), outputs)}
            for unit in (evaluation.units if evaluation.workable else ())
        ],
        "outputs": _outputs(outputs),
        "findings": [
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
            for finding in evaluation.findings
        ],
    }


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


def _unit(evaluation: Evaluation, outputs: Sequence[Output]) -> dict[str, object]:
    unit = evaluation.units[0]
    forms = {
        output.project: output.path.rsplit("/", 1)[-1]
        for output in outputs
        if output.kind == "form" and output.project.startswith(f"{unit}\n")
    }
    restricted = _restricted(evaluation)
    totals = evaluation.projects[["annual_budget", "executed"]].sum(skipna=False).to_frame().T.astype("Int64")
    rate = ratio_half_up(totals["executed"], totals["annual_budget"], 10_000)[0]
    return {
        "projects": [
            _project(
                evaluation,
                project,
                forms.get(f"{unit}\n{project['project']}"),
                match_key(project["project"]) in restricted,
            )
            for _, project in evaluation.projects.iterrows()
        ],
        "summary": {
            "annual_budget": two_decimals(totals["annual_budget"][0]),
            "executed": two_decimals(totals["executed"][0]),
            "execution_rate": two_decimals(rate),
        },
    }


def _project(
    evaluation: Evaluation, project: "pd.Series[Any]", form: str | None, restricted: bool
) -> dict[str, object]:
    name = project["project"]
    funding = evaluation.funding[evaluation.funding["project"] == name]
    indicators = evaluation.indicators[evaluation.indicators["project"] == name]
    rows = evaluation.rows[evaluation.rows["project"] == name]
    return {
        "number": project["number"],
        "project": name,
        "merged_details": list(
            dict.fromkeys(detail or code for detail, code in zip(rows["name"], rows["code"], strict=True))
        ),
        **{
            field: two_decimals(project[field])
            for field in ("initial_budget", "annual_budget", "executed", "final_accounts", "execution_rate")
        },
        "funding": [
            {"source": source, "annual_budget": two_decimals(budget), "executed": two_decimals(executed)}
            for source, budget, executed in funding[["source", "annual_budget", "executed"]].itertuples(
                index=False, name=None
            )
            if source
        ],
        "scores": {
            part: two_decimals(project[f"{column}_score"])
            for part, column in (("funding", "funding"), ("goal", "goal"), ("indicators", "indicator"))
        },
        "total_score": two_decimals(project["total_score"]),
        "grade": project["grade"] or None,
        "restricted": restricted,
        "indicators": [_indicator(row) for _, row in indicators.iterrows()],
        "form": form,
    }


def _restricted(evaluation: Evaluation) -> set[str]:
    """The keys of the unit's projects of which any row in 项目信息 says 涉密, or has there what cannot be read."""
    rows = evaluation.inputs.projects
    marked = rows["restricted"].map(is_restricted) | rows["unreadable"].str.contains(",restricted,", regex=False)
    return {match_key(name) for name in rows["project"][marked.astype(bool) & (rows["unit"] == evaluation.units[0])]}


def _indicator(row: "pd.Series[Any]") -> dict[str, object]:
    texts = {name: row[name] for name in ("level1", "level2", "content", "target", "actual")}
    return texts | {
        "weight": two_decimals(row["weight"]),
        "completion": two_decimals(row["completion"]),
        "rule": row["rule"],
        "rule_score": two_decimals(row["rule_score"]),
        "self_score": two_decimals(row["self_score"]),
    }
