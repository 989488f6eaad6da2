"""Trouble that stops a command: each kind knows its exit code, and each error its next step.

Wrong *data* is never raised; it is a :class:`perfeval_xl.findings.Finding`.
"""

import tempfile
import traceback

from perfeval_xl import __version__


class PerfevalError(Exception):
    """What an operator is told, in Chinese: what is wrong, and what to do next."""

    exit_code = 70

    def __init__(self, message: str, advice: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice

    def __reduce__(self) -> tuple[type["PerfevalError"], tuple[str, str]]:
        """As it was made: a process that works on a part hands its error to the one that prints it."""
        return type(self), (self.message, self.advice)


class UsageError(PerfevalError):
    """A command line, a setting or a scheme that cannot be followed."""

    exit_code = 2


class OutputError(PerfevalError):
    """Results that could not be written."""

    exit_code = 4


class BugError(PerfevalError):
    """An error of the program in a process of several; ``message`` is its traceback, for the log file."""


def trace_of(error: BaseException | None) -> str:
    """Where an error came about and of what kind it is. What it says is left out: it may quote a cell."""
    pieces: list[str] = []
    while error is not None:
        own = [error.message] if isinstance(error, BugError) else []
        pieces.append("".join([*own, *traceback.format_tb(error.__traceback__), type(error).__name__]))
        error = error.__cause__ or error.__context__
    return "\n\n".join(reversed(pieces))


def write_log(trace: str) -> str:
    """A bug's :func:`trace_of` in a log file, which is never shown on the screen; returns the file's name."""
    with tempfile.NamedTemporaryFile("w", prefix="perfeval-xl-", suffix=".log", delete=False, encoding="utf-8") as log:
        log.write(f"perfeval-xl {__version__}\n{trace}")
    return log.name
