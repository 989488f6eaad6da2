"""One reader of what a text states: counts with their units, percentages, points deducted, each in its clause.

Numbers that state nothing of the kind are passed over: years and dates, ordinals, ranges, names in quotation marks
or book-title marks, and the numbers of rules (每少1次扣1分).
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import lru_cache

from perfeval_xl.core.consistency.wording import has_any, pattern_of, without, wording
from perfeval_xl.core.scoring.targets import base_measure
from perfeval_xl.lazy_pattern import lazy_pattern
from perfeval_xl.record import Record

_ARABIC = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
_ONES = "零〇一二三四五六七八九壹贰叁肆伍陆柒捌玖"
#: 一 alone is oftener a word than a number (一致, 进一步).
_CHINESE = rf"(?!一(?![十百千]))[{_ONES}两十百千拾佰仟]+"
_NUMBER = rf"(?:{_ARABIC}|{_CHINESE})"
#: A number that may also be 一, or have decimals in words; only where what it counts leaves no other reading.
_PLAIN = rf"(?:{_ARABIC}|(?:{_CHINESE}|一)(?:点[{_ONES}]+)?|半)"
_MULTIPLES = {"万": Decimal(10) ** 4, "亿": Decimal(10) ** 8}
_DIGITS = {word: at % 10 for at, word in enumerate("零一二三四五六七八九〇壹贰叁肆伍陆柒捌玖")} | {"两": 2}
_POWERS = {"十": 10, "百": 100, "千": 1000, "拾": 10, "佰": 100, "仟": 1000}

_CLAUSE_END = lazy_pattern(r"(?<!\d),|,(?!\d{3}(?!\d))|[，;。!?\n]")
_SENTENCE_END = ";。!?\n"
_NAMES = lazy_pattern(r"“[^”]*”|「[^」]*」|《[^》]*》|\"[^\"]*\"")
_SUMS = "合计|共计|总计|累计|总共|一共|共"
_DEDUCTION = lazy_pattern(
    rf"(?P<total>{_SUMS})?(?P<each>各项|各|均|分别)?(?:扣|核?减(?!少)|(?<![^(:、])[-−])(?:除|减|去|掉|了|分){{0,2}}"
    rf"(?:(?:该|本|此)?(?:总?目标|项|指标)?(?:的?自评)?(?:得分|分值|分数|分))?(?P<after>{_SUMS})?[为是:]?"
    rf"(?P<points>{_PLAIN})分(?![钟之析局公])(?P<more>(?:[、和]{_NUMBER}分)*)"
)
_PERCENT = lazy_pattern(rf"(?P<number>{_ARABIC})(?P<rate>%|‰|个?百分比)(?!点)|百分之(?P<words>{_PLAIN})")
_SCORE = lazy_pattern(rf"(?:得分|自评分|评分|得|计)[为是:]?(?:(?P<points>{_PLAIN})分|(?P<full>满分))")
_TIMES = lazy_pattern(rf"({_NUMBER})(?:项|个|处|方面|条|点)[^\d]*$")
_PER_ONE = lazy_pattern(r"每(?:.{0,8}[\d一两].{0,6}|.{1,3})$")
_AFTER_RANGE = lazy_pattern(r"\d[^\d,、]{0,2}[至到]$")
_DASHES = ("-", "~", "—", "–")


class Statement(Record):
    """A number that a text states.

    ``kind``: count, percent or deduction; ``unit``: 次, ``%`` or 分; a measure is counted in its base unit (公里 in 米)
    and 万 is multiplied in, both by ``factor``. ``lead`` and ``after`` are the words of its clause on either side, up to
    the next number. ``span`` and ``clause`` (its index) place it in the :class:`Reading`. ``exact`` is false beside 约,
    以上, 增加 and the like. ``scope`` of a deduction: total (合计扣), each (各扣, of how many is not said), or nothing.
    """

    kind: str
    value: Decimal
    unit: str
    lead: str
    after: str
    clause: int
    span: tuple[int, int]
    exact: bool = True
    scope: str = ""
    factor: Decimal = Decimal(1)


class Clause(Record):
    """What stands between two commas; ``sentence`` counts the sentences, ``start`` places it in the reading's text."""

    text: str
    sentence: int
    start: int


