"""A template's cells: the markers in them, what they stand for, and how much room their text needs."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from itertools import accumulate, pairwise

from perfeval_xl.lazy_pattern import lazy_pattern
from perfeval_xl.record import Record

#: Chinese typing makes the signs full-width (｛｛项目名称｜万元｝｝); they mean the same.
_MARKER = lazy_pattern(r"[{｛]{2}([^{}｛｝|｜]*)(?:[|｜]([^{}｛｝]*))?[}｝]{2}")
_HALF_WIDTH = str.maketrans("．［］【】", ".[][]")
#: Before the number (as a character) of the look that the words behind it have; Unicode keeps it out of real texts.
LOOK_MARK = "\ufdd6"
_FIRST_LOOK = 0xE000
_LOOK = lazy_pattern(f"{LOOK_MARK}.", re.DOTALL)
#: What an unfinished marker leaves: {{项目名称} or 项目名称}}.
_UNFINISHED = lazy_pattern(r"[{｛]{2}|[}｝]{2}")
_NOT_IN_XML = lazy_pattern("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LOOKS_ESCAPED = lazy_pattern(r"_(?=x[0-9A-Fa-f]{4}_)")
_ESCAPED = lazy_pattern(r"_x([0-9A-Fa-f]{4})_")
#: The most characters that Excel holds in a cell; a file with more is "damaged".
CELL_LIMIT = 32767
#: Stands between the texts of a form while they are worked on together; U+FFFC is no character of its own.
_BETWEEN = "\ufffc"
_BETWEEN_BYTES = _BETWEEN.encode()
_WAN_YUAN_FILTER = "万元"
_YUAN_PER_WAN_YUAN = 10000
_CENT = Decimal("0.01")
#: What makes Excel take a typed text for a formula.
FORMULA_SIGNS = "=+-@"

#: Row kinds, and the first letters of the markers that make a row repeat.
SINGLE, FUNDING, INDICATOR = range(3)
PREFIXES = {INDICATOR: "指标.", FUNDING: "资金."}
_LEVELS = {"指标.一级指标": 1, "指标.二级指标": 2}


class Figure(Record):
    """A number in decimal notation (``18315100.00``, ``0.9891``) with the way texts print it (``98.91%``)."""

    number: str
    text: str


#: What a marker is filled with; ``""`` prints an empty cell.
Value = str | Figure
Values = Mapping[str, Value]


class Marker(Record):
    """A marker by its name, without the filter."""

    name: str
    wan_yuan: bool = False

    @property
    def text(self) -> str:
        """As it stands in the template; a marker that has no value stays visible."""
        return unfilled(f"{self.name}|{_WAN_YUAN_FILTER}" if self.wan_yuan else self.name)

    def shown(self, value: Value) -> Value:
        """What the cell shows for the marker's value; a marker that has none is its own, filter and all."""
        if not self.wan_yuan:
            return value
        return in_wan_yuan(value) if isinstance(value, Figure) else self.text if value == unfilled(self.name) else value


def unfilled(name: str) -> str:
    """What stands for a marker without a value: the marker."""
    return f"{{{{{name}}}}}"


class Content(Record):
    """What a filled cell is made of."""

    parts: tuple[str | Marker, ...]
    #: The markers in it; none in a cell that stays as it is.
    markers: tuple[Marker, ...]
    _pattern: str
    _converts: bool

    @property
    def plain(self) -> bool:
        """Whether the cell is one marker and nothing else."""
        return self._pattern == "%s" and not self._converts

    @property
    def in_looks(self) -> bool:
        """Whether the words have several looks."""
        return self._pattern.startswith(LOOK_MARK)

    @property
    def unfinished(self) -> bool:
        """Whether the words hold what is left of a marker that was not written to its end."""
        return any(isinstance(part, str) and _UNFINISHED.search(part) for part in self.parts)

    @property
    def level(self) -> int:
        """1 or 2 for a cell that merges downwards over equal values, else 0."""
        return min((_LEVELS[marker.name] for marker in self.markers if marker.name in _LEVELS), default=0)

    def compose(self, values: Sequence[Value]) -> Value:
        """The cell's value from those of its markers, in their order: a figure where one alone stands for one."""
        if self._converts:
            values = [marker.shown(value) for marker, value in zip(self.markers, values, strict=True)]
            if self._pattern == "%s":
                return values[0]
        return self._pattern % tuple([value.text if value.__class__ is Figure else value for value in values])


def in_wan_yuan(figure: Figure) -> Figure:
    """Yuan as 万元 with two decimals, half up."""
    number = (Decimal(figure.number) / _YUAN_PER_WAN_YUAN).quantize(_CENT, ROUND_HALF_UP)
    return Figure(f"{number:f}", f"{number:f}")


