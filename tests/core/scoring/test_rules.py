"""Rules: a table of cases worked out by hand for each, and what holds of all of them."""

import time
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perfeval_xl.core.scoring.measure import measure_indicators
from perfeval_xl.core.scoring.rules import apply_rules
from perfeval_xl.record import replace
from perfeval_xl.scheme import LINEAR, Scheme, load_scheme

SCHEME = load_scheme("hongshan-2019")
STRAIGHT = replace(SCHEME, reverse=LINEAR)
TIERS = "≥100%:8; ≥80%:6; ≥60%:4; <60%:0"
Case = tuple[str, str, str, str, int]


def scored(*rows: Case, scheme: Scheme = SCHEME, measure: str = "") -> pd.DataFrame:
    """Rows of target, actual, rule, direction, weight (hundredths); the year is 2019."""
    frame = pd.DataFrame(list(rows), columns=["target", "actual", "rule", "direction", "weight"])
    frame = frame.assign(measure=measure).astype({"weight": "Int64"})
    return apply_rules(measure_indicators(frame, scheme, 2019), scheme)


def one(
    target: str, actual: str, rule: str = "", direction: str = "", scheme: Scheme = SCHEME, measure: str = ""
) -> list[object]:
    """Met, completion and score of an indicator of 8 points."""
    row = scored((target, actual, rule, direction, 800), scheme=scheme, measure=measure).iloc[0]
    return [None if pd.isna(row[name]) else row[name] for name in ("met", "completion", "rule_score")]


@pytest.mark.parametrize(
    ("target", "actual", "direction", "met", "completion", "score"),
    [
        ("10次", "8次", "", False, 8000, 640),
        ("10次", "8次", "正向", False, 8000, 640),
        ("15个", "17个", "", True, 11333, 800),
        ("90%", "100%", "", True, 11111, 800),
        ("98%以上", "97%", "", False, 9898, 792),
        ("不低于85%", "85%", "", True, 10000, 800),
        ("≥100百分比", "100", "", True, 10000, 800),
        ("≥90%", "0.95", "", None, None, None),
        ("90%", "95", "", True, 10556, 800),
        ("100%", "1", "", None, None, None),
        (">10次", "10次", "", False, 10000, 800),
        ("10次", "8次", "＞", False, 8000, 640),
        ("≤10%", "0.5%", "", True, 10000, 800),
        ("10%", "12.5%", "≤", False, 8000, 640),
        ("10%", "12.5%", "反向指标", False, 8000, 640),
        ("≤0起", "0起", "", True, 10000, 800),
        ("≤0起", "2起", "", False, 0, 0),
        ("控制在500万元以内", "6250000元", "", False, 8000, 640),
        ("≤500元/人", "400元", "", True, 10000, 800),
        ("=10次", "10次", "", True, 10000, 800),
        ("=10次", "12次", "", False, 12000, 667),
        ("10次", "8次", "＝", False, 8000, 640),
        ("10次", "8次", "越低越好", True, 10000, 800),
        ("=0起", "0起", "", True, 10000, 800),
        ("±10%", "-10%", "", True, 10000, 800),
        ("±10%", "12.5%", "", False, 8000, 640),
        ("±10%", "-20%", "", False, 5000, 400),
        ("10%-20%", "15%", "", True, 10000, 800),
        ("10%～20%", "8%", "", False, 8000, 640),
        ("3至5次", "10次", "", False, 5000, 400),
        ("≥-5%", "-10%", "", False, 5000, 400),
        ("≥5%", "-2%", "", False, -4000, 0),
        ("下降5%", "下降4%", "", False, 8000, 640),
        ("下降5%", "上升1%", "", False, -2000, 0),
        ("提高到90%", "95%", "", True, 10556, 800),
        ("1.2万人次", "12500人次", "", True, 10417, 800),
        ("1.2万人次", "9600人次", "", False, 8000, 640),
        ("1.5万人次", "16000", "", True, 10667, 800),
        ("10万元", "8", "", False, 8000, 640),
        ("10万元", "50", "", True, 50000, 800),
        ("10万元", "0.5亿元", "", True, 5000000, 800),
        ("30天", "20次", "", None, None, None),
        ("10次", "8场", "", False, 8000, 640),
        ("2小时", "150分钟", "≤", False, 8000, 640),
        ("10次", "大部分", "", None, None, None),
        ("10次", "约8次", "", None, None, None),
        ("10次", "", "", None, None, None),
    ],
)  # fmt: skip
def test_in_proportion(
    target: str, actual: str, direction: str, met: bool | None, completion: int | None, score: int | None
) -> None:
    assert one(target, actual, "", direction) == [met, completion, score]
    assert one(target, actual, "按比例", direction)[2] == score


