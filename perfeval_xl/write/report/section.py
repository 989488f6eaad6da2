"""Section 三: what the report says of one project."""

from collections.abc import Iterator

import pandas as pd

from perfeval_xl.model import Evaluation
from perfeval_xl.scheme import Scheme
from perfeval_xl.write.columns import measured
from perfeval_xl.write.report.figures import FULL, circled, known, missing, numbered, paragraphs, rate_of
from perfeval_xl.write.report.rows import Given, Project, Values, levels_of
from perfeval_xl.write.report.sentences import (
    Result,
    budget_basis,
    executed_sentences,
    group_title,
    indicator_sentences,
    is_over,
    received_sentences,
    result_sentences,
)

_DOWNWARD = frozenset({"≤", "<"})


def project_values(evaluation: Evaluation, at: int, project: Project) -> Values:
    """The values of the ``at``-th project that the report names."""
    inputs, info = evaluation.inputs, evaluation.inputs.report_info
    row, sources = project.row, project.sources
    year, name = inputs.year or 0, row["project"]
    budget, received, executed = (known(row[field]) for field in ("annual_budget", "received", "executed"))
    initial = known(row["initial_budget"])
    adjusted = bool(known(row["adjustment"])) or (initial is not None and budget is not None and initial != budget)
    basis = budget_basis(info.get("预算批复文件", ""), info.get("财政部门", ""), year, adjusted)
    short = info.get("单位简称") or row["unit"]
    return {
        "序号": str(at),
        "项目名称": name,
        "附件号": row["number"],
        "项目背景": paragraphs(row["background"], "项目背景"),
        "立项依据": numbered(row["basis"], "立项依据"),
        "年初设定目标": "\n".join(paragraphs(row["annual_goal"], "年初设定目标")),
        "指标": list(_goal_rows(project.indicators)),
        "资金到位": received_sentences(basis, short, year, name, budget, received, sources),
        "资金执行": executed_sentences(
            year, budget, executed, sources, row["deviation_reason"], _asks_reason(evaluation.scheme, budget, executed)
        ),
        "指标组": _groups(project),
        "自评结果": result_sentences(name, row["number"], known(row["total_score"]), row["grade"], row["withheld"]),
        "主要问题": numbered(row["problems"], "主要问题"),
        "改进措施": numbered(row["measures"], "改进措施"),
        "项目信息": Given(row["extra"] if isinstance(row["extra"], dict) else {}),
    }


def _asks_reason(scheme: Scheme, budget: int | None, executed: int | None) -> bool:
    """Below the scheme's threshold, and above the budget, the reason must be said."""
    rate = rate_of(executed, budget)
    return rate is not None and (rate < scheme.thresholds["execution_rate"] * FULL or rate > FULL)


def _goal_rows(indicators: list[Values]) -> Iterator[Values]:
    for row, levels in zip(indicators, levels_of(indicators, [row["level1"] for row in indicators]), strict=True):
        yield levels | {
            "指标内容": row["content"],
            "指标值": measured(row["target"], row["measure"], row["direction"]) or missing("年度目标值"),
            "备注": row["remark"],
        }


def _groups(project: Project) -> list[Values]:
    """The sentences by level-1 group."""
    groups: dict[str, list[str]] = {}
    for row in project.indicators:
        own = groups.setdefault(row["level1"], [])
        own.append(circled(len(own) + 1) + indicator_sentences(_result(row)))
    weights = project.weights()
    return [
        {"标题": group_title(at, level1, weights[level1]), "说明": own}
        for at, (level1, own) in enumerate(groups.items(), 1)
    ]


def _result(row: Values) -> Result:
    met, completion = row["met"], known(row["completion"])
    met = None if pd.isna(met) else bool(met)
    worded = bool(pd.isna(row["target_number"]))
    return Result(
        content=row["content"],
        target=measured(row["target"], row["measure"], row["direction"]),
        actual=measured(row["actual"], row["measure"]),
        weight=known(row["weight"]),
        score=known(row["self_score"]),
        met=met,
        completion=None if worded else completion,
        over=is_over(met, completion, row["operator"] in _DOWNWARD, worded),
        reason=row["reason"],
        evidence=row["evidence"],
    )
