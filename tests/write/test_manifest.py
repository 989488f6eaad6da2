"""``manifest.json``: whatever it holds is read back as it was, an entry to a line."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfeval_xl.jsonfile import read_manifest
from perfeval_xl.write.manifest import manifest_bytes

_TEXTS = st.text()
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | _TEXTS,
    lambda own: st.lists(own, max_size=3) | st.dictionaries(_TEXTS, own, max_size=3),
    max_leaves=12,
)


@given(st.dictionaries(_TEXTS, _VALUES, max_size=4))
def test_what_was_written_is_read_by_anybody(manifest: dict[str, object]) -> None:
    assert json.loads(manifest_bytes(manifest)) == manifest


def test_it_is_read_back(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_bytes(manifest_bytes({"tool": "perfeval-xl", "units": [{"unit": "某局"}]}))
    assert read_manifest(tmp_path / "manifest.json") == {"tool": "perfeval-xl", "units": [{"unit": "某局"}]}


def test_a_project_stands_on_a_line() -> None:
    projects = [{"number": "1.1", "indicators": [{"content": "甲"}]}, {"number": "1.2", "indicators": []}]
    lines = manifest_bytes({"units": [{"unit": "某局", "projects": projects}]}).decode().splitlines()
    assert [json.loads(line.rstrip(",")) for line in lines if "number" in line] == projects


def test_half_of_a_pair_becomes_a_question_mark() -> None:
    assert json.loads(manifest_bytes({"甲\udcff": {"乙": ["\ud800", "丙"]}})) == {"甲?": {"乙": ["?", "丙"]}}


@pytest.mark.parametrize(
    "damaged",
    [
        b"",
        b"{",
        b"\xff",
        b"[]",
        b'{"tool": "other"}',
        b'{"tool": "perfeval-xl", "a": "\xff"}',
        b"[" * 100_000,
        b'"\\ud800"',
    ],
)
def test_what_is_no_manifest_of_ours_is_none(tmp_path: Path, damaged: bytes) -> None:
    (tmp_path / "manifest.json").write_bytes(damaged)
    assert read_manifest(tmp_path / "manifest.json") is None
