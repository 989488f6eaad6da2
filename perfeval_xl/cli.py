"""The group of commands, and the one converter from trouble to an exit code."""

import os
import sys
import traceback
from importlib import import_module

import click

from perfeval_xl.commands.options import everywhere
from perfeval_xl.errors import BugError, PerfevalError, UsageError, reason_of, trace_of, trouble_of, write_log
from perfeval_xl.help import ChineseGroup, usage_advice, usage_message


def main(args: list[str] | None = None) -> None:
    """Run the command line and leave with its exit code."""
    # Without a console (pythonw, a closed standard output) there is none: what would be said goes nowhere.
    sys.stdout = sys.stdout or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123
    sys.stderr = sys.stderr or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123
    for stream in (sys.stdout, sys.stderr):
        # A Chinese Windows console (cp936) must not stop a run over one rare character.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8" if stream.encoding == "ascii" else None, errors="replace")
    sys.exit(_run(args))


def _run(args: list[str] | None) -> int:
    """The one converter from trouble to an exit code."""
    try:
        code = commands.main(args=args, prog_name="perfeval-xl", standalone_mode=False)
        return code if isinstance(code, int) else 0
    except BugError as error:
        return _bug(error, "--verbose" in (sys.argv if args is None else args))
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return UsageError.exit_code
    except click.UsageError as error:
        _say(f"错误：{usage_message(error)}\n下一步：{usage_advice(error)}")
        return UsageError.exit_code
    except (click.Abort, KeyboardInterrupt):
        _say("已中断。")
        return 130
    except Exception as error:
        trouble = trouble_of(error)
        return _tell(trouble) if trouble else _bug(error, "--verbose" in (sys.argv if args is None else args))


def _tell(trouble: PerfevalError) -> int:
    _say(f"错误：{trouble.message}" + (f"\n下一步：{trouble.advice}" if trouble.advice else ""))
    return trouble.exit_code


def _bug(error: Exception, verbose: bool) -> int:
    """A bug is written to a log file, and never shown as a traceback; what may quote a cell only where asked for."""
    try:
        log = write_log(traceback.format_exc() if verbose else trace_of(error))
    except OSError as no_log:
        _say(f"程序出错了，这不是您的问题。记录没有写成：{reason_of(no_log)}。\n下一步：检查磁盘空间后再运行一次。")
        return 70
    _say(f"程序出错了，这不是您的问题。详细记录在 {log}。\n下一步：请把该文件发给维护人员。")
    return 70


def _say(text: str) -> None:
    click.echo(text, err=True)


class _Commands(ChineseGroup):
    """Each command's module is loaded when it is asked for, which is once: a start pays for no other's options."""

    names = ("check", "explain", "init", "mail", "plan", "review", "run", "schemes")

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order of the help page."""
        return list(self.names)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a name; ``None`` where there is none."""
        if cmd_name not in self.names:
            return None
        command: click.Command = getattr(import_module(f"perfeval_xl.commands.{cmd_name}"), cmd_name)
        return command


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@everywhere
@click.pass_context
def commands(context: click.Context, quiet: bool, verbose: bool) -> None:
    """项目支出绩效自评：把执行情况表、绩效指标表和部门决算放进一个文件夹，一条命令得到自评表和汇总表。"""
    # Before the command they mean the same as after it.
    asked = {name: True for name, wanted in (("quiet", quiet), ("verbose", verbose)) if wanted}
    context.default_map = dict.fromkeys(_Commands.names, asked)
