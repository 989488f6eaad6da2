"""What is said of rows that may be a detail or part of another one (R115)."""

from pathlib import Path
from typing import Any

import pytest

from tests.workbooks import clean_year, perfeval, write_folder


@pytest.mark.parametrize(
    ("at", "row", "subject", "said"),
    [
        (
            5,
            ["", "", "009", "其中：培训", "", "", "", 1000, "", 1000, "", ""],
            "其中：培训",
            "第6行的名称是“其中：培训”，",
        ),
        (3, ["", "", "", "", "", "", "", 1000, "", 1000, "", ""], "", "上面没有项目，"),
        (7, ["", "", "", "", "", "", "", 1000, "", 1000, "", ""], "", "计入了上一个项目。"),
    ],
    ids=["a code before the name", "above all projects", "below a project"],
)
def test_an_unclear_row(at: int, row: list[Any], subject: str, said: str, tmp_path: Path) -> None:
    sheets = clean_year()
    rows = sheets["预算执行情况"]
    for line in rows[2:]:
        line[4] = ""  # beside a source it would state the total of its detail
    rows[2][4] = "备注二"
    rows.insert(at, row)
    _, manifest = perfeval("check", write_folder(tmp_path, sheets))
    finding = next(one for one in manifest["findings"] if one["code"] == "R115")
    assert finding["subject"] == subject
    assert said in finding["message"]
