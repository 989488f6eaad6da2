"""Which projects there are: every one that is named anywhere, how it is printed, and the number of its form."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, count
from typing import Any

import pandas as pd

from perfeval_xl.core.slices import positions_by
from perfeval_xl.model import Inputs
from perfeval_xl.record import Record
from perfeval_xl.text import match_keys

#: Unit and match key of a name.
Key = tuple[str, str]


class Named(Record):
    """The projects that 项目信息, the indicators and the merge list name: as each of these ``written`` them first, and
    the ``spelling`` to print. ``info``: a row per project with its information, in the forms' order."""

    written: Sequence[Mapping[Key, str]]
    spelling: Mapping[Key, str]
    info: pd.DataFrame

    def with_money(self, inputs: Inputs, named: Mapping[Key, str]) -> pd.DataFrame:
        """:attr:`info` with a row, too, for each project that only the execution table names."""
        if named.keys() <= self.spelling.keys():
            return self.info
        return _list_projects(inputs.projects, [*self.written, named], {**named, **self.spelling})


def name_projects(inputs: Inputs) -> Named:
    """Those that are named beside the money; printed as in 项目信息, else the indicators, else the merge list."""
    written = [names_in(frame) for frame in (inputs.projects, inputs.indicators, inputs.merge_list)]
    spelling = dict(chain.from_iterable(own.items() for own in reversed(written)))
    return Named(written, spelling, _list_projects(inputs.projects, written, spelling))


def names_in(frame: pd.DataFrame, column: str = "project") -> dict[Key, str]:
    """Each name of a column by its unit and match key, as it is written first."""
    pairs = [
        pair for pair in dict.fromkeys(zip(frame["unit"].tolist(), frame[column].tolist(), strict=True)) if pair[1]
    ]
    names: dict[Key, str] = {}
    for (unit, name), key in zip(pairs, match_keys([name for _, name in pairs]), strict=True):
        names.setdefault((unit, key), name)
    return names


def spelled(spelling: Mapping[Key, str], units: Iterable[str], names: list[str]) -> list[str]:
    """These units' names as they are printed."""
    return [spelling.get((unit, key), name) for unit, name, key in zip(units, names, match_keys(names), strict=True)]


def _list_projects(info: pd.DataFrame, named: Sequence[Mapping[Key, str]], spelling: Mapping[Key, str]) -> pd.DataFrame:
    """Every project that is named anywhere, in the order of 项目信息, with its information and its 附件 number."""
    pairs = ((key[0], spelling.get(key, name)) for names in named for key, name in names.items())
    listed = list(dict.fromkeys(pairs))
    units, stated = info["unit"].tolist(), info["number"].tolist()
    pairs_of_info = zip(units, spelled(spelling, units, info["project"].tolist()), strict=True)
    places = {pair: at for at, pair in reversed([*enumerate(pairs_of_info)])}
    numbered: list[tuple[int, Key]] = []
    for positions in positions_by(unit for unit, _ in listed).values():
        own = [listed[at] for at in positions]
        given = [stated[places[pair]] if pair in places else "" for pair in own]
        numbered += sorted(zip(number_forms(given), own, strict=True))
    at = [places.get(pair, -1) for _, pair in numbered]
    columns = {name: _taken(column, at) for name, column in info.items()}
    columns |= {"unreadable_info": columns.pop("unreadable"), "position": [position for position, _ in numbered]}
    columns |= {
        "number": texts_of(f"1.{position}" for position, _ in numbered),
        "unit": texts_of(unit for _, (unit, _) in numbered),
        "project": texts_of(project for _, (_, project) in numbered),
    }
    return pd.DataFrame({name: column for name, column in columns.items() if name != "issuer"})


def _taken(column: pd.Series, at: Sequence[int]) -> Any:
    """The values at these places, at -1 unknown; no text is a blank one."""
    taken = column.array.take(at, allow_fill=True)
    if column.dtype != object or column.name == "extra":
        return taken
    values = taken.to_numpy(dtype=object).tolist()  # an object array of pandas is ten times as slow
    known = values if set(map(type, values)) <= {str} else [value if isinstance(value, str) else "" for value in values]
    return texts_of(known)


def texts_of(values: Iterable[str]) -> pd.Series:
    """Texts as a frame's column."""
    return pd.Series(list(values), dtype=object)


def number_forms(stated: list[str]) -> list[int]:
    """附件 numbers: the 序号 where it is a number nobody else has, else the row's place, else the next one free."""
    given = [int(text) if text.isdecimal() and int(text) > 0 else None for text in map(str, stated)]
    first = {number: at for at, number in reversed(list(enumerate(given)))}
    kept = [number if first[number] == at else None for at, number in enumerate(given)]
    taken = {number for number in kept if number is not None}
    free = count(1)
    numbers = []
    for place, number in enumerate(kept, 1):
        if number is None:
            number = place if place not in taken else next(other for other in free if other not in taken)
            taken.add(number)
        numbers.append(number)
    return numbers
