"""Settings: command line over ``perfeval.toml`` in the folder over default."""

import os
import tomllib
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from perfeval_xl.errors import UsageError
from perfeval_xl.money import UNITS, round_half_up
from perfeval_xl.record import Record, field
from perfeval_xl.scheme import DEFAULT_SCHEME
from perfeval_xl.text import nearest
from perfeval_xl.tomlfile import read_toml

SETTINGS_FILE = "perfeval.toml"
_KEYS = ("scheme", "year", "amount_unit", "tolerance_yuan", "columns", "mail")


#: Key of ``[mail]`` → its type and what it should be.
_MAIL_KEYS: Mapping[str, tuple[type, str]] = {
    "host": (str, "邮件服务器的地址，如 smtp.qq.com"),
    "port": (int, "1 到 65535 之间的整数"),
    "security": (str, "starttls、tls、none 之一"),
    "user": (str, "登录邮件服务器的用户名，一般就是邮箱"),
    "sender": (str, "发件人，如 财务科 <caiwu@example.gov.cn>"),
    "subject": (str, "邮件主题的文字"),
    "body": (str, "邮件正文的文字"),
    "rate_per_minute": (int, "每分钟最多发几封，1 到 600 之间的整数"),
    "max_size_mb": (int, "一封邮件最大多少兆，1 到 1000 之间的整数"),
}
_MAIL_RANGES = {"port": 65_535, "rate_per_minute": 600, "max_size_mb": 1_000}
SECURITIES = ("starttls", "tls", "none")
_SECRETS = frozenset({"password", "passwd", "passphrase", "pwd", "pass", "secret", "token", "密码", "口令", "授权码"})


class MailSettings(Record):
    """``[mail]``: the server, and what a letter says. A password is in no file, so there is none here."""

    host: str = ""
    port: int | None = None
    security: str = "starttls"
    user: str = ""
    sender: str = ""
    subject: str | None = None
    body: str | None = None
    rate_per_minute: int | None = None
    max_size_mb: int = 20


class Settings(Record):
    """What the officer decided. ``year`` and ``tolerance`` (fen) are ``None`` where the workbooks decide."""

    scheme: str = DEFAULT_SCHEME
    year: int | None = None
    amount_unit: str | None = None
    tolerance: int | None = None
    #: Role → {heading seen: heading or identifier meant}.
    aliases: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    #: ``[mail]``, where the file has it.
    mail: MailSettings | None = None


def load_settings(folder: Path, scheme: str | None = None, year: int | None = None) -> Settings:
    """Read the folder's ``perfeval.toml``, if any, under the command line's options. Raises :class:`UsageError`."""
    file = folder / SETTINGS_FILE
    data: dict[str, Any] = {}
    if os.path.lexists(file) and not os.path.isfile(file):  # noqa: PTH113
        raise UsageError(f"设置文件 {file} 不是普通的文件，读不了设置。", "改成文本文件，或把它移走。")
    if os.path.isfile(file):  # noqa: PTH113 - also where the path is too long to be asked for
        try:
            data = read_toml(file)
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
    if tolerance is not None and not (Decimal(tolerance).is_finite() and tolerance >= 0):
        raise UsageError(f"设置文件 {file} 的 tolerance_yuan 应为不小于 0 的数字。", "改正后重新运行，如 0 或 0.5。")
    written = _typed(file, data, "year", (int,), "四位年份")
    columns = _typed(file, data, "columns", (dict,), "一张表，如 [columns.execution]") or {}
    unit = _typed(file, data, "amount_unit", (str,), "元、千元、万元之一")
    if unit is not None and unit not in UNITS:
        raise UsageError(f"设置文件 {file} 的 amount_unit 是“{unit}”，应为{'、'.join(UNITS)}之一。", "改正后重新运行。")
    if written is not None and not 2000 <= written <= 2099:
        raise UsageError(f"设置文件 {file} 的 year 应当是四位年份。", "改正后重新运行，如 2024。")
    return Settings(
        scheme=scheme or _typed(file, {"scheme": named}, "scheme", (str,), "方案名称或文件夹") or DEFAULT_SCHEME,
        year=year if year is not None else written,
        amount_unit=unit,
        tolerance=None if tolerance is None else round_half_up(Decimal(tolerance) * 100),
        aliases={role: _aliases(file, role, table) for role, table in columns.items()},
        mail=_mail(file, data["mail"]) if "mail" in data else None,
    )


def _mail(file: Path, table: Any) -> MailSettings:
    if not isinstance(table, dict):
        raise UsageError(f"设置文件 {file} 的 mail 应当是一张表。", "写成 [mail]，下面每行一项。")
    for key, value in table.items():
        if key.lower() in _SECRETS:
            raise UsageError(
                f"设置文件 {file} 的 [mail] 中写了“{key}”：密码和授权码不能放在文件里，文件会被复制、备份和转发。",
                "删去这一项，并到邮箱中更换该授权码；发送时由程序询问，或放在环境变量 PERFEVAL_SMTP_PASSWORD 中。",
            )
        if key not in _MAIL_KEYS:
            raise UsageError(
                f"设置文件 {file} 的 [mail] 中有不认识的项“{key}”{nearest(key, list(_MAIL_KEYS))}。",
                "改正拼写或删去该项。",
            )
        kind, wanted = _MAIL_KEYS[key]
        _typed(file, table, key, (kind,), wanted)
        if (key in _MAIL_RANGES and not 1 <= value <= _MAIL_RANGES[key]) or (
            key == "security" and value not in SECURITIES
        ):
            raise UsageError(f"设置文件 {file} 的 [mail] 中 {key} 是“{value}”，应当是{wanted}。", "改正后重新运行。")
    return MailSettings(**table)


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
