"""Names that stand once and hold for the rows below them."""

from collections.abc import Mapping, Sequence

from perfeval_xl.read.table.roles import Role
from perfeval_xl.read.table.rows import Line
from perfeval_xl.read.table.values import Cell


def carry_names(body: Sequence[Line], role: Role, columns: Mapping[str, int]) -> Sequence[Line]:
    """The rows with names that stand once written into the rows below them; a new outer name ends the inner ones."""
    levels = []
    for names in role.carry:
        level = [columns[name] for name in names if name in columns]
        astray = any(columns[name] > columns.get(role.left_of.get(name, name), 0) for name in names if name in columns)
        if level and not astray:
            levels.append(level)
    changed = [False] * len(body)
    if any(_has_blanks(body, level) for level in levels):
        for level in levels:
            body = _carry_down(body, level, changed)
    return body


def _has_blanks(body: Sequence[Line], level: Sequence[int]) -> bool:
    """Whether a row may be without the names of a level: no column of it has one everywhere."""
    return bool(body) and not any(all(map(_is_given, {line[column] for _, line in body})) for column in level)


def _carry_down(body: Sequence[Line], level: Sequence[int], changed: list[bool]) -> list[Line]:
    """The names of one level, blank ones replaced by those above; ``changed``: where an outer name, or now this, is new."""
    own_names = [tuple(line[at] for at in level) for _, line in body]
    given = {own: any(map(_is_given, own)) for own in set(own_names)}
    blank: tuple[Cell, ...] = ("",) * len(level)
    held, carried = blank, list(body)
    for at, own in enumerate(own_names):
        if changed[at]:
            held = blank
        if given[own] and own != held:
            changed[at], held = True, own
        elif not given[own] and held is not blank:
            row, line = body[at]
            carried[at] = row, _with_cells(line, level, held)
    return carried


def _with_cells(line: Sequence[Cell], columns: Sequence[int], values: Sequence[Cell]) -> list[Cell]:
    cells = list(line)
    for column, value in zip(columns, values, strict=True):
        cells[column] = value
    return cells


def _is_given(cell: Cell) -> bool:
    return bool(cell.strip()) if type(cell) is str else bool(cell)
