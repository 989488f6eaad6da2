"""The decimal places that cells show count, whatever digits their numbers have: 10.00 万元 is no rounded 10 万元."""

import datetime as dt
import io
import re
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from perfeval_xl.read.contents import Source, read_contents
from perfeval_xl.read.table.roles import load_roles
from perfeval_xl.read.workbook.foreign import read_foreign_notes
from perfeval_xl.read.workbook.package import list_sheets, read_formats, read_notes
from perfeval_xl.read.workbook.shown import decimals_of_formats
from tests.read.books import CORPUS
from tests.read.xlsb import Shown, xlsb_bytes
from tests.workbooks import changed, codes_of, perfeval, write_folder

HEADINGS = ["项目名称", "全年预算数", "全年执行数", "备注"]
#: 100 元, and one 万元.
FINE, COARSE = 10_000, 1_000_000


def write_table(path: Path, number_format: str, note: Any = "", lower: str = "") -> None:
    """A table in 万元, and another one below it where ``lower`` is the format of its amounts."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for form, word in ((number_format, "一"), (lower, "二")):
        if form:
            sheet.append([f"2024年度项目支出预算执行情况表{word}"])
            sheet.append(["单位：万元"])
            sheet.append(HEADINGS)
            sheet.append([f"项目{word}", 12, 10, note])
            for column in (2, 3):
                sheet.cell(sheet.max_row, column).number_format = form
            sheet.append([])
    book.save(path)


def places_of(path: Path) -> list[int]:
    return [table.amount_place for table in read_contents(Source(path, load_roles({}), None)).tables]


@pytest.mark.parametrize(
    ("code", "decimals"),
    [
        ("0.00", 2), ("#,##0.0", 1), ("_ * #,##0.00_ ;_ * \\-#,##0.00_ ;_ * \"-\"??_ ;_ @_ ", 2), ("[Red]0.000", 3), ("￥#,##0.00;-0", 2),
        ("General", 0), ("0", 0), ("#.##", 0), ("0.00%", 0), ("0.00E+00", 0), ("0!.0,", 0), ("0.00,", 0), ("#,##0;0.00", 0),
        ("0\"v1.00\"", 0), ("0." + "0" * 40, 15),
    ],
)  # fmt: skip
def test_places_of_a_format(code: str, decimals: int) -> None:
    assert decimals_of_formats({200: code}).get(200, 0) == decimals


@pytest.mark.parametrize("note", ["", dt.date(2024, 1, 2)], ids=["plain", "with-a-date"])
@pytest.mark.parametrize(("form", "place"), [("0.00", FINE), ("#,##0.00", FINE), ("0", COARSE), ("General", COARSE)])
def test_a_format_says_the_place(form: str, place: int, note: Any, tmp_path: Path) -> None:
    write_table(tmp_path / "表.xlsx", form, note)
    assert places_of(tmp_path / "表.xlsx") == [place]


def test_each_table_of_a_sheet_has_its_own_place(tmp_path: Path) -> None:
    write_table(tmp_path / "表.xlsx", "0.00", lower="0")
    assert places_of(tmp_path / "表.xlsx") == [FINE, COARSE]


def test_both_ways_of_reading_say_the_same(tmp_path: Path) -> None:
    write_table(tmp_path / "表.xlsx", "0.00", lower="0.0")
    content = (tmp_path / "表.xlsx").read_bytes()
    notes = read_notes(content, list_sheets(content)[0], read_formats(content))
    assert notes.shown == {(1, 2): (3, 3), (2, 2): (3, 3), (1, 1): (8, 8), (2, 1): (8, 8)}


def test_an_xls_says_its_places() -> None:
    content = (CORPUS / "shown.xls" / "0.xls").read_bytes().replace(b"0.00%", b"0.000")
    assert read_foreign_notes(content)["预算执行情况"].shown == {(10, 3): (3, 6)}


def test_an_xlsb_says_its_places() -> None:
    content = xlsb_bytes({"表": ([["项目", "金额"], ["甲", 5], ["乙", Shown(6, percent=True)]], [])})
    percent, places = "0.00%".encode("utf-16-le"), "0.000".encode("utf-16-le")
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as package, zipfile.ZipFile(out, "w") as other:
        for part in package.infolist():
            other.writestr(part, re.sub(re.escape(percent), places, package.read(part)))
    assert read_foreign_notes(out.getvalue())["表"].shown == {(1, 3): (2, 2)}


@pytest.mark.parametrize(("written", "codes"), [("12.00", ["M221"]), ("12", [])])
def test_a_text_with_its_zeros_is_no_rounded_amount(written: str, codes: list[str], tmp_path: Path) -> None:
    def coarser(sheets: dict[str, list[list[Any]]]) -> None:
        rows = sheets["预算执行情况"]
        rows[1][10] = "单位：万元"
        for row, amounts in zip(rows[3:], (("10", "10"), ("25", "25"), ("8", "8"), ("12", written)), strict=True):
            row[5:11] = ["", "", amounts[0], "", amounts[1], ""]
        for row, amount in zip(sheets["项目支出决算"][2:], (350000, 80000, 124000), strict=True):
            row[4] = amount

    _, manifest = perfeval("check", write_folder(tmp_path, changed(coarser)))
    assert [code for code in codes_of(manifest) if code[0] == "M"] == codes
