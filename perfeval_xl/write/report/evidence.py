"""Points that an indicator's evidence states, and the evidence with such a figure put right."""

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal

from perfeval_xl.extent import Stated
from perfeval_xl.lazy_pattern import lazy_pattern
from perfeval_xl.money import round_half_up
from perfeval_xl.write.report.figures import read_chinese

_CHINESE = r"[零一二两三四五六七八九十]{1,3}"
_IS = r"(?:(?:应)?[为是])?\s*[:：]?\s*"
_FULL_POINTS = rf"{_IS}(?P<figure>\d[\d,]*(?:\.\d+)?|{_CHINESE}|满)\s*分(?![钟之局队公行值制数])"
#: 得分：15 without 分 is points only behind 分 and before a stop.
_BARE_POINTS = rf"(?<=分){_IS}(?P<bare>\d[\d,]*(?:\.\d+)?)(?=\s*(?:[，,；;。！!）)\n]|$))"
_POINTS = rf"(?:{_FULL_POINTS}|{_BARE_POINTS})"
_GOT = r"(?:自评得分|自评分|自评|得分|得|评分|评|计分|计|打分|打)"
#: 该指标得分为6分 is this indicator's score in any case.
_SCORE = lazy_pattern(rf"(?:(?:该|本|此)项?指标的?|指标自评|(?:该|本|此)项)(?:最终|实际|综合|应)?{_GOT}{_POINTS}")
#: ，得6分 and 故得6分 are where it could be: 考核得分为95分 is another one's, and more than the points is no score of them.
_BARE_SCORE = lazy_pattern(rf"(?:^|[，,；;。！!：:（(\n]|故|因此|所以|最终|标准)\s*{_GOT}{_POINTS}")
_FULL_SCORE = lazy_pattern(r"(?:^|[，,；;。！!：:（(\n])\s*(?P<figure>满)分(?P<bare>)(?=[，,；;。！!）)\n]|$)")
#: Any 得6分 says so where it is this indicator's score, unless it is what others gave.
_ANY_SCORE = lazy_pattern(rf"(?:获|实)?{_GOT}{_POINTS}|(?P<none>不得分|不计分)")
_OTHERS = lazy_pattern(r"(?:考核|考评|测评|评议|评价|检查|验收|问卷|调查|满意度|抽查|比赛|竞赛)\S{0,3}$")
_DEDUCTION = lazy_pattern(rf"扣(?:除|减|掉|去|了|分)?{_POINTS}")
#: 每少1次扣1分 is a rule, not a deduction.
_RULE_BEFORE = lazy_pattern(r"每[^，,；;。]*$")


def stated_scores(text: str, weight: int | None) -> list[Stated]:
    """An indicator's own score as its evidence states it. ``weight`` (hundredths) tells it from some other score."""
    own = list(_found(_SCORE, text, weight))
    bare = [*_found(_BARE_SCORE, text, weight), *_found(_FULL_SCORE, text, weight)]
    return own or [score for score in bare if weight is None or score.hundredths <= weight]


def states_score(text: str, score: int | None, weight: int | None) -> bool:
    """Whether the evidence says this very score, in whatever words."""
    return score is not None and any(
        found.hundredths == score and not _OTHERS.search(text, 0, found.start)
        for found in _found(_ANY_SCORE, text, weight)
    )


def stated_deductions(text: str) -> list[Stated]:
    """The deductions that an evidence states."""
    return [found for found in _found(_DEDUCTION, text, None) if not _RULE_BEFORE.search(text, 0, found.start)]


def put_right(text: str, figures: Iterable[tuple[Stated, str]]) -> str:
    """The text with other figures in these places."""
    for place, figure in sorted(figures, key=lambda pair: -pair[0].start):
        text = text[: place.start] + figure + text[place.end :]
    return text


def _found(pattern: re.Pattern[str], text: str, full: int | None) -> Iterator[Stated]:
    """The points that the pattern finds; 满分 are ``full`` (hundredths), and nothing where that is unknown."""
    for match in pattern.finditer(text):
        groups = match.groupdict()
        name = next(name for name in ("figure", "bare", "none") if groups.get(name) is not None)
        points = full if groups[name] == "满" else _hundredths(groups[name])
        if points is not None:
            yield Stated(*match.span(name), points)


def _hundredths(figure: str) -> int:
    if figure in ("不得分", "不计分"):
        return 0
    number = read_chinese(figure)
    return round_half_up(Decimal(figure.replace(",", "")) * 100) if number is None else number * 100
