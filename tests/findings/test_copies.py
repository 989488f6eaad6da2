"""A copy of a workbook, or of one of its tables: R110 says so, and no other finding misleads."""

from pathlib import Path

import pytest

from tests.workbooks import clean_year, codes_of, perfeval, write_folder

EXECUTION, INDICATORS, FINAL = "预算执行情况", "绩效指标", "项目支出决算"


@pytest.mark.parametrize(
    ("sheets", "codes"),
    [
        ([EXECUTION], {"R110", "O501"}),
        ([INDICATORS], {"R110", "O501"}),
        ([FINAL], {"R110"}),
        ([EXECUTION, "项目信息", INDICATORS, FINAL], {"R110", "O501"}),
    ],
)
def test_copied(sheets: list[str], codes: set[str], tmp_path: Path) -> None:
    year = clean_year()
    status, manifest = perfeval("check", write_folder(tmp_path, year | {f"{name}副本": year[name] for name in sheets}))
    assert (status, set(codes_of(manifest))) == (1, codes)


def test_each_unit_hears_of_its_own_copies(tmp_path: Path) -> None:
    year = clean_year()
    other = [[str(cell).replace("某区图书馆", "某区文化馆") for cell in row] for row in year[EXECUTION]]
    copies = {"副本": year[EXECUTION], "另一馆": other, "另一馆副本": other}
    _, manifest = perfeval("check", write_folder(tmp_path, year | copies))
    told = [
        (found["unit"], found["sources"][0]["workbook"]) for found in manifest["findings"] if found["code"] == "R110"
    ]
    assert told == [("某区图书馆", "0.xlsx"), ("某区文化馆", "5.xlsx")]


def test_twenty_copies_are_counted(tmp_path: Path) -> None:
    year = clean_year()
    _, manifest = perfeval("check", write_folder(tmp_path, year | {f"副本{at}": year[EXECUTION] for at in range(20)}))
    (found,) = (found for found in manifest["findings"] if found["code"] == "R110")
    assert "等 21 处都有" in found["message"]
    assert len(found["message"]) < 200


def test_a_row_without_end_is_named_some_hundred_times(tmp_path: Path) -> None:
    year = clean_year()
    year[EXECUTION][3:3] = [year[EXECUTION][3]] * 150
    for copies, code, cells, said in (
        ({}, "R117", 100, "有 151 行"),
        ({"副本": year[EXECUTION]}, "R110", 200, "302 处"),
    ):
        _, manifest = perfeval("check", write_folder(tmp_path, year | copies))
        (found,) = (found for found in manifest["findings"] if found["code"] == code)
        assert (len(found["sources"]), said in found["message"], "只列前 100" in found["message"]) == (
            cells,
            True,
            True,
        )


def test_many_columns_of_one_meaning_are_counted(tmp_path: Path) -> None:
    year = clean_year()
    year[EXECUTION] = [row + ["累计支出" if "全年执行数" in row else ""] * 200 for row in year[EXECUTION]]
    _, manifest = perfeval("check", write_folder(tmp_path, year))
    (found,) = (found for found in manifest["findings"] if found["code"] == "R109")
    assert "等 201 列" in found["message"]
    assert len(found["sources"]) == 30
    assert len(found["message"]) < 300
