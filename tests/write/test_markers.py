"""Every marker prints what the workbooks say, and what is no marker is named with its cell."""

import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from perfeval_xl.pipeline import evaluate
from perfeval_xl.scheme import templates_folder
from perfeval_xl.settings import Settings
from perfeval_xl.write.columns import measured, rates
from perfeval_xl.write.forms import form_values
from perfeval_xl.write.markers import Markers
from perfeval_xl.write.template import Figure, Value
from tests.workbooks import Sheets, clean_year, codes_of, perfeval, write_folder

#: The markers that the contract names.
SINGLE = [
    *(
        "单位名称",
        "年度",
        "附件号",
        "自评时间",
        "自评等级",
        "自评得分",
        "项目名称",
        "合并明细项目",
        "主管部门",
        "实施单位",
    ),
    *("年初设定目标", "全年实际完成情况", "总目标自评分", "资金得分", "指标得分", "说明"),
    *("资金分值", "总目标分值", "指标分值"),
]
FUNDING = ["资金来源", "年初预算数", "全年预算数", "全年执行数", "预算执行率"]
INDICATOR = [
    *("一级指标", "二级指标", "指标内容", "年度目标值", "全年完成值", "分值", "自评分", "未完成原因", "改进措施"),
    *("未完成原因和改进措施", "一级指标分值", "备注"),
]


def year() -> Sheets:
    """The clean year with columns that only this officer has, and 报告信息."""
    sheets = clean_year()
    columns = {"项目类别": ("常年性", "一次性"), "项目背景": ("+背景", ""), "自评总分": (95, 90)}
    for heading, values in columns.items():
        sheets["项目信息"][0].append(heading)
        for row, value in zip(sheets["项目信息"][1:], values, strict=True):
            row.append(value)
    sheets["绩效指标"][0] += ["计量单位", "经办人", "人次"]
    for row, number in zip(sheets["绩效指标"][1:], (1200, "007", "约30", "", ""), strict=True):
        row += ["", "张三", number]
    sheets["绩效指标"][1][4:7] = ["≥", 5000, "5200"]
    sheets["绩效指标"][1][-3] = "册"
    sheets["报告信息"] = [["名称", "内容"], ["自评时间", "2025年3月"], ["填报日期", "3月1日"]]
    return sheets


def scheme_with(folder: Path, marked: Mapping[str, Any], second: Mapping[str, Any] | None = None) -> Path:
    """The 洪山 scheme with a form of these cells."""
    folder.mkdir(parents=True)
    shutil.copy(templates_folder() / "hongshan-2019" / "scheme.toml", folder)
    book = openpyxl.Workbook()
    book.worksheets[0].title = "表"
    if second:
        book.create_sheet("附表")
    for sheet, cells in zip(book.worksheets, (marked, second or {}), strict=False):
        for place, value in cells.items():
            sheet[place] = value
    book.save(folder / "form.xlsx")
    return folder


def printed(folder: Path, marked: Mapping[str, Any], sheets: Sheets | None = None) -> tuple[list[Any], list[str]]:
    """The first form's cells in column A, and the codes that were found."""
    inputs = write_folder(folder / "year", sheets or year())
    scheme = scheme_with(folder / "scheme", marked)
    _, manifest = perfeval("run", inputs, "--scheme", scheme, "--no-report")
    path = inputs / "自评结果" / manifest["units"][0]["projects"][0]["form"]
    column = openpyxl.load_workbook(path).worksheets[0]["A"]
    named = [finding for finding in manifest["findings"] if "form.xlsx" in str(finding["sources"])]
    return [cell.value for cell in column], codes_of({"findings": named})


def column(*markers: str) -> dict[str, str]:
    return {f"A{row}": f"{{{{{marker}}}}}" for row, marker in enumerate(markers, start=1)}


