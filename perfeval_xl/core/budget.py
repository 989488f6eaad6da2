"""Checks of the execution table against itself: sources, adjustments, rates, funds received (M211–M218)."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from perfeval_xl.core.merge import Merged
from perfeval_xl.core.rates import is_rate_of, printed_percent, readings_of
from perfeval_xl.core.slices import FLOAT_ERROR, Slices, flagged_rows, flags_of, positions_by, records_of
from perfeval_xl.findings import Cell, Finding
from perfeval_xl.model import Inputs
from perfeval_xl.money import known_sum, printed_tolerance, ratio_half_up, round_half_up, sum_known, two_decimals
from perfeval_xl.record import Record
from perfeval_xl.scheme import Scheme
from perfeval_xl.text import is_nothing
from perfeval_xl.whole import Whole

Row = Mapping[Any, Any]
_SUMMED = (("annual_budget", "全年预算数"), ("executed", "全年执行数"), ("initial_budget", "年初预算数"))


class Budget(Record, dict=True):
    """What the checks read: the merged rows, also by detail and by project. ``tolerance`` is in fen, or by the table."""

    inputs: Inputs
    merged: Merged
    scheme: Scheme
    tolerance: int | None

    @cached_property
    def by_detail(self) -> Slices:
        """The rows of each detail."""
        return Slices(self.inputs, self.merged.rows, "unit", "detail")

    @cached_property
    def by_project(self) -> Slices:
        """The rows of each project."""
        return Slices(self.inputs, self.merged.rows, "unit", "project")

    def cells(self, row: Row, *fields: str) -> tuple[Cell, ...]:
        """The cells of one row."""
        return self.inputs.cells_at(row["table"], row["row"], *fields)

    def allowed(self, halves: Sequence[int]) -> int:
        """What the printed places of these amounts explain, in fen, or what the officer allows."""
        return printed_tolerance(halves) if self.tolerance is None else self.tolerance

    def half(self, row: Row) -> int:
        """Half a unit of the last printed place of the row's table, in fen."""
        return self.inputs.tables[row["table"]].place // 2


Check = Callable[[Budget], Iterator[Finding]]


def check_budget(inputs: Inputs, merged: Merged, scheme: Scheme, tolerance: int | None) -> list[Finding]:
    """Every check of the execution table. ``tolerance`` (fen) replaces that of the printed unit where it is given."""
    budget = Budget(inputs, merged, scheme, tolerance)
    return [finding for check in (_sources_missing, *CHECKS) for finding in check(budget)]


def check_form_rows(inputs: Inputs, merged: Merged, scheme: Scheme) -> list[Finding]:
    """The same of a filled form's rows of funding, among which the total stands without a source."""
    budget = Budget(inputs, merged, scheme, None)
    return [finding for check in CHECKS for finding in check(budget)]


def _name(row: Row) -> str:
    return str(row["name"] or row["code"])


def _row_finding(code: str, message: str, row: Row, expected: int, actual: int, cells: tuple[Cell, ...]) -> Finding:
    figures = (two_decimals(expected) or "", two_decimals(actual) or "")
    return Finding(code, message, row["unit"], row["project"], _name(row), *figures, cells)


def _sources_add_up(budget: Budget) -> Iterator[Finding]:
    """M211: a row that states a detail's total beside the rows of its sources."""
    details = budget.merged.details
    if budget.merged.stated.empty:
        return
    sums = {
        (row["unit"], row["detail"]): row
        for row in records_of(details, ("unit", "detail", "project", *(field for field, _ in _SUMMED)))
    }
    for row in records_of(budget.merged.stated):
        own = budget.by_detail.at(row["unit"], row["detail"])
        added = sums[row["unit"], row["detail"]]
        for field, label in _SUMMED:
            stated, total = row[field], added[field]
            if pd.isna(stated) or pd.isna(total):
                continue
            if abs(stated - total) > budget.allowed([budget.half(row), *budget.by_detail.roundings(own)]):
                message = f"“{_name(row)}”各资金来源的{label}相加为 {two_decimals(total)} 元，合计行是 {two_decimals(stated)} 元，相差 {two_decimals(stated - total)} 元。"
                cells = budget.cells(row, field) + budget.by_detail.cells(own, field)
                yield _row_finding("M211", message, {**row, "project": added["project"]}, total, stated, cells)


