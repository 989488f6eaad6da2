"""An evaluation as the values that a report template prints; docs/report.md lists their names for operators."""

from collections.abc import Iterator, Mapping
from typing import Any

from perfeval_xl.extent import extent_of
from perfeval_xl.model import Evaluation
from perfeval_xl.money import two_decimals, wan_yuan
from perfeval_xl.write.report.appendices import form_appendices
from perfeval_xl.write.report.figures import chinese_number, known, missing, numbered, paragraphs
from perfeval_xl.write.report.rows import Given, Project, Values, projects_of
from perfeval_xl.write.report.section import project_values
from perfeval_xl.write.report.sentences import lead_sentences

#: Section 四: names in 报告信息, the heading, and whether it must be there.
_CLOSING = (("工作经验", "主要经验", False), ("主要问题", "主要问题", True), ("建议", "建议", True))
_SUMS = {"预算数": "annual_budget", "全年执行数": "executed"}


def report_values(evaluation: Evaluation, appendices: bool) -> Values:
    """The values of one unit's report."""
    info, unit, year = evaluation.inputs.report_info, evaluation.units[0], evaluation.inputs.year or 0
    projects = projects_of(evaluation)
    withheld = [project.row["project"] for project in projects if project.row["withheld"]]
    return {
        **general_values(info, unit, year),
        "开展情况": lead_sentences(info.get("自评工作开展情况", ""), unit, year, extent_of(evaluation), withheld),
        "自评步骤": numbered(info["自评步骤"], "自评步骤", bracketed=True) if info.get("自评步骤") else [],
        "汇总": [_summary_row(at, project.row) for at, project in enumerate(projects, 1)],
        "汇总合计": {name: _total(projects, field) for name, field in _SUMS.items()},
        "项目": [project_values(evaluation, at, project) for at, project in enumerate(projects, 1)],
        "第四部分": list(_closing(info)),
        "其他需要说明的问题": paragraphs(info.get("其他需要说明的问题", ""), "其他需要说明的问题"),
        "附件": form_appendices(evaluation, projects) if appendices else [],
    }


def general_values(info: Mapping[str, str], unit: str, year: int) -> Values:
    """What the report and the plan both print."""
    return {
        "年度": str(year),
        "单位名称": unit,
        "财政部门": info.get("财政部门") or missing("财政部门"),
        "自评时间": info.get("自评时间") or missing("自评时间"),
        "自评工作方案": info.get("自评工作方案") or f"《{unit}{year}年度项目支出绩效自评工作方案》",
        "报告信息": Given({name: text for name, text in info.items() if text}),
    }


def _wan(fen: object) -> str:
    return wan_yuan(fen) or missing("金额")


def _summary_row(at: int, row: Mapping[Any, Any]) -> Values:
    return {
        "序号": str(at),
        "项目名称": row["project"],
        **{name: _wan(row[field]) for name, field in _SUMS.items()},
        "得分": two_decimals(row["total_score"]) or missing("得分"),
        "自评等级": row["grade"] or missing("等级"),
    }


def _total(projects: list[Project], field: str) -> str:
    """The sum of what the report names, unknown where an addend is."""
    amounts = [known(project.row[field]) for project in projects]
    return _wan(None if None in amounts else sum(amount for amount in amounts if amount is not None))


def _closing(info: Mapping[str, str]) -> Iterator[Values]:
    """The parts of section 四, numbered without a gap."""
    parts = [(name, title) for name, title, required in _CLOSING if required or info.get(name)]
    for at, (name, title) in enumerate(parts, 1):
        yield {
            "标题": f"（{chinese_number(at)}）{title}",
            "条目": numbered(info.get(name, ""), name, bracketed=True),
        }
