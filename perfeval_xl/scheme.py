"""A scheme folder (``templates/NAME/``) read into a :class:`Scheme`: points, bands, rules and thresholds as data."""

import os
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cached_property
from pathlib import Path

from perfeval_xl.errors import UsageError
from perfeval_xl.record import Record
from perfeval_xl.scheme_file import INVERSE, LINEAR, PART_UNITS, RULE_NAMES, SchemeFile
from perfeval_xl.text import match_key, nearest

__all__ = ["DEFAULT_SCHEME", "LINEAR", "SCHEME_FILE", "Scheme", "load_scheme", "scheme_names", "templates_folder"]

DEFAULT_SCHEME = "hongshan-2019"
SCHEME_FILE = "scheme.toml"
_FULL = 10_000
#: Thresholds that a scheme need not give.
_USUAL_THRESHOLDS = {
    "over_target": Decimal("1.3"),
    "score_over_execution": Decimal("0.05"),
    "copied_share": Decimal("0.8"),
    "copied_indicators": Decimal(5),
    "edge_points": Decimal(1),
    "edge_projects": Decimal(3),
}


class Scheme(Record, dict=True):
    """One regime. Points are in hundredths of a point; thresholds and coefficients are exact decimals.

    ``groups``: the points of each level-1 group of indicators, where the regime fixes them. ``place``: to what scores
    are rounded, in hundredths. ``reverse``: how 按比例 works where less is better (反比例: target ÷ actual; 线性扣减: nothing
    is left at twice the target). ``part_unit``: how a unit that is not full counts in a deduction. ``rule_names``:
    other wordings of a rule. ``bands``: a graded word → the least and the most that a person may give for it, in
    hundredths of a percent of the weight.
    """

    name: str
    folder: Path
    title: str
    source: str
    funding_points: int
    goal_points: int | None
    indicator_points: int
    grades: tuple[tuple[str, int], ...]
    thresholds: Mapping[str, Decimal]
    groups: Mapping[str, int]
    place: int
    number_rule: str
    words_rule: str
    reverse: str
    part_unit: str
    rule_names: Mapping[str, str]
    top_words: frozenset[str]
    coefficients: Mapping[str, Decimal]
    bands: Mapping[str, tuple[int, int]]
    funding_sources: Mapping[str, tuple[str, ...]]
    #: The letter's ``subject`` and ``body``, where the scheme words them.
    mail: Mapping[str, str]
    #: By input sheet: the columns beyond the usual ones that the form asks for; blank where a unit does not have them.
    columns: Mapping[str, tuple[str, ...]]

    def file(self, name: str) -> Path:
        """The scheme's own file of that name, else the default scheme's."""
        own = self.folder / name
        return own if own.is_file() else templates_folder() / DEFAULT_SCHEME / name

    def grade(self, total: int) -> str:
        """The grade of a total score (in hundredths): the first band that it reaches."""
        return next(grade for grade, lowest in self.grades if total >= lowest)

    def rule_name(self, stated: str) -> str:
        """A stated rule's name, where it is one of the rules in other words."""
        return self.rule_names.get(match_key(stated).rstrip("。.;；"), stated)

    @cached_property
    def _source_rows(self) -> dict[str, str]:
        return {match_key(name): row for row, names in self.funding_sources.items() for name in (row, *names)}

    def source_row(self, source: str) -> str:
        """The form's row for a funding source: by its own name or one of the scheme's aliases, else the source itself."""
        return self._source_rows.get(match_key(source), source)


def templates_folder() -> Path:
    """Where the schemes are: inside the installed package, or beside it in a checkout."""
    inside = Path(__file__).with_name("templates")
    return inside if inside.is_dir() else Path(__file__).parents[1] / "templates"


def scheme_names() -> list[str]:
    """The schemes that can be named."""
    return sorted(path.parent.name for path in templates_folder().glob(f"*/{SCHEME_FILE}"))


