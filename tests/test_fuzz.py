"""A few damaged files of every kind; ``poe fuzz`` tries many."""

from pathlib import Path

import pytest

from tests.fuzz import KINDS, prepare, trouble_with


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return prepare(tmp_path_factory.mktemp("fuzz") / "whole")


@pytest.mark.parametrize("kind", KINDS)
def test_damaged(kind: str, whole: Path, tmp_path: Path) -> None:
    assert [trouble for seed in range(1000, 1003) if (trouble := trouble_with(kind, seed, whole, tmp_path))] == []
