"""``init``: a folder for a new year, filled in as an officer would, and run."""

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from perfeval_xl.read.table.roles import load_roles
from perfeval_xl.scheme import load_scheme
from perfeval_xl.text import EXAMPLE_MARK
from perfeval_xl.write.blank.layout import blank_layout
from tests import second_unit
from tests.second_unit import fill_in, heading_row, mend
from tests.workbooks import clean_year, invoke, perfeval, write_folder

TEMPLATES = Path(__file__).parents[1] / "templates"
SAMPLE = Path(__file__).parents[1] / "sample_workbooks" / "hongshan-2019"
BOOKS = list(blank_layout())


def _rows(sheet: Worksheet) -> list[tuple[Any, ...]]:
    """The headings and the rows below."""
    return [row for row in sheet.iter_rows(heading_row(sheet), values_only=True) if any(row)]


def _begin(folder: Path, *options: object) -> Path:
    result = invoke("init", folder, *options)
    assert result.exit_code == 0, result.output
    return folder


def test_every_blank_column_is_read_as_the_field_that_it_is() -> None:
    roles = {role.name: role for role in load_roles({})}
    for sheets in blank_layout().values():
        for sheet in sheets:
            for column in sheet.columns:
                assert roles[sheet.role].field_of(column.heading) == column.field, (sheet.name, column.heading)


def test_a_blank_folder_has_nothing_to_count(tmp_path: Path) -> None:
    folder = tmp_path / "自评"
    result = invoke("init", str(folder), "--year", "2025")
    assert result.exit_code == 0, result.output
    assert {path.name for path in folder.iterdir()} == {*BOOKS, "perfeval.toml", "运行.bat", "运行.command"}
    status, manifest = perfeval("check", folder)
    assert status == 3
    assert {finding["code"] for finding in manifest["findings"]} == {"R112", "R114"}


@pytest.mark.parametrize("book", BOOKS)
def test_headings_are_locked_and_the_rows_below_are_not(book: str, tmp_path: Path) -> None:
    invoke("init", str(tmp_path / "自评"))
    for sheet in openpyxl.load_workbook(tmp_path / "自评" / book):
        top = heading_row(sheet)
        assert sheet.protection.sheet
        assert sheet.cell(top, 1).protection.locked
        assert sheet.freeze_panes == f"A{top + 1}"
        assert not sheet.cell(top + 1, 1).protection.locked
        # The example's row can be deleted, which Excel allows where no cell of the row is locked.
        assert sheet.protection.deleteRows is False  # False: not forbidden
        assert not any(cell.protection.locked for cell in sheet[top + 1] if cell.value)
        assert sheet.max_column < 30
        open_columns = [column for column in sheet.column_dimensions.values() if not column.protection.locked]
        assert {at for column in open_columns for at in range(column.min or 0, (column.max or 0) + 1)} == set(
            range(1, 16_385)
        )


def test_drop_downs_and_notes(tmp_path: Path) -> None:
    invoke("init", str(tmp_path / "自评"))
    sheet = openpyxl.load_workbook(tmp_path / "自评" / BOOKS[1])["绩效指标"]
    lists = {rule.formula1: rule.showErrorMessage for rule in sheet.data_validations.dataValidation}
    assert lists['"≥,≤,=,±,定性"'] is False  # a help, not a fence: ＞ and 反向 are read too
    information = openpyxl.load_workbook(tmp_path / "自评" / BOOKS[1])["项目信息"]
    assert {rule.formula1 for rule in information.data_validations.dataValidation if rule.showErrorMessage} == {
        '"是,否"'
    }
    notes = {cell.value: cell.comment.text for cell in sheet[heading_row(sheet)] if cell.comment}
    assert "必填" in notes["年度目标值"]


def test_nothing_that_is_there_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "perfeval.toml").write_text("year = 2024\n", encoding="utf-8")
    result = invoke("init", str(tmp_path))
    assert result.exit_code == 2
    assert "perfeval.toml" in result.output
    assert [path.name for path in tmp_path.iterdir()] == ["perfeval.toml"]


