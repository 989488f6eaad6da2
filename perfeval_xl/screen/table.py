"""A table in columns of characters that take one cell or two."""

import shutil
from collections.abc import Iterator, Sequence
from typing import Literal

import click

from perfeval_xl.record import Struct, field
from perfeval_xl.screen.console import on_terminal
from perfeval_xl.text import cells_of

Side = Literal["left", "center", "right"]
#: A name is never folded narrower than this.
_LEAST = 10


class Table(Struct):
    """Headings, the side that each column keeps to, rows, and a last one below a line: the total.

    No edges: in 80 columns the names need the room. ASCII lines: a console of code page 936, and 宋体, draw any other
    one as wide as a Chinese character.
    """

    title: str
    headings: Sequence[str]
    sides: list[Side]
    #: The column that is folded where a terminal is too narrow; its texts have no colours.
    folded: int
    rows: list[Sequence[str]] = field(default_factory=list)
    total: Sequence[str] = ()

    def lines(self) -> Iterator[str]:
        """The table as it is shown, line by line."""
        widths = [max(map(_width, column)) for column in zip(self.headings, *self.rows, self.total, strict=True)]
        if on_terminal():
            spare = shutil.get_terminal_size().columns - sum(widths) - 3 * (len(widths) - 1)
            widths[self.folded] = min(widths[self.folded], max(widths[self.folded] + spare, _LEAST))
        rule = "-+-".join("-" * width for width in widths)
        yield _placed(self.title, max(len(rule), _width(self.title)), "left")
        yield self._line(self.headings, widths)
        yield rule
        for row in self.rows:
            yield from self._row(row, widths)
        yield rule
        yield from self._row(self.total, widths)

    def _row(self, row: Sequence[str], widths: Sequence[int]) -> Iterator[str]:
        first, *more = _folded(row[self.folded], widths[self.folded])
        yield self._line([first if at == self.folded else cell for at, cell in enumerate(row)], widths)
        for rest in more:
            yield self._line([rest if at == self.folded else "" for at in range(len(row))], widths)

    def _line(self, row: Sequence[str], widths: Sequence[int]) -> str:
        return " | ".join(map(_placed, row, widths, self.sides))


def _width(text: str) -> int:
    return cells_of(click.unstyle(text))


def _placed(text: str, width: int, side: Side) -> str:
    spare = width - _width(text)
    before = {"left": 0, "center": spare // 2, "right": spare}[side]
    return " " * before + text + " " * (spare - before)


def _folded(text: str, width: int) -> list[str]:
    """The text in pieces of at most so many cells."""
    pieces = [""]
    for character in text:
        if pieces[-1] and cells_of(pieces[-1] + character) > width:
            pieces.append("")
        pieces[-1] += character
    return pieces
