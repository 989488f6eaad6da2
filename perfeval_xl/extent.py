"""What a unit's report covers: how many projects, how much money, how many have forms; and a lead that states it."""

import re
from collections.abc import Mapping
from decimal import Decimal

import pandas as pd

from perfeval_xl.lazy_pattern import lazy_pattern
from perfeval_xl.model import Evaluation, Inputs
from perfeval_xl.money import ratio_half_up, round_half_up, wan_yuan, whole_or_two_decimals
from perfeval_xl.record import Record
from perfeval_xl.text import is_restricted, match_key

_NUMBER = r"\s*(?P<figure>\d[\d,]*(?:\.\d+)?)"
_STATED = {
    "projects": lazy_pattern(r"(?:共|包括|涉及|涵盖|纳入)(?:有|计|了)?" + _NUMBER + r"\s*个项目"),
    "annual_budget": lazy_pattern(
        r"(?:(?<![央省市区县级])(?:涉及|项目|预算|财政)(?:总额|金额|总?资金(?:总额|总量)?)|(?:^|(?<=[，,。；;]))(?:总资金|资金(?:总额|总量)?))"
        r"(?:共计|合计|总计|共|为|达)?" + _NUMBER + r"\s*万元"
    ),
    "coverage": lazy_pattern(r"覆盖率(?:达到|达|为|是)?了?" + _NUMBER + r"\s*[%％]"),
}


#: 其中中央资金192万元 is a part, and no part is the whole.
_PART_BEFORE = lazy_pattern(r"其中[^，,。；;]*$")


class Stated(Record):
    """A figure in a text: where it stands, and its value in hundredths."""

    start: int
    end: int
    hundredths: int


def found_figures(pattern: re.Pattern[str], text: str) -> list[Stated]:
    """The figures that the pattern's group ``figure`` finds."""
    return [
        Stated(*match.span("figure"), round_half_up(Decimal(match["figure"].replace(",", "")) * 100))
        for match in pattern.finditer(text)
    ]


class Extent(Record):
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


def restricted_projects(inputs: Inputs) -> set[tuple[str, str]]:
    """The projects of which any row in 项目信息 says 涉密, or has there what cannot be read: (unit, key of the name)."""
    columns = (inputs.projects[name].tolist() for name in ("unit", "project", "restricted", "unreadable"))
    return {
        (unit, match_key(name))
        for unit, name, said, unreadable in zip(*columns, strict=True)
        if is_restricted(said) or ",restricted," in unreadable
    }


def named_projects(evaluation: Evaluation) -> pd.DataFrame:
    """The projects of one unit that its report may name."""
    restricted, projects = restricted_projects(evaluation.inputs), evaluation.projects
    keys = zip(projects["unit"], map(match_key, projects["project"]), strict=True)
    return projects[[key not in restricted for key in keys]]


def extent_of(evaluation: Evaluation) -> Extent:
    """The extent of one unit's report."""
    projects = evaluation.projects
    named = named_projects(evaluation)
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
    return {
        name: [found for found in found_figures(pattern, text) if not _PART_BEFORE.search(text, 0, found.start)]
        for name, pattern in _STATED.items()
    }


def wrong_extent(text: str, extent: Extent) -> list[tuple[str, Stated, str]]:
    """The stated figures that differ from the computed ones, each with its name and the computed one."""
    computed = extent.texts()
    return [
        (name, figure, right)
        for name, figures in stated_extent(text).items()
        if (right := computed[name]) is not None
        for figure in figures
        if figure.hundredths != round_half_up(Decimal(right) * 100)
    ]
