"""Files beside the blank workbooks: the settings, and what runs the folder with a double click."""

import json

from perfeval_xl.write.files import Output

#: ASCII only: a batch file is read in the console's code page.
_WINDOWS = """@echo off
pushd "%~dp0"
where perfeval-xl >nul 2>nul
if errorlevel 1 (py -3 -m perfeval_xl run .) else (perfeval-xl run .)
echo.
pause
popd
"""
_UNIX = """#!/bin/sh
cd "$(dirname "$0")" || exit 1
if command -v perfeval-xl >/dev/null 2>&1; then perfeval-xl run .; else python3 -m perfeval_xl run .; fi
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


def starters(scheme: str) -> list[Output]:
    """``perfeval.toml`` that names the scheme, ``运行.bat`` for Windows, ``运行.command`` for macOS and Linux."""
    return [
        # A JSON string is a TOML string too.
        Output("perfeval.toml", "settings", _SETTINGS.format(scheme=json.dumps(scheme, ensure_ascii=False)).encode()),
        Output("运行.bat", "starter", _WINDOWS.replace("\n", "\r\n").encode("ascii")),
        Output("运行.command", "starter", _UNIX.encode()),
    ]
