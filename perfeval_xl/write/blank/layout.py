"""What the blank workbooks hold: ``sheets.toml`` as records."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from perfeval_xl.record import Record, field


class Column(Record):
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
    #: What is otherwise where the scheme gives the goal no points.
    without_goal: Mapping[str, str] | None = None

    @property
    def required(self) -> bool:
        """Whether a row counts for nothing without it, which its note begins by saying."""
        return self.note.startswith("必填")


class Sheet(Record):
    """One sheet. ``hint`` says under its title what it is for; ``rows`` (name, kept, note) begin a list of names."""

    name: str
    role: str
    title: str
    hint: str
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
