"""A project that 项目信息 describes twice, each time otherwise: nobody knows which of the two its form should print (R110)."""

from pathlib import Path

import pytest

from tests.workbooks import clean_year, codes_of, perfeval, write_folder


@pytest.mark.parametrize("scheme", ["hongshan-2019", "mof-2020"])
@pytest.mark.parametrize("apart", [False, True])
def test_no_form_prints_one_of_two_versions(apart: bool, scheme: str, tmp_path: Path) -> None:
    sheets = clean_year()
    heading, first, *_ = sheets["项目信息"]
    other = [*first]
    other[heading.index("年初设定目标")] = "另一个目标"
    if apart:
        sheets["项目信息二"] = [heading, other]
    else:
        sheets["项目信息"].append(other)
    status, manifest = perfeval("run", write_folder(tmp_path, sheets), "--no-report", "--scheme", scheme)
    found = [finding for finding in manifest["findings"] if finding["code"] == "R110"]
    assert (status, [finding["project"] for finding in found], len(found[0]["sources"])) == (1, [first[1]], 2)
    forms = {project["project"]: project["form"] for project in manifest["units"][0]["projects"]}
    assert [name for name, form in forms.items() if form is None] == [first[1]]


def test_the_same_row_twice_is_one(tmp_path: Path) -> None:
    sheets = clean_year()
    sheets["项目信息"].append([3, *sheets["项目信息"][1][1:]])
    status, manifest = perfeval("run", write_folder(tmp_path, sheets), "--no-report")
    assert status == 0
    assert "R110" not in codes_of(manifest)
