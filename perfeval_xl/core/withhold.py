"""Which forms are withheld, and why: a form is written only when every figure on it is known (O501)."""

import pandas as pd

from perfeval_xl.findings import Finding

#: Codes that make a figure unknown; among a project's findings they say why its form is withheld.
CAUSES = ("R106", "R107", "R110", "M202", "M204", "S302", "S303", "S304")
_PRINTED = (
    ("annual_budget", "全年预算数"),
    ("executed", "全年执行数"),
    ("execution_rate", "预算执行率"),
    ("goal_score", "总目标自评分"),
    ("indicator_weight", "指标分值"),
    ("indicator_score", "指标自评分"),
)


def withhold_forms(
    projects: pd.DataFrame, findings: list[Finding], has_goal: bool
) -> tuple[pd.DataFrame, list[Finding]]:
    """The projects with ``withheld`` (why, "" where the form is written), and an O501 for each that is withheld."""
    causes: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        if finding.code in CAUSES:
            causes.setdefault((finding.unit, finding.project), []).append(finding)
    reasons, withheld = [], []
    for _, project in projects.iterrows():
        own = causes.get((project["unit"], project["project"]), []) or causes.get((project["unit"], ""), [])
        unknown = [label for name, label in _PRINTED if pd.isna(project[name]) and (has_goal or name != "goal_score")]
        one_sided = any(finding.code == "M204" for finding in own)
        reason = f"{'、'.join(unknown) or '资金或指标'}不能确定" if unknown or one_sided else ""
        if reason:
            codes = "、".join(dict.fromkeys(finding.code for finding in own))
            reason += f"（见 {codes}）" if codes else "（单元格为空或预算数为零）"
            cells = tuple(dict.fromkeys(cell for finding in own for cell in finding.sources))
            message = f"{project['number']} “{project['project']}”的自评表没有生成：{reason}。"
            withheld.append(
                Finding("O501", message, project["unit"], project["project"], project["project"], sources=cells)
            )
        reasons.append(reason)
    return projects.assign(withheld=pd.Series(reasons, index=projects.index, dtype=object)), withheld
