"""Whether a text speaks of an indicator: by its name, by its rate, or by its unit beside a word of its name."""

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import cache, lru_cache

from perfeval_xl.core.consistency.statements import Reading, Statement, read_text
from perfeval_xl.core.consistency.wording import any_of, ends_with_any, pattern_of, without, wording
from perfeval_xl.core.scoring.targets import Quantity, parse_quantity
from perfeval_xl.lazy_pattern import lazy_pattern
from perfeval_xl.money import round_half_up
from perfeval_xl.record import replace

_SEPARATORS = lazy_pattern(r"、|和(?![谐平])|及(?![时格])|以及|与|并")
_POINTS = dict.fromkeys(map(ord, ",，;。\n"))
#: A name shared at this length is no chance, whatever stands before it.
_LONG = 5
#: So many characters are the kind of a rate (满意度, 合格率).
RATE = 3
#: So many characters of a name must be its own, not 项目 or 建设.
_TELLING = 2


@lru_cache(maxsize=65536)
def plain_name(content: str) -> str:
    """An indicator's name as texts are read, one word for each kind of rate."""
    return one_word(read_text(content).text.translate(_POINTS))


@lru_cache(maxsize=65536)
def one_word(text: str) -> str:
    """The text with every synonym replaced (完工率 → 完成率)."""
    for other, word in wording().synonyms.items():
        text = text.replace(other, word)
    return text


@lru_cache(maxsize=65536)
def shared_words(text: str, name: str, least: int = 2) -> str:
    """The longest part of a name that stands in a text too; nothing where it is shorter than ``least`` or says too
    little (项目建设) to be that name's."""
    text, telling, found = one_word(text), _telling(name), ""
    for start in range(len(name)):
        end = start + max(least, len(found) + 1)
        if end > len(name) or name[start:end] not in text:
            continue
        while end < len(name) and name[start : end + 1] in text:
            end += 1
        if sum(telling[start:end]) >= _TELLING:
            found = name[start:end]
    return found


@lru_cache(maxsize=65536)
def _telling(name: str) -> tuple[bool, ...]:
    """For each character of a name whether it stands outside numbers, years and the words that are common to all names."""
    return tuple(character != "\0" for character in _common().sub(lambda word: "\0" * len(word[0]), name))


@cache
def _common() -> re.Pattern[str]:
    return re.compile(rf"[\d.%]+年?|{pattern_of('common')}")


@lru_cache(maxsize=65536)
def with_unit(text: str, *units: str) -> Quantity:
    """A target or an actual as a number, in the first of these units where it has none of its own (90 and 百分比: 90%)."""
    quantity = parse_quantity(text)
    unit = parse_quantity(f"1{next(filter(None, units), '')}")
    if quantity.kind != "number" or quantity.unit or unit.kind != "number":
        return quantity
    return replace(quantity, value=quantity.value * unit.value, unit=unit.unit, factor=quantity.factor * unit.value)


def same_number(stated: Statement, actual: Quantity) -> bool:
    """Whether a stated number is the form's, as far as the coarser of the two is printed (4.3万 is 43200)."""
    if stated.value == actual.value:
        return True
    step = max(_last_place(stated), _last_place(actual))
    return round_half_up(stated.value / step) == round_half_up(actual.value / step)


def _last_place(number: Statement | Quantity) -> Decimal:
    """How much one is in the last place that is written of a number: 1000 in 4.3万."""
    written = number.value / number.factor
    return number.factor.scaleb(min(0, int(written.as_tuple().exponent)))


def rate_tie(statement: Statement, name: str) -> int:
    """How many characters of a name the words before a percentage end with (验收质量达标率达到95%); 0 where it is
    another's rate: one that shares only its kind (满意度) and has words of its own that the name lacks."""
    lead = noun_of(statement)
    length = kind_shared(statement, name)
    if length < RATE or length >= _LONG or length == len(lead):
        return length if length >= RATE else 0
    own = without(lead[:-length], "surveyed")[-2:]
    return length if not own or own in name else 0


def kind_shared(statement: Statement, name: str) -> int:
    """How many characters of a name the words before a percentage end with, whoever's rate it is."""
    lead = noun_of(statement)
    if name in lead:
        return len(name)
    length = 0
    while length < min(len(lead), len(name)) and lead[-1 - length] == name[-1 - length]:
        length += 1
    return length


def count_tie(statement: Statement, name: str) -> int:
    """How many characters of a name stand beside a count, between its neighbours in the sentence; 0 where none."""
    lead, after = _SEPARATORS.split(statement.lead)[-1], _SEPARATORS.split(statement.after)[0]
    return max(len(shared_words(side, name)) for side in (lead, after))


def is_aside(statement: Statement, name: str) -> bool:
    """Whether a number is no result of the year: bounded or rough, a target, last year's, one of several parts."""
    lead = one_word(statement.lead)
    rest = any_of("no_asides").sub("", lead.replace(shared_words(lead, name) or name, "") + statement.after)
    asides = [word for word in wording()["asides"] if word in rest] + [
        word for word in wording()["parts"] if word in lead
    ]
    return not statement.exact or any(word not in name for word in asides)


def is_overall(statement: Statement, reading: Reading, name: str, parts: Sequence[Statement]) -> bool:
    """Whether a number sums up the year (合计108次, 全区平均93.5%), of which the text also states parts.

    A rate lies between its parts: another one is somebody else's (在线率97%，全市平均95%).
    """
    lead = one_word(statement.lead)
    if not statement.exact or not _sums_up(lead.replace(shared_words(lead, name) or name, "")):
        return False
    sentence = reading.clauses[statement.clause].sentence
    start = next(clause.start for clause in reading.clauses if clause.sentence == sentence)
    told = any_of("no_asides").sub("", reading.text[start : statement.span[0]])
    times = any_of("planned", "actual").findall(told)
    if (times and times[-1] in wording()["planned"]) or any(word in statement.after for word in wording()["asides"]):
        return False
    values = [part.value for part in parts]
    return statement.kind != "percent" or (bool(values) and min(values) <= statement.value <= max(values))


def _sums_up(lead: str) -> bool:
    """Whether a word for the whole ends the words before a number, but for links: 合计, 平均达到."""
    while not lead.endswith(wording()["overall"]):
        link = ends_with_any(lead, wording()["links"])
        if not link:
            return False
        lead = lead.removesuffix(link)
    return True


def ties(statement: Statement, name: str, units: Iterable[str]) -> int:
    """How closely a stated number is the indicator's; 0 where it is not, or is no result of the year."""
    if is_aside(statement, name):
        return 0
    if statement.kind == "percent":
        return rate_tie(statement, name) if "%" in units else 0
    return count_tie(statement, name) if statement.unit in units else 0


def names_nothing(statement: Statement) -> bool:
    """Whether a number stands without a noun of its own (实际完成8次), so that it goes on about what was spoken of."""
    return statement.exact and not noun_of(statement) and not statement.after


def noun_of(statement: Statement) -> str:
    """The words before a number, up to its noun."""
    return one_word(without(statement.lead, "links").rpartition(":")[2])