@pytest.mark.parametrize(
    ("target", "actual", "direction", "measure", "result"),
    [
        ("100", "95", "≥", "%", [False, 9500, 760]),
        ("500", "480", "≤", "万元", [True, 10000, 800]),
        ("500", "5100000元", "≤", "万元", [False, 9804, 784]),
        ("1.2", "12000人次", "≥", "万人次", [True, 10000, 800]),
        ("12", "11", "≤", "月", [True, 10000, 800]),
        ("90", "92%", "≥", "百分比", [True, 10222, 800]),
        ("优", "优", "定性", "", [True, 10000, 800]),
        ("5-10", "4", "", "%", [False, 8000, 640]),
    ],
)
def test_operator_number_and_unit_in_three_columns(
    target: str, actual: str, direction: str, measure: str, result: list[object]
) -> None:
    assert one(target, actual, "", direction, measure=measure) == result


@pytest.mark.parametrize(
    ("target", "actual", "rule", "result"),
    [
        ("2019年12月底前", "2019年11月20日", "", [True, 10000, 800]),
        ("2019年12月底前", "2019年12月底完成", "", [True, 10000, 800]),
        ("2019年12月31日前", "2020年1月1日", "", [False, None, 0]),
        ("2019年12月31日", "2019-12-31", "", [True, 10000, 800]),
        ("12月底前", "11月", "", [True, 10000, 800]),
        ("12月底前", "2020年1月", "", [False, None, 0]),
        ("2019年12月20日前", "2019年12月", "", [None, None, None]),
        ("第三季度", "2019年9月30日", "", [True, 10000, 800]),
        ("2019年底前", "已于2019年12月5日完成验收", "达标得分", [True, 10000, 800]),
        ("2019年12月底前", "2020年1月5日", "每延迟1天扣0.5分", [False, None, 550]),
        ("2019年12月底前", "2020年1月14日", "每逾期一周扣2分", [False, None, 400]),
        ("2019年12月底前", "2020年1月5日", "每延迟1个月扣1分", [False, None, None]),
        ("2019年12月底前", "达成预期指标", "", [True, 10000, 800]),
        ("2019年12月底前", "2019年底尚未完成", "", [None, None, None]),
        ("2019年12月底前", "8次", "", [None, None, None]),
    ],
)  # fmt: skip
def test_a_date_is_kept_or_not(target: str, actual: str, rule: str, result: list[object]) -> None:
    assert one(target, actual, rule) == result
    assert one(target, actual, rule, "≥") == result


@pytest.mark.parametrize(
    ("actual", "score"),
    [("8%", 800), ("10%", 800), ("12.5%", 600), ("15%", 400), ("19.99%", 1), ("20%", 0), ("35%", 0)],
)
def test_less_is_better_in_a_line(actual: str, score: int) -> None:
    assert one("≤10%", actual, scheme=STRAIGHT)[2] == score


def test_the_line_touches_nothing_else() -> None:
    assert one("10次", "8次", scheme=STRAIGHT)[2] == 640
    assert one("≤0起", "1起", scheme=STRAIGHT)[2] == 0
    assert one("2019年12月底前", "2020年1月5日", scheme=STRAIGHT)[2] == 0


