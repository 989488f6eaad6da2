"""``mail``: the letters as previews, or sent."""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from perfeval_xl.commands.options import FOLDER, everywhere
from perfeval_xl.errors import UsageError
from perfeval_xl.help import ChineseCommand
from perfeval_xl.screen.console import progress

if TYPE_CHECKING:
    from perfeval_xl.mail.server import Server

PASSWORD = "PERFEVAL_SMTP_PASSWORD"
SOME_NOT_SENT = 5


@click.command(cls=ChineseCommand)
@everywhere
@click.option("--include-restricted", is_flag=True, help="涉密项目也寄出。不写时既不附上，也不提到。")
@click.option("--allow-changed", is_flag=True, help="运行之后改动过的文件也寄出。")
@click.option("--resend", is_flag=True, help="不确定对方收到没有的信再发一次；已发送的不会重发。")
@click.option("--limit", type=click.IntRange(1, 100_000), metavar="封数", help="这一次最多发几封。")
@click.option("--test-to", metavar="邮箱", help="试发：全部寄到这一个邮箱，不算已发送。与 --send 同用。")
@click.option("--send", is_flag=True, help="真的发送。不写时只在“发件箱”中生成预览。")
@click.option(
    "--smtp",
    metavar="地址",
    help="邮件服务器：smtp://用户名@服务器:端口（STARTTLS）或 smtps://用户名@服务器:端口。不能写密码。默认用 perfeval.toml 的 [mail]。",
)
@click.option(
    "--recipients",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="工作簿",
    help="含收件人表的工作簿。默认用运行时读到的“收件人”表。",
)
@click.argument("results", type=FOLDER, metavar="结果文件夹")
def mail(
    results: Path,
    recipients: Path | None,
    smtp: str | None,
    send: bool,
    test_to: str | None,
    limit: int | None,
    resend: bool,
    allow_changed: bool,
    include_restricted: bool,
    quiet: bool,
    **_: object,
) -> int:
    """把结果寄给各收件人：先在“发件箱”中生成每封信的预览，核对后加 --send 发送，同一封信不会发两次。"""
    import time
    from datetime import datetime

    from perfeval_xl.mail.listing import closing_lines, letter_lines, person, plan_lines
    from perfeval_xl.mail.post import Order, prepare_mailing
    from perfeval_xl.mail.sending import Clock, State

    order = Order(results, recipients, smtp, send, test_to, limit, resend, allow_changed, include_restricted)
    if not send and (test_to or limit):
        click.echo("没有写 --send，只生成预览，什么也没有发送；--test-to 和 --limit 要与 --send 同用。", err=True)
    mailing = prepare_mailing(order, Clock(lambda: datetime.now().astimezone(), time.monotonic, time.sleep))
    secret = _password_for(mailing.server) if send and mailing.server else str
    done = []
    # Progress on a terminal takes the standard output with it, to print above itself; a file keeps its own.
    piped = None if sys.stdout.isatty() else sys.stdout
    with progress(quiet) as tell:
        for number, outcome in enumerate(mailing.work(secret, tell), start=1):
            for line in letter_lines(number, len(mailing.plan.letters), outcome, send):
                click.echo(line, file=piped or sys.stdout)
            done.append((outcome.state, person(outcome.letter), outcome.troubles))
    for line in (*plan_lines(mailing.plan, include_restricted), *closing_lines(done, send, mailing.outbox)):
        click.echo(line)
    not_sent = {State.HELD, State.REFUSED, State.UNCERTAIN}
    failed = mailing.plan.troubles or any(state in not_sent or (state is State.SENT and bad) for state, _, bad in done)
    return SOME_NOT_SENT if send and failed else 0


def _password_for(server: "Server") -> Callable[[], str]:
    """From the environment, the system's keyring, or a prompt: never from a file or the command line.

    It is asked for before progress is shown; where nobody can be asked, only a server that wants it is in the way.
    """
    secret = server.user and (os.environ.get(PASSWORD) or _from_keyring(server))
    if server.user and not secret and sys.stdin.isatty():
        words = f"{server.user} 在 {server.host} 的密码（授权码，输入时不显示）"
        secret = str(click.prompt(words, hide_input=True, err=True))

    def give() -> str:
        if secret:
            return secret
        raise UsageError(
            f"没有 {server.user} 在 {server.host} 的密码（授权码）。",
            f"在窗口中运行，由程序询问；或放在环境变量 {PASSWORD} 中；"
            f"或用 keyring set perfeval-xl:{server.host} {server.user} 存入系统密码库。",
        )

    return give


def _from_keyring(server: "Server") -> str | None:
    """What the system's keyring knows; it is an extra, and where it is locked or missing the prompt remains."""
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError:
        return None
    try:
        password: str | None = keyring.get_password(f"perfeval-xl:{server.host}", server.user)
    except (KeyringError, RuntimeError, OSError):
        return None
    return password
