"""The working plan (工作方案) of step two: the scheme's points, rules and bands, the dates and people of 报告信息."""

from collections.abc import Iterator, Mapping

from perfeval_xl.extent import restricted_projects
from perfeval_xl.model import Inputs
from perfeval_xl.money import whole_or_two_decimals
from perfeval_xl.scheme import Scheme
from perfeval_xl.scheme_file import INVERSE, LINEAR
from perfeval_xl.text import match_key
from perfeval_xl.write.report.context import general_values
from perfeval_xl.write.report.figures import missing, numbered, points
from perfeval_xl.write.report.rows import Values

#: What a rule means, for those that every scheme may name.
_RULES = {
    "按比例": "完成目标的得满分；未完成的，越大越好的指标按完成值与目标值之比计分，{reverse}，最低零分。",
    "达标得分": "完成目标的得满分，未完成的不得分。",
    "扣分": "由自评小组按未完成的程度扣分，并写明原因。",
    "人工评分": "由自评小组评分，并写明依据。",
}
#: To how many places of a point is rounded, by the scheme's place.
_PLACES = {1: "保留两位小数", 10: "保留一位小数", 100: "取整数"}
_REVERSE = {
    LINEAR: "越小越好的指标按超出目标值的比例扣分，达到目标值两倍的不得分",
    INVERSE: "越小越好的指标按目标值与完成值之比计分",
}
#: Lists of 报告信息 that the template has words of its own for; and those that only the unit can say.
_METHOD, _OWN = ("自评原则", "自评方法"), ("组织分工", "时间安排")


def plan_values(inputs: Inputs, scheme: Scheme, unit: str, year: int) -> Values:
    """The values of the plan; what 报告信息 does not say is marked."""
    info = inputs.report_info
    return {
        **general_values(info, unit, year),
        "制定时间": info.get("制定时间") or missing("制定时间"),
        "方案名称": scheme.title,
        "方案依据": scheme.source,
        "项目": list(_projects(inputs, unit)),
        "分值": list(_points(scheme)),
        "评分规则": numbered("\n".join(_rules(scheme)), "评分规则", bracketed=True),
        "等级": list(_grades(scheme)),
        **{name: numbered(info[name], name, bracketed=True) if info.get(name) else [] for name in _METHOD},
        **{name: numbered(info.get(name, ""), name, bracketed=True) for name in _OWN},
    }


def _projects(inputs: Inputs, unit: str) -> Iterator[Values]:
    """The merged projects of 项目信息, as far as it exists at this time; those marked 涉密 stay out."""
    restricted = restricted_projects(inputs)
    own = inputs.projects["project"][inputs.projects["unit"] == unit]
    names = [name for name in own if name and (unit, match_key(name)) not in restricted]
    for at, name in enumerate(dict.fromkeys(names), 1):
        yield {"序号": str(at), "项目名称": name}


def _points(scheme: Scheme) -> Iterator[Values]:
    parts = (
        ("项目资金（预算执行率）", scheme.funding_points),
        ("项目绩效总目标", scheme.goal_points),
        ("绩效指标", scheme.indicator_points),
    )
    total = 0
    for name, value in parts:
        if value is not None:
            total += value
            yield {"名称": name, "分值": points(value)}
    for at, (group, value) in enumerate(scheme.groups.items()):
        yield {"名称": f"{'' if at else '其中：'}{group}", "分值": points(value)}
    yield {"名称": "合计", "分值": points(total)}


def _rules(scheme: Scheme) -> Iterator[str]:
    """A paragraph for each rule that the scheme uses."""
    full = points(scheme.funding_points)
    yield f"项目资金：得分＝{full}×预算执行率，预算执行率＝全年执行数÷全年预算数，最高{full}，四舍五入{_PLACES[scheme.place]}。"
    if scheme.goal_points is not None:
        yield f"项目绩效总目标：满分{points(scheme.goal_points)}，未完成的内容逐项写明扣分和原因。"
    number = scheme.number_rule
    means = _RULES.get(number, f"按“{number}”评分。").format(reverse=_REVERSE[scheme.reverse])
    yield f"定量指标：{means}"
    words = [f"“{word}”按分值的{_percent(share)}计分" for word, share in scheme.coefficients.items()]
    words += [f"“{own[0]}”{'等' if len(own) > 1 else ''}在分值的{span}之间评分" for span, own in _bands(scheme).items()]
    yield "定性指标：" + "；".join(["达到目标或最高档的得满分", *words, "其他情况由自评小组评分并写明依据。"])
    rate, change = (_percent(scheme.thresholds[name]) for name in ("execution_rate", "budget_change"))
    yield f"预算执行率低于{rate}、全年预算数与年初预算数相差超过{change}的，应当说明原因；未完成的指标应当写明未完成原因和改进措施。"


def _bands(scheme: Scheme) -> Mapping[str, list[str]]:
    """What a person may give for a word, in percent of the points → the words, without those of the top band."""
    spans: dict[str, list[str]] = {}
    for word, (low, high) in scheme.bands.items():
        if match_key(word) not in scheme.top_words:
            own = spans.setdefault(f"{whole_or_two_decimals(low)}%至{whole_or_two_decimals(high)}%", [])
            own.append(word)
    return spans


def _percent(share: object) -> str:
    return f"{whole_or_two_decimals(int(share * 10_000))}%"  # type: ignore[operator]


def _grades(scheme: Scheme) -> Iterator[Mapping[str, str]]:
    above: str | None = None
    for grade, lowest in scheme.grades:
        low = points(lowest)
        span = f"{low}（含）以上" if above is None else f"{low}（含）至{above}" if lowest else f"{above}以下"
        yield {"等级": grade, "界限": span}
        above = low
