"""Files that look damaged, protected, unsafe or hidden, and are not: what a table of sheets cannot say."""

from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from openpyxl.workbook.defined_name import DefinedName

from tests.workbooks import clean_year, codes_of, perfeval, write_folder


def lock_file(folder: Path) -> None:
    (folder / "~$0.xlsx").write_bytes(b"\x05lock")
    (folder / "说明.txt").write_bytes(b"PK\x03\x04")


def protected_sheet(folder: Path) -> None:
    """A sheet that may not be changed can still be read."""
    book = openpyxl.load_workbook(folder / "0.xlsx")
    book.worksheets[0].protection.set_password("1")
    book.save(folder / "0.xlsx")


def far_note(folder: Path) -> None:
    book = openpyxl.load_workbook(folder / "0.xlsx")
    book.worksheets[0]["AZ2000"] = "备查"
    book.save(folder / "0.xlsx")


def hidden_blank_rows(folder: Path) -> None:
    book = openpyxl.load_workbook(folder / "0.xlsx")
    book.worksheets[0].row_dimensions[40].hidden = True
    book.worksheets[0].column_dimensions["Z"].hidden = True
    book.save(folder / "0.xlsx")


def own_name(folder: Path) -> None:
    """A name for cells of the workbook itself, and a link to a page, lead to no other file."""
    book = openpyxl.load_workbook(folder / "0.xlsx")
    sheet = book.worksheets[0]
    book.defined_names["明细"] = DefinedName("明细", attr_text=f"'{sheet.title}'!$A$4:$L$7")
    sheet["AA1"] = "网址"
    sheet["AA1"].hyperlink = "https://example.com/"
    book.save(folder / "0.xlsx")


COUNTER_FILES: dict[str, Callable[[Path], None]] = {
    "R101": lock_file,
    "R102": protected_sheet,
    "R103": far_note,
    "R111": hidden_blank_rows,
    "R121": own_name,
}


@pytest.mark.parametrize("code", COUNTER_FILES)
def test_counter_file(code: str, tmp_path: Path) -> None:
    COUNTER_FILES[code](write_folder(tmp_path, clean_year()))
    status, manifest = perfeval("check", tmp_path)
    assert (code not in codes_of(manifest), len(manifest["units"][0]["projects"])) == (True, 2)
    assert status == 0
