"""What a workbook carries beside its cells and is not used: links to other files, and macros (R121)."""

import io
import posixpath
import zipfile
from urllib.parse import unquote

from lxml import etree

from perfeval_xl.findings import Cell, Finding
from perfeval_xl.read.workbook.package import xml_parser

_LINKS = "xl/externalLinks/_rels/"
_MACROS = ("vbaproject.bin", "xl/macrosheets/", "basic/script-lc.xml")
#: The storage of macros in an .xls.
_MACROS_OF_OLE = "_VBA_PROJECT".encode("utf-16-le")
_SHOWN = 3


def carried_along(content: bytes, name: str) -> list[Finding]:
    """R121 for the files that a workbook's formulas refer to, and for its macros. The workbook has been inspected."""
    parts: list[str] = []
    linked: list[str] = []
    if zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            parts = package.namelist()
            linked = [target for part in parts if part.startswith(_LINKS) for target in _targets(package, part)]
    macros = any(sign in part.lower() for part in parts for sign in _MACROS) or (
        not parts and _MACROS_OF_OLE in content
    )
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


def _targets(package: zipfile.ZipFile, part: str) -> list[str]:
    """The names of the files behind one link; its part itself where they cannot be read."""
    try:
        relations = etree.fromstring(package.read(part), xml_parser())
    except (etree.XMLSyntaxError, zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError):
        return [posixpath.basename(part)]
    targets = (relation.get("Target", "") for relation in relations if relation.get("TargetMode") == "External")
    return [posixpath.basename(unquote(str(target)).replace("\\", "/")) or str(target) for target in targets]
