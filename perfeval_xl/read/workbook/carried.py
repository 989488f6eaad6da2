"""What a workbook carries beside its cells and is not used: links to other files, and macros (R121)."""

import io
import posixpath
import zipfile
from urllib.parse import unquote

from lxml import etree

from perfeval_xl.findings import Cell, Finding
from perfeval_xl.lazy_pattern import lazy_pattern
from perfeval_xl.read.workbook.package import xml_parser

_LINKS = "xl/externalLinks/_rels/"
#: Where links by DDE and to databases stand, by element and the attribute that names them.
_NAMED = {"ddeLink": "ddeService", "connection": "name"}
_MACROS = ("vbaproject.bin", "xl/macrosheets/", "basic/script-lc.xml", "scripts/")
#: The storage of macros in an .xls.
_MACROS_OF_OLE = "_VBA_PROJECT".encode("utf-16-le")
_SHOWN = 3
#: In the content of an .ods: a sheet or a range that is another file's, a link by DDE, and a formula's reference.
_ODS_LINK = lazy_pattern(
    rb"""<(?:[^\s<>/!?:]+:)?(?:table-source|cell-range-source|dde-source)\s[^<>]*?(?:href|dde-topic)=["']([^"'<>]*)["']"""
    rb"""|\[(?:&apos;|')((?:[^'"<>&]|&amp;){1,2000})(?:&apos;|')\#"""
)
_CHUNK, _OVERLAP = 2**20, 2**12


def carried_along(content: bytes, name: str) -> list[Finding]:
    """R121 for the files that a workbook's formulas refer to, and for its macros. The workbook has been inspected."""
    linked, macros = _of_package(content) if zipfile.is_zipfile(io.BytesIO(content)) else _of_ole(content)
    findings = []
    if linked:
        files = list(dict.fromkeys(linked))
        shown = "、".join(f"“{file}”" for file in files[:_SHOWN]) + (
            f"等 {len(files)} 个" if len(files) > _SHOWN else ""
        )
        message = f"“{name}”的公式引用了其他文件{shown}：用的是上次保存时的值，没有去读那些文件。"
        findings.append(Finding("R121", message, subject=name, sources=(Cell(name),)))
    if macros:
        message = f"“{name}”含有宏：没有运行，也不会带进结果。"
        findings.append(Finding("R121", message, subject=name, sources=(Cell(name),)))
    return findings


def _of_package(content: bytes) -> tuple[list[str], bool]:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        parts = package.namelist()
        linked = [target for part in parts if part.startswith(_LINKS) for target in _targets(package, part)]
        for part in parts:
            if part == "xl/connections.xml" or (
                part.startswith("xl/externalLinks/externalLink")
                and part.replace("Links/", "Links/_rels/") + ".rels" not in parts
            ):
                linked += _named(package, part)
        if "content.xml" in parts:
            linked += _ods_links(package)
    return linked, any(sign in part.lower() for part in parts for sign in _MACROS)


def _of_ole(content: bytes) -> tuple[list[str], bool]:
    from perfeval_xl.read.workbook.biff import read_biff_links

    linked, macros = read_biff_links(content)
    return linked, macros or _MACROS_OF_OLE in content


def _ods_links(package: zipfile.ZipFile) -> list[str]:
    from xml.sax.saxutils import unescape  # it loads what speaks with web servers, and most workbooks are no .ods

    found: dict[str, None] = {}
    with package.open("content.xml") as stream:
        data = b""
        while chunk := stream.read(_CHUNK):
            data = data[-_OVERLAP:] + chunk
            for link in _ODS_LINK.finditer(data):
                found[_file_name(unescape((link[1] or link[2]).decode("utf-8", "replace")))] = None
    return list(found)


def _file_name(target: str) -> str:
    return posixpath.basename(unquote(target).replace("\\", "/")) or target


def _targets(package: zipfile.ZipFile, part: str) -> list[str]:
    """The names of the files behind one link; its part itself where they cannot be read."""
    relations = _elements(package, part)
    if relations is None:
        return [posixpath.basename(part)]
    targets = (relation.get("Target", "") for relation in relations if relation.get("TargetMode") == "External")
    return [_file_name(str(target)) for target in targets]


def _named(package: zipfile.ZipFile, part: str) -> list[str]:
    elements = _elements(package, part) or []
    kinds = ((element, _NAMED.get(etree.QName(element).localname)) for element in elements)
    return [str(element.get(name) or posixpath.basename(part)) for element, name in kinds if name]


def _elements(package: zipfile.ZipFile, part: str) -> "list[etree._Element] | None":
    """Those directly below the root, ``None`` where the part is damaged."""
    try:
        return list(etree.fromstring(package.read(part), xml_parser()).iterchildren("{*}*"))
    except (etree.XMLSyntaxError, zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError):
        return None
