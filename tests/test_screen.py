"""What a terminal and a console of Chinese Windows show: aligned, coloured only where it may be, never a crash."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import pytest
from rich.cells import cell_len

from perfeval_xl.findings import Severity
from perfeval_xl.screen.closing import print_closing
from perfeval_xl.write.overview import ProjectLine, UnitLine
from tests.workbooks import changed, clean_year, invoke, put, write_folder

SAMPLE = Path(__file__).parents[1] / "sample_workbooks" / "hongshan-2019"
ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
COLOURS = re.compile(r"\x1b\[(?:\d+;)*(?:3[0-7]|9[0-7])m")


def on_terminal(*args: object, environment: Mapping[str, str] = MappingProxyType({}), cwd: Path | None = None) -> str:
    """What a command shows on a terminal of 80 columns."""
    pty, fcntl, termios = (pytest.importorskip(name) for name in ("pty", "fcntl", "termios"))
    ours, theirs = pty.openpty()
    fcntl.ioctl(
        theirs, termios.TIOCSWINSZ, (40).to_bytes(2, sys.byteorder) + (80).to_bytes(2, sys.byteorder) + b"\x00" * 4
    )
    own = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "NO_COLOR", "FORCE_COLOR")}
    process = subprocess.Popen(
        [sys.executable, "-m", "perfeval_xl", *map(str, args)],
        stdin=theirs, stdout=theirs, stderr=theirs, cwd=cwd, env=own | {"TERM": "xterm-256color", "PYTHONUTF8": "1", **environment},
    )  # fmt: skip
    os.close(theirs)
    shown = b""
    try:
        while block := os.read(ours, 65536):
            shown += block
    except OSError:  # Linux ends a terminal without writers so.
        pass
    finally:
        os.close(ours)
    assert process.wait() == 0, shown.decode()
    return shown.decode()


def test_the_closing_table_is_aligned_and_whole_at_80_columns(tmp_path: Path) -> None:
    shown = on_terminal("run", write_folder(tmp_path, clean_year()), "--no-report")
    lines = [line for line in ESCAPES.sub("", shown).splitlines() if line.count("|") == 8 or "-+-" in line]
    assert len(lines) >= 6
    assert len({cell_len(line) for line in lines}) == 1
    assert cell_len(lines[0]) <= 80
    assert "…" not in "".join(lines)
    assert "馆舍维护" in "".join(lines)


@pytest.mark.parametrize("command", ["", "run", "check", "review", "mail", "init", "plan", "explain", "schemes"])
def test_help_is_aligned_and_within_80_columns(command: str) -> None:
    lines = on_terminal(*command.split(), "--help").splitlines()
    assert max(map(cell_len, lines)) <= 80
    rows = [re.fullmatch(r"(  (?:-|[a-z])\S*(?: [^ ]+)*  +)(\S.*)", line) for line in lines]
    starts = {cell_len(row[1]) for row in rows if row and not row[0].startswith("  perfeval")}
    assert len(starts) <= 2  # options, and the commands of the group


@pytest.mark.parametrize(("environment", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False)])
def test_colours_are_for_terminals_without_no_color(
    environment: dict[str, str], coloured: bool, tmp_path: Path
) -> None:
    sheets = changed(put("绩效指标", 1, "未完成原因", ""))
    shown = on_terminal("check", write_folder(tmp_path, sheets), environment=environment)
    assert "S308" in shown
    assert bool(COLOURS.search(shown)) == coloured


@pytest.mark.parametrize("command", [["check"], ["check", "--format", "json"], ["run"], ["check", "--verbose"]])
def test_a_console_of_code_page_936_never_stops_a_run(command: list[str], tmp_path: Path) -> None:
    # Names of places and people have characters that the code page lacks.
    sheets = changed(put("绩效指标", 1, "未完成原因", ""))
    for rows in sheets.values():
        for row in rows:
            row[:] = [
                value.replace("读者服务", "𠮷家䶮塘✓整治🏠") if isinstance(value, str) else value for value in row
            ]
    folder = write_folder(tmp_path / "㙍䶮𠮷", sheets)
    done = subprocess.run(
        [sys.executable, "-m", "perfeval_xl", *command, folder],
        capture_output=True, check=False,
        env=os.environ | {"PYTHONIOENCODING": "gbk:strict", "PYTHONUTF8": "0"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode("gbk")
    # JSON is UTF-8 whatever the console is.
    assert "整治" in done.stdout.decode("utf-8" if "json" in command else "gbk")


def test_off_a_terminal_nothing_is_cut() -> None:
    assert invoke("check", SAMPLE).stdout == invoke("check", SAMPLE, "--verbose").stdout


def test_a_long_list_is_cut_to_the_first_of_each_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("perfeval_xl.screen.listing.on_terminal", lambda err: True)
    short, whole = invoke("check", SAMPLE).stdout, invoke("check", SAMPLE, "--verbose").stdout
    number = whole.count("提示 S311")
    assert (short.count("提示 S311"), number > 20) == (3, True)
    assert f"S311 还有 {number - 3} 项" in short
    assert "--verbose" in short
    assert "没有列出" not in whole
    assert short.splitlines()[-1] == whole.splitlines()[-1]  # the counts are of all


@pytest.mark.parametrize(
    ("change", "step"),
    [
        (put("绩效指标", 0, "分值", 10), "perfeval-xl check"),
        (put("绩效指标", 1, "未完成原因", ""), "perfeval-xl check"),
        (put("项目信息", 0, "序号", 1), "perfeval-xl mail"),
    ],
)
def test_the_closing_lines_name_the_next_command(change: object, step: str, tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "某馆 2024", changed(change))  # type: ignore[arg-type]
    last = invoke("run", folder, "--no-report").stdout.splitlines()[-1]
    assert last.startswith("下一步：")
    assert f'{step} "{folder}' in last


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shell_completion_is_offered(shell: str) -> None:
    if shell == "bash" and not shutil.which("bash"):
        pytest.skip("bash is not installed")
    code = "from perfeval_xl.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True,
        env=os.environ | {"_PERFEVAL_XL_COMPLETE": f"{shell}_source"},
    )  # fmt: skip
    assert "_PERFEVAL_XL_COMPLETE" in done.stdout


def test_a_screen_shows_sixty_projects_of_very_many_first_those_with_errors(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    nothing = dict.fromkeys(Severity, 0)
    projects = tuple(
        ProjectLine(
            f"1.{number}", f"第{number}馆", 100, 100, 10_000, 9_000, "优", False, "",
            nothing | {Severity.ERROR: int(number == 70), Severity.WARNING: int(number == 71)},
        )
        for number in range(1, 81)
    )  # fmt: skip
    print_closing(
        [UnitLine("市图书馆", "", projects, nothing | {Severity.ERROR: 1, Severity.WARNING: 1})],
        [],
        2024,
        tmp_path,
        tmp_path,
    )
    shown = [line.split("|")[1].strip() for line in capsys.readouterr().out.splitlines() if line.count("|") == 8]
    assert shown[1:4] == ["第70馆", "第71馆", "第1馆"]
    assert shown[60:] == ["第58馆", "……另有 20 个项目，见绩效自评汇总表.xlsx", "合计"]
