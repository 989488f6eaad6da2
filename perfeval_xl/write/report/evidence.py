"""Points that an indicator's evidence states, and the evidence with such a figure put right."""

import re
from collections.abc import Iterable

from perfeval_xl.extent import Stated, found_figures

_NUMBER = r"\s*(?P<figure>\d[\d,]*(?:\.\d+)?)"
_POINTS = _NUMBER + r"\s*分(?![钟之局队公行值制数])"
#: 该指标得分为6分 is this indicator's score in any case; ，得6分 is where it could be (考核得分为95分 is another one's).
_SCORE = re.compile(r"(?:(?:该|本|此)项?指标的?|指标自评|该项)(?:自评)?得分?(?:为|是|[:：])?" + _POINTS)
_BARE_SCORE = re.compile(r"(?<=[，,；;。])\s*(?:自评)?得分?(?:为|是|[:：])?" + _POINTS)
_DEDUCTION = re.compile(r"扣(?:除|减|掉|去|了)?" + _POINTS)
#: 每少1次扣1分 is a rule, not a deduction.
_RULE_BEFORE = re.compile(r"每[^，,；;。]*$")


def stated_scores(text: str, weight: int | None) -> list[Stated]:
    """An indicator's own score as its evidence states it. ``weight`` (hundredths) tells it from some other score."""
    own = found_figures(_SCORE, text)
    return own or [score for score in found_figures(_BARE_SCORE, text) if weight is None or score.hundredths <= weight]


def stated_deductions(text: str) -> list[Stated]:
    """The deductions that an evidence states."""
    return [found for found in found_figures(_DEDUCTION, text) if not _RULE_BEFORE.search(text, 0, found.start)]


def put_right(text: str, figures: Iterable[tuple[Stated, str]]) -> str:
    """The text with other figures in these places."""
    for place, figure in sorted(figures, key=lambda pair: -pair[0].start):
        text = text[: place.start] + figure + text[place.end :]
    return text
