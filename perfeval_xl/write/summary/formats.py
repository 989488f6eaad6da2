"""How the summary workbook looks: kinds of cells, styles, and the formats made of them."""

from typing import Any

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


class Formats:
    """The workbook's cell formats, each made when it is first asked for."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self._book = book
        self._made: dict[tuple[str, ...], Any] = {}

    def get(self, kind: str, *styles: str) -> Any:
        """The format of a kind of cell with these styles laid over it, the last on top."""
        if (kind, *styles) not in self._made:
            properties = {**_BODY, **KINDS[kind][1]}
            for style in styles:
                properties |= _STYLES[style]
            self._made[kind, *styles] = self._book.add_format(properties)
        return self._made[kind, *styles]
