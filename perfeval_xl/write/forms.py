"""One filled-in self-assessment form (项目支出绩效自评表) per project, from the scheme's template."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pandas as pd

from perfeval_xl.findings import Cell, Finding
from perfeval_xl.model import Evaluation
from perfeval_xl.record import Record, replace
from perfeval_xl.text import match_key, nearest
from perfeval_xl.write.columns import Column
from perfeval_xl.write.files import Output
from perfeval_xl.write.markers import Markers
from perfeval_xl.write.names import name_key, safe_name
from perfeval_xl.write.ranges import AT_ONCE, Ranges, by_project
from perfeval_xl.write.template import Template, Value, compile_template
from perfeval_xl.write.template.cells import CELL_LIMIT

_FORM = "form.xlsx"
_INDICATOR, _FUNDING, _LEVEL1 = "指标.", "资金.", "指标.一级指标"
_INITIAL = ".年初预算数"
#: Why something cannot be filled as it is drawn, and what to do.
_MISPLACED = {
    "mixed": "同一行里既有“指标.”又有“资金.”的标记，不知道按哪一个重复；请把它们分到两行",
    "merged": "这一行按指标或资金来源重复，标记所在的单元格却与上下行合并；请取消合并，或把标记移到不合并的单元格",
    "array": "数组公式跨过了重复的行；请改成每个单元格各自的公式",
    "unfinished": "标记没有写完整，自评表上原样保留；标记以“{{”开头、以“}}”结尾",
}
_INPUT_SHEETS = {"项目信息": "项目信息表中的列", "报告信息": "报告信息表中的名称", "指标": "绩效指标表中的列"}

Rows = list[dict[str, Value]]


@cache
def _template(path: Path) -> Template:
    return compile_template(path)


def _template_of(evaluation: Evaluation, sources: frozenset[str] = frozenset()) -> tuple[Template, Markers]:
    """The scheme's template, and the markers that are valid for this folder."""
    template = _template(evaluation.scheme.folder / _FORM)
    return template, Markers(evaluation, _apart(evaluation, template), sources)


def _apart(evaluation: Evaluation, template: Template) -> frozenset[str]:
    """Of 计量单位 and 指标方向 (as fields) those that have a cell of their own in every row that prints a target."""
    headings = evaluation.inputs.headings.get("indicators", {})
    rows: dict[tuple[str, str], set[str]] = {}
    for marker in template.markers:
        row = marker.sheet, marker.cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
        field = headings.get(match_key(marker.name.removeprefix(_INDICATOR)), "")
        rows.setdefault(row, set()).add(field if marker.name.startswith(_INDICATOR) else "")
    own = [fields & {"measure", "direction"} for fields in rows.values() if "target" in fields]
    return frozenset.intersection(*map(frozenset, own)) if own else frozenset()


class FormRange(Record):
    """Some projects whose forms are filled together, by whatever process: their evaluation and the forms' file names.

    ``sources`` are the funding sources of the whole folder, so that a form does not depend on its neighbours.
    """

    evaluation: Evaluation
    names: tuple[str, ...]
    sources: frozenset[str]


class FormRanges(Sequence[FormRange]):
    """The forms of all projects whose forms are not withheld, in ranges that are cut when they are asked for."""

    def __init__(self, evaluation: Evaluation) -> None:
        projects = evaluation.projects[evaluation.projects["withheld"] == ""]
        taken: set[str] = set()
        described = zip(projects["number"], projects["project"], strict=True)
        self._names = [_form_name(f"附件{number} {project}", taken) for number, project in described]
        self._sources = frozenset(evaluation.funding["source"])
        lean = replace(
            evaluation,
            inputs=evaluation.inputs.without_rows(),
            rows=evaluation.rows[["unit", "project", "name"]],
            reconciliation=evaluation.reconciliation[:0],
        )
        self._ranges = Ranges(replace(lean, projects=projects), AT_ONCE)

    def __len__(self) -> int:
        return len(self._ranges)

    @property
    def forms(self) -> int:
        """How many forms there are."""
        return len(self._names)

    def __getitem__(self, at: Any) -> Any:
        part = self._ranges[at]
        start = at * AT_ONCE
        return FormRange(part, tuple(self._names[start : start + len(part.projects)]), self._sources)


def form_outputs(evaluation: Evaluation) -> Iterator[Output]:
    """The form of every project whose form is not withheld."""
    for part in FormRanges(evaluation):
        yield from fill_range(part)


def fill_range(part: FormRange) -> Iterator[Output]:
    """The forms of one range."""
    template, _ = _template_of(part.evaluation)
    projects = part.evaluation.projects
    values = form_values(part.evaluation, part.sources)
    for name, unit, project, filling in zip(part.names, projects["unit"], projects["project"], values, strict=True):
        yield Output(name, "form", template.fill(*filling), project=f"{unit}\n{project}")


