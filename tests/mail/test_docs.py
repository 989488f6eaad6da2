"""docs/mailing.md is true: its commands run, its settings are accepted, its table has every refusal and option."""

import re
import shutil
from pathlib import Path

import pytest

from perfeval_xl.mail.trouble import refusals
from tests.mail.post_office import AUTH, PASSWORD, USER, Postbox, smtp_server, write_recipients
from tests.test_docs import commands
from tests.workbooks import invoke

PAGE = Path(__file__).parents[2] / "docs" / "mailing.md"


def test_the_commands_run_in_their_order_with_the_settings_shown(
    worked_year: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = PAGE.read_text(encoding="utf-8")
    folder = shutil.copytree(worked_year, tmp_path / "某区图书馆")
    shutil.rmtree(folder / "自评结果")
    rows = [line.strip("| ").split(" | ") for line in text.splitlines() if "@example.gov.cn" in line and "|" in line]
    write_recipients(folder / "4.xlsx", [[cell.strip("| ") for cell in row] for row in rows])
    settings = re.search(r"```toml\n(.*?)```", text, re.DOTALL)
    assert settings
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PERFEVAL_SMTP_PASSWORD", PASSWORD)
    monkeypatch.setattr("time.sleep", lambda _: None)
    postbox, sent = Postbox(), []
    with smtp_server(postbox, **AUTH) as server:
        host, _, port = server.partition(":")
        own = settings[1].replace("smtp.qq.com", host).replace("465\n", f"{port}\n")
        own = own.replace('"tls"  ', '"none"').replace('user = "12345@qq.com"', f'user = "{USER}"')
        (folder / "perfeval.toml").write_text(own, encoding="utf-8")
        shown = re.findall(r"^perfeval-xl .*$", text, re.MULTILINE)
        assert shown == commands("docs/mailing.md")
        for command in shown:
            assert invoke(*command.split()[1:]).exit_code == 0, command
            sent.append(len(postbox.letters))
    assert sent == [0, 0, 0, 3, 5, 6, 6]
    message = postbox.message()
    assert str(message["From"]) == "某区图书馆财务 <12345@qq.com>"
    assert [len(list(postbox.message(at).iter_attachments())) for at in range(3)] == [1, 1, 4]


def test_every_refusal_and_option_is_explained() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert not [entry["reason"] for entry in refusals() if entry["reason"] not in text]
    options = set(re.findall(r"--[a-z-]+", invoke("mail", "--help").stdout)) - {
        "--help", "--version", "--quiet", "--verbose",
    }  # fmt: skip
    assert not [option for option in options if option not in text]
