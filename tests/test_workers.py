"""Tasks on several processes: every result arrives, a dead process costs one task, an early end leaves none behind."""

import errno
import os
import signal
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from perfeval_xl.errors import BugError
from perfeval_xl.workers import Crash, crash_of, work_all


def _square(number: int) -> int:
    return number * number


def _trouble(number: int) -> int:
    if number == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    if number == 5:
        raise ValueError("五")
    if number == 6:
        raise MemoryError
    if number == 7:
        raise OSError(errno.ENOSPC, "No space left")
    return number


class _Unsendable:
    def __reduce__(self) -> Any:
        raise MemoryError


def _too_large(number: int) -> object:
    return _Unsendable() if number else number


def _wait(folder: str) -> None:
    Path(folder, str(os.getpid())).touch()
    time.sleep(60)


def _alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text(encoding="utf-8").split()[2] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


@pytest.mark.parametrize(("tasks", "jobs"), [(0, 2), (1, 4), (7, 1), (7, 2), (2, 9)])
def test_every_task_gives_its_result(tasks: int, jobs: int) -> None:
    assert dict(work_all(_square, range(tasks), jobs)) == {number: number * number for number in range(tasks)}


@pytest.mark.skipif(os.name == "nt", reason="kills a process by signal")
def test_a_dead_process_and_a_bug_cost_one_task_each() -> None:
    results = dict(work_all(_trouble, range(9), 2))
    assert results.pop(3) == Crash()
    bug = results.pop(5)
    assert isinstance(bug, Crash)
    assert isinstance(bug.trouble, BugError)
    assert bug.trouble.message.endswith("ValueError")
    assert [_told(results.pop(number)) for number in (6, 7)] == TOLD
    assert results == {number: number for number in (0, 1, 2, 4, 8)}


#: What the machine cannot do is no bug, in whatever process.
TOLD = [(4, "内存不够，没有做完。", True), (4, "读写时出错：磁盘满了。", True)]


def _told(crash: object) -> tuple[int, str, bool]:
    assert isinstance(crash, Crash)
    error = crash.as_error("进程意外结束了")
    return error.exit_code, error.message, "再运行一次" in error.advice


def test_a_trouble_in_this_process_is_its_task_s() -> None:
    results = dict(work_all(_trouble, [1, 5, 2, 6, 7], 1))
    assert (results[0], results[2]) == (1, 2)
    assert isinstance(results[1], Crash)
    assert [_told(results[at]) for at in (3, 4)] == TOLD


@pytest.mark.parametrize(
    "error",
    [ImportError("lxml/etree.so: failed to map segment from shared object"), RuntimeError("can't start new thread")],
)
def test_other_words_for_no_memory(error: Exception) -> None:
    assert _told(crash_of(error)) == TOLD[0]


def test_a_result_that_there_is_no_memory_to_send(capfd: pytest.CaptureFixture[str]) -> None:
    results = dict(work_all(_too_large, [0, 1], 2))
    assert (results[0], _told(results[1])) == (0, TOLD[0])
    assert capfd.readouterr().err == ""


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks into /proc")
def test_an_early_end_leaves_no_process_behind(tmp_path: Path) -> None:
    iteration = work_all(_wait, [str(tmp_path)] * 2, 2)

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    def interrupt_at_work() -> None:
        while len(list(tmp_path.iterdir())) < 2:
            time.sleep(0.01)
        os.kill(os.getpid(), signal.SIGALRM)

    before = signal.signal(signal.SIGALRM, interrupt)
    watcher = threading.Thread(target=interrupt_at_work)
    watcher.start()
    try:
        with pytest.raises(KeyboardInterrupt):
            next(iteration)
    finally:
        watcher.join()
        signal.signal(signal.SIGALRM, before)
    processes = [int(path.name) for path in tmp_path.iterdir()]
    assert processes
    deadline = time.monotonic() + 10
    while any(map(_alive, processes)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(map(_alive, processes))