def test_every_marker_of_the_contract_is_known(tmp_path: Path) -> None:
    evaluation = evaluate(write_folder(tmp_path, year()), Settings())
    markers = Markers(evaluation)
    names = [
        *SINGLE,
        *(f"{row}.{name}" for row in ("资金", "资金合计", "资金[区级预算资金]", "资金[本级财力]") for name in FUNDING),
        *(
            f"指标.{name}"
            for name in (*INDICATOR, "计量单位", "经办人", "指标方向", "完成情况说明", "三级指标", "得分")
        ),
        *(
            f"项目信息.{name}"
            for name in ("项目类别", "项目背景", "主要问题", "主管部门", "项目实施单位", "预算单位", "序号")
        ),
        *("报告信息.自评时间", "报告信息.填报日期"),
    ]
    assert [name for name in names if markers.column(name) is None] == []
    own = [name for name in markers.names if markers.column(name) is None]
    assert own == []


def test_a_form_with_every_single_marker(tmp_path: Path) -> None:
    values, codes = printed(tmp_path, column(*SINGLE))
    assert dict(zip(SINGLE, values, strict=True)) == {
        "单位名称": "某区图书馆", "年度": 2024, "附件号": "1.1", "自评时间": "2025年3月", "自评等级": "优",
        "自评得分": 94.53, "项目名称": "读者服务", "合并明细项目": "图书购置、读者活动", "主管部门": "区文旅局",
        "实施单位": "某区图书馆", "年初设定目标": "丰富馆藏，活跃读者。", "全年实际完成情况": "全部完成。", "总目标自评分": 20,
        "资金得分": 19.53, "指标得分": 55, "说明": "无", "资金分值": 20, "总目标分值": 20, "指标分值": 60,
    }  # fmt: skip
    assert "O502" not in codes


#: Marker → what it prints.
PRINTED: dict[str, object] = {
    "{{项目信息.项目类别}}": "常年性",
    "{{项目信息.项目背景}}": "+背景",
    "{{项目信息.主要问题}}": None,
    "{{项目信息.总目标自评分}}": 20,
    "{{项目信息. 项目 类别 }}": "常年性",
    "｛｛项目 名称｝｝": "读者服务",
    "｛{项目\n名称}｝": "读者服务",
    "{{资金【本级财力】．全年预算数｜万元}}": 33,
    "{{项目信息.序号}}": 1,
    "{{年度}}年": "2024年",
    "{{报告信息.填报日期}}": "3月1日",
    "{{资金合计.全年预算数|万元}}": 43,
    "共{{资金合计.全年预算数|万元}}万元，{{资金合计.预算执行率}}": "共43.00万元，97.67%",
    "{{资金合计.调整后预算}}": 430000,
    "{{资金[中央补助].资金来源}}": "中央补助",
    "{{资金[本级财力].全年执行数}}": 319999.99,
    "{{资金[国债资金].全年执行数}}": None,
    "{{资金分值}}分/{{附件号}}": "20分/1.1",
    "{{未完成原因}}": "读者活动场次：场地维修",
    "{{改进措施}}": "读者活动场次：错峰安排",
}
#: Marker of a row that is repeated → what it prints in each.
REPEATED: dict[str, list[object]] = {
    "{{指标.年度目标值}}": ["≥5000册", "≥40场", "≥90%"],
    "{{指标.人次}}": [1200, "007", "约30"],
    "{{指标.人次}}人": ["1200人", "007人", "约30人"],
    "｛｛指标．三级指标｝｝": ["新购图书", "读者活动场次", "读者满意度"],
    "{{指标.实际完成值}}": ["5200册", "30场", "95%"],
    "{{指标.三级指标}}": ["新购图书", "读者活动场次", "读者满意度"],
    "{{指标.得分}}": [20, 15, 20],
    "{{指标.经办人}}": ["张三"] * 3,
    "{{指标.完成情况说明}}": ["新购图书5200册。", "开展活动30场。", "问卷调查，满意度95%。"],
    "{{指标.未完成原因和改进措施}}": ["无", "原因：场地维修\n改进措施：错峰安排", "无"],
    "{{指标.一级指标}}（{{指标.一级指标分值}}分）": ["产出指标（40分）", None, "效益指标（20分）"],
    "{{资金.资金来源}}": ["中央补助", "区级预算资金"],
    "{{资金.全年执行数}}": [100000, 319999.99],
    "{{资金.预算执行率}}": [1, 0.9697],
}


