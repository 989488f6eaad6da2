"""One small workbook per quirk that bureaus' workbooks show, and what must come out of it.

Each case changes the execution table of the clean year (``domain.md``, "Quirks to expect"). It must read to the clean
year's figures to the fen, with the codes given, or be refused with them at the cell given.
"""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.stacked import check_each
from tests.workbooks import EXECUTION, Sheets, clean_year, codes_of, perfeval, write_folder

Rows = list[list[Any]]
Change = Callable[[Rows], Rows]
TABLE = "预算执行情况"
MONEY = slice(5, 10)
TOTALS = [500000, 50000, 550000, 550000, 533999.99]
READERS = [380000, 50000, 430000, 430000, 419999.99]
BUILDING = [120000, "", 120000, 120000, 114000]


def heading(**renamed: str) -> Change:
    """Other words in the heading row."""
    return lambda rows: [*rows[:2], [renamed.get(text, text) for text in rows[2]], *rows[3:]]


def money(style: Callable[[Any], Any], unit: str = "单位：元") -> Change:
    """Every amount in another style."""

    def change(rows: Rows) -> Rows:
        rows[1] = [unit]
        return [*rows[:3], *([*row[:5], *map(style, row[MONEY]), *row[10:]] for row in rows[3:])]

    return change


def scaled(divisor: int) -> Callable[[Any], Any]:
    return lambda cell: cell if cell == "" else float(Decimal(str(cell)) / divisor)


def insert(at: int, *new: list[Any]) -> Change:
    return lambda rows: [*rows[:at], *new, *rows[at:]]


def total(label: str, amounts: list[Any], column: int = 0) -> list[Any]:
    row = [""] * 12
    row[column] = label
    row[MONEY] = amounts
    return row


def chain(*changes: Change) -> Change:
    def change(rows: Rows) -> Rows:
        for one in changes:
            rows = one(rows)
        return rows

    return change


def column(name: str, values: list[Any]) -> Change:
    """Other values in one column."""

    def change(rows: Rows) -> Rows:
        at = rows[2].index(name)
        return [*rows[:3], *([*row[:at], value, *row[at + 1 :]] for row, value in zip(rows[3:], values, strict=True))]

    return change


def without(*names: str) -> Change:
    def change(rows: Rows) -> Rows:
        kept = [at for at, text in enumerate(rows[2]) if text not in names]
        return [*rows[:2], *([row[at] for at in kept] for row in rows[2:])]

    return change


def numbered(rows: Rows) -> Rows:
    """A 序号 column before all others, in which 合计 stands."""
    body = [[at, *row] for at, row in enumerate(rows[3:], 1)]
    return [*rows[:2], ["序号", *rows[2]], *body, ["合  计", *[""] * 5, *TOTALS, "", ""]]


def roll_ups(rows: Rows) -> Rows:
    """The level-1 project with its sum above its details, without a word for it."""
    rows = [*rows[:3], *([row[0], "", *row[2:]] for row in rows[3:])]
    rows.insert(3, [*rows[3][:1], "读者服务", *[""] * 3, *READERS, "", ""])
    rows.insert(7, [*rows[3][:1], "馆舍维护", *[""] * 3, *BUILDING, "", ""])
    return rows


def blank_below(*names: str) -> Change:
    """Names that stand once and hold for the rows below."""

    def change(rows: Rows) -> Rows:
        places = [rows[2].index(name) for name in names]
        above: list[Any] = [None] * 12
        body = []
        for row in rows[3:]:
            body.append(["" if at in places and cell == above[at] else cell for at, cell in enumerate(row)])
            above = row
        return [*rows[:3], *body]

    return change


def divided(rows: Rows) -> Rows:
    """追加 and 追减 under 调整, 直接支付 and 授权支付 under 支出, with the parents in their first column only."""
    up: list[Any] = [50000, 60000, "", 0]
    top = [*EXECUTION[:6], "调整", "", "调整后预算数", "到位资金", "支出", "", "支出进度", "备注"]
    below = [*[""] * 6, "追加", "追减", "", "", "直接支付", "授权支付", "", ""]
    body = []
    for row, added in zip(rows[3:], up, strict=True):
        reduced = (added or 0) - (row[6] or 0)
        body.append([*row[:6], added, reduced or "", row[7], row[8], row[9], "", row[10], row[11]])
    body[3][10:12] = [100000, 14000]
    return [*rows[:2], top, below, *body]


