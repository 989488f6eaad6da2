"""Reconciliation at its three depths, as an operator's folder shows it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.workbooks import Sheets, changed, codes_of, perfeval, put, write_folder

EXECUTION, PROJECTS, FINAL = "预算执行情况", "项目信息", "项目支出决算"


def found(tmp_path: Path, change: Callable[[Sheets], object], code: str = "") -> list[dict[str, Any]]:
    findings = perfeval("check", write_folder(tmp_path, changed(change)))[1]["findings"]
    assert not code or {finding["code"] for finding in findings} == {code}
    return list(findings)


def cells(finding: dict[str, Any]) -> list[str]:
    return [f"{place['sheet']} {place['cell']}" for place in finding["sources"]]


def several(*changes: Callable[[Sheets], object]) -> Callable[[Sheets], None]:
    def change(sheets: Sheets) -> None:
        for one in changes:
            one(sheets)

    return change


def test_swapped_rows_are_told_of_both(tmp_path: Path) -> None:
    change = several(put(FINAL, 1, "本年支出", 114000), put(FINAL, 2, "本年支出", 79999.99))
    findings = found(tmp_path, change, "M221")
    assert ["行次颠倒" in finding["message"] for finding in findings] == [True, True]
    assert {finding["subject"] for finding in findings} == {"读者活动", "屋面维修"}


def test_rows_that_slipped_are_told_of_each(tmp_path: Path) -> None:
    amounts = zip(range(3), (79999.99, 114000, 340000), strict=True)
    findings = found(tmp_path, several(*(put(FINAL, at, "本年支出", amount) for at, amount in amounts)), "M221")
    assert {finding["subject"]: finding["message"].split("看来是：")[1] for finding in findings} == {
        "图书购置": "行次错位（决算数是“读者活动”的执行数）。",
        "读者活动": "行次错位（决算数是“屋面维修”的执行数）。",
        "屋面维修": "行次错位（决算数是“图书购置”的执行数）。",
    }


def test_what_the_line_of_a_project_leaves_out_is_named(tmp_path: Path) -> None:
    def change(sheets: Sheets) -> None:
        sheets[FINAL][2:4] = [["2070104", "图书馆", "", "读者服务", 340000]]

    assert "部门决算缺少“读者活动”一行" in found(tmp_path, change, "M221")[0]["message"]


def test_a_difference_names_every_addend(tmp_path: Path) -> None:
    finding = found(tmp_path, put(FINAL, 0, "本年支出", 240000), "M221")[0]
    assert cells(finding) == ["预算执行情况 J4", "预算执行情况 J5", "项目支出决算 E3"]
    assert "部门决算缺少“中央补助”" in finding["message"]


def test_a_line_of_the_merged_project_is_compared_with_it(tmp_path: Path) -> None:
    def change(sheets: Sheets) -> None:
        sheets[FINAL][2:4] = [["2070104", "图书馆", "", "读者服务", 419999.98]]

    finding = found(tmp_path, change, "M221")[0]
    assert (finding["subject"], finding["expected"], finding["actual"]) == ("读者服务", "419999.98", "419999.99")
    assert cells(finding) == [f"预算执行情况 J{row}" for row in (4, 5, 6)] + ["项目支出决算 E3"]


def sourced(*amounts: float) -> Callable[[Sheets], None]:
    """The first detail's line divided by funding source, in other words of the scheme."""

    def change(sheets: Sheets) -> None:
        sheets[FINAL][1].insert(4, "资金来源")
        for row in sheets[FINAL][2:]:
            row.insert(4, "")
        rows = zip(("中央资金", "区级资金", "合计"), amounts, strict=False)
        sheets[FINAL][2:3] = [["2070104", "图书馆", "001", "图书购置", source, amount] for source, amount in rows]

    return change


def test_sources_are_compared_where_the_accounts_name_them(tmp_path: Path) -> None:
    assert found(tmp_path, sourced(100000, 240000)) == []
    findings = found(tmp_path, sourced(90000, 250000), "M221")
    assert [cells(finding) for finding in findings] == [
        ["预算执行情况 J4", "项目支出决算 F3"],
        ["预算执行情况 J5", "项目支出决算 F4"],
    ]
    assert {finding["subject"] for finding in findings} == {"图书购置"}


def test_the_total_of_sources_is_not_added_to_them(tmp_path: Path) -> None:
    assert found(tmp_path, sourced(100000, 240000, 340000)) == []
    assert found(tmp_path, sourced(100000, 240000, 350000), "M224")[0]["expected"] == "340000.00"


