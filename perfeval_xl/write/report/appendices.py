"""The forms as appendices of the report, for one document that holds everything."""

from collections.abc import Iterable

from perfeval_xl.model import Evaluation
from perfeval_xl.write.forms import form_outputs
from perfeval_xl.write.placing import whole
from perfeval_xl.write.report.rows import Project, Values


def form_appendices(evaluation: Evaluation, projects: Iterable[Project]) -> list[Values]:
    """The form of each project that has one, drawn as the scheme's workbook has it."""
    # openpyxl is for this alone, so that a report without appendices does not wait for it.
    from perfeval_xl.write.report.sheet_table import word_table

    forms = {output.project: whole(output.content) for output in form_outputs(evaluation)}
    return [
        {"附件号": row["number"], "项目名称": row["project"], "自评表": word_table(forms[key])}
        for row in (project.row for project in projects)
        if (key := f"{row['unit']}\n{row['project']}") in forms
    ]
