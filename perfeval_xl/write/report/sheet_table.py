"""A filled-in form as a table of a Word document: the same cells, merged, ruled and aligned as on the sheet.

What stands beside the cells of a form (a stamp's picture, text boxes) stays in the workbook.
"""

import io
import re
from collections.abc import Iterator, Mapping
from decimal import ROUND_HALF_UP, Decimal
from xml.sax.saxutils import escape, quoteattr

from openpyxl import load_workbook
from openpyxl.cell import Cell, MergedCell
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from perfeval_xl.lazy_pattern import lazy_pattern
from perfeval_xl.record import Record
from perfeval_xl.write.report.document import RawXml

#: What a page has for a form, in points: a little wider than the text, and below the heading with its number.
_WIDTH, _HEIGHT = 516.0, 585.0
#: A form that would have to be smaller than this takes several pages; smaller letters than this nobody reads.
_SMALLEST_SCALE, _SMALLEST_FONT = 0.55, 6.0
_USUAL_WIDTH, _USUAL_HEIGHT = 8.43, 15.0
_STYLE = "附表文字"
_RULES = {"thin": 4, "hair": 2, "medium": 8, "thick": 12}
_VERTICAL = {"center": "center", "top": "top", "bottom": "bottom", "distributed": "center", "justify": "center"}
_NUMBER_FORMAT = lazy_pattern(r"(?P<whole>[#0,]+)(?:\.(?P<places>0+))?(?P<percent>%)?")
_ATTACHMENT = lazy_pattern(r"附件\s*[\d.]+")


class _Grid(Record):
    """What is shown of a sheet: rows and columns (1-based), and the merged areas by their first cell and by the others."""

    sheet: Worksheet
    rows: list[int]
    columns: list[int]
    spans: Mapping[tuple[int, int], tuple[int, int]]
    covered: Mapping[tuple[int, int], tuple[int, int]]


def word_table(content: bytes) -> RawXml:
    """The first sheet of a workbook as WordprocessingML, fitted to the page. The same bytes give the same table."""
    sheet = load_workbook(io.BytesIO(content), data_only=True).worksheets[0]
    grid = _grid(sheet)
    widths = {column: _width(sheet, column) for column in grid.columns}
    heights = {row: sheet.row_dimensions[row].height or _USUAL_HEIGHT for row in grid.rows}
    across = _WIDTH / sum(widths.values())
    down = _HEIGHT / sum(heights.values())
    scale = min(1.0, across, down if down >= _SMALLEST_SCALE else 1.0)
    edges = {column: round(width * across * 20) for column, width in widths.items()}
    columns = "".join(f'<w:gridCol w:w="{edges[column]}"/>' for column in grid.columns)
    rows = "".join(_row(grid, row, edges, heights[row], scale) for row in grid.rows)
    return RawXml(
        '<w:tbl><w:tblPr><w:tblW w:w="0" w:type="auto"/><w:jc w:val="center"/><w:tblLayout w:type="fixed"/>'
        '<w:tblCellMar><w:left w:w="40" w:type="dxa"/><w:right w:w="40" w:type="dxa"/></w:tblCellMar></w:tblPr>'
        f"<w:tblGrid>{columns}</w:tblGrid>{rows}</w:tbl>"
    )


def _grid(sheet: Worksheet) -> _Grid:
    spans: dict[tuple[int, int], tuple[int, int]] = {}
    covered: dict[tuple[int, int], tuple[int, int]] = {}
    for area in sheet.merged_cells.ranges:
        first = (area.min_row, area.min_col)
        spans[first] = (area.max_row, area.max_col)
        covered |= dict.fromkeys(area.cells, first)
    used = [
        (row, column)
        for row, cells in enumerate(sheet.iter_rows(min_row=1, min_col=1), 1)
        for column, cell in enumerate(cells, 1)
        if cell.value is not None or _is_ruled(cell)
    ]
    last_row = max((row for row, _ in used), default=1)
    last_column = max((column for _, column in used), default=1)
    return _Grid(
        sheet,
        [row for row in range(1, last_row + 1) if not sheet.row_dimensions[row].hidden and not _is_number(sheet, row)],
        [
            column
            for column in range(1, last_column + 1)
            if not sheet.column_dimensions[get_column_letter(column)].hidden
        ],
        spans,
        covered,
    )


def _is_ruled(cell: Cell | MergedCell) -> bool:
    return any(getattr(cell.border, side) and getattr(cell.border, side).style for side in ("left", "top", "bottom"))


def _is_number(sheet: Worksheet, row: int) -> bool:
    """Whether a row says nothing but 附件1.2, which is the heading already."""
    words = [str(cell.value).strip() for cell in sheet[row] if cell.value is not None]
    return len(words) == 1 and bool(_ATTACHMENT.fullmatch(words[0]))


