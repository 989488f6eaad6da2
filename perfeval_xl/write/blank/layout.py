"""What the blank workbooks hold: ``sheets.toml`` as records."""

import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its heading, the field it is, its note, its drop-down and what the worked example says."""

    heading: str
    field: str
    note: str = ""
    example: str | float = ""
    kind: str = "text"
    kept: bool = False
    several: bool = False
    strict: bool = False
    choices: str | list[str] = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet. ``rows`` (name, kept, note) are those that a list of names begins with."""

    name: str
    role: str
    title: str
    columns: tuple[Column, ...]
    money: bool = False
    rows: tuple[tuple[str, bool, str], ...] = field(default=())


@cache
def blank_layout() -> dict[str, tuple[Sheet, ...]]:
    """The sheets by the name of their workbook."""
    data = tomllib.loads(Path(__file__).with_name("sheets.toml").read_text(encoding="utf-8"))
    return {book["file"]: tuple(_sheet(entry) for entry in book["sheets"]) for book in data["workbooks"]}


def _sheet(entry: dict[str, object]) -> Sheet:
    columns = tuple(Column(**column) for column in entry.pop("columns"))  # type: ignore[attr-defined]
    rows = tuple(tuple(row) for row in entry.pop("rows", []))  # type: ignore[attr-defined]
    return Sheet(columns=columns, rows=rows, **entry)  # type: ignore[arg-type]
