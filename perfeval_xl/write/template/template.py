"""A form template: compiled once, filled many times, working on its own package so that nothing in it is lost.

Everything but the sheets with markers, and what names cells of theirs, is copied byte for byte, as it stands compressed
in the template; the filled sheets are built as text and stand last. Filling neither parses nor asks for the time: the
same values give the same bytes, thousands of forms a second.
"""

import zipfile
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path

from lxml import etree

from perfeval_xl.errors import UsageError
from perfeval_xl.lazy_pattern import lazy_pattern
from perfeval_xl.record import Record, field
from perfeval_xl.write.template.cells import Figure, Value
from perfeval_xl.write.template.filling import Layout
from perfeval_xl.write.template.formula import move_formula, sheets_of
from perfeval_xl.write.template.layout import Counts, lay_out, shift_of
from perfeval_xl.write.template.package import Package, Part, lay_out_package, make_part
from perfeval_xl.write.template.parts import (
    BookParts,
    MovingPart,
    Parts,
    calculate_on_opening,
    find_book,
    moving_parts,
    parse,
    without_calc_chain,
)
from perfeval_xl.write.template.plan import Problem, SheetPlan
from perfeval_xl.write.template.sheet import compile_sheet
from perfeval_xl.write.template.shift import sheet_key
from perfeval_xl.write.template.sound import read_template
from perfeval_xl.write.template.source import Book, TemplateSheet, read_sheet
from perfeval_xl.write.template.stored import Calculation
from perfeval_xl.write.template.styles import add_quoted, read_styles

__all__ = ["Figure", "MarkerCell", "Problem", "Template", "Value", "compile_template"]

_WORD = lazy_pattern(r"[^\W\d][\w.]*")
_LAYOUTS_KEPT = 128
_OUTER_LEVEL = "指标.一级指标"


class MarkerCell(Record):
    """A marker of the template, and where it stands."""

    sheet: str
    cell: str
    name: str


class _Sized(Record):
    """What forms of one size share: the sheets' layouts, and the parts that move with the rows."""

    layouts: tuple[Layout, ...]
    moved: tuple[Part, ...]


class Template(Record):
    """A compiled template. ``markers`` and ``problems`` are for telling which are unknown, and what cannot be placed."""

    markers: tuple[MarkerCell, ...]
    problems: tuple[Problem, ...]
    #: The constant parts with the styles as they are, and with the twins for texts that look like formulas.
    _packages: tuple[Package, Package]
    _sheets: tuple[SheetPlan, ...]
    _moving: tuple[MovingPart, ...]
    #: What defined names stand for in the template.
    _names: Mapping[str, str] = field(default_factory=dict)
    _sizes: dict[tuple[int, int], _Sized] = field(default_factory=dict)

    def fill(
        self,
        single: Mapping[str, Value],
        funding: Sequence[Mapping[str, Value]],
        indicators: Sequence[Mapping[str, Value]],
    ) -> bytes:
        """The form as a file's bytes. Keys are whole marker names (``指标.指标内容``).

        A marker that the values do not have stays in the form as it stands in the template.
        """
        sized = self._sized(len(funding), len(indicators))
        values = [layout.values(single, funding, indicators) for layout in sized.layouts]
        outer = [item.get(_OUTER_LEVEL, "") for item in indicators]
        edges = {at for at, (above, below) in enumerate(pairwise(outer), start=1) if above != below}
        rows = [layout.settle(own, edges) for layout, own in zip(sized.layouts, values, strict=True)]
        calculation = Calculation(sized.layouts, values)
        quoted = False
        filled = []
        for layout, own, settled in zip(sized.layouts, values, rows, strict=True):
            xml, looks = layout.fill(own, settled, calculation.results(layout))
            quoted = quoted or looks
            filled.append(layout.mould.part(xml))
        return self._packages[quoted].pack([*sized.moved, *filled])

    def _sized(self, funding: int, indicators: int) -> _Sized:
        """Kept by size: most forms of a batch have the same few."""
        size = (funding, indicators)
        if size not in self._sizes:
            if len(self._sizes) >= _LAYOUTS_KEPT:
                self._sizes.clear()
            counts: Counts = (1, funding, indicators)
            shifts = {sheet_key(sheet.name): shift_of(sheet, counts) for sheet in self._sheets}
            moved = [part.moved(shifts) for part in self._moving]
            names = {name: move_formula(text, "", shifts, keep=True) for name, text in self._names.items()}
            layouts = [lay_out(sheet, counts, shifts, names) for sheet in self._sheets]
            self._sizes[size] = _Sized(tuple(layouts), tuple(moved))
        return self._sizes[size]


