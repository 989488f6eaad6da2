"""问题清单: counts on top, then project by project every finding with its cells, what to do, and room to explain it."""

from collections.abc import Collection, Sequence

import xlsxwriter

from perfeval_xl.findings import SEVERITY_LABELS, Finding, catalogue, count_severities
from perfeval_xl.model import Evaluation
from perfeval_xl.write.summary.formats import Formats
from perfeval_xl.write.summary.page import Column, Page, Value
from perfeval_xl.write.summary.places import by_sheet, places_text

#: The last five are the columns of 差异说明, in its order.
_COLUMNS = [
    Column("级别", 6, "word"),
    Column("问题", 15),
    Column("问题描述", 34),
    Column("应为", 12, "word"),
    Column("实为", 12, "word"),
    Column("位置", 19),
    Column("另一处", 17),
    Column("处理建议", 25),
    Column("问题代码", 8, "word"),
    Column("项目名称", 14),
    Column("对象", 14),
    Column("说明", 18),
    Column("确认人", 8, "word"),
]
_SIGNING = {11: "entry", 12: "entry"}
_NOTE = (
    "填好“说明”和“确认人”后，把“问题代码”到“确认人”五列复制到“差异说明”表（可以整列复制），再运行一次；"
    "R、O 类问题和使自评表不能生成的问题须改正数据，不能用说明消除。"
)
_NOBODYS = "不属于单个项目的问题"


def write_problems(
    book: xlsxwriter.Workbook, formats: Formats, evaluation: Evaluation, heading: str, input_prefix: str
) -> None:
    """The sheet: what belongs to no project first, then the projects in the order of their forms, gravest first."""
    page = Page(book, formats, "问题清单", _COLUMNS, input_prefix)
    page.title(f"{evaluation.inputs.year}年度绩效自评问题清单", heading)
    for severity, count in count_severities(evaluation.findings).items():
        page.put(page.next_row, 0, SEVERITY_LABELS[severity], "word", severity.value)
        page.put(page.next_row, 1, count, "count")
        page.next_row += 1
    page.note(_NOTE)
    page.headings(freeze=2)
    page.sheet.outline_settings(True, False, True, False)
    inputs = {table.workbook for table in evaluation.inputs.tables} | {file.path for file in evaluation.inputs.files}
    groups: dict[str, list[Finding]] = {"": [], **{project: [] for project in evaluation.projects.get("project", ())}}
    for finding in evaluation.findings:
        groups.setdefault(finding.project, []).append(finding)
    numbers = dict(zip(evaluation.projects.get("project", ()), evaluation.projects.get("number", ()), strict=True))
    for project, findings in groups.items():
        if findings:
            name = f"附件{numbers[project]} {project}" if project in numbers else project or _NOBODYS
            _write_group(page, name, project, findings, inputs)
    if not evaluation.findings:
        page.row(["", "没有发现问题", *[""] * (len(_COLUMNS) - 2)])
    page.filter_rows()
    page.print_setup(landscape=True)


def _write_group(page: Page, name: str, project: str, findings: Sequence[Finding], inputs: Collection[str]) -> None:
    counts = "、".join(
        f"{SEVERITY_LABELS[severity]} {count}" for severity, count in count_severities(findings).items() if count
    )
    page.row([f"{name}　　{counts}", *[""] * 8, project, *[""] * 3], {0: "text"}, overall="group")
    for finding in findings:
        _write_finding(page, finding, inputs)


def _write_finding(page: Page, finding: Finding, inputs: Collection[str]) -> None:
    """``inputs``: the workbooks that links can lead to; where the form's template stands is not known here."""
    text, signed = catalogue()[finding.code], finding.signature
    first, *others = by_sheet(finding.sources).values() or [[]]
    rest = [cell for group in others for cell in group]
    values: list[Value] = [
        SEVERITY_LABELS[finding.severity],
        text.title,
        finding.message,
        finding.expected,
        finding.actual,
        places_text(first),
        places_text(rest),
        text.advice,
        finding.code,
        finding.project,
        finding.subject,
        signed.explanation if signed else "",
        signed.signer if signed else "",
    ]
    opened = ((5, first), (6, rest))
    links = {at: cell for at, cells in opened for cell in [c for c in cells if c.workbook in inputs][:1]}
    page.row(values, {0: finding.severity.value, **_SIGNING}, level=1, links=links)
