"""The shared strings of an .xlsx: one object for each text, however many cells have it."""

import re

import numpy as np
import numpy.typing as npt
from lxml import etree

from perfeval_xl.lazy_pattern import lazy_pattern
from perfeval_xl.read.workbook.digits import NotPlainError
from perfeval_xl.read.workbook.package import xml_parser

#: Unpacked bytes and number of the strings: a text in each of four columns of the longest sheet.
_LONGEST, _MOST = 192 * 2**20, 5_000_000
_BODY = lazy_pattern(rb"(?:\xef\xbb\xbf)?(?:<\?xml[^>]*?encoding=[\"']utf-8[\"'][^>]*>\s*)?<sst[^>]*>", re.IGNORECASE)
_END = b"</si>"
_PLAIN_ITEM = lazy_pattern(rb'<si><t(?: xml:space="preserve")?>([^<>]*)</t>')
_REFERENCE = lazy_pattern(r"&(?:(lt|gt|amp|quot|apos)|#(\d{1,7})|#x([0-9a-fA-F]{1,6}));|&")
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"', "apos": "'"}
_ESCAPED = lazy_pattern(r"_x[0-9A-Fa-f]{4}_|\r")


class Texts:
    """The strings as an array of objects, and their lengths."""

    def __init__(self, xml: bytes | None) -> None:
        texts = [] if xml is None else _shared_texts(xml)
        self.texts: npt.NDArray[np.object_] = np.empty(len(texts), dtype=object)
        self.texts[:] = texts
        self.lengths = np.fromiter(map(len, texts), np.int64, len(texts))


def _shared_texts(xml: bytes) -> list[str]:
    """Every item of the part, which consists of nothing else."""
    body = _BODY.match(xml)
    if body is None or len(xml) > _LONGEST or xml.count(_END) > _MOST:
        raise NotPlainError
    texts: list[str] = []
    known = _PLAIN_ITEM.fullmatch
    at = body.end()
    while (end := xml.find(_END, at)) >= 0:
        match = known(xml, at, end)
        texts.append(unescaped(match[1].decode()) if match else _rich_text(xml[at : end + len(_END)]))
        at = end + len(_END)
    if xml[at:].strip() != b"</sst>":
        raise NotPlainError
    return texts


def _rich_text(item: bytes) -> str:
    """The runs of an item under each other, without the readings that stand over Japanese characters."""
    if b"<!" in item or b"_x" in item or b"\r" in item:
        raise NotPlainError
    root = etree.fromstring(item, xml_parser())
    if root.tag != "si":
        raise NotPlainError
    return "".join(each.text or "" for each in root.iterfind(".//t") if each.getparent().tag != "rPh")  # type: ignore[union-attr]


def unescaped(text: str) -> str:
    """Text as it stands in XML with its references replaced."""
    if "&" in text:
        text = _REFERENCE.sub(_referred, text)
    if ("_x" in text or "\r" in text) and _ESCAPED.search(text):
        raise NotPlainError
    return text


def _referred(match: re.Match[str]) -> str:
    if match[1]:
        return _NAMED[match[1]]
    if not (match[2] or match[3]):
        raise NotPlainError
    number = int(match[2]) if match[2] else int(match[3], 16)
    if number > 0x10FFFF or 0xD800 <= number < 0xE000 or not number:
        raise NotPlainError
    return chr(number)
