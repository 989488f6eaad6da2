"""Merging loses no fen and ignores the order of rows; 元 and 万元 agree."""

import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from perfeval_xl.core.merge_lists import Names, split_list
from perfeval_xl.core.projects import number_forms
from tests.workbooks import EXECUTION, FINAL, clean_year, perfeval, write_folder


def year(rows: list[tuple[int, int, int]], unit: str, shuffle: int) -> dict[str, list[list[Any]]]:
    """Rows of (project 0 or 1, detail, budget in fen), executed in full, in yuan or 万元."""
    scale = {"元": 100, "万元": 1_000_000}[unit]
    lines = [
        [
            "",
            "",
            f"{project}{detail:02d}",
            f"明细{project}-{detail}",
            ("中央补助", "区级预算资金")[fen % 2],
            "",
            "",
            fen / scale,
            "",
            fen / scale,
            "",
            "",
        ]
        for project, detail, fen in rows
    ]
    random.Random(shuffle).shuffle(lines)
    sheets = clean_year()
    sheets["预算执行情况"] = [["2024年度预算执行情况表"], [f"金额单位：{unit}"], EXECUTION, *lines]
    for project, row in enumerate(sheets["项目信息"][1:]):
        row[4] = "；".join(dict.fromkeys(f"{owner}{detail:02d}" for owner, detail, _ in rows if owner == project))
    sheets["项目支出决算"] = [[f"单位：{unit}"], FINAL, *(["", "", line[2], line[3], line[9]] for line in lines)]
    return sheets


ROWS = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 5), st.integers(1, 10**13)), min_size=1, max_size=12).map(
    lambda rows: [(0, 9, 100), (1, 9, 100), *rows]
)


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS, shuffle=st.integers(0, 99))
def test_merging_loses_no_fen_in_any_order_and_unit(
    rows: list[tuple[int, int, int]], shuffle: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    units = [
        perfeval("check", write_folder(tmp_path_factory.mktemp("y") / "馆", year(rows, unit, order)))[1]["units"][0]
        for unit, order in (("元", 0), ("元", shuffle), ("万元", shuffle))
    ]
    for unit in units:
        fen = {project["project"]: int(project["annual_budget"].replace(".", "")) for project in unit["projects"]}
        expected = [sum(budget for owner, _, budget in rows if owner == project) for project in (0, 1)]
        assert list(fen.values()) == expected
        assert unit["summary"]["annual_budget"].replace(".", "") == str(sum(expected))
        for project in unit["projects"]:
            assert (
                sum(int(source["annual_budget"].replace(".", "")) for source in project["funding"])
                == fen[project["project"]]
            )
            assert project["final_accounts"] == project["executed"]
            parts = [*project["scores"].values()]
            assert int(project["total_score"].replace(".", "")) == sum(int(part.replace(".", "")) for part in parts)
            assert int(project["scores"]["indicators"].replace(".", "")) == sum(
                int(row["self_score"].replace(".", "")) for row in project["indicators"]
            )
    facts = [
        [(project["annual_budget"], project["executed"], project["total_score"]) for project in unit["projects"]]
        for unit in units
    ]
    assert facts[0] == facts[1] == facts[2]


@pytest.mark.parametrize(
    ("text", "known", "entries", "open_ended"),
    [
        ("甲、乙，丙", [], ["甲", "乙", "丙"], False),
        ("甲;乙；丙\n丁", [], ["甲", "乙", "丙", "丁"], False),
        ("信访、投诉处理、甲", ["信访、投诉处理"], ["信访、投诉处理", "甲"], False),
        ("城市监控，金盾工程等", ["金盾工程"], ["城市监控", "金盾工程"], True),
        ("城市监控，金盾工程等等。", [], ["城市监控", "金盾工程"], True),
        ("城市监控，金盾工程……", [], ["城市监控", "金盾工程"], True),
        ("城市监控，金盾工程等 5 个项目", [], ["城市监控", "金盾工程"], True),
        ("城市监控，金盾工程等若干项目", [], ["城市监控", "金盾工程"], True),
        ("城市监控，金盾工程等两项", [], ["城市监控", "金盾工程"], False),
        ("甲、高等教育经费", [], ["甲", "高等教育经费"], False),
        ("甲、设备等", ["设备等"], ["甲", "设备等"], False),
        ("和平所/北港所维修", [], ["和平所/北港所维修"], False),
        ("、甲、", [], ["甲"], False),
        ("信访投\n诉处理、甲", ["信访投诉处理"], ["信访投\n诉处理", "甲"], False),
        ("信访，投诉处理；甲", ["信访,投诉处理"], ["信访，投诉处理", "甲"], False),
    ],
)
def test_split_list(text: str, known: list[str], entries: list[str], open_ended: bool) -> None:
    assert split_list(text, Names(known)) == (entries, open_ended)


@pytest.mark.parametrize(
    ("stated", "numbers"),
    [
        (["1", "2", "3"], [1, 2, 3]),
        (["", "", ""], [1, 2, 3]),
        (["3", "", "1"], [3, 2, 1]),
        (["2", "", ""], [2, 1, 3]),
        (["1", "1", ""], [1, 2, 3]),
    ],
)
def test_number_forms(stated: list[str], numbers: list[int]) -> None:
    assert number_forms(stated) == numbers


def lists(**change: Any) -> dict[str, list[list[Any]]]:
    sheets = clean_year()
    for row, text in zip(sheets["项目信息"][1:], change["lists"], strict=True):
        row[4] = text
    if "compared" in change:
        sheets["合并对照"] = [["明细项目", "合并项目"], *change["compared"]]
    return sheets


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        ({"lists": ["", ""]}, []),
        (
            {"lists": ["", ""], "compared": [["001", "读者服务"], ["读者活动", "读者服务"], ["屋面维修", "馆舍维护"]]},
            [],
        ),
        ({"lists": ["图书购置", ""], "compared": [["读者活动", "读者服务"], ["屋面维修", "馆舍维护"]]}, []),
        ({"lists": ["图书购置、读者活动", "屋面维修"], "compared": [["读者活动", "馆舍维护"]]}, ["O501", "M202"]),
        ({"lists": ["图书 购置、读者活动", "屋面维修"]}, []),
    ],
)
def test_where_the_merge_is_stated(change: dict[str, Any], codes: list[str], tmp_path: Path) -> None:
    _, manifest = perfeval("check", write_folder(tmp_path, lists(**change)))
    assert sorted({finding["code"] for finding in manifest["findings"]}) == sorted(codes)
    budgets = [project["annual_budget"] for project in manifest["units"][0]["projects"]]
    assert budgets == ([None, None] if codes else ["430000.00", "120000.00"])


