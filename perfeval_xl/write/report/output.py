"""The report and the plan as results: the scheme's template, filled."""

from collections.abc import Iterator, Mapping
from typing import Any

from perfeval_xl.errors import UsageError
from perfeval_xl.model import Evaluation, Inputs
from perfeval_xl.scheme import Scheme
from perfeval_xl.write.files import Output
from perfeval_xl.write.report.context import report_values
from perfeval_xl.write.report.document import TemplateError, compile_template
from perfeval_xl.write.report.plan import plan_values


def report_output(evaluation: Evaluation, appendices: bool) -> Output:
    """One unit's report. Raises :class:`perfeval_xl.write.report.document.TemplateError`."""
    values = report_values(evaluation, appendices)
    content = compile_template(evaluation.scheme.file("report.docx")).fill(values, set(names_in(values)))
    return Output(f"{evaluation.inputs.year}年度项目支出绩效自评报告.docx", "report", content)


def plan_output(inputs: Inputs, scheme: Scheme, unit: str, year: int) -> Output:
    """One unit's plan. Raises :class:`perfeval_xl.errors.UsageError` where the template cannot be filled."""
    values = plan_values(inputs, scheme, unit, year)
    try:
        content = compile_template(scheme.file("plan.docx")).fill(values, set(names_in(values)))
    except TemplateError as error:
        raise UsageError(
            f"工作方案的模板{error}。", "在 Word 中改正模板后重新运行；可用的名称见 docs/report.md。"
        ) from None
    return Output(f"{year}年度项目支出绩效自评工作方案.docx", "plan", content)


def names_in(values: Mapping[str, Any]) -> Iterator[str]:
    """Every name that a template may use with these values."""
    for name, value in values.items():
        yield name
        for inner in value if isinstance(value, list) else [value]:
            if isinstance(inner, Mapping):
                yield from names_in(inner)
