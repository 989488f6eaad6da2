"""Input cells as an operator reads and opens them: compressed ranges, and links that lead from the results folder."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache

from perfeval_xl.findings import Cell
from perfeval_xl.lazy_pattern import lazy_pattern
from perfeval_xl.write.summary.streamed import relation_target

#: Excel's longest target of a hyperlink.
_LONGEST_LINK = 2000
_A1 = lazy_pattern(r"([A-Z]+)(\d+)")
#: What has a meaning of its own in a link's path; XlsxWriter escapes nothing more in a path that holds an escape.
_ESCAPES = str.maketrans({sign: f"%{ord(sign):02x}" for sign in '%# "<>[]^`{}\\'})


def link_target(cell: Cell, input_prefix: str) -> tuple[str, str]:
    """The workbook as a link's target and the place in it; two empty texts where there is no cell to open."""
    if not cell.cell or not cell.workbook:
        return "", ""
    target, sheet = file_target(input_prefix + cell.workbook), _sheet_location(cell.sheet)
    location = f"{sheet}{cell.cell}"
    return (target, location) if target and len(location) <= _LONGEST_LINK else ("", "")


@cache
def _sheet_location(sheet: str) -> str:
    quoted = sheet.replace("'", "''")
    return f"'{quoted}'!"


@cache
def file_target(path: str) -> str:
    """A file beside or below the workbook as a link's target, or "" where it is too long for a link or there is none."""
    target = relation_target(path.translate(_ESCAPES)) if path else ""
    return target if len(target) <= _LONGEST_LINK else ""


def by_sheet(cells: Iterable[Cell]) -> dict[tuple[str, str], list[Cell]]:
    """The cells under their workbook and sheet, each once, in the order in which they come."""
    cells = tuple(cells)
    if len(cells) == 1:
        return {(cells[0].workbook, cells[0].sheet): [cells[0]]}
    groups: dict[tuple[str, str], list[Cell]] = {}
    for cell in dict.fromkeys(cells):
        groups.setdefault((cell.workbook, cell.sheet), []).append(cell)
    return groups


def ranges(addresses: Iterable[str]) -> str:
    """A1 addresses as ranges down each column: H5 H6 H7 H12 → ``H5:H7,H12``; what is no address stays as it is."""
    addresses = list(addresses)
    if len(addresses) == 1:
        return addresses[0]
    columns: dict[str, list[int]] = {}
    others: list[str] = []
    for address in addresses:
        match = _A1.fullmatch(address)
        if match:
            columns.setdefault(match[1], []).append(int(match[2]))
        elif address:
            others.append(address)
    return ",".join([*runs(columns), *others])


def runs(columns: Mapping[str, Iterable[int]]) -> list[str]:
    """The row numbers of each column as ranges down it."""
    found: list[str] = []
    for letters, rows in columns.items():
        start = previous = -1
        for row in [*sorted(set(rows)), -1]:
            if row != previous + 1 or start < 0:
                if start >= 0:
                    found.append(f"{letters}{start}:{letters}{previous}" if previous > start else f"{letters}{start}")
                start = row
            previous = row
    return found


def places_text(cells: Iterable[Cell], most: int = 6) -> str:
    """All the cells in words, the workbook last; beyond ``most`` sheets only how many more there are."""
    groups = by_sheet(cells)
    words = []
    for (workbook, sheet), group in list(groups.items())[:most]:
        place = " ".join(part for part in (sheet, ranges(cell.cell for cell in group)) if part)
        words.append(f"{place}（{workbook}）" if place and workbook else place or workbook)
    more = f"；另有 {len(groups) - most} 张工作表" if len(groups) > most else ""
    return "；".join(words) + more


def first_place(cells: Sequence[Cell]) -> str:
    """Sheet and address of the first cell, and how many there are; the workbook is where the link leads."""
    return f"{cells[0].sheet} {cells[0].cell}{several(len(cells))}".strip() if cells else ""


def several(cells: int) -> str:
    """What follows the first of so many cells."""
    return f" 等{cells}处" if cells > 1 else ""
