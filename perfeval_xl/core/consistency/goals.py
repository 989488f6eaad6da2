"""What 全年实际完成情况 says against the goal's points and against the indicators (C401–C404)."""

import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from functools import cache
from itertools import combinations

import numpy as np

from perfeval_xl.core.consistency.days import completed_days, has_day, later_day
from perfeval_xl.core.consistency.mentions import (
    count_tie,
    is_overall,
    one_word,
    plain_name,
    rate_tie,
    same_number,
    shared_words,
    ties,
    with_unit,
)
from perfeval_xl.core.consistency.papers import Check, Papers, Row, known, points_text, rows_of
from perfeval_xl.core.consistency.statements import (
    Clause,
    Reading,
    Statement,
    could_mean,
    own_score,
    read_text,
    stated_points,
)
from perfeval_xl.core.consistency.wording import any_of, has_any, wording
from perfeval_xl.core.scoring.targets import Quantity, parse_quantity
from perfeval_xl.core.slices import flag_texts
from perfeval_xl.findings import Finding
from perfeval_xl.lazy_pattern import lazy_pattern
from perfeval_xl.whole import Whole

_FIELDS = ("target", "actual", "measure", "evidence", "met", "weight", "self_score", "content")
_CELLS = ("goal_actual", "stated_goal", "goal_deduction")
#: A name is told by this many of its characters where no number stands beside them.
_NAMED = 4
#: What joins several things that are counted together, and of how many the sum is sought.
_JOINED = lazy_pattern(r"[、和及与]|共|[合总]计")
_SUMMED = 6
#: So many characters are a word.
_WORD = 2
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
    for project, own in papers.by_project(("goal_actual",), _FIELDS, _stating(papers, "count", "percent")):
        reading = read_text(project["goal_actual"])
        stated = reading.of_kind("count", "percent")
        results = [_result(row) for row in own]
        told = [(statement, about) for statement in stated if (about := _told_of(statement, own, results))]
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
    for project, own in papers.by_project(("goal_actual",), _FIELDS, dated):
        reading = read_text(project["goal_actual"])
        for at, row in enumerate(own):
            days = completed_days(reading, plain_name(row["content"]))
            named = [day for day in days if at in _named(reading.clauses[day.clause], own)]
            if said := later_day(named, row["target"], row["actual"]):
                findings.append(_contradiction(papers, project, row, said))
    return findings


def _contradiction(papers: Papers, project: Row, row: Row, said: str) -> Finding:
    message = f"总目标的“全年实际完成情况”写 {said}，指标“{row['content']}”的完成值是 {row['actual']}。"
    cells = papers.cells(project, "goal_actual") + papers.cells(row, "actual")
    return papers.on_indicator("C404", row, (message, row["actual"], said), cells)


def _stating(papers: Papers, *kinds: str) -> np.ndarray:
    """The projects whose goal's words have statements of these kinds."""
    return flag_texts(papers.projects["goal_actual"], lambda text: bool(read_text(text).of_kind(*kinds)))


def _same(statement: Statement, about: Sequence[int], results: Sequence[tuple[Quantity, set[str]]]) -> list[int]:
    return [at for at in about if same_number(statement, results[at][0])]


def _told_right(told: Sequence[tuple[Statement, list[int]]], results: Sequence[tuple[Quantity, set[str]]]) -> set[int]:
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
    results: Sequence[tuple[Quantity, set[str]]],
    told: Sequence[tuple[Statement, list[int]]],
) -> bool:
    """Whether the text states an indicator's result after its parts (专项检查18次，日常检查90次，合计108次)."""
    result, units = results[at]
    parts = [statement for statement, about in told if about[0] == at]
    return bool(parts) and any(
        statement.unit in units
        and same_number(statement, result)
        and is_overall(statement, reading, plain_name(row["content"]), parts)
        and at in (_told_of(statement, own, results) or [at])
        for statement in reading.of_kind("count", "percent")
    )


def _is_sum(statement: Statement, about: Sequence[int], results: Sequence[tuple[Quantity, set[str]]]) -> bool:
    """Whether a number is the sum of several indicators' results (新建、改建公厕共8座)."""
    if statement.unit == "%" or not _JOINED.search(statement.lead):
        return False
    values = [results[at][0].value for at in about[:_SUMMED]]
    sums = (sum(some) for many in range(2, len(values) + 1) for some in combinations(values, many))
    return statement.value in sums


def _faults_deducted(papers: Papers) -> list[Finding]:
    """C403, a fault for which the goal and an indicator both lost points; C404, a goal that lost points for what was met."""
    points = papers.scheme.goal_points
    findings: list[Finding] = []
    if points is None:
        return findings
    lost_points = Whole.of(papers.projects["goal_score"]).below(points) & _stating(papers, "deduction")
    for project, own in papers.by_project(("goal_actual",), _FIELDS, lost_points):
        reading = read_text(project["goal_actual"])
        deductions = reading.of_kind("deduction")
        goal = papers.cells(project, "goal_actual")
        for deduction, reason, cause in _reasons(reading, deductions):
            said = reading.text[slice(*deduction.span)]
            faulted = list(_faulted(reason, cause, reading, own))
            all_met = all(row["met"] is True for row, _ in faulted)
            for row, certain in faulted:
                if known(row["self_score"], row["weight"]) and row["self_score"] < row["weight"]:
                    lost = points_text(row["weight"] - row["self_score"])
                    message = f"“{row['content']}”完成 {row['actual']}，指标已扣 {lost} 分，总目标又为同一事项{said}，重复扣分。"
                    cells = goal + papers.cells(row, "recorded_score", "deduction")
                    findings.append(papers.on_indicator("C403", row, (message, "", said), cells))
                if all_met and certain:
                    message = (
                        f"“{row['content']}”目标 {row['target']}，完成 {row['actual']}，已经达到，总目标却为它{said}。"
                    )
                    cells = goal + papers.cells(row, "actual", "target")
                    findings.append(papers.on_indicator("C404", row, (message, "", said), cells))
    return findings


