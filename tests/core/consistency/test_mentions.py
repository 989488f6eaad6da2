"""Whether a text speaks of an indicator, and whether it only sounds so."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfeval_xl.core.consistency.mentions import plain_name, same_number, shared_words, ties, with_unit
from perfeval_xl.core.consistency.statements import read_text
from perfeval_xl.core.consistency.wording import pattern_of
from perfeval_xl.core.scoring.targets import parse_quantity


@pytest.mark.parametrize(
    ("text", "content", "shared"),
    [
        ("且人员培训次数不足", "队伍建设培训次数", "培训次数"),
        ("2019年我局普法宣传深度不够", "普法宣传活动次数", "普法宣传"),
        ("工程按计划完工率仅为80%", "项目按计划完工率", "按计划完成率"),
        ("项目建设进度滞后", "项目建设达标率", ""),
        ("工作完成情况良好", "专项工作完成数量", ""),
        ("预算执行率未达到100%", "工程按计划完工率", ""),
    ],
)
def test_shared_words(text: str, content: str, shared: str) -> None:
    assert shared_words(text, plain_name(content)) == shared


_WORDS = st.lists(
    st.sampled_from(["项目", "建设", "培训", "次", "数", "率", "2019年", "宣", "传", "95%"]), max_size=8
).map("".join)


@given(text=_WORDS, name=_WORDS, least=st.integers(1, 4))
def test_shared_words_are_the_first_of_the_longest_parts(text: str, name: str, least: int) -> None:
    common = re.compile(rf"[\d.%]+年?|{pattern_of('common')}")
    own = common.sub(lambda word: "·" * len(word[0]), name)
    parts = [
        name[start:end]
        for start in range(len(name))
        for end in range(start + least, len(name) + 1)
        if name[start:end] in text and len(own[start:end].replace("·", "")) >= 2
    ]
    assert shared_words(text, name, least) == max(parts, key=len, default="")


@pytest.mark.parametrize(
    ("text", "content", "unit", "tied"),
    [
        ("验收质量达标率达到95%", "项目验收质量达标率", "%", True),
        ("建设按时完成率仅为80%", "项目建设按时完成率", "%", True),
        ("群众满意度92%", "群众对公共安全建设及服务的满意度", "%", True),
        ("总体目标完成率95%", "项目建设按时完成率", "%", False),
        ("教师满意度92%", "学生满意度", "%", False),
        ("成本支出变动率为0.5%", "成本支出变动率", "%", True),
        ("在10%的控制范围内", "成本支出变动率", "%", False),
        ("上年在线率90%", "视频监控在线率", "%", False),
        ("在线率、完好率分别为95%和99%", "视频监控完好率", "%", False),
        ("对7处派出所的修缮改善了条件", "场所修缮完成数量", "处", True),
        ("对7处派出所的修缮改善了条件", "场所修缮完成数量", "个", False),
        ("修缮场所计划7处", "场所修缮完成数量", "处", False),
        ("新建卡口9个、车检站3个", "新建车检站数量", "个", True),
        ("改造9个车间", "新建车检站数量", "个", False),
    ],
)
def test_ties(text: str, content: str, unit: str, tied: bool) -> None:
    statements = read_text(text).of_kind("count", "percent")
    assert any(ties(statement, plain_name(content), {unit}) for statement in statements) == tied


@pytest.mark.parametrize(
    ("text", "actual", "same"),
    [
        ("86%", "85.71%", True),
        ("95.4%", "95%", True),
        ("0.5%", "10%", False),
        ("1,200册", "1200册", True),
        ("8次", "9次", False),
    ],
)
def test_numbers_are_compared_as_far_as_the_coarser_is_printed(text: str, actual: str, same: bool) -> None:
    assert same_number(read_text(text).statements[0], parse_quantity(actual)) == same


@pytest.mark.parametrize(
    ("text", "units", "value"),
    [
        ("90", ("%",), "90%"),
        ("90", ("百分比", "次"), "90%"),
        ("5", ("", "万册"), "50000册"),
        ("8次", ("个",), "8次"),
        ("高", ("%",), "高"),
    ],
)
def test_units_from_elsewhere(text: str, units: tuple[str, ...], value: str) -> None:
    found, same = with_unit(text, *units), parse_quantity(value)
    assert (found.kind, found.value, found.unit) == (same.kind, same.value, same.unit)
