"""Files beside the blank workbooks: the settings, and what runs the folder with a double click."""

import json
import re

from perfeval_xl.lazy_pattern import lazy_pattern
from perfeval_xl.write.files import Output

UNIX_STARTER = "运行.command"
#: In code page 936, which the first command sets: a batch file is read in the console's own. The folder's path stands in
#: quotes, so that blanks, & and brackets in it are nothing special; "." keeps its last \\ from the closing quote.
_WINDOWS = """@echo off
chcp 936 >nul
title 项目支出绩效自评
set "PERFEVAL="
where perfeval-xl >nul 2>nul && set "PERFEVAL=perfeval-xl"
if not defined PERFEVAL py -3 -c "import perfeval_xl" >nul 2>nul && set "PERFEVAL=py -3 -m perfeval_xl"
if not defined PERFEVAL python -c "import perfeval_xl" >nul 2>nul && set "PERFEVAL=python -m perfeval_xl"
if not defined PERFEVAL goto missing
%PERFEVAL% run "%~dp0."
goto end
:missing
echo 没有找到 perfeval-xl：还没有安装，或安装 Python 时没有勾选 Add python.exe to PATH。
echo 下一步：照说明《第一个小时》的第一步安装，再双击本文件。
:end
echo.
pause
"""
_UNIX = """#!/bin/sh
folder=$(cd "$(dirname "$0")" && pwd) || exit 1
if command -v perfeval-xl >/dev/null 2>&1; then perfeval-xl run "$folder"
elif python3 -c "import perfeval_xl" >/dev/null 2>&1; then python3 -m perfeval_xl run "$folder"
else echo "没有找到 perfeval-xl：还没有安装。下一步：照说明《第一个小时》的第一步安装，再双击本文件。"
fi
printf '\\n按回车键关闭。'
read -r _
"""
_SETTINGS = """# 设置。以 # 开头的行是说明；需要时去掉行首的 # 并改成自己的内容。
scheme = {scheme}
# year = 2025                 # 自评年度；写在报告信息表中就不必写在这里
# amount_unit = "万元"         # 表中没有注明金额单位时按什么单位
# tolerance_yuan = 0.5        # 对账时允许的差额（元）
# [columns.execution]         # 本单位的表头是什么意思
# "本年指标" = "全年预算数"
"""
_FIRST_TABLE = lazy_pattern(r"^[ \t]*\[", re.MULTILINE)
_OF_ONE_YEAR = lazy_pattern(r"""^[ \t]*["']?(?:scheme|year)["']?[ \t]*=.*\n?""", re.MULTILINE)


def starters(scheme: str, last_settings: str | None = None) -> list[Output]:
    """``perfeval.toml`` that names the scheme, ``运行.bat`` for Windows, ``运行.command`` for macOS and Linux.

    ``last_settings`` is the text of last year's ``perfeval.toml``: aliases, mail and the rest hold on.
    """
    # A JSON string is a TOML string too.
    named = json.dumps(scheme, ensure_ascii=False)
    settings = _SETTINGS.format(scheme=named) if last_settings is None else _held_on(named, last_settings)
    return [
        Output("perfeval.toml", "settings", settings.encode()),
        Output("运行.bat", "starter", _WINDOWS.replace("\n", "\r\n").encode("gbk")),
        Output(UNIX_STARTER, "starter", _UNIX.encode()),
    ]


def _held_on(scheme: str, text: str) -> str:
    """Last year's settings with this year's scheme and without last year's year."""
    found = _FIRST_TABLE.search(text)
    top, tables = (text[: found.start()], text[found.start() :]) if found else (text, "")
    return f"scheme = {scheme}\n{_OF_ONE_YEAR.sub('', top)}{tables}"
