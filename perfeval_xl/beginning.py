"""``init``: a folder for a new year, blank or from last year's."""

from pathlib import Path

from perfeval_xl.errors import UsageError
from perfeval_xl.read.folder import find_workbooks, read_folder
from perfeval_xl.scheme import load_scheme
from perfeval_xl.settings import load_settings
from perfeval_xl.write.blank import Carried, blank_workbooks, carry_over, starters
from perfeval_xl.write.files import Output, ResultsFolder


def begin_folder(folder: Path, scheme: str | None, year: int | None, last_year: Path | None) -> list[Output]:
    """Write the blank input workbooks and what starts the program. Nothing that is there already is replaced.

    ``last_year`` is the folder whose projects, indicators, merge list and recipients are carried over; its scheme holds
    where none is named, and its year plus one. Raises :class:`perfeval_xl.errors.UsageError` and
    :class:`perfeval_xl.errors.OutputError`.
    """
    carried = Carried()
    if last_year is not None:
        if not last_year.is_dir() or not find_workbooks(last_year):
            raise UsageError(
                f"上年的文件夹 {last_year} 中没有工作簿。", "核对 --from 后面的路径：应是放上年工作簿的文件夹。"
            )
        settings = load_settings(last_year)
        inputs, _ = read_folder(last_year, settings)
        carried, scheme = carry_over(inputs), scheme or settings.scheme
        year = year or (inputs.year + 1 if inputs.year else None)
    settings = load_settings(folder, scheme, year)
    outputs = [*blank_workbooks(load_scheme(settings.scheme), year, carried), *starters(settings.scheme)]
    there = [output.path for output in outputs if (folder / output.path).exists()]
    if there:
        raise UsageError(
            f"{folder} 中已经有 {'、'.join(there)}，没有改动任何文件。", "换一个新文件夹，或先把这些文件移走。"
        )
    with ResultsFolder(folder) as target:
        written = [target.write("", output) for output in outputs]
        (folder / "运行.command").chmod(0o755)
    return written
