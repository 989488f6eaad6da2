"""Where a template's rows stand in a filled form, once some of them are repeated or left out."""

from collections.abc import Mapping

from perfeval_xl.lazy_pattern import lazy_pattern
from perfeval_xl.record import Record

LAST_ROW = 1_048_576
_RANGE = lazy_pattern(r"(\$?[A-Z]{1,3}\$?)(\d+)(?::(\$?[A-Z]{1,3}\$?)(\d+))?")


def column_letters(number: int) -> str:
    """One-based: 1 is A."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_number(letters: str) -> int:
    """One-based: A is 1."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


class Area(Record):
    """A rectangle of cells, one-based, both ends included."""

    left: int
    top: int
    right: int
    bottom: int

    @staticmethod
    def parse(text: str) -> "Area":
        """``A20:B22`` or ``A20``. Raises ``ValueError``."""
        match = _RANGE.fullmatch(text.replace("$", ""))
        if match is None:
            raise ValueError(text)
        left, top = column_number(match[1]), int(match[2])
        return Area(left, top, column_number(match[3] or match[1]), int(match[4] or top))

    @property
    def address(self) -> str:
        """``A20:B22``; merges always have two ends."""
        return f"{column_letters(self.left)}{self.top}:{column_letters(self.right)}{self.bottom}"


class Shift(Record):
    """``blocks``: each repeating row of the template with the number of its copies (0: left out)."""

    blocks: tuple[tuple[int, int], ...] = ()

    def start(self, row: int) -> int:
        """The row's first place in the form."""
        return min(LAST_ROW, row + sum(count - 1 for at, count in self.blocks if at < row))

    def end(self, row: int) -> int:
        """The row's last place in the form; before its first one where it is left out."""
        return min(LAST_ROW, row + sum(count - 1 for at, count in self.blocks if at <= row))

    def area(self, area: Area) -> Area | None:
        """The area stretched over the copies in it, or nothing where all of its rows are left out."""
        moved = Area(area.left, self.start(area.top), area.right, self.end(area.bottom))
        return moved if moved.bottom >= moved.top else None

    def ranges(self, text: str) -> str:
        """A list of ranges (``sqref``). Where every row of it is left out, it stays where the rows would be."""
        moved = [self._range(word) for word in text.split()]
        return " ".join(word for word in moved if word) or self._range(text.split()[0], keep=True)

    def first_cell(self, text: str) -> str:
        """The place of one cell (a comment's), the first copy's where its row is repeated."""
        match = _RANGE.fullmatch(text)
        return f"{match[1]}{self.start(int(match[2]))}" if match else text

    def _range(self, word: str, keep: bool = False) -> str:
        match = _RANGE.fullmatch(word)
        if match is None:  # whole columns or rows
            return word
        top = self.start(int(match[2]))
        bottom = self.end(int(match[4] or match[2]))
        if bottom < top and not keep:
            return ""
        if bottom <= top and not match[3]:
            return f"{match[1]}{top}"
        return f"{match[1]}{top}:{match[3] or match[1]}{max(top, bottom)}"


#: The workbook's compiled sheets by :func:`sheet_key`; a sheet that is not among them stands still.
Shifts = Mapping[str, Shift]
STILL = Shift()


def sheet_key(name: str) -> str:
    """Excel compares sheet names without regard to case."""
    return name.casefold()
