"""A form template: compiled once, filled many times, working on its own package so that nothing in it is lost.

Everything but the sheets with markers is copied byte for byte, as it stands compressed in the template; the filled
sheets are built as text and stand last. Filling neither parses nor asks for the time: the same values give the same
bytes, thousands of forms a second.
"""

import posixpath
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from lxml import etree

from perfeval_xl.errors import UsageError
from perfeval_xl.write.template.cells import Figure, Style, Value
from perfeval_xl.write.template.filling import Layout
from perfeval_xl.write.template.layout import lay_out
from perfeval_xl.write.template.package import Package, lay_out_package, make_part, read_parts, without_calc_chain
from perfeval_xl.write.template.plan import SheetPlan
from perfeval_xl.write.template.sheet import Book, compile_sheet, text_of

__all__ = ["Figure", "Template", "Value", "compile_template"]

_LAYOUTS_KEPT = 128


@dataclass(frozen=True)
class Template:
    """A compiled template. ``markers``: each marker's cell (``Sheet!B7``) and name, for the unknown ones to be told."""

    markers: tuple[tuple[str, str], ...]
    _package: Package = field(repr=False)
    _sheets: tuple[SheetPlan, ...] = field(repr=False)
    _layouts: dict[tuple[int, int], tuple[Layout, ...]] = field(default_factory=dict, compare=False, repr=False)

    def fill(
        self,
        single: Mapping[str, Value],
        funding: Sequence[Mapping[str, Value]],
        indicators: Sequence[Mapping[str, Value]],
    ) -> bytes:
        """The form as a file's bytes. Keys are whole marker names (``指标.指标内容``); a missing one prints nothing."""
        filled = [
            make_part(sheet.name, layout.fill(single, funding, indicators).encode())
            for sheet, layout in zip(self._sheets, self._laid_out(len(funding), len(indicators)), strict=True)
        ]
        return self._package.pack(filled)

    def _laid_out(self, funding: int, indicators: int) -> tuple[Layout, ...]:
        """The sheets' layouts, kept by size: most forms of a batch have the same few."""
        size = (funding, indicators)
        if size not in self._layouts:
            if len(self._layouts) >= _LAYOUTS_KEPT:
                self._layouts.clear()
            self._layouts[size] = tuple(lay_out(sheet, funding, indicators) for sheet in self._sheets)
        return self._layouts[size]


def compile_template(path: Path) -> Template:
    """Read a template. Raises :class:`UsageError` where it is no workbook that can be filled."""
    try:
        parts = read_parts(path)
        with zipfile.ZipFile(path) as package:
            plans, markers, calculates = _compile_sheets(package)
        if calculates:
            parts = without_calc_chain(parts, path)
    except (OSError, zipfile.BadZipFile, etree.XMLSyntaxError, KeyError, IndexError, ValueError) as error:
        raise UsageError(
            f"表样 {path} 不能使用：{error}。", "用 Excel 或 WPS 另存为 .xlsx（不设密码）后重试。"
        ) from None
    changed = {plan.name for plan in plans}
    constant = lay_out_package(part for part in parts if part.name not in changed)
    return Template(tuple(markers), constant, tuple(plans))


def _compile_sheets(package: zipfile.ZipFile) -> tuple[list[SheetPlan], list[tuple[str, str]], bool]:
    """The plans of the sheets with markers, the markers, and whether any of these sheets holds a formula."""
    book_name = _related(package, "", "/officeDocument")[0]
    relations = dict(_relations(package, book_name))
    styles = _related(package, book_name, "/styles")
    strings = _related(package, book_name, "/sharedStrings")
    book = Book(
        [text_of(item) for name in strings for item in _parse(package, name).iterchildren("{*}si")],
        [style for name in styles for style in _styles(_parse(package, name))],
    )
    plans = []
    markers = []
    calculates = False
    for sheet in _parse(package, book_name).iterfind("{*}sheets/{*}sheet"):
        identity = next(value for key, value in sheet.attrib.items() if str(key).endswith("}id"))
        name = relations[str(identity)][1]
        root = _parse(package, name)
        formulas = root.find("{*}sheetData/{*}row/{*}c/{*}f") is not None
        compiled = compile_sheet(name, root, book)
        if compiled is not None:
            plans.append(compiled[0])
            markers += [(f"{sheet.get('name')}!{address}", marker) for address, marker in compiled[1]]
            calculates = calculates or formulas
    return plans, markers, calculates


def _parse(package: zipfile.ZipFile, name: str) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    return etree.fromstring(package.read(name), parser)


def _relations(package: zipfile.ZipFile, source: str) -> list[tuple[str, tuple[str, str]]]:
    """Of a part: each relation's identity, kind and target (a part's name)."""
    folder, file = posixpath.split(source)
    listed = _parse(package, posixpath.join(folder, "_rels", f"{file}.rels"))
    return [
        (
            relation.get("Id", ""),
            (relation.get("Type", ""), posixpath.normpath(posixpath.join("/", folder, relation.get("Target", "")))[1:]),
        )
        for relation in listed.iterchildren("*")
        if relation.get("TargetMode") != "External"
    ]


def _related(package: zipfile.ZipFile, source: str, kind: str) -> list[str]:
    return [target for _, (relation, target) in _relations(package, source) if relation.endswith(kind)]


def _styles(root: etree._Element) -> list[Style]:
    sizes = []
    for font in root.iterfind("{*}fonts/{*}font"):
        size = font.find("{*}sz")
        sizes.append(11.0 if size is None else float(size.get("val", "11")))
    styles = []
    for row in root.iterfind("{*}cellXfs/{*}xf"):
        alignment = row.find("{*}alignment")
        wraps = alignment is not None and alignment.get("wrapText") in ("1", "true")
        number = int(row.get("fontId", "0"))
        styles.append(Style(wraps, sizes[number] if number < len(sizes) else 11.0))
    return styles
