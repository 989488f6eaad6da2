"""Last year's rows without last year's results."""

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import pandas as pd

from perfeval_xl.model import Inputs
from perfeval_xl.money import two_decimals
from perfeval_xl.record import Record, field
from perfeval_xl.write.blank.layout import Sheet, blank_layout

Row = Mapping[str, str | float]


class Carried(Record):
    """Rows by role (heading → value), the further headings of each role, and whether there are several units."""

    rows: Mapping[str, Sequence[Row]] = field(default_factory=dict)
    further: Mapping[str, Sequence[str]] = field(default_factory=dict)
    several: bool = False

    def counts(self) -> dict[str, int]:
        """How many rows of each sheet, by its name; what the report is told is not counted."""
        sheets = (sheet for sheets in blank_layout().values() for sheet in sheets if not sheet.rows)
        return {sheet.name: len(self.rows[sheet.role]) for sheet in sheets if self.rows.get(sheet.role)}


def carry_over(inputs: Inputs) -> Carried:
    """Projects, indicators, merge list and recipients of a folder, their results left out, and its report information."""
    rows: dict[str, list[Row]] = {}
    further: dict[str, list[str]] = {}
    for sheet in (sheet for sheets in blank_layout().values() for sheet in sheets):
        if sheet.role == "report_info":
            rows[sheet.role] = [{"名称": name, "内容": text} for name, text in inputs.report_info.items()]
        elif any(column.kept for column in sheet.columns):
            frame: pd.DataFrame = getattr(inputs, sheet.role)
            rows[sheet.role] = [_row(sheet, record) for record in frame.to_dict("records")]
            further[sheet.role] = list(dict.fromkeys(name for extra in frame["extra"] for name in extra))
    return Carried(rows, further, inputs.execution["unit"].nunique() > 1)


def _row(sheet: Sheet, record: Mapping[Hashable, Any]) -> Row:
    values: dict[str, str | float] = dict(record["extra"])
    for column in sheet.columns:
        if column.kept:
            values[column.heading] = _value(column.kind, record[column.field])
    return values


def _value(kind: str, value: object) -> str | float:
    if kind == "points":
        text = two_decimals(value)
        return float(text) if text else ""
    return str(value)
