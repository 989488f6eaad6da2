"""What looks like a finding and is none. Each module ``counter_examples_*`` beside this file holds a table of its own."""

from importlib import import_module
from pathlib import Path

import pytest

from perfeval_xl.findings import catalogue
from tests.findings.test_counter_files import COUNTER_FILES
from tests.findings.test_reproducers import BY_FORM, BY_RUN, Change
from tests.workbooks import changed, clean_year, codes_of, perfeval, write_folder

#: The codes that must have a counter-example here; those of files, runs and forms have theirs beside their reproducers.
DEMANDED = catalogue().keys() - COUNTER_FILES.keys() - BY_RUN - BY_FORM
MODULES = sorted(path.stem for path in Path(__file__).parent.glob("counter_examples_*.py"))
TABLES: list[dict[str, tuple[Change, ...]]] = [
    import_module(f"{__package__}.{name}").COUNTER_EXAMPLES for name in MODULES
]
CASES = [
    pytest.param(code, change, id=f"{code}-{number}")
    for table in TABLES
    for code, changes in table.items()
    for number, change in enumerate(changes, start=1)
]


def test_every_demanded_code_has_a_counter_example() -> None:
    given = [code for table in TABLES for code, changes in table.items() if changes]
    assert len(given) == len(set(given))
    assert set(given) == DEMANDED


@pytest.mark.parametrize(("code", "change"), CASES)
def test_counter_example(code: str, change: Change, tmp_path: Path) -> None:
    sheets = changed(change)
    assert sheets != clean_year()
    status, manifest = perfeval("check", write_folder(tmp_path, sheets))
    assert code not in codes_of(manifest)
    assert status in (0, 1)
    assert manifest["units"][0]["projects"]
