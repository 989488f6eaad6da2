"""Tasks that other processes work on while this one goes on with what does not need their results."""

from collections.abc import Callable, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar

from perfeval_xl.workers import Crash, attempt, work_all

if TYPE_CHECKING:
    from concurrent.futures import Future, ThreadPoolExecutor
    from multiprocessing.connection import Connection

Task = TypeVar("Task")
Result = TypeVar("Result")


class Aside(Generic[Task, Result]):
    """``work`` on every task: by ``jobs`` processes while the ``with`` block runs, or by this one when it is asked.

    Leaving the block before the results are there, as an interruption does, ends the processes. What ``work`` and the
    tasks may be says :func:`perfeval_xl.workers.work_all`.
    """

    def __init__(self, work: Callable[[Task], Result], tasks: Sequence[Task], jobs: int) -> None:
        self._work, self._tasks, self._jobs = work, tasks, jobs
        self._thread: ThreadPoolExecutor | None = None
        self._stop: Connection[Any, Any] | None = None
        self._done: list[Future[Result | Crash]] = []

    @property
    def active(self) -> bool:
        """Whether other processes work on them."""
        return self._jobs > 1

    def __enter__(self) -> Self:
        if self.active:
            from concurrent.futures import Future, ThreadPoolExecutor
            from multiprocessing import Pipe

            stopped, self._stop = Pipe(duplex=False)
            self._done = [Future() for _ in range(len(self._tasks))]  # tasks may be made when they are asked for
            self._thread = ThreadPoolExecutor(1)
            self._thread.submit(self._work_all, stopped)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._stop:
            self._stop.close()
        if self._thread:
            self._thread.shutdown()

    def result(self, place: int) -> Result | Crash:
        """What became of one task, when it is done."""
        return self._done[place].result() if self._done else attempt(self._work, self._tasks[place])

    def made(self, place: int) -> Result:
        """One task's result, worked by this process where the other one died. Raises the task's trouble."""
        result = self.result(place)
        if not isinstance(result, Crash):
            return result
        if result.trouble:
            raise result.trouble
        return self._work(self._tasks[place])

    def _work_all(self, stopped: "Connection[Any, Any]") -> None:
        error: BaseException = InterruptedError()
        try:
            for place, result in work_all(self._work, self._tasks, self._jobs, stopped):
                self._done[place].set_result(result)
        except BaseException as trouble:  # told to whoever asks for a result
            error = trouble
        for task in self._done:
            if not task.done():
                task.set_exception(error)
