"""One filled-in self-assessment form (项目支出绩效自评表) per project, from the scheme's template."""

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path

import pandas as pd

from perfeval_xl.findings import Cell, Finding
from perfeval_xl.model import Evaluation
from perfeval_xl.text import nearest
from perfeval_xl.write.files import Output, safe_name
from perfeval_xl.write.markers import Column, Markers
from perfeval_xl.write.template import Template, Value, compile_template

_FORM = "form.xlsx"
_INDICATOR, _FUNDING, _LEVEL1 = "指标.", "资金.", "指标.一级指标"
#: Why a repeating row cannot be placed, and what to do.
_MISPLACED = {
    "mixed": "同一行里既有“指标.”又有“资金.”的标记，不知道按哪一个重复；请把它们分到两行",
    "merged": "这一行按指标或资金来源重复，标记所在的单元格却与上下行合并；请取消合并，或把标记移到不合并的单元格",
    "array": "数组公式跨过了重复的行；请改成每个单元格各自的公式",
}
_INPUT_SHEETS = {"项目信息": "项目信息表中的列", "报告信息": "报告信息表中的名称", "指标": "绩效指标表中的列"}

Rows = list[dict[str, Value]]


@cache
def _template(path: Path) -> Template:
    return compile_template(path)


def _template_of(evaluation: Evaluation) -> tuple[Template, Markers]:
    """The scheme's template, and the markers that are valid for this folder."""
    template = _template(evaluation.scheme.folder / _FORM)
    headings = evaluation.inputs.headings.get("indicators", {})
    apart = any(
        headings.get(marker.name.removeprefix(_INDICATOR)) == "measure"
        for marker in template.markers
        if marker.name.startswith(_INDICATOR)
    )
    return template, Markers(evaluation, apart)


def form_outputs(evaluation: Evaluation) -> Iterator[Output]:
    """The form of every project whose form is not withheld."""
    template, markers = _template_of(evaluation)
    names = list(dict.fromkeys(marker.name for marker in template.markers))
    own = {prefix: [name for name in names if name.startswith(prefix)] for prefix in (_INDICATOR, _FUNDING)}
    once = [name for name in names if not name.startswith((_INDICATOR, _FUNDING))]
    projects = evaluation.projects[evaluation.projects["withheld"] == ""]
    funding = evaluation.funding[evaluation.funding["source"] != ""]
    singles = _rows(projects, once, markers.column)
    indicators = _by_project(projects, evaluation.indicators, [*own[_INDICATOR], _LEVEL1], markers.column)
    sources = _by_project(projects, funding, own[_FUNDING], markers.column)
    described = zip(projects["unit"], projects["project"], projects["number"], strict=True)
    for (unit, project, number), single, rows, money in zip(described, singles, indicators, sources, strict=True):
        name = safe_name(f"附件{number} {project}项目支出绩效自评表", ".xlsx")
        yield Output(name, "form", template.fill(single, money, rows), project=f"{unit}\n{project}")


def _rows(
    frame: pd.DataFrame, names: Sequence[str], resolve: Callable[[str], Column | None]
) -> Iterator[dict[str, Value]]:
    """A mapping of the markers that are known for each row."""
    columns = {name: column(frame) for name in names if (column := resolve(name))}
    if not columns:
        return iter([{} for _ in range(len(frame))])
    return (dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True))


def _by_project(
    projects: pd.DataFrame, frame: pd.DataFrame, names: Sequence[str], resolve: Callable[[str], Column | None]
) -> Iterator[Rows]:
    """The rows of each project, in its order: the frame is sorted once and cut, however many projects there are."""
    places = {key: at for at, key in enumerate(zip(projects["unit"], projects["project"], strict=True))}
    owners = pd.Series(
        [places.get(key, -1) for key in zip(frame["unit"], frame["project"], strict=True)], dtype="int64"
    ).to_numpy()
    order = owners.argsort(kind="stable")
    order = order[owners[order] >= 0]
    edges = owners[order].searchsorted(range(len(projects) + 1))
    rows = _rows(frame.iloc[order], names, resolve)
    for start, end in pairwise(edges):
        yield [next(rows) for _ in range(end - start)]


def check_template(evaluation: Evaluation) -> list[Finding]:
    """O502: markers that mean nothing, rows that cannot be placed, and money from a source that has no row."""
    template, markers = _template_of(evaluation)
    workbook = f"{evaluation.scheme.name}/{_FORM}"
    findings = [
        Finding(
            "O502",
            f"表样 {workbook} 的 {problem.sheet}!{problem.cell}：{_MISPLACED[problem.kind]}。",
            subject=problem.cell,
            sources=(Cell(workbook, problem.sheet, problem.cell),),
        )
        for problem in template.problems
    ]
    places: dict[str, list[Cell]] = {}
    for marker in template.markers:
        places.setdefault(marker.name, []).append(Cell(workbook, marker.sheet, marker.cell))
    for name, cells in places.items():
        if markers.column(name) is None:
            message = f"表样 {workbook} 的 {cells[0].sheet}!{cells[0].cell} {_unknown(name, markers)}。"
            findings.append(Finding("O502", message, subject=f"{{{{{name}}}}}", sources=tuple(cells)))
    return findings + _sources_without_row(evaluation, list(places), markers)


def _unknown(name: str, markers: Markers) -> str:
    """What is wrong with a marker, and which one was probably meant."""
    shown = f"{{{{{name}}}}}"
    if "|" in name:
        return f"中标记“{shown}”的“|”之后不认识，只能写“|万元”，自评表上原样保留"
    sheet = _INPUT_SHEETS.get(name.partition(".")[0])
    why = f"不认识，它也不是{sheet}" if sheet else "不认识"
    return f"中的标记“{shown}”{why}，自评表上原样保留{nearest(name, markers.names)}"


def _sources_without_row(evaluation: Evaluation, names: Sequence[str], markers: Markers) -> list[Finding]:
    rows = list(dict.fromkeys(found[0] for name in names if (found := markers.source_of(name))))
    if not rows or any(name.startswith(_FUNDING) for name in names):
        return []
    lacking = evaluation.funding[~evaluation.funding["source"].map(evaluation.scheme.source_row).isin({*rows, ""})]
    findings = []
    for unit, project, source in lacking[["unit", "project", "source"]].itertuples(index=False, name=None):
        own = evaluation.rows[
            (evaluation.rows["project"] == project)
            & (evaluation.rows["unit"] == unit)
            & (evaluation.rows["funding_source"] == source)
        ]
        message = f"资金来源“{source}”在表样中没有对应的行，自评表的分项没有列出它，合计包含它。表样有：{'、'.join(sorted(rows))}。"
        findings.append(
            Finding("O502", message, unit, project, project, sources=evaluation.inputs.cells_of(own, "funding_source"))
        )
    return findings
