"""Unsafe, damaged and mistaken files: refused quickly with the right code, and never a wrong figure in silence.

``python -m tests.fuzz`` runs the damaged copies for longer than the suite does.
"""

import io
import random
import shutil
import struct
import time
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

import openpyxl
import pytest
import xlsxwriter

from perfeval_xl.read.sheets import read_tables
from perfeval_xl.read.table import segments
from perfeval_xl.read.table.roles import load_roles
from perfeval_xl.read.workbook.safety import UnreadableWorkbookError
from perfeval_xl.read.workbook.workbook import read_workbook
from tests.damage import damage, repacked
from tests.fuzz import alone
from tests.workbooks import EXECUTION, perfeval

SAMPLE = Path(__file__).parents[3] / "sample_workbooks" / "hongshan-2019"
MIB = 2**20
#: Seconds that no file may take, on a machine that is busy with other things.
LONGEST = 10


def workbook(sheets: int = 1, **cells: Any) -> bytes:
    book = openpyxl.Workbook()
    for _ in range(sheets - 1):
        book.create_sheet()
    for address, value in cells.items():
        book.worksheets[0][address] = value
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def in_sheet(old: bytes, new: bytes, content: bytes | None = None) -> bytes:
    def change(name: str, data: bytes) -> bytes:
        assert name != "xl/worksheets/sheet1.xml" or old in data
        return data.replace(old, new) if name == "xl/worksheets/sheet1.xml" else data

    return repacked(content or workbook(A1=1, B2=2), change)


def lying_bomb() -> bytes:
    """A part that unpacks to 100 MiB while both headers say 100 bytes."""
    content = bytearray(repacked(workbook(), lambda _, data: data, bomb=b"\0" * 100 * MIB))
    while (at := content.find(struct.pack("<I", 100 * MIB))) >= 0:
        content[at : at + 4] = struct.pack("<I", 100)
    return bytes(content)


def slow_bomb() -> bytes:
    """Three hundred parts of a MiB each, none of them packed beyond the ratio."""
    return repacked(workbook(), lambda _, data: data, **{f"part{at}": b"\0" * MIB for at in range(300)})


