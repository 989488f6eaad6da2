"""Rows of a frame looked up by key, without filtering the frame once per key."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from perfeval_xl.findings import Cell
from perfeval_xl.model import Inputs
from perfeval_xl.whole import known_values

Result = TypeVar("Result")
#: A mask of a frame's rows.
Flags = pd.Series | np.ndarray
#: More than the error of a share of two amounts as floats: what is so near a limit is compared exactly.
FLOAT_ERROR = 1e-9


def once_for_each(
    frame: pd.DataFrame, fields: Sequence[str], work: Callable[[Mapping[str, Any]], Result]
) -> list[Result]:
    """What ``work`` says of each row as a mapping of these fields; rows that are alike in them are worked once."""
    said: dict[tuple[Any, ...], Result] = {}
    results = []
    for values in zip(*(frame[name].tolist() for name in fields), strict=True):
        if values not in said:
            said[values] = work(dict(zip(fields, values, strict=True)))
        results.append(said[values])
    return results


def flag_texts(column: pd.Series, test: Callable[[str], bool]) -> np.ndarray:
    """For each text of a column whether a test holds; each distinct text is tested once."""
    texts = column.tolist()
    said = {text: test(text) for text in set(texts)}
    return np.array([said[text] for text in texts], dtype=bool)


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


def flags_of(flagged: Flags) -> np.ndarray:
    """A mask as plain booleans; an unknown flag is no."""
    if isinstance(flagged, np.ndarray):
        return flagged
    values: Any = flagged.array
    return (
        values.to_numpy(dtype=bool, na_value=False) if values.dtype != object else flagged.fillna(False).to_numpy(bool)
    )


class _Columns(dict[str, list[Any]]):
    """Columns at some positions, each taken when it is first asked for: a check asks for few of fifty."""

    def __init__(self, frame: pd.DataFrame, positions: np.ndarray, computed: Mapping[str, pd.Series]) -> None:
        super().__init__()
        self._frame, self._positions, self._computed = frame, positions, computed

    def __missing__(self, name: str) -> list[Any]:
        column = self._computed[name] if name in self._computed else self._frame[name]
        values = self[name] = values_at(column, self._positions)
        return values

    @property
    def names(self) -> list[str]:
        return [*self._frame.columns, *self._computed]


class _FlaggedRow(Mapping[str, Any]):
    __slots__ = ("_at", "_columns")

    def __init__(self, columns: _Columns, at: int) -> None:
        self._columns, self._at = columns, at

    def __getitem__(self, name: str) -> Any:
        return self._columns[name][self._at]

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns.names)

    def __len__(self) -> int:
        return len(self._columns.names)


def flagged_rows(frame: pd.DataFrame, flagged: Flags, **computed: pd.Series) -> list[Mapping[str, Any]]:
    """The rows that a mask names, each as a mapping of its fields and of computed ones; an unknown flag is no."""
    positions = flags_of(flagged).nonzero()[0]
    columns = _Columns(frame, positions, computed)
    return [_FlaggedRow(columns, at) for at in range(len(positions))]


def records_of(frame: pd.DataFrame, names: Iterable[str] | None = None) -> list[dict[str, Any]]:
    """Each row as a mapping of these fields (of all); a third of the time of ``DataFrame.to_dict`` where rows are few."""
    columns = {name: frame[name].tolist() for name in names or map(str, frame.columns)}
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def values_at(column: pd.Series, positions: Sequence[int] | np.ndarray) -> list[Any]:
    """The values at these positions; without another series, which takes longer than a few values do."""
    values = column.to_numpy() if isinstance(column.dtype, np.dtype) else column.array
    at = np.asarray(positions, dtype="int64")
    taken: list[Any] = values[at].tolist()
    return taken
