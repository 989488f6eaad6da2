"""A template's parts, looked through before anything is made of them: what is in a template is in every result."""

import struct
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path

from lxml import etree

from perfeval_xl.write.template.package import Part, read_parts

#: Parts of a template, and bytes that all of them unpack to: a form with pictures takes a few MiB.
_MOST_PARTS, _LARGEST = 2_000, 64 * 2**20


def read_template(path: Path) -> list[Part]:
    """All parts, each whole and well formed. Raises ``OSError``, ``zipfile.BadZipFile`` or ``etree.XMLSyntaxError``.

    Refused are what unpacks too far, entities, and macros, which no result carries.
    """
    try:
        parts = read_parts(path)
    except (struct.error, NotImplementedError, OverflowError, UnicodeError, ValueError):
        raise zipfile.BadZipFile("文件已损坏") from None
    if len({part.name for part in parts}) < len(parts) or len(parts) > _MOST_PARTS:
        raise zipfile.BadZipFile("部件太多，或有重名")
    _check_parts(parts)
    return parts


def _check_parts(parts: Sequence[Part]) -> None:
    left = _LARGEST
    for part in parts:
        if part.name.lower().endswith("vbaproject.bin"):
            raise zipfile.BadZipFile("含有宏，请另存为不含宏的文件")
        content = _unpacked(part, left)
        left -= len(content)
        if len(content) != part.size or zlib.crc32(content) != part.crc:
            raise zipfile.BadZipFile("文件已损坏")
        if part.name.endswith((".xml", ".rels")):
            if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
                raise zipfile.BadZipFile("XML 中声明了 DOCTYPE 或实体")
            etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True))


def _unpacked(part: Part, most: int) -> bytes:
    """The part's bytes, whatever size is declared."""
    content = part.data
    if part.method == zipfile.ZIP_DEFLATED:
        try:
            content = zlib.decompressobj(-zlib.MAX_WBITS).decompress(part.data, most + 1)
        except zlib.error:
            raise zipfile.BadZipFile("文件已损坏") from None
    elif part.method != zipfile.ZIP_STORED:
        raise zipfile.BadZipFile("压缩方式不是 Office 所用的")
    if len(content) > most:
        raise zipfile.BadZipFile(f"解压后太大（超过 {_LARGEST // 2**20} MB）")
    return content
