"""Commands, printing, progress and exit codes; nothing else prints."""

import sys
import tempfile
import traceback
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from perfeval_xl import __version__
from perfeval_xl.errors import PerfevalError, UsageError
from perfeval_xl.help import ChineseCommand, ChineseGroup, usage_message

if TYPE_CHECKING:
    from perfeval_xl.pipeline import Run
    from perfeval_xl.settings import Settings

_FOLDER = click.Path(file_okay=False, path_type=Path)
_FORMATS = click.Choice(["text", "json"])
_YEARS = click.IntRange(2000, 2099)


def main(args: list[str] | None = None) -> None:
    """Run the command line and leave with its exit code."""
    for stream in (sys.stdout, sys.stderr):
        # A Chinese Windows console (cp936) must not stop a run over one rare character.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    sys.exit(_run(args))


def _run(args: list[str] | None) -> int:
    """The one converter from trouble to an exit code."""
    try:
        code = commands.main(args=args, prog_name="perfeval-xl", standalone_mode=False)
        return code if isinstance(code, int) else 0
    except PerfevalError as error:
        _say(f"错误：{error.message}" + (f"\n下一步：{error.advice}" if error.advice else ""))
        return error.exit_code
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return UsageError.exit_code
    except click.UsageError as error:
        _say(f"错误：{usage_message(error)}\n下一步：运行 perfeval-xl --help 查看用法。")
        return UsageError.exit_code
    except (click.Abort, KeyboardInterrupt):
        _say("已中断。")
        return 130
    except Exception:
        return _bug()


def _bug() -> int:
    """A bug is written to a log file, and never shown as a traceback."""
    with tempfile.NamedTemporaryFile("w", prefix="perfeval-xl-", suffix=".log", delete=False, encoding="utf-8") as log:
        log.write(f"perfeval-xl {__version__}\n{traceback.format_exc()}")
    _say(f"程序出错了，这不是您的问题。详细记录在 {log.name}。\n下一步：请把该文件发给维护人员。")
    return 70


def _say(text: str) -> None:
    click.echo(text, err=True)


def _everywhere(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that every command takes."""
    command = click.option("--quiet", is_flag=True, help="不显示进度。")(command)
    command = click.option("--verbose", is_flag=True, help="列出读到的每个工作簿和表。")(command)
    message = "%(prog)s %(version)s"
    return click.version_option(__version__, prog_name="perfeval-xl", message=message, help="显示版本号。")(command)


@click.group(cls=ChineseGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="perfeval-xl", message="%(prog)s %(version)s", help="显示版本号。")
def commands() -> None:
    """项目支出绩效自评：把执行情况表、绩效指标表和部门决算放进一个文件夹，一条命令得到自评表和汇总表。"""


def _shared(command: Callable[..., Any]) -> Callable[..., Any]:
    """The argument and options of ``run`` and ``check``."""
    for option in (
        click.option(
            "--format",
            "form",
            type=_FORMATS,
            default="text",
            metavar="text|json",
            help="给人看的文字，或给程序读的 JSON。",
        ),
        click.option("--strict", is_flag=True, help="有警告也以退出码 1 结束。"),
        click.option("--year", type=_YEARS, metavar="年度", help="自评年度。默认从报告信息和表题得知。"),
        click.option("--scheme", metavar="方案", help="方案名称，或方案文件夹的路径。默认 hongshan-2019。"),
        click.argument("folder", type=_FOLDER, metavar="文件夹"),
    ):
        command = option(command)
    return command


@commands.command(cls=ChineseCommand)
@_everywhere
@_shared
@click.option("-o", "--out", type=_FOLDER, metavar="结果文件夹", help="结果放在哪里。默认是文件夹中的“自评结果”。")
def run(
    folder: Path,
    out: Path | None,
    scheme: str | None,
    year: int | None,
    strict: bool,
    form: str,
    quiet: bool,
    verbose: bool,
) -> int:
    """读取文件夹中的工作簿，生成每个项目的自评表和汇总表；文件夹下是各单位的文件夹时，逐个单位处理。"""
    from perfeval_xl import pipeline, screen

    settings_of = _settings(folder, scheme, year)
    with screen.progress(quiet) as progress:
        done = pipeline.run(folder, settings_of, out, progress)
    screen.print_parts(done.parts, verbose)
    if form == "text" and done.workable:
        screen.print_closing(done.lines, done.findings, done.year, done.results)
    elif form == "text":
        screen.print_findings(done.findings, err=True, by_unit=len(done.parts) > 1)
    return _end(done, strict, form)


@commands.command(cls=ChineseCommand)
@_everywhere
@_shared
def check(
    folder: Path, scheme: str | None, year: int | None, strict: bool, form: str, quiet: bool, verbose: bool
) -> int:
    """只检查，不写任何文件：列出每个错误、警告所在的文件、工作表和单元格。"""
    from perfeval_xl import pipeline, screen

    settings_of = _settings(folder, scheme, year)
    with screen.progress(quiet) as progress:
        done = pipeline.check(folder, settings_of, progress)
    screen.print_parts(done.parts, verbose)
    if form == "text":
        screen.print_findings(done.findings, by_unit=len(done.parts) > 1)
    return _end(done, strict, form)


@commands.command(cls=ChineseCommand)
@_everywhere
@click.argument("code", required=False, metavar="[代码]")
def explain(code: str | None, **_: object) -> None:
    """说明问题代码的含义、例子和处理办法；不写代码时列出全部。"""
    from perfeval_xl.findings import SEVERITY_LABELS, catalogue
    from perfeval_xl.text import nearest

    known = catalogue()
    if code is None:
        for entry in known.values():
            click.echo(f"{entry.code}  {SEVERITY_LABELS[entry.severity]}  {entry.title}")
        return
    text = known.get(code.upper())
    if text is None:
        raise UsageError(
            f"没有代码“{code}”{nearest(code.upper(), list(known))}。", "运行 perfeval-xl explain 列出全部代码。"
        )
    click.echo(f"{text.code}  {SEVERITY_LABELS[text.severity]}  {text.title}")
    click.echo(f"含义：{text.meaning}\n例子：{text.example}\n处理：{text.advice}")


@commands.command(cls=ChineseCommand)
@_everywhere
def schemes(**_: object) -> None:
    """列出可用的方案。"""
    from perfeval_xl.scheme import load_scheme, scheme_names

    for name in scheme_names():
        scheme = load_scheme(name)
        click.echo(f"{name}  {scheme.title}")
        click.echo(f"    依据：{scheme.source}")


def _settings(folder: Path, scheme: str | None, year: int | None) -> "Callable[[Path], Settings]":
    """The settings of the folder, and of each unit folder in it where it is a batch."""
    from perfeval_xl.read.batch import settings_in_batch

    if not folder.is_dir():
        raise UsageError(f"没有文件夹 {folder}。", "核对路径；路径中有空格时，两端加引号。")
    return partial(settings_in_batch, folder, scheme, year)


def _end(done: "Run", strict: bool, form: str) -> int:
    """The exit code, and the manifest if asked for. A unit folder set up wrongly counts as an error beside others."""
    from perfeval_xl.findings import Severity, count_severities
    from perfeval_xl.write.manifest import manifest_bytes

    failed = [part.error is not None for part in done.parts]
    if all(failed):
        return UsageError.exit_code
    if form == "json":
        click.echo(manifest_bytes(done.manifest), nl=False)
    counts = count_severities(done.findings)
    trouble = any(failed) or counts[Severity.ERROR] > 0 or (strict and counts[Severity.WARNING] > 0)
    return int(trouble) if done.workable else 3
