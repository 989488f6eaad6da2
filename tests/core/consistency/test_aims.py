"""Targets, directions and groups, right ones beside wrong ones."""

from typing import Any

import pytest

from perfeval_xl.core.consistency.aims import AIM_CHECKS
from tests.core.sheets import papers_of, said


def codes(**row: Any) -> list[str]:
    return [code for code, _ in said(AIM_CHECKS, papers_of([{"content": "新购图书", **row}]))]


@pytest.mark.parametrize(
    ("row", "far"),
    [
        ({"target": "≥10次", "actual": "13次"}, True),
        ({"target": "≥10次", "actual": "12次"}, False),
        ({"target": "≥10次", "actual": "18次", "evidence": "因上级临时增加任务，开展18次。"}, False),
        ({"target": "≥10次", "actual": "18次", "reason": "需求增加"}, False),
        ({"target": "≥10次", "actual": "18次", "evidence": "开展18次，完成率180%。"}, True),
        ({"target": "≥10次", "actual": "18次", "evidence": "开展18次，年初目标设置偏低。"}, False),
        ({"target": "≥10次", "actual": "18次", "remark": "年初目标偏保守，下年度将调高。"}, False),
        ({"target": "≥10次", "actual": "18次", "remark": "受创建文明城市影响，活动增多。"}, False),
        ({"target": "≥10次", "actual": "18次", "evidence": "开展18次，为配合创文工作增加场次。"}, False),
        ({"target": "≥10次", "actual": "18次", "evidence": "按照区委统一部署，开展18次。"}, False),
        ({"target": "≥10次", "actual": "18次", "evidence": "开展18次，超过目标，群众投诉偏低。"}, True),
        ({"target": "≥10次", "actual": "18次", "evidence": "接受培训18次，社会影响提升。"}, True),
        ({"target": "≥50%", "actual": "95%"}, False),
        ({"target": "≥50", "actual": "95", "measure": "百分比"}, False),
        ({"target": "≤10次", "actual": "18次"}, False),
        ({"target": "≥0次", "actual": "3次"}, False),
    ],
)
def test_far_above_target(row: dict[str, Any], far: bool) -> None:
    assert codes(**row) == (["S310"] if far else [])


@pytest.mark.parametrize(
    ("target", "direction", "lacks"),
    [
        ("10次", "", True),
        ("95%", "", True),
        ("10次", "看情况", True),
        ("10次", "正向", False),
        ("10次以上", "", False),
        ("不低于85%", "", False),
        ("100%", "", True),
        ("≥100%", "", False),
        ("10%-20%", "", False),
        ("±10%", "", False),
        ("高", "", False),
        ("2019年12月底前", "", False),
    ],
)
def test_targets_without_an_operator(target: str, direction: str, lacks: bool) -> None:
    assert codes(target=target, direction=direction, actual=target) == (["S311"] if lacks else [])


@pytest.mark.parametrize(
    ("content", "target", "direction", "wrong"),
    [
        ("成本支出变动率", "≥10%", "", True),
        ("成本支出变动率", "10%", "≤", False),
        ("项目超支率", "10%", "正向", True),
        ("投诉处理及时率", "≥90%", "", False),
        ("差错率降低幅度", "≥5%", "", False),
        ("降低事故率", "≥5%", "", False),
        ("不合格率", "≤5%", "", False),
        ("产品合格率", "≤95%", "", True),
        ("读者满意度", "90%", "反向", True),
        ("能耗变动率", "±10%", "", False),
        ("投诉率", "低", "", False),
        ("项目总成本", "≥100万元", "", True),
        ("采购成本（万元）", "≥100", "", True),
        ("工程造价", "≥3000元/平方米", "", True),
        ("采购单价", "≥450元", "", True),
        ("办理时限", "≥5天", "", True),
        ("应急响应时间", "≥15分钟", "", True),
        ("城镇登记失业率", "≥4.5%", "", True),
        ("粮食损耗率", "≥1%", "", True),
        ("供水管网漏损率", "≥10%", "", True),
        ("森林火灾受害率", "≥0.9‰", "", True),
        ("项目总成本", "≤100万元", "", False),
        ("项目总成本", "控制在预算以内", "", False),
        ("成本节约率", "≥5%", "", False),
        ("成本控制率", "≥95%", "", False),
        ("节约采购成本", "≥5万元", "", False),
        ("能耗节省额", "≥5万元", "", False),
        ("节能改造单位能耗", "≥5%", "", False),
        ("档案整理无差错率", "≥99%", "", False),
        ("安全生产零事故发生率", "≥100%", "", False),
        ("时限内办结率", "≥95%", "", False),
        ("响应时间达标率", "≥95%", "", False),
        ("设备质保时限", "≥3年", "", False),
        ("馆舍开放时间", "≥300天", "", False),
        ("职工培训时长", "≥40小时", "", False),
        ("工程完工时间", "2019年11月底前", "", False),
    ],
)
def test_directions(content: str, target: str, direction: str, wrong: bool) -> None:
    assert codes(content=content, target=target, direction=direction, actual=target) == (["S312"] if wrong else [])


@pytest.mark.parametrize(
    ("weights", "groups"),
    [
        ({"产出指标": 5000, "效益指标（30分）": 3000, "满意度": 1000}, []),
        ({"产出指标": 4500, "效益指标": 3500, "满意度指标": 1000}, ["产出指标", "效益指标"]),
        ({"产出指标": 5000, "效益指标": 4000}, ["效益指标", "满意度指标"]),
    ],
)
def test_group_points(weights: dict[str, int], groups: list[str]) -> None:
    rows = [{"content": "甲", "level1": name, "weight": points, "target": "高"} for name, points in weights.items()]
    papers = papers_of(rows, groups={"产出指标": 5000, "效益指标": 3000, "满意度指标": 1000})
    messages = [finding.message for check in AIM_CHECKS for finding in check(papers) if finding.code == "S315"]
    assert [message.split("的")[0] for message in messages] == groups
    assert said(AIM_CHECKS, papers_of(rows)) == []


@pytest.mark.parametrize(
    ("level2", "content", "target", "misplaced"),
    [
        ("质量指标", "打掉涉恶犯罪团伙", "≥15个", True),
        ("质量指标", "安全事故", "≤0起", False),
        ("质量指标", "重大安全事件", "≤2次", False),
        ("质量指标", "验收合格率", "≥90%", False),
        ("数量指标", "打掉涉恶犯罪团伙", "≥15个", False),
        ("时效指标", "办结时间", "≤5个工作日", False),
        ("社会效益指标", "读者满意度", "≥90%", True),
        ("社会公众或服务对象满意度指标", "读者满意度", "≥90%", False),
        ("质量指标", "处理及时率", "≥90%", True),
        ("", "读者满意度", "≥90%", False),
    ],
)
def test_level2_groups(level2: str, content: str, target: str, misplaced: bool) -> None:
    assert codes(level2=level2, content=content, target=target, actual=target) == (["C409"] if misplaced else [])
