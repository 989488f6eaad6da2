"""Draw the blank workbooks: headings that cannot be overwritten, notes, drop-downs, a worked example."""

import datetime as dt
import io
from collections.abc import Sequence

import xlsxwriter

from perfeval_xl.scheme import Scheme
from perfeval_xl.text import EXAMPLE_MARK
from perfeval_xl.write.blank.carried import Carried, Row
from perfeval_xl.write.blank.layout import Column, Sheet, blank_layout
from perfeval_xl.write.files import Output

#: Rows that are prepared below the headings.
_ROWS = 2000
_LEVELS = ["产出指标", "效益指标", "满意度指标"]
_WIDTHS = {"text": 18, "code": 18, "amount": 17, "points": 11, "rate": 12, "long": 40, "wide": 90}
_NUMBERS = {"amount": "#,##0.00", "points": "0.00", "rate": "0.00%"}
_MADE = dt.datetime(2000, 1, 1)
#: What a protected sheet still lets its user do.
_ALLOWED = dict.fromkeys(
    (
        "format_cells", "format_columns", "format_rows", "insert_columns", "insert_rows", "delete_columns",
        "delete_rows", "sort", "autofilter", "insert_hyperlinks",
    ),
    True,
)  # fmt: skip
_FONT = {"font_name": "宋体", "font_size": 11, "valign": "vcenter"}


def blank_workbooks(scheme: Scheme, year: int | None, carried: Carried) -> list[Output]:
    """The input workbooks of a new year: blank, or with last year's rows. The year stands in the titles if known."""
    return [Output(file, "input", _workbook(sheets, scheme, year, carried)) for file, sheets in blank_layout().items()]


def _workbook(sheets: Sequence[Sheet], scheme: Scheme, year: int | None, carried: Carried) -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(
        buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        book.set_properties({"created": _MADE})
        for sheet in sheets:
            _draw(book, sheet, scheme, year, carried)
    return buffer.getvalue()


def _draw(book: xlsxwriter.Workbook, sheet: Sheet, scheme: Scheme, year: int | None, carried: Carried) -> None:
    columns = [column for column in sheet.columns if carried.several or not column.several]
    columns += [Column(name, "", "上年增加的列，可用作表样的标记。") for name in carried.further.get(sheet.role, ())]
    page = book.add_worksheet(sheet.name)
    page.write_string(0, 0, f"{year}年度{sheet.title}" if year else sheet.title, _style(book, bold=True, size=15))
    top = 1
    if sheet.money:
        page.write_string(1, 0, "金额单位：元", _style(book))
        top = 2
    heading = book.add_format(
        {**_FONT, "bold": True, "bg_color": "#D9E2F3", "border": 1, "align": "center", "text_wrap": True}
    )
    for at, column in enumerate(columns):
        look = {"num_format": _NUMBERS.get(column.kind, "@"), "text_wrap": column.kind in ("long", "wide"), "locked": 0}
        page.set_column(at, at, _WIDTHS[column.kind], book.add_format({**_FONT, **look}))
        page.write_string(top, at, column.heading, heading)
        _note(page, top, at, column.note)
        _offer(page, column, scheme, top + 1, at)
    rows = _named_rows(sheet, year, carried) if sheet.rows else carried.rows.get(sheet.role, ())
    if not rows:
        _write_example(book, page, columns, top + 1)
    for row, values in enumerate(rows, top + 1):
        _write_row(page, columns, row, values)
    for row, (_, _, note) in enumerate(sheet.rows, top + 1):
        _note(page, row, 0, note)
    page.freeze_panes(top + 1, 0)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.repeat_rows(top)
    page.protect("", _ALLOWED)


def _note(page: xlsxwriter.worksheet.Worksheet, row: int, at: int, note: str) -> None:
    if note:
        page.write_comment(row, at, note, {"author": "", "x_scale": 1.8, "y_scale": 0.9})


def _style(book: xlsxwriter.Workbook, *, bold: bool = False, size: int = 11) -> xlsxwriter.format.Format:
    return book.add_format({**_FONT, "bold": bold, "font_size": size, "locked": 0})


def _offer(page: xlsxwriter.worksheet.Worksheet, column: Column, scheme: Scheme, row: int, at: int) -> None:
    """The drop-down; other words are allowed where the list is only a help."""
    lists = {"levels": _LEVELS, "sources": list(scheme.funding_sources)}
    choices = lists[column.choices] if isinstance(column.choices, str) and column.choices else column.choices
    if choices:
        rule = {"validate": "list", "source": choices, "show_error": column.strict}
        page.data_validation(row, at, row + _ROWS, at, rule)


def _named_rows(sheet: Sheet, year: int | None, carried: Carried) -> list[Row]:
    """The names that the report asks for, then the officer's own of last year."""
    last = {str(row["名称"]): row["内容"] for row in carried.rows.get(sheet.role, ())}
    known = {"年度": str(year)} if year else {}
    names = dict.fromkeys([*(name for name, _, _ in sheet.rows), *last])
    return [{"名称": name, "内容": known.get(name) or last.get(name, "")} for name in names]


def _write_row(page: xlsxwriter.worksheet.Worksheet, columns: Sequence[Column], row: int, values: Row) -> None:
    for at, column in enumerate(columns):
        value = values.get(column.heading, "")
        if isinstance(value, str) and value:
            page.write_string(row, at, value)
        elif value != "":
            page.write_number(row, at, value)


def _write_example(
    book: xlsxwriter.Workbook, page: xlsxwriter.worksheet.Worksheet, columns: Sequence[Column], row: int
) -> None:
    """A worked row in grey italics. Its mark keeps it from being counted, wherever it is left standing."""
    for at, column in enumerate(columns):
        look = {
            **_FONT, "italic": True, "font_color": "#7F7F7F", "num_format": _NUMBERS.get(column.kind, "@"),
            "text_wrap": column.kind == "long", "locked": 0,
        }  # fmt: skip
        form = book.add_format(look)
        if at == 0:
            page.write_string(row, at, f"{EXAMPLE_MARK}{column.example}", form)
        elif isinstance(column.example, str):
            page.write_string(row, at, column.example, form)
        else:
            page.write_number(row, at, column.example, form)
