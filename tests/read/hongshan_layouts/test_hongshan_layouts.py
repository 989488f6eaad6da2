"""The published year in the layouts that others send it in: the same figures to the fen as from the sample."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.read.books import CONVERTED, CORPUS, write_layout
from tests.read.hongshan_layouts.layouts import LAYOUTS, SAMPLE, UNIT
from tests.workbooks import perfeval

WRITTEN = [name for name in LAYOUTS if name not in CONVERTED]
#: What the layout itself says in other cells.
OTHERWISE = {"targets": ("target", "actual")}


@pytest.fixture(scope="module")
def published() -> list[dict[str, Any]]:
    units: list[dict[str, Any]] = perfeval("check", SAMPLE)[1]["units"]
    return units


def compared(units: list[dict[str, Any]], without: tuple[str, ...]) -> list[dict[str, Any]]:
    copy: list[dict[str, Any]] = json.loads(json.dumps(units))
    for unit in copy:
        for project in unit["projects"]:
            project["funding"].sort(key=lambda source: source["source"])
            for indicator in project["indicators"]:
                for name in without:
                    indicator[name] = ""
    return copy


def check_layout(name: str, folder: Path, published: list[dict[str, Any]]) -> None:
    status, manifest = perfeval("check", folder)
    assert [one for one in manifest["findings"] if one["severity"] == "error"] == []
    assert {one["code"] for one in manifest["findings"] if one["code"].startswith("R")} <= {"R108"}
    assert status == 0
    own = [unit for unit in manifest["units"] if unit["unit"] == UNIT]
    without = OTHERWISE.get(name, ())
    assert compared(own, without) == compared(published, without)


@pytest.mark.parametrize("name", WRITTEN)
def test_a_layout_reads_as_the_sample(name: str, tmp_path: Path, published: list[dict[str, Any]]) -> None:
    check_layout(name, write_layout(tmp_path, LAYOUTS[name]()), published)


@pytest.mark.parametrize("name", CONVERTED)
def test_a_committed_layout_reads_as_the_sample(name: str, published: list[dict[str, Any]]) -> None:
    assert {path.suffix for path in (CORPUS / name).iterdir()} == {LAYOUTS[name]().suffix}
    check_layout(name, CORPUS / name, published)


@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed; the committed files are read")
@pytest.mark.parametrize("name", CONVERTED)
def test_a_layout_converted_here_reads_as_the_sample(
    name: str, tmp_path: Path, published: list[dict[str, Any]]
) -> None:
    check_layout(name, write_layout(tmp_path, LAYOUTS[name]()), published)


def test_the_other_unit_has_its_own(tmp_path: Path) -> None:
    _, manifest = perfeval("check", write_layout(tmp_path, LAYOUTS["two_units"]()))
    other = next(unit for unit in manifest["units"] if unit["unit"] != UNIT)
    assert other["summary"] == {"annual_budget": "300000.00", "executed": "299999.99", "execution_rate": "100.00"}