class Reading(Record):
    """A text in narrow characters and without spaces, cut into clauses, with what it states."""

    text: str
    clauses: tuple[Clause, ...]
    statements: tuple[Statement, ...]

    def of_kind(self, *kinds: str) -> list[Statement]:
        """The statements of these kinds, in their order."""
        return [statement for statement in self.statements if statement.kind in kinds]


@lru_cache(maxsize=16384)
def read_text(text: str) -> Reading:
    """What a text states. Never fails; a text that states nothing has no statements."""
    # A full-width comma ends a clause, a narrow one may also group digits; NFKC would make them one.
    parts = (unicodedata.normalize("NFKC", part) for part in text.strip().split("，"))
    plain = re.sub(r"[^\S\n]", "", "，".join(parts))
    clauses = tuple(_clauses(plain))
    names = [match.span() for match in _NAMES.finditer(plain)]
    statements = [
        statement
        for at, clause in enumerate(clauses)
        for statement in _statements(clause, at)
        if not any(start <= statement.span[0] < end for start, end in names)
    ]
    return Reading(plain, clauses, tuple(statements))


def number_of(text: str) -> Decimal:
    """1,200, 一千二百 or 九十五点五 as a number; 半 is a half."""
    if text[0].isdecimal():
        return Decimal(text.replace(",", ""))
    if text == "半":
        return Decimal("0.5")
    whole, _, decimals = text.partition("点")
    total, digit = 0, 0
    for character in whole:
        if character in _POWERS:
            total += (digit or 1) * _POWERS[character]
            digit = 0
        else:
            digit = _DIGITS[character]
    return Decimal(f"{total + digit}.{''.join(str(_DIGITS[word]) for word in decimals)}".rstrip("."))


def stated_points(deductions: Sequence[Statement]) -> set[Decimal]:
    """The sums that stated deductions can mean: one, or two where what follows a 合计 may or may not be part of it.

    Empty where none is stated, or where 各扣 does not say how many times.
    """
    if not deductions or any(statement.scope == "each" for statement in deductions):
        return set()
    totals = [at for at, statement in enumerate(deductions) if statement.scope == "total"]
    if not totals:
        return {sum((statement.value for statement in deductions), Decimal(0))}
    total, rest = deductions[totals[-1]].value, deductions[totals[-1] + 1 :]
    return {total, total + sum((statement.value for statement in rest), Decimal(0))}


def could_mean(deductions: Sequence[Statement], points: Decimal) -> bool:
    """Whether stated deductions can be of that many points; a 各扣N分 was at least twice."""
    each = [statement.value for statement in deductions if statement.scope == "each"]
    if not each or any(statement.scope == "total" for statement in deductions):
        plain = [statement for statement in deductions if statement.scope != "each"]
        return points in stated_points(plain)
    rest = points - sum((statement.value for statement in deductions if statement.scope != "each"), Decimal(0))
    return len(each) > 1 or (rest >= 2 * each[0] and rest % each[0] == 0)


def own_score(clause: str, weight: Decimal) -> tuple[str, Decimal] | None:
    """The score that a clause states of what it stands beside (该指标得分为6分, 得满分), as written and as a number.

    ``None`` where there is none, or where it is some appraisal's (考评得95分).
    """
    match = _SCORE.search(clause)
    if match is None or without(clause[: match.start()], "own_points"):
        return None
    score = weight if match["full"] else number_of(match["points"])
    return (match[0], score) if score <= weight else None


def _clauses(text: str) -> Iterator[Clause]:
    start, sentence = 0, 0
    for match in [*_CLAUSE_END.finditer(text), None]:
        end = match.start() if match else len(text)
        if end > start:
            yield Clause(text[start:end], sentence, start)
        if match:
            start = match.end()
            sentence += match[0] in _SENTENCE_END


