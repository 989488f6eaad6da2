"""A scheme folder (``templates/NAME/``) read into a :class:`Scheme`: points, bands, rules and thresholds as data."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cached_property
from pathlib import Path
from typing import Any

from perfeval_xl.errors import UsageError
from perfeval_xl.text import match_key, nearest
from perfeval_xl.tomlfile import read_toml

DEFAULT_SCHEME = "hongshan-2019"
#: Tables and keys of ``scheme.toml``; ``None`` where the keys are the scheme's own words.
_LAYOUT: dict[str, set[str] | None] = {
    "points": {"funding", "goal", "indicators"},
    "grades": {"grade", "from"},
    "thresholds": {
        *("budget_change", "execution_rate", "over_target", "score_over_execution"),
        *("copied_share", "copied_indicators", "edge_points", "edge_projects"),
    },
    "groups": None,
    "rules": {"number", "words"},
    "qualitative": {"top", "coefficients"},
    "funding_sources": None,
    "mail": {"subject", "body"},
}
#: Thresholds that a scheme need not give.
_USUAL_THRESHOLDS = {
    "over_target": Decimal("1.3"),
    "score_over_execution": Decimal("0.05"),
    "copied_share": Decimal("0.8"),
    "copied_indicators": Decimal(5),
    "edge_points": Decimal(1),
    "edge_projects": Decimal(3),
}


@dataclass(frozen=True)
class Scheme:
    """One regime. Points are in hundredths of a point; thresholds and coefficients are exact decimals.

    ``groups``: the points of each level-1 group of indicators, where the regime fixes them.
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
    number_rule: str
    words_rule: str
    top_words: frozenset[str]
    coefficients: Mapping[str, Decimal]
    funding_sources: Mapping[str, tuple[str, ...]]
    #: The letter's ``subject`` and ``body``, where the scheme words them.
    mail: Mapping[str, str]

    def file(self, name: str) -> Path:
        """The scheme's own file of that name, else the default scheme's."""
        own = self.folder / name
        return own if own.is_file() else templates_folder() / DEFAULT_SCHEME / name

    def grade(self, total: int) -> str:
        """The grade of a total score (in hundredths): the first band that it reaches."""
        return next(grade for grade, lowest in self.grades if total >= lowest)

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
    return sorted(path.parent.name for path in templates_folder().glob("*/scheme.toml"))


def load_scheme(name: str) -> Scheme:
    """The scheme of that name, or of that folder. Raises :class:`UsageError`, which names what is wrong in it."""
    named = templates_folder() / name
    folder = named if name in scheme_names() else Path(name)
    file = folder / "scheme.toml"
    if not file.is_file():
        names = scheme_names()
        raise UsageError(
            f"没有名为“{name}”的方案{nearest(name, names)}。",
            f"可用的方案：{'、'.join(names)}；也可以写方案文件夹的路径。",
        )
    try:
        data = read_toml(file)
        _refuse_unknown(data, file)
        return _scheme(folder, data)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"方案文件 {file} 不是有效的 TOML：{error}。", "按所指的行列改正后重新运行。") from None
    except (KeyError, TypeError, ValueError, AttributeError, InvalidOperation) as error:
        raise UsageError(
            f"方案文件 {file} 缺少内容或内容不对：{error}。", "对照自带方案 hongshan-2019 的 scheme.toml 补全。"
        ) from None


def _refuse_unknown(data: dict[str, Any], file: Path) -> None:
    tables = {"title", "source", *_LAYOUT}
    unknown = [(key, tables) for key in data if key not in tables]
    for table, keys in _LAYOUT.items():
        rows = data.get(table, {})
        for row in rows if isinstance(rows, list) else [rows]:
            unknown += [(key, keys) for key in row if keys is not None and key not in keys]
    for key, known in unknown:
        raise UsageError(
            f"方案文件 {file} 中有不认识的项“{key}”{nearest(key, sorted(known))}。", "改正拼写或删去该项。"
        )


def _scheme(folder: Path, data: dict[str, Any]) -> Scheme:
    points = {key: _hundredths(value) for key, value in data["points"].items()}
    grades = sorted(((row["grade"], _hundredths(row["from"])) for row in data["grades"]), key=lambda band: -band[1])
    if grades[-1][1] > 0:
        raise ValueError("grades 的最低一档应当从 0 起")
    return Scheme(
        name=folder.name,
        folder=folder,
        title=data["title"],
        source=data["source"],
        funding_points=points["funding"],
        goal_points=points.get("goal"),
        indicator_points=points["indicators"],
        grades=tuple(grades),
        thresholds={
            key: Decimal((_USUAL_THRESHOLDS | data["thresholds"])[key]) for key in sorted(_LAYOUT["thresholds"] or ())
        },
        groups={name: _hundredths(value) for name, value in data.get("groups", {}).items()},
        number_rule=data["rules"]["number"],
        words_rule=data["rules"]["words"],
        top_words=frozenset(match_key(word) for word in data["qualitative"]["top"]),
        coefficients={match_key(word): Decimal(value) for word, value in data["qualitative"]["coefficients"].items()},
        funding_sources={row: tuple(names) for row, names in data["funding_sources"].items()},
        mail={key: str(text) for key, text in data.get("mail", {}).items()},
    )


def _hundredths(points: int | Decimal) -> int:
    exact = Decimal(points) * 100
    if exact != int(exact):
        raise ValueError(f"{points} 多于两位小数")
    return int(exact)
