"""发件箱: a preview of each letter as .eml, which Outlook and Foxmail open as a draft."""

from pathlib import Path

from perfeval_xl.mail.letters import Letter
from perfeval_xl.mail.message import KEY_HEADER
from perfeval_xl.write.files import Output, ResultsFolder
from perfeval_xl.write.names import OUTBOX, safe_name

_HEAD = 1024


def find_previews(results: Path) -> dict[str, list[Path]]:
    """The key of a letter → its previews of an earlier time; whatever else lies in 发件箱 is somebody's own."""
    found: dict[str, list[Path]] = {}
    for path in sorted((results / OUTBOX).glob("*.eml")):
        if not path.is_file():
            continue
        with path.open("rb") as file:
            head = file.read(_HEAD).decode("ascii", "replace")
        for line in head.splitlines():
            if line.startswith(f"{KEY_HEADER}: "):
                found.setdefault(line.partition(": ")[2].strip(), []).append(path)
    return found


def write_preview(target: ResultsFolder, number: int, letter: Letter, held: bool, content: bytes) -> Path:
    """Put one preview in its place, whole; the name of one that would not be sent says so."""
    person = letter.to.mailbox
    parts = [f"{number:03}", letter.unit.unit, person.name, person.address]
    stem = " ".join(part for part in parts if part)
    name = safe_name(f"暂不发送 {stem}" if held else stem, ".eml")
    target.write(OUTBOX, Output(name, "mail", content))
    return target.folder / OUTBOX / name
