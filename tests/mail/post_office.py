"""A real SMTP server that misbehaves on request, and the few steps that tests of mail have in common."""

import email
import socket
import socketserver
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import openpyxl
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from perfeval_xl.mail.post import Order, prepare_mailing
from perfeval_xl.mail.sending import Clock, Outcome

USER, PASSWORD = "caiwu", "ABCDefgh12345678"
RECIPIENTS = ["项目名称", "姓名", "邮箱", "抄送"]
Answer = Callable[[Any, str], str | None]


@dataclass
class Postbox:
    """Takes letters. ``answers`` (MAIL, RCPT, DATA) give another reply than 250, or do something worse."""

    letters: list[tuple[list[str], bytes]] = field(default_factory=list)
    answers: dict[str, Answer] = field(default_factory=dict)
    connections: set[object] = field(default_factory=set)
    seen: list[str] = field(default_factory=list)
    keep: bool = True

    def _answer(self, verb: str, server: Any, word: str) -> str | None:
        self.connections.add(server)
        self.seen.append(f"{verb} {word}".strip())
        return self.answers[verb](server, word) if verb in self.answers else None

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:  # noqa: N802
        answer = self._answer("MAIL", server, address)
        if answer is None:
            envelope.mail_from = address
        return answer or "250 OK"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:  # noqa: N802
        answer = self._answer("RCPT", server, address)
        if answer is None:
            envelope.rcpt_tos.append(address)
        return answer or "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        answer = self._answer("DATA", server, "")
        if answer is None or answer.startswith("lost"):
            self.letters.append((list(envelope.rcpt_tos), envelope.content if self.keep else b""))
        if answer is not None and answer.startswith("lost"):
            server.transport.abort()
        return answer or "250 OK"

    @property
    def addresses(self) -> list[str]:
        """Who got a letter, in order, each time that they got one."""
        return [address for addresses, _ in self.letters for address in addresses]

    def message(self, at: int = 0) -> EmailMessage:
        """A letter as the standard library reads it."""
        parsed = email.message_from_bytes(self.letters[at][1], policy=default)
        assert isinstance(parsed, EmailMessage)
        return parsed


def once(answer: str, when: str = "") -> Answer:
    """That answer the first time that ``when`` is in the word."""
    left = [answer]
    return lambda _, word: left.pop() if when in word and left else None


def always(answer: str, when: str = "") -> Answer:
    return lambda _, word: answer if when in word else None


def drop(times: int, when: str = "") -> Answer:
    """Drop the connection so many times instead of answering."""
    left = [True] * times

    def answer(server: Any, word: str) -> str | None:
        if when in word and left:
            left.pop()
            server.transport.abort()
            return "250 this never arrives"
        return None

    return answer


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def check_password(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
    good = isinstance(data, LoginPassword) and (data.login, data.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=good, handled=good)


@contextmanager
def smtp_server(postbox: Postbox, **settings: Any) -> Iterator[str]:
    """A server on this computer; gives ``127.0.0.1:port``. ``settings`` are aiosmtpd's."""
    controller = Controller(postbox, hostname="127.0.0.1", port=free_port(), **settings)
    controller.start()
    try:
        yield f"127.0.0.1:{controller.port}"
    finally:
        controller.stop()


AUTH: dict[str, Any] = {"authenticator": check_password, "auth_require_tls": False}


@contextmanager
def raw_server(talk: Callable[[socketserver.StreamRequestHandler], object]) -> Iterator[str]:
    """A server that says exactly what ``talk`` says."""

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            talk(self)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


@dataclass
class FakeTime:
    """A clock on which waiting takes no time; ``waits`` are the seconds waited for."""

    seconds: float = 1_000.0
    waits: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.seconds += seconds

    @property
    def clock(self) -> Clock:
        start = datetime(2025, 3, 1, 9, tzinfo=UTC)
        return Clock(lambda: start + timedelta(seconds=self.seconds), lambda: self.seconds, self.sleep)


def post(results: Path, server: str = "", time: FakeTime | None = None, **options: Any) -> list[Outcome]:
    """Preview, or with ``server`` send: the outcomes."""
    url = server if "://" in server or not server else f"smtp://{USER}@{server}"
    order = Order(results, smtp=url or None, send=bool(server), **options)
    mailing = prepare_mailing(order, (time or FakeTime()).clock)
    return list(mailing.work(lambda: PASSWORD))


def write_recipients(path: Path, rows: Sequence[Sequence[str]], headings: Sequence[str] = RECIPIENTS) -> Path:
    """A workbook with the sheet 收件人."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "收件人"
    for row in [headings, *rows]:
        sheet.append(list(row))
    book.save(path)
    return path


def server_context(certificate: Any) -> ssl.SSLContext:
    """The server's side of TLS with a trustme certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context
