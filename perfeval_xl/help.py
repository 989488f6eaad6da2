"""Click's help and usage errors in Chinese."""

import sys

import click

_SECTIONS = {"Options": "选项", "Commands": "命令", "Arguments": "参数"}


class _Formatter(click.HelpFormatter):
    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, args, "用法：")

    def write_heading(self, heading: str) -> None:
        self.write(f"{_SECTIONS.get(heading, heading)}：\n")


class _Context(click.Context):
    formatter_class = _Formatter

    def make_formatter(self) -> click.HelpFormatter:
        # Off a terminal nothing is wrapped or cut.
        return _Formatter() if sys.stdout.isatty() else _Formatter(width=1000, max_width=1000)


class ChineseCommand(click.Command):
    """A command whose help page is Chinese throughout."""

    context_class = _Context

    def __init__(self, *args: object, **settings: object) -> None:
        super().__init__(*args, **{"options_metavar": "[选项]"} | settings)  # type: ignore[arg-type]

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """``--help``, explained in Chinese."""
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = "显示本帮助。"
        return option


class ChineseGroup(ChineseCommand, click.Group):
    """The group of all commands."""

    def __init__(self, *args: object, **settings: object) -> None:
        super().__init__(*args, **{"subcommand_metavar": "命令 [参数]…"} | settings)


def usage_message(error: click.UsageError) -> str:
    """What is wrong with a command line."""
    if isinstance(error, click.NoSuchOption):
        near = f"（是否想写 {error.possibilities[0]}？）" if error.possibilities else ""
        return f"没有选项 {error.option_name}{near}。"
    if isinstance(error, click.MissingParameter):
        return f"缺少{error.param.human_readable_name if error.param else '参数'}。"
    if isinstance(error, click.BadOptionUsage):
        return f"选项 {error.option_name} 后面缺少内容，或不应有内容。"
    if isinstance(error, click.BadParameter):
        name = "/".join(error.param.opts) if isinstance(error.param, click.Option) else "参数"
        return f"{name} 的内容不对：{_reason(error)}"
    words = error.message.removeprefix("No such command ").rstrip(".")
    if words != error.message.rstrip("."):
        return f"没有命令 {words}。"
    return (
        f"多余的参数：{error.message.rpartition('(')[2].rstrip(').')}。"
        if "unexpected extra" in error.message
        else error.message
    )


def _reason(error: click.BadParameter) -> str:
    kind = error.param.type if error.param else None
    if isinstance(kind, click.Choice):
        return f"应为 {'、'.join(map(str, kind.choices))} 之一。"
    if isinstance(kind, click.IntRange):
        return f"应为 {kind.min} 到 {kind.max} 之间的整数。"
    return error.message
