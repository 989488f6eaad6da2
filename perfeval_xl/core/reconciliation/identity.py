"""One code under two names, or one name under two codes (M207): told, and taken for the same all the same."""

from collections.abc import Callable

import numpy as np

from perfeval_xl.core.merge import Merged
from perfeval_xl.core.reconciliation.lines import MatchedLines
from perfeval_xl.findings import Cell, Finding
from perfeval_xl.model import Inputs
from perfeval_xl.text import match_key
from perfeval_xl.whole import known_values


def check_identity(inputs: Inputs, merged: Merged, lines: MatchedLines) -> list[Finding]:
    """M207 for the rows of a detail among themselves, and for a detail beside its lines of the final accounts."""
    rows = merged.rows
    columns = [known_values(rows[name]) for name in ("unit", "project", "detail", "code", "name", "table", "row")]
    findings: list[Finding] = []
    first: dict[tuple[str, str], tuple[str, tuple[int, int]]] = {}
    for unit, project, detail, code, name, *place in zip(*columns, strict=True):
        at = (place[0], place[1])
        known, start = first.setdefault((unit, detail), (name, at))
        if at != start:
            if _differ(name, known):
                cells = inputs.cells_at(*start, "name") + inputs.cells_at(*at, "name")
                findings.append(_two_names(unit, project, code, known, name, cells))
            continue
        for line in lines.of.get((unit, "detail", detail), ()):
            if _differ(line.name, name):
                cells = inputs.cells_at(*at, "name") + inputs.cells_at(*line.place, "name")
                findings.append(_two_names(unit, project, code, name, line.name, cells))
            elif line.code != code and _differ(_without_zeros(line.code), _without_zeros(code)):
                cells = inputs.cells_at(*at, "code") + inputs.cells_at(*line.place, "code")
                findings.append(_two_codes(unit, project, name, code, line.code, cells))
    return findings


def other_names(ones: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Where two columns of names say something that is not the same."""
    return _where(_differ, ones, others)


def other_codes(ones: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Where two columns of codes say something that is not the same, but for zeros in front."""
    return _where(lambda one, other: _differ(_without_zeros(one), _without_zeros(other)), ones, others)


def _where(differ: Callable[[str, str], bool], ones: np.ndarray, others: np.ndarray) -> np.ndarray:
    apart = np.asarray(ones != others, dtype=bool)
    apart[apart] = [differ(one, other) for one, other in zip(ones[apart], others[apart], strict=True)]
    return apart


def _two_names(unit: str, project: str, code: str, one: str, other: str, cells: tuple[Cell, ...]) -> Finding:
    message = f"编码“{code}”有两个名称：“{one}”和“{other}”；程序按编码当作同一个项目。"
    return Finding("M207", message, unit, project, one, one, other, cells)


def _two_codes(unit: str, project: str, name: str, one: str, other: str, cells: tuple[Cell, ...]) -> Finding:
    message = f"“{name}”在预算执行情况表里的编码是“{one}”，在部门决算里是“{other}”；程序按名称当作同一个项目。"
    return Finding("M207", message, unit, project, name, one, other, cells)


def _without_zeros(code: str) -> str:
    """Zeros that Excel drops tell no codes apart."""
    return match_key(code).lstrip("0")


def _differ(one: str, other: str) -> bool:
    """Whether both say something, and not the same."""
    return one != other and bool(one and other) and match_key(one) != match_key(other)
