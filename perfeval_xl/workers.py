"""Processes that work through a list of tasks: the results are the same for any number of them."""

import gc
import os
import signal
import sys
import threading
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Any, TypeVar

from perfeval_xl.errors import BugError, OutputError, PerfevalError, trace_of, trouble_of
from perfeval_xl.record import Record

# Most folders are one process's work: what starts others is loaded where it is needed.
if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.context import BaseContext
    from multiprocessing.process import BaseProcess

Task = TypeVar("Task")
Result = TypeVar("Result")


class Crash(Record):
    """What became of a task that gave no result: its trouble (of a bug the traceback), ``None`` where its process died."""

    trouble: PerfevalError | None = None

    def as_error(self, died: str) -> PerfevalError:
        """For an operator, who is told what ``died``, as in 读取自评表的进程意外结束了."""
        return self.trouble or OutputError(f"{died}。", "再运行一次；仍然如此时加 --jobs 1，并检查内存是否够用。")


def work_all(
    work: Callable[[Task], Result], tasks: Sequence[Task], jobs: int, stopped: "Connection[Any, Any] | None" = None
) -> Generator[tuple[int, Result | Crash], None, None]:
    """``work`` on every task by ``jobs`` processes: (place in ``tasks``, result), in the order in which they end.

    ``work`` is a function of a module, and tasks and results can be pickled. A process that dies costs its own task
    (:class:`Crash`) and is replaced. With one job everything happens in this process. Leaving the iteration early, as
    an interruption does, ends the processes; so does another thread by closing what ``stopped`` listens to.
    """
    if jobs <= 1 or len(tasks) <= 1:
        for place, task in enumerate(tasks):
            yield place, attempt(work, task)
        return

    from multiprocessing.connection import wait

    context = _context()
    todo = iter(range(len(tasks)))
    crew: dict[Connection[Any, Any], tuple[BaseProcess, int]] = {}
    try:
        for place in todo:
            _hire(context, crew, work, place, tasks[place])
            if len(crew) == min(jobs, len(tasks)):
                break
        while crew:
            ready = set(wait([*crew, stopped] if stopped else list(crew)))
            if stopped in ready:
                return
            for line in [line for line in crew if line in ready]:
                process, place = crew[line]
                result = _receive(line)
                yield place, result
                del crew[line]
                following = next(todo, None)
                if following is None:
                    _dismiss(line, process)
                elif isinstance(result, Crash) and result.trouble is None:
                    process.join()
                    _hire(context, crew, work, following, tasks[following])
                else:
                    line.send(tasks[following])
                    crew[line] = process, following
    finally:
        _end(process for process, _ in crew.values())


def attempt(work: Callable[[Task], Result], task: Task) -> Result | Crash:
    """The result of one task; a bug or a trouble in it is its own, and the others go on."""
    try:
        return work(task)
    except Exception as error:
        return crash_of(error)


def crash_of(error: Exception) -> Crash:
    """With a new error: the one that was raised holds the frames that it came through, and with them their tables."""
    trouble = trouble_of(error)
    return Crash(type(trouble)(trouble.message, trouble.advice) if trouble else BugError(trace_of(error)))


def _context() -> "BaseContext":
    """A server that has the program loaded and forks from there; where there is none (Windows) each process loads it."""
    import multiprocessing

    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["perfeval_xl.pipeline"])
    with _shielded():
        from multiprocessing import forkserver

        forkserver.ensure_running()
    return context


@contextmanager
def _shielded() -> Iterator[None]:
    """A process that starts here is not interrupted from the keyboard: it would say so, with a traceback, while it loads.

    An interruption of this one waits until the other has started, on Windows it is lost.
    """
    if sys.platform == "win32":
        import ctypes

        ctypes.windll.kernel32.SetConsoleCtrlHandler(None, True)
        try:
            yield
        finally:
            ctypes.windll.kernel32.SetConsoleCtrlHandler(None, False)
    else:
        from multiprocessing import resource_tracker

        resource_tracker.ensure_running()  # its own start would lift the shield
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            yield
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _hire(
    context: "BaseContext",
    crew: dict["Connection[Any, Any]", tuple["BaseProcess", int]],
    work: Callable[[Task], object],
    place: int,
    task: Task,
) -> None:
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, work, gc.get_threshold()), daemon=True)  # type: ignore[attr-defined]
    with _shielded() if context.get_start_method() == "spawn" else nullcontext():
        process.start()
    theirs.close()
    ours.send(task)
    crew[ours] = process, place


def _receive(line: "Connection[Any, Any]") -> Any:
    try:
        return line.recv()
    except (EOFError, OSError):
        return Crash()


def _end(processes: "Iterable[BaseProcess]") -> None:
    """Kill them and see them dead, so that whoever clears up behind them does not race them."""
    killed = list(processes)
    for process in killed:
        process.kill()
    for process in killed:
        process.join()


def _dismiss(line: "Connection[Any, Any]", process: "BaseProcess") -> None:
    line.close()
    process.join()


def _serve(line: "Connection[Any, Any]", work: Callable[[Any], object], collect_after: tuple[int, int, int]) -> None:
    gc.set_threshold(*collect_after)  # as seldom as in the first process
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the first process decides what an interruption means
    try:
        threading.Thread(target=_end_with_parent, daemon=True).start()
    except RuntimeError:  # no memory for it, which is this process's end, without a traceback
        return
    while True:
        try:
            task = line.recv()
        except (EOFError, OSError):
            return
        except Exception as error:  # as large as to leave no memory for it
            result: object = crash_of(error)
        else:
            result = attempt(work, task)
        try:
            line.send(result)
        except Exception as error:
            line.send(crash_of(error))


def _end_with_parent() -> None:
    """One whose first process was killed must not go on writing into the results of the next run."""
    from multiprocessing import parent_process
    from multiprocessing.connection import wait

    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
