"""Letters → outcomes: each is sent once, at the agreed rate, and nobody's refusal stops the others."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from perfeval_xl.mail.connection import Connection
from perfeval_xl.mail.journal import Entry, Journal, Mark
from perfeval_xl.mail.letters import Letter
from perfeval_xl.mail.message import ChangedMeanwhileError, Stamp, compose, message_id
from perfeval_xl.mail.recipients import Mailbox, Trouble
from perfeval_xl.mail.trouble import UNCERTAIN_ADVICE, Kind, MailTrouble, too_large
from perfeval_xl.mail.wording import Wording
from perfeval_xl.record import Record, replace

#: Seconds before letters that were put off are tried again: greylisting wants minutes.
LATER_PAUSES = (5, 60, 300)


class State(StrEnum):
    """What became of a letter, as the operator reads it."""

    READY = "可以发送"
    HELD = "暂不发送"
    SENT = "已发送"
    TESTED = "已试发"
    ALREADY = "以前已发送"
    REFUSED = "没有发出"
    UNCERTAIN = "不确定"
    WAITING = "留待下次"


class Outcome(Record):
    """A letter and what became of it. ``size`` (bytes on the wire) is 0 where it was not composed."""

    letter: Letter
    state: State
    troubles: tuple[Trouble, ...] = ()
    size: int = 0
    preview: Path | None = None
    since: str = ""


class Clock(Record):
    """The time of day, seconds that only grow, and waiting."""

    now: Callable[[], datetime]
    seconds: Callable[[], float]
    sleep: Callable[[float], None]


class Pace:
    """Lets so many letters a minute begin."""

    def __init__(self, per_minute: int, clock: Clock) -> None:
        self._interval = 60 / per_minute
        self._clock = clock
        self._next = clock.seconds()

    def wait(self) -> None:
        """Return when the next letter may begin."""
        now = self._clock.seconds()
        if self._next > now:
            self._clock.sleep(self._next - now)
        self._next = max(self._next, now) + self._interval


class Dispatch(Record):
    """All that sending takes. ``words`` gives a letter's wording; ``limit`` is the largest letter in bytes."""

    connection: Connection
    journal: Journal
    pace: Pace
    clock: Clock
    words: Callable[[Letter], Wording]
    sender: Mailbox
    test_to: str | None
    limit: int
    previews: Mapping[str, Sequence[Path]]


def judge_letters(
    letters: Sequence[Letter], known: Mapping[str, Entry], resend: bool, most: int | None
) -> list[Outcome]:
    """What is to be done with each letter, by the journal and its own troubles; at most ``most`` are ready."""
    outcomes: list[Outcome] = []
    ready: set[str] = set()
    for letter in letters:
        entry = known.get(letter.key)
        if (entry is not None and entry.mark is Mark.SENT) or letter.key in ready:
            outcome = Outcome(letter, State.ALREADY, since=entry.time if entry else "")
        elif entry is not None and entry.uncertain and not resend:
            trouble = Trouble("", f"{entry.time} 发出正文后连接断了或程序中断了，不知道对方收到没有", UNCERTAIN_ADVICE)
            outcome = Outcome(letter, State.UNCERTAIN, (trouble,), since=entry.time)
        elif letter.troubles:
            outcome = Outcome(letter, State.HELD, letter.troubles)
        elif most is not None and len(ready) >= most:
            outcome = Outcome(letter, State.WAITING)
        else:
            ready.add(letter.key)
            outcome = Outcome(letter, State.READY)
        outcomes.append(outcome)
    return outcomes


def compose_or_hold(outcome: Outcome, wording: Wording, stamp: Stamp, limit: int) -> tuple[Outcome, bytes]:
    """The letter's bytes; held back, with the reason, where it is too large or an attachment changed just now."""
    try:
        content = compose(outcome.letter, wording, stamp)
    except ChangedMeanwhileError as error:
        trouble = Trouble(str(error), "刚刚被改动过，或读不出来", "关闭正在打开它的程序后再运行一次。")
        return replace(outcome, state=State.HELD, troubles=(*outcome.troubles, trouble)), b""
    if len(content) > limit:
        trouble = Trouble("", *too_large(len(content), limit))
        outcome = replace(outcome, state=State.HELD, troubles=(*outcome.troubles, trouble))
    return replace(outcome, size=len(content)), content


