"""``init``: blank input workbooks."""

from pathlib import Path

import click

from perfeval_xl.commands.options import FOLDER, YEARS, everywhere
from perfeval_xl.help import ChineseCommand
from perfeval_xl.screen.console import progress


@click.command(cls=ChineseCommand)
@everywhere
@click.argument("folder", type=FOLDER, metavar="文件夹")
@click.option(
    "--scheme", metavar="方案", help="方案名称，或方案文件夹的路径。默认与上年相同，没有上年则 hongshan-2019。"
)
@click.option("--year", type=YEARS, metavar="年度", help="自评年度，写在表题和报告信息中。默认是上年加一。")
@click.option(
    "--from",
    "last_year",
    type=FOLDER,
    metavar="上年文件夹",
    help="带入上年的项目、指标、合并对照、收件人和设置，结果留空。",
)
def init(
    folder: Path, scheme: str | None, year: int | None, last_year: Path | None, quiet: bool, verbose: bool
) -> None:
    """在文件夹中生成空白的工作簿：有下拉列表、填写说明和示例，填好后双击“运行”即可。"""
    with progress(quiet) as tell:
        from perfeval_xl.beginning import begin_folder
        from perfeval_xl.screen.closing import print_begun
        from perfeval_xl.screen.listing import print_findings

        begun = begin_folder(folder, scheme, year, last_year, tell)
    if begun.findings:
        click.echo("上年的表中有读不出来的，没有带入：", err=True)
        print_findings(begun.findings, err=True, every=verbose)
    if not quiet:
        files = [output.path for output in begun.files]
        print_begun(folder, files, begun.carried.counts(), begun.year)
