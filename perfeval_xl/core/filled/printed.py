"""What only a filled-in form states: points in its labels, sums of them, and the sums of its rows (S301, S302, S306, S307, S314).

The projects have funding_points, goal_points, indicator_points and total_points as stated, the indicators group_points
(hundredths). A form without a column 分值 leaves the weights unknown, but not what a group can have.
"""

from collections import defaultdict
from collections.abc import Iterator

from perfeval_xl.core.consistency.papers import Check, Papers, Row, known, points_text
from perfeval_xl.findings import Finding

_FULL = 10_000
_POINTS = ("funding_points", "goal_points", "indicator_points", "total_points")


def _points_add_up(papers: Papers) -> list[Finding]:
    """S301: the points of the form's parts against 100, and against the sum that it states."""
    scheme, findings = papers.scheme, []
    for project, _ in papers.by_project((*_POINTS, "indicator_weight"), ()):
        weights = project["indicator_weight"]
        if known(weights) and weights != scheme.indicator_points:
            continue  # said of the weights
        indicators = project["indicator_points"] if known(project["indicator_points"]) else weights
        parts = [project["funding_points"], indicators]
        parts += [project["goal_points"]] if scheme.goal_points is not None else []
        total = sum(parts) if known(*parts) else _FULL
        stated = project["total_points"] if known(project["total_points"]) else total
        for figure, expected, said in ((total, _FULL, "各部分分值合计"), (stated, total, "填写的总分值")):
            if figure != expected:
                message = f"{said} {points_text(figure)} 分，应为 {points_text(expected)} 分。"
                cells = papers.cells(project, *(("total_points",) if figure is stated else ()), *_POINTS[:3])
                findings.append(
                    papers.on_project("S301", project, (message, points_text(expected), points_text(figure)), cells)
                )
                break
    return findings


def _groups_add_up(papers: Papers) -> list[Finding]:
    """S301: the points in the labels of the level-1 groups against the form's indicator points and their own weights."""
    findings = []
    for project, groups in _groups(papers):
        cells = tuple(cell for own in groups for cell in papers.cells(own[0], "level1"))
        total = sum(own[0]["group_points"] for own in groups)
        if total != papers.scheme.indicator_points:
            points = points_text(papers.scheme.indicator_points)
            message = f"各一级指标注明的分值合计 {points_text(total)} 分，指标分值为 {points} 分。"
            findings.append(papers.on_project("S301", project, (message, points, points_text(total)), cells))
        for own in groups:
            weights = [row["weight"] for row in own]
            if known(*weights) and sum(weights) != own[0]["group_points"]:
                findings.append(_other_sum(papers, project, own, "level1", own[0]["group_points"]))
    return findings


def _subgroups_add_up(papers: Papers) -> list[Finding]:
    """S301: the points in the labels of the level-2 groups against their own weights."""
    findings = []
    for project, rows in papers.by_project((), ("level1", "level2", "subgroup_points", "weight")):
        groups: dict[tuple[str, str], list[Row]] = defaultdict(list)
        for row in rows:
            groups[row["level1"], row["level2"]].append(row)
        for own in groups.values():
            weights, stated = [row["weight"] for row in own], own[0]["subgroup_points"]
            if known(stated, *weights) and sum(weights) != stated:
                findings.append(_other_sum(papers, project, own, "level2", stated))
    return findings


def _other_sum(papers: Papers, project: Row, own: list[Row], level: str, stated: int) -> Finding:
    """A group whose label states other points than its weights come to."""
    said, points = points_text(sum(row["weight"] for row in own)), points_text(stated)
    message = f"{own[0][level]}注明 {points} 分，其中各指标的分值合计 {said} 分。"
    cells = papers.cells(own[0], level) + tuple(cell for row in own for cell in papers.cells(row, "weight"))
    return papers.on_project("S301", project, (message, points, said), cells)


