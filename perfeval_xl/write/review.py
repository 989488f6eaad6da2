"""The review workbook: a row per form, then every finding with links to its cells."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from perfeval_xl.findings import SEVERITY_LABELS, Cell, Finding, Severity, catalogue, count_severities
from perfeval_xl.record import Record
from perfeval_xl.write.summary.formats import NONE, Formats
from perfeval_xl.write.summary.page import Column, Page, Value
from perfeval_xl.write.summary.places import by_sheet, places_text
from perfeval_xl.write.summary.streamed import StreamedBook

_FLAGGED = (Severity.ERROR, Severity.WARNING)
_FORMS = [
    Column("自评表", 44),
    Column("单位", 24),
    Column("项目名称", 28),
    Column("填写的得分", 11, "points", NONE),
    Column("核算的得分", 11, "points", NONE),
    Column("填写的等级", 10, "word"),
    Column("核算的等级", 10, "word"),
    *(Column(SEVERITY_LABELS[severity], 7, "count") for severity in _FLAGGED),
]
_FINDINGS = [
    Column("级别", 7, "word"),
    Column("代码", 8, "word"),
    Column("问题", 20),
    Column("单位", 20),
    Column("项目名称", 22),
    Column("问题描述", 52),
    Column("应为", 14, "word"),
    Column("实为", 14, "word"),
    Column("位置", 30),
    Column("另一处", 24),
    Column("处理建议", 40),
]
#: A clock would make two reviews of the same forms differ.
_UNDATED = datetime(2000, 1, 1)


class FormLine(Record):
    """One form: where it stands, whose it is, its total (hundredths) and grade as stated and as they follow."""

    place: Cell
    unit: str
    project: str
    stated_total: int | None
    computed_total: int | None
    stated_grade: str
    computed_grade: str
    counts: Mapping[Severity, int]


def review_bytes(lines: Sequence[FormLine], findings: Sequence[Finding], way: str) -> bytes:
    """The workbook; ``way`` leads from its folder to where the forms' names begin."""
    with StreamedBook() as book:
        book.set_properties({"title": "自评表审核", "created": _UNDATED})
        formats = Formats(book)
        _write_forms(book, formats, lines, findings, way)
        _write_findings(book, formats, findings, way)
    return b"".join(book.pieces)


def _write_forms(
    book: StreamedBook, formats: Formats, lines: Sequence[FormLine], findings: Sequence[Finding], way: str
) -> None:
    page = Page(book, formats, "审核汇总", _FORMS, way)
    counts = "、".join(f"{SEVERITY_LABELS[one]} {count} 项" for one, count in count_severities(findings).items())
    page.title(
        "自评表审核汇总", f"共 {len(lines)} 份自评表；{counts}。核算的得分由表上的资金、总目标和指标得分重新算出。"
    )
    page.headings(freeze=1)
    for line in lines:
        differs = {4: "differs"} if _unlike(line.stated_total, line.computed_total) else {}
        differs |= {6: "differs"} if line.stated_grade and line.stated_grade != line.computed_grade else {}
        counted = {7 + at: one.value for at, one in enumerate(_FLAGGED) if line.counts[one]}
        name = " ".join(part for part in (line.place.workbook, line.place.sheet) if part)
        values: list[Value] = [
            name,
            line.unit,
            line.project,
            line.stated_total,
            line.computed_total,
            line.stated_grade,
            line.computed_grade,
            *(line.counts[one] for one in _FLAGGED),
        ]
        page.row(values, {**differs, **counted}, links={0: line.place})
    page.filter_rows()
    page.print_setup(landscape=True)


def _unlike(stated: int | None, computed: int | None) -> bool:
    return stated is not None and computed is not None and stated != computed


def _write_findings(book: StreamedBook, formats: Formats, findings: Sequence[Finding], way: str) -> None:
    page = Page(book, formats, "问题清单", _FINDINGS, way)
    page.title("自评表审核问题清单", "点“位置”打开所在的自评表。")
    page.headings(freeze=2)
    for finding in findings:
        text = catalogue()[finding.code]
        first, *others = by_sheet(finding.sources).values() or [[]]
        rest = [cell for group in others for cell in group]
        values: list[Value] = [
            SEVERITY_LABELS[finding.severity],
            finding.code,
            text.title,
            finding.unit,
            finding.project,
            finding.message,
            finding.expected,
            finding.actual,
            places_text(first),
            places_text(rest),
            text.advice,
        ]
        links = {at: cells[0] for at, cells in ((8, first), (9, rest)) if cells}
        page.row(values, {0: finding.severity.value}, links=links)
    if not findings:
        page.row(["", "", "没有发现问题", *[""] * (len(_FINDINGS) - 3)])
    page.filter_rows()
    page.print_setup(landscape=True)
