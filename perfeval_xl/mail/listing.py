"""What the operator is shown of a mailing, line by line; printing is the command's."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from perfeval_xl.mail.letters import Letter, Plan
from perfeval_xl.mail.recipients import Trouble
from perfeval_xl.mail.sending import Outcome, State
from perfeval_xl.mail.wording import size_words


def letter_lines(number: int, total: int, outcome: Outcome) -> Iterator[str]:
    """Who gets what, how large it is, and what is wrong."""
    letter = outcome.letter
    size = f"，{size_words(outcome.size)}" if outcome.size else ""
    since = f"（{outcome.since}）" if outcome.since else ""
    yield f"{number}/{total} {outcome.state}{since}：{person(letter)}，{len(letter.enclosures)} 个附件{size}"
    if letter.to.copies:
        yield f"    抄送：{'、'.join(letter.to.copies)}"
    for enclosure in letter.enclosures:
        yield f"    附件：{enclosure.paper.path.name}（{size_words(enclosure.size)}）"
    if outcome.preview:
        yield f"    预览：{outcome.preview.name}"
    for remark in letter.remarks:
        yield f"    注意：{remark}"
    for trouble in outcome.troubles:
        yield f"    问题：{_said(trouble)}"
        yield f"      下一步：{trouble.advice}"


def plan_lines(plan: Plan, include_restricted: bool) -> Iterator[str]:
    """What is wrong with the lists, and what is left out."""
    units = {letter.unit.unit for letter in plan.letters} | {unit for unit, _ in (*plan.unaddressed, *plan.restricted)}
    several = len(units) > 1
    for trouble in plan.troubles:
        yield f"收件人有误：{_said(trouble)}"
        yield f"      下一步：{trouble.advice}"
    if plan.unaddressed:
        yield f"没有收件人的项目：{'、'.join(_named(plan.unaddressed, several))}"
        yield "      下一步：需要寄的，在“收件人”表中补上。"
    if plan.restricted and include_restricted:
        yield f"注意：按 --include-restricted，涉密项目 {len(plan.restricted)} 个也会寄出。"
    elif plan.restricted:
        numbers = [(unit, f"附件{number}") for unit, number in plan.restricted]
        yield f"涉密项目 {len(plan.restricted)} 个（{'、'.join(_named(numbers, several))}）没有附上，信中也没有提到；列有它们的汇总表不附。"


def closing_lines(
    outcomes: Sequence[tuple[State, str, tuple[Trouble, ...]]], sending: bool, outbox: Path
) -> Iterator[str]:
    """How many of each; when sending, everything that was not sent, with the next step, said once for each reason."""
    counts = Counter(state for state, _, _ in outcomes)
    summary = "，".join(f"{state} {counts[state]} 封" for state in State if counts[state])
    yield f"共 {len(outcomes)} 封：{summary}。" if outcomes else "一封信也没有。"
    if not sending:
        yield f"预览在：{outbox}"
        yield "下一步：打开其中的 .eml 核对，再加 --send 发送；可以先用 --send --test-to 自己的邮箱 试发。"
        return
    reasons: dict[tuple[str, str], list[str]] = {}
    for state, name, troubles in outcomes:
        for trouble in troubles if state not in (State.READY, State.TESTED, State.ALREADY) else ():
            reasons.setdefault((f"{state}：{_said(trouble)}", trouble.advice), []).append(name)
    for (reason, advice), names in reasons.items():
        yield f"{reason}"
        yield f"    收件人：{'、'.join(names)}"
        yield f"    下一步：{advice}"
    if counts[State.WAITING]:
        yield f"按 --limit 留下 {counts[State.WAITING]} 封，再运行一次接着发。"
    if counts[State.TESTED]:
        yield "试发不算已发送；核对无误后去掉 --test-to 再运行。"


def person(letter: Letter) -> str:
    """The recipient as messages name them."""
    mailbox = letter.to.mailbox
    return f"{mailbox.name} <{mailbox.address}>" if mailbox.name else mailbox.address


def _said(trouble: Trouble) -> str:
    return f"{trouble.where}：{trouble.reason}。" if trouble.where else f"{trouble.reason}。"


def _named(pairs: Iterable[tuple[str, str]], several: bool) -> list[str]:
    return [f"{unit} {name}" if several else name for unit, name in pairs]
