"""One code under two names, or one name under two codes (M207): told, and taken for the same all the same."""

from collections.abc import Iterator

from perfeval_xl.core.lines import Line, MatchedLines
from perfeval_xl.core.merge import Merged
from perfeval_xl.core.slices import Slices
from perfeval_xl.findings import Cell, Finding
from perfeval_xl.model import Inputs
from perfeval_xl.text import match_key


def check_identity(inputs: Inputs, merged: Merged, lines: MatchedLines) -> list[Finding]:
    """M207 for the rows of a detail among themselves, and for a detail beside its lines of the final accounts."""
    rows = merged.rows
    own = Slices(inputs, rows, "unit", "detail")
    columns = [rows[name].tolist() for name in ("unit", "project", "detail", "code", "name")]
    findings: list[Finding] = []
    first: dict[tuple[str, str], int] = {}
    for at, (unit, project, detail, code, name) in enumerate(zip(*columns, strict=True)):
        start = first.setdefault((unit, detail), at)
        if at != start:
            if _differ(name, columns[4][start]):
                cells = own.cells([start, at], "name")
                findings.append(_two_names(unit, project, code, columns[4][start], name, cells))
            continue
        for line in lines.of.get((unit, "detail", detail), ()):
            findings += _beside(line, unit, project, code, name, own, at)
    return findings


def _beside(line: Line, unit: str, project: str, code: str, name: str, rows: Slices, at: int) -> Iterator[Finding]:
    if _differ(line.name, name):
        yield _two_names(unit, project, code, name, line.name, rows.cells([at], "name") + line.name_cells)
    elif _differ(line.code, code):
        message = f"“{name}”在预算执行情况表里的编码是“{code}”，在部门决算里是“{line.code}”；程序按名称当作同一个项目。"
        cells = rows.cells([at], "code") + line.code_cells
        yield Finding("M207", message, unit, project, name, code, line.code, cells)


def _two_names(unit: str, project: str, code: str, one: str, other: str, cells: tuple[Cell, ...]) -> Finding:
    message = f"编码“{code}”有两个名称：“{one}”和“{other}”；程序按编码当作同一个项目。"
    return Finding("M207", message, unit, project, one, one, other, cells)


def _differ(one: str, other: str) -> bool:
    """Whether both say something, and not the same."""
    return bool(one and other) and match_key(one) != match_key(other)
