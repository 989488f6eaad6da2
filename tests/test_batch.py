"""A folder of unit folders: each worked by itself, one overview of all; the same overview for one table of many units."""

import json
import shutil
from pathlib import Path
from typing import Any
from unittest.mock import patch

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from perfeval_xl import pipeline
from perfeval_xl.read.folder import read_folder
from perfeval_xl.scheme import templates_folder
from perfeval_xl.task import Task
from tests.test_cli import two_units
from tests.workbooks import Sheets, clean_year, codes_of, invoke, perfeval, put, write_folder

ALL = "全部单位汇总表.xlsx"


def year_of(unit: str) -> Sheets:
    """The clean year under another unit's name."""
    return {
        title: [[unit if cell == "某区图书馆" else cell for cell in row] for row in rows]
        for title, rows in clean_year().items()
    }


def without_indicators(unit: str) -> Sheets:
    return {title: rows for title, rows in year_of(unit).items() if title != "绩效指标"}


def batch(folder: Path, **units: Sheets) -> Path:
    for name, sheets in units.items():
        write_folder(folder / name, sheets)
    return folder


def files_below(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def sheet_rows(path: Path, sheet: str) -> list[list[Any]]:
    return CalamineWorkbook.from_path(path).get_sheet_by_name(sheet).to_python()


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_each_unit_is_worked_by_itself_and_a_broken_one_stops_nobody(jobs: str, tmp_path: Path) -> None:
    batch(tmp_path, 甲馆=year_of("甲图书馆"), 乙馆=year_of("乙图书馆"), 坏馆=without_indicators("坏图书馆"))
    status, manifest = perfeval("run", tmp_path, "--jobs", jobs)
    results = tmp_path / "自评结果"
    assert (status, manifest["year"], manifest["scheme"]) == (1, 2024, "hongshan-2019")
    assert [unit["unit"] for unit in manifest["units"]] == ["乙图书馆", "甲图书馆"]
    assert [(found["code"], found["unit"]) for found in manifest["findings"]] == [("R112", "坏馆")]
    assert {"../乙馆/0.xlsx", "../坏馆/0.xlsx", "../甲馆/3.xlsx"} < {file["path"] for file in manifest["inputs"]}
    assert sorted(path.name for path in results.iterdir()) == sorted(["manifest.json", ALL, "乙图书馆", "甲图书馆"])
    assert {output["path"] for output in manifest["outputs"]} == {
        path for path in files_below(results) if not path.endswith("manifest.json")
    }
    assert [output["kind"] for output in manifest["outputs"] if output["path"] == ALL] == ["summary"]


def test_a_unit_gets_what_it_would_get_alone(tmp_path: Path) -> None:
    batch(tmp_path / "批", 甲馆=year_of("甲图书馆"), 乙馆=year_of("乙图书馆"))
    alone = shutil.copytree(tmp_path / "批" / "甲馆", tmp_path / "甲馆")
    assert perfeval("run", tmp_path / "批")[0] == perfeval("run", alone)[0] == 0
    own, single = files_below(tmp_path / "批" / "自评结果" / "甲图书馆"), files_below(alone / "自评结果")
    assert own.keys() == single.keys()
    assert {path for path in own if own[path] != single[path]} == {"绩效自评汇总表.xlsx", "manifest.json"}
    first, second = (json.loads(files["manifest.json"]) for files in (own, single))
    assert first["units"] == second["units"]
    assert [file["path"] for file in first["inputs"]] == [f"../../甲馆/{number}.xlsx" for number in range(4)]
    assert [file["path"] for file in second["inputs"]] == [f"../{number}.xlsx" for number in range(4)]
    book = openpyxl.load_workbook(tmp_path / "批" / "自评结果" / "甲图书馆" / "绩效自评汇总表.xlsx")
    links = {str(cell.hyperlink.target) for row in book["预算执行对账"] for cell in row if cell.hyperlink}
    assert any(link.startswith("../../甲馆/0.xlsx") for link in links)


def test_findings_name_the_workbook_below_the_batch(tmp_path: Path) -> None:
    sheets = year_of("甲图书馆")
    put("预算执行情况", 0, "全年执行数", "不详")(sheets)
    batch(tmp_path, 甲馆=sheets, 乙馆=year_of("乙图书馆"))
    _, manifest = perfeval("run", tmp_path)
    assert {source["workbook"] for found in manifest["findings"] for source in found["sources"]} == {"甲馆/0.xlsx"}
    assert {found["unit"] for found in manifest["findings"]} == {"甲图书馆"}
    own = json.loads((tmp_path / "自评结果" / "甲图书馆" / "manifest.json").read_text(encoding="utf-8"))
    assert {source["workbook"] for found in own["findings"] for source in found["sources"]} == {"0.xlsx"}
    assert own["units"] == [manifest["units"][1]]


def test_equal_unit_names_get_a_suffix_but_not_on_the_form(tmp_path: Path) -> None:
    batch(tmp_path, 东=year_of("图书馆"), 西=year_of("图书馆"))
    status, manifest = perfeval("run", tmp_path)
    assert (status, [unit["unit"] for unit in manifest["units"]]) == (0, ["图书馆", "图书馆-2"])
    second = tmp_path / "自评结果" / "图书馆-2"
    assert json.loads((second / "manifest.json").read_text(encoding="utf-8"))["units"] == [manifest["units"][1]]
    form = openpyxl.load_workbook(second / manifest["units"][1]["projects"][0]["form"]).worksheets[0]
    assert "图书馆-2" not in str([cell.value for row in form.iter_rows() for cell in row])
    shutil.rmtree(tmp_path / "西")
    assert perfeval("run", tmp_path)[0] == 0
    assert not second.exists()


@pytest.mark.parametrize(
    ("broken", "status"),
    [({"甲馆": "year"}, 1), ({"甲馆": "year", "乙馆": "year"}, 2), ({"甲馆": "year", "乙馆": "R112"}, 3)],
)
def test_exit_codes(broken: dict[str, str], status: int, tmp_path: Path) -> None:
    for name in ("甲馆", "乙馆"):
        sheets = without_indicators(name) if broken.get(name) == "R112" else year_of(name)
        if broken.get(name) == "year":
            sheets["预算执行情况"][0] = ["执行情况表"]
        write_folder(tmp_path / name, sheets)
    for command in ("run", "check"):
        result = invoke(command, tmp_path, "--format", "json")
        assert (result.exit_code, bool(result.stdout)) == (status, status != 2)
        assert "甲馆：不知道是哪一年的自评" in result.stderr
    assert (tmp_path / "自评结果").exists() == (status == 1)


def test_settings_of_the_unit_over_those_of_the_batch(tmp_path: Path) -> None:
    batch(tmp_path, 甲馆=year_of("甲馆"), 乙馆=year_of("乙馆"))
    (tmp_path / "perfeval.toml").write_text('year = 2022\nscheme = "没有"\n', encoding="utf-8")
    result = invoke("check", tmp_path)
    assert (result.exit_code, result.stderr.count("没有名为“没有”的方案")) == (2, 1)
    shutil.copytree(Path(__file__).parents[1] / "templates" / "hongshan-2019", tmp_path / "方案" / "本区")
    (tmp_path / "perfeval.toml").write_text('year = 2022\nscheme = "方案/本区"\n', encoding="utf-8")
    (tmp_path / "甲馆" / "perfeval.toml").write_text('year = 2023\nscheme = "hongshan-2019"\n', encoding="utf-8")
    assert perfeval("check", tmp_path)[1]["year"] is None
    perfeval("run", tmp_path)
    for unit, year, scheme in (("甲馆", 2023, "hongshan-2019"), ("乙馆", 2022, "本区")):
        own = json.loads((tmp_path / "自评结果" / unit / "manifest.json").read_text(encoding="utf-8"))
        assert (own["year"], own["scheme"]) == (year, scheme)
    assert perfeval("check", tmp_path, "--year", 2021)[1]["year"] == 2021


def test_results_and_hidden_folders_are_no_units_and_a_second_run_gives_the_same_bytes(tmp_path: Path) -> None:
    folder = batch(tmp_path / "批", 甲馆=year_of("甲馆"), 乙馆=year_of("乙馆"), **{".旧": year_of("旧馆")})
    (folder / "空").mkdir()
    assert perfeval("run", folder)[0] == perfeval("run", folder, "--out", folder / "报送")[0] == 0
    first = files_below(folder)
    status, manifest = perfeval("run", folder)
    assert (status, [unit["unit"] for unit in manifest["units"]]) == (0, ["乙馆", "甲馆"])
    perfeval("run", folder, "--out", folder / "报送")
    assert files_below(folder) == first
    for place in (folder, folder / "甲馆"):
        assert invoke("run", folder, "--out", place).exit_code == 2


def test_a_scheme_beside_its_units_is_no_unit(tmp_path: Path) -> None:
    folder = batch(tmp_path / "批", 甲馆=year_of("甲馆"), 乙馆=year_of("乙馆"))
    shutil.copytree(templates_folder() / "hongshan-2019", folder / "本区方案")
    (folder / "perfeval.toml").write_text('scheme = "本区方案"\n', encoding="utf-8")
    _, manifest = perfeval("run", folder, "--no-report")
    assert (manifest["scheme"], len(manifest["units"])) == ("本区方案", 2)


def test_one_unit_is_written_before_the_next_is_read(tmp_path: Path) -> None:
    batch(tmp_path, 甲馆=year_of("甲馆"), 乙馆=year_of("乙馆"))
    seen: list[tuple[str, bool]] = []
    read = read_folder

    def spy(folder: Path, *more: Any) -> Any:
        seen.append((folder.name, (tmp_path / "自评结果" / "乙馆" / "manifest.json").is_file()))
        return read(folder, *more)

    with patch.object(pipeline, "read_folder", spy):
        perfeval("run", tmp_path)
    assert seen == [("乙馆", False), ("甲馆", True)]


def test_the_overview_of_all_units(tmp_path: Path) -> None:
    sheets = year_of("甲馆")
    put("预算执行情况", 0, "全年执行数", "不详")(sheets)
    batch(tmp_path, 丙馆=without_indicators("丙馆"), 乙馆=year_of("乙馆"), 甲馆=sheets)
    perfeval("run", tmp_path)
    path = tmp_path / "自评结果" / ALL
    rows = sheet_rows(path, "项目汇总")
    assert rows[3][:8] == ["乙馆", "1.1", "读者服务", 43, 41.999999, 0.9767, 94.53, "优"]
    withheld = next(row for row in rows if row[0] == "甲馆")
    assert withheld[3:8] == [43, "未知", "未知", "未知", "未知"]
    assert withheld[10] == "暂不生成"
    assert rows[-1][:6] == ["合计", "", "", "未知", "未知", "未知"]
    units = {row[0]: row for row in sheet_rows(path, "单位汇总")}
    assert units["丙馆"][1:5] == [0, "未知", "未知", "未知"]
    assert "没有可用的绩效指标表" in units["丙馆"][10]
    assert units["乙馆"][1:9] == [2, 55, 53.399999, 0.9709, 2, 0, 0, 0]
    assert units["合计"][5:7] == [3, 1]
    formulas = openpyxl.load_workbook(path)
    assert formulas["单位汇总"]["C5"].value == "=SUM('项目汇总'!D4:D5)"
    link = formulas["项目汇总"]["K4"].hyperlink
    assert link
    assert (path.parent / str(link.target).replace("%20", " ").replace("\\", "/")).is_file()


def test_live_totals_carry_their_values(tmp_path: Path) -> None:
    perfeval("run", batch(tmp_path, 甲馆=year_of("甲馆"), 乙馆=year_of("乙馆")))
    path = tmp_path / "自评结果" / ALL
    assert sheet_rows(path, "项目汇总")[-1][3:6] == sheet_rows(path, "单位汇总")[-1][2:5] == [110, 106.799998, 0.9709]
    book = openpyxl.load_workbook(path)
    assert [cell.value for cell in book["项目汇总"][8]][3:6] == ["=SUM(D4:D7)", "=SUM(E4:E7)", "=ROUND(E8/D8,4)"]
    assert [cell.value for cell in book["单位汇总"][6]][2:5] == ["=SUM(C4:C5)", "=SUM(D4:D5)", "=ROUND(D6/C6,4)"]


def test_the_terminal_shows_a_line_per_unit(tmp_path: Path) -> None:
    batch(tmp_path, 甲馆=year_of("甲馆"), 乙馆=year_of("乙馆"), 坏馆=without_indicators("坏馆"))
    result = invoke("run", tmp_path)
    lines = {line.split("|")[0].strip(): line for line in result.stdout.splitlines() if " | " in line}
    assert [part.strip() for part in lines["甲馆"].split("|")] == [
        "甲馆",
        "2",
        "55.00",
        "53.40",
        "2",
        "0",
        "0",
        "0",
    ]
    assert "未知" in lines["坏馆"]
    assert "未知" in lines["合计"]
    assert "生成自评表 4 份；错误 1 项" in result.stdout
    shown = invoke("check", tmp_path)
    assert "【坏馆】" in shown.stdout
    assert shown.exit_code == 1


def test_one_table_of_many_units_gets_the_same_overview(tmp_path: Path) -> None:
    _, manifest = perfeval("run", write_folder(tmp_path, two_units()))
    assert ALL in {output["path"] for output in manifest["outputs"]}
    assert [row[0] for row in sheet_rows(tmp_path / "自评结果" / ALL, "单位汇总")[3:]] == [
        "某区图书馆",
        "某区文化馆",
        "合计",
    ]
    assert "合计" in invoke("run", tmp_path).stdout


def test_a_table_of_many_units_in_a_batch(tmp_path: Path) -> None:
    batch(tmp_path, 甲=two_units(), 乙=year_of("某区文化馆"))
    _, manifest = perfeval("run", tmp_path)
    assert [unit["unit"] for unit in manifest["units"]] == ["某区文化馆", "某区图书馆", "某区文化馆-2"]


def test_a_folder_without_anything_is_no_batch(tmp_path: Path) -> None:
    (tmp_path / "空").mkdir()
    status, manifest = perfeval("run", tmp_path)
    assert (status, codes_of(manifest)) == (3, ["R112"])


def test_any_number_of_processes_gives_the_same_bytes(tmp_path: Path) -> None:
    batch(tmp_path, **{f"馆{number}": year_of(f"第{number % 3}图书馆") for number in range(7)})
    invoke("run", tmp_path, "-o", tmp_path.parent / "一个", "--jobs", "1", "--no-report")
    invoke("run", tmp_path, "-o", tmp_path.parent / "三个", "--jobs", "3", "--no-report")
    alone = files_below(tmp_path.parent / "一个")
    assert alone == files_below(tmp_path.parent / "三个")
    assert {path.partition("/")[0] for path in alone} >= {"第0图书馆", "第0图书馆-2", "第0图书馆-3"}


def _worked(folder: Path, *options: str) -> set[str]:
    """The unit folders that a run reads."""
    with patch.object(pipeline, "read_folder", wraps=read_folder) as reading:
        assert perfeval("run", folder, "--no-report", *options)[0] in (0, 1)
    return {call.args[0].name for call in reading.call_args_list}


def test_only_what_has_changed_is_worked_again(tmp_path: Path) -> None:
    batch(tmp_path, 甲=year_of("甲馆"), 乙=year_of("乙馆"), 坏=without_indicators("坏馆"), 丙=year_of("甲馆"))
    results = tmp_path / "自评结果"
    assert _worked(tmp_path) == {"甲", "乙", "坏", "丙"}
    before = files_below(results)
    assert _worked(tmp_path) == {"坏"}
    assert files_below(results) == before
    assert _worked(tmp_path, "--force") == {"甲", "乙", "坏", "丙"}
    assert files_below(results) == before
    next((results / "乙馆").glob("附件1.1*")).unlink()
    assert _worked(tmp_path) == {"坏", "乙"}
    assert files_below(results) == before
    write_folder(tmp_path / "乙", {**year_of("乙馆"), "通讯录": [["张三", "科员"]]})
    assert _worked(tmp_path) == {"坏", "乙"}
    (tmp_path / "perfeval.toml").write_text("tolerance_yuan = 1\n", encoding="utf-8")
    assert _worked(tmp_path) == {"甲", "乙", "坏", "丙"}


def test_an_interrupted_batch_goes_on_where_it_was(tmp_path: Path) -> None:
    batch(tmp_path, 甲=year_of("甲馆"), 乙=year_of("乙馆"))
    invoke("run", tmp_path, "--no-report")
    results = tmp_path / "自评结果"
    before = files_below(results)
    shutil.rmtree(results / "甲馆")  # sorted last
    (results / "manifest.json").unlink()
    (results / ".perfeval-unit-1" / "甲馆").mkdir(parents=True)
    assert _worked(tmp_path) == {"甲"}
    assert files_below(results) == before


def test_a_unit_of_which_a_lost_process_wrote_a_part_is_worked_again(tmp_path: Path) -> None:
    """As a cluster does, which has the task of a worker that died from another one."""
    batch(tmp_path, 甲=year_of("甲馆"), 乙=year_of("乙馆"))
    invoke("run", tmp_path, "--no-report", "--jobs", "1")
    results = tmp_path / "自评结果"
    before = files_below(results)
    shutil.rmtree(results)
    real = pipeline.work_folder

    def twice(task: Task) -> Any:
        real(task)
        return real(task)

    with patch.object(pipeline, "work_folder", twice):
        assert invoke("run", tmp_path, "--no-report", "--jobs", "1").exit_code == 0
    assert files_below(results) == before


def test_a_unit_that_cannot_be_written_stops_nobody(tmp_path: Path) -> None:
    batch(tmp_path, 甲=year_of("甲馆"), 乙=year_of("乙馆"))
    (tmp_path / "自评结果").mkdir()
    (tmp_path / "自评结果" / "乙馆").write_text("不是文件夹", encoding="utf-8")
    result = invoke("run", tmp_path)
    assert result.exit_code == 4
    assert "乙：写不了" in result.stderr
    assert (tmp_path / "自评结果" / "甲馆" / "manifest.json").exists()


def test_a_bug_in_one_unit_goes_into_a_log(tmp_path: Path) -> None:
    batch(tmp_path, 甲=year_of("甲馆"), 乙=year_of("乙馆"))
    real = pipeline.evaluate

    def evaluate(folder: Path, *rest: Any) -> Any:
        if folder.name == "乙":
            raise ZeroDivisionError
        return real(folder, *rest)

    # The helper shows the log of a bug as its own failure.
    with patch.object(pipeline, "evaluate", evaluate), pytest.raises(AssertionError, match="ZeroDivisionError"):
        invoke("run", tmp_path)
    assert (tmp_path / "自评结果" / "甲馆" / "manifest.json").exists()


def test_a_stray_workbook_beside_unit_folders_is_told(tmp_path: Path) -> None:
    """The folder is a unit's then, and lacks its tables: what to do about the folders below is said."""
    batch(tmp_path, 甲馆=year_of("甲图书馆"), 乙馆=year_of("乙图书馆"))
    write_folder(tmp_path, {"通讯录": [["姓名", "电话"], ["张三", "1"]]})
    status, manifest = perfeval("run", tmp_path)
    messages = [found["message"] for found in manifest["findings"] if found["code"] == "R112"]
    assert status == 3
    assert all("“乙馆”、“甲馆”里也有工作簿" in message for message in messages)
    shutil.rmtree(tmp_path / "自评结果", ignore_errors=True)
    (tmp_path / "0.xlsx").unlink()
    assert perfeval("run", tmp_path)[0] == 0