def _content(parts: tuple[str | Marker, ...]) -> Content:
    markers = tuple(part for part in parts if isinstance(part, Marker))
    pattern = "".join(part.replace("%", "%%") if isinstance(part, str) else "%s" for part in parts)
    return Content(parts, markers, pattern, any(marker.wan_yuan for marker in markers))


@lru_cache(maxsize=1024)
def parse_cell(text: str) -> Content:
    """The words and markers of a cell's text, in order. A filter that is not known stays in the marker's name."""
    return _content(tuple(part for _, part in _parts(text)))


def parse_runs(runs: Sequence[str]) -> Content:
    """The same of a text in several looks, with a mark where the look changes; a marker looks as its beginning does."""
    parts = list(_parts("".join(runs)))
    if len(parts) < 2 or len(runs) < 2:
        return _content(tuple(part for _, part in parts))
    starts = list(accumulate(map(len, runs), initial=0))
    marked: list[str | Marker] = []
    looks = -1
    for start, part in parts:
        for at, piece in _pieces(start, part, starts):
            if (run := bisect_right(starts, at) - 1) != looks:
                marked.append(f"{LOOK_MARK}{chr(_FIRST_LOOK + run)}")
                looks = run
            marked.append(piece)
    return _content(tuple(marked))


def _parts(text: str) -> Iterator[tuple[int, str | Marker]]:
    """The words and markers with their places."""
    at = 0
    for match in _MARKER.finditer(text):
        if match.start() > at:
            yield at, text[at : match.start()]
        name, way = (_tidy(match[group] or "") for group in (1, 2))
        known = match[2] is None or way == _WAN_YUAN_FILTER
        yield match.start(), Marker(name if known else f"{name}|{way}", way == _WAN_YUAN_FILTER)
        at = match.end()
    if at < len(text):
        yield at, text[at:]


def _pieces(start: int, part: str | Marker, edges: Sequence[int]) -> Iterator[tuple[int, str | Marker]]:
    """Words cut where the look changes; a marker is never cut."""
    if isinstance(part, Marker):
        yield start, part
        return
    cuts = [start, *(edge for edge in edges if start < edge < start + len(part)), start + len(part)]
    for first, last in pairwise(cuts):
        yield first, part[first - start : last - start]


def by_looks(text: str) -> Iterator[tuple[int, str]]:
    """The words of a text with the number of the look that they have."""
    for piece in text.split(LOOK_MARK)[1:]:
        if piece[1:]:
            yield ord(piece[0]) - _FIRST_LOOK, piece[1:]


def without_looks(text: str) -> str:
    """The words alone."""
    return _LOOK.sub("", text)


def _tidy(name: str) -> str:
    return "".join(name.split()).translate(_HALF_WIDTH)


def row_kind(names: list[str]) -> int:
    """How a row with these markers is filled: once, or per funding source, or per indicator."""
    return next((kind for kind, prefix in PREFIXES.items() if any(name.startswith(prefix) for name in names)), SINGLE)


def escape_texts(texts: list[str]) -> list[bytes]:
    """Texts as XML holds them. They are worked on together, because each step costs by the call and not by the length."""
    if not texts:
        return []
    joined = _BETWEEN.join(texts)
    if _is_unclean(joined, len(texts)):
        joined = _BETWEEN.join([clean_text(text) for text in texts])
    if "_x" in joined:  # Excel would read _x000D_ as a character's number
        joined = _LOOKS_ESCAPED.sub("_x005F_", joined)
    escaped = joined.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return escaped.encode("utf-8", "replace").split(_BETWEEN_BYTES)


def _is_unclean(joined: str, count: int) -> bool:
    if joined.count(_BETWEEN) != count - 1 or len(joined) > CELL_LIMIT:
        return True
    return not joined.replace("\n", "").isprintable() and ("\r" in joined or bool(_NOT_IN_XML.search(joined)))


def clean_text(text: str) -> str:
    """The text without what XML 1.0 cannot hold, line breaks in one form, and no longer than a cell may be."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace(_BETWEEN, "")
    return _NOT_IN_XML.sub("", text)[:CELL_LIMIT]


def lines_needed(text: str, capacity: int) -> int:
    """How many lines a text takes. Half the sum of characters and UTF-8 bytes counts Chinese as 2 and ASCII as 1."""
    if "\n" in text:
        return sum([lines_needed(line, capacity) for line in text.split("\n")])
    length = len(text)
    return 1 if length * 2 <= capacity else -(-(len(text.encode("utf-8", "replace")) + length) // (2 * capacity))


def unescape(text: str) -> str:
    """A stored text as it is shown: ``_x000D_`` is a character's number."""
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)
