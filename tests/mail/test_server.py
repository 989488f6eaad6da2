"""Which server, how it is trusted, and that a password goes nowhere but to it."""

import datetime
import os
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import trustme

from perfeval_xl.errors import UsageError
from perfeval_xl.mail.post import Order, _rate_of, prepare_mailing
from perfeval_xl.mail.sending import State
from perfeval_xl.mail.server import Server, server_of
from perfeval_xl.settings import MailSettings
from tests.mail.post_office import (
    AUTH,
    PASSWORD,
    USER,
    FakeTime,
    Postbox,
    free_port,
    post,
    raw_server,
    server_context,
    smtp_server,
)
from tests.workbooks import invoke


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://a@mail.example.cn", Server("mail.example.cn", 587, "starttls", "a")),
        ("smtps://a@mail.example.cn", Server("mail.example.cn", 465, "tls", "a")),
        ("smtp://12345@qq.com@smtp.qq.com:25", Server("smtp.qq.com", 25, "starttls", "12345@qq.com")),
        ("smtp://a%40b.cn@[::1]:2525/", Server("::1", 2525, "starttls", "a@b.cn")),
        ("smtp://localhost", Server("localhost", 587, "starttls", "")),
    ],
)
def test_urls(url: str, server: Server) -> None:
    assert server_of(url, MailSettings(host="other")) == server


@pytest.mark.parametrize(
    "url", ["", "mail.example.cn", "http://a@b", "smtp://", "smtp://a@b:x", "smtp://a@b:99999", "smtp://a@b/c", "smtp://[a"]
)  # fmt: skip
def test_other_urls_are_wrong_usage(url: str) -> None:
    with pytest.raises(UsageError, match="--smtp 的内容不对"):
        server_of(url, None)


def test_a_password_in_the_url_is_refused_and_not_repeated(results: Path) -> None:
    for send in ([], ["--send"]):
        result = invoke("mail", results, "--smtp", f"smtp://{USER}:{PASSWORD}@mail.example.cn", *send)
        assert result.exit_code == 2
        assert "更换这个授权码" in result.stderr
        assert PASSWORD not in result.output


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('password = "geheim"', "密码和授权码不能放在文件里"),
        ('授权码 = "geheim"'.replace("授权码", '"授权码"'), "密码和授权码不能放在文件里"),
        ('hots = "smtp.qq.com"', "是否想写“host”"),
        ("port = 0", "1 到 65535"),
        ("port = true", "port 应当是"),
        ('security = "ssl"', "starttls、tls、none"),
        ("rate_per_minute = 0", "每分钟最多发几封"),
        ('host = "mail.example.cn"\nsecurity = "none"', "不是本机"),
        ('host = "mail.example.cn"', "不知道发件人是谁"),
        ('host = "127.0.0.1"\nsender = "财务科"', "不可能是邮箱地址"),
        ('subject = "{{项目名}}"', "是否想写“项目名称”"),
        ('body = "{{项目.附件号}} {{附件.文件名}}"', "分成两行"),
        ("rate_per_minute = 5", "不知道用哪个邮件服务器"),
    ],
)
def test_wrong_settings_are_2(text: str, words: str, results: Path) -> None:
    (results.parent / "perfeval.toml").write_text(f"[mail]\n{text}\n", encoding="utf-8")
    result = invoke("mail", results, "--send")
    assert result.exit_code == 2
    assert words in result.stderr
    assert "geheim" not in result.output
    assert not (results / "发件箱").exists()


def test_a_mail_service_on_this_computer_needs_neither_user_nor_waiting(results: Path) -> None:
    time, postbox = FakeTime(), Postbox()
    with smtp_server(postbox) as server:
        mailing = prepare_mailing(Order(results, smtp=f"smtp://{server}", send=True), time.clock)
        assert {outcome.state for outcome in mailing.work(str)} == {State.SENT}
    assert postbox.message()["From"] == "perfeval-xl@localhost.localdomain"
    assert sum(time.waits) < 1


@pytest.mark.parametrize(("host", "rate"), [("127.0.0.1", 600), ("localhost", 600), ("smtp.qq.com", 20)])
def test_the_usual_rate(host: str, rate: int) -> None:
    assert _rate_of(Server(host, 25, "starttls", "")) == rate


