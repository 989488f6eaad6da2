"""Names that lie, lead elsewhere or clash: every file stays in the results folder, whole, different and recognisable."""

import unicodedata
from pathlib import Path, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfeval_xl.write.names import UnitPlaces, name_key, safe_name
from tests.workbooks import Sheets, clean_year, perfeval, write_folder

RESERVED = {"CON", "PRN", "AUX", "NUL", *(f"{port}{number}" for port in ("COM", "LPT") for number in range(1, 10))}
HOSTILE = [
    *("../../etc/passwd", "..\\..\\x", "C:\\Windows\\x", "D:", "/", "..", ".", "", " ", "...", ". .", "\\\\server\\share\\x"),
    *("CON", "con.txt", "NUL:", "COM1", "aux.", "CON .", "末尾有点...", "末尾有空格  ", ".perfeval-unit-1", "~$图书馆"),
    *("x" * 300, "图" * 300, "😀" * 100, "表\u202egnp.exe", "甲\u200b馆", "甲\x00馆", "甲\udcff馆", "甲\n馆", "\ufeff馆", "a\u0301" * 200),
    *("=1+1", "甲|乙", "甲*乙?", '甲"乙', "<甲>"),
]  # fmt: skip


def assert_legal(name: str) -> None:
    assert len(name.encode()) <= 255
    assert len(name.encode("utf-16-le")) // 2 <= 100
    assert name == PureWindowsPath(name).name
    assert name not in ("", ".", "..")
    assert not name.endswith((".", " "))
    assert not name.startswith((".", "~$"))
    assert name.split(".")[0].strip().upper() not in RESERVED
    assert not set(name) & set('<>:"/\\|?*')
    assert not [char for char in name if unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") or char == "\u202e"]


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("suffix", ["", ".xlsx"])
def test_hostile(name: str, suffix: str) -> None:
    safe = safe_name(name, suffix)
    assert_legal(safe)
    assert safe.endswith(suffix)
    assert safe_name(safe) == safe


@given(st.text(st.characters(), max_size=150) | st.text("附甲1A. （）", max_size=100))
def test_any(name: str) -> None:
    assert_legal(safe_name(name))
    assert_legal(safe_name(name, ".xlsx"))


@given(st.lists(st.text("aA/\\:.～éé图", max_size=4), max_size=8, unique=True))
def test_units_get_folders_of_their_own(units: list[str]) -> None:
    folders = [place.folder for place in UnitPlaces().of(units).values()]
    assert len({name_key(folder) for folder in folders}) == len(units)


def test_long_names_that_differ_only_at_the_end_stay_different_and_recognisable() -> None:
    first, second = safe_name("图" * 200 + "甲", ".xlsx"), safe_name("图" * 200 + "乙", ".xlsx")
    assert first != second
    assert first.startswith("图" * 60)


def renamed(projects: dict[str, str], unit: str = "某区图书馆") -> Sheets:
    names = {**projects, "某区图书馆": unit}
    return {
        title: [[names.get(cell, cell) if isinstance(cell, str) else cell for cell in row] for row in rows]
        for title, rows in clean_year().items()
    }


@pytest.mark.parametrize(
    "pair", [("读者/服务", "读者:服务"), ("Reading", "READING"), ("é服务", "e\u0301服务"), ("甲\u202e馆", "甲馆")]
)
def test_projects_whose_names_differ_in_what_a_name_cannot_hold(pair: tuple[str, str], tmp_path: Path) -> None:
    sheets = renamed({"读者服务": pair[0], "馆舍维护": pair[1]})
    sheets["项目信息"][2][0] = 1  # the same number, as a person may write it
    _, manifest = perfeval("run", write_folder(tmp_path, sheets))
    forms = [project["form"] for unit in manifest["units"] for project in unit["projects"] if project["form"]]
    assert len({name_key(form) for form in forms}) == len(forms)
    written = {path.name for path in (tmp_path / "自评结果").glob("附件*")}
    assert written == set(forms)


@pytest.mark.parametrize("unit", ["..", ".", "../甲", "CON", ".perfeval-unit-1", "C:\\甲", "发件箱", "manifest.json"])
def test_a_unit_stays_in_the_results_folder(unit: str, tmp_path: Path) -> None:
    folder = tmp_path / "批"
    write_folder(folder / "甲", renamed({}, unit))
    write_folder(folder / "乙", renamed({}, "乙馆"))
    before = {path for path in tmp_path.rglob("*") if "自评结果" not in path.parts}
    status, manifest = perfeval("run", folder)
    assert (status, len(manifest["units"])) == (0, 2)
    assert {path for path in tmp_path.rglob("*") if "自评结果" not in path.parts} == before
    assert len(list((folder / "自评结果").iterdir())) == 4
    for output in manifest["outputs"]:
        assert (folder / "自评结果" / output["path"]).is_file()
