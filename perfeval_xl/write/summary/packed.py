"""Bytes that are compressed piece by piece, and parts of a package that are put together from such pieces."""

import zipfile
import zlib
from collections.abc import Sequence
from functools import cache

from perfeval_xl.record import Record
from perfeval_xl.write.template.package import Part

#: CRC-32's polynomial, and what a checksum is multiplied by for each byte behind it (x⁸).
_POLYNOMIAL, _BYTE = 0xEDB88320, 1 << 23
#: Bytes that are compressed together.
_ROOM = 2**19


class Packed(Record):
    """Compressed bytes behind which others can be set, with the size and the checksum of what was compressed."""

    data: Sequence[bytes]
    size: int
    crc: int


class Packer:
    """Compresses what is added to it."""

    def __init__(self) -> None:
        self._press = zlib.compressobj(1, zlib.DEFLATED, -15)
        self._data: list[bytes] = []
        self._waiting = bytearray()
        self._size = self._crc = 0

    def add(self, content: bytes) -> None:
        """What comes next."""
        self._waiting += content
        if len(self._waiting) > _ROOM:
            self._compress()

    def _compress(self) -> None:
        self._data.append(self._press.compress(self._waiting))
        self._size += len(self._waiting)
        self._crc = zlib.crc32(self._waiting, self._crc)
        self._waiting = bytearray()

    def close(self, last: bool = False) -> Packed:
        """All of it; nothing can be set behind the ``last``."""
        self._compress()
        self._data.append(self._press.flush(zlib.Z_FINISH if last else zlib.Z_FULL_FLUSH))
        return Packed(self._data, self._size, self._crc)


def packed(content: bytes, last: bool = False) -> Packed:
    """The bytes by themselves."""
    packer = Packer()
    packer.add(content)
    return packer.close(last)


class _LongPart(Part):
    """A part whose bytes are nowhere put together."""

    packed: Sequence[bytes] = ()

    @property
    def packed_size(self) -> int:
        return sum(map(len, self.packed))

    @property
    def pieces(self) -> Sequence[bytes]:
        return self.packed


def long_part(name: str, pieces: Sequence[Packed]) -> Part:
    """A package's part from such pieces, the last of which was packed as the last."""
    crc = 0
    for piece in pieces:
        crc = _joined(crc, piece)
    data = [each for piece in pieces for each in piece.data]
    return _LongPart(name, zipfile.ZIP_DEFLATED, crc, sum(piece.size for piece in pieces), b"", data)


def _joined(crc: int, following: Packed) -> int:
    """The checksum of what has this one and the piece behind it: a remainder of polynomials over two, moved on by the bytes."""
    moved, size = crc, following.size
    for bit in range(size.bit_length()):
        if size >> bit & 1:
            moved = _times(moved, _power(bit))
    return moved ^ following.crc


@cache
def _power(bit: int) -> int:
    """What so many bytes (as a power of two) multiply by."""
    return _times(_power(bit - 1), _power(bit - 1)) if bit else _BYTE


def _times(one: int, other: int) -> int:
    """The product of two remainders, whose highest bit is the lowest power."""
    product = 0
    for at in range(31, -1, -1):
        if one >> at & 1:
            product ^= other
        other = other >> 1 ^ (_POLYNOMIAL if other & 1 else 0)
    return product
