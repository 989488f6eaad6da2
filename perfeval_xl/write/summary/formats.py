"""How the summary workbook looks: kinds of cells, styles, and the formats made of them."""

from collections.abc import Callable
from functools import cache
from io import BytesIO
from itertools import product
from typing import Any, Self

import xlsxwriter

UNKNOWN = "未知"
NONE = "—"
_BODY = {
    "font_name": "宋体",
    "font_size": 10,
    "valign": "vcenter",
    "text_wrap": True,
    "border": 1,
    "border_color": "#A6A6A6",
}

#: Kind of a cell → what its whole numbers count (how many make 1) and how it is shown.
KINDS: dict[str, tuple[int, dict[str, object]]] = {
    "text": (1, {"align": "left"}),
    "word": (1, {"align": "center"}),
    "count": (1, {"align": "center", "num_format": "0"}),
    "yuan": (100, {"align": "right", "num_format": "#,##0.00"}),
    "wan_yuan": (1_000_000, {"align": "right", "num_format": "0.00"}),
    "points": (100, {"align": "right", "num_format": "0.00"}),
    "percent": (10_000, {"align": "right", "num_format": "0.00%"}),
}
_STYLES: dict[str, dict[str, object]] = {
    "title": {"font_name": "微软雅黑", "font_size": 15, "bold": True, "border": 0, "text_wrap": False},
    "note": {"border": 0, "font_color": "#404040"},
    "line": {"border": 0, "text_wrap": False},
    "heading": {"font_name": "微软雅黑", "bold": True, "bg_color": "#D9E2F3", "align": "center"},
    "total": {"bold": True, "bg_color": "#F2F2F2"},
    "group": {"bold": True, "bg_color": "#F2F2F2", "text_wrap": False, "align": "left"},
    "entry": {"bg_color": "#FFFBE6"},
    "center": {"align": "center"},
    "missing": {"align": "center", "font_color": "#C00000"},
    "indent1": {"indent": 1},
    "indent2": {"indent": 2, "font_color": "#595959"},
    "link": {"font_color": "#0563C1", "underline": 1},
    "differs": {"font_color": "#C00000", "bg_color": "#FCE4D6"},
    "error": {"font_color": "#9C0006", "bg_color": "#FFC7CE"},
    "warning": {"font_color": "#7F6000", "bg_color": "#FFEB9C"},
    "info": {"font_color": "#1F4E79", "bg_color": "#DDEBF7"},
}


def wraps(style: str) -> bool:
    """Whether long texts of a row of this style take several lines."""
    return _STYLES.get(style, {}).get("text_wrap") is not False


#: The formats in the rows of long tables: kind, style of the row, style of the cell, what its value adds. A summary has them
#: first and in this order, so that their numbers are known where such rows are made by another process.
_FIRST = tuple(
    product(
        ("text", "word", "yuan", "points", "percent"),
        ("",),
        ("", "warning", "differs"),
        ("", "link", "missing", "center"),
    )
)
#: Kind of a cell and the styles laid over it, which may be empty → the number of that format in the workbook.
FormatNumber = Callable[..., int]


class Formats:
    """The workbook's cell formats, each made when it is first asked for."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self._book = book
        self._made: dict[tuple[str, ...], Any] = {}
        self._numbers: dict[tuple[str, ...], int] = {}

    def get(self, kind: str, *styles: str) -> Any:
        """The format of a kind of cell with these styles laid over it, the last on top."""
        if (kind, *styles) not in self._made:
            properties = {**_BODY, **KINDS[kind][1]}
            for style in styles:
                properties |= _STYLES[style]
            self._made[kind, *styles] = self._book.add_format(properties)
        return self._made[kind, *styles]

    def number(self, kind: str, *styles: str) -> int:
        """The number of such a format in the workbook; styles may be empty (:data:`FormatNumber`)."""
        number = self._numbers.get((kind, *styles))
        if number is None:
            made = self.get(kind, *filter(None, styles))
            number = self._numbers[kind, *styles] = made._get_xf_index()
        return number

    def with_first(self) -> Self:
        """The same with those of long tables before all others."""
        for look in _FIRST:
            self.number(*look)
        return self


@cache
def first_number() -> FormatNumber:
    """The numbers of the formats of long tables, and of no others, in every workbook that has them first."""
    formats = Formats(xlsxwriter.Workbook(BytesIO())).with_first()  # never closed, so that nothing is written
    numbers = {look: formats.number(*look) for look in _FIRST}
    return lambda *look: numbers[look]
