"""Links to other files and macros: told (R121), not followed, not run and in no result."""

import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from perfeval_xl.read.workbook.carried import carried_along
from tests.damage import repacked
from tests.read.workbook.test_safety import ole, workbook
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
WITH_MACRO = {"xl/vbaProject.bin": b'\xd0\xcf\x11\xe0 Shell "calc"'}


def added(folder: Path, parts: dict[str, bytes]) -> None:
    for book in folder.glob("*.xlsx"):
        book.write_bytes(repacked(book.read_bytes(), lambda _, data: data, **parts))


@pytest.mark.parametrize(("parts", "said"), [(WITH_LINK, "引用了其他文件“支付.xlsx”"), (WITH_MACRO, "含有宏")])
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


def test_macros_of_an_old_workbook_and_links_that_are_damaged() -> None:
    assert "含有宏" in carried_along(ole("_VBA_PROJECT".encode("utf-16-le")), "旧.xls")[0].message
    assert carried_along(ole(b"x" * 5000), "旧.xls") == []
    broken = repacked(workbook(A1=1), lambda _, data: data, **{"xl/externalLinks/_rels/externalLink9.xml.rels": b"<"})
    assert "externalLink9.xml.rels" in carried_along(broken, "坏.xlsx")[0].message
