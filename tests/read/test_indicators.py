"""Indicator sheets as bureaus lay them out: sums, points in the names of groups, reasons and measures."""

from pathlib import Path
from typing import Any

import pytest

from tests.workbooks import Sheets, clean_year, codes_of, perfeval, write_folder

SHEET = "绩效指标"
Rows = list[list[Any]]


def check(folder: Path, rows: Rows) -> dict[str, Any]:
    sheets: Sheets = clean_year() | {SHEET: rows}
    return perfeval("check", write_folder(folder, sheets))[1]


def row_of(label: str, column: int, weight: Any, score: Any) -> list[Any]:
    row: list[Any] = [""] * 14
    row[column], row[7], row[10] = label, weight, score
    return row


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    manifest = check(tmp_path_factory.mktemp("clean"), clean_year()[SHEET])
    return list(manifest["units"][0]["projects"])


SUMS: dict[str, Any] = {
    "a subtotal and a total": lambda rows: [
        *rows[:3],
        row_of("小计", 1, 40, 35),
        *rows[3:],
        row_of("合计", 0, 120, ""),
    ],
    "the points of the whole form": lambda rows: [*rows[:4], row_of("总分", 0, 100, 89.78), *rows[4:]],
    "a subtotal beside its project": lambda rows: [
        *rows[:3],
        ["读者服务", *row_of("小  计", 1, 40, 35)[1:]],
        *rows[3:],
    ],
    "a subtotal in place of the indicator": lambda rows: [*rows[:3], row_of("小计", 3, 40, 35), *rows[3:]],
    "the points of each group": lambda rows: [
        rows[0],
        *([row[0], f"{row[1]}（{row[7]}分）", *row[2:]] for row in rows[1:]),
    ],
}


@pytest.mark.parametrize("layout", SUMS)
def test_sums_are_no_indicators(layout: str, tmp_path: Path, clean: list[dict[str, Any]]) -> None:
    manifest = check(tmp_path, SUMS[layout](clean_year()[SHEET]))
    assert codes_of(manifest) == []
    assert manifest["units"][0]["projects"] == clean


@pytest.mark.parametrize(("weight", "score", "cell"), [(41, 35, "H4"), (40, 36, "K4")])
def test_a_subtotal_that_is_off(weight: int, score: int, cell: str, tmp_path: Path) -> None:
    rows = clean_year()[SHEET]
    manifest = check(tmp_path, [*rows[:3], row_of("小计", 1, weight, score), *rows[3:]])
    assert codes_of(manifest) == ["R113"]
    assert manifest["findings"][0]["sources"][0]["cell"] == cell
    assert "分，" in manifest["findings"][0]["message"]


def test_reason_and_measure_under_one_heading(tmp_path: Path, clean: list[dict[str, Any]]) -> None:
    heading, *rows = clean_year()[SHEET]
    top = [*heading[:11], "未完成原因及改进措施", "", heading[13]]
    manifest = check(tmp_path, [top, [*[""] * 11, "原因", "措施", ""], *rows])
    assert codes_of(manifest) == []
    assert manifest["units"][0]["projects"] == clean
