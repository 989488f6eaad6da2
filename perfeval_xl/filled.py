"""Filled-in forms through the same checks as a folder's workbooks: what each states, and what is wrong in it."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

import pandas as pd

from perfeval_xl.core.budget import check_form_rows
from perfeval_xl.core.consistency.consistency import check_consistency
from perfeval_xl.core.consistency.papers import Papers
from perfeval_xl.core.filled.figures import Paper, papers_of
from perfeval_xl.core.filled.places import with_usual_places
from perfeval_xl.core.filled.printed import PRINTED_CHECKS
from perfeval_xl.core.filled.printed_totals import printed_rates, with_printed_totals
from perfeval_xl.core.merge import Merged
from perfeval_xl.core.projects import names_in
from perfeval_xl.core.scoring.score import score_indicators, score_projects, score_results
from perfeval_xl.findings import Cell, Finding, sort_findings
from perfeval_xl.model import MONEY_FIELDS, Inputs
from perfeval_xl.money import list_sums, ratio_half_up, sum_known, two_decimals
from perfeval_xl.read.form.areas import Areas
from perfeval_xl.read.form.form import FilledForm, find_forms
from perfeval_xl.read.form.inputs import inputs_of_forms
from perfeval_xl.read.form.regime import FULL, StatedPoints, fitting_scheme
from perfeval_xl.read.table.roles import Role, load_roles
from perfeval_xl.read.workbook.grid import Grid
from perfeval_xl.record import Record, replace
from perfeval_xl.scheme import Scheme

#: What a form alone can show. It has no evidence, no rule and no final accounts, and stands in no unit's table:
#: C405, C407, C413, S303 (the rule is not stated), M201–M206, M212, M216, M221–M225, R108–R113 and C411 say nothing of it.
CODES = frozenset(
    (
        *("R106", "R107", "M211", "M213", "M214", "M215", "M217", "M218"),
        *(
            "S301",
            "S302",
            "S304",
            "S305",
            "S306",
            "S307",
            "S308",
            "S309",
            "S310",
            "S311",
            "S312",
            "S313",
            "S314",
            "S315",
        ),
        *("C401", "C402", "C403", "C404", "C406", "C408", "C409", "C410", "C412"),
    )
)
#: A code that asks for a text → the field that must have a place on the form.
_ASKED = {"S308": "reason", "S309": "improvement", "M218": "deviation_reason"}
_POINTS = ("funding_points", "goal_points", "indicator_points")


class FilledIn(Record):
    """One form: where it begins, whose it is, its scores as stated and as they follow, and what is wrong in it.

    Scores are hundredths, ``None`` where unknown. ``entry`` is the project in a manifest, as the form states it.
    """

    place: Cell
    unit: str
    project: str
    scheme: str
    stated_total: int | None
    computed_total: int | None
    stated_grade: str
    computed_grade: str
    findings: tuple[Finding, ...]
    paper: Paper | None
    entry: Mapping[str, Any]


@cache
def _roles() -> Mapping[str, Role]:
    return {role.name: role for role in load_roles({})}


def forms_of(grid: Grid) -> list[FilledForm]:
    """The forms of a sheet."""
    return find_forms(Areas(grid), _roles()["indicators"])


def check_forms(forms: Sequence[FilledForm], compare: bool = False) -> list[FilledIn]:
    """Every form with its findings, in their order; ``compare``: with its figures, to lay another paper beside it."""
    if not forms:
        return []
    inputs, unread = inputs_of_forms(forms, _roles())
    schemes = _schemes(forms, inputs)
    groups: dict[tuple[object, ...], list[str]] = {}
    for unit, scheme in schemes.items():
        points = (scheme.name, scheme.folder, scheme.funding_points, scheme.goal_points, scheme.indicator_points)
        groups.setdefault(points, []).append(unit)
    found: dict[str, FilledIn] = {}
    for units in groups.values():
        found |= _check_group(_only(inputs, set(units)), schemes[units[0]], unread, compare)
    return [found[unit] for unit in schemes]


def _only(inputs: Inputs, units: set[str]) -> Inputs:
    frames = {name: getattr(inputs, name) for name in ("execution", "projects", "indicators")}
    return replace(inputs, **{name: frame[frame["unit"].isin(units)] for name, frame in frames.items()})


def _schemes(forms: Sequence[FilledForm], inputs: Inputs) -> dict[str, Scheme]:
    """Each form's scheme by its key."""
    weighted = inputs.indicators[inputs.indicators["table"].notna()]
    weights = sum_known(weighted, ["unit"], ["weight"])["weight"]
    return {
        project["unit"]: fitting_scheme(form.labels, _points(project, form, weights[project["unit"]]))
        for form, project in zip(forms, inputs.projects.to_dict("records"), strict=True)
    }


