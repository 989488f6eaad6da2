"""Tasks aside: the same results whoever works on them, and an early end at once."""

import os
import time
from pathlib import Path
from typing import Any

import pytest

from perfeval_xl.aside import Aside
from perfeval_xl.errors import BugError
from perfeval_xl.workers import Crash
from tests.test_workers import _alive, _square, _wait


class _Broken(list[int]):
    def __getitem__(self, place: Any) -> Any:
        raise MemoryError


@pytest.mark.parametrize("jobs", [1, 2])
def test_results_are_told_one_by_one(jobs: int) -> None:
    with Aside(_square, range(5), jobs) as work:
        assert work.active == (jobs > 1)
        assert work.result(3) == 9
        assert [work.made(place) for place in range(5)] == [0, 1, 4, 9, 16]
    assert not work.active or work.result(4) == 16


def test_leaving_early_ends_the_processes_in_the_middle_of_their_tasks(tmp_path: Path) -> None:
    started = time.monotonic()
    with Aside(_wait, [str(tmp_path)] * 3, 2):
        while len(list(tmp_path.iterdir())) < 2:
            time.sleep(0.01)
    assert time.monotonic() - started < 30  # each of the tasks takes a minute
    if os.name != "nt":
        assert not any(_alive(int(file.name)) for file in tmp_path.iterdir())


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_bug_is_told_to_whoever_asks(jobs: int) -> None:
    tasks: Any = ["a", 2]
    with Aside(_square, tasks, jobs) as work:
        bug = work.result(0)
        assert isinstance(bug, Crash)
        assert isinstance(bug.trouble, BugError)
        assert work.result(1) == 4


def test_a_task_that_cannot_be_made_is_told_too() -> None:
    with Aside(_square, _Broken([1, 2]), 2) as work, pytest.raises(MemoryError):
        work.result(1)
