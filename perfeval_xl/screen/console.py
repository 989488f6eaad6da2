"""What the terminal can show, and progress on standard error; light, so that it begins before anything heavy is loaded."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from perfeval_xl.progress import Progress, silent

if TYPE_CHECKING:
    from rich.console import Console

_UNWRAPPED = 100_000


def console_of(err: bool = False) -> "Console":
    """Off a terminal nothing is wrapped, cut or coloured."""
    from rich.console import Console

    stream = sys.stderr if err else sys.stdout
    return (
        Console(file=stream, highlight=False, soft_wrap=True)
        if stream.isatty()
        else Console(file=stream, highlight=False, width=_UNWRAPPED, no_color=True)
    )


@contextmanager
def progress(quiet: bool) -> Iterator[Progress]:
    """What is being done, and in a batch how fast and how long yet; on a terminal a spinner, elsewhere nothing."""
    from rich.markup import escape

    console = console_of(err=True)
    if quiet or not console.is_terminal:
        yield silent
        return
    started = time.monotonic()
    # The spinner of ASCII characters: a console of code page 936 has no other.
    with console.status("启动…", spinner="line") as status:

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
