"""One file put in its place: whole or not at all, and patient with what has it open."""

import errno
import hashlib
import os
import secrets
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

from perfeval_xl.errors import OutputError, reason_of

#: What the names of files and folders begin with that are not yet in their place.
UNFINISHED = ".perfeval-"
STAGING = f"{UNFINISHED}unit-"
#: How long to wait until a file that is open elsewhere is tried again: a virus scanner lets go soon.
_PAUSES = (0.02, 0.1, 0.3)
_ADVICE = "检查磁盘空间和写入权限，或用 --out 换一个文件夹。"

#: A result's bytes, at once or in pieces that can be gone through again; a long one is nowhere put together.
Content = bytes | Iterable[bytes]


def whole(content: Content) -> bytes:
    """The bytes put together."""
    return content if isinstance(content, bytes) else b"".join(content)


def put_whole(target: Path, content: Content, beside: Path, lasting: bool = False) -> str:
    """Write the file in the folder ``beside`` and put it in its place; ``lasting``: on the disk before it is there.

    Returns its SHA-256. Raises ``OSError``, and :class:`OutputError` where something else has the file open.
    """
    file = beside / f"{UNFINISHED}{os.getpid()}-{secrets.token_hex(4)}.tmp"
    try:
        digest = write_file(file, content, lasting)
        check_place(target)
        put_in_place(file, target)
        if lasting:
            _keep_entry(target.parent)
    finally:
        with suppress(OSError):
            file.unlink(missing_ok=True)
    return digest


def write_file(file: Path | str, content: Content, lasting: bool = False) -> str:
    """Write a file that is not there yet; returns its SHA-256."""
    digest = hashlib.sha256()
    with open(file, "xb") as opened:  # noqa: PTH123 - a path would take longer than the file
        for piece in (content,) if isinstance(content, bytes) else content:
            digest.update(piece)
            opened.write(piece)
        if lasting:
            opened.flush()
            os.fsync(opened.fileno())
    return digest.hexdigest()


def digest_of_file(file: Path) -> str:
    """The file's SHA-256, "" where it cannot be read, or is a pipe, which would be waited for."""
    if not file.is_file():
        return ""
    try:
        with file.open("rb") as content:
            return hashlib.file_digest(content, "sha256").hexdigest()
    except OSError:
        return ""


def output_error(place: Path, error: OSError) -> OutputError:
    """What an operator is told when the system refuses to write to a file or a folder."""
    shown = Path(*(part for part in place.parts if not part.startswith(STAGING)))
    return OutputError(f"写不了 {shown}：{reason_of(error, place)}。以前的结果没有完成替换的仍在原处。", _ADVICE)


def check_place(target: Path) -> None:
    """Raise where something that is no ordinary file is in the way, or another program has the file open."""
    if not os.path.lexists(target):
        return
    if target.is_dir():
        raise output_error(target, IsADirectoryError(errno.EISDIR, ""))
    if target.exists() and not target.is_file():
        raise output_error(target, FileExistsError(errno.EEXIST, ""))
    _patiently(lambda: target.rename(target), target)  # changes nothing, and Windows refuses it for an open file


def put_in_place(file: Path | str, target: Path | str) -> None:
    """Move a file over what stands there, at once."""
    _patiently(lambda: os.replace(file, target), target)  # noqa: PTH105 - the one call that replaces at once


def _patiently(act: Callable[[], object], target: Path | str) -> None:
    for pause in (*_PAUSES, None):
        try:
            act()
        except PermissionError as error:
            if pause is None:
                advice = f"如果它正在 Excel 或 WPS 中打开，请关闭后重新运行；{_ADVICE}"
                raise OutputError(f"写不了 {target}：没有权限，或被别的程序占用。", advice) from error
            time.sleep(pause)
        else:
            return


def _keep_entry(folder: Path) -> None:
    """Have the folder's own entry written down, where the system knows how (Windows does it by itself)."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError:  # a drive that cannot
        return
    finally:
        os.close(handle)
