"""What is said around a table: the unit of its amounts, who drew it up, the year, the project that a sheet is about."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from itertools import zip_longest

from perfeval_xl.findings import Cell as Address
from perfeval_xl.lazy_pattern import lazy_pattern
from perfeval_xl.money import UNITS
from perfeval_xl.read.table.footers import is_date
from perfeval_xl.read.table.headings import Headings
from perfeval_xl.read.table.values import Cell, text_of
from perfeval_xl.read.workbook.package import column_letters
from perfeval_xl.record import Record
from perfeval_xl.text import match_key

_WORD = "百万元|亿元|万元|千元|元"
#: 单位：万元; a name may follow the colon as well (编制单位：元氏县教育局), so the word must stand alone.
_LINE = lazy_pattern(rf"单位\s*[:：为]?\s*(?:人民币)?\s*({_WORD})(?!\w)")
_BRACKETED = lazy_pattern(rf"[(]\s*(?:人民币)?\s*({_WORD})\s*[)]")
#: 全年预算数/万元, 全年预算数 万元: the unit behind a heading without brackets.
_TRAILING = lazy_pattern(rf"[/／,、\s]\s*({_WORD})$")
#: 金额：万元, 金额以万元为单位, and a cell that says nothing but the unit.
_SAID = lazy_pattern(rf"金额\s*[:：]\s*({_WORD})(?!\w)|以\s*({_WORD})\s*为单位|^({_WORD})$")
_IN_HEADINGS = (_BRACKETED, _LINE, _TRAILING, re.compile(rf"^({_WORD})$"))
#: A label whose unit stands in the next cell.
_LABEL = lazy_pattern(r"单位\s*[:：]$")
#: Up to what else stands in the same cell: the unit of the amounts, a date, or anything after a wide gap.
_ISSUER = lazy_pattern(
    r"\s*(?:编制|填报|预算|申报)单位\s*(?:[（(][^）)]*[）)])?\s*[:：]\s*(.+?)\s*"
    r"(?=$|\s{2}|\u3000|(?:金额)?单位\s*[:：]|\s\d{4}\s*年)"
)
#: A label of the same whose name stands in the next cell.
_ISSUER_LABEL = lazy_pattern(r"\s*(?:编制|填报|预算|申报)单位\s*(?:[（(][^）)]*[）)])?\s*[:：]\s*")
_COLON = lazy_pattern(r"[:：]")
_YEAR = lazy_pattern(r"(20\d\d)年(?!\d{1,2}月)")
#: How far below a table a note on its unit is looked for.
_NOTES = 10


class Preamble(Record):
    """``units``: every unit of amounts that is declared, more than one being none; ``named``: fields given above the table."""

    units: tuple[str, ...] = ()
    issuer: str = ""
    years: tuple[tuple[int, Address], ...] = ()
    titles: tuple[str, ...] = ()
    named: tuple[tuple[str, str], ...] = ()


def read_preamble(workbook: str, sheet: str, cells: Sequence[Sequence[Cell]], headings: Headings) -> Preamble:
    """Everything above the headings, and the unit where it stands beside or below the table."""
    above = [
        (text_of(cell), Address(workbook, sheet, f"{column_letters(column)}{row + 1}"))
        for row in range(headings.first)
        for column, cell in enumerate(cells[row])
        if isinstance(cell, str) and cell.strip()
    ]
    beside = [text for row in cells[headings.first : headings.last + 1] for text in _texts(row) if "单位" in text]
    below = [text for row in cells[headings.last + 1 :][-_NOTES:] for text in _texts(row) if "单位" in text]
    lines = [_joined(row) for row in cells[: headings.first]]
    units = (
        _units(text for line in lines for text in line)
        or _units(beside, line_only=True)
        or _units(below, line_only=True)
    )
    return Preamble(
        units=units,
        issuer=issuer_above(cells[: headings.first]),
        years=tuple((int(match[1]), place) for text, place in above for match in _YEAR.finditer(match_key(text))),
        titles=tuple(text for text, _ in above),
        named=named_above(cells[: headings.first], headings),
    )


def unit_of_heading(heading: str) -> str | None:
    """The unit that a heading declares, the innermost where a parent declares another: 全年预算数（元）-中央（万元） is 万元."""
    for part in reversed(heading.split("-")):
        text = unicodedata.normalize("NFKC", part)
        found = next((match for pattern in _IN_HEADINGS if (match := pattern.search(text))), None)
        if found:
            return found[1]
    return None


def _units(texts: Iterable[str], *, line_only: bool = False) -> tuple[str, ...]:
    patterns = (_LINE,) if line_only else (_LINE, _BRACKETED, _SAID)
    found = [unit for text in texts for unit in _units_in(unicodedata.normalize("NFKC", text), patterns)]
    return tuple(dict.fromkeys(found))


def _units_in(text: str, patterns: Sequence[re.Pattern[str]]) -> list[str]:
    """The units that a text declares; where it declares none, without the spaces between its characters (单 位：万 元)."""
    for written in (text, "".join(text.split())):
        found = [next(filter(None, match.groups())) for each in patterns for match in each.finditer(written)]
        if found:
            return found
    return []


def issuer_of(text: str) -> str:
    """Who drew a table up, where a text says it: 编制单位：X."""
    match = _ISSUER.match(text)
    return match[1] if match else ""


def issuer_above(above: Sequence[Sequence[Cell]]) -> str:
    """Who drew a table up, as the rows above it say."""
    return next((issuer for row in above for text in _joined(row) if (issuer := issuer_of(text))), "")


def _joined(row: Sequence[Cell]) -> list[str]:
    """The texts of a row, a label together with the unit, or the issuer, in the cell after it."""
    texts = [text for cell in row if (text := text_of(cell))]
    return [
        text + following
        if (_LABEL.search(text) and following in UNITS) or (_ISSUER_LABEL.fullmatch(text) and _is_name(following))
        else text
        for text, following in zip_longest(texts, texts[1:], fillvalue="")
    ]


def _is_name(text: str) -> bool:
    """Whether a text beside a label is its value: neither another label, nor a unit, nor a date."""
    return bool(text) and not _COLON.search(text) and text not in UNITS and not is_date(text)


def _texts(row: Sequence[Cell]) -> list[str]:
    return [cell for cell in row if isinstance(cell, str)]


def named_above(above: Sequence[Sequence[Cell]], headings: Headings) -> tuple[tuple[str, str], ...]:
    """The project that the rows above a table of one project name: 项目名称：X, or X in the next cell."""
    if "project" in headings.columns or "project" not in headings.role.kinds:
        return ()
    for row in above:
        words = [text for cell in row if (text := text_of(cell))]
        for at, text in enumerate(words):
            label, _, name = text.replace("：", ":").partition(":")
            given = name.strip() or next(iter(words[at + 1 :]), "")
            if headings.role.field_of(label) == "project" and given:
                return (("project", given),)
    return ()


def column_units(headings: Headings, columns: Mapping[str, int]) -> dict[str, str]:
    """The unit of each amount whose own heading declares one."""
    return {
        name: unit
        for name, column in columns.items()
        if headings.role.kinds[name] == "amount" and (unit := unit_of_heading(headings.seen[column]))
    }