def test_settings_name_server_sender_and_rate(results: Path) -> None:
    time, postbox = FakeTime(), Postbox()
    with smtp_server(postbox) as server:
        host, _, port = server.partition(":")
        (results.parent / "perfeval.toml").write_text(
            f'[mail]\nhost = "{host}"\nport = {port}\nsecurity = "none"\nrate_per_minute = 60\n'
            'sender = "财务科 <caiwu@example.gov.cn>"\nsubject = "{{项目.自评得分}} 分"\nbody = "{{项目.附件号}}"\n',
            encoding="utf-8",
        )
        mailing = prepare_mailing(Order(results, send=True), time.clock)
        assert {outcome.state for outcome in mailing.work(lambda: "")} == {State.SENT}
    assert time.waits == [1, 1]
    message = postbox.message(2)
    assert (message["From"], message["Subject"]) == ("财务科 <caiwu@example.gov.cn>", "94.53、92.50 分")
    plain = message.get_body(("plain",))
    assert plain is not None
    assert plain.get_content().splitlines() == ["1.1", "1.2"]


def test_a_login_over_starttls_and_over_tls(results: Path, authority: trustme.CA) -> None:
    context = server_context(authority.issue_cert("127.0.0.1"))
    ways: list[tuple[str, dict[str, Any]]] = [
        ("smtp", {"tls_context": context, "require_starttls": True}),
        ("smtps", {"ssl_context": context}),
    ]
    for number, (scheme, settings) in enumerate(ways):
        postbox = Postbox()
        with smtp_server(postbox, **AUTH, **settings) as server:
            outcomes = post(results, f"{scheme}://{USER}@{server}", test_to=f"trial{number}@example.com")
        assert {outcome.state for outcome in outcomes} == {State.TESTED}
        assert len(postbox.letters) == 3


EXPIRED = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
@pytest.mark.parametrize(
    ("identity", "trusted", "words"),
    [("expired", True, "已经过期"), ("mail.example.cn", True, "不是发给这个地址的"), ("127.0.0.1", False, "无法验证")],
)
def test_a_bad_certificate_ends_it_before_the_password(
    scheme: str, identity: str, trusted: bool, words: str, results: Path, authority: trustme.CA
) -> None:
    issuer = authority if trusted else trustme.CA()
    dates: Any = (
        {"not_before": EXPIRED, "not_after": EXPIRED + datetime.timedelta(days=9)} if identity == "expired" else {}
    )
    context = server_context(issuer.issue_cert("127.0.0.1" if identity == "expired" else identity, **dates))
    settings: dict[str, Any] = {"tls_context": context} if scheme == "smtp" else {"ssl_context": context}
    asked: list[str] = []

    def secret(*_: Any, **__: Any) -> Any:
        asked.append("asked")

    with smtp_server(Postbox(), authenticator=secret, auth_required=True, **settings) as server:
        outcomes = post(results, f"{scheme}://{USER}@{server}")
    assert {outcome.state for outcome in outcomes} == {State.REFUSED}
    assert words in outcomes[0].troubles[0].reason
    assert not asked


def test_the_wrong_kind_of_port(results: Path) -> None:
    with smtp_server(Postbox()) as server:
        trouble = post(results, f"smtps://{USER}@{server}")[0].troubles[0]
    assert "加密连接失败" in trouble.reason
    assert "587 端口用 smtp://" in trouble.advice


def test_no_server(results: Path) -> None:
    time = FakeTime()
    outcomes = post(results, f"127.0.0.1:{free_port()}", time)
    assert {outcome.state for outcome in outcomes} == {State.REFUSED}
    assert "没有邮件服务" in outcomes[0].troubles[0].reason
    assert time.waits == [0, 1, 4] or time.waits == [1, 4]


