"""The goal's words against the goal's points and the indicators, and texts that only look like contradictions."""

from typing import Any

import pytest

from perfeval_xl.core.consistency.goals import GOAL_CHECKS
from tests.core.sheets import papers_of, said

TRAINING = {"content": "队伍建设培训次数", "target": "10次", "actual": "8次", "weight": 800, "self_score": 600}
PUBLICITY = {"content": "普法宣传活动次数", "target": "10次", "actual": "10次"}
ONLINE = {"content": "视频监控在线率", "target": "95%", "actual": "95%"}
INTACT = {"content": "视频监控图像完好率", "target": "99%", "actual": "99%"}
ON_TIME = {"content": "项目按计划完工率", "target": "90%", "actual": "80%", "weight": 800, "self_score": 500}
REPAIRS = {"content": "场所修缮完成数量", "target": "6个", "actual": "6个", "evidence": "南湖所等6处场所进行了修缮。"}
PATROLS = {"content": "巡查次数", "target": "600次", "actual": "620次"}
FEW_PATROLS = {"content": "巡查次数", "target": "600次", "actual": "580次", "weight": 1000, "self_score": 900}
LAMPS = {"content": "更换路灯数量", "target": "200盏", "actual": "230盏"}
PLANTED = {"content": "绿化补植面积", "target": "2万平方米", "actual": "1.8万平方米", "weight": 1000, "self_score": 900}
BUSES = {"content": "公交准点率", "target": "90%", "actual": "90.5%"}
POSTS = {"content": "新建车检站数量", "target": "2个", "actual": "2个"}


def found(text: str, deducted: int, *indicators: dict[str, Any]) -> list[tuple[str, str]]:
    goal = {"goal_actual": text, "goal_score": 2000 - deducted * 100, "stated_goal": 2000 - deducted * 100}
    return said(GOAL_CHECKS, papers_of(list(indicators), [goal]))


@pytest.mark.parametrize(
    ("text", "deducted", "codes"),
    [
        ("渗漏未根治，扣3分。", 8, ["C401"]),
        ("渗漏未根治，扣3分。", 3, []),
        ("渗漏未根治，扣3分。", 0, ["C401"]),
        ("渗漏扣2分，裂缝扣1分，合计扣三分。", 3, []),
        ("渗漏、裂缝各扣2分。", 4, []),
        ("渗漏、裂缝各扣2分。", 3, ["C401"]),
        ("成效较为显著。", 4, ["C402"]),
        ("成效较为显著。", 0, []),
        ("渗漏未根治，酌情扣分。", 4, []),
        ("依法查扣车辆30台，折扣采购。", 4, ["C402"]),
        ("渗漏未根治，减3分。", 3, []),
        ("渗漏未根治，核减叁分。", 2, ["C401"]),
        ("渗漏未根治，扣减总目标得分1.5分。", 2, ["C401"]),
        ("渗漏未根治，总目标自评得18分。", 3, ["C401"]),
        ("渗漏未根治，总目标自评得17分。", 3, []),
        ("在全市考评中得18分。", 3, ["C402"]),
        ("在全市考评中得95分，全部完成。", 0, []),
        ("按方案每少1次扣1分，共少三次，扣3分。", 3, []),
    ],
)
def test_words_and_points(text: str, deducted: int, codes: list[str]) -> None:
    assert [code for code, _ in found(text, deducted)] == codes


@pytest.mark.parametrize(
    ("text", "subjects"),
    [
        ("普法开展顺利。但是，人员培训次数不足，扣2分。", ["队伍建设培训次数"]),
        ("人员培训次数不足。扣2分。", ["队伍建设培训次数"]),
        ("培训8次，次数偏少，扣2分。", ["队伍建设培训次数"]),
        ("项目按计划完工率80%，未达标，扣2分。", ["项目按计划完工率"]),
        ("队伍建设培训次数完成8次，但办公条件不足，扣2分。", []),
        ("队伍建设培训圆满完成，办公条件不足，扣2分。", []),
        ("项目建设进度滞后，扣2分。", []),
        ("人员培训次数不足。", []),
        ("办公条件不足，扣2分。人员培训次数将在明年补足。", []),
    ],
)
def test_one_fault_deducted_twice(text: str, subjects: list[str]) -> None:
    all_found = found(text, 2, TRAINING, PUBLICITY, ON_TIME)
    assert [subject for code, subject in all_found if code == "C403"] == subjects


