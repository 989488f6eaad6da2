"""Four regimes on one unit, every figure worked out by hand, and figures of forms that units have published."""

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.workbooks import EXECUTION, INDICATORS, PROJECTS, Sheets, perfeval, write_folder

GOAL, UNIT = "全员培训。", "某县人社局"
TIERS = "≥100%:100%；≥80%:80%；≥60%:60%"
PARTLY = "部分达成年度指标并具有一定效果"
#: level 1, level 2, content, (operator, target, unit), actual, rule, recorded score.
ROWS: list[tuple[str, str, str, tuple[str, str, str], str, str, Any]] = [
    ("产出指标", "数量指标", "培训人次", ("≥", "1.2", "万人次"), "1.14", "", ""),
    ("产出指标", "质量指标", "考核合格率", ("＝", "100", "%"), "98", "每低1个百分点扣0.5分", ""),
    ("产出指标", "时效指标", "完成时间", ("≤", "2024年11月底前", ""), "2024年12月10日", "", ""),
    ("产出指标", "成本指标", "人均成本", ("≤", "500", "元/人"), "625", "", ""),
    ("效益指标", "社会效益", "带动就业", ("≥", "300", "人"), "255", TIERS, ""),
    ("效益指标", "社会效益", "社会影响", ("定性", "显著", ""), PARTLY, "", 7),
    ("满意度指标", "满意度指标", "学员满意度", ("≥", "90", "%"), "93", "", ""),
]
#: Scheme → weights, scores of the rules and of the person, funding, goal, total, grade. Worked out by hand:
#: 11400 ÷ 12000 = 95%; 2 points below at 0.5; a month late; 500 ÷ 625 = 80%; 255 ÷ 300 = 85%, the tier of 80%; 7 by hand; met.
#: The money: 57 of 60 is 95%.
FIGURES: dict[str, tuple[list[int], list[str], str, str | None, str, str]] = {
    "hongshan-2019": ([10, 10, 5, 5, 10, 10, 10], ["9.50", "9.00", "0.00", "4.00", "8.00", "7.00", "10.00"], "19.00", "17.00", "83.50", "良"),
    "mof-2020": ([20, 10, 10, 10, 20, 10, 10], ["19.00", "9.00", "0.00", "8.00", "16.00", "7.00", "10.00"], "9.50", None, "78.50", "中"),
    "hubei-2020": ([15, 10, 5, 10, 20, 10, 10], ["14.25", "9.00", "0.00", "8.00", "16.00", "7.00", "10.00"], "19.00", None, "83.25", "良"),
    "sichuan-2023": ([20, 10, 10, 10, 20, 10, 10], ["19.00", "9.00", "0.00", "8.00", "16.00", "7.00", "10.00"], "9.50", None, "78.50", "中"),
}  # fmt: skip


def money(name: str, *rows: tuple[str, float, float, float]) -> list[list[Any]]:
    """Source, initial budget, annual budget, executed, in 万元."""
    lines = [
        [UNIT, name, "001", name, source, initial, round(annual - initial, 4), annual, "", executed, "", ""]
        for source, initial, annual, executed in rows
    ]
    return [["2024年度项目支出预算执行情况表"], ["", "单位：万元"], [*EXECUTION], *lines]


def unit(weights: list[int], apart: bool) -> Sheets:
    """The unit with three columns for a target, or with one."""
    indicators = []
    for (level1, level2, content, (operator, target, measure), actual, rule, score), weight in zip(
        ROWS, weights, strict=True
    ):
        words = operator == "定性" or "年" in target
        texts = (
            [operator, target, actual, measure]
            if apart
            else [
                "",
                target if words else f"{operator}{target}{measure}",
                actual if words else f"{actual}{measure}",
                "",
            ]
        )
        indicators.append(
            [
                "培训",
                level1,
                level2,
                content,
                *texts[:3],
                weight,
                rule,
                "",
                score,
                "生源不足。",
                "提前组织。",
                "台账",
                texts[3],
            ]
        )
    info = [1, "培训", "县政府", UNIT, "培训", GOAL, "基本完成，扣3分。", 3, "", "进度滞后。", "常年性项目"]
    return {
        "预算执行情况": money("培训", ("当年财政拨款", 30, 40, 40), ("上年结转资金", 20, 20, 17)),
        "项目信息": [[*PROJECTS, "项目类型"], info],
        "绩效指标": [[*INDICATORS, "计量单位"], *indicators],
    }


