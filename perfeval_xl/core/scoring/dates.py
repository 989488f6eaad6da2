"""Dates as officers write them (2019年12月底前, 12月31日, 第四季度, 2019年11月20日完成): the days that they may mean.

A deadline includes the day, month or year that it names, as 以前 does in law. What says only a month, a quarter or a
year is a span: a deadline is its last day, and something done in it was done on one of its days.
"""

import calendar
from datetime import date

from perfeval_xl.lazy_pattern import lazy_pattern

_PART = "上旬|中旬|下旬|月?初|中|底|末"
_MONTHS = {"上旬": (1, 10), "中旬": (11, 20), "下旬": (21, 31), "初": (1, 10), "月初": (1, 10), "中": (11, 20)}
_QUARTERS = {"一": 1, "二": 2, "三": 3, "四": 4}
_LEAD = r"(?:已|均|全部)*(?:于|在|截至|截止到?|最迟|最晚)?"
#: What may follow a date; a denial (未完成) or a start (起, 后) makes it no deadline and no day of completion.
_REST = r"(?:以前|之前|前|以内|之内|内)?[^\d未没尚起后延]{0,12}"
_YEAR = r"(?:(?P<year>(?:19|20)\d\d)年度?|(?:当|本|今)年度?)"
_FORMS = tuple(
    lazy_pattern(_LEAD + form)
    for form in (
        rf"{_YEAR}?(?P<month>1[0-2]|0?[1-9])月份?(?:(?P<day>\d\d?)[日号]|(?P<part>{_PART}))?{_REST}",
        r"(?P<year>(?:19|20)\d\d)(?P<mark>[-/.])(?P<month>1[0-2]|0?[1-9])(?P=mark)(?P<day>\d\d?)" + _REST,
        r"(?P<year>(?:19|20)\d\d)[-/](?P<month>1[0-2]|0[1-9])" + _REST,
        rf"{_YEAR}?第?(?P<quarter>[一二三四1-4])季度(?:底|末|内)?{_REST}",
        rf"{_YEAR}?(?P<half>[上下])半年(?:底|末|内)?{_REST}",
        rf"{_YEAR}(?:年?(?:底|末|内))?(?:以前|之前|前|内)?(?:完成)?",
        r"年(?:底|末|内)(?:以前|之前|前)?(?:完成)?",
    )
)
_SIGNS = lazy_pattern(r"[年月季]|\d[-/.]\d")
_RANGE = lazy_pattern(r"(.+?[月日号\d])(?:[-~—–〜]+|至|到)(.+)")


def parse_days(text: str, year: int) -> tuple[date, date] | None:
    """The first and the last day that a text without spaces means; ``year`` is that of a text that names none.

    Of a period (3月至11月) only its end counts. ``None`` where the text is no date.
    """
    if not _SIGNS.search(text):
        return None
    for form in _FORMS:
        if match := form.fullmatch(text):
            return _days(match.groupdict(), year)
    if match := _RANGE.fullmatch(text):
        start, end = parse_days(match[1], year), parse_days(match[2], year)
        if start and end:
            return parse_days(match[2], start[0].year)
    return None


def _days(found: dict[str, str | None], year: int) -> tuple[date, date] | None:
    year = int(found.get("year") or year)
    if quarter := found.get("quarter"):
        number = _QUARTERS.get(quarter) or int(quarter)
        return _months(year, 3 * number - 2, 3 * number)
    if half := found.get("half"):
        return _months(year, 1, 6) if half == "上" else _months(year, 7, 12)
    if not (month := found.get("month")):
        return _months(year, 1, 12)
    last = calendar.monthrange(year, int(month))[1]
    if day := found.get("day"):
        return (date(year, int(month), int(day)),) * 2 if 1 <= int(day) <= last else None
    part = found.get("part") or ""
    if part in ("底", "末"):  # done at the end of a month, or by then: its last day
        return (date(year, int(month), last),) * 2
    first, end = _MONTHS.get(part, (1, 31))
    return date(year, int(month), first), date(year, int(month), min(end, last))


def _months(year: int, first: int, last: int) -> tuple[date, date]:
    return date(year, first, 1), date(year, last, calendar.monthrange(year, last)[1])