def _sources_missing(budget: Budget) -> Iterator[Finding]:
    """M211: rows that name no source in a project whose others do: the form's sources are less than its total."""
    rows = budget.merged.rows
    blank = (rows["funding_source"] == "").to_numpy()
    if not blank.any() or blank.all():
        return
    without, named = rows[blank], rows[~blank]
    divided = set(zip(named["unit"].tolist(), named["project"].tolist(), strict=True))
    for key, own in positions_by(zip(without["unit"].tolist(), without["project"].tolist(), strict=True)).items():
        unit, project = key
        if not project or key not in divided:
            continue
        lacking = without.take(own)
        amounts = [known_sum(Whole.of(lacking[field]).tolist()) for field, _ in _SUMMED[:2]]
        if amounts == [0, 0]:
            continue
        told = "、".join(
            f"{label} {two_decimals(amount) or '未知'} 元" for amount, (_, label) in zip(amounts, _SUMMED, strict=False)
        )
        message = f"“{project}”有 {len(own)} 行没有写资金来源（{told}），各资金来源相加比合计少这些。"
        cells = budget.inputs.cells_of(lacking, "funding_source", "annual_budget")
        yield Finding("M211", message, unit, project, project, sources=cells)


def _adjustments_add_up(budget: Budget) -> Iterator[Finding]:
    """M212, row by row."""
    rows = budget.merged.rows
    expected = rows["initial_budget"] + rows["adjustment"]
    for row in flagged_rows(rows, expected.ne(rows["annual_budget"]), expected=expected):
        if abs(row["expected"] - row["annual_budget"]) <= budget.allowed([budget.half(row)] * 3):
            continue
        message = (
            f"“{_name(row)}”年初预算数 {two_decimals(row['initial_budget'])} 元加预算调整数 {two_decimals(row['adjustment'])} 元"
            f"等于 {two_decimals(row['expected'])} 元，全年预算数是 {two_decimals(row['annual_budget'])} 元。"
        )
        cells = budget.cells(row, "annual_budget", "initial_budget", "adjustment")
        yield _row_finding("M212", message, row, row["expected"], row["annual_budget"], cells)


def _stated_rates(budget: Budget) -> Iterator[Finding]:
    """M213: a stated rate, in whichever style, that is not the computed one at the precision it is printed with."""
    rows = budget.merged.rows
    computed = ratio_half_up(rows["executed"], rows["annual_budget"], 10_000)
    doubtful = rows["stated_rate"].notna() & computed.notna() & ~_plainly_right(rows)
    for row in flagged_rows(rows, doubtful, computed=computed):
        stated = str(row["stated_rate"])
        readings = readings_of(stated)
        amounts = int(row["executed"]), int(row["annual_budget"]), budget.inputs.tables[row["table"]].place // 2
        if any(is_rate_of(number, *amounts) for number in readings):
            continue
        shown = stated if stated.endswith("%") else f"{readings[0].normalize():f}%"
        rate = f"{two_decimals(row['computed'])}%"
        message = f"“{_name(row)}”填写的执行率是 {shown}，按执行数 ÷ 预算数应为 {rate}。"
        cells = budget.cells(row, "stated_rate", "executed", "annual_budget")
        yield Finding("M213", message, row["unit"], row["project"], _name(row), rate, shown, cells)


def _plainly_right(rows: pd.DataFrame) -> pd.Series:
    """Rows whose stated rate in its likeliest reading is the computed one, by more than a float's error."""
    texts = rows["stated_rate"].tolist()
    printed = {text: (0.0, 0.0) if pd.isna(text) else printed_percent(str(text)) for text in set(texts)}
    percent, place = np.array([printed[text] for text in texts]).reshape(-1, 2).T
    off = (rows["executed"].astype("Float64") / rows["annual_budget"] * 100 - percent).abs()
    return pd.Series(flags_of(off.lt(0.49 * place)), index=rows.index)


def _over_budget(budget: Budget) -> Iterator[Finding]:
    """M214: a detail's source executed beyond its budget."""
    keys = ["unit", "project", "detail", "funding_source"]
    rows = budget.merged.rows
    if not rows["executed"].gt(rows["annual_budget"]).any():  # and so no sum of rows is
        return
    sums = sum_known(rows, keys, ["executed", "annual_budget"])
    over = sums[sums["executed"].gt(sums["annual_budget"]).fillna(False)]
    if over.empty:
        return
    own = Slices(budget.inputs, rows, *keys)
    for key, executed, limit in zip(over.index, over["executed"], over["annual_budget"], strict=True):
        positions = own.at(*key)
        row = rows.iloc[positions[0]].to_dict()
        if executed - limit <= budget.allowed(own.roundings(positions) * 2):
            continue
        source = f"（{row['funding_source']}）" if row["funding_source"] else ""
        message = (
            f"“{_name(row)}”{source}全年执行数 {two_decimals(executed)} 元大于全年预算数 {two_decimals(limit)} 元。"
        )
        cells = own.cells(positions, "executed", "annual_budget")
        yield _row_finding("M214", message, row, limit, executed, cells)