def test_without_starttls_nothing_leaves_this_computer(results: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The peer's address decides, so that a name cannot pretend to be loopback."""
    monkeypatch.setattr("perfeval_xl.mail.connection.is_loopback", lambda _: False)
    postbox = Postbox()
    with smtp_server(postbox, **AUTH) as server:
        outcomes = post(results, server)
    assert "不提供加密" in outcomes[0].troubles[0].reason
    assert postbox.seen == []


def test_a_wrong_password_says_what_an_authorisation_code_is(results: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PERFEVAL_SMTP_PASSWORD", "wrong-password")
    monkeypatch.setattr("time.sleep", lambda _: None)
    with smtp_server(Postbox(), **AUTH) as server:
        result = invoke("mail", results, "--smtp", f"smtp://{USER}@{server}", "--send")
        assert result.exit_code == 5
        assert "授权码，不是登录网页的密码" in result.stdout
        assert result.stdout.count("用户名或密码不对") == 1
        monkeypatch.setenv("PERFEVAL_SMTP_PASSWORD", PASSWORD)
        assert invoke("mail", results, "--smtp", f"smtp://{USER}@{server}", "--send").exit_code == 0
    for path in (path for path in results.rglob("*") if path.is_file()):
        assert PASSWORD.encode() not in path.read_bytes()


def test_a_server_that_repeats_the_password_is_not_quoted(results: Path) -> None:
    import base64

    token = base64.b64encode(f"\0{USER}\0{PASSWORD}".encode()).decode()

    def talk(stream: Any) -> None:
        stream.wfile.write(b"220 hello\r\n")
        for line in stream.rfile:
            if line.startswith(b"AUTH"):
                stream.wfile.write(f"535 bad password {PASSWORD} in {token}\r\n".encode())
            else:
                stream.wfile.write(b"250-hello\r\n250 AUTH PLAIN\r\n" if line[:4].lower() == b"ehlo" else b"250 OK\r\n")

    with raw_server(talk) as server:
        reason = post(results, server)[0].troubles[0].reason
    assert "535 bad password *** in ***" in reason


def test_an_answer_in_gbk_is_read(results: Path) -> None:
    postbox = Postbox()
    with raw_server(lambda stream: stream.wfile.write("554 拒绝访问\r\n".encode("gb18030"))) as server:
        assert "554 拒绝访问" in post(results, server)[0].troubles[0].reason
    assert not postbox.letters


def test_the_keyring_is_asked_and_without_anybody_to_ask_it_is_2(
    results: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PERFEVAL_SMTP_PASSWORD", raising=False)
    monkeypatch.setattr("time.sleep", lambda _: None)
    known: dict[tuple[str, str], str] = {}
    keyring, errors = ModuleType("keyring"), ModuleType("keyring.errors")
    keyring.get_password = lambda service, user: known.get((service, user))  # type: ignore[attr-defined]
    errors.KeyringError = type("KeyringError", (Exception,), {})  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "keyring", keyring)
    monkeypatch.setitem(sys.modules, "keyring.errors", errors)
    postbox = Postbox()
    with smtp_server(postbox, **AUTH) as server:
        result = invoke("mail", results, "--smtp", f"smtp://{USER}@{server}", "--send")
        assert (result.exit_code, postbox.seen) == (2, [])
        assert "keyring set perfeval-xl:127.0.0.1 caiwu" in result.stderr
        known["perfeval-xl:127.0.0.1", USER] = PASSWORD
        assert invoke("mail", results, "--smtp", f"smtp://{USER}@{server}", "--send").exit_code == 0
    assert len(postbox.letters) == 3


def test_without_the_keyring_extra_it_still_works(results: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PERFEVAL_SMTP_PASSWORD", raising=False)
    monkeypatch.setitem(sys.modules, "keyring", None)
    assert "PERFEVAL_SMTP_PASSWORD" not in os.environ
    with smtp_server(Postbox(), **AUTH) as server:
        result = invoke("mail", results, "--smtp", f"smtp://{USER}@{server}", "--send")
    assert (result.exit_code, "没有 caiwu 在 127.0.0.1 的密码" in result.stderr) == (2, True)


def test_a_password_with_chinese_signs_is_no_bug(results: Path) -> None:
    from perfeval_xl.mail.post import Order, prepare_mailing

    with smtp_server(Postbox(), **AUTH) as server:
        mailing = prepare_mailing(Order(results, smtp=f"smtp://{USER}@{server}", send=True), FakeTime().clock)
        outcomes = list(mailing.work(lambda: "密码１２３"))
    assert "全角字符" in outcomes[0].troubles[0].reason
