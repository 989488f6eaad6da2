"""The forms of one unit written, by this process or, where they are many, range by range by several."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from perfeval_xl.findings import Finding
from perfeval_xl.model import Evaluation
from perfeval_xl.workers import Crash, work_all
from perfeval_xl.write.edits import PlaceEdits
from perfeval_xl.write.files import Output, ResultsFolder, output_error
from perfeval_xl.write.forms import FormRange, FormRanges, fill_range
from perfeval_xl.write.names import UnitPlace

if TYPE_CHECKING:
    from concurrent.futures import Future, ThreadPoolExecutor

#: Forms for which a further process is worth its start.
FORMS_PER_JOB = 1000

Put = tuple[list[Output], list[Finding]]


def put(
    target: ResultsFolder, place: UnitPlace, unit: str, changed: PlaceEdits | None, outputs: Iterable[Output]
) -> tuple[list[Output], list[Finding]]:
    """Results written, but for those that are left as a person changed them."""
    written: list[Output] = []
    found: list[Finding] = []
    for output in outputs:
        listed, wanted, edited = changed.settle(output, unit) if changed else (output, True, [])
        written.append(target.write(place.folder, output) if wanted else listed)
        found += edited
    return written, found


@dataclass(frozen=True, slots=True)
class _Filling:
    """A range of forms, and where they are written."""

    part: FormRange
    folder: Path
    place: UnitPlace
    unit: str
    changed: PlaceEdits | None


def _fill(filling: _Filling) -> Put:
    try:
        return put(
            ResultsFolder(filling.folder), filling.place, filling.unit, filling.changed, fill_range(filling.part)
        )
    except OSError as error:
        raise output_error(filling.folder, error) from error


class _Fillings(Sequence[_Filling]):
    """Made one by one, when a process asks for the next; none once they are stopped."""

    def __init__(
        self, ranges: FormRanges, folder: Path, place: UnitPlace, unit: str, changed: PlaceEdits | None
    ) -> None:
        self._ranges, self._rest = ranges, (folder, place, unit)
        self._changed = changed
        self.stopped = False

    def __len__(self) -> int:
        return len(self._ranges)

    def __getitem__(self, at: Any) -> Any:
        if self.stopped:
            raise InterruptedError
        part = self._ranges[at]
        return _Filling(part, *self._rest, self._changed.only(part.names) if self._changed else None)


class Forms:
    """The forms of one unit in the making. ``aside``: other processes fill them while the ``with`` block runs."""

    def __init__(
        self,
        target: ResultsFolder,
        place: UnitPlace,
        unit: str,
        changed: PlaceEdits | None,
        own: Evaluation,
        jobs: int,
    ) -> None:
        ranges = FormRanges(own)
        self._fillings = _Fillings(ranges, target.folder, place, unit, changed)
        self._jobs = min(jobs, ranges.forms // FORMS_PER_JOB)
        self._thread: ThreadPoolExecutor | None = None
        self._done: Future[Put] | None = None

    @property
    def aside(self) -> bool:
        """Whether other processes fill them."""
        return self._jobs > 1

    def __enter__(self) -> Self:
        if self.aside:
            from concurrent.futures import ThreadPoolExecutor

            self._thread = ThreadPoolExecutor(1)
            self._done = self._thread.submit(_fill_all, self._fillings, self._jobs)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._fillings.stopped = True
        if self._thread:
            self._thread.shutdown()

    def result(self) -> Put:
        """What was written and found, when all are done."""
        return self._done.result() if self._done else _fill_all(self._fillings, 1)


def _fill_all(fillings: Sequence[_Filling], jobs: int) -> Put:
    done = dict(work_all(_fill, fillings, jobs))
    outputs: list[Output] = []
    found: list[Finding] = []
    for place in range(len(fillings)):
        result = done[place]
        if isinstance(result, Crash):
            if result.trouble:
                raise result.trouble
            found += _lost(fillings[place])
        else:
            outputs += result[0]
            found += result[1]
    return outputs, found


def _lost(filling: _Filling) -> list[Finding]:
    """O501 for each form of a range whose process died; the other ranges are written."""
    names = filling.part.names
    message = (
        f"处理“{names[0]}”到“{names[-1]}”的进程意外结束了，这份自评表没有写出。"
        "再运行一次；仍然如此时加 --jobs 1，并检查内存是否够用。"
    )
    projects = filling.part.evaluation.projects
    return [
        Finding("O501", message, unit, project, project)
        for unit, project in zip(projects["unit"], projects["project"], strict=True)
    ]
