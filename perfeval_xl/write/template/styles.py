"""A template's cell styles: what they say about texts, and their twins for texts that look like formulas."""

import re

from lxml import etree

from perfeval_xl.lazy_pattern import lazy_pattern
from perfeval_xl.record import Record

_LINE_PER_POINT = 1.45
_WIDTH_FONT_SIZE = 11
#: A cell's inner margin in characters.
_PADDING = 1
_FORMATS = lazy_pattern(r"(<(?P<tag>(?:\w+:)?cellXfs)\b[^>]*>)(.*?)(</(?P=tag)>)", re.DOTALL)
_COUNT = lazy_pattern(r'\bcount="\d+"')
_FORMAT = lazy_pattern(r"<(?P<tag>(?:\w+:)?xf)\b(?:[^>]*/>|.*?</(?P=tag)>)", re.DOTALL)
_OPENING = lazy_pattern(r"<(?:\w+:)?xf\b")
_QUOTED = lazy_pattern(r'\squotePrefix="[^"]*"')


class Style(Record):
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


def read_styles(root: etree._Element) -> list[Style]:
    """The cell styles by their number."""
    sizes = []
    for font in root.iterfind("{*}fonts/{*}font"):
        size = font.find("{*}sz")
        sizes.append(11.0 if size is None else float(size.get("val", "11")))
    styles = []
    for row in root.iterfind("{*}cellXfs/{*}xf"):
        alignment = row.find("{*}alignment")
        wraps = alignment is not None and alignment.get("wrapText") in ("1", "true")
        number = int(row.get("fontId", "0"))
        styles.append(Style(wraps, sizes[number] if number < len(sizes) else 11.0))
    return styles


def add_quoted(text: str) -> str:
    """The styles' XML with a twin of every cell style behind them that marks its text as one (Excel's leading ').

    The twin of style n of N is n + N. Without it a text like ``=1+1`` turns into a formula as soon as its cell is edited.
    """
    match = _FORMATS.search(text)
    if match is None:
        return text
    formats = [found[0] for found in _FORMAT.finditer(match[3])]
    twins = "".join(
        _OPENING.sub(lambda tag: f'{tag[0]} quotePrefix="1"', _QUOTED.sub("", found), count=1) for found in formats
    )
    opening = _COUNT.sub(f'count="{2 * len(formats)}"', match[1])
    return f"{text[: match.start()]}{opening}{match[3]}{twins}{match[4]}{text[match.end() :]}"
