"""The heading rows of a table: one to three, with merged cells, where a child's meaning comes from its parent."""

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

from perfeval_xl.read.form.labels import meaning
from perfeval_xl.read.table.roles import Role, known_headings
from perfeval_xl.read.table.values import Cell, number_of, text_of
from perfeval_xl.record import Record, field, replace
from perfeval_xl.text import TOTAL_WORDS, match_key

Merge = tuple[int, int, int, int]
_SEARCHED_ROWS = 40
_TALLEST = 3
#: Leaves that say no more than their parent.
_AMOUNT_WORDS = TOTAL_WORDS | {
    "金额", "数额", "(元)", "(万元)", "(千元)", "元", "万元", "千元", "本年", "本年数", "本年度", "当年", "当年数"
}  # fmt: skip


class Headings(Record):
    """What the columns of a table mean; rows and columns are zero-based.

    ``sources`` holds the columns that stand once per funding source (全年预算数 → 中央补助, 区级预算资金): source → field →
    column. ``twice`` names fields that several columns claim; ``paths`` holds every column's headings from the top down.
    """

    role: Role
    first: int
    last: int
    paths: Mapping[int, Sequence[str]]
    columns: dict[str, int] = field(default_factory=dict)
    sources: dict[str, dict[str, int]] = field(default_factory=dict)
    twice: dict[str, list[int]] = field(default_factory=dict)

    @property
    def seen(self) -> dict[int, str]:
        """Every column's heading as written, with its parents'."""
        return {column: "-".join(path) for column, path in self.paths.items()}

    def without(self, column: int) -> "Headings":
        """The same where a column means nothing after all."""
        claims = {name: self.twice.get(name, [at]) for name, at in self.columns.items()}
        left = {name: [at for at in own if at != column] for name, own in claims.items()}
        return replace(
            self,
            columns={name: own[0] for name, own in left.items() if own},
            twice={name: own for name, own in left.items() if len(own) > 1},
        )

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
    merges = [area for area in merges if area[0] < start + _SEARCHED_ROWS + _TALLEST]
    known = known_headings(roles)
    # Most rows are no headings: what means nothing to any role is not asked of each, in every combination. No number tells
    # a role, though it may be a heading (303).
    told = [
        any(known(cell) for cell in row if cell and isinstance(cell, str))
        for row in cells[: start + _SEARCHED_ROWS + _TALLEST]
    ]
    found = (
        headings
        for first in range(start, min(start + _SEARCHED_ROWS, len(cells)))
        if sum(isinstance(cell, str) and bool(cell.strip()) for cell in cells[first]) >= 2
        for last in range(first, min(first + _TALLEST, len(cells)))
        if any(told[first : last + 1]) and not _is_cut(merges, first, last)
        if not any(isinstance(cell, int | float) for row in cells[first + 1 : last + 1] for cell in row)
        for headings in _read(cells, merges, roles, known, first, last)
        if headings.likely and not _goes_on(cells, headings) and not _is_labels(cells, headings, roles)
    )
    return max(
        found,
        key=lambda headings: (
            not headings.missing,
            headings.matched,
            headings.first - headings.last,
            -headings.first,
        ),
        default=None,
    )


def _is_labels(cells: Sequence[Sequence[Cell]], headings: Headings, roles: Sequence[Role]) -> bool:
    """Whether a row holds labels with their values beside them (项目名称 | 甲 | 主管部门 | 乙), and no heading.

    A table with such headings has names under the first of them; under a label stands another, or nothing.
    """

    def known(text: str) -> bool:
        return any(role.field_of(text) for role in roles)

    row = cells[headings.first]
    filled = [column for column, cell in enumerate(row) if text_of(cell)]
    words = [text_of(row[column]) for column in filled]
    if headings.last > headings.first or any(map(known, words[1::2])) or not all(map(known, words[::2])):
        return False
    below = next((other for other in cells[headings.first + 1 :][:10] if any(map(text_of, other))), [])
    under = text_of(below[filled[0]]) if filled[0] < len(below) else ""
    return not under or known(under) or any(meaning(part, under) for part in ("texts", "goal", "points"))


def _is_cut(merges: Sequence[Merge], first: int, last: int) -> bool:
    """Whether a cell merged downwards begins in these rows and ends below them: then the heading does so too."""
    return any(first <= top <= last < bottom <= first + _TALLEST - 1 for top, _, bottom, _ in merges)


def _goes_on(cells: Sequence[Sequence[Cell]], headings: Headings) -> bool:
    """Whether the row below is one of headings still: words without a number, all under amounts.

    Under a name none stands but what is a heading itself: 类, 款, 项 under the code of a subject.
    """
    if headings.last + 1 >= min(len(cells), headings.first + _TALLEST):
        return False
    row = cells[headings.last + 1]
    numbers = {column for name, column in headings.columns.items() if headings.role.kinds[name] != "text"}
    ruled = [column for name, column in headings.columns.items() if column not in numbers]
    filled = [column for column, cell in enumerate(row) if text_of(cell)]
    return (
        len(filled) > 1
        and all(isinstance(row[column], str) and not _is_number(text_of(row[column])) for column in filled)
        and all(headings.role.field_of(text_of(row[column])) for column in {*filled} & {*ruled})
        and bool({*filled} & numbers)
    )