#: Quirk → (change of the execution table, codes that must be found and no others).
SAME: dict[str, tuple[Change, list[str]]] = {
    # titles, 编制单位 and unit lines
    "more title rows": (insert(1, ["（按项目）"], ["填报日期：2025年1月10日"], []), []),
    "no title": (lambda rows: [["2024年度", "", "单位：元"], *rows[2:]], []),
    "万元 in the unit line": (money(scaled(10_000), "金额单位：万元"), []),
    "人民币万元": (money(scaled(10_000), "单位：人民币万元"), []),
    "千元 in brackets": (money(scaled(1_000), "（单位：千元）"), []),
    "万元 in the title": (chain(money(scaled(10_000), ""), lambda rows: [["2024年度执行情况（万元）"], *rows[1:]]), []),
    "万元 and a remark": (money(scaled(10_000), "单位：万元（保留六位小数）"), []),
    "万元 beside who drew it up": (money(scaled(10_000), "编制单位：某区图书馆  2024年度  单位：万元"), []),
    "万元 below the table": (chain(money(scaled(10_000), ""), insert(7, ["注：金额单位：万元"])), []),
    "万元 in the next cell": (chain(money(scaled(10_000), ""), lambda rows: [rows[0], ["金额单位：", "万元"], *rows[2:]]), []),
    "万元 with spaces in it": (money(scaled(10_000), "单 位：万 元"), []),
    "万元 alone in its cell": (money(scaled(10_000), "万元"), []),
    "万元 in words": (money(scaled(10_000), "（金额以万元为单位）"), []),
    "万元 under the headings": (chain(money(scaled(10_000), ""), insert(3, [*[""] * 5, *["万元"] * 5, "", ""])), []),
    "万元 in a column": (chain(money(scaled(10_000), ""), lambda rows: [*rows[:2], [*rows[2], "金额单位"], *([*row, "万元"] for row in rows[3:])]), []),
    "元 and 万元 in a column": (
        lambda rows: [rows[0], [], [*rows[2], "单位"], *([*row, "元"] for row in rows[3:6]),
                      *([*row, "万元"] for row in money(scaled(10_000))(rows)[6:])], []),
    "an issuer whose name begins with 元": (money(scaled(10_000), "编制单位：元氏县图书馆   金额单位：万元"), []),
    "万元 in the headings": (
        chain(money(scaled(10_000), ""), lambda rows: [*rows[:2], [f"{text}（万元）" if 5 <= at < 10 else text for at, text in enumerate(rows[2])], *rows[3:]]),
        [],
    ),
    "万元 in the headings without brackets": (
        chain(money(scaled(10_000), ""), lambda rows: [*rows[:2], [f"{text}/万元" if 5 <= at < 10 else text for at, text in enumerate(rows[2])], *rows[3:]]),
        [],
    ),
    "headings in 万元 under a line in 元": (
        chain(money(scaled(10_000)), lambda rows: [*rows[:2], [f"{text}\n(万元)" if 5 <= at < 10 else text for at, text in enumerate(rows[2])], *rows[3:]]),
        [],
    ),
    "no unit": (money(lambda cell: cell, ""), ["R108"]),
    "two units": (money(lambda cell: cell, "单位：元  单位：万元"), ["R108"]),
    # headings
    "line breaks, spaces and full width": (heading(全年预算数=" 全 年\n预算数（Ａ）", 全年执行数="全年执行数(Ｂ)", 项目名称="项目　名称"), []),
    "other names": (
        heading(一级项目="部门预算一级项目", 项目编码="项目标识", 项目名称="支出项目", 资金来源="资金性质", 全年预算数="指标金额",
                到位资金="下达数", 全年执行数="累计支出", 年初预算数="年初指标", 预算调整数="调整", 预算执行率="支出进度"), []),
    "other names again": (heading(项目编码="项目代码", 项目名称="预算项目", 年初预算数="年初预算", 全年预算数="调整后预算数", 到位资金="实际到位", 全年执行数="已支付金额", 预算执行率="执行进度"), []),
    "追加, 追减 and two kinds of payment": (divided, []),
    "a balance and further columns": (lambda rows: [*rows[:2], [*rows[2], "结余", "指标文号"], *([*row, 10, "区财〔2024〕1号"] for row in rows[3:])], []),
    "another year's column": (lambda rows: [*rows[:2], [*rows[2], "全年执行数（上年）"], *([*row, 1] for row in rows[3:])], []),
    "a share of the amount": (lambda rows: [*rows[:2], [*rows[2], "全年预算数（占比%）"], *([*row, 25] for row in rows[3:])], []),
    # rows of column numbers
    "栏次": (insert(3, ["栏次", "", "", "", "", "1", "2", "3=1+2", "4", "5", "6=5/3*100%", "7"]), []),
    "column numbers as numbers": (insert(3, [*[""] * 5, 1, 2, 3, 4, 5, 6, 7]), []),
    "column letters": (insert(3, ["甲", "乙", "丙", "丁", "戊", "A", "B", "C=A+B", "D", "E", "F=E/C", "G"]), []),
    "column numbers after a blank row": (insert(3, [], ["", "", "", "", "", "(1)", "(2)", "(3)", "(4)", "(5)", "(6)=(5)/(3)", "(7)"]), []),
    "栏次 on every page": (chain(insert(5, ["栏次", "", "", "", "", 1, 2, 3, 4, 5, 6, 7]), insert(3, ["栏次", "", "", "", "", 1, 2, 3, 4, 5, 6, 7])), []),
    # names
    "blank-below names": (blank_below("预算单位", "一级项目", "项目编码", "项目名称"), []),
    "a code in every row, the name once": (blank_below("项目名称"), []),
    "codes that lost their zeros": (column("项目编码", [1, 1, 2, 3]), []),
    "codes that became 2.01E+12": (column("项目编码", ["2.01E+12"] * 4), ["R116"]),
    "codes longer than a number can hold": (column("项目编码", [20240001000000001.0] * 4), ["R116"]),
    "codes with text": (column("项目编码", ["001 ", "001", "００２", "003"]), []),
    # totals
    "a total at the end": (insert(7, total("合计", TOTALS)), []),
    "a total at the top": (insert(3, total("总  计", TOTALS, 3)), []),
    "subtotals in the middle": (chain(insert(7, total("小计", BUILDING, 3), total("合计", TOTALS)), insert(6, total("小计", READERS, 3))), []),
    "subtotals above": (chain(insert(6, total("小计", BUILDING, 3)), insert(3, total("合计：", TOTALS), total("小计", READERS, 3))), []),
    "subtotals with names": (chain(insert(7, total("馆舍维护小计", BUILDING, 1), total("图书馆合计", TOTALS)), insert(6, total("读者服务合计", READERS, 1))), []),
    "a total under 序号": (numbered, []),
    "a total without a word": (insert(7, total("", TOTALS)), []),
    "a total with its unit": (insert(7, total("合计（元）", TOTALS)), []),
    "a total beside the sources": (insert(7, total("合计", TOTALS, 4)), []),
    "level-1 sums without a word": (roll_ups, []),
    "a total by level-1 name": (chain(insert(7, total("馆舍维护", BUILDING, 1)), insert(6, total("读者服务", READERS, 1))), []),
    "totals of each level-1 project, named": (
        chain(insert(7, ["某区图书馆", "馆舍维护", "", "", "合计", *BUILDING]), insert(6, ["某区图书馆", "读者服务", "", "", "合计", *READERS])), []),
    "a detail's total beside its sources": (insert(5, [*clean_year()[TABLE][3][:4], "小计", 300000, 50000, 350000, 350000, 340000, "", ""]), []),
    # pages
    "title and headings on every page": (lambda rows: [*rows[:5], ["制表人：甲"], *rows[:3], *rows[5:], total("合计", TOTALS)], []),
    "a part with a title of its own and the total of both": (
        lambda rows: [*rows[:6], [], ["馆舍部分"], rows[2], *rows[6:], total("合计", TOTALS)], []),
    "a part in another unit": (
        lambda rows: [*rows[:6], [], ["馆舍部分", "单位：万元"], rows[2], *money(scaled(10_000))(rows)[6:]], []),
    # footers
    "signatures": (insert(7, ["制表人：甲", "", "", "审核人：乙", "", "", "", "填表日期：2025年1月"]), []),
    "signatures without a colon": (insert(7, ["制表人 甲", "", "", "审核人 乙"]), []),
    "a date under the amounts": (insert(7, ["填表日期：", "", "", "", "", "", "", 45678]), []),
    "notes": (insert(7, [], ["说明：本表数据截至12月31日。"], ["注1：含上年结转。"]), []),
    # amounts
    "text with commas": (money(lambda cell: cell if cell == "" else f"{Decimal(str(cell)):,.2f}"), []),
    "￥ and spaces": (money(lambda cell: cell if cell == "" else f" ￥ {Decimal(str(cell)):,.2f} "), []),
    "full-width digits": (money(lambda cell: str(cell).translate(str.maketrans("0123456789.", "０１２３４５６７８９．"))), []),
    "元 behind the number": (money(lambda cell: cell if cell == "" else f"{cell}元"), []),
    "万元 behind the number": (money(lambda cell: cell if cell == "" else f"{Decimal(str(cell)) / 10_000:f}万元"), []),
    "a formula's noise": (column("全年执行数", [100000.00000000001, 240000, 79999.98999999999, 114000]), []),
    "a dash for nothing": (column("预算调整数", ["-", 50000, "—", "——"]), []),
    "blank for nothing": (column("预算调整数", ["", 50000, "", ""]), []),
    "negatives in brackets": (chain(column("年初预算数", [100000, 200000, 80000, 130000]), column("预算调整数", [0, 50000, 0, "（10,000.00）"])), []),
    "negatives with a sign": (chain(column("年初预算数", [100000, 200000, 80000, 130000]), column("预算调整数", [0, 50000, 0, "－10000"])), []),
    "rates as fractions": (column("预算执行率", [1, 0.96, 1.0, 0.95]), []),
    "rates as percent": (column("预算执行率", ["100%", "96.00％", "100%", "95 %"]), []),
    "rates as numbers": (column("预算执行率", [100, 96, "100.00", "95.0"]), []),
}  # fmt: skip

