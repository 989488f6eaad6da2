"""Rows of a frame that are alike in some columns, numbered: what a group-by finds, at a third of its cost where rows are few."""

from collections.abc import Iterable, Mapping, Sequence, Sized
from itertools import chain

import numpy as np
import pandas as pd

from perfeval_xl.record import Record


class Groups(Record, eq=False):
    """``number``: of each row's group, -1 where a key is missing; ``first``: where each group's first row stands, in that
    order; ``factors``: the codes and the values of each key column."""

    number: np.ndarray
    first: np.ndarray
    factors: Mapping[str, tuple[np.ndarray, pd.Index]]

    @property
    def keys(self) -> pd.Index:
        """The groups' keys, as an index of the groups has them."""
        names, levels = list(self.factors), [values for _, values in self.factors.values()]
        places = [codes[self.first] for codes, _ in self.factors.values()]
        if len(names) == 1:
            return levels[0].take(places[0]).rename(names[0])
        return pd.MultiIndex(levels, places, names=names, verify_integrity=False)  # type: ignore[arg-type]


def group_rows(frame: pd.DataFrame, by: Sequence[str]) -> Groups:
    """The rows that are alike in these columns."""
    factors = {name: pd.factorize(frame[name]) for name in by}
    number = _numbered(factors.values(), len(frame))
    if not (keyed := np.logical_and.reduce([codes >= 0 for codes, _ in factors.values()])).all():
        own = pd.factorize(number[keyed])[0]
        number = np.full(len(frame), -1)
        number[keyed] = own
    first = np.empty(number.max(initial=-1) + 2, "int64")  # the last place is for rows without a key
    first[number[::-1]] = np.arange(len(frame))[::-1]
    return Groups(number, first[:-1], factors)


def number_together(*parts: Sequence[Sequence[str]]) -> list[np.ndarray]:
    """The rows of each part (columns of texts) as numbers that are equal where rows, of whatever part, are alike."""
    factors = [pd.factorize(np.array([*chain(*own)], dtype=object)) for own in zip(*parts, strict=True)]
    ends = np.cumsum([len(part[0]) for part in parts])
    return np.split(_numbered(factors, int(ends[-1])), ends[:-1])


def _numbered(factors: Iterable[tuple[np.ndarray, Sized]], rows: int) -> np.ndarray:
    """The rows numbered by what they are in all of these columns, given as codes and their values."""
    number = np.zeros(rows, "int64")
    for codes, values in factors:
        number = pd.factorize(number * (len(values) + 1) + codes)[0]
    return number


def in_several(keys: Sequence[str], places: np.ndarray) -> np.ndarray:
    """Flags of the rows whose key stands in two places (numbered from 0 on) or more."""
    codes, values = pd.factorize(np.array(keys, dtype=object))
    width = int(places.max(initial=0)) + 1
    pairs = pd.unique(codes * width + places)
    flags: np.ndarray = (np.bincount(pairs // width, minlength=len(values)) > 1)[codes]
    return flags
