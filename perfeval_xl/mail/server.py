"""Which mail server, and one connection to it that delivers letter after letter."""

import base64
import ipaddress
import re
import smtplib
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Self
from urllib.parse import unquote, urlsplit

from perfeval_xl.errors import UsageError
from perfeval_xl.mail.trouble import UNCERTAIN_ADVICE, Kind, MailTrouble, connection_trouble, refusal
from perfeval_xl.settings import MailSettings

_PORTS = {"starttls": 587, "none": 25, "tls": 465}
_SCHEMES = {"smtp": "starttls", "smtps": "tls"}
#: Seconds to wait for an answer, and for the one after a letter's text (RFC 5321, 4.5.3.2.6).
_PATIENCE, _PATIENCE_AFTER_DATA = 60, 600
#: Seconds before a server that did not answer is tried again.
_CONNECT_PAUSES = (1, 4)
_LONGEST_REPLY = 300
_URL_ADVICE = "写成 smtp://用户名@服务器:端口（STARTTLS）或 smtps://用户名@服务器:端口（一开始就加密）。"


@dataclass(frozen=True, slots=True)
class Server:
    """``security``: starttls, tls, or none, which only a loopback address may have. ``user`` is empty without a login."""

    host: str
    port: int
    security: str
    user: str

    @property
    def place(self) -> str:
        """Host and port as messages name them."""
        return f"{self.host}:{self.port}"


def server_of(url: str | None, settings: MailSettings | None) -> Server:
    """The server of ``--smtp``, else of ``[mail]``. Raises :class:`UsageError`, which never repeats a password."""
    if url is not None:
        return _from_url(url)
    if settings is None or not settings.host:
        raise UsageError(
            "不知道用哪个邮件服务器。",
            f"在 perfeval.toml 的 [mail] 中写 host 和 user，或用 --smtp：{_URL_ADVICE}",
        )
    server = Server(settings.host, settings.port or _PORTS[settings.security], settings.security, settings.user)
    if server.security == "none" and not is_loopback(server.host):
        raise UsageError(
            f'[mail] 的 security = "none" 只能用于本机的邮件服务，{server.host} 不是本机。',
            '写成 security = "starttls"（587 端口）或 "tls"（465 端口）。',
        )
    return server


def _from_url(url: str) -> Server:
    try:
        parts = urlsplit(url)
        scheme, host, port = parts.scheme, parts.hostname, parts.port
    except ValueError:
        raise UsageError("--smtp 的内容不对。", _URL_ADVICE) from None
    if parts.password is not None:
        raise UsageError(
            "--smtp 中写了密码：命令行会留在历史记录中，也会被同一台电脑上的其他程序看到，所以不接受。",
            f"到邮箱中更换这个授权码；密码由程序询问，或放在环境变量 PERFEVAL_SMTP_PASSWORD 中。{_URL_ADVICE}",
        )
    if scheme not in _SCHEMES or not host or parts.path.strip("/") or parts.query or parts.fragment:
        raise UsageError("--smtp 的内容不对。", _URL_ADVICE)
    security = _SCHEMES[scheme]
    return Server(host, port or _PORTS[security], security, unquote(parts.username or ""))


def is_loopback(host: str) -> bool:
    """Whether a name or address is this computer's own, from which nothing goes over a wire."""
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return host.lower() == "localhost"


