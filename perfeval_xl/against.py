"""What differs between two papers about one project: a form and a folder's workbooks, or a form before and after."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from perfeval_xl.core.filled.figures import Figure, Figures, Name, Paper, differences, papers_of
from perfeval_xl.filled import check_forms, forms_of
from perfeval_xl.findings import Cell, Finding
from perfeval_xl.model import Evaluation
from perfeval_xl.read.workbook.safety import UnreadableWorkbookError
from perfeval_xl.read.workbook.workbook import read_workbook
from perfeval_xl.record import Record, replace
from perfeval_xl.text import match_key


class Sides(Record):
    """What the two papers are called in a finding, and its code."""

    code: str
    one: str
    other: str


FOLDER = Sides("F601", "自评表", "工作簿")
EDITED = Sides("O503", "留下的", "重新生成的")


def papers_of_folder(evaluation: Evaluation, way: str) -> list[Paper]:
    """The figures of each project of a folder; ``way`` leads to it from where the forms' names begin."""
    papers = papers_of(
        evaluation.inputs,
        evaluation.projects,
        evaluation.rows,
        evaluation.indicators,
        evaluation.scheme.source_row,
        stated=False,
    )
    return [_from(paper, way) for paper in papers.values()]


def _from(paper: Paper, way: str) -> Paper:
    figures = {name: replace(figure, cells=_cells_from(figure.cells, way)) for name, figure in paper.figures.items()}
    return replace(paper, figures=figures, cells=_cells_from(paper.cells, way))


def _cells_from(cells: Iterable[Cell], way: str) -> tuple[Cell, ...]:
    return tuple(cell._replace(workbook=way + cell.workbook) for cell in cells)


def compare_with_folder(forms: Sequence[Paper], folder: Sequence[Paper]) -> list[Finding]:
    """F601 for every figure that differs and for forms of no project; F603 for projects without a form."""
    by_name: dict[str, list[Paper]] = {}
    for paper in folder:
        by_name.setdefault(match_key(paper.project), []).append(paper)
    findings: list[Finding] = []
    met: set[tuple[str, str]] = set()
    for form in forms:
        own = _partner(form, by_name)
        if own is None:
            message = f"工作簿中没有项目“{form.project}”，这份自评表没有可以核对的数据。"
            findings.append(Finding("F601", message, form.unit, form.project, form.project, sources=form.cells))
            continue
        met.add((own.unit, own.project))
        findings += compare_papers(form, own, FOLDER)
    for paper in folder:
        if (paper.unit, paper.project) not in met:
            message = f"项目“{paper.project}”没有自评表。"
            findings.append(Finding("F603", message, paper.unit, paper.project, paper.project, sources=paper.cells))
    return findings


def _partner(form: Paper, by_name: Mapping[str, Sequence[Paper]]) -> Paper | None:
    """The project of that name; where several units have one, that of the form's unit."""
    named = by_name.get(match_key(form.project), ())
    if len(named) > 1:
        named = [paper for paper in named if match_key(paper.unit) == match_key(form.unit)]
    return named[0] if len(named) == 1 else None


def compare_papers(one: Paper, other: Paper, sides: Sides) -> Iterator[Finding]:
    """A finding for each figure that differs, with both cells."""
    for name, ours, theirs in differences(one.figures, other.figures):
        yield _difference(one, name, ours, theirs, sides)


def _difference(paper: Paper, name: Name, ours: Figure | None, theirs: Figure | None, sides: Sides) -> Finding:
    label, subject = name
    about = f"“{subject}”的{label}" if subject else label
    if ours is None or theirs is None:
        here, there = (sides.one, sides.other) if theirs is None else (sides.other, sides.one)
        what = f"指标“{subject}”" if label == "年度目标值" else f"资金来源“{subject}”"
        message = f"{here}中有{what}，{there}中没有。"
    else:
        message = f"{about}：{sides.one}是 {ours.shown or '空白'}，{sides.other}是 {theirs.shown or '空白'}。"
    expected, actual = (figure.shown if figure else "" for figure in (theirs, ours))
    cells = [cell for figure in (ours, theirs) if figure for cell in figure.cells]
    return Finding(
        sides.code, message, paper.unit, paper.project, subject or paper.project, expected, actual, tuple(cells)
    )


def compare_edited(name: str, edited: bytes, fresh: bytes) -> list[Finding]:
    """O503 for every figure of a form that a person changed from what would be written now."""
    papers = [_papers_in(content, name) for content in (edited, fresh)]
    return [
        finding
        for one, other in zip(*papers, strict=False)
        for finding in compare_papers(one, replace(other, figures=_without_cells(other.figures)), EDITED)
    ]


def _papers_in(content: bytes, name: str) -> list[Paper]:
    try:
        grids = read_workbook(content, name)
    except UnreadableWorkbookError:
        return []
    forms = check_forms([form for grid in grids for form in forms_of(grid)], compare=True)
    return [form.paper for form in forms if form.paper is not None]


def _without_cells(figures: Figures) -> Figures:
    return {name: replace(figure, cells=()) for name, figure in figures.items()}
