"""What an .ods says beside its values: percentages, formulas without a result, errors, hidden rows, merged areas.

Source: OpenDocument 1.3 part 3, chapters 9 (tables) and 19 (attributes).
"""

import zipfile
from collections.abc import Iterator

from lxml import etree

from perfeval_xl.read.table.values import Unusable
from perfeval_xl.read.workbook.package import SheetNotes
from perfeval_xl.read.workbook.safety import refused
from perfeval_xl.record import Struct, field

_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_CALC_TYPE = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}value-type"
#: Types of values that need no note.
_PLAIN = frozenset({"float", "string", "date", "time", "currency"})
_HIDDEN = frozenset({"collapse", "filter"})
_CELLS = frozenset({f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"})
#: How often one value is repeated at most; a sheet of the same percentage throughout is nobody's table.
_MOST_REPEATED = 100_000


class _Seen(Struct):
    """What a sheet says, as far as it has been walked."""

    unusable: dict[tuple[int, int], Unusable] = field(default_factory=dict)
    percents: set[tuple[int, int]] = field(default_factory=set)
    merges: list[tuple[tuple[int, int], tuple[int, int]]] = field(default_factory=list)
    rows: list[tuple[int, int]] = field(default_factory=list)
    columns: list[tuple[int, int]] = field(default_factory=list)
    row: int = 0
    column: int = 0

    def notes(self) -> SheetNotes:
        """The same as a record."""
        return SheetNotes(
            self.unusable, frozenset(self.percents), tuple(self.rows), tuple(self.columns), tuple(self.merges)
        )


def read_ods_notes(package: zipfile.ZipFile) -> dict[str, SheetNotes]:
    """Notes by sheet name. Raises ``etree.XMLSyntaxError``, ``ValueError``, ``zipfile.BadZipFile`` on a broken package."""
    notes: dict[str, SheetNotes] = {}
    seen = _Seen()
    ends = (f"{_TABLE}table", f"{_TABLE}table-row", f"{_TABLE}table-column")
    with package.open("content.xml") as content:
        walk = etree.iterparse(content, events=("end",), tag=ends, resolve_entities=False, no_network=True)
        for _, element in walk:
            if element.tag == ends[0]:
                notes[element.get(f"{_TABLE}name", "")] = seen.notes()
                seen = _Seen()
            elif element.tag == ends[1]:
                _walk_row(element, seen)
            else:
                times = _times(element, "columns")
                if element.get(f"{_TABLE}visibility") in _HIDDEN:
                    seen.columns.append((seen.column, seen.column + times - 1))
                seen.column += times
            element.clear()
    return notes


def _walk_row(row: "etree._Element", seen: _Seen) -> None:
    times = _times(row, "rows")
    if row.get(f"{_TABLE}visibility") in _HIDDEN:
        seen.rows.append((seen.row, seen.row + times - 1))
    column = 0
    for cell in row:
        if cell.tag not in _CELLS:
            continue
        width = _times(cell, "columns")
        for at in _said(cell, seen.row, times, column, width):
            _note(cell, at, seen)
        column += width
    seen.row += times


def _said(cell: "etree._Element", row: int, rows: int, column: int, columns: int) -> Iterator[tuple[int, int]]:
    """The places of a cell that says something, with its repetitions."""
    if not any(
        cell.get(name) for name in (f"{_OFFICE}value-type", f"{_TABLE}formula", f"{_TABLE}number-columns-spanned")
    ):
        return
    if rows * columns > _MOST_REPEATED:
        if cell.get(f"{_OFFICE}value-type") in _PLAIN:
            return
        raise refused(f"同一个值重复了 {rows * columns:,} 个单元格")
    for down in range(rows):
        for right in range(columns):
            yield row + down, column + right


def _note(cell: "etree._Element", at: tuple[int, int], seen: _Seen) -> None:
    kind = cell.get(f"{_OFFICE}value-type")
    if cell.get(_CALC_TYPE) == "error":
        seen.unusable[at] = Unusable("R106")
    elif cell.get(f"{_TABLE}formula") and not _has_result(cell, kind):
        seen.unusable[at] = Unusable("R107")
    elif kind == "boolean":
        seen.unusable[at] = Unusable("R106")  # the reader gives 1, which is no amount
    elif kind == "percentage":
        seen.percents.add(at)
    across, down = (int(cell.get(f"{_TABLE}number-{name}-spanned", "1")) for name in ("columns", "rows"))
    if across > 1 or down > 1:
        seen.merges.append((at, (at[0] + down - 1, at[1] + across - 1)))


def _has_result(cell: "etree._Element", kind: str | None) -> bool:
    if kind in (None, ""):
        return False
    return kind == "string" or any(
        cell.get(f"{_OFFICE}{name}") is not None for name in ("value", "date-value", "time-value", "boolean-value")
    )


def _times(element: "etree._Element", what: str) -> int:
    return int(element.get(f"{_TABLE}number-{what}-repeated", "1"))
