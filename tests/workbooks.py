"""A small clean year that tests write as a folder of workbooks, and change in one place to see what is said."""

import copy
import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import openpyxl
from click.testing import CliRunner, Result

from perfeval_xl.cli import main

Sheets = dict[str, list[list[Any]]]
#: Sheets that were written: title and rows → the workbook.
_WRITTEN: dict[tuple[str, str], bytes] = {}

EXECUTION = [
    "预算单位",
    "一级项目",
    "项目编码",
    "项目名称",
    "资金来源",
    "年初预算数",
    "预算调整数",
    "全年预算数",
    "到位资金",
    "全年执行数",
    "预算执行率",
    "备注",
]
PROJECTS = [
    "序号",
    "项目名称",
    "主管部门",
    "实施单位",
    "合并明细项目",
    "年初设定目标",
    "全年实际完成情况",
    "总目标扣分",
    "总目标自评分",
    "执行偏差原因",
]
INDICATORS = [
    "项目名称",
    "一级指标",
    "二级指标",
    "指标内容",
    "指标方向",
    "年度目标值",
    "全年完成值",
    "分值",
    "评分规则",
    "扣分",
    "自评分",
    "未完成原因",
    "改进措施",
    "完成情况说明",
]
FINAL = ["科目编码", "科目名称", "项目代码", "项目名称", "本年支出"]


def clean_year() -> Sheets:
    """Two projects, three details, no contradiction."""
    return {
        "预算执行情况": [
            ["2024年度项目支出预算执行情况表"],
            ["编制单位：某区图书馆", "", "", "", "", "", "", "", "", "", "单位：元"],
            [*EXECUTION],
            ["某区图书馆", "读者服务", "001", "图书购置", "中央补助", 100000, 0, 100000, 100000, 100000, "100%", ""],
            [
                "某区图书馆",
                "读者服务",
                "001",
                "图书购置",
                "区级预算资金",
                200000,
                50000,
                250000,
                250000,
                240000,
                "96%",
                "",
            ],
            [
                "某区图书馆",
                "读者服务",
                "002",
                "读者活动",
                "区级预算资金",
                80000,
                0,
                80000,
                80000,
                79999.99,
                "100.00%",
                "",
            ],
            ["某区图书馆", "馆舍维护", "003", "屋面维修", "区级预算资金", 120000, "", 120000, 120000, 114000, 95, ""],
        ],
        "项目信息": [
            [*PROJECTS],
            [
                1,
                "读者服务",
                "区文旅局",
                "某区图书馆",
                "图书购置、读者活动",
                "丰富馆藏，活跃读者。",
                "全部完成。",
                "",
                20,
                "",
            ],
            [
                2,
                "馆舍维护",
                "区文旅局",
                "某区图书馆",
                "屋面维修",
                "馆舍安全。",
                "完成修缮，渗漏尚未根治，扣2分。",
                2,
                18,
                "",
            ],
        ],
        "绩效指标": [
            [*INDICATORS],
            [
                "读者服务",
                "产出指标",
                "数量指标",
                "新购图书",
                "",
                "≥5000册",
                "5200册",
                20,
                "",
                "",
                20,
                "",
                "",
                "新购图书5200册。",
            ],
            [
                "读者服务",
                "产出指标",
                "数量指标",
                "读者活动场次",
                "",
                "≥40场",
                "30场",
                20,
                "",
                "",
                15,
                "场地维修",
                "错峰安排",
                "开展活动30场。",
            ],
            [
                "读者服务",
                "效益指标",
                "满意度指标",
                "读者满意度",
                "",
                "≥90%",
                "95%",
                20,
                "",
                "",
                20,
                "",
                "",
                "问卷调查，满意度95%。",
            ],
            [
                "馆舍维护",
                "产出指标",
                "质量指标",
                "验收合格率",
                "",
                "≥100%",
                "100%",
                30,
                "",
                0,
                "",
                "",
                "",
                "竣工验收合格率100%。",
            ],
            [
                "馆舍维护",
                "效益指标",
                "社会效益指标",
                "馆舍安全保障",
                "定性",
                "高",
                "较高",
                30,
                "",
                "",
                25.5,
                "渗漏未根治",
                "明年整体翻修",
                "基本安全。",
            ],
        ],
        "项目支出决算": [
            ["单位：元"],
            [*FINAL],
            ["2070104", "图书馆", "001", "图书购置", 340000],
            ["2070104", "图书馆", "002", "读者活动", 79999.99],
            ["2070104", "图书馆", "003", "屋面维修", 114000],
        ],
    }


def write_folder(folder: Path, sheets: Sheets) -> Path:
    """One workbook per sheet, under names that say nothing; formulas are written without a stored value."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, (title, rows) in enumerate(sheets.items()):
        (folder / f"{number}.xlsx").write_bytes(workbook_of(title, rows))
    return folder


def workbook_of(title: str, rows: list[list[Any]]) -> bytes:
    """The bytes of a workbook of one sheet; the same sheet, as most are in most folders, is written once."""
    if (told := (title, repr(rows))) not in _WRITTEN:
        book = openpyxl.Workbook()
        sheet = book.active
        assert sheet is not None
        sheet.title = title
        for row in rows:
            sheet.append(row)
        stream = io.BytesIO()
        book.save(stream)
        _WRITTEN[told] = stream.getvalue()
    return _WRITTEN[told]


def changed(change: Callable[[Sheets], object]) -> Sheets:
    """The clean year with one change."""
    sheets = copy.deepcopy(clean_year())
    change(sheets)
    return sheets


def put(sheet: str, row: int, heading: str, value: object) -> Callable[[Sheets], None]:
    """A change: ``value`` under ``heading`` in the ``row``-th data row (0-based)."""

    def change(sheets: Sheets) -> None:
        rows = sheets[sheet]
        at = next(at for at, line in enumerate(rows) if heading in line)
        rows[at + 1 + row][rows[at].index(heading)] = value

    return change


def perfeval(*args: object) -> tuple[int, dict[str, Any]]:
    """Run a command with ``--format json`` in this process: exit code and manifest ({} where none is printed)."""
    result = invoke(*args, "--format", "json")
    return result.exit_code, json.loads(result.stdout) if result.stdout else {}


def invoke(*args: object) -> Result:
    """Run a command in this process; a bug (exit 70) fails the test with the log that an operator would send."""
    result = CliRunner().invoke(click.Command("perfeval-xl", callback=lambda: main([str(arg) for arg in args])), [])
    if log := re.search(r"记录在 (.+\.log)", result.stderr):
        raise AssertionError(Path(log[1]).read_text(encoding="utf-8"))
    return result


def codes_of(manifest: dict[str, Any]) -> list[str]:
    """The codes of a manifest's findings, each once, in their order."""
    return list(dict.fromkeys(finding["code"] for finding in manifest["findings"]))
