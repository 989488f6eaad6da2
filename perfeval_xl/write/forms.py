"""One filled-in self-assessment form (项目支出绩效自评表) per project, from the scheme's template."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path

import pandas as pd

from perfeval_xl.findings import Finding
from perfeval_xl.model import Evaluation
from perfeval_xl.money import ratio_half_up, two_decimals
from perfeval_xl.text import is_nothing
from perfeval_xl.write.files import Output, safe_name
from perfeval_xl.write.template import Figure, Template, Value, compile_template

_MONEY = {"年初预算数": "initial_budget", "全年预算数": "annual_budget", "全年执行数": "executed"}
_PROJECT_TEXTS = {
    "项目名称": "project",
    "主管部门": "department",
    "实施单位": "implementing_unit",
    "年初设定目标": "annual_goal",
    "全年实际完成情况": "goal_actual",
    "说明": "explanation",
    "附件号": "number",
    "单位名称": "unit",
    "自评等级": "grade",
}
#: Columns of 项目信息 that the program reads itself, and that a form may print as they stand.
_INFO_TEXTS = {
    "执行偏差原因": "deviation_reason",
    "项目背景": "background",
    "立项依据": "basis",
    "主要问题": "problems",
    "改进措施": "measures",
}
_PROJECT_SCORES = {
    "自评得分": "total_score",
    "总目标自评分": "goal_score",
    "资金得分": "funding_score",
    "指标得分": "indicator_score",
}
_INDICATOR_TEXTS = {
    "一级指标": "level1",
    "二级指标": "level2",
    "指标内容": "content",
    "指标方向": "direction",
    "年度目标值": "target",
    "全年完成值": "actual",
    "未完成原因": "reason",
    "改进措施": "improvement",
    "备注": "remark",
    "计量单位": "measure",
    "评分规则": "rule",
}


@cache
def _template(path: Path) -> Template:
    return compile_template(path)


def form_outputs(evaluation: Evaluation) -> Iterator[Output]:
    """The form of every project of one unit whose form is not withheld."""
    template = _template(evaluation.scheme.folder / "form.xlsx")
    for _, project in evaluation.projects[evaluation.projects["withheld"] == ""].iterrows():
        name = safe_name(f"附件{project['number']} {project['project']}项目支出绩效自评表", ".xlsx")
        funding = evaluation.funding[evaluation.funding["project"] == project["project"]]
        indicators = evaluation.indicators[evaluation.indicators["project"] == project["project"]]
        sources = funding[funding["source"] != ""]
        content = template.fill(
            single=_single(evaluation, project, sources, indicators),
            funding=[
                {f"资金.{name}": value for name, value in _funding(row["source"], row).items()}
                for _, row in sources.iterrows()
            ],
            indicators=list(_indicators(indicators, _prints_measure(template))),
        )
        yield Output(name, "form", content, project=f"{project['unit']}\n{project['project']}")


def check_template(evaluation: Evaluation) -> list[Finding]:
    """O502 for money from a source that the form has no row for."""
    template = _template(evaluation.scheme.folder / "form.xlsx")
    rows = {marker.split("[", 1)[1].split("]", 1)[0] for _, marker in template.markers if marker.startswith("资金[")}
    if not rows or any(marker.startswith("资金.") for _, marker in template.markers):
        return []
    lacking = evaluation.funding[~evaluation.funding["source"].map(evaluation.scheme.source_row).isin(rows | {""})]
    findings = []
    for unit, project, source in lacking[["unit", "project", "source"]].itertuples(index=False, name=None):
        own = evaluation.rows[
            (evaluation.rows["project"] == project)
            & (evaluation.rows["unit"] == unit)
            & (evaluation.rows["funding_source"] == source)
        ]
        message = f"资金来源“{source}”在表样中没有对应的行，自评表的分项没有列出它，合计包含它。表样有：{'、'.join(sorted(rows))}。"
        findings.append(
            Finding("O502", message, unit, project, project, sources=evaluation.inputs.cells_of(own, "funding_source"))
        )
    return findings


def _figure(hundredths: object) -> Value:
    text = two_decimals(hundredths)
    return "" if text is None else Figure(Decimal(text), text)


def _rate(hundredths: object) -> Value:
    text = two_decimals(hundredths)
    return "" if text is None else Figure(Decimal(text) / 100, f"{text}%")


def _points(hundredths: object) -> Value:
    """Points as labels print them: 20, not 20.00."""
    text = two_decimals(hundredths)
    return "" if text is None else Figure(Decimal(text), text.rstrip("0").rstrip("."))


def _funding(source: str, row: "pd.Series") -> dict[str, Value]:
    return {"资金来源": source, "预算执行率": _rate(row["execution_rate"])} | {
        marker: _figure(row[field]) for marker, field in _MONEY.items()
    }


def _single(
    evaluation: Evaluation, project: "pd.Series", sources: pd.DataFrame, indicators: pd.DataFrame
) -> Mapping[str, Value]:
    """Everything that stands once on a form."""
    scheme, info = evaluation.scheme, evaluation.inputs.report_info
    values: dict[str, Value] = {f"报告信息.{name}": text for name, text in info.items()}
    values |= {
        f"项目信息.{name}": text
        for name, text in (project["extra"] if isinstance(project["extra"], dict) else {}).items()
    }
    values |= {f"项目信息.{heading}": project[field] for heading, field in _INFO_TEXTS.items()}
    values |= {marker: project[field] for marker, field in _PROJECT_TEXTS.items()}
    values |= {marker: _figure(project[field]) for marker, field in _PROJECT_SCORES.items()}
    rows = evaluation.rows[evaluation.rows["project"] == project["project"]]
    values |= {
        "年度": str(evaluation.inputs.year),
        "自评时间": info.get("自评时间", ""),
        "说明": project["explanation"] or "无",
        "未完成原因": _gathered(project["deviation_reason"], indicators, "reason"),
        "改进措施": _gathered(project["measures"], indicators, "improvement"),
        "合并明细项目": project["merged_details"] or "、".join(dict.fromkeys(rows["name"])),
        "资金分值": _points(scheme.funding_points),
        "总目标分值": _points(scheme.goal_points),
        "指标分值": _points(scheme.indicator_points),
    }
    values |= {f"资金合计.{name}": value for name, value in _funding("年度资金总额", project).items()}
    folded = sources.assign(source=sources["source"].map(scheme.source_row))
    for source, own in folded.groupby("source", sort=False):
        values |= {f"资金[{source}].{name}": value for name, value in _funding(str(source), _sum(own)).items()}
    return values


def _sum(rows: pd.DataFrame) -> "pd.Series":
    """Several sources that share a row of the form."""
    sums = rows[list(_MONEY.values())].sum(skipna=False).to_frame().T.astype("Int64")
    return sums.assign(execution_rate=ratio_half_up(sums["executed"], sums["annual_budget"], 10_000)).iloc[0]


def _gathered(own: str, indicators: pd.DataFrame, field: str) -> str:
    """The project's own words and those of its indicators, for forms with one place for all."""
    lines = [
        f"{content}：{text}"
        for content, text in zip(indicators["content"], indicators[field], strict=True)
        if not is_nothing(text)
    ]
    return "\n".join([own, *lines] if not is_nothing(own) else lines) or "无"


