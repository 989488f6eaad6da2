"""What an .xlsb says beside its values: percentages, decimals, errors, hidden rows and columns.

Source: [MS-XLSB] 2.1.4 (how records are written) and 2.4 (the records; numbers in 2.3.2).
"""

import struct
import zipfile
from collections.abc import Iterator
from pathlib import PurePosixPath

from lxml import etree

from perfeval_xl.read.table.values import Unusable
from perfeval_xl.read.workbook.package import Formats, SheetNotes
from perfeval_xl.read.workbook.shown import add_shown, decimals_of_formats

_PERCENT_IDS = frozenset({9, 10})
_ROW, _CELLS, _ERRORS, _NUMBERS = 0, range(1, 12), (3, 11), (2, 5, 9)
_FORMAT, _XF, _XFS, _XFS_END, _COLUMN, _SHEET = 44, 47, 617, 618, 60, 156


def read_xlsb_notes(package: zipfile.ZipFile) -> dict[str, SheetNotes]:
    """Notes by sheet name. Raises ``KeyError``, ``struct.error``, ``etree.XMLSyntaxError``, ``zipfile.BadZipFile``."""
    relations = etree.fromstring(
        package.read("xl/_rels/workbook.bin.rels"), etree.XMLParser(resolve_entities=False, no_network=True)
    )
    targets = {str(relation.get("Id")): str(relation.get("Target", "")) for relation in relations}
    formats = _read_formats(package)
    notes = {}
    for kind, body in _records(package.read("xl/workbook.bin")):
        if kind == _SHEET:
            identity, end = _text(body, 8)
            name, _ = _text(body, end)
            target = targets.get(identity, "")
            part = target.lstrip("/") if target.startswith("/") else str(PurePosixPath("xl") / target)
            if "worksheets/" in part:
                notes[name] = _sheet_notes(package.read(part), formats)
    return notes


def _read_formats(package: zipfile.ZipFile) -> Formats:
    """Which cell formats show percentages, and which decimals."""
    if "xl/styles.bin" not in package.namelist():
        return Formats()
    custom: dict[int, str] = {}
    styles, inside = [], False
    for kind, body in _records(package.read("xl/styles.bin")):
        if kind == _FORMAT:
            custom[struct.unpack_from("<H", body)[0]] = _text(body, 2)[0]
        elif kind in (_XFS, _XFS_END):
            inside = kind == _XFS
        elif kind == _XF and inside:
            styles.append(struct.unpack_from("<H", body, 2)[0])
    percents = _PERCENT_IDS | {number for number, code in custom.items() if "%" in code}
    decimals = decimals_of_formats(custom)
    return Formats(
        percents=frozenset(at for at, number in enumerate(styles) if number in percents),
        decimals={at: decimals[number] for at, number in enumerate(styles) if number in decimals},
    )


def _sheet_notes(part: bytes, formats: Formats) -> SheetNotes:
    unusable: dict[tuple[int, int], Unusable] = {}
    percents: set[tuple[int, int]] = set()
    rows: list[tuple[int, int]] = []
    columns: list[tuple[int, int]] = []
    shown: dict[tuple[int, int], tuple[int, int]] = {}
    row = 0
    for kind, body in _records(part):
        if kind == _ROW:
            row = struct.unpack_from("<I", body)[0]
            if len(body) > 11 and body[11] & 0x10:
                rows.append((row, row))
        elif kind == _COLUMN and len(body) >= 18 and body[16] & 1:
            first, last = struct.unpack_from("<II", body)
            columns.append((first, last))
        elif kind in _CELLS:
            column, style = struct.unpack_from("<II", body)
            if kind in _ERRORS:
                unusable[row, column] = Unusable("R106")
            elif kind in _NUMBERS and style & 0xFFFFFF in formats.percents:
                percents.add((row, column))
            elif kind in _NUMBERS and style & 0xFFFFFF in formats.decimals:
                add_shown(shown, column, formats.decimals[style & 0xFFFFFF], row, row)
    return SheetNotes(unusable, frozenset(percents), tuple(rows), tuple(columns), shown=shown)


def _records(part: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at < len(part):
        kind = part[at]
        at += 1
        if kind & 0x80:
            kind = kind & 0x7F | part[at] << 7
            at += 1
        length = 0
        for shift in (0, 7, 14, 21):
            byte = part[at]
            at += 1
            length |= (byte & 0x7F) << shift
            if not byte & 0x80:
                break
        yield kind, part[at : at + length]
        at += length


def _text(body: bytes, at: int) -> tuple[str, int]:
    length = struct.unpack_from("<I", body, at)[0]
    end = at + 4 + 2 * length
    return body[at + 4 : end].decode("utf-16-le", "replace"), end
