"""A zip package whose constant parts are copied as they are compressed, and only the changed ones are made anew."""

import struct
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import BinaryIO

from perfeval_xl.record import Record

_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")
_VERSION = 20
_UTF8 = 0x800
_NO_TIME, _FIRST_OF_1980 = 0, 0x21


class Part(Record):
    """One file of the package, still compressed."""

    name: str
    method: int
    crc: int
    size: int
    data: bytes

    @property
    def content(self) -> bytes:
        """The file's bytes."""
        return zlib.decompress(self.data, -15) if self.method == zipfile.ZIP_DEFLATED else self.data

    @property
    def packed_size(self) -> int:
        """How many bytes stand in the package."""
        return len(self.data)

    @property
    def pieces(self) -> Sequence[bytes]:
        """Those bytes."""
        return (self.data,)

    def header(self) -> bytes:
        """The local header. Time and place of origin are left out: the same parts give the same bytes."""
        name = self.name.encode()
        return _LOCAL.pack(b"PK\x03\x04", _VERSION, *self._fields(), len(name), 0) + name

    def entry(self, offset: int) -> bytes:
        """The line in the package's directory."""
        name = self.name.encode()
        sizes = (len(name), 0, 0, 0, 0, 0, offset)
        return _CENTRAL.pack(b"PK\x01\x02", _VERSION, _VERSION, *self._fields(), *sizes) + name

    def _fields(self) -> tuple[int, ...]:
        flags = 0 if self.name.isascii() else _UTF8
        return (flags, self.method, _NO_TIME, _FIRST_OF_1980, self.crc, self.packed_size, self.size)


def make_part(name: str, content: bytes) -> Part:
    """A part compressed for speed: a form is small, and thousands of them are made."""
    data = zlib.compress(content, 1, -15)
    return Part(name, zipfile.ZIP_DEFLATED, zlib.crc32(content), len(content), data)


class Mould:
    """A part whose beginning and end are the same in every form: they are compressed once."""

    def __init__(self, name: str, head: bytes, tail: bytes) -> None:
        press = zlib.compressobj(1, zlib.DEFLATED, -15)
        self._name, self._tail = name, tail
        self._head_data = press.compress(head) + press.flush(zlib.Z_FULL_FLUSH)
        self._tail_data = zlib.compress(tail, 1, -15)
        self._size, self._crc = len(head) + len(tail), zlib.crc32(head)

    def part(self, middle: bytes) -> Part:
        """The part with what differs; whole blocks of compressed data are set behind each other."""
        press = zlib.compressobj(1, zlib.DEFLATED, -15, strategy=zlib.Z_FIXED)
        data = b"".join((self._head_data, press.compress(middle), press.flush(zlib.Z_FULL_FLUSH), self._tail_data))
        crc = zlib.crc32(self._tail, zlib.crc32(middle, self._crc))
        return Part(self._name, zipfile.ZIP_DEFLATED, crc, self._size + len(middle), data)


def read_parts(place: Path | BinaryIO) -> list[Part]:
    """All parts in their order. Raises ``OSError`` or ``zipfile.BadZipFile``."""
    with zipfile.ZipFile(place) as package:
        parts, file = [], package.fp
        assert file is not None
        for info in package.infolist():
            if info.flag_bits & 1:
                raise zipfile.BadZipFile("encrypted")
            file.seek(info.header_offset)
            header = _LOCAL.unpack(file.read(_LOCAL.size))
            file.seek(header[-2] + header[-1], 1)
            data = file.read(info.compress_size)
            parts.append(Part(info.filename, info.compress_type, info.CRC, info.file_size, data))
        return parts


class Package(Record):
    """The constant parts, laid out once; the changed ones are set behind them."""

    body: bytes
    directory: bytes
    count: int

    def pack(self, changed: Sequence[Part]) -> bytes:
        """The whole package."""
        return b"".join((self.body, *_pieces(changed, len(self.body), self.directory, self.count)))


def lay_out_package(parts: Iterable[Part]) -> Package:
    """The constant parts in their order."""
    body = bytearray()
    directory = bytearray()
    count = 0
    for part in parts:
        directory += part.entry(len(body))
        body += part.header() + part.data
        count += 1
    return Package(bytes(body), bytes(directory), count)


def package_pieces(parts: Sequence[Part]) -> list[bytes]:
    """A package of these parts, in pieces, so that a large one is not copied."""
    return _pieces(parts, 0, b"", 0)


def _pieces(parts: Sequence[Part], offset: int, directory: bytes, count: int) -> list[bytes]:
    """The parts behind ``count`` others, which take ``offset`` bytes and stand in ``directory``, and the package's end."""
    pieces: list[bytes] = []
    listing = [directory]
    for part in parts:
        header = part.header()
        pieces += (header, *part.pieces)
        listing.append(part.entry(offset))
        offset += len(header) + part.packed_size
    entries = b"".join(listing)
    count += len(parts)
    return [*pieces, entries, _END.pack(b"PK\x05\x06", 0, 0, count, count, len(entries), offset, 0)]
