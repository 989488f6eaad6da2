"""Settings and templates of somebody else, and logs that could give a cell away."""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

import pytest
from jinja2.exceptions import SecurityError, UndefinedError

from perfeval_xl import pipeline, review
from perfeval_xl.errors import trace_of, trouble_of
from perfeval_xl.scheme import templates_folder
from perfeval_xl.write import filling
from perfeval_xl.write.report.document import _environment
from tests.damage import repacked
from tests.mail.post_office import RECIPIENTS
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


def test_settings_that_are_a_folder_are_not_passed_over(tmp_path: Path) -> None:
    write_folder(tmp_path, clean_year())
    (tmp_path / "perfeval.toml").mkdir()
    result = invoke("check", tmp_path)
    assert (result.exit_code, "不是普通的文件" in result.stderr) == (2, True)


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


@pytest.mark.parametrize("where", ["one unit", "several units", "forms", "review"])
def test_no_memory_is_no_bug(where: str, tmp_path: Path) -> None:
    if where == "several units":
        batch(tmp_path, 甲=year_of("甲馆"), 乙=year_of("乙馆"))
    else:
        write_folder(tmp_path, clean_year())
    what = {"forms": (filling, "fill_range"), "review": (review, "check_forms")}.get(where, (pipeline, "evaluate"))
    with patch.object(*what, side_effect=MemoryError):
        result = invoke("review" if where == "review" else "run", tmp_path)
    assert result.exit_code == 4
    assert "内存不够" in result.stderr
    assert "下一步：" in result.stderr
    assert not (tmp_path / "自评结果" / "manifest.json").exists()


#: A language setting that knows ASCII alone, whatever Python would make of it.
ASCII = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}


@pytest.mark.parametrize("command", ["run", "check", "review", "mail", "init", "plan"])
def test_a_language_setting_without_chinese(command: str, tmp_path: Path) -> None:
    """The program starts again in UTF-8, with the same arguments: file names are read, said and written as they are."""
    folder = tmp_path / ("新" if command == "init" else "年")
    if command != "init":
        write_folder(folder, clean_year() | {"收件人": [RECIPIENTS, ["全部", "张三", "zhang@example.com", ""]]})
    if command in ("mail", "review"):
        invoke("run", folder, "--no-report")
    given = [folder / "自评结果" if command in ("mail", "review") else folder]
    given += [tmp_path / "年"] if command == "review" else []
    result = subprocess.run(
        [sys.executable, "-m", "perfeval_xl", command, *given],
        env=os.environ | ASCII,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert (result.returncode, "?" in result.stdout + result.stderr) == (0, False)
    names = {
        "init": "新/运行.bat",
        "plan": "年/自评结果/2024年度项目支出绩效自评工作方案.docx",
        "mail": "年/自评结果/发件箱",
    }
    assert (tmp_path / names.get(command, "年/0.xlsx")).exists()
    assert command != "run" or len(list((folder / "自评结果").glob("附件*"))) == 2


def test_file_names_that_the_system_cannot_write() -> None:
    error = UnicodeEncodeError("gbk", "😀", 0, 1, "illegal")
    with patch("sys.getfilesystemencoding", return_value="gbk"):
        told = trouble_of(error)
    assert told is not None
    assert (told.exit_code, "PYTHONUTF8=1" in told.advice) == (4, True)
    assert trouble_of(error) is None


def bomb(content: bytes) -> bytes:
    return repacked(content, lambda _, data: data, **{"xl/media/image9.png": b"\0" * 80 * 2**20})


def macro(content: bytes) -> bytes:
    return repacked(content, lambda _, data: data, **{"xl/vbaProject.bin": b"x"})


def entity(content: bytes) -> bytes:
    declared = b'<!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/passwd">]>'

    def change(name: str, data: bytes) -> bytes:
        head, _, rest = data.partition(b"?>")
        return head + b"?>" + declared + rest if name.endswith(("styles.xml", "document.xml")) else data

    return repacked(content, change)


def half(content: bytes) -> bytes:
    return content[: len(content) // 2]


@pytest.mark.parametrize("spoil", [bomb, macro, entity, half])
@pytest.mark.parametrize(("file", "status"), [("form.xlsx", 2), ("report.docx", 1)])
def test_a_template_that_would_spoil_every_result(
    spoil: Callable[[bytes], bytes], file: str, status: int, tmp_path: Path
) -> None:
    """Without its form template nothing can be written; without that of the report the forms are, and O502 says why."""
    folder = write_folder(tmp_path / "年", clean_year())
    scheme = shutil.copytree(templates_folder() / "hongshan-2019", tmp_path / "某方案")
    (scheme / file).write_bytes(spoil((scheme / file).read_bytes()))
    started = time.monotonic()
    result = invoke("run", folder, "--scheme", scheme)
    assert time.monotonic() - started < 20
    assert result.exit_code == status
    if status == 1:
        manifest = json.loads((folder / "自评结果" / "manifest.json").read_text(encoding="utf-8"))
        assert [found["code"] for found in manifest["findings"]] == ["O502"]


@pytest.mark.parametrize("tag", ["{% include 'x' %}", "{% import 'x' as y %}", "{% extends '/etc/passwd' %}"])
def test_a_template_reads_no_other_file(tag: str) -> None:
    with pytest.raises(TypeError, match="no loader"):
        _environment().from_string(tag).render()


@pytest.mark.parametrize(
    "reach", ["{{ x.__class__.__mro__ }}", "{{ x.__init__.__globals__ }}", "{{ cycler }}", "{{ lipsum.__globals__ }}"]
)
def test_a_template_reaches_no_program(reach: str) -> None:
    with pytest.raises((SecurityError, UndefinedError)):
        _environment().from_string(reach).render(x="项")
