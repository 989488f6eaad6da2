"""Files that appear whole or not at all: staged beside the results, and then put in their places together."""

import errno
import os
import shutil
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from perfeval_xl.jsonfile import read_manifest
from perfeval_xl.record import Record, replace
from perfeval_xl.write.lock import check_own, lock_results
from perfeval_xl.write.names import MANIFEST
from perfeval_xl.write.placing import (
    STAGING,
    UNFINISHED,
    Content,
    check_place,
    digest_of_file,
    output_error,
    put_in_place,
    put_whole,
    write_file,
)

#: What is being put in its place just now, for the run after one that was killed at it.
_NOTE = f"{UNFINISHED}written"


class Output(Record):
    """One result: its path below the results folder, its kind (form, summary, report, manifest) and its bytes' SHA-256."""

    path: str
    kind: str
    content: Content = b""
    project: str = ""
    sha256: str = ""


class ResultsFolder:
    """Writes results beside their place and then puts them there. Trouble is an :class:`OutputError` with the next step."""

    def __init__(self, folder: Path, alone: bool = False, patience: float = 0) -> None:
        """``alone``: no other run may write there meanwhile, after ``patience`` seconds (:func:`lock_results`).

        Otherwise it is where one part of a run is staged: nobody looks there, and what is listed as whole is published.
        """
        self.folder = folder
        self._alone = alone
        self._lock: AbstractContextManager[None] = lock_results(folder, patience) if alone else nullcontext()
        self._before: Mapping[str, frozenset[str]] = {}
        self._made: set[str] = set()

    def __enter__(self) -> Self:
        try:
            self._lock.__enter__()
        except OSError as error:
            in_the_way = error.errno in (errno.ELOOP, errno.EISDIR, errno.EEXIST)
            raise output_error(Path(error.filename) if in_the_way else self.folder, error) from error
        try:
            if self._alone:
                self._before = self._written_before()
                self._sweep(but=_NOTE)  # what a run that was killed has left
        except BaseException:
            self._lock.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._alone:
            self._sweep()
        self._lock.__exit__(kind, error, trace)
        if isinstance(error, OSError):
            raise output_error(self.folder, error) from error

    def _written_before(self) -> dict[str, frozenset[str]]:
        """All that the program wrote here, as far as it lies in the folder."""
        inside = self.folder.resolve()
        known = written_before(self.folder, "")
        return {path: own for path, own in known.items() if (self.folder / path).resolve().is_relative_to(inside)}

    def _sweep(self, but: str = "") -> None:
        for litter in self.folder.glob(f"{UNFINISHED}*"):
            if litter.is_dir() and not litter.is_symlink():
                shutil.rmtree(litter, ignore_errors=True)
            elif litter.name != but or litter.is_symlink() or not litter.is_file():
                with suppress(OSError):
                    litter.unlink()

    def write(self, place: str, output: Output) -> Output:
        """Put one result in its place, whole. Returns it with its hash and without its bytes."""
        way = f"{place}/{output.path}" if place else output.path
        target = f"{self.folder}/{way}"  # a path would take longer than the file
        # Those of the units are not waited for: a batch looks at their hashes before it trusts them.
        lasting = output.kind == "manifest" and not place
        try:
            if (below := way.rpartition("/")[0]) not in self._made:
                self._check_inside(self.folder / below)
                (self.folder / below).mkdir(parents=True, exist_ok=True)
                self._made.add(below)
            content = output.content
            digest = (
                put_whole(Path(target), content, self.folder, lasting) if self._alone else write_file(target, content)
            )
        except OSError as error:
            raise output_error(Path(target), error) from error
        return replace(output, content=b"", sha256=digest)

    def _check_inside(self, folder: Path) -> None:
        """A link in the results that leads out of them is none of the program's, and would replace what is not its own."""
        if not folder.resolve().is_relative_to(self.folder.resolve()):
            raise output_error(folder, OSError(errno.ELOOP, ""))

    def staging(self, number: int) -> Path:
        """Where one part of a run is written before all of it goes to its place; beside it, so that moving is at once."""
        return self.folder / f"{STAGING}{os.getpid()}-{number}"

    def publish(self, staged: Path, hashes: Mapping[str, str]) -> None:
        """Put what was written at ``staged`` in its places: each file whole, and none where one cannot be replaced.

        ``hashes`` are the files' SHA-256 by path below the results; what is neither among them nor a manifest was not
        finished by a process that died.
        """
        if not staged.exists():
            return
        try:
            self._publish(staged, hashes)
        except OSError as error:
            raise output_error(Path(error.filename or self.folder), error) from error

    def _publish(self, staged: Path, hashes: Mapping[str, str]) -> None:
        # A manifest goes last: as long as it is not there, the one before it holds.
        ways = sorted(_finished(staged, hashes), key=lambda way: (way.rpartition("/")[2] == MANIFEST, way))
        for folder in dict.fromkeys(way.rpartition("/")[0] for way in ways):
            self._check_inside(self.folder / folder)
            (self.folder / folder).mkdir(parents=True, exist_ok=True)
        places = [(f"{staged}/{way}", f"{self.folder}/{way}") for way in ways]  # paths would take longer than the files
        for _, place in places:
            if os.path.lexists(place):
                check_place(Path(place))
        check_own(self.folder / _NOTE)
        with (self.folder / _NOTE).open("a", encoding="utf-8", errors="surrogateescape") as note:
            note.writelines(f"{digest} {path}\n" for path, digest in hashes.items())
        for file, place in places:
            put_in_place(file, place)
        shutil.rmtree(staged, ignore_errors=True)

    def retire(self, written: Iterable[str]) -> None:
        """Remove what an earlier run wrote and this one did not, unless somebody changed it since."""
        now = set(written)
        for path, digests in self._before.items():
            file = self.folder / path
            if path not in now and file.is_file() and digest_of_file(file) in digests:
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


def _finished(staged: Path, hashes: Container[str]) -> Iterator[str]:
    """What may be published of the staged files, as paths below: the listed ones, and manifests."""
    for top, _, names in os.walk(staged):
        folder = Path(top).relative_to(staged).as_posix()
        below = "" if folder == "." else f"{folder}/"
        yield from (f"{below}{name}" for name in names if name == MANIFEST or f"{below}{name}" in hashes)


def outputs_of(folder: Path) -> dict[str, str] | None:
    """Path → SHA-256 of what the folder's own manifest lists; ``None`` where it has none."""
    manifest = read_manifest(folder / MANIFEST)
    if manifest is None:
        return None
    try:
        return {str(output["path"]): str(output["sha256"]) for output in manifest["outputs"]}
    except (KeyError, TypeError):
        return None


def written_before(results: Path, place: str) -> dict[str, frozenset[str]]:
    """Path below a unit's subfolder ("": the top) → the SHA-256 of what the program wrote there.

    By its manifest, and by the note of a run that was killed while it put its files in their places.
    """
    known: dict[str, set[str]] = defaultdict(set)
    for path, digest in (outputs_of(results / place) or {}).items():
        known[path].add(digest)
    prefix = f"{place}/" if place else ""
    try:
        check_own(results / _NOTE)
        noted = (results / _NOTE).read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:
        noted = ""
    for line in noted.splitlines():
        digest, _, path = line.partition(" ")
        if path.startswith(prefix):
            known[path.removeprefix(prefix)].add(digest)
    return {path: frozenset(digests) for path, digests in known.items()}
