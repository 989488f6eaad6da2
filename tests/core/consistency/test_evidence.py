"""The evidence against the form, and evidence that only looks different."""

import pytest

from perfeval_xl.core.consistency.evidence import EVIDENCE_CHECKS
from tests.core.sheets import papers_of, said

POSTS = ("新建车检站数量", "2个", "2个")
TRAINING = ("队伍建设培训次数", "10次", "8次")
CHANGE = ("成本支出变动率", "≤10%", "10%")
ON_TIME = ("项目按计划完工率", "90%", "80%")
PIPES = ("管网维护长度", "40公里", "36公里")
ARRIVAL = ("平均救援到场时间", "≤15分钟", "12分钟")
VISITS = ("服务读者人次", "4万人次", "4.3万人次")
BATCHES = ("食品抽检批次", "5000批次", "5200批次")
HAPPY = ("电梯使用单位满意度", "90%", "92%")
MACHINES = ("设备采购数量", "20台", "20台")
COVERAGE = ("森林覆盖率提升", "0.5%", "0.6%")
GRANT = ("补助标准", "≤500元/人", "480元/人")
SEWAGE = ("污水处理率", "≥90%", "93.5%")
EVENTS = ("活动次数", "≥10次", "12次")
CHECKS = ("检查次数", "≥100次", "108次")
CENTRES = ("执法中心建设数量", "7个", "6个")


@pytest.mark.parametrize(
    ("indicator", "evidence", "differs"),
    [
        (POSTS, "2019年度新建车检站数量9个，完成率100%。", True),
        (POSTS, "2019年度新建车检站2个，新增卡口9个。", False),
        (POSTS, "组织3个工作组，完成车检站建设。", False),
        (POSTS, "新建车检站2处。", False),
        (TRAINING, "培训次数 8 次，未完成目标。未完成原因：8次之外2次推迟。", False),
        (TRAINING, "组织培训线上3次、线下培训5次。", False),
        (TRAINING, "计划培训10次。", False),
        (TRAINING, "计划培训10次，实际完成9次。", True),
        (TRAINING, "上年培训10次，本年8次。", False),
        (TRAINING, "培训300人次，共9次。", True),
        (TRAINING, "培训约10次。", False),
        (CHANGE, "成本支出变动率为0.5%，在10%的控制范围内。", True),
        (CHANGE, "在10%的控制范围内。", False),
        (ON_TIME, "工程按计划完工率仅为 80%。", False),
        (ON_TIME, "按计划完工率达到90%。", True),
        (ON_TIME, "验收合格率100%。", False),
        (CENTRES, "建成执法中心6个，完成率86%。", False),
        (CENTRES, "建成执法中心6个，完成率85.7%。", False),
        (CENTRES, "建成执法中心6个，完成率100%。", True),
        (ON_TIME, "据测评，项目按计划完工率为百分之八十点零。", False),
        (CHANGE, "成本支出变动率百分之九点四。", True),
        (PIPES, "全年维护管网36公里。", False),
        (PIPES, "全年维护管网36.4公里。", False),
        (PIPES, "全年维护管网38公里。", True),
        (ARRIVAL, "应急平台统计，平均到场21分钟。", True),
        (ARRIVAL, "应急平台统计，平均到场12分钟。", False),
        (VISITS, "各馆接待读者4.3万人次。", False),
        (VISITS, "签到汇总共3.4万人次。", True),
        (VISITS, "签到汇总共43120人次。", False),
        (BATCHES, "出具检验报告五千批次。", True),
        (BATCHES, "出具检验报告5200批次，其中不合格80批次。", False),
        (BATCHES, "检验费80万元。", False),
        (BATCHES, "检出不合格80批次，均已处置。", False),
        (BATCHES, "出具检验报告2000批次。", False),
        (POSTS, "抽调民警20人，车检站建成。", False),
        (MACHINES, "采购电脑12台、打印机8台。", False),
        (MACHINES, "采购电脑12台、打印机6台。", True),
        (ARRIVAL, "平均到场由15分钟压缩到12分钟。", False),
        (ARRIVAL, "平均到场由15分钟压缩到13分钟。", True),
        (COVERAGE, "森林覆盖率由42.1%提高到42.7%，提升0.6个百分点。", False),
        (HAPPY, "网络调查满意度百分之八十二。", True),
        (HAPPY, "考核成绩汇总表：满意度91.0%。", True),
        (HAPPY, "教师满意度92%，家长满意度94%。", False),
        (HAPPY, "问卷回收率82%。", False),
        (HAPPY, "满意度由上年的90%提高到95%。", True),
        (HAPPY, "满意度由上年的90%提高到92%。", False),
        (ARRIVAL, "比规定提前3分钟到场。", False),
        (TRAINING, "少完成2次。", False),
        (GRANT, "发放补助24万元，500人，人均480元。", False),
        (GRANT, "发放补助24万元，500人，人均520元。", True),
        (GRANT, "计划人均480元，实际发放补助24万元，500人。", True),
        (SEWAGE, "城区污水处理率96%，乡镇污水处理率88%，全区平均93.5%。", False),
        (SEWAGE, "城区污水处理率96%，乡镇污水处理率88%，全区平均92.5%。", True),
        (SEWAGE, "城区污水处理率96%，乡镇污水处理率88%，上年全区平均93.5%。", True),
        (SEWAGE, "城区污水处理率96%，乡镇污水处理率88%，目标为平均93.5%。", True),
        (SEWAGE, "污水处理率97%，全市平均93.5%。", True),
        (CHECKS, "计划完成专项检查18次，日常检查90次，全局合计108次。", True),
        (CHECKS, "年初计划100次，实际专项检查20次，日常检查90次，抽查10次，合计108次。", False),
        (CHECKS, "专项检查18次，日常检查80次，总计108次的任务。", True),
        (EVENTS, "开展12次，含上级新增专题教育活动2次。", False),
        (EVENTS, "组织活动12次，包括线上活动3次、线下活动9次。", False),
        (EVENTS, "组织活动14次（含线上3次）。", True),
        (EVENTS, "组织活动14次，其中线上12次。", True),
    ],
)
def test_values(indicator: tuple[str, str, str], evidence: str, differs: bool) -> None:
    content, target, actual = indicator
    papers = papers_of([{"content": content, "target": target, "actual": actual, "evidence": evidence}])
    assert said(EVIDENCE_CHECKS, papers) == ([("C405", content)] if differs else [])


