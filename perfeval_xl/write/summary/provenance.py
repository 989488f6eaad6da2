"""Where every printed figure comes from: the rows of 数据来源, each figure with its method and its input cells."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from perfeval_xl.findings import Cell
from perfeval_xl.model import Evaluation, Inputs
from perfeval_xl.write.ranges import Ranges, records

_MONEY_NAMES = {"initial_budget": "年初预算数", "annual_budget": "全年预算数", "executed": "全年执行数"}
_SELF_SCORE_CELLS = {
    "记录得分": ("recorded_score",),
    "分值−扣分": ("weight", "deduction"),
    "规则得分": ("weight", "direction", "target", "actual", "rule"),
}
Cells = tuple[Cell, ...]
Row = Mapping[Any, Any]


@dataclass(frozen=True, slots=True)
class Figure:
    """One printed figure: its value in the unit of its kind (``None`` unknown), its method and its input cells."""

    number: str
    project: str
    name: str
    kind: str
    value: int | str | None
    method: str
    cells: Cells


def known(value: object) -> int | None:
    """A frame's whole number, or ``None`` where it is unknown."""
    if type(value) is int:
        return value
    return None if value is None or pd.isna(value) else int(value)  # type: ignore[call-overload]


def trace_figures(evaluation: Evaluation) -> Iterator[Figure]:
    """Every figure of the forms and the summary table, project by project, and the unit's totals at the end."""
    info = {(row["table"], row["row"]): row for row in records(evaluation.inputs.projects)}
    for part in Ranges(evaluation):
        traces = _Traces(part, info)
        for project in records(part.projects):
            yield from _project_figures(traces, project)
    yield from _unit_totals(evaluation)


class _Traces:
    """The input rows of a range of projects, cut apart once; ``info`` are the rows of 项目信息 by table and row."""

    def __init__(self, evaluation: Evaluation, info: Mapping[tuple[int | None, int | None], Row]) -> None:
        self.inputs = evaluation.inputs
        self.scheme = evaluation.scheme
        self.rows = _by_project(evaluation.rows)
        self.funding = _by_project(evaluation.funding)
        self.indicators = _by_project(evaluation.indicators)
        self.reconciled = _by_project(evaluation.reconciliation)
        self.info = info
        self.accounts = {
            (table.workbook, table.sheet) for table in self.inputs.tables if table.role == "final_accounts"
        }

    def goal(self, project: Row) -> tuple[str, Cells]:
        """How the goal's score comes about."""
        info = self.info.get((known(project["table"]), known(project["row"])), {})
        if known(info.get("stated_goal")) is not None:
            return "记录得分", field_cells(self.inputs, [info], "stated_goal")
        if known(info.get("goal_deduction")) is not None:
            return "总目标分值−总目标扣分", field_cells(self.inputs, [info], "goal_deduction")
        return "未扣分，取总目标分值", field_cells(self.inputs, [info], "stated_goal", "goal_deduction")

    def final_accounts(self, project: str) -> Cells:
        """The cells of the final accounts behind the project's figure and its details'."""
        cells = [cell for row in self.reconciled.get(project, ()) for cell in row["sources"]]
        return tuple(dict.fromkeys(cell for cell in cells if (cell.workbook, cell.sheet) in self.accounts))


def field_cells(inputs: Inputs, rows: Sequence[Row], *fields: str) -> Cells:
    """The cells of these fields in these rows (with ``table`` and ``row``); none for a row that was read nowhere."""
    cells = []
    for row in rows:
        table, line = known(row.get("table")), known(row.get("row"))
        if table is not None and line is not None:
            place = inputs.tables[table]
            letters = [letter for name in fields for letter in place.letters.get(name, ())]
            cells += [Cell(place.workbook, place.sheet, f"{letter}{line}") for letter in letters]
    return tuple(cells)


def self_score_method(indicator: Row) -> str:
    """Which of the three ways gave an indicator's score: recorded, weight less deduction, or the rule."""
    if known(indicator["recorded_score"]) is not None:
        return "记录得分"
    return "分值−扣分" if known(indicator["deduction"]) is not None else "规则得分"


def _by_project(frame: pd.DataFrame) -> dict[str, list[Row]]:
    groups: dict[str, list[Row]] = {}
    for row in records(frame):
        groups.setdefault(row["project"], []).append(row)
    return groups