#: Quirk → (change of the execution table, the code, the first cell that is named).
REFUSED: dict[str, tuple[Change, str, str]] = {
    "two numbers in a cell": (column("全年执行数", ["60000\n40000", 240000, 79999.99, 114000]), "R106", "J4"),
    "an amount in Excel's short form": (column("全年执行数", ["1.00E+05", 240000, 79999.99, 114000]), "R106", "J4"),
    "an amount in words": (column("全年执行数", ["十万", 240000, 79999.99, 114000]), "R106", "J4"),
    "a date for an amount": (column("全年执行数", [dt.date(2024, 1, 1), 240000, 79999.99, 114000]), "R106", "J4"),
    "a formula never calculated": (column("全年执行数", ["=50000*2", 240000, 79999.99, 114000]), "R107", "J4"),
    "a total that is off": (insert(7, total("合计", [*TOTALS[:4], 533999.98])), "R113", "J8"),
    "a subtotal that is off": (insert(6, total("小计", [*READERS[:2], 430001, *READERS[3:]], 3)), "R113", "H7"),
    "a level-1 sum that is off": (chain(roll_ups, lambda rows: [*rows[:3], [*rows[3][:7], 430001, *rows[3][8:]], *rows[4:]]), "R113", "H4"),
    "a source's total that is off": (insert(5, [*clean_year()[TABLE][3][:4], "小计", "", "", 350001, "", 340000, "", ""]), "M211", "H6"),
    "a part of the row above": (insert(7, ["", "", "", "其中：人工", "", "", "", 50000, "", 50000, "", ""]), "R115", "D8"),
    "amounts without a name": (chain(without("资金来源"), insert(7, ["", "", "", "", "", "", 100, "", 100, "", ""])), "R115", "D8"),
    "a total never calculated": (insert(7, total("合计", ["", "", "", "", "=SUM(J4:J7)"])), "R107", "J8"),
    "a total that is no number": (insert(7, total("合计", ["", "", "", "", "见附表"])), "R106", "J8"),
    "a row twice": (lambda rows: [*rows, rows[6]], "R117", "D7"),
    "the table twice": (lambda rows: [*rows, [], *rows[2:]], "R110", "D4"),
    "a quarter above the year": (
        lambda rows: [*column("全年执行数", [50000, 100000, 40000, 57000])(rows), [], ["全年"], *rows[2:]], "R110", "D4"),
    "two columns of one meaning": (heading(备注="执行数"), "R109", "J3"),
    "the same heading twice": (heading(备注="全年执行数"), "R109", "J3"),
    "only half of a payment": (heading(全年执行数="直接支付"), "R105", "A3"),
    "no budget": (heading(全年预算数="预算"), "R105", "A3"),
    "only a rate": (heading(全年执行数="全年执行数（%）"), "R105", "A3"),
}  # fmt: skip


