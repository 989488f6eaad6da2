"""The form that docs/forms.md tells an officer to draw, drawn from its table as an officer would."""

import re
import shutil
from pathlib import Path

import openpyxl
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.worksheet.properties import PageSetupProperties

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "forms.md"
_ROW = re.compile(r"^\| ([A-F]\d) \| (\S*) ?\| `(.+?)` \| `?(.*?)`? ?\|$", re.MULTILINE)
_WIDTHS = {"A": 22, "B": 26, "C": 26, "D": 20, "E": 16, "F": 16}


def draw_form(folder: Path) -> Path:
    """A scheme folder with the form of the page and the rules of the sample."""
    folder.mkdir(parents=True)
    shutil.copy(ROOT / "templates" / "hongshan-2019" / "scheme.toml", folder)
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "自评表"
    side = Side(style="thin")
    page = PAGE.read_text(encoding="utf-8")
    for place, area, text, shown in _ROW.findall(page):
        cell = sheet[place]
        cell.value = text.replace("\\|", "|")
        cell.number_format = shown or "General"
        if area:
            sheet.merge_cells(area)
    for row in sheet["A1:F9"]:
        sheet.row_dimensions[row[0].row].height = 32
        for cell in row:
            cell.font = Font("宋体", size=11, bold=cell.row == 1)
            cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
            cell.border = Border(side, side, side, side)
    for column, width in _WIDTHS.items():
        sheet.column_dimensions[column].width = width
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_setup.fitToHeight = 0
    book.save(folder / "form.xlsx")
    return folder
