"""Days of completion that a text states, against the day on the form (C404, C405)."""

from collections.abc import Sequence
from datetime import date

from perfeval_xl.core.consistency.mentions import shared_words
from perfeval_xl.core.consistency.statements import Clause, Reading
from perfeval_xl.core.consistency.wording import any_of, has_any
from perfeval_xl.core.scoring.targets import parse_quantity
from perfeval_xl.lazy_pattern import lazy_pattern
from perfeval_xl.record import Record

#: A full date that is neither a deadline, nor a start, nor the end of a span.
_DAY = lazy_pattern(
    r"(?<![\d至到~-])(?P<year>20\d\d)(?:年|[-./])(?P<month>\d{1,2})(?:月|[-./])(?P<day>\d{1,2})"
    r"(?!\d|日?(?:之?前|以[前后内]|之?后|起|开始|[至到~-]))日?"
)
#: Whose words stand in a text is of that stage; 完成竣工验收 is an acceptance.
_STAGES = ("accepted", "handed_over", "finished")


class StatedDay(Record):
    """A day as it is written, and the clause (its index) in which it stands."""

    day: date
    text: str
    clause: int


def has_day(reading: Reading) -> bool:
    """Whether a text has a full date at all."""
    return "20" in reading.text and _DAY.search(reading.text) is not None


def completed_days(reading: Reading, name: str) -> list[StatedDay]:
    """The days on which a text says that what an indicator names was finished, accepted or handed over.

    The clause must speak of the stage that the name speaks of, and of no contract, plan, payment or part besides.
    """
    stage = _stage(name)
    return [
        StatedDay(day, match[0], at)
        for at, clause in enumerate(reading.clauses)
        if stage and _stage(clause.text) == stage and not _is_other(reading, clause, name)
        for match in _DAY.finditer(clause.text)
        if (day := _day(*map(int, match.group("year", "month", "day"))))
    ]


def later_day(days: Sequence[StatedDay], target: str, actual: str) -> str:
    """The only day of these, as it is written, where the form's date under a deadline is over by then; else nothing.

    An earlier one may be that of a part.
    """
    if len(days) != 1 or parse_quantity(target).kind != "date":
        return ""
    form = parse_quantity(actual, days[0].day.year)
    return days[0].text if form.kind == "date" and days[0].day.toordinal() > form.upper else ""


def _stage(text: str) -> str:
    return next((stage for stage in _STAGES if has_any(text, stage)), "")


def _is_other(reading: Reading, clause: Clause, name: str) -> bool:
    """Whether a clause speaks of a day that is not that of the result: 结算, 首批, or what was agreed on (合同约定)."""
    start = next(one.start for one in reading.clauses if one.sentence == clause.sentence)
    said = reading.text[start : clause.start], clause.text
    before, own = (any_of("no_asides").sub("", text).replace(shared_words(text, name) or name, "") for text in said)
    return has_any(own, "other_days") or has_any(before + own, "agreed")


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
