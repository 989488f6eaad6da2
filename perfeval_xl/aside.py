"""Tasks that other processes work on while this one goes on with what does not need their results."""

from collections.abc import Callable, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar

from perfeval_xl.workers import Crash, work_all

if TYPE_CHECKING:
    from concurrent.futures import Future, ThreadPoolExecutor

Task = TypeVar("Task")
Result = TypeVar("Result")


class Aside(Generic[Task, Result]):
    """``work`` on every task: by ``jobs`` processes while the ``with`` block runs, or by this one when it is asked.

    Leaving the block before the results are there, as an interruption does, ends the processes. What ``work`` and the
    tasks may be says :func:`perfeval_xl.workers.work_all`.
    """

    def __init__(self, work: Callable[[Task], Result], tasks: Sequence[Task], jobs: int) -> None:
        self._work, self._tasks, self._jobs = work, _Stoppable(tasks), jobs
        self._thread: ThreadPoolExecutor | None = None
        self._done: Future[list[Result | Crash]] | None = None

    @property
    def active(self) -> bool:
        """Whether other processes work on them."""
        return self._jobs > 1

    def __enter__(self) -> Self:
        if self.active:
            from concurrent.futures import ThreadPoolExecutor

            self._thread = ThreadPoolExecutor(1)
            self._done = self._thread.submit(self._work_all)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._tasks.stopped = True
        if self._thread:
            self._thread.shutdown()

    def results(self) -> list[Result | Crash]:
        """What became of each task, in their order, when all are done."""
        return self._done.result() if self._done else self._work_all()

    def _work_all(self) -> list[Result | Crash]:
        done = dict(work_all(self._work, self._tasks, self._jobs))
        return [done[place] for place in range(len(self._tasks))]


class _Stoppable(Sequence[Task]):
    """The tasks, made one by one when a process asks for the next; none once they are stopped."""

    def __init__(self, tasks: Sequence[Task]) -> None:
        self._tasks, self.stopped = tasks, False

    def __len__(self) -> int:
        return len(self._tasks)

    def __getitem__(self, at: Any) -> Any:
        if self.stopped:
            raise InterruptedError
        return self._tasks[at]