@pytest.mark.parametrize(
    ("heading", "rows", "codes"),
    [
        # Blank below its project on the left, the detail is the project's; with a blank to its right it is nobody's.
        (["合并项目", "明细项目"], [["读者服务", "图书购置"], ["", "读者活动"], ["馆舍维护", "屋面维修"]], []),
        (["明细项目", "合并项目"], [["图书购置", "读者服务"], ["读者活动", ""], ["屋面维修", "馆舍维护"]], ["M201"]),
    ],
)
def test_a_blank_in_the_merge_list(heading: list[str], rows: list[list[str]], codes: list[str], tmp_path: Path) -> None:
    sheets = lists(lists=["", ""]) | {"合并对照": [heading, *rows]}
    _, manifest = perfeval("check", write_folder(tmp_path, sheets))
    assert [finding["code"] for finding in manifest["findings"] if finding["code"].startswith("M2")][:1] == codes


def test_a_code_under_two_level_1_projects_is_in_both(tmp_path: Path) -> None:
    """Without merge lists the level-1 projects count, and codes that begin anew in each are one detail for several (M202)."""
    sheets = clean_year()
    place = sheets["项目信息"][0].index("合并明细项目")
    for row in sheets["项目信息"][1:]:
        row[place] = ""
    sheets["预算执行情况"][-1][2] = "001"  # 馆舍维护's detail bears the code of 读者服务's
    status, manifest = perfeval("check", write_folder(tmp_path, sheets))
    found = [finding for finding in manifest["findings"] if finding["code"] == "M202"]
    assert status == 1
    assert {finding["project"] for finding in found} == {"读者服务", "馆舍维护"}
    assert {source["cell"] for source in found[0]["sources"]} == {"B4", "B7"}
    assert [project["executed"] for project in manifest["units"][0]["projects"]] == [None, None]
