"""Regular expressions that are compiled when they are first asked: a run needs few of those that its modules name."""

import re
from collections.abc import Callable
from functools import partial
from typing import Any, AnyStr, cast


class _Waiting:
    """Stands for a pattern; what was asked of it once is its own from then on."""

    def __init__(self, compiled: Callable[[], re.Pattern[Any]]) -> None:
        self._compiled = compiled

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        known = getattr(self._compiled(), name)
        setattr(self, name, known)
        return known


def lazy_pattern(expression: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """``re.compile`` for a module's names; raises :class:`re.error` where the pattern is first used."""
    return cast("re.Pattern[AnyStr]", _Waiting(partial(re.compile, expression, flags)))
