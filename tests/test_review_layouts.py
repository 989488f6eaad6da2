"""Forms as other places print them: what is wrong is told at its cell, and where nothing is, no error is."""

from pathlib import Path
from typing import Any

import pytest

from tests import layouts_of_forms as drawn
from tests.forms import draw_pages
from tests.workbooks import perfeval

RIGHT_TOTAL = (90, 89.974, 89.974, 10, "100%", 10)
GROUPS = ("（50分）", "（30分）", "（10分）")


def changed(page: drawn.Page, cells: dict[str, Any]) -> drawn.Page:
    """The page with other values in these cells."""
    for cell, value in cells.items():
        page[int(cell[1:]) - 1][ord(cell[0]) - ord("A")] = value
    return page


#: A page → the errors in it: code and first cell.
PAGES: dict[str, tuple[drawn.Page, list[tuple[str, str]]]] = {
    "rounded up, as published": (drawn.blank_rows_form(), [("S314", "I7")]),
    "blank rows": (drawn.blank_rows_form(8.62, 97.62), []),
    "a total with the right funding score": (drawn.blank_rows_form(9, 97.62), [("S314", "I7")]),
    "no total of the funds, as published": (
        drawn.empty_total_form(),
        [("M211", "D7"), ("M211", "E7"), ("M211", "F7")],
    ),
    "a name without an indicator": (drawn.empty_total_form(RIGHT_TOTAL, 100), []),
    "total left as it was": (drawn.empty_total_form(RIGHT_TOTAL, 90), [("S314", "H24")]),
    "sichuan, as published": (drawn.sichuan_form(), []),
    "sichuan, funding": (drawn.sichuan_form(score=9), [("S314", "J8")]),
    "sichuan, total": (drawn.sichuan_form(total=99), [("S314", "J15")]),
    "no points for the funds": (drawn.unscored_funds_form(), []),
    "no points for the funds, total above": (drawn.unscored_funds_form(headed=98), [("S314", "H3")]),
    "no points for the funds, total below": (drawn.unscored_funds_form(row=98), [("S314", "H18")]),
    "points of a level-2 group": (drawn.unscored_funds_form(costs=14), [("S301", "C15")]),
    "yuan as text": (drawn.yuan_form(), []),
    "yuan as text, funding": (drawn.yuan_form(score="10"), [("S314", "H6")]),
    "yuan as text, total above": (drawn.yuan_form(headed="97.00"), [("S314", "B4")]),
    "yuan as text, total below": (drawn.yuan_form(row="97.00"), [("S314", "G17")]),
    "yuan as text, grade": (drawn.yuan_form(grade="良"), [("S313", "F4")]),
    "labels with colons": (drawn.colon_form(), []),
    "labels with colons, total": (drawn.colon_form(total=97), [("S314", "F4")]),
    "labels with colons, funding": (drawn.colon_form(score=10), [("S314", "I6")]),
    "subtotal": (drawn.subtotal_form(), []),
    "subtotal wrong": (drawn.subtotal_form(subtotals=(90,)), [("S314", "H18")]),
    "subtotal, total": (drawn.subtotal_form(total="98.50"), [("S314", "A19")]),
    "subtotals of groups": (drawn.subtotal_form(subtotals=(48.5, 30, 10)), []),
    "subtotals of groups, one wrong": (drawn.subtotal_form(subtotals=(48.5, 31, 10)), [("S314", "H18")]),
    "rounded to whole 万元": (drawn.whole_form(), []),
    "exact whole 万元, a source": (changed(drawn.subtotal_form(), {"F8": 86}), [("M211", "F7")]),
    "exact whole 万元, the total": (changed(drawn.subtotal_form(), {"D7": 101}), [("M211", "D7")]),
    "points of the funds in two places": (changed(drawn.sichuan_form(), {"I8": 11}), [("S301", "I8")]),
    "points of groups": (drawn.subtotal_form(groups=GROUPS), []),
    "points of a group": (
        drawn.subtotal_form(groups=("（50分）", "（25分）", "（10分）")),
        [("S301", "B13"), ("S301", "B16")],
    ),
    "seed": (drawn.seed_form(), []),
    "seed, total": (drawn.seed_form(total=96.5), [("S314", "G4")]),
    "seed, subtotal": (drawn.seed_form(subtotal=57), [("S314", "H17")]),
    "seed, goal above its points": (drawn.seed_form(goal=21, total=96.5), [("S302", "H12")]),
    "seed, funding": (drawn.seed_form(funding=20, total=96), [("S314", "H8")]),
    "formulas": (drawn.formulas_form(), [("R107", "H18"), ("R107", "H19"), ("R107", "I7")]),
    "two in a sheet": (
        drawn.second_form(drawn.subtotal_form(), drawn.yuan_form(score="10")),
        [("S314", "H27")],
    ),
    "beside each other": (
        [[*one, *[""] * (10 - len(one)), *other] for one, other in zip(drawn.subtotal_form(), drawn.subtotal_form(total="97.00"), strict=True)],
        [("S314", "K19")],
    ),
    "parts of a source": (drawn.parts_form(), []),
    "parts of a source, the source": (changed(drawn.parts_form(), {"F8": 86}), [("M211", "F7")]),
    "a transfer without scores": (drawn.transfer_form(), []),
    "a transfer without scores, the total": (drawn.transfer_form(951), [("M211", "G6")]),
    "moved": (drawn.moved(drawn.blank_rows_form(), 3), [("S314", "L7")]),
    "title only": (drawn.titled_only_form(), []),
}  # fmt: skip


@pytest.fixture(scope="module")
def reviewed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """All pages, reviewed at once."""
    folder: Path = tmp_path_factory.mktemp("表")
    for name, (page, _) in PAGES.items():
        draw_pages(folder / f"{name}.xlsx", page)
    _, manifest = perfeval("review", folder)
    return manifest


@pytest.mark.parametrize("name", PAGES)
def test_errors_are_told_at_their_cells(name: str, reviewed: dict[str, Any]) -> None:
    found = [
        (finding["code"], finding["sources"][0]["cell"])
        for finding in reviewed["findings"]
        if finding["sources"][0]["workbook"] == f"{name}.xlsx" and finding["severity"] == "error"
    ]
    assert sorted(found) == sorted(PAGES[name][1])


def test_every_page_is_a_form(reviewed: dict[str, Any]) -> None:
    read = [project["form"] for unit in reviewed["units"] for project in unit["projects"]]
    assert {name: read.count(f"{name}.xlsx") for name in PAGES} == {
        name: 1 + (name in ("two in a sheet", "beside each other")) for name in PAGES
    }
    assert [finding["code"] for finding in reviewed["findings"] if finding["code"] == "F602"] == []
