"""``check``: the findings, and nothing written."""

import os
from pathlib import Path

import click

from perfeval_xl.commands.options import end, everywhere, settings_for, shared, unfinished
from perfeval_xl.help import ChineseCommand
from perfeval_xl.screen.console import progress


@click.command(cls=ChineseCommand)
@everywhere
@shared
def check(
    folder: Path, scheme: str | None, year: int | None, strict: bool, form: str, quiet: bool, verbose: bool
) -> int:
    """只检查，不写任何文件：列出每个错误、警告所在的文件、工作表和单元格。"""
    with progress(quiet) as tell:
        settings_of = settings_for(folder, scheme, year)
        from perfeval_xl import pipeline
        from perfeval_xl.screen.closing import print_next_check
        from perfeval_xl.screen.listing import print_findings
        from perfeval_xl.screen.reading import print_parts
        from perfeval_xl.task import Wanted

        done = pipeline.check(folder, settings_of, tell, Wanted(jobs=None, cores=os.cpu_count() or 1))
    print_parts(done.parts, verbose)
    if form == "text":
        print_findings(done.findings, by_unit=len(done.parts) > 1, every=verbose)
    if form == "text" and not quiet:
        print_next_check(done.findings, unfinished(done), folder)
    return end(done, strict, form)
