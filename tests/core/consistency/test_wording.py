"""The word lists: each is read by some check, and says nothing twice."""

import re
import shutil
from pathlib import Path

from perfeval_xl.core.consistency import wording as module
from perfeval_xl.core.consistency.wording import any_of, ends_with_any, wording
from perfeval_xl.scheme import load_scheme, templates_folder

SOURCES = "".join(path.read_text(encoding="utf-8") for path in Path(module.__file__).parent.glob("*.py"))


def test_every_list_is_used_and_has_each_word_once() -> None:
    for name, words in wording().words.items():
        assert re.search(rf"[\"']{name}[\"']", SOURCES), name
        assert len(words) == len(set(words))
        assert all(words)


def test_only_patterns_are_made_of_words_with_a_gap() -> None:
    assert {name for name, words in wording().words.items() if "…" in "".join(words)} == {"explains"}
    assert "explains" not in re.findall(r"has_any\([^)]*\"(\w+)\"", SOURCES)


def test_the_longest_word_is_found_first() -> None:
    assert any_of("units").findall("300人次、5个工作日") == ["人次", "个工作日"]
    assert ends_with_any("社会投诉率", wording()["downward"]) == "投诉率"
    assert ends_with_any("社会投诉", wording()["downward"]) == ""


def test_a_scheme_that_leaves_the_checks_thresholds_out_has_the_usual_ones(tmp_path: Path) -> None:
    shutil.copytree(templates_folder() / "hongshan-2019", tmp_path / "方案")
    file = tmp_path / "方案" / "scheme.toml"
    newer = ("over_target", "score_over", "copied_", "edge_")
    lines = [line for line in file.read_text(encoding="utf-8").splitlines() if not line.startswith(newer)]
    file.write_text("\n".join(lines), encoding="utf-8")
    shipped, shorter = load_scheme("hongshan-2019"), load_scheme(str(tmp_path / "方案"))
    assert shorter.thresholds == shipped.thresholds
    assert len(shorter.thresholds) == 8
    assert shorter.groups == {}
