"""Headings in several rows with merged areas: what each column means, and what none may be taken for."""

from pathlib import Path
from typing import Any

import pytest

from tests.read.books import write_xlsx
from tests.read.hongshan_layouts.layouts import Merge, Sheet
from tests.workbooks import clean_year, codes_of, perfeval, write_folder

Rows = list[list[Any]]
TABLE, FINAL = "预算执行情况", "项目支出决算"
TOP: Rows = [["2024年度执行情况"], ["编制单位：某区图书馆", "", "单位：万元"]]
NAMES = ["一级项目", "项目名称"]


def rows(*columns: str) -> Rows:
    """The details of the clean year: for each column the words that say which amount it has, and of which source."""
    details = [
        ["读者服务", "图书购置", {"中央": (10, 10), "区级": (25, 24)}],
        ["读者服务", "读者活动", {"区级": (8, 7.999999)}],
        ["馆舍维护", "屋面维修", {"区级": (12, 11.4)}],
    ]

    def amount(own: Any, column: str) -> Any:
        which, _, source = column.partition("/")
        at = {"预算": 0, "执行": 1}.get(which)
        if at is None:
            return column
        parts = [pair[at] for name, pair in own.items() if source in ("", name)]
        return sum(parts) if parts else ""

    return [[level1, name, *(amount(own, column) for column in columns)] for level1, name, own in details]


#: Layout → rows, and merged areas.
SOURCES: dict[str, tuple[Rows, list[Merge]]] = {
    "three rows, 其中 in the second": (
        [*TOP, [*NAMES, "全年预算数", "", "", "全年执行数", "", ""], ["", "", "合计", "其中", "", "合计", "其中", ""],
         ["", "", "", "中央补助", "区级预算资金", "", "中央补助", "区级预算资金"],
         *rows("预算", "预算/中央", "预算/区级", "执行", "执行/中央", "执行/区级")],
        [(2, 0, 4, 0), (2, 1, 4, 1), (2, 2, 2, 4), (2, 5, 2, 7), (3, 2, 4, 2), (3, 3, 3, 4), (3, 5, 4, 5), (3, 6, 3, 7)],
    ),
    "the same without merged areas": (
        [*TOP, [*NAMES, "全年预算数", "", "", "全年执行数", "", ""], ["", "", "合计", "其中", "", "合计", "其中", ""],
         ["", "", "", "中央补助", "区级预算资金", "", "中央补助", "区级预算资金"],
         *rows("预算", "预算/中央", "预算/区级", "执行", "执行/中央", "执行/区级")],
        [],
    ),
    "a subtotal of the appropriations": (
        [*TOP, [*NAMES, "全年预算数", "", "", "", "全年执行数", "", "", ""],
         ["", "", "合计", "财政拨款", "", "", "合计", "财政拨款", "", ""],
         ["", "", "", "小计", "中央补助", "区级预算资金", "", "小计", "中央补助", "区级预算资金"],
         *rows("预算", "预算", "预算/中央", "预算/区级", "执行", "执行", "执行/中央", "执行/区级")],
        [(2, 0, 4, 0), (2, 1, 4, 1), (2, 2, 2, 5), (2, 6, 2, 9), (3, 2, 4, 2), (3, 3, 3, 5), (3, 6, 4, 6), (3, 7, 3, 9)],
    ),
    "one row, 其中 before the first source or before each": (
        [*TOP, [*NAMES, "全年预算数", "其中：中央补助", "区级预算资金", "全年执行数", "其中：中央补助", "其中：区级预算资金"],
         *rows("预算", "预算/中央", "预算/区级", "执行", "执行/中央", "执行/区级")],
        [],
    ),
}  # fmt: skip
TOTALS: dict[str, tuple[Rows, list[Merge]]] = {
    "a heading over two columns, data in the first": (
        [*TOP, ["一级项目", "项目名称", "", "全年预算数", "", "全年执行数"],
         *([level1, name, "", *more] for level1, name, *more in rows("预算", "", "执行"))],
        [(2, 1, 2, 2), (2, 3, 2, 4), (3, 1, 3, 2)],
    ),
    "a heading over two columns, data in the second": (
        [*TOP, [*NAMES, "全年预算数", "", "全年执行数"], *rows("", "预算", "执行")],
        [(2, 2, 2, 3)],
    ),
    "this year beside the last": (
        [*TOP, [*NAMES, "全年预算数", "", "全年执行数", ""], ["", "", "上年", "本年", "上年数", "本年数"], *rows("9", "预算", "9", "执行")],
        [(2, 2, 2, 3), (2, 4, 2, 5)],
    ),
    "a share beside the amount": (
        [*TOP, [*NAMES, "全年预算数", "", "全年执行数", ""], ["", "", "金额", "占比（%）", "金额", "同比增减"], *rows("预算", "9", "执行", "9")],
        [(2, 2, 2, 3), (2, 4, 2, 5)],
    ),
    "a part of the amount that is no division by sources": (
        [*TOP, [*NAMES, "全年预算数", "其中：上年结转", "全年执行数"], *rows("预算", "9", "执行")], [],
    ),
    "parts of the amount beside a column of sources": (
        [*TOP, [*NAMES, "资金来源", "全年预算数", "其中：上年结转资金", "本年资金", "全年执行数"],
         *rows("其他资金", "预算", "9", "9", "执行")],
        [],
    ),
    "parts of the amount that are no sources": (
        [*TOP, [*NAMES, "全年预算数", "其中：一季度", "二季度", "全年执行数"], *rows("预算", "9", "9", "执行")], [],
    ),
    "quarters beside their sum": (
        [*TOP, [*NAMES, "全年预算数", "全年执行数", "", ""], ["", "", "", "合计", "上半年", "下半年"], *rows("预算", "执行", "9", "9")],
        [(2, 0, 3, 0), (2, 1, 3, 1), (2, 2, 3, 2), (2, 3, 2, 5)],
    ),
}  # fmt: skip


