"""What a text states, and what it only seems to state."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfeval_xl.core.consistency.statements import could_mean, number_of, read_text, stated_points


@pytest.mark.parametrize(
    ("text", "stated"),
    [
        ("分局对卓刀泉所等6处场所进行了修缮，完成率86%，扣2分。", ["6 处", "86 %", "2 分"]),
        ("2019 年度培训次数 8 次", ["8 次"]),
        ("共１，２００册，1,200册；300人", ["1 ", "200 册", "1200 册", "300 人"]),
        ("培训８次，３００人参加", ["8 次", "300 人"]),
        ("接待3.5万人次，支出3831.47万元", ["35000.0 人次", "38314700.00 元"]),
        ("修缮二十处，开展三次，满意度百分之九十五", ["20 处", "3 次", "95 %"]),
        ("发放一千两百册，走访两百户，思想一致", ["1200 册", "200 户"]),
        ("提高3个百分点，用时5个工作日", ["3 个百分点", "5 工作日"]),
        ("实现“六个坚决防止”，贯彻《三个专项》第7届会议", []),
        ("2019年12月底前，附件1.1，COVID19次生灾害，A2处", []),
        ("一个中心，统一部署，十余次，30多场，几十次，数百人", []),
        ("8-10次，8次至10次，≥8次，<3%", []),
        ("得分为6分，用时30分钟", ["1800 秒"]),
        ("维护管网36.5公里", ["36500.0 米"]),
        ("达到百分之九十五点五，百分之八十二，提出两点建议", ["95.5 %", "82 %", "2 点"]),
    ],
)
def test_statements(text: str, stated: list[str]) -> None:
    found = [f"{statement.value} {statement.unit}" for statement in read_text(text).statements]
    assert found == [one for one in stated if not one.endswith(" ")]


@pytest.mark.parametrize(
    ("text", "exact"),
    [
        ("完成8次", True),
        ("约8次", False),
        ("8次以上", False),
        ("不少于8次", False),
        ("增加8次", False),
        ("第8次", False),
    ],
)
def test_rough_and_bounded_numbers_are_not_exact(text: str, exact: bool) -> None:
    assert [statement.exact for statement in read_text(text).statements] == [exact]


@pytest.mark.parametrize(
    ("text", "points", "allowed", "refused"),
    [
        ("存在漏洞，扣4分。完好率99%，扣2分。", {6}, ["6"], ["4", "2"]),
        ("扣三分", {3}, ["3"], ["0"]),
        ("扣0.5分、扣 １ 分", {Decimal("1.5")}, ["1.5"], ["1"]),
        ("扣减了十二分，扣除2分", {14}, ["14"], ["12"]),
        ("培训不足扣2分，普法不足扣1分，合计扣3分", {3}, ["3"], ["6"]),
        ("共扣4分，其中培训扣2分", {4, 6}, ["4", "6"], ["2"]),
        ("两项各扣2分", {4}, ["4"], ["2"]),
        ("培训、普法分别扣2分、1分", {3}, ["3"], ["2"]),
        ("培训、普法各扣2分", set(), ["4", "6"], ["2", "3", "0"]),
        ("培训、普法各扣2分，完工率扣1分", set(), ["5", "7"], ["4", "3"]),
        ("每少1次扣1分，若未完成扣3分", set(), [], ["1", "4"]),
        ("未扣分，扣分项已整改，用时扣除30分钟", set(), [], ["30"]),
        ("减1分，核减半分", {Decimal("1.5")}, ["1.5"], ["1"]),
        ("扣减叁分", {3}, ["3"], ["0"]),
        ("扣除总目标得分2.5分", {Decimal("2.5")}, ["2.5"], []),
        ("扣分共计3分，其中普法扣1分", {3, 4}, ["3"], ["1"]),
        ("投诉减少1分", set(), [], ["1"]),
        ("档案不全（-1分），－0.5分，得9-10分", {Decimal("1.5")}, ["1.5"], ["10"]),
    ],
)
def test_deductions(text: str, points: set[Decimal], allowed: list[str], refused: list[str]) -> None:
    deductions = read_text(text).of_kind("deduction")
    assert stated_points(deductions) == points
    assert [could_mean(deductions, Decimal(sum)) for sum in allowed] == [True] * len(allowed)
    assert [could_mean(deductions, Decimal(sum)) for sum in refused] == [False] * len(refused)


def test_a_statement_knows_its_place() -> None:
    reading = read_text("全年平稳。但是，培训仅 8 次、普法10次，扣2分。")
    assert [clause.text for clause in reading.clauses] == ["全年平稳", "但是", "培训仅8次、普法10次", "扣2分"]
    assert [clause.sentence for clause in reading.clauses] == [0, 1, 1, 1]
    first, second, deduction = reading.statements
    assert (first.lead, first.after, second.lead) == ("培训仅", "、普法", "、普法")
    assert (first.clause, deduction.clause) == (2, 3)
    assert [reading.text[slice(*one.span)] for one in reading.statements] == ["8次", "10次", "扣2分"]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("十", 10),
        ("十二", 12),
        ("二十", 20),
        ("一百零五", 105),
        ("两", 2),
        ("三千二百", 3200),
        ("1,200.5", Decimal("1200.5")),
    ],
)
def test_numbers(text: str, number: int | Decimal) -> None:
    assert number_of(text) == number


@given(st.text(alphabet="一二十百千万亿零0123456789.,，。、%分扣各共次个第至-≥“”《》 \n率为", max_size=40))
def test_any_text_can_be_read(text: str) -> None:
    reading = read_text(text)
    for statement in reading.statements:
        assert 0 <= statement.span[0] < statement.span[1] <= len(reading.text)