def _width(sheet: Worksheet, column: int) -> float:
    """A column's width in points."""
    for dimension in sheet.column_dimensions.values():
        if dimension.width and (dimension.min or 0) <= column <= (dimension.max or 0):
            return float(dimension.width) * 5.25 + 3.75
    return float(sheet.sheet_format.defaultColWidth or _USUAL_WIDTH) * 5.25 + 3.75


def _row(grid: _Grid, row: int, widths: Mapping[int, int], height: float, scale: float) -> str:
    cells = "".join(_cells(grid, row, widths, scale))
    return (
        f'<w:tr><w:trPr><w:cantSplit/><w:trHeight w:val="{round(height * scale * 20)}" w:hRule="atLeast"/></w:trPr>'
        f"{cells}</w:tr>"
    )


def _cells(grid: _Grid, row: int, widths: Mapping[int, int], scale: float) -> Iterator[str]:
    """The cells of a row; what a merge continues downwards is a cell too, and what it continues to the right is none."""
    for column in grid.columns:
        first = grid.covered.get((row, column), (row, column))
        last = grid.spans.get(first, first)
        own = [other for other in grid.columns if first[1] <= other <= last[1]]
        if column != own[0]:
            continue
        rows = [other for other in grid.rows if first[0] <= other <= last[0]]
        merge = "" if len(rows) < 2 else f'<w:vMerge w:val="{"restart" if row == rows[0] else "continue"}"/>'
        span = f'<w:gridSpan w:val="{len(own)}"/>' if len(own) > 1 else ""
        cell = grid.sheet.cell(*first)
        borders = _borders(cell, grid.sheet.cell(*last))
        vertical = _VERTICAL.get(cell.alignment.vertical or "bottom", "center")
        words = _paragraph(cell, scale, shown=row == rows[0])
        yield (
            f'<w:tc><w:tcPr><w:tcW w:w="{sum(widths[other] for other in own)}" w:type="dxa"/>{span}{merge}'
            f'<w:tcBorders>{borders}</w:tcBorders><w:vAlign w:val="{vertical}"/></w:tcPr>{words}</w:tc>'
        )


def _borders(first: Cell | MergedCell, last: Cell | MergedCell) -> str:
    sides = (("top", first), ("left", first), ("bottom", last), ("right", last))
    return "".join(
        f'<w:{side} w:val="single" w:sz="{_RULES.get(style, 4)}" w:space="0" w:color="auto"/>'
        for side, cell in sides
        if (rule := getattr(cell.border, side)) and (style := rule.style)
    )


def _paragraph(cell: Cell | MergedCell, scale: float, shown: bool) -> str:
    text = cell_text(cell) if shown else ""
    usual = "right" if isinstance(cell.value, int | float) else "left"
    side = {"general": usual, "distributed": "center", "justify": "left", "centerContinuous": "center", "fill": "left"}
    horizontal = cell.alignment.horizontal or "general"
    font = cell.font
    size = max(_SMALLEST_FONT, float(font.sz or 11) * scale)
    face = f"<w:rFonts w:eastAsia={quoteattr(font.name)}/>" if font.name else ""
    bold = "<w:b/>" if font.b else ""
    properties = f'<w:rPr>{face}{bold}<w:sz w:val="{round(size * 2)}"/></w:rPr>'
    lines = [
        f'<w:t xml:space="preserve">{escape(line)}</w:t>' for line in text.replace("\r\n", "\n").split("\n") if text
    ]
    run = f"<w:r>{properties}{'<w:br/>'.join(lines)}</w:r>" if lines else ""
    alignment = f'<w:jc w:val="{side.get(horizontal, horizontal)}"/>'
    mark = f'<w:rPr><w:sz w:val="{round(size * 2)}"/></w:rPr>'
    return f'<w:p><w:pPr><w:pStyle w:val="{_STYLE}"/>{alignment}{mark}</w:pPr>{run}</w:p>'


def cell_text(cell: Cell | MergedCell) -> str:
    """A cell as the sheet shows it, by the formats that a form uses: decimals, thousands, percent."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    number = Decimal(repr(value))
    format_ = re.sub(r'"[^"]*"|\[[^\]]*\]|[_*\\].', "", str(cell.number_format).partition(";")[0])
    found = _NUMBER_FORMAT.search(format_)
    if found is None:
        return f"{number.normalize():f}"
    shown = number * 100 if found["percent"] else number
    places = Decimal(1).scaleb(-len(found["places"] or ""))
    rounded = shown.quantize(places, ROUND_HALF_UP)
    return f"{rounded:{',' if ',' in found['whole'] else ''}f}{found['percent'] or ''}"
