"""Whether a paper names a restricted project: a last look into what people wrote in free text."""

import html
import io
import zipfile
import zlib
from collections.abc import Sequence

from perfeval_xl.lazy_pattern import lazy_pattern
from perfeval_xl.text import match_key

_TAG = lazy_pattern(r"<[^>]*>")


def names_any(content: bytes, hidden: Sequence[str], shown: Sequence[str]) -> bool:
    """Whether one of the ``hidden`` names stands in a workbook or document, other than inside a ``shown`` name.

    What cannot be looked through counts as naming one.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            parts = [package.read(part).decode("utf-8") for part in package.namelist() if part.endswith(".xml")]
    except (zipfile.BadZipFile, zlib.error, UnicodeDecodeError, NotImplementedError, RuntimeError):
        return True
    # Word cuts a name into runs, so a part is read without its tags.
    texts = [match_key(html.unescape(_TAG.sub("", part))) for part in parts]
    keys = [match_key(name) for name in hidden]
    for own in sorted(map(match_key, shown), key=len, reverse=True):
        if any(key in own for key in keys):
            texts = [text.replace(own, "\n") for text in texts]
    return any(key in text for key in keys for text in texts)
