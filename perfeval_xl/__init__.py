"""perfeval_xl: the yearly self-evaluation of budget projects (项目支出绩效自评), workbooks in, workbooks out."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from perfeval_xl.api import evaluate, run

__version__ = "0.1.0"
__all__ = ["__version__", "evaluate", "run"]


def __getattr__(name: str) -> object:
    """``evaluate`` and ``run``, when they are asked for: importing the package must not pay for pandas."""
    if name in ("evaluate", "run"):
        from perfeval_xl import api

        return getattr(api, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
