"""``check``: the findings, and nothing written."""

from pathlib import Path

import click

from perfeval_xl.commands.options import end, everywhere, settings_for, shared, unfinished
from perfeval_xl.help import ChineseCommand


@click.command(cls=ChineseCommand)
@everywhere
@shared
def check(
    folder: Path, scheme: str | None, year: int | None, strict: bool, form: str, quiet: bool, verbose: bool
) -> int:
    """只检查，不写任何文件：列出每个错误、警告所在的文件、工作表和单元格。"""
    from perfeval_xl import pipeline, screen

    settings_of = settings_for(folder, scheme, year)
    with screen.progress(quiet) as progress:
        done = pipeline.check(folder, settings_of, progress)
    screen.print_parts(done.parts, verbose)
    if form == "text":
        screen.print_findings(done.findings, by_unit=len(done.parts) > 1, every=verbose)
    if form == "text" and not quiet:
        screen.print_next_check(done.findings, unfinished(done), folder)
    return end(done, strict, form)
