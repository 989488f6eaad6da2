"""Whole numbers of which some are unknown, as plain arrays: what pandas' Int64 is, without what it costs where rows are few."""

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
import pandas as pd

from perfeval_xl.record import Record


class Whole(Record, eq=False):
    """``values`` (int64) count where ``known`` (bool) says so; elsewhere those of a column, or chosen, are 0."""

    values: np.ndarray
    known: np.ndarray

    @classmethod
    def of(cls, column: pd.Series) -> Self:
        """An ``Int64`` or whole numbers' column."""
        values, unknown = _arrays_of(column.array)  # a series of flags would take eighty times as long
        return cls(np.where(unknown, 0, values), ~unknown)

    @classmethod
    def given(cls, numbers: Sequence[int | None]) -> Self:
        """Numbers of which those that are ``None`` are unknown."""
        known = np.array([number is not None for number in numbers], dtype=bool)
        return cls(np.array([number or 0 for number in numbers], dtype="int64"), known)

    @classmethod
    def all(cls, number: int, size: int) -> Self:
        """The same number so many times."""
        return cls(np.full(size, number, "int64"), np.ones(size, bool))

    @classmethod
    def unknown(cls, size: int) -> Self:
        """So many unknown ones."""
        return cls(np.zeros(size, "int64"), np.zeros(size, bool))

    def __getitem__(self, chosen: np.ndarray) -> "Whole":
        return Whole(self.values[chosen], self.known[chosen])

    def __len__(self) -> int:
        return len(self.values)

    def __add__(self, other: "Whole") -> "Whole":
        """The sums, unknown where a part is."""
        known = self.known & other.known
        return Whole(np.where(known, self.values + other.values, 0), known)

    def __sub__(self, other: "Whole") -> "Whole":
        return self + Whole(-other.values, other.known)

    def equals(self, other: "Whole | int") -> np.ndarray:
        """Flags of those that are known to be the same as another that is known; so of the following ones."""
        return self._compared(other, np.equal)

    def differs(self, other: "Whole | int") -> np.ndarray:
        """Flags of those that are another number."""
        return self._compared(other, np.not_equal)

    def below(self, other: "Whole | int") -> np.ndarray:
        """Flags of those that are less."""
        return self._compared(other, np.less)

    def above(self, other: "Whole | int") -> np.ndarray:
        """Flags of those that are more."""
        return self._compared(other, np.greater)

    def _compared(self, other: "Whole | int", compare: np.ufunc) -> np.ndarray:
        if isinstance(other, int):
            other = Whole.all(other, len(self))
        flags: np.ndarray = self.known & other.known & compare(self.values, other.values)
        return flags

    def within(self, lowest: "Whole", highest: "Whole") -> np.ndarray:
        """Flags of those that are known to lie between two others, or to be one of them."""
        known: np.ndarray = self.known & lowest.known & highest.known
        return known & (lowest.values <= self.values) & (self.values <= highest.values)

    def array(self) -> pd.arrays.IntegerArray:
        """For a frame."""
        return pd.arrays.IntegerArray(self.values, ~self.known)

    def tolist(self) -> list[int | None]:
        """What is unknown is ``None``."""
        return [
            value if known else None for value, known in zip(self.values.tolist(), self.known.tolist(), strict=True)
        ]

    def only(self, flags: np.ndarray) -> "Whole":
        """Those that are flagged; the others are unknown."""
        return where(flags, self, Whole.unknown(len(self)))

    def or_else(self, other: "Whole") -> "Whole":
        """The others' where one is unknown."""
        return where(self.known, self, other)


def where(flags: np.ndarray, one: Whole, other: Whole) -> Whole:
    """``one`` where it is flagged, ``other`` where not."""
    return Whole(np.where(flags, one.values, other.values), np.where(flags, one.known, other.known))


def known_values(column: pd.Series) -> list[Any]:
    """A column as plain values, unknown as ``None``; much faster than to take them out of an ``Int64`` one by one."""
    if isinstance(column.dtype, np.dtype):
        return column.tolist()
    array = column.array
    if not isinstance(array, pd.arrays.IntegerArray):
        return array.to_numpy(dtype=object, na_value=None).tolist()  # type: ignore[no-any-return]
    values, unknown = _arrays_of(array)
    objects = values.astype(object)
    objects[unknown] = None
    return objects.tolist()  # type: ignore[no-any-return]


def _arrays_of(numbers: Any) -> tuple[np.ndarray, np.ndarray]:
    """An array's whole numbers and which of them are unknown; both may be the array's own, and are not written to.

    pandas keeps an ``Int64`` so. Its ``to_numpy`` begins a context of warnings each time, which takes a small run a fiftieth
    of its time; where an array is kept otherwise, it is asked all the same.
    """
    try:
        return numbers._data, numbers._mask
    except AttributeError:
        return numbers.to_numpy("int64", na_value=0), np.asarray(numbers.isna())
