"""The two native charts of the summary: execution rate and make-up of the score, project by project."""

from collections.abc import Sequence
from typing import Any

import xlsxwriter

from perfeval_xl.record import Record

#: Beyond this many projects the columns could not be told apart; beyond the other their figures could not be read.
MOST_PROJECTS = 50
_MOST_LABELLED = 12
_COLOURS = ["#4472C4", "#ED7D31", "#70AD47"]
_FONT = {"name": "宋体", "size": 9}


class ChartData(Record):
    """Where the charts' figures stand (zero-based): names in the first column, then rate, score parts, total.

    ``parts`` are the headings of the score's parts, in their columns' order after the rate.
    """

    sheet: str
    heading_row: int
    first_row: int
    last_row: int
    names: int
    parts: Sequence[str]

    @property
    def projects(self) -> int:
        """How many projects the charts show."""
        return self.last_row - self.first_row + 1

    def series(self, column: int, colour: str, number_format: str) -> dict[str, Any]:
        """One series over the projects, with its figures on the columns where there is room for them."""
        series: dict[str, Any] = {
            "name": [self.sheet, self.heading_row, column],
            "categories": [self.sheet, self.first_row, self.names, self.last_row, self.names],
            "values": [self.sheet, self.first_row, column, self.last_row, column],
            "fill": {"color": colour},
            "gap": 80,
        }
        if self.projects <= _MOST_LABELLED:
            series["data_labels"] = {"value": True, "num_format": number_format, "font": _FONT}
        return series


def execution_chart(book: xlsxwriter.Workbook, data: ChartData) -> Any:
    """Execution rate as columns, always from 0 up."""
    chart: Any = book.add_chart({"type": "column"})
    chart.add_series(data.series(data.names + 1, _COLOURS[0], "0.00%"))
    chart.set_legend({"none": True})
    _dress(chart, "各项目预算执行率", {"min": 0, "num_format": "0%"})
    return chart


def score_chart(book: xlsxwriter.Workbook, data: ChartData) -> Any:
    """The score's parts stacked to the total."""
    chart: Any = book.add_chart({"type": "column", "subtype": "stacked"})
    for at in range(len(data.parts)):
        chart.add_series(data.series(data.names + 2 + at, _COLOURS[at], "0.00"))
    chart.set_legend({"position": "bottom", "font": _FONT})
    _dress(chart, "各项目自评得分构成（分）", {"min": 0, "max": 100, "major_unit": 20, "num_format": "0"})
    return chart


def _dress(chart: Any, title: str, axis: dict[str, Any]) -> None:
    chart.set_title({"name": title, "name_font": {"name": "微软雅黑", "size": 11, "bold": True}})
    chart.set_x_axis({"num_font": _FONT})
    chart.set_y_axis({**axis, "num_font": _FONT, "major_gridlines": {"visible": True, "line": {"color": "#D9D9D9"}}})
    chart.show_blanks_as("gap")
