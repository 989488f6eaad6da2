"""差异说明: what is signed is info and keeps its words; what cannot be signed, or is gone, is told."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from perfeval_xl.findings import catalogue
from tests.findings.test_reproducers import REPRODUCERS, both
from tests.workbooks import Sheets, changed, perfeval, put, write_folder

EXECUTION, INDICATORS = "预算执行情况", "绩效指标"
HEADINGS = ["问题代码", "项目名称", "对象", "说明", "确认人"]


def signed(*rows: Sequence[object]) -> Sheets:
    """A received amount that differs (M216), a missing measure (S309), a missing actual (S304), and these exceptions."""

    def change(sheets: Sheets) -> None:
        put(EXECUTION, 3, "到位资金", 110000)(sheets)
        put(INDICATORS, 1, "改进措施", "")(sheets)
        put(INDICATORS, 3, "全年完成值", "")(sheets)
        put(INDICATORS, 3, "扣分", "")(sheets)
        sheets["差异说明"] = [HEADINGS, *map(list, rows)]

    return changed(change)


def severities(manifest: dict[str, Any]) -> dict[str, str]:
    return {finding["code"]: finding["severity"] for finding in manifest["findings"]}


@pytest.mark.parametrize(
    "row",
    [
        ["M216", "馆舍维护", "屋面维修", "次年到位", "张三"],
        ["M216", "馆舍维护", "", "次年到位。", "张三"],
        [" m216 ", "馆舍 维护", "屋面维修", "次年到位", "张三"],
    ],
)
def test_a_signed_finding_is_info_and_keeps_its_words(row: list[str], tmp_path: Path) -> None:
    _, manifest = perfeval("check", write_folder(tmp_path, signed(row)))
    assert severities(manifest) == {"S304": "error", "O501": "error", "S309": "warning", "M216": "info"}
    finding = next(finding for finding in manifest["findings"] if finding["code"] == "M216")
    assert finding["message"].endswith("两者不一致。说明：次年到位（确认人：张三）。")


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (["M216", "馆舍维护", "图书购置", "次年到位", "张三"], "没有与它对应的问题"),
        (["M216", "", "屋面维修", "次年到位", "张三"], "没有与它对应的问题"),
        (["M216", "读者服务", "", "次年到位", "张三"], "没有与它对应的问题"),
        (["M216", "馆舍维护", "", "次年到位", ""], "没有填写确认人"),
        (["M216", "馆舍维护", "", "", "张三"], "没有填写说明"),
        (["M261", "馆舍维护", "", "次年到位", "张三"], "没有问题代码“M261”"),
        (["O501", "馆舍维护", "", "次年到位", "张三"], "不能用差异说明消除"),
        (["R106", "", "", "次年到位", "张三"], "不能用差异说明消除"),
        (["S304", "馆舍维护", "验收合格率", "次年验收", "张三"], "自评表不能生成"),
    ],
)
def test_an_exception_that_does_nothing_is_told(row: list[str], said: str, tmp_path: Path) -> None:
    status, manifest = perfeval("check", write_folder(tmp_path, signed(row)))
    found = next(finding for finding in manifest["findings"] if finding["code"] == "O504")
    assert status == 1
    assert said in found["message"]
    assert found["severity"] == "warning"
    assert found["sources"] == [{"workbook": "4.xlsx", "sheet": "差异说明", "cell": "A2"}]
    others = severities(manifest)
    assert (others["M216"], others["S304"], others["O501"]) == ("warning", "error", "error")


@pytest.mark.parametrize("code", ["M216", "M217", "S305", "S307", "S312", "C407", "C410"])
def test_the_advice_names_what_clears_the_warning(code: str, tmp_path: Path) -> None:
    change, _, _ = REPRODUCERS[code]
    before = perfeval("check", write_folder(tmp_path / "a", changed(change)))[1]
    rows = [
        [code, found["project"], found["subject"], "经核对无误", "张三"]
        for found in before["findings"]
        if found["code"] == code
    ]
    signed_off = both(change, lambda sheets: sheets.update({"差异说明": [HEADINGS, *rows]}))
    after = perfeval("check", write_folder(tmp_path / "b", changed(signed_off)))[1]
    assert "在“差异说明”表中写明原因和确认人" in catalogue()[code].advice
    assert (severities(before)[code], severities(after)[code]) == ("warning", "info")


def test_a_row_still_to_be_filled_in_says_nothing(tmp_path: Path) -> None:
    rows = [["M216", "馆舍维护", "屋面维修", "", ""], ["", "馆舍维护", "", "", ""]]
    assert "O504" not in severities(perfeval("check", write_folder(tmp_path, signed(*rows)))[1])


def test_a_signed_error_does_not_count(tmp_path: Path) -> None:
    sheets = changed(put("项目支出决算", 2, "本年支出", 113000))
    assert perfeval("check", write_folder(tmp_path / "a", sheets))[0] == 1
    sheets["差异说明"] = [HEADINGS, ["M221", "馆舍维护", "屋面维修", "决算漏记1000元，已申请更正", "张三"]]
    assert perfeval("check", write_folder(tmp_path / "b", sheets), "--strict")[0] == 0


def test_what_belongs_to_no_project_is_signed_without_one(tmp_path: Path) -> None:
    sheets = changed(lambda sheets: sheets.pop("项目支出决算"))
    sheets["差异说明"] = [HEADINGS, ["M225", "", "", "决算尚未批复", "张三"]]
    assert severities(perfeval("check", write_folder(tmp_path, sheets))[1]) == {"M225": "info"}


def test_the_rows_of_the_list_of_problems_can_be_pasted(tmp_path: Path) -> None:
    folder = write_folder(tmp_path, signed())
    perfeval("run", folder)
    sheet = openpyxl.load_workbook(folder / "自评结果" / "绩效自评汇总表.xlsx")["问题清单"]
    rows = [list(row[8:13]) for row in sheet.iter_rows(min_row=7, values_only=True)]
    assert rows.pop(0) == HEADINGS
    filled = [[*row[:3], "已核实", "张三"] if row[0] in ("M216", "S309") else row for row in rows]
    _, manifest = perfeval("check", write_folder(folder, signed(*filled)))
    assert severities(manifest) == {"S304": "error", "O501": "error", "S309": "info", "M216": "info"}


def test_several_units_need_a_unit_column(tmp_path: Path) -> None:
    def units(sheets: Sheets) -> None:
        sheets[EXECUTION][-1][0] = "某区档案馆"
        for name, unit in (("项目信息", -1), (INDICATORS, -2), ("项目支出决算", -1)):
            heading = 1 if name == "项目支出决算" else 0
            for at, row in enumerate(sheets[name][heading:]):
                last = at >= len(sheets[name][heading:]) + unit
                row.append("预算单位" if not at else "某区档案馆" if last else "某区图书馆")

    sheets = signed(["M216", "馆舍维护", "", "次年到位", "张三"])
    units(sheets)
    manifest = perfeval("check", write_folder(tmp_path, sheets))[1]
    assert severities(manifest)["R105"] == "error"
    sheets["差异说明"] = [[*HEADINGS, "预算单位"], ["M216", "馆舍维护", "", "次年到位", "张三", "某区档案馆"]]
    assert severities(perfeval("check", write_folder(tmp_path, sheets))[1])["M216"] == "info"
