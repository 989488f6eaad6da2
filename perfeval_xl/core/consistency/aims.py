"""Targets, directions and groups as they were set (S310, S311, S312, S315, C409)."""

from collections import defaultdict

import pandas as pd

from perfeval_xl.core.consistency.mentions import plain_name, with_unit
from perfeval_xl.core.consistency.papers import Check, Papers, Row, points_text, rows_of
from perfeval_xl.core.consistency.wording import Misfit, ends_with_any, has_any, wording
from perfeval_xl.core.scoring.targets import DIRECTIONS, parse_quantity
from perfeval_xl.findings import Finding
from perfeval_xl.lazy_pattern import lazy_pattern
from perfeval_xl.text import is_nothing, match_key

_BRACKETED = lazy_pattern(r"\([^()]*\)$")


def _far_above_target(papers: Papers) -> list[Finding]:
    """S310: a count that exceeds its target by the scheme's factor, where neither reason nor texts say why."""
    frame = papers.indicators
    limit = int(papers.scheme.thresholds["over_target"] * 10_000)
    far = frame["operator"].isin(["≥", ">"]) & frame["target_number"].gt(0) & frame["completion"].ge(limit)
    pairs = zip(frame["target"], frame["measure"], strict=True)
    counts = pd.Series([with_unit(*pair).unit != "%" for pair in pairs], index=frame.index, dtype=bool)
    unexplained = frame["reason"].map(is_nothing) & ~(frame["evidence"] + "\n" + frame["remark"]).map(_explains)
    return papers.on_indicators(
        "S310",
        far & counts & unexplained.astype(bool),
        ("actual", "target"),
        lambda row: (
            f"“{row['content']}”目标 {row['target']}，完成 {row['actual']}，达到目标的 {points_text(row['completion'])}%，没有说明原因。",
            row["target"],
            row["actual"],
        ),
    )


def _no_operator(papers: Papers) -> list[Finding]:
    """S311: a number whose direction nothing says."""
    frame = papers.indicators
    undirected = ~frame["direction"].map(match_key).isin(list(DIRECTIONS))
    return papers.on_indicators(
        "S311",
        undirected & frame["target"].map(_lacks_operator).astype(bool) & frame["rule"].ne(papers.scheme.words_rule),
        ("target",),
        lambda row: (
            f"“{row['content']}”的目标值 {row['target']} 没有写 ≥、≤，指标方向也没有填，按“{row['operator']}”计算。",
            "",
            row["target"],
        ),
    )


def _wrong_direction(papers: Papers) -> list[Finding]:
    """S312: a rate of faults that must be high, or of successes that must be low."""
    frame = papers.indicators
    right = frame["content"].map(_right_direction)
    wrong = (right.eq("≤") & frame["operator"].isin(["≥", ">"])) | (right.eq("≥") & frame["operator"].isin(["≤", "<"]))
    return papers.on_indicators(
        "S312",
        wrong & frame["target_number"].notna(),
        ("direction", "target"),
        lambda row: (
            f"“{row['content']}”按“{row['operator']}”计算，这类指标一般应为“{_right_direction(row['content'])}”。",
            _right_direction(row["content"]),
            row["operator"],
        ),
    )


def _group_points(papers: Papers) -> list[Finding]:
    """S315: the weights of a level-1 group against the points that the scheme gives it."""
    groups = {_group_key(name): (name, points) for name, points in papers.scheme.groups.items()}
    findings: list[Finding] = []
    for project, own in papers.by_project((), ("level1", "weight")) if groups else ():
        members: dict[str, list[Row]] = defaultdict(list)
        for row in own:
            members[_group_key(row["level1"])].append(row)
        if not own or any(pd.isna(row["weight"]) for row in own):
            continue
        for key, (name, points) in groups.items():
            weight = sum(row["weight"] for row in members[key])
            if weight != points:
                message = f"{name}的分值合计 {points_text(weight)} 分，方案规定 {points_text(points)} 分。"
                cells = tuple(cell for row in members[key] or own for cell in papers.cells(row, "weight"))
                said = (message, points_text(points), points_text(weight))
                findings.append(papers.on_project("S315", project, said, cells))
    return findings


def _wrong_group(papers: Papers) -> list[Finding]:
    """C409: a count under 质量, a satisfaction elsewhere than under 满意度 and the like. A bad thing's count may stand there."""
    frame = papers.indicators
    misfits = [_misfit(row) for row in rows_of(frame, ("level2", "content", "target", "measure", "operator"))]
    belongs = pd.Series(misfits, index=frame.index, dtype=object)
    return papers.on_indicators(
        "C409",
        belongs.ne(""),
        ("level2", "target"),
        lambda row: (
            f"“{row['content']}”（目标 {row['target']}）放在{row['level2']}下，一般属于{_misfit(row)}。",
            _misfit(row),
            row["level2"],
        ),
    )


def _misfit(row: Row) -> str:
    """The group where an indicator belongs by the list of misfits, or nothing."""
    level2, name = row["level2"], plain_name(row["content"])
    quantity = with_unit(row["target"], row["measure"])
    wanted = quantity.kind == "number" and quantity.value > 0 and row["operator"] in ("≥", ">", "=")
    counted = quantity.unit if wanted else ""

    def fits(misfit: Misfit) -> bool:
        inside = misfit.group in level2 if misfit.group else misfit.unless not in level2
        return inside and (counted in misfit.units or name.endswith(misfit.endings or ("\0",)))

    return next((misfit.belongs for misfit in wording().misfits if level2 and fits(misfit)), "")


def _explains(text: str) -> bool:
    return has_any(text, "explains")


def _lacks_operator(target: str) -> bool:
    quantity = parse_quantity(target)
    return quantity.kind == "number" and not quantity.operator


def _right_direction(content: str) -> str:
    """≤ or ≥ for an indicator whose name says which; nothing where it does not."""
    name = match_key(content)
    if has_any(name, "reducing"):
        return ""
    if ends_with_any(name, wording()["downward"]):
        return "≤"
    word = ends_with_any(name, wording()["upward"])
    return "≥" if word and not name.removesuffix(word).endswith(wording()["negations"]) else ""


def _group_key(name: str) -> str:
    """产出指标（50分） and 产出 are the same group."""
    return _BRACKETED.sub("", match_key(name)).removesuffix("指标")


AIM_CHECKS: tuple[Check, ...] = (_far_above_target, _no_operator, _wrong_direction, _group_points, _wrong_group)
