"""Forms → the frames that folders are read into, so that the same checks run on both.

Every form is a unit of its own (its ``unit`` is a key made of where it stands), so that equal names never meet.
Beside the columns of :mod:`perfeval_xl.model` the frames have: ``execution`` ``total`` (the row of all sources);
``projects`` stated_unit, form (the number of the form), funding_points, goal_points, indicator_points, total_points
(stated, in hundredths), row_total (the total of a row, where one stands above too), group_sums (weight and
recorded_score of each group's subtotal); ``indicators`` group_points (those of its level-1 label), subgroup_points (those of its level-2 label), group_sum (the
number of its group's subtotal).
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from perfeval_xl.findings import Finding
from perfeval_xl.model import MONEY_FIELDS, Inputs, Table
from perfeval_xl.money import UNITS
from perfeval_xl.read.form.areas import Area, a1
from perfeval_xl.read.form.blocks import Fields
from perfeval_xl.read.form.form import FilledForm
from perfeval_xl.read.form.labels import meaning, without_points
from perfeval_xl.read.form.sums import group_sums, sum_fields
from perfeval_xl.read.form.values import FormReader, label_points
from perfeval_xl.read.indicators import split_reasons
from perfeval_xl.read.table.roles import Role
from perfeval_xl.read.table.values import Unusable, printed_place
from perfeval_xl.read.workbook.package import column_letters
from perfeval_xl.text import is_nothing, match_key

_PROJECT_NUMBERS = (
    *("stated_funding", "stated_goal", "stated_indicators", "stated_total", "row_total", "goal_deduction"),
    *("funding_points", "row_points", "goal_points", "indicator_points", "total_points"),
)
_NUMBERS = frozenset(
    {
        *MONEY_FIELDS,
        *_PROJECT_NUMBERS,
        "weight",
        "deduction",
        "recorded_score",
        "group_points",
        "subgroup_points",
        "group_sum",
        "table",
        "row",
    }
)
#: Whose points a label states → the field of the project.
_POINTS_OF = {"funding": "funding_points", "goal": "goal_points", "indicators": "indicator_points"}
_PARTS = ("stated_funding", "stated_goal", "stated_indicators")


def form_key(form: FilledForm) -> str:
    """What tells a form from every other: where it begins."""
    return f"{form.areas.grid.workbook}\n{form.areas.grid.sheet}\n{form.first + 1}\n{form.texts['project'].left}"


def inputs_of_forms(forms: Sequence[FilledForm], roles: Mapping[str, Role]) -> tuple[Inputs, list[Finding]]:
    """The frames of these forms, and what cannot be read in them (R106, R107)."""
    tables: list[Table] = []
    execution: list[dict[str, Any]] = []
    projects: list[dict[str, Any]] = []
    indicators: list[dict[str, Any]] = []
    findings: list[Finding] = []
    for number, form in enumerate(forms):
        name = form.texts["project"].text
        reader = FormReader(form.areas, form.amount_unit, form_key(form), name)
        own = {"unit": reader.unit, "project": name, "table": number, "unreadable": ",", "extra": {}}
        tables.append(_table(form))
        execution += _funding(form, reader, own)
        projects.append(_project(form, reader, own))
        indicators += _indicators(form, reader, own)
        findings += reader.findings
    none = pd.DataFrame()
    inputs = Inputs(
        files=(),
        tables=tuple(tables),
        execution=_frame(execution, [*roles["execution"].kinds, "total"]),
        projects=_frame(projects, [*roles["projects"].kinds, *_PROJECT_NUMBERS, "stated_unit", "form", "group_sums"]),
        indicators=split_reasons(
            _frame(indicators, [*roles["indicators"].kinds, "group_points", "subgroup_points", "group_sum"])
        ),
        merge_list=none,
        final_accounts=none,
        recipients=none,
        exceptions=none,
        report_info={},
        year=None,
    )
    return inputs, findings


def _frame(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> pd.DataFrame:
    names = dict.fromkeys([*columns, "unit", "project", "table", "row", "unreadable", "extra"])
    return pd.DataFrame(
        {
            name: pd.Series([row.get(name) for row in rows], dtype="Int64")
            if name in _NUMBERS
            else pd.Series([row.get(name, "") for row in rows], dtype=object)
            for name in names
        }
    )


def _table(form: FilledForm) -> Table:
    """The columns of the blocks of funds and indicators, and the cells of everything that stands once."""
    grid = form.areas.grid
    letters = {name: (column_letters(at),) for name, at in form.indicators.columns.items()}
    if both := letters.get("reason_improvement"):
        letters["reason"] = letters["improvement"] = both
    for row in form.funding[:1]:
        letters |= {
            name: (column_letters(area.left),)
            for name, area in row.fields.items()
            if name in (*MONEY_FIELDS, "stated_rate")
        }
        letters["name"] = letters["funding_source"] = (
            column_letters(max(0, min(area.left for area in row.fields.values()) - 1)),
        )
    amounts = [row.fields[name].value for row in form.funding for name in MONEY_FIELDS if name in row.fields]
    return Table(
        role="form",
        workbook=grid.workbook,
        sheet=grid.sheet,
        heading_row=form.first + 1,
        letters=letters,
        headings={},
        place=printed_place(amounts, UNITS[form.amount_unit]),
        fixed={name: tuple(a1(area) for area in areas) for name, areas in _standing_once(form).items()},
    )


def _standing_once(form: FilledForm) -> dict[str, tuple[Area, ...]]:
    """Field → its cell, and behind a total's the cells of its parts."""
    found = {
        name: area
        for source in (form.texts, form.goal, sum_fields(form.indicators, form.texts.get("stated_total")))
        for name, area in source.items()
    }
    total = next((row for row in form.funding if row.total), None)
    if total is not None:
        found |= {name: total.fields[name] for name in ("stated_funding", "deviation_reason") if name in total.fields}
        points = "row_points" if "funding" in form.points else "funding_points"
        found |= {points: total.fields["points"]} if "points" in total.fields else {}
    found |= {_POINTS_OF[part]: area for part, area in form.points.items()}
    cells: dict[str, tuple[Area, ...]] = {name: (area,) for name, area in found.items()}
    scores = tuple(row["recorded_score"] for row in form.indicators.rows if "recorded_score" in row)
    if "stated_indicators" in found:
        cells["stated_indicators"] = (found["stated_indicators"], *scores)
    for name in {"stated_total", "row_total"} & found.keys():
        parts = tuple(found[name] for name in _PARTS if name in found)
        cells[name] = (found[name], *parts, *(() if "stated_indicators" in found else scores))
    if total is not None and "stated_funding" in found:
        amounts = tuple(total.fields[name] for name in ("executed", "annual_budget") if name in total.fields)
        cells["stated_funding"] = (found["stated_funding"], *amounts)
    for number, group in enumerate(group_sums(form.indicators)):
        own = form.indicators.rows[group.first : group.behind]
        for name in group.fields:
            cells[f"{name}_sum{number}"] = (group.fields[name], *(row[name] for row in own if name in row))
    for field, text in (("reason", "deviation_reason"), ("improvement", "measures")):
        if text in form.texts and not {field, "reason_improvement"} & form.indicators.columns.keys():
            cells[field] = (form.texts[text],)
    return cells


