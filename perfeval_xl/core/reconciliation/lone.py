"""What stands in the execution table or in the final accounts only (M222, M223), and names that are nearly a partner's."""

from collections.abc import Iterator, Mapping, Sequence

import pandas as pd

from perfeval_xl.core.near import Lone, propose_names
from perfeval_xl.core.reconciliation.comparison import Comparison
from perfeval_xl.core.reconciliation.lines import Line, MatchedLines
from perfeval_xl.findings import Cell, Finding
from perfeval_xl.model import Inputs
from perfeval_xl.money import two_decimals
from perfeval_xl.record import Record, replace
from perfeval_xl.text import match_key

MISSING_LINE = "部门决算缺行"
ONLY_FINAL = "执行情况表缺行"
_RENAMED = "看来是改了名称"
_SEVERAL = "但这个名称的明细不止一个，没有相同的编码，分不清是哪一个"


def tell_one_sided(
    inputs: Inputs, details: pd.DataFrame, comparisons: Sequence[Comparison], lines: MatchedLines
) -> tuple[list[Comparison], list[Comparison], list[Finding]]:
    """M222 and M223: what stands on one side only, with M205 for near names, and the lines as rows of their own."""
    missing = [one for one in _without_amount(comparisons, lines) if one.executed]
    gone = set(missing)
    renamed = _same_amounts(missing, lines.alone)
    shared = _shared_names(details, lines.alone)
    findings = []
    for one in missing:
        line = renamed.line_of.get(one)
        cause = f"；决算中“{line.shown}”金额相同，{_RENAMED}" if line and line.shown != one.name else ""
        counted = two_decimals(one.executed) or ""
        lacking = "它那一行没有填金额" if one.lines else "没有同编码或同名称的行"
        lacking = f"有同名的行，{_SEVERAL}" if _named(one.unit, one.name) in shared else lacking
        message = f"“{one.name}”全年执行数 {counted} 元，部门决算中{lacking}{cause}。"
        cells = one.cells + (line.cells if line else ())
        findings.append(Finding("M222", message, one.unit, one.project, one.name, counted, "", cells))
    only_final = []
    for line in lines.alone:
        same = renamed.of_line.get(line)
        several = _named(line.unit, line.shown) in shared
        cause = "" if several else _why_alone(line, same)
        amount = two_decimals(line.amount) or ""
        lacking = f"有同名的项目，{_SEVERAL}" if several else "没有同编码或同名称的项目"
        message = (
            f"部门决算中的“{line.shown}”（{f'{amount} 元' if amount else '金额未知'}）"
            f"在预算执行情况表里{lacking}{cause and f'；{cause}'}。"
        )
        cells = inputs.cells_at(*line.place, "name", "amount") + (same.cells if same else ())
        findings.append(Finding("M223", message, line.unit, "", line.shown, "", amount, cells))
        cause = cause or ONLY_FINAL
        only_final.append(
            Comparison(
                line.unit, "", "only_final", line.shown, (), [line], None, None, line.amount, line.shown, True, cause
            )
        )
    told = [replace(one, cause=_cause(one, renamed.line_of.get(one))) if one in gone else one for one in comparisons]
    near = propose_names(
        [Lone(line.unit, "", line.shown, inputs.cells_at(*line.place, "name")) for line in lines.alone],
        [Lone(one.unit, one.project, one.name, _name_cells(inputs, one)) for one, _ in _alone(comparisons, lines)],
    )
    return told, only_final, findings + near


def _cause(one: Comparison, line: Line | None) -> str:
    return f"改了名称（决算写“{line.shown}”）" if line and line.shown != one.name else MISSING_LINE


def _shared_names(details: pd.DataFrame, lines: Sequence[Line]) -> set[tuple[str, str]]:
    """The names of these lines that several details bear."""
    lone = {_named(line.unit, line.shown) for line in lines}
    again = details[details.duplicated(["unit", "name_key"]).to_numpy()] if lone else details[:0]
    return lone.intersection(zip(again["unit"].tolist(), again["name_key"].tolist(), strict=True))


def _named(unit: str, name: str) -> tuple[str, str]:
    return unit, match_key(name)


def _name_cells(inputs: Inputs, one: Comparison) -> tuple[Cell, ...]:
    return inputs.cells_at(*one.rows[0].place, "name") if one.rows else ()


def _alone(comparisons: Sequence[Comparison], lines: MatchedLines) -> Iterator[tuple[Comparison, Comparison | None]]:
    """The projects and details without a line, and their project; a line of the project itself covers its details."""
    whole = {(one.unit, one.project): one for one in comparisons if one.level == "project"}
    for one in comparisons:
        project = whole.get((one.unit, one.project))
        covered = project is not None and project.told and bool(project.lines)
        if one.level != "source" and one.unit in lines.units and not one.lines and not covered:
            yield one, project


def _without_amount(comparisons: Sequence[Comparison], lines: MatchedLines) -> Iterator[Comparison]:
    """What M222 names: a project of which nothing, else the details of which some are not in the final accounts.

    A line whose amount is blank states nothing; one that cannot be read has been told.
    """
    yield from (
        one for one in comparisons if one.told and one.level != "source" and any(line.blank for line in one.lines)
    )
    for one, project in _alone(comparisons, lines):
        if one.level == "project" or project is None or project.lines:
            yield one


class _Renamed(Record):
    """What is the only one of its amount on either side, and so the same under another name."""

    line_of: Mapping[Comparison, Line]
    of_line: Mapping[Line, Comparison]


def _same_amounts(missing: Sequence[Comparison], lines: Sequence[Line]) -> _Renamed:
    by_amount: dict[tuple[str, int], tuple[list[Comparison], list[Line]]] = {}
    for one in missing:
        by_amount.setdefault((one.unit, one.executed or 0), ([], []))[0].append(one)
    for line in lines:
        if line.amount:
            by_amount.setdefault((line.unit, line.amount), ([], []))[1].append(line)
    pairs = [(ours[0], theirs[0]) for ours, theirs in by_amount.values() if len(ours) == len(theirs) == 1]
    return _Renamed(dict(pairs), {line: one for one, line in pairs})


def _why_alone(line: Line, renamed: Comparison | None) -> str:
    if renamed:
        return f"“{renamed.name}”金额相同，{_RENAMED}"
    return "当年没有收入，看来是上年结转的项目" if line.only_carried else ""
