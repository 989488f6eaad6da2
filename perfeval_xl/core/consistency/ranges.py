"""The checks of very many projects: range by range, by other processes while this one does what does not need them."""

from collections.abc import Sequence
from typing import Any, Self

import pandas as pd

from perfeval_xl.aside import Aside
from perfeval_xl.core.consistency.consistency import check_projects
from perfeval_xl.core.consistency.papers import Papers
from perfeval_xl.findings import Finding
from perfeval_xl.model import Inputs
from perfeval_xl.record import replace
from perfeval_xl.scheme import Scheme

#: Projects that are checked together, and for which a further process is worth its start.
AT_ONCE, PROJECTS_PER_JOB = 2500, 2500
#: Long texts and mappings that no check reads.
_UNREAD = ["working", "extra", "merged_details", "annual_goal", "background"]


class PaperRanges(Sequence[Papers]):
    """The papers of so many projects at a time; indicators that belong to no project are in the last range."""

    def __init__(self, papers: Papers, size: int) -> None:
        self._papers, self._size = papers, size

    def __len__(self) -> int:
        return max(1, -(-len(self._papers.projects) // self._size))

    def __getitem__(self, at: Any) -> Any:
        if at >= len(self):
            raise IndexError(at)
        if len(self) == 1:
            return self._papers
        owners, start, end = self._papers.owners, at * self._size, (at + 1) * self._size
        own = (owners >= start) & (owners < end)
        if at == len(self) - 1:
            own |= owners < 0
        return replace(
            self._papers,
            projects=self._papers.projects.iloc[start:end],
            indicators=self._papers.indicators.take(own.nonzero()[0]),
        )


def _to_send(papers: Papers) -> Papers:
    """The same without what no check reads: it need not be sent to another process."""
    read = [frame.drop(columns=_UNREAD, errors="ignore") for frame in (papers.projects, papers.indicators)]
    return Papers(papers.inputs.without_rows(), papers.scheme, *read)


class Consistency:
    """:func:`check_projects` in the making: where it pays, by other processes while the ``with`` block runs."""

    def __init__(
        self, inputs: Inputs, scheme: Scheme, projects: pd.DataFrame, indicators: pd.DataFrame, jobs: int
    ) -> None:
        jobs = min(jobs, len(projects) // PROJECTS_PER_JOB)
        papers = Papers(inputs, scheme, projects, indicators)
        self._ranges = PaperRanges(_to_send(papers) if jobs > 1 else papers, AT_ONCE)
        self._work = Aside(check_projects, self._ranges, jobs)

    def __enter__(self) -> Self:
        self._work.__enter__()
        return self

    def __exit__(self, *left: Any) -> None:
        self._work.__exit__(*left)

    def findings(self) -> list[Finding]:
        """All findings, the same and in the same order whoever made them; a range whose process died is worked here."""
        return [finding for place in range(len(self._ranges)) for finding in self._work.made(place)]