def shared_text() -> bytes:
    """A text of a MiB, given to 3000 cells."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream)
    sheet = book.add_worksheet()
    for row in range(3000):
        sheet.write(row, 0, "长")
    book.close()
    return repacked(stream.getvalue(), lambda name, data: data.replace("长".encode(), b"x" * MIB))


def ods(rows: str) -> bytes:
    office = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
    content = (
        f'<?xml version="1.0"?><office:document-content xmlns:office="{office}"'
        ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
        ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" office:version="1.2"><office:body>'
        f'<office:spreadsheet><table:table table:name="一">{rows}</table:table></office:spreadsheet></office:body>'
        "</office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/></manifest:manifest>'
    )
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as package:
        package.writestr("mimetype", kind)
        package.writestr("content.xml", content)
        package.writestr("META-INF/manifest.xml", manifest)
    return stream.getvalue()


ODS_CELL = '<table:table-cell office:value-type="float" office:value="1"{}><text:p>1</text:p></table:table-cell>'


def ole(stream: bytes, name: str = "Workbook") -> bytes:
    """A compound file of one stream of at least 4096 bytes."""
    stream = stream.ljust(max(4096, -(-len(stream) // 512) * 512), b"\0")
    sectors = len(stream) // 512
    end, free, fat_mark = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
    # Sector 0 is the FAT, 1 the directory, the stream follows.
    fat = [fat_mark, end, *range(3, sectors + 2), end]
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, end, 0, end, 0) + struct.pack("<I", 0)

    def entry(title: str, kind: int, child: int, start: int, size: int) -> bytes:
        written = title.encode("utf-16-le") + b"\0\0"
        return (
            written.ljust(64, b"\0")
            + struct.pack("<HBB", len(written), kind, 1)
            + struct.pack("<III", free, free, child)
            + bytes(36)
            + struct.pack("<IQ", start, size)
        )

    directory = entry("Root Entry", 5, 1, end, 0) + entry(name, 2, free, 2, len(stream))
    directory += bytes(256)
    return header.ljust(512, b"\xff") + struct.pack(f"<{len(fat)}I", *fat).ljust(512, b"\xff") + directory + stream


def record(kind: int, data: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


BOF = record(0x809, struct.pack("<HHHHII", 0x600, 5, 0, 0, 0, 0))
ENCRYPTED_XLS = ole(BOF + record(0x2F, struct.pack("<HHH", 1, 1, 1) + bytes(48)) + record(0x0A))
ENTITIES = (
    b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">'
    + b"".join(b'<!ENTITY %c "%s">' % (at, b"&%c;" % (at - 1) * 10) for at in range(98, 107))
    + b"]><a>&j;</a>"
)
SAMPLE_BYTES = (SAMPLE / "2019年度部门决算.xlsx").read_bytes()

#: What → (the bytes, the code, a piece of what is said).
REFUSED: dict[str, tuple[Callable[[], bytes], str, str]] = {
    "ratio bomb": (lambda: repacked(workbook(), lambda _, data: data, bomb=b"\0" * 100 * MIB), "R103", "压缩比"),
    "lying bomb": (lying_bomb, "R103", "压缩比"),
    "slow bomb": (slow_bomb, "R103", "解压后太大"),
    "many parts": (
        lambda: repacked(workbook(), lambda _, data: data, **{f"p{at}": b"" for at in range(10_001)}),
        "R103",
        "文件太多",
    ),
    "entity bomb": (lambda: repacked(workbook(), lambda _, data: data, **{"docProps/x.xml": ENTITIES}), "R103", "实体"),
    "entities in UTF-16": (
        lambda: repacked(
            workbook(), lambda name, data: ENTITIES.decode().encode("utf-16") if "styles" in name else data
        ),
        "R103",
        "实体",
    ),
    "far corner": (lambda: workbook(A1=1, XFD1048576=1), "R103", "区域太大"),
    "far formula": (lambda: workbook(A1=1, XFD1048576="=1"), "R103", "区域太大"),
    "far corner, other quotes": (
        lambda: in_sheet(b'r="B2"', b"r='XFD1048576'"),
        "R103",
        "",
    ),
    "far corner without addresses": (
        lambda: in_sheet(b'<row r="2"', b'<row r="1048576"', in_sheet(b'<c r="B2"', b"<c/>" * 5000 + b"<c")),
        "R103",
        "",
    ),
    "beyond any sheet": (lambda: in_sheet(b'r="B2"', b'r="B99999999"'), "R103", "地址"),
    "huge merged area": (
        lambda: in_sheet(
            b"</sheetData>",
            b"</sheetData><mergeCells>" + b'<mergeCell ref="A1:XFD1048576"/>' * 2000 + b"</mergeCells>",
            workbook(A1=1, B90000=1),
        ),
        "R103",
        "区域太大",
    ),
    "400 sheets": (lambda: workbook(400), "R103", "工作表太多"),
    "shared text": (shared_text, "R103", "文字"),
    "ods columns": (
        lambda: ods(
            "<table:table-row>" + ODS_CELL.format(' table:number-columns-repeated="99999999"') + "</table:table-row>"
        ),
        "R103",
        "区域太大",
    ),
    "ods rows": (
        lambda: ods(
            '<table:table-row table:number-rows-repeated="99999999">' + ODS_CELL.format("") + "</table:table-row>"
        ),
        "R103",
        "区域太大",
    ),
    "ods blanks before a value": (
        lambda: ods(
            '<table:table-row table:number-rows-repeated="1048575"><table:table-cell/></table:table-row>'
            '<table:table-row><table:table-cell table:number-columns-repeated="1023"/>'
            + ODS_CELL.format("")
            + "</table:table-row>"
        ),
        "R103",
        "区域太大",
    ),
    "web page": (
        lambda: '<html xmlns:x="urn:schemas-microsoft-com:office:excel"><table><tr><td>金额</td></tr></table>'.encode(
            "gbk"
        ),
        "R101",
        "里面是网页，不是表格；用 Excel 打开后另存为 .xlsx",
    ),
    "XML spreadsheet": (
        lambda: b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>',
        "R101",
        "Excel 2003 XML",
    ),
    "text": (lambda: "项目,金额\n图书购置,100\n".encode("gbk"), "R101", "里面是纯文本"),
    "nothing": (lambda: b"", "R101", "空的"),
    "noise": (lambda: random.Random(1).randbytes(5000), "R101", "不是表格"),
    "encrypted .xls": (lambda: ENCRYPTED_XLS, "R102", "密码"),
    "encrypted .ods": (
        lambda: repacked(
            ods(""),
            lambda name, data: (
                data.replace(b"/></manifest", b"><manifest:encryption-data/></manifest:file-entry></manifest")
                if name.startswith("META")
                else data[::-1]
            ),
        ),
        "R102",
        "密码",
    ),
    "OLE without a workbook": (lambda: ole(b"x" * 5000, "WordDocument"), "R101", ""),
    **{
        f"cut at {at}": (lambda at=at: SAMPLE_BYTES[:at], "R101", "")  # type: ignore[misc]
        for at in (1, 4, 30, 500, 4000, len(SAMPLE_BYTES) - 30)
    },
}


@pytest.mark.parametrize("what", REFUSED)
def test_refused(what: str) -> None:
    make, code, said = REFUSED[what]
    content = make()
    start = time.monotonic()
    with pytest.raises(UnreadableWorkbookError) as caught:
        read_workbook(content, "某.xlsx")
    assert time.monotonic() - start < LONGEST
    assert (caught.value.code, said in caught.value.reason) == (code, True), caught.value.reason


@pytest.mark.parametrize(
    "content",
    [
        workbook(A1=1, A1048576="x"),
        workbook(A1=1, XFD900="x"),
        workbook(300, A1=1),
        in_sheet(b"</sheetData>", b'</sheetData><mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'),
        in_sheet(b'<c r="B2"', b'<c r="XFD1048576" s="0"/><c r="B2"'),
        in_sheet(b'r="B2"', b"r='B2'"),
        ods(
            "<table:table-row>" + ODS_CELL.format(' table:number-columns-repeated="3"') + "</table:table-row>"
            '<table:table-row table:number-rows-repeated="1048575">'
            '<table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
        ),
    ],
    ids=["long", "wide", "300 sheets", "merged to the corner", "format at the corner", "other quotes", "ods"],
)
def test_unusual_but_honest(content: bytes) -> None:
    start = time.monotonic()
    assert read_workbook(content, "某.xlsx")[0].cells[0][0] == 1
    assert time.monotonic() - start < LONGEST


# Damaged copies of the sample.


def figures(manifest: dict[str, Any]) -> dict[tuple[str, str], tuple[object, ...]]:
    names = ("initial_budget", "annual_budget", "executed", "final_accounts")
    return {
        (unit["unit"], project["project"]): tuple(project[name] for name in names)
        for unit in manifest.get("units", ())
        for project in unit["projects"]
    }


def complaints(manifest: dict[str, Any]) -> set[tuple[str, str, str, tuple[str, ...]]]:
    """Code, project, message and workbooks of each error and warning."""
    return {
        (found["code"], found["project"], found["message"], tuple(cell["workbook"] for cell in found["sources"]))
        for found in manifest.get("findings", ())
        if found["severity"] in ("error", "warning")
    }


def in_silence(manifest: dict[str, Any], whole: dict[str, Any], struck: str) -> list[str]:
    """Projects with another figure than before, of which nothing new names either them or the workbook that was struck."""
    known = figures(whole)
    changed = {key[1]: value for key, value in figures(manifest).items() if any(value) and value != known.get(key)}
    said = complaints(manifest) - complaints(whole)
    if any(struck in books or struck in message for _, _, message, books in said):
        return []
    return [
        f"{project} {figure}"
        for project, figure in changed.items()
        if not any(project == own or project in message for _, own, message, _ in said)
    ]


def try_damaged(seed: int, folder: Path, whole: dict[str, Any]) -> str:
    """Check the sample with one workbook damaged; what is wrong with the answer, or nothing."""
    chance = random.Random(seed)
    books = sorted(SAMPLE.glob("*.xlsx"))
    for book in books:
        shutil.copy(book, folder)
    struck = chance.choice(books)
    (folder / struck.name).write_bytes(damage(struck.read_bytes(), chance))
    start = time.monotonic()
    try:
        status, manifest = perfeval("check", folder, "--scheme", "hongshan-2019", "--year", "2019")
    except Exception as error:
        return f"{seed}: {type(error).__name__}: {error}"
    if time.monotonic() - start > 10:
        return f"{seed}: slow"
    if status not in (0, 1, 3):
        return f"{seed}: exit {status}"
    changed = in_silence(manifest, whole, struck.name)
    return f"{seed}: changed in silence: {changed}" if changed else ""


def whole_year(folder: Path) -> dict[str, Any]:
    for book in SAMPLE.glob("*.xlsx"):
        shutil.copy(book, folder)
    return perfeval("check", folder, "--scheme", "hongshan-2019", "--year", "2019")[1]


def test_damaged_copies(tmp_path: Path) -> None:
    whole = whole_year(tmp_path)
    trials = (partial(try_damaged, seed, tmp_path, whole) for seed in range(24))
    assert [trouble for trial in trials if (trouble := alone(trial)[0])] == []


def test_headings_without_end(tmp_path: Path) -> None:
    """Headings are not tried one by one for ever; nor is a text of a million characters in a heading's place."""
    book = xlsxwriter.Workbook(str(tmp_path / "某.xlsx"), {"constant_memory": True})
    for _ in range(3):
        sheet = book.add_worksheet()
        for row in range(100):
            sheet.write_row(row, 0, EXECUTION)
    book.close()
    for limit, number, said in (("MAX_HEADINGS", 50, "一张工作表"), ("MAX_HEADINGS_IN_ALL", 250, "一个工作簿")):
        with patch.object(segments, limit, number):
            tables, findings = read_tables((tmp_path / "某.xlsx").read_bytes(), "某.xlsx", load_roles({}))
        assert ([finding.code for finding in findings], tables) == (["R103"], [])
        assert said in findings[0].message
    start = time.monotonic()
    assert [role.field_of("长" * 1_000_000) for role in load_roles({})] == [None] * len(load_roles({}))
    assert time.monotonic() - start < 1