def load_scheme(name: str) -> Scheme:
    """The scheme of that name, or of that folder. Raises :class:`UsageError`, which names what is wrong, and the line."""
    named = templates_folder() / name
    folder = named if name in scheme_names() else Path(name)
    file = folder / SCHEME_FILE
    if not os.path.isfile(file):  # noqa: PTH113 - also where the path is too long to be asked for
        names = scheme_names()
        raise UsageError(
            f"没有名为“{name}”的方案{nearest(name, names)}。",
            f"可用的方案：{'、'.join(names)}；也可以写方案文件夹的路径（其中要有 scheme.toml 和 form.xlsx）。",
        )
    if not (folder / "form.xlsx").is_file():
        raise UsageError(
            f"方案文件夹 {folder} 中没有表样 form.xlsx。", "把画好的自评表表样放进去，文件名为 form.xlsx。"
        )
    return _scheme(folder.resolve(), SchemeFile(file))


def _scheme(folder: Path, file: SchemeFile) -> Scheme:
    tables = file.tables
    points, rules, words = tables["points"], tables["rules"], tables["qualitative"]
    _check_sums(file)
    grades = sorted(((row["grade"], row["from"]) for row in tables["grades"]), key=lambda band: -band[1])
    return Scheme(
        name=folder.name,
        folder=folder,
        title=tables[""]["title"],
        source=tables[""]["source"],
        funding_points=points["funding"],
        goal_points=points.get("goal"),
        indicator_points=points["indicators"],
        grades=tuple(grades),
        thresholds=_USUAL_THRESHOLDS | tables["thresholds"],
        groups=tables["groups"],
        place=10 ** (2 - tables["rounding"].get("decimals", 2)),
        number_rule=rules["number"],
        words_rule=rules["words"],
        reverse=rules.get("reverse", INVERSE),
        part_unit=rules.get("part_unit", PART_UNITS[0]),
        rule_names={
            match_key(said).rstrip("。.;；"): rule
            for rule, all_said in tables["rules.names"].items()
            for said in all_said
        },
        top_words=frozenset(map(match_key, words["top"])),
        coefficients={match_key(word): value for word, value in tables["qualitative.coefficients"].items()},
        bands=dict(_bands(file)),
        funding_sources=tables["funding_sources"],
        mail=tables["mail"],
        columns=tables["columns"],
    )


def _check_sums(file: SchemeFile) -> None:
    """What each key alone cannot tell: totals, and bands that leave no gap below."""
    tables = file.tables
    if (total := sum(tables["points"].values())) != _FULL:
        raise file.error(("points",), f"[points] 各项合计 {total / 100:g} 分，应当是 100 分")
    groups, indicators = sum(tables["groups"].values()), tables["points"]["indicators"]
    if tables["groups"] and groups != indicators:
        raise file.error(
            ("groups",), f"[groups] 各组合计 {groups / 100:g} 分，应当等于指标分值 {indicators / 100:g} 分"
        )
    lowest = [row["from"] for row in tables["grades"]]
    if 0 not in lowest:
        raise file.error(("grades",), "[[grades]] 的最低一档应当从 0 分起")
    for at, edge in enumerate(lowest):
        if edge in lowest[:at] or edge > _FULL:
            raise file.error(
                ("grades", at, "from"), f"“from”是 {edge / 100:g}，各档的起点应当互不相同，且不超过 100 分"
            )
    for name in tables["rules.names"]:
        if name not in RULE_NAMES:
            raise file.error(("rules", "names", name), f"“{name}”不是评分规则{nearest(name, list(RULE_NAMES))}")


def _bands(file: SchemeFile) -> Iterator[tuple[str, tuple[int, int]]]:
    for at, row in enumerate(file.tables["qualitative.bands"]):
        if row["from"] >= row["to"]:
            raise file.error(("qualitative", "bands", at, "from"), "“from”应当小于“to”")
        for word in row["words"]:
            yield match_key(word), (int(row["from"] * _FULL), int(row["to"] * _FULL))
