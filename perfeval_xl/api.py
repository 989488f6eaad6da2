"""What other programs call: the two jobs of the command line, with its defaults and without its printing."""

from functools import partial
from os import PathLike
from pathlib import Path

from perfeval_xl import pipeline
from perfeval_xl.model import Evaluation
from perfeval_xl.pipeline import Run
from perfeval_xl.read.batch import settings_in_batch
from perfeval_xl.settings import load_settings
from perfeval_xl.task import Wanted
from perfeval_xl.write.results import Documents


def evaluate(folder: str | PathLike[str], *, scheme: str | None = None, year: int | None = None) -> Evaluation:
    """One unit folder worked through up to its findings; writes nothing.

    The folder's ``perfeval.toml`` counts, under ``scheme`` and ``year``. The frames of the result hold amounts as
    ``Int64`` fen, scores and percentages as ``Int64`` hundredths, and ``<NA>`` where a figure is unknown. Raises
    :class:`perfeval_xl.errors.UsageError`; wrong data is never raised, it stands in ``findings``.
    """
    return pipeline.evaluate(Path(folder), load_settings(Path(folder), scheme, year))


def run(
    folder: str | PathLike[str],
    out: str | PathLike[str] | None = None,
    *,
    scheme: str | None = None,
    year: int | None = None,
    jobs: int | None = 1,
    report: bool = True,
) -> Run:
    """A unit folder, or a batch of them, worked and written as ``perfeval-xl run`` does.

    ``out`` is the folder of the results (the folder's 自评结果 where ``None``), ``jobs`` the processes of a batch
    (``None``: as many as pay). ``manifest`` of what is returned is that of ``manifest.json``. Raises
    :class:`perfeval_xl.errors.UsageError`, and :class:`perfeval_xl.errors.OutputError` where results cannot be written.
    """
    home = Path(folder)
    wanted = Wanted(jobs=jobs, documents=Documents(report))
    return pipeline.run(
        home, partial(settings_in_batch, home, scheme, year), Path(out) if out is not None else None, wanted=wanted
    )
