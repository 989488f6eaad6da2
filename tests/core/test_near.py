"""Names are proposed where a hand slipped, and never where they are simply alike."""

import pytest

from perfeval_xl.core.near import Lone, names_apart, propose_names


@pytest.mark.parametrize(
    ("one", "other", "slips"),
    [
        ("瑜家山所维修", "喻家山所维修", 1),
        ("馆舍维护", "馆舍维修", 1),
        ("信息化建设运维", "信息化建设运维费", 1),
        ("信息化建设维运", "信息化建设运维", 1),
        ("城市视频监控系统", "城市视屏监控糸统", 2),
        ("喻家山（所）维修", "瑜家山(所) 维修", 1),
        ("馆舍维护", "馆舍维护", 0),
        ("馆舍 维护", "馆舍维护", 0),
        ("馆舍维护", "屋面维修", 0),
        ("军运会", "军运会安保", 2),
        ("质保", "质保金", 1),
        ("禁毒", "禁毒管理", 0),
        ("禁毒管理", "禁毒管理经费", 2),
        ("禁毒管理", "治安管理", 0),
        ("质保", "质检", 0),
        ("平安城市一期工程", "平安城市二期工程", 0),
        ("2018年设备购置", "2019年设备购置", 0),
        ("网络运行及维护经费", "网络建设与维护费用", 0),
    ],
)
def test_names_apart(one: str, other: str, slips: int) -> None:
    assert names_apart(one, other) == names_apart(other, one) == slips


def test_names_are_proposed_within_their_unit_only() -> None:
    left = [Lone("甲局", "项目", "瑜家山所维修", ()), Lone("乙局", "项目", "图书购置", ())]
    right = [
        Lone("甲局", "", "图书购买", ()),
        Lone("甲局", "", "喻家山所维修", ()),
        Lone("乙局", "", "喻家山所维修", ()),
    ]
    assert [(found.code, found.unit, found.subject, found.expected) for found in propose_names(left, right)] == [
        ("M205", "甲局", "瑜家山所维修", "喻家山所维修")
    ]


def test_many_names_are_compared_quickly() -> None:
    left = [Lone("局", "", f"项目{'甲乙丙丁戊'[at % 5]}{at}号设备购置", ()) for at in range(500)]
    right = [Lone("局", "", lone.name.replace("购置", "采购"), ()) for lone in left]
    assert len(propose_names(left, right)) == 500
