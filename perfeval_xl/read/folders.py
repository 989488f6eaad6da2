"""What is in a folder: the workbooks of a unit, and the unit folders of a batch."""

import os
from pathlib import Path

from perfeval_xl.errors import UsageError, reason_of
from perfeval_xl.jsonfile import read_manifest
from perfeval_xl.read.workbook.workbook import SUFFIXES
from perfeval_xl.scheme import SCHEME_FILE

_RESULTS = "自评结果"


def find_workbooks(folder: Path) -> list[Path]:
    """The folder's own workbooks by name; lock files, hidden files and everything else are passed over."""
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        raise UsageError(
            f"打不开文件夹 {folder}：{reason_of(error, folder)}。", "核对路径，或检查读取权限和网络盘。"
        ) from None
    return [
        Path(entry.path)
        for entry in entries
        if _is_file(entry) and not entry.name.startswith(("~$", ".")) and Path(entry.name).suffix.lower() in SUFFIXES
    ]


def _is_file(entry: os.DirEntry[str]) -> bool:
    """What cannot be looked at counts: reading it says why, where leaving it out would hide it."""
    try:
        return entry.is_file()
    except OSError:
        return True


def unit_folders_below(folder: Path) -> list[Path]:
    """The folders with workbooks directly below, by name; hidden folders, schemes and results are none."""
    with os.scandir(folder) as entries:
        found = [Path(entry.path) for entry in entries if entry.is_dir() and not entry.name.startswith(".")]
    return sorted(path for path in found if not _is_of_ours(path) and _holds_workbooks(path))


def _holds_workbooks(folder: Path) -> bool:
    """A folder that may not be opened counts: evaluating it says so, where leaving it out would hide it."""
    return not may_open(folder) or bool(find_workbooks(folder))


def may_open(folder: Path) -> bool:
    """Whether the folder can be looked into."""
    return os.access(folder, os.R_OK | os.X_OK)


def _is_of_ours(folder: Path) -> bool:
    """Results, or a scheme beside the units that it is for."""
    return folder.name == _RESULTS or os.path.isfile(folder / SCHEME_FILE) or _holds_results(folder)  # noqa: PTH113 - False where it may not look


def _holds_results(folder: Path) -> bool:
    return read_manifest(folder / "manifest.json") is not None
