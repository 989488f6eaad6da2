"""What the report's texts state against what was computed (C421); the report prints the computed figures."""

from perfeval_xl.findings import Finding
from perfeval_xl.model import Evaluation
from perfeval_xl.money import two_decimals
from perfeval_xl.stated import extent_of, stated_deductions, stated_scores, wrong_extent

#: The name in 报告信息 under which section 一's lead stands.
LEAD = "自评工作开展情况"


def check_report_texts(evaluation: Evaluation) -> list[Finding]:
    """Deductions and scores in the evidence, and the extent in the lead of each unit's report."""
    lead = evaluation.inputs.report_info.get(LEAD, "")
    units = evaluation.units if lead else []
    return _evidence(evaluation) + [
        finding for unit in units for finding in _lead(evaluation.of_unit(unit), unit, lead)
    ]


def _evidence(evaluation: Evaluation) -> list[Finding]:
    frame = evaluation.indicators
    scored = frame[frame["self_score"].notna() & frame["weight"].notna() & frame["evidence"].str.contains("分")]
    findings = []
    for at, evidence, score, weight in zip(
        scored.index, scored["evidence"], scored["self_score"], scored["weight"], strict=True
    ):
        for word, said, right in _wrong_points(evidence, int(score), int(weight)):
            row = scored.loc[at]
            message = f"“完成情况说明”写{word} {said} 分，自评分反映的是{word} {right} 分；报告印后者。"
            cells = evaluation.inputs.cells_of(scored.loc[[at]], "evidence")
            findings.append(Finding("C421", message, row["unit"], row["project"], row["content"], right, said, cells))
    return findings


def _wrong_points(evidence: str, score: int, weight: int) -> list[tuple[str, str, str]]:
    """得 or 扣, the points that the evidence states, and the right ones, where they differ."""
    stated = [("得", found.hundredths, score) for found in stated_scores(evidence, weight)]
    deductions = stated_deductions(evidence)
    if deductions:
        stated.append(("扣", sum(found.hundredths for found in deductions), weight - score))
    return [
        (word, two_decimals(said) or "", two_decimals(right) or "") for word, said, right in stated if said != right
    ]


def _lead(evaluation: Evaluation, unit: str, lead: str) -> list[Finding]:
    cell = evaluation.inputs.report_cells.get(LEAD)
    return [
        Finding(
            "C421",
            f"“{LEAD}”写的是 {lead[stated.start : stated.end]}，按项目计算是 {right}；报告印后者。",
            unit,
            "",
            LEAD,
            right,
            lead[stated.start : stated.end],
            (cell,) if cell else (),
        )
        for stated, right in wrong_extent(lead, extent_of(evaluation))
    ]
