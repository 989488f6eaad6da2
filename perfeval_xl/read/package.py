"""What an .xlsx package says beside its values: formulas never calculated, Excel errors, percentages, hidden parts.

The fast reader gives an uncalculated formula as 0 or blank, an error as blank and a percentage as a bare number;
here their cells are found in the sheets' own XML, so that none of them passes for something else.
"""

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from lxml import etree

from perfeval_xl.read.values import Unusable

_CELL = re.compile(rb"<(?:\w+:)?c\s([^>]*?)(?:/>|>(.*?)</(?:\w+:)?c>)", re.DOTALL)
_ATTRIBUTE = re.compile(rb'(\w+)="([^"]*)"')
_VALUE = re.compile(rb"<(?:\w+:)?v(?:\s[^>]*)?>([^<]+)</")
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s>/]")
_ADDRESS = re.compile(r"([A-Z]{1,3})(\d+)")
_ROW = re.compile(rb"<(?:\w+:)?row\s([^>]*)>")
_COLUMN = re.compile(rb"<(?:\w+:)?col\s([^>]*)>")
_PERCENT_IDS = frozenset({9, 10})


@dataclass(frozen=True, slots=True)
class SheetNotes:
    """Zero-based (row, column) of cells that need care, and (first, last) of hidden rows and columns.

    ``merges``, ((top, left), (bottom, right)), only where the reader does not tell them.
    """

    unusable: dict[tuple[int, int], Unusable] = field(default_factory=dict)
    percents: frozenset[tuple[int, int]] = frozenset()
    hidden_rows: tuple[tuple[int, int], ...] = ()
    hidden_columns: tuple[tuple[int, int], ...] = ()
    merges: tuple[tuple[tuple[int, int], tuple[int, int]], ...] = ()


def column_index(letters: str) -> int:
    """Zero-based: A is 0."""
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - 64
    return index - 1


def column_letters(index: int) -> str:
    """Zero-based: 0 is A."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def read_notes(content: bytes) -> dict[str, SheetNotes]:
    """Notes by sheet name; none for a package that is no .xlsx.

    Raises ``zipfile.BadZipFile``, ``zlib.error``, ``KeyError`` or ``etree.XMLSyntaxError`` on a broken one.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        if "xl/workbook.xml" not in package.namelist():
            return {}
        book = etree.fromstring(package.read("xl/workbook.xml"), _parser())
        relations = etree.fromstring(package.read("xl/_rels/workbook.xml.rels"), _parser())
        targets = {relation.get("Id"): relation.get("Target", "") for relation in relations}
        calculation = book.find("{*}calcPr")
        # A program that cannot calculate stores 0 and asks for calculation on opening.
        zero_is_unknown = calculation is not None and calculation.get("fullCalcOnLoad") in ("1", "true")
        percent_styles = _percent_styles(package)
        notes = {}
        for sheet in book.iter("{*}sheet"):
            target = targets.get(
                next((value for key, value in sheet.attrib.items() if str(key).endswith("}id")), ""), ""
            )
            name = target.lstrip("/") if target.startswith("/") else str(PurePosixPath("xl") / target)
            notes[str(sheet.get("name"))] = _sheet_notes(package.read(name), percent_styles, zero_is_unknown)
        return notes


def _parser() -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True)


def _percent_styles(package: zipfile.ZipFile) -> frozenset[bytes]:
    if "xl/styles.xml" not in package.namelist():
        return frozenset()
    styles = etree.fromstring(package.read("xl/styles.xml"), _parser())
    custom = {int(item.get("numFmtId", "0")) for item in styles.iter("{*}numFmt") if "%" in item.get("formatCode", "")}
    formats = styles.find("{*}cellXfs")
    rows = [] if formats is None else list(formats)
    return frozenset(
        str(at).encode() for at, row in enumerate(rows) if int(row.get("numFmtId", "0")) in _PERCENT_IDS | custom
    )


def _sheet_notes(xml: bytes, percent_styles: frozenset[bytes], zero_is_unknown: bool) -> SheetNotes:
    hidden = _hidden_spans(_ROW, xml, b"r", b"r"), _hidden_spans(_COLUMN, xml, b"min", b"max")
    if not (percent_styles or b't="e"' in xml or _FORMULA.search(xml)):
        return SheetNotes(hidden_rows=hidden[0], hidden_columns=hidden[1])
    unusable = {}
    percents = set()
    for attributes, body in _cells(xml):
        address = _ADDRESS.fullmatch(attributes.get(b"r", b"").decode())
        if address is None:
            continue
        place = (int(address[2]) - 1, column_index(address[1]))
        kind = attributes.get(b"t", b"n")
        if kind == b"e" and body:
            unusable[place] = Unusable("R106")
        elif _FORMULA.search(body) and kind != b"str":
            value = _VALUE.search(body)
            if value is None or (zero_is_unknown and value[1].strip() == b"0"):
                unusable[place] = Unusable("R107")
        if attributes.get(b"s") in percent_styles:
            percents.add(place)
    return SheetNotes(unusable, frozenset(percents), *hidden)


def _hidden_spans(element: re.Pattern[bytes], xml: bytes, first: bytes, last: bytes) -> tuple[tuple[int, int], ...]:
    if b'hidden="' not in xml:
        return ()
    found = (dict(_ATTRIBUTE.findall(match[1])) for match in element.finditer(xml) if b"hidden=" in match[1])
    return tuple(
        (int(each[first]) - 1, int(each[last]) - 1)
        for each in found
        if each.get(b"hidden") in (b"1", b"true") and first in each and last in each
    )


def _cells(xml: bytes) -> Iterator[tuple[dict[bytes, bytes], bytes]]:
    for match in _CELL.finditer(xml):
        yield dict(_ATTRIBUTE.findall(match[1])), match[2] or b""
