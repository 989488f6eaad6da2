"""Papers for the tests of checks: a few indicators of one or several projects, with the cells that they stand in."""

from collections.abc import Iterable
from typing import Any

import pandas as pd

from perfeval_xl.core.consistency.papers import Check, Papers
from perfeval_xl.core.scoring.measure import measure_indicators
from perfeval_xl.core.scoring.rules import apply_rules
from perfeval_xl.model import Inputs, Table
from perfeval_xl.record import replace
from perfeval_xl.scheme import Scheme, load_scheme

SCHEME = load_scheme("hongshan-2019")
_TEXTS = [
    "level1",
    "level2",
    "content",
    "direction",
    "target",
    "actual",
    "measure",
    "rule",
    "reason",
    "improvement",
    "evidence",
    "remark",
    "unreadable",
]
_POINTS = ["weight", "self_score", "recorded_score", "deduction"]
_WORDS = ["goal_actual", "problems", "stated_grade"]
_FIGURES = [
    "goal_score",
    "stated_goal",
    "goal_deduction",
    "indicator_score",
    "indicator_weight",
    "executed",
    "annual_budget",
    "execution_rate",
    "total_score",
    "stated_total",
    "funding_score",
    "stated_funding",
    "stated_indicators",
]


def _table(role: str, fields: Iterable[str]) -> Table:
    letters = {name: (chr(ord("A") + at),) for at, name in enumerate(fields)}
    return Table(role, f"{role}.xlsx", role, 1, letters, {})


def papers_of(
    indicators: list[dict[str, Any]], projects: list[dict[str, Any]] | None = None, **settings: Any
) -> Papers:
    """Indicators (points in hundredths; full marks where none are given) and projects (项目 where not named)."""
    rows = [
        {"unit": "某局", "project": "项目", "table": 0, "row": 2 + at}
        | dict.fromkeys(_TEXTS, "")
        | {"weight": 1000, "self_score": given.get("weight", 1000), "recorded_score": None, "deduction": None}
        | given
        for at, given in enumerate(indicators)
    ]
    owners = [
        {"unit": "某局", "project": "项目", "table": 1, "row": 2 + at}
        | dict.fromkeys(_WORDS, "")
        | dict.fromkeys(_FIGURES)
        | given
        for at, given in enumerate(projects or [{}])
    ]
    scheme: Scheme = replace(SCHEME, **settings)
    frame = pd.DataFrame(rows, columns=["unit", "project", "table", "row", *_TEXTS, *_POINTS])
    frame = frame.astype(dict.fromkeys(_POINTS, "Int64"))
    none = pd.DataFrame()
    tables = (_table("绩效指标", [*_TEXTS, *_POINTS]), _table("项目信息", ["project", *_WORDS, *_FIGURES]))
    inputs = Inputs((), tables, none, none, frame, none, none, none, none, {}, 2024)
    scored = apply_rules(measure_indicators(frame, scheme), scheme)
    return Papers(inputs, scheme, pd.DataFrame(owners).astype(dict.fromkeys(_FIGURES, "Int64")), scored)


def said(checks: Iterable[Check], papers: Papers) -> list[tuple[str, str]]:
    """The codes of the findings with their subjects."""
    return [(finding.code, finding.subject) for check in checks for finding in check(papers)]
