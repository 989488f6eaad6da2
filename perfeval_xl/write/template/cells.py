"""A template's cells: the markers in them, what they stand for, and how much room their text needs."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

_MARKER = re.compile(r"\{\{\s*([^{}|]+?)\s*(?:\|\s*([^{}]*?)\s*)?\}\}")
_NOT_IN_XML = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LOOKS_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
#: The most characters that Excel holds in a cell; a file with more is "damaged".
_CELL_LIMIT = 32767
#: Stands between the texts of a form while they are worked on together; U+FFFC is no character of its own.
_BETWEEN = "\ufffc"
_WAN_YUAN_FILTER = "万元"
_YUAN_PER_WAN_YUAN = 10000
_CENT = Decimal("0.01")
#: What makes Excel take a typed text for a formula.
FORMULA_SIGNS = ("=", "+", "-", "@")

#: Row kinds, and the first letters of the markers that make a row repeat.
SINGLE, FUNDING, INDICATOR = range(3)
PREFIXES = {INDICATOR: "指标.", FUNDING: "资金."}
_LEVELS = {"指标.一级指标": 1, "指标.二级指标": 2}


@dataclass(frozen=True, slots=True)
class Figure:
    """A number in decimal notation (``18315100.00``, ``0.9891``) with the way texts print it (``98.91%``)."""

    number: str
    text: str


#: What a marker is filled with; ``""`` prints an empty cell.
Value = str | Figure
Values = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Marker:
    """A marker by its name, without the filter."""

    name: str
    wan_yuan: bool = False

    @property
    def text(self) -> str:
        """As it stands in the template; a marker that has no value stays visible."""
        return f"{{{{{self.name}|{_WAN_YUAN_FILTER}}}}}" if self.wan_yuan else f"{{{{{self.name}}}}}"

    def value(self, values: Values) -> Value:
        """What the marker stands for."""
        value = values.get(self.name)
        if value is None:
            return self.text
        return in_wan_yuan(value) if self.wan_yuan and isinstance(value, Figure) else value


@dataclass(frozen=True, slots=True)
class Content:
    """What a filled cell is made of. ``key``: its marker's name where that stands alone, else a name of its own."""

    parts: tuple[str | Marker, ...]

    @property
    def markers(self) -> list[Marker]:
        """The markers in it; none in a cell that stays as it is."""
        return [part for part in self.parts if isinstance(part, Marker)]

    @property
    def plain(self) -> bool:
        """Whether the cell is one marker and nothing else."""
        return len(self.parts) == 1 and isinstance(self.parts[0], Marker) and not self.parts[0].wan_yuan

    @property
    def key(self) -> str:
        """The name of what it is filled with."""
        return "".join(part if isinstance(part, str) else part.name if self.plain else part.text for part in self.parts)

    @property
    def level(self) -> int:
        """1 or 2 for a cell that merges downwards over equal values, else 0."""
        return min((_LEVELS[marker.name] for marker in self.markers if marker.name in _LEVELS), default=0)

    def value(self, values: Values) -> Value:
        """A figure where a marker alone stands for one, else text."""
        first = self.parts[0]
        if len(self.parts) == 1 and isinstance(first, Marker):
            return first.value(values)
        words = [part if part.__class__ is str else part.value(values) for part in self.parts]  # type: ignore[union-attr]
        return "".join([word.text if isinstance(word, Figure) else word for word in words])


def in_wan_yuan(figure: Figure) -> Figure:
    """Yuan as 万元 with two decimals, half up."""
    number = (Decimal(figure.number) / _YUAN_PER_WAN_YUAN).quantize(_CENT, ROUND_HALF_UP)
    return Figure(f"{number:f}", f"{number:f}")


def parse_cell(text: str) -> Content:
    """The words and markers of a cell's text, in order. A filter that is not known stays in the marker's name."""
    parts: list[str | Marker] = []
    at = 0
    for match in _MARKER.finditer(text):
        if match.start() > at:
            parts.append(text[at : match.start()])
        known = match[2] in (None, _WAN_YUAN_FILTER)
        parts.append(Marker(match[1] if known else f"{match[1]}|{match[2]}", match[2] == _WAN_YUAN_FILTER))
        at = match.end()
    if at < len(text):
        parts.append(text[at:])
    return Content(tuple(parts))


def row_kind(names: list[str]) -> int:
    """How a row with these markers is filled: once, or per funding source, or per indicator."""
    return next((kind for kind, prefix in PREFIXES.items() if any(name.startswith(prefix) for name in names)), SINGLE)


def escape_texts(texts: list[str]) -> list[str]:
    """Texts as XML holds them. They are worked on together, because each step costs by the call and not by the length."""
    joined = _BETWEEN.join(texts)
    if _is_unclean(joined, len(texts)):
        joined = _BETWEEN.join([clean_text(text) for text in texts])
    if "_x" in joined:  # Excel would read _x000D_ as a character's number
        joined = _LOOKS_ESCAPED.sub("_x005F_", joined)
    return joined.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").split(_BETWEEN)


def _is_unclean(joined: str, count: int) -> bool:
    if joined.count(_BETWEEN) != count - 1 or len(joined) > _CELL_LIMIT:
        return True
    return not joined.replace("\n", "").isprintable() and ("\r" in joined or bool(_NOT_IN_XML.search(joined)))


def clean_text(text: str) -> str:
    """The text without what XML 1.0 cannot hold, line breaks in one form, and no longer than a cell may be."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace(_BETWEEN, "")
    return _NOT_IN_XML.sub("", text)[:_CELL_LIMIT]


def lines_needed(text: str, capacity: int) -> int:
    """How many lines a text takes. Half the sum of characters and UTF-8 bytes counts Chinese as 2 and ASCII as 1."""
    if "\n" in text:
        return sum(lines_needed(line, capacity) for line in text.split("\n"))
    if len(text) * 2 <= capacity:
        return 1
    return math.ceil((len(text.encode("utf-8", "replace")) + len(text)) / 2 / capacity) or 1


def unescape(text: str) -> str:
    """A stored text as it is shown: ``_x000D_`` is a character's number."""
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)
