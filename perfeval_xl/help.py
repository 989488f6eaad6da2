"""Click's help and usage errors in Chinese, aligned where a character takes two cells."""

import sys
from collections.abc import Iterable

import click

from perfeval_xl.lazy_pattern import lazy_pattern
from perfeval_xl.text import cells_of

_SECTIONS = {"Options": "选项", "Commands": "命令", "Arguments": "参数"}


#: A blank, or a word or character with the marks that may not end a line before it or begin one after it.
_PIECES = lazy_pattern(r"\s+|[“（《]*(?:[\x21-\x7e]+|.)[，。；：、！？）》”…]*")


def wrapped(text: str, width: int) -> list[str]:
    """The text in lines of at most so many cells, where its words and marks allow it."""
    lines = [""]
    for piece in _PIECES.findall(" ".join(text.split())):
        if lines[-1] and cells_of(lines[-1] + piece.rstrip()) > width:
            lines.append("")
        lines[-1] += piece if lines[-1] else piece.lstrip()
    return [line.rstrip() for line in lines]


class _Formatter(click.HelpFormatter):
    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, args, "用法：")

    def write_heading(self, heading: str) -> None:
        self.write(f"{_SECTIONS.get(heading, heading)}：\n")

    def write_text(self, text: str) -> None:
        indent = " " * self.current_indent
        self.write("".join(f"{indent}{line}\n" for line in wrapped(text, self.width - self.current_indent)))

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """Options and commands with what they do, in two columns."""
        rows = list(rows)
        first = min(max(cells_of(term) for term, _ in rows), col_max) + col_spacing
        for term, text in rows:
            self._write_row(term, wrapped(text, max(self.width - self.current_indent - first, 10)), first)

    def _write_row(self, term: str, lines: Iterable[str], first: int) -> None:
        term, room = f"{' ' * self.current_indent}{term}", first + self.current_indent
        for line in lines:
            self.write(f"{term}{' ' * max(room - cells_of(term), 2)}{line}\n")
            term = ""


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
        return f"没有写{error.param.human_readable_name if error.param else '参数'}。"
    if isinstance(error, click.BadOptionUsage):
        no_value = "does not take" in error.message
        return f"选项 {error.option_name} 后面{'不应有' if no_value else '缺少'}内容。"
    if isinstance(error, click.BadParameter):
        return _bad_value(error)
    words = error.message.removeprefix("No such command ").rstrip(".")
    if words != error.message.rstrip("."):
        return f"没有命令 {words}。"
    return (
        f"多余的参数：{error.message.rpartition('(')[2].rstrip(').')}。"
        if "unexpected extra" in error.message
        else error.message
    )


def usage_advice(error: click.UsageError) -> str:
    """What to do about it: the command as it is written, and where its help is."""
    command = error.ctx.command_path if error.ctx else "perfeval-xl"
    asked = f"用法见 {command} --help"
    if isinstance(error, click.MissingParameter) and error.param:
        return f"写成 {command} {error.param.human_readable_name}；{asked}"
    if isinstance(error, click.BadParameter) and _is_path(error):
        return "核对路径；要写文件夹的，把工作簿放进一个文件夹，再写这个文件夹。"
    if "unexpected extra" in error.message:
        return f"路径中有空格时，两端加英文引号；{asked}"
    return asked


def _is_path(error: click.BadParameter) -> bool:
    return error.param is not None and isinstance(error.param.type, click.Path)


def _bad_value(error: click.BadParameter) -> str:
    """What a value should have been. Click ends its own words on a path with its name in quotes and what it is."""
    kind = error.param.type if error.param else None
    if isinstance(kind, click.Path):
        found, wanted = ("文件", "文件夹") if not kind.file_okay else ("文件夹", "文件")
        return f"{_quoted(error.message)} 是一个{found}，这里要写{wanted}。"
    name = "/".join(error.param.opts) if isinstance(error.param, click.Option) else "参数"
    if isinstance(kind, click.Choice):
        return f"{name} 的内容不对：应为 {'、'.join(map(str, kind.choices))} 之一。"
    if isinstance(kind, click.IntRange):
        return f"{name} 的内容不对：应为 {kind.min} 到 {kind.max} 之间的整数。"
    return f"{name} 的内容不对：{error.message}"


def _quoted(message: str) -> str:
    return message.partition("'")[2].rpartition("'")[0] or message
