"""What the documents say is true: their commands run, the list of findings is the catalogue's."""

import os
import re
import shlex
import shutil
import sys
import tomllib
from pathlib import Path

import pytest
from rich.cells import cell_len

from perfeval_xl.findings import SEVERITY_LABELS, catalogue
from perfeval_xl.read.table.roles import standard_headings
from perfeval_xl.write.blank.layout import Column, blank_layout
from tests import second_unit
from tests.second_unit import fill_in, mend
from tests.workbooks import clean_year, invoke, write_folder

ROOT = Path(__file__).parents[1]
FINDINGS = ROOT / "docs" / "findings.md"
TABLES = ROOT / "docs" / "input-tables.md"
PAGES = ["README.md", "README.zh-CN.md", *sorted(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md"))]
_KINDS = {
    "text": "文字", "code": "文字（按文本填，开头的 0 会保留）", "amount": "金额", "points": "分数", "rate": "百分比",
    "long": "文字，可以换行", "wide": "文字，可以换行",
}  # fmt: skip
_LISTS = {"levels": "产出指标、效益指标、满意度指标", "sources": "方案列出的资金来源", "projects": "项目信息表中的项目"}


def findings_page() -> str:
    """The catalogue as a page; ``python -m tests.test_docs`` writes it."""
    lines = ["# 问题代码", "", "本页由 `python -m tests.test_docs` 从 `perfeval_xl/findings.toml` 生成。"]
    for text in catalogue().values():
        lines += ["", f"## {text.code} {text.title}", "", f"**{SEVERITY_LABELS[text.severity]}**。{text.meaning}", ""]
        lines += [f"- 例子：{text.example}", f"- 处理：{text.advice}"]
    return "\n".join(lines) + "\n"


def test_the_findings_page_is_the_catalogue() -> None:
    assert FINDINGS.read_text(encoding="utf-8") == findings_page()


def tables_page() -> str:
    """Every column of every input table, from the blank workbooks and the headings; written with the findings."""
    roles = standard_headings()
    lines = [
        "# 输入表", "", "本页由 `python -m tests.test_docs` 从 `perfeval_xl/write/blank/sheets.toml` 和 `perfeval_xl/read/table/headings.toml` 生成。", "",
        "程序按表头认表，不看文件名和工作表名。表头里的空格、换行、全角半角和括号里的单位（如“全年预算数（万元）”）不影响辨认。",
        "本单位自己的叫法不在下面的，写进文件夹里 `perfeval.toml` 的 `[columns.…]`，不必改表。空白的意思是“不知道”，不会当作 0。",
    ]  # fmt: skip
    for file, sheets in blank_layout().items():
        for sheet in sheets:
            role = roles[sheet.role]
            lines += ["", f"## {sheet.name}", "", f"在 `{file}` 中；`perfeval.toml` 里叫 `[columns.{sheet.role}]`。"]
            lines += ["", "| 列 | 可以填什么 | 说明 | 也可以叫 |", "| --- | --- | --- | --- |"]
            lines += [_column_line(column, role["fields"]) for column in sheet.columns]
            known = {column.field for column in sheet.columns}
            others = [words for field, words in role["fields"].items() if field not in known]
            if others:
                names = "；".join("、".join(words[1:]) for words in others)
                lines += ["", f"空白表里没有、也认得的列（同一列的几种叫法用顿号隔开）：{names}。"]
            if sheet.rows:
                lines += [
                    "",
                    "| 名称 | 内容 |",
                    "| --- | --- |",
                    *(f"| {name} | {note} |" for name, _, note in sheet.rows),
                ]
            if role["any"]:
                some = "、".join(role["fields"][field][1] for field in role["any"])
                lines += ["", f"至少要有其中一列：{some}。"]
    return "\n".join(lines) + "\n"


def _column_line(column: Column, fields: dict[str, list[str]]) -> str:
    choices = column.choices if isinstance(column.choices, list) else []
    offered = "、".join(choices) or _LISTS.get(str(column.choices), "")
    may = f"{'只能是' if column.strict else '从列表选，也可以写别的'}：{offered}" if offered else _KINDS[column.kind]
    others = "、".join(name for name in fields[column.field][1:] if name != column.heading)
    return f"| {column.heading} | {may} | {column.note} | {others} |"


def test_the_page_of_input_tables_is_what_is_read_and_written() -> None:
    assert TABLES.read_text(encoding="utf-8") == tables_page()


def commands(page: str) -> list[str]:
    text = (ROOT / page).read_text(encoding="utf-8")
    blocks = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    parts = (part.strip() for block in blocks for line in block.splitlines() for part in line.split("&&"))
    return [part for part in parts if part.startswith("perfeval-xl ")]


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A place where every folder is that the documents name: the sample, a library with results, forms that came in."""
    shutil.copytree(ROOT / "sample_workbooks", tmp_path / "sample_workbooks", ignore=shutil.ignore_patterns("自评结果"))
    recipients = [["项目名称", "姓名", "邮箱"], ["全部", "钱科长", "qian@example.gov.cn"]]
    library = write_folder(tmp_path / "某区图书馆", clean_year() | {"收件人": recipients})
    assert invoke("run", library, "--no-report").exit_code == 0
    shutil.copytree(library / "自评结果", tmp_path / "交来的自评表" / "某区图书馆")
    [form] = (tmp_path / "交来的自评表").glob("*/附件1.1*")
    form.rename(tmp_path / "交来的自评表" / "读者服务.xlsx")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def goes_out(command: str) -> bool:
    """Whether it needs a mail server or a cluster: those of mailing.md run in ``tests/mail/test_docs.py``."""
    return bool({"--send", "--smtp", "--cluster"} & set(shlex.split(command)))


#: Codes other than 0: the sample's points are not those of another regime, and blanks are not filled in yet.
_CODES = {"perfeval-xl check sample_workbooks/hongshan-2019 --scheme hubei-2020": 1}


@pytest.mark.parametrize("page", [page for page in PAGES if commands(page)])
def test_every_command_of_a_page_runs_in_its_order(page: str, world: Path) -> None:
    """The officer's folder is filled in when it is checked for the first time."""
    own = world / "区体育中心"
    for command in commands(page):
        if goes_out(command):
            assert page == "docs/mailing.md", command
            continue
        if command == "perfeval-xl check 区体育中心":
            fill_in(own, second_unit.FILLED, second_unit.INFORMATION)
            mend(own, second_unit.MENDED)
        result = invoke(*shlex.split(command)[1:])
        assert result.exit_code == _CODES.get(command, 0), f"{command}\n{result.stderr}"
        if page == "docs/first-hour.md" and command == "perfeval-xl run 区体育中心":
            text = (ROOT / page).read_text(encoding="utf-8")
            [shown] = re.findall(r"```text\n(.*?)```", text, re.DOTALL)
            said = "".join(f"{line.rstrip()}\n" for line in result.stdout.splitlines())
            assert said.startswith(shown.replace("/", os.sep))
            assert max(map(cell_len, shown.splitlines())) <= 80


def test_the_pages_have_commands() -> None:
    assert {page for page in PAGES if commands(page)} >= {
        "README.md", "README.zh-CN.md", "docs/first-hour.md", "docs/reviewing.md", "docs/extending.md",
    }  # fmt: skip
    walked = [shlex.split(command)[1] for command in commands("docs/first-hour.md")]
    assert walked == ["--version", "schemes", "init", "init", "check", "explain", "run", "mail", "run"]


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#:]+)\)", text):
        assert ((ROOT / page).parent / target).exists(), target


def test_every_room_is_in_the_architecture() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    rooms = [
        path for path in (ROOT / "perfeval_xl").iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()
    ]
    names = [f"`{room.name}`" if room.suffix else f"`{room.name}/`" for room in rooms if room.name != "__init__.py"]
    assert [name for name in names if name not in page] == []


def test_every_page_is_in_the_index() -> None:
    index = (ROOT / "docs" / "index.md").read_text(encoding="utf-8")
    assert [page.name for page in (ROOT / "docs").glob("*.md") if f"({page.name})" not in index] == ["index.md"]


def test_every_task_is_in_contributing() -> None:
    tasks = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["poe"]["tasks"]
    page = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert [name for name in tasks if f"`poe {name}`" not in page] == ["lint", "types", "imports"]


def test_the_settings_in_the_operators_guide_are_accepted(tmp_path: Path) -> None:
    text = (ROOT / "README.zh-CN.md").read_text(encoding="utf-8")
    shutil.copytree(
        ROOT / "sample_workbooks" / "hongshan-2019", tmp_path / "year", ignore=shutil.ignore_patterns("自评结果")
    )
    found = re.search(r"```toml\n(.*?)```", text, re.DOTALL)
    assert found
    (tmp_path / "year" / "perfeval.toml").write_text(found[1], encoding="utf-8")
    assert invoke("check", tmp_path / "year").exit_code == 0


def test_the_options_in_the_readme_are_those_of_the_command() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = set(re.findall(r"--[a-z]+", invoke("run", "--help").stdout)) - {"--help", "--version"}
    assert shown == set(
        re.findall(r"--[a-z]+", text[text.index("`run` and `check` take") : text.index("Data goes to standard output")])
    )


if __name__ == "__main__":
    FINDINGS.write_text(findings_page(), encoding="utf-8")
    TABLES.write_text(tables_page(), encoding="utf-8")
    sys.exit(0)
