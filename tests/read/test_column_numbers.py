"""Rows of column numbers (栏次), whose text columns hold dashes, are no data in any table."""

from pathlib import Path
from typing import Any

import pytest

from tests.workbooks import Sheets, clean_year, codes_of, perfeval, write_folder

ROWS: dict[str, tuple[str, int, list[Any]]] = {
    "blank": ("预算执行情况", 3, ["栏次", "", "", "", "", "1", "2", "3=1+2", "4", "5", "6=5/3", ""]),
    "dashes": ("预算执行情况", 3, ["栏次", "—", "—", "—", "—", "1", "2", "3=1+2", "4", "5", "6=5/3", "—"]),
    "numbers": ("预算执行情况", 3, ["栏次", "-", "-", "-", "-", 1, 2, 3, 4, 5, 6, 7]),
    "said further right": ("预算执行情况", 3, ["—", "—", "—", "栏次", "—", 1, 2, "3=1+2", 4, 5, "6=5/3", "—"]),
    "on the next page": ("预算执行情况", 5, ["—", "—", "—", "栏次", "—", 1, 2, "3=1+2", 4, 5, "6=5/3", "—"]),
    "indicators": ("绩效指标", 1, ["栏次", "—", "—", "—", "—", "1", "2", "3", "—", "4", "5", "—", "—", "—"]),
    "slashes": ("绩效指标", 1, ["栏次", "/", "/", "/", "/", 1, 2, 3, 4, 5, 6, 7, 8, 9]),
    "final accounts": ("项目支出决算", 2, ["栏次", "—", "—", "—", 1]),
    "final accounts, as text": ("项目支出决算", 2, ["—", "—", "栏次", "—", "1"]),
}


@pytest.mark.parametrize("case", ROWS)
def test_column_numbers_are_no_data(case: str, tmp_path: Path) -> None:
    title, at, row = ROWS[case]
    _, expected = perfeval("check", write_folder(tmp_path / "一", clean_year()))
    sheets: Sheets = clean_year()
    sheets[title].insert(at, row)
    status, manifest = perfeval("check", write_folder(tmp_path / "二", sheets), "--strict")
    assert (status, codes_of(manifest)) == (0, [])
    assert manifest["units"] == expected["units"]


def test_dashes_alone_are_no_column_numbers(tmp_path: Path) -> None:
    sheets = clean_year()
    sheets["项目支出决算"].insert(2, ["2070104", "—", "—", "—", 1])
    _, manifest = perfeval("check", write_folder(tmp_path, sheets))
    assert codes_of(manifest) == ["M223"]
