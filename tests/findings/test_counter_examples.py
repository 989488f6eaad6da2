"""What looks like a finding and is none. Each module ``counter_examples_*`` beside this file holds a table of its own."""

from importlib import import_module
from pathlib import Path

import pytest

from perfeval_xl.findings import Finding, catalogue
from perfeval_xl.pipeline import evaluate
from perfeval_xl.settings import Settings
from tests.findings.test_counter_files import COUNTER_FILES
from tests.findings.test_reproducers import BY_FORM, BY_RUN, Change
from tests.stacked import can_be_stacked, findings_of_each
from tests.workbooks import changed, clean_year, write_folder

#: The codes that must have a counter-example here; those of files, runs and forms have theirs beside their reproducers.
DEMANDED = catalogue().keys() - COUNTER_FILES.keys() - BY_RUN - BY_FORM
MODULES = sorted(path.stem for path in Path(__file__).parent.glob("counter_examples_*.py"))
TABLES: list[dict[str, tuple[Change, ...]]] = [
    import_module(f"{__package__}.{name}").COUNTER_EXAMPLES for name in MODULES
]
CASES = {
    f"{code}-{number}": (code, change)
    for table in TABLES
    for code, changes in table.items()
    for number, change in enumerate(changes, start=1)
}


def test_every_demanded_code_has_a_counter_example() -> None:
    given = [code for table in TABLES for code, changes in table.items() if changes]
    assert len(given) == len(set(given))
    assert set(given) == DEMANDED


@pytest.fixture(scope="module")
def stacked(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Finding]]:
    """What is said of the changes that can be worked in one folder."""
    years = {case: changed(change) for case, (_, change) in CASES.items()}
    together = {case: year for case, year in years.items() if can_be_stacked(year)}
    told = findings_of_each(list(together.values()), tmp_path_factory.mktemp("together"))
    return dict(zip(together, told, strict=True))


@pytest.mark.parametrize("case", CASES)
def test_counter_example(case: str, stacked: dict[str, list[Finding]], tmp_path: Path) -> None:
    code, change = CASES[case]
    sheets = changed(change)
    assert sheets != clean_year()
    if (told := stacked.get(case)) is None:
        evaluation = evaluate(write_folder(tmp_path, sheets), Settings())
        assert len(evaluation.projects)
        told = list(evaluation.findings)
    assert code not in {finding.code for finding in told}
