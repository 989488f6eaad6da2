"""Marks in a template sheet's XML around what moves with its rows: ranges, formulas, breaks and anchors."""

from lxml import etree

from perfeval_xl.write.template.moving import ANCHOR, BREAK, CELL, COPIES_MARK, FORMULA, RANGES, mark
from perfeval_xl.write.template.source import FORMULAS, local

#: Attributes that name cells, with how they move.
_ATTRIBUTES = {"ref": RANGES, "sqref": RANGES, "location": FORMULA, "activeCell": CELL}
_STANDING = frozenset({"dataRef", "mergeCell"})


def mark_what_moves(root: etree._Element, repeating: set[int]) -> None:
    """Put marks around the ranges, formulas, breaks and anchors that move with the rows."""
    for cell in root.iterfind("{*}sheetData/{*}row/{*}c[{*}f]"):
        # The stored result is the template's, not the form's.
        for stored in cell.findall("{*}v"):
            cell.remove(stored)
        cell.attrib.pop("t", "")
    for sparkline in root.iter("{*}sparkline"):
        _mark_sparkline(sparkline, repeating)
    for element in root.iter("*"):
        way = _text_moves(element)
        if way and element.text:
            element.text = mark(way, element.text)
        if local(element) == "brk" and local(_parent(element)) == "rowBreaks":
            element.set("id", mark(BREAK, element.get("id", "0")))
        for attribute, kind in _ATTRIBUTES.items():
            value = element.get(attribute)
            if value and local(element) not in _STANDING:
                element.set(attribute, mark(kind, value))


def _text_moves(element: etree._Element) -> str:
    """How the element's text moves with the rows, "" where it does not."""
    name, parent = local(element), local(_parent(element))
    if name == "sqref":
        return CELL if parent == "sparkline" else RANGES
    if name in FORMULAS:
        return FORMULA
    return ANCHOR if name == "row" and parent in ("from", "to") else ""  # a form control's place


def _parent(element: etree._Element) -> etree._Element:
    parent = element.getparent()
    return element if parent is None else parent


def _mark_sparkline(sparkline: etree._Element, repeating: set[int]) -> None:
    """A sparkline stands in one cell: in a repeating row each copy gets its own."""
    digits = (sparkline.findtext("{*}sqref") or "").lstrip("$ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    if not (digits.isdecimal() and int(digits) in repeating):
        return
    opening, group, above = f"{COPIES_MARK}{digits};", _parent(sparkline), sparkline.getprevious()
    if above is None:
        group.text = (group.text or "") + opening
    else:
        above.tail = (above.tail or "") + opening
    sparkline.tail = COPIES_MARK + (sparkline.tail or "")
