"""A manifest of ours that a disk, a program or a person may have damaged since."""

from pathlib import Path
from typing import Any

from msgspec.json import decode


def read_manifest(file: Path) -> dict[str, Any] | None:
    """What a results folder's ``manifest.json`` says; ``None`` where there is none or it is not one of ours."""
    if not file.is_file():  # a pipe would be waited for
        return None
    try:
        manifest = decode(file.read_bytes())
    except (OSError, ValueError, RecursionError):  # the last: thousands of brackets within each other
        return None
    return manifest if isinstance(manifest, dict) and manifest.get("tool") == "perfeval-xl" else None