@pytest.mark.parametrize(
    ("target", "actual", "score"),
    [("10次", "8次", 0), ("10次", "10次", 800), ("合格", "合格", 800), ("优", "较高", 0), ("合格", "尚可", None)],
)
def test_all_or_nothing(target: str, actual: str, score: int | None) -> None:
    assert one(target, actual, "达标得分")[2] == score


@pytest.mark.parametrize(
    ("target", "actual", "rule", "score"),
    [
        ("10次", "8次", "每少1次扣1分", 600),
        ("10次", "8次", "每少一次扣一分。", 600),
        ("10次", "8次", "完成10次得8分，每少1次扣1分，扣完为止", 600),
        ("10次", "1次", "每少1次扣1分", 0),
        ("10次", "1次", "每少1次扣1分，最多扣3分", 500),
        ("10次", "12次", "每少1次扣1分", 800),
        ("=10次", "12次", "每少1次扣1分，每多1次扣0.5分", 700),
        ("=10次", "12次", "每少1次扣1分", None),
        ("90%", "88.5%", "每低1个百分点扣0.5分", 725),
        ("90%", "88.5%", "每低1个百分点扣0.5分，不足1个百分点按1个百分点计", 700),
        ("90%", "88.5%", "每低1个百分点扣0.5分，不足1个百分点的不扣分", 750),
        ("90%", "80%", "每降低5%扣2分", 400),
        ("90%", "88%", "每低1个百分点扣分值的5%", 720),
        ("≤5%", "7%", "每超1个百分点扣1分", 600),
        ("≤0起", "3起", "每发生1起扣2分", 200),
        ("±5%", "-8%", "每偏离1个百分点扣1分", 500),
        ("200人", "180人", "每低1%扣0.5分", 300),
        ("100万元", "97万元", "每少1万元扣1分", 500),
        ("≤30天", "32天", "每超1天扣1.5分", 500),
        ("10次", "8次", "每少1万元扣1分", None),
        ("10次", "8次", "每低1个百分点扣0.5分，低于80%不得分", None),
        ("10次", "大部分", "每少1次扣1分", None),
        ("10次", "10次", "每少1次扣1分", 800),
        ("10次", "8次", "少1次扣1分，扣完为止", 600),
        ("10次", "8次", "少一次扣两分", 400),
        ("90%", "85%", "低于80%扣2分", None),
        ("10次", "8次", "少1次扣1分，少2次扣3分", None),
    ],
)  # fmt: skip
def test_deductions_per_unit(target: str, actual: str, rule: str, score: int | None) -> None:
    assert one(target, actual, rule)[2] == score


def test_a_written_rule_rules_over_a_direction_of_words() -> None:
    assert one("10次", "12次", "每少1次扣1分", "定性") == [True, 12000, 800]


def test_the_scheme_says_how_a_part_of_a_unit_counts() -> None:
    rule = "每低1个百分点扣0.5分"
    for part, score in (("折算", 725), ("进一", 700), ("不计", 750)):
        assert one("90%", "88.5%", rule, scheme=replace(SCHEME, part_unit=part))[2] == score


@pytest.mark.parametrize(
    "rule",
    [
        TIERS,
        "≥100%：8分；≥80%：6分；≥60%：4分；其余0分",
        "≥100%，8分；≥80%，6分；≥60%，4分",
        "≥100%:8,≥80%:6,≥60%:4,<60%:0",
        "≥100%:8 ≥80%:6 ≥60%:4",
        "≥100%:8\n≥80%:6\n≥60%:4",
        "≥100%=8、≥80%=6、≥60%=4",
        "100%得8分，80%以上得6分，60%-80%得4分，60%以下不得分",
        "完成率≥100%得8分；80%≤完成率<100%得6分；60%≤完成率<80%得4分；完成率<60%得0分",
        "100%及以上8分、80%（含）-100%6分、60%-80%（不含）得4分、60%以下得0分",
        "<60%:0；[60%,80%)：4；[80%,100%)：6；≥100%：8",
        "≥100%:100%；≥80%:75%；≥60%:50%",
        "≥10次:8;≥8次:6;≥6次:4;其他:0",
    ],
)
def test_tiers_in_every_punctuation(rule: str) -> None:
    frame = scored(
        *(("10次", f"{actual}次", rule, "", 800) for actual in ("12", "10", "9.999", "8", "7.999", "6", "5", "0"))
    )
    assert frame["rule_score"].tolist() == [800, 800, 600, 600, 400, 400, 0, 0]


