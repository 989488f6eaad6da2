"""A unit folder → :class:`Inputs`: find the workbooks, read every table, settle unit and year."""

import hashlib
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from perfeval_xl.errors import UsageError, reason_of
from perfeval_xl.findings import Cell, Finding
from perfeval_xl.model import InputFile, Inputs
from perfeval_xl.read.duplicates import complete_names, drop_duplicates
from perfeval_xl.read.files import read_file, shown_name
from perfeval_xl.read.final_accounts import ruling_tables
from perfeval_xl.read.footing import check_footing
from perfeval_xl.read.indicators import bare_levels, split_reasons
from perfeval_xl.read.table.about import name_sheets
from perfeval_xl.read.table.frames import read_frame
from perfeval_xl.read.table.roles import Role, load_roles
from perfeval_xl.read.table.segments import segments
from perfeval_xl.read.table.tables import RawTable, find_tables
from perfeval_xl.read.table.totals import check_totals
from perfeval_xl.read.table.units import assign_units
from perfeval_xl.read.workbook.carried import carried_along
from perfeval_xl.read.workbook.package import column_letters
from perfeval_xl.read.workbook.safety import UnreadableWorkbookError
from perfeval_xl.read.workbook.workbook import SUFFIXES, Grid, read_workbook
from perfeval_xl.settings import Settings


def find_workbooks(folder: Path) -> list[Path]:
    """The folder's own workbooks by name; lock files, hidden files and everything else are passed over."""
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        raise UsageError(
            f"打不开文件夹 {folder}：{reason_of(error, folder)}。", "核对路径，或检查读取权限和网络盘。"
        ) from None
    return [
        Path(entry.path)
        for entry in entries
        if _is_file(entry) and not entry.name.startswith(("~$", ".")) and Path(entry.name).suffix.lower() in SUFFIXES
    ]


def _is_file(entry: os.DirEntry[str]) -> bool:
    """What cannot be looked at counts: reading it says why, where leaving it out would hide it."""
    try:
        return entry.is_file()
    except OSError:
        return True


def read_folder(folder: Path, settings: Settings, tell: Callable[[str], object] = str) -> tuple[Inputs, list[Finding]]:
    """Everything in the folder, by role, with what could not be read; ``tell`` hears what is being read.

    Raises :class:`UsageError` for an unknown year.
    """
    roles = load_roles(settings.aliases)
    tables: list[RawTable] = []
    digests: dict[str, str] = {}
    findings: list[Finding] = []
    for path in find_workbooks(folder):
        name = shown_name(path)
        tell(f"读取 {name}")
        content, found, trouble = _read_file(path, name, roles)
        digests[name] = hashlib.sha256(content).hexdigest()
        tables += found
        findings += trouble
    tables, unnamed = name_sheets(tables)
    findings += unnamed
    files = [
        InputFile(name, digest, tuple(dict.fromkeys(table.role.name for table in tables if table.workbook == name)))
        for name, digest in digests.items()
    ]
    findings += _undeclared_units(tables, settings)
    findings += check_totals(tables, settings.amount_unit)
    findings += check_footing(tables, settings.amount_unit)
    tables = ruling_tables(tables)
    frames: dict[str, pd.DataFrame] = {}
    for role in roles:
        frames[role.name], unreadable = read_frame(
            role,
            [(index, table) for index, table in enumerate(tables) if table.role.name == role.name],
            settings.amount_unit,
        )
        findings += unreadable
    report_info = {
        name: content
        for name, content in zip(frames["report_info"]["name"], frames["report_info"]["content"], strict=True)
        if name
    }
    written = frames["report_info"].drop_duplicates("name", keep="last")
    findings += assign_units(frames, tables, report_info.get("单位名称", ""), shown_name(folder.resolve()))
    frames["indicators"] = split_reasons(bare_levels(frames["indicators"]))
    frames["execution"] = complete_names(frames["execution"], tables)
    findings += drop_duplicates(frames, tables)
    findings += _missing_tables(frames, tables, files)
    inputs = Inputs(
        files=tuple(files),
        tables=tuple(table.place(settings.amount_unit) for table in tables),
        report_info=report_info,
        year=settings.year
        or (None if frames["execution"].empty or frames["indicators"].empty else _year_of(tables, report_info)),
        headings={role.name: role.meanings for role in roles},
        report_cells={},
        **{name: frame for name, frame in frames.items() if name != "report_info"},
    )
    cells = zip(written["name"], inputs.cells_of(written, "content"), strict=True)
    return replace(inputs, report_cells=dict(cells)), findings


