"""The tables of one workbook, sheet by sheet."""

from collections.abc import Sequence

from perfeval_xl.findings import Cell, Finding
from perfeval_xl.read.table.roles import Role
from perfeval_xl.read.table.segments import Tried, segments
from perfeval_xl.read.table.tables import RawTable, find_tables
from perfeval_xl.read.workbook.carried import carried_along
from perfeval_xl.read.workbook.grid import Grid
from perfeval_xl.read.workbook.package import column_letters
from perfeval_xl.read.workbook.safety import UnreadableWorkbookError
from perfeval_xl.read.workbook.workbook import read_workbook


def unreadable(name: str, error: UnreadableWorkbookError) -> Finding:
    """R101 to R103: why a workbook gives nothing."""
    return Finding(error.code, f"打不开“{name}”：{error.reason}。", subject=name, sources=_whole(name))


def read_tables(content: bytes, name: str, roles: Sequence[Role]) -> tuple[list[RawTable], list[Finding]]:
    """The tables of one workbook; a workbook without any is R104, one that cannot be used R101 to R103."""
    try:
        return _tables_of(content, name, roles)
    except UnreadableWorkbookError as error:
        return [], [unreadable(name, error)]


def _tables_of(content: bytes, name: str, roles: Sequence[Role]) -> tuple[list[RawTable], list[Finding]]:
    grids = read_workbook(content, name)
    tables: list[RawTable] = []
    findings: list[Finding] = []
    tried = Tried()
    for grid in grids:
        read: list[tuple[list[RawTable], list[Finding]]] = []
        for part in segments(grid.cells, grid.merges, roles, tried):
            found, trouble = find_tables(grid.workbook, grid.sheet, part.cells, grid.merges, roles, grid.shown)
            if part.goes_on and read:
                found = [table.after(before) for table in found for before in read[-1][0][:1]]
            read.append((found, trouble))
        tables += [table for found, _ in read for table in found]
        findings += [finding for _, trouble in read for finding in trouble]
        findings += _hidden_parts(grid) if any(found for found, _ in read) else []
    if not tables and not findings:
        sheets = "、".join(grid.sheet for grid in grids)
        findings.append(
            Finding(
                "R104", f"“{name}”中没有可识别的表（工作表：{sheets}），没有使用。", subject=name, sources=_whole(name)
            )
        )
    return tables, findings + carried_along(content, name)


def _hidden_parts(grid: Grid) -> list[Finding]:
    """R111: what of a table that was read is not shown in Excel."""
    rows, columns = grid.hidden_rows, grid.hidden_columns
    parts = [] if grid.visible else ["整张工作表"]
    parts += [f"第{_some([str(row + 1) for row in rows])}行"] if rows else []
    parts += [f"{_some([column_letters(column) for column in columns])}列"] if columns else []
    if not parts:
        return []
    hidden_rows, hidden_columns = frozenset(rows), frozenset(columns)
    row, column = next(
        (row, column)
        for row, cells in enumerate(grid.cells)
        for column, cell in enumerate(cells)
        if cell not in (None, "") and (not grid.visible or row in hidden_rows or column in hidden_columns)
    )
    source = Cell(grid.workbook, grid.sheet, f"{column_letters(column)}{row + 1}")
    message = f"“{grid.sheet}”中隐藏的内容也读取了：{'、'.join(parts)}。"
    return [Finding("R111", message, subject=grid.sheet, sources=(source,))]


def _some(names: Sequence[str]) -> str:
    return "、".join(names[:5]) + (f"等{len(names)}" if len(names) > 5 else "")


def _whole(name: str) -> tuple[Cell, ...]:
    return (Cell(name),)
