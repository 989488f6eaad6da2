"""A writer of .xlsb, as small as can be: texts, numbers and merged areas, for no library writes the format.

Records and their fields: [MS-XLSB] 2.1.4 and 2.4; an identifier is one or two bytes, a length one to four of seven bits.
"""

import io
import struct
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Merge = tuple[int, int, int, int]


@dataclass(frozen=True)
class Shown:
    """A number that is shown as a percentage, or an Excel error."""

    value: float | None
    percent: bool = False
    error: bool = False


_TYPES = """<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">\
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>\
<Default Extension="bin" ContentType="application/vnd.ms-excel.worksheet"/>\
<Override PartName="/xl/workbook.bin" ContentType="application/vnd.ms-excel.sheet.binary.macroEnabled.main"/></Types>"""
_RELATIONS = '<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
_RELATION = (
    '<Relationship Id="{}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{}" Target="{}"/>'
)


def xlsb_bytes(
    sheets: Mapping[str, tuple[Sequence[Sequence[Any]], Sequence[Merge]]],
    hidden_rows: Sequence[int] = (),
    hidden_columns: Sequence[int] = (),
) -> bytes:
    """A workbook of sheets: name → (rows of text, numbers, :class:`Shown` and blanks; zero-based merged areas).

    What is hidden (zero-based) is so on every sheet.
    """
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", _TYPES)
        package.writestr(
            "_rels/.rels", _RELATIONS.format(_RELATION.format("rId1", "officeDocument", "xl/workbook.bin"))
        )
        package.writestr("xl/workbook.bin", _book(list(sheets)))
        relations = [
            _RELATION.format(f"rId{at}", "worksheet", f"worksheets/sheet{at}.bin") for at in range(1, len(sheets) + 1)
        ]
        package.writestr("xl/_rels/workbook.bin.rels", _RELATIONS.format("".join(relations)))
        package.writestr("xl/styles.bin", _styles())
        for at, (rows, merges) in enumerate(sheets.values(), 1):
            content = _sheet(rows, merges, hidden_rows, hidden_columns)
            package.writestr(f"xl/worksheets/sheet{at}.bin", content)
    return out.getvalue()


def _record(kind: int, body: bytes = b"") -> bytes:
    head = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
    length, size = len(body), b""
    while length > 127:
        size += bytes([length & 0x7F | 0x80])
        length >>= 7
    return head + size + bytes([length]) + body


def _text(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def _book(names: Sequence[str]) -> bytes:
    bundles = [
        _record(156, struct.pack("<II", 0, at) + _text(f"rId{at}") + _text(name)) for at, name in enumerate(names, 1)
    ]
    return b"".join([_record(131), _record(143), *bundles, _record(144), _record(132)])


def _styles() -> bytes:
    """Two cell formats: General, and 0.00%, written out."""
    percent = struct.pack("<H", 200) + _text("0.00%")
    formats = [struct.pack("<HHHHHBBI", 0, number, 0, 0, 0, 0, 0, 0) for number in (0, 200)]
    records = [_record(278), _record(615, struct.pack("<I", 1)), _record(44, percent), _record(616)]
    records += [
        _record(617, struct.pack("<I", 2)),
        *(_record(47, each) for each in formats),
        _record(618),
        _record(279),
    ]
    return b"".join(records)


def _sheet(
    rows: Sequence[Sequence[Any]], merges: Sequence[Merge], hidden_rows: Sequence[int], hidden_columns: Sequence[int]
) -> bytes:
    width = max(map(len, rows))
    parts = [_record(129), _record(148, struct.pack("<4I", 0, len(rows) - 1, 0, width - 1))]
    if hidden_columns:
        columns = [_record(60, struct.pack("<4IH", at, at, 2304, 0, 1)) for at in hidden_columns]
        parts += [_record(390), *columns, _record(391)]
    parts.append(_record(145))
    for at, row in enumerate(rows):
        flags = 0x10 if at in hidden_rows else 0
        parts.append(_record(0, struct.pack("<IIHBBBI", at, 0, 300, 0, flags, 0, 0)))
        parts += [_cell(column, value) for column, value in enumerate(row) if value not in ("", None)]
    parts.append(_record(146))
    if merges:
        areas = [_record(176, struct.pack("<4I", top, bottom, left, right)) for top, left, bottom, right in merges]
        parts += [_record(177, struct.pack("<I", len(merges))), *areas, _record(178)]
    return b"".join([*parts, _record(130)])


def _cell(column: int, value: Any) -> bytes:
    if isinstance(value, Shown):
        place = struct.pack("<II", column, int(value.percent))
        return _record(3, place + b"\x07") if value.error else _record(5, place + struct.pack("<d", value.value))
    place = struct.pack("<II", column, 0)
    if isinstance(value, str):
        return _record(6, place + _text(value))
    return _record(5, place + struct.pack("<d", value))
