"""The published year: every figure of the report, to the cent, from the sample workbooks."""

import hashlib
import io
import json
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from perfeval_xl.pipeline import evaluate
from perfeval_xl.record import names_of
from perfeval_xl.settings import Settings
from tests.workbooks import perfeval

ROOT = Path(__file__).parents[1]
SAMPLE = ROOT / "sample_workbooks" / "hongshan-2019"
PUBLISHED = json.loads((ROOT / "tests" / "published_2019.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    folder = tmp_path_factory.mktemp("year") / "2019"
    shutil.copytree(SAMPLE, folder, ignore=shutil.ignore_patterns("自评结果"))
    status, manifest = perfeval("run", folder)
    assert status == 0
    return folder / "自评结果", manifest


def test_projects_equal_the_published_ones(done: tuple[Path, dict[str, Any]]) -> None:
    unit = done[1]["units"][0]
    assert unit["unit"] == "武汉市公安局洪山区分局"
    for project, published in zip(unit["projects"], PUBLISHED["projects"], strict=True):
        for field in (
            "number",
            "project",
            "annual_budget",
            "executed",
            "execution_rate",
            "scores",
            "total_score",
            "grade",
        ):
            assert project[field] == published[field], field
        assert project["final_accounts"] == published["executed"]
        assert {
            source["source"]: [source["annual_budget"], source["executed"]] for source in project["funding"]
        } == published["funding"]
        indicators = [
            [row[name] for name in ("content", "target", "actual", "weight", "self_score")]
            for row in project["indicators"]
        ]
        assert indicators == published["indicators"]


def test_totals_equal_the_published_ones(done: tuple[Path, dict[str, Any]]) -> None:
    assert done[1]["units"][0]["summary"] == {
        "annual_budget": "369770600.00",
        "executed": "369277300.00",
        "execution_rate": "99.87",
    }
    assert (PUBLISHED["summary"]["budget_wan"], PUBLISHED["summary"]["executed_wan"]) == ("36977.06", "36927.73")


def test_the_published_contradictions_are_named(done: tuple[Path, dict[str, Any]]) -> None:
    findings = done[1]["findings"]
    numbers = {project["project"]: project["number"] for project in done[1]["units"][0]["projects"]}
    places: dict[str, list[str]] = {}
    for finding in findings:
        places.setdefault(finding["code"], []).append(numbers.get(finding["project"], ""))
    assert {code: sorted(found) for code, found in places.items()} == {
        "M206": ["1.4"],
        "M217": ["1.1"],
        "S305": ["1.1"] * 3 + ["1.2"] * 2 + ["1.3"] * 2 + ["1.4", "1.5"],
        "S309": ["1.2"] * 2,
        "S311": ["1.1"] * 5 + ["1.2"] * 4 + ["1.3"] * 6 + ["1.4"] * 6 + ["1.5"] * 8,
        "C401": ["1.5"],
        "C402": ["1.3"],
        "C403": ["1.1"] * 2 + ["1.4", "1.5"],
        "C404": ["1.2"] + ["1.4"] * 2,
        "C405": ["1.2", "1.5"],
        "C406": ["1.4", "1.5"],
        "C407": ["1.3", "1.4", "1.5"],
        "C408": ["1.1"] * 3 + ["1.2"] * 3 + ["1.3"] * 2 + ["1.4", "1.5"],
        "C409": ["1.3"],
        "C411": [""],
    }
    assert {finding["severity"] for finding in findings} == {"warning", "info"}
    said = {(finding["code"], finding["subject"]): finding["actual"] for finding in findings}
    assert said["C404", "场所修缮完成数量"] == "7处"
    assert said["C404", "视频监控图像完好率"] == "扣2分"
    assert (said["C405", "新建车检站数量"], said["C405", "成本支出变动率"]) == ("9个", "0.5%")
    rules = {
        finding["subject"]: (finding["expected"], finding["actual"])
        for finding in findings
        if finding["code"] == "S305"
    }
    assert rules["队伍建设培训次数"] == ("6.40", "6.00")
    assert rules["禁毒宣传次数"] == ("4.96", "3.00")


def test_strict_makes_warnings_count() -> None:
    assert perfeval("check", SAMPLE, "--strict")[0] == 1


def test_forms_carry_every_published_figure(done: tuple[Path, dict[str, Any]]) -> None:
    results, manifest = done
    for project, published in zip(manifest["units"][0]["projects"], PUBLISHED["projects"], strict=True):
        assert project["form"] == f"附件{project['number']} {project['project']}项目支出绩效自评表.xlsx"
        sheet = openpyxl.load_workbook(results / project["form"]).worksheets[0]
        cells = [cell.value for row in sheet.iter_rows() for cell in row if cell.value not in (None, "")]
        numbers = {f"{cell:.4f}" for cell in cells if isinstance(cell, int | float)}
        scores = [project["total_score"], *project["scores"].values(), *(row[4] for row in published["indicators"])]
        amounts = [amount for pair in published["funding"].values() for amount in pair]
        expected = [float(text) for text in [*scores, *amounts]] + [float(project["execution_rate"]) / 100]
        assert not {f"{number:.4f}" for number in expected} - numbers
        texts = [cell for cell in cells if isinstance(cell, str)]
        for content, target, actual, _, _ in published["indicators"]:
            assert {content, target, actual} <= set(texts)
        for level1, points in published["level1"].items():
            assert f"{level1}（{float(points):g}分）" in texts
        assert not [text for text in texts if "{{" in text]


def test_the_same_inputs_give_the_same_bytes(done: tuple[Path, dict[str, Any]]) -> None:
    results, _ = done
    before = {path.name: path.read_bytes() for path in results.iterdir()}
    assert perfeval("run", results.parent)[0] == 0
    assert {path.name: path.read_bytes() for path in results.iterdir()} == before


def test_file_names_do_not_matter(done: tuple[Path, dict[str, Any]], tmp_path: Path) -> None:
    for number, path in enumerate(sorted(SAMPLE.glob("*.xlsx"), reverse=True)):
        shutil.copy(path, tmp_path / f"新建 工作簿({number}).xlsx")
    status, manifest = perfeval("run", tmp_path)
    assert status == 0
    assert manifest["units"] == done[1]["units"]


def test_the_manifest_lists_what_was_written(done: tuple[Path, dict[str, Any]]) -> None:
    results, manifest = done
    assert json.loads((results / "manifest.json").read_text(encoding="utf-8")) == manifest
    assert {path.name for path in results.iterdir()} == {output["path"] for output in manifest["outputs"]} | {
        "manifest.json"
    }
    for output in manifest["outputs"]:
        assert hashlib.sha256((results / output["path"]).read_bytes()).hexdigest() == output["sha256"]
    assert sorted(output["kind"] for output in manifest["outputs"]) == ["form"] * 5 + ["report", "summary"]
    assert [sorted(file["roles"]) for file in manifest["inputs"]] == [
        ["indicators", "projects", "report_info"],
        ["final_accounts"],
        ["execution"],
    ]


def test_other_parts_of_the_template_arrive_unchanged(done: tuple[Path, dict[str, Any]]) -> None:
    template = zipfile.ZipFile(ROOT / "templates" / "hongshan-2019" / "form.xlsx")
    form = zipfile.ZipFile(io.BytesIO((done[0] / done[1]["units"][0]["projects"][0]["form"]).read_bytes()))
    assert set(template.namelist()) == set(form.namelist())
    changed = [name for name in template.namelist() if template.read(name) != form.read(name)]
    assert changed == ["xl/worksheets/sheet1.xml"]


def test_each_form_prints_on_one_page_with_nothing_cut(done: tuple[Path, dict[str, Any]], tmp_path: Path) -> None:
    if not (shutil.which("soffice") and shutil.which("pdftotext")):
        pytest.skip("LibreOffice or pdftotext is not installed")
    forms = sorted(map(str, done[0].glob("附件*.xlsx")))
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), *forms]
    subprocess.run(command, check=True, capture_output=True, timeout=100)
    for project in done[1]["units"][0]["projects"]:
        page = (tmp_path / project["form"]).with_suffix(".pdf")
        text = subprocess.run(["pdftotext", "-layout", str(page), "-"], check=True, capture_output=True).stdout.decode()
        assert text.count("\f") == 1
        assert "###" not in text
        amounts = [f"{float(project[name]):,.2f}" for name in ("annual_budget", "executed")]
        for figure in [*amounts, f"{project['execution_rate']}%", project["total_score"], *project["scores"].values()]:
            assert figure in text


def test_texts_of_every_frame_are_objects() -> None:
    """pandas makes plain lists a dtype of its own, whose values take ten times as long to come out."""
    evaluation = evaluate(SAMPLE, Settings())
    frames = [getattr(part, name) for part in (evaluation, evaluation.inputs) for name in names_of(part)]
    columns = [column for frame in frames if isinstance(frame, pd.DataFrame) for _, column in frame.items()]
    assert {column.name for column in columns if column.dtype == "str" or column.dtype == "string"} == set()
