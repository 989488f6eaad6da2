"""Realistic years of any size: seven detail rows and eight indicators to a project, written as a bureau would send them."""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter

DETAILS, INDICATORS = 7, 8
_ROWS_PER_WORKBOOK = 350_000
_SOURCES = ("区级预算资金", "中央补助", "区级预算资金", "省补助", "区级预算资金", "市补助", "其他资金")
_EXECUTION = [
    "预算单位",
    "项目编码",
    "项目名称",
    "资金来源",
    "年初预算数",
    "预算调整数",
    "全年预算数",
    "到位资金",
    "全年执行数",
    "预算执行率",
]
_PROJECTS = [
    "序号",
    "项目名称",
    "主管部门",
    "实施单位",
    "合并明细项目",
    "年初设定目标",
    "全年实际完成情况",
    "总目标扣分",
    "项目背景",
    "主要问题",
    "改进措施",
]
_INDICATORS = [
    "项目名称",
    "一级指标",
    "二级指标",
    "指标内容",
    "指标方向",
    "年度目标值",
    "全年完成值",
    "分值",
    "自评分",
    "未完成原因",
    "改进措施",
    "完成情况说明",
]
_FINAL = ["项目代码", "项目名称", "本年支出"]
#: Level 1, level 2, content, direction, target, unit, weight.
_KINDS = (
    ("产出指标", "数量指标", "培训场次", "≥", 12, "场", 10),
    ("产出指标", "数量指标", "检查点位数量", "≥", 240, "处", 10),
    ("产出指标", "质量指标", "验收合格率", "≥", 98, "%", 10),
    ("产出指标", "时效指标", "按期完成率", "≥", 95, "%", 10),
    ("产出指标", "成本指标", "成本支出变动率", "≤", 10, "%", 5),
    ("效益指标", "社会效益指标", "受益居民人数", "≥", 5000, "人次", 5),
    ("效益指标", "可持续影响指标", "设施在用率", "≥", 90, "%", 5),
    ("满意度指标", "服务对象满意度指标", "群众满意度", "≥", 90, "%", 5),
)


def write_year(folder: Path, projects: int, unit: str = "某区城市管理局") -> Path:
    """A unit folder of so many projects, in as many workbooks as Excel's rows need. No figure in it contradicts another."""
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder, "预算执行情况", "单位：元", _EXECUTION, _execution(projects, unit))
    _write(folder, "项目信息", "", _PROJECTS, _projects(projects, unit))
    _write(folder, "绩效指标", "", _INDICATORS, _indicators(projects))
    _write(folder, "项目支出决算", "单位：元", _FINAL, _final(projects))
    return folder


def _write(folder: Path, name: str, unit: str, headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    iterator = iter(rows)
    for number in itertools.count(1):
        part = list(itertools.islice(iterator, _ROWS_PER_WORKBOOK))
        if not part:
            return
        options = {"constant_memory": True, "strings_to_formulas": False}
        with xlsxwriter.Workbook(folder / f"{name}{number}.xlsx", options) as book:
            page = book.add_worksheet(name)
            page.write_row(0, 0, [f"2024年度{name}"])
            page.write_row(1, 0, [unit])
            page.write_row(2, 0, headings)
            for at, row in enumerate(part, 3):
                page.write_row(at, 0, row)


def _project(number: int) -> str:
    return f"第{number}片区管理经费"


def _detail(project: int, at: int) -> tuple[str, str, int, int, int]:
    """Code, name, and initial budget, annual budget and executed in fen."""
    initial = 1_000_000 + (project * 7919 + at * 104_729) % 90_000_000
    annual = initial + (project * 31 + at) % 13 * 10_000
    return (
        f"0424{project:06d}{at:02d}",
        f"第{project}片区事项{at}",
        initial,
        annual,
        annual - (project + at) % 5 * 1_001,
    )


def _execution(projects: int, unit: str) -> Iterator[Sequence[Any]]:
    for project in range(1, projects + 1):
        for at in range(DETAILS):
            code, name, initial, annual, executed = _detail(project, at)
            amounts = [fen / 100 for fen in (initial, annual - initial, annual, annual, executed)]
            yield [unit, code, name, _SOURCES[at], *amounts, round(executed / annual, 6)]


def _projects(projects: int, unit: str) -> Iterator[Sequence[Any]]:
    for project in range(1, projects + 1):
        details = "、".join(_detail(project, at)[1] for at in range(DETAILS))
        done = f"第{project}片区各项管理任务均已完成。"
        yield [
            project, _project(project), unit, unit, details, f"完成第{project}片区年度管理任务。", done, 0,
            f"第{project}片区需要常年管理。", "培训场次、检查点位数量、受益居民人数不足。", "按季检查。",
        ]  # fmt: skip


def _indicators(projects: int) -> Iterator[Sequence[Any]]:
    for project in range(1, projects + 1):
        for at, (level1, level2, content, direction, target, measure, weight) in enumerate(_KINDS):
            below = direction == "≥" and measure != "%" and (project + at) % 11 == 0
            actual = target - target // 6 if below else target + (0 if direction == "≤" else (project + at) % 3)
            score = (weight * actual * 1000 // target + 5) // 10 / 100 if below else weight
            why = ("点位调整", "下年补足") if below else ("", "")
            yield [
                _project(project), level1, level2, content, direction, f"{target}{measure}", f"{actual}{measure}",
                weight, score, *why, f"经核对台账，{content}为{actual}{measure}。",
            ]  # fmt: skip


def _final(projects: int) -> Iterator[Sequence[Any]]:
    for project in range(1, projects + 1):
        for at in range(DETAILS):
            code, name, _, _, executed = _detail(project, at)
            yield [code, name, executed / 100]
