"""1,000 filled-in forms reviewed by two processes, beside openpyxl's bare reading of the same files by one."""

import os
import shutil
import tempfile
import time
from pathlib import Path

import openpyxl

from perfeval_xl import pipeline
from perfeval_xl.review import review
from perfeval_xl.settings import Settings

SAMPLE = Path(__file__).parents[2] / "sample_workbooks" / "hongshan-2019"
_FORMS, _TARGET = 1_000, 5.0


def main() -> None:
    """Print forms per second of both and their ratio."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = _forms(Path(scratch))
        started = time.perf_counter()
        done = review([folder], jobs=min(2, os.cpu_count() or 1))
        ours = time.perf_counter() - started
        assert len(done.forms) == _FORMS
        started = time.perf_counter()
        for file in folder.iterdir():
            openpyxl.load_workbook(file).close()
        bare = time.perf_counter() - started
    print(f"review {_FORMS / ours:.0f} forms/s, openpyxl load_workbook {_FORMS / bare:.0f} files/s")  # noqa: T201
    print(f"ratio {bare / ours:.1f} (at least {_TARGET})")  # noqa: T201


def _forms(scratch: Path) -> Path:
    """The sample's forms, over and over."""
    pipeline.run(SAMPLE, lambda _: Settings(), scratch / "结果")
    forms = sorted((scratch / "结果").glob("附件*.xlsx"))
    folder = scratch / "表"
    folder.mkdir()
    for number in range(_FORMS):
        shutil.copyfile(forms[number % len(forms)], folder / f"{number:04}.xlsx")
    return folder


if __name__ == "__main__":
    main()