def _points(project: Mapping[Any, Any], form: FilledForm, weights: object) -> StatedPoints:
    funding, goal, indicators = (None if pd.isna(project[name]) else int(project[name]) for name in _POINTS)
    if indicators is None and not pd.isna(weights) and "weight" in form.indicators.columns:  # type: ignore[call-overload]
        indicators = int(weights)  # type: ignore[call-overload]
    unpaid = indicators == FULL and not any({"points", "stated_funding"} & row.fields.keys() for row in form.funding)
    if funding is None and unpaid:
        funding = 0
    return StatedPoints(funding, goal, indicators, goal is not None or "stated_goal" in form.goal)


def _check_group(inputs: Inputs, scheme: Scheme, unread: Sequence[Finding], compare: bool) -> dict[str, FilledIn]:
    """The forms of one scheme."""
    as_printed, inputs = inputs, with_usual_places(inputs, scheme.funding_points)
    merged = _merged(inputs)
    indicators = _with_stated_scores(score_indicators(inputs, names_in(merged.projects), scheme))
    results = score_results(merged.projects, indicators, scheme)
    projects = score_projects(merged.projects, results, indicators, scheme)
    projects = with_printed_totals(projects, inputs, scheme)
    papers = Papers(inputs, scheme, projects, indicators)
    findings = [
        *unread,
        *check_form_rows(inputs, merged, scheme),
        *check_consistency(papers),
        *(finding for check in PRINTED_CHECKS for finding in check(papers)),
    ]
    by_unit: dict[str, list[Finding]] = {unit: [] for unit in projects["unit"]}
    tables = {project["unit"]: inputs.tables[project["table"]] for project in projects.to_dict("records")}
    for finding in findings:
        asked = _ASKED.get(finding.code, "")
        if finding.unit in by_unit and finding.code in CODES:
            table = tables[finding.unit]
            if not asked or asked in table.fixed or asked in table.letters:
                by_unit[finding.unit].append(finding)
    stated = papers_of(as_printed, projects, merged.rows, indicators, scheme.source_row, stated=True) if compare else {}
    entries = _entries(projects, merged.rows, indicators)
    return {
        project["unit"]: _filled_in(project, scheme, inputs, by_unit[project["unit"]], stated, entries)
        for project in projects.to_dict("records")
    }


def _merged(inputs: Inputs) -> Merged:
    """The form's amounts as merged projects have them: its total row is the project's, its sources are its details."""
    rows = inputs.execution.assign(
        detail=inputs.execution["total"].map({True: "total", False: "sources"}).astype(object)
    )
    total = rows["total"].astype(bool)
    totals, sources = rows[total].drop_duplicates("unit"), rows[~total]
    stated = totals[totals["unit"].isin(sources["unit"])].assign(detail="sources")
    sums = list_sums(sources, ["unit", "project", "detail"], MONEY_FIELDS)
    untotalled = sums[~sums["unit"].isin(totals["unit"])]
    chosen = pd.concat([totals, untotalled]).set_index("unit")[[*MONEY_FIELDS, "row", "stated_rate"]]
    projects = inputs.projects.join(chosen.rename(columns={"row": "total_row"}), on="unit")
    projects = projects.assign(unreadable_info=projects["unreadable"]).reset_index(drop=True)
    projects["execution_rate"] = ratio_half_up(projects["executed"], projects["annual_budget"], 10_000)
    rates = pd.array(printed_rates(projects, inputs), dtype="Int64")
    return Merged(
        pd.concat([totals, sources]).reset_index(drop=True),
        stated,
        sums.assign(name=sums["project"]),
        sources,
        projects.assign(printed_rate=rates),
    )


