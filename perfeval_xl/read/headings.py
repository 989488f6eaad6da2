"""The heading rows of a table: one to three, with merged cells, where a child's meaning comes from its parent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from perfeval_xl.read.roles import Role
from perfeval_xl.read.values import Cell, number_of, text_of
from perfeval_xl.text import TOTAL_WORDS, match_key

Merge = tuple[int, int, int, int]
_SEARCHED_ROWS = 40
_TALLEST = 3
#: Leaves that say no more than their parent.
_AMOUNT_WORDS = TOTAL_WORDS | {"金额", "数额", "(元)", "(万元)", "(千元)", "元", "万元", "千元"}


@dataclass(frozen=True, slots=True)
class Headings:
    """What the columns of a table mean; rows and columns are zero-based.

    ``sources`` holds the columns that stand once per funding source (全年预算数 → 中央补助, 区级预算资金): source → field →
    column. ``twice`` names fields that several columns claim; ``seen`` is every column's heading as written.
    """

    role: Role
    first: int
    last: int
    seen: Mapping[int, str]
    columns: dict[str, int] = field(default_factory=dict)
    sources: dict[str, dict[str, int]] = field(default_factory=dict)
    twice: dict[str, list[int]] = field(default_factory=dict)

    @property
    def missing(self) -> list[str]:
        """The headings of required fields that no column, no sum of columns and no source gives."""
        given = {*self.columns, *(name for own in self.sources.values() for name in own)}
        given |= {name for name, parts in self.role.sums.items() if all(part in self.columns for _, part in parts)}
        names = [name for name in self.role.required if name not in given]
        some = [] if not self.role.any or any(name in given for name in self.role.any) else [self.role.any[0]]
        return [self.role.headings[name] for name in names + some]

    @property
    def likely(self) -> bool:
        """Whether this is the role's heading, even where something is missing from it."""
        return not self.missing or len(self.role.telling & self.columns.keys()) >= 2

    @property
    def matched(self) -> int:
        """How many columns have a meaning that speaks for the role."""
        return len(self.columns.keys() - self.role.uncounted) + sum(map(len, self.sources.values()))


def find_headings(cells: Sequence[Sequence[Cell]], merges: Sequence[Merge], roles: Sequence[Role]) -> Headings | None:
    """The rows and the role under which most columns have a meaning; the shortest, then the first, where equal."""
    start = next((at for at, row in enumerate(cells) if any(row)), 0)
    found = (
        headings
        for first in range(start, min(start + _SEARCHED_ROWS, len(cells)))
        if sum(isinstance(cell, str) and bool(cell.strip()) for cell in cells[first]) >= 2
        for last in range(first, min(first + _TALLEST, len(cells)))
        if last == first
        or not any(isinstance(cell, int | float) for row in cells[first + 1 : last + 1] for cell in row)
        for headings in _read(cells, merges, roles, first, last)
        if headings.likely
    )
    return max(
        found,
        key=lambda headings: (not headings.missing, headings.matched, headings.first - headings.last, -headings.first),
        default=None,
    )


def _read(
    cells: Sequence[Sequence[Cell]], merges: Sequence[Merge], roles: Sequence[Role], first: int, last: int
) -> list[Headings]:
    paths = _paths(cells, merges, first, last)
    seen = {column: "-".join(path) for column, path in paths.items()}
    read = []
    for role in roles:
        headings = Headings(role, first, last, seen)
        places: dict[str, list[int]] = {}
        children: dict[str, dict[str, int]] = {}
        for column, path in paths.items():
            name, source = _meaning(role, path)
            if name and source:
                children.setdefault(name, {}).setdefault(source, column)
            elif name:
                places.setdefault(name, []).append(column)
        for name, own in children.items():
            # One child alone is a remark on its parent, not a division by sources.
            if len(own) + (name in places) > 1:
                for source, column in own.items():
                    headings.sources.setdefault(source, {})[name] = column
        headings.columns.update({name: columns[0] for name, columns in places.items()})
        headings.twice.update({name: columns for name, columns in places.items() if len(columns) > 1})
        read.append(headings)
    return read


def _paths(cells: Sequence[Sequence[Cell]], merges: Sequence[Merge], first: int, last: int) -> dict[int, list[str]]:
    """Each column's headings from the top down; a parent stands over every column of its merged area."""
    rows = [[text_of(cell) for cell in row] for row in cells[first : last + 1]]
    width = max(map(len, rows))
    for row in rows:
        row.extend([""] * (width - len(row)))
    for top, left, bottom, right in merges:
        if first <= top <= last and left < width and right > left and bottom <= last:
            rows[top - first][left : right + 1] = [rows[top - first][left]] * (min(right, width - 1) + 1 - left)
    # Exports without merged areas leave a parent in its first column only.
    for depth, (row, below) in enumerate(pairwise(rows)):
        for column in range(1, width):
            topmost = not any(above[column] for above in rows[:depth])
            if not row[column] and below[column] and below[column - 1] and topmost:
                row[column] = row[column - 1]
    paths = {column: [row[column] for row in rows if row[column]] for column in range(width)}
    return {column: path for column, path in paths.items() if path}


def _meaning(role: Role, path: Sequence[str]) -> tuple[str | None, str]:
    """The field of a heading path, and the funding source where the leaf is one: (annual_budget, 中央补助)."""
    leaf, parents = path[-1], path[:-1]
    if not parents:
        return role.field_of(leaf), ""
    parent = next((name for text in reversed(parents) if (name := role.field_of(text))), None)
    if match_key(leaf) in _AMOUNT_WORDS:
        # 工资福利支出 → 小计 is no total of the table, nor is 全年预算数 → 财政拨款 → 小计.
        return role.field_of(parents[-1]), ""
    own = role.field_of("/".join(path)) or role.field_of(leaf)
    if own:
        return own, ""
    if parent and role.kinds[parent] == "amount" and role.divisible and not _is_number(leaf):
        return parent, match_key(leaf).removeprefix("其中:").removeprefix("其中")
    return None, ""


def _is_number(text: str) -> bool:
    return not isinstance(number_of(text), str)
