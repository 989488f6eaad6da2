"""What 完成情况说明 says of an indicator against what the form says of it (C405, C407, C413)."""

import re
from collections.abc import Sequence
from decimal import Decimal
from functools import cache

import numpy as np
import pandas as pd

from perfeval_xl.core.consistency.days import completed_days, later_day
from perfeval_xl.core.consistency.mentions import (
    RATE,
    is_aside,
    is_overall,
    kind_shared,
    names_nothing,
    noun_of,
    plain_name,
    same_number,
    ties,
    with_unit,
)
from perfeval_xl.core.consistency.papers import Check, Papers, Row, known, points_text, rows_of
from perfeval_xl.core.consistency.statements import Reading, Statement, could_mean, own_score, read_text
from perfeval_xl.core.consistency.wording import has_any, pattern_of, without, wording
from perfeval_xl.core.scoring.targets import Quantity, parse_quantity
from perfeval_xl.core.slices import flag_texts, once_for_each
from perfeval_xl.findings import Finding
from perfeval_xl.lazy_pattern import lazy_pattern
from perfeval_xl.money import two_decimals
from perfeval_xl.text import is_nothing

_NO_DEDUCTION = lazy_pattern(r"(?:不|未|没有|没)(?:予以?)?扣分")
_COMPLETION = frozenset({"完成率", "目标完成率", "任务完成率", "指标完成率", "完成比例"})
#: From here on two numbers in one unit and of one size are no chance.
_LARGE = 100
_FIELDS = ("content", "target", "actual", "measure", "evidence", "operator", "completion", "weight", "self_score")


def _values_differ(papers: Papers) -> list[Finding]:
    """C405: the result, the completion, the points taken or the score that the evidence states."""
    findings = []
    frame = papers.indicators
    differences = once_for_each(frame, _FIELDS, _differences)
    differing = [at for at, own in enumerate(differences) if own]
    for at, row in zip(differing, rows_of(frame, _FIELDS, differing), strict=True):
        for label, said, form, field in differences[at]:
            message = f"“{row['content']}”的完成情况说明写{label} {said}，表上是 {form}。"
            cells = papers.cells(row, "evidence", field)
            findings.append(papers.on_indicator("C405", row, (message, form, said), cells))
    return findings


def _differences(row: Row) -> list[tuple[str, str, str, str]]:
    """Label, what the text says, what the form says, and the form's field, for each value that differs."""
    if is_nothing(row["evidence"]):
        return []
    reading = read_text(row["evidence"])
    actual = with_unit(row["actual"], row["measure"], parse_quantity(row["target"]).unit)
    differences: list[tuple[str, str, str, str]] = []
    if actual.kind == "number":
        stated = stated_result(reading, plain_name(row["content"]), actual)
        if stated:
            differences.append(("", reading.text[slice(*stated.span)], row["actual"], "actual"))
        elif completion := _other_completion(reading, row, actual):
            differences.append(("完成率", f"{completion.value}%", f"{two_decimals(row['completion'])}%", "actual"))
    elif actual.kind == "date":
        days = completed_days(reading, plain_name(row["content"]))
        if day := later_day(days, row["target"], row["actual"]):
            differences.append(("", day, row["actual"], "actual"))
    if known(row["self_score"], row["weight"]):
        differences += _other_points(reading, row)
    return differences


def stated_result(reading: Reading, name: str, actual: Quantity) -> Statement | None:
    """The number by which a text contradicts an indicator's result; ``None`` where it has none, or also the right one,
    be it over all (城区96%，乡镇88%，全区平均93.5%).

    Several counts may be the parts of the result (线上3次、线下5次). A number that stands alone in its unit is the
    indicator's also where only its kind is named (抽检合格率98%, 签到表共3200人次).
    """
    same_unit = [statement for statement in reading.of_kind("count", "percent") if statement.unit == actual.unit]
    about = [
        (tie, statement)
        for statement in same_unit
        if (tie := ties(statement, name, {actual.unit}) or names_nothing(statement))
    ]
    if (
        not about
        and len(same_unit) == 1
        and not is_aside(same_unit[0], name)
        and _of_the_kind(same_unit[0], name, actual)
    ):
        return None if same_number(same_unit[0], actual) else same_unit[0]
    stated = [statement for _, statement in about]
    overall = [one for one in same_unit if is_overall(one, reading, name, stated)]
    right = any(same_number(statement, actual) for statement in stated + overall)
    if not stated or right or _in_parts(same_unit, stated, actual) or _as_points(reading, actual):
        return None
    return max(about, key=lambda pair: pair[0])[1]


