"""What 完成情况说明 says of an indicator against what the form says of it (C405, C407, C413)."""

import re
from decimal import Decimal
from functools import cache

import pandas as pd

from perfeval_xl.core.mentions import names_nothing, noun_of, plain_name, same_number, ties, with_unit
from perfeval_xl.core.papers import Check, Papers, Row, known, points_text, rows_of
from perfeval_xl.core.statements import Reading, Statement, could_mean, number_of, read_text
from perfeval_xl.core.targets import Quantity, parse_quantity
from perfeval_xl.core.wording import any_of, has_any
from perfeval_xl.findings import Finding
from perfeval_xl.money import two_decimals
from perfeval_xl.text import is_nothing

_SCORE = re.compile(r"(?:该|本|此)项?指标(?:自评|最终)?得分?[为是:]?(\d+(?:\.\d+)?)分")
_COMPLETION = frozenset({"完成率", "目标完成率", "任务完成率", "指标完成率"})
_FIELDS = ("content", "target", "actual", "measure", "evidence", "operator", "completion", "weight", "self_score")
#: What stands before 扣N分 where it is this indicator's own deduction, and not a deduction in some appraisal.
_OWN = frozenset({"", "故", "因此", "所以", "酌情", "予以", "共", "应"})


def _values_differ(papers: Papers) -> list[Finding]:
    """C405: the result, the completion, the points taken or the score that the evidence states."""
    findings = []
    frame = papers.indicators[~papers.indicators["evidence"].map(is_nothing)]
    for row in rows_of(frame, _FIELDS):
        for label, said, form, field in _differences(row, read_text(row["evidence"])):
            message = f"“{row['content']}”的完成情况说明写{label} {said}，表上是 {form}。"
            cells = papers.cells(row, "evidence", field)
            findings.append(papers.on_indicator("C405", row, (message, form, said), cells))
    return findings


def _differences(row: Row, reading: Reading) -> list[tuple[str, str, str, str]]:
    """Label, what the text says, what the form says, and the form's field, for each value that differs."""
    actual = with_unit(row["actual"], row["measure"], parse_quantity(row["target"]).unit)
    differences = []
    if actual.kind == "number":
        stated = stated_result(reading, plain_name(row["content"]), actual)
        if stated:
            differences.append(("", reading.text[slice(*stated.span)], row["actual"], "actual"))
        elif completion := _other_completion(reading, row, actual):
            differences.append(("完成率", f"{completion.value}%", f"{two_decimals(row['completion'])}%", "actual"))
    if known(row["self_score"], row["weight"]):
        differences += _other_points(reading, row)
    return differences


def stated_result(reading: Reading, name: str, actual: Quantity) -> Statement | None:
    """The number by which a text contradicts an indicator's result; ``None`` where it has none, or also the right one.

    Several counts may be the parts of the result (线上3次、线下5次).
    """
    about = [
        (tie, statement)
        for statement in reading.of_kind("count", "percent")
        if statement.unit == actual.unit and (tie := ties(statement, name, {actual.unit}) or names_nothing(statement))
    ]
    stated = [statement for _, statement in about]
    total = sum((statement.value for statement in stated), Decimal(0))
    right = any(same_number(statement, actual) for statement in stated)
    if not stated or right or (actual.unit != "%" and total == actual.value):
        return None
    return max(about, key=lambda pair: pair[0])[1]


def _other_completion(reading: Reading, row: Row, actual: Quantity) -> Statement | None:
    """A stated 完成率 that is not actual ÷ target, as far as it is printed; 100% is right from there on."""
    if actual.unit == "%" or row["operator"] not in ("≥", ">") or pd.isna(row["completion"]):
        return None
    completion = Decimal(row["completion"]) / 100
    for statement in reading.of_kind("percent"):
        step = Decimal(1).scaleb(int(statement.value.as_tuple().exponent))
        capped = statement.value == 100 and completion > 100
        if (
            statement.exact
            and noun_of(statement) in _COMPLETION
            and abs(statement.value - completion) >= step
            and not capped
        ):
            return statement
    return None


def _other_points(reading: Reading, row: Row) -> list[tuple[str, str, str, str]]:
    """A stated score of this indicator that is not its self score; else stated deductions that are not what it lost."""
    score, lost = Decimal(row["self_score"]) / 100, Decimal(row["weight"] - row["self_score"]) / 100
    scores = [number_of(points) for points in _SCORE.findall(reading.text)]
    if scores and score not in scores:
        return [("得分", f"{scores[0]}分", f"{points_text(row['self_score'])}分", "recorded_score")]
    own = [statement for statement in reading.of_kind("deduction") if statement.lead in _OWN]
    if own and not could_mean(own, lost):
        said = "、".join(reading.text[slice(*statement.span)] for statement in own)
        return [("", said, f"扣{points_text(row['weight'] - row['self_score'])}分", "deduction")]
    return []


def _no_evidence(papers: Papers) -> list[Finding]:
    """C413, only where the table has 完成情况说明: without that column the evidence is kept elsewhere."""
    blank = papers.indicators["evidence"].map(is_nothing) & papers.indicators["table"].map(
        lambda table: "evidence" in papers.inputs.tables[table].letters
    ).astype(bool)
    return papers.on_indicators(
        "C413",
        blank,
        ("evidence", "actual"),
        lambda row: (f"“{row['content']}”完成 {row['actual'] or '（空）'}，完成情况说明没有填写，没有佐证。", "", ""),
    )


def _satisfied_by_silence(papers: Papers) -> list[Finding]:
    """C407: a figure of satisfaction for which the evidence names no survey, only that nobody complained."""
    frame = papers.indicators
    columns = zip(*(frame[name] for name in ("content", "level2", "actual", "evidence")), strict=True)
    silent = [
        has_any(f"{content}\n{level2}", "satisfaction") and not is_nothing(actual) and _only_silence(evidence)
        for content, level2, actual, evidence in columns
    ]
    return papers.on_indicators(
        "C407",
        pd.Series(silent, index=frame.index, dtype=bool),
        ("evidence", "actual"),
        lambda row: (
            f"“{row['content']}”完成值 {row['actual']}，完成情况说明只说没有投诉，没有问卷、测评一类的依据。",
            "",
            row["actual"],
        ),
    )


def _only_silence(evidence: str) -> bool:
    """Whether a text says that there were no complaints, and states neither a percentage nor a survey."""
    reading = read_text(evidence)
    if reading.of_kind("percent") or has_any(reading.text, "survey"):
        return False
    return any(_no_complaint().search(clause.text) for clause in reading.clauses)


@cache
def _no_complaint() -> re.Pattern[str]:
    return re.compile(f"(?:{any_of('no_complaint').pattern}).*(?:{any_of('complaint').pattern})")


EVIDENCE_CHECKS: tuple[Check, ...] = (_values_differ, _satisfied_by_silence, _no_evidence)
