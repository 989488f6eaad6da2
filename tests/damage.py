"""The ways in which a file gets damaged, or a spiteful hand changes it."""

import io
import random
import zipfile
from collections.abc import Callable


def repacked(content: bytes, change: Callable[[str, bytes], bytes | None], **more: bytes) -> bytes:
    """The package with its parts changed (``None`` leaves one out) and others added."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            data = change(info.filename, old.read(info))
            if data is not None:
                new.writestr(info.filename, data)
        for name, data in more.items():
            new.writestr(name, data)
    return stream.getvalue()


def damage(content: bytes, chance: random.Random) -> bytes:
    """One of the ways in which a file gets damaged, or a spiteful hand changes it."""
    return chance.choice([_flip, _flip, _cut, _drop_part, _cut_xml, _flip_xml, _flip_xml])(content, chance)


def _flip(content: bytes, chance: random.Random) -> bytes:
    changed = bytearray(content)
    for _ in range(chance.choice([1, 3, 30])):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def _cut(content: bytes, chance: random.Random) -> bytes:
    start = chance.randrange(len(content))
    return content[:start] + (b"" if chance.random() < 0.5 else content[start + chance.randrange(1, 200) :])


def _names(content: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return package.namelist()


def _drop_part(content: bytes, chance: random.Random) -> bytes:
    gone = chance.choice(_names(content))
    return repacked(content, lambda name, data: None if name == gone else data)


def _cut_xml(content: bytes, chance: random.Random) -> bytes:
    struck = chance.choice(_names(content))
    return repacked(content, lambda name, data: data[: chance.randrange(len(data) + 1)] if name == struck else data)


def _flip_xml(content: bytes, chance: random.Random) -> bytes:
    """The markup, not the texts and figures: whoever changes a figure gets the changed figure."""
    struck = chance.choice(_names(content))

    def change(name: str, data: bytes) -> bytes:
        if name != struck:
            return data
        changed = bytearray(data)
        places = [at for at, byte in enumerate(data) if byte in b'<>/="']
        for at in chance.sample(places, min(len(places), chance.choice([1, 2, 5]))):
            changed[at] = chance.randrange(32, 127)
        return bytes(changed)

    return repacked(content, change)


def damage_text(content: bytes, chance: random.Random) -> bytes:
    """A text file damaged: bytes flipped, a piece cut out, doubled, or replaced by what a parser may stumble over."""
    if chance.random() < 0.3:
        return chance.choice([_flip, _cut])(content, chance)
    lines = content.splitlines(keepends=True)
    at = chance.randrange(len(lines))
    spiteful = [
        b"[" * 5000,
        b'"' * 3,
        b"nan",
        b"-1",
        b"1e400",
        b"9" * 400,
        b"null",
        b"{}",
        b"[]",
        b'""',
        b"true",
        b"\x00",
        "\u202e".encode(),
    ]
    start = lines[at].find(chance.choice([b"=", b":", b'"', b"["]))
    changed = {
        0: b"",
        1: lines[at] * 2,
        2: lines[at][: start + 1] + chance.choice(spiteful) + b"\n",
        3: chance.choice(lines),
        4: lines[at].replace(b"0", b"-"),
    }[chance.randrange(5)]
    return b"".join([*lines[:at], changed, *lines[at + 1 :]])
