"""The word lists by which texts are read: ``wording.toml``, beside this file."""

import re
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache

from perfeval_xl.record import Record
from perfeval_xl.shipped import shipped

_FEW = r"[^,，;；。\n]{0,20}"


class Misfit(Record):
    """Indicators that do not belong into a level-2 group: counts in ``units``, or contents with one of the endings.

    The group is one whose name has ``group`` in it, or lacks ``unless``; ``belongs`` is the group to name instead.
    """

    belongs: str
    group: str = ""
    unless: str = ""
    units: frozenset[str] = frozenset()
    endings: tuple[str, ...] = ()


class Wording(Record):
    """The lists, longest word first; what each is for stands above it in ``wording.toml``."""

    words: Mapping[str, tuple[str, ...]]
    synonyms: Mapping[str, str]
    misfits: tuple[Misfit, ...]

    def __getitem__(self, name: str) -> tuple[str, ...]:
        return self.words[name]


@cache
def wording() -> Wording:
    """The shipped lists."""
    data = shipped(__file__, "wording.toml")
    synonyms = {other: word for word, others in data.pop("synonyms").items() for other in others}
    misfits = tuple(
        Misfit(
            row["belongs"],
            row.get("group", ""),
            row.get("unless", ""),
            frozenset(row.get("units", ())),
            tuple(row.get("endings", ())),
        )
        for row in data.pop("misfits")
    )
    return Wording(
        {name: tuple(sorted(words, key=len, reverse=True)) for name, words in data.items()}, synonyms, misfits
    )


def pattern_of(*names: str) -> str:
    """An expression for each of the words of these lists, the longest first; … stands for a few words of a clause."""
    words = sorted((word for name in names for word in wording()[name]), key=len, reverse=True)
    return "|".join(map(re.escape, words)).replace("…", _FEW)


@cache
def any_of(*names: str) -> re.Pattern[str]:
    """The pattern of :func:`pattern_of`."""
    return re.compile(pattern_of(*names))


def has_any(text: str, name: str) -> bool:
    """Whether a text has one of a list's words, none of which has … in it."""
    return any(word in text for word in wording()[name])


def ends_with_any(text: str, words: Iterable[str]) -> str:
    """The word that a text ends with, or nothing."""
    known = tuple(words)
    # Most texts end with none, which is one question to ask.
    return next(word for word in known if text.endswith(word)) if text.endswith(known) else ""


@lru_cache(maxsize=65536)
def without(text: str, name: str) -> str:
    """The text without the words of a list at its end: of links, 达标率达到 → 达标率."""
    while word := ends_with_any(text, wording()[name]):
        text = text.removesuffix(word)
    return text