def test_what_an_interrupted_one_left_is_completed(tmp_path: Path) -> None:
    folder = _begin(tmp_path / "自评")
    whole = {path.name: path.read_bytes() for path in folder.iterdir()}
    for name in (BOOKS[1], "运行.command"):
        (folder / name).unlink()
    _begin(folder)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == whole
    assert os.name == "nt" or (folder / "运行.command").stat().st_mode & 0o100
    (folder / BOOKS[1]).unlink()
    (folder / BOOKS[0]).write_bytes(b"filled in")
    result = invoke("init", folder)
    assert (result.exit_code, BOOKS[0] in result.output, BOOKS[2] in result.output) == (2, True, False)
    assert not (folder / BOOKS[1]).exists()


def test_last_year_is_carried_over_without_its_results(tmp_path: Path) -> None:
    folder = tmp_path / "2020"
    result = invoke("init", str(folder), "--from", str(SAMPLE))
    assert result.exit_code == 0, result.output
    book = openpyxl.load_workbook(folder / BOOKS[1])
    head, *projects = _rows(book["项目信息"])
    first = dict(zip(head, projects[0], strict=True))
    assert len(projects) == 5
    assert first["项目名称"] == "部门工作保障经费"
    assert first["合并明细项目"].startswith("一般设备购置费、")
    assert {first[name] for name in ("全年实际完成情况", "总目标扣分", "总目标自评分", "主要问题", "改进措施")} == {
        None
    }
    head, *indicators = _rows(book["绩效指标"])
    assert len(indicators) == 36
    assert indicators[0][head.index("分值")] == 8
    assert indicators[0][head.index("年度目标值")] == "10次"
    assert {row[head.index(name)] for row in indicators for name in ("全年完成值", "自评分", "扣分", "未完成原因")} == {
        None
    }
    report = dict(_rows(book["报告信息"])[1:])
    assert report["年度"] == "2020"
    assert report["财政部门"] == "洪山区财政局"
    assert report["自评时间"] is None
    assert "2020年度" in str(book["项目信息"]["A1"].value)


def test_a_scheme_elsewhere_holds(tmp_path: Path) -> None:
    last, own = write_folder(tmp_path / "上年", clean_year()), tmp_path / "方案"
    shutil.copytree(TEMPLATES / "hongshan-2019", own)
    (last / "perfeval.toml").write_text("scheme = '../方案'\n", encoding="utf-8")
    folder = _begin(tmp_path / "今年", "--from", last)
    assert tomllib.loads((folder / "perfeval.toml").read_text(encoding="utf-8"))["scheme"] == str(own)


def test_a_scheme_in_last_years_folder_comes_along(tmp_path: Path) -> None:
    last = write_folder(tmp_path / "上年", clean_year())
    shutil.copytree(TEMPLATES / "hongshan-2019", last / "本区2024")
    (last / "perfeval.toml").write_text("scheme = '本区2024'\n", encoding="utf-8")
    folder = _begin(tmp_path / "今年", "--from", last)
    assert tomllib.loads((folder / "perfeval.toml").read_text(encoding="utf-8"))["scheme"] == "本区2024"
    shutil.rmtree(last)
    assert perfeval("check", folder)[0] == 3  # and not 2: the scheme is found


def test_a_scheme_named_from_where_the_command_was_typed_is_found_from_anywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(TEMPLATES / "hubei-2020", tmp_path / "本省")
    monkeypatch.chdir(tmp_path)
    folder = _begin(tmp_path / "今年", "--scheme", "本省")
    monkeypatch.chdir("/")
    assert perfeval("check", folder)[1]["scheme"] == "本省"


def test_last_years_settings_hold_on_without_its_year(tmp_path: Path) -> None:
    last = write_folder(tmp_path / "上年", clean_year())
    (last / "perfeval.toml").write_text(
        '# 本馆\nyear = 2024\n"scheme" = "hongshan-2019"\ntolerance_yuan = 0.5\n'
        '[columns.execution]\n"本年指标" = "全年预算数"\n[mail]\nhost = "smtp.example.com"\n',
        encoding="utf-8-sig",
    )
    text = (_begin(tmp_path / "今年", "--from", last) / "perfeval.toml").read_text(encoding="utf-8")
    assert tomllib.loads(text) == {
        "scheme": "hongshan-2019",
        "tolerance_yuan": 0.5,
        "columns": {"execution": {"本年指标": "全年预算数"}},
        "mail": {"host": "smtp.example.com"},
    }
    assert "# 本馆" in text


