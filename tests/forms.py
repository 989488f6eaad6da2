"""Forms for the tests of the review: years of every regime written as forms, and other people's drawn from rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
from hypothesis import strategies as st

from perfeval_xl.scheme import load_scheme
from tests.workbooks import EXECUTION, INDICATORS, PROJECTS, Sheets, write_folder


@dataclass(frozen=True, slots=True)
class Year:
    """The sheets of a made-up year and the scheme that it is for."""

    scheme: str
    sheets: Sheets

    def write(self, folder: Path) -> Path:
        """Its folder of workbooks."""
        return write_folder(folder, self.sheets)


@st.composite
def years(draw: st.DrawFn, scheme: str) -> Year:
    """Two to six projects of one to three sources and of indicators met and unmet, scored by the rule."""
    rows: list[list[Any]] = [["2023年度项目支出预算执行情况表"], ["单位：元"], [*EXECUTION]]
    projects: list[list[Any]] = [[*PROJECTS, "改进措施"]]
    indicators: list[list[Any]] = [[*INDICATORS]]
    regime = load_scheme(scheme)
    groups = regime.groups or {"产出指标": regime.indicator_points * 2 // 3 // 100 * 100, "效益指标": 0}
    sources = [name for name in regime.funding_sources if name] if len(regime.funding_sources) > 1 else [""]
    for number in range(1, draw(st.integers(2, 6)) + 1):
        name = f"第{number}项工作"
        for source in draw(st.lists(st.sampled_from(sources), min_size=1, max_size=3, unique=True)):
            budget = draw(st.integers(100, 10**13))
            spent = draw(st.integers(budget * 9 // 10 + 1, budget))
            row = ["某局", name, "", name, source, budget / 100, 0, budget / 100, budget / 100, spent / 100, "", ""]
            rows.append(row)
        projects.append([number, name, "某局", "某所", name, "做好工作。", "已经做好。", "", "", "", ""])
        left = regime.indicator_points
        for group, given in groups.items():
            points = given or left
            left -= points
            indicators += _indicators(draw, name, group, points // 100)
    return Year(scheme, {"预算执行情况": rows, "项目信息": projects, "绩效指标": indicators})


def _indicators(draw: st.DrawFn, project: str, group: str, points: int) -> list[list[Any]]:
    """Two or three indicators of a group that share its points."""
    cuts = sorted(draw(st.lists(st.integers(1, points - 1), min_size=1, max_size=2, unique=True)))
    rows = []
    for at, (low, high) in enumerate(zip([0, *cuts], [*cuts, points], strict=True), start=1):
        target = draw(st.integers(1, 5000))
        actual = draw(st.integers(1, target + target // 10))
        reason = ["安排较晚", "提早安排"] if actual < target else ["", ""]
        texts = [project, group, f"{group}二级", f"{group[:2]}事项{at}", "", f"≥{target}次", f"{actual}次"]
        rows.append([*texts, high - low, "", "", "", *reason, f"完成{actual}次。"])
    return rows


def central_form(**changes: Any) -> list[list[Any]]:
    """A central form of other people's: figures in 万元, a goal without a score, 总分 100. Changes by cell address."""
    rows: list[list[Any]] = [
        ["项目支出绩效自评表"],
        ["（2021年度）"],
        ["项目名称", "", "老旧水库维修养护"],
        ["主管部门及代码", "", "某省水利厅", "", "", "实施单位", "", "某河道管理处"],
        [
            "项目资金（万元）",
            "",
            "",
            "年初预算数",
            "全年预算数（A）",
            "全年执行数（B）",
            "分值",
            "执行率（B/A）",
            "得分",
        ],
        ["", "年度资金总额", "", 118.5, 112.37, 109.44, 10, "97.39%", 9.74],
        ["", "其中：当年财政拨款", "", 100, 93.87, 93.87, "—", "100%", "—"],
        ["", "上年结转资金", "", 18.5, 18.5, 15.57, "—", "84.16%", "—"],
        ["", "其他资金", "", 0, 0, 0, "—", "—", "—"],
        ["年度总体目标", "预期目标", "", "", "", "实际完成情况"],
        ["", "完成水库维修养护，保障度汛安全。", "", "", "", "完成维修养护，安全度汛。"],
        [
            "绩效指标",
            "一级指标",
            "二级指标",
            "三级指标",
            "年度指标值",
            "实际完成值",
            "分值",
            "得分",
            "偏差原因分析及改进措施",
        ],
        ["", "产出指标（50分）", "数量指标", "维修水库数量", "≥5座", "5座", 20, 20, ""],
        ["", "", "质量指标", "验收合格率", "≥98%", "100%", 15, 15, ""],
        ["", "", "时效指标", "汛前完工率", "≥90%", "81%", 15, 13.5, "原因：雨期提前。改进措施：提早开工。"],
        ["", "效益指标（30分）", "社会效益指标", "受益村庄数量", "≥12个", "12个", 30, 30, ""],
        ["", "满意度指标（10分）", "服务对象满意度指标", "受益群众满意度", "≥90%", "96%", 10, 10, ""],
        ["总分", "", "", "", "", "", 100, 98.24, ""],
    ]
    for address, value in changes.items():
        column, row = ord(address[0]) - ord("A"), int(address[1:]) - 1
        rows[row] += [""] * (column + 1 - len(rows[row]))
        rows[row][column] = value
    return rows


def draw_form(path: Path, rows: Sequence[Sequence[Any]], merges: Sequence[str] = (), sheet: str = "自评表") -> Path:
    """Rows as a workbook, with merged areas."""
    path.parent.mkdir(parents=True, exist_ok=True)
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    page.title = sheet
    for row in rows:
        page.append(["" if cell is None else cell for cell in row])
    for area in merges:
        page.merge_cells(area)
    book.save(path)
    return path


#: In a drawn page: a cell merged with the one to its left, with the one above.
LEFT, UP = "<", "^"


def draw_pages(path: Path, *pages: Sequence[Sequence[Any]]) -> Path:
    """Pages as sheets of a workbook; cells marked :data:`LEFT` and :data:`UP` are merged."""
    book = openpyxl.Workbook()
    for number, page in enumerate(pages, start=1):
        sheet = book.worksheets[0] if number == 1 else book.create_sheet()
        sheet.title = f"表{number}"
        areas: dict[tuple[int, int], tuple[int, int]] = {}
        owners: dict[tuple[int, int], tuple[int, int]] = {}
        for row, cells in enumerate(page, start=1):
            for column, value in enumerate(cells, start=1):
                beside = {LEFT: (row, column - 1), UP: (row - 1, column)}.get(value) if type(value) is str else None
                owner = owners[row, column] = owners[beside] if beside else (row, column)
                areas[owner] = (row, max(column, areas.get(owner, owner)[1]))
                if not beside and value not in ("", None):
                    sheet.cell(row, column).value = value
        for (top, left), (bottom, right) in areas.items():
            if (top, left) != (bottom, right):
                sheet.merge_cells(start_row=top, start_column=left, end_row=bottom, end_column=right)
    book.save(path)
    return path


def change_cells(path: Path, changes: Mapping[str, Any]) -> Path:
    """An edit by hand: cells of the first sheet, saved by another program."""
    book = openpyxl.load_workbook(path)
    for cell, value in changes.items():
        book.worksheets[0][cell].value = value
    book.save(path)
    return path
