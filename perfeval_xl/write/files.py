"""Files that appear whole or not at all, under names that every system accepts."""

import errno
import hashlib
import json
import os
import re
import shutil
import tempfile
import time
import unicodedata
from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Self

from pathvalidate import sanitize_filename

from perfeval_xl.errors import OutputError
from perfeval_xl.write.lock import lock_results

#: The files at the top of the results of several units.
MANIFEST = "manifest.json"
ALL_UNITS = "全部单位汇总表.xlsx"
#: What the names of files and folders begin with that are not yet in their place.
_UNFINISHED = ".perfeval-"
_STAGING = f"{_UNFINISHED}unit-"
#: The folder in the results that mail keeps its previews and its journal in.
OUTBOX = "发件箱"
_LONGEST_NAME = 240  # bytes; 255 is the limit, and a temporary name needs a little room
_LONGEST_TEXT = 100  # of Windows' characters: a folder and a file in it, and the way to them, should stay below 260
#: What is not seen but changes how a name is read: marks of direction, zero widths, line separators, lone surrogates.
_UNSEEN = re.compile(
    "[\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
#: How long to wait until a file that is open elsewhere is tried again: a virus scanner lets go soon.
_PAUSES = (0.02, 0.1, 0.3)


@dataclass(frozen=True, slots=True)
class Output:
    """One result: its path below the results folder, its kind (form, summary, report, manifest) and its bytes' SHA-256."""

    path: str
    kind: str
    content: bytes = b""
    project: str = ""
    sha256: str = ""


def safe_name(stem: str, suffix: str = "") -> str:
    """A file name that Windows, macOS and Linux accept, and that shows what it is.

    Nothing forbidden, reserved, hidden or unseen is in it, it leads to no other folder, and the suffix is kept whole.
    """
    seen = _UNSEEN.sub("", stem).rstrip(" .")
    cleaned = str(sanitize_filename(seen, replacement_text="_", platform="universal", max_len=10_000)).rstrip(" .")
    if cleaned.startswith((".", "~$")) or not cleaned:
        cleaned = "_" + cleaned.lstrip(".~$")
    if _cut(cleaned, len(suffix.encode())) != cleaned:
        mark = "~" + hashlib.sha256(stem.encode(errors="replace")).hexdigest()[:8]
        cleaned = _cut(cleaned, len(suffix.encode()) + len(mark)).rstrip(" .") + mark
    return cleaned + suffix


def _cut(text: str, taken: int) -> str:
    """As much of the text as a name has room for when so many ASCII characters of it are taken."""
    by_bytes = text.encode()[: _LONGEST_NAME - taken].decode("utf-8", "ignore")
    return by_bytes.encode("utf-16-le")[: 2 * (_LONGEST_TEXT - taken)].decode("utf-16-le", "ignore")


def name_key(name: str) -> str:
    """Two names with one key are the same file on some system: capitals and ways of composing a letter do not count."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


@dataclass(frozen=True, slots=True)
class UnitPlace:
    """What a unit is called in the manifests, and its subfolder of the results ("": at the top)."""

    unit: str
    folder: str


class UnitPlaces:
    """Gives every unit a name and a subfolder of its own: equal ones get a suffix, in the order in which they come."""

    def __init__(self) -> None:
        self._units: set[str] = set()
        self._folders = {name_key(name) for name in (MANIFEST, ALL_UNITS, OUTBOX)}

    def of(self, units: Iterable[str]) -> dict[str, UnitPlace]:
        """The places of one folder's units."""
        return {unit: self._place(unit) for unit in units}

    def _place(self, unit: str) -> UnitPlace:
        name, number = unit, 2
        while name in self._units or name_key(safe_name(name)) in self._folders:
            name, number = f"{unit}-{number}", number + 1
        self._folders.add(name_key(safe_name(name)))
        shown = name if unit in self._units else unit
        self._units.add(shown)
        return UnitPlace(shown, safe_name(name))


class ResultsFolder:
    """Writes results beside their place and then puts them there. Trouble is an :class:`OutputError` with the next step."""

    def __init__(self, folder: Path, alone: bool = False) -> None:
        """``alone``: no other run may write there meanwhile (:func:`perfeval_xl.write.lock.lock_results`)."""
        self.folder = folder
        self._lock: AbstractContextManager[None] = lock_results(folder) if alone else nullcontext()
        self._before: dict[str, str] = {}

    def __enter__(self) -> Self:
        try:
            self._lock.__enter__()
        except OSError as error:
            raise output_error(self.folder, error) from error
        self._sweep()  # what a run that was killed has left
        self._before = self._listed_before()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._sweep()
        self._lock.__exit__(kind, error, trace)
        if isinstance(error, OSError):
            raise output_error(self.folder, error) from error

    def _sweep(self) -> None:
        for pattern in (f"{_UNFINISHED}*", f"*/{_UNFINISHED}*.tmp"):
            for litter in self.folder.glob(pattern):
                if litter.is_dir():
                    shutil.rmtree(litter, ignore_errors=True)
                elif litter.parent.name != OUTBOX:
                    litter.unlink(missing_ok=True)

    def write(self, place: str, output: Output) -> Output:
        """Put one result in its place, whole. Returns it with its hash and without its bytes."""
        target = self.folder / place / output.path
        # Those of the units are not waited for: a batch looks at their hashes before it trusts them.
        lasting = output.kind == "manifest" and not place
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, beside = tempfile.mkstemp(prefix=".perfeval-", suffix=".tmp", dir=target.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(output.content)
                if lasting:
                    file.flush()
                    os.fsync(file.fileno())
            Path(beside).chmod(0o644)
            _put(Path(beside), target)
            if lasting:
                _keep_entry(target.parent)
        finally:
            Path(beside).unlink(missing_ok=True)
        return replace(output, content=b"", sha256=hashlib.sha256(output.content).hexdigest())

    def staging(self, number: int) -> Path:
        """Where one part of a batch is written before its place is known; beside it, so that moving is at once."""
        return self.folder / f"{_STAGING}{os.getpid()}-{number}"

    def publish(self, staged: Path) -> None:
        """Put what was written at ``staged`` in its places, file by file and each whole."""
        for file in sorted(path for path in staged.rglob("*") if path.is_file()):
            target = self.folder / file.relative_to(staged)
            target.parent.mkdir(parents=True, exist_ok=True)
            _put(file, target)
        shutil.rmtree(staged, ignore_errors=True)

    def retire(self, written: Iterable[str]) -> None:
        """Remove what an earlier run wrote and this one did not, unless somebody changed it since."""
        now = set(written)
        for path, digest in self._before.items():
            file = self.folder / path
            if path not in now and file.is_file() and hashlib.sha256(file.read_bytes()).hexdigest() == digest:
                file.unlink()
        used = {path.rpartition("/")[0] for path in now}
        for place in {path.rpartition("/")[0] for path in self._before} - used - {""}:
            self._retire_unit(self.folder / place)

    def _retire_unit(self, folder: Path) -> None:
        """A unit's folder that no unit has any more: its manifest goes, and the folder where nothing else is in it."""
        if folder.is_dir() and outputs_of(folder) is not None:
            (folder / MANIFEST).unlink()
            if not any(folder.iterdir()):
                folder.rmdir()

    def _listed_before(self) -> dict[str, str]:
        listed = outputs_of(self.folder) or {}
        inside = self.folder.resolve()
        return {
            path: digest for path, digest in listed.items() if (self.folder / path).resolve().is_relative_to(inside)
        }


def output_error(folder: Path, error: OSError) -> OutputError:
    """What an operator is told when the system refuses to write."""
    reason = _REASONS.get(error.errno or 0) or error.strerror or str(error)
    return OutputError(f"写不进结果文件夹 {folder}：{reason}。以前的结果没有完成替换的仍在原处。", _ADVICE)


def _put(file: Path, target: Path) -> None:
    for pause in (*_PAUSES, None):
        try:
            os.replace(file, target)  # noqa: PTH105 - the one call that replaces at once
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


def outputs_of(folder: Path) -> dict[str, str] | None:
    """Path → SHA-256 of what the folder's own manifest lists; ``None`` where it has none."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        if manifest["tool"] != "perfeval-xl":
            return None
        return {str(output["path"]): str(output["sha256"]) for output in manifest["outputs"]}
    except (OSError, ValueError, KeyError, TypeError):
        return None


#: What the system's refusals mean.
_REASONS = {
    errno.ENOSPC: "磁盘满了",
    errno.EDQUOT: "磁盘配额用完了",
    errno.EACCES: "没有写入权限",
    errno.EPERM: "没有写入权限",
    errno.EROFS: "磁盘是只读的",
    errno.EEXIST: "有一个同名的文件占着它的位置",
    errno.ENOTDIR: "有一个同名的文件占着它的位置",
    errno.EISDIR: "有一个同名的文件夹占着结果文件的位置",
    errno.ENOENT: "文件夹不见了（网络盘可能已断开）",
    errno.EIO: "磁盘或网络盘出错",
    errno.ENAMETOOLONG: "路径太长",
}
_ADVICE = "检查磁盘空间和写入权限，或用 --out 换一个文件夹。"