@pytest.mark.parametrize("scheme", sorted(path.name for path in TEMPLATES.iterdir()))
def test_the_blanks_are_the_schemes_own(scheme: str, tmp_path: Path) -> None:
    """Each scheme's blanks ask for what its form prints, and the next year's carry it over."""
    folder = _begin(tmp_path / "今年", "--scheme", scheme, "--year", 2025)
    regime = load_scheme(scheme)
    book = openpyxl.load_workbook(folder / BOOKS[1])
    headings = set(_rows(book["项目信息"])[0])
    assert set(regime.columns.get("项目信息", ())) <= headings
    assert set(regime.columns.get("报告信息", ())) <= {row[0] for row in _rows(book["报告信息"])}
    notes = {cell.value: cell.comment.text for sheet in book for row in sheet for cell in row if cell.comment}
    assert f"{regime.indicator_points / 100:g} 分" in notes["分值"]
    assert ("不用填" in notes["总目标扣分"]) == (regime.goal_points is None)
    money = openpyxl.load_workbook(folder / BOOKS[0]).active
    assert money is not None
    example = dict(zip(*_rows(money), strict=True))
    assert regime.source_row(example["资金来源"]) == example["资金来源"]
    again = _begin(tmp_path / "明年", "--from", write_folder(tmp_path / "上年", clean_year()), "--scheme", scheme)
    assert headings <= set(_rows(openpyxl.load_workbook(again / BOOKS[1])["项目信息"])[0])


def test_last_year_without_a_year_takes_the_new_ones(tmp_path: Path) -> None:
    sheets = clean_year()
    sheets["预算执行情况"][0] = ["项目支出预算执行情况表"]
    last = write_folder(tmp_path / "上年", sheets)
    assert _begin(tmp_path / "今年", "--from", last, "--year", 2025).is_dir()


def test_what_cannot_be_read_of_last_year_is_said(tmp_path: Path) -> None:
    last = write_folder(tmp_path / "上年", clean_year())
    (last / "坏.xlsx").write_bytes(b"?")
    result = invoke("init", tmp_path / "今年", "--from", last)
    assert "R101" in result.stderr
    assert "从上年带入：项目信息 2 行、绩效指标 5 行。" in result.stderr


def test_a_batch_is_no_last_year_but_each_of_its_units_is(tmp_path: Path) -> None:
    unit = write_folder(tmp_path / "上年" / "甲馆", clean_year())
    result = invoke("init", tmp_path / "今年", "--from", tmp_path / "上年")
    assert result.exit_code == 2
    assert str(unit) in result.stderr


def test_an_empty_folder_is_no_last_year(tmp_path: Path) -> None:
    result = invoke("init", str(tmp_path / "今年"), "--from", str(tmp_path))
    assert result.exit_code == 2
    assert not (tmp_path / "今年").exists()


def test_projects_are_offered_where_they_are_named_again(tmp_path: Path) -> None:
    blank, carried = _begin(tmp_path / "甲"), _begin(tmp_path / "乙", "--from", SAMPLE)
    for folder, row in ((blank, 5), (carried, 4)):  # the worked example is no project
        for name in ("绩效指标", "收件人"):
            sheet = openpyxl.load_workbook(folder / BOOKS[1])[name]
            lists = [rule.formula1 for rule in sheet.data_validations.dataValidation if "A4" in rule.sqref]
            assert lists == [f"'项目信息'!$B${row}:$B${row + 199}"]


def test_filled_in_it_runs(tmp_path: Path) -> None:
    """Every column of the blanks filled from the clean year gives what the clean year gives."""
    year = clean_year()
    tables = {}
    for name, rows in year.items():
        head, *body = rows[next(at for at, row in enumerate(rows) if len(row) > 4 and row[1] and row[3]) :]
        tables[name] = [{key: value for key, value in zip(head, row, strict=True) if value != ""} for row in body]
    for row in tables["项目信息"]:  # a column that the clean year lacks
        row["主要问题"] = "读者活动场次不足，馆舍安全保障不够。"
    folder = _begin(tmp_path / "自评", "--year", 2024)
    fill_in(folder, tables)
    status, manifest = perfeval("run", folder)
    assert status == 0
    assert {finding["code"] for finding in manifest["findings"]} == {"R114"}
    expected = perfeval("check", write_folder(tmp_path / "原", year))[1]["units"][0]
    [unit] = manifest["units"]
    for mine, theirs in zip(unit["projects"], expected["projects"], strict=True):
        assert {**mine, "form": None} == {**theirs, "form": None}


