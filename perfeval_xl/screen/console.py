"""Lines for the screen, and progress on standard error; light, so that it begins before anything heavy is loaded."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import click

from perfeval_xl.progress import Progress, silent

#: What moves a terminal's cursor: it is left out of texts that others wrote.
_MOVES = dict.fromkeys(map(ord, "\a\b\v\f\r"))


def on_terminal(err: bool = False) -> bool:
    """Whether somebody looks at standard output (or standard error) as it comes. Elsewhere nothing is cut."""
    return (sys.stderr if err else sys.stdout).isatty()


def say(line: str, err: bool = False) -> None:
    """One line, whole; its colours are for terminals only."""
    click.echo(line.translate(_MOVES), err=err)


def coloured(text: str, colour: str) -> str:
    """The text in a colour, unless NO_COLOR asks for none."""
    return text if os.environ.get("NO_COLOR") else click.style(text, fg=colour)


@contextmanager
def progress(quiet: bool) -> Iterator[Progress]:
    """What is being done, and in a batch how fast and how long yet; on a terminal a spinner, elsewhere nothing."""
    if quiet or not on_terminal(err=True):
        yield silent
        return
    from rich.console import Console
    from rich.markup import escape

    started = time.monotonic()
    # The spinner of ASCII characters: a console of code page 936 has no other.
    with Console(stderr=True, highlight=False, soft_wrap=True).status("启动…", spinner="line") as status:

        def show(step: str, done: int = 0, total: int = 0) -> None:
            pace = _pace(done, total, time.monotonic() - started) if total else ""
            status.update(escape(f"{pace}{step}…"))

        yield show


def _pace(done: int, total: int, seconds: float) -> str:
    """``37/2000，每秒 4.1 个，还需约 8 分钟：``."""
    rate = done / seconds if seconds > 0 else 0.0
    left = (total - done) / rate if rate else 0.0
    rest = f"还需约 {left / 60:.0f} 分钟" if left >= 90 else f"还需约 {left:.0f} 秒"
    return f"{done}/{total}，每秒 {rate:.1f} 个，{rest}："