class Connection:
    """Opens when it is first needed, is used again for every letter, and opens anew where the server hung up.

    ``secret`` gives the password, and is asked once, only when the server wants it. ``sleep`` waits that many seconds.
    """

    def __init__(self, server: Server, secret: Callable[[], str], sleep: Callable[[float], None]) -> None:
        self._server = server
        self._ask = secret
        self._sleep = sleep
        self._secret: str | None = None
        self._smtp: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._smtp is not None:
            try:
                self._smtp.quit()
            except (smtplib.SMTPException, OSError):
                self._hang_up()

    def deliver(
        self, sender: str, addresses: Sequence[str], content: bytes, last: bool, before_text: Callable[[], None]
    ) -> dict[str, str]:
        """Deliver a letter to its recipient, the first address, and to copies. Returns the copies that were refused.

        ``before_text`` is called when nothing but the text is left to be sent: from there on a lost connection is
        uncertain. Up to there it is LATER; so is a copy that is put off, unless this is the ``last`` try.
        Raises :class:`MailTrouble`.
        """
        smtp = self._smtp or self._open()
        try:
            refused = self._envelope(smtp, sender, addresses, len(content), last)
        except MailTrouble:
            self._reset()
            raise
        except (smtplib.SMTPException, OSError) as error:
            self._hang_up()
            trouble = connection_trouble(error, self._server.place)
            raise MailTrouble(Kind.LATER, trouble.reason, trouble.advice) from None
        before_text()
        self._text(smtp, content)
        return refused

    def _envelope(
        self, smtp: smtplib.SMTP, sender: str, addresses: Sequence[str], size: int, last: bool
    ) -> dict[str, str]:
        """Up to the server's word that it waits for the text."""
        limit = smtp.esmtp_features.get("size", "")
        if limit.isdecimal() and 0 < int(limit) < size:
            raise MailTrouble(Kind.REFUSED, *too_large(size, int(limit)))
        options = [f"SIZE={size}"] if smtp.has_extn("size") else []
        self._expect("sender", *smtp.mail(sender, options))
        refused: dict[str, str] = {}
        for number, address in enumerate(addresses):
            try:
                self._expect("recipient", *smtp.rcpt(address))
            except MailTrouble as trouble:
                if number == 0 or (trouble.kind is not Kind.REFUSED and not last):
                    raise
                refused[address] = trouble.reason
        self._expect("data", *smtp.docmd("DATA"), wanted=354)
        return refused

    def _text(self, smtp: smtplib.SMTP, content: bytes) -> None:
        """The letter itself. Once a byte of it is under way, only the server's answer tells what became of it."""
        try:
            assert smtp.sock is not None
            smtp.sock.settimeout(_PATIENCE_AFTER_DATA)
            smtp.send(re.sub(rb"(?m)^\.", b"..", content) + b".\r\n")
            code, reply = smtp.getreply()
            smtp.sock.settimeout(_PATIENCE)
        except (smtplib.SMTPException, OSError) as error:
            self._hang_up()
            reason = f"正文发出后连接断了（{self._plain(str(error))}），不知道对方收到没有"
            raise MailTrouble(Kind.UNCERTAIN, reason, UNCERTAIN_ADVICE) from None
        self._expect("data", code, reply)

    def _expect(self, stage: str, code: int, reply: bytes, wanted: int = 250) -> None:
        """Raises :class:`MailTrouble` for another answer; with 421 the server hangs up, and so do we."""
        if code == wanted or (wanted == 250 and code == 251):
            return
        if code == 421:
            self._hang_up()
        raise refusal(stage, code, self._plain(_text_of(reply)))

    def _reset(self) -> None:
        """Make the connection ready for the next letter."""
        try:
            if self._smtp is not None:
                self._smtp.rset()
        except (smtplib.SMTPException, OSError):
            self._hang_up()

    def _open(self) -> smtplib.SMTP:
        for pause in (*_CONNECT_PAUSES, None):
            try:
                self._smtp = self._dial()
                return self._smtp
            except MailTrouble:
                self._hang_up()
                raise
            except (smtplib.SMTPException, OSError, UnicodeError) as error:
                self._hang_up()
                trouble = self._dial_trouble(error)
                lasting = isinstance(error, ssl.SSLError | UnicodeError)
                if pause is None or lasting:
                    raise trouble from None
            self._sleep(pause)
        raise AssertionError("the last try returns or raises")

    def _dial(self) -> smtplib.SMTP:
        """Connect, encrypt, and log in. What it raises besides MailTrouble is the network's."""
        server, context = self._server, ssl.create_default_context()
        # Windows computers bear names that EHLO cannot carry, and looking them up can take long.
        if server.security == "tls":
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(
                server.host, server.port, local_hostname="[127.0.0.1]", timeout=_PATIENCE, context=context
            )
        else:
            smtp = smtplib.SMTP(server.host, server.port, local_hostname="[127.0.0.1]", timeout=_PATIENCE)
        self._smtp = smtp
        smtp.ehlo_or_helo_if_needed()
        if server.security == "starttls" and smtp.has_extn("starttls"):
            smtp.starttls(context=context)
            smtp.ehlo_or_helo_if_needed()
        assert smtp.sock is not None
        if not isinstance(smtp.sock, ssl.SSLSocket) and not is_loopback(str(smtp.sock.getpeername()[0])):
            advice = '改用 smtps://（465 端口，security = "tls"），或向管理员要支持加密的端口。'
            raise MailTrouble(Kind.STOP, f"{server.place} 不提供加密（STARTTLS），没有登录，也没有发信", advice)
        if server.user and smtp.has_extn("auth"):
            self._log_in(smtp)
        return smtp

    def _log_in(self, smtp: smtplib.SMTP) -> None:
        if self._secret is None:
            self._secret = self._ask()
        try:
            smtp.login(self._server.user, self._secret)
        except smtplib.SMTPAuthenticationError as error:
            raise refusal("auth", error.smtp_code, self._plain(_text_of(error.smtp_error))) from None
        except smtplib.SMTPServerDisconnected:
            raise
        except smtplib.SMTPException:
            raise MailTrouble(
                Kind.STOP, f"{self._server.place} 不支持需要的登录方式", "请管理员开启 AUTH PLAIN 或 LOGIN。"
            ) from None
        except UnicodeError:
            raise MailTrouble(
                Kind.STOP, "用户名或密码中有中文或全角字符", "授权码只有英文字母和数字；关闭中文输入法重新输入。"
            ) from None

    def _dial_trouble(self, error: Exception) -> MailTrouble:
        if isinstance(error, smtplib.SMTPResponseException):
            trouble = refusal("connect", error.smtp_code, self._plain(_text_of(error.smtp_error)))
            return MailTrouble(Kind.STOP, trouble.reason, trouble.advice)
        return connection_trouble(error, self._server.place)

    def _plain(self, text: str) -> str:
        """A server's words on one line, without the password should it repeat it."""
        if self._secret:
            user = self._server.user
            for secret in (self._secret, f"\0{user}\0{self._secret}", f"{user}\0{self._secret}"):
                text = text.replace(secret, "***").replace(base64.b64encode(secret.encode()).decode(), "***")
        return " ".join(text.split())[:_LONGEST_REPLY]

    def _hang_up(self) -> None:
        if self._smtp is not None:
            self._smtp.close()
            self._smtp = None


def too_large(size: int, limit: int) -> tuple[str, str]:
    """The reason and the next step for a letter of ``size`` bytes where ``limit`` is the most."""
    mega = 1024 * 1024
    return (
        f"信有 {size / mega:.1f} MB（附件编码后约大三分之一），超过上限 {limit / mega:.1f} MB",
        "减少这位收件人的项目，分几次寄；或换用允许更大附件的邮箱，并调大 [mail] 的 max_size_mb。",
    )


def _text_of(reply: bytes | str) -> str:
    """A server's words; Chinese servers answer in UTF-8 or in GB 18030."""
    if isinstance(reply, str):
        return reply
    try:
        return reply.decode("utf-8")
    except UnicodeDecodeError:
        return reply.decode("gb18030", "replace")
