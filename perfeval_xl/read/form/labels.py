"""Which label of a form means what: ``labels.toml``."""

import re
from functools import cache, lru_cache

from perfeval_xl.lazy_pattern import lazy_pattern
from perfeval_xl.read.form.areas import Area
from perfeval_xl.read.table.roles import standard_headings
from perfeval_xl.record import replace
from perfeval_xl.shipped import shipped
from perfeval_xl.text import match_key

_BRACKETED = lazy_pattern(r"\([^()]*\)")
#: Between a label and its value in one cell.
COLON = lazy_pattern(r"[:：]")
LONGEST_LABEL = 40
_POINTS = lazy_pattern(r"\((\d+(?:\.\d+)?)分\)")


@cache
def _meanings() -> dict[str, dict[str, str]]:
    data = shipped(__file__, "labels.toml")
    for field, (_, *words) in standard_headings()["execution"]["fields"].items():
        if field in data["funding"]:
            data["funding"][field] += words
    return {
        part: {match_key(word): field for field, words in fields.items() for word in words}
        for part, fields in data.items()
    }


@lru_cache(maxsize=16384)
def meaning(part: str, text: str) -> str:
    """The field that a label means in a part of a form (a table of labels.toml), or ""."""
    return _meanings()[part].get(bare(text), "")


def bare(text: str) -> str:
    """A label without what stands in brackets and without its colon: 年度资金总额： → 年度资金总额."""
    key = match_key(text)
    while (shorter := _BRACKETED.sub("", key)) != key:
        key = shorter
    return key.strip(":")


def label_of(area: Area) -> str:
    """What a label beside or before its value means (texts of labels.toml), or ""."""
    return meaning("texts", COLON.split(area.text, maxsplit=1)[0]) if len(area.text) < LONGEST_LABEL else ""


def behind_colon(area: Area) -> Area | None:
    """The value that stands in one cell with its label, as an area of its own."""
    said = "".join(COLON.split(area.text, maxsplit=1)[1:]).strip()
    return replace(area, value=said, text=said) if said else None


def without_points(text: str) -> str:
    """A label as it stands, without the points that it states: 产出指标（40分） → 产出指标."""
    stated = points_in(text)
    return re.sub(r"[（(]\s*[\d.]+\s*分\s*[）)]", "", text).strip() if stated else text.strip()


def points_in(text: str) -> str:
    """The points that a label states in brackets: 产出指标（40分） → 40; "" where it states none."""
    match = _POINTS.search(match_key(text))
    return match[1] if match else ""