def _group_scores(papers: Papers) -> list[Finding]:
    """S302, S306 and S307 for a group of which only the points are known, not the weights in it."""
    findings = []
    for _, groups in _groups(papers):
        for own in groups:
            scores = [row["recorded_score"] for row in own]
            if known(*(row["weight"] for row in own)) or not known(*scores):
                continue
            scored, points, name = sum(scores), own[0]["group_points"], own[0]["level1"]
            cells = tuple(cell for row in own for cell in papers.cells(row, "recorded_score", "level1"))
            full, said = points_text(points), points_text(scored)
            unmet = [row for row in own if row["met"] is False]
            if scored > points:
                message = f"{name}得分合计 {said} 分，超过这一组的分值 {full} 分。"
                findings.append(papers.on_indicator("S302", own[0], (message, full, said), cells))
            elif scored == points and unmet:
                row = unmet[0]
                message = f"{name}得满分 {full} 分，而其中“{row['content']}”目标 {row['target']}，完成 {row['actual']}，没有达到。"
                findings.append(
                    papers.on_indicator("S306", row, (message, "", said), papers.cells(row, "actual") + cells)
                )
            elif scored < points and all(row["met"] is True for row in own):
                message = f"{name}的指标都已达到，得分合计 {said} 分，少于这一组的分值 {full} 分。"
                findings.append(papers.on_indicator("S307", own[0], (message, full, said), cells))
    return findings


def _group_sums(papers: Papers) -> list[Finding]:
    """S314 and S301 for the subtotals of groups."""
    findings = []
    for project, rows in papers.by_project(("group_sums",), ("group_sum", "weight", "recorded_score")):
        for number, stated in enumerate(project["group_sums"]):
            own = [row for row in rows if row["group_sum"] == number]
            for field, code, label in (("weight", "S301", "分值"), ("recorded_score", "S314", "得分")):
                figures = [row[field] for row in own]
                if known(stated.get(field), *figures) and stated[field] != sum(figures):
                    expected, actual = points_text(sum(figures)), points_text(stated[field])
                    message = f"填写的小计{label} {actual} 分，其中各指标{label}相加为 {expected} 分。"
                    cells = papers.cells(project, f"{field}_sum{number}")
                    findings.append(papers.on_project(code, project, (message, expected, actual), cells))
    return findings


def _stated_twice(papers: Papers) -> list[Finding]:
    """S301 and S314 for what a row states beside a label: the points of the funds, the total."""
    findings = papers.on_projects(
        "S301",
        papers.projects["row_points"].ne(papers.projects["funding_points"]),
        ("row_points", "funding_points"),
        lambda row: (
            f"资金的分值一处注明 {points_text(row['funding_points'])} 分，另一处是 {points_text(row['row_points'])} 分。",
            points_text(row["funding_points"]),
            points_text(row["row_points"]),
        ),
    )
    return findings + papers.on_projects(
        "S314",
        papers.projects["row_total"].ne(papers.projects["total_score"]),
        ("row_total",),
        lambda row: (
            f"总分一行填写 {points_text(row['row_total'])} 分，由组成部分算出 {points_text(row['total_score'])} 分。",
            points_text(row["total_score"]),
            points_text(row["row_total"]),
        ),
    )


def _groups(papers: Papers) -> Iterator[tuple[Row, list[list[Row]]]]:
    """Each project with its groups, where all of them state their points."""
    fields = ("level1", "group_points", "weight", "recorded_score", "met", "target", "actual")
    for project, rows in papers.by_project((), fields):
        groups: dict[str, list[Row]] = defaultdict(list)
        for row in rows:
            groups[row["level1"]].append(row)
        if groups and all(known(own[0]["group_points"]) for own in groups.values()):
            yield project, list(groups.values())


PRINTED_CHECKS: tuple[Check, ...] = (
    _points_add_up,
    _groups_add_up,
    _subgroups_add_up,
    _group_scores,
    _group_sums,
    _stated_twice,
)
