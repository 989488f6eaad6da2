"""Pieces that were compressed apart are one part of a package."""

import io
import zipfile

from hypothesis import given
from hypothesis import strategies as st

from perfeval_xl.write.summary.packed import Packer, long_part, packed
from perfeval_xl.write.template.package import package_pieces


@given(st.lists(st.lists(st.binary(max_size=300), max_size=3), max_size=4), st.binary(max_size=300))
def test_pieces_compressed_apart_are_read_as_one(pieces: list[list[bytes]], last: bytes) -> None:
    made = []
    for own in pieces:
        packer = Packer()
        for each in own:
            packer.add(each)
        made.append(packer.close())
    part = long_part("xl/甲.xml", [*made, packed(last, last=True)])
    content = io.BytesIO(b"".join(package_pieces([part])))
    with zipfile.ZipFile(content) as package:  # which checks the checksum
        assert package.read("xl/甲.xml") == b"".join(each for own in pieces for each in own) + last
