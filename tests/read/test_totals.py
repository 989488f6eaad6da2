"""Stated totals in tables whose details have a row of 小计 among their sources."""

from pathlib import Path
from typing import Any

import pytest

from tests.workbooks import clean_year, codes_of, perfeval, write_folder

Grid = list[list[Any]]


def with_subtotals(word: str, *, names: bool, total: float) -> Grid:
    """The year's table with the total of each detail's sources below these, one of each level-1 project, and one of all."""
    title, line, heading, *rows = clean_year()["预算执行情况"]
    blank = [""] * 3

    def amounts(own: Grid) -> list[Any]:
        return [sum(row[at] or 0 for row in own) for at in range(5, 10)] + ["", ""]

    grid = [title, line, heading]
    for level1 in ("读者服务", "馆舍维护"):
        project = [row for row in rows if row[1] == level1]
        for code in dict.fromkeys(row[2] for row in project):
            own = [row for row in project if row[2] == code]
            grid += [*own, [*(own[0][:4] if names else ["", *blank]), word, *amounts(own)]]
        grid.append(["", "", "", "项目小计", "", *amounts(project)])
    return [*grid, ["总计", *blank, "", *amounts(rows)[:4], total, "", ""]]


@pytest.mark.parametrize(("total", "codes"), [(533999.99, []), (533999.98, ["R113"])])
@pytest.mark.parametrize("names", [True, False], ids=["named", "blank below"])
@pytest.mark.parametrize("word", ["小计", "合计"])
def test_the_total_of_a_detail_is_no_further_addend(
    word: str, names: bool, total: float, codes: list[str], tmp_path: Path
) -> None:
    sheets = clean_year() | {"预算执行情况": with_subtotals(word, names=names, total=total)}
    _, manifest = perfeval("check", write_folder(tmp_path, sheets))
    assert codes_of(manifest) == codes
    assert manifest["units"][0]["summary"]["executed"] == "533999.99"
    assert all(finding["expected"] == "533999.99" for finding in manifest["findings"])


@pytest.mark.parametrize("written", ["其中：中央补助", "其中:中央补助", "其中 中央补助", "其中中央补助"])
def test_a_source_is_called_the_same_with_and_without_of_which(written: str, tmp_path: Path) -> None:
    _, expected = perfeval("check", write_folder(tmp_path / "一", clean_year()))
    sheets = clean_year()
    title, line, heading, *rows = sheets["预算执行情况"]
    total = [*rows[0][:4], "合计", 300000, 50000, 350000, 350000, 340000, "", ""]
    rows[0][4] = written
    status, manifest = perfeval(
        "check",
        write_folder(tmp_path / "二", sheets | {"预算执行情况": [title, line, heading, total, *rows]}),
        "--strict",
    )
    assert (status, codes_of(manifest)) == (0, [])
    assert manifest["units"][0]["projects"] == expected["units"][0]["projects"]


def test_a_detail_with_nothing_but_its_total_is_counted(tmp_path: Path) -> None:
    sheets = clean_year()
    sheets["预算执行情况"][6][4] = "合计"
    sheets["预算执行情况"].append(["总计", "", "", "", "", 500000, 50000, 550000, 550000, 533999.99, "", ""])
    _, manifest = perfeval("check", write_folder(tmp_path, sheets))
    assert "R113" not in codes_of(manifest)
    assert manifest["units"][0]["summary"]["executed"] == "533999.99"
