"""``run``: the main job."""

import os
from pathlib import Path

import click

from perfeval_xl.commands.options import end, everywhere, say_borrowed, settings_for, shared, unfinished
from perfeval_xl.errors import UsageError
from perfeval_xl.help import ChineseCommand
from perfeval_xl.screen.console import progress


@click.command(cls=ChineseCommand)
@everywhere
@shared
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path),
    metavar="结果文件夹",
    help="结果放在哪里。默认是文件夹中的“自评结果”。",
)
@click.option("--no-report", is_flag=True, help="不写自评报告。")
@click.option("--appendices", is_flag=True, help="自评表作为附件附在自评报告后面。")
@click.option("--jobs", type=click.IntRange(1, 256), metavar="N", help="几个进程同时处理。默认按核数，值得时才用。")
@click.option("--keep-edits", is_flag=True, help="有人改过的结果留在原处不覆盖，只列出与重新生成的有什么不同。")
@click.option("--force", is_flag=True, help="没有变化的单位也重新处理。")
@click.option("--cluster", default="", metavar="地址", help="把各单位交给已有的 Dask 集群，如 tcp://主机:8786。")
def run(
    folder: Path,
    out: Path | None,
    no_report: bool,
    appendices: bool,
    jobs: int | None,
    keep_edits: bool,
    force: bool,
    cluster: str,
    scheme: str | None,
    year: int | None,
    strict: bool,
    form: str,
    quiet: bool,
    verbose: bool,
) -> int:
    """读取文件夹中的工作簿，生成每个项目的自评表、汇总表和自评报告；文件夹下是各单位的文件夹时，逐个单位处理。"""
    if no_report and appendices:
        raise UsageError("--no-report 和 --appendices 不能同时使用。", "要附件就不写 --no-report。")
    with progress(quiet) as tell:
        settings_of = settings_for(folder, scheme, year)
        from perfeval_xl import pipeline
        from perfeval_xl.screen.closing import print_closing, print_next_check
        from perfeval_xl.screen.listing import print_findings
        from perfeval_xl.screen.reading import print_parts
        from perfeval_xl.task import Wanted
        from perfeval_xl.write.results import Documents

        documents = Documents(not no_report, appendices, keep_edits)
        wanted = Wanted(jobs=jobs, cores=os.cpu_count() or 1, force=force, cluster=cluster, documents=documents)
        done = pipeline.run(folder, settings_of, out, tell, wanted)
    print_parts(done.parts, verbose)
    if done.workable and not no_report and not quiet:
        say_borrowed(settings_of(folder), "report.docx")
    if form == "text" and done.workable:
        print_closing(done.lines, done.findings, done.year, done.results, folder)
    elif form == "text":
        print_findings(done.findings, err=True, by_unit=len(done.parts) > 1, every=verbose)
        if not quiet:
            print_next_check(done.findings, unfinished(done), folder)
    return end(done, strict, form)
