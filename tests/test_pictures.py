"""The pictures show what the program writes now; comparing needs no LibreOffice."""

import json
from pathlib import Path

import pytest

from tests.render_pictures import PICTURES, ROOT, SOURCES, digests, run_sample


def test_the_pictures_are_not_stale(tmp_path: Path) -> None:
    drawn = json.loads(SOURCES.read_text(encoding="utf-8"))
    now = digests(tmp_path, run_sample(tmp_path))
    stale = [name for name in now if drawn.get(name) != now[name]]
    assert not stale, f"{stale} show another state of the program: run python -m tests.render_pictures"


@pytest.mark.parametrize("name", ["form.png", "summary.png", "terminal.png"])
def test_the_pictures_are_small_and_shown(name: str) -> None:
    assert (PICTURES / name).stat().st_size < 150_000
    for page in ("README.md", "README.zh-CN.md"):
        assert f"(docs/images/{name})" in (ROOT / page).read_text(encoding="utf-8")
