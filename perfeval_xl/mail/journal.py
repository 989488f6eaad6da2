"""The journal of what was sent: a line before and a line after every letter, on the disk before anything goes on."""

import errno
import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import IO, Any

from perfeval_xl.errors import OutputError, UsageError, reason_of
from perfeval_xl.record import Record
from perfeval_xl.write.lock import check_own

JOURNAL = "发送记录.jsonl"
#: A byte far behind any journal: on Windows a locked byte cannot be read by anybody else.
_LOCKED_BYTE = 2**40


class Mark(StrEnum):
    """What a line of the journal says of a letter."""

    SENDING = "sending"
    SENT = "sent"
    REFUSED = "refused"
    UNCERTAIN = "uncertain"
    TEST = "test"


class Entry(Record):
    """The last that is known of a letter: what, and when (ISO 8601).

    ``doubted``: it was already uncertain when it was sent again, so that a refusal then does not settle it.
    """

    mark: Mark
    time: str
    doubted: bool = False

    @property
    def uncertain(self) -> bool:
        """Whether the letter may have arrived: nothing was recorded after its text began to be sent."""
        return self.mark in (Mark.SENDING, Mark.UNCERTAIN)


def _after(before: Entry | None, mark: Mark, time: str, began: bool) -> Entry:
    """What is known after one more line; ``began``: its text had begun to be sent when it was refused."""
    doubted = before is not None and (before.doubted if began else before.uncertain)
    if mark is Mark.REFUSED and doubted:
        return Entry(Mark.UNCERTAIN, time)
    return Entry(mark, time, doubted and mark is Mark.SENDING)


def read_journal(path: Path) -> dict[str, Entry]:
    """Key → the last entry. A line that was cut off by a crash says nothing; anything else unreadable is an error."""
    entries: dict[str, Entry] = {}
    try:
        check_own(path)
        text = path.read_bytes().decode("utf-8-sig", "replace")
    except FileNotFoundError:
        return entries
    except OSError as error:
        raise OutputError(
            f"读不了发送记录 {path}：{reason_of(error, path)}。", "关闭正在打开它的程序后重新运行。"
        ) from None
    for number, line in enumerate(text.splitlines(), start=1):
        try:
            if line.strip():
                record = json.loads(line)
                key, mark = record["key"], Mark(record["mark"])
                if mark is not Mark.TEST:
                    entries[key] = _after(entries.get(key), mark, record["time"], record.get("began", False))
        except (ValueError, LookupError, TypeError, RecursionError):
            if line.startswith("{") and not line.endswith("}"):
                continue
            raise UsageError(
                f"发送记录 {path} 的第 {number} 行读不懂，无法确认哪些信已经发过。",
                "从备份恢复该文件；确实没有备份、又确认可以重发时，把它改名后重新运行。",
            ) from None
    return entries


class Journal:
    """Appends to the journal; each line is on the disk when :meth:`record` returns."""

    def __init__(self, path: Path, file: IO[bytes], now: Callable[[], datetime]) -> None:
        self.entries = read_journal(path)
        self._file = file
        self._now = now

    def record(self, key: str, mark: Mark, began: bool, facts: Mapping[str, Any]) -> None:
        """Write one line. Raises ``OSError`` where the disk does not take it."""
        time = self._now().isoformat(timespec="seconds")
        line = json.dumps(
            {"time": time, "mark": mark, "key": key} | ({"began": True} if began else {}) | dict(facts),
            ensure_ascii=False,
        )
        self._file.write(line.encode() + b"\n")
        self._file.flush()
        os.fsync(self._file.fileno())
        if mark is not Mark.TEST:
            self.entries[key] = _after(self.entries.get(key), mark, time, began)


@contextmanager
def open_journal(folder: Path, now: Callable[[], datetime]) -> Iterator[Journal]:
    """The journal in a 发件箱, for this process alone. Raises :class:`UsageError` while another one sends."""
    path = folder / JOURNAL
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if folder.is_symlink():
            raise OSError(errno.ELOOP, "")
        check_own(path)
        with path.open("a+b") as file:
            _lock(file, path)
            _end_cut_line(file)
            _sync_folder(folder)
            yield Journal(path, file, now)
    except OSError as error:
        raise OutputError(
            f"写不进发送记录 {path}：{reason_of(error, path)}。没有记录就不再发送。",
            "检查磁盘空间和写入权限，关闭正在打开它的程序，再运行一次；已经发出的不会重发。",
        ) from error


def _end_cut_line(file: IO[bytes]) -> None:
    """A line that a crash cut off must not swallow the next one."""
    if file.seek(0, os.SEEK_END):
        file.seek(-1, os.SEEK_END)
        if file.read(1) != b"\n":
            file.write(b"\n")


def _sync_folder(folder: Path) -> None:
    """A new file's name has to reach the disk too; Windows neither needs nor allows it."""
    if sys.platform != "win32":
        with suppress(OSError):
            handle = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)


def _lock(file: IO[bytes], path: Path) -> None:
    """Held until the file is closed. A share that cannot lock is used unlocked."""
    try:
        if sys.platform == "win32":
            import msvcrt

            file.seek(_LOCKED_BYTE)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in (errno.EAGAIN, errno.EACCES, errno.EDEADLK):
            raise UsageError(f"另一个程序正在发送 {path.parent} 中的信。", "等它结束后再运行。") from None