def check(folder: Path, content: Rows, merges: list[Merge], title: str = TABLE) -> dict[str, Any]:
    sheets = clean_year()
    del sheets[title]
    write_folder(folder, sheets)
    write_xlsx(folder / "另.xlsx", {title: Sheet(content, merges)})
    return perfeval("check", folder)[1]


def money(manifest: dict[str, Any], *more: str) -> list[list[Any]]:
    return [
        [project[name] for name in ("annual_budget", "executed", *more)] for project in manifest["units"][0]["projects"]
    ]


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return perfeval("check", write_folder(tmp_path_factory.mktemp("clean"), clean_year()))[1]


@pytest.mark.parametrize("layout", SOURCES)
def test_sources_as_columns(layout: str, tmp_path: Path, clean: dict[str, Any]) -> None:
    manifest = check(tmp_path, *SOURCES[layout])
    assert codes_of(manifest) == []
    assert money(manifest, "funding") == money(clean, "funding")


@pytest.mark.parametrize("layout", TOTALS)
def test_what_is_no_source_is_not_added(layout: str, tmp_path: Path, clean: dict[str, Any]) -> None:
    manifest = check(tmp_path, *TOTALS[layout])
    assert [code for code in codes_of(manifest) if code != "O502"] == []
    assert money(manifest) == money(clean)


@pytest.mark.parametrize(("merges", "code"), [([(2, 3, 2, 4)], "R105"), ([], "R105")])
def test_quarters_without_their_sum_are_no_amount(merges: list[Merge], code: str, tmp_path: Path) -> None:
    head = [[*NAMES, "全年预算数", "全年执行数", ""], ["", "", "", "一季度", "二季度"]]
    manifest = check(tmp_path, [*TOP, *head, *rows("预算", "9", "9")], merges)
    assert codes_of(manifest) == [code, "R112"]


