"""The bytes of a letter: names that arrive everywhere, the same bytes for the same letter."""

import base64
from datetime import datetime
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, compat32
from email.utils import parseaddr
from urllib.parse import quote

from perfeval_xl.errors import UsageError
from perfeval_xl.lazy_pattern import lazy_pattern
from perfeval_xl.mail.letters import Letter, read_enclosure
from perfeval_xl.mail.recipients import Mailbox, mailbox_address
from perfeval_xl.mail.wording import Wording, fill_body, fill_subject
from perfeval_xl.record import Record

#: By this header a preview is known as ours.
KEY_HEADER = "X-Perfeval-Key"
# Headers that were given whole are written as they are: the library would cut a long filename* into numbered pieces,
# which Outlook, QQ and Foxmail do not put together.
_POLICY = SMTP.clone(refold_source="none")
_TYPES = {
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
#: RFC 2047, section 2.
_LONGEST_WORD = 75
_CONTROL = lazy_pattern(r"[\x00-\x1f\x7f]+")


class ChangedMeanwhileError(Exception):
    """An attachment is not any more what it was when the letter was planned."""


class Stamp(Record):
    """What a letter bears besides its contents. ``sender`` and ``date`` are ``None`` on a preview that has none yet.

    ``test_to`` takes the place of the recipient and of all copies.
    """

    sender: Mailbox | None = None
    date: datetime | None = None
    test_to: str | None = None
    unsent: bool = False


def sender_mailbox(text: str) -> Mailbox:
    """``财务科 <caiwu@example.gov.cn>`` or the address alone. Raises :class:`UsageError`."""
    name, written = parseaddr(text)
    address = mailbox_address(written)
    if address is None:
        raise UsageError(
            f"发件人“{text}”不可能是邮箱地址。",
            "在 perfeval.toml 的 [mail] 中写 sender，如 财务科 <caiwu@example.gov.cn>。",
        )
    return Mailbox(name, address)


def compose(letter: Letter, wording: Wording, stamp: Stamp) -> bytes:
    """The letter as it goes over the wire, with CRLF. Raises :class:`ChangedMeanwhileError`."""
    message = EmailMessage(policy=_POLICY)
    if stamp.unsent:
        message["X-Unsent"] = "1"
        message[KEY_HEADER] = letter.key
    if stamp.sender:
        message["From"] = _address(stamp.sender)
    message["To"] = _address(Mailbox("", stamp.test_to) if stamp.test_to else letter.to.mailbox)
    if letter.to.copies and not stamp.test_to:
        message["Cc"] = tuple(_address(Mailbox("", copy)) for copy in letter.to.copies)
    message["Subject"] = ("【试发】" if stamp.test_to else "") + _one_line(fill_subject(wording, letter))
    if stamp.date:
        message["Date"] = stamp.date
    message["Message-ID"] = message_id(letter, stamp)
    text, page = fill_body(wording, letter)
    message.set_content(text, cte="base64")
    message.add_alternative(page, subtype="html", cte="base64")
    message.make_mixed()
    for enclosure in letter.enclosures:
        now, content = read_enclosure(enclosure.paper)
        if now.sha256 != enclosure.sha256:
            raise ChangedMeanwhileError(enclosure.paper.path.name)
        message.attach(_attachment(enclosure.paper.path.name, content))
    for depth, part in enumerate(part for part in message.walk() if part.is_multipart()):
        # A boundary of underscores can stand in no line of base64, and is the same the next time.
        part.set_boundary(f"=_perfeval_{letter.key[:24]}_{depth}")
    return message.as_bytes()


def message_id(letter: Letter, stamp: Stamp) -> str:
    """The same for the same letter from the same domain, so that a second copy is known as one; a trial has its own."""
    domain = stamp.sender.address.rpartition("@")[2] if stamp.sender else "perfeval-xl.invalid"
    trial = ".trial" if stamp.test_to else ""
    return f"<{letter.key}{trial}@{domain}>"


def _address(mailbox: Mailbox) -> Address:
    return Address(_one_line(mailbox.name), addr_spec=mailbox.address)


def _one_line(text: str) -> str:
    return " ".join(_CONTROL.sub(" ", text).split())


def _attachment(name: str, content: bytes) -> EmailMessage:
    """The name unsplit as RFC 2231 says, and as RFC 2047 for programs that look at Content-Type only."""
    part = EmailMessage(policy=compat32)
    encoded = Header(name, "utf-8", maxlinelen=_LONGEST_WORD, header_name="name").encode(linesep="\r\n")
    kind = _TYPES.get(name[name.rfind(".") :].lower(), "application/octet-stream")
    part["Content-Type"] = f'{kind};\r\n name="{encoded}"'
    part["Content-Transfer-Encoding"] = "base64"
    part["Content-Disposition"] = f"attachment;\r\n filename*=UTF-8''{quote(name, safe='')}"
    part.set_payload(base64.encodebytes(content).decode("ascii"))
    return part
