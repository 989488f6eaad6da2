"""What 全年实际完成情况 says against the goal's points and against the indicators (C401–C404)."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import combinations

from perfeval_xl.core.consistency.days import completed_days, has_day, later_day
from perfeval_xl.core.consistency.faults import faults_deducted
from perfeval_xl.core.consistency.mentions import is_overall, plain_name, same_number
from perfeval_xl.core.consistency.papers import Check, Papers, Row, known, points_text, rows_of
from perfeval_xl.core.consistency.statements import Reading, Statement, could_mean, own_score, read_text, stated_points
from perfeval_xl.core.consistency.told import FIELDS, Result, named_in, result_of, stating, told_of
from perfeval_xl.core.slices import flag_texts
from perfeval_xl.findings import Finding
from perfeval_xl.lazy_pattern import lazy_pattern

_CELLS = ("goal_actual", "stated_goal", "goal_deduction")
#: What joins several things that are counted together, and of how many the sum is sought.
_JOINED = lazy_pattern(r"[、和及与]|共|[合总]计")
_SUMMED = 6
#: 酌情扣分 says that points were taken, and 查扣 or 折扣 does not.
_DEDUCTED = lazy_pattern(r"(?:扣|减)(?:除|减|去|掉)?(?:了|一定|相应|部分)?的?(?:得|目标)?分|[酌核]情?[扣减]")


def _goal_words(papers: Papers) -> list[Finding]:
    """C401 and C402: the goal's words and the goal's points."""
    points = papers.scheme.goal_points
    if points is None:
        return []
    findings = []
    for project in rows_of(papers.projects, ("goal_score", "goal_actual")):
        if not known(project["goal_score"], project["table"]):
            continue
        reading, deducted = read_text(project["goal_actual"]), points - project["goal_score"]
        told, said, expected = _told_points(reading, points, deducted)
        if said:
            total = f"（扣 {expected} 分）" if expected else ""
            message = f"“全年实际完成情况”写的是“{said}”{total}，总目标得分 {points_text(project['goal_score'])} 分，实际扣了 {points_text(deducted)} 分。"
            code, said_all = "C401", (message, expected, points_text(deducted))
        elif not told and deducted > 0 and not _DEDUCTED.search(reading.text):
            message = f"总目标扣了 {points_text(deducted)} 分，“全年实际完成情况”没有写为什么扣分。"
            code, said_all = "C402", (message, "", points_text(deducted))
        else:
            continue
        findings.append(papers.on_project(code, project, said_all, papers.cells(project, *_CELLS)))
    return findings


def _told_points(reading: Reading, points: int, deducted: int) -> tuple[bool, str, str]:
    """Whether the words state the goal's points; and, where it is others, what they say and what that takes."""
    stated, full, lost = reading.of_kind("deduction"), Decimal(points) / 100, Decimal(deducted) / 100
    scores = [score for clause in reading.clauses if (score := own_score(clause.text, full))]
    if stated and not could_mean(stated, lost):
        said = "、".join(reading.text[slice(*one.span)] for one in stated)
        return True, said, "、".join(f"{total:.2f}" for total in sorted(stated_points(stated)))
    if scores and all(score != full - lost for _, score in scores):
        return True, scores[0][0], f"{full - scores[0][1]:.2f}"
    return bool(stated or scores), "", ""


def _values_differ(papers: Papers) -> list[Finding]:
    """C404: the goal's words state another result than the indicator."""
    findings = []
    for project, own in papers.by_project(("goal_actual",), FIELDS, stating(papers, "count", "percent")):
        reading = read_text(project["goal_actual"])
        stated = reading.of_kind("count", "percent")
        results = [result_of(row) for row in own]
        told = [(statement, about) for statement in stated if (about := told_of(statement, own, results))]
        right = _told_right(told, results)
        right.update(at for at, row in enumerate(own) if _told_over_all(at, row, reading, own, results, told))
        for statement, about in told:
            exempt = right.intersection((*about[:1], *_same(statement, about, results)))
            if not exempt and not _is_sum(statement, about, results):
                said = reading.text[slice(*statement.span)]
                findings.append(_contradiction(papers, project, own[about[0]], said))
    return findings


def _days_differ(papers: Papers) -> list[Finding]:
    """C404: the goal's words state a later day than the indicator that they name."""
    findings = []
    dated = flag_texts(papers.projects["goal_actual"], lambda text: has_day(read_text(text)))
    for project, own in papers.by_project(("goal_actual",), FIELDS, dated):
        reading = read_text(project["goal_actual"])
        for at, row in enumerate(own):
            days = completed_days(reading, plain_name(row["content"]))
            named = [day for day in days if at in named_in(reading.clauses[day.clause], own)]
            if said := later_day(named, row["target"], row["actual"]):
                findings.append(_contradiction(papers, project, row, said))
    return findings


def _contradiction(papers: Papers, project: Row, row: Row, said: str) -> Finding:
    message = f"总目标的“全年实际完成情况”写 {said}，指标“{row['content']}”的完成值是 {row['actual']}。"
    cells = papers.cells(project, "goal_actual") + papers.cells(row, "actual")
    return papers.on_indicator("C404", row, (message, row["actual"], said), cells)


def _same(statement: Statement, about: Sequence[int], results: Sequence[Result]) -> list[int]:
    return [at for at in about if same_number(statement, results[at][0])]


def _told_right(told: Sequence[tuple[Statement, list[int]]], results: Sequence[Result]) -> set[int]:
    """The indicators whose result the text states, whole or in parts (线上3次、线下5次), whatever else it says of them."""
    right: set[int] = set()
    parts: dict[int, Decimal] = {}
    for statement, about in told:
        right.update(_same(statement, about, results))
        parts[about[0]] = parts.get(about[0], Decimal(0)) + statement.value
    return right | {at for at, total in parts.items() if results[at][0].unit != "%" and total == results[at][0].value}


def _told_over_all(
    at: int,
    row: Row,
    reading: Reading,
    own: Sequence[Row],
    results: Sequence[Result],
    told: Sequence[tuple[Statement, list[int]]],
) -> bool:
    """Whether the text states an indicator's result after its parts (专项检查18次，日常检查90次，合计108次)."""
    result, units = results[at]
    parts = [statement for statement, about in told if about[0] == at]
    return bool(parts) and any(
        statement.unit in units
        and same_number(statement, result)
        and is_overall(statement, reading, plain_name(row["content"]), parts)
        and at in (told_of(statement, own, results) or [at])
        for statement in reading.of_kind("count", "percent")
    )


def _is_sum(statement: Statement, about: Sequence[int], results: Sequence[Result]) -> bool:
    """Whether a number is the sum of several indicators' results (新建、改建公厕共8座)."""
    if statement.unit == "%" or not _JOINED.search(statement.lead):
        return False
    values = [results[at][0].value for at in about[:_SUMMED]]
    sums = (sum(some) for many in range(2, len(values) + 1) for some in combinations(values, many))
    return statement.value in sums


GOAL_CHECKS: tuple[Check, ...] = (_goal_words, _values_differ, _days_differ, faults_deducted)
