"""Trouble that stops a command: each kind knows its exit code, and each error its next step.

Wrong *data* is never raised; it is a :class:`perfeval_xl.findings.Finding`.
"""

import errno
import os
import sys
import tempfile
import traceback
from pathlib import Path

from perfeval_xl import __version__


class PerfevalError(Exception):
    """What an operator is told, in Chinese: what is wrong, and what to do next."""

    exit_code = 70

    def __init__(self, message: str, advice: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice

    def __reduce__(self) -> tuple[type["PerfevalError"], tuple[str, str]]:
        """As it was made: a process that works on a part hands its error to the one that prints it."""
        return type(self), (self.message, self.advice)


class UsageError(PerfevalError):
    """A command line, a setting or a scheme that cannot be followed."""

    exit_code = 2


class OutputError(PerfevalError):
    """Results that could not be written."""

    exit_code = 4


class BugError(PerfevalError):
    """An error of the program in a process of several; ``message`` is its traceback, for the log file."""


#: What the system's refusals mean.
_REASONS = {
    "ENOSPC": "磁盘满了",
    "EDQUOT": "磁盘配额用完了",
    "EFBIG": "超过了这个磁盘上单个文件的大小限制",
    "EACCES": "没有权限，或被别的程序占用",
    "EPERM": "没有权限，或被别的程序占用",
    "EROFS": "磁盘是只读的",
    "EEXIST": "有一个同名的文件占着它的位置",
    "ENOTDIR": "有一个同名的文件占着它的位置",
    "EISDIR": "有一个同名的文件夹占着它的位置",
    "ENOENT": "文件夹不见了（网络盘可能已断开）",
    "ESTALE": "文件夹不见了（网络盘可能已断开）",
    "ENODEV": "文件夹不见了（网络盘可能已断开）",
    "EIO": "磁盘或网络盘出错",
    "EINVAL": "磁盘或网络盘出错，或者名称里有它不接受的字符",
    "ETIMEDOUT": "网络盘没有回应",
    "EHOSTDOWN": "网络盘没有回应",
    "EHOSTUNREACH": "网络盘没有回应",
    "ENETUNREACH": "网络盘没有回应",
    "ENAMETOOLONG": "路径太长",
    "ELOOP": "是一个指向别处、或指向自己的链接",
    "EMFILE": "打开的文件太多",
    "ENFILE": "打开的文件太多",
    "ENOMEM": "内存不够",
}
_WINDOWS_PATH = 260
#: What else is said for want of memory: while a module is loaded, or a thread begins.
_NO_MEMORY = ("failed to map segment", "annot allocate memory", "can't start new thread")
_MORE_MEMORY = "关闭其他程序，加 --jobs 1 再运行一次；仍然不够时把文件夹分成几个。"


def reason_of(error: OSError, place: Path = Path()) -> str:
    """Why the system refuses to read or write at a place, in an operator's words."""
    if os.name == "nt" and error.errno in (errno.ENOENT, errno.EINVAL) and len(str(place)) >= _WINDOWS_PATH:
        return f"路径太长（{len(str(place))} 个字符，Windows 最多 {_WINDOWS_PATH - 1} 个），请换一个较浅的文件夹"
    return (
        _REASONS.get(errno.errorcode.get(error.errno or 0, "")) or error.strerror or str(error) or type(error).__name__
    )


def trouble_of(error: Exception) -> PerfevalError | None:
    """What an operator is told of an error that is none of the program's; ``None`` of a bug.

    What has no room or no right is no bug, wherever it shows, and nor is what the machine cannot do: too little memory,
    or file names that its language setting cannot write.
    """
    if isinstance(error, PerfevalError):
        return error
    encoding = sys.getfilesystemencoding()
    if isinstance(error, OSError):
        place = f"{error.filename}：" if isinstance(error.filename, str) else "读写时出错："
        return OutputError(f"{place}{reason_of(error)}。", "检查磁盘空间、权限和网络盘后，再运行一次。")
    if isinstance(error, MemoryError) or any(sign in str(error) for sign in _NO_MEMORY):
        return OutputError("内存不够，没有做完。", _MORE_MEMORY)
    if isinstance(error, UnicodeEncodeError) and encoding != "utf-8" and error.encoding == encoding:
        return OutputError(
            "系统的语言环境不支持中文文件名，结果没有写成。", "先设置环境变量 PYTHONUTF8=1，再运行一次。"
        )
    return None


def trace_of(error: BaseException | None) -> str:
    """Where an error came about and of what kind it is. What it says is left out: it may quote a cell."""
    pieces: list[str] = []
    while error is not None:
        own = [f"{error.message}\n"] if isinstance(error, BugError) else []
        pieces.append("".join([*own, *traceback.format_tb(error.__traceback__), type(error).__name__]))
        error = error.__cause__ or error.__context__
    return "\n\n".join(reversed(pieces))


def write_log(trace: str) -> str:
    """A bug's :func:`trace_of` in a log file, which is never shown on the screen; returns the file's name."""
    with tempfile.NamedTemporaryFile("w", prefix="perfeval-xl-", suffix=".log", delete=False, encoding="utf-8") as log:
        log.write(f"perfeval-xl {__version__}\n{trace}")
    return log.name
