"""The forms of one unit written, by this process or, where they are many, range by range by several."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Self

from perfeval_xl.aside import Aside
from perfeval_xl.findings import Finding
from perfeval_xl.model import Evaluation
from perfeval_xl.record import record
from perfeval_xl.workers import Crash
from perfeval_xl.write.edits import PlaceEdits
from perfeval_xl.write.files import Output, ResultsFolder, output_error
from perfeval_xl.write.forms import FormRange, FormRanges, fill_range
from perfeval_xl.write.names import UnitPlace

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


@record
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
    """Made one by one, when a process asks for the next."""

    def __init__(
        self, ranges: FormRanges, folder: Path, place: UnitPlace, unit: str, changed: PlaceEdits | None
    ) -> None:
        self._ranges, self._rest = ranges, (folder, place, unit)
        self._changed = changed

    def __len__(self) -> int:
        return len(self._ranges)

    def __getitem__(self, at: Any) -> Any:
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
        self._work = Aside(_fill, self._fillings, min(jobs, ranges.forms // FORMS_PER_JOB))

    @property
    def aside(self) -> bool:
        """Whether other processes fill them."""
        return self._work.active

    def __enter__(self) -> Self:
        self._work.__enter__()
        return self

    def __exit__(self, *left: Any) -> None:
        self._work.__exit__(*left)

    def result(self) -> Put:
        """What was written and found, when all are done."""
        outputs: list[Output] = []
        found: list[Finding] = []
        for place, result in enumerate(self._work.results()):
            if isinstance(result, Crash):
                if result.trouble:
                    raise result.trouble
                found += _lost(self._fillings[place])
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
