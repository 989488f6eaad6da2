"""The report's sentences as tables of figures and words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfeval_xl.extent import Extent
from perfeval_xl.record import replace
from perfeval_xl.write.report.evidence import stated_scores, states_score
from perfeval_xl.write.report.figures import (
    amount,
    chinese_number,
    circled,
    ended,
    entries,
    numbered,
    paragraphs,
    points,
    rate_of,
    share,
)
from perfeval_xl.write.report.sentences import (
    Result,
    Source,
    budget_basis,
    executed_sentences,
    indicator_sentences,
    is_over,
    lead_sentences,
    received_sentences,
    result_sentences,
    text_source,
)

MET = Result("培训次数", "10次", "10次", 800, 800, True, 10000, False, "", "全年培训10次。")
UNMET = replace(MET, actual="8次", score=600, met=False, completion=8000, reason="军运会", evidence="全年培训8次。")


NO_EVIDENCE = "培训次数（8分）。通过查阅【待补充：佐证资料】，自评小组了解到年度目标值为"
OWN_LEAD = "根据财政预算管理要求及绩效考核标准，某局对2024年度项目支出开展绩效自评。"


@pytest.mark.parametrize(
    ("fen", "text"),
    [
        (1831510000, "1831.51万元"),
        (192000000, "192万元"),
        (1622910000_0, "16229.10万元"),
        (5000, "0.01万元"),
        (4999, "49.99元"),
        (-4999, "-49.99元"),
        (-1000000, "-1万元"),
        (0, "0万元"),
        (None, "【待补充：到位资金】"),
    ],
)
def test_amounts(fen: int | None, text: str) -> None:
    assert amount(fen, "到位资金") == text


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [
        (9891, 10000, "98.91%"),
        (9950, 10000, "99.50%"),
        (7, 7, "100%"),
        (79_999_99, 80_000_00, "100.00%"),
        (19, 20, "95%"),
        (10203, 10000, "102.03%"),
        (0, 5, "0%"),
        (1, 0, "【待补充：率】"),
        (None, 5, "【待补充：率】"),
    ],
)
def test_shares(part: int | None, whole: int, text: str) -> None:
    assert share(part, whole, "率") == text


@pytest.mark.parametrize(
    ("value", "text"), [(800, "8分"), (650, "6.5分"), (633, "6.33分"), (0, "0分"), (None, "【待补充：分值】")]
)
def test_points(value: int | None, text: str) -> None:
    assert points(value) == text


@given(st.integers(0, 10**13), st.integers(1, 10**13))
def test_a_rate_is_rounded_half_up(part: int, whole: int) -> None:
    rate = rate_of(part, whole)
    assert rate is not None
    assert 2 * abs(rate * whole - part * 10_000) <= whole
    assert rate_of(part, 0) is None
    assert rate_of(None, whole) is None


def test_numbers_of_entries() -> None:
    assert [circled(number) for number in (1, 20, 21, 35, 36, 50, 51)] == ["①", "⑳", "㉑", "㉟", "㊱", "㊿", "（51）"]
    assert [chinese_number(number) for number in (1, 10, 11, 20, 21, 99)] == [
        "一",
        "十",
        "十一",
        "二十",
        "二十一",
        "九十九",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("甲；\n乙。", ["甲；", "乙。"]),
        ("1.甲\n2.乙", ["甲", "乙"]),
        ("①甲；②乙", ["甲；", "乙"]),
        ("（一）甲\n（二）乙", ["甲", "乙"]),
        ("一、甲\n二、乙", ["甲", "乙"]),
        ("一、二级公路养护", ["一、二级公路养护"]),
        ("3.5米宽道路", ["3.5米宽道路"]),
        ("12、甲\n13、乙", ["12、甲", "13、乙"]),
        ("\n甲\n\n", ["甲"]),
    ],
)
def test_entries_of_a_cell(text: str, expected: list[str]) -> None:
    assert entries(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("", ["【待补充：立项依据】"]), ("无", ["无。"]), ("无。", ["无。"]), ("甲\n乙", ["①甲", "②乙"])],
)
def test_numbered_lists(text: str, expected: list[str]) -> None:
    assert numbered(text, "立项依据") == expected


def test_paragraphs_of_a_cell() -> None:
    assert paragraphs("甲。\n\n乙。", "项目背景") == ["甲。", "乙。"]
    assert paragraphs("—", "项目背景") == ["无。"]
    assert paragraphs("", "项目背景") == ["【待补充：项目背景】"]


@pytest.mark.parametrize(("text", "expected"), [("甲", "甲。"), ("甲；", "甲。"), ("甲。", "甲。"), ("甲！", "甲！")])
def test_a_sentence_ends(text: str, expected: str) -> None:
    assert ended(text) == expected


DISTRICT = Source("区级预算资金", 100_0000_00, 100_0000_00, 99_0000_00)
CENTRAL = Source("中央转移支付资金", 20_0000_00, 20_0000_00, 20_0000_00)


@pytest.mark.parametrize(
    ("source", "row", "words"),
    [
        ("中央补助", "中央补助", "中央转移支付资金"),
        ("中央财政补助资金", "当年财政拨款", "中央转移支付资金"),
        ("中央资金", "年度财政资金总额", "中央转移支付资金"),
        ("省级资金", "省补助", "省级转移支付资金"),
        ("市补助", "市补助", "市级转移支付资金"),
        ("市级资金", "市级资金", "市级资金"),
        ("本级财力", "区级预算资金", "区级预算资金"),
        ("本级财力", "当年财政拨款", "本级财力"),
        ("上年结转", "其他资金", "上年结转"),
        ("自筹资金", "其他资金", "自筹资金"),
        ("", "", ""),
    ],
)
def test_a_source_in_a_text(source: str, row: str, words: str) -> None:
    assert text_source(source, row) == words


@pytest.mark.parametrize(
    ("budget", "received", "sources", "end"),
    [
        (100, 100, [DISTRICT], "预算批复资金为100万元，实际到位资金为100万元，资金到位率100%。资金来源于区级财政预算资金。"),
        (100, 95, [DISTRICT], "实际到位资金为95万元，资金到位率95%。资金来源于区级财政预算资金。"),
        (100, 110, [DISTRICT], "实际到位资金为110万元，资金到位率110%。资金来源于区级财政预算资金。"),
        (100, None, [DISTRICT], "实际到位资金为【待补充：到位资金】，资金到位率【待补充：到位资金】。资金来源于区级财政预算资金。"),
        (120, 120, [DISTRICT, CENTRAL], "资金到位率100%。到位资金中区级预算资金100万元，中央转移支付资金20万元。"),
        (120, None, [DISTRICT, replace(CENTRAL, received=None)], "到位资金中区级预算资金100万元，中央转移支付资金【待补充：到位资金】。"),
        (20, 20, [CENTRAL], "资金来源于中央转移支付资金。"),
        (20, 20, [replace(CENTRAL, name="省级转移支付资金")], "资金来源于省级转移支付资金。"),
        (20, 20, [replace(CENTRAL, name="援建资金")], "资金来源于援建资金。"),
        (20, 20, [replace(CENTRAL, name="")], "资金来源于【待补充：资金来源】。"),
        (None, 20, [CENTRAL], "预算批复资金为【待补充：全年预算数】，实际到位资金为20万元，资金到位率【待补充：资金到位率】。资金来源于中央转移支付资金。"),
    ],
)  # fmt: skip
def test_what_was_received(budget: int | None, received: int | None, sources: list[Source], end: str) -> None:
    fen = [None if wan is None else wan * 1_000_000 for wan in (budget, received)]
    text = received_sentences("《批复》", "某局", 2024, "办案", fen[0], fen[1], sources)
    assert text.startswith("根据《批复》，某局“2024年办案项目”")
    assert text.endswith(end)


def test_a_project_is_called_so_once() -> None:
    assert "“2024年维修项目”" in received_sentences("", "某局", 2024, "维修项目", 1, 1, [])


@pytest.mark.parametrize(
    ("given", "bureau", "adjusted", "expected"),
    [
        ("《批复》", "区财政局", True, "《批复》"),
        ("", "区财政局", False, "《区财政局关于2024年一般公共预算的批复》"),
        ("", "区财政局", True, "《区财政局关于2024年一般公共预算的批复》及年中预算调整请示文件"),
        ("", "", False, "《【待补充：财政部门】关于2024年一般公共预算的批复》"),
    ],
)
def test_the_papers_behind_a_budget(given: str, bureau: str, adjusted: bool, expected: str) -> None:
    assert budget_basis(given, bureau, 2024, adjusted) == expected


@pytest.mark.parametrize(
    ("budget", "executed", "sources", "reason", "asked", "end"),
    [
        (10000, 9891, [DISTRICT], "", False, "资金使用率为98.91%。"),
        (10000, 10000, [DISTRICT], "", False, "资金使用率为100%。"),
        (10000, 10100, [DISTRICT], "", True, "资金使用率为101%，超出预算1万元。执行偏差原因：【待补充：执行偏差原因】。"),
        (10000, 8000, [DISTRICT], "", True, "资金使用率为80%。执行偏差原因：【待补充：执行偏差原因】。"),
        (10000, 8000, [DISTRICT], "招标推迟；", True, "资金使用率为80%。执行偏差原因：招标推迟。"),
        (10000, 8000, [DISTRICT], "无", False, "资金使用率为80%。"),
        (12000, 11900, [CENTRAL, DISTRICT], "", False, "资金使用率为99.17%，其中，中央转移支付资金使用率100%，区级预算资金使用率99%。"),
        (0, 0, [DISTRICT], "", False, "资金使用率为【待补充：预算数为零，使用率无法计算】。"),
        (10000, None, [DISTRICT], "", False, "实际使用金额为【待补充：全年执行数】，资金使用率为【待补充：资金使用率】。"),
    ],
)  # fmt: skip
def test_what_was_spent(
    budget: int, executed: int | None, sources: list[Source], reason: str, asked: bool, end: str
) -> None:
    spent = None if executed is None else executed * 10_000
    text = executed_sentences(2024, budget * 10_000, spent, sources, reason, asked)
    assert text.startswith("通过查阅《2024年度项目支出预算执行情况表》，自评小组了解到2024年项目预算金额为")
    assert text.endswith(end)


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        (MET, "培训次数（8分）。全年培训10次，该指标得分为8分。"),
        (replace(MET, evidence="全年培训10次，该指标得分为8分。"), "培训次数（8分）。全年培训10次，该指标得分为8分。"),
        (UNMET, "培训次数（8分）。全年培训8次，扣2分，该指标得分为6分。未完成原因：军运会。"),
        (replace(UNMET, evidence="全年8次，扣 2 分，该指标得分为 6 分。未完成原因：疫情。"), "培训次数（8分）。全年8次，扣 2 分，该指标得分为 6 分。未完成原因：疫情。"),
        (replace(UNMET, evidence="全年8次，扣2分。"), "培训次数（8分）。全年8次，扣2分，该指标得分为6分。未完成原因：军运会。"),
        (replace(UNMET, evidence="全年8次，该指标得分为6分。"), "培训次数（8分）。全年8次，该指标得分为6分，扣2分。未完成原因：军运会。"),
        (replace(UNMET, evidence="全年8次。未完成原因：疫情。"), "培训次数（8分）。全年8次，扣2分，该指标得分为6分。未完成原因：疫情。"),
        (replace(UNMET, evidence="因军运会只有8次。", reason="军运会"), "培训次数（8分）。因军运会只有8次，扣2分，该指标得分为6分。"),
        (replace(UNMET, reason=""), "培训次数（8分）。全年培训8次，扣2分，该指标得分为6分。未完成原因：【待补充：未完成原因】。"),
        (replace(UNMET, evidence="扣3分，该指标得分为5分。"), "培训次数（8分）。扣2分，该指标得分为6分。未完成原因：军运会。"),
        (replace(UNMET, evidence="扣1分，又扣2分，该指标得分为6分。"), "培训次数（8分）。扣1分，又扣2分，该指标得分为6分，合计扣2分。未完成原因：军运会。"),
        (replace(UNMET, evidence="考核得分为95分。"), "培训次数（8分）。考核得分为95分，扣2分，该指标得分为6分。未完成原因：军运会。"),
        (replace(UNMET, evidence=""), NO_EVIDENCE + "10次，全年完成值为8次，完成率80%，未完成目标，扣2分，该指标得分为6分。未完成原因：军运会。"),
        (replace(MET, evidence="无"), NO_EVIDENCE + "10次，全年完成值为10次，完成率100%，已完成目标，该指标得分为8分。"),
        (replace(MET, evidence="", actual="12次", completion=12000, over=True), NO_EVIDENCE + "10次，全年完成值为12次，完成率120%，超额完成目标，该指标得分为8分。"),
        (replace(MET, evidence="", target="高", actual="高", completion=None), NO_EVIDENCE + "高，全年完成值为高，已完成目标，该指标得分为8分。"),
        (replace(MET, score=700), "培训次数（8分）。全年培训10次，扣1分，该指标得分为7分。扣分原因：【待补充：扣分原因】。"),
        (replace(MET, evidence="", actual="", score=None, met=None, completion=None), NO_EVIDENCE + "10次，全年完成值为【待补充：全年完成值】，该指标得分为【待补充：自评分】。"),
        (replace(MET, evidence="该指标得分为9分。", score=None), "培训次数（8分）。该指标得分为【待补充：自评分】分。"),
    ],
)  # fmt: skip
def test_an_indicator(result: Result, expected: str) -> None:
    assert indicator_sentences(result) == expected


@given(st.text(max_size=60), st.sampled_from([MET, UNMET]))
def test_evidence_is_never_lost_and_the_score_stands_once(evidence: str, result: Result) -> None:
    text = indicator_sentences(replace(result, evidence=evidence))
    stated = bool(stated_scores(evidence.strip(), 800)) or states_score(evidence, result.score, 800)
    assert text.count("该指标得分为") == (0 if stated else 1) + evidence.count("该指标得分为")
    assert text.startswith("培训次数（8分）。")


@pytest.mark.parametrize(
    ("met", "completion", "downward", "worded", "over"),
    [(True, 12000, False, False, True), (True, 10000, False, False, False), (True, 12000, True, False, False), (None, 12000, False, False, False), (True, 12000, False, True, False)],
)  # fmt: skip
def test_passing_a_target(met: bool | None, completion: int, downward: bool, worded: bool, over: bool) -> None:
    assert is_over(met, completion, downward, worded) is over


def test_the_result_names_its_form() -> None:
    assert (
        result_sentences("办案", "1.2", 8978, "良", "")
        == "本项目自评总分89.78分，自评等级为良。详见《办案项目支出绩效自评表》（附件1.2）。"
    )
    assert result_sentences("办案", "1.2", None, "", "全年执行数不能确定（见 R106）") == (
        "本项目自评总分【待补充：自评总分】分，自评等级为【待补充：自评等级】。《办案项目支出绩效自评表》（附件1.2）暂未形成：全年执行数不能确定。"
    )


ALL = Extent(5, 0, 36977060000, 10000)


@pytest.mark.parametrize(
    ("text", "extent", "withheld", "expected"),
    [
        ("", ALL, [], OWN_LEAD + "本次自评共包括5个项目，涉及预算资金36977.06万元，自评覆盖率达到100%。自评实施步骤如下："),
        ("共包括 5 个项目，涉及预算资金 36977.06 万元，自评覆盖率达到 100%。自评实施步骤如下：", ALL, [], "共包括 5 个项目，涉及预算资金 36977.06 万元，自评覆盖率达到 100%。自评实施步骤如下："),
        ("共包括 6 个项目，涉及资金 1 万元，覆盖率 90%", ALL, [], "共包括 5 个项目，涉及资金 36977.06 万元，覆盖率 100%。自评实施步骤如下："),
        ("共有6个项目，预算总额36977万元，其中中央资金192万元、区级预算资金36785.06万元，覆盖率100%。", ALL, [],
         "共有5个项目，预算总额36977.06万元，其中中央资金192万元、区级预算资金36785.06万元，覆盖率100%。自评实施步骤如下："),
        ("我局到位中央转移支付资金192万元，区级预算资金5万元。", ALL, [],
         "我局到位中央转移支付资金192万元，区级预算资金5万元。本次自评共包括5个项目，涉及预算资金36977.06万元，自评覆盖率达到100%。自评实施步骤如下："),
        ("我局全面自评，具体步骤如下：", ALL, [], "我局全面自评。本次自评共包括5个项目，涉及预算资金36977.06万元，自评覆盖率达到100%。具体步骤如下："),
        ("共5个项目。", replace(ALL, restricted=2), [], "共5个项目。本次自评涉及预算资金36977.06万元，自评覆盖率达到100%。另有2个涉密项目按规定未列入本报告。自评实施步骤如下："),
        ("共5个项目，资金36977.06万元，覆盖率100%。", replace(ALL, coverage=8000), ["甲"], "共5个项目，资金36977.06万元，覆盖率80%。其中“甲”1个项目的数据尚不能确定，未形成自评表。自评实施步骤如下："),
        ("", replace(ALL, annual_budget=None, coverage=3333), [], OWN_LEAD
         + "本次自评共包括5个项目，涉及预算资金【待补充：预算资金合计，有项目的预算数不能确定】，自评覆盖率达到33.33%。自评实施步骤如下："),
    ],
)  # fmt: skip
def test_the_lead(text: str, extent: Extent, withheld: list[str], expected: str) -> None:
    assert lead_sentences(text, "某局", 2024, extent, withheld) == expected
