"""``mail --send`` killed at every write of its journal and at every word of the server's, and its disk full at every write.

Without ``--resend`` nothing may be sent twice; what was not received is sent or told as uncertain, and then ``--resend`` sends it.
"""

import contextlib
import errno
import json
import os
import shutil
import signal
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from perfeval_xl.errors import OutputError
from perfeval_xl.mail.journal import JOURNAL
from perfeval_xl.mail.sending import State
from perfeval_xl.write.names import OUTBOX
from tests.mail.post_office import Answer, Postbox, post, smtp_server
from tests.test_reliability import struck

VERBS = ("MAIL", "RCPT", "DATA")
Harm = Callable[[Path, Postbox, str], object]


@dataclass(frozen=True, slots=True)
class SendingTally:
    """How often sending was struck, and the letters that came twice or never and the lines that nobody can read."""

    tried: int = 0
    twice: int = 0
    lost: int = 0
    unreadable: int = 0
    uncertain: int = 0

    def __add__(self, other: "SendingTally") -> "SendingTally":
        return SendingTally(*(getattr(self, name) + getattr(other, name) for name in SendingTally.__slots__))


@contextlib.contextmanager
def _sending_child(results: Path, server: str, number: int = 0) -> Iterator[int]:
    """A forked process that sends, and is killed at the ``number``-th event of writing."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        child = os.fork()
    if child == 0:
        with contextlib.suppress(BaseException), struck(number, lambda: os.kill(os.getpid(), signal.SIGKILL)):
            post(results, server)
        os._exit(0)
    yield child
    os.waitpid(child, 0)


def _killed_at_a_write(number: int, results: Path, postbox: Postbox, server: str) -> None:
    with _sending_child(results, server, number):
        pass


def _killed_at_a_word(number: int, reply: str | None, results: Path, postbox: Postbox, server: str) -> None:
    """Killed when the server has heard its ``number``-th word, which it takes, or else answers with ``reply``."""
    children: list[int] = []

    def hear(server: object, word: str) -> str | None:
        if len(postbox.seen) != number:
            return None
        while not children:
            time.sleep(0.001)
        os.kill(children[0], signal.SIGKILL)
        return reply

    answer: Answer = hear
    postbox.answers |= dict.fromkeys(VERBS, answer)
    with _sending_child(results, server) as child:
        children.append(child)
    postbox.answers.clear()


def _full_at_a_write(number: int, results: Path, postbox: Postbox, server: str) -> None:
    def fail() -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with struck(number, fail), contextlib.suppress(OutputError):
        post(results, server)
        raise AssertionError("a full disk was not told")


def strike_sending(harm: Harm, results: Path, postbox: Postbox, server: str) -> SendingTally:
    """Harm once, send again, and again with ``--resend``; what the people have then."""
    shutil.rmtree(results / OUTBOX, ignore_errors=True)
    postbox.letters.clear()
    postbox.seen.clear()
    harm(results, postbox, server)
    second = post(results, server)
    letters = {outcome.letter.to.mailbox.address: outcome.state for outcome in second}
    uncertain = {address for address, state in letters.items() if state is State.UNCERTAIN}
    after = Counter(addresses[0] for addresses, _ in postbox.letters)
    third = post(results, server, resend=True)
    at_last = Counter(addresses[0] for addresses, _ in postbox.letters)
    twice = [address for address in letters if after[address] > 1 or at_last[address] > 1 + (address in uncertain)]
    lost = [address for address in letters if not at_last[address] or not (after[address] or address in uncertain)]
    assert {outcome.state for outcome in third} <= {State.SENT, State.ALREADY}
    return SendingTally(1, len(twice), len(lost), _unreadable(results / OUTBOX / JOURNAL), len(uncertain))


def _unreadable(journal: Path) -> int:
    """Lines that are none, but for one that was cut off."""
    bad = 0
    for line in journal.read_text(encoding="utf-8").splitlines():
        try:
            json.loads(line)
        except ValueError:
            bad += 1
    return max(0, bad - 1)


def try_all_sendings(results: Path, every: int = 1) -> dict[str, SendingTally]:
    """Kills and full disks at every ``every``-th write of the journal and word of the server."""
    postbox = Postbox()
    with smtp_server(postbox) as server:
        with struck(0, lambda: None) as count:
            post(results, server)
        writes, words = range(1, count[0] + 1, every), range(1, len(postbox.seen) + 1, every)
        kills: list[Harm] = [partial(_killed_at_a_write, at) for at in writes]
        kills += [partial(_killed_at_a_word, at, reply) for at in words for reply in (None, "451 not now")]
        full: list[Harm] = [partial(_full_at_a_write, at) for at in writes]
        return {
            what: sum((strike_sending(harm, results, postbox, server) for harm in harms), SendingTally())
            for what, harms in (("强行结束", kills), ("磁盘满了", full))
        }
