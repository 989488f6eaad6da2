"""Settings and templates of somebody else, and logs that could give a cell away."""

import re
import time
from pathlib import Path
from unittest.mock import patch

import pytest

from perfeval_xl import pipeline
from perfeval_xl.errors import trace_of
from perfeval_xl.write.report.document import _environment
from tests.test_batch import batch, year_of
from tests.workbooks import clean_year, invoke, write_folder

TOML = {
    "deep": "a = " + "[" * 100_000,
    "long": "# " + "x" * 2**21,
    "huge figure": "tolerance_yuan = 1e999999999",
    "no figure": "tolerance_yuan = nan",
    "endless whole number": "year = " + "9" * 10_000,
}


@pytest.mark.parametrize("what", TOML)
def test_hostile_settings(what: str, tmp_path: Path) -> None:
    write_folder(tmp_path, clean_year())
    (tmp_path / "perfeval.toml").write_text(TOML[what], encoding="utf-8")
    started = time.monotonic()
    result = invoke("check", tmp_path)
    assert result.exit_code == 2
    assert "perfeval.toml" in result.stderr
    assert ("不是有效的 TOML" in result.stderr) == (what != "no figure")
    assert time.monotonic() - started < 5


@pytest.mark.parametrize(
    "template",
    [
        "{{ 'x' * 10**9 }}",
        "{% set a = 'x' ~ 'x' %}",
        "{{ '%1000000000d' % 1 }}",
        "{{ 'x'|center(1000000000) }}",
        "{% macro m() %}{{ m() }}{{ m() }}{% endmacro %}{{ m() }}",
        "{% for a in x %}" * 5 + "{% endfor %}" * 5,
        "{% for a in range(10**9) %}{% endfor %}",
    ],
)
def test_a_template_cannot_run_wild(template: str) -> None:
    started = time.monotonic()
    with pytest.raises(Exception, match=r"不能用在模板中|嵌套超过|undefined"):
        _environment().from_string(template).render(x=["项"] * 1000)
    assert time.monotonic() - started < 1


def test_a_log_does_not_quote_a_cell() -> None:
    try:
        try:
            int("张三的工资")
        except ValueError as error:
            raise RuntimeError("张三的工资") from error
    except RuntimeError as error:
        trace = trace_of(error)
    assert "ValueError" in trace
    assert "RuntimeError" in trace
    assert "test_hostile.py" in trace


@pytest.mark.parametrize("several", [False, True])
@pytest.mark.parametrize("verbose", [False, True])
def test_the_log_of_a_bug(several: bool, verbose: bool, tmp_path: Path) -> None:
    if several:
        batch(tmp_path, 甲=year_of("甲馆"), 乙=year_of("乙馆"))
    else:
        write_folder(tmp_path, clean_year())
    secret = "".join(("秘", "密", "数"))
    with (
        patch.object(pipeline, "evaluate", side_effect=ZeroDivisionError(secret)),
        pytest.raises(AssertionError) as shown,
    ):
        invoke("run", tmp_path, *(["--verbose"] if verbose else []))
    assert re.search("ZeroDivisionError", str(shown.value))
    assert (secret in str(shown.value)) == (verbose and not several)