@pytest.fixture(scope="module")
def each(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, list[Any]], set[str]]:
    """What each marker prints on one form, in rows of its own under a line with its number; and what was found unknown."""
    markers = [*PRINTED, *REPEATED]
    lines = [text for number, marker in enumerate(markers) for text in (f"第{number}行", marker)]
    marked = {f"A{row}": text for row, text in enumerate([*lines, f"第{len(markers)}行"], start=1)}
    folder = tmp_path_factory.mktemp("each")
    values, codes = printed(folder, marked)
    starts = [values.index(f"第{number}行") for number in range(len(markers) + 1)]
    own = {marker: values[first + 1 : last] for marker, first, last in zip(markers, starts, starts[1:], strict=False)}
    return own, set(codes)


@pytest.mark.parametrize("marker", PRINTED)
def test_a_marker(marker: str, each: tuple[dict[str, list[Any]], set[str]]) -> None:
    values, codes = each
    assert values[marker] == [PRINTED[marker]]
    assert "O502" not in codes


@pytest.mark.parametrize("marker", REPEATED)
def test_a_repeating_row(marker: str, each: tuple[dict[str, list[Any]], set[str]]) -> None:
    values, codes = each
    assert values[marker] == REPEATED[marker]
    assert "O502" not in codes


def test_target_and_unit_in_cells_of_their_own(tmp_path: Path) -> None:
    inputs = write_folder(tmp_path / "year", year())
    marks = ("指标方向", "年度目标值", "全年完成值", "度量单位")
    cells = {f"{letter}1": f"{{{{指标.{mark}}}}}" for letter, mark in zip("ABCD", marks, strict=True)}
    evaluation = evaluate(inputs, Settings(scheme=str(scheme_with(tmp_path / "scheme", cells))))
    rows = [list(item.values())[:4] for _, _, items in form_values(evaluation) for item in items]
    assert rows[:2] == [["≥", Figure("5000", "5000"), "5200", "册"], ["", "≥40场", "30场", ""]]


@pytest.mark.parametrize(
    ("own", "elsewhere", "target"),
    [
        ({"B1": "计量单位"}, {}, "≥5000"),
        ({"B1": "指标方向"}, {}, "5000册"),
        ({"B2": "计量单位", "C2": "指标方向"}, {}, "≥5000册"),
        ({}, {"A1": "{{指标.计量单位}}"}, "≥5000册"),
    ],
)
def test_sign_and_unit_stay_with_a_target_whose_row_has_no_cells_for_them(
    own: dict[str, str], elsewhere: dict[str, str], target: str, tmp_path: Path
) -> None:
    cells = {place: f"{{{{指标.{name}}}}}" for place, name in {"A1": "年度目标值", **own}.items()}
    evaluation = evaluate(
        write_folder(tmp_path / "year", year()),
        Settings(scheme=str(scheme_with(tmp_path / "scheme", cells, elsewhere))),
    )
    _, _, items = next(form_values(evaluation))
    assert items[0]["指标.年度目标值"] == target


#: What is no marker → what is said of it.
UNKNOWN: dict[str, str] = {
    "{{项目名}}": "是否想写“项目名称”",
    "{{指标.自评份}}": "是否想写“指标.自评分”",
    "{{指标.经力人}}": "是否想写“指标.经办人”",
    "{{项目信息.项目类型}}": "也不是项目信息表中的列",
    "{{项目类别}}": "是否想写“项目信息.项目类别”",
    "{{报告信息.填报时间}}": "是否想写“报告信息.填报日期”",
    "{{资金.预算执行}}": "是否想写“资金.预算执行率”",
    "{{资金[援建资金].全年预算数}}": "不认识",
    "{{自评得分|亿元}}": "只能写“|万元”",
    "{{资金[援建资金].年初预算数}}": "是否想写“资金[其他资金].年初预算数”",
    "{{总分}}": "是否想写",
    "{{}}": "不认识",
}