def _read(
    cells: Sequence[Sequence[Cell]],
    merges: Sequence[Merge],
    roles: Sequence[Role],
    known: Callable[[str], bool],
    first: int,
    last: int,
) -> list[Headings]:
    """What the rows mean for each role for which any column means something."""
    paths = _paths(cells, merges, first, last)
    telling = {column: path for column, path in paths.items() if any(map(known, path)) or known("/".join(path))}
    return [headings for role in roles if (headings := _read_as(role, first, last, paths, telling))] if telling else []


def _read_as(
    role: Role, first: int, last: int, paths: Mapping[int, Sequence[str]], telling: Mapping[int, Sequence[str]]
) -> Headings | None:
    places: dict[str, list[int]] = {}
    children: dict[str, dict[str, int]] = {}
    for column, path in telling.items():
        name, source = _meaning(role, path)
        if name and source:
            children.setdefault(name, {}).setdefault(source, column)
        elif name:
            places.setdefault(name, []).append(column)
    if not places and not children:
        return None
    children = children or _of_which(role, paths)
    headings = Headings(role, first, last, paths)
    for name, every in children.items():
        own = _sources(role, every)
        # One child alone is a remark on its parent, not a division by sources.
        if len(own) + (name in places) > 1:
            for source, column in own.items():
                headings.sources.setdefault(source, {})[name] = column
    for name, parts in role.parts.items():
        if 1 < len(places.get(name, ())) <= len(parts):
            places |= zip(parts, ([column] for column in places.pop(name)), strict=False)
    headings.columns.update({name: columns[0] for name, columns in places.items()})
    headings.twice.update({name: columns for name, columns in places.items() if len(columns) > 1})
    return headings


def _of_which(role: Role, paths: Mapping[int, Sequence[str]]) -> dict[str, dict[str, int]]:
    """The columns that stand beside an amount in one row of headings: 全年预算数 | 其中：中央补助 | 区级预算资金, by its field.

    One alone is a remark on the amount, and no division by sources; so are they all beside a column of sources.
    """
    found: dict[str, dict[str, int]] = {}
    if not role.source:
        return found
    amount, opened = "", False
    for column, path in sorted(paths.items()):
        name, text = role.field_of(path[-1]), match_key(path[-1])
        if name == "funding_source":
            return {}
        if name or len(path) > 1:
            amount = name if name and len(path) == 1 and role.kinds[name] == "amount" else ""
            opened = False
        elif amount and (opened or text.startswith("其中")):
            opened = True
            found.setdefault(amount, {})[text.removeprefix("其中:").removeprefix("其中")] = column
    return {name: own for name, own in found.items() if len(own) > 1}


def _paths(cells: Sequence[Sequence[Cell]], merges: Sequence[Merge], first: int, last: int) -> dict[int, list[str]]:
    """Each column's headings from the top down; a parent stands over every column of its merged area."""
    rows = [[text_of(cell) for cell in row] for row in cells[first : last + 1]]
    width = max(map(len, rows))
    for row in rows:
        row.extend([""] * (width - len(row)))
    wide = [
        (top - first, bottom - first, left, min(right, width - 1))
        for top, left, bottom, right in merges
        if first <= top <= last and left < width and right > left and bottom <= last
    ]
    for top, _, left, right in wide:
        rows[top][left : right + 1] = [rows[top][left]] * (right + 1 - left)
    # Exports without merged areas leave a parent in its first column only; the innermost are told first.
    for depth, (row, below) in reversed([*enumerate(pairwise(rows))]):
        for column in range(1, width):
            topmost = not any(above[column] for above in rows[:depth])
            if not row[column] and below[column] and below[column - 1] and topmost:
                row[column] = row[column - 1]
    shadows = {column for area in wide for column in _shadows(cells[last + 1 :], rows, area)}
    paths = {column: [row[column] for row in rows if row[column]] for column in range(width) if column not in shadows}
    return {column: path for column, path in paths.items() if path}


def _shadows(body: Sequence[Sequence[Cell]], rows: Sequence[Sequence[str]], area: Merge) -> list[int]:
    """The columns of a heading merged across (top, bottom, left, right) that have no heading of their own and no data.

    One that stands over several columns of which one holds the data is that column's; the first one's where none does.
    """
    _, bottom, left, right = area
    bare = [at for at in range(left, right + 1) if not any(row[at] for row in rows[bottom + 1 :])]
    blank = [at for at in bare if not any(at < len(row) and row[at] not in ("", None) for row in body)]
    return blank[1:] if blank == bare and left in bare else blank


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
    if parent and role.kinds[parent] == "amount" and role.source and not _is_number(leaf):
        return parent, match_key(leaf).removeprefix("其中:").removeprefix("其中")
    return None, ""


def _sources(role: Role, children: Mapping[str, int]) -> dict[str, int]:
    """Those children of an amount that are funding sources; none of them where none is known to be one (一季度, 二季度)."""
    own = {text: column for text, column in children.items() if not role.no_source.search(text)}
    return own if role.source and any(role.source.search(text) for text in own) else {}


def _is_number(text: str) -> bool:
    return not isinstance(number_of(text), str)
