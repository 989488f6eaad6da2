"""The figures and words of one form, each read once; what cannot be read is a finding at its cell."""

from collections.abc import Callable, Mapping
from typing import Any

from perfeval_xl.findings import Finding
from perfeval_xl.money import UNITS
from perfeval_xl.read.form.areas import Area, Areas
from perfeval_xl.read.form.labels import points_in
from perfeval_xl.read.table.values import Cell, Unusable, amount_of, points_of, rate_of, text_of
from perfeval_xl.record import Struct, field
from perfeval_xl.text import is_nothing

_CODES = frozenset({"R106", "R107"})
_READERS: Mapping[str, Callable[[Cell, int], Any]] = {
    "amount": amount_of,
    "points": lambda cell, _: points_of(cell),
    "rate": lambda cell, _: rate_of(cell),
}
_WORDS = {"amount": "金额", "points": "得分或分值", "rate": "比率"}


class FormReader(Struct):
    """Reads the areas of one form; ``unit`` and ``project`` are whose findings they are."""

    areas: Areas
    amount_unit: str
    unit: str
    project: str
    findings: list[Finding] = field(default_factory=list)

    def words(self, area: Area | None) -> str:
        """A text, "" where there is none."""
        if area is None:
            return ""
        if isinstance(area.value, Unusable):
            self._unreadable(area, str(area.value), "文字")
        return area.text

    def figure(self, area: Area | None, kind: str) -> Any:
        """An amount in fen, points in hundredths or a rate as written; ``None`` where it is blank or unreadable."""
        if area is None or (area.text == "/" and is_nothing(area.text)):
            return None
        value = _READERS[kind](area.value, UNITS[self.amount_unit])
        if type(value) is str and value in _CODES:
            self._unreadable(area, value, _WORDS[kind])
            return None
        return value

    def _unreadable(self, area: Area, code: str, kind: str) -> None:
        shown = text_of(area.value)[:40] or "Excel 错误值"
        message = (
            "公式没有保存计算结果，按未知处理。"
            if code == "R107"
            else f"应为{kind}，单元格内容是“{shown}”，按未知处理。"
        )
        place = (self.areas.address(area),)
        self.findings.append(Finding(code, message, self.unit, self.project, self.project, "", area.text[:40], place))


def label_points(area: Area | None) -> int | None:
    """The points that a label states, in hundredths."""
    points = points_of(points_in(area.text)) if area is not None else None
    return points if isinstance(points, int) else None