def _read_file(path: Path, name: str, roles: Sequence[Role]) -> tuple[bytes, list[RawTable], list[Finding]]:
    """The file's bytes, read once, with its tables; one that may not be read is R101."""
    try:
        content = read_file(path)
    except UnreadableWorkbookError as error:
        return b"", [], [unreadable(name, error)]
    return content, *read_tables(content, name, roles)


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
    for grid in grids:
        read: list[tuple[list[RawTable], list[Finding]]] = []
        for part in segments(grid.cells, grid.merges, roles):
            found, trouble = find_tables(grid.workbook, grid.sheet, part.cells, grid.merges, roles)
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


def _undeclared_units(tables: Iterable[RawTable], settings: Settings) -> list[Finding]:
    findings = []
    for table in tables:
        amounts = [name for name, kind in table.role.kinds.items() if kind == "amount" and name in table.columns]
        if (
            amounts
            and not settings.amount_unit
            and not table.unit
            and any(name not in table.column_units for name in amounts)
        ):
            stated = f"同时注明了{'、'.join(table.units)}两种" if table.units else "没有注明"
            message = f"{table.role.label}{stated}金额单位，按“元”处理。"
            findings.append(Finding("R108", message, sources=(table.cell(table.heading_row, amounts[0]),)))
    return findings


def _missing_tables(
    frames: Mapping[str, pd.DataFrame], tables: Sequence[RawTable], files: Sequence[InputFile]
) -> list[Finding]:
    """R112, which tells a folder without workbooks and tables that are not filled in yet from tables not recognised."""
    labels = {"execution": "预算执行情况表", "indicators": "绩效指标表"}
    findings = []
    for name, label in labels.items():
        own = [table for table in tables if table.role.name == name]
        if not frames[name].empty:
            continue
        if own and not any(table.body for table in own):
            message = f"{label}还没有填写：表头下面没有可计入的行，无法自评。"
            cells = tuple(table.cell(table.heading_row, next(iter(table.columns))) for table in own)
        else:
            message = f"{'' if files else '文件夹中没有工作簿，'}没有可用的{label}，无法自评。"
            cells = ()
        findings.append(Finding("R112", message, subject=label, sources=cells))
    return findings


def _year_of(tables: Sequence[RawTable], report_info: dict[str, str]) -> int:
    """The year that 报告信息 and the titles agree on."""
    stated = {year: str(place) for table in tables for year, place in table.years}
    if written := report_info.get("年度", ""):
        digits = written.removesuffix("年度").removesuffix("年").strip()
        if not (digits.isdecimal() and len(digits) == 4):
            raise UsageError(f"报告信息中的年度“{written}”不是四位年份。", "改成如 2019，或在命令后加 --year 2019。")
        stated[int(digits)] = "报告信息 年度"
    if len(stated) == 1:
        return next(iter(stated))
    if not stated:
        raise UsageError(
            "不知道是哪一年的自评：工作簿标题和报告信息中都没有年度。",
            "在命令后加 --year，例如 --year 2019；或在报告信息表中填“年度”。",
        )
    places = "；".join(f"{year}（{place}）" for year, place in sorted(stated.items()))
    raise UsageError(f"各表的年度不一致：{places}。", "移走别的年度的工作簿，或用 --year 指明年度。")
