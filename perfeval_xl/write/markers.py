"""What a form's markers stand for: each name resolved to a column of values, over all projects of a folder at once.

The names are the contract's, and every heading of 项目信息, 绩效指标 and the execution table in any spelling that the
reading stage knows, and every other heading of 项目信息 and 绩效指标 and every name of 报告信息 as the officer wrote it.
"""

from collections.abc import Mapping
from functools import cached_property

import pandas as pd

from perfeval_xl.model import MONEY_FIELDS, Evaluation
from perfeval_xl.money import list_sums, ratio_half_up
from perfeval_xl.record import Record
from perfeval_xl.text import is_nothing, match_key
from perfeval_xl.write.columns import (
    Column,
    Values,
    both_reasons,
    extra_column,
    field_column,
    level1_points,
    measured_column,
    points,
    rates,
    written_column,
)
from perfeval_xl.write.template import Figure, Value

_TOTAL_NAME = "年度资金总额"

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
    "一级指标分值": level1_points,
    "自评分": field_column("self_score"),
    "未完成原因和改进措施": both_reasons,
}
#: Fields that a form prints as they were worked out, under whatever heading they were read.
_WORKED_OUT = {
    "recorded_score": _INDICATOR_COLUMNS["自评分"],
    "reason_improvement": both_reasons,
}
#: Input sheet → its role, and what the markers of its columns begin with.
_SHEETS = {"项目信息": "projects", "绩效指标": "indicators"}


class Markers(Record, dict=True):
    """The markers that are valid for one folder. ``apart``: of ``measure`` and ``direction`` those with a column of their own."""

    evaluation: Evaluation
    apart: frozenset[str] = frozenset()
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
        return self._money(heading, field_column("source"))

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
            "年度": "" if inputs.year is None else Figure(str(inputs.year), str(inputs.year)),
            "自评时间": inputs.report_info.get("自评时间", ""),
            "资金分值": points([scheme.funding_points])[0],
            "总目标分值": points([scheme.goal_points])[0],
            "指标分值": points([scheme.indicator_points])[0],
        }
        return {
            **{name: field_column(field) for name, field in _PROJECT_FIELDS.items()},
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
            return None if extra is None else extra_column(extra)
        if role == "indicators" and field in ("target", "actual"):
            return measured_column(field, self.apart)
        if role == "indicators":
            return _WORKED_OUT.get(field) or written_column(field)
        return written_column(field)

    def _money(self, heading: str, source: Column) -> Column | None:
        """A marker of a funding row: its name, its rate or an amount."""
        if heading == "资金来源":
            return source
        if heading == "预算执行率":
            return lambda frame: rates(frame["execution_rate"])
        field = self._money_headings.get(match_key(heading))
        return field_column(field) if field else None

    def _source_column(self, name: str) -> Column | None:
        """A marker of a fixed funding row, over the projects; sources that share a row are added up."""
        found = self.source_of(name)
        if found is None or (found[0] not in self._rows and self.evaluation.scheme.funding_sources):
            return None
        row, heading = found
        column = self._money(heading, lambda frame: [row] * len(frame))
        if column is None:
            return None

        def over(projects: pd.DataFrame) -> Values:
            if row not in self._of_row:
                return [""] * len(projects)
            own, keys = self._of_row[row]
            values = dict(zip(keys, column(own), strict=True))
            return [values.get(key, "") for key in _keys(projects)]

        return over

    @cached_property
    def _of_row(self) -> dict[str, tuple[pd.DataFrame, list[tuple[str, str]]]]:
        """Of each row of the form the amounts, and whose they are."""
        parts = {row: self._by_row.iloc[positions] for row, positions in self._positions.items()}
        return {row: (part, _keys(part)) for row, part in parts.items()}

    @cached_property
    def _positions(self) -> Mapping[str, list[int]]:
        """Where in :attr:`_by_row` each row of the form stands."""
        places: dict[str, list[int]] = {}
        for at, row in enumerate(self._by_row["source"].tolist()):
            places.setdefault(row, []).append(at)
        return places

    @cached_property
    def _by_row(self) -> pd.DataFrame:
        """Amounts by project and row of the form; a sum with an unknown part is unknown."""
        funding = self.evaluation.funding
        sources = funding["source"].tolist()
        rows = list(map(self.evaluation.scheme.source_row, sources))
        if rows == sources:  # added up already
            return funding
        folded = funding.assign(source=pd.Series(rows, index=funding.index, dtype=object))
        sums = list_sums(folded, ["unit", "project", "source"], MONEY_FIELDS)
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
_PROJECT_INFO: dict[str, Column] = {"序号": lambda projects: points(projects["position"] * 100)}


def _keys(frame: pd.DataFrame) -> list[tuple[str, str]]:
    return list(zip(frame["unit"].tolist(), frame["project"].tolist(), strict=True))


def _constant(value: Value) -> Column:
    return lambda frame: [value] * len(frame)
