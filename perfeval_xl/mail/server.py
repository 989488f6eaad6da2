"""Which mail server: ``--smtp`` or ``[mail]``, and never a password in either."""

import ipaddress
from urllib.parse import unquote, urlsplit

from perfeval_xl.errors import UsageError
from perfeval_xl.record import Record
from perfeval_xl.settings import MailSettings

_PORTS = {"starttls": 587, "none": 25, "tls": 465}
_SCHEMES = {"smtp": "starttls", "smtps": "tls"}
_URL_ADVICE = "写成 smtp://用户名@服务器:端口（STARTTLS）或 smtps://用户名@服务器:端口（一开始就加密）。"


class Server(Record):
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
