"""The forms of one unit, range by range, and the long sheets of its summary: where they are many, made by several processes."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Self

from perfeval_xl.aside import Aside
from perfeval_xl.findings import Finding
from perfeval_xl.model import Evaluation
from perfeval_xl.record import Record
from perfeval_xl.workers import Crash
from perfeval_xl.write.edits import PlaceEdits
from perfeval_xl.write.files import Output, ResultsFolder
from perfeval_xl.write.forms import FormRange, FormRanges, fill_range
from perfeval_xl.write.names import UnitPlace
from perfeval_xl.write.placing import output_error
from perfeval_xl.write.summary.sheets import INDICATORS, SOURCES, LongSheet
from perfeval_xl.write.summary.streamed import MadeRows

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


class _Filling(Record):
    """A range of forms, and where they are written."""

    part: FormRange
    folder: Path
    place: UnitPlace
    unit: str
    changed: PlaceEdits | None

    def work(self) -> Put:
        """Write them."""
        try:
            return put(ResultsFolder(self.folder), self.place, self.unit, self.changed, fill_range(self.part))
        except OSError as error:
            raise output_error(self.folder, error) from error


class _Listing(Record):
    """A long sheet of the summary, what its rows are made of, and the way to the inputs."""

    sheet: LongSheet
    evaluation: Evaluation
    way: str

    def work(self) -> MadeRows:
        """Make its rows."""
        return self.sheet.rows(self.evaluation, self.way)


def _work(task: _Filling | _Listing) -> Put | MadeRows:
    return task.work()


#: The long sheets whose rows are made beside the forms, those that take longest first.
_LISTED = (SOURCES, INDICATORS)


class _Tasks(Sequence[_Filling | _Listing]):
    """The long sheets and then the forms in ranges; made one by one, when a process asks for the next."""

    def __init__(
        self, own: Evaluation, way: str, folder: Path, place: UnitPlace, unit: str, changed: PlaceEdits | None
    ) -> None:
        self.ranges = FormRanges(own)
        self._own, self._way = own, way
        self._rest = folder, place, unit
        self._changed = changed

    def __len__(self) -> int:
        return len(_LISTED) + len(self.ranges)

    def __getitem__(self, at: Any) -> Any:
        if at < len(_LISTED):
            return _Listing(_LISTED[at], _LISTED[at].cut(self._own), self._way)
        part = self.ranges[at - len(_LISTED)]
        return _Filling(part, *self._rest, self._changed.only(part.names) if self._changed else None)


class Forms:
    """The forms of one unit in the making, and the long sheets of its summary.

    ``aside``: other processes make them while the ``with`` block runs.
    """

    def __init__(
        self,
        target: ResultsFolder,
        place: UnitPlace,
        unit: str,
        changed: PlaceEdits | None,
        own: Evaluation,
        way: str,
        jobs: int,
    ) -> None:
        self._tasks = _Tasks(own, way, target.folder, place, unit, changed)
        self._aside = Aside(_work, self._tasks, min(jobs, self._tasks.ranges.forms // FORMS_PER_JOB))

    @property
    def aside(self) -> bool:
        """Whether other processes make them."""
        return self._aside.active

    def __enter__(self) -> Self:
        self._aside.__enter__()
        return self

    def __exit__(self, *left: Any) -> None:
        self._aside.__exit__(*left)

    def result(self) -> Put:
        """What was written and found, when all forms are done."""
        outputs: list[Output] = []
        found: list[Finding] = []
        for place in range(len(_LISTED), len(self._tasks)):
            result: Any = self._aside.result(place)
            if isinstance(result, Crash):
                if result.trouble:
                    raise result.trouble
                found += _lost(self._tasks[place])
            else:
                outputs += result[0]
                found += result[1]
        return outputs, found

    def rows_of(self, sheet: LongSheet) -> MadeRows:
        """The rows of a long sheet, made by this process where the other one died."""
        made: Any = self._aside.made(_LISTED.index(sheet))
        return made  # type: ignore[no-any-return]


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