@pytest.mark.parametrize(
    ("text", "blamed"),
    [
        ("全年巡查620次，更换路灯230盏，因资料归档不及时，扣1分。", []),
        ("全年巡查620次，更换路灯230盏，资料归档不够及时，扣1分。", []),
        ("更换路灯230盏，同时存在绿化补植不到位的问题，扣1分。", [("C403", "绿化补植面积")]),
        ("绿化补植面积1.8万平方米，宣传报道较少，扣1分。", []),
        ("绿化补植面积1.8万平方米，受疫情影响，宣传报道较少，扣1分。", []),
        ("巡查620次，巡查记录不完整，扣1分。", []),
        ("巡查620次，资料归档有待加强，扣1分。", []),
        ("巡查620次，不足之处是资料不规范，扣1分。", []),
        ("巡查620次，更换路灯230盏，公交准点率未达标，扣1分。", [("C404", "公交准点率")]),
        ("资料归档不及时，公交准点率90.5%，扣1分。", [("C404", "公交准点率")]),
        ("因人员不足，公交准点率90.5%未达标，扣1分。", [("C404", "公交准点率")]),
        ("巡查620次，任务未完成，扣1分。", [("C404", "巡查次数")]),
        ("巡查620次，比计划少20次，扣1分。", [("C404", "巡查次数")]),
        ("巡查620次，全年进度偏慢，扣1分。", [("C404", "巡查次数")]),
        ("巡查620次，工作推进缓慢，扣1分。", [("C404", "巡查次数")]),
        ("巡查620次，群众满意程度不断提升，扣1分。", [("C404", "巡查次数")]),
        ("绿化补植面积1.8万平方米，未达到目标，扣1分。", [("C403", "绿化补植面积")]),
        ("绿化补植面积1.8万平方米，补植不足，扣1分。", [("C403", "绿化补植面积")]),
        ("绿化补植面积1.8万平方米，因企业搬迁，扣1分。", [("C403", "绿化补植面积")]),
    ],
)
def test_only_what_is_complained_of_is_blamed(text: str, blamed: list[tuple[str, str]]) -> None:
    assert found(text, 1, PATROLS, LAMPS, PLANTED, BUSES) == blamed


def test_what_stands_before_a_cause_may_be_deducted_twice_and_is_not_certain_to_be_meant() -> None:
    text = "开展巡查{}次，因人员不足，扣2分。"
    assert found(text.format(580), 2, FEW_PATROLS) == [("C403", "巡查次数")]
    assert found(text.format(620), 2, PATROLS) == []


def test_a_fault_for_which_no_goal_points_were_taken_is_deducted_once() -> None:
    assert ("C403", "队伍建设培训次数") not in found("人员培训次数不足，扣2分。", 0, TRAINING)
    full = {**TRAINING, "self_score": 800}
    assert found("人员培训次数不足，扣2分。", 2, full) == []


