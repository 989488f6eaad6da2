"""The bytes of a letter, read back by the standard library and by a reader that shares nothing with it."""

import email
import re
from email.policy import compat32, default
from pathlib import Path

import fast_mail_parser
import pytest

from perfeval_xl.mail.journal import Mark, open_journal, read_journal
from perfeval_xl.mail.recipients import mailbox_address
from tests.mail.post_office import RECIPIENTS, FakeTime, Postbox, post, smtp_server
from tests.workbooks import Sheets, changed, invoke, write_folder

LONG = "武汉市洪山区“平安城市”视频监控系统（三期）运行维护及租赁·第１标段 100%+保障; 'a' \\b\\ &经费" + "长" * 12


def named(name: str) -> Sheets:
    def rename(sheets: Sheets) -> None:
        for title in ("项目信息", "绩效指标"):
            sheets[title] = [[name if cell == "馆舍维护" else cell for cell in row] for row in sheets[title]]

    return changed(rename) | {"收件人": [RECIPIENTS, [name, '欧阳,"小"明\n(财务)', "ou@example.com", ""]]}


@pytest.fixture
def letter(tmp_path: Path) -> tuple[bytes, Path]:
    """A letter as it arrived, and its attachment."""
    invoke("run", write_folder(tmp_path, named(LONG)))
    results, postbox = tmp_path / "自评结果", Postbox()
    with smtp_server(postbox) as server:
        post(results, server)
    return postbox.letters[0][1], next(results.glob("附件1.2*"))


def test_a_long_chinese_name_arrives_whole(letter: tuple[bytes, Path]) -> None:
    content, form = letter
    for policy in (default, compat32):
        message = email.message_from_bytes(content, policy=policy)
        (part,) = [part for part in message.walk() if part.get_content_disposition() == "attachment"]
        assert part.get_filename() == form.name
        assert part.get_payload(decode=True) == form.read_bytes()
    other = fast_mail_parser.parse_email(content)
    assert other.warnings == []
    (attachment,) = other.attachments
    assert (attachment.filename, bytes(attachment.content)) == (form.name, form.read_bytes())
    assert other.subject == email.message_from_bytes(content, policy=default)["Subject"]
    assert LONG in other.subject
    assert '欧阳,"小"明 (财务)' in other.text_plain[0]
    assert LONG.replace("&", "&amp;").replace("'", "&#x27;") in other.text_html[0]
    to = email.message_from_bytes(content, policy=default)["To"].addresses[0]
    assert (to.display_name, to.addr_spec) == ('欧阳,"小"明 (财务)', "ou@example.com")


def test_the_name_is_unsplit_and_there_for_old_programs_too(letter: tuple[bytes, Path]) -> None:
    content, form = letter
    assert content.count(b"filename*=UTF-8''") == 1
    assert not re.search(rb"(file)?name\*\d", content)
    message = email.message_from_bytes(content, policy=compat32)
    (part,) = [part for part in message.walk() if part.get_content_disposition() == "attachment"]
    encoded = str(part.get_param("name"))
    assert all(len(word) <= 75 for word in encoded.split())
    words = email.header.decode_header(encoded.replace("\r\n", ""))
    assert "".join(str(word, charset or "ascii") for word, charset in words if isinstance(word, bytes)) == form.name


def test_it_is_plain_mail(letter: tuple[bytes, Path]) -> None:
    """ASCII, CRLF throughout, no line above RFC 5322's 998, and the body in both forms."""
    content, _ = letter
    assert content.isascii()
    assert content.count(b"\n") == content.count(b"\r\n") == content.count(b"\r")
    assert max(map(len, content.split(b"\r\n"))) <= 998
    head = content.partition(b"\r\n\r\n")[0]
    assert max(map(len, head.split(b"\r\n"))) <= 78
    kinds = [part.get_content_type() for part in email.message_from_bytes(content).walk()]
    assert kinds[:4] == ["multipart/mixed", "multipart/alternative", "text/plain", "text/html"]


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("a@example.com", "a@example.com"),
        (" ｚｈａｎｇ＠ｑｑ．ｃｏｍ ", "zhang@qq.com"),
        ("a.b+c_d@sub.example.gov.cn", "a.b+c_d@sub.example.gov.cn"),
        ("a@单位.中国", "a@xn--nqq01h.xn--fiqs8s"),
        ("", None),
        ("a", None),
        ("a@b", None),
        ("a@qq,com", None),
        ("a b@qq.com", None),
        ("张三@qq.com", None),
        ("a@@qq.com", None),
        (".a@qq.com", None),
        ("a..b@qq.com", None),
        ("a@qq..com", None),
        ("a@-qq.com", None),
        ("a@1.2.3.4", None),
        ("a@qq.com\nBcc: b@qq.com", None),
        ("张三 <a@qq.com>", None),
        ("a@qq.com;b@qq.com", None),
        ("a" * 65 + "@qq.com", None),
        ("a@" + "单" * 64 + ".cn", None),
    ],
)
def test_addresses(text: str, address: str | None) -> None:
    assert mailbox_address(text) == address


def test_a_line_of_the_journal_that_a_crash_cut_off_says_nothing(tmp_path: Path) -> None:
    now = FakeTime().clock.now
    path = tmp_path / "发送记录.jsonl"
    with open_journal(tmp_path, now) as journal:
        journal.record("a", Mark.SENDING, False, {})
        journal.record("a", Mark.SENT, True, {"to": ["张三"]})
        journal.record("b", Mark.SENDING, False, {})
    path.write_bytes(path.read_bytes() + b'{"time": "2025", "ma')
    with open_journal(tmp_path, now) as journal:
        assert {key: entry.mark for key, entry in journal.entries.items()} == {"a": Mark.SENT, "b": Mark.SENDING}
        journal.record("c", Mark.SENT, True, {})
    path.write_bytes(path.read_bytes().decode().encode("gb18030"))  # saved again by an old editor
    entries = read_journal(path)
    assert {key: entry.uncertain for key, entry in entries.items()} == {"a": False, "b": True, "c": False}


def test_a_journal_that_is_not_understood_stops_everything(results: Path) -> None:
    (results / "发件箱").mkdir()
    (results / "发件箱" / "发送记录.jsonl").write_text("别的内容\n", encoding="utf-8")
    result = invoke("mail", results)
    assert (result.exit_code, "无法确认哪些信已经发过" in result.stderr) == (2, True)