@pytest.fixture(scope="module")
def unknown(tmp_path_factory: pytest.TempPathFactory) -> tuple[int, dict[str, Any], list[Any]]:
    """Exit code and manifest of a form with every unknown marker in a row of its own, and what it prints there."""
    folder = tmp_path_factory.mktemp("unknown")
    inputs = write_folder(folder / "year", year())
    marked = {f"C{row}": f"见{marker}。" for row, marker in enumerate(UNKNOWN, start=4)}
    scheme = scheme_with(folder / "scheme", {"A1": "{{项目名称}}"} | marked)
    status, manifest = perfeval("run", inputs, "--scheme", scheme, "--no-report")
    path = inputs / "自评结果" / manifest["units"][0]["projects"][0]["form"]
    return status, manifest, [cell.value for cell in openpyxl.load_workbook(path).worksheets[0]["C"]]


@pytest.mark.parametrize("marker", UNKNOWN)
def test_an_unknown_marker_is_named_and_stays(marker: str, unknown: tuple[int, dict[str, Any], list[Any]]) -> None:
    status, manifest, values = unknown
    cell = f"C{4 + list(UNKNOWN).index(marker)}"
    found = [finding for finding in manifest["findings"] if finding["code"] == "O502" and finding["subject"] == marker]
    assert status == 1
    assert [finding["sources"] for finding in found] == [
        [{"workbook": "scheme/form.xlsx", "sheet": "表", "cell": cell}]
    ]
    assert UNKNOWN[marker] in found[0]["message"]
    assert f"scheme/form.xlsx 的 表!{cell}" in found[0]["message"]
    assert f"见{marker}。" in values


@pytest.mark.parametrize("text", ["{{项目名称}", "{{项目名称", "项目名称}}", "{项目}{{"])
def test_a_marker_that_was_not_finished_is_named(text: str, tmp_path: Path) -> None:
    values, codes = printed(tmp_path, {"A1": "{{项目名称}}", "A2": text})
    assert values == ["读者服务", text]
    assert codes == ["O502"]


def test_a_marker_on_the_second_sheet_is_named_there(tmp_path: Path) -> None:
    scheme = scheme_with(tmp_path / "scheme", {"A1": "{{错}}"}, {"B2": "{{错}}"})
    _, manifest = perfeval("check", write_folder(tmp_path / "year", year()), "--scheme", scheme)
    (found,) = [finding for finding in manifest["findings"] if finding["code"] == "O502"]
    assert [(cell["sheet"], cell["cell"]) for cell in found["sources"]] == [("表", "A1"), ("附表", "B2")]


def merged(area: str) -> Any:
    def change(sheet: Any) -> None:
        sheet.merge_cells(area)

    return change


@pytest.mark.parametrize(
    ("marked", "area", "cell", "said"),
    [
        ({"A3": "{{指标.指标内容}}", "B3": "{{资金.资金来源}}"}, None, "B3", "分到两行"),
        ({"A3": "{{指标.指标内容}}"}, "A3:A4", "A3", "取消合并"),
        ({"B3": "{{资金.资金来源}}"}, "B2:B3", "B3", "取消合并"),
        ({"A3": "{{指标.指标内容}}", "A4": "{{指标.备注}}"}, "A3:A4", "A3", "取消合并"),
    ],
)
def test_a_row_that_cannot_be_placed(
    marked: dict[str, str], area: str | None, cell: str, said: str, tmp_path: Path
) -> None:
    scheme = scheme_with(tmp_path / "scheme", marked)
    if area:
        book = openpyxl.load_workbook(scheme / "form.xlsx")
        # openpyxl empties what a merge covers, Excel keeps it.
        kept = {place: book.worksheets[0][place].value for place in marked}
        book.worksheets[0].merge_cells(area)
        for place, value in kept.items():
            if isinstance(book.worksheets[0][place], openpyxl.cell.MergedCell):
                covered = openpyxl.cell.Cell(book.worksheets[0], int(place[1:]), ord(place[0]) - 64, value)
                book.worksheets[0]._cells[int(place[1:]), ord(place[0]) - 64] = covered
        book.save(scheme / "form.xlsx")
    status, manifest = perfeval("run", write_folder(tmp_path / "year", year()), "--scheme", scheme, "--no-report")
    found = [finding for finding in manifest["findings"] if finding["code"] == "O502"]
    assert status == 1
    assert found[0]["sources"] == [{"workbook": "scheme/form.xlsx", "sheet": "表", "cell": cell}]
    assert said in found[0]["message"]
    assert len([output for output in manifest["outputs"] if output["kind"] == "form"]) == 2