def compile_template(path: Path) -> Template:
    """Read a template. Raises :class:`UsageError` where it is no workbook that can be filled."""
    try:
        return _compile({part.name: part for part in read_template(path)})
    except (OSError, zipfile.BadZipFile, etree.XMLSyntaxError, KeyError, IndexError, ValueError) as error:
        raise UsageError(
            f"表样 {path} 不能使用：{error}。", "用 Excel 或 WPS 另存为 .xlsx（不设密码）后重试。"
        ) from None


def _compile(parts: Parts) -> Template:
    book = find_book(parts)
    strings = list(parse(parts, book.strings).iterchildren("{*}si")) if book.strings else []
    shared = Book(strings, read_styles(parse(parts, book.styles)) if book.styles else [])
    sheets = [read_sheet(sheet.name, sheet.part, parse(parts, sheet.part), shared) for sheet in book.sheets]
    defined = parse(parts, book.book).findall("{*}definedNames/{*}definedName")
    names = {name.get("name", ""): name.text or "" for name in defined}
    filled = _sheets_that_change(sheets, names)
    markers = tuple(MarkerCell(sheet.name, *marker) for sheet in filled for marker in sheet.markers)
    if any(sheet.calculates for sheet in filled):
        parts = without_calc_chain(parts, book)
        text = parts[book.book].content.decode("utf-8")
        parts = {**parts, book.book: make_part(book.book, calculate_on_opening(text).encode())}
    plans = tuple(compile_sheet(sheet) for sheet in filled)
    repeating = {plan.part for plan in plans if any(row.kind for row in plan.rows)}
    moving = tuple(moving_parts(parts, book, repeating))
    made = {*(plan.part for plan in plans), *(moves.part.name for moves in moving)}
    constant = {name: part for name, part in parts.items() if name not in made}
    packages = (lay_out_package(constant.values()), lay_out_package(_with_quoted_styles(constant, book).values()))
    unfinished = [Problem(sheet.name, cell, "unfinished") for sheet in sheets for cell in sheet.unfinished]
    problems = (*unfinished, *(problem for plan in plans for problem in plan.problems))
    local = {sheet_key(name.get("name", "")) for name in defined if name.get("localSheetId")}
    known = {sheet_key(name): text for name, text in names.items() if sheet_key(name) not in local}
    return Template(markers, problems, packages, plans, moving, known)


def _sheets_that_change(sheets: Sequence[TemplateSheet], names: Mapping[str, str]) -> list[TemplateSheet]:
    """The sheets with markers, and those with formulas that name one that changes, by itself or in a defined name."""
    changing = {sheet_key(sheet.name) for sheet in sheets if sheet.markers}
    named = {
        sheet_key(sheet.name): {
            found
            for formula in sheet.formulas
            for text in (formula, *(names[word] for word in _WORD.findall(formula) if word in names))
            for found in sheets_of(text)
        }
        for sheet in sheets
    }
    grown = True
    while grown:
        naming = {key for key, others in named.items() if others & changing}
        grown = not naming <= changing
        changing |= naming
    return [sheet for sheet in sheets if sheet_key(sheet.name) in changing]


def _with_quoted_styles(parts: Parts, book: BookParts) -> Parts:
    if not book.styles:
        return parts
    text = add_quoted(parts[book.styles].content.decode("utf-8"))
    return {**parts, book.styles: make_part(book.styles, text.encode())}