def _funding(form: FilledForm, reader: FormReader, own: Mapping[str, Any]) -> list[dict[str, Any]]:
    rows = []
    for line in form.funding:
        row: dict[str, Any] = {
            **own,
            "level1_project": own["project"],
            "name": own["project"],
            "funding_source": "" if line.total else line.source,
            "total": line.total,
            "row": next(iter(line.fields.values())).top + 1,
        }
        for name, area in line.fields.items():
            if name in MONEY_FIELDS:
                row[name] = reader.figure(area, "amount")
        row["stated_rate"] = reader.figure(line.fields.get("stated_rate"), "rate")
        rows.append(row)
    return rows


def _project(form: FilledForm, reader: FormReader, own: Mapping[str, Any]) -> dict[str, Any]:
    once = {name: cells[0] for name, cells in _standing_once(form).items()}
    row: dict[str, Any] = {
        name: reader.words(area) for name, area in form.texts.items() if name not in _PROJECT_NUMBERS
    }
    row |= {
        name: reader.words(once[name]) for name in ("annual_goal", "goal_actual", "deviation_reason") if name in once
    }
    row |= {
        name: reader.figure(once[name], "points")
        for name in _PROJECT_NUMBERS
        if name in once and name not in _labelled(form)
    }
    row |= {name: label_points(once[name]) for name in _labelled(form)}
    unread = [name for name in _PROJECT_NUMBERS if row.get(name, 0) is None and not is_nothing(once[name].text)]
    grade = match_key(row.get("stated_grade", ""))
    return {
        **row,
        **own,
        "row": form.first + 1,
        "unreadable": ",".join(["", *unread, ""]),
        "stated_grade": meaning("grades", grade) or grade,
        "group_sums": tuple(
            {name: reader.figure(area, "points") for name, area in group.fields.items()}
            for group in group_sums(form.indicators)
        ),
        "stated_unit": next((row[name] for name in ("unit", "implementing_unit", "department") if row.get(name)), ""),
        "form": own["table"],
    }


def _labelled(form: FilledForm) -> list[str]:
    return [_POINTS_OF[part] for part in form.points]


def _indicators(form: FilledForm, reader: FormReader, own: Mapping[str, Any]) -> list[dict[str, Any]]:
    columns = form.indicators.columns
    alone = Counter(_group(fields) for fields in form.indicators.rows)
    given = {
        field: form.texts[text].text
        for field, text in (("reason", "deviation_reason"), ("improvement", "measures"))
        if text in form.texts and not {field, "reason_improvement"} & columns.keys()
    }
    sums = {
        at: number
        for number, group in enumerate(group_sums(form.indicators))
        for at in range(group.first, group.behind)
    }
    rows = []
    for at, fields in enumerate(form.indicators.rows):
        numbers = {
            name: reader.figure(fields[name], "points")
            for name in ("weight", "recorded_score", "deduction")
            if name in fields
        }
        words = {name: reader.words(area) for name, area in fields.items() if name not in numbers}
        row: dict[str, Any] = {**given, **words, **numbers, **own, "row": fields["content"].top + 1}
        row["level1"] = without_points(row.get("level1", ""))
        row["level2"] = without_points(row.get("level2", ""))
        row["group_points"] = label_points(fields.get("level1"))
        row["subgroup_points"] = label_points(fields.get("level2"))
        row["group_sum"] = sums.get(at)
        if "weight" not in fields and alone[_group(fields)] == 1:
            row["weight"] = row["group_points"]  # the only one of its group has all its points
        unread = [
            name
            for name, area in fields.items()
            if (numbers.get(name, "") is None and not is_nothing(area.text)) or isinstance(area.value, Unusable)
        ]
        row["unreadable"] = ",".join(["", *unread, ""])
        rows.append(row)
    return rows


def _group(fields: Fields) -> tuple[int, int]:
    level1 = fields.get("level1")
    return (level1.top, level1.left) if level1 is not None and level1.text else (-1, -1)
