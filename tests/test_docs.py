"""What the documents say is true: their commands run, the list of findings is the catalogue's."""

import re
import shlex
import shutil
import sys
import tomllib
from pathlib import Path

import pytest

from perfeval_xl.findings import SEVERITY_LABELS, catalogue
from perfeval_xl.write.blank.layout import Column, blank_layout
from tests.workbooks import invoke

ROOT = Path(__file__).parents[1]
FINDINGS = ROOT / "docs" / "findings.md"
TABLES = ROOT / "docs" / "input-tables.md"
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
    roles = tomllib.loads((ROOT / "perfeval_xl" / "read" / "headings.toml").read_text(encoding="utf-8"))
    lines = [
        "# 输入表", "", "本页由 `python -m tests.test_docs` 从 `perfeval_xl/write/blank/sheets.toml` 和 `perfeval_xl/read/headings.toml` 生成。", "",
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


def can_run(command: str) -> bool:
    """Not a placeholder: no <name>, nothing that goes over a network, and every folder that it reads is there."""
    words = shlex.split(command)
    if "<" in command or {"--send", "--smtp", "--cluster"} & set(words):
        return False
    read = words[2:3] if words[1] in ("run", "check", "review", "mail", "plan") else []
    read += [words[at + 1] for at, word in enumerate(words) if word == "--from"]
    return all(name.startswith("-") or Path(name).exists() for name in read)


@pytest.mark.parametrize("page", sorted(path.name for path in (ROOT / "docs").glob("*.md")))
def test_commands_of_a_page_are_understood_in_their_order(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(ROOT / "sample_workbooks", tmp_path / "sample_workbooks", ignore=shutil.ignore_patterns("自评结果"))
    monkeypatch.chdir(tmp_path)
    for command in commands(f"docs/{page}"):
        if can_run(command):
            # Blank workbooks give 3 and wrong ones 1; 2 is a command that is not understood.
            result = invoke(*shlex.split(command)[1:])
            assert result.exit_code in (0, 1, 3), f"{command}\n{result.stderr}"
        else:
            known = invoke(shlex.split(command)[1], "--help")
            assert known.exit_code == 0, command
            assert set(re.findall(r"(?<= )--[a-z-]+", command)) <= set(re.findall(r"--[a-z-]+", known.stdout)), command


def test_the_first_hour_is_walked_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sample_workbooks" / "hongshan-2019").mkdir(parents=True)
    (tmp_path / "区体育中心").mkdir()
    monkeypatch.chdir(tmp_path)
    walked = [shlex.split(command)[1] for command in commands("docs/first-hour.md") if can_run(command)]
    assert walked == ["--version", "schemes", "init", "init", "check", "explain", "run", "run"]


@pytest.mark.parametrize(
    "page", ["README.md", "README.zh-CN.md", *(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md"))]
)
def test_links_lead_somewhere(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#:]+)\)", text):
        assert ((ROOT / page).parent / target).exists(), target


@pytest.mark.parametrize("page", ["README.md", "README.zh-CN.md"])
def test_commands_in_the_documents_run(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(ROOT / "sample_workbooks", tmp_path / "sample_workbooks", ignore=shutil.ignore_patterns("自评结果"))
    monkeypatch.chdir(tmp_path)
    assert commands(page)
    for command in commands(page):
        # A blank folder has nothing to work out yet.
        blank = command.endswith("区体育中心")
        assert invoke(*command.split()[1:]).exit_code == (3 if blank else 0), command


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
