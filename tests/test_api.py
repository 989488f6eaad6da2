"""The public Python API: cheap to import, the same results as the command, and an example that runs."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import perfeval_xl
from perfeval_xl.errors import UsageError
from tests.workbooks import clean_year, perfeval, write_folder

ROOT = Path(__file__).parents[1]


def test_importing_the_package_does_not_load_pandas() -> None:
    code = "import sys, perfeval_xl; sys.exit('pandas' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_name_that_is_not_there() -> None:
    with pytest.raises(AttributeError, match="evaluat"):
        _ = perfeval_xl.evaluat


def test_run_is_the_command(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "year", clean_year())
    done = perfeval_xl.run(folder, tmp_path / "out")
    status, manifest = perfeval("run", folder, "--out", tmp_path / "command")
    assert (status, done.manifest) == (0, manifest)
    assert {path.name for path in done.results.iterdir()} == {path.name for path in (tmp_path / "command").iterdir()}


def test_wrong_usage_is_an_exception(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="hongshan-2019"):
        perfeval_xl.evaluate(write_folder(tmp_path, clean_year()), scheme="hongshan-2091")


def test_the_example_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(ROOT / "sample_workbooks", tmp_path / "sample_workbooks", ignore=shutil.ignore_patterns("自评结果"))
    monkeypatch.chdir(tmp_path)
    page = (ROOT / "docs" / "python-api.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```\n(?:\n```text\n(.*?)```)?", page, re.DOTALL)
    names: dict[str, object] = {}
    assert len(blocks) >= 2
    for code, printed in blocks:
        exec(code, names)
        assert capsys.readouterr().out == printed
