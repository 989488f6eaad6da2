"""Settings: command line over ``perfeval.toml`` in the folder over default."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from perfeval_xl.errors import UsageError
from perfeval_xl.money import UNITS, round_half_up
from perfeval_xl.scheme import DEFAULT_SCHEME
from perfeval_xl.text import nearest

SETTINGS_FILE = "perfeval.toml"
_KEYS = ("scheme", "year", "amount_unit", "tolerance_yuan", "columns", "mail")


@dataclass(frozen=True)
class Settings:
    """What the officer decided. ``year`` and ``tolerance`` (fen) are ``None`` where the workbooks decide."""

    scheme: str = DEFAULT_SCHEME
    year: int | None = None
    amount_unit: str | None = None
    tolerance: int | None = None
    #: Role → {heading seen: heading or identifier meant}.
    aliases: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def load_settings(folder: Path, scheme: str | None = None, year: int | None = None) -> Settings:
    """Read the folder's ``perfeval.toml``, if any, under the command line's options. Raises :class:`UsageError`."""
    file = folder / SETTINGS_FILE
    data: dict[str, Any] = {}
    if file.is_file():
        try:
            data = tomllib.loads(file.read_text(encoding="utf-8-sig"), parse_float=Decimal)
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise UsageError(
                f"设置文件 {file} 不是有效的 TOML：{error}。", "按所指的行列改正，并以 UTF-8 保存。"
            ) from None
    for key in data:
        if key not in _KEYS:
            raise UsageError(
                f"设置文件 {file} 中有不认识的项“{key}”{nearest(key, list(_KEYS))}。", "改正拼写或删去该项。"
            )
    named = data.get("scheme")
    if named is not None and isinstance(named, str) and (folder / named / "scheme.toml").is_file():
        named = str(folder / named)
    tolerance = _typed(file, data, "tolerance_yuan", (int, Decimal), "数字，如 0 或 0.5")
    unit = _typed(file, data, "amount_unit", (str,), "元、千元、万元之一")
    if unit is not None and unit not in UNITS:
        raise UsageError(f"设置文件 {file} 的 amount_unit 是“{unit}”，应为{'、'.join(UNITS)}之一。", "改正后重新运行。")
    return Settings(
        scheme=scheme or _typed(file, {"scheme": named}, "scheme", (str,), "方案名称或文件夹") or DEFAULT_SCHEME,
        year=year if year is not None else _typed(file, data, "year", (int,), "四位年份"),
        amount_unit=unit,
        tolerance=None if tolerance is None else round_half_up(Decimal(tolerance) * 100),
        aliases={role: _aliases(file, role, table) for role, table in data.get("columns", {}).items()},
    )


def _typed(file: Path, data: Mapping[str, Any], key: str, kinds: tuple[type, ...], wanted: str) -> Any:
    value = data.get(key)
    if value is not None and (not isinstance(value, kinds) or isinstance(value, bool)):
        raise UsageError(f"设置文件 {file} 的 {key} 应当是{wanted}。", "改正后重新运行。")
    return value


def _aliases(file: Path, role: str, table: Any) -> dict[str, str]:
    """``"本年指标" = "全年预算数"``, or ``annual_budget = ["本年指标", "指标数"]``: both directions of writing."""
    if not isinstance(table, dict):
        raise UsageError(
            f"设置文件 {file} 的 columns.{role} 应当是一张表。", "写成 [columns.execution]，每行一个别名。"
        )
    aliases: dict[str, str] = {}
    for key, value in table.items():
        if isinstance(value, list) and all(isinstance(name, str) for name in value):
            aliases |= dict.fromkeys(value, key)
        elif isinstance(value, str):
            aliases[key] = value
        else:
            raise UsageError(
                f"设置文件 {file} 的 columns.{role}.{key} 应当是表头文字。", '写成 "本单位的表头" = "全年预算数"。'
            )
    return aliases
