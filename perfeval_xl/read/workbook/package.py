"""What an .xlsx package says beside its values: formulas never calculated, Excel errors, percentages, hidden parts.

The fast reader gives an uncalculated formula as 0 or blank, an error as blank and a percentage as a bare number;
here their cells are found in the sheets' own XML, so that none of them passes for something else.
"""

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath

from lxml import etree

from perfeval_xl.lazy_pattern import lazy_pattern
from perfeval_xl.read.table.values import Unusable
from perfeval_xl.read.workbook.shown import Shown, add_shown, decimals_of_formats
from perfeval_xl.record import Record, field, replace

_CELL = lazy_pattern(rb"<(?:\w+:)?c\s([^>]*?)(?:/>|>(.*?)</(?:\w+:)?c>)", re.DOTALL)
_ATTRIBUTE = lazy_pattern(rb'(\w+)="([^"]*)"')
_VALUE = lazy_pattern(rb"<(?:\w+:)?v(?:\s[^>]*)?>([^<]+)</")
_FORMULA = lazy_pattern(rb"<(?:\w+:)?f[\s>/]")
_ADDRESS = lazy_pattern(r"([A-Z]{1,3})(\d+)")
_ROW = lazy_pattern(rb"<(?:\w+:)?row\s([^>]*)>")
_COLUMN = lazy_pattern(rb"<(?:\w+:)?col\s([^>]*)>")
_BOOK = "xl/workbook.xml"
_PERCENT_IDS = frozenset({9, 10})
#: Built-in formats that show dates or times somewhere in the world.
_DATE_IDS = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
#: What of a format code is not about dates: texts, escapes, fillers, colours; and the letters that are.
_NO_DATE = lazy_pattern(r'"[^"]*"|\\.|_.|\*.|\[(?![hms])[^\]]*\]', re.IGNORECASE)
_DATE_LETTERS = frozenset("dmyhsDMYHS")


class SheetNotes(Record):
    """Zero-based (row, column) of cells that need care, and (first, last) of hidden rows and columns.

    ``merges``, ((top, left), (bottom, right)), only where the reader does not tell them; ``shown``: decimal places.
    """

    unusable: dict[tuple[int, int], Unusable] = field(default_factory=dict)
    percents: frozenset[tuple[int, int]] = frozenset()
    hidden_rows: tuple[tuple[int, int], ...] = ()
    hidden_columns: tuple[tuple[int, int], ...] = ()
    merges: tuple[tuple[tuple[int, int], tuple[int, int]], ...] = ()
    shown: Shown = field(default_factory=dict)


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


class Formats(Record):
    """Which cell formats (by their number) show percentages, which may show dates, and which always decimals, how many.

    ``zero_is_unknown``: a program that cannot calculate stores 0 and asks for calculation on opening.
    """

    percents: frozenset[int] = frozenset()
    dates: frozenset[int] = frozenset()
    zero_is_unknown: bool = False
    decimals: Mapping[int, int] = field(default_factory=dict)


class ListedSheet(Record):
    """A sheet as the workbook lists it, and the name of the part that holds it."""

    name: str
    part: str
    visible: bool


def list_sheets(content: bytes) -> list[ListedSheet]:
    """The sheets of a workbook in their order; none for a package that is no .xlsx.

    Raises ``zipfile.BadZipFile``, ``zlib.error``, ``KeyError`` or ``etree.XMLSyntaxError`` on a broken one.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        if _BOOK not in package.namelist():
            return []
        relations = etree.fromstring(package.read("xl/_rels/workbook.xml.rels"), xml_parser())
        targets = {relation.get("Id"): relation.get("Target", "") for relation in relations}
        sheets = []
        for sheet in etree.fromstring(package.read(_BOOK), xml_parser()).iter("{*}sheet"):
            identity = next((value for key, value in sheet.attrib.items() if str(key).endswith("}id")), "")
            target = targets.get(identity, "")
            part = target.lstrip("/") if target.startswith("/") else str(PurePosixPath("xl") / target)
            sheets.append(ListedSheet(str(sheet.get("name")), part, sheet.get("state", "visible") == "visible"))
        return sheets


def read_formats(content: bytes) -> Formats:
    """What the workbook says of its cell formats. Raises as :func:`list_sheets`."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        calculation = etree.fromstring(package.read(_BOOK), xml_parser()).find("{*}calcPr")
        zero_is_unknown = calculation is not None and calculation.get("fullCalcOnLoad") in ("1", "true")
        if "xl/styles.xml" not in package.namelist():
            return Formats(zero_is_unknown=zero_is_unknown)
        styles = etree.fromstring(package.read("xl/styles.xml"), xml_parser())
    custom = {int(item.get("numFmtId", "0")): item.get("formatCode", "") for item in styles.iter("{*}numFmt")}
    percents = _PERCENT_IDS | {number for number, code in custom.items() if "%" in code}
    lettered = [(number, code) for number, code in custom.items() if not _DATE_LETTERS.isdisjoint(code)]
    dates = _DATE_IDS | {number for number, code in lettered if not _DATE_LETTERS.isdisjoint(_NO_DATE.sub("", code))}
    formats = styles.find("{*}cellXfs")
    numbers = [] if formats is None else [int(each.get("numFmtId", "0")) for each in formats]
    decimals = decimals_of_formats(custom)
    return Formats(
        frozenset(at for at, number in enumerate(numbers) if number in percents),
        frozenset(at for at, number in enumerate(numbers) if number in dates),
        zero_is_unknown,
        {at: decimals[number] for at, number in enumerate(numbers) if number in decimals},
    )