@pytest.mark.parametrize(
    ("actual", "evidence", "differs"),
    [
        ("2019年11月20日", "竣工验收报告显示，工程完工时间为2019年12月5日。", True),
        ("11月20日", "工程于2019年12月5日全部完工。", True),
        ("2019.11.20", "工程2019.12.05完工。", True),
        ("2019年11月底前", "工程于2019年12月5日竣工。", True),
        ("2019年11月20日", "竣工验收报告显示，工程完工时间为2019年11月20日。", False),
        ("2019年11月", "工程于2019年11月20日全部完工。", False),
        ("2019年11月底前", "工程于2019年10月5日竣工。", False),
        ("2019年11月20日", "合同约定完工时间为2019年12月5日。", False),
        ("2019年11月20日", "根据施工合同，工程完工时间为2019年12月5日。", False),
        ("2019年11月20日", "按照计划推进，3月5日开工，2019年12月5日完工。", True),
        ("2019年11月20日", "2019年3月5日至2019年12月5日完工。", False),
        ("2019年11月20日", "合同签订日期2019年12月5日。", False),
        ("2019年11月20日", "工程2019年12月5日开工。", False),
        ("2019年11月20日", "2019年12月5日通过竣工验收。", False),
        ("2019年11月20日", "2019年12月5日完成结算审计。", False),
        ("2019年11月20日", "2019年12月5日投入使用。", False),
        ("2019年11月20日", "首批工程2019年10月5日完工。", False),
        ("2019年11月20日", "工程在2019年12月5日前完工。", False),
        ("2019年11月20日", "原定2019年12月5日完工，提前完工。", False),
        ("2019年11月20日", "一标段2019年11月20日完工，二标段2019年12月5日完工。", False),
        ("按期完成", "工程完工时间为2019年12月5日。", False),
        ("2019年11月20日", "工程完工时间为2019年13月5日。", False),
    ],
)
def test_days(actual: str, evidence: str, differs: bool) -> None:
    row = {"content": "工程完工时间", "target": "2019年11月底前", "actual": actual, "evidence": evidence}
    assert said(EVIDENCE_CHECKS, papers_of([row])) == ([("C405", "工程完工时间")] if differs else [])


