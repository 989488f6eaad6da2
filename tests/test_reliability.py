"""Kills, faults and two at once: every file is whole or absent, and the next run completes the results."""

import errno
import json
import os
import signal
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import click
import pytest
from click.testing import CliRunner
from python_calamine import CalamineWorkbook

from perfeval_xl import pipeline
from perfeval_xl.cli import main
from perfeval_xl.errors import OutputError
from perfeval_xl.mail.journal import JOURNAL
from perfeval_xl.read.folder import read_folder
from perfeval_xl.write import placing
from perfeval_xl.write.lock import LOCK, lock_results
from tests.test_batch import batch, files_below, year_of
from tests.workbooks import changed, clean_year, invoke, perfeval, put, write_folder

posix = pytest.mark.skipif(os.name == "nt", reason="needs fork and SIGKILL")


EVERY = -1


@contextmanager
def struck(number: int, strike: Callable[[], object]) -> Iterator[list[int]]:
    """``strike`` at the ``number``-th (or at every) event of writing: half way through a file, before and after it is put in place."""
    count = [0]
    replace, opened, result = os.replace, Path.open, open

    def event() -> None:
        count[0] += 1
        if number in (count[0], EVERY):
            strike()

    def putting(*paths: Any) -> None:
        event()
        replace(*paths)
        event()

    def opening(path: Path, mode: str = "r", **how: Any) -> Any:
        file: Any = opened(path, mode, **how)
        return _Half(file, event) if path.name == JOURNAL else file

    def making(path: str, mode: str = "r", **how: Any) -> Any:
        file: Any = result(path, mode, **how)
        return _Half(file, event) if mode == "xb" else file

    with patch.object(os, "replace", putting), patch.object(Path, "open", opening), patch("builtins.open", making):
        yield count


