"""Rows of a frame looked up by key, without filtering the frame once per key."""

from collections.abc import Hashable, Iterable, Sequence
from typing import Any

import pandas as pd

from perfeval_xl.findings import Cell
from perfeval_xl.model import Inputs


def positions_by(keys: Iterable[Hashable]) -> dict[Any, list[int]]:
    """The positions at which each key stands, in the order in which the keys first appear."""
    found: dict[Any, list[int]] = {}
    for at, key in enumerate(keys):
        found.setdefault(key, []).append(at)
    return found


class Slices:
    """The rows of a frame (with ``table`` and ``row``) by the values of some of its columns, and their cells."""

    def __init__(self, inputs: Inputs, frame: pd.DataFrame, *by: str) -> None:
        self._inputs = inputs
        self._places = list(zip(known_values(frame["table"]), known_values(frame["row"]), strict=True))
        self._by = positions_by(zip(*(frame[name] for name in by), strict=True))

    def at(self, *key: str) -> list[int]:
        """The positions of the rows of this key; none where there is no such row."""
        return self._by.get(key, [])

    def cells(self, positions: Sequence[int], *fields: str) -> tuple[Cell, ...]:
        """The cells of these fields in these rows, by row and then by field; fields that a table lacks are left out."""
        return tuple(cell for at in positions for cell in self._inputs.cells_at(*self._places[at], *fields))

    def roundings(self, positions: Sequence[int]) -> list[int]:
        """Half a unit of the last printed place of each row's table, in fen; exact yuan have none."""
        return [self._inputs.tables[self._places[at][0]].place // 2 for at in positions]


def flagged_rows(frame: pd.DataFrame, flagged: pd.Series) -> list[dict[str, Any]]:
    """The rows that a mask names, each as a mapping of its fields; an unknown flag is no."""
    positions = flagged.fillna(False).to_numpy(dtype=bool).nonzero()[0]
    # Most checks flag nothing, and taking no rows costs as much as taking a few.
    return records_of(frame.take(positions)) if len(positions) else []


def records_of(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Each row as a mapping of its fields; a third of the time of ``DataFrame.to_dict`` where rows are few."""
    names = list(frame.columns)
    return [dict(zip(names, row, strict=True)) for row in zip(*(frame[name].tolist() for name in names), strict=True)]


def known_values(column: pd.Series) -> list[Any]:
    """A column as plain values, unknown as ``None``; three times as fast as to take them out of an ``Int64`` one by one."""
    values: Any = column.array
    return column.tolist() if column.dtype == object else list(values.to_numpy(dtype=object, na_value=None))


def known_sum(amounts: Iterable[int | None]) -> int | None:
    """The sum, unknown where an addend is or where there is none."""
    added = list(amounts)
    return None if not added or None in added else sum(added)  # type: ignore[arg-type]
