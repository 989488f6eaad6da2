"""Draw the blank workbooks: headings that cannot be overwritten, notes, drop-downs, a worked example."""

import datetime as dt
import io
from collections.abc import Sequence

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from perfeval_xl.scheme import Scheme
from perfeval_xl.text import EXAMPLE_MARK
from perfeval_xl.write.blank.carried import Carried, Row
from perfeval_xl.write.blank.fitted import choices, fitted
from perfeval_xl.write.blank.layout import Column, Sheet, blank_layout
from perfeval_xl.write.files import Output

#: Rows that are prepared below the headings, and so many projects for a drop-down of them.
_ROWS, _PROJECTS = 2000, 200
_LAST_COLUMN = 16_383
#: The row of the headings (0-based), below the title and a line on what the sheet is for.
_TOP = 2
#: The fill of a heading: of a column that must be filled in, and of the others.
_REQUIRED, _OTHER = "#FCE4D6", "#D9E2F3"
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
    sheet = fitted(sheet, scheme)
    columns = _columns(sheet, carried)
    page = book.add_worksheet(sheet.name)
    page.write_string(0, 0, f"{year}年度{sheet.title}" if year else sheet.title, _style(book, bold=True, size=15))
    if sheet.money:
        page.write_string(1, 0, "金额单位：元", _style(book))
    page.write_string(1, 3 if sheet.money else 0, _guide(columns, sheet.hint), _style(book, grey=True))
    for at, column in enumerate(columns):
        _draw_column(book, page, at, column)
        _offer(page, at, column, _choices(column, scheme, carried))
    # A row can only be deleted where none of its cells is locked; and further columns may be added.
    page.set_column(len(columns), _LAST_COLUMN, None, _style(book))
    page.dim_colmax = len(columns) - 1  # a style is no content: the sheet does not reach to its last column
    rows = _named_rows(sheet, year, carried) if sheet.rows else carried.rows.get(sheet.role, ())
    if not rows:
        _write_example(book, page, columns, _TOP + 1)
    for row, values in enumerate(rows, _TOP + 1):
        _write_row(page, columns, row, values)
    for row, (_, _, note) in enumerate(sheet.rows, _TOP + 1):
        _note(page, row, 0, note)
    page.freeze_panes(_TOP + 1, 0)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.repeat_rows(_TOP)
    page.protect("", _ALLOWED)


def _columns(sheet: Sheet, carried: Carried) -> list[Column]:
    """Those that are needed, and last year's own."""
    columns = [column for column in sheet.columns if carried.several or not column.several]
    known = {column.heading for column in columns}
    own = [name for name in carried.further.get(sheet.role, ()) if name not in known]
    return columns + [Column(name, "", "上年增加的列，可用作表样的标记。") for name in own]


def _guide(columns: Sequence[Column], hint: str) -> str:
    """What is said above the headings."""
    colours = "橙色表头的列必填，" if any(column.required for column in columns) else ""
    return f"{hint}{colours}鼠标停在表头上看填写说明。"


def _draw_column(book: xlsxwriter.Workbook, page: xlsxwriter.worksheet.Worksheet, at: int, column: Column) -> None:
    """The heading with its note, and the look of the cells below."""
    fill = _REQUIRED if column.required else _OTHER
    heading = {**_FONT, "bold": True, "bg_color": fill, "border": 1, "align": "center", "text_wrap": True}
    look = {"num_format": _NUMBERS.get(column.kind, "@"), "text_wrap": column.kind in ("long", "wide"), "locked": 0}
    page.set_column(at, at, _WIDTHS[column.kind], book.add_format({**_FONT, **look}))
    page.write_string(_TOP, at, column.heading, book.add_format(heading))
    _note(page, _TOP, at, column.note)


def _note(page: xlsxwriter.worksheet.Worksheet, row: int, at: int, note: str) -> None:
    if note:
        page.write_comment(row, at, note, {"author": "", "x_scale": 1.8, "y_scale": 0.9})


def _style(
    book: xlsxwriter.Workbook, *, bold: bool = False, size: int = 11, grey: bool = False
) -> xlsxwriter.format.Format:
    colour = {"font_color": "#7F7F7F"} if grey else {}
    return book.add_format({**_FONT, **colour, "bold": bold, "font_size": size, "locked": 0})


def _choices(column: Column, scheme: Scheme, carried: Carried) -> list[str] | str:
    """Words, or where the names of the projects stand."""
    if column.choices != "projects":
        return choices(column, scheme)
    [sheet] = (sheet for sheets in blank_layout().values() for sheet in sheets if sheet.role == "projects")
    at = next(at for at, own in enumerate(_columns(sheet, carried)) if own.field == "project")
    # The worked example is no project.
    first = _TOP + 2 if carried.rows.get(sheet.role) else _TOP + 3
    letter = xl_col_to_name(at)
    return f"='{sheet.name}'!${letter}${first}:${letter}${first + _PROJECTS - 1}"


def _offer(page: xlsxwriter.worksheet.Worksheet, at: int, column: Column, source: list[str] | str) -> None:
    """The drop-down; other words are allowed where the list is only a help."""
    if source:
        rule = {"validate": "list", "source": source, "show_error": column.strict}
        page.data_validation(_TOP + 1, at, _TOP + _ROWS + 1, at, rule)


def _named_rows(sheet: Sheet, year: int | None, carried: Carried) -> list[Row]:
    """The names that the report asks for, then the officer's own of last year."""
    emptied = {name for name, kept, _ in sheet.rows if not kept}
    last = {str(row["名称"]): row["内容"] for row in carried.rows.get(sheet.role, ())}
    known: Row = {name: text for name, text in last.items() if name not in emptied}
    known = {**known, "年度": str(year)} if year else known
    names = dict.fromkeys([*(name for name, _, _ in sheet.rows), *last])
    return [{"名称": name, "内容": known.get(name, "")} for name in names]


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
