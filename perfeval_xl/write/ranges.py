"""An evaluation cut into ranges of its projects: a hundred thousand take no more room at a time than a few hundred."""

from collections.abc import Iterator, Sequence
from typing import Any

import pandas as pd

from perfeval_xl.model import Evaluation
from perfeval_xl.owners import in_order, owners_of
from perfeval_xl.record import replace
from perfeval_xl.whole import known_values

#: Projects that are worked together.
AT_ONCE = 500
#: Rows that are made into Python's values together.
_ROWS_AT_ONCE = 4096
_FRAMES = ("funding", "indicators", "rows", "reconciliation")

Record = dict[str, Any]


class Ranges(Sequence[Evaluation]):
    """The same for so many projects at a time, in their order and without findings; what is in no project is in no range.

    Where the projects' rows stand is found once, and a range is cut when it is asked for.
    """

    def __init__(self, evaluation: Evaluation, size: int | None = None) -> None:
        self._whole, self._size = evaluation, size or AT_ONCE
        self._cuts = {name: _order(evaluation.projects, getattr(evaluation, name)) for name in _FRAMES}

    def __len__(self) -> int:
        return -(-len(self._whole.projects) // self._size)

    def __getitem__(self, at: Any) -> Any:
        if at >= len(self):
            raise IndexError(at)
        start, end = at * self._size, min((at + 1) * self._size, len(self._whole.projects))
        own: dict[str, Any] = {
            name: getattr(self._whole, name).iloc[order[edges[start] : edges[end]]]
            for name, (order, edges) in self._cuts.items()
        }
        return replace(self._whole, projects=self._whole.projects.iloc[start:end], findings=(), **own)


def by_project(projects: pd.DataFrame, frame: pd.DataFrame) -> tuple[pd.DataFrame, list[int]]:
    """The frame in the projects' order, and where in it each project begins (and the last one ends)."""
    order, edges = _order(projects, frame)
    return frame.iloc[order], edges


def _order(projects: pd.DataFrame, frame: pd.DataFrame) -> tuple[Any, list[int]]:
    """The places of the frame's rows in the projects' order, and where in it each project begins (and the last one ends)."""
    if not len(frame) or not len(projects):
        return [], [0] * (len(projects) + 1)
    order, edges = in_order(owners_of(projects, frame), len(projects))
    return order, edges.tolist()


def records(frame: pd.DataFrame, names: Sequence[str] = ()) -> Iterator[Record]:
    """The rows as mappings of these columns (of all); what is unknown is ``None``."""
    wanted = names or list(frame.columns)
    return (dict(zip(wanted, row, strict=True)) for row in tuples(frame, wanted))


def tuples(frame: pd.DataFrame, names: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    """The rows as their values in these columns, made some thousands at a time; what is unknown is ``None``."""
    for start in range(0, len(frame), _ROWS_AT_ONCE):
        part = frame.iloc[start : start + _ROWS_AT_ONCE] if len(frame) > _ROWS_AT_ONCE else frame
        yield from zip(*(known_values(part[name]) for name in names), strict=True)
