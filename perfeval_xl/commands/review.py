"""``review``: what is wrong in filled-in forms."""

from pathlib import Path

import click

from perfeval_xl.commands.options import FOLDER, FORMATS, everywhere, settings_for
from perfeval_xl.help import ChineseCommand
from perfeval_xl.screen.console import progress

_PATH = click.Path(path_type=Path)


@click.command(cls=ChineseCommand)
@everywhere
@click.argument("paths", nargs=-1, required=True, type=_PATH, metavar="自评表或文件夹…")
@click.option("--against", type=FOLDER, metavar="文件夹", help="与这个单位文件夹的工作簿逐项核对。")
@click.option("-o", "--out", type=_PATH, metavar="文件.xlsx", help="把审核结果写成工作簿。")
@click.option("--jobs", type=click.IntRange(1, 256), metavar="N", help="几个进程同时审核。默认按核数，值得时才用。")
@click.option("--strict", is_flag=True, help="有警告也以退出码 1 结束。")
@click.option(
    "--format", "form", type=FORMATS, default="text", metavar="text|json", help="给人看的文字，或给程序读的 JSON。"
)
def review(
    paths: tuple[Path, ...],
    against: Path | None,
    out: Path | None,
    jobs: int | None,
    strict: bool,
    form: str,
    quiet: bool,
    verbose: bool,
) -> int:
    """审核填好的自评表，本单位的、改过的或其他单位的：列出每个错误、警告所在的文件、工作表和单元格。"""
    with progress(quiet) as tell:
        from perfeval_xl import review as reviewing
        from perfeval_xl.findings import Severity, count_severities
        from perfeval_xl.screen.closing import print_review
        from perfeval_xl.screen.listing import print_findings
        from perfeval_xl.screen.reading import print_files
        from perfeval_xl.write.manifest import manifest_bytes

        settings_of = settings_for(against, None, None) if against else None
        done = reviewing.review(paths, against, settings_of, out, jobs, tell)
    print_files([(file.name, len(file.forms)) for file in done.files], verbose)
    if form == "json":
        click.echo(manifest_bytes(done.manifest), nl=False)
    else:
        print_findings(done.findings, by_unit=True, every=verbose, whole="加 -o 审核结果.xlsx 写成工作簿")
        print_review(len(done.forms), len(done.files), out if done.forms else None)
    counts = count_severities(done.findings)
    wrong = counts[Severity.ERROR] > 0 or (strict and counts[Severity.WARNING] > 0)
    return int(wrong) if done.forms else 3
