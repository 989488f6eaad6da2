"""One connection to a mail server that delivers letter after letter."""

import base64
import re
import smtplib
import ssl
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Self

from perfeval_xl.mail.server import Server, is_loopback
from perfeval_xl.mail.trouble import UNCERTAIN_ADVICE, Kind, MailTrouble, connection_trouble, refusal, too_large

#: Seconds to wait for an answer, and for the one after a letter's text (RFC 5321, 4.5.3.2.6).
_PATIENCE, _PATIENCE_AFTER_DATA = 60, 600
#: Seconds before a server that did not answer is tried again.
_CONNECT_PAUSES = (1, 4)
_LONGEST_REPLY = 300


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


def _text_of(reply: bytes | str) -> str:
    """A server's words; Chinese servers answer in UTF-8 or in GB 18030."""
    if isinstance(reply, str):
        return reply
    try:
        return reply.decode("utf-8")
    except UnicodeDecodeError:
        return reply.decode("gb18030", "replace")
