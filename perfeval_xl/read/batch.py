"""A folder of unit folders: which they are, and the settings of each (its own over the batch's)."""

import tomllib
from pathlib import Path

from perfeval_xl.errors import UsageError
from perfeval_xl.read.folders import find_workbooks, may_open, unit_folders_below
from perfeval_xl.record import names_of, replace
from perfeval_xl.settings import SETTINGS_FILE, Settings, load_settings


def find_unit_folders(folder: Path) -> list[Path]:
    """The unit folders of a batch by name; none where the folder holds workbooks itself, and so is a unit folder.

    Hidden folders, schemes and results are passed over, wherever ``--out`` put these, so that a second run does not read
    them.
    """
    return [] if find_workbooks(folder) else unit_folders_below(folder)


def settings_in_batch(batch: Path, scheme: str | None, year: int | None, folder: Path) -> Settings:
    """The settings of a folder in a batch, or of the batch itself: command line, the folder's file, the batch's.

    Raises :class:`perfeval_xl.errors.UsageError`.
    """
    if not may_open(folder):
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
