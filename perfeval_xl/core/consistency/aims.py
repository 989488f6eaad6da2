"""Targets, directions and groups as they were set (S310, S311, S312, S315, C409)."""

from collections import defaultdict
from collections.abc import Mapping

import numpy as np

from perfeval_xl.core.consistency.mentions import plain_name, with_unit
from perfeval_xl.core.consistency.papers import Check, Papers, Row, known, points_text
from perfeval_xl.core.consistency.wording import Misfit, any_of, ends_with_any, has_any, wording
from perfeval_xl.core.scoring.targets import DIRECTIONS, parse_quantity
from perfeval_xl.core.slices import flag_texts, once_for_each
from perfeval_xl.findings import Finding
from perfeval_xl.lazy_pattern import lazy_pattern
from perfeval_xl.text import is_nothing, match_key

_BRACKETED = lazy_pattern(r"\([^()]*\)$")


def _far_above_target(papers: Papers) -> list[Finding]:
    """S310: a count that exceeds its target by the scheme's factor, where neither reason nor texts say why."""
    limit = int(papers.scheme.thresholds["over_target"] * 10_000)
    return papers.on_indicators(
        "S310",
        flag_texts(papers.indicators["operator"], lambda operator: operator in ("≥", ">"))
        & papers.marks("target_number").above(0)
        & papers.marks("completion").above(limit - 1),
        ("actual", "target"),
        lambda row: (
            f"“{row['content']}”目标 {row['target']}，完成 {row['actual']}，达到目标的 {points_text(row['completion'])}%，没有说明原因。",
            row["target"],
            row["actual"],
        ),
        also=lambda row: with_unit(row["target"], row["measure"]).unit != "%" and _is_unexplained(row),
    )


def _no_operator(papers: Papers) -> list[Finding]:
    """S311: a number whose direction nothing says."""
    frame = papers.indicators
    undirected = flag_texts(frame["direction"], lambda direction: match_key(direction) not in DIRECTIONS)
    return papers.on_indicators(
        "S311",
        undirected
        & flag_texts(frame["target"], _lacks_operator)
        & (frame["rule"].to_numpy(object) != papers.scheme.words_rule),
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
    wrong = once_for_each(frame, ("content", "operator"), _is_wrong_direction)
    return papers.on_indicators(
        "S312",
        np.array(wrong, dtype=bool) & papers.marks("target_number").known,
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
    if not groups:
        return findings
    for project, own in papers.by_project((), ("level1", "weight"), _other_sums(papers, dict(groups.values()))):
        members: dict[str, list[Row]] = defaultdict(list)
        for row in own:
            members[_group_key(row["level1"])].append(row)
        if not known(*(row["weight"] for row in own)):
            continue
        for key, (name, points) in groups.items():
            weight = sum(row["weight"] for row in members[key])
            if weight != points:
                message = f"{name}的分值合计 {points_text(weight)} 分，方案规定 {points_text(points)} 分。"
                cells = tuple(cell for row in members[key] or own for cell in papers.cells(row, "weight"))
                said = (message, points_text(points), points_text(weight))
                findings.append(papers.on_project("S315", project, said, cells))
    return findings


def _other_sums(papers: Papers, points: Mapping[str, int]) -> np.ndarray:
    """The projects of which a group's known weights add up to other than its points."""
    frame, owners = papers.indicators, papers.owners
    weights = frame["weight"].to_numpy(dtype="int64", na_value=0)
    other = np.zeros(len(papers.projects), dtype=bool)
    for name, expected in points.items():
        key = _group_key(name)
        own = flag_texts(frame["level1"], lambda level1, key=key: _group_key(level1) == key) & (owners >= 0)  # type: ignore[misc]
        other |= np.bincount(owners[own], weights[own], len(other)) != expected
    return other & (papers.counts(np.ones(len(frame), bool)) > 0)


def _wrong_group(papers: Papers) -> list[Finding]:
    """C409: a count under 质量, a satisfaction elsewhere than under 满意度 and the like. A bad thing's count may stand there."""
    frame = papers.indicators
    misfits = once_for_each(frame, ("level2", "content", "target", "measure", "operator"), _misfit)
    return papers.on_indicators(
        "C409",
        np.array(misfits, dtype=object) != "",
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


def _is_unexplained(row: Row) -> bool:
    return is_nothing(row["reason"]) and not any_of("explains").search(f"{row['evidence']}\n{row['remark']}")


def _is_wrong_direction(row: Row) -> bool:
    wrong = {"≤": ("≥", ">"), "≥": ("≤", "<")}.get(_right_direction(row["content"]), ())
    return row["operator"] in wrong


def _lacks_operator(target: str) -> bool:
    quantity = parse_quantity(target)
    return quantity.kind == "number" and not quantity.operator


def _right_direction(content: str) -> str:
    """≤ or ≥ for an indicator whose name says which; nothing where it does not."""
    name = _BRACKETED.sub("", match_key(content))
    if has_any(name, "reducing"):
        return ""
    for listed, direction in (("downward", "≤"), ("upward", "≥")):
        if word := ends_with_any(name, wording()[listed]):
            # 不合格率 and 零事故率 are the opposite of what they end with.
            return "" if name.removesuffix(word).endswith(wording()["negations"]) else direction
    return ""


def _group_key(name: str) -> str:
    """产出指标（50分） and 产出 are the same group."""
    return _BRACKETED.sub("", match_key(name)).removesuffix("指标")


AIM_CHECKS: tuple[Check, ...] = (_far_above_target, _no_operator, _wrong_direction, _group_points, _wrong_group)
