"""What a folder's results depend on, as one hash."""

import hashlib
from pathlib import Path

from perfeval_xl import __version__
from perfeval_xl.read.folders import find_workbooks
from perfeval_xl.scheme import load_scheme
from perfeval_xl.settings import Settings


def fingerprint(folder: Path, settings: Settings, wanted: object = None) -> str:
    """SHA-256 over the workbooks, the settings, what is wanted, the scheme's files and the program's version."""
    scheme = load_scheme(settings.scheme)
    own = sorted({*(path for path in scheme.folder.iterdir() if path.is_file()), scheme.file("report.docx")})
    digest = hashlib.sha256(repr((__version__, settings, wanted)).encode("utf-8", "surrogatepass"))
    for file in [*own, *find_workbooks(folder)]:
        digest.update(f"\0{file.name}\0".encode("utf-8", "surrogatepass"))
        digest.update(_hash(file))
    return digest.hexdigest()


def _hash(file: Path) -> bytes:
    if not file.is_file():
        return b"?"
    try:
        with file.open("rb") as content:
            return hashlib.file_digest(content, "sha256").digest()
    except OSError:
        return b"?"
