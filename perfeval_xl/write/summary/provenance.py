"""Where every printed figure comes from: the rows of 数据来源, each figure with its method and its input cells."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, partial
from typing import Any, NamedTuple

import pandas as pd

from perfeval_xl.findings import Cell
from perfeval_xl.model import Evaluation
from perfeval_xl.money import known_sum, ratio_of
from perfeval_xl.record import replace
from perfeval_xl.write.ranges import Ranges, records
from perfeval_xl.write.summary.areas import Area, Areas, Fields, Lines, Place, lines_of, places_of, places_of_cells

_MONEY_NAMES = {"initial_budget": "年初预算数", "annual_budget": "全年预算数", "executed": "全年执行数"}
_MONEY = "annual_budget", "executed"
#: What a form prints of an indicator as it was read: label, field, kind.
_READ = (("分值", "weight", "points"), ("年度目标值", "target", "word"), ("全年完成值", "actual", "word"))
_BY_RULE = "weight", "direction", "target", "actual", "rule"
_SELF_SCORE_CELLS = {"记录得分": ("recorded_score",), "分值−扣分": ("weight", "deduction"), "规则得分": _BY_RULE}
_OF_INDICATORS = (
    *("level1", "content", "weight", "target", "actual", "rule", "rule_score", "self_score"),
    *("recorded_score", "deduction", "table", "row"),
)
_OF_PROJECTS = (
    *("number", "project", *_MONEY_NAMES, "execution_rate", "final_accounts", "table", "row"),
    *("funding_score", "goal_score", "indicator_score", "total_score", "grade"),
)
_OF_GOALS = "stated_goal", "goal_deduction"
#: The columns that are read of a project's rows.
_TRACED = {
    "funding": ("unit", "project", "source", *_MONEY_NAMES, "execution_rate"),
    "indicators": ("unit", "project", *_OF_INDICATORS),
    "rows": ("unit", "project", "funding_source", "table", "row"),
    "reconciliation": ("unit", "project", "sources"),
}
#: Figures that every project has at least, and those of an indicator.
_FEWEST, _FEWEST_OF_INDICATOR = len(_MONEY) + 5, len(_READ) + 1
Row = Mapping[Any, Any]
Places = tuple[Place, ...]


class Figure(NamedTuple):
    """One printed figure: its value in the unit of its kind (``None`` unknown), its method and its input cells."""

    number: str
    project: str
    name: str
    kind: str
    value: int | str | None
    method: str
    places: Places


def known(value: object) -> int | None:
    """A frame's whole number, or ``None`` where it is unknown."""
    if type(value) is int:
        return value
    return None if value is None or value is pd.NA or pd.isna(value) else int(value)  # type: ignore[call-overload]


def trace_figures(evaluation: Evaluation) -> Iterator[Figure]:
    """Every figure of one unit's forms and summary table, project by project, and its totals at the end."""
    goals = records(evaluation.inputs.projects, ("table", "row", *_OF_GOALS))
    info = {(row["table"], row["row"]): row for row in goals}
    fields = Fields(evaluation.inputs.tables)
    for part in Ranges(evaluation):
        traces = _Traces(part, info, fields)
        for project in records(part.projects, _OF_PROJECTS):
            yield from _project_figures(traces, project)
    yield from _unit_totals(evaluation, fields)


def to_trace(evaluation: Evaluation, figures: int) -> Evaluation:
    """What :func:`trace_figures` reads for at least so many figures, or for all: without what comes after them."""
    projects = evaluation.projects
    indicators = projects["project"].map(evaluation.indicators["project"].value_counts()).fillna(0)
    ends = (_FEWEST + _FEWEST_OF_INDICATOR * indicators).cumsum()
    count = int(ends.searchsorted(figures)) + 1
    inputs = replace(
        evaluation.inputs.without_rows(), projects=evaluation.inputs.projects[["table", "row", *_OF_GOALS]]
    )
    frames = {name: getattr(evaluation, name)[list(columns)] for name, columns in _TRACED.items()}
    if count < len(projects):
        projects = projects.head(count)
        wanted = set(projects["project"])
        frames = {name: frame[frame["project"].isin(wanted)] for name, frame in frames.items()}
    return replace(evaluation, inputs=inputs, projects=projects, findings=(), **frames)


