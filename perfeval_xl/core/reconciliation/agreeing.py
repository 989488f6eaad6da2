"""Projects that agree with the final accounts line by line, to the fen: their rows, without a look at each of them."""

from collections.abc import Sequence
from itertools import chain, pairwise

import numpy as np
import pandas as pd

from perfeval_xl.core.merge import Merged
from perfeval_xl.core.reconciliation.identity import other_codes, other_names
from perfeval_xl.core.reconciliation.lines import Matching
from perfeval_xl.core.slices import flags_of
from perfeval_xl.findings import Cell
from perfeval_xl.groups import group_rows
from perfeval_xl.model import Inputs
from perfeval_xl.money import sums_of
from perfeval_xl.owners import owners_of
from perfeval_xl.record import Record, replace

#: Projects from which on it is quicker to ask which agree than to look at each.
WORTH_ASKING = 100
_AMOUNTS = ["annual_budget", "executed"]
Cells = list[tuple[Cell, ...]]


class Agreeing(Record, eq=False):
    """Flags of the projects that agree, of their details and of their lines; the detail of each row, the project of each
    detail (-1 where of none)."""

    projects: np.ndarray
    details: np.ndarray
    lines: np.ndarray
    detail_of: np.ndarray
    project_of: np.ndarray

    def others(self, merged: Merged) -> Merged:
        """What is left to be looked at."""
        if not self.projects.any():
            return merged
        return replace(
            merged,
            rows=merged.rows[~self.details[self.detail_of]],
            details=merged.details[~self.details],
            projects=merged.projects[~self.projects],
        )


def find_agreeing(merged: Merged, matching: Matching) -> Agreeing:
    """A project agrees where all its details do and no line means it as a whole; without accounts nothing can differ.

    Where projects are few, none is told apart.
    """
    projects, count = merged.projects, len(merged.projects)
    if count < WORTH_ASKING:
        none, nowhere = np.zeros(count, dtype=bool), np.zeros(0, dtype="int64")
        return Agreeing(none, none[:0], np.zeros(len(matching.frame), dtype=bool), nowhere, nowhere)
    owners = owners_of(projects, merged.details)
    detail_of = group_rows(merged.rows, ["unit", "detail"]).number
    agree = _agreeing_details(merged, matching, detail_of)
    owned = owners >= 0
    every, right = (np.bincount(owners[which], minlength=count) for which in (owned, owned & agree))
    whole = every == right
    whole &= flags_of(projects["executed"].notna()) | ~_with_accounts(projects, matching)  # M202 makes a sum unknown
    whole[matching.projects[matching.projects >= 0]] = False
    details = owned.copy()
    details[owned] = whole[owners[owned]]
    lines = matching.details >= 0
    lines[lines] = details[matching.details[lines]]
    return Agreeing(whole, details, lines, detail_of, owners)


def _agreeing_details(merged: Merged, matching: Matching, detail_of: np.ndarray) -> np.ndarray:
    """The details with one line, of their name and code and of no source, that states what was executed."""
    meant = matching.details >= 0
    places, lines = matching.details[meant], matching.frame[meant]
    own = merged.details[["executed", "name", "code"]].take(places)
    same = flags_of(lines["amount"].eq(own["executed"].set_axis(lines.index)))
    same &= np.bincount(places, minlength=len(merged.details))[places] == 1
    same &= lines["funding_source"].eq("").to_numpy()
    same &= ~other_names(lines["name"].to_numpy(), own["name"].to_numpy())
    same &= ~other_codes(lines["code"].to_numpy(), own["code"].to_numpy())
    agree = ~_with_accounts(merged.details, matching)
    agree[places[same]] = True
    first = merged.details["name"].to_numpy()[detail_of]
    agree[detail_of[other_names(merged.rows["name"].to_numpy(), first)]] = False
    return agree


def _with_accounts(frame: pd.DataFrame, matching: Matching) -> np.ndarray:
    return frame["unit"].isin(matching.units).to_numpy(dtype=bool)