@pytest.mark.parametrize("apart", [True, False], ids=["three columns", "one column"])
@pytest.mark.parametrize("scheme", FIGURES)
def test_one_unit_under_four_regimes(scheme: str, apart: bool, tmp_path: Path) -> None:
    weights, scores, funding, goal, total, grade = FIGURES[scheme]
    _, manifest = perfeval("run", write_folder(tmp_path, unit(weights, apart)), "--scheme", scheme)
    errors = [finding for finding in manifest["findings"] if finding["severity"] == "error"]
    assert [finding["code"] for finding in errors] == []
    assert not [finding for finding in manifest["findings"] if finding["code"] in ("S305", "S306", "S307", "M218")]
    project = manifest["units"][0]["projects"][0]
    assert [row["self_score"] for row in project["indicators"]] == scores
    assert [row["rule_score"] for row in project["indicators"]] == [
        None if at == 5 else score for at, score in enumerate(scores)
    ]
    assert [row["completion"] for row in project["indicators"]] == [
        "95.00",
        "98.00",
        None,
        "80.00",
        "85.00",
        None,
        "103.33",
    ]
    assert project["scores"]["funding"] == funding
    assert project["scores"]["goal"] == goal
    assert (project["total_score"], project["grade"], project["execution_rate"]) == (total, grade, "95.00")
    sheet = openpyxl.load_workbook(tmp_path / "自评结果" / project["form"]).worksheets[0]
    cells = [cell.value for row in sheet.iter_rows() for cell in row if cell.value not in (None, "")]
    in_yuan = 10_000 if scheme == "hongshan-2019" else 1
    for figure in (60 * in_yuan, 57 * in_yuan, 0.95, float(funding), float(total), *map(float, scores)):
        assert figure in cells, figure
    assert GOAL in cells
    assert not [cell for cell in cells if isinstance(cell, str) and "{{" in cell]


def test_each_source_has_its_row_in_wan_yuan(tmp_path: Path) -> None:
    perfeval("run", write_folder(tmp_path, unit(FIGURES["mof-2020"][0], True)), "--scheme", "mof-2020")
    sheet = openpyxl.load_workbook(next((tmp_path / "自评结果").glob("附件*.xlsx"))).worksheets[0]
    rows = [[cell.value for cell in row if cell.value is not None] for row in sheet.iter_rows()]
    lines = {str(row[0]).strip(): row[1:] for row in rows if row}
    assert lines["其中：当年财政拨款"] == [30, 40, 40, "—", 1, "—"]
    assert lines["上年结转资金"] == [20, 20, 17, "—", 0.85, "—"]
    assert lines["年度资金总额"] == [50, 60, 57, 10, 0.95, 9.5]


@pytest.mark.parametrize(
    ("scheme", "score", "expected"),
    [
        ("mof-2020", 6, None),
        ("mof-2020", 8, None),
        ("mof-2020", 5.99, "6.00–8.00"),
        ("hubei-2020", 5, None),
        ("hubei-2020", 8.01, "5.00–8.00"),
        ("sichuan-2023", 9, None),
    ],
)
def test_a_score_outside_the_band_of_its_word_is_named(
    scheme: str, score: float, expected: str | None, tmp_path: Path
) -> None:
    sheets = unit(FIGURES[scheme][0], True)
    sheets["绩效指标"][6][INDICATORS.index("自评分")] = score
    _, manifest = perfeval("check", write_folder(tmp_path, sheets), "--scheme", scheme)
    found = [finding["expected"] for finding in manifest["findings"] if finding["code"] == "S305"]
    assert found == ([expected] if expected else [])


def test_a_band_without_a_score_withholds_the_form(tmp_path: Path) -> None:
    sheets = unit(FIGURES["mof-2020"][0], True)
    sheets["绩效指标"][6][INDICATORS.index("自评分")] = ""
    _, manifest = perfeval("check", write_folder(tmp_path, sheets), "--scheme", "mof-2020")
    messages = {finding["code"]: finding["message"] for finding in manifest["findings"]}
    assert "6.00–8.00" in messages["S303"]
    assert "O501" in messages


