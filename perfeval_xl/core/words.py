"""What the goal's words say against the goal's points (C codes)."""

import re

from perfeval_xl.core.papers import Check, Papers, points_text
from perfeval_xl.findings import Finding

_DEDUCTION = re.compile(r"扣(?:除|减|了)?\s*(\d+(?:\.\d+)?|[一二两三四五六七八九十])\s*分")
_DIGITS = {word: value for value, word in enumerate("一二三四五六七八九十", 1)} | {"两": 2}


def stated_deductions(text: str) -> int | None:
    """The points that a text says were deducted, in hundredths: 扣4分…扣2分 is 600; ``None`` where it names none."""
    found = [_DIGITS.get(word) or float(word) for word in _DEDUCTION.findall(text)]
    return round(sum(found) * 100) if found else None


def _goal_words(papers: Papers) -> list[Finding]:
    """C401 and C402: the goal's words and the goal's points."""
    points = papers.scheme.goal_points
    if points is None:
        return []
    findings = []
    for _, project in papers.projects[
        papers.projects["goal_score"].notna() & papers.projects["table"].notna()
    ].iterrows():
        deducted, said = points - int(project["goal_score"]), stated_deductions(project["goal_actual"])
        cells = papers.info_cells(project, "goal_actual", "stated_goal", "goal_deduction")
        if said is not None and said != deducted:
            message = f"“全年实际完成情况”写明共扣 {points_text(said)} 分，总目标得分 {points_text(project['goal_score'])} 分，实际扣了 {points_text(deducted)} 分。"
            findings.append(
                papers.on_project(
                    "C401",
                    project,
                    message,
                    points_text(said),
                    points_text(deducted),
                    cells,
                )
            )
        elif said is None and deducted > 0 and "扣" not in project["goal_actual"]:
            message = f"总目标扣了 {points_text(deducted)} 分，“全年实际完成情况”没有写为什么扣分。"
            findings.append(
                papers.on_project(
                    "C402",
                    project,
                    message,
                    "",
                    points_text(deducted),
                    cells,
                )
            )
    return findings


WORD_CHECKS: tuple[Check, ...] = (_goal_words,)
