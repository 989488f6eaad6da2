"""The stages of one process: reading beside the usual readers, reconciling, scoring and checking, and the summary.

``python -m tests.benchmarks.stages [PROJECTS]``. Times are of this process alone, which a busy machine does not blur much; what
counts are the ratios.
"""

import io
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pandas as pd
import xlsxwriter
from python_calamine import CalamineWorkbook

from perfeval_xl import pipeline
from perfeval_xl.core.consistency import consistency, ranges
from perfeval_xl.core.consistency.papers import Papers
from perfeval_xl.findings import Finding
from perfeval_xl.model import Evaluation
from perfeval_xl.read.workbook.workbook import read_workbook
from perfeval_xl.record import replace
from perfeval_xl.settings import Settings
from perfeval_xl.write.summary import summary_pieces
from tests.benchmarks.years import write_year

_PROJECTS = 5_000
_STAGES = (
    "read_folder",
    "merge_projects",
    "check_budget",
    "reconcile_projects",
    "score_indicators",
    "check_template",
)


def seconds(work: Callable[[], Any]) -> float:
    """This process's time for some work."""
    start = time.process_time()
    work()
    return time.process_time() - start


def _print_reading(folder: Path) -> None:
    path = folder / "绩效指标1.xlsx"
    content = path.read_bytes()
    ours = seconds(lambda: read_workbook(content, path.name))
    with CalamineWorkbook.from_filelike(io.BytesIO(content)) as book:
        bare = seconds(lambda: book.get_sheet_by_index(0).to_python(skip_empty_area=False))
    usual = seconds(lambda: pd.read_excel(path, engine="openpyxl", header=None))
    print(f"reading: {usual / ours:.1f} × pandas with openpyxl, {bare / ours:.2f} × calamine's to_python")  # noqa: T201


def _evaluated(folder: Path, projects: int) -> Evaluation:
    """The evaluation, with what each stage of it took."""
    spent: dict[str, float] = {}

    def timed(name: str) -> Callable[..., Any]:
        real = getattr(pipeline, name)

        def work(*arguments: Any) -> Any:
            start = time.process_time()
            result = real(*arguments)
            spent[name] = time.process_time() - start
            return result

        return work

    start = time.process_time()
    wrapped: dict[str, Any] = {name: timed(name) for name in _STAGES}
    real = consistency.check_projects

    def checked(papers: Papers) -> list[Finding]:
        start = time.process_time()
        found = real(papers)
        spent["check_projects"] = spent.get("check_projects", 0) + time.process_time() - start
        return found

    with patch.multiple(pipeline, **wrapped), patch.object(ranges, "check_projects", checked):
        evaluation = pipeline.evaluate(folder, Settings())
    total = time.process_time() - start
    for name, part in {**spent, "evaluate": total}.items():
        print(f"{name:20} {part / projects * 1e6:7.0f} µs a project, {part / total:5.1%}")  # noqa: T201
    return evaluation


def _print_summary(evaluation: Evaluation) -> None:
    """Beside XlsxWriter writing as many rows of eight plain cells in its fastest way."""
    rows = len(evaluation.reconciliation) + len(evaluation.indicators) + len(evaluation.projects)
    rows += len(_figures(evaluation))
    ours = seconds(lambda: summary_pieces(evaluation, "../"))

    def plain() -> None:
        with xlsxwriter.Workbook(io.BytesIO(), {"constant_memory": True}) as book:
            page = book.add_worksheet()
            look = book.add_format({"border": 1, "text_wrap": True})
            for at in range(rows):
                for column in range(8):
                    page.write_string(at, column, f"第{at}行第{column}列", look)

    peer = seconds(plain)
    print(f"summary: {rows} rows, {rows / ours:.0f} rows/s, {peer / ours:.1f} × XlsxWriter's constant_memory")  # noqa: T201


def _figures(evaluation: Evaluation) -> list[Any]:
    """The figures of 数据来源."""
    from perfeval_xl.write.summary.provenance import trace_figures

    return list(trace_figures(replace(evaluation, findings=())))


def main() -> None:
    """Print a line for each stage."""
    projects = int(sys.argv[1]) if __name__ == "__main__" and sys.argv[1:] else _PROJECTS
    with tempfile.TemporaryDirectory() as name:
        folder = write_year(Path(name) / "年", projects)
        _print_reading(folder)
        evaluation = _evaluated(folder, projects)
        _print_summary(evaluation)


if __name__ == "__main__":
    main()