@lru_cache(maxsize=1)
def _count() -> re.Pattern[str]:
    units = pattern_of("units")
    return re.compile(rf"(?P<number>{_NUMBER})(?P<multiple>[万亿])?(?P<unit>{units})")


def _statements(clause: Clause, at: int) -> list[Statement]:
    """A clause's statements in their order, none inside another."""
    text = clause.text
    found: list[tuple[re.Match[str], str, Decimal, str, Decimal]] = []
    taken: list[tuple[int, int]] = []
    for kind, signs, pattern in (
        ("deduction", "分", _DEDUCTION),
        ("percent", "%‰百", _PERCENT),
        ("count", "", _count()),
    ):
        if signs and not any(sign in text for sign in signs):  # none of its statements can do without
            continue
        for match in pattern.finditer(text):
            if any(match.start() < end and start < match.end() for start, end in taken):
                continue
            taken.append(match.span())
            found.append((match, kind, *_measured(match, kind)))
    found.sort(key=lambda entry: entry[0].start())
    bounds = [0, *(edge for match, *_ in found for edge in match.span()), len(text)]
    statements, words = [], wording()
    for number, (match, kind, value, unit, factor) in enumerate(found):
        lead, after = text[bounds[2 * number] : match.start()], text[match.end() : bounds[2 * number + 3]]
        span = (clause.start + match.start(), clause.start + match.end())
        if kind == "deduction":
            before = text[: match.start()]
            if not has_any(before, "conditions") and not _PER_ONE.search(before):
                scope, value = _scope(match, value, before)
                statements.append(Statement(kind, value, unit, lead, after, at, span, scope=scope))
        elif _is_number_of_its_own(text, match):
            rough = lead.endswith(words["hedges_before"]) or after.startswith(words["hedges_after"])
            statements.append(Statement(kind, value, unit, lead, after, at, span, not rough, factor=factor))
    return statements


def _measured(match: re.Match[str], kind: str) -> tuple[Decimal, str, Decimal]:
    """Value, unit, and how many of the unit one of the number written is."""
    if kind == "deduction":
        return number_of(match["points"]), "分", Decimal(1)
    if kind == "percent":
        factor = Decimal("0.1" if match["rate"] == "‰" else 1)
        return number_of(match["number"] or match["words"]) * factor, "%", factor
    unit, size = base_measure(match["unit"])
    factor = _MULTIPLES.get(match["multiple"] or "", Decimal(1)) * size
    return number_of(match["number"]) * factor, unit, factor


def _scope(match: re.Match[str], value: Decimal, before: str) -> tuple[str, Decimal]:
    """How far 扣N分 goes: 分别扣2分、1分 is 3; 两项各扣2分 is 4; 各扣2分 is 2 for each of some."""
    listed = re.findall(_NUMBER, match["more"])
    if listed:
        return "", value + sum(map(number_of, listed), Decimal(0))
    if match["each"]:
        times = _TIMES.search(before)
        return ("", number_of(times[1]) * value) if times else ("each", value)
    return ("total", value) if match["total"] or match["after"] else ("", value)


def _is_number_of_its_own(text: str, match: re.Match[str]) -> bool:
    """Whether a number is neither part of a longer one, of a range or a code, nor bounded by an operator."""
    before, after = text[: match.start()], text[match.end() : match.end() + 2]
    return not (
        (before[-1:].isascii() and (before[-1:].isalnum() or before[-1:] in tuple(".-~/<>=±+")))
        or before.endswith(("≥", "≤", "±", "≈"))
        or (bool(before) and before[-1] in "一二三四五六七八九十百千万亿零几数" and not match[0][0].isdecimal())
        or before.endswith(_DASHES)
        or (before.endswith(("至", "到")) and _AFTER_RANGE.search(before))
        or (after.startswith((*_DASHES, "至", "到")) and after[1:].isdecimal())
    )