def check(folder: Path, rows: Rows, **more: Rows) -> dict[str, Any]:
    sheets: Sheets = clean_year() | {TABLE: rows} | more
    return perfeval("check", write_folder(folder, sheets))[1]


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    return figures(check(tmp_path_factory.mktemp("clean"), clean_year()[TABLE]))


def figures(manifest: dict[str, Any]) -> list[dict[str, Any]]:
    projects = manifest["units"][0]["projects"]
    names = ("project", "annual_budget", "executed", "final_accounts", "execution_rate", "funding", "scores")
    return [{name: project[name] for name in names} for project in projects]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """The manifest of each quirk, from one folder for what reads well and one for what is refused."""
    return {
        quirk: manifest
        for quirks in (SAME, REFUSED)
        for quirk, manifest in zip(
            quirks,
            check_each([change(clean_year()[TABLE]) for change, *_ in quirks.values()], tmp_path_factory.mktemp("all")),
            strict=True,
        )
    }


@pytest.mark.parametrize("quirk", SAME)
def test_a_quirk_reads_as_the_clean_year(
    quirk: str, told: dict[str, dict[str, Any]], clean: list[dict[str, Any]]
) -> None:
    assert codes_of(told[quirk]) == SAME[quirk][1]
    assert figures(told[quirk]) == clean