def _in_parts(same_unit: Sequence[Statement], stated: Sequence[Statement], actual: Quantity) -> bool:
    """Whether what is said of the indicator, or all in its unit, adds up to its result (电脑12台、打印机8台)."""
    sums = [sum((part.value for part in parts), Decimal(0)) for parts in (stated, same_unit)]
    return actual.unit != "%" and actual.value in sums


def _as_points(reading: Reading, actual: Quantity) -> bool:
    """Whether a result that is a change in percent stands as 个百分点."""
    points = [one for one in reading.of_kind("count") if one.unit.endswith("百分点")]
    return actual.unit == "%" and any(same_number(one, actual) for one in points)


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
    weight, score = Decimal(row["weight"]) / 100, Decimal(row["self_score"]) / 100
    scores = [stated for clause in reading.clauses if (stated := own_score(clause.text, weight))]
    if scores and all(number != score for _, number in scores):
        return [("", scores[0][0], f"{points_text(row['self_score'])}分", "recorded_score")]
    own = [statement for statement in reading.of_kind("deduction") if not without(statement.lead, "own_points")]
    said = "、".join(reading.text[slice(*statement.span)] for statement in own)
    if not own and not scores:
        said = next((clause.text for clause in reading.clauses if _denies_deduction(clause.text)), "")
    if said and not could_mean(own, weight - score):
        return [("", said, f"扣{points_text(row['weight'] - row['self_score'])}分", "deduction")]
    return []


def _denies_deduction(clause: str) -> bool:
    match = _NO_DEDUCTION.search(clause)
    return bool(match and match.end() == len(clause) and not without(clause[: match.start()], "own_points"))


def _of_the_kind(statement: Statement, name: str, actual: Quantity) -> bool:
    """Whether a number that stands alone in its unit is the indicator's: by its rate, by its unit and size, or by its digits."""
    if statement.kind == "percent":
        return kind_shared(statement, name) >= RATE
    unit, value = statement.unit, statement.value
    named = any(f"{unit}{word}" in name and not has_any(f"{unit}{word}", "common") for word in ("数", "次"))
    small, large = sorted((value, actual.value))
    telling = named or unit in wording()["specific"] or small >= _LARGE
    return (telling and large <= 2 * small) or _transposed(value, actual.value)


def _transposed(one: Decimal, other: Decimal) -> bool:
    """Whether two neighbouring digits are all that tells two numbers apart (24 and 42, 28600 and 26800)."""
    first, second = (number.normalize() for number in (one, other))
    if first.adjusted() != second.adjusted():
        return False
    left, right = (list(number.as_tuple().digits) for number in (first, second))
    width = max(len(left), len(right))
    left, right = (part + [0] * (width - len(part)) for part in (left, right))
    off = [at for at in range(width) if left[at] != right[at]]
    return len(off) == 2 and off[1] == off[0] + 1 and left[off[0] : off[1] + 1] == right[off[0] : off[1] + 1][::-1]


def _no_evidence(papers: Papers) -> list[Finding]:
    """C413, only where the table has 完成情况说明: without that column the evidence is kept elsewhere."""
    return papers.on_indicators(
        "C413",
        flag_texts(papers.indicators["evidence"], is_nothing),
        ("evidence", "actual"),
        lambda row: (f"“{row['content']}”完成 {row['actual'] or '（空）'}，完成情况说明没有填写，没有佐证。", "", ""),
        also=lambda row: "evidence" in papers.inputs.tables[row["table"]].letters,
    )


def _satisfied_by_silence(papers: Papers) -> list[Finding]:
    """C407: a figure of satisfaction for which the evidence names no survey, only that nobody complained."""
    frame = papers.indicators
    silent = once_for_each(
        frame,
        ("content", "level2", "actual", "evidence"),
        lambda row: (
            has_any(f"{row['content']}\n{row['level2']}", "satisfaction")
            and not is_nothing(row["actual"])
            and _only_silence(row["evidence"])
        ),
    )
    return papers.on_indicators(
        "C407",
        np.array(silent, dtype=bool),
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
    rates = [rate for rate in reading.of_kind("percent") if not has_any(rate.lead, "complaint")]
    if rates or has_any(reading.text, "survey"):
        return False
    return any(_no_complaint().search(clause.text) for clause in reading.clauses)


@cache
def _no_complaint() -> re.Pattern[str]:
    none, complaint = pattern_of("no_complaint"), pattern_of("complaint")
    return re.compile(f"(?:{none}).*(?:{complaint})|(?:{complaint}).{{0,4}}?(?:零|(?<![\\d.])0[^\\d.]?)$")


EVIDENCE_CHECKS: tuple[Check, ...] = (_values_differ, _satisfied_by_silence, _no_evidence)
