"""The execution table against itself: what the printed unit explains and what it does not, and budgets out of nothing."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.workbooks import Sheets, changed, clean_year, codes_of, perfeval, put, write_folder

EXECUTION, FINAL = "预算执行情况", "项目支出决算"


def row(at: int, **cells: Any) -> Callable[[Sheets], None]:
    def change(sheets: Sheets) -> None:
        for heading, value in cells.items():
            put(EXECUTION, at, heading, value)(sheets)

    return change


def in_wan_yuan(sheets: Sheets) -> None:
    """The clean year in 万元 with two decimals; every amount of its first row is 10.01."""
    for sheet, above in ((EXECUTION, 3), (FINAL, 2)):
        sheets[sheet][above - 2] = ["单位：万元"]
        for line in sheets[sheet][above:]:
            line[:] = [
                round(cell / 10_000, 2) if isinstance(cell, float | int) and cell > 100 else cell for cell in line
            ]
    row(0, 年初预算数=10.01, 全年预算数=10.01, 到位资金=10.01, 全年执行数=10.01)(sheets)
    put(FINAL, 0, "本年支出", 34.01)(sheets)


@pytest.mark.parametrize(
    ("cells", "codes"),
    [
        ({}, []),
        ({"到位资金": 10.02}, ["M216"]),
        ({"预算调整数": 0.01}, []),
        ({"预算调整数": 0.02}, ["M212"]),
        ({"年初预算数": 10, "预算调整数": "", "全年预算数": 10, "到位资金": 10, "预算执行率": ""}, ["M214"]),
    ],
)
def test_one_printed_place_is_a_difference_unless_amounts_were_added(
    cells: dict[str, Any], codes: list[str], tmp_path: Path
) -> None:
    def change(sheets: Sheets) -> None:
        in_wan_yuan(sheets)
        row(0, **cells)(sheets)

    assert codes_of(perfeval("check", write_folder(tmp_path, changed(change)))[1]) == codes


def test_a_budget_out_of_nothing_is_a_change(tmp_path: Path) -> None:
    change = row(3, 年初预算数=0, 预算调整数=120000)
    (finding,) = perfeval("check", write_folder(tmp_path, changed(change)))[1]["findings"]
    assert (finding["code"], finding["expected"], finding["actual"]) == ("M217", "0.00", "120000.00")
    assert "年初没有预算" in finding["message"]


def test_an_unreadable_initial_budget_withholds_a_form_that_shows_it(tmp_path: Path) -> None:
    folder = write_folder(tmp_path, changed(row(3, 年初预算数="约十二万")))
    for scheme, withheld in (("hongshan-2019", []), ("mof-2020", ["馆舍维护"])):
        findings = perfeval("check", folder, "--scheme", scheme)[1]["findings"]
        assert [finding["subject"] for finding in findings if finding["code"] == "O501"] == withheld


def test_a_row_without_a_source_beside_others_with_theirs(tmp_path: Path) -> None:
    """The form's lines of its sources come to less than its total (M211); where no row names one there is nothing to add up."""
    sheets = clean_year()
    sheets["预算执行情况"][5][4] = ""  # 读者活动: 80000 of 430000
    status, manifest = perfeval("check", write_folder(tmp_path / "一", sheets))
    found = [finding for finding in manifest["findings"] if finding["code"] == "M211"]
    assert (status, [finding["project"] for finding in found]) == (1, ["读者服务"])
    assert "全年预算数 80000.00 元" in found[0]["message"]
    assert [source["cell"] for source in found[0]["sources"]] == ["E6", "H6"]
    for row in sheets["预算执行情况"][3:]:
        row[4] = ""
    sheets["预算执行情况"][4][2:4] = ["004", "另一批图书"]
    assert "M211" not in codes_of(perfeval("check", write_folder(tmp_path / "二", sheets))[1])