@pytest.mark.parametrize(("stated", "codes"), [(34.00, []), (34.01, ["M221"]), (33.99, ["M221"])])
def test_the_tolerance_is_that_of_the_printed_unit(stated: float, codes: list[str], tmp_path: Path) -> None:
    def change(sheets: Sheets) -> None:
        sheets[FINAL][0] = ["单位：万元"]
        for row, amount in zip(sheets[FINAL][2:], (stated, 8.00, 11.40), strict=True):
            row[4] = amount

    # 79999.99 and 8.00 万元 differ by less than half a printed unit.
    folder = write_folder(tmp_path, changed(change))
    assert codes_of(perfeval("check", folder)[1]) == codes
    (tmp_path / "perfeval.toml").write_text("tolerance_yuan = 0", encoding="utf-8")
    assert "M221" in codes_of(perfeval("check", folder)[1])
    (tmp_path / "perfeval.toml").write_text("tolerance_yuan = 200", encoding="utf-8")
    assert codes_of(perfeval("check", folder)[1]) == []


def test_the_same_amount_under_another_name_is_a_renaming(tmp_path: Path) -> None:
    def change(sheets: Sheets) -> None:
        sheets[FINAL][4][2:4] = ["", "渗漏治理工程"]

    findings = {finding["code"]: finding for finding in found(tmp_path, change)}
    assert set(findings) == {"M222", "M223"}
    assert "“渗漏治理工程”金额相同，看来是改了名称" in findings["M222"]["message"]
    assert "金额相同，看来是改了名称" in findings["M223"]["message"]
    assert cells(findings["M222"]) == ["预算执行情况 J7", "项目支出决算 E5"]
    assert cells(findings["M223"]) == ["项目支出决算 D5", "项目支出决算 E5", "预算执行情况 J7"]


def test_equal_amounts_of_several_are_no_renaming(tmp_path: Path) -> None:
    def change(sheets: Sheets) -> None:
        sheets[FINAL][4:] = [["", "", "", name, 114000] for name in ("渗漏治理工程", "空调改造")]

    assert not [finding for finding in found(tmp_path, change) if "改了名称" in finding["message"]]


def test_one_name_of_several_details_is_no_renaming(tmp_path: Path) -> None:
    """The accounts go by names, and two details have the same one: which is which nobody can tell."""

    def change(sheets: Sheets) -> None:
        for row in sheets[EXECUTION][3:6]:
            row[3] = "设备购置"
        for row in sheets[FINAL][2:4]:
            row[2:4] = ["", "设备购置"]
        for row in sheets[PROJECTS][1:2]:
            row[sheets[PROJECTS][0].index("合并明细项目")] = "001、002"

    findings = [finding for finding in found(tmp_path, change) if finding["code"] in ("M222", "M223")]
    assert {finding["code"] for finding in findings} == {"M222", "M223"}
    assert all("这个名称的明细不止一个" in finding["message"] for finding in findings if finding["code"] == "M223")
    assert not any("改了名称" in finding["message"] for finding in findings)


def test_a_near_name_in_the_accounts_is_proposed_and_not_used(tmp_path: Path) -> None:
    def change(sheets: Sheets) -> None:
        sheets[FINAL][4][2:4] = ["", "屋面维休"]

    findings = {finding["code"]: finding for finding in found(tmp_path, change)}
    assert set(findings) == {"M205", "M222", "M223"}
    assert cells(findings["M205"]) == ["项目支出决算 D5", "预算执行情况 D7"]


def test_details_of_a_project_with_a_line_of_its_own_are_not_without_a_partner(tmp_path: Path) -> None:
    def change(sheets: Sheets) -> None:
        sheets[FINAL][2:4] = [["", "", "", "读者服务", 419999.99], ["", "", "", "图书采购", 5]]

    assert codes_of(perfeval("check", write_folder(tmp_path, changed(change)))[1]) == ["M223"]


def test_what_the_project_information_states_is_compared(tmp_path: Path) -> None:
    def stated(*amounts: object) -> Callable[[Sheets], None]:
        def change(sheets: Sheets) -> None:
            for row, amount in zip(sheets[PROJECTS], ("全年预算数（万元）", *amounts), strict=True):
                row.append(amount)

        return change

    assert found(tmp_path / "a", stated(43.00, 12.00)) == []
    assert found(tmp_path / "b", stated(43.00, "")) == []
    finding = found(tmp_path / "c", stated(43.00, 120000), "M226")[0]
    assert "元与万元" in finding["message"]
    assert cells(finding) == ["项目信息 K3", "预算执行情况 H7"]