class _Traces:
    """The input rows of a range of projects, cut apart once; ``info`` are the rows of 项目信息 by table and row."""

    def __init__(
        self, evaluation: Evaluation, info: Mapping[tuple[int | None, int | None], Row], fields: Fields
    ) -> None:
        self.areas = fields.areas
        self.has_goal = evaluation.scheme.goal_points is not None
        self._row_of = cache(evaluation.scheme.source_row)
        self.indicators = _by_project(evaluation.indicators, *_OF_INDICATORS)
        self._rows = _by_project(evaluation.rows, "funding_source", "table", "row")
        self._funding = _by_project(evaluation.funding)
        self._reconciled = _by_project(evaluation.reconciliation, "sources")
        self._info = info
        tables = evaluation.inputs.tables
        self._accounts = {(table.workbook, table.sheet) for table in tables if table.role == "final_accounts"}

    def funding(self, project: str) -> tuple[Lines, list[tuple[str, Row, Lines]]]:
        """The execution rows of a project, and the form's rows of its funding, each with its name, its amounts and its own
        of them; a row of several sources, or of one that is called otherwise, is followed by these."""
        rows = self._rows.get(project, [])
        by_row: dict[str, list[Row]] = {}
        for part in self._funding.get(project, ()):
            by_row.setdefault(self._row_of(part["source"]), []).append(part)
        found: list[tuple[str, Row, Lines]] = []
        for name, parts in by_row.items():
            whole = [row for row in rows if self._row_of(row["funding_source"]) == name]
            found.append((name, _added(parts), _lines(whole)))
            for part in parts if [part["source"] for part in parts] != [name] else ():
                own = _lines([row for row in whole if row["funding_source"] == part["source"]])
                found.append((f"{name}：{part['source']}", part, own))
        return _lines(rows), found

    def goal(self, project: Row) -> tuple[str, Areas]:
        """How the goal's score comes about."""
        info = self._info.get((known(project["table"]), known(project["row"])), {})
        lines = _lines([info] if info else [])
        if known(info.get("stated_goal")) is not None:
            return "记录得分", self.areas(lines, "stated_goal")
        if known(info.get("goal_deduction")) is not None:
            return "总目标分值−总目标扣分", self.areas(lines, "goal_deduction")
        return "未扣分，取总目标分值", self.areas(lines, "stated_goal", "goal_deduction")

    def final_accounts(self, project: str) -> list[Cell]:
        """The cells of the final accounts behind the project's figure and its details'."""
        cells = [cell for row in self._reconciled.get(project, ()) for cell in row["sources"]]
        return list(dict.fromkeys(cell for cell in cells if (cell.workbook, cell.sheet) in self._accounts))


def self_score_method(indicator: Row) -> str:
    """Which of the three ways gave an indicator's score: recorded, weight less deduction, or the rule."""
    if known(indicator["recorded_score"]) is not None:
        return "记录得分"
    return "分值−扣分" if known(indicator["deduction"]) is not None else "规则得分"


def _by_project(frame: pd.DataFrame, *names: str) -> dict[str, list[Row]]:
    groups: dict[str, list[Row]] = {}
    if len(frame):
        for project, row in zip(frame["project"].tolist(), records(frame, names), strict=True):
            groups.setdefault(project, []).append(row)
    return groups


def _added(parts: Sequence[Row]) -> Row:
    """The amounts of several sources together, and their rate."""
    sums = {field: known_sum(known(part[field]) for part in parts) for field in _MONEY_NAMES}
    return {**sums, "execution_rate": ratio_of(sums["executed"], sums["annual_budget"], 10_000)}


def _lines(rows: Sequence[Row]) -> Lines:
    return lines_of([(known(row["table"]), known(row["row"])) for row in rows])


