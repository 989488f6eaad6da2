"""What compiling a template's sheet gives: its rows with what stays as text and what is filled."""

from dataclasses import dataclass

from perfeval_xl.write.template.cells import Slot
from perfeval_xl.write.template.shift import Area

#: Stand for a row's number and around what moves with the rows; Unicode keeps them out of real texts.
ROW_MARK, MOVES_MARK = "\ufdd0", "\ufdd1"
#: What a text needs beside its lines, in points.
ROW_MARGIN = 4


@dataclass(frozen=True, slots=True)
class Constant:
    """A cell that stays. ``once``: merged over its row's copies, so that the others than the first are ``blank``."""

    xml: str
    blank: str
    once: bool


@dataclass(frozen=True, slots=True)
class RowPlan:
    """A row of the template. ``open``: its start tag without ``>``, and without a height where it ``grows``."""

    number: int
    kind: int
    open: str
    height: float
    grows: bool
    cells: tuple[Constant | Slot, ...]


@dataclass(frozen=True, slots=True)
class SheetPlan:
    """A compiled sheet. ``around``: its XML before the rows, between rows and merges, and behind the merges."""

    name: str
    prefix: str
    around: tuple[str, str, str]
    rows: tuple[RowPlan, ...]
    merges: tuple[Area, ...]
    default_height: float
