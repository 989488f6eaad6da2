"""A folder of unit folders: which they are, and the settings of each (its own over the batch's)."""

import os
import tomllib
from pathlib import Path

from perfeval_xl.errors import UsageError
from perfeval_xl.jsonfile import read_manifest
from perfeval_xl.read.folder import find_workbooks
from perfeval_xl.record import names_of, replace
from perfeval_xl.scheme import SCHEME_FILE
from perfeval_xl.settings import SETTINGS_FILE, Settings, load_settings

_RESULTS = "自评结果"


def find_unit_folders(folder: Path) -> list[Path]:
    """The unit folders of a batch by name; none where the folder holds workbooks itself, and so is a unit folder.

    Hidden folders, schemes and results are passed over, wherever ``--out`` put these, so that a second run does not read
    them.
    """
    if find_workbooks(folder):
        return []
    with os.scandir(folder) as entries:
        found = [Path(entry.path) for entry in entries if entry.is_dir() and not entry.name.startswith(".")]
    return sorted(path for path in found if not _is_of_ours(path) and _holds_workbooks(path))


def settings_in_batch(batch: Path, scheme: str | None, year: int | None, folder: Path) -> Settings:
    """The settings of a folder in a batch, or of the batch itself: command line, the folder's file, the batch's.

    Raises :class:`perfeval_xl.errors.UsageError`.
    """
    if not _may_open(folder):
        raise UsageError(f"打不开文件夹 {folder}。", "检查有没有读取权限。")
    own = load_settings(folder, scheme, year)
    if folder == batch:
        return own
    above = load_settings(batch, scheme, year)
    silent = {name for name in names_of(Settings) if getattr(own, name) is None}
    if not states_scheme(folder):
        silent.add("scheme")
    roles = {*above.aliases, *own.aliases}
    aliases = {role: {**above.aliases.get(role, {}), **own.aliases.get(role, {})} for role in sorted(roles)}
    return replace(own, aliases=aliases, **{name: getattr(above, name) for name in silent})


def states_scheme(folder: Path) -> bool:
    """Whether the folder's file, which has been found sound, names a scheme: the default may be meant."""
    file = folder / SETTINGS_FILE
    return file.is_file() and "scheme" in tomllib.loads(file.read_text(encoding="utf-8-sig"))


def _holds_workbooks(folder: Path) -> bool:
    """A folder that may not be opened counts: evaluating it says so, where leaving it out would hide it."""
    return not _may_open(folder) or bool(find_workbooks(folder))


def _may_open(folder: Path) -> bool:
    return os.access(folder, os.R_OK | os.X_OK)


def _is_of_ours(folder: Path) -> bool:
    """Results, or a scheme beside the units that it is for."""
    return folder.name == _RESULTS or os.path.isfile(folder / SCHEME_FILE) or _holds_results(folder)  # noqa: PTH113 - False where it may not look


def _holds_results(folder: Path) -> bool:
    return read_manifest(folder / "manifest.json") is not None
