"""Checks of the execution table against itself: sources, adjustments, rates, funds received (M211–M218)."""

from collections.abc import Callable
from decimal import Decimal

import pandas as pd

from perfeval_xl.core.merge import Merged
from perfeval_xl.findings import Cell, Finding
from perfeval_xl.model import Inputs
from perfeval_xl.money import ratio_half_up, round_half_up, two_decimals
from perfeval_xl.scheme import Scheme
from perfeval_xl.text import is_nothing

Check = Callable[[Inputs, Merged, Scheme, int | None], list[Finding]]


def check_budget(inputs: Inputs, merged: Merged, scheme: Scheme, tolerance: int | None) -> list[Finding]:
    """Every check of the listed tuple. ``tolerance`` (fen) replaces that of the printed unit where it is given."""
    return [finding for check in CHECKS for finding in check(inputs, merged, scheme, tolerance)]


def rounding(inputs: Inputs, rows: pd.DataFrame, addends: int) -> int:
    """Half a unit of the table's last printed place for each addend, in fen; exact yuan have none."""
    places = [inputs.tables[table].place for table in rows["table"]]
    return addends * max((place // 2 for place in places), default=0)


def _name(row: pd.Series) -> str:
    return str(row["name"] or row["code"])


def _sources_add_up(inputs: Inputs, merged: Merged, scheme: Scheme, tolerance: int | None) -> list[Finding]:
    """M211: a row that states a detail's total beside the rows of its sources."""
    findings = []
    sums = merged.details.set_index(["unit", "detail"])
    for _, row in merged.stated.iterrows():
        own = merged.rows[(merged.rows["unit"] == row["unit"]) & (merged.rows["detail"] == row["detail"])]
        added = sums.loc[(row["unit"], row["detail"])]
        for field, label in (("annual_budget", "全年预算数"), ("executed", "全年执行数")):
            stated, total = row[field], added[field]
            if pd.isna(stated) or pd.isna(total):
                continue
            allowed = rounding(inputs, own, len(own) + 1) if tolerance is None else tolerance
            if abs(stated - total) > allowed:
                message = f"“{_name(row)}”各资金来源的{label}相加为 {two_decimals(total)} 元，合计行是 {two_decimals(stated)} 元，相差 {two_decimals(stated - total)} 元。"
                cells = inputs.cells_of(pd.DataFrame([row]), field) + inputs.cells_of(own, field)
                findings.append(
                    Finding(
                        "M211",
                        message,
                        row["unit"],
                        own["project"].iloc[0],
                        _name(row),
                        two_decimals(total) or "",
                        two_decimals(stated) or "",
                        cells,
                    )
                )
    return findings


def _adjustments_add_up(inputs: Inputs, merged: Merged, scheme: Scheme, tolerance: int | None) -> list[Finding]:
    """M212, row by row."""
    rows = merged.rows
    expected = rows["initial_budget"] + rows["adjustment"]
    off = (expected - rows["annual_budget"]).abs()
    findings = []
    for at in off.index[off.gt(0).fillna(False)]:
        row = rows.loc[at]
        allowed = rounding(inputs, rows.loc[[at]], 3) if tolerance is None else tolerance
        if off[at] <= allowed:
            continue
        message = (
            f"“{_name(row)}”年初预算数 {two_decimals(row['initial_budget'])} 元加预算调整数 {two_decimals(row['adjustment'])} 元"
            f"等于 {two_decimals(expected[at])} 元，全年预算数是 {two_decimals(row['annual_budget'])} 元。"
        )
        cells = inputs.cells_of(rows.loc[[at]], "annual_budget", "initial_budget", "adjustment")
        findings.append(_row_finding("M212", message, row, expected[at], row["annual_budget"], cells))
    return findings


def _row_finding(
    code: str, message: str, row: pd.Series, expected: int, actual: int, cells: tuple[Cell, ...]
) -> Finding:
    return Finding(
        code,
        message,
        row["unit"],
        row["project"],
        _name(row),
        two_decimals(expected) or "",
        two_decimals(actual) or "",
        cells,
    )


def _stated_rates(inputs: Inputs, merged: Merged, scheme: Scheme, tolerance: int | None) -> list[Finding]:
    """M213: a stated rate, in whichever style, that is not the computed one at the precision it is printed with."""
    rows = merged.rows[
        merged.rows["stated_rate"].notna()
        & merged.rows["executed"].notna()
        & merged.rows["annual_budget"].ne(0).fillna(False)
    ]
    computed = ratio_half_up(rows["executed"], rows["annual_budget"], 10_000)
    findings = []
    for at in rows.index:
        row = rows.loc[at]
        stated = str(row["stated_rate"])
        if any(_same_rate(number, int(row["executed"]), int(row["annual_budget"])) for number in _readings(stated)):
            continue
        shown = stated if stated.endswith("%") else f"{_readings(stated)[0].normalize():f}%"
        message = f"“{_name(row)}”填写的执行率是 {shown}，按执行数 ÷ 预算数应为 {two_decimals(computed[at])}%。"
        cells = inputs.cells_of(rows.loc[[at]], "stated_rate", "executed", "annual_budget")
        findings.append(
            Finding(
                "M213", message, row["unit"], row["project"], _name(row), f"{two_decimals(computed[at])}%", shown, cells
            )
        )
    return findings


def _readings(stated: str) -> list[Decimal]:
    """The percentages that a stated rate can mean: 98.91% is one; 0.9891 is 98.91%, and 98.91 is itself."""
    if stated.endswith("%"):
        return [Decimal(stated[:-1])]
    number = Decimal(stated)
    return [number * 100, number] if abs(number) <= 2 else [number, number * 100]


def _same_rate(percent: Decimal, executed: int, budget: int) -> bool:
    places = min(max(0, -int(percent.normalize().as_tuple().exponent)), 6)
    scale = 10**places
    exact = Decimal(executed) * 100 * scale / Decimal(budget)
    return abs(round_half_up(exact) - round_half_up(percent * scale)) == 0


def _over_budget(inputs: Inputs, merged: Merged, scheme: Scheme, tolerance: int | None) -> list[Finding]:
    """M214: a detail's source executed beyond its budget."""
    keys = ["unit", "project", "detail", "funding_source"]
    rows = merged.rows
    sums = rows.groupby(keys, sort=False)[["executed", "annual_budget"]].transform(
        lambda column: column.sum(skipna=True)
    )
    known = (
        (rows[["executed", "annual_budget"]].notna().all(axis=1)).groupby([rows[key] for key in keys]).transform("all")
    )
    over = rows[known & sums["executed"].gt(sums["annual_budget"])].drop_duplicates(keys)
    findings = []
    for at in over.index:
        row = over.loc[at]
        own = rows[(rows[keys] == row[keys]).all(axis=1)]
        allowed = rounding(inputs, own, 2 * len(own)) if tolerance is None else tolerance
        executed, budget = sums.loc[at]
        if executed - budget <= allowed:
            continue
        source = f"（{row['funding_source']}）" if row["funding_source"] else ""
        message = (
            f"“{_name(row)}”{source}全年执行数 {two_decimals(executed)} 元大于全年预算数 {two_decimals(budget)} 元。"
        )
        findings.append(
            _row_finding("M214", message, row, budget, executed, inputs.cells_of(own, "executed", "annual_budget"))
        )
    return findings


def _no_budget(inputs: Inputs, merged: Merged, scheme: Scheme, tolerance: int | None) -> list[Finding]:
    """M215: a detail, or a whole project, whose budget is zero or negative."""
    findings = []
    for frame, subject in ((merged.details, "name"), (merged.projects, "project")):
        for _, row in frame[frame["annual_budget"].le(0).fillna(False)].iterrows():
            own = merged.rows[(merged.rows["unit"] == row["unit"]) & (merged.rows["project"] == row["project"])]
            own = own[own["detail"] == row["detail"]] if subject == "name" else own
            message = (
                f"“{row[subject]}”的全年预算数是 {two_decimals(row['annual_budget'])} 元，执行率无法计算或没有意义。"
            )
            amount = two_decimals(row["annual_budget"]) or ""
            findings.append(
                Finding(
                    "M215",
                    message,
                    row["unit"],
                    row["project"],
                    row[subject],
                    "",
                    amount,
                    inputs.cells_of(own, "annual_budget"),
                )
            )
    return findings


def _received(inputs: Inputs, merged: Merged, scheme: Scheme, tolerance: int | None) -> list[Finding]:
    """M216, row by row."""
    rows = merged.rows
    off = (rows["received"] - rows["annual_budget"]).abs()
    findings = []
    for at in off.index[off.gt(0).fillna(False)]:
        row = rows.loc[at]
        if off[at] > (rounding(inputs, rows.loc[[at]], 2) if tolerance is None else tolerance):
            message = f"“{_name(row)}”到位资金 {two_decimals(row['received'])} 元，全年预算数 {two_decimals(row['annual_budget'])} 元，两者不一致。"
            cells = inputs.cells_of(rows.loc[[at]], "received", "annual_budget")
            findings.append(_row_finding("M216", message, row, row["annual_budget"], row["received"], cells))
    return findings


def _budget_changed(inputs: Inputs, merged: Merged, scheme: Scheme, tolerance: int | None) -> list[Finding]:
    """M217: a project's budget changed by more than the scheme's share of the initial budget."""
    findings = []
    limit = scheme.thresholds["budget_change"]
    for _, row in merged.projects.iterrows():
        initial, annual = row["initial_budget"], row["annual_budget"]
        if pd.isna(initial) or pd.isna(annual) or initial <= 0 or abs(annual - initial) <= limit * int(initial):
            continue
        share = round_half_up(Decimal(abs(int(annual) - int(initial))) * 10_000 / int(initial))
        message = (
            f"年初预算 {two_decimals(initial)} 元，全年预算 {two_decimals(annual)} 元，"
            f"{'增加' if annual > initial else '减少'} {two_decimals(share)}%，超过 {limit * 100:.0f}%。"
        )
        own = merged.rows[(merged.rows["unit"] == row["unit"]) & (merged.rows["project"] == row["project"])]
        cells = inputs.cells_of(own, "initial_budget", "annual_budget")
        findings.append(
            Finding(
                "M217",
                message,
                row["unit"],
                row["project"],
                row["project"],
                two_decimals(initial) or "",
                two_decimals(annual) or "",
                cells,
            )
        )
    return findings


def _slow_execution(inputs: Inputs, merged: Merged, scheme: Scheme, tolerance: int | None) -> list[Finding]:
    """M218: an execution rate below the scheme's threshold, and no reason given."""
    limit = scheme.thresholds["execution_rate"]
    findings = []
    for _, row in merged.projects[merged.projects["annual_budget"].gt(0).fillna(False)].iterrows():
        if (
            pd.isna(row["executed"])
            or Decimal(int(row["executed"])) >= limit * int(row["annual_budget"])
            or not is_nothing(row["deviation_reason"])
        ):
            continue
        rate = two_decimals(row["execution_rate"])
        message = f"预算执行率 {rate}%，低于 {limit * 100:.0f}%，“执行偏差原因”没有填写。"
        own = merged.rows[(merged.rows["unit"] == row["unit"]) & (merged.rows["project"] == row["project"])]
        cells = inputs.cells_of(own, "executed", "annual_budget")
        findings.append(
            Finding(
                "M218", message, row["unit"], row["project"], row["project"], f"{limit * 100:.2f}%", f"{rate}%", cells
            )
        )
    return findings


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
