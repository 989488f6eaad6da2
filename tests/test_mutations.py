"""Mutation test: single faults of the clean year are found under the right code at the right cell, or listed with the reason.

All faults are put into one folder, each as a unit of its own, so that hundreds of years are worked at once.
"""

from collections.abc import Callable
from pathlib import Path
from string import ascii_uppercase

import pytest

from perfeval_xl.findings import Finding
from perfeval_xl.pipeline import evaluate
from perfeval_xl.settings import Settings
from tests.faults import ABOVE, EXECUTION, FINAL, INDICATORS, PROJECTS, Fault, faults
from tests.findings.test_reproducers import Change, rename
from tests.stacked import findings_of_each
from tests.workbooks import Sheets, changed, clean_year, put, write_folder


def cells_of(finding: Finding) -> set[tuple[str, str]]:
    """The sheets and cells of a finding, and the row of each (``*7``)."""
    rows = {(cell.sheet, f"*{cell.cell.lstrip(ascii_uppercase)}") for cell in finding.sources}
    return rows | {(cell.sheet, cell.cell) for cell in finding.sources}


def names(finding: Finding, fault: Fault) -> bool:
    """Whether the finding is about the fault: one of its codes, at the changed cell."""
    if finding.code not in fault.codes:
        return False
    cells = cells_of(finding)
    return bool(cells) and any(cell == "*" or (fault.sheet, cell) in cells for cell in fault.cells)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Fault], list[list[Finding]]]:
    made = list(faults())
    years = [changed(fault.change) for fault in made] + [clean_year()]
    return made, findings_of_each(years, tmp_path_factory.mktemp("faults"))


def test_the_clean_year_among_them_is_clean(told: tuple[list[Fault], list[list[Finding]]]) -> None:
    assert told[1][-1] == []


def test_faults_are_found_at_their_cell(
    told: tuple[list[Fault], list[list[Finding]]], record_property: Callable[[str, object], None]
) -> None:
    made, findings = told
    contradicted = [(fault, own) for fault, own in zip(made, findings, strict=False) if not fault.why_silent]
    missed = [
        f"{fault.name} {sorted(fault.codes)}: {[(found.code, sorted(cells_of(found))) for found in own]}"
        for fault, own in contradicted
        if not any(names(finding, fault) for finding in own)
    ]
    share = 1 - len(missed) / len(contradicted)
    record_property("单个错误", f"{len(made)} 处，其中 {len(contradicted)} 处与其他内容矛盾，找到 {share:.1%}")
    assert len(made) >= 200
    assert share >= 0.98, "\n".join(missed)


def test_nothing_is_said_of_what_nothing_contradicts(
    told: tuple[list[Fault], list[list[Finding]]],
) -> None:
    made, findings = told
    said = [
        f"{fault.name}（{fault.why_silent}）: {[finding.code for finding in own]}"
        for fault, own in zip(made, findings, strict=False)
        if fault.why_silent and own
    ]
    assert said == []


def unit_line(sheet: str, text: str) -> Change:
    """The line above the table that declares the unit of its amounts."""

    def change(sheets: Sheets) -> None:
        sheets[sheet][ABOVE[sheet] - 2] = ["编制单位：某区图书馆", text] if text else []

    return change


#: What befalls a whole table → its codes, and the sheet that is named (none for what is missing).
WHOLE: dict[str, tuple[Change, str, str]] = {
    "执行情况表错写万元": (unit_line(EXECUTION, "单位：万元"), "M221", EXECUTION),
    "决算错写万元": (unit_line(FINAL, "单位：万元"), "M221", FINAL),
    "决算错写千元": (unit_line(FINAL, "单位：千元"), "M221", FINAL),
    "执行情况表没写单位": (unit_line(EXECUTION, ""), "R108", EXECUTION),
    "决算没写单位": (unit_line(FINAL, ""), "R108", FINAL),
    "少了决算": (lambda sheets: sheets.pop(FINAL), "M225", ""),
    "少了指标": (lambda sheets: sheets.pop(INDICATORS), "R112", ""),
    "执行情况表给了两份": (lambda sheets: sheets.update({"副本": sheets[EXECUTION]}), "R110", EXECUTION),
    "决算给了两份": (lambda sheets: sheets.update({"副本": sheets[FINAL]}), "R110", FINAL),
    "缺执行数一列": (rename(EXECUTION, "全年执行数", "累计"), "R105", EXECUTION),
    "缺完成值一列": (rename(INDICATORS, "全年完成值", "结果"), "R105", INDICATORS),
    "两列同义": (rename(FINAL, "科目名称", "支出合计"), "R109", FINAL),
    "单位名称不同": (put(EXECUTION, 3, "预算单位", "某区档案馆"), "R105", PROJECTS),
}


@pytest.mark.parametrize("fault", WHOLE)
def test_what_befalls_a_whole_table_is_found(fault: str, tmp_path: Path) -> None:
    change, codes, sheet = WHOLE[fault]
    findings = evaluate(write_folder(tmp_path, changed(change)), Settings()).findings
    named = [finding for finding in findings if finding.code in codes.split()]
    assert named
    assert not sheet or sheet in {cell.sheet for finding in named for cell in finding.sources}
