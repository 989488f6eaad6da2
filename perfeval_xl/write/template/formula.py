"""A formula's text: the references in it, moved with a form's rows, copied with a row, or asked for their sheets."""

import re
from collections.abc import Callable, Iterator

from perfeval_xl.lazy_pattern import lazy_pattern
from perfeval_xl.write.template.shift import STILL, Shift, Shifts, column_letters, column_number, sheet_key

_CELL = r"\$?[A-Z]{1,3}\$?[1-9]\d{0,6}"
_TOKEN = lazy_pattern(
    r'"(?:[^"]|"")*"'  # words
    r"|\[[^\[\]]*\](?!\w*!)"  # a table's column
    r"|(?<![\w.$:!'\]])(?P<sheet>(?:'(?:[^']|'')+'|(?:\[\d+\])?[\w.]+(?::[\w.]+)?)!)?"
    rf"(?:(?P<first>{_CELL})(?::(?P<second>{_CELL}))?|(?P<top>\$?[1-9]\d*):(?P<bottom>\$?[1-9]\d*))(?![\w.(!\[])"
)
_PARTS = lazy_pattern(r"(\$?)([A-Z]{1,3})(\$?)(\d+)")
#: Among their arguments a single cell of a repeating row stands for all of its copies.
_OVER_CELLS = frozenset({"SUM", "AVERAGE", "MIN", "MAX", "COUNT", "COUNTA", "PRODUCT", "SUMPRODUCT"})
_CALL = lazy_pattern(r"([A-Z][A-Z0-9.]*)$")
#: What a reference becomes when every row in it is left out.
_NO_ROWS = "0"


def sheet_name(text: str) -> str:
    """The sheet of a reference's prefix (``'1 月'!``), as :func:`sheet_key` has it; "" where there is none.

    A prefix that names another workbook or several sheets gives a name that no sheet has.
    """
    name = text.removesuffix("!")
    return sheet_key(name[1:-1].replace("''", "'") if name.startswith("'") else name)


def sheets_of(formula: str) -> Iterator[str]:
    """The sheets that a formula names."""
    return (sheet_name(match["sheet"]) for match in _TOKEN.finditer(formula) if match["sheet"])


def move_formula(text: str, sheet: str, shifts: Shifts, own: int = 0, copy: int = 0, keep: bool = False) -> str:
    """The references moved with the rows. ``own``: the repeating row of ``sheet`` it stands in, ``copy`` of it.

    In its own row a relative reference is to the same copy, an absolute one (``E$18``) to the first, and as the end of
    a range to the last. From outside, a range over a repeating row grows with it. ``keep``: a range without rows left
    stays a range (a name), else it is 0.
    """

    def moved(match: re.Match[str]) -> str:
        if match["first"] is None and match["top"] is None:
            return match[0]
        named = sheet_name(match["sheet"] or "") or sheet
        row = _RowMover(shifts.get(named, STILL), own if named == sheet else 0, copy)
        if match["top"]:
            first, second = row.start(match["top"]), row.end(match["bottom"])
        elif match["second"]:
            first, second = row.start(match["first"]), row.end(match["second"])
        else:
            first, second = row.start(match["first"]), row.end(match["first"])
            if second[0] == first[0] or not (second[0] < first[0] or _sums(text, match)):
                return f"{match['sheet'] or ''}{first[1]}"
        if second[0] < first[0]:
            if not keep:
                return _NO_ROWS
            second = (first[0], second[1][: -len(str(second[0]))] + str(first[0]))
        return f"{match['sheet'] or ''}{first[1]}:{second[1]}"

    return _TOKEN.sub(moved, text)


class _RowMover:
    """Moves the row of one end of a reference: to the row's number and the reference's text."""

    def __init__(self, shift: Shift, own: int, copy: int) -> None:
        self._shift, self._own, self._copy = shift, own, copy

    def start(self, end: str) -> tuple[int, str]:
        return self._moved(end, self._shift.start)

    def end(self, end: str) -> tuple[int, str]:
        return self._moved(end, self._shift.end)

    def _moved(self, end: str, place: Callable[[int], int]) -> tuple[int, str]:
        digits = end.lstrip("$ABCDEFGHIJKLMNOPQRSTUVWXYZ")
        head = end[: -len(digits)]
        row = int(digits)
        now = self._shift.start(row) + self._copy if row == self._own and not head.endswith("$") else place(row)
        return now, f"{head}{now}"


def _sums(text: str, match: re.Match[str]) -> bool:
    """Whether the reference is by itself an argument of a function over cells: ``SUM(E18)``."""
    before, after = text[: match.start()].rstrip(), text[match.end() :].lstrip()
    if before[-1:] not in ("(", ",") or after[:1] not in (")", ","):
        return False
    depth = 0
    for at in range(len(before) - 1, -1, -1):
        depth += (before[at] == ")") - (before[at] == "(")
        if depth < 0:
            called = _CALL.search(before[:at])
            return bool(called) and called[1] in _OVER_CELLS if called else False
    return False


def copy_formula(text: str, rows: int, columns: int) -> str:
    """The formula as Excel copies it so many rows down and columns to the right (a shared formula's other cells)."""

    def end(reference: str) -> str:
        parts = _PARTS.fullmatch(reference)
        if parts is None:
            return reference if reference.startswith("$") else str(int(reference) + rows)
        letters = parts[2] if parts[1] else column_letters(column_number(parts[2]) + columns)
        row = parts[4] if parts[3] else str(int(parts[4]) + rows)
        return f"{parts[1]}{letters}{parts[3]}{row}"

    def moved(match: re.Match[str]) -> str:
        ends = [match[name] for name in ("first", "second", "top", "bottom") if match[name]]
        return (match["sheet"] or "") + ":".join(map(end, ends)) if ends else match[0]

    return _TOKEN.sub(moved, text)
