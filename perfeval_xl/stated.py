"""Figures that a text states: points deducted, a score, a report's extent; and the text with such a figure put right."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

import pandas as pd

from perfeval_xl.model import Evaluation
from perfeval_xl.money import ratio_half_up, round_half_up, wan_yuan
from perfeval_xl.text import says_yes

_NUMBER = r"\s*(?P<figure>\d[\d,]*(?:\.\d+)?)"
_POINTS = _NUMBER + r"\s*分(?![钟之局队公行值制数])"
#: 该指标得分为6分 is this indicator's score in any case; ，得6分 is where it could be (考核得分为95分 is another one's).
_SCORE = re.compile(r"(?:(?:该|本|此)项?指标的?|指标自评|该项)(?:自评)?得分?(?:为|是|[:：])?" + _POINTS)
_BARE_SCORE = re.compile(r"(?<=[，,；;。])\s*(?:自评)?得分?(?:为|是|[:：])?" + _POINTS)
_DEDUCTION = re.compile(r"扣(?:除|减|掉|去|了)?" + _POINTS)
#: 每少1次扣1分 is a rule, not a deduction.
_RULE_BEFORE = re.compile(r"每[^，,；;。]*$")
_EXTENT = {
    "projects": re.compile(r"(?:共|包括|涉及|涵盖)" + _NUMBER + r"\s*个项目"),
    "annual_budget": re.compile(r"资金(?:总额|总量)?(?:共计|合计|总计|共|为)?" + _NUMBER + r"\s*万元"),
    "coverage": re.compile(r"覆盖率(?:达到|达|为|是)?了?" + _NUMBER + r"\s*[%％]"),
}


@dataclass(frozen=True, slots=True)
class Stated:
    """A figure in a text: where it stands, and its value in hundredths."""

    start: int
    end: int
    hundredths: int


def _found(pattern: re.Pattern[str], text: str) -> list[Stated]:
    return [
        Stated(*match.span("figure"), round_half_up(Decimal(match["figure"].replace(",", "")) * 100))
        for match in pattern.finditer(text)
    ]


def stated_scores(text: str, weight: int | None) -> list[Stated]:
    """An indicator's own score as its evidence states it. ``weight`` (hundredths) tells it from some other score."""
    own = _found(_SCORE, text)
    return own or [score for score in _found(_BARE_SCORE, text) if weight is None or score.hundredths <= weight]


def stated_deductions(text: str) -> list[Stated]:
    """The deductions that an evidence states."""
    return [found for found in _found(_DEDUCTION, text) if not _RULE_BEFORE.search(text, 0, found.start)]


def put_right(text: str, figures: Iterable[tuple[Stated, str]]) -> str:
    """The text with other figures in these places."""
    for place, figure in sorted(figures, key=lambda pair: -pair[0].start):
        text = text[: place.start] + figure + text[place.end :]
    return text


@dataclass(frozen=True, slots=True)
class Extent:
    """What a report covers. ``projects`` are those that it names: those marked 涉密 (``restricted`` of them) are not.

    ``annual_budget`` is in fen, of the projects that it names, unknown where one's is. ``coverage`` (hundredths of a
    percent) is projects with a form ÷ all merged projects.
    """

    projects: int
    restricted: int
    annual_budget: int | None
    coverage: int

    def texts(self) -> Mapping[str, str | None]:
        """The figures as the report's lead prints them; ``None`` where unknown."""
        return {
            "projects": str(self.projects),
            "annual_budget": wan_yuan(self.annual_budget),
            "coverage": whole_or_two_decimals(self.coverage),
        }


def whole_or_two_decimals(hundredths: int) -> str:
    """A figure in a sentence: 192, 36977.06."""
    whole, rest = divmod(abs(hundredths), 100)
    return f"{'-' if hundredths < 0 else ''}{whole}{f'.{rest:02d}' if rest else ''}"


def named_in_report(projects: pd.DataFrame) -> pd.Series:
    """Which projects the report may name: not those marked 涉密."""
    return ~projects["restricted"].map(says_yes).astype(bool)


def extent_of(evaluation: Evaluation) -> Extent:
    """The extent of one unit's report."""
    projects = evaluation.projects
    named = projects[named_in_report(projects)]
    counts = pd.DataFrame({"forms": [(projects["withheld"] == "").sum()], "all": [len(projects)]}, dtype="Int64")
    coverage = ratio_half_up(counts["forms"], counts["all"], 10_000)[0]
    budget = named["annual_budget"].sum(skipna=False)
    return Extent(
        len(named),
        len(projects) - len(named),
        None if pd.isna(budget) else int(budget),
        0 if pd.isna(coverage) else int(coverage),
    )


def stated_extent(text: str) -> dict[str, list[Stated]]:
    """The extent's figures that a lead states; a figure that it does not state has none."""
    return {name: _found(pattern, text) for name, pattern in _EXTENT.items()}


def wrong_extent(text: str, extent: Extent) -> list[tuple[Stated, str]]:
    """The stated figures that differ from the computed ones, each with the computed one."""
    computed = extent.texts()
    return [
        (figure, right)
        for name, figures in stated_extent(text).items()
        if (right := computed[name]) is not None
        for figure in figures
        if figure.hundredths != round_half_up(Decimal(right) * 100)
    ]
