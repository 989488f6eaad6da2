"""The word lists and texts that come with the program: TOML files with each key on one line."""

from pathlib import Path
from typing import Any

from msgspec import json


def shipped(module: str, name: str) -> dict[str, Any]:
    """The tables of the file of that name beside a module (its ``__file__``), as :mod:`tomllib` reads them.

    It takes a tenth of the time, which every start would pay: the values are JSON as well. The tests read each file both ways.
    """
    data: dict[str, Any] = {}
    table = data
    for line in Path(module).with_name(name).read_text(encoding="utf-8").splitlines():
        if line.startswith("[["):
            table = {}
            data.setdefault(line[2:-2], []).append(table)
        elif line.startswith("["):
            table = data
            for part in line[1:-1].split("."):
                table = table.setdefault(part, {})
        elif line and not line.startswith("#"):
            key, _, value = line.partition(" = ")
            table[key.strip('"')] = json.decode(value)
    return data
