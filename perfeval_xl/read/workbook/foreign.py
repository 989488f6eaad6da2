"""What .ods, .xls and .xlsb say beside their values, as :mod:`perfeval_xl.read.workbook.package` tells it of .xlsx."""

import io
import zipfile

from perfeval_xl.read.workbook.biff import read_biff_notes
from perfeval_xl.read.workbook.ods import read_ods_notes
from perfeval_xl.read.workbook.package import SheetNotes
from perfeval_xl.read.workbook.xlsb import read_xlsb_notes


def read_foreign_notes(content: bytes) -> dict[str, SheetNotes]:
    """Notes by sheet name; none for a format that is none of these. Raises on a broken file as the reader of it would.

    ``zipfile.BadZipFile``, ``zlib.error``, ``KeyError``, ``struct.error``, ``ValueError``, ``etree.XMLSyntaxError``.
    """
    if not content.startswith(b"PK"):
        return read_biff_notes(content)
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        names = set(package.namelist())
        if "content.xml" in names:
            return read_ods_notes(package)
        if "xl/workbook.bin" in names:
            return read_xlsb_notes(package)
    return {}