@pytest.mark.parametrize(
    ("evidence", "differs"),
    [("2019年12月5日完成竣工验收。", True), ("2019年12月5日完工，同年通过验收。", False)],
)
def test_a_day_is_that_of_its_stage(evidence: str, differs: bool) -> None:
    row = {"content": "竣工验收时间", "target": "2019年11月底前", "actual": "2019年11月20日", "evidence": evidence}
    assert said(EVIDENCE_CHECKS, papers_of([row])) == ([("C405", "竣工验收时间")] if differs else [])


@pytest.mark.parametrize(
    ("evidence", "differs"),
    [
        ("未完成目标，扣2分，该指标得分为6分。", False),
        ("未完成目标，扣3分，该指标得分为5分。", True),
        ("未完成目标，扣2.5分。", True),
        ("未完成目标，扣二分。", False),
        ("全市考评扣3分，综合考核得分92分。", False),
        ("每少1次扣1分，扣2分。", False),
        ("按比例扣1.5分。", True),
        ("根据评分标准扣减1分。", True),
        ("自评得6分。", False),
        ("得分为7分。", True),
        ("该指标得满分。", True),
        ("全市考评得满分。", False),
        ("达到良好等次，不扣分。", True),
        ("评分标准：优不扣分，良扣2分。", False),
    ],
)
def test_points(evidence: str, differs: bool) -> None:
    row = {
        "content": "执法考评",
        "target": "优",
        "actual": "良",
        "weight": 800,
        "self_score": 600,
        "evidence": evidence,
    }
    assert said(EVIDENCE_CHECKS, papers_of([row])) == ([("C405", "执法考评")] if differs else [])


@pytest.mark.parametrize(
    ("content", "level2", "evidence", "silent"),
    [
        ("接处警满意度", "", "未接到群众对接处警的投诉，该指标得分为10分。", True),
        ("接处警评价", "服务对象满意度指标", "全年零投诉。", True),
        ("接处警满意度", "", "全年无投诉，问卷调查150份。", False),
        ("接处警满意度", "", "未接到投诉，满意度98%。", False),
        ("接处警满意度", "", "热线未受理相关投诉举报。", True),
        ("接处警满意度", "", "投诉件数为0件。", True),
        ("接处警满意度", "", "投诉率为0%。", True),
        ("接处警满意度", "", "受理投诉10件，均已办结。", False),
        ("接处警满意度", "", "收到投诉12件，均已办结。", False),
        ("信访处理及时率", "时效指标", "全年无投诉。", False),
        ("接处警满意度", "", "群众评价良好。", False),
    ],
)
def test_satisfaction_by_silence(content: str, level2: str, evidence: str, silent: bool) -> None:
    row = {"content": content, "level2": level2, "target": "≥90%", "actual": "98%", "evidence": evidence}
    assert said(EVIDENCE_CHECKS, papers_of([row])) == ([("C407", content)] if silent else [])


@pytest.mark.parametrize(("evidence", "missing"), [("", True), ("无", True), ("见附件。", False)])
def test_missing_evidence(evidence: str, missing: bool) -> None:
    papers = papers_of([{"content": "甲", "target": "≥1次", "actual": "1次", "evidence": evidence}])
    assert said(EVIDENCE_CHECKS, papers) == ([("C413", "甲")] if missing else [])