@pytest.mark.parametrize(
    ("target", "actual", "rule", "score"),
    [
        ("≤10%", "12.5%", TIERS, 600),
        ("90%", "85%", "满意度≥90%得8分；80%≤满意度<90%得6分；满意度<80%得0分", 600),
        ("90%", "85%", TIERS, 600),
        ("≥90%", "85%", "≥90%:8；≥85%:6；≥80%:4", 600),  # the best tier begins at the target: the actual's tiers
        ("≥90%", "84.9%", "≥90%:8；≥85%:6；≥80%:4；其余:0", 400),
        ("≤10%", "12%", "≤10%:8；≤15%:6；≤20%:4", 600),
        ("≥95%", "85%", "≥90%:8；≥85%:6；≥80%:4", 600),  # 89.47% of the target
        ("高", "较高", "高:1；较高:0.85；一般:0.6", 680),  # coefficients
        ("10次", "8次", "≥100%:1；≥80%:0.75；<80%:0", 600),
        ("10次", "8次", "≥100%:1；<100%:0", 0),
        ("10次", "10次", "≥100%:1；<100%:0", 100),
        ("优", "良", "优得8分，良得6分，合格得4分，不合格不得分", 600),
        ("优", "一般", "优得8分，良得6分", 0),
        ("10次", "优", TIERS, None),
        ("10次", "8次", "≥100%:10;≥80%:9", None),
        ("10次", "8次", "分档", None),
        ("2019年12月底前", "2020年1月5日", TIERS, None),
        ("0起", "0起", TIERS, 800),
    ],
)
def test_tiers(target: str, actual: str, rule: str, score: int | None) -> None:
    assert one(target, actual, rule)[2] == score


@pytest.mark.parametrize(
    ("target", "actual", "rule", "result"),
    [
        ("高", "较高", "", [False, 8500, 680]),
        ("合格", "合格。", "", [True, 10000, 800]),
        ("合格以上", "合格", "", [True, 10000, 800]),
        ("优", "达成预期指标", "", [True, 10000, 800]),
        ("优", "尚可", "", [None, None, None]),
        ("优", "尚可", "扣分", [None, None, None]),
        ("90%", "95%", "定性", [None, None, None]),
        ("合格", "合格", "按比例", [True, 10000, None]),
        ("10次", "8次", "人工评分", [False, 8000, None]),
        ("10次", "8次", "随便", [False, 8000, None]),
    ],
)
def test_words_and_persons(target: str, actual: str, rule: str, result: list[object]) -> None:
    assert one(target, actual, rule) == result


def test_graded_words_of_a_band_are_left_to_a_person() -> None:
    scheme = load_scheme("mof-2020")
    assert one("显著", "部分达成并具有一定效果", scheme=scheme) == [False, None, None]
    assert one("显著", "达成年度指标", scheme=scheme) == [True, 10000, 800]
    assert one("显著", "部分达成并具有一定效果", "达标得分", scheme=scheme) == [False, None, 0]


def test_a_rule_in_other_words() -> None:
    row = scored(("10次", "8次", "达标得满分，未达标不得分。", "", 800), scheme=load_scheme("mof-2020")).iloc[0]
    assert (row["rule"], row["rule_score"]) == ("达标得分", 0)


