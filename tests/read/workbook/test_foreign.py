"""What .xls, .ods and .xlsb say beside their values: never a percentage taken for its number, or a blank for a formula."""

import io
import re
import struct
import zipfile
from pathlib import Path
from typing import Any

import pytest

from perfeval_xl.read.workbook.foreign import read_foreign_notes
from perfeval_xl.read.workbook.package import SheetNotes
from perfeval_xl.read.workbook.workbook import read_workbook
from tests.read.books import CORPUS
from tests.read.xlsb import Shown, xlsb_bytes
from tests.workbooks import perfeval

EXECUTION = "预算执行情况"


@pytest.mark.parametrize("suffix", [".xls", ".ods"])
def test_percentages_hidden_parts_and_errors(suffix: str) -> None:
    _, manifest = perfeval("check", CORPUS / f"shown{suffix}")
    # 1/0 in the remarks is named, what is hidden, and targets without an operator (the last of them); else it is the clean year.
    places = {one["code"]: one["sources"][0]["cell"] for one in manifest["findings"]}
    assert places == {"R106": "L4", "R111": "I3", "S311": "F5"}
    message = next(one["message"] for one in manifest["findings"] if one["code"] == "R111")
    assert "第5行" in message
    assert "I列" in message
    first, second = manifest["units"][0]["projects"]
    assert [first["executed"], second["executed"]] == ["419999.99", "114000.00"]
    values = {row["content"]: (row["target"], row["actual"]) for row in first["indicators"] + second["indicators"]}
    assert values["读者满意度"] == ("90%", "95%")
    assert values["验收合格率"] == ("100%", "100%")


def _execution(suffix: str) -> tuple[Path, bytes]:
    path = CORPUS / f"shown{suffix}" / f"0{suffix}"
    return path, path.read_bytes()


def _cell(content: bytes, row: int, column: int) -> Any:
    return read_workbook(content, "某表")[0].cells[row][column]


def test_a_formula_of_an_ods_without_its_result() -> None:
    _, content = _execution(".ods")
    assert _cell(content, 6, 9) == 114000
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as package, zipfile.ZipFile(out, "w") as changed:
        for part in package.infolist():
            data = package.read(part)
            if part.filename == "content.xml":
                data, count = re.subn(
                    rb'(table:formula="of:=57000\*2") office:value-type="float" office:value="114000"', rb"\1", data
                )
                assert count == 1
            changed.writestr(part, data)
    assert repr(_cell(out.getvalue(), 6, 9)) == "'R107'"


def test_a_formula_of_an_xls_never_calculated() -> None:
    """A program that cannot calculate stores zero and asks for calculation on opening."""
    _, content = _execution(".xls")
    assert _cell(content, 6, 9) == 114000
    stored = struct.pack("<d", 114000.0)
    places = [match.start() for match in re.finditer(re.escape(stored), content)]
    record = next(at for at in places if struct.unpack_from("<HH", content, at - 10)[0] == 0x06)
    changed = content[:record] + bytes(8) + struct.pack("<H", 2) + content[record + 10 :]
    assert repr(_cell(changed, 6, 9)) == "'R107'"


def test_formulas_of_an_xls_with_no_result_but_blanks() -> None:
    """Some programs store an empty text; where another formula has a result, an empty text may be one."""
    _, content = _execution(".xls")
    blank = b"\x03\0\0\0\0\0\xff\xff"
    number, error = struct.pack("<d", 114000.0), b"\x02\0\x07\0\0\0\xff\xff"
    records = [match.start() for match in re.finditer(b"\x06\0..", content, re.DOTALL)]
    places = {old: next(at + 10 for at in records if content[at + 10 : at + 18] == old) for old in (number, error)}

    def with_blanks(*olds: bytes) -> bytes:
        changed = bytearray(content)
        for old in olds:
            changed[places[old] : places[old] + 8] = blank
        return bytes(changed)

    assert repr(_cell(with_blanks(number), 6, 9)) == "''"
    both = with_blanks(number, error)
    assert (repr(_cell(both, 6, 9)), repr(_cell(both, 3, 11))) == ("'R107'", "'R107'")


def test_an_xlsb_with_percentages_and_hidden_parts() -> None:
    rows: list[list[Any]] = [
        ["项目", "比率", "金额"],
        ["甲", Shown(0.9, percent=True), 5],
        ["乙", Shown(None, error=True), 6],
    ]
    content = xlsb_bytes({"表": (rows, [])}, hidden_rows=(2,), hidden_columns=(2,))
    assert read_foreign_notes(content) == {
        "表": SheetNotes({(2, 1): "R106"}, frozenset({(1, 1)}), ((2, 2),), ((2, 2),))  # type: ignore[dict-item]
    }
    grid = read_workbook(content, "某表.xlsb")[0]
    assert (repr(grid.cells[1][1]), repr(grid.cells[2][1])) == ("0.9", "'R106'")
    assert type(grid.cells[1][1]).__name__ == "Percent"
    assert (grid.hidden_rows, grid.hidden_columns) == ((2,), (2,))


def test_notes_of_something_else() -> None:
    assert (
        read_foreign_notes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(22) + struct.pack("<HH", 9, 6) + bytes(600))
        == {}
    )