def published(
    weights: list[Any], rows: list[list[Any]], amounts: tuple[float, float, float], stated: dict[str, Any]
) -> Sheets:
    """A published form as inputs: content, target, actual, score in ``rows``."""
    indicators = [
        ["项目", level1, "", content, "", target, actual, weight, "", "", score, "", "", ""]
        for (level1, content, target, actual, score), weight in zip(rows, weights, strict=True)
    ]
    return {
        "预算执行情况": money("项目", ("财政拨款", *amounts)),
        "项目信息": [
            [*PROJECTS, *stated],
            [1, "项目", "局", UNIT, "项目", "目标", "完成", "", "", "", *stated.values()],
        ],
        "绩效指标": [[*INDICATORS], *indicators],
    }


def worked(sheets: Sheets, scheme: str, folder: Path) -> tuple[dict[str, Any], set[str]]:
    _, manifest = perfeval("check", write_folder(folder, sheets), "--scheme", scheme)
    return manifest["units"][0]["projects"][0], {
        finding["code"] for finding in manifest["findings"] if finding["severity"] == "error"
    }


#: 池州市贵池区棠溪镇人民政府, 委托业务项目, 2022 (the ministry's form); its satisfaction row is given here as met.
TANGXI = [
    ["产出指标", "委托业务项目数量", "≥50个", "50", 8],
    ["产出指标", "委托业务报告合格率", "≥100百分比", "100", 8],
    ["产出指标", "经费支出合规性", "严格执行", "达成预期指标", 8],
    ["产出指标", "提交报告及时性", "在计划时间内完成", "达成预期指标", 8],
    ["产出指标", "项目总成本", "≤90万元", "90", 8],
    ["产出指标", "单项业务成本", "符合相关规定", "达成预期指标", 10],
    ["效益指标", "公平的影响", "效果明显", "达成预期指标", 10],
    ["效益指标", "控制的影响", "效果明显", "达成预期指标", 10],
    ["效益指标", "持续性影响", "效果明显", "达成预期指标", 10],
    ["满意度指标", "满意度", "≥90%", "90%", 10],
]


def test_a_published_ministry_form(tmp_path: Path) -> None:
    weights = [row[4] for row in TANGXI]
    project, errors = worked(published(weights, TANGXI, (90, 89.974, 89.974), {}), "mof-2020", tmp_path)
    assert (project["annual_budget"], project["executed"], project["execution_rate"]) == (
        "899740.00",
        "899740.00",
        "100.00",
    )
    assert project["scores"] == {"funding": "10.00", "goal": None, "indicators": "90.00"}
    assert {row["completion"] for row in project["indicators"]} == {"100.00"}
    assert (project["total_score"], project["grade"], errors) == ("100.00", "优", set())


def test_its_printed_zero_for_the_money_contradicts_it(tmp_path: Path) -> None:
    sheets = published([row[4] for row in TANGXI], TANGXI, (90, 89.974, 89.974), {"资金得分": 0})
    assert worked(sheets, "mof-2020", tmp_path)[1] == {"S314"}


def test_weights_of_100_inside_90_points(tmp_path: Path) -> None:
    weights = [row[4] for row in TANGXI[:-1]] + [20]
    rows = [*TANGXI[:-1], [*TANGXI[-1][:4], 20]]
    project, errors = worked(published(weights, rows, (90, 89.974, 89.974), {}), "mof-2020", tmp_path)
    assert (project["scores"]["indicators"], errors) == ("100.00", {"S301"})


def test_shifted_group_points_are_named(tmp_path: Path) -> None:
    shifted = [20, 10, 10, 0, 30, 10, 10]  # 40 and 40 instead of 50 and 30
    _, manifest = perfeval("check", write_folder(tmp_path, unit(shifted, True)), "--scheme", "mof-2020")
    assert "S315" in {finding["code"] for finding in manifest["findings"]}


def test_a_published_rate_of_half_that_was_rounded_up(tmp_path: Path) -> None:
    """北京市海淀区学院路街道, 2016: 154.74 of 310.2 is 49.88%, 4.99 points; the form prints 50% and 5."""
    rows = [["产出指标", "数量", "12.5", "12.5", ""], ["效益指标", "其余", "优", "优", ""]]
    sheets = published([12.5, 77.5], rows, (310.2, 310.2, 154.74), {"资金得分": 5})
    sheets["项目信息"][1][PROJECTS.index("执行偏差原因")] = "招标推迟。"
    project, errors = worked(sheets, "mof-2020", tmp_path)
    assert (project["execution_rate"], project["scores"]["funding"], errors) == ("49.88", "4.99", {"S314"})


