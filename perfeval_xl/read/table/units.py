"""Which unit each row belongs to: its 预算单位, else 报告信息, else 编制单位, else the folder's name."""

from collections.abc import Mapping, Sequence

import pandas as pd

from perfeval_xl.findings import Finding
from perfeval_xl.read.table.tables import RawTable
from perfeval_xl.text import match_key

_SPLIT_ROLES = ("projects", "indicators", "merge_list", "final_accounts", "exceptions")


def assign_units(
    frames: dict[str, pd.DataFrame], tables: Sequence[RawTable], reported: str, folder: str
) -> list[Finding]:
    """Fill ``unit`` in every frame of ``frames``. Where one table holds several units, tables without 预算单位 are R105."""
    execution = frames["execution"]
    named = list(dict.fromkeys(unit for unit in execution["unit"] if unit))
    spelling = {match_key(unit): unit for unit in reversed(named)}
    several = len(spelling) > 1
    findings: list[Finding] = []
    if several:
        findings = _without_unit_column(tables)
        dropped = {
            index
            for index, table in enumerate(tables)
            if table.role.name in _SPLIT_ROLES and "unit" not in table.columns
        }
        for role in _SPLIT_ROLES:
            frames[role] = frames[role][~frames[role]["table"].isin(dropped)].reset_index(drop=True)
    only = next(iter(spelling.values())) if len(spelling) == 1 else ""
    issuers = {match_key(table.issuer): table.issuer for table in reversed(tables) if table.issuer}
    alone = next(iter(issuers.values())) if len(issuers) == 1 else ""
    for role in ("execution", *_SPLIT_ROLES):
        frames[role] = _with_unit(frames[role], spelling, only or reported or alone, folder)
    return findings


def _with_unit(frame: pd.DataFrame, spelling: Mapping[str, str], default: str, folder: str) -> pd.DataFrame:
    units = [
        spelling.get(match_key(unit), unit) if unit else default or issuer or folder
        for unit, issuer in zip(frame["unit"].tolist(), frame["issuer"].tolist(), strict=True)
    ]
    return frame.assign(unit=pd.Series(units, index=frame.index, dtype=object)) if units else frame


def _without_unit_column(tables: Sequence[RawTable]) -> list[Finding]:
    return [
        Finding(
            "R105",
            f"执行情况表含有多个预算单位，{table.role.label}缺少必需的列：预算单位；"
            f"找到的表头是：{'、'.join(table.headings.values())}。整张表没有使用。",
            sources=(table.cell(table.heading_row, next(iter(table.headings))),),
        )
        for table in tables
        if table.role.name in _SPLIT_ROLES and "unit" not in table.columns
    ]
