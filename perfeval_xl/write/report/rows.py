"""A unit's projects, indicators and sources as plain records, and what several rooms of the report print of them."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pandas as pd

from perfeval_xl.extent import named_projects
from perfeval_xl.model import Evaluation
from perfeval_xl.record import Record
from perfeval_xl.write.report.document import Level
from perfeval_xl.write.report.figures import known, missing
from perfeval_xl.write.report.sentences import Source, text_source

Values = dict[str, Any]
#: The columns of an indicator that are printed; slicing them alone keeps a thousand projects quick.
_INDICATOR = [
    "project", "level1", "level2", "content", "direction", "target", "actual", "measure", "operator", "target_number", "weight", "self_score",
    "met", "completion", "reason", "improvement", "evidence", "remark",
]  # fmt: skip


class Project(Record):
    """One project that the report may name: its row, its indicators, and its sources by their names in a text."""

    row: Mapping[Any, Any]
    indicators: list[Values]
    sources: list[Source]

    def weights(self) -> dict[str, int | None]:
        """The points of each level-1 group, unknown where one's are."""
        weights: dict[str, int | None] = {}
        for row in self.indicators:
            weights[row["level1"]] = _added((weights.get(row["level1"], 0), known(row["weight"])))
        return weights


def projects_of(evaluation: Evaluation) -> list[Project]:
    """The projects of one unit, without those marked 涉密."""
    indicators, sources = _grouped(evaluation.indicators[_INDICATOR]), _sources(evaluation)
    return [
        Project(row, indicators.get(row["project"], []), sources.get(row["project"], []))
        for row in named_projects(evaluation).to_dict("records")
    ]


class Given(dict[str, str]):
    """What an operator wrote under names of his own; a name that he did not write is marked."""

    def __missing__(self, name: str) -> str:
        return missing(name)


def _grouped(frame: pd.DataFrame) -> dict[str, list[Values]]:
    """Records by project, in their order."""
    groups: dict[str, list[Values]] = {}
    for row in frame.to_dict("records"):
        groups.setdefault(row["project"], []).append({str(name): value for name, value in row.items()})
    return groups


def _sources(evaluation: Evaluation) -> dict[str, list[Source]]:
    """Each project's sources under their names in a text; those that share one are added up."""
    amounts: dict[tuple[str, str], list[int | None]] = {}
    columns = ["project", "source", "annual_budget", "received", "executed"]
    for project, source, *fen in evaluation.funding[columns].itertuples(index=False, name=None):
        key = (project, text_source(source, evaluation.scheme.source_row(source)))
        new = [known(value) for value in fen]
        amounts[key] = [_added(pair) for pair in zip(amounts[key], new, strict=True)] if key in amounts else new
    sources: dict[str, list[Source]] = {}
    for (project, name), fen in amounts.items():
        sources.setdefault(project, []).append(Source(name, *fen))
    return sources


def _added(pair: tuple[int | None, int | None]) -> int | None:
    return None if pair[0] is None or pair[1] is None else pair[0] + pair[1]


def levels_of(indicators: list[Values], level1: Iterable[str]) -> Iterator[Values]:
    """一级指标 and 二级指标 of each row, the first of equal ones under each other marked as such."""
    before: tuple[str, str] | None = None
    for row, shown in zip(indicators, level1, strict=True):
        now = (row["level1"], row["level2"])
        yield {
            "一级指标": Level(shown, before is None or before[0] != now[0]),
            "二级指标": Level(now[1], before != now),
        }
        before = now
