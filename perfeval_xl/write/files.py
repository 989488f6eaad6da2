"""Files that appear whole or not at all, under names that every system accepts."""

import hashlib
import json
import os
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Self

from pathvalidate import sanitize_filename

from perfeval_xl.errors import OutputError

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


def unit_folders(units: list[str]) -> dict[str, str]:
    """The results' subfolder of each unit; a single unit's results stand at the top. Equal names get a suffix."""
    if len(units) == 1:
        return {units[0]: ""}
    folders: dict[str, str] = {}
    taken: set[str] = set()
    for unit in units:
        name = safe_name(unit)
        number = 2
        while name.casefold() in taken:
            name, number = safe_name(f"{unit}-{number}"), number + 1
        taken.add(name.casefold())
        folders[unit] = name
    return folders


class ResultsFolder:
    """Writes results beside their place and then puts them there. Trouble is an :class:`OutputError` with the next step."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._before: dict[str, str] = {}

    def __enter__(self) -> Self:
        self._before = self._listed_before()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, OSError):
            raise OutputError(f"写不进结果文件夹 {self.folder}：{error.strerror or error}。", _ADVICE) from error

    def write(self, place: str, output: Output) -> Output:
        """Put one result in its place, whole. Returns it with its hash and without its bytes."""
        target = self.folder / place / output.path
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, beside = tempfile.mkstemp(prefix=".perfeval-", suffix=".tmp", dir=target.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(output.content)
            Path(beside).chmod(0o644)
            os.replace(beside, target)  # noqa: PTH105 - the one call that replaces at once
        except PermissionError as error:
            raise OutputError(
                f"写不了 {target}：{error.strerror}。", f"如果它正在 Excel 或 WPS 中打开，请关闭后重新运行；{_ADVICE}"
            ) from error
        finally:
            Path(beside).unlink(missing_ok=True)
        return replace(output, content=b"", sha256=hashlib.sha256(output.content).hexdigest())

    def retire(self, outputs: Iterable[Output]) -> None:
        """Remove what an earlier run wrote and this one did not, unless somebody changed it since."""
        now = {output.path for output in outputs}
        for path, digest in self._before.items():
            file = self.folder / path
            if path not in now and file.is_file() and hashlib.sha256(file.read_bytes()).hexdigest() == digest:
                file.unlink()

    def _listed_before(self) -> dict[str, str]:
        try:
            manifest = json.loads((self.folder / "manifest.json").read_text(encoding="utf-8"))
            if manifest["tool"] != "perfeval-xl":
                return {}
            listed = {str(output["path"]): str(output["sha256"]) for output in manifest["outputs"]}
        except (OSError, ValueError, KeyError, TypeError):
            return {}
        inside = self.folder.resolve()
        return {
            path: digest for path, digest in listed.items() if (self.folder / path).resolve().is_relative_to(inside)
        }


_ADVICE = "检查磁盘空间和写入权限，或用 --out 换一个文件夹。"
