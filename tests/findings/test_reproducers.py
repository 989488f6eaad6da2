"""For every code the smallest change that makes it appear, the cell it names, and what else must appear with it."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from perfeval_xl.findings import Finding, catalogue
from perfeval_xl.pipeline import evaluate
from perfeval_xl.scheme import templates_folder
from perfeval_xl.settings import Settings
from tests.stacked import can_be_stacked, findings_of_each
from tests.workbooks import Sheets, changed, clean_year, codes_of, perfeval, put, write_folder

EXECUTION, PROJECTS, INDICATORS, FINAL = "预算执行情况", "项目信息", "绩效指标", "项目支出决算"
SIGNED = ["问题代码", "项目名称", "对象", "说明", "确认人"]
Change = Callable[[Sheets], object]


def drop_row(sheet: str, row: int) -> Change:
    return lambda sheets: sheets[sheet].pop(row)


def add_row(sheet: str, row: list[Any]) -> Change:
    return lambda sheets: sheets[sheet].append(row)


def rename(sheet: str, old: str, new: str) -> Change:
    def change(sheets: Sheets) -> None:
        sheets[sheet] = [[new if cell == old else cell for cell in row] for row in sheets[sheet]]

    return change


def both(*changes: Change) -> Change:
    def change(sheets: Sheets) -> None:
        for one in changes:
            one(sheets)

    return change


#: Code → (change, the first cell named, the other codes that must come with it).
REPRODUCERS: dict[str, tuple[Change, str, set[str]]] = {
    "R104": (lambda sheets: sheets.update({"通讯录": [["张三", "科员"]]}), "", set()),
    "R105": (rename(FINAL, "本年支出", "备注一"), "A2", {"M225"}),
    "R106": (put(EXECUTION, 2, "全年执行数", "约8万"), "J6", {"O501"}),
    "R107": (put(EXECUTION, 2, "全年执行数", "=40000+39999.99"), "J6", {"O501"}),
    "R108": (lambda sheets: sheets[FINAL].pop(0), "E1", set()),
    "R109": (rename(EXECUTION, "备注", "累计支出"), "J3", {"R112"}),
    "R110": (lambda sheets: sheets.update({"副本": sheets[EXECUTION]}), "D4", {"O501"}),
    "R113": (add_row(EXECUTION, ["", "", "", "合计", "", 500000, 50000, 560000, 550000, 533999.99]), "H8", set()),
    "R115": (add_row(EXECUTION, ["", "", "", "其中：培训", "", "", "", 1000, "", 1000]), "D8", set()),
    "R116": (put(EXECUTION, 3, "项目编码", "2.01E+12"), "C7", set()),
    "R117": (lambda sheets: sheets[EXECUTION].append(sheets[EXECUTION][6]), "D7", {"M221"}),
    "R112": (lambda sheets: sheets.pop(INDICATORS), "", set()),
    "R114": (add_row(EXECUTION, ["【示例】某局", "", "", "示例项目", "", 1, 0, 1, 1, 1]), "A8", set()),
    "M201": (put(PROJECTS, 0, "合并明细项目", "图书购置"), "D6", set()),
    "M202": (put(PROJECTS, 1, "合并明细项目", "屋面维修、读者活动"), "E2", {"O501"}),
    "M203": (put(PROJECTS, 0, "合并明细项目", "图书购置、读者活动、数字资源"), "E2", set()),
    "M204": (rename(INDICATORS, "馆舍维护", "馆舍维修"), "B3", {"O501", "M205"}),
    "M205": (put(PROJECTS, 0, "合并明细项目", "图书购置、读者话动"), "E2", {"M201", "M203"}),
    "M206": (put(PROJECTS, 0, "合并明细项目", "图书购置、读者活动等"), "E2", set()),
    "M207": (put(FINAL, 2, "项目名称", "屋面修缮"), "D7", set()),
    "M211": (add_row(EXECUTION, ["", "读者服务", "001", "图书购置", "合计", "", "", 360000, "", 340000]), "H8", set()),
    "M212": (put(EXECUTION, 1, "预算调整数", 40000), "H5", set()),
    "M213": (put(EXECUTION, 1, "预算执行率", "95.9%"), "K5", set()),
    "M214": (
        both(
            put(EXECUTION, 3, "全年执行数", 120000.01),
            put(FINAL, 2, "本年支出", 120000.01),
            put(EXECUTION, 3, "预算执行率", 100),
        ),
        "J7",
        set(),
    ),
    "M215": (
        both(
            *(
                put(EXECUTION, 2, name, value)
                for name, value in (
                    ("全年预算数", 0),
                    ("年初预算数", 0),
                    ("到位资金", 0),
                    ("全年执行数", "-"),
                    ("预算执行率", ""),
                )
            ),
            put(FINAL, 1, "本年支出", 0),
        ),
        "H6",
        set(),
    ),
    "M216": (put(EXECUTION, 3, "到位资金", 110000), "I7", set()),
    "M217": (both(put(EXECUTION, 3, "年初预算数", 90000), put(EXECUTION, 3, "预算调整数", 30000)), "F7", set()),
    "M218": (
        both(
            put(EXECUTION, 3, "全年执行数", 107999.99),
            put(EXECUTION, 3, "预算执行率", ""),
            put(FINAL, 2, "本年支出", 107999.99),
        ),
        "J7",
        set(),
    ),
    "M221": (put(FINAL, 2, "本年支出", 11.4), "J7", set()),
    "M222": (drop_row(FINAL, 4), "J7", set()),
    "M223": (add_row(FINAL, ["2070104", "图书馆", "009", "空调改造", 5]), "D6", set()),
    "M224": (add_row(FINAL, ["", "", "", "合计", 534000]), "E6", set()),
    "M225": (lambda sheets: sheets.pop(FINAL), "", set()),
    "M226": (lambda sheets: _column(sheets, PROJECTS, "全年执行数（元）", [419999.98, 114000]), "K2", set()),
    "S301": (both(put(INDICATORS, 3, "分值", 29), put(INDICATORS, 3, "扣分", "")), "H5", set()),
    "S302": (put(INDICATORS, 0, "自评分", 21), "K2", {"O501"}),
    "S303": (both(put(INDICATORS, 0, "全年完成值", "大部分"), put(INDICATORS, 0, "自评分", "")), "G2", {"O501"}),
    "S304": (both(put(INDICATORS, 0, "全年完成值", ""), put(INDICATORS, 0, "自评分", "")), "G2", {"O501"}),
    "S305": (put(INDICATORS, 1, "自评分", 14), "K3", set()),
    "S306": (put(INDICATORS, 1, "自评分", 20), "K3", {"S305"}),
    "S307": (put(INDICATORS, 0, "自评分", 19), "K2", {"S305"}),
    "S308": (put(INDICATORS, 1, "未完成原因", "无"), "L3", set()),
    "S309": (put(INDICATORS, 1, "改进措施", ""), "M3", set()),
    "S310": (
        both(put(INDICATORS, 0, "全年完成值", "9000册"), put(INDICATORS, 0, "完成情况说明", "新购图书9000册。")),
        "G2",
        set(),
    ),
    "S311": (put(INDICATORS, 1, "年度目标值", "40场"), "F3", set()),
    "S312": (
        both(
            put(INDICATORS, 3, "指标内容", "成本支出变动率"),
            put(INDICATORS, 3, "年度目标值", "≥10%"),
            put(INDICATORS, 3, "全年完成值", "10%"),
            put(INDICATORS, 3, "完成情况说明", "成本支出变动率10%。"),
        ),
        "E5",
        set(),
    ),
    "S313": (lambda sheets: _column(sheets, PROJECTS, "自评等级", ["优", "良"]), "K3", set()),
    "S314": (put(PROJECTS, 1, "总目标扣分", 1), "I3", set()),
    "C401": (put(PROJECTS, 1, "全年实际完成情况", "完成修缮，渗漏未根治，扣3分。"), "G3", set()),
    "C402": (put(PROJECTS, 1, "全年实际完成情况", "完成修缮，成效显著。"), "G3", set()),
    "C403": (
        both(put(PROJECTS, 0, "全年实际完成情况", "读者活动场次不足，扣2分。"), put(PROJECTS, 0, "总目标自评分", 18)),
        "G2",
        set(),
    ),
    "C404": (put(PROJECTS, 0, "全年实际完成情况", "全年开展读者活动35场。"), "G2", set()),
    "C405": (put(INDICATORS, 1, "完成情况说明", "开展活动35场。"), "N3", set()),
    "C406": (lambda sheets: five_as_planned(sheets), "G5", set()),
    "C407": (put(INDICATORS, 2, "完成情况说明", "全年未收到读者投诉。"), "N4", set()),
    "C408": (lambda sheets: _column(sheets, PROJECTS, "主要问题", ["经费紧张。", "渗漏未根治。"]), "K2", set()),
    "C409": (put(INDICATORS, 1, "二级指标", "质量指标"), "C3", set()),
    "C410": (
        both(
            put(EXECUTION, 3, "全年执行数", 108000),
            put(EXECUTION, 3, "预算执行率", 90),
            put(FINAL, 2, "本年支出", 108000),
            put(INDICATORS, 4, "全年完成值", "高"),
            put(INDICATORS, 4, "自评分", 30),
        ),
        "K5",
        set(),
    ),
    "C411": (lambda sheets: three_totals(sheets, 5, 5, 11), "B2", set()),
    "C412": (put(INDICATORS, 0, "指标内容", "读者活动场次"), "D3", set()),
    "C413": (put(INDICATORS, 0, "完成情况说明", ""), "N2", set()),
    "C421": (
        lambda sheets: sheets.update({"报告信息": [["名称", "内容"], ["自评工作开展情况", "共包括3个项目。"]]}),
        "B2",
        set(),
    ),
    "O501": (put(EXECUTION, 2, "全年执行数", ""), "J6", set()),
    "O502": (put(EXECUTION, 0, "资金来源", "援建资金"), "E4", set()),
    "O504": (
        lambda sheets: sheets.update({"差异说明": [SIGNED, ["M216", "馆舍维护", "", "下年到位", "张三"]]}),
        "A2",
        set(),
    ),
}
BY_FILE = {"R101", "R102", "R103", "R111", "R121"}
BY_SCHEME = {"S315"}
BY_RUN = {"O503"}
#: Those of the review, in tests/test_review.py.
BY_FORM = {"F601", "F602", "F603"}


def five_as_planned(sheets: Sheets, count: int = 5) -> None:
    """The indicators of 馆舍维护 are as many, all with a result equal to the target."""
    rows = sheets[INDICATORS]
    rows[4:] = [
        [
            "馆舍维护",
            "产出指标",
            "数量指标",
            f"修缮{room}",
            "",
            "≥3处",
            "3处",
            60 // count,
            "",
            "",
            "",
            "",
            "",
            f"修缮{room}3处。",
        ]
        for room in ("书库", "阅览室", "门厅", "屋面", "走廊")[:count]
    ]


def three_totals(sheets: Sheets, *deducted: int) -> None:
    """Three projects, each with so many points deducted in its goal: 94.53, 94.50 and 100 without."""
    sheets[EXECUTION].append(
        ["某区图书馆", "设备更新", "004", "自助设备", "区级预算资金", 10000, 0, 10000, 10000, 10000, "100%", ""]
    )
    sheets[FINAL].append(["2070104", "图书馆", "004", "自助设备", 10000])
    sheets[INDICATORS].append(
        ["设备更新", "产出指标", "质量指标", "设备合格率", "", "≥95%", "98%", 60, "", "", 60, "", "", "合格率98%。"]
    )
    sheets[PROJECTS].append([3, "设备更新", "区文旅局", "某区图书馆", "自助设备", "自助借还。", "", "", "", ""])
    for row, points in enumerate(deducted):
        put(PROJECTS, row, "全年实际完成情况", f"读者还不了解，扣{points}分。")(sheets)
        put(PROJECTS, row, "总目标自评分", 20 - points)(sheets)
        put(PROJECTS, row, "总目标扣分", "")(sheets)


def _column(sheets: Sheets, sheet: str, heading: str, values: list[Any]) -> None:
    rows = sheets[sheet]
    rows[0].append(heading)
    for row, value in zip(rows[1:], values, strict=True):
        row.append(value)


def first(manifest: dict[str, Any], code: str) -> dict[str, Any]:
    return next(finding for finding in manifest["findings"] if finding["code"] == code)


def test_every_code_has_a_reproducer() -> None:
    assert REPRODUCERS.keys() | BY_FILE | BY_SCHEME | BY_RUN | BY_FORM == catalogue().keys()


def test_a_clean_year_is_clean(tmp_path: Path) -> None:
    status, manifest = perfeval("check", write_folder(tmp_path, clean_year()), "--strict")
    assert manifest["findings"] == []
    assert status == 0


@pytest.fixture(scope="module")
def stacked(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Finding]]:
    """What is said of the changes that can be worked in one folder."""
    years = {code: changed(change) for code, (change, _, _) in REPRODUCERS.items()}
    together = {code: year for code, year in years.items() if can_be_stacked(year)}
    told = findings_of_each(list(together.values()), tmp_path_factory.mktemp("together"))
    return dict(zip(together, told, strict=True))


@pytest.mark.parametrize("code", REPRODUCERS)
def test_reproducer(code: str, stacked: dict[str, list[Finding]], tmp_path: Path) -> None:
    change, cell, others = REPRODUCERS[code]
    if (told := stacked.get(code)) is None:
        told = list(evaluate(write_folder(tmp_path, changed(change)), Settings()).findings)
    assert {finding.code for finding in told} == {code} | others
    found = next(finding for finding in told if finding.code == code)
    assert found.severity == catalogue()[code].severity
    assert re.fullmatch(r".+[。]", found.message)
    cells = [place.cell for place in found.sources]
    assert cells[:1] == [cell] if cell else not any(cells)


@pytest.mark.parametrize(
    ("code", "expected"), [("R106", 1), ("M221", 1), ("C401", 0), ("S308", 0), ("O502", 1), ("R104", 0), ("R112", 3)]
)
def test_the_exit_code_is_that_of_the_gravest(code: str, expected: int, tmp_path: Path) -> None:
    status, manifest = perfeval("check", write_folder(tmp_path, changed(REPRODUCERS[code][0])))
    severities = {finding["severity"] for finding in manifest["findings"]}
    assert set(codes_of(manifest)) == {code} | REPRODUCERS[code][2]
    assert status == expected == (3 if code == "R112" else int("error" in severities))


def test_a_group_with_other_points_than_its_scheme_gives_it_is_named(tmp_path: Path) -> None:
    scheme = tmp_path / "方案"
    shutil.copytree(templates_folder() / "hongshan-2019", scheme)
    with (scheme / "scheme.toml").open("a", encoding="utf-8") as file:
        file.write('\n[groups]\n"产出指标" = 40\n"效益指标" = 20\n')
    status, manifest = perfeval("check", write_folder(tmp_path / "年", clean_year()), "--scheme", scheme)
    found = [(finding["project"], finding["expected"], finding["actual"]) for finding in manifest["findings"]]
    assert (status, codes_of(manifest)) == (0, ["S315"])
    assert found == [("馆舍维护", "40.00", "30.00"), ("馆舍维护", "20.00", "30.00")]
    assert first(manifest, "S315")["sources"][0]["cell"] == "H5"


@pytest.mark.parametrize("edited", [True, False])
def test_a_result_that_a_person_changed_is_named(edited: bool, tmp_path: Path) -> None:
    write_folder(tmp_path, clean_year())
    form = tmp_path / "自评结果" / perfeval("run", tmp_path)[1]["units"][0]["projects"][0]["form"]
    book = openpyxl.load_workbook(form)
    if edited:
        book.worksheets[0]["A1"] = "改过的标题"
        book.save(form)
    _, manifest = perfeval("run", tmp_path)
    assert codes_of(manifest) == (["O503"] if edited else [])
    if edited:
        assert form.name in first(manifest, "O503")["message"]


def test_a_damaged_workbook_is_named_and_the_rest_goes_on(tmp_path: Path) -> None:
    write_folder(tmp_path, clean_year())
    (tmp_path / "坏.xlsx").write_bytes((tmp_path / "0.xlsx").read_bytes()[:900])
    status, manifest = perfeval("check", tmp_path)
    assert (status, codes_of(manifest)) == (1, ["R101"])
    assert first(manifest, "R101")["sources"] == [{"workbook": "坏.xlsx", "sheet": "", "cell": ""}]
    assert len(manifest["units"][0]["projects"]) == 2


def test_a_protected_workbook_is_named(tmp_path: Path) -> None:
    write_folder(tmp_path, clean_year())
    (tmp_path / "密.xlsx").write_bytes(
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + "EncryptedPackage".encode("utf-16-le") + bytes(3000)
    )
    status, manifest = perfeval("check", tmp_path)
    assert (status, codes_of(manifest)) == (1, ["R102"])


def test_an_excel_error_is_no_blank(tmp_path: Path) -> None:
    write_folder(tmp_path, clean_year())
    book = openpyxl.load_workbook(tmp_path / "0.xlsx")
    book.worksheets[0]["J6"].value = "#DIV/0!"
    book.worksheets[0]["J6"].data_type = "e"
    book.save(tmp_path / "0.xlsx")
    _, manifest = perfeval("check", tmp_path)
    assert first(manifest, "R106")["sources"][0]["cell"] == "J6"
    assert first(manifest, "R106")["project"] == "读者服务"
    assert manifest["units"][0]["projects"][0]["executed"] is None


def test_an_unsafe_workbook_is_refused_and_the_rest_goes_on(tmp_path: Path) -> None:
    write_folder(tmp_path, clean_year())
    book = openpyxl.Workbook()
    book.worksheets[0]["XFD1048576"] = 1
    book.save(tmp_path / "远.xlsx")
    status, manifest = perfeval("check", tmp_path)
    assert (status, codes_of(manifest)) == (1, ["R103"])
    assert first(manifest, "R103")["sources"] == [{"workbook": "远.xlsx", "sheet": "", "cell": ""}]
    assert len(manifest["units"][0]["projects"]) == 2


@pytest.mark.parametrize(
    ("row", "column", "sheet", "cell", "said"),
    [
        (6, "", False, "A6", "第6行"),
        (0, "J", False, "J3", "J列"),
        (0, "", True, "A1", "整张工作表"),
        (40, "Z", 0, "", ""),
    ],
)
def test_hidden_content_is_named(row: int, column: str, sheet: bool, cell: str, said: str, tmp_path: Path) -> None:
    write_folder(tmp_path, clean_year())
    book = openpyxl.load_workbook(tmp_path / "0.xlsx")
    page = book.worksheets[0]
    page.row_dimensions[row or 99].hidden = True
    page.column_dimensions[column or "AZ"].hidden = True
    if sheet:
        book.create_sheet("说明")
        page.sheet_state = "hidden"
        book.active = 1
    book.save(tmp_path / "0.xlsx")
    status, manifest = perfeval("check", tmp_path)
    assert (status, codes_of(manifest)) == (0, ["R111"] if cell else [])
    if cell:
        assert first(manifest, "R111")["severity"] == "info"
        assert first(manifest, "R111")["sources"] == [{"workbook": "0.xlsx", "sheet": "预算执行情况", "cell": cell}]
        assert said in first(manifest, "R111")["message"]


@pytest.mark.parametrize(
    ("sheet", "row", "heading", "cell"), [(INDICATORS, 1, "全年完成值", "G3"), (INDICATORS, 1, "年度目标值", "F3")]
)
def test_a_formula_without_a_value_is_no_blank_text(
    sheet: str, row: int, heading: str, cell: str, tmp_path: Path
) -> None:
    status, manifest = perfeval("check", write_folder(tmp_path, changed(put(sheet, row, heading, "=20+10"))))
    assert status == 1
    assert (first(manifest, "R107")["sources"][0]["cell"], first(manifest, "R107")["subject"]) == (cell, "读者活动场次")
    assert first(manifest, "O501")["project"] == "读者服务"
    assert "S304" not in codes_of(manifest)


def test_a_name_that_cannot_be_read_is_not_the_name_above_it(tmp_path: Path) -> None:
    change = both(put(EXECUTION, 2, "项目名称", '="读者"&"活动"'), put(EXECUTION, 2, "项目编码", ""))
    _, manifest = perfeval("check", write_folder(tmp_path, changed(change)))
    assert first(manifest, "R107")["sources"][0]["cell"] == "D6"
    assert manifest["units"][0]["projects"][0]["annual_budget"] == "350000.00"
    assert {"M201", "M203"} <= set(codes_of(manifest))
