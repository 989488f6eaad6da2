"""The other parts of a template's package: how they are related, and which of them change with its filled sheets."""

import posixpath
from collections.abc import Callable, Collection, Iterator, Mapping

from lxml import etree

from perfeval_xl.lazy_pattern import lazy_pattern
from perfeval_xl.record import Record
from perfeval_xl.write.template.moving import (
    MOVES_MARK,
    Place,
    mark_chart,
    mark_comment_boxes,
    mark_comments,
    mark_drawing,
    mark_names,
    mark_table,
    move,
)
from perfeval_xl.write.template.package import Part, make_part
from perfeval_xl.write.template.shift import Shifts, sheet_key

Parts = Mapping[str, Part]
_CALC_CHAIN = lazy_pattern(r"<(?:\w+:)?(?:Override|Relationship)\b[^>]*?calcChain[^>]*?(?:/>|></(?:\w+:)?\w+>)")
_CALCULATION = lazy_pattern(r"<(?P<prefix>\w+:)?calcPr\b([^>]*?)(/?)>")
_BEFORE_CALCULATION = lazy_pattern(
    r"</?(\w+:)?(?:sheets|functionGroups|externalReferences|definedNames)(?:\s[^>]*)?/?>"
)
_ON_LOAD = lazy_pattern(r'\sfullCalcOnLoad="[^"]*"')

#: Kind of relation from a sheet → how the related part names its cells.
_OF_SHEETS: dict[str, Callable[[str], str]] = {
    "drawing": mark_drawing,
    "vmlDrawing": mark_comment_boxes,
    "comments": mark_comments,
    "threadedComment": mark_comments,
    "table": mark_table,
}


class MovingPart(Record):
    """A part with marks around what moves with the rows of ``sheet`` (its key, "" where every reference names its own)."""

    part: Part
    sheet: str
    text: str

    def moved(self, shifts: Shifts) -> Part:
        """The part for a size of form; the template's own where nothing in it moves."""
        content = move(self.text, Place(self.sheet, shifts)).encode()
        return self.part if content == self.part.content else make_part(self.part.name, content)


class SheetEntry(Record):
    """A sheet of the workbook: its name and its part's."""

    name: str
    part: str


class BookParts(Record):
    """The parts of the workbook by what they are for; ``styles`` and ``strings`` are empty where it has none."""

    book: str
    sheets: tuple[SheetEntry, ...]
    styles: str
    strings: str


def parse(parts: Parts, name: str) -> etree._Element:
    """A part's XML. Raises ``KeyError`` or ``etree.XMLSyntaxError``."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    return etree.fromstring(parts[name].content, parser)


def find_book(parts: Parts) -> BookParts:
    """The workbook and its sheets. Raises ``KeyError`` or ``IndexError`` where it is none."""
    book = related(parts, "", "officeDocument")[0]
    targets = {identity: target for identity, _, target in _relations(parts, book)}
    sheets = []
    for sheet in parse(parts, book).iterfind("{*}sheets/{*}sheet"):
        identity = next(str(value) for key, value in sheet.attrib.items() if str(key).endswith("}id"))
        sheets.append(SheetEntry(sheet.get("name", ""), targets[identity]))
    styles, strings = related(parts, book, "styles"), related(parts, book, "sharedStrings")
    return BookParts(book, tuple(sheets), next(iter(styles), ""), next(iter(strings), ""))


def related(parts: Parts, source: str, kind: str) -> list[str]:
    """The names of the parts that a part has this relation to; the source "" is the package."""
    return [target for _, relation, target in _relations(parts, source) if relation == kind]


def _relations(parts: Parts, source: str) -> Iterator[tuple[str, str, str]]:
    """Of a part: each relation's identity, kind (the last word of its address) and target."""
    folder, file = posixpath.split(source)
    name = posixpath.join(folder, "_rels", f"{file}.rels")
    if name not in parts:
        return
    for relation in parse(parts, name).iterchildren("*"):
        if relation.get("TargetMode") != "External":
            target = posixpath.normpath(posixpath.join("/", folder, relation.get("Target", "")))[1:]
            yield relation.get("Id", ""), relation.get("Type", "").rpartition("/")[2], target


def moving_parts(parts: Parts, book: BookParts, repeating: Collection[str]) -> Iterator[MovingPart]:
    """Drawings, comments, tables, charts and names that move. ``repeating``: the parts of sheets with repeating rows."""
    marked = []
    for sheet in book.sheets:
        if sheet.part in repeating:
            marked += [
                (target, sheet_key(sheet.name), _OF_SHEETS[kind])
                for _, kind, target in _relations(parts, sheet.part)
                if kind in _OF_SHEETS
            ]
    if repeating:
        charts = [name for name in parts if "/charts/" in name and "/_rels/" not in name and name.endswith(".xml")]
        marked += [(name, "", mark_chart) for name in charts]
        marked.append((book.book, "", mark_names))
    for name, key, mark in marked:
        text = mark(parts[name].content.decode("utf-8"))
        if MOVES_MARK in text:
            yield MovingPart(parts[name], key, text)


def without_calc_chain(parts: Parts, book: BookParts) -> dict[str, Part]:
    """The parts without the order of calculation, which names cells that will have moved; Excel makes its own."""
    folder, file = posixpath.split(book.book)
    chains = set(related(parts, book.book, "calcChain"))
    naming = {"[Content_Types].xml", posixpath.join(folder, "_rels", f"{file}.rels")} if chains else set()
    kept = {}
    for name, part in parts.items():
        if name in naming:
            kept[name] = make_part(name, _CALC_CHAIN.sub("", part.content.decode("utf-8")).encode())
        elif name not in chains:
            kept[name] = part
    return kept


def calculate_on_opening(text: str) -> str:
    """The workbook's XML that asks Excel to work every formula out when it opens the file."""
    found = _CALCULATION.search(text)
    if found:
        attributes = _ON_LOAD.sub("", found[2]).rstrip()
        return f'{text[: found.start()]}<{found["prefix"] or ""}calcPr{attributes} fullCalcOnLoad="1"{found[3]}>{text[found.end() :]}'
    last = list(_BEFORE_CALCULATION.finditer(text))[-1]
    return f'{text[: last.end()]}<{last[1] or ""}calcPr fullCalcOnLoad="1"/>{text[last.end() :]}'
