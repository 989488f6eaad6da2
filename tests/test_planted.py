"""Links, pipes and folders where the program keeps files of its own: nothing outside is touched, and nobody waits for ever."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from perfeval_xl.mail.journal import JOURNAL
from perfeval_xl.write.lock import LOCK
from tests.mail.post_office import RECIPIENTS
from tests.test_batch import batch, files_below, year_of
from tests.workbooks import clean_year, invoke, write_folder

pytestmark = pytest.mark.skipif(os.name == "nt", reason="links need rights there, and there are no pipes in folders")
NOTE = ".perfeval-written"
FORM = "附件1.1 读者服务项目支出绩效自评表.xlsx"
SUMMARY = "绩效自评汇总表.xlsx"


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("planted") / "年"
    write_folder(folder, clean_year() | {"收件人": [RECIPIENTS, ["全部", "张三", "z@example.com", ""]]})
    assert invoke("run", folder, "--no-report").exit_code == 0
    return folder


@pytest.fixture
def results(once: Path, tmp_path: Path) -> Path:
    return shutil.copytree(once, tmp_path / "年") / "自评结果"


def outside(tmp_path: Path) -> Path:
    (tmp_path / "外").mkdir()
    (tmp_path / "外" / "重要").write_text("precious", encoding="utf-8")
    return tmp_path / "外"


@pytest.mark.parametrize(
    ("name", "status"), [(LOCK, 4), (NOTE, 0), (FORM, 0), ("manifest.json", 0), (".perfeval-x", 0)]
)
def test_a_link_to_a_file_outside(name: str, status: int, results: Path, tmp_path: Path) -> None:
    away = outside(tmp_path)
    (results / name).unlink(missing_ok=True)
    (results / name).symlink_to(away / "重要")
    result = invoke("run", tmp_path / "年", "--no-report")
    assert (result.exit_code, "指向别处" in result.stderr) == (status, status == 4)
    assert files_below(away) == {"重要": b"precious"}
    assert status or not [path for path in results.iterdir() if path.is_symlink() or path.name.startswith(".")]


def test_a_link_to_a_folder_outside(tmp_path: Path) -> None:
    away = outside(tmp_path)
    batch(tmp_path / "批", 甲=year_of("甲馆"), 乙=year_of("乙馆"))
    results = tmp_path / "批" / "自评结果"
    results.mkdir()
    (results / "甲馆").symlink_to(away)
    (results / ".perfeval-unit-1-0").symlink_to(away)
    result = invoke("run", tmp_path / "批", "--no-report")
    assert (result.exit_code, "指向别处" in result.stderr) == (4, True)
    assert (results / "乙馆" / "manifest.json").is_file()
    assert files_below(away) == {"重要": b"precious"}
    assert not list(results.glob(".*"))


@pytest.mark.parametrize("options", [[], ["--send", "--smtp", "smtp://a@127.0.0.1:9"]])
def test_a_link_in_place_of_the_outbox(options: list[str], results: Path, tmp_path: Path) -> None:
    away = outside(tmp_path)
    (results / "发件箱").symlink_to(away)
    assert invoke("mail", results, *options).exit_code == 4
    (results / "发件箱").unlink()
    (results / "发件箱").mkdir()
    (results / "发件箱" / JOURNAL).symlink_to(away / "重要")
    assert invoke("mail", results, *options).exit_code == 4
    assert files_below(away) == {"重要": b"precious"}


def run(results: Path) -> int:
    return invoke("run", results.parent, "--no-report").exit_code


def mail(results: Path) -> int:
    return invoke("mail", results).exit_code


@pytest.mark.parametrize(
    ("name", "command", "status"),
    [
        ("manifest.json", run, 4),
        ("manifest.json", mail, 2),
        (LOCK, run, 4),
        (NOTE, run, 0),
        (SUMMARY, run, 4),
        (SUMMARY, mail, 0),
        (f"发件箱/{JOURNAL}", mail, 4),
        ("发件箱/a.eml", mail, 0),
    ],
)
def test_a_pipe_is_not_waited_for(name: str, command: Callable[[Path], int], status: int, results: Path) -> None:
    (results / name).parent.mkdir(exist_ok=True)
    (results / name).unlink(missing_ok=True)
    os.mkfifo(results / name)
    assert command(results) == status


def test_a_link_to_itself_among_filled_in_forms(results: Path) -> None:
    (results / "圈.xlsx").symlink_to("圈.xlsx")
    result = invoke("review", results)
    assert (result.exit_code, "圈.xlsx" in result.stdout) == (1, True)
