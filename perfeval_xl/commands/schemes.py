"""``schemes``: what can be named as a scheme."""

import click

from perfeval_xl.commands.options import everywhere
from perfeval_xl.help import ChineseCommand


@click.command(cls=ChineseCommand)
@everywhere
def schemes(**_: object) -> None:
    """列出可用的方案。"""
    from perfeval_xl.scheme import load_scheme, scheme_names

    for name in scheme_names():
        scheme = load_scheme(name)
        click.echo(f"{name}  {scheme.title}")
        click.echo(f"    依据：{scheme.source}")
