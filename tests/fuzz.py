"""Damaged and spiteful copies of the sample's files: the program answers with a code, in time, and with whole results.

``poe fuzz`` (``python -m tests.fuzz 300``) tries so many seeds of each kind of file; the suite tries a few.
"""

import os
import random
import shutil
import signal
import sys
import tempfile
import time
import warnings
import zipfile
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path

from lxml import etree

from perfeval_xl.scheme import templates_folder
from tests.damage import damage, damage_text
from tests.workbooks import clean_year, invoke, write_folder

#: Seconds that no answer may take, on a machine that is busy with other things.
LONGEST = 20
#: MiB that no answer may take, all of the program and what tries it included.
MOST_MEMORY = 1024
_SETTINGS = """scheme = "own"
year = 2024
amount_unit = "元"
tolerance_yuan = 0.5
[columns.execution]
"本年指标" = "全年预算数"
[mail]
host = "smtp.example.com"
port = 587
"""


def prepare(folder: Path) -> Path:
    """A year with its own copy of a scheme, settings, and results of an earlier run."""
    recipients = {"收件人": [["项目名称", "姓名", "邮箱", "抄送"], ["全部", "张三", "zhang@example.com", ""]]}
    write_folder(folder, clean_year() | recipients)
    shutil.copytree(templates_folder() / "hongshan-2019", folder / "own", dirs_exist_ok=True)
    (folder / "perfeval.toml").write_text(_SETTINGS, encoding="utf-8")
    assert invoke("run", folder).exit_code == 0
    return folder


#: Kind of file → (the file below the folder, how it is damaged, the command that meets it).
KINDS: Mapping[str, tuple[str, Callable[[bytes, random.Random], bytes], tuple[str, ...]]] = {
    "form template": ("own/form.xlsx", damage, ("run", "")),
    "report template": ("own/report.docx", damage, ("run", "")),
    "plan template": ("own/plan.docx", damage, ("plan", "")),
    "scheme": ("own/scheme.toml", damage_text, ("check", "")),
    "settings": ("perfeval.toml", damage_text, ("check", "")),
    "manifest, run": ("自评结果/manifest.json", damage_text, ("run", "")),
    "manifest, mail": ("自评结果/manifest.json", damage_text, ("mail", "自评结果")),
    "form, review": ("自评结果/附件1.1 读者服务项目支出绩效自评表.xlsx", damage, ("review", "自评结果")),
}


def alone(trial: Callable[[], str]) -> tuple[str, int]:
    """The trouble that a trial finds in a process of its own, and the most memory that it takes, in MiB; too much is trouble."""
    if os.name == "nt":
        return trial(), 0
    with tempfile.TemporaryFile() as said, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        child = os.fork()
        if child == 0:
            signal.alarm(6 * LONGEST)  # its end, if it hangs
            try:
                said.write(trial().encode())
                said.flush()
            finally:
                os._exit(0)
        _, status, used = os.wait4(child, 0)
        said.seek(0)
        trouble = said.read().decode()
    highest = used.ru_maxrss // 1024
    return trouble or (f"ended with {status}" if status else f"{highest} MiB" if highest > MOST_MEMORY else ""), highest


def trouble_with(kind: str, seed: int, whole: Path, place: Path) -> str:
    """What is wrong with the answer to one damaged file, or nothing. Nothing but that file differs from ``whole``."""
    name, change, (command, below) = KINDS[kind]
    folder = shutil.copytree(whole, place / "年")
    try:
        content = (folder / name).read_bytes()
        (folder / name).write_bytes(change(content, random.Random(seed)))
        start = time.monotonic()
        result = invoke(command, folder / below if below else folder)
        took = time.monotonic() - start
        if result.exit_code not in (0, 1, 2, 3, 4) or "Traceback" in result.output:
            return f"exit {result.exit_code}"
        if took > LONGEST:
            return f"{took:.0f} s"
        if result.exit_code == 2 and "下一步：" not in result.stderr:
            return f"no next step: {result.stderr}"
        # What is damaged and is no result of this command stays as it is.
        results = (path for path in (folder / "自评结果").rglob("*.*x") if command in ("run", "plan"))
        return next((f"{path.name}: {wrong}" for path in results if (wrong := unsound(path))), "")
    except Exception as error:
        return f"{type(error).__name__}: {str(error)[-2000:]}"
    finally:
        shutil.rmtree(folder)


def unsound(path: Path) -> str:
    """Why an OOXML file is none, or nothing."""
    try:
        with zipfile.ZipFile(path) as package:
            if package.testzip() or len(set(package.namelist())) < len(package.namelist()):
                return "damaged"
            for name in package.namelist():
                if name.endswith((".xml", ".rels")):
                    etree.fromstring(package.read(name), etree.XMLParser(huge_tree=True))
    except (zipfile.BadZipFile, etree.XMLSyntaxError, OSError) as error:
        return str(error)
    return ""


def main(count: int) -> None:
    """Try so many seeds of each kind, and damaged workbooks, and print each that goes wrong."""
    from tests.read.workbook.test_safety import try_damaged, whole_year

    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        (place / "year").mkdir()
        year = whole_year(place / "year")
        whole = prepare(place / "whole")

        def trials() -> Iterator[tuple[str, Callable[[], str]]]:
            for seed in range(count):
                yield f"inputs {seed}", partial(try_damaged, seed, place / "year", year)
                for kind in KINDS:
                    yield f"{kind} {seed}", partial(trouble_with, kind, seed, whole, place)

        tried = {what: alone(trial) for what, trial in trials()}
    troubles = [f"{what}: {trouble}" for what, (trouble, _) in tried.items() if trouble]
    highest = max(memory for _, memory in tried.values())
    troubles.append(f"{len(tried)} damaged files, {len(troubles)} gone wrong, at most {highest} MiB")
    sys.stdout.write("\n".join(troubles) + "\n")


if __name__ == "__main__":
    main(int(sys.argv[1]))
