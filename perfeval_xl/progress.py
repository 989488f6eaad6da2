"""Who hears what is being done: a step in words, and in a batch how many folders of how many are behind."""

from typing import Protocol


class Progress(Protocol):
    """Shows what is being done, and how many of how many folders are behind."""

    def __call__(self, step: str, done: int = 0, total: int = 0) -> None: ...  # noqa: D102


def silent(step: str, done: int = 0, total: int = 0) -> None:
    """No progress."""
