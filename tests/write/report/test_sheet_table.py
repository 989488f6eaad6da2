"""A form's sheet as a table of a Word document."""

import io
from collections.abc import Callable
from typing import Any

import docx
import openpyxl
import pytest
from docx.oxml.parser import oxml_parser
from docx.table import Table
from lxml import etree
from openpyxl.styles import Alignment, Border, Font, Side

from perfeval_xl.write.report.sheet_table import cell_text, word_table

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def drawn(build: Callable[[Any], None]) -> Table:
    """The table of a sheet that ``build`` makes."""
    book = openpyxl.Workbook()
    build(book.active)
    content = io.BytesIO()
    book.save(content)
    xml = word_table(content.getvalue()).xml.replace("<w:tbl>", f'<w:tbl xmlns:w="{W}">', 1)
    document = docx.Document()
    document.element.body.insert(0, etree.fromstring(xml, oxml_parser))
    return document.tables[0]


def texts(table: Table) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in table.rows]


@pytest.mark.parametrize(
    ("value", "form", "shown"),
    [
        (None, "General", ""),
        ("=A1", "General", "=A1"),
        (1234567.5, "#,##0.00", "1,234,567.50"),
        (1234567.125, "#,##0.00;[Red]-#,##0.00", "1,234,567.13"),
        (-0.5, "0.00", "-0.50"),
        (0.9891, "0.00%", "98.91%"),
        (1, "0%", "100%"),
        (19.78, "0.00", "19.78"),
        (20, "General", "20"),
        (19.5, "General", "19.5"),
        (1000000, "General", "1000000"),
        (8, '0.0"分"', "8.0"),
        (True, "General", "True"),
    ],
)
def test_a_cell_is_shown_as_the_sheet_shows_it(value: object, form: str, shown: str) -> None:
    cell = openpyxl.Workbook().active["A1"]  # type: ignore[index]
    cell.value, cell.number_format = value, form
    assert cell_text(cell) == shown


def test_cells_are_merged_and_the_number_of_the_form_is_left_to_the_heading() -> None:
    def build(sheet: Any) -> None:
        sheet["A1"] = "附件1.2"
        sheet["A2"], sheet["C2"] = "左", "<右&>"
        sheet["B3"], sheet["C3"] = "甲\n乙", 0.5
        sheet["C3"].number_format = "0.00%"
        sheet.merge_cells("A2:A3")
        sheet.merge_cells("B3:B4")
        sheet.merge_cells("A5:C5")
        sheet["A5"] = "合计"

    table = drawn(build)
    assert texts(table) == [["左", "", "<右&>"], ["左", "甲\n乙", "50.00%"], ["", "甲\n乙", ""], ["合计"] * 3]
    assert table.cell(0, 0)._tc is table.cell(1, 0)._tc or table.cell(1, 0)._tc.vMerge == "continue"


def test_hidden_rows_and_columns_are_left_out() -> None:
    def build(sheet: Any) -> None:
        for row in (1, 2, 3):
            for column in (1, 2, 3):
                sheet.cell(row, column).value = f"{row}{column}"
        sheet.row_dimensions[2].hidden = True
        sheet.column_dimensions["B"].hidden = True

    assert texts(drawn(build)) == [["11", "13"], ["31", "33"]]


def test_a_tall_sheet_is_made_small_and_a_very_tall_one_is_not() -> None:
    def sizes(rows: int) -> set[float]:
        def build(sheet: Any) -> None:
            for row in range(1, rows + 1):
                sheet.cell(row, 1).value = "字"
                sheet.cell(row, 1).font = Font(size=12)
                sheet.row_dimensions[row].height = 30

        return {run.font.size.pt for row in drawn(build).rows for run in row.cells[0].paragraphs[0].runs}

    assert sizes(10) == {12}
    assert sizes(30) == {8}
    assert sizes(100) == {12}


def test_ruling_and_alignment_come_along() -> None:
    def build(sheet: Any) -> None:
        sheet["A1"], sheet["B1"] = "左", 1
        sheet["A1"].alignment = Alignment(horizontal="center", vertical="top")
        sheet["A1"].border = Border(left=Side("medium"), top=Side("thin"))

    first, second = drawn(build).rows[0].cells
    (ruled,) = first._tc.iter(f"{{{W}}}tcBorders")
    assert [(side.tag.partition("}")[2], side.get(f"{{{W}}}sz")) for side in ruled] == [("top", "4"), ("left", "8")]
    assert (first.paragraphs[0].alignment, second.paragraphs[0].alignment) == (1, 2)
    assert str(first.vertical_alignment).startswith("TOP")