def _with_stated_scores(indicators: pd.DataFrame) -> pd.DataFrame:
    """A score as it is stated where the weight is unknown, so that it cannot be out of range."""
    stated = indicators["recorded_score"].where(indicators["weight"].isna() & indicators["recorded_score"].ge(0))
    # What the rule gives is not printed: a blank stays unknown.
    return indicators.assign(
        self_score=indicators["self_score"].where(indicators["recorded_score"].notna()).fillna(stated)
    )


def _filled_in(
    project: Mapping[Any, Any],
    scheme: Scheme,
    inputs: Inputs,
    findings: Sequence[Finding],
    papers: Mapping[tuple[str, str], Paper],
    entries: Mapping[str, Mapping[str, Any]],
) -> FilledIn:
    unit, name = project["stated_unit"], project["project"]
    table = inputs.tables[project["table"]]
    # A form is its project's only detail: a budget of nothing (M215) is said once, of the project.
    once = {(one.code, one.message, () if one.code == "M215" else one.sources): one for one in findings}.values()
    own = sort_findings(
        (replace(one, unit=unit, project=name, sources=tuple(dict.fromkeys(one.sources))) for one in once), {}
    )
    return FilledIn(
        place=Cell(table.workbook, table.sheet, inputs.cells_at(project["table"], project["row"], "project")[0].cell),
        unit=unit,
        project=name,
        scheme=scheme.name,
        stated_total=_known(project["stated_total"]),
        computed_total=_known(project["computed_total"]),
        stated_grade=project["stated_grade"],
        computed_grade=project["computed_grade"],
        findings=own,
        paper=replace(papers[project["unit"], name], unit=unit) if papers else None,
        entry=entries[project["unit"]],
    )


def _known(value: object) -> int | None:
    return None if pd.isna(value) else int(value)  # type: ignore[call-overload]


def _entries(projects: pd.DataFrame, rows: pd.DataFrame, indicators: pd.DataFrame) -> dict[str, dict[str, Any]]:
    """Each form as a project of a manifest: what it states, and beside it what follows from that."""
    sources = _by_unit(rows[~rows["total"].astype(bool)].to_dict("records"))
    own = _by_unit(indicators.to_dict("records"))
    return {
        project["unit"]: {
            "number": None,
            "project": project["project"],
            "merged_details": [project["merged_details"]] if project["merged_details"] else [],
            **{name: two_decimals(project[name]) for name in ("initial_budget", "annual_budget", "executed")},
            "final_accounts": None,
            "execution_rate": two_decimals(project["printed_rate"]),
            "funding": [
                {"source": row["funding_source"]}
                | {name: two_decimals(row[name]) for name in ("annual_budget", "executed")}
                for row in sources.get(project["unit"], ())
            ],
            "scores": {part: two_decimals(project[f"stated_{part}"]) for part in ("funding", "goal", "indicators")},
            "total_score": two_decimals(project["stated_total"]),
            "grade": project["stated_grade"] or None,
            "computed_total_score": two_decimals(project["computed_total"]),
            "computed_grade": project["computed_grade"] or None,
            "indicators": [_indicator_entry(row) for row in own.get(project["unit"], ())],
        }
        for project in projects.to_dict("records")
    }


def _indicator_entry(row: Mapping[Any, Any]) -> dict[str, Any]:
    numbers = {
        "weight": "weight",
        "completion": "completion",
        "rule_score": "rule_score",
        "self_score": "recorded_score",
    }
    texts = {name: row[name] for name in ("level1", "level2", "content", "target", "actual", "rule")}
    return texts | {name: two_decimals(row[column]) for name, column in numbers.items()}


def _by_unit(rows: Iterable[Mapping[Any, Any]]) -> dict[str, list[Mapping[Any, Any]]]:
    found: dict[str, list[Mapping[Any, Any]]] = {}
    for row in rows:
        found.setdefault(row["unit"], []).append(row)
    return found
