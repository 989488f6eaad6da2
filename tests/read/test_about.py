"""Indicator sheets of one project each: which project they are about is read, never guessed."""

from pathlib import Path
from typing import Any

import pytest

from tests.read.books import write_xlsx
from tests.read.hongshan_layouts.layouts import Sheet
from tests.workbooks import clean_year, codes_of, perfeval, write_folder

PROJECTS = ("读者服务", "馆舍维护")
Rows = list[list[Any]]

#: Layout → the sheet's name and the rows above the headings for a project, with merged areas.
LAYOUTS: dict[str, Any] = {
    "the sheet's name": lambda project: (project, [], []),
    "the sheet's name with more": lambda project: (f"2.{project}项目绩效指标表", [], []),
    "the title": lambda project: (f"表{len(project)}{project[0]}", [[f"2024年度{project}项目支出绩效自评表"]], []),
    "a label in its own cell": lambda project: (f"甲{project}", [["绩效表"], [f"项目名称：{project}"]], []),
    "labels with merged values": lambda project: (
        f"甲{project}",
        [["绩效表"], ["项目名称", "", project, "", "主管部门", "区文旅局"], ["实施单位", "", "某区图书馆", "", "", ""]],
        [(1, 0, 1, 1), (1, 2, 1, 3), (2, 0, 2, 1), (2, 2, 2, 5)],
    ),
}


def write(folder: Path, layout: Any) -> Path:
    sheets = clean_year()
    heading, *rows = sheets.pop("绩效指标")
    write_folder(folder, sheets)
    books: dict[str, Sheet] = {}
    for project in PROJECTS:
        name, above, merges = layout(project)
        books[name] = Sheet([*above, heading[1:], *(row[1:] for row in rows if row[0] == project)], merges)
    write_xlsx(folder / "指标.xlsx", books)
    return folder


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    _, manifest = perfeval("check", write_folder(tmp_path_factory.mktemp("clean"), clean_year()))
    projects: list[dict[str, Any]] = manifest["units"][0]["projects"]
    return projects


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_sheet_says_which_project_it_is_about(layout: str, expected: list[dict[str, Any]], tmp_path: Path) -> None:
    _, manifest = perfeval("check", write(tmp_path / "二", LAYOUTS[layout]))
    assert codes_of(manifest) == []
    assert manifest["units"][0]["projects"] == expected


@pytest.mark.parametrize(
    "layout",
    [
        lambda project: (f"表{PROJECTS.index(project)}", [["绩效指标表"]], []),
        lambda project: (f"{project}二期", [], []),
        lambda project: (project, [[f"{PROJECTS[0]}绩效表"]], []) if project == PROJECTS[1] else ("一", [], []),
    ],
    ids=["nothing", "another project", "two"],
)
def test_a_sheet_about_nothing_known_is_refused(layout: Any, tmp_path: Path) -> None:
    status, manifest = perfeval("check", write(tmp_path, layout))
    assert (status, codes_of(manifest)) == (3, ["R105", "R112"])
    assert "项目名称" in manifest["findings"][0]["message"]
    assert manifest["inputs"][-1]["roles"] == []
