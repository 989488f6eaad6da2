"""The files that come with the program mean what any reader of TOML finds in them."""

import tomllib
from pathlib import Path

import pytest

import perfeval_xl
from perfeval_xl.shipped import shipped

_READ = [
    "findings.toml",
    "core/consistency/wording.toml",
    "read/form/labels.toml",
    "read/table/headings.toml",
    "mail/refusals.toml",
]


@pytest.mark.parametrize("name", _READ)
def test_a_shipped_file_is_what_toml_says(name: str) -> None:
    file = Path(perfeval_xl.__file__).parent / name
    assert shipped(str(file), file.name) == tomllib.loads(file.read_text(encoding="utf-8"))
