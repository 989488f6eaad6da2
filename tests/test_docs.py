"""What the documents say is true: their commands run, the list of findings is the catalogue's."""

import re
import shutil
import sys
from pathlib import Path

import pytest

from perfeval_xl.findings import SEVERITY_LABELS, catalogue
from tests.workbooks import invoke

ROOT = Path(__file__).parents[1]
FINDINGS = ROOT / "docs" / "findings.md"


def findings_page() -> str:
    """The catalogue as a page; ``python -m tests.test_docs`` writes it."""
    lines = ["# 问题代码", "", "本页由 `python -m tests.test_docs` 从 `perfeval_xl/findings.toml` 生成。"]
    for text in catalogue().values():
        lines += ["", f"## {text.code} {text.title}", "", f"**{SEVERITY_LABELS[text.severity]}**。{text.meaning}", ""]
        lines += [f"- 例子：{text.example}", f"- 处理：{text.advice}"]
    return "\n".join(lines) + "\n"


def test_the_findings_page_is_the_catalogue() -> None:
    assert FINDINGS.read_text(encoding="utf-8") == findings_page()


def commands(page: str) -> list[str]:
    text = (ROOT / page).read_text(encoding="utf-8")
    blocks = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    return sorted(
        {
            part.strip()
            for block in blocks
            for line in block.splitlines()
            for part in line.split("&&")
            if "perfeval-xl " in part and "pip" not in part
        }
    )


@pytest.mark.parametrize("page", ["README.md", "README.zh-CN.md"])
def test_commands_in_the_documents_run(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(ROOT / "sample_workbooks", tmp_path / "sample_workbooks", ignore=shutil.ignore_patterns("自评结果"))
    monkeypatch.chdir(tmp_path)
    assert commands(page)
    for command in commands(page):
        assert invoke(*command.split()[1:]).exit_code == 0, command


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
    sys.exit(0)
