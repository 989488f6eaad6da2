"""The forms as appendices of the report, for one document that holds everything."""

from collections.abc import Mapping
from decimal import Decimal

from perfeval_xl.model import Evaluation
from perfeval_xl.money import two_decimals
from perfeval_xl.scheme import Scheme
from perfeval_xl.write.columns import measured, reason_and_improvement
from perfeval_xl.write.report.figures import known, points, rate_of
from perfeval_xl.write.report.rows import Project, Values, levels_of

_MONEY = ("全年预算数", "全年执行数", "预算执行率")


def details_by_project(evaluation: Evaluation) -> dict[str, str]:
    """The details of each project as the forms list them where 合并明细项目 is blank."""
    rows = evaluation.rows[["project", "name"]].drop_duplicates()
    return {str(project): "、".join(names) for project, names in rows.groupby("project", sort=False)["name"]}


def form_values(scheme: Scheme, project: Project, details: Mapping[str, str]) -> Values:
    """One form; it is not withheld, so every figure is known."""
    row, weights = project.row, project.weights()
    own = {source.name: source for source in project.form_sources}
    rows = [*scheme.funding_sources, *(name for name in own if name and name not in scheme.funding_sources)]
    level1 = [f"{row['level1']}（{points(weights[row['level1']])}）" for row in project.indicators]
    return {
        "附件号": row["number"],
        "项目名称": row["project"],
        "单位名称": row["unit"],
        "自评等级": row["grade"],
        "自评得分": two_decimals(row["total_score"]) or "",
        "合并明细项目": row["merged_details"] or details.get(row["project"], ""),
        "主管部门": row["department"],
        "实施单位": row["implementing_unit"],
        "资金分值": points(scheme.funding_points),
        "资金得分": two_decimals(row["funding_score"]) or "",
        "资金合计": _money(row["annual_budget"], row["executed"]),
        "资金": [
            {"资金来源": name}
            | (_money(own[name].annual_budget, own[name].executed) if name in own else dict.fromkeys(_MONEY, ""))
            for name in rows
        ],
        "总目标分值": "" if scheme.goal_points is None else points(scheme.goal_points),
        "总目标自评分": two_decimals(row["goal_score"]) or "",
        "年初设定目标": row["annual_goal"],
        "全年实际完成情况": row["goal_actual"],
        "指标分值": points(scheme.indicator_points),
        "指标得分": two_decimals(row["indicator_score"]) or "",
        "指标": [
            levels
            | {
                "指标内容": indicator["content"],
                "年度目标值": measured(indicator["target"], indicator["measure"], indicator["direction"]),
                "全年完成值": measured(indicator["actual"], indicator["measure"]),
                "未完成原因和改进措施": reason_and_improvement(indicator["reason"], indicator["improvement"]),
                "自评分": two_decimals(indicator["self_score"]) or "",
            }
            for indicator, levels in zip(project.indicators, levels_of(project.indicators, level1), strict=True)
        ],
        "说明": row["explanation"] or "无",
    }


def _money(budget: object, executed: object) -> Values:
    """Yuan with two decimals, as a form prints them."""
    rate = two_decimals(rate_of(known(executed), known(budget)))
    figures = (_yuan(budget), _yuan(executed), "" if rate is None else f"{rate}%")
    return dict(zip(_MONEY, figures, strict=True))


def _yuan(fen: object) -> str:
    text = two_decimals(known(fen))
    return "" if text is None else f"{Decimal(text):,.2f}"
