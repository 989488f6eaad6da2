"""Input cells as an operator reads and opens them: compressed ranges, and links that lead from the results folder."""

import re
from collections.abc import Iterable

from xlsxwriter.url import Url

from perfeval_xl.findings import Cell

#: Excel's longest target of a hyperlink.
_LONGEST_LINK = 2000
_A1 = re.compile(r"([A-Z]+)(\d+)")
#: What has a meaning of its own in a link's path; XlsxWriter escapes nothing more in a path that holds an escape.
_ESCAPES = str.maketrans({sign: f"%{ord(sign):02x}" for sign in '%# "<>[]^`{}\\'})


class FileUrl(Url):  # type: ignore[misc]  # XlsxWriter is imported without its types
    """A link to a file with ``/`` between folders, as a URI has it: Excel, WPS and LibreOffice open it on every system.

    XlsxWriter turns them into ``\\``, which only Windows takes for a separator.
    """

    def _target(self) -> str:
        return str(super()._target()).replace("\\", "/")


def link_target(cell: Cell, input_prefix: str) -> str:
    """The address that opens this cell's workbook at the cell, or "" where there is no cell to open."""
    if not cell.cell or not cell.workbook:
        return ""
    sheet = cell.sheet.replace("'", "''")
    target = f"external:{(input_prefix + cell.workbook).translate(_ESCAPES)}#'{sheet}'!{cell.cell}"
    return target if len(target) <= _LONGEST_LINK else ""


def file_target(path: str) -> str:
    """The address that opens a file beside or below the workbook, or "" where it is too long for a link."""
    target = f"external:{path.translate(_ESCAPES)}"
    return target if len(target) <= _LONGEST_LINK else ""


def by_sheet(cells: Iterable[Cell]) -> dict[tuple[str, str], list[Cell]]:
    """The cells under their workbook and sheet, each once, in the order in which they come."""
    groups: dict[tuple[str, str], list[Cell]] = {}
    for cell in dict.fromkeys(cells):
        groups.setdefault((cell.workbook, cell.sheet), []).append(cell)
    return groups


def ranges(addresses: Iterable[str]) -> str:
    """A1 addresses as ranges down each column: H5 H6 H7 H12 → ``H5:H7,H12``; what is no address stays as it is."""
    columns: dict[str, set[int]] = {}
    others: list[str] = []
    for address in addresses:
        match = _A1.fullmatch(address)
        if match:
            columns.setdefault(match[1], set()).add(int(match[2]))
        elif address:
            others.append(address)
    runs: list[str] = []
    for letters, rows in columns.items():
        start = previous = -1
        for row in [*sorted(rows), -1]:
            if row != previous + 1 or start < 0:
                if start >= 0:
                    runs.append(f"{letters}{start}" + (f":{letters}{previous}" if previous > start else ""))
                start = row
            previous = row
    return ",".join([*runs, *others])


def places_text(cells: Iterable[Cell], most: int = 6) -> str:
    """All the cells in words, the workbook last; beyond ``most`` sheets only how many more there are."""
    groups = by_sheet(cells)
    words = []
    for (workbook, sheet), group in list(groups.items())[:most]:
        place = " ".join(part for part in (sheet, ranges(cell.cell for cell in group)) if part)
        words.append(f"{place}（{workbook}）" if place and workbook else place or workbook)
    more = f"；另有 {len(groups) - most} 张工作表" if len(groups) > most else ""
    return "；".join(words) + more


def first_place(cells: tuple[Cell, ...]) -> str:
    """Sheet and address of the first cell, and how many there are; the workbook is where the link leads."""
    several = f" 等{len(cells)}处" if len(cells) > 1 else ""
    return f"{cells[0].sheet} {cells[0].cell}{several}".strip() if cells else ""
