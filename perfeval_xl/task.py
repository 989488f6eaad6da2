"""One unit folder to work, and how a run is wanted: what a run of one folder and a batch of many share."""

from collections.abc import Callable, Mapping
from pathlib import Path

from perfeval_xl.record import Record, field
from perfeval_xl.settings import Settings
from perfeval_xl.write.names import UnitPlace
from perfeval_xl.write.results import STANDARD, Documents

#: The settings of a folder: the batch's or a unit's.
SettingsOf = Callable[[Path], Settings]
#: Folders for which another process is worth its start.
_FOLDERS_PER_JOB = 8


class Wanted(Record):
    """How a run is done. ``jobs`` processes (``None``: as many as ``cores`` where it pays), or a Dask ``cluster``."""

    jobs: int | None = 1
    cores: int = 1
    force: bool = False
    cluster: str = ""
    documents: Documents = STANDARD

    def processes(self, folders: int) -> int:
        """How many processes for so many unit folders."""
        return self.jobs or max(1, min(self.cores, folders // _FOLDERS_PER_JOB))


class Task(Record):
    """One unit folder to work. ``name`` is its own in the batch, "" where it stands alone.

    ``results`` is where its results belong and ``staged`` what the folder in which they are written is named after, both
    ``None`` where nothing is; ``places`` are the units' where they are settled already. ``jobs`` processes may share the
    folder's own work.
    """

    folder: Path
    name: str
    settings_of: SettingsOf
    results: Path | None = None
    staged: Path | None = None
    origin: Mapping[str, object] = field(default_factory=dict)
    places: Mapping[str, UnitPlace] | None = None
    documents: Documents = STANDARD
    jobs: int = 1
