"""What goes wrong between us and a mail server, in an operator's words with the next step."""

import socket
import ssl
from enum import Enum, auto
from functools import cache
from typing import Any

from perfeval_xl.shipped import shipped

UNCERTAIN_ADVICE = "问收件人是否收到：收到就不用管；没有收到，加 --resend 重发。"


class Kind(Enum):
    """What it means: for this letter (refused, later, uncertain), or for all that are left (stop)."""

    REFUSED = auto()
    LATER = auto()
    UNCERTAIN = auto()
    STOP = auto()


class MailTrouble(Exception):  # noqa: N818 - it is no bug, and named as what it is
    """A letter, or all of them, cannot be delivered."""

    def __init__(self, kind: Kind, reason: str, advice: str) -> None:
        super().__init__(reason)
        self.kind = kind
        self.reason = reason
        self.advice = advice


@cache
def refusals() -> tuple[dict[str, Any], ...]:
    """The usual refusals, in the order in which they are looked through."""
    entries = shipped(__file__, "refusals.toml")["refusal"]
    return tuple(entries)


def refusal(stage: str, code: int, reply: str) -> MailTrouble:
    """What a server's reply at a stage (connect, auth, sender, recipient, data, text) means."""
    entry = next(
        entry
        for entry in [*refusals(), {"codes": [""], "reason": "服务器的回复不合规矩", "advice": _OTHER_SERVER}]
        if entry.get("stage", stage) == stage
        and str(code).startswith(tuple(entry["codes"]))
        and any(word in reply.lower() for word in entry.get("words", [""]))
    )
    return MailTrouble(_kind(stage, code), f"{entry['reason']}（服务器说：{code} {reply}）", entry["advice"])


def _kind(stage: str, code: int) -> Kind:
    """Who cannot log in, or is no sender for the server, need not try the next letter; after the text none is tried again."""
    if stage == "auth" or (stage == "sender" and code >= 500 and code != 552):
        return Kind.STOP
    return Kind.LATER if 400 <= code < 500 and stage != "text" else Kind.REFUSED


def too_large(size: int, limit: int) -> tuple[str, str]:
    """The reason and the next step for a letter of ``size`` bytes where ``limit`` is the most."""
    mega = 1024 * 1024
    return (
        f"信有 {size / mega:.1f} MB（附件编码后约大三分之一），超过上限 {limit / mega:.1f} MB",
        "减少这位收件人的项目，分几次寄；或换用允许更大附件的邮箱，并调大 [mail] 的 max_size_mb。",
    )


def connection_trouble(error: Exception, place: str) -> MailTrouble:
    """Why a server cannot be reached or trusted; ``place`` is host:port."""
    if isinstance(error, ssl.SSLCertVerificationError):
        reason, advice = _CERTIFICATES.get(error.verify_code, _ANY_CERTIFICATE)
        return MailTrouble(Kind.STOP, f"{place} 的证书不可信：{reason}（{error.verify_message}）", advice)
    if isinstance(error, ssl.SSLError):
        return MailTrouble(Kind.STOP, f"与 {place} 建立加密连接失败（{error.reason or error}）", _PORTS)
    if isinstance(error, socket.gaierror | UnicodeError):
        return MailTrouble(Kind.STOP, f"找不到服务器 {place}", "核对服务器地址；检查网络是否连通。")
    if isinstance(error, ConnectionRefusedError):
        return MailTrouble(Kind.STOP, f"{place} 上没有邮件服务", f"核对服务器地址和端口。{_PORTS}")
    if isinstance(error, TimeoutError):
        return MailTrouble(Kind.STOP, f"{place} 没有回应", f"检查网络、防火墙和端口。{_PORTS}")
    return MailTrouble(Kind.STOP, f"与 {place} 的连接断了（{error}）", "过一会儿再运行一次；仍然这样就核对端口和网络。")


_PORTS = '465 端口用 smtps://（security = "tls"），587 端口用 smtp://（security = "starttls"）。'
_OTHER_SERVER = "核对服务器地址和端口，确认它是邮件发送服务器。"
_ANY_CERTIFICATE = (
    "无法验证",
    "核对服务器地址；单位自建的邮件服务器，请管理员提供根证书，存成文件后用环境变量 SSL_CERT_FILE 指明。",
)
#: OpenSSL's verify codes.
_CERTIFICATES = {
    9: ("还没有生效", "检查本机的日期和时间。"),
    10: ("已经过期", "检查本机的日期和时间；时间不错的话，请邮件服务器的管理员更换证书。"),
    62: ("不是发给这个地址的", "核对服务器地址：要用证书上的名字，不要用 IP 地址。"),
    64: ("不是发给这个地址的", "核对服务器地址：要用证书上的名字，不要用 IP 地址。"),
}
