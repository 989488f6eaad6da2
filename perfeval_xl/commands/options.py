"""Options and endings that several commands share."""

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from perfeval_xl import __version__
from perfeval_xl.errors import UsageError

if TYPE_CHECKING:
    from perfeval_xl.pipeline import Run
    from perfeval_xl.settings import Settings

FOLDER = click.Path(file_okay=False, path_type=Path)
FORMATS = click.Choice(["text", "json"])
YEARS = click.IntRange(2000, 2099)


def everywhere(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that every command takes."""
    command = click.option("--quiet", is_flag=True, help="不显示进度和说明，只有结果和错误。")(command)
    command = click.option("--verbose", is_flag=True, help="列出读到的每个工作簿和表，问题再多也全部列出。")(command)
    message = "%(prog)s %(version)s"
    return click.version_option(__version__, prog_name="perfeval-xl", message=message, help="显示版本号。")(command)


def shared(command: Callable[..., Any]) -> Callable[..., Any]:
    """The argument and options of ``run`` and ``check``."""
    for option in (
        click.option(
            "--format",
            "form",
            type=FORMATS,
            default="text",
            metavar="text|json",
            help="给人看的文字，或给程序读的 JSON。",
        ),
        click.option("--strict", is_flag=True, help="有警告也以退出码 1 结束。"),
        click.option("--year", type=YEARS, metavar="年度", help="自评年度。默认从报告信息和表题得知。"),
        click.option("--scheme", metavar="方案", help="方案名称，或方案文件夹的路径。默认 hongshan-2019。"),
        click.argument("folder", type=FOLDER, metavar="文件夹"),
    ):
        command = option(command)
    return command


def settings_for(folder: Path, scheme: str | None, year: int | None) -> "Callable[[Path], Settings]":
    """The settings of the folder, and of each unit folder in it where it is a batch."""
    if not os.path.isdir(folder):  # noqa: PTH112 - also where the path is too long to be asked for
        raise UsageError(f"没有文件夹 {folder}。", "核对路径；路径中有空格时，两端加引号。")
    if scheme:  # a name that nobody has is said before anything heavy is loaded
        from perfeval_xl.scheme import load_scheme

        load_scheme(scheme)
    # Here, where few calls are open: deep inside the imports of others Python's stack grows and shrinks a thousand times.
    import pandas as pd  # noqa: F401

    from perfeval_xl.read.batch import settings_in_batch

    return partial(settings_in_batch, folder, scheme, year)


def say_borrowed(settings: "Settings", name: str) -> None:
    """On standard error: the scheme has no Word template of its own, so that the default scheme's serves."""
    from perfeval_xl.scheme import DEFAULT_SCHEME, load_scheme

    scheme = load_scheme(settings.scheme)
    if not (scheme.folder / name).is_file():
        click.echo(
            f"方案“{scheme.name}”的文件夹中没有 {name}，用了 {DEFAULT_SCHEME} 的。\n"
            f"下一步：要用自己的版式，把安装目录 templates/{DEFAULT_SCHEME} 中的 {name} 复制到方案文件夹，在 Word 中修改。",
            err=True,
        )


def unfinished(done: "Run") -> bool:
    """Whether something could not be worked at all: everything, or a unit folder with its error said already."""
    return not done.workable or any(part.error for part in done.parts)


def end(done: "Run", strict: bool, form: str) -> int:
    """The exit code, and the manifest if asked for. A unit folder that was stopped counts as an error beside others."""
    from perfeval_xl.findings import Severity, count_severities
    from perfeval_xl.write.manifest import manifest_bytes

    stopped = [part.error.exit_code for part in done.parts if part.error]
    if len(stopped) == len(done.parts):
        return max(stopped)
    if form == "json":
        click.echo(manifest_bytes(done.manifest), nl=False)
    counts = count_severities(done.findings)
    trouble = bool(stopped) or counts[Severity.ERROR] > 0 or (strict and counts[Severity.WARNING] > 0)
    # Results that could not be written, and bugs, are worse than findings; wrong settings of one unit are not.
    grave = max((code for code in stopped if code > UsageError.exit_code), default=0)
    return grave or (int(trouble) if done.workable else 3)
