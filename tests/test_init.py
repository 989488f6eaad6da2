"""``init``: a folder for a new year, filled in as an officer would, and run."""

import shutil
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from perfeval_xl.read.roles import load_roles
from perfeval_xl.text import EXAMPLE_MARK
from perfeval_xl.write.blank.layout import blank_layout
from tests.workbooks import clean_year, invoke, perfeval, write_folder

SAMPLE = Path(__file__).parents[1] / "sample_workbooks" / "hongshan-2019"
BOOKS = list(blank_layout())


def _rows(sheet: Worksheet) -> list[tuple[Any, ...]]:
    return [row for row in sheet.iter_rows(values_only=True) if any(row)]


def _heading_row(sheet: Worksheet) -> int:
    return next(row for row in range(1, 5) if sheet.cell(row, 2).value)


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
        top = _heading_row(sheet)
        assert sheet.protection.sheet
        assert sheet.cell(top, 1).protection.locked
        assert sheet.freeze_panes == f"A{top + 1}"
        assert not sheet.cell(top + 1, 1).protection.locked
        assert not sheet.column_dimensions["A"].protection.locked


def test_drop_downs_and_notes(tmp_path: Path) -> None:
    invoke("init", str(tmp_path / "自评"))
    sheet = openpyxl.load_workbook(tmp_path / "自评" / BOOKS[1])["绩效指标"]
    lists = {rule.formula1: rule.showErrorMessage for rule in sheet.data_validations.dataValidation}
    assert lists['"≥,≤,=,±,定性"'] is False  # a help, not a fence: ＞ and 反向 are read too
    information = openpyxl.load_workbook(tmp_path / "自评" / BOOKS[1])["项目信息"]
    assert {rule.formula1 for rule in information.data_validations.dataValidation if rule.showErrorMessage} == {
        '"是,否"'
    }
    notes = {cell.value: cell.comment.text for cell in sheet[_heading_row(sheet)] if cell.comment}
    assert "必填" in notes["年度目标值"]


def test_nothing_that_is_there_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "perfeval.toml").write_text("year = 2024\n", encoding="utf-8")
    result = invoke("init", str(tmp_path))
    assert result.exit_code == 2
    assert "perfeval.toml" in result.output
    assert [path.name for path in tmp_path.iterdir()] == ["perfeval.toml"]


def test_last_year_is_carried_over_without_its_results(tmp_path: Path) -> None:
    folder = tmp_path / "2020"
    result = invoke("init", str(folder), "--from", str(SAMPLE))
    assert result.exit_code == 0, result.output
    book = openpyxl.load_workbook(folder / BOOKS[1])
    head, *projects = _rows(book["项目信息"])[1:]
    first = dict(zip(head, projects[0], strict=True))
    assert len(projects) == 5
    assert first["项目名称"] == "部门工作保障经费"
    assert first["合并明细项目"].startswith("一般设备购置费、")
    assert {first[name] for name in ("全年实际完成情况", "总目标扣分", "总目标自评分", "主要问题", "改进措施")} == {
        None
    }
    head, *indicators = _rows(book["绩效指标"])[1:]
    assert len(indicators) == 36
    assert indicators[0][head.index("分值")] == 8
    assert indicators[0][head.index("年度目标值")] == "10次"
    assert {row[head.index(name)] for row in indicators for name in ("全年完成值", "自评分", "扣分", "未完成原因")} == {
        None
    }
    report = dict(_rows(book["报告信息"])[2:])
    assert report["年度"] == "2020"
    assert report["财政部门"] == "洪山区财政局"
    assert report["自评时间"] is None
    assert "2020年度" in str(book["项目信息"]["A1"].value)


def test_a_scheme_of_last_year_holds(tmp_path: Path) -> None:
    last = write_folder(tmp_path / "上年", clean_year())
    own = tmp_path / "方案"
    shutil.copytree(Path(__file__).parents[1] / "templates" / "hongshan-2019", own)
    (last / "perfeval.toml").write_text(f"scheme = '{own}'\n", encoding="utf-8")
    assert invoke("init", str(tmp_path / "今年"), "--from", str(last)).exit_code == 0
    assert str(own) in (tmp_path / "今年" / "perfeval.toml").read_text(encoding="utf-8")


def test_an_empty_folder_is_no_last_year(tmp_path: Path) -> None:
    result = invoke("init", str(tmp_path / "今年"), "--from", str(tmp_path))
    assert result.exit_code == 2
    assert not (tmp_path / "今年").exists()


def test_filled_in_it_runs(tmp_path: Path) -> None:
    """Every column of the blanks filled from the clean year gives what the clean year gives."""
    folder, year = tmp_path / "自评", clean_year()
    invoke("init", str(folder), "--year", "2024")
    tables = {
        name: rows[next(at for at, row in enumerate(rows) if len(row) > 4 and row[1] and row[3]) :]
        for name, rows in year.items()
    }
    for book in BOOKS:
        work = openpyxl.load_workbook(folder / book)
        for sheet in work:
            if sheet.title not in tables:
                continue
            top = _heading_row(sheet)
            columns = {sheet.cell(top, at).value: at for at in range(1, sheet.max_column + 1)}
            head, *rows = tables[sheet.title]
            for at, row in enumerate(rows, top + 2):  # below the example
                for name, value in zip(head, row, strict=True):
                    if value != "":
                        sheet.cell(at, columns[name], value)
                if sheet.title == "项目信息":  # a column that the clean year lacks
                    sheet.cell(at, columns["主要问题"], "读者活动场次不足，馆舍安全保障不够。")
        work.save(folder / book)
    status, manifest = perfeval("run", folder)
    assert status == 0
    assert {finding["code"] for finding in manifest["findings"]} == {"R114"}
    expected = perfeval("check", write_folder(tmp_path / "原", year))[1]["units"][0]
    [unit] = manifest["units"]
    for mine, theirs in zip(unit["projects"], expected["projects"], strict=True):
        assert {**mine, "form": None} == {**theirs, "form": None}


def test_the_batch_file_is_plain_ascii_with_windows_line_ends(tmp_path: Path) -> None:
    invoke("init", str(tmp_path / "自评"))
    content = (tmp_path / "自评" / "运行.bat").read_bytes()
    assert content.isascii()
    assert content.count(b"\n") == content.count(b"\r\n") > 3
    assert (tmp_path / "自评" / "运行.command").stat().st_mode & 0o111


def test_the_example_is_marked() -> None:
    assert EXAMPLE_MARK == "【示例】"  # it stands in workbooks that are in use
