"""A unit folder → :class:`Inputs`: find the workbooks, read every table, settle unit and year."""

from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path

import pandas as pd

from perfeval_xl.errors import UsageError
from perfeval_xl.findings import Finding
from perfeval_xl.model import InputFile, Inputs
from perfeval_xl.read.about import name_sheets
from perfeval_xl.read.contents import Contents, ReadTable, Source, read_all
from perfeval_xl.read.duplicates import complete_names, drop_duplicates
from perfeval_xl.read.files import shown_name
from perfeval_xl.read.final_accounts import is_used, ruling_form
from perfeval_xl.read.folders import find_workbooks, unit_folders_below
from perfeval_xl.read.footing import compare_forms
from perfeval_xl.read.indicators import bare_levels, split_reasons
from perfeval_xl.read.table.frames import Columns, join_frames
from perfeval_xl.read.table.roles import Role, load_roles
from perfeval_xl.read.table.tables import RawTable
from perfeval_xl.read.table.units import assign_units
from perfeval_xl.record import replace
from perfeval_xl.settings import Settings


def read_folder(
    folder: Path, settings: Settings, tell: Callable[[str], object] = str, jobs: int = 1
) -> tuple[Inputs, list[Finding]]:
    """Everything in the folder, by role, with what could not be read; ``tell`` hears what is being read.

    As many as ``jobs`` processes share its workbooks where that pays. Raises :class:`UsageError` for an unknown year.
    """
    roles = load_roles(settings.aliases)
    contents = read_all([Source(path, roles, settings.amount_unit) for path in find_workbooks(folder)], tell, jobs)
    read, unnamed = name_sheets([table for each in contents for table in each.tables])
    files = _files(contents, read)
    findings = [*(finding for each in contents for finding in each.findings), *unnamed]
    findings += [finding for table in read for finding in table.findings]
    accounts = [table for table in read if table.raw.role.name == "final_accounts"]
    findings += compare_forms([(table.raw, table.columns, table.amount_place) for table in accounts])
    ruling = ruling_form([table.raw for table in accounts])
    read = [table for table in read if is_used(table.raw, ruling)]
    findings += [finding for table in read for finding in table.unread]
    tables, places = [table.raw for table in read], tuple(table.place for table in read)
    parts = {role.name: _parts(read, role) for role in roles}
    del contents, read, accounts  # and with them the columns, as soon as a role's are joined
    filled = {name for name, own in parts.items() if any(len(columns) for _, columns in own)}
    frames = {role.name: join_frames(role, parts.pop(role.name)) for role in roles}
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
    missing = _missing_tables(frames, tables, filled, files)
    findings += _named_below(folder, missing) if missing else []
    inputs = Inputs(
        files=files,
        tables=places,
        report_info=report_info,
        year=settings.year
        or (None if frames["execution"].empty or frames["indicators"].empty else _year_of(tables, report_info)),
        headings={role.name: role.meanings for role in roles},
        report_cells={},
        **{name: frame for name, frame in frames.items() if name != "report_info"},
    )
    cells = zip(written["name"], inputs.cells_of(written, "content"), strict=True)
    return replace(inputs, report_cells=dict(cells)), findings


def _files(contents: Sequence[Contents], read: Sequence[ReadTable]) -> tuple[InputFile, ...]:
    roles: dict[str, dict[str, None]] = {}
    for table in read:
        roles.setdefault(table.raw.workbook, {})[table.raw.role.name] = None
    return tuple(InputFile(each.name, each.sha256, tuple(roles.get(each.name, ()))) for each in contents)


def _parts(read: Sequence[ReadTable], role: Role) -> list[tuple[int, Columns]]:
    """The columns of a role's tables, with the numbers of these."""
    return [(number, table.columns) for number, table in enumerate(read) if table.raw.role.name == role.name]


def _missing_tables(
    frames: Mapping[str, pd.DataFrame], tables: Sequence[RawTable], filled: Collection[str], files: Sequence[InputFile]
) -> list[Finding]:
    """R112, which tells a folder without workbooks and tables that are not filled in yet from tables not recognised."""
    labels = {"execution": "预算执行情况表", "indicators": "绩效指标表"}
    findings = []
    for name, label in labels.items():
        own = [table for table in tables if table.role.name == name]
        if not frames[name].empty:
            continue
        if own and name not in filled:
            message = f"{label}还没有填写：表头下面没有可计入的行，无法自评。"
            cells = tuple(table.cell(table.heading_row, next(iter(table.columns))) for table in own)
        else:
            message = f"{'' if files else '文件夹中没有工作簿，'}没有可用的{label}，无法自评。"
            cells = ()
        findings.append(Finding("R112", message, subject=label, sources=cells))
    return findings


def _named_below(folder: Path, missing: Sequence[Finding]) -> list[Finding]:
    """R112 says, too, that there are unit folders below, which a stray workbook beside them kept from being worked."""
    below = [path.name for path in unit_folders_below(folder)]
    if not below:
        return list(missing)
    listed = "、".join(f"“{name}”" for name in below[:3]) + (f"等 {len(below)} 个" if len(below) > 3 else "")
    words = f"文件夹下的{listed}里也有工作簿：要逐个单位处理，请把这一层的工作簿移走。"
    return [replace(finding, message=f"{finding.message}{words}") for finding in missing]


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
