"""The published year put right: nothing is said of it, and each correction was needed."""

import shutil
from pathlib import Path

import openpyxl
import pytest
from openpyxl import Workbook

from tests.clean_sample import CORRECTIONS, INDICATORS, SAMPLE, write_clean_sample
from tests.workbooks import codes_of, perfeval


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_clean_sample(tmp_path_factory.mktemp("clean") / "2019")


def test_a_year_put_right_gives_no_finding(clean: Path) -> None:
    status, manifest = perfeval("check", clean, "--strict")
    assert (status, manifest["findings"]) == (0, [])
    assert [project["grade"] for project in manifest["units"][0]["projects"]] == ["优"] * 5


@pytest.fixture(scope="module")
def published() -> Workbook:
    return openpyxl.load_workbook(SAMPLE / INDICATORS, data_only=True)


@pytest.mark.parametrize(
    ("sheet", "cell", "codes"),
    [
        ("项目信息", "E6", ["M206"]),
        ("项目信息", "G3", ["C401"]),
        ("项目信息", "G4", ["C404"]),
        ("项目信息", "H5", ["C402"]),
        ("项目信息", "G7", ["C401"]),
        ("项目信息", "L5", ["C408"]),
        ("绩效指标", "L10", ["S309"]),
        ("绩效指标", "C18", ["C409"]),
        ("绩效指标", "G14", ["C405"]),
        ("绩效指标", "M23", ["C407"]),
        ("绩效指标", "F31", ["S311"]),
        ("绩效指标", "M34", ["C405"]),
        ("绩效指标", "J16", ["S305", "S314", "C405"]),
    ],
)
def test_the_published_cell_alone_is_found(
    clean: Path, published: Workbook, sheet: str, cell: str, codes: list[str], tmp_path: Path
) -> None:
    shutil.copytree(clean, tmp_path / "2019")
    book = openpyxl.load_workbook(tmp_path / "2019" / INDICATORS)
    assert book[sheet][cell].value != published[sheet][cell].value
    book[sheet][cell] = published[sheet][cell].value
    book.save(tmp_path / "2019" / INDICATORS)
    _, manifest = perfeval("check", tmp_path / "2019")
    assert sorted(codes_of(manifest)) == sorted(codes)
    assert {source["cell"] for finding in manifest["findings"] for source in finding["sources"]} >= {cell}


def test_every_correction_changes_what_was_published() -> None:
    for (workbook, sheet), cells in CORRECTIONS.items():
        page = openpyxl.load_workbook(SAMPLE / workbook, data_only=True)[sheet]
        assert [cell for cell, value in cells.items() if page[cell].value == value] == []
