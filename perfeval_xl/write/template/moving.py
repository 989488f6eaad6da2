"""XML that moves with a form's rows: marks are set around its references once, and resolved for each size of form."""

import re
from collections.abc import Callable

from perfeval_xl.lazy_pattern import lazy_pattern
from perfeval_xl.record import Record
from perfeval_xl.write.template.formula import move_formula
from perfeval_xl.write.template.shift import STILL, Shift, Shifts

#: Around what moves; Unicode keeps it out of real texts.
MOVES_MARK = "\ufdd1"
#: How XML writes these signs; "&" is written first and read last. Quotes need it in attributes only.
_ENTITIES = {"&amp;": "&", "&gt;": ">", "&lt;": "<", "&quot;": '"', "&apos;": "'"}
_QUOTES = frozenset("\"'")
#: Around what stands once for each copy of a repeating row (a sparkline): the row's number, a semicolon, the XML.
COPIES_MARK = "\ufdd5"


class Place(Record):
    """Where a marked text stands: its sheet, and the repeating row with the copy of it (0: in none)."""

    sheet: str
    shifts: Shifts
    own: int = 0
    copy: int = 0

    @property
    def shift(self) -> Shift:
        """The sheet's own."""
        return self.shifts.get(self.sheet, STILL)


def _formula(text: str, place: Place) -> str:
    return _escaped(text, lambda plain: move_formula(plain, place.sheet, place.shifts, place.own, place.copy))


def _name(text: str, place: Place) -> str:
    return _escaped(text, lambda plain: move_formula(plain, place.sheet, place.shifts, keep=True))


def _escaped(text: str, change: Callable[[str], str]) -> str:
    """A change to what XML holds, escaped again as it was."""
    used = {entity: sign for entity, sign in _ENTITIES.items() if sign not in _QUOTES or entity in text}
    for entity, sign in reversed(_ENTITIES.items()):
        text = text.replace(entity, sign)
    text = change(text)
    for entity, sign in used.items():
        text = text.replace(sign, entity)
    return text


def _cell(text: str, place: Place) -> str:
    return place.shift.first_cell(text) if not place.own else f"{text.rstrip('0123456789')}{_own_row(place)}"


def _own_row(place: Place) -> int:
    return place.shift.start(place.own) + place.copy


def _anchor_row(text: str, place: Place) -> str:
    """A zero-based row."""
    return str(place.shift.start(int(text) + 1) - 1)


def _anchor_end(text: str, place: Place) -> str:
    """``first row;last row;way``: a picture that is sized with its cells grows over the copies, another keeps its rows."""
    first, last, way = text.split(";")
    if way == "oneCell":
        return str(int(_anchor_row(first, place)) + int(last) - int(first))
    return _anchor_row(last, place)


def _comment_box(text: str, place: Place) -> str:
    """A comment's box in VML: column, offset, row, offset, twice; the rows are zero-based."""
    numbers = [number.strip() for number in text.split(",")]
    top, bottom = int(numbers[2]), int(numbers[6])
    moved = int(_anchor_row(numbers[2], place))
    numbers[2], numbers[6] = str(moved), str(moved + bottom - top)
    return ", ".join(numbers)


_MOVERS: dict[str, Callable[[str, Place], str]] = {
    "=": _formula,
    "n": _name,
    "@": lambda text, place: place.shift.ranges(text),
    "1": _cell,
    "#": lambda text, place: str(place.shift.end(int(text))),
    "^": _anchor_row,
    "$": _anchor_end,
    "v": _comment_box,
}
FORMULA, NAME, RANGES, CELL, BREAK, ANCHOR, ANCHOR_END, COMMENT_BOX = _MOVERS


def mark(kind: str, text: str) -> str:
    """The text marked as one that moves."""
    return f"{MOVES_MARK}{kind}{text}{MOVES_MARK}"


def move(text: str, place: Place) -> str:
    """The text with what is marked in it moved, and what stands once per copy repeated."""
    if MOVES_MARK not in text:
        return text
    if COPIES_MARK in text:
        pieces = text.split(COPIES_MARK)
        pieces[1::2] = [_copies(piece, place) for piece in pieces[1::2]]
        text = "".join(pieces)
    return _moved(text, place)


def _moved(text: str, place: Place) -> str:
    pieces = text.split(MOVES_MARK)
    pieces[1::2] = [_MOVERS[piece[0]](piece[1:], place) for piece in pieces[1::2]]
    return "".join(pieces)


def _copies(text: str, place: Place) -> str:
    """Once more for each copy; once even where there is none, because the format wants one."""
    row, _, xml = text.partition(";")
    own = int(row)
    count = max(1, place.shift.end(own) - place.shift.start(own) + 1)
    return "".join(_moved(xml, Place(place.sheet, place.shifts, own, copy)) for copy in range(count))


_ANCHOR = lazy_pattern(
    r"<(?:\w+:)?(?:two|one)CellAnchor\b[^>]*>.*?<(?:\w+:)?row>\d+</.*?(?=<(?:\w+:)?(?:sp|grpSp|pic|graphicFrame|cxnSp|contentPart|AlternateContent)\b)",
    re.DOTALL,
)
_EDIT_AS = lazy_pattern(r'\beditAs="(\w+)"')
_ROW = lazy_pattern(r"(<(?:\w+:)?row>)(\d+)(?=</)")
_CHART_FORMULA = lazy_pattern(r"(<(?:\w+:)?f(?:\s[^>]*)?>)([^<]+)(?=</)")
_REF = lazy_pattern(r'(\sref=")([^"]+)(?=")')
_VML_ROW = lazy_pattern(r"(<x:Row>)\s*(\d+)\s*(?=</)")
_VML_BOX = lazy_pattern(r"(<x:Anchor>)([^<]*)(?=</)")
_NAME_TEXT = lazy_pattern(r"(<(?:\w+:)?definedName\b[^>]*[^/]>)([^<]+)(?=</)")


def _marker(pattern: re.Pattern[str], kind: str) -> Callable[[str], str]:
    return lambda text: pattern.sub(lambda match: match[1] + mark(kind, match[2]), text)


def mark_drawing(text: str) -> str:
    """Pictures, shapes and charts move with the cells that they are anchored to, unless they are told not to."""

    def anchored(match: re.Match[str]) -> str:
        way = _EDIT_AS.search(match[0])
        rows = [row[2] for row in _ROW.finditer(match[0])]
        if way and way[1] == "absolute":
            return match[0]
        marks = iter([mark(ANCHOR, rows[0]), mark(ANCHOR_END, f"{rows[0]};{rows[-1]};{way[1] if way else ''}")])
        return _ROW.sub(lambda row: row[1] + next(marks), match[0])

    return _ANCHOR.sub(anchored, text)


def mark_comment_boxes(text: str) -> str:
    """The old drawing part that holds the boxes of comments."""
    return _marker(_VML_BOX, COMMENT_BOX)(_marker(_VML_ROW, ANCHOR)(text))


mark_chart = _marker(_CHART_FORMULA, FORMULA)
mark_comments = _marker(_REF, CELL)
mark_table = _marker(_REF, RANGES)
mark_names = _marker(_NAME_TEXT, NAME)
