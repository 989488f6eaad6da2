"""The roles that a table can have, and which heading means which field: ``headings.toml`` plus the folder's aliases."""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache, cached_property, lru_cache
from typing import Any

from perfeval_xl.errors import UsageError
from perfeval_xl.lazy_pattern import lazy_pattern
from perfeval_xl.record import Record, replace
from perfeval_xl.shipped import shipped
from perfeval_xl.text import match_key, nearest

_BRACKETED = lazy_pattern(r"\([^()]*\)")
_UNIT = lazy_pattern(r"[/,、:]?(?:单位[:：]?)?(?:百万元|亿元|万元|千元|元)$")
_OTHER = lazy_pattern(r"\((?:[^()]*(?:%|占比|比例|比率|同比|增减)[^()]*|(?:上年|去年|上年度|上年数|上年同期|下年))\)")


#: Characters of a heading with all that may stand in brackets behind it.
_LONGEST_HEADING = 500


@lru_cache(maxsize=65536)
def _keys(heading: str) -> tuple[str, str, str]:
    """What a heading may be known by: as it stands, without what is in brackets, and without its unit too."""
    key = match_key(heading)
    bare = _BRACKETED.sub("", key)
    return key, bare, _UNIT.sub("", bare)


class Role(Record, dict=True):
    """One role: its fields with their kind (text, amount, points, rate) and first heading, and what makes a table it."""

    name: str
    label: str
    required: tuple[str, ...]
    any: tuple[str, ...]
    telling: frozenset[str]
    uncounted: frozenset[str]
    carry: tuple[tuple[str, ...], ...]
    left_of: Mapping[str, str]
    source: re.Pattern[str] | None
    no_source: re.Pattern[str]
    sums: Mapping[str, tuple[tuple[int, str], ...]]
    parts: Mapping[str, tuple[str, ...]]
    kinds: Mapping[str, str]
    headings: Mapping[str, str]
    meanings: Mapping[str, str]

    @property
    def passing(self) -> frozenset[str]:
        """The fields that only reading asks for: parts of sums and of codes, economic classes."""
        sums = {part for parts in self.sums.values() for _, part in parts}
        codes = {part for parts in self.parts.values() for part in parts}
        return frozenset(sums | codes | {name for name in self.kinds if name.startswith("class_of_")})

    @cached_property
    def words(self) -> frozenset[str]:
        """What its headings are called, and the parents and children of those in two parts (科目编码/类)."""
        return frozenset(part for word in self.meanings for part in (word, *word.split("/")))

    def field_of(self, heading: str) -> str | None:
        """The field that a heading means: as it stands, else without what is in brackets, else without its unit.

        What is in brackets must leave an amount what it is: 全年执行数（%） is a rate, 全年预算数（上年） another year's.
        """
        if len(heading) > _LONGEST_HEADING:
            return None
        key, bare, measureless = _keys(heading)
        known = self.meanings.get
        field = known(key) or known(bare) or known(measureless)
        if field and key not in self.meanings and self.kinds[field] == "amount" and _OTHER.search(key):
            return None
        return field


def known_headings(roles: Sequence[Role]) -> Callable[[str], bool]:
    """Whether any of the roles may know a heading, or a parent or child of one (科目编码/类); where it says no,
    :meth:`Role.field_of` is ``None`` for all."""
    words = frozenset[str]().union(*(role.words for role in roles))
    return lambda heading: not words.isdisjoint(_keys(heading[: _LONGEST_HEADING + 1]))


@cache
def standard_headings() -> dict[str, Any]:
    """``headings.toml``: what is known of each role and what its columns may be called."""
    return shipped(__file__, "headings.toml")


@cache
def _standard_roles() -> dict[str, Role]:
    data = standard_headings()
    return {
        name: Role(
            name=name,
            label=entry["label"],
            required=tuple(entry["required"]),
            any=tuple(entry["any"]),
            telling=frozenset(entry["telling"]),
            uncounted=frozenset(entry.get("uncounted", ())),
            carry=tuple(tuple(level.partition("<")[0].split("+")) for level in entry["carry"]),
            left_of={name: other for name, _, other in (level.partition("<") for level in entry["carry"]) if other},
            source=lazy_pattern(entry["source"]) if "source" in entry else None,
            no_source=lazy_pattern(entry.get("no_source", "")),
            sums={
                field: tuple((-1 if part.startswith("-") else 1, part[1:]) for part in parts)
                for field, parts in entry.get("sums", {}).items()
            },
            parts={field: tuple(parts) for field, parts in entry.get("parts", {}).items()},
            kinds={field: words[0] for field, words in entry["fields"].items()},
            headings={field: words[1] for field, words in entry["fields"].items()},
            meanings={match_key(word): field for field, words in entry["fields"].items() for word in words[1:]},
        )
        for name, entry in data.items()
    }


def load_roles(aliases: Mapping[str, Mapping[str, str]]) -> list[Role]:
    """The roles with the folder's own headings added. Raises :class:`UsageError` for an alias of nothing."""
    roles = _standard_roles()
    for name in aliases:
        if name not in roles:
            raise UsageError(
                f"perfeval.toml 中有不认识的表“columns.{name}”{nearest(name, list(roles))}。",
                f"可用：{'、'.join(roles)}。",
            )
    return [_with_aliases(role, aliases.get(role.name, {})) for role in roles.values()]


def _with_aliases(role: Role, aliases: Mapping[str, str]) -> Role:
    meanings = dict(role.meanings)
    for seen, meant in aliases.items():
        for heading, field in ((seen, meant), (meant, seen)):
            known = field if field in role.kinds else role.field_of(field)
            if known:
                meanings[match_key(heading)] = known
                break
        else:
            raise UsageError(
                f"perfeval.toml 的 columns.{role.name} 中“{seen}”与“{meant}”都不是{role.label}的列名。",
                f"标准列名：{'、'.join(role.headings.values())}。",
            )
    return replace(role, meanings=meanings)