def read_part(content: bytes, name: str) -> bytes | None:
    """A part's bytes, or ``None`` where there is none of this name. Raises as :func:`list_sheets`."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return package.read(name) if name in package.namelist() else None


def read_notes(content: bytes, sheet: ListedSheet, formats: Formats) -> SheetNotes:
    """Notes on one sheet. Raises as :func:`list_sheets`."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        xml = package.read(sheet.part)
    percents = frozenset(str(at).encode() for at in formats.percents)
    notes = _sheet_notes(xml, percents, formats.zero_is_unknown)
    return replace(notes, shown=_shown(xml, formats.decimals)) if formats.decimals else notes


def xml_parser() -> etree.XMLParser:
    """A parser that replaces no entities and asks nobody."""
    return etree.XMLParser(resolve_entities=False, no_network=True)


def _sheet_notes(xml: bytes, percent_styles: frozenset[bytes], zero_is_unknown: bool) -> SheetNotes:
    hidden = tuple(hidden_rows(xml)), _hidden_columns(xml)
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


def _shown(xml: bytes, decimals: Mapping[int, int]) -> Shown:
    """The decimal places of the numbers in a sheet's XML, where its cells are written as programs write them."""
    styles = b"|".join(str(style).encode() for style in decimals)
    cells = re.compile(rb'<(?:\w+:)?c r="([A-Z]{1,3})(\d{1,7})" s="(%b)"(?: t="n")?>' % styles)
    first: dict[tuple[bytes, bytes], bytes] = {}
    last: dict[tuple[bytes, bytes], bytes] = {}
    for column, row, style in map(re.Match[bytes].groups, cells.finditer(xml)):
        last[column, style] = row
        first.setdefault((column, style), row)
    shown: dict[tuple[int, int], tuple[int, int]] = {}
    for (column, style), row in last.items():
        top, bottom = int(first[column, style]) - 1, int(row) - 1
        add_shown(shown, column_index(column.decode()), decimals[int(style)], top, bottom)
    return shown


def hidden_rows(xml: bytes) -> list[tuple[int, int]]:
    """The hidden rows of a sheet's XML, or of a piece of it."""
    if b'hidden="' not in xml:
        return []
    return hidden_spans((_attributes(match[1]) for match in _ROW.finditer(xml) if b"hidden=" in match[1]), "r", "r")


def _hidden_columns(xml: bytes) -> tuple[tuple[int, int], ...]:
    if b'hidden="' not in xml:
        return ()
    found = (_attributes(match[1]) for match in _COLUMN.finditer(xml) if b"hidden=" in match[1])
    return tuple(hidden_spans(found, "min", "max"))


def hidden_spans(elements: Iterable[Mapping[str, str]], first: str, last: str) -> list[tuple[int, int]]:
    """Zero-based (first, last) of those elements, by their attributes, that are hidden."""
    return [
        (int(each[first]) - 1, int(each[last]) - 1)
        for each in elements
        if each.get("hidden") in ("1", "true") and first in each and last in each
    ]


def _attributes(written: bytes) -> dict[str, str]:
    return {name.decode(): value.decode() for name, value in _ATTRIBUTE.findall(written)}


def _cells(xml: bytes) -> Iterator[tuple[dict[bytes, bytes], bytes]]:
    for match in _CELL.finditer(xml):
        yield dict(_ATTRIBUTE.findall(match[1])), match[2] or b""
