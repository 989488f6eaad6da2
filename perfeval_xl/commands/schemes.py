"""``schemes``: what can be named as a scheme."""

from typing import TYPE_CHECKING

import click

from perfeval_xl.commands.options import everywhere
from perfeval_xl.help import ChineseCommand

if TYPE_CHECKING:
    from perfeval_xl.scheme import Scheme


@click.command(cls=ChineseCommand)
@everywhere
def schemes(**_: object) -> None:
    """列出可用的方案。"""
    from perfeval_xl.scheme import load_scheme, scheme_names

    for name in scheme_names():
        scheme = load_scheme(name)
        click.echo(f"{name}  {scheme.title}")
        click.echo(f"    分值：{_points(scheme)}")
        click.echo(f"    等级：{'，'.join(f'{grade} ≥ {lowest / 100:g}' for grade, lowest in scheme.grades)}")
        click.echo(f"    依据：{scheme.source}")


def _points(scheme: "Scheme") -> str:
    goal = "" if scheme.goal_points is None else f"，总目标 {scheme.goal_points / 100:g}"
    groups = "、".join(f"{name} {points / 100:g}" for name, points in scheme.groups.items())
    indicators = f"，绩效指标 {scheme.indicator_points / 100:g}{f'（{groups}）' if groups else ''}"
    return f"预算执行 {scheme.funding_points / 100:g}{goal}{indicators}"