def test_scores_are_rounded_once_to_the_schemes_place() -> None:
    rows: list[Case] = [("7次", "3次", rule, "", 800) for rule in ("", "每少3次扣1分", "≥40%:35%;<40%:0")]
    for place, scores in ((1, [343, 667, 280]), (10, [340, 670, 280]), (100, [300, 700, 300])):
        assert scored(*rows, scheme=replace(SCHEME, place=place))["rule_score"].tolist() == scores
    # 3.4992: rounded to 3.50 on the way it would become 4
    assert scored(("10000次", "4374次", "", "", 800), scheme=replace(SCHEME, place=100))["rule_score"].tolist() == [300]


@pytest.mark.parametrize(
    ("target", "actual", "rule", "working"),
    [
        ("10次", "8次", "", "8次 ÷ 10次 × 8分 = 6.40"),
        ("≥90%", "92%", "", "92% ≥ 90%，得满分 8.00"),
        ("≤10%", "12.5%", "", "10% ÷ 12.5% × 8分 = 6.40"),
        ("±10%", "12.5%", "", "10% ÷ 12.5% × 8分 = 6.40"),
        ("5次-10次", "4次", "", "4次 ÷ 5次 × 8分 = 6.40"),
        ("10次", "8次", "达标得分", "8次 未达到 ≥10次，得 0.00"),
        ("10次", "8次", "每少1次扣1分", "8分 − (10次 − 8次) ÷ 1次 × 1分 = 6.00"),
        ("≤5%", "20%", "每超1个百分点扣1分", "8分 − (20% − 5%) ÷ 1个百分点 × 1分，扣完为止 = 0.00"),
        ("10次", "8次", TIERS, "8次（完成 80.00%）属“≥80%”档，得 6.00"),
        ("高", "较高", "", "系数 0.85 × 8分 = 6.80"),
        ("2019年12月底前", "2020年1月5日", "", "2020年1月5日，晚于“2019年12月底前”，得 0.00"),
        ("10次", "8次", "扣分", ""),
    ],
)
def test_the_working_in_words(target: str, actual: str, rule: str, working: str) -> None:
    assert scored((target, actual, rule, "", 800))["working"].tolist() == [working]


def test_the_working_in_a_line() -> None:
    row = scored(("≤10%", "12.5%", "", "", 800), scheme=STRAIGHT).iloc[0]
    assert row["working"] == "8分 × (1 − (12.5% − 10%) ÷ 10%) = 6.00"


NUMBERS = st.decimals(0, 10**6, places=2)
RULES = st.sampled_from(
    ["", "达标得分", "每少1次扣1分", "每低1个百分点扣0.5分", "每偏离3扣0.7分", "≥100%:100%;≥80%:80%;≥60%:50%"]
)
OPERATORS = st.sampled_from(["≥", "≤", "=", ">", "<", ""])


@settings(deadline=None, max_examples=50)
@given(st.lists(st.tuples(NUMBERS, NUMBERS, RULES, OPERATORS, st.integers(0, 6000)), min_size=1))
def test_a_rule_score_lies_between_zero_and_the_weight(rows: list[tuple[Decimal, Decimal, str, str, int]]) -> None:
    frame = scored(
        *((str(target), str(actual), rule, direction, weight) for target, actual, rule, direction, weight in rows)
    )
    known = frame[frame["rule_score"].notna()]
    assert (known["rule_score"].ge(0) & known["rule_score"].le(known["weight"])).all()
    assert known.loc[known["met"].eq(True), "rule_score"].eq(known.loc[known["met"].eq(True), "weight"]).all()
    assert (
        known["working"].str.endswith(tuple(f"{score // 100}.{score % 100:02d}" for score in known["rule_score"])).all()
    )


@settings(deadline=None, max_examples=50)
@given(NUMBERS, st.lists(NUMBERS, min_size=2), RULES, st.sampled_from(["≥", "≤"]), st.integers(0, 6000), st.booleans())
def test_a_better_actual_never_scores_less(
    target: Decimal, actuals: list[Decimal], rule: str, operator: str, weight: int, straight: bool
) -> None:
    actuals = sorted(actuals, reverse=operator == "≤")
    frame = scored(
        *((str(target), str(actual), rule, operator, weight) for actual in actuals),
        scheme=STRAIGHT if straight else SCHEME,
    )
    scores = frame["rule_score"].dropna().tolist()
    assert scores == sorted(scores)


