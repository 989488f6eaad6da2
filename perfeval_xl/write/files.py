"""Files that appear whole or not at all, under names that every system accepts."""

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Self

from pathvalidate import sanitize_filename

from perfeval_xl.errors import OutputError

#: The files at the top of the results of several units.
MANIFEST = "manifest.json"
ALL_UNITS = "全部单位汇总表.xlsx"
_STAGING = ".perfeval-unit-"
#: The folder in the results that mail keeps its previews and its journal in.
OUTBOX = "发件箱"
_LONGEST_NAME = 240  # bytes; 255 is the limit, and a temporary name needs a little room


@dataclass(frozen=True, slots=True)
class Output:
    """One result: its path below the results folder, its kind (form, summary, report, manifest) and its bytes' SHA-256."""

    path: str
    kind: str
    content: bytes = b""
    project: str = ""
    sha256: str = ""


def safe_name(stem: str, suffix: str = "") -> str:
    """A file name that Windows, macOS and Linux accept: nothing forbidden or reserved in it, and the suffix kept whole."""
    cleaned = str(sanitize_filename(stem, replacement_text="_", platform="universal", max_len=10_000)) or "_"
    encoded = cleaned.encode("utf-8", "replace")
    if len(encoded) + len(suffix.encode()) > _LONGEST_NAME:
        mark = "~" + hashlib.sha256(encoded).hexdigest()[:8]
        kept = encoded[: _LONGEST_NAME - len(suffix.encode()) - len(mark)].decode("utf-8", "ignore")
        cleaned = kept.rstrip(" .") + mark
    return cleaned + suffix


@dataclass(frozen=True, slots=True)
class UnitPlace:
    """What a unit is called in the manifests, and its subfolder of the results ("": at the top)."""

    unit: str
    folder: str


class UnitPlaces:
    """Gives every unit a name and a subfolder of its own: equal ones get a suffix, in the order in which they come."""

    def __init__(self) -> None:
        self._units: set[str] = set()
        self._folders = {name.casefold() for name in (MANIFEST, ALL_UNITS, OUTBOX)}

    def of(self, units: Iterable[str]) -> dict[str, UnitPlace]:
        """The places of one folder's units."""
        return {unit: self._place(unit) for unit in units}

    def _place(self, unit: str) -> UnitPlace:
        name, number = unit, 2
        while name in self._units or safe_name(name).casefold() in self._folders:
            name, number = f"{unit}-{number}", number + 1
        self._folders.add(safe_name(name).casefold())
        shown = name if unit in self._units else unit
        self._units.add(shown)
        return UnitPlace(shown, safe_name(name))


class ResultsFolder:
    """Writes results beside their place and then puts them there. Trouble is an :class:`OutputError` with the next step."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._before: dict[str, str] = {}

    def __enter__(self) -> Self:
        for litter in self.folder.glob(f"{_STAGING}*"):  # of a run that was killed
            shutil.rmtree(litter, ignore_errors=True)
        self._before = self._listed_before()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for litter in self.folder.glob(f"{_STAGING}*"):
            shutil.rmtree(litter, ignore_errors=True)
        if isinstance(error, OSError):
            raise output_error(self.folder, error) from error

    def write(self, place: str, output: Output) -> Output:
        """Put one result in its place, whole. Returns it with its hash and without its bytes."""
        target = self.folder / place / output.path
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, beside = tempfile.mkstemp(prefix=".perfeval-", suffix=".tmp", dir=target.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(output.content)
            Path(beside).chmod(0o644)
            _put(Path(beside), target)
        finally:
            Path(beside).unlink(missing_ok=True)
        return replace(output, content=b"", sha256=hashlib.sha256(output.content).hexdigest())

    def staging(self, number: int) -> Path:
        """Where one part of a batch is written before its place is known; beside it, so that moving is at once."""
        return self.folder / f"{_STAGING}{number}"

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
        if folder.is_dir() and _outputs_of(folder) is not None:
            (folder / MANIFEST).unlink()
            if not any(folder.iterdir()):
                folder.rmdir()

    def _listed_before(self) -> dict[str, str]:
        listed = _outputs_of(self.folder) or {}
        inside = self.folder.resolve()
        return {
            path: digest for path, digest in listed.items() if (self.folder / path).resolve().is_relative_to(inside)
        }


def output_error(folder: Path, error: OSError) -> OutputError:
    """What an operator is told when the system refuses to write."""
    return OutputError(f"写不进结果文件夹 {folder}：{error.strerror or error}。", _ADVICE)


def _put(file: Path, target: Path) -> None:
    try:
        os.replace(file, target)  # noqa: PTH105 - the one call that replaces at once
    except PermissionError as error:
        raise OutputError(
            f"写不了 {target}：{error.strerror}。", f"如果它正在 Excel 或 WPS 中打开，请关闭后重新运行；{_ADVICE}"
        ) from error


def _outputs_of(folder: Path) -> dict[str, str] | None:
    """Path → SHA-256 of what the folder's own manifest lists; ``None`` where it has none."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        if manifest["tool"] != "perfeval-xl":
            return None
        return {str(output["path"]): str(output["sha256"]) for output in manifest["outputs"]}
    except (OSError, ValueError, KeyError, TypeError):
        return None


_ADVICE = "检查磁盘空间和写入权限，或用 --out 换一个文件夹。"
