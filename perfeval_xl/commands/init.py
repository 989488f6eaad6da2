"""``init``: blank input workbooks."""

from pathlib import Path

import click

from perfeval_xl.commands.options import FOLDER, YEARS, everywhere
from perfeval_xl.help import ChineseCommand


@click.command(cls=ChineseCommand)
@everywhere
@click.argument("folder", type=FOLDER, metavar="文件夹")
@click.option(
    "--scheme", metavar="方案", help="方案名称，或方案文件夹的路径。默认与上年相同，没有上年则 hongshan-2019。"
)
@click.option("--year", type=YEARS, metavar="年度", help="自评年度，写在表题和报告信息中。默认是上年加一。")
@click.option(
    "--from", "last_year", type=FOLDER, metavar="上年文件夹", help="带入上年的项目、指标、合并对照和收件人，结果留空。"
)
def init(folder: Path, scheme: str | None, year: int | None, last_year: Path | None, quiet: bool, **_: object) -> None:
    """在文件夹中生成空白的工作簿：有下拉列表、填写说明和示例，填好后双击“运行”即可。"""
    from perfeval_xl.beginning import begin_folder

    written = begin_folder(folder, scheme, year, last_year)
    if not quiet:
        click.echo(f"已在 {folder} 中生成：", err=True)
        for output in written:
            click.echo(f"  {output.path}", err=True)
    click.echo(
        f"下一步：填写工作簿，然后运行 perfeval-xl check {folder} 检查，再运行 perfeval-xl run {folder}。", err=True
    )