@settings(deadline=None, max_examples=50)
@given(st.decimals("0.01", 10**6, places=2), NUMBERS, st.integers(1, 6000))
def test_proportional_is_rounded_once_from_the_exact_share(target: Decimal, actual: Decimal, weight: int) -> None:
    exact = min(Decimal(weight), (Decimal(weight) * actual / target).quantize(Decimal(1), ROUND_HALF_UP))
    assert scored((str(target), str(actual), "", "", weight))["rule_score"].iloc[0] == int(exact)


@settings(deadline=None, max_examples=50)
@given(st.integers(1, 10**6), st.integers(0, 10**6), st.integers(1, 99), st.integers(1, 6000))
def test_a_deduction_is_rounded_once_from_the_exact_loss(target: int, actual: int, step: int, weight: int) -> None:
    lost = Fraction(max(0, target - actual), step) * 70
    left = max(Fraction(0), weight - lost)
    expected = int((2 * left + 1) // 2)
    assert scored((f"{target}次", f"{actual}次", f"每少{step}次扣0.7分", "", weight))["rule_score"].iloc[0] == expected


@pytest.mark.parametrize(
    "text", ["1-" * 10_000 + "月", "≥100%:8;" * 4_000, "每少1次扣1分，" * 4_000, "9" * 30_000, "长" * 32_000]
)
def test_endless_texts_are_words(text: str) -> None:
    assert one(text, text, text) in ([True, 10000, None], [None, None, None])
    assert one("10次", "8次", text)[2] is None


def test_twenty_thousand_different_indicators_take_seconds() -> None:
    """Linear in the rows: a bound that only per-row frames, or reading rules anew, would break."""
    rules = ("", "每少1次扣0.1分", TIERS, "达标得分")
    rows: list[Case] = [(f"{at + 1}次", f"{at}次", rules[at % 4], "", 800) for at in range(20_000)]
    started = time.perf_counter()
    assert scored(*rows)["rule_score"].notna().all()
    assert time.perf_counter() - started < 20


@pytest.mark.parametrize(
    ("target", "actual", "measure", "score"),
    [
        ("90", "0.95", "%", None),  # 0.95%, or 95%?
        ("90", "95", "%", 800),
        ("5", "0.8", "%", 128),  # no share of 5% is 80%
        ("0.9", "0.95", "%", 800),  # both written alike
        ("90", "0.95", "次", 8),
    ],
)
def test_a_share_in_a_column_of_percent_is_not_guessed(
    target: str, actual: str, measure: str, score: int | None
) -> None:
    assert one(target, actual, measure=measure)[2] == score


@pytest.mark.parametrize(
    ("target", "actual", "direction", "result"),
    [
        ("无", "无", "", [True, 10000, 800]),
        ("0", "无", "≤", [True, 10000, 800]),
        ("10次", "无", "", [None, None, None]),
        ("无", "2起", "", [None, None, None]),
        ("80%-90%", "95%", "≥", [True, 11875, 800]),
        ("80%-90%", "75%", "≥", [False, 9375, 750]),
        ("80元-100元", "75元", "≤", [True, 10000, 800]),
        ("80元-100元", "125元", "≤", [False, 8000, 640]),
        ("80%-90%", "95%", "", [False, 9474, 758]),  # 90 of 95: within it is what is wanted
    ],
)
def test_nothing_wanted_and_ranges_under_a_direction(
    target: str, actual: str, direction: str, result: list[object]
) -> None:
    assert one(target, actual, direction=direction) == result


def test_a_coefficient_of_the_rule_is_the_completion() -> None:
    assert one("高", "较高", "高:1；较高:0.8；一般:0.6") == [False, 8000, 640]