def test_a_second_unit_from_blanks_to_letters(tmp_path: Path) -> None:
    """As a new user would: filled in with slips, checked, mended, signed, run, previewed, and carried over."""
    folder = _begin(tmp_path / "区体育中心", "--scheme", "mof-2020", "--year", 2025)
    fill_in(folder, second_unit.FILLED, second_unit.INFORMATION)
    status, manifest = perfeval("check", folder)
    said = {finding["code"]: finding for finding in manifest["findings"] if finding["severity"] != "info"}
    assert (status, set(said)) == (1, second_unit.SLIPS)
    assert all(finding["sources"] for finding in said.values())
    mend(folder, second_unit.MENDED)
    assert [f["code"] for f in perfeval("check", folder)[1]["findings"] if f["severity"] != "info"] == ["C410"]
    fill_in(folder, {"差异说明": [second_unit.SIGNED]})
    status, manifest = perfeval("run", folder, "--strict")
    [unit] = manifest["units"]
    assert (status, unit["unit"], manifest["scheme"]) == (0, "某某区体育中心", "mof-2020")
    # 10 × 156.26 / 159 + 30 × 288 / 300 + 60;  10 × 52 / 70 + 90;  10 + 90
    assert [project["total_score"] for project in unit["projects"]] == ["98.63", "97.43", "100.00"]
    assert [len(list((folder / "自评结果").glob(f"*{suffix}"))) for suffix in (".xlsx", ".docx")] == [4, 1]
    assert "共 2 封：可以发送 2 封。" in invoke("mail", folder / "自评结果").stdout
    carried = _begin(tmp_path / "2026", "--from", folder)
    assert tomllib.loads((carried / "perfeval.toml").read_text(encoding="utf-8")) == {"scheme": "mof-2020"}
    [head, *rows] = _rows(openpyxl.load_workbook(carried / BOOKS[1])["绩效指标"])
    assert (len(rows), {row[head.index("全年完成值")] for row in rows}) == (11, {None})


def test_the_batch_file_is_for_a_chinese_console(tmp_path: Path) -> None:
    content = (_begin(tmp_path / "自评") / "运行.bat").read_bytes()
    lines = content.decode("gbk").split("\r\n")
    assert content.count(b"\n") == content.count(b"\r\n") > 10
    assert lines[:2] == ["@echo off", "chcp 936 >nul"]  # before the first Chinese character
    assert '%PERFEVAL% run "%~dp0."' in lines
    assert lines[-2] == "pause"
    # No second byte of a character that an older command line could take for a sign of its own.
    assert all(min(character.encode("gbk")) >= 0xA1 for line in lines for character in line if not character.isascii())


@pytest.mark.skipif(os.name == "nt", reason="a shell script")
def test_the_unix_starter_runs_the_folder_wherever_it_is(tmp_path: Path) -> None:
    folder = _begin(tmp_path / "某馆 & 站 (2025)", "--year", 2025)
    starter = folder / "运行.command"
    assert starter.stat().st_mode & 0o111
    (tmp_path / "bin").mkdir()
    command = tmp_path / "bin" / "perfeval-xl"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m perfeval_xl "$@"\n', encoding="utf-8")
    command.chmod(0o755)
    done = subprocess.run(
        [starter], input="\n", capture_output=True, text=True, encoding="utf-8", check=True, cwd="/",
        env=os.environ | {"PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}", "PYTHONUTF8": "1", "PYTHONPATH": str(Path(__file__).parents[1])},
    )  # fmt: skip
    assert f'perfeval-xl check "{folder}"' in done.stderr
    assert done.stdout.strip() == "按回车键关闭。"


def test_the_example_is_marked() -> None:
    assert EXAMPLE_MARK == "【示例】"  # it stands in workbooks that are in use
