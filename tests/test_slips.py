"""Slips of the hand, drawn at random: whatever stands in the cells, a run ends with a manifest or a clear refusal."""

import datetime as dt
import random
from pathlib import Path

import pytest

from tests.workbooks import Sheets, clean_year, invoke, write_folder

CELLS = [
    "", None, "-", "约3", "=1+1", -5, 0, 1e18, 0.5, "100%", "优", "\n", "  ", "（12）", "长" * 5000, dt.date(2024, 1, 1), True, "合计", "1,2",
    "≥", "不适用", "NaN", "🙂", "项目名称", "9" * 21, 10.0**15 + 0.3, "2024年12月底前", "\u202e反",
]  # fmt: skip


def slip(chance: random.Random, sheets: Sheets) -> None:
    """Change one cell, drop, double or shuffle rows, or drop a sheet."""
    title = chance.choice(list(sheets))
    rows = sheets[title]
    at, kind = chance.randrange(len(rows)), chance.random()
    if kind < 0.75 and rows[at]:
        rows[at][chance.randrange(len(rows[at]))] = chance.choice(CELLS)
    elif kind < 0.83 and len(rows) > 1:
        rows.pop(at)
    elif kind < 0.9:
        rows.insert(at, list(chance.choice(rows)))
    elif kind < 0.95:
        chance.shuffle(rows)
    elif len(sheets) > 1:
        del sheets[title]


@pytest.mark.parametrize("seed", range(40))
def test_no_slip_is_a_bug(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    sheets = clean_year()
    for _ in range(chance.choice([1, 1, 2, 4])):
        slip(chance, sheets)
    result = invoke("run", write_folder(tmp_path, sheets), "--format", "json")
    assert result.exit_code in (0, 1, 2, 3)
    assert (result.stdout != "") == (result.exit_code != 2)
