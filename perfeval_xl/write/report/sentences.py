"""The report's sentences: pure functions from figures to Chinese, right for every figure.

Amounts are fen, points and percentages hundredths; ``None`` is unknown and printed as 【待补充：…】, never guessed.
"""

import re
from collections.abc import Sequence

from perfeval_xl.extent import Extent, stated_extent, wrong_extent
from perfeval_xl.lazy_pattern import lazy_pattern
from perfeval_xl.record import Record
from perfeval_xl.text import is_nothing
from perfeval_xl.write.report.evidence import put_right, stated_deductions, stated_scores, states_score
from perfeval_xl.write.report.figures import (
    FULL,
    amount,
    ended,
    missing,
    percent,
    points,
    share,
    some,
)

#: What a text calls a transfer that a form calls a grant.
_TRANSFERS = (
    (re.compile(r"中央.*(?:补助|转移支付|资金)"), "中央转移支付资金"),
    (re.compile(r"省.*(?:补助|转移支付)"), "省级转移支付资金"),
    (re.compile(r"市.*(?:补助|转移支付)"), "市级转移支付资金"),
)
_REASON = lazy_pattern(r"(?:未完成|未达标|扣分|偏差|主要|具体)?原因\s*[:：是为]")
_CODES = lazy_pattern(r"（见 [A-Z0-9、 ]+）")
_STEPS = ("自评实施步骤如下", "自评步骤如下", "实施步骤如下", "具体步骤如下", "步骤如下")


class Source(Record):
    """One funding source of a project; its name is "" where the table names none."""

    name: str
    annual_budget: int | None
    received: int | None
    executed: int | None

    @property
    def words(self) -> str:
        """What a text calls it."""
        return self.name or "未注明来源的资金"


def text_source(source: str, row: str) -> str:
    """A source's name in a text: a transfer's, else that of its row on the form; but what a row takes in beside other
    sources (当年财政拨款, 其他资金) keeps the name that the table gives it.
    """
    for name in (source, row):
        for pattern, words in _TRANSFERS:
            if pattern.match(name):
                return words
    return row if row.endswith("级预算资金") else source


class Result(Record):
    """One indicator's result. ``met`` is ``None`` where no rule can tell; ``over``: met by more than the target."""

    content: str
    target: str
    actual: str
    weight: int | None
    score: int | None
    met: bool | None
    completion: int | None
    over: bool
    reason: str
    evidence: str

    @property
    def deduction(self) -> int | None:
        """Points taken off."""
        return None if self.weight is None or self.score is None else self.weight - self.score


def lead_sentences(given: str, unit: str, year: int, extent: Extent, withheld: Sequence[str]) -> str:
    """Section 一's lead: the text of 报告信息 with its figures put right, and what it does not say of the extent.

    ``withheld``: the projects without a form that the report may name.
    """
    text, closing = _before_steps(given.strip())
    text = text or f"根据财政预算管理要求及绩效考核标准，{unit}对{year}年度项目支出开展绩效自评。"
    stated = stated_extent(text)
    parts = {
        "projects": f"共包括{extent.projects}个项目",
        "annual_budget": f"涉及预算资金{amount(extent.annual_budget, '预算资金合计，有项目的预算数不能确定')}",
        "coverage": f"自评覆盖率达到{percent(extent.coverage)}",
    }
    lacking = [words for name, words in parts.items() if not stated[name]]
    sentences = [ended(put_right(text, [(figure, right) for _, figure, right in wrong_extent(text, extent)]))]
    sentences += [f"本次自评{'，'.join(lacking)}。"] if lacking else []
    if extent.restricted:
        sentences.append(f"另有{extent.restricted}个涉密项目按规定未列入本报告。")
    if withheld:
        names = some([f"“{name}”" for name in withheld])
        sentences.append(f"其中{names}{len(withheld)}个项目的数据尚不能确定，未形成自评表。")
    return "".join(sentences) + closing


def _before_steps(text: str) -> tuple[str, str]:
    """The lead without the words that announce the steps, and those."""
    bare = text.rstrip("：:。")
    for words in _STEPS:
        if bare.endswith(words):
            return bare.removesuffix(words).rstrip("，,；;"), f"{words}："
    return text, f"{_STEPS[0]}："


def budget_basis(given: str, bureau: str, year: int, adjusted: bool) -> str:
    """Which papers approve the budget: as 报告信息 names them (预算批复文件), else the finance bureau's yearly approval."""
    if given:
        return given
    return f"《{bureau or missing('财政部门')}关于{year}年一般公共预算的批复》" + (
        "及年中预算调整请示文件" if adjusted else ""
    )


def received_sentences(
    basis: str, unit: str, year: int, project: str, budget: int | None, received: int | None, sources: Sequence[Source]
) -> str:
    """x-3-1 (1): what was approved, what arrived, and from where. What arrived is never assumed."""
    title = project if project.endswith("项目") else f"{project}项目"
    rate = share(received, budget, "到位资金" if received is None else "资金到位率")
    return (
        f"根据{basis}，{unit}“{year}年{title}”预算批复资金为{amount(budget, '全年预算数')}，"
        f"实际到位资金为{amount(received, '到位资金')}，资金到位率{rate}。{_origin(sources)}"
    )


def _origin(sources: Sequence[Source]) -> str:
    named = [source for source in sources if source.name]
    if not named:
        return f"资金来源于{missing('资金来源')}。"
    if len(sources) == 1:
        words = named[0].words
        return (
            f"资金来源于{words.removesuffix('预算资金')}财政预算资金。"
            if words.endswith("级预算资金")
            else f"资金来源于{words}。"
        )
    parts = [f"{source.words}{amount(source.received, '到位资金')}" for source in sources]
    return f"到位资金中{'，'.join(parts)}。"


