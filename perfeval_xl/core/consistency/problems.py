"""主要问题 against the indicators that were not met (C408)."""

from perfeval_xl.core.consistency.mentions import plain_name, shared_words
from perfeval_xl.core.consistency.papers import Check, Papers, Row
from perfeval_xl.core.consistency.statements import read_text
from perfeval_xl.findings import Finding
from perfeval_xl.text import is_nothing

#: So much of a reason's words in the problems means that the problem is among them.
_REASON = 4


def _unmet_not_among_problems(papers: Papers) -> list[Finding]:
    """C408, only where 项目信息 has 主要问题. A word of the indicator's name or of its reason is enough."""
    findings = []
    having = papers.counts(papers.unmet) > 0
    for project, own in papers.by_project(("problems",), ("met", "target", "actual", "reason"), having):
        unmet = [row for row in own if row["met"] is False]
        if not papers.has_column(project, "problems"):
            continue
        problems = read_text(project["problems"]).text
        for row in unmet:
            if is_nothing(project["problems"]) or not _is_among(row, problems):
                message = f"“{row['content']}”目标 {row['target']}，完成 {row['actual']}，没有达到，项目的“主要问题”没有提到。"
                cells = papers.cells(project, "problems") + papers.cells(row, "actual", "target")
                findings.append(papers.on_indicator("C408", row, (message, "", ""), cells))
    return findings


def _is_among(row: Row, problems: str) -> bool:
    reason = read_text(row["reason"]).text
    return bool(shared_words(problems, plain_name(row["content"])) or shared_words(problems, reason, _REASON))


PROBLEM_CHECKS: tuple[Check, ...] = (_unmet_not_among_problems,)
