"""The ministry's 财决05-2 with headings of two rows that are merged across only, and never downwards."""

from pathlib import Path
from typing import Any

import pytest

from tests.read.books import write_xlsx
from tests.read.hongshan_layouts.layouts import Sheet
from tests.workbooks import clean_year, codes_of, perfeval, write_folder

NAMES = ["支出功能分类科目编码", "", "", "科目名称", "项目代码", "项目名称", "合计"]
CODES = ["类", "款", "项", "", "", "", ""]
#: (top, left, bottom, right), zero-based.
CODE_MERGE = (3, 0, 3, 2)


@pytest.mark.parametrize("classes", [True, False], ids=["classes", "subtotals alone"])
def test_headings_merged_across_only(classes: bool, tmp_path: Path) -> None:
    _, expected = perfeval("check", write_folder(tmp_path / "一", clean_year()))
    wide = [["商品和服务支出", "", "资本性支出", ""], ["小计", "办公费", "小计", "设备购置"]]
    upper, lower = wide if classes else [["商品和服务支出", "资本性支出"], ["小计", "小计"]]
    merges = [CODE_MERGE, *([(3, 7, 3, 8), (3, 9, 3, 10)] if classes else [])]

    def row(code: str, subject: str, detail: str, name: str, amount: float) -> list[Any]:
        return [code, "", "", subject, detail, name, amount, amount, *([amount, "", ""] if classes else [""])]

    rows: list[list[Any]] = [
        ["项目支出决算明细表"],
        ["财决05-2表"],
        ["编制单位：某区图书馆", "", "", "", "", "2024年度", "金额单位：元"],
        [*NAMES, *upper],
        [*CODES, *lower],
        ["栏次", "", "", "", "", "", *range(1, len(lower) + 2)],
        row("合计", "", "", "", 533999.99),
        row("2070104", "图书馆", "", "", 533999.99),
        *(row("2070104", "图书馆", *line[2:5]) for line in clean_year()["项目支出决算"][2:]),
    ]
    folder = write_folder(
        tmp_path / "二", {name: sheet for name, sheet in clean_year().items() if name != "项目支出决算"}
    )
    write_xlsx(folder / "决算.xlsx", {"Z05_2 项目支出决算明细表(财决05-2表)": Sheet(rows, merges)})
    status, manifest = perfeval("check", folder, "--strict")
    assert (status, codes_of(manifest)) == (0, [])
    assert manifest["units"][0]["projects"] == expected["units"][0]["projects"]