def form_values(
    evaluation: Evaluation, sources: frozenset[str] = frozenset()
) -> Iterator[tuple[dict[str, Value], Rows, Rows]]:
    """What the forms of :func:`form_outputs` are filled with: what stands once, funding sources, indicators.

    Frames are sorted once and cut; values are made for a few projects at a time, so that a hundred thousand take no more
    room than a thousand, and no more time each.
    """
    template, markers = _template_of(evaluation, sources)
    names = list(dict.fromkeys([*(marker.name for marker in template.markers), _LEVEL1]))
    columns: dict[str, dict[str, Column]] = {_INDICATOR: {}, _FUNDING: {}, "": {}}
    for name in names:
        if column := markers.column(name):
            columns[next(prefix for prefix in columns if name.startswith(prefix))][name] = column
    projects = evaluation.projects[evaluation.projects["withheld"] == ""]
    funding, money = by_project(projects, evaluation.funding[evaluation.funding["source"] != ""])
    indicators, rows = by_project(projects, evaluation.indicators)
    for start in range(0, len(projects), AT_ONCE):
        part = slice(start, start + AT_ONCE)
        yield from zip(
            _mappings(projects.iloc[part], columns[""]),
            _groups(funding, money[start : start + AT_ONCE + 1], columns[_FUNDING]),
            _groups(indicators, rows[start : start + AT_ONCE + 1], columns[_INDICATOR]),
            strict=True,
        )


def _groups(frame: pd.DataFrame, edges: Sequence[int], columns: Mapping[str, Column]) -> Iterator[Rows]:
    """The rows between each two edges."""
    rows = _mappings(frame.iloc[edges[0] : edges[-1]], columns)
    return (rows[start - edges[0] : end - edges[0]] for start, end in pairwise(edges))


def _mappings(frame: pd.DataFrame, columns: Mapping[str, Column]) -> Rows:
    """Each row as a mapping of its markers."""
    values = [column(frame) for column in columns.values()]
    return (
        [dict(zip(columns, row, strict=True)) for row in zip(*values, strict=True)]
        if values
        else [{} for _ in range(len(frame))]
    )


def _form_name(title: str, taken: set[str]) -> str:
    """The form's file name; a further project whose name differs only in what a file name cannot hold gets a number."""
    name, number = safe_name(f"{title}项目支出绩效自评表", ".xlsx"), 2
    while name_key(name) in taken:
        name, number = safe_name(f"{title}项目支出绩效自评表-{number}", ".xlsx"), number + 1
    taken.add(name_key(name))
    return name


def prints_initial_budget(evaluation: Evaluation) -> bool:
    """Whether the scheme's form shows 年初预算数, so that a form with an unreadable one cannot be written."""
    template, _ = _template_of(evaluation)
    return any(marker.name.partition("|")[0].endswith(_INITIAL) for marker in template.markers)


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
    return [*findings, *_sources_without_row(evaluation, list(places), markers), *_texts_too_long(evaluation)]


def _texts_too_long(evaluation: Evaluation) -> list[Finding]:
    """Texts that no cell can hold whole; reason and improvement may stand in one cell together."""
    findings = []
    together = ("reason", "improvement")
    for frame, name in ((evaluation.inputs.projects, "project"), (evaluation.indicators, "content")):
        longest = {str(field): _longest(column) for field, column in frame.items() if column.dtype == object}
        long: list[tuple[str, ...]] = [(field,) for field, length in longest.items() if length > CELL_LIMIT]
        long += [together] if sum(longest.get(field, 0) for field in together) > CELL_LIMIT else []
        for fields in long:
            lengths = list(map(sum, zip(*(_lengths(frame[field]) for field in fields), strict=True)))
            for at in (at for at, length in enumerate(lengths) if length > CELL_LIMIT):
                row = frame.iloc[at]
                message = (
                    f"文字共 {lengths[at]} 个字符，一个单元格最多容纳 {CELL_LIMIT} 个，自评表上只写得下前面的部分。"
                )
                cells = evaluation.inputs.cells_at(row["table"], row["row"], *fields)
                findings.append(Finding("O502", message, row["unit"], row["project"], row[name], sources=cells))
    return findings


def _longest(column: pd.Series) -> int:
    values = column.tolist()
    plain = set(map(type, values)) <= {str}  # as nearly all columns are: asked and answered without a step per row
    return max(map(len, values) if plain else _lengths(column), default=0)


def _lengths(column: pd.Series) -> list[int]:
    return [len(text) if isinstance(text, str) else 0 for text in column.tolist()]


def _unknown(name: str, markers: Markers) -> str:
    """What is wrong with a marker, and which one was probably meant."""
    shown = f"{{{{{name}}}}}"
    if "|" in name:
        return f"中标记“{shown}”的“|”之后不认识，只能写“|万元”，自评表上原样保留"
    sheet = _INPUT_SHEETS.get(name.partition(".")[0])
    why = f"不认识，它也不是{sheet}" if sheet else "不认识"
    return (
        f"中的标记“{shown}”{why}，自评表上原样保留{nearest(name, markers.names) or nearest(name, markers.names, 0.3)}"
    )


def _sources_without_row(evaluation: Evaluation, names: Sequence[str], markers: Markers) -> list[Finding]:
    rows = list(dict.fromkeys(found[0] for name in names if (found := markers.source_of(name))))
    if not rows or any(name.startswith(_FUNDING) for name in names):
        return []
    row_of = evaluation.scheme.source_row
    unlisted = {source for source in set(evaluation.funding["source"].tolist()) if row_of(source) not in {*rows, ""}}
    lacking = evaluation.funding[evaluation.funding["source"].isin(unlisted)]
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
