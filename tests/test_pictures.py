"""The pictures show what the program writes now; comparing needs no LibreOffice."""

import json
from pathlib import Path

import openpyxl
import pytest

from tests.drawing import draw_form
from tests.render_pictures import FOLDER, PICTURES, ROOT, SOURCES, digests, run_sample
from tests.workbooks import perfeval


def test_the_pictures_are_not_stale(tmp_path: Path) -> None:
    drawn = json.loads(SOURCES.read_text(encoding="utf-8"))
    now = digests(tmp_path, run_sample(tmp_path))
    stale = [name for name in now if drawn.get(name) != now[name]]
    assert not stale, f"{stale} show another state of the program: run python -m tests.render_pictures"


@pytest.mark.parametrize("name", ["form.png", "summary.png", "terminal.png"])
def test_the_pictures_are_small_and_shown(name: str) -> None:
    assert (PICTURES / name).stat().st_size < 150_000
    for page in ("README.md", "README.zh-CN.md"):
        assert f"(docs/images/{name})" in (ROOT / page).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["drawing.png", "drawn.png"])
def test_the_page_about_forms_shows_its_form(name: str) -> None:
    assert (PICTURES / name).stat().st_size < 100_000
    assert f"(images/{name})" in (ROOT / "docs" / "forms.md").read_text(encoding="utf-8")


def test_the_form_of_the_page_can_be_drawn_and_filled(tmp_path: Path) -> None:
    _, manifest = perfeval(
        "run", ROOT / FOLDER, "--scheme", draw_form(tmp_path / "我的方案"), "--no-report", "-o", tmp_path / "out"
    )
    assert "O502" not in {finding["code"] for finding in manifest["findings"]}
    project = manifest["units"][0]["projects"][0]
    path = tmp_path / "out" / project["form"]
    sheet, stored = (openpyxl.load_workbook(path, data_only=values).worksheets[0] for values in (False, True))
    last = 7 + len(project["indicators"]) - 1
    assert sheet["A1"].value == "2019年度“部门工作保障经费”绩效自评表"
    assert [sheet[f"{column}{last + 1}"].value for column in "EF"] == [
        f"=SUM({column}7:{column}{last})" for column in "EF"
    ]
    assert [stored[f"{column}{last + 1}"].value for column in "EF"] == [60, float(project["scores"]["indicators"])]
    assert [sheet[f"{column}{last + 2}"].value for column in "EF"] == [project["grade"], float(project["total_score"])]
    assert stored["B5"].value * 10_000 == float(project["annual_budget"])
