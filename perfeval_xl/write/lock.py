"""One run at a time on a results folder, by a lock of the system's that ends with the process that holds it.

The lock is a file in the results folder, so that two machines on one network drive see it; it is removed with the
lock, and the next run takes over one that a killed run left. Where a drive knows no locks there is none.
"""

import errno
import getpass
import os
import platform
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from perfeval_xl.errors import OutputError

LOCK = ".perfeval.lock"
#: The byte that is locked lies far behind the text, which others may then read on Windows too.
_FAR = 2**30
#: Seconds between two looks at a folder that another run holds.
_PAUSE = 0.05

if sys.platform == "win32":
    import msvcrt

    def _take(file: BinaryIO) -> None:
        file.seek(_FAR)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError as error:
            raise BlockingIOError from error
else:
    import fcntl

    def _take(file: BinaryIO) -> None:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise
        except OSError:  # a drive without locks
            return


@contextmanager
def lock_results(folder: Path, patience: float = 0) -> Iterator[None]:
    """Hold the folder, which is made where it is not there and removed again where nothing was put in it.

    One that another run holds is waited for as many seconds as there is ``patience``.
    Raises :class:`perfeval_xl.errors.OutputError` with who holds it, and ``OSError`` where it cannot be made.
    """
    made = _make(folder)
    path = folder / LOCK
    file = _held(path, folder, time.monotonic() + patience)
    try:
        file.seek(0)
        file.truncate()
        file.write(f"{os.getpid()}\n{platform.node()}\n{_user()}\n".encode("utf-8", "replace"))
        file.flush()
        yield
    finally:
        _release(file, path)
        if made:
            _remove_empty(folder)


def _make(folder: Path) -> bool:
    made = not folder.exists()
    folder.mkdir(parents=True, exist_ok=True)
    return made


def _held(path: Path, folder: Path, until: float) -> BinaryIO:
    """The locked file. One that its last holder has just removed is not the one that others would look at."""
    while True:
        check_own(path)
        file = path.open("ab+")
        try:
            _take(file)
            if sys.platform == "win32" or (_is_at(file, path)):
                return file
        except BlockingIOError:
            with file:
                if time.monotonic() >= until:
                    raise _held_by(file, folder) from None
            time.sleep(_PAUSE)
        except BaseException:
            file.close()
            raise
        file.close()


def check_own(path: Path) -> None:
    """``OSError`` where a link or no ordinary file has the name of one that the program keeps: it would write elsewhere."""
    if path.is_symlink() or (path.exists() and not path.is_file()):
        code = errno.ELOOP if path.is_symlink() else errno.EISDIR if path.is_dir() else errno.EEXIST
        raise OSError(code, os.strerror(code), str(path))


def _is_at(file: BinaryIO, path: Path) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(file.fileno()))
    except FileNotFoundError:
        return False


def _held_by(file: BinaryIO, folder: Path) -> OutputError:
    file.seek(0)
    told = file.read(1000).decode("utf-8", "replace").splitlines()
    process, machine, user = (told + ["未知"] * 3)[:3]
    since = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(os.fstat(file.fileno()).st_mtime))
    return OutputError(
        f"结果文件夹 {folder} 正由另一次运行使用：电脑 {machine}，用户 {user}，进程 {process}，从 {since} 开始。这次没有写任何文件。",
        "等它完成后重新运行；它若已没有反应，关闭那个窗口或结束该进程后重新运行，或用 --out 换一个文件夹。",
    )


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "未知"


def _release(file: BinaryIO, path: Path) -> None:
    """Elsewhere the file goes while it is held; Windows removes none that is open, and none that the next one has opened."""
    if sys.platform == "win32":
        file.close()
    with suppress(OSError):
        path.unlink(missing_ok=True)
    file.close()


def _remove_empty(folder: Path) -> None:
    try:
        folder.rmdir()
    except OSError:
        return
