"""Workbooks of any format for the tests of reading, and the committed ones of formats that not every machine can write.

``python -m tests.read.books`` writes the committed ones anew; it needs LibreOffice (``soffice``).
"""

import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

import openpyxl

from tests.read.hongshan_layouts.layouts import LAYOUTS, Layout, Sheet
from tests.read.xlsb import xlsb_bytes
from tests.workbooks import clean_year, write_folder

CORPUS = Path(__file__).parent / "corpus"
#: Layouts of the sample in formats that openpyxl does not write.
CONVERTED = ("wan", "sources", "et")


def write_xlsx(path: Path, sheets: Mapping[str, Sheet]) -> None:
    """Sheets with their merged areas."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for title, content in sheets.items():
        sheet = book.create_sheet(title)
        for row in content.rows:
            sheet.append([None if cell == "" else cell for cell in row])
        for top, left, bottom, right in content.merges:
            sheet.merge_cells(None, top + 1, left + 1, bottom + 1, right + 1)
    book.save(path)


def write_layout(folder: Path, layout: Layout) -> Path:
    """A layout's workbooks as a unit folder, converted where its format asks for it."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, sheets in layout.books.items():
        if layout.suffix == ".xlsb":
            content = {title: (sheet.rows, sheet.merges) for title, sheet in sheets.items()}
            (folder / f"{name}.xlsb").write_bytes(xlsb_bytes(content))
        else:
            write_xlsx(folder / f"{name}.xlsx", sheets)
    if layout.suffix in (".xls", ".ods", ".et"):
        convert(folder, layout.suffix)
    if layout.settings:
        (folder / "perfeval.toml").write_text(layout.settings, encoding="utf-8")
    return folder


def convert(folder: Path, suffix: str) -> None:
    """Every .xlsx of a folder by LibreOffice; .et is an .xls by another name."""
    kind = "xls" if suffix == ".et" else suffix[1:]
    files = sorted(folder.glob("*.xlsx"))
    with tempfile.TemporaryDirectory() as profile:
        command = ["soffice", "--headless", f"-env:UserInstallation={Path(profile).as_uri()}", "--convert-to", kind]
        subprocess.run([*command, "--outdir", folder, *files], check=True, capture_output=True, timeout=120)
    for file in files:
        file.unlink()
        if suffix == ".et":
            file.with_suffix(".xls").rename(file.with_suffix(".et"))


def write_shown_otherwise(folder: Path) -> Path:
    """The clean year with what a cell's value does not say: percentages, hidden parts, an error, merged names, a formula."""
    write_folder(folder, clean_year())
    for path in sorted(folder.glob("*.xlsx")):
        book = openpyxl.load_workbook(path)
        sheet = book.worksheets[0]
        if sheet.title == "预算执行情况":
            for area in ("B4:B6", "C4:C5", "D4:D5"):
                sheet.merge_cells(area)
            for row, rate in enumerate((1, 0.96, 0.9999999, 0.95), 4):
                sheet.cell(row, 11, rate).number_format = "0.00%"
            sheet["J7"] = "=57000*2"
            sheet["L4"] = "=1/0"
            sheet.row_dimensions[5].hidden = True
            sheet.column_dimensions["I"].hidden = True
        if sheet.title == "绩效指标":
            for cell, share in (("F4", 0.9), ("G4", 0.95), ("F5", 1), ("G5", 1)):
                sheet[cell] = share
                sheet[cell].number_format = "0%"
        book.save(path)
    return folder


def main() -> None:
    """Write the converted layouts anew."""
    for suffix in (".xls", ".ods"):
        shutil.rmtree(CORPUS / f"shown{suffix}", ignore_errors=True)
        convert(write_shown_otherwise(CORPUS / f"shown{suffix}"), suffix)
    for name in CONVERTED:
        shutil.rmtree(CORPUS / name, ignore_errors=True)
        write_layout(CORPUS / name, LAYOUTS[name]())


if __name__ == "__main__":
    main()
