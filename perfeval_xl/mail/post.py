"""The whole of mail: results → recipients → letters → previews in 发件箱, or each letter sent once."""

from collections.abc import Callable, Iterator
from pathlib import Path

from perfeval_xl.errors import UsageError
from perfeval_xl.mail.connection import Connection
from perfeval_xl.mail.journal import JOURNAL, open_journal, read_journal
from perfeval_xl.mail.letters import Letter, Plan, plan_letters
from perfeval_xl.mail.message import Stamp, sender_mailbox
from perfeval_xl.mail.outbox import find_previews, write_preview
from perfeval_xl.mail.recipients import Mailbox, mailbox_address, recipient_lists
from perfeval_xl.mail.results import load_results
from perfeval_xl.mail.sending import Clock, Dispatch, Outcome, Pace, State, compose_or_hold, judge_letters, send_letters
from perfeval_xl.mail.server import Server, is_loopback, server_of
from perfeval_xl.mail.wording import Wording, wording_of
from perfeval_xl.record import Record, replace
from perfeval_xl.settings import MailSettings, load_settings
from perfeval_xl.write.files import ResultsFolder
from perfeval_xl.write.names import OUTBOX

_MEGA = 1024 * 1024
_USUAL_RATE, _LOCAL_RATE = 20, 600
Progress = Callable[[str], None]


class Order(Record):
    """What the officer asked for, option by option."""

    results: Path
    recipients: Path | None = None
    smtp: str | None = None
    send: bool = False
    test_to: str | None = None
    limit: int | None = None
    resend: bool = False
    allow_changed: bool = False
    include_restricted: bool = False


class Mailing(Record):
    """What is to be done: ``plan``, and ``server`` where it is asked for. :meth:`work` does it."""

    order: Order
    folder: Path
    settings: MailSettings
    plan: Plan
    words: Callable[[Letter], Wording]
    clock: Clock
    server: Server | None
    sender: Mailbox | None

    @property
    def outbox(self) -> Path:
        """Where previews and the journal are."""
        return self.folder / OUTBOX

    @property
    def limit(self) -> int:
        """The largest letter in bytes."""
        return self.settings.max_size_mb * _MEGA

    def work(self, secret: Callable[[], str], progress: Progress = lambda _: None) -> Iterator[Outcome]:
        """Preview the letters, or send them, one after another. ``secret`` gives the password, if it is wanted."""
        if self.order.send and self.server and self.sender:
            return _send(self, self.server, self.sender, secret, progress)
        return _preview(self, progress)


def prepare_mailing(order: Order, clock: Clock) -> Mailing:
    """Everything up to the letters; writes and sends nothing. Raises ``PerfevalError``."""
    results = load_results(order.results)
    settings = load_settings(results.source)
    lists = recipient_lists(results, order.recipients, settings)
    plan = plan_letters(results, lists, order.allow_changed, order.include_restricted)
    wordings = {unit.unit: wording_of(unit, settings) for unit in results.chosen}
    own = settings.mail or MailSettings()
    # A wrong --smtp, or a password in it, is said in the preview already.
    server = server_of(order.smtp, settings.mail) if order.send or order.smtp is not None else None
    return Mailing(
        order=replace(order, test_to=_test_address(order.test_to)),
        folder=results.folder,
        settings=own,
        plan=plan,
        words=lambda letter: wordings[letter.unit.unit],
        clock=clock,
        server=server,
        sender=_sender(own, server) if server and order.send else sender_mailbox(own.sender) if own.sender else None,
    )


def _preview(job: Mailing, progress: Progress) -> Iterator[Outcome]:
    """An .eml for each letter that would be sent, or that is held back for something the officer has to see."""
    known = read_journal(job.outbox / JOURNAL)
    judged = judge_letters(job.plan.letters, known, job.order.resend, None)
    stamp = Stamp(job.sender, unsent=True)
    with ResultsFolder(job.folder, alone=True) as target:
        for old in (path for paths in find_previews(job.folder).values() for path in paths):
            old.unlink(missing_ok=True)
        for number, outcome in enumerate(judged, start=1):
            progress(f"预览 {number}/{len(judged)} {outcome.letter.to.mailbox.address}")
            if outcome.state not in (State.READY, State.HELD) or not outcome.letter.complete:
                yield outcome
                continue
            shown, content = compose_or_hold(outcome, job.words(outcome.letter), stamp, job.limit)
            path = write_preview(target, number, shown.letter, shown.state is State.HELD, content) if content else None
            yield replace(shown, preview=path)


def _send(
    job: Mailing, server: Server, sender: Mailbox, secret: Callable[[], str], progress: Progress
) -> Iterator[Outcome]:
    """Each letter once: the journal says which were sent before, except in a trial, which does not count."""
    order = job.order
    with (
        open_journal(job.outbox, job.clock.now) as journal,
        Connection(server, secret, job.clock.sleep) as connection,
    ):
        known = {} if order.test_to else journal.entries
        judged = judge_letters(job.plan.letters, known, order.resend, order.limit)
        dispatch = Dispatch(
            connection=connection,
            journal=journal,
            pace=Pace(job.settings.rate_per_minute or _rate_of(server), job.clock),
            clock=job.clock,
            words=job.words,
            sender=sender,
            test_to=order.test_to,
            limit=job.limit,
            previews=find_previews(job.folder),
        )
        yield from send_letters(judged, dispatch, progress)


def _test_address(text: str | None) -> str | None:
    if text is None:
        return None
    address = mailbox_address(text)
    if address is None:
        raise UsageError(f"--test-to 的“{text}”不可能是邮箱地址。", "写成如 --test-to zhangsan@example.gov.cn。")
    return address


def _rate_of(server: Server) -> int:
    """Letters a minute where the settings say nothing: a mail service on this computer has a queue of its own."""
    return _LOCAL_RATE if is_loopback(server.host) else _USUAL_RATE


def _sender(settings: MailSettings, server: Server) -> Mailbox:
    """Who the letters are from: ``sender``, else the user, which most servers want it to be anyway.

    A mail service on this computer takes a sender without a domain, as it does from every other program.
    """
    if settings.sender:
        return sender_mailbox(settings.sender)
    local = f"{server.user or 'perfeval-xl'}@localhost.localdomain" if is_loopback(server.host) else ""
    address = mailbox_address(server.user) or mailbox_address(local)
    if address is None:
        raise UsageError(
            "不知道发件人是谁。", "在 perfeval.toml 的 [mail] 中写 sender，如 财务科 <caiwu@example.gov.cn>。"
        )
    return Mailbox("", address)