@pytest.mark.parametrize("quirk", REFUSED)
def test_what_cannot_be_told_is_named_at_its_cell(quirk: str, told: dict[str, dict[str, Any]]) -> None:
    _, code, cell = REFUSED[quirk]
    found = [one for one in told[quirk]["findings"] if one["code"] == code]
    assert found
    assert found[0]["sources"][0]["cell"] == cell


#: Further sheets beside the tables → the codes.
BESIDE: dict[str, tuple[Rows, list[str]]] = {
    "an empty sheet": ([[]], []),
    "notes": ([["填表说明"], ["1. 项目名称填全称。"], ["2. 金额单位为元。"]], []),
    "a pivot": ([["行标签", "求和项:全年预算数", "求和项:全年执行数"], ["读者服务", 430000, 419999.99], ["总计", 550000, 533999.99]], []),
    "a list of people": ([["姓名", "职务"], ["张三", "科员"]], []),
    "a summary of the same details": (
        [["单位：元"], ["项目名称", "全年预算数", "全年执行数"], ["图书购置", 350000, 340000], ["读者活动", 80000, 79999.99], ["屋面维修", 120000, 114000]],
        [],
    ),
    "a summary that differs": (
        [["单位：元"], ["项目名称", "全年预算数", "全年执行数"], ["图书购置", 350000, 340001], ["读者活动", 80000, 79999.99], ["屋面维修", 120000, 114000]],
        ["M211"],
    ),
    "a copy without codes": (
        [["单位：元"], ["项目名称", "资金来源", "全年预算数", "全年执行数"], ["读者活动", "区级预算资金", 80000, 79999.99]],
        ["R110", "O501"],
    ),
    "a copy whose codes lost their zeros": (
        [["单位：元"], ["项目编码", "项目名称", "资金来源", "全年预算数", "全年执行数"], [2, "读者活动", "区级预算资金", 80000, 79999.99]],
        ["R110", "O501"],
    ),
    "level-1 sums alone": ([["一级项目", "全年预算数", "全年执行数"], ["读者服务", 430000, 419999.99]], ["R105"]),
}  # fmt: skip


