"""``explain``: what a finding means."""

import click

from perfeval_xl.commands.options import everywhere
from perfeval_xl.errors import UsageError
from perfeval_xl.help import ChineseCommand


@click.command(cls=ChineseCommand)
@everywhere
@click.argument("code", required=False, metavar="[代码]")
def explain(code: str | None, **_: object) -> None:
    """说明问题代码的含义、例子和处理办法；不写代码时列出全部。"""
    from perfeval_xl.findings import SEVERITY_LABELS, catalogue
    from perfeval_xl.text import nearest

    known = catalogue()
    if code is None:
        for entry in known.values():
            click.echo(f"{entry.code}  {SEVERITY_LABELS[entry.severity]}  {entry.title}")
        return
    text = known.get(code.upper())
    if text is None:
        raise UsageError(
            f"没有代码“{code}”{nearest(code.upper(), list(known))}。", "运行 perfeval-xl explain 列出全部代码。"
        )
    click.echo(f"{text.code}  {SEVERITY_LABELS[text.severity]}  {text.title}")
    click.echo(f"含义：{text.meaning}\n例子：{text.example}\n处理：{text.advice}")
