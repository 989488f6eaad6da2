"""Names of files and folders that every system accepts, that lead nowhere else and never clash."""

import hashlib
import unicodedata
from collections.abc import Iterable

from perfeval_xl.lazy_pattern import lazy_pattern
from perfeval_xl.record import Record

#: The files at the top of the results of several units.
MANIFEST = "manifest.json"
ALL_UNITS = "全部单位汇总表.xlsx"
#: The folder in the results that mail keeps its previews and its journal in.
OUTBOX = "发件箱"
_LONGEST_NAME = 240  # bytes; 255 is the limit
_LONGEST_TEXT = 100  # of Windows' characters: a folder and a file in it, and the way to them, should stay below 260
#: What is not seen but changes how a name is read: marks of direction, zero widths, line separators, lone surrogates.
_UNSEEN = lazy_pattern(
    "[\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
#: What may stand between a name's letters and digits on any system.
_HARMLESS = str.maketrans("", "", "（）. ")


def safe_name(stem: str, suffix: str = "") -> str:
    """A file name that Windows, macOS and Linux accept, and that shows what it is.

    Nothing forbidden, reserved, hidden or unseen is in it, it leads to no other folder, and the suffix is kept whole.
    """
    if _is_plain(stem) and len(stem) * 3 + len(suffix) <= _LONGEST_NAME:
        return stem + suffix
    from pathvalidate import sanitize_filename  # few names need it, and a start waits for it

    seen = _UNSEEN.sub("", stem).rstrip(" .")
    cleaned = str(sanitize_filename(seen, replacement_text="_", platform="universal", max_len=10_000)).rstrip(" .")
    if cleaned.startswith((".", "~$")) or not cleaned:
        cleaned = "_" + cleaned.lstrip(".~$")
    if _cut(cleaned, len(suffix.encode())) != cleaned:
        mark = "~" + hashlib.sha256(stem.encode(errors="replace")).hexdigest()[:8]
        cleaned = _cut(cleaned, len(suffix.encode()) + len(mark)).rstrip(" .") + mark
    return cleaned + suffix


def _is_plain(stem: str) -> bool:
    """Whether a name is as most are: it begins with a Chinese character, and nothing in it is forbidden or reserved anywhere."""
    letters = stem.translate(_HARMLESS)
    return letters.isalnum() and max(letters) <= "\u9fff" and stem[0] >= "\u4e00" and stem[-1] not in ". "


def longest_stem(stem: str, mark: str) -> str:
    """As much of a safe name as there is room for before a mark behind it."""
    return _cut(stem, len(mark.encode())).rstrip(" .")


def _cut(text: str, taken: int) -> str:
    """As much of the text as a name has room for when so many ASCII characters of it are taken."""
    by_bytes = text.encode()[: _LONGEST_NAME - taken].decode("utf-8", "ignore")
    return by_bytes.encode("utf-16-le")[: 2 * (_LONGEST_TEXT - taken)].decode("utf-16-le", "ignore")


def name_key(name: str) -> str:
    """Two names with one key are the same file on some system: capitals and ways of composing a letter do not count."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


class UnitPlace(Record):
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
