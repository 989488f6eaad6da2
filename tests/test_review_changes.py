"""Every number on the sample's forms, changed one at a time: found at its cell, or listed as one that nothing contradicts."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from perfeval_xl.filled import FilledIn, check_forms, forms_of
from perfeval_xl.read.workbook.grid import Grid
from perfeval_xl.read.workbook.package import column_letters
from perfeval_xl.read.workbook.workbook import read_workbook
from perfeval_xl.record import replace
from tests.clean_sample import SAMPLE
from tests.workbooks import invoke

_NUMBER = re.compile(r"\d+(?:\.\d+)?")
#: Why nothing on a form contradicts another number → form → its cells.
SILENT: dict[str, dict[str, str]] = {
    "annex number, year and date stand for themselves": {f"1.{number}": "A1 A3 C4" for number in range(1, 6)},
    "words in which the year, or a count that no indicator names, stands": {
        "1.1": "E17 G20 G21", "1.2": "E17 G23", "1.3": "E17 G20 G21", "1.4": "E17 G24", "1.5": "E17 G26",
    },
    "a result on the same side of its target, without a weight on the form": {
        "1.1": "F20 F21 F22 F24 F26", "1.2": "F20 F22 F24", "1.3": "F20 F21 F22 F23 F25 F27",
        "1.4": "F22 F23 F25", "1.5": "F20 F21 F22 F23 F25 F28",
    },
}  # fmt: skip


def changed(value: Any) -> Any:
    """One more, or a tenth less of what is below one; of a text its first number. ``None`` where there is none."""
    if isinstance(value, str):
        number = _NUMBER.search(value)
        return value.replace(number[0], changed_digits(number[0]), 1) if number else None
    if isinstance(value, int | float) and not isinstance(value, bool):
        return type(value)(value * 0.9 if 0 < abs(value) < 1 else value + 1)
    return None


def changed_digits(digits: str) -> str:
    """One more, with as many decimals."""
    return f"{float(digits) + 1:.{len(digits.partition('.')[2])}f}"


def changes(grid: Grid) -> Iterator[tuple[str, Grid]]:
    """Each cell with a number, and the sheet with that number changed."""
    for row, cells in enumerate(grid.cells):
        for column, value in enumerate(cells):
            if (other := changed(value)) is not None:
                page = [list(line) for line in grid.cells]
                page[row][column] = other
                cell = f"{column_letters(column)}{row + 1}"
                yield cell, replace(grid, cells=page, sheet=cell)


def said(form: FilledIn) -> set[tuple[str, str, tuple[str, ...]]]:
    """What is told of a form, without the sheet."""
    return {(one.code, one.message, tuple(cell.cell for cell in one.sources)) for one in form.findings}


@pytest.fixture(scope="module")
def sample_forms(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Grid]:
    """The sample's forms by their number."""
    results: Path = tmp_path_factory.mktemp("结果")
    invoke("run", SAMPLE, "-o", results, "--no-report")
    forms = sorted(results.glob("附件*.xlsx"))
    return {file.name[2:5]: read_workbook(file.read_bytes(), file.name)[0] for file in forms}


def test_every_changed_number_is_found_or_listed(sample_forms: dict[str, Grid]) -> None:
    silent, made = set(), 0
    for number, grid in sample_forms.items():
        cells, grids = zip(*changes(grid), strict=True)
        checked = check_forms([form for page in (grid, *grids) for form in forms_of(page)])
        assert len(checked) == 1 + len(cells)
        before = said(checked[0])
        made += len(cells)
        for cell, form in zip(cells, checked[1:], strict=True):
            if not any(cell in sources for _, _, sources in said(form) - before):
                silent.add((number, cell))
    assert made > 190
    listed = {(number, cell) for forms in SILENT.values() for number, cells in forms.items() for cell in cells.split()}
    assert silent == listed
