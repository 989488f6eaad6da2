"""A template's cells: the markers in them, how they print, and how much room their text needs."""

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
_LINE_PER_POINT = 1.45
_WIDTH_FONT_SIZE = 11
#: A cell's inner margin in characters.
_PADDING = 1
_WAN_YUAN_FILTER = "万元"
_YUAN_PER_WAN_YUAN = 10000
_CENT = Decimal("0.01")

#: Row kinds, and the first letters of the markers that make a row repeat.
SINGLE, FUNDING, INDICATOR = range(3)
_PREFIXES = {INDICATOR: "指标.", FUNDING: "资金."}
LEVEL1, LEVEL2 = "指标.一级指标", "指标.二级指标"


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with the way texts print it."""

    number: Decimal
    text: str


#: What a marker is filled with; ``""`` prints an empty cell.
Value = str | Figure
Values = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Marker:
    """``own``: it is filled from the repeated row's own values."""

    name: str
    wan_yuan: bool = False
    own: bool = False

    def value(self, single: Values, item: Values) -> Value:
        """What the marker stands for, ``""`` where nothing is known."""
        value = (item if self.own else single).get(self.name, "")
        return in_wan_yuan(value) if self.wan_yuan and isinstance(value, Figure) else value


@dataclass(frozen=True, slots=True)
class Style:
    """What a cell's style says about its text."""

    wraps: bool = False
    size: float = 11

    @property
    def line(self) -> float:
        """The height of a line in points."""
        return self.size * _LINE_PER_POINT

    def capacity(self, width: float) -> int:
        """Half-width characters in a line: even, as no Chinese character is cut in two. 0: the text never wraps."""
        if not self.wraps:
            return 0
        return max(2, int((width - _PADDING) * _WIDTH_FONT_SIZE / self.size) // 2 * 2)


@dataclass(frozen=True, slots=True)
class Slot:
    """A cell that is filled. ``open``: its start tag without ``>``; ``tall``: it is merged over several rows."""

    column: int
    last_column: int
    open: str
    parts: tuple[str | Marker, ...]
    capacity: int
    line: float
    level: int
    tall: bool

    def value(self, single: Values, item: Values) -> Value:
        """What the cell holds: a figure where a marker alone stands for one, else text that XML can hold."""
        first = self.parts[0]
        if len(self.parts) == 1 and isinstance(first, Marker):
            value = first.value(single, item)
            if isinstance(value, Figure):
                return value
        else:
            value = "".join(
                [part if isinstance(part, str) else _words(part.value(single, item)) for part in self.parts]
            )
        return value if value.isprintable() and len(value) <= _CELL_LIMIT else clean_text(value)

    def needs(self, value: Value) -> float:
        """The height in points that a wrapped text needs, without the row's margin."""
        return lines_needed(value, self.capacity) * self.line if self.capacity and isinstance(value, str) else 0


def _words(value: Value) -> str:
    return value.text if isinstance(value, Figure) else value


def in_wan_yuan(figure: Figure) -> Figure:
    """Yuan as 万元 with two decimals, half up."""
    number = (figure.number / _YUAN_PER_WAN_YUAN).quantize(_CENT, ROUND_HALF_UP)
    return Figure(number, f"{number:f}")


def parse_cell(text: str) -> tuple[str | Marker, ...]:
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
    return tuple(parts)


def row_kind(names: list[str]) -> int:
    """How a row with these markers is filled: once, or per funding source, or per indicator."""
    return next((kind for kind, prefix in _PREFIXES.items() if any(name.startswith(prefix) for name in names)), SINGLE)


def bind(parts: tuple[str | Marker, ...], kind: int) -> tuple[str | Marker, ...]:
    """The parts with the markers that a repeating row fills from its own values marked as such."""
    prefix = _PREFIXES.get(kind)
    return tuple(
        Marker(part.name, part.wan_yuan, own=True)
        if prefix and isinstance(part, Marker) and part.name.startswith(prefix)
        else part
        for part in parts
    )


def level_of(parts: tuple[str | Marker, ...]) -> int:
    """1 or 2 for a cell that merges downwards over equal values, else 0."""
    names = {part.name for part in parts if isinstance(part, Marker)}
    return 1 if LEVEL1 in names else 2 if LEVEL2 in names else 0


def clean_text(text: str) -> str:
    """The text without what XML 1.0 cannot hold, line breaks in one form, and no longer than a cell may be."""
    return _NOT_IN_XML.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))[:_CELL_LIMIT]


def lines_needed(text: str, capacity: int) -> int:
    """How many lines a text takes. Half the sum of characters and UTF-8 bytes counts Chinese as 2 and ASCII as 1."""
    if "\n" in text:
        return sum(lines_needed(line, capacity) for line in text.split("\n"))
    return math.ceil((len(text.encode()) + len(text)) / 2 / capacity) or 1


def cell_xml(value: Value, prefix: str) -> str:
    """What follows the cell's start tag (without its ``>``). ``prefix``: the sheet's namespace prefix, with colon."""
    if isinstance(value, Figure):
        return f"><{prefix}v>{value.number:f}</{prefix}v></{prefix}c>"
    if not value:
        return "/>"
    if "_x" in value:  # Excel would read _x000D_ as a character's number
        value = _LOOKS_ESCAPED.sub("_x005F_", value)
    text = value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f' t="inlineStr"><{prefix}is><{prefix}t xml:space="preserve">{text}</{prefix}t></{prefix}is></{prefix}c>'


def unescape(text: str) -> str:
    """A stored text as it is shown: ``_x000D_`` is a character's number."""
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)