def _project_figures(traces: _Traces, project: Row) -> Iterator[Figure]:
    number, name = f"附件{project['number']}", project["project"]

    def figure(label: str, kind: str, value: object, method: str, cells: Cells) -> Figure:
        return Figure(
            number, name, label, kind, (value or None) if isinstance(value, str) else known(value), method, cells
        )

    rows, funding = traces.rows.get(name, []), traces.funding.get(name, [])
    for field, label in _MONEY_NAMES.items():
        if field == "initial_budget" and known(project[field]) is None:
            continue
        cells = field_cells(traces.inputs, rows, field)
        yield figure(f"{label} 合计", "yuan", project[field], _sum_method(cells), cells)
        for part in funding:
            cells = field_cells(traces.inputs, _of_source(traces, rows, part["source"]), field)
            yield figure(f"{label} {part['source']}", "yuan", part[field], _sum_method(cells), cells)
    money = field_cells(traces.inputs, rows, "annual_budget", "executed")
    yield figure("预算执行率", "percent", project["execution_rate"], "全年执行数÷全年预算数", money)
    for part in funding:
        cells = field_cells(traces.inputs, _of_source(traces, rows, part["source"]), "annual_budget", "executed")
        yield figure(f"预算执行率 {part['source']}", "percent", part["execution_rate"], "全年执行数÷全年预算数", cells)
    accounts = traces.final_accounts(name)
    if accounts or known(project["final_accounts"]) is not None:
        yield figure("部门决算", "yuan", project["final_accounts"], _sum_method(accounts), accounts)
    yield figure("资金得分", "points", project["funding_score"], "分值×预算执行率", money)
    goal: Cells = ()
    if traces.scheme.goal_points is not None:
        method, goal = traces.goal(project)
        yield figure("总目标自评分", "points", project["goal_score"], method, goal)
    scored: list[Cell] = []
    for indicator in traces.indicators.get(name, []):
        cells = field_cells(traces.inputs, [indicator], *_SELF_SCORE_CELLS[self_score_method(indicator)])
        scored += cells
        for label, kind, value, method, place in _indicator_figures(traces.inputs, indicator, cells):
            yield figure(f"{label}：{indicator['content']}", kind, value, method, place)
    yield from _group_points(traces, number, name)
    yield figure("指标得分", "points", project["indicator_score"], "各指标自评分相加", tuple(scored))
    everything = (*money, *goal, *scored)
    yield figure("自评得分", "points", project["total_score"], "各部分得分相加", everything)
    yield figure("自评等级", "word", project["grade"], "按自评得分定级", everything)


def _indicator_figures(inputs: Inputs, indicator: Row, scored: Cells) -> Iterator[tuple[str, str, object, str, Cells]]:
    for label, field, kind in (
        ("分值", "weight", "points"),
        ("年度目标值", "target", "word"),
        ("全年完成值", "actual", "word"),
    ):
        yield label, kind, indicator[field], "取自表中", field_cells(inputs, [indicator], field)
    if known(indicator["rule_score"]) is not None:
        rule = f"规则：{indicator['rule']}" if indicator["rule"] else "工作方案的规则"
        yield (
            "规则得分",
            "points",
            indicator["rule_score"],
            rule,
            field_cells(inputs, [indicator], *_SELF_SCORE_CELLS["规则得分"]),
        )
    yield "自评分", "points", indicator["self_score"], self_score_method(indicator), scored


def _group_points(traces: _Traces, number: str, project: str) -> Iterator[Figure]:
    """The points of each level-1 group, which a form prints beside its name."""
    groups: dict[str, list[Row]] = {}
    for indicator in traces.indicators.get(project, []):
        groups.setdefault(indicator["level1"], []).append(indicator)
    for level1, own in groups.items():
        weights = [known(indicator["weight"]) for indicator in own]
        points = None if None in weights else sum(weight or 0 for weight in weights)
        cells = field_cells(traces.inputs, own, "weight")
        yield Figure(number, project, f"一级指标分值：{level1}", "points", points, "各指标分值相加", cells)


def _unit_totals(evaluation: Evaluation) -> Iterator[Figure]:
    own = evaluation.rows[evaluation.rows["project"].isin(evaluation.projects["project"])]
    rows = list(records(own, ("table", "row")))
    for field, label in (("annual_budget", "预算数合计"), ("executed", "全年执行数合计")):
        column = evaluation.projects[field]
        total = None if column.isna().any() else int(column.sum())
        yield Figure("汇总表", "合计", label, "yuan", total, "各项目相加", field_cells(evaluation.inputs, rows, field))


def _of_source(traces: _Traces, rows: Sequence[Row], source: str) -> list[Row]:
    wanted = traces.scheme.source_row(source)
    return [
        row
        for row in rows
        if row["funding_source"] == source or traces.scheme.source_row(row["funding_source"]) == wanted
    ]


def _sum_method(cells: Cells) -> str:
    return "相加" if len(cells) > 1 else "取自表中"
