"""Word documents as the tests read them: lines of text, with tables as tab-separated rows."""

from collections.abc import Iterator
from pathlib import Path

import docx
from docx.oxml.ns import qn
from docx.table import _Cell
from docx.text.paragraph import Paragraph


def lines_of(path: Path) -> list[str]:
    """Paragraphs and table rows in their order; a cell that a merge continues is empty."""
    return list(_lines(docx.Document(str(path)).element.body))


def _lines(body: object) -> Iterator[str]:
    for element in body:  # type: ignore[attr-defined]
        if element.tag == qn("w:p"):
            yield Paragraph(element, None).text  # type: ignore[arg-type]
        elif element.tag == qn("w:tbl"):
            for row in element.tr_lst:
                yield "\t".join("\n".join(p.text for p in _Cell(tc, None).paragraphs) for tc in row.tc_lst)  # type: ignore[arg-type]


def text_of(path: Path) -> str:
    """The whole document."""
    return "\n".join(lines_of(path))


def headings_of(path: Path) -> list[tuple[str, str]]:
    """Style and text of each heading."""
    return [
        (paragraph.style.name, paragraph.text)
        for paragraph in docx.Document(str(path)).paragraphs
        if paragraph.style is not None and str(paragraph.style.name).startswith("Heading")
    ]


def marked(path: Path) -> list[str]:
    """The texts that are highlighted in yellow."""
    runs = docx.Document(str(path)).element.body.iter(qn("w:r"))
    return [
        "".join(text.text or "" for text in run.iter(qn("w:t")))
        for run in runs
        if run.find(f"{qn('w:rPr')}/{qn('w:highlight')}") is not None
    ]
