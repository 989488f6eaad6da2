"""What a form's markers stand for: each name resolved to a column of values, over all projects of a folder at once.

The names are the contract's, and every heading of 项目信息, 绩效指标 and the execution table in any spelling that the
reading stage knows, and every other heading of 项目信息 and 绩效指标 and every name of 报告信息 as the officer wrote it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from perfeval_xl.model import MONEY_FIELDS, Evaluation
from perfeval_xl.money import ratio_half_up, sum_known, two_decimals
from perfeval_xl.text import is_nothing, match_key
from perfeval_xl.write.template import Figure, Value

Values = list[Value]
#: A frame (of projects, of a project's funding sources, of indicators) → the marker's value in each row.
Column = Callable[[pd.DataFrame], Values]

_TOTAL_NAME = "年度资金总额"
#: A 指标方向 that is an operator belongs to a bare target's print.
_OPERATORS = frozenset("≥≤><±")


def figures(hundredths: Iterable[object]) -> Values:
    """Amounts and scores; unknown ones print nothing."""
    texts = map(two_decimals, hundredths)
    return ["" if text is None else Figure(text, text) for text in texts]


def rates(hundredths: Iterable[object]) -> Values:
    """Percentages: 0.9891 in the cell, 98.91% in words."""
    return ["" if text is None else Figure(_hundredth(text), f"{text}%") for text in map(two_decimals, hundredths)]


def _hundredth(text: str) -> str:
    """98.91 → 0.9891, without arithmetic."""
    sign, digits = ("-", text[1:]) if text.startswith("-") else ("", text)
    whole, _, cents = digits.partition(".")
    padded = whole.zfill(3)
    return f"{sign}{padded[:-2]}.{padded[-2:]}{cents}"


def points(hundredths: Iterable[object]) -> Values:
    """Points as labels print them: 20, not 20.00."""
    texts = map(two_decimals, hundredths)
    return ["" if text is None else Figure(text, text.rstrip("0").rstrip(".")) for text in texts]


def reason_and_improvement(reason: str, improvement: str) -> str:
    """Both in one cell, as the published forms have them; 无 where there is neither."""
    parts = [(label, text) for label, text in (("原因", reason), ("改进措施", improvement)) if not is_nothing(text)]
    return "\n".join(f"{label}：{text}" for label, text in parts) or "无"


def _field(name: str) -> Column:
    """A column of the frame as it is: texts, amounts and scores by its type."""

    def column(frame: pd.DataFrame) -> Values:
        if name not in frame:
            return [""] * len(frame)
        values = frame[name]
        return figures(values) if values.dtype == "Int64" else [str(value) for value in values]

    return column


def _extra(heading: str) -> Column:
    """A column that only the officer's sheet has."""
    return lambda frame: [own.get(heading, "") if isinstance(own, dict) else "" for own in frame["extra"]]


def _level1_points(indicators: pd.DataFrame) -> Values:
    return points(indicators.groupby(["project", "level1"], sort=False)["weight"].transform("sum").astype("Int64"))


def _both_reasons(indicators: pd.DataFrame) -> Values:
    return [
        reason_and_improvement(reason, improvement)
        for reason, improvement in zip(indicators["reason"], indicators["improvement"], strict=True)
    ]


def measured(value: str, measure: str, sign: str = "") -> str:
    """A bare number is printed with its 计量单位, and a target with its 指标方向 where that is a sign."""
    if not value.replace(".", "", 1).isdecimal():
        return value
    return f"{sign if sign in _OPERATORS else ''}{value}{measure}"


def _targets(indicators: pd.DataFrame) -> Values:
    return list(map(measured, indicators["target"], indicators["measure"], indicators["direction"]))


def _actuals(indicators: pd.DataFrame) -> Values:
    return list(map(measured, indicators["actual"], indicators["measure"]))


#: Markers of a project that are a field of the results.
_PROJECT_FIELDS = {
    "单位名称": "unit",
    "附件号": "number",
    "自评等级": "grade",
    "自评得分": "total_score",
    "项目名称": "project",
    "主管部门": "department",
    "实施单位": "implementing_unit",
    "年初设定目标": "annual_goal",
    "全年实际完成情况": "goal_actual",
    "总目标自评分": "goal_score",
    "资金得分": "funding_score",
    "指标得分": "indicator_score",
}
_INDICATOR_COLUMNS: dict[str, Column] = {
    "一级指标分值": _level1_points,
    "自评分": _field("self_score"),
    "未完成原因和改进措施": _both_reasons,
}
#: Fields that a form prints as they were worked out, under whatever heading they were read.
_WORKED_OUT = {
    "recorded_score": _INDICATOR_COLUMNS["自评分"],
    "reason_improvement": _both_reasons,
}