def _project_figures(traces: _Traces, project: Row) -> Iterator[Figure]:
    name = project["project"]
    figure = partial(Figure, f"附件{project['number']}", name)
    rows, sources = traces.funding(name)
    for field, label in _MONEY_NAMES.items():
        if field == "initial_budget" and known(project[field]) is None:
            continue
        for source, part, own in [("合计", project, rows), *sources]:
            areas = traces.areas(own, field)
            method = _sum_method(sum(len(area.letters) * len(area.rows) for area in areas))
            yield figure(f"{label} {source}", "yuan", known(part[field]), method, places_of(areas))
    money = traces.areas(rows, *_MONEY)
    spent = places_of(money)
    yield figure("预算执行率", "percent", known(project["execution_rate"]), "全年执行数÷全年预算数", spent)
    for source, part, own in sources:
        places, rate = places_of(traces.areas(own, *_MONEY)), known(part["execution_rate"])
        yield figure(f"预算执行率 {source}", "percent", rate, "全年执行数÷全年预算数", places)
    cells = traces.final_accounts(name)
    if cells or known(project["final_accounts"]) is not None:
        accounts = known(project["final_accounts"])
        yield figure("部门决算", "yuan", accounts, _sum_method(len(cells)), places_of_cells(cells))
    yield figure("资金得分", "points", known(project["funding_score"]), "分值×预算执行率", spent)
    goal: Areas = ()
    if traces.has_goal:
        method, goal = traces.goal(project)
        yield figure("总目标自评分", "points", known(project["goal_score"]), method, places_of(goal))
    indicators = traces.indicators.get(name, [])
    scored: list[Area] = []
    for indicator in indicators:
        yield from _indicator_figures(traces, figure, indicator, scored)
    yield from _group_points(traces, figure, indicators)
    yield figure("指标得分", "points", known(project["indicator_score"]), "各指标自评分相加", places_of(scored))
    everything = places_of([*money, *goal, *scored])
    yield figure("自评得分", "points", known(project["total_score"]), "各部分得分相加", everything)
    yield figure("自评等级", "word", project["grade"] or None, "按自评得分定级", everything)


#: Makes a project's figure of the rest of its fields.
Maker = Callable[[str, str, int | str | None, str, Places], Figure]


def _indicator_figures(traces: _Traces, figure: Maker, indicator: Row, scored: list[Area]) -> Iterator[Figure]:
    """The figures of one indicator; the cells of its score are added to those ``scored``."""
    lines, content = _lines([indicator]), indicator["content"]
    for label, field, kind in _READ:
        value = indicator[field] or None if kind == "word" else known(indicator[field])
        yield figure(f"{label}：{content}", kind, value, "取自表中", places_of(traces.areas(lines, field)))
    rule_score = known(indicator["rule_score"])
    if rule_score is not None:
        rule = f"规则：{indicator['rule']}" if indicator["rule"] else "工作方案的规则"
        yield figure(f"规则得分：{content}", "points", rule_score, rule, places_of(traces.areas(lines, *_BY_RULE)))
    method = self_score_method(indicator)
    areas = traces.areas(lines, *_SELF_SCORE_CELLS[method])
    scored += areas
    yield figure(f"自评分：{content}", "points", known(indicator["self_score"]), method, places_of(areas))


def _group_points(traces: _Traces, figure: Maker, indicators: Sequence[Row]) -> Iterator[Figure]:
    """The points of each level-1 group, which a form prints beside its name."""
    groups: dict[str, list[Row]] = {}
    for indicator in indicators:
        groups.setdefault(indicator["level1"], []).append(indicator)
    for level1, own in groups.items():
        weights = [known(indicator["weight"]) for indicator in own]
        points = None if None in weights else sum(weight or 0 for weight in weights)
        places = places_of(traces.areas(_lines(own), "weight"))
        yield figure(f"一级指标分值：{level1}", "points", points, "各指标分值相加", places)


def _unit_totals(evaluation: Evaluation, fields: Fields) -> Iterator[Figure]:
    own = evaluation.rows[evaluation.rows["project"].isin(evaluation.projects["project"])]
    lines = _lines(list(records(own, ("table", "row"))))
    for field, label in (("annual_budget", "预算数合计"), ("executed", "全年执行数合计")):
        column = evaluation.projects[field]
        total = None if column.isna().any() else int(column.sum())
        yield Figure("汇总表", "合计", label, "yuan", total, "各项目相加", places_of(fields.areas(lines, field)))


def _sum_method(addends: int) -> str:
    return "相加" if addends > 1 else "取自表中"
