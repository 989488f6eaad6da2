"""Every letter once, whatever the server does."""

import json
from pathlib import Path
from typing import Any

import pytest

from perfeval_xl.errors import OutputError, UsageError
from perfeval_xl.mail.journal import open_journal
from perfeval_xl.mail.sending import LATER_PAUSES, Outcome, State
from tests.mail.post_office import FakeTime, Postbox, always, drop, once, post, raw_server, smtp_server
from tests.workbooks import invoke

ZHANG, ZHAO, WANG = "zhang@example.com", "zhao@example.com", "wang@example.com"


def states(outcomes: list[Outcome]) -> dict[str, State]:
    return {outcome.letter.to.mailbox.address: outcome.state for outcome in outcomes}


def journal_of(results: Path) -> list[dict[str, Any]]:
    text = (results / "发件箱" / "发送记录.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def test_each_gets_their_own_over_one_connection_and_only_once(results: Path) -> None:
    postbox, time = Postbox(), FakeTime()
    (results.parent / "perfeval.toml").write_text("[mail]\nrate_per_minute = 20\n", encoding="utf-8")
    with smtp_server(postbox) as server:
        assert set(states(post(results, server, time)).values()) == {State.SENT}
        again = post(results, server)
    assert set(states(again).values()) == {State.ALREADY}
    assert postbox.addresses == [ZHANG, "li@example.com", ZHAO, WANG]
    assert len(postbox.connections) == 1
    assert [len(list(postbox.message(at).iter_attachments())) for at in range(3)] == [1, 1, 4]
    assert postbox.message()["From"] == "caiwu@localhost.localdomain"
    assert time.waits == [3, 3]  # twenty a minute
    assert [(line["mark"], line["to"][0]) for line in journal_of(results)] == [
        (mark, address) for address in (ZHANG, ZHAO, WANG) for mark in ("sending", "sent")
    ]
    sent = {line["message_id"] for line in journal_of(results) if line["mark"] == "sent"}
    assert sent == {postbox.message(at)["Message-ID"] for at in range(3)}


def test_a_new_form_is_a_new_letter(results: Path) -> None:
    postbox = Postbox()
    form = next(results.glob("附件1.2*"))
    with smtp_server(postbox) as server:
        post(results, server)
        form.write_bytes(form.read_bytes() + b"\0")
        held = states(post(results, server))
        assert held == {ZHANG: State.ALREADY, ZHAO: State.HELD, WANG: State.HELD}
        assert states(post(results, server, allow_changed=True))[ZHAO] == State.SENT
    assert postbox.addresses.count(ZHAO) == postbox.addresses.count(WANG) == 2


@pytest.mark.parametrize(
    ("verb", "reply", "words"),
    [
        ("RCPT", "550 5.1.1 no such user", "核对收件人的邮箱地址"),
        ("RCPT", "552 mailbox full", "请收件人清理邮箱"),
        ("RCPT", "550 relay access denied", "写 user"),
        ("DATA", "552 message too large", "减少附件"),
        ("DATA", "554 DT:SPM suspected spam", "--test-to"),
        ("DATA", "451 try again later", "过半小时再运行一次"),
    ],
)
def test_one_refusal_stops_nobody(verb: str, reply: str, words: str, results: Path) -> None:
    postbox = Postbox()
    postbox.answers[verb] = always(reply, "zhao") if verb == "RCPT" else lambda *_: reply if postbox.seen[-2] == f"RCPT {ZHAO}" else None  # fmt: skip
    with smtp_server(postbox) as server:
        outcomes = post(results, server)
        assert states(outcomes) == {ZHANG: State.SENT, ZHAO: State.REFUSED, WANG: State.SENT}
        trouble = next(outcome for outcome in outcomes if outcome.state is State.REFUSED).troubles[0]
        assert reply in trouble.reason
        assert words in trouble.advice
        postbox.answers.clear()
        assert states(post(results, server))[ZHAO] == State.SENT
    assert len(postbox.connections) == 2
    assert postbox.addresses.count(ZHANG) == postbox.addresses.count(ZHAO) == 1


def test_greylisting_is_waited_out(results: Path) -> None:
    postbox, time = Postbox(), FakeTime()
    postbox.answers["RCPT"] = once("451 greylisted, try again in a few seconds", "zhao")
    with smtp_server(postbox) as server:
        outcomes = post(results, server, time)
    assert set(states(outcomes).values()) == {State.SENT}
    assert [outcome.letter.to.mailbox.address for outcome in outcomes] == [ZHANG, WANG, ZHAO]
    assert LATER_PAUSES[0] in time.waits


def test_a_server_that_only_puts_off_is_given_up(results: Path) -> None:
    postbox, time = Postbox(), FakeTime()
    postbox.answers["RCPT"] = always("450 later", "zhao")
    with smtp_server(postbox) as server:
        assert states(post(results, server, time))[ZHAO] == State.REFUSED
    assert [wait for wait in time.waits if wait in LATER_PAUSES] == list(LATER_PAUSES)
    journal = (results / "发件箱" / "发送记录.jsonl").read_text(encoding="utf-8").splitlines()
    assert [line for line in journal if '"refused"' in line and "450 later" in line]


@pytest.mark.parametrize("verb", ["MAIL", "RCPT"])
def test_a_drop_before_the_text_is_tried_again(verb: str, results: Path) -> None:
    postbox = Postbox()
    postbox.answers[verb] = drop(1)
    with smtp_server(postbox) as server:
        assert set(states(post(results, server)).values()) == {State.SENT}
    assert sorted(postbox.addresses) == ["li@example.com", WANG, ZHANG, ZHAO]
    assert len(postbox.connections) == 2


def test_a_drop_after_the_text_is_uncertain_until_resend(results: Path) -> None:
    postbox = Postbox()
    postbox.answers["DATA"] = once("lost")
    with smtp_server(postbox) as server:
        assert states(post(results, server)) == {ZHANG: State.UNCERTAIN, ZHAO: State.SENT, WANG: State.SENT}
        assert states(post(results, server))[ZHANG] == State.UNCERTAIN
        assert postbox.addresses.count(ZHANG) == 1
        postbox.answers["RCPT"] = once("550 no", "zhang")
        assert states(post(results, server, resend=True))[ZHANG] == State.REFUSED
        # Refused this time, but the first may have arrived: still to be asked for.
        assert states(post(results, server))[ZHANG] == State.UNCERTAIN
        assert states(post(results, server, resend=True)) == {
            ZHANG: State.SENT,
            ZHAO: State.ALREADY,
            WANG: State.ALREADY,
        }
    assert postbox.message(0)["Message-ID"] == postbox.message(-1)["Message-ID"]


def test_a_drop_during_the_text_is_uncertain(results: Path) -> None:
    verbs: list[bytes] = []

    def talk(stream: Any) -> None:
        stream.wfile.write(b"220 hello\r\n")
        for line in stream.rfile:
            verbs.append(line[:4])
            if line.startswith(b"DATA"):
                stream.wfile.write(b"354 go on\r\n")
                stream.rfile.read(2000)
                return
            stream.wfile.write(b"250 OK\r\n")

    with raw_server(talk) as server:
        assert set(states(post(results, server)).values()) == {State.UNCERTAIN}
    assert verbs.count(b"DATA") == 3


def test_a_drop_at_the_word_data_is_tried_again(results: Path) -> None:
    """No byte of the letter is under way before the server's 354."""
    verbs: list[bytes] = []

    def talk(stream: Any) -> None:
        stream.wfile.write(b"220 hello\r\n")
        for line in stream.rfile:
            verbs.append(line[:4])
            if line.startswith(b"DATA"):
                return
            stream.wfile.write(b"250 OK\r\n")

    with raw_server(talk) as server:
        assert set(states(post(results, server)).values()) == {State.REFUSED}
    assert verbs.count(b"DATA") == 3 * (1 + len(LATER_PAUSES))
    assert [line["mark"] for line in journal_of(results)] == ["refused"] * 3


@pytest.mark.parametrize(
    ("to_data", "to_text", "state"),
    [
        (b"451 greylisted", b"250 OK", State.SENT),
        (b"554 no", b"250 OK", State.REFUSED),
        (b"354 go on", b"nonsense", State.UNCERTAIN),
        (b"354 go on", b"421 closing", State.REFUSED),
        (b"354 go on", b"251 will forward", State.SENT),
    ],
)
def test_answers_to_the_word_data_and_to_the_text(to_data: bytes, to_text: bytes, state: State, results: Path) -> None:
    """Greylisting at the word DATA is waited out, for nothing is under way yet."""
    asked: list[bytes] = []

    def talk(stream: Any) -> None:
        stream.wfile.write(b"220 hello\r\n")
        for line in stream.rfile:
            if not line.startswith(b"DATA"):
                stream.wfile.write(b"250 OK\r\n")
                continue
            answer = b"354 go on" if to_data.startswith(b"451") and len(asked) >= 3 else to_data
            asked.append(answer)
            stream.wfile.write(answer + b"\r\n")
            if answer.startswith(b"354"):
                while stream.rfile.readline() != b".\r\n":
                    pass
                stream.wfile.write(to_text + b"\r\n")

    with raw_server(talk) as server:
        assert set(states(post(results, server)).values()) == {state}


def test_without_a_journal_nothing_goes_on(results: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk before the text: the server never gets the end of the letter, and the rerun sends it."""
    postbox = Postbox()

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    with smtp_server(postbox) as server:
        with monkeypatch.context() as patch:
            patch.setattr("os.fsync", full)
            patch.setattr("perfeval_xl.mail.journal._sync_folder", lambda _: None)
            with pytest.raises(OutputError, match="没有记录就不再发送"):
                post(results, server)
        assert not postbox.letters
        assert {outcome.state for outcome in post(results, server, resend=True)} == {State.SENT}


def journal_text(results: Path) -> str:
    return (results / "发件箱" / "发送记录.jsonl").read_text(encoding="utf-8")


def test_a_refused_copy_does_not_keep_the_letter(results: Path) -> None:
    postbox = Postbox()
    postbox.answers["RCPT"] = always("550 no such user", "li@")
    with smtp_server(postbox) as server:
        outcomes = post(results, server)
    assert states(outcomes)[ZHANG] == State.SENT
    assert outcomes[0].troubles[0].where == "抄送 li@example.com"
    assert postbox.addresses == [ZHANG, ZHAO, WANG]


def test_the_servers_own_size_limit(results: Path) -> None:
    postbox = Postbox()
    with smtp_server(postbox, data_size_limit=30_000) as server:
        outcomes = post(results, server)
    assert states(outcomes) == {ZHANG: State.SENT, ZHAO: State.SENT, WANG: State.REFUSED}
    assert "超过上限" in outcomes[2].troubles[0].reason
    assert "MAIL caiwu@localhost.localdomain" in postbox.seen
    assert len(postbox.letters) == 2


def test_a_trial_goes_to_one_address_and_does_not_count(results: Path) -> None:
    postbox = Postbox()
    with smtp_server(postbox) as server:
        assert set(states(post(results, server, test_to="me@example.com")).values()) == {State.TESTED}
        assert postbox.addresses == ["me@example.com"] * 3
        assert postbox.message()["Subject"].startswith("【试发】")
        assert postbox.message()["Cc"] is None
        assert {line["mark"] for line in journal_of(results)} == {"test"}
        assert set(states(post(results, server)).values()) == {State.SENT}
    assert postbox.message(0)["Message-ID"] != postbox.message(3)["Message-ID"]


def test_limit_leaves_the_rest_for_the_next_time(results: Path) -> None:
    postbox = Postbox()
    with smtp_server(postbox) as server:
        assert states(post(results, server, limit=2)) == {ZHANG: State.SENT, ZHAO: State.SENT, WANG: State.WAITING}
        assert states(post(results, server, limit=2)) == {ZHANG: State.ALREADY, ZHAO: State.ALREADY, WANG: State.SENT}
    assert len(postbox.letters) == 3


def test_the_preview_of_a_sent_letter_goes(results: Path) -> None:
    outbox, postbox = results / "发件箱", Postbox()
    assert len(post(results)) == 3
    (outbox / "自己写的.eml").write_text("Subject: mine\n\n", encoding="utf-8")
    postbox.answers["RCPT"] = always("550 no", "zhao")
    with smtp_server(postbox) as server:
        post(results, server)
    assert sorted(path.name for path in outbox.iterdir()) == [
        "002 某区图书馆 赵六 zhao@example.com.eml",
        "发送记录.jsonl",
        "自己写的.eml",
    ]


def test_an_attachment_that_changes_under_our_hands_is_held_back(results: Path) -> None:
    postbox = Postbox()
    form = next(results.glob("附件1.2*"))

    def change(_: Any, word: str) -> None:
        if "zhang" in word:
            form.write_bytes(b"other")

    postbox.answers["RCPT"] = change
    with smtp_server(postbox) as server:
        assert states(post(results, server)) == {ZHANG: State.SENT, ZHAO: State.HELD, WANG: State.HELD}


def test_two_at_once_are_refused(results: Path) -> None:
    with open_journal(results / "发件箱", FakeTime().clock.now), pytest.raises(UsageError, match="另一个程序正在发送"):
        post(results, "127.0.0.1:9")


def test_the_command_says_what_was_not_sent_and_ends_with_5(results: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    postbox = Postbox()
    postbox.answers["RCPT"] = always("550 no such user", "zhao")
    with smtp_server(postbox) as server:
        result = invoke("mail", results, "--smtp", f"smtp://caiwu@{server}", "--send")
        assert result.exit_code == 5
        assert "共 3 封：已发送 2 封，没有发出 1 封。" in result.stdout
        assert "收件人：赵六 <zhao@example.com>" in result.stdout
        assert "下一步：核对收件人的邮箱地址" in result.stdout
        postbox.answers.clear()
        result = invoke("mail", results, "--smtp", f"smtp://caiwu@{server}", "--send")
    assert (result.exit_code, "共 3 封：已发送 1 封，以前已发送 2 封。" in result.stdout) == (0, True)
