"""Codes of projects and subjects: 类款项 in three columns joined, and those that Excel has damaged left out (R116)."""

from collections.abc import Mapping, Sequence

from perfeval_xl.findings import Cell as Address
from perfeval_xl.findings import Finding
from perfeval_xl.lazy_pattern import lazy_pattern
from perfeval_xl.read.table.values import Cell, text_of
from perfeval_xl.read.workbook.package import column_letters

Line = tuple[int, Sequence[Cell]]
_PARTS = ("class_code", "division_code", "item_code")
#: 2.01E+12, the form in which Excel shows a long number: what it left out is lost.
_SHORTENED = lazy_pattern(r"\d(?:\.\d+)?[eE]\+\d{2}")
#: From here on a number in a cell does not hold every digit (15 in Excel).
_DIGITS_LOST = 1e15


def join_subject_codes(lines: Sequence[Line], columns: Mapping[str, int]) -> tuple[list[Line], dict[str, int]]:
    """The rows with 类, 款 and 项 written together in the first of their columns, which becomes ``subject_code``."""
    parts = [columns[name] for name in _PARTS if name in columns]
    others = {name: column for name, column in columns.items() if name not in _PARTS}
    if not parts or "subject_code" in columns:
        return list(lines), others
    joined: list[Line] = []
    for row, line in lines:
        cells = list(line)
        cells[parts[0]] = "".join(text_of(line[column]) for column in parts)
        joined.append((row, cells))
    return joined, others | {"subject_code": parts[0]}


def drop_damaged_codes(
    workbook: str, sheet: str, lines: Sequence[Line], columns: Mapping[str, int]
) -> tuple[list[Line], list[Finding]]:
    """Blank the codes that have lost digits: two projects could go by the same one. One finding names their cells."""
    column = columns.get("code")
    damaged = {row for row, line in lines if column is not None and _is_damaged(line[column])}
    if column is None or not damaged:
        return list(lines), []
    cells = tuple(Address(workbook, sheet, f"{column_letters(column)}{row}") for row in sorted(damaged))
    first = next(text_of(line[column]) for row, line in lines if row in damaged)
    message = f"{len(damaged)} 个项目编码在 Excel 中丢失了位数（如“{first}”），没有使用，改按项目名称对应。"
    kept: list[Line] = [
        (row, [*line[:column], "", *line[column + 1 :]] if row in damaged else line) for row, line in lines
    ]
    return kept, [Finding("R116", message, subject=first, sources=cells)]


def _is_damaged(cell: Cell) -> bool:
    if isinstance(cell, str):
        return bool(_SHORTENED.fullmatch(cell.strip()))
    return isinstance(cell, float | int) and not isinstance(cell, bool) and abs(cell) >= _DIGITS_LOST
