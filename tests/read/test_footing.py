"""Slips in the ministry's forms of the final accounts: each is M224, with the cells that do not add up."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.read.test_layouts import ministry_forms
from tests.workbooks import Sheets, clean_year, codes_of, perfeval, write_folder

DETAIL, BALANCE, APPROPRIATIONS = ministry_forms()
Change = Callable[[Sheets], object]


def put(form: str, cell: str, value: object) -> Change:
    def change(forms: Sheets) -> None:
        forms[form][int(cell[1:]) - 1][ord(cell[0]) - ord("A")] = value

    return change


def both(*changes: Change) -> Change:
    return lambda forms: [change(forms) for change in changes]


def widen(forms: Sheets) -> None:
    forms[BALANCE] = [[*row, ""] for row in forms[BALANCE]]


#: What is wrong → (change of the three forms, the cells that are named).
SLIPS: dict[str, tuple[Change, list[str]]] = {
    "a row's economic classes": (put(DETAIL, "H11", 8), ["G11", "H11", "J11"]),
    "a class in the total's row": (put(DETAIL, "H7", 53.39), ["G7", "H7", "J7"]),
    "a class and its parts": (put(DETAIL, "I11", 8), ["H11", "I11"]),
    "a class that nobody knows": (both(put(DETAIL, "J4", "新设支出"), put(DETAIL, "J11", 1)), ["G11", "H11", "J11"]),
    "a roll-up of 类": (both(put(DETAIL, "G8", 53.5), put(DETAIL, "H8", 53.5)), ["G8", "G10", "G11", "G12"]),
    "a roll-up without projects": (both(put(DETAIL, "A9", "208"), put(DETAIL, "B9", "05")), ["G9"]),
    "the balance of a project": (put(BALANCE, "H6", 0.5), ["H6", "C6", "D6", "F6"]),
    "income short of spending": (put(BALANCE, "D5", 33), ["H5", "C5", "D5", "F5"]),
    "more appropriated than spent": (
        both(put(APPROPRIATIONS, "G11", 12), put(APPROPRIATIONS, "H11", 12)),
        ["G11", "G12"],
    ),
}  # fmt: skip


def check(tmp_path: Path, change: Change) -> list[dict[str, Any]]:
    forms = {name: [list(row) for row in rows] for name, rows in ministry_forms().items()}
    change(forms)
    sheets = clean_year()
    del sheets["项目支出决算"]
    _, manifest = perfeval("check", write_folder(tmp_path, sheets | {name[:31]: rows for name, rows in forms.items()}))
    assert set(codes_of(manifest)) <= {"M224"}
    return [finding for finding in manifest["findings"] if finding["code"] == "M224"]


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_is_named_with_its_cells(slip: str, tmp_path: Path) -> None:
    change, cells = SLIPS[slip]
    found = [[place["cell"] for place in finding["sources"]] for finding in check(tmp_path, change)]
    assert cells in found


@pytest.mark.parametrize(
    "change",
    [
        lambda forms: None,
        put(BALANCE, "C5", ""),
        # Only some parts of a class are exported: there is nothing to add.
        both(put(DETAIL, "H5", "差旅费"), *(put(DETAIL, f"H{row}", 3) for row in range(7, 13))),
        both(*(put(DETAIL, f"I{row}", 3) for row in range(7, 13))),
        # Balances that another column explains.
        both(
            widen,
            put(BALANCE, "I3", "结余分配"),
            put(BALANCE, "I5", 1),
            put(BALANCE, "D5", 35),
        ),
    ],
)
def test_no_slip(change: Change, tmp_path: Path) -> None:
    assert check(tmp_path, change) == []


@pytest.mark.parametrize("headings", [[301, 302, 310], ["301工资福利支出", "302 商品和服务支出", "资本性支出（310）"]])
@pytest.mark.parametrize("slip", [0, 0.01])
def test_the_classes_of_a_plain_list(headings: list[Any], slip: float, tmp_path: Path) -> None:
    sheets = clean_year()
    rows = sheets["项目支出决算"]
    rows[1] += headings
    for row in rows[2:]:
        row += ["", row[4], ""]
    rows[2][6] -= slip
    _, manifest = perfeval("check", write_folder(tmp_path, sheets))
    assert codes_of(manifest) == (["M224"] if slip else [])
    if slip:
        assert [place["cell"] for place in manifest["findings"][0]["sources"]] == ["E3", "F3", "G3", "H3"]


def test_a_list_with_other_figures_beside_the_classes_is_not_added_up(tmp_path: Path) -> None:
    sheets = clean_year()
    rows = sheets["项目支出决算"]
    rows[1] += ["302", "其中：政府采购"]
    for row in rows[2:]:
        row += [1, 2]
    assert codes_of(perfeval("check", write_folder(tmp_path, sheets))[1]) == []
