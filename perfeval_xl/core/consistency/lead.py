"""What the lead of the report states against what was computed (C421); the report prints the computed figures."""

from perfeval_xl.extent import extent_of, wrong_extent
from perfeval_xl.findings import Finding
from perfeval_xl.model import Evaluation

#: The name in 报告信息 under which section 一's lead stands.
LEAD = "自评工作开展情况"
#: What each figure is called, and what it is counted in.
_CALLED = {"projects": ("项目个数", " 个"), "annual_budget": ("预算资金", " 万元"), "coverage": ("覆盖率", "%")}


def check_lead(evaluation: Evaluation) -> list[Finding]:
    """The number of projects, their budget and the coverage, for each unit's report."""
    lead = evaluation.inputs.report_info.get(LEAD, "")
    units = evaluation.units if lead else []
    return [finding for unit in units for finding in _wrong(evaluation.of_unit(unit), unit, lead)]


def _wrong(evaluation: Evaluation, unit: str, lead: str) -> list[Finding]:
    cell = evaluation.inputs.report_cells.get(LEAD)
    findings = []
    for name, stated, right in wrong_extent(lead, extent_of(evaluation)):
        said = lead[stated.start : stated.end]
        label, measure = _CALLED[name]
        message = f"“{LEAD}”写的{label}是 {said}{measure}，按项目计算是 {right}{measure}；报告印后者。"
        findings.append(Finding("C421", message, unit, "", LEAD, right, said, (cell,) if cell else ()))
    return findings
