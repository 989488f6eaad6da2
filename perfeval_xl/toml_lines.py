"""On which line of a TOML text each key stands: the parser does not tell, and an officer looks for a line."""

import re

from perfeval_xl.lazy_pattern import lazy_pattern

_WORD = r"""(?:"[^"]*"|'[^']*'|[\w-]+)"""
_PATH = rf"{_WORD}(?:\s*\.\s*{_WORD})*"
_TABLE = lazy_pattern(rf"\s*(\[\[?)\s*({_PATH})\s*\]")
_KEY = lazy_pattern(rf"\s*({_PATH})\s*=(.*)")
_INLINE = lazy_pattern(rf"[{{,]\s*({_WORD})\s*=")
_STRING = lazy_pattern(r"""=\s*("[^"]*"|'[^']*')|\[[^\]]*\]""")

#: A key's way from the top: table names, and the number of the table where there are several ([[…]], from 0).
Path = tuple[str | int, ...]


def key_lines(text: str) -> dict[Path, int]:
    """The line (from 1) of every table and key that is written in the usual way."""
    lines: dict[Path, int] = {}
    counts: dict[Path, int] = {}
    table: Path = ()
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _TABLE.match(line):
            table = _path(header[2])
            if header[1] == "[[":
                counts[table] = counts.get(table, -1) + 1
                lines.setdefault(table, number)
                table = (*table, counts[table])
            lines.setdefault(table, number)
        elif key := _KEY.match(line):
            path = (*table, *_path(key[1]))
            lines.setdefault(path, number)
            values = _STRING.sub("=", "=" + key[2])[1:]
            for inline in _INLINE.finditer(values):
                lines.setdefault((*path, *_path(inline[1])), number)
    return lines


def line_of(lines: dict[Path, int], path: Path) -> int | None:
    """The line of a key, or of the nearest table around it; ``None`` for the file as a whole."""
    for end in range(len(path), 0, -1):
        if path[:end] in lines:
            return lines[path[:end]]
    return None


def _path(text: str) -> Path:
    return tuple(word.strip("\"'") for word in re.findall(_WORD, text))