def _prints_measure(template: Template) -> bool:
    """Whether the form has a column of its own for 计量单位, so that values stand without it."""
    return any(marker == "指标.计量单位" for _, marker in template.markers)


def _indicators(indicators: pd.DataFrame, apart: bool) -> Iterator[Mapping[str, Value]]:
    points = indicators.groupby("level1", sort=False)["weight"].sum()
    for _, row in indicators.iterrows():
        values: dict[str, Value] = {f"指标.{name}": text for name, text in row["extra"].items()}
        values |= {f"指标.{marker}": row[field] for marker, field in _INDICATOR_TEXTS.items()}
        yield values | {
            "指标.年度目标值": row["target"] if apart else measured(row["target"], row["measure"]),
            "指标.全年完成值": row["actual"] if apart else measured(row["actual"], row["measure"]),
            "指标.分值": _figure(row["weight"]),
            "指标.自评分": _figure(row["self_score"]),
            "指标.一级指标分值": _points(points[row["level1"]]),
            "指标.未完成原因和改进措施": reason_and_improvement(row["reason"], row["improvement"]),
        }


def measured(value: str, measure: str) -> str:
    """A bare number is printed with its 计量单位."""
    return f"{value}{measure}" if measure and value.replace(".", "", 1).isdecimal() else value


def reason_and_improvement(reason: str, improvement: str) -> str:
    """Both in one cell, as the published forms have them; 无 where there is neither."""
    parts = [(label, text) for label, text in (("原因", reason), ("改进措施", improvement)) if not is_nothing(text)]
    return "\n".join(f"{label}：{text}" for label, text in parts) or "无"
