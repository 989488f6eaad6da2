"""Trouble that stops a command: each kind knows its exit code, and each error its next step.

Wrong *data* is never raised; it is a :class:`perfeval_xl.findings.Finding`.
"""


class PerfevalError(Exception):
    """What an operator is told, in Chinese: what is wrong, and what to do next."""

    exit_code = 70

    def __init__(self, message: str, advice: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice


class UsageError(PerfevalError):
    """A command line, a setting or a scheme that cannot be followed."""

    exit_code = 2


class OutputError(PerfevalError):
    """Results that could not be written."""

    exit_code = 4