def test_a_label_merged_over_its_row_and_the_next_is_placed(tmp_path: Path) -> None:
    scheme = scheme_with(tmp_path / "scheme", {"A3": "标签", "B3": "{{指标.指标内容}}", "B4": "小计"})
    book = openpyxl.load_workbook(scheme / "form.xlsx")
    book.worksheets[0].merge_cells("A3:A4")
    book.save(scheme / "form.xlsx")
    _, manifest = perfeval("check", write_folder(tmp_path / "year", year()), "--scheme", scheme)
    assert "O502" not in codes_of(manifest)


@pytest.mark.parametrize(
    ("value", "measure", "sign", "text"),
    [
        ("10", "次", "≥", "≥10次"),
        ("10", "次", "", "10次"),
        ("10", "次", "定性", "10次"),
        ("10次", "次", "≥", "10次"),
        ("≥10", "次", "≥", "≥10"),
        ("9.5", "", "≤", "≤9.5"),
        ("", "次", "≥", ""),
    ],
)
def test_a_bare_number_is_printed_with_its_unit(value: str, measure: str, sign: str, text: str) -> None:
    assert measured(value, measure, sign) == text


@pytest.mark.parametrize(
    ("hundredths", "number", "text"),
    [(9891, "0.9891", "98.91%"), (5, "0.0005", "0.05%"), (10000, "1.0000", "100.00%"), (-1, "-0.0001", "-0.01%")],
)
def test_a_rate(hundredths: int, number: str, text: str) -> None:
    value: Value = rates([hundredths])[0]
    assert value == Figure(number, text)


@pytest.mark.parametrize("scheme", ["hongshan-2019", "mof-2020", "hubei-2020", "sichuan-2023"])
def test_the_shipped_forms_hold_known_markers_only(scheme: str, tmp_path: Path) -> None:
    _, manifest = perfeval("run", write_folder(tmp_path, clean_year()), "--scheme", scheme, "--no-report")
    said = [finding["message"] for finding in manifest["findings"] if finding["code"] == "O502"]
    assert [message for message in said if "没有对应的行" not in message] == []
    for path in (tmp_path / "自评结果").glob("附件*.xlsx"):
        cells = [str(cell.value) for row in openpyxl.load_workbook(path).worksheets[0].iter_rows() for cell in row]
        assert not [cell for cell in cells if re.search(r"\{\{|\}\}", cell)]


def test_forms_are_the_same_however_many_are_made_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    evaluation = evaluate(write_folder(tmp_path, year()), Settings())
    together = list(form_values(evaluation))
    monkeypatch.setattr("perfeval_xl.write.forms.AT_ONCE", 1)
    assert list(form_values(evaluation)) == together
    assert [len(items) for _, _, items in together] == [3, 2]


def test_texts_that_no_cell_can_hold_are_named_at_their_cells(tmp_path: Path) -> None:
    sheets = clean_year()
    heading, first = sheets["绩效指标"][0], sheets["绩效指标"][1]
    for name in ("未完成原因", "改进措施"):
        first[heading.index(name)] = "因" * 20_000
    (found,) = [
        finding
        for finding in perfeval("check", write_folder(tmp_path, sheets))[1]["findings"]
        if finding["code"] == "O502"
    ]
    assert "40000 个字符" in found["message"]
    assert [cell["cell"][-1] for cell in found["sources"]] == ["2", "2"]