class _Half:
    """A file that is struck half way through a writing to it; a journal, which is put in no other place, after it too.

    Of a file that is written in pieces: through the first, the second, the fourth and so on.
    """

    def __init__(self, file: Any, event: Callable[[], None]) -> None:
        self._file, self._event, self._pieces = file, event, 0

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def write(self, content: bytes) -> None:
        self._file.write(content[: len(content) // 2])
        self._pieces += 1
        if "a" in self._file.mode or self._pieces & (self._pieces - 1) == 0:
            self._file.flush()
            self._event()
        self._file.write(content[len(content) // 2 :])
        if "a" in self._file.mode:
            self._file.flush()
            self._event()


def killed(folder: Path, number: int = 0, after: float = 0) -> bool:
    """Run in a forked process that is killed at the ``number``-th event, or ``after`` seconds; whether it was."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        child = os.fork()
    if child == 0:
        sys.stderr = sys.stdout = open(os.devnull, "w")  # noqa: SIM115, PTH123
        try:
            with struck(number, lambda: os.kill(os.getpid(), signal.SIGKILL)):
                invoke("run", folder, "--no-report")
        finally:
            os._exit(0)
    if after:
        time.sleep(after)
        os.kill(child, signal.SIGKILL)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def state_of(left: dict[str, bytes]) -> dict[str, bytes]:
    """What a run has left in its place; what is unfinished has another name in each."""
    return {path: content for path, content in left.items() if ".perfeval" not in path}


def assert_whole(left: dict[str, bytes], old: dict[str, bytes], new: dict[str, bytes]) -> None:
    for path, content in state_of(left).items():
        assert content in (old.get(path), new.get(path)), f"torn: {path}"


def places(tmp_path: Path, several: bool) -> tuple[Path, dict[str, bytes]]:
    """A folder whose workbooks were changed since its results, and those results."""
    folder = tmp_path / "年"

    def fill(sheets: Any) -> None:
        if several:
            batch(folder, 甲=sheets, 乙=year_of("乙馆"))
        else:
            write_folder(folder, sheets)

    fill(changed(put("预算执行情况", 0, "全年执行数", 90000)))
    assert invoke("run", folder, "--no-report").exit_code in (0, 1)
    old = files_below(folder / "自评结果")
    fill(clean_year())
    return folder, old


def restore(results: Path, content: dict[str, bytes]) -> None:
    for path, data in content.items():
        (results / path).parent.mkdir(parents=True, exist_ok=True)
        (results / path).write_bytes(data)


@posix
@pytest.mark.parametrize("several", [False, True])
def test_killed_at_every_write(tmp_path: Path, several: bool) -> None:
    folder, old = places(tmp_path, several)
    results = folder / "自评结果"
    with struck(0, lambda: None) as count:
        invoke("run", folder, "--no-report")
    new, events = files_below(results), count[0]
    left: list[dict[str, bytes]] = []
    assert events >= 12
    assert old != new
    # A process that is killed does nothing more: what it leaves is what lies there at the event.
    restore(results, old)
    with struck(EVERY, lambda: left.append(files_below(results))):
        invoke("run", folder, "--no-report")
    assert len(left) == events
    for state in left:
        assert_whole(state, old, new)
    for number in range(1, events + 1, 7):
        restore(results, old)
        assert killed(folder, number)
        assert state_of(files_below(results)) == state_of(left[number - 1])
        if not several:
            assert invoke("run", folder, "--no-report").exit_code == 0
            assert files_below(results) == new
    assert invoke("run", folder, "--no-report").exit_code == 0
    assert files_below(results) == new


@posix
def test_killed_after_any_time(tmp_path: Path) -> None:
    folder, old = places(tmp_path, several=False)
    results = folder / "自评结果"
    started = time.monotonic()
    invoke("run", folder, "--no-report")
    took = time.monotonic() - started
    new = files_below(results)
    for step in range(5):
        restore(results, old)
        killed(folder, after=took * (step + 1) / 6)
        assert_whole(files_below(results), old, new)
    assert invoke("run", folder, "--no-report").exit_code == 0
    assert files_below(results) == new


FAULTS: dict[str, tuple[OSError, str]] = {
    "disk full": (OSError(errno.ENOSPC, "No space left"), "磁盘满了"),
    "read-only": (OSError(errno.EROFS, "Read-only"), "磁盘是只读的"),
    "gone": (OSError(errno.ENOENT, "No such file"), "网络盘可能已断开"),
    "network": (OSError(errno.EIO, "Input/output"), "网络盘出错"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_at_any_write(fault: str, tmp_path: Path) -> None:
    error, said = FAULTS[fault]
    folder, old = places(tmp_path, several=False)
    results = folder / "自评结果"
    with struck(0, lambda: None) as count:
        invoke("run", folder, "--no-report")
    new = files_below(results)

    def fail() -> None:
        raise error

    for number in range(1, count[0] + 1, 4 if fault == "disk full" else 11):
        restore(results, old)
        with struck(number, fail):
            result = invoke("run", folder, "--no-report")
        assert (result.exit_code, said in result.stderr, "下一步：" in result.stderr) == (4, True, True)
        assert not [path for path in results.rglob("*") if path.name.startswith(".perfeval")]
        assert_whole(files_below(results), old, new)
    invoke("run", folder, "--no-report")
    assert files_below(results) == new


def test_ctrl_c_leaves_no_litter(tmp_path: Path) -> None:
    folder, old = places(tmp_path, several=True)

    def interrupt() -> None:
        raise KeyboardInterrupt

    for number in (1, 5, 9):
        restore(folder / "自评结果", old)
        with struck(number, interrupt):
            assert invoke("run", folder, "--no-report", "--force").exit_code == 130
        assert not list((folder / "自评结果").rglob(".perfeval*"))


def test_a_form_that_is_open_in_excel(tmp_path: Path) -> None:
    batch(tmp_path, 甲=year_of("甲馆"), 乙=year_of("乙馆"))
    replace = os.replace

    def sharing(file: Path, target: Path) -> None:
        if (
            Path(target).parent.name == "乙馆"
            and Path(target).suffix == ".xlsx"
            and not Path(file).parent.name == "乙馆"
        ):
            raise PermissionError(errno.EACCES, "Sharing violation")
        if "乙馆" in str(target) and ".perfeval-unit" not in str(target):
            raise PermissionError(errno.EACCES, "Sharing violation")
        replace(file, target)

    with patch.object(os, "replace", sharing), patch.object(placing, "_PAUSES", ()):
        result = invoke("run", tmp_path, "--no-report")
    assert result.exit_code == 4
    assert "Excel" in result.stderr
    assert (tmp_path / "自评结果" / "甲馆" / "manifest.json").is_file()
    assert invoke("run", tmp_path, "--no-report").exit_code == 0


def test_what_lets_go_soon_is_waited_for(tmp_path: Path) -> None:
    write_folder(tmp_path, clean_year())
    replace, refusals = os.replace, [True, True]

    def scanned(*paths: Any) -> None:
        if refusals:
            refusals.pop()
            raise PermissionError
        replace(*paths)

    with patch.object(os, "replace", scanned):
        assert invoke("run", tmp_path, "--no-report").exit_code == 0


def test_a_file_in_the_place_of_the_results(tmp_path: Path) -> None:
    write_folder(tmp_path, clean_year())
    (tmp_path / "自评结果").write_text("不是文件夹", encoding="utf-8")
    result = invoke("run", tmp_path)
    assert (result.exit_code, "有一个同名的文件占着" in result.stderr) == (4, True)
    assert (tmp_path / "自评结果").read_text(encoding="utf-8") == "不是文件夹"


def test_nothing_to_do_leaves_nothing(tmp_path: Path) -> None:
    assert invoke("run", tmp_path).exit_code == 3
    assert list(tmp_path.iterdir()) == []


# Two at once


_HOLD = """
import sys, time
from pathlib import Path
from perfeval_xl.write.lock import lock_results
with lock_results(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_the_second_run_says_who_holds_the_folder_and_writes_nothing(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "年", clean_year())
    results = folder / "自评结果"
    with subprocess.Popen([sys.executable, "-c", _HOLD, str(results)], stdout=subprocess.PIPE) as holder:
        assert holder.stdout
        holder.stdout.readline()
        result = invoke("run", folder)
        assert result.exit_code == 4
        assert f"进程 {holder.pid}" in result.stderr
        assert "下一步：等它完成后重新运行" in result.stderr
        assert [path.name for path in results.iterdir()] == [LOCK]
        holder.kill()
    assert invoke("run", folder, "--no-report").exit_code == 0
    assert LOCK not in {path.name for path in results.iterdir()}


def test_many_at_once_never_mix(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "年", clean_year())
    assert invoke("run", folder, "--no-report", "-o", tmp_path / "一次").exit_code == 0
    command = [sys.executable, "-m", "perfeval_xl", "run", str(folder), "--no-report", "-o", str(tmp_path / "果")]
    runs = [subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) for _ in range(3)]
    statuses = [run.wait() for run in runs]
    assert set(statuses) <= {0, 4}
    assert 0 in statuses
    assert files_below(tmp_path / "果").keys() == files_below(tmp_path / "一次").keys()


def test_a_lock_taken_twice_in_one_process(tmp_path: Path) -> None:
    with lock_results(tmp_path), pytest.raises(OutputError, match="正由另一次运行使用"), lock_results(tmp_path):
        raise AssertionError
    with lock_results(tmp_path / "新"):
        pass
    assert list(tmp_path.iterdir()) == []


def test_the_manifest_is_on_the_disk_before_it_is_in_its_place(tmp_path: Path) -> None:
    write_folder(tmp_path, clean_year())
    order: list[str] = []
    replace, sync = os.replace, os.fsync

    def put_in_place(file: Path, target: Path) -> None:
        order.append(Path(target).name)
        replace(file, target)

    def synced(handle: int) -> None:
        order.append("fsync")
        sync(handle)

    with patch.object(os, "replace", put_in_place), patch.object(os, "fsync", synced):
        invoke("run", tmp_path, "--no-report")
    at = order.index("manifest.json")
    assert order[at - 1] == "fsync"


def test_a_folder_that_disappears_costs_only_its_own_unit(tmp_path: Path) -> None:
    batch(tmp_path, 甲=year_of("甲馆"), 乙=year_of("乙馆"))
    real = read_folder

    def read(folder: Path, *rest: Any) -> Any:
        if folder.name == "乙":
            folder.rename(tmp_path / ".不见了")
        return real(folder, *rest)

    with patch.object(pipeline, "read_folder", read):
        result = invoke("run", tmp_path, "--no-report")
    assert result.exit_code == 1
    assert "乙：打不开文件夹" in result.stderr
    manifest = json.loads((tmp_path / "自评结果" / "manifest.json").read_text(encoding="utf-8"))
    assert [unit["unit"] for unit in manifest["units"]] == ["甲馆"]
    for form in (tmp_path / "自评结果" / "甲馆").glob("*.xlsx"):
        assert CalamineWorkbook.from_path(form).sheet_names


# Places


def test_an_interrupted_run_whose_inputs_change_again_takes_nothing_for_a_person_s_work(tmp_path: Path) -> None:
    folder, old = places(tmp_path, several=False)
    results = folder / "自评结果"
    with struck(0, lambda: None) as count:
        invoke("run", folder, "--no-report")
    for number in range(count[0] - 8, count[0] + 1, 4):
        restore(results, old)
        write_folder(folder, changed(put("预算执行情况", 0, "全年执行数", 80000)))
        if os.name != "nt":
            assert killed(folder, number)
        write_folder(folder, clean_year())
        assert invoke("run", folder, "--no-report").exit_code == 0
        assert not [path for path in results.iterdir() if "已修改" in path.name or path.name.startswith(".")]


def test_a_changed_result_with_the_longest_name_is_kept(tmp_path: Path) -> None:
    sheets = {
        title: [["图" * 90 if cell == "读者服务" else cell for cell in row] for row in rows]
        for title, rows in clean_year().items()
    }
    write_folder(tmp_path, sheets)
    assert invoke("run", tmp_path, "--no-report").exit_code == 0
    form = next((tmp_path / "自评结果").glob("附件1.1*"))
    form.write_bytes(b"changed")
    assert invoke("run", tmp_path, "--no-report").exit_code == 0
    kept = [path for path in (tmp_path / "自评结果").iterdir() if path.read_bytes() == b"changed"]
    assert len(kept) == 1
    assert ".已修改-" in kept[0].name
    assert len(kept[0].name.encode()) <= 255


@pytest.mark.parametrize("what", ["附件1.2 馆舍维护项目支出绩效自评表.xlsx", "manifest.json", LOCK])
def test_a_folder_in_the_place_of_a_result_is_named_and_nothing_is_replaced(what: str, tmp_path: Path) -> None:
    folder, old = places(tmp_path, several=False)
    (folder / "自评结果" / what).unlink(missing_ok=True)
    (folder / "自评结果" / what).mkdir()
    result = invoke("run", folder, "--no-report")
    assert (result.exit_code, "有一个同名的文件夹占着它的位置" in result.stderr) == (4, True)
    assert what == LOCK or what in result.stderr
    forms = {path: content for path, content in files_below(folder / "自评结果").items() if path.startswith("附件")}
    unchanged = {path: content for path, content in old.items() if path in forms}
    assert (forms == unchanged) == (what != "manifest.json")


def test_results_are_as_private_as_the_system_is_told(tmp_path: Path) -> None:
    write_folder(tmp_path, clean_year())
    before = os.umask(0o077)
    try:
        invoke("run", tmp_path, "--no-report")
    finally:
        os.umask(before)
    assert os.name == "nt" or {path.stat().st_mode & 0o077 for path in (tmp_path / "自评结果").iterdir()} == {0}


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (PermissionError(errno.EACCES, "Permission denied"), "被别的程序占用"),
        (OSError(errno.EIO, "Input/output error"), "磁盘或网络盘出错"),
        (FileNotFoundError(errno.ENOENT, "No such file"), "网络盘可能已断开"),
    ],
)
def test_a_workbook_that_cannot_be_read_is_a_finding(error: OSError, said: str, tmp_path: Path) -> None:
    write_folder(tmp_path, clean_year())
    opened = Path.open

    def opening(path: Path, *args: Any, **how: Any) -> Any:
        if path.name == "3.xlsx":
            raise error
        return opened(path, *args, **how)

    with patch.object(Path, "open", opening):
        status, manifest = perfeval("run", tmp_path, "--no-report")
    found = [finding for finding in manifest["findings"] if finding["code"] == "R101"]
    assert (status, [said in finding["message"] for finding in found]) == (1, [True])
    assert len(manifest["units"][0]["projects"]) == 2


def test_a_workbook_that_is_being_written_is_read_when_it_stands_still(tmp_path: Path) -> None:
    write_folder(tmp_path, clean_year())
    whole = (tmp_path / "3.xlsx").read_bytes()
    (tmp_path / "3.xlsx").write_bytes(whole[:3000])
    opened, looked = Path.open, [0]

    def opening(path: Path, mode: str = "r", *args: Any, **how: Any) -> Any:
        if path.name == "3.xlsx" and mode == "rb":
            looked[0] += 1
            if looked[0] == 1:
                path.write_bytes(whole)
        return opened(path, mode, *args, **how)

    with patch.object(Path, "open", opening), patch("perfeval_xl.read.files._PAUSES", (0.01,)):
        assert invoke("check", tmp_path).exit_code == 0
    assert looked[0] == 2


def test_a_full_disk_under_the_standard_output_is_no_bug(tmp_path: Path) -> None:
    write_folder(tmp_path, clean_year())
    with patch("click.echo", wraps=click.echo) as echo:
        echo.side_effect = [OSError(errno.ENOSPC, "No space left"), None]
        result = CliRunner().invoke(
            click.Command("x", callback=lambda: main(["check", str(tmp_path), "--format", "json"])), []
        )
    assert result.exit_code == 4


def test_names_that_are_no_text_and_links_that_lead_nowhere(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "年", clean_year())
    if os.name == "nt":
        return
    os.rename(os.fsencode(folder / "0.xlsx"), os.fsencode(folder) + "/执行.xlsx".encode("gbk"))  # noqa: PTH104
    (folder / "圈.xlsx").symlink_to("圈.xlsx")
    os.mkfifo(folder / "管.xlsx")
    status, manifest = perfeval("run", folder)
    assert [(found["code"], found["subject"]) for found in manifest["findings"]] == [("R101", "圈.xlsx")]
    assert (status, "../执行.xlsx" in [file["path"] for file in manifest["inputs"]]) == (1, True)


@pytest.mark.parametrize("command", ["run", "check", "init", "plan", "mail"])
def test_a_path_that_is_too_long_is_said(command: str, tmp_path: Path) -> None:
    result = invoke(command, tmp_path / ("长" * 300))
    assert result.exit_code in (2, 4)
    assert "下一步：" in result.stderr


def test_a_unit_that_cannot_be_written_keeps_its_last_results(tmp_path: Path) -> None:
    folder, old = places(tmp_path, several=True)

    def fail() -> None:
        raise OSError(errno.ENOSPC, "No space left")

    with struck(2, fail):
        assert invoke("run", folder, "--no-report", "--force").exit_code == 4
    assert old.keys() - files_below(folder / "自评结果").keys() == set()
