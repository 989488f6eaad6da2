"""The published year with its contradictions put right: what :func:`write_clean_sample` writes gives no finding.

``CORRECTIONS`` says which cells are changed, by workbook and sheet; everything else stays as published. Results and
texts that were put right are made up.
"""

import re
from collections.abc import Mapping
from pathlib import Path

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

SAMPLE = Path(__file__).parents[1] / "sample_workbooks" / "hongshan-2019"
EXECUTION = "2019年度项目支出预算执行情况表.xlsx"
INDICATORS = "2019年度绩效指标及项目信息.xlsx"
FINAL_ACCOUNTS = "2019年度部门决算.xlsx"
Cells = Mapping[str, str | float | None]

#: Rows of 绩效指标 whose target gets the ≥ that it lacks.
_UPWARD = (3, 4, 5, 7, 9, 10, 11, 12, 16, 17, 18, 19, 21, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 38)
#: Scores by rule (row → weight, score), which the evidence then states too.
_SCORES = {3: (8, 6.4), 4: (8, 6.4), 9: (10, 9.41), 10: (8, 6.86), 13: (8, 7.2), 16: (6, 4.5), 17: (6, 4.96), 28: (8, 7.11), 36: (6, 5.05)}  # fmt: skip
_SURVEYED = {23: "98%", 29: "92%", 38: "89%"}

CORRECTIONS: Mapping[tuple[str, str], Cells] = {
    (EXECUTION, "预算执行情况"): {
        # 1.1 was budgeted nearly in full at the year's beginning.
        "F4": 6000000, "G4": 482350.5, "F5": 7000000, "G5": 215680, "F7": 2000000, "G7": 148900,
        "F9": 450000, "G9": 18720.3, "F10": 600000, "G10": 26549.2,
    },
    (INDICATORS, "项目信息"): {
        "E6": "城市监控、视频监控系统建设、警务通年费、治安卡口建设、金盾工程",
        "G3": "2019年度洪山区公安分局深入推进“红色警营”建设，普法宣传和人员培训按实际情况开展。",
        "H3": 20,
        "G4": "2019年度洪山区公安分局对6处派出所的修缮改善了民警的办公条件。但是部分未修缮场所的办公条件仍存在不足，扣3分。",
        "H5": 20,
        "G6": "2019年度洪山区公安分局大力加强“数字警营”建设，社会治安监控系统全城覆盖、全网共享、全程可控。",
        "H6": 20,
        "G7": "2019年洪山区公安分局圆满完成军运会安保维稳工作，安保工作取得全胜。",
        "H7": 20,
        "L3": "队伍建设培训、普法宣传次数未达到目标，内部人员满意度有待提高。",
        "L4": "场所修缮未全部完成，部分工程未按计划完工，基础设施建设与实际需求存在差距。",
        "L5": "专项行动和禁毒宣传次数未达到目标。",
        "L6": "部分项目未按计划完工。",
        "L7": "部分项目未按时完成。",
    },
    (INDICATORS, "绩效指标"): {
        "F13": "≥100%",
        "C18": "数量指标",
        "G14": "0.5%",
        "L10": "明年优先安排巡警大队房屋装修。",
        "L13": "与施工单位约定工期并按月督促。",
        "M34": "2019年度新建车检站数量2个，完成率100%，该指标得分为6分。",
        # Results that were copied from their targets.
        "G25": "99.5%", "M25": "2019年度视频监控图像完好率99.5%，该指标得分为8分。",
        "G29": "92%", "G30": "210路", "M30": "2019年度新建视频监控210路，完成率105%，该指标得分为6分。",
        "G35": "97%", "M35": "建设完工后进行验收审核，验收质量达标率达到97%，该指标得分为6分。",
        "G38": "89%",
    },
}  # fmt: skip


def write_clean_sample(folder: Path) -> Path:
    """Write the three workbooks, formulas as their values, with every correction; returns the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in (EXECUTION, INDICATORS, FINAL_ACCOUNTS):
        book = openpyxl.load_workbook(SAMPLE / name, data_only=True)
        for (workbook, title), cells in CORRECTIONS.items():
            for cell, value in cells.items() if workbook == name else ():
                book[title][cell] = value
        if name == EXECUTION:
            page = book["预算执行情况"]
            for column in "FG":
                page[f"{column}39"] = round(sum(float(page[f"{column}{row}"].value) for row in range(4, 39)), 2)
        if name == INDICATORS:
            _correct_indicators(book["绩效指标"])
        book.save(folder / name)
    return folder


def _correct_indicators(page: Worksheet) -> None:
    for row in _UPWARD:
        page[f"F{row}"] = f"≥{page[f'F{row}'].value}"
    for row, (weight, score) in _SCORES.items():
        page[f"I{row}"], page[f"J{row}"] = round(weight - score, 2), score
        evidence = re.sub(r"扣\s*\d+\s*分", f"扣{weight - score:.2f}分", str(page[f"M{row}"].value))
        page[f"M{row}"] = re.sub(r"得分为\s*\d+\s*分", f"得分为{score:.2f}分", evidence)
    for row, rate in _SURVEYED.items():
        page[f"M{row}"] = f"通过发放问卷200份进行满意度调查，满意度{rate}。"