def test_two_columns_of_data_under_one_heading_are_ambiguous(tmp_path: Path) -> None:
    manifest = check(
        tmp_path, [*TOP, [*NAMES, "全年预算数", "全年执行数", ""], *rows("预算", "执行", "9")], [(2, 3, 2, 4)]
    )
    assert codes_of(manifest) == ["R109", "R112"]
    assert [place["cell"] for place in manifest["findings"][0]["sources"]] == ["D3", "E3"]


FORM_5_2: Rows = [
    ["项目支出决算明细表"],
    ["", "", "", "", "", "", "", "财决05-2表"],
    ["编制单位：某区图书馆", "", "", "", "", "", "", "金额单位：万元"],
    ["项目", "", "", "", "", "", "合计", "商品和服务支出", "", "资本性支出", ""],
    ["支出功能分类科目编码", "", "", "科目名称", "项目代码", "项目名称", "", "小计", "办公费", "小计", "专用设备购置"],
    [""],
    ["类", "款", "项", "栏次", "", "", "1", "2", "3", "4", "5"],
    ["", "", "", "合计", "", "", 53.399999, 53.399999, 53.399999, "", ""],
    ["2070104", "", "", "图书馆", "", "", 53.399999, 53.399999, 53.399999, "", ""],
    ["2070104", "", "", "图书馆", "001", "图书购置", 34, 34, 34, "", ""],
    ["2070104", "", "", "图书馆", "002", "读者活动", 7.999999, 7.999999, 7.999999, "", ""],
    ["2070104", "", "", "图书馆", "003", "屋面维修", 11.4, 11.4, 11.4, "", ""],
]
MERGES_5_2: list[Merge] = [
    (3, 0, 3, 5), (4, 0, 5, 2), (3, 6, 5, 6), (3, 7, 3, 8), (3, 9, 3, 10), (6, 0, 7, 0), (6, 1, 7, 1), (6, 2, 7, 2),
    *((4, column, 5, column) for column in (3, 4, 5, 7, 8, 9, 10)), *((row, 0, row, 2) for row in range(8, 12)),
]  # fmt: skip


@pytest.mark.parametrize("split", [False, True], ids=["one code merged across", "类款项 under one heading"])
def test_the_heading_of_the_subjects_code_is_merged_over_three_columns(split: bool, tmp_path: Path) -> None:
    content = [list(row) for row in FORM_5_2]
    merges = MERGES_5_2
    if split:
        for row in content[8:]:
            row[:3] = ["207", "01", "04"]
        merges = [area for area in MERGES_5_2 if area[0] < 8]
    manifest = check(tmp_path, content, merges, FINAL)
    assert codes_of(manifest) == []
    assert [project["final_accounts"] for project in manifest["units"][0]["projects"]] == ["419999.99", "114000.00"]


BALANCE: Rows = [
    ["行政事业类项目收入支出决算表"],
    ["编制单位：某区图书馆", "", "", "金额单位：万元"],
    ["项目代码", "项目名称", "年初结转和结余", "", "本年收入", "", "本年支出", "", "年末结转和结余", ""],
    ["", "", *["合计", "其中：财政拨款"] * 4],
    ["栏次", "", *map(str, range(1, 9))],
    ["", "合计", "", "", *[53.399999] * 4, "", ""],
    ["001", "图书购置", "", "", *[34] * 4, "", ""],
    ["002", "读者活动", "", "", *[7.999999] * 4, "", ""],
    ["003", "屋面维修", "", "", *[11.4] * 4, "", ""],
]


@pytest.mark.parametrize("merged", [False, True])
def test_names_that_are_merged_over_both_heading_rows(merged: bool, tmp_path: Path) -> None:
    merges = [(2, 0, 3, 0), (2, 1, 3, 1), *((2, column, 2, column + 1) for column in (2, 4, 6, 8))] if merged else []
    manifest = check(tmp_path, BALANCE, merges, FINAL)
    assert codes_of(manifest) == []
    assert [project["final_accounts"] for project in manifest["units"][0]["projects"]] == ["419999.99", "114000.00"]
