"""What the lead of the report states, each figure by its name."""

from pathlib import Path

import pytest

from tests.workbooks import Sheets, changed, perfeval, write_folder


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("共包括3个项目。", "写的项目个数是 3 个，按项目计算是 2 个"),
        ("涉及预算资金 310 万元。", "写的预算资金是 310 万元，按项目计算是 55.00 万元"),
        ("自评覆盖率达到98%。", "写的覆盖率是 98%，按项目计算是 100%"),
    ],
)
def test_a_wrong_figure_is_named(text: str, said: str, tmp_path: Path) -> None:
    def change(sheets: Sheets) -> None:
        sheets["报告信息"] = [["名称", "内容"], ["自评工作开展情况", text]]

    manifest = perfeval("check", write_folder(tmp_path, changed(change)))[1]
    (finding,) = manifest["findings"]
    assert (finding["code"], finding["unit"]) == ("C421", manifest["units"][0]["unit"])
    assert said in finding["message"]