def send_letters(outcomes: Sequence[Outcome], dispatch: Dispatch, progress: Callable[[str], None]) -> Iterator[Outcome]:
    """Try each ready letter, and those that were put off again after a pause; the others are passed on as they are.

    A trouble of the server's ends all that are left.
    """
    yield from (outcome for outcome in outcomes if outcome.state is not State.READY)
    waiting = [outcome for outcome in outcomes if outcome.state is State.READY]
    done, total = 0, len(waiting)
    for pause in (0, *LATER_PAUSES):
        if pause:
            progress(f"{pause} 秒后再试被推迟的 {len(waiting)} 封")
            dispatch.clock.sleep(pause)
        later: list[Outcome] = []
        for at, outcome in enumerate(waiting):
            progress(f"发送 {done + 1}/{total} {outcome.letter.to.mailbox.address}")
            try:
                yield _send(outcome, dispatch, last=pause == LATER_PAUSES[-1])
                done += 1
            except MailTrouble as trouble:
                failed = _failed(outcome, State.REFUSED, trouble)
                if trouble.kind is Kind.STOP:
                    rest = [*later, *waiting[at:]]
                    yield from (replace(left, state=State.REFUSED, troubles=failed.troubles) for left in rest)
                    return
                later.append(failed)
        waiting = later
        if not waiting:
            return
    yield from waiting


def _send(outcome: Outcome, dispatch: Dispatch, last: bool) -> Outcome:
    """One letter. Raises :class:`MailTrouble` where it is to be tried again, or where nothing can be sent any more."""
    letter = outcome.letter
    stamp = Stamp(dispatch.sender, dispatch.clock.now(), dispatch.test_to)
    outcome = replace(outcome, state=State.READY, troubles=())
    outcome, content = compose_or_hold(outcome, dispatch.words(letter), stamp, dispatch.limit)
    if outcome.state is State.HELD:
        return outcome
    addresses = [dispatch.test_to] if dispatch.test_to else [letter.to.mailbox.address, *letter.to.copies]
    began = False

    def record(mark: Mark, **facts: Any) -> None:
        trial = {"test_of": mark} if dispatch.test_to else {}
        facts = {"to": addresses, "message_id": message_id(letter, stamp)} | trial | facts
        dispatch.journal.record(letter.key, Mark.TEST if dispatch.test_to else mark, began, facts)

    def before_text() -> None:
        nonlocal began
        record(Mark.SENDING, files=[enclosure.paper.path.name for enclosure in letter.enclosures])
        began = True

    dispatch.pace.wait()
    try:
        refused = dispatch.connection.deliver(dispatch.sender.address, addresses, content, last, before_text)
    except MailTrouble as trouble:
        if trouble.kind is Kind.LATER and not last:
            raise
        uncertain = trouble.kind is Kind.UNCERTAIN
        record(Mark.UNCERTAIN if uncertain else Mark.REFUSED, reason=trouble.reason)
        if trouble.kind is Kind.STOP:
            raise
        return _failed(outcome, State.UNCERTAIN if uncertain else State.REFUSED, trouble)
    record(Mark.SENT, **({"refused_copies": refused} if refused else {}))
    if dispatch.test_to:
        return replace(outcome, state=State.TESTED)
    for path in dispatch.previews.get(letter.key, ()):
        with suppress(OSError):
            path.unlink()
    advice = "信已寄给收件人；改正抄送地址后，把他单列为一行收件人再运行一次。"
    copies = tuple(Trouble(f"抄送 {copy}", reason, advice) for copy, reason in refused.items())
    return replace(outcome, state=State.SENT, troubles=copies)


def _failed(outcome: Outcome, state: State, trouble: MailTrouble) -> Outcome:
    return replace(outcome, state=state, troubles=(Trouble("", trouble.reason, trouble.advice),))
