"""What the goal lost points for, against the indicators that its words find fault with (C403, C404)."""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from perfeval_xl.core.consistency.mentions import one_word, plain_name, rate_tie, same_number
from perfeval_xl.core.consistency.papers import Papers, Row, known, points_text
from perfeval_xl.core.consistency.statements import Reading, Statement, read_text
from perfeval_xl.core.consistency.told import FIELDS, Result, named_in, result_of, stating, told_of
from perfeval_xl.core.consistency.wording import any_of, has_any, pattern_of, wording
from perfeval_xl.findings import Finding
from perfeval_xl.whole import Whole

#: So many characters are a word.
_WORD = 2


def faults_deducted(papers: Papers) -> list[Finding]:
    """C403, a fault for which the goal and an indicator both lost points; C404, a goal that lost points for what was met."""
    points = papers.scheme.goal_points
    findings: list[Finding] = []
    if points is None:
        return findings
    lost_points = Whole.of(papers.projects["goal_score"]).below(points) & stating(papers, "deduction")
    for project, own in papers.by_project(("goal_actual",), FIELDS, lost_points):
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
    return re.compile(rf"[\d.,]+(?:%|{pattern_of('units')})?|{pattern_of('same_matter')}")


def _faulted(reason: Iterable[int], cause: int, reading: Reading, own: Sequence[Row]) -> Iterator[tuple[Row, bool]]:
    """The indicators that a reason finds fault with, and whether that is certain: by its number or its whole name, which
    stand no earlier than the cause."""
    results = [result_of(row) for row in own]
    found: dict[int, bool] = {}
    for at in reason:
        clause = reading.clauses[at]
        numbers = [one for one in reading.of_kind("count", "percent") if one.clause == at]
        for place, (part, certain) in (_numbered(numbers, own, results) or named_in(clause, own)).items():
            rest = one_word(clause.text).replace(part, "")
            if has_any(rest, "complaints") or not has_any(rest, "praise"):
                found[place] = found.get(place, False) or (certain and at >= cause)
    yield from ((own[place], certain) for place, certain in found.items())


def _numbered(
    numbers: Sequence[Statement], own: Sequence[Row], results: Sequence[Result]
) -> dict[int, tuple[str, bool]]:
    """The indicators whose result stands in the clause, with the words that tell so."""
    named = {}
    for statement in numbers:
        for at in told_of(statement, own, results)[:1]:
            if same_number(statement, results[at][0]):
                name = plain_name(own[at]["content"])
                named[at] = (name[-rate_tie(statement, name) :] if statement.unit == "%" else name, True)
    return named
