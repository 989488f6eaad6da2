"""For every S and C code what looks like it and is not: changes of the clean year that must not be called so."""

from tests.findings.test_reproducers import (
    EXECUTION,
    FINAL,
    INDICATORS,
    PROJECTS,
    Change,
    _column,
    both,
    five_as_planned,
    three_totals,
)
from tests.workbooks import Sheets, put


def row(sheet: str, at: int, **cells: object) -> Change:
    """Several cells of one data row."""
    return both(*(put(sheet, at, heading, value) for heading, value in cells.items()))


def goal(text: str, score: int) -> Change:
    """The words and the points of the first project's goal."""
    return row(PROJECTS, 0, 全年实际完成情况=text, 总目标自评分=score)


def without_column(sheet: str, heading: str) -> Change:
    def change(sheets: Sheets) -> None:
        at = sheets[sheet][0].index(heading)
        sheets[sheet] = [line[:at] + line[at + 1 :] for line in sheets[sheet]]

    return change


COUNTER_EXAMPLES: dict[str, tuple[Change, ...]] = {
    "S301": (both(row(INDICATORS, 0, 分值=25, 自评分=25), row(INDICATORS, 1, 分值=15, 自评分=11.25)),),
    "S302": (row(INDICATORS, 1, 自评分=0), row(INDICATORS, 1, 自评分=20), row(PROJECTS, 0, 总目标自评分=0)),
    "S303": (
        row(INDICATORS, 0, 全年完成值="大部分", 评分规则="人工评分", 自评分=12),
        row(INDICATORS, 4, 全年完成值="尚可", 自评分=20),
    ),
    "S304": (row(INDICATORS, 1, 全年完成值="0场", 自评分=0), row(INDICATORS, 1, 全年完成值=0, 自评分=0)),
    "S305": (
        row(INDICATORS, 1, 自评分=14, 评分规则="扣分"),
        row(INDICATORS, 1, 自评分="", 扣分=5),
        row(INDICATORS, 1, 年度目标值="≥30场", 全年完成值="20场", 自评分=13.33, 完成情况说明="开展活动20场。"),
    ),
    "S306": (row(INDICATORS, 1, 年度目标值="≥30场", 自评分=20), row(INDICATORS, 1, 全年完成值="40场", 自评分=20)),
    "S307": (row(INDICATORS, 1, 自评分=14), row(INDICATORS, 0, 自评分="", 扣分=0)),
    "S308": (row(INDICATORS, 1, 全年完成值="40场", 自评分=20, 未完成原因="", 完成情况说明="开展活动40场。"),),
    "S309": (row(INDICATORS, 1, 全年完成值="40场", 自评分=20, 改进措施="无", 完成情况说明="开展活动40场。"),),
    "S310": (
        row(INDICATORS, 2, 年度目标值="≥50%"),
        row(INDICATORS, 0, 全年完成值="6400册", 完成情况说明="新购图书6400册。"),
        row(INDICATORS, 0, 全年完成值="9000册", 完成情况说明="因上级追加购书任务，新购图书9000册。"),
        row(INDICATORS, 0, 全年完成值="9000册", 完成情况说明="新购图书9000册，年初目标设置偏低。"),
    ),
    "S311": (
        row(INDICATORS, 1, 年度目标值="40场以上"),
        row(INDICATORS, 1, 年度目标值="40场", 指标方向="正向"),
        row(INDICATORS, 1, 年度目标值="35场-45场", 全年完成值="40场", 自评分=20, 完成情况说明="开展活动40场。"),
    ),
    "S312": (
        row(INDICATORS, 3, 指标内容="投诉处理及时率"),
        row(INDICATORS, 3, 指标内容="差错率降低幅度"),
        row(INDICATORS, 3, 指标内容="采购成本节约率"),
        row(INDICATORS, 3, 指标内容="节约采购成本"),
        row(INDICATORS, 3, 指标内容="成本支出变动率", 年度目标值="≤10%", 全年完成值="5%", 完成情况说明="变动率5%。"),
    ),
    "S313": (lambda sheets: _column(sheets, PROJECTS, "自评等级", ["优", "优"]),),
    "S314": (
        row(INDICATORS, 1, 扣分=5),
        lambda sheets: _column(sheets, PROJECTS, "自评得分", [94.53, 92.5]),
    ),
    "S315": (both(row(INDICATORS, 3, 分值=40), row(INDICATORS, 4, 分值=20, 自评分=17)),),
    "C401": (
        row(PROJECTS, 1, 全年实际完成情况="渗漏尚未根治，扣二分。"),
        row(PROJECTS, 1, 全年实际完成情况="渗漏、裂缝尚未根治，两项各扣1分。"),
        row(PROJECTS, 1, 全年实际完成情况="共扣2分，其中渗漏扣1.5分。"),
        row(PROJECTS, 1, 全年实际完成情况="按方案每漏一处扣1分，共漏2处，扣2分。"),
        goal("全部完成，未扣分。", 20),
    ),
    "C402": (
        row(PROJECTS, 1, 全年实际完成情况="渗漏尚未根治，酌情扣分。"),
        goal("成效较为显著。", 20),
    ),
    "C403": (
        goal("馆藏结构不合理，扣2分。", 18),
        goal("读者活动场次30场，但馆藏结构不合理，扣2分。", 18),
        goal("读者活动场次不足。", 20),
        goal("读者活动场次30场，馆藏结构不合理，扣2分。", 18),
    ),
    "C404": (
        goal("全年开展读者活动30场。", 20),
        goal("全年计划开展读者活动40场，均已安排。", 20),
        goal("上年读者活动35场。", 20),
        goal("为35名读者办证。", 20),
        goal("三场主题读者活动接待500人，读者活动进校园10场、进社区20场，合计30场。", 20),
        goal("组织读者活动40场的年度任务未完成。", 20),
        goal("读者满意度达到95%，馆藏结构不合理，扣2分。", 18),
        goal("读者满意度95%，因馆藏结构不合理，扣2分。", 18),
    ),
    "C405": (
        row(INDICATORS, 1, 完成情况说明="线上活动10场、线下活动20场。"),
        row(INDICATORS, 1, 完成情况说明="计划活动40场，实际30场。"),
        row(INDICATORS, 1, 完成情况说明="开展30场，含上级新增活动2场。"),
        row(INDICATORS, 2, 完成情况说明="总馆读者满意度93%，分馆读者满意度97%，全馆平均95%。"),
        row(INDICATORS, 1, 完成情况说明="活动30场，完成率75%，该指标得分为15分。"),
        row(INDICATORS, 2, 完成情况说明="发放问卷200份，回收率97.5%，满意度95%。"),
        row(
            INDICATORS,
            3,
            指标内容="馆舍维修完工时间",
            年度目标值="2019年11月底前",
            全年完成值="2019年11月20日",
            完成情况说明="合同约定2019年12月5日完工，2019年12月10日通过验收。",
        ),
    ),
    "C406": (lambda sheets: five_as_planned(sheets, 4),),
    "C407": (
        row(INDICATORS, 2, 完成情况说明="全年未收到投诉，问卷调查200名读者。"),
        row(INDICATORS, 2, 完成情况说明="全年未收到投诉，满意度95%。"),
        row(INDICATORS, 3, 完成情况说明="竣工验收合格，未收到投诉。"),
    ),
    "C408": (lambda sheets: _column(sheets, PROJECTS, "主要问题", ["读者活动偏少。", "渗漏未根治。"]),),
    "C409": (
        row(INDICATORS, 3, 指标内容="安全事故", 年度目标值="≤0起", 全年完成值="0起", 完成情况说明="没有事故。"),
        row(INDICATORS, 2, 二级指标="服务对象满意度指标"),
    ),
    "C410": (
        both(
            row(EXECUTION, 3, 全年执行数=114000, 预算执行率=95),
            row(INDICATORS, 4, 全年完成值="高", 自评分=30),
            put(FINAL, 2, "本年支出", 114000),
        ),
    ),
    "C411": (
        lambda sheets: three_totals(sheets, 5, 5, 5),
        both(
            row(PROJECTS, 0, 总目标自评分=15, 全年实际完成情况="扣5分。"),
            row(PROJECTS, 1, 总目标自评分=15, 全年实际完成情况="扣5分。", 总目标扣分=5),
        ),
    ),
    "C412": (row(INDICATORS, 0, 指标内容="读者活动人次"), row(INDICATORS, 3, 指标内容="读者满意度")),
    "C413": (row(INDICATORS, 0, 完成情况说明="详见采购合同。"), without_column(INDICATORS, "完成情况说明")),
}
