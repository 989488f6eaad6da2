"""docs/report.md lists the names that a template may use, all of them and no others."""

import re
from pathlib import Path

import pytest

from perfeval_xl import pipeline
from perfeval_xl.model import Evaluation
from perfeval_xl.settings import Settings
from perfeval_xl.write.report.context import report_values
from perfeval_xl.write.report.output import names_in
from perfeval_xl.write.report.plan import plan_values
from tests.workbooks import write_folder
from tests.write.report.test_report import whole_year

PAGE = Path(__file__).parents[3] / "docs" / "report.md"
#: Words between backquotes that stand for whatever an operator calls it.
PLACEHOLDERS = {"名称", "列名", ""}


def listed(heading: str) -> set[str]:
    """The names in a section of the page."""
    section = PAGE.read_text(encoding="utf-8").split(f"## {heading}")[1].split("\n## ")[0]
    return {part for quoted in re.findall(r"`([^`]+)`", section) for part in quoted.split(".")}


@pytest.fixture(scope="module")
def evaluation(tmp_path_factory: pytest.TempPathFactory) -> Evaluation:
    return pipeline.evaluate(write_folder(tmp_path_factory.mktemp("year"), whole_year()), Settings())


def test_the_names_of_the_report(evaluation: Evaluation) -> None:
    values = report_values(evaluation, True) | {"报告信息": {}}
    assert listed("report.docx 可以用的名称") - PLACEHOLDERS == set(names_in(values))


def test_the_names_of_the_plan(evaluation: Evaluation) -> None:
    values = plan_values(evaluation.inputs, evaluation.scheme, "某区图书馆", 2024) | {"报告信息": {}}
    # 名称 is also what a row of 分值 is called.
    assert listed("plan.docx 可以用的名称") == set(names_in(values)) | {"名称"}
