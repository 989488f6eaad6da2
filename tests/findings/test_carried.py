"""Links to other files and macros: told (R121), not followed, not run and in no result."""

import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from perfeval_xl.read.workbook.carried import carried_along
from perfeval_xl.read.workbook.workbook import read_workbook
from tests.damage import repacked
from tests.read.workbook.test_safety import BOF, ODS_CELL, ods, ole, record, workbook
from tests.workbooks import clean_year, codes_of, perfeval, write_folder

LINK = (
    b'<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    b'<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/externalLinkPath" '
    b'Target="file:///\\\\server\\share\\%E6%94%AF%E4%BB%98.xlsx" TargetMode="External"/></Relationships>'
)
WITH_LINK = {
    "xl/externalLinks/_rels/externalLink1.xml.rels": LINK,
    "xl/externalLinks/externalLink1.xml": b"<externalLink/>",
}
WITH_DDE = {
    "xl/externalLinks/externalLink1.xml": b'<externalLink xmlns="x"><ddeLink ddeService="cmd" ddeTopic="/c calc"/></externalLink>'
}
WITH_DATABASE = {
    "xl/connections.xml": '<connections xmlns="x"><connection id="1" name="财务库"/></connections>'.encode()
}
WITH_MACRO = {"xl/vbaProject.bin": b'\xd0\xcf\x11\xe0 Shell "calc"'}


def added(folder: Path, parts: dict[str, bytes]) -> None:
    for book in folder.glob("*.xlsx"):
        book.write_bytes(repacked(book.read_bytes(), lambda _, data: data, **parts))


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        (WITH_LINK, "引用了其他文件“支付.xlsx”"),
        (WITH_DDE, "引用了其他文件“cmd”"),
        (WITH_DATABASE, "引用了其他文件“财务库”"),
        (WITH_MACRO, "含有宏"),
    ],
)
def test_told_and_left_behind(parts: dict[str, bytes], said: str, tmp_path: Path) -> None:
    added(write_folder(tmp_path, clean_year()), parts)
    status, manifest = perfeval("run", tmp_path)
    assert (status, codes_of(manifest)) == (0, ["R121"])
    assert all(said in found["message"] and found["sources"][0]["workbook"] for found in manifest["findings"])
    assert len(manifest["findings"]) == 4
    for output in manifest["outputs"]:
        with zipfile.ZipFile(tmp_path / "自评结果" / output["path"]) as package:
            assert not [name for name in package.namelist() if "externalLink" in name or "vba" in name.lower()]


def _links_of_their_own(folder: Path) -> None:
    """A formula that refers to another sheet, and a link to a page, are no other file."""
    for path in folder.glob("*.xlsx"):
        book = openpyxl.load_workbook(path)
        book.worksheets[0]["AA1"].hyperlink = "https://example.org/"
        book.save(path)


@pytest.mark.parametrize("change", [_links_of_their_own])
def test_what_is_no_link_to_a_file(change: Callable[[Path], None], tmp_path: Path) -> None:
    change(write_folder(tmp_path, clean_year()))
    assert "R121" not in codes_of(perfeval("check", tmp_path)[1])


def ods_with(table: str, **parts: bytes) -> bytes:
    return repacked(
        ods(ODS_ROW.format("")),
        lambda _, data: data.replace(b"</table:table>", b"</table:table>" + table.encode()),
        **parts,
    )


ODS_ROW = "<table:table-row>" + ODS_CELL.format("{}") + "</table:table-row>"
#: As LibreOffice keeps the values of a file that a formula refers to.
KEPT = (
    "<table:table table:name=\"'file:///d/%E6%94%AF%E4%BB%98.xlsx'#$一月\">"
    '<table:table-source xmlns:xlink="http://www.w3.org/1999/xlink" xlink:type="simple" xlink:href="../%E6%94%AF%E4%BB%98.xlsx"/>'
    f"{ODS_ROW.format('')}</table:table>"
)
FORMULA = "table:formula=\"of:=['file:///d/%E6%94%AF%E4%BB%98.xlsx'#$一月.B2]\""
PATH = "\1\1D账\3支付.xls"
BOOK = record(0x1AE, struct.pack("<HHB", 1, len(PATH), 1) + PATH.encode("utf-16-le"))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (ods_with(KEPT), "“支付.xlsx”"),
        (ods(ODS_ROW.format(" " + FORMULA)), "“支付.xlsx”"),
        (ods_with("", **{"Scripts/python/x.py": b""}), "含有宏"),
        (ole(BOF + BOOK + record(0x0A)), "“支付.xls”"),
        (ole(BOF + record(0x85, struct.pack("<IBB", 0, 0, 1) + b"\1\0M") + record(0x0A)), "含有宏"),
    ],
    ids=["values kept", "formula", "script", "xls", "Excel 4 macros"],
)
def test_other_formats(content: bytes, said: str) -> None:
    [found] = carried_along(content, "某")
    assert (found.code, said in found.message) == ("R121", True)


def test_what_an_ods_keeps_of_another_file_is_no_sheet() -> None:
    assert [grid.sheet for grid in read_workbook(ods_with(KEPT), "某.ods")] == ["一"]


def test_this_workbook_and_add_ins_are_no_other_file() -> None:
    books = b"".join(record(0x1AE, struct.pack("<HH", 1, mark)) for mark in (0x401, 0x3A01)) + record(
        0x1AE, b"\0\0\1\0\0 "
    )
    assert carried_along(ole(BOF + books + record(0x0A)), "旧.xls") == []


def test_macros_of_an_old_workbook_and_links_that_are_damaged() -> None:
    assert "含有宏" in carried_along(ole("_VBA_PROJECT".encode("utf-16-le")), "旧.xls")[0].message
    assert carried_along(ole(b"x" * 5000), "旧.xls") == []
    broken = repacked(workbook(A1=1), lambda _, data: data, **{"xl/externalLinks/_rels/externalLink9.xml.rels": b"<"})
    assert "externalLink9.xml.rels" in carried_along(broken, "坏.xlsx")[0].message