def agreeing_rows(inputs: Inputs, merged: Merged, matching: Matching, agreeing: Agreeing) -> pd.DataFrame:
    """The rows of these projects, each with its details and their sources; ``place`` is the position of the project."""
    details = agreeing.details.nonzero()[0]
    details = details[agreeing.project_of[details].argsort(kind="stable")]
    rank = np.full(len(merged.details), -1)
    rank[details] = range(len(details))
    rows = agreeing.details[agreeing.detail_of].nonzero()[0]
    rows = rows[rank[agreeing.detail_of[rows]].argsort(kind="stable")]
    ranks = rank[agreeing.detail_of[rows]]
    taken = merged.rows[["unit", "project", "funding_source", *_AMOUNTS, "table", "row"]].take(rows)
    spent = inputs.cells_of_each(taken, "executed")
    stated: Cells = [()] * len(details)
    meant = rank[matching.details[agreeing.lines]].tolist()
    for at, cells in zip(meant, inputs.cells_of_each(matching.frame[agreeing.lines], "amount"), strict=True):
        stated[at] = cells

    owners, projects = agreeing.project_of[details], agreeing.projects.nonzero()[0]
    ends = ranks.searchsorted(range(len(details) + 1)).tolist()
    of_details = [
        spent[start] + line if end == start + 1 else _joined(spent[start:end], [line])  # most have one source
        for (start, end), line in zip(pairwise(ends), stated, strict=True)
    ]
    bounds = owners.searchsorted([*projects, len(merged.projects)]).tolist()
    of_projects = [_joined(spent[ends[first] : ends[end]], stated[first:end]) for first, end in pairwise(bounds)]
    own = merged.details.take(details)
    sources, source_ranks, of_sources = _sources(taken, ranks, spent)
    levels = [
        _level("project", merged.projects.take(projects), "project", of_projects),
        _level("detail", own.assign(name=own["name"].where(own["name"].ne(""), own["code"])), "name", of_details),
        _level("source", sources, "funding_source", of_sources),
    ]
    frame = pd.concat(levels, ignore_index=True)
    final = frame["executed"].where(_with_accounts(frame, matching) & frame["level"].ne("source"))
    frame["final_accounts"], frame["difference"] = final, frame["executed"] - final
    frame["place"] = np.concatenate([projects, owners, owners[source_ranks]])
    # Each project stands before its first detail, each detail before its sources.
    before = np.concatenate([bounds[:-1], np.arange(len(details)), source_ranks])
    return frame.take(np.lexsort((np.repeat([0, 1, 2], list(map(len, levels))), before)))


def _joined(*cells: Sequence[tuple[Cell, ...]]) -> tuple[Cell, ...]:
    return tuple(chain.from_iterable(chain.from_iterable(cells)))


def _sources(rows: pd.DataFrame, ranks: np.ndarray, spent: Cells) -> tuple[pd.DataFrame, np.ndarray, Cells]:
    """The named sources of each detail in the order of their rows, the rank of their details, and their cells."""
    named = rows["funding_source"].ne("").to_numpy().nonzero()[0]
    rows, ranks, cells = rows.take(named), ranks[named], [spent[at] for at in named.tolist()]
    groups = group_rows(rows[["funding_source"]].assign(rank=ranks), ["rank", "funding_source"])
    number, first = groups.number, groups.first
    if len(first) < len(rows):
        ends = np.append(np.sort(number).searchsorted(range(len(first))), len(rows)).tolist()
        cells = [cells[at] for at in number.argsort(kind="stable").tolist()]
        cells = [_joined(cells[start:end]) for start, end in pairwise(ends)]
    return rows.take(first).assign(**sums_of(rows, number, len(first), _AMOUNTS)), ranks[first], cells


def _level(level: str, frame: pd.DataFrame, name: str, cells: Cells) -> pd.DataFrame:
    """A row for each, with its amounts and its cells."""
    own = frame[["unit", "project", *_AMOUNTS]].reset_index(drop=True)
    words = {"level": [level] * len(own), "name": frame[name].tolist(), "cause": [""] * len(own), "sources": cells}
    return own.assign(**{field: pd.Series(values, dtype=object) for field, values in words.items()})
