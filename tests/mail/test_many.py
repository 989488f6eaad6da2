"""Many letters, and a process that dies among them."""

import gc
import os
import subprocess
import sys
import tracemalloc
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from perfeval_xl.mail.post import Order, prepare_mailing
from perfeval_xl.mail.sending import State
from tests.mail.post_office import FakeTime, Postbox, post, smtp_server, write_recipients
from tests.mail.test_sending import journal_of

PEOPLE, TRACED, SIZE = 500, 40, 40_000


@pytest.fixture
def eager_collector() -> Iterator[None]:
    """What is measured is whether letters are kept, not how soon the collector comes by."""
    before = gc.get_threshold()
    gc.set_threshold(700, 10, 10)
    yield
    gc.set_threshold(*before)


@pytest.mark.usefixtures("eager_collector")
def test_five_hundred_letters_in_flat_memory_at_the_agreed_rate(results: Path) -> None:
    projects = ["馆舍维护"] * (PEOPLE - TRACED) + ["读者服务"] * TRACED
    rows = [[project, f"第{at}人", f"p{at}@example.com", ""] for at, project in enumerate(projects)]
    people = write_recipients(results.parent.parent / "名单.xlsx", rows)
    (results.parent / "perfeval.toml").write_text("[mail]\nrate_per_minute = 20\n", encoding="utf-8")
    form = next(results.glob("附件1.1*"))
    form.write_bytes(os.urandom(SIZE))
    postbox, time = Postbox(keep=False), FakeTime()
    steps: list[str] = []
    begun: list[float] = []
    postbox.answers["MAIL"] = lambda *_: begun.append(time.seconds)
    with smtp_server(postbox, command_call_limit=None) as server:
        order = Order(results, people, f"smtp://a@{server}", send=True, allow_changed=True)
        work = prepare_mailing(order, time.clock).work(lambda: "", steps.append)
        sent = Counter(outcome.state for outcome in islice(work, PEOPLE - TRACED))
        tracemalloc.start()
        sent.update(outcome.state for outcome in work)
        gc.collect()
        kept, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert sent == {State.SENT: PEOPLE}
    # If letters were kept, they would be TRACED × 55 KB.
    assert kept < TRACED / 4 * SIZE
    assert peak < TRACED * SIZE
    assert postbox.addresses == [row[2] for row in rows]
    assert len(postbox.connections) == 1
    assert min(later - earlier for earlier, later in zip(begun, begun[20:], strict=False)) >= 60 - 1e-6
    assert time.waits == pytest.approx([3.0] * (PEOPLE - 1))
    assert steps == [f"发送 {at + 1}/{PEOPLE} {row[2]}" for at, row in enumerate(rows)]
    assert len(journal_of(results)) == 2 * PEOPLE


@pytest.mark.parametrize(("verb", "uncertain"), [("MAIL", False), ("DATA", True)])
def test_killed_between_two_letters_or_in_one(verb: str, uncertain: bool, results: Path) -> None:
    """Killed before a letter's text is under way, the rerun sends it; after, it waits for --resend. None goes twice."""
    postbox, processes = Postbox(), list[subprocess.Popen[bytes]]()
    calls: list[str] = []

    def kill(server: Any, word: str) -> str | None:
        calls.append(word)
        if len(calls) != 2:
            return None
        processes[0].kill()
        processes[0].wait()
        return "lost"

    postbox.answers[verb] = kill
    with smtp_server(postbox) as server:
        command = [sys.executable, "-m", "perfeval_xl", "mail", str(results), "--smtp", f"smtp://a@{server}", "--send"]
        processes.append(subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
        assert processes[0].wait(60) != 0
        assert [line["mark"] for line in journal_of(results)] == [
            "sending",
            "sent",
            *(["sending"] if uncertain else []),
        ]
        states = [outcome.state for outcome in post(results, server)]
        assert sorted(states) == sorted([State.ALREADY, State.UNCERTAIN if uncertain else State.SENT, State.SENT])
        assert len(postbox.addresses) == len(set(postbox.addresses)) == 4
        if uncertain:
            assert State.SENT in [outcome.state for outcome in post(results, server, resend=True)]
