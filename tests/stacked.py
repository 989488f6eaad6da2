"""Many small years worked in one folder, each as a unit of its own: a check costs the same for one year as for a hundred."""

import copy
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from perfeval_xl.findings import Cell, Finding
from perfeval_xl.pipeline import evaluate
from perfeval_xl.record import replace
from perfeval_xl.settings import Settings
from tests.faults import ABOVE, EXECUTION, FINAL
from tests.workbooks import Sheets, clean_year, perfeval, workbook_of, write_folder

UNIT = "预算单位"
#: The unit of the clean year.
NAME = "某区图书馆"
#: The rows of the big folder: sheet and row → the unit and the row in its own year.
Places = dict[tuple[str, str], tuple[str, int]]


def can_be_stacked(year: Sheets) -> bool:
    """Whether it has the clean year's tables under their headings, of details alone: a total or a blank name is of a whole table."""
    clean = clean_year()
    return (
        year.keys() == clean.keys()
        and all(year[sheet][:above] == clean[sheet][:above] for sheet, above in ABOVE.items())
        and all(row[0] == NAME for row in year[EXECUTION][ABOVE[EXECUTION] :])
        and all(row[0] and row[3] for row in year[FINAL][ABOVE[FINAL] :])
    )


def findings_of_each(years: Sequence[Sheets], folder: Path) -> list[list[Finding]]:
    """What is said of each year, at the cells where it would be said of that year alone."""
    sheets, places = _stacked(years)
    evaluation = evaluate(write_folder(folder, sheets), Settings())
    units = [_unit_of(number) for number in range(len(years))]
    assert set(evaluation.units) == set(units)
    told: dict[str, list[Finding]] = {unit: [] for unit in units}
    for finding in evaluation.findings:
        # What a table as a whole says belongs to the row that it names.
        owner = finding.unit or places[_place(finding.sources[0])][0]
        own = tuple(_in_its_year(cell, places) for cell in finding.sources)
        told[owner].append(replace(finding, sources=own))
    return list(told.values())


def check_each(tables: Sequence[list[list[Any]]], folder: Path) -> list[dict[str, Any]]:
    """``check`` of clean years with other execution tables, each table in a workbook of its own: a manifest for each."""
    units = [_unit_of(number) for number in range(len(tables))]
    sheets, _ = _stacked([clean_year()] * len(tables))
    del sheets[EXECUTION]
    write_folder(folder, sheets)
    for unit, rows in zip(units, tables, strict=True):
        renamed = [[cell.replace(NAME, unit) if isinstance(cell, str) else cell for cell in row] for row in rows]
        (folder / f"{unit}.xlsx").write_bytes(workbook_of(EXECUTION, renamed))
    _, manifest = perfeval("check", folder)
    told: dict[str, dict[str, Any]] = {unit: {"units": [], "findings": []} for unit in units}
    for worked in manifest["units"]:
        told[worked["unit"]]["units"].append(worked)
    for finding in manifest["findings"]:
        books = [source["workbook"].removesuffix(".xlsx") for source in finding["sources"]]
        told[next((book for book in books if book in told), finding["unit"])]["findings"].append(finding)
    return list(told.values())


def _unit_of(number: int) -> str:
    return f"第{number}馆"


def _stacked(years: Sequence[Sheets]) -> tuple[Sheets, Places]:
    """The years under each other, each under a unit of its own, and where each row came from."""
    clean = clean_year()
    together = {sheet: copy.deepcopy(clean[sheet][: ABOVE[sheet]]) for sheet in clean}
    own = {sheet: UNIT not in rows[-1] for sheet, rows in together.items()}
    for sheet, rows in together.items():
        rows[-1] += [UNIT] if own[sheet] else []
    places: Places = {}
    for number, year in enumerate(years):
        unit = _unit_of(number)
        for sheet, rows in year.items():
            for at, row in enumerate(rows[ABOVE[sheet] :], ABOVE[sheet] + 1):
                together[sheet].append([*row, unit] if own[sheet] else [unit, *row[1:]])
                places[sheet, str(len(together[sheet]))] = (unit, at)
    return together, places


def _place(cell: Cell) -> tuple[str, str]:
    """Its sheet and row."""
    return cell.sheet, cell.cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")


def _in_its_year(cell: Cell, places: Places) -> Cell:
    sheet, row = _place(cell)
    return (
        cell._replace(cell=f"{cell.cell.removesuffix(row)}{places[sheet, row][1]}") if (sheet, row) in places else cell
    )
