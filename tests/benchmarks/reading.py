"""300,000 rows × 10 columns: our grid with addresses, and the table read to frames, beside calamine's ``to_python``."""

import gc
import io
import time
from collections.abc import Callable

import xlsxwriter
from python_calamine import CalamineWorkbook

from perfeval_xl.read.sheets import read_tables
from perfeval_xl.read.table.frames import read_frame
from perfeval_xl.read.table.roles import load_roles
from perfeval_xl.read.workbook.workbook import read_workbook

ROWS = 300_000
#: Times what calamine takes.
MOST = 2.0
HEADINGS = (
    "一级项目", "项目编码", "项目名称", "资金来源", "年初预算数", "预算调整数", "全年预算数", "到位资金", "全年执行数", "预算执行率",
)  # fmt: skip


def long_sheet(rows: int = ROWS) -> bytes:
    """An execution table: names as shared strings, amounts as numbers, a rate that is shown as a percentage."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    sheet, percent = book.add_worksheet("执行"), book.add_format({"num_format": "0.00%"})
    sheet.write_row(0, 0, HEADINGS)
    for row in range(1, rows + 1):
        amount = row * 12.34
        sheet.write_row(row, 0, (f"项目{row % 997}", f"{row:07d}", f"明细{row % 9973}", "区级预算资金"))
        sheet.write_row(row, 4, (amount, 0, amount, amount, round(amount * 0.97, 2)))
        sheet.write_number(row, 9, 0.97, percent)
    book.close()
    return stream.getvalue()


def best_of(job: Callable[[], object], times: int = 3) -> float:
    """The shortest of several runs in seconds."""
    spent = []
    for _ in range(times):
        gc.collect()
        start = time.perf_counter()
        job()
        spent.append(time.perf_counter() - start)
    return min(spent)


def by_calamine(content: bytes) -> object:
    """The sheet as lists of values, at their addresses."""
    with CalamineWorkbook.from_filelike(io.BytesIO(content)) as book:
        return book.get_sheet_by_index(0).to_python(skip_empty_area=False)


def by_us(content: bytes) -> object:
    """The tables with the rows that are data."""
    return read_tables(content, "某.xlsx", load_roles({}))


def to_frame(content: bytes) -> object:
    """The amounts in fen."""
    tables, _ = read_tables(content, "某.xlsx", load_roles({}))
    return read_frame(tables[0].role, list(enumerate(tables)), None)


def main() -> None:
    """Print the ratios."""
    content = long_sheet()
    theirs = best_of(lambda: by_calamine(content))
    jobs: tuple[tuple[str, Callable[[], object]], ...] = (
        ("the grid with addresses", lambda: read_workbook(content, "某.xlsx")),
        ("its table found", lambda: by_us(content)),
        ("the table as a frame", lambda: to_frame(content)),
    )
    size = f"{ROWS:,} rows x {len(HEADINGS)} columns, {len(content) / 2**20:.0f} MiB"
    print(f"{size}; calamine to_python: {theirs:.2f} s")  # noqa: T201
    for name, job in jobs:
        spent = best_of(job)
        print(f"{name}: {spent:.2f} s, {spent / theirs:.2f} x (at most {MOST:.0f} x for the grid)")  # noqa: T201


if __name__ == "__main__":
    main()
