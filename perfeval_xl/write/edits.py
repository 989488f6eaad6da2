"""Results that a person changed since the last run: kept beside the new ones, or left where they are (O503)."""

import hashlib
import sys
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from pathlib import Path

from perfeval_xl.findings import Cell, Finding
from perfeval_xl.record import Record, replace
from perfeval_xl.write.files import Output, written_before
from perfeval_xl.write.names import longest_stem
from perfeval_xl.write.placing import Content, digest_of_file, put_whole, whole

#: (name in findings, a form as it was left, the same as it would be written) → what differs, as O503.
Compare = Callable[[str, bytes, bytes], list[Finding]]


class Edits(Record):
    """Looks after the edited results of one folder's units.

    ``results`` is where they have their place; ``way`` leads there from the inputs, for findings.
    """

    results: Path
    way: str
    keep: bool
    compare: Compare

    def of_place(self, folder: str) -> "PlaceEdits":
        """Those in one unit's subfolder ("": at the top)."""
        return PlaceEdits(self, folder, written_before(self.results, folder))


class PlaceEdits(Record):
    """The results of one unit as the program wrote them: path → the SHA-256 that it can have."""

    edits: Edits
    folder: str
    listed: Mapping[str, frozenset[str]]

    def only(self, paths: Collection[str]) -> "PlaceEdits":
        """The same for these results alone."""
        return replace(self, listed={path: self.listed[path] for path in paths if path in self.listed})

    def settle(self, output: Output, unit: str) -> tuple[Output, bool, list[Finding]]:
        """What the manifest lists, whether it is to be written, and O503 where a person changed what stands there, or where
        the program does not know it: a person may have worked on it while it was not listed.

        The manifest of a result that is left in place keeps its last hash, so that the next run knows it too.
        """
        last = self.listed.get(output.path, frozenset())
        file = self.edits.results / self.folder / output.path
        there = digest_of_file(file)
        if not there or there in last or there == (made := hashlib.sha256(whole(output.content)).hexdigest()):
            return output, True, []
        # What another unit of the same name has got there meanwhile was noted before it was there.
        last = written_before(self.edits.results, self.folder).get(output.path, last)
        if there in last or not (content := _content(file)):
            return output, True, []
        what = "在上次运行以后有人改过" if last else "的位置上已有一个文件，不是上次运行写的"
        name = f"{self.edits.way}{self.folder}/{output.path}" if self.folder else f"{self.edits.way}{output.path}"
        project = output.project.rpartition("\n")[2]
        if self.edits.keep:
            message = f"“{output.path}”{what}，按 --keep-edits 留在原处，重新生成的没有写。"
            found = [Finding("O503", message, unit, project, output.path, sources=(Cell(name),))]
            differing = self.edits.compare(name, content, whole(output.content)) if output.kind == "form" else []
            return replace(output, content=b"", sha256=min(last, default=made)), False, found + differing
        aside = keep_aside(file, content, self.edits.results)
        message = f"“{output.path}”{what}：它保留为“{aside.name}”，原处是重新生成的。"
        kept = Cell(name.removesuffix(output.path) + aside.name)
        return output, True, [Finding("O503", message, unit, project, output.path, sources=(kept, Cell(name)))]


def keep_other(file: Path, content: Content) -> Path | None:
    """Keep aside what stands where ``content`` will, if it differs: nobody knows whether a person has worked on it."""
    there = _content(file)
    return keep_aside(file, there, file.parent) if there not in (b"", whole(content)) else None


def keep_aside(file: Path, content: bytes, beside: Path) -> Path:
    """The edited content under a name that says when it was changed, beside its place; whole or not at all."""
    changed = datetime.fromtimestamp(file.stat().st_mtime)
    for number in range(1, sys.maxsize):
        mark = f".已修改-{changed:%Y%m%d-%H%M%S}{f'-{number}' if number > 1 else ''}{file.suffix}"
        aside = file.with_name(longest_stem(file.stem, mark) + mark)
        if not aside.exists() or aside.read_bytes() == content:
            break
    put_whole(aside, content, beside)
    return aside


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes() if file.is_file() else b""
    except OSError:
        return b""
