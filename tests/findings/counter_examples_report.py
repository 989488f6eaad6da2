"""Leads of a report that state the right figures, or none."""

from tests.findings.test_reproducers import Change
from tests.workbooks import Sheets


def lead(text: str) -> Change:
    def change(sheets: Sheets) -> None:
        sheets["报告信息"] = [["名称", "内容"], ["自评工作开展情况", text]]

    return change


COUNTER_EXAMPLES: dict[str, tuple[Change, ...]] = {
    "C421": (
        lead("共包括 2 个项目，涉及预算资金 55.00 万元，自评覆盖率达到 100%。"),
        lead("我局对全部项目开展自评，覆盖5个科室、3个所。"),
    )
}