@pytest.mark.parametrize("quirk", BESIDE)
def test_a_sheet_beside_the_tables(quirk: str, tmp_path: Path, clean: list[dict[str, Any]]) -> None:
    rows, codes = BESIDE[quirk]
    sheets: Sheets = clean_year()
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for title, content in [(TABLE, sheets.pop(TABLE)), ("另一张", rows)]:
        sheet = book.create_sheet(title)
        for row in content:
            sheet.append(row)
    write_folder(tmp_path, sheets)
    book.save(tmp_path / "执行.xlsx")
    _, manifest = perfeval("check", tmp_path)
    assert set(codes_of(manifest)) == set(codes)
    if "R110" not in codes:
        assert figures(manifest) == clean


@pytest.mark.parametrize("quirk", ["an empty sheet", "notes", "a pivot", "a list of people"])
def test_a_workbook_of_nothing_else_is_named(quirk: str, tmp_path: Path, clean: list[dict[str, Any]]) -> None:
    manifest = check(tmp_path, clean_year()[TABLE], 另一张=BESIDE[quirk][0])
    assert codes_of(manifest) == ["R104"]
    assert figures(manifest) == clean


def test_a_sheet_for_each_unit(tmp_path: Path) -> None:
    sheets = clean_year()
    own = without("预算单位")(sheets.pop(TABLE))
    other = [
        own[0],
        ["编制单位：某区文化馆  单位：元"],
        own[2],
        ["公共文化", "009", "演出", "区级预算资金", *[1000] * 5, "", ""],
    ]
    sheets |= {TABLE: [own[0], ["编制单位：某区图书馆  单位：元"], *own[2:]], "文化馆": other}
    for title in ("项目信息", "绩效指标", "项目支出决算"):
        sheets[title].insert(0, ["填报单位（盖章）：某区图书馆", "单位：元"])
    _, manifest = perfeval("check", write_folder(tmp_path, sheets))
    assert [[unit["unit"], unit["summary"]["annual_budget"]] for unit in manifest["units"]] == [
        ["某区图书馆", "550000.00"],
        ["某区文化馆", "1000.00"],
    ]


def test_a_sheet_for_each_quarter_is_used_from_neither(tmp_path: Path) -> None:
    rows = clean_year()[TABLE]
    earlier = column("全年执行数", [50000, 100000, 40000, 57000])(rows)
    manifest = check(tmp_path, rows, 第二季度=earlier)
    assert set(codes_of(manifest)) == {"O501", "R110"}
    assert {project["executed"] for project in manifest["units"][0]["projects"]} == {None}


def test_names_merged_downwards_and_a_total_merged_across(tmp_path: Path, clean: list[dict[str, Any]]) -> None:
    rows = [*clean_year()[TABLE], total("合计", TOTALS)]
    write_folder(tmp_path, clean_year() | {TABLE: rows})
    book = openpyxl.load_workbook(tmp_path / "0.xlsx")
    for area in ("A4:A7", "B4:B6", "C4:C5", "D4:D5", "A8:E8", "A1:L1"):
        book.worksheets[0].merge_cells(area)
    book.save(tmp_path / "0.xlsx")
    _, manifest = perfeval("check", tmp_path)
    assert codes_of(manifest) == []
    assert figures(manifest) == clean
