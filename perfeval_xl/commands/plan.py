"""``plan``: the 工作方案."""

from pathlib import Path

import click

from perfeval_xl.commands.options import FOLDER, everywhere, say_borrowed, settings_for
from perfeval_xl.help import ChineseCommand
from perfeval_xl.screen.console import progress


@click.command(cls=ChineseCommand)
@everywhere
@click.argument("folder", type=FOLDER, metavar="文件夹")
@click.option("--scheme", metavar="方案", help="方案名称，或方案文件夹的路径。默认 hongshan-2019。")
@click.option("--year", type=click.IntRange(2000, 2099), metavar="年度", help="自评年度。默认从报告信息和表题得知。")
@click.option(
    "-o",
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="文件",
    help="写到哪个文件。默认在文件夹中的“自评结果”里。",
)
def plan(folder: Path, scheme: str | None, year: int | None, out: Path | None, quiet: bool, **_: object) -> None:
    """按方案和报告信息写自评工作方案（Word）：分值、评分规则、等级、分工和时间安排。"""
    with progress(quiet) as tell:
        settings_of = settings_for(folder, scheme, year)
        from perfeval_xl import pipeline

        written, kept = pipeline.plan(folder, settings_of, out, tell)
    if not quiet:
        say_borrowed(settings_of(folder), "plan.docx")
        if kept:
            click.echo(f"原来的工作方案与这次的不同，可能有人改过，保留为：{kept}", err=True)
        click.echo(f"工作方案在：{written}\n下一步：补上标黄的【待补充】内容，核对后印发。", err=True)