def _no_budget(budget: Budget) -> Iterator[Finding]:
    """M215: a detail, or a whole project, whose budget is zero or negative."""
    for frame, key in ((budget.merged.details, "detail"), (budget.merged.projects, "project")):
        for row in flagged_rows(frame, frame["annual_budget"].le(0)):
            rows = budget.by_project if key == "project" else budget.by_detail
            subject = row["project"] if key == "project" else _name(row)
            amount = two_decimals(row["annual_budget"]) or ""
            message = f"“{subject}”的全年预算数是 {amount} 元，执行率无法计算或没有意义。"
            cells = rows.cells(rows.at(row["unit"], row[key]), "annual_budget")
            yield Finding("M215", message, row["unit"], row["project"], subject, "", amount, cells)


def _received(budget: Budget) -> Iterator[Finding]:
    """M216, row by row."""
    rows = budget.merged.rows
    for row in flagged_rows(rows, rows["received"].ne(rows["annual_budget"])):
        if abs(row["received"] - row["annual_budget"]) <= budget.allowed([budget.half(row)] * 2):
            continue
        message = f"“{_name(row)}”到位资金 {two_decimals(row['received'])} 元，全年预算数 {two_decimals(row['annual_budget'])} 元，两者不一致。"
        cells = budget.cells(row, "received", "annual_budget")
        yield _row_finding("M216", message, row, row["annual_budget"], row["received"], cells)


def _budget_changed(budget: Budget) -> Iterator[Finding]:
    """M217: a project's budget changed by more than the scheme's share of the initial budget."""
    limit = budget.scheme.thresholds["budget_change"]
    projects = budget.merged.projects
    apart = (projects["annual_budget"] - projects["initial_budget"]).abs()
    for row in flagged_rows(
        projects,
        projects["initial_budget"].ge(0)
        & apart.gt(0)
        & apart.ge(projects["initial_budget"] * (float(limit) - FLOAT_ERROR)),
    ):
        initial, annual = int(row["initial_budget"]), int(row["annual_budget"])
        if abs(annual - initial) <= limit * initial:
            continue
        change = "年初没有预算，全部为年中追加"
        if initial:
            share = round_half_up(Decimal(abs(annual - initial)) * 10_000 / initial)
            change = f"{'增加' if annual > initial else '减少'} {two_decimals(share)}%，超过 {limit * 100:.0f}%"
        message = f"年初预算 {two_decimals(initial)} 元，全年预算 {two_decimals(annual)} 元，{change}。"
        figures = (two_decimals(initial) or "", two_decimals(annual) or "")
        yield _project_finding(budget, "M217", message, row, figures, ("initial_budget", "annual_budget"))


def _slow_execution(budget: Budget) -> Iterator[Finding]:
    """M218: an execution rate below the scheme's threshold, and no reason given."""
    limit = budget.scheme.thresholds["execution_rate"]
    projects = budget.merged.projects
    budgets, spent = projects["annual_budget"], projects["executed"]
    share = budgets * (float(limit) + FLOAT_ERROR)
    for row in flagged_rows(projects, budgets.gt(0) & spent.lt(budgets) & spent.le(share)):
        slow = int(row["executed"]) < limit * int(row["annual_budget"])
        if slow and is_nothing(row["deviation_reason"]):
            rate = f"{two_decimals(row['execution_rate'])}%"
            message = f"预算执行率 {rate}，低于 {limit * 100:.0f}%，“执行偏差原因”没有填写。"
            figures = (f"{limit * 100:.2f}%", rate)
            yield _project_finding(budget, "M218", message, row, figures, ("executed", "annual_budget"))


def _project_finding(
    budget: Budget, code: str, message: str, project: Row, figures: tuple[str, str], fields: Sequence[str]
) -> Finding:
    unit, name = project["unit"], project["project"]
    cells = budget.by_project.cells(budget.by_project.at(unit, name), *fields)
    return Finding(code, message, unit, name, name, *figures, cells)


CHECKS: tuple[Check, ...] = (
    _sources_add_up,
    _adjustments_add_up,
    _stated_rates,
    _over_budget,
    _no_budget,
    _received,
    _budget_changed,
    _slow_execution,
)