def _result(row: Row) -> tuple[Quantity, set[str]]:
    """An indicator's result, and the units in which texts may state it: its own, and that of its evidence (6个, 6处)."""
    result = with_unit(row["actual"], row["measure"], parse_quantity(row["target"]).unit)
    if result.kind != "number":
        return result, set()
    name = plain_name(row["content"])
    stated = read_text(row["evidence"]).of_kind("count") if result.unit != "%" else ()
    others = {one.unit for one in stated if same_number(one, result) and count_tie(one, name)}
    return result, {result.unit, *others}


def _told_of(statement: Statement, own: Sequence[Row], results: Sequence[tuple[Quantity, set[str]]]) -> list[int]:
    """The indicators that a number can be about, the likeliest first."""
    told = [
        (-ties(statement, plain_name(row["content"]), units), at)
        for at, (row, (_, units)) in enumerate(zip(own, results, strict=True))
    ]
    return [at for tie, at in sorted(told) if tie]


def _reasons(reading: Reading, deductions: Sequence[Statement]) -> Iterator[tuple[Statement, list[int], int]]:
    """Each deduction with the clauses that say why, and with the first that says of what cause (因…).

    They stand since the last one in its sentence, or in the sentence before, and begin after 但 or with the first clause
    that complains of something of its own: what stands before that was only told of.
    """
    done = 0
    for deduction in deductions:
        sentence = reading.clauses[deduction.clause].sentence
        why = [at for at in range(done, deduction.clause + 1) if reading.clauses[at].sentence == sentence]
        if why == [deduction.clause] and not deduction.lead and deduction.clause > done:
            before = reading.clauses[deduction.clause - 1].sentence
            why = [at for at in range(done, deduction.clause) if reading.clauses[at].sentence == before]
        turns = [at for at in why if reading.clauses[at].text.startswith(wording()["turns"])]
        why = [at for at in why if not turns or at >= turns[-1]]
        causes = [at for at in why if reading.clauses[at].text.startswith(wording()["causes"])]
        first = next((at for at in why if at not in causes and _own_complaint(reading, why[0], at)), 0)
        yield deduction, [at for at in why if at >= first], next(iter(causes), 0)
        done = deduction.clause + 1


def _own_complaint(reading: Reading, first: int, at: int) -> bool:
    """Whether a clause complains of something that the clauses since the first had not named: 资料归档不及时, and neither
    任务未完成 nor, after 视频监控图像完好率99%, 存在监控漏洞."""
    text = any_of("no_complaints").sub("", reading.clauses[at].text)
    complaint = any_of("complaints").search(text)
    if complaint is None:
        return False
    told = reading.text[reading.clauses[first].start : reading.clauses[at].start]
    subject = _no_matter().sub("", text[: complaint.start()])
    pairs = [subject[start : start + _WORD] for start in range(len(subject) - 1)]
    named = {start + step for start, pair in enumerate(pairs) if pair in told for step in range(_WORD)}
    return len(subject) - len(named) >= _WORD


@cache
def _no_matter() -> re.Pattern[str]:
    """Numbers with their units, and the words that name no matter of their own."""
    return re.compile(rf"[\d.,]+(?:%|{any_of('units').pattern})?|{any_of('same_matter').pattern}")


def _faulted(reason: Iterable[int], cause: int, reading: Reading, own: Sequence[Row]) -> Iterator[tuple[Row, bool]]:
    """The indicators that a reason finds fault with, and whether that is certain: by its number or its whole name, which
    stand no earlier than the cause."""
    results = [_result(row) for row in own]
    found: dict[int, bool] = {}
    for at in reason:
        clause = reading.clauses[at]
        numbers = [one for one in reading.of_kind("count", "percent") if one.clause == at]
        for place, (part, certain) in (_numbered(numbers, own, results) or _named(clause, own)).items():
            rest = one_word(clause.text).replace(part, "")
            if has_any(rest, "complaints") or not has_any(rest, "praise"):
                found[place] = found.get(place, False) or (certain and at >= cause)
    yield from ((own[place], certain) for place, certain in found.items())


def _numbered(
    numbers: Sequence[Statement], own: Sequence[Row], results: Sequence[tuple[Quantity, set[str]]]
) -> dict[int, tuple[str, bool]]:
    """The indicators whose result stands in the clause, with the words that tell so."""
    named = {}
    for statement in numbers:
        for at in _told_of(statement, own, results)[:1]:
            if same_number(statement, results[at][0]):
                name = plain_name(own[at]["content"])
                named[at] = (name[-rate_tie(statement, name) :] if statement.unit == "%" else name, True)
    return named


def _named(clause: Clause, own: Sequence[Row]) -> dict[int, tuple[str, bool]]:
    """The one indicator of whose name most stands in the clause; none where two share as much."""
    names = [plain_name(row["content"]) for row in own]
    parts = [shared_words(clause.text, name, min(_NAMED, len(name))) for name in names]
    longest = max(map(len, parts), default=0)
    best = [at for at, part in enumerate(parts) if part and len(part) == longest]
    return {at: (parts[at], parts[at] == names[at]) for at in best} if len(best) == 1 else {}


GOAL_CHECKS: tuple[Check, ...] = (_goal_words, _values_differ, _days_differ, _faults_deducted)
