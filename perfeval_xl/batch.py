"""A folder of unit folders: each a task of its own, for any number of processes, and only where something changed.

What a task writes is staged beside the results until the folders before it have their places, so that equal unit names
get the same suffixes whoever finishes first.
"""

import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from perfeval_xl.cluster import work_on_cluster
from perfeval_xl.errors import PerfevalError
from perfeval_xl.progress import Progress
from perfeval_xl.read.files import shown_name
from perfeval_xl.read.fingerprint import fingerprint
from perfeval_xl.record import replace
from perfeval_xl.task import SettingsOf, Task, Wanted
from perfeval_xl.workers import Crash, attempt, work_all
from perfeval_xl.write.earlier import EarlierUnits, earlier_units
from perfeval_xl.write.files import ResultsFolder
from perfeval_xl.write.names import UnitPlaces
from perfeval_xl.write.overview import Part
from perfeval_xl.write.placing import output_error
from perfeval_xl.write.results import Documents

Work = Callable[[Task], Part]


def work_batch(
    work: Work,
    folders: Sequence[Path],
    settings_of: SettingsOf,
    target: ResultsFolder | None,
    wanted: Wanted,
    progress: Progress,
) -> tuple[Part, ...]:
    """The part of every folder, in their order; ``work`` is a function of a module."""
    earlier = EarlierUnits(Path()) if target is None or wanted.force else earlier_units(target.folder)
    tasks, parts = _plan(folders, settings_of, target, earlier, wanted.documents)
    todo = [task for number, task in enumerate(tasks) if number not in parts]
    placed: list[Part] = []
    places = UnitPlaces()
    if len(parts) and not todo:
        progress("各单位都没有变化", len(folders), len(folders))
    for part in _in_order(work, tasks, parts, todo, wanted, progress):
        placed.append(_place(work, tasks[len(placed)], part, places, target))
    return tuple(placed)


def _plan(
    folders: Sequence[Path],
    settings_of: SettingsOf,
    target: ResultsFolder | None,
    earlier: EarlierUnits,
    documents: Documents,
) -> tuple[list[Task], dict[int, Part]]:
    """A task for each folder, and the parts that an earlier run has done."""
    tasks, parts = [], {}
    for number, folder in enumerate(folders):
        task = Task(folder, shown_name(folder), settings_of, documents=documents)
        if target is not None:
            try:
                mark = fingerprint(folder, settings_of(folder), replace(documents, keep_edits=False))
            except PerfevalError:
                mark = ""  # the task itself says what is wrong
            origin = {"folder": task.name, "fingerprint": mark}
            task = replace(task, results=target.folder, staged=target.staging(number), origin=origin)
            if mark and (part := earlier.part(task.name, mark)):
                parts[number] = part
        tasks.append(task)
    return tasks, parts


def _in_order(
    work: Work, tasks: Sequence[Task], parts: dict[int, Part], todo: Sequence[Task], wanted: Wanted, progress: Progress
) -> Iterator[Part]:
    """The parts in the order of the folders, whoever is done first."""
    numbers = [number for number in range(len(tasks)) if number not in parts]
    done = (
        work_on_cluster(work, todo, wanted.cluster)
        if wanted.cluster
        else work_all(work, todo, wanted.processes(len(todo)))
    )
    following = 0
    for count, (place, result) in enumerate(done, start=1):
        task = todo[place]
        progress(f"{task.name} 完成", len(tasks) - len(todo) + count, len(tasks))
        parts[numbers[place]] = _part_of(task, result)
        while following in parts:
            yield parts.pop(following)
            following += 1
    while following in parts:
        yield parts.pop(following)
        following += 1


def _part_of(task: Task, result: Part | Crash) -> Part:
    return Part(task.name, error=result.as_error("处理它的进程意外结束了")) if isinstance(result, Crash) else result


def _place(work: Work, task: Task, part: Part, places: UnitPlaces, target: ResultsFolder | None) -> Part:
    """The part in its places; one that was staged under a name that another unit has got is worked again."""
    if part.error or not part.workable:
        return part
    own = places.of(part.places)
    if own != part.places:
        if part.staged is not None:
            shutil.rmtree(part.staged, ignore_errors=True)
        part = _part_of(task, attempt(work, replace(task, places=own)))
    if target is None or part.staged is None:
        return part
    try:
        target.publish(part.staged, part.hashes)
    except PerfevalError as error:
        return Part(task.name, error=error)
    except OSError as error:
        return Part(task.name, error=output_error(target.folder, error))
    return part