def executed_sentences(
    year: int,
    budget: int | None,
    executed: int | None,
    sources: Sequence[Source],
    reason: str,
    needs_reason: bool,
) -> str:
    """x-3-1 (2): what was spent, in all and of each source; over the budget by how much; why, where it must be said."""
    text = (
        f"通过查阅《{year}年度项目支出预算执行情况表》，自评小组了解到{year}年项目预算金额为{amount(budget, '全年预算数')}，"
        f"实际使用金额为{amount(executed, '全年执行数')}，资金使用率为{_used(budget, executed)}"
    )
    if budget is not None and executed is not None and executed > budget:
        text += f"，超出预算{amount(executed - budget, '')}"
    if len(sources) > 1:
        parts = [f"{source.words}使用率{_used(source.annual_budget, source.executed)}" for source in sources]
        text += f"，其中，{'，'.join(parts)}"
    if not is_nothing(reason):
        return f"{text}。执行偏差原因：{ended(reason)}"
    return f"{text}。执行偏差原因：{missing('执行偏差原因')}。" if needs_reason else f"{text}。"


def _used(budget: int | None, executed: int | None) -> str:
    nothing = budget == 0 and executed is not None
    return share(executed, budget, "预算数为零，使用率无法计算" if nothing else "资金使用率")


def indicator_sentences(result: Result) -> str:
    """x-3-2: the indicator's points, its evidence as written, and what that lacks of deduction, score and reason.

    A score or deduction in the evidence that differs from the computed one gives way to it (C421 says so).
    """
    told = ended(_evidence(result)) if not is_nothing(result.evidence) else _figures(result)
    return f"{result.content or missing('指标内容')}（{points(result.weight)}）。{told}{_reason(result, told)}"


def _evidence(result: Result) -> str:
    text = result.evidence.strip()
    scores, deductions = stated_scores(text, result.weight), stated_deductions(text)
    wrong = [
        (stated, points(result.score, "自评分").removesuffix("分"))
        for stated in scores
        if stated.hundredths != result.score
    ]
    off = sum(stated.hundredths for stated in deductions)
    if len(deductions) == 1 and off != result.deduction:
        wrong.append((deductions[0], points(result.deduction, "扣分").removesuffix("分")))
    lacking = [] if deductions or not result.deduction else [f"扣{points(result.deduction)}"]
    if len(deductions) > 1 and off != result.deduction:
        lacking.append(f"合计扣{points(result.deduction, '扣分')}")
    if not scores and not states_score(text, result.score, result.weight):
        lacking.append(f"该指标得分为{points(result.score, '自评分')}")
    text = put_right(text, wrong)
    if not lacking:
        return text
    told, reason = _before_reason(text)
    return f"{told.rstrip('。；;，, ')}{'，' if told else ''}{'，'.join(lacking)}。{reason}"


def _before_reason(text: str) -> tuple[str, str]:
    """The evidence, and the reason that follows in it: points are added between them."""
    at = match.start() if (match := _REASON.search(text)) else len(text)
    return text[:at].rstrip(), text[at:]


def _figures(result: Result) -> str:
    """What can be said without any evidence: the form's figures, and that the evidence is lacking."""
    parts = [
        f"通过查阅{missing('佐证资料')}",
        f"自评小组了解到年度目标值为{result.target or missing('年度目标值')}",
        f"全年完成值为{result.actual or missing('全年完成值')}",
    ]
    if result.completion is not None:
        parts.append(f"完成率{percent(result.completion)}")
    if result.met is not None:
        parts.append("未完成目标" if not result.met else "超额完成目标" if result.over else "已完成目标")
    if result.deduction:
        parts.append(f"扣{points(result.deduction)}")
    parts.append(f"该指标得分为{points(result.score, '自评分')}")
    return "，".join(parts) + "。"


def _reason(result: Result, told: str) -> str:
    """Why it was not met, or why points were taken, where the evidence does not say it."""
    if result.met is not False and not result.deduction:
        return ""
    label = "扣分原因" if result.met else "未完成原因"
    if "原因" in told:
        return ""
    reason = result.reason.strip()
    if is_nothing(reason):
        return f"{label}：{missing(label)}。"
    return "" if reason.rstrip("。") in told else f"{label}：{ended(reason)}"


def result_sentences(project: str, number: str, total: int | None, grade: str, withheld: str) -> str:
    """x-4: the total, the grade and the form's number; a withheld form is said to be lacking, and why."""
    title = f"《{project}项目支出绩效自评表》（附件{number}）"
    score = missing("自评总分") + "分" if total is None else f"{total // 100}.{total % 100:02d}分"
    text = f"本项目自评总分{score}，自评等级为{grade or missing('自评等级')}。"
    # Codes of findings are for the officer, not for those who read the report.
    why = _CODES.sub("", withheld)
    return text + (f"{title}暂未形成：{ended(why)}" if withheld else f"详见{title}。")


def group_title(at: int, level1: str, weight: int | None) -> str:
    """（1）产出指标（40分）."""
    return f"（{at}）{level1 or missing('一级指标')}（{points(weight)}）"


def is_over(met: bool | None, completion: int | None, downward: bool, worded: bool) -> bool:
    """Whether a target was passed; less than at most is no passing, and words have no more than full."""
    return bool(met) and not downward and not worded and completion is not None and completion > FULL