@pytest.mark.parametrize(
    ("text", "subjects"),
    [
        ("但视频监控在线率仅为95%，存在监控漏洞，扣2分。", ["视频监控在线率"]),
        ("视频监控图像完好率99%，存在监控漏洞，扣2分。", ["视频监控图像完好率"]),
        ("视频监控在线率达到95%，值班力量不足，扣2分。", []),
        ("视频监控在线率95%，项目按计划完工率80%，扣2分。", []),
        ("视频监控存在漏洞，扣2分。", []),
        ("对7处派出所的修缮改善了办公条件。", ["场所修缮完成数量"]),
        ("完成场所修缮7个。", ["场所修缮完成数量"]),
        ("对6处派出所的修缮改善了办公条件。", []),
        ("计划修缮场所7处，实际修缮6处。", []),
        ("上年修缮场所7处。", []),
        ("修缮场所7处以上。", []),
        ("新建9个车辆卡口、2个车检站。", []),
        ("新建车检站2个，其余车检站1个明年开工。", []),
        ("东区新建车检站1个，西区新建车检站1个。", []),
        ("东区新建车检站1个，西区新建车检站2个，北区新建车检站3个。", []),
        ("新建车检站3个。", ["新建车检站数量"]),
        ("实现“新建车检站9个”的承诺。", []),
        ("视频监控在线率达到97%。", ["视频监控在线率"]),
        ("全市平均视频监控在线率97%。", []),
        ("任务完成率98%。", []),
    ],
)
def test_the_goal_against_the_indicators(text: str, subjects: list[str]) -> None:
    all_found = found(text, 2 if "扣" in text else 0, ONLINE, INTACT, ON_TIME, REPAIRS, POSTS)
    assert [subject for code, subject in all_found if code == "C404"] == subjects


@pytest.mark.parametrize(
    ("text", "subjects"),
    [
        ("开展春节、五一、国庆三次专项检查共18次，日常检查90次，合计108次。", []),
        ("开展专项检查18次，日常检查80次，合计98次。", ["检查次数", "检查次数"]),
        ("计划合计108次，开展专项检查18次，日常检查80次。", ["检查次数", "检查次数"]),
        ("上年开展专项检查18次，合计108次；今年日常检查90次。", ["检查次数"]),
        ("日常检查90次，走访企业合计108次。", ["检查次数"]),
        ("超额完成组织检查100次的年度任务。", []),
        ("圆满完成检查任务100次。", ["检查次数"]),
        ("新建、改建公厕共8座。", []),
        ("新建和改建公厕8座。", []),
        ("新建、改建公厕共9座。", ["改建公厕数量"]),
        ("改建公厕8座。", ["改建公厕数量"]),
    ],
)
def test_parts_totals_and_tasks(text: str, subjects: list[str]) -> None:
    rows = [
        {"content": "检查次数", "target": "100次", "actual": "108次"},
        {"content": "企业走访次数", "target": "100次", "actual": "108次"},
        {"content": "新建公厕数量", "target": "3座", "actual": "3座"},
        {"content": "改建公厕数量", "target": "5座", "actual": "5座"},
    ]
    assert [subject for code, subject in found(text, 0, *rows) if code == "C404"] == subjects


@pytest.mark.parametrize(
    ("text", "subjects"),
    [
        ("馆舍工程完工时间为2019年12月5日。", ["馆舍工程完工时间"]),
        ("馆舍工程完工时间为 2019 年 12 月 5 日。", ["馆舍工程完工时间"]),
        ("馆舍工程完工时间为2019年11月20日。", []),
        ("工程完工时间为2019年12月5日。", []),
        ("计划馆舍工程完工时间为2019年12月5日。", []),
    ],
)
def test_days(text: str, subjects: list[str]) -> None:
    rows = [
        {"content": content, "target": "2019年11月底前", "actual": "2019年11月20日"}
        for content in ("馆舍工程完工时间", "道路工程完工时间")
    ]
    assert [subject for code, subject in found(text, 0, *rows) if code == "C404"] == subjects


def test_the_cells_are_those_of_the_text_and_of_the_indicator() -> None:
    goal = {"goal_actual": "人员培训次数不足，扣2分。", "goal_score": 1800}
    papers = papers_of([{**TRAINING, "recorded_score": 600}], [goal])
    (finding,) = (finding for check in GOAL_CHECKS for finding in check(papers))
    assert (finding.code, finding.actual) == ("C403", "扣2分")
    assert [cell.sheet for cell in finding.sources] == ["项目信息", "绩效指标", "绩效指标"]


def test_a_scheme_without_a_goal_deducts_nothing_in_it() -> None:
    goal = {"goal_actual": "人员培训次数不足，扣2分。培训9次。"}
    assert said(GOAL_CHECKS, papers_of([TRAINING], [goal], goal_points=None)) == [("C404", "队伍建设培训次数")]
