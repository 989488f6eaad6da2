"""TOML that somebody else may have written: bounded in size, depth and figures before anything is made of it."""

import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

from perfeval_xl.errors import UsageError, reason_of

_LARGEST = 2**20
_MOST_DIGITS = 30


def read_toml(file: Path) -> dict[str, Any]:
    """The file's tables, fractions as exact decimals. Raises :class:`tomllib.TOMLDecodeError` and ``UnicodeDecodeError``, and
    :class:`perfeval_xl.errors.UsageError` where it cannot be read.
    """
    try:
        with file.open("rb") as opened:
            content = opened.read(_LARGEST + 1)
    except OSError as error:
        raise UsageError(
            f"读不了 {file}：{reason_of(error, file)}。", "检查这个文件的读取权限，关闭正在打开它的程序。"
        ) from None
    if len(content) > _LARGEST:
        raise tomllib.TOMLDecodeError("文件超过 1 MB")
    try:
        return tomllib.loads(content.decode("utf-8-sig"), parse_float=_exact)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        raise
    except RecursionError:
        raise tomllib.TOMLDecodeError("括号嵌套太深") from None
    except ValueError:
        raise tomllib.TOMLDecodeError("有太大或太长的数") from None


def _exact(text: str) -> Decimal:
    """A fraction that can be worked with: 1e999999999 would fill the memory as soon as it is rounded.

    TOML has ``nan`` and ``inf`` too; whoever wants a number says what is wrong with them and where.
    """
    value = Decimal(text)
    if abs(value.adjusted()) > _MOST_DIGITS or len(text) > 2 * _MOST_DIGITS:
        raise ValueError(text)
    return value
