"""A workbook's bytes as they are at one moment, and its name as it can be written down."""

import os
import stat
import time
from pathlib import Path

from perfeval_xl.errors import reason_of
from perfeval_xl.read.workbook.safety import UnreadableWorkbookError, refused

#: A sheet filled to its last row, in any of the formats, stays far below.
MAX_FILE = 512 * 2**20
#: Seconds to wait for whoever is writing the file just now.
_PAUSES = (0.1, 0.3, 1)


def read_file(path: Path) -> bytes:
    """All of the file, unchanged from the first byte to the last. Raises UnreadableWorkbookError (R101, R103)."""
    try:
        for pause in (*_PAUSES, None):
            before = path.stat()
            if not stat.S_ISREG(before.st_mode):
                raise UnreadableWorkbookError("R101", "它不是普通的文件")
            if before.st_size > MAX_FILE:
                raise refused(f"文件太大（{before.st_size // 2**20} MB，上限 {MAX_FILE // 2**20} MB）")
            with path.open("rb") as opened:
                content = opened.read(before.st_size + 1)
            if _mark(path.stat()) == _mark(before) and len(content) == before.st_size:
                return content
            if pause is not None:
                time.sleep(pause)
    except OSError as error:
        raise UnreadableWorkbookError(
            "R101", f"{reason_of(error, path)}；请关闭正在用它的程序，检查读取权限和网络盘"
        ) from None
    raise UnreadableWorkbookError("R101", "读取时它还在被别的程序写入；等保存或复制完成后再运行一次")


def _mark(state: os.stat_result) -> tuple[int, int]:
    return state.st_size, state.st_mtime_ns


def shown_name(path: Path) -> str:
    """The file's name; one that was written on a Chinese Windows and unpacked elsewhere is read as it was meant."""
    try:
        path.name.encode()
    except UnicodeEncodeError:
        return os.fsencode(path.name).decode("gb18030", "replace")
    return path.name