def three_columns(rows: list[tuple[str, str, str, str, Any, Any]], amounts: tuple[float, float, float]) -> Sheets:
    """A published Sichuan form: content, 指标性质, 指标值, 度量单位, 完成值, score; its own headings."""
    headings = [
        "项目名称",
        "一级指标",
        "二级指标",
        "三级指标",
        "指标性质",
        "指标值",
        "度量单位",
        "完成值",
        "权重",
        "得分",
        "未完成原因分析",
    ]
    sheets = published([], [], amounts, {})
    lines = [
        ["项目", "产出指标", "数量指标", *row[:5], 90 / len(rows) if len(rows) != 2 else (60, 30)[at], row[5], ""]
        for at, row in enumerate(rows)
    ]
    return sheets | {"绩效指标": [headings, *lines]}


def test_a_published_sichuan_form(tmp_path: Path) -> None:
    """青神县发展和改革局, 2023: 238.93, adjusted to 251.89, executed 251.89; weights 60 and 30."""
    rows: list[tuple[str, str, str, str, Any, Any]] = [
        ("覆盖率", "＝", "100", "%", "100", ""),
        ("参保率", "＝", "100", "%", 99, ""),
    ]
    project, errors = worked(three_columns(rows, (238.93, 251.89, 251.89)), "sichuan-2023", tmp_path)
    assert (project["initial_budget"], project["annual_budget"]) == ("2389300.00", "2518900.00")
    assert [row["self_score"] for row in project["indicators"]] == ["60.00", "29.70"]
    assert (project["total_score"], errors) == ("99.70", set())


def test_a_published_number_that_was_answered_in_words(tmp_path: Path) -> None:
    """大英县司法局, 2023: 3.36 of 3.36; a cost of at most 30万元 was answered with 完成 and 90 of 90."""
    rows: list[tuple[str, str, str, str, Any, Any]] = [("成本控制数", "≤", "30", "万元", "完成", 90)]
    project, errors = worked(three_columns(rows, (0, 3.36, 3.36)), "sichuan-2023", tmp_path)
    assert (project["total_score"], errors) == ("100.00", {"S303"})


def test_four_published_directions(tmp_path: Path) -> None:
    """大英县, 2023: four indicators of 22.5; with one of them missed by half."""
    rows: list[tuple[str, str, str, str, Any, Any]] = [
        ("足额保障率", "=", "100", "%", "100", ""),
        ("科目调整次数", "≤", "10", "次", "15", ""),
        ("按时发放率", "=", "100", "%", "100", ""),
        ("结余率", "≤", "5", "%", "5", ""),
    ]
    project, errors = worked(three_columns(rows, (10, 10, 10)), "sichuan-2023", tmp_path)
    assert [row["self_score"] for row in project["indicators"]] == ["22.50", "15.00", "22.50", "22.50"]
    assert (project["total_score"], errors) == ("92.50", set())


def test_the_hubei_forms_own_headings(tmp_path: Path) -> None:
    sheets = unit(FIGURES["hubei-2020"][0], False)
    own = {"年度目标值": "年初目标值（A）", "全年完成值": "实际完成值（B）", "指标内容": "三级指标", "自评分": "得分"}
    sheets["绩效指标"][0] = [own.get(heading, heading) for heading in sheets["绩效指标"][0]]
    project, errors = worked(sheets, "hubei-2020", tmp_path)
    assert (project["total_score"], errors) == ("83.25", set())


def test_a_rate_below_90_percent_needs_a_reason(tmp_path: Path) -> None:
    rows: list[tuple[str, str, str, str, Any, Any]] = [("覆盖率", "=", "100", "%", "100", "")]
    _, manifest = perfeval(
        "check", write_folder(tmp_path, three_columns(rows, (100, 100, 89.99))), "--scheme", "sichuan-2023"
    )
    assert "M218" in {finding["code"] for finding in manifest["findings"]}
    assert manifest["units"][0]["projects"][0]["scores"]["funding"] == "9.00"
