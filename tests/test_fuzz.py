"""A few damaged files of every kind; ``poe fuzz`` tries many."""

from functools import partial
from pathlib import Path

import pytest

from tests.fuzz import KINDS, alone, prepare, trouble_with


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return prepare(tmp_path_factory.mktemp("fuzz") / "whole")


@pytest.mark.parametrize("kind", KINDS)
def test_damaged(kind: str, whole: Path, tmp_path: Path) -> None:
    trials = (partial(trouble_with, kind, seed, whole, tmp_path) for seed in range(1000, 1003))
    assert [trouble for trial in trials if (trouble := alone(trial)[0])] == []