#: Fields that are printed together with sign and measure, where these have no cells of their own.
_MEASURED = {"target": _targets, "actual": _actuals}
#: Input sheet → its role, and what the markers of its columns begin with.
_SHEETS = {"项目信息": "projects", "绩效指标": "indicators"}


@dataclass(frozen=True)
class Markers:
    """The markers that are valid for one folder. ``apart``: the form has columns of its own for sign and measure."""

    evaluation: Evaluation
    apart: bool = False
    #: The funding sources of the whole folder, where the evaluation is a range of it.
    sources: frozenset[str] = frozenset()

    def project_column(self, name: str) -> Column | None:
        """What stands once on a form; nothing for a name that is not known."""
        prefix, _, heading = name.partition(".")
        if name in self._single:
            return self._single[name]
        if prefix == "资金合计":
            return self._money(heading, lambda projects: [_TOTAL_NAME] * len(projects))
        if prefix == "项目信息" and heading:
            return _PROJECT_INFO.get(heading) or self._sheet_column("projects", heading)
        if prefix == "报告信息":
            text = self._report_info.get(match_key(heading))
            return None if text is None else _constant(text)
        return self._source_column(name)

    def indicator_column(self, heading: str) -> Column | None:
        """A marker of 指标, without the prefix."""
        return _INDICATOR_COLUMNS.get(heading) or self._sheet_column("indicators", heading)

    def funding_column(self, heading: str) -> Column | None:
        """A marker of 资金, without the prefix."""
        return self._money(heading, _field("source"))

    def source_of(self, name: str) -> tuple[str, str] | None:
        """``资金[本级财力].全年预算数`` as the form's row that the scheme gives the source, and the heading."""
        source, closed, heading = name.removeprefix("资金[").partition("].")
        if not (closed and name.startswith("资金[")):
            return None
        return self.evaluation.scheme.source_row(source.strip()), heading

    def column(self, name: str) -> Column | None:
        """Any marker's."""
        for prefix, columns in (("指标.", self.indicator_column), ("资金.", self.funding_column)):
            if name.startswith(prefix):
                return columns(name.removeprefix(prefix))
        return self.project_column(name)

    @cached_property
    def names(self) -> list[str]:
        """Every valid name, for the one that is nearest to a mistyped one."""
        headings = self.evaluation.inputs.headings
        money = ["资金来源", "预算执行率", *self._money_headings]
        rows = ["资金合计", "资金", *(f"资金[{row}]" for row in self._rows)]
        return [
            *self._single,
            *(f"指标.{heading}" for heading in (*_INDICATOR_COLUMNS, *headings.get("indicators", ()))),
            *(f"{row}.{heading}" for row in rows for heading in money),
            *(f"指标.{heading}" for heading in self._extra_headings("indicators").values()),
            *(f"项目信息.{heading}" for heading in headings.get("projects", ())),
            *(f"项目信息.{heading}" for heading in self._extra_headings("projects").values()),
            *(f"报告信息.{name}" for name in self._report_info),
        ]

    @cached_property
    def _single(self) -> Mapping[str, Column]:
        """The contract's markers that stand once."""
        scheme, inputs = self.evaluation.scheme, self.evaluation.inputs
        constants: dict[str, Value] = {
            "年度": "" if inputs.year is None else str(inputs.year),
            "自评时间": inputs.report_info.get("自评时间", ""),
            "资金分值": points([scheme.funding_points])[0],
            "总目标分值": points([scheme.goal_points])[0],
            "指标分值": points([scheme.indicator_points])[0],
        }
        return {
            **{name: _field(field) for name, field in _PROJECT_FIELDS.items()},
            **{name: _constant(value) for name, value in constants.items()},
            "合并明细项目": self._merged_details,
            "未完成原因": self._gathered("deviation_reason", "reason"),
            "改进措施": self._gathered("measures", "improvement"),
            "说明": lambda projects: [text or "无" for text in projects["explanation"]],
        }

    @cached_property
    def _report_info(self) -> dict[str, str]:
        """What 报告信息 says; names that only the scheme asks for have nothing to say."""
        asked = {match_key(name): "" for name in self.evaluation.scheme.columns.get("报告信息", ())}
        return asked | {match_key(name): text for name, text in self.evaluation.inputs.report_info.items()}

    @cached_property
    def _money_headings(self) -> dict[str, str]:
        headings = self.evaluation.inputs.headings.get("execution", {})
        return {heading: field for heading, field in headings.items() if field in MONEY_FIELDS}

    @cached_property
    def _rows(self) -> list[str]:
        """The rows that funding sources have on the form: the scheme's, and those that it does not name."""
        named = self.evaluation.scheme.funding_sources
        sources = dict.fromkeys([*self.evaluation.funding["source"].unique(), *sorted(self.sources)])
        own = (self.evaluation.scheme.source_row(source) for source in sources)
        return list(dict.fromkeys([*named, *(source for source in own if source)]))

    def _extra_headings(self, role: str) -> dict[str, str]:
        """The headings that only the officer's sheets have, or that only the scheme asks for, by their key."""
        asked = {
            match_key(name): name
            for sheet, names in self.evaluation.scheme.columns.items()
            if _SHEETS.get(sheet) == role
            for name in names
        }
        return asked | {
            match_key(name.removeprefix("extra:")): name.removeprefix("extra:")
            for table in self.evaluation.inputs.tables
            if table.role == role
            for name in table.letters
            if name.startswith("extra:")
        }

    def _sheet_column(self, role: str, heading: str) -> Column | None:
        """A column of an input sheet by its heading: the fields that it can mean, else as it is written."""
        field = self.evaluation.inputs.headings.get(role, {}).get(match_key(heading))
        if field is None:
            extra = self._extra_headings(role).get(match_key(heading))
            return None if extra is None else _extra(extra)
        if role == "indicators":
            return (None if self.apart else _MEASURED.get(field)) or _WORKED_OUT.get(field) or _field(field)
        return _field(field)

    def _money(self, heading: str, source: Column) -> Column | None:
        """A marker of a funding row: its name, its rate or an amount."""
        if heading == "资金来源":
            return source
        if heading == "预算执行率":
            return lambda frame: rates(frame["execution_rate"])
        field = self._money_headings.get(match_key(heading))
        return _field(field) if field else None

    def _source_column(self, name: str) -> Column | None:
        """A marker of a fixed funding row, over the projects; sources that share a row are added up."""
        found = self.source_of(name)
        if found is None or (found[0] not in self._rows and self.evaluation.scheme.funding_sources):
            return None
        row, heading = found
        column = self._money(heading, lambda frame: [row] * len(frame))
        if column is None:
            return None
        own = self._by_row[self._by_row["source"] == row]
        keys = zip(own["unit"], own["project"], strict=True)
        values = dict(zip(keys, column(own), strict=True))
        return lambda projects: [values.get(key, "") for key in zip(projects["unit"], projects["project"], strict=True)]

    @cached_property
    def _by_row(self) -> pd.DataFrame:
        """Amounts by project and row of the form; a sum with an unknown part is unknown."""
        funding = self.evaluation.funding
        folded = funding.assign(source=[self.evaluation.scheme.source_row(source) for source in funding["source"]])
        sums = sum_known(folded, ["unit", "project", "source"], MONEY_FIELDS).reset_index()
        return sums.assign(execution_rate=ratio_half_up(sums["executed"], sums["annual_budget"], 10_000))

    def _merged_details(self, projects: pd.DataFrame) -> Values:
        """As the officer listed them, else the names of the details that were merged."""
        columns = (projects[name] for name in ("merged_details", "unit", "project"))
        return [
            text or "、".join(self._details.get((unit, project), ()))
            for text, unit, project in zip(*columns, strict=True)
        ]

    @cached_property
    def _details(self) -> dict[tuple[str, str], dict[str, None]]:
        """By unit and project: the names of its details, each once."""
        rows = self.evaluation.rows
        names: dict[tuple[str, str], dict[str, None]] = {}
        for unit, project, name in zip(rows["unit"], rows["project"], rows["name"], strict=True):
            names.setdefault((unit, project), {})[name] = None
        return names

    def _gathered(self, own: str, field: str) -> Column:
        """The project's own words and those of its indicators, for forms with one place for all."""
        lines: dict[tuple[str, str], list[str]] = {}

        def column(projects: pd.DataFrame) -> Values:
            if not lines:
                self._gather(field, lines)
            keys = zip(projects["unit"], projects["project"], strict=True)
            return [
                "\n".join([*([] if is_nothing(text) else [text]), *lines.get(key, ())]) or "无"
                for key, text in zip(keys, projects[own], strict=True)
            ]

        return column

    def _gather(self, field: str, lines: dict[tuple[str, str], list[str]]) -> None:
        indicators = self.evaluation.indicators
        columns = (indicators[name] for name in ("unit", "project", "content", field))
        for unit, project, content, text in zip(*columns, strict=True):
            if not is_nothing(text):
                lines.setdefault((unit, project), []).append(f"{content}：{text}")


#: 序号 is read over by the form's number.
_PROJECT_INFO: dict[str, Column] = {"序号": lambda projects: [str(number) for number in projects["position"]]}


def _constant(value: Value) -> Column:
    return lambda frame: [value] * len(frame)
