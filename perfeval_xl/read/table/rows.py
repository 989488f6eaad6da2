"""What a row below the headings is: data, a total of other rows, or nothing that counts."""

from collections.abc import Callable, Collection, Sequence
from decimal import Decimal
from itertools import pairwise

from perfeval_xl.lazy_pattern import lazy_pattern
from perfeval_xl.read.table.footers import is_date, is_footer, states_amount
from perfeval_xl.read.table.headings import Headings
from perfeval_xl.read.table.values import DASHES, Cell, Unusable, number_of, text_of
from perfeval_xl.record import Record, field, replace
from perfeval_xl.text import EXAMPLE_MARK, TOTAL_WORDS, match_key

Line = tuple[int, Sequence[Cell]]

_TOTAL = lazy_pattern(r".*(?:合计|总计|小计|累计|共计)(?:数|额|金额)?(?:\([^()]*\))?:?|合计[:=+].*")
_OF_WHICH = lazy_pattern(r"其中:?")
#: Without these a text is neither a total nor a part.
_TOTAL_SIGN, _PART_SIGN = "计", "其中"
_COLUMN_NUMBER = lazy_pattern(
    r"栏次|行次|[甲乙丙丁戊一二三四五六七八九十]|\(?(?:[A-Z]|\d{1,2})\)?(?:=[\dA-Z+\-*/×÷%().]+)?|3\d\d(?:\d\d)?"
)
_SAID = frozenset({"栏次", "行次"})
#: What may stand beside 栏次, under the heading of a code.
_CODE_PARTS = frozenset("类款项目节")
#: The same, under the heading of any text.
_NO_NUMBER = _CODE_PARTS | DASHES | {"/"}
_LEADING_NUMBER = lazy_pattern(r"\(?(\d+)")
_SUMMED = ("execution", "final_accounts")
#: Roles whose rows are counted, with the columns of what is counted and of the names around it.
_COUNTED = {"indicators": ("content", "project", "level1", "level2"), "projects": ("project", "number")}
_SUM_WORDS = TOTAL_WORDS | {"总分", "总得分", "得分合计", "分值合计"}


class Rows(Record):
    """Data, stated totals, what cannot be told apart (R115), of which some is data as well, and examples (R114)."""

    body: list[Line] = field(default_factory=list)
    totals: list[Line] = field(default_factory=list)
    unclear: list[Line] = field(default_factory=list)
    examples: list[Line] = field(default_factory=list)


class _Columns(Record):
    """Zero-based columns: with a meaning, of amounts, of total words; of outer names, of a detail's own, of sources, of all else."""

    used: list[int]
    amounts: list[int]
    labels: list[int]
    outer: list[int]
    own: list[int]
    sources: list[int]
    others: list[int]

    @classmethod
    def of(cls, headings: Headings, amounts: list[int]) -> "_Columns":
        columns, role = headings.columns, headings.role
        outer, own, sources = (
            [columns[name] for name in names if name in columns]
            for names in (("unit", "level1_project"), ("code", "name"), ("funding_source",))
        )
        naming = {name for level in role.carry for name in level} | {"name", "subject_code", "subject_name"}
        numbers = {column for name, column in columns.items() if role.kinds[name] != "text"} | {*amounts}
        left = set(range(min(amounts, default=0))) - numbers - {*sources}
        return cls(
            used=sorted({*columns.values(), *amounts}),
            amounts=amounts,
            labels=sorted(left | {column for name, column in columns.items() if name in naming}),
            outer=outer,
            own=own,
            sources=sources,
            others=sorted({*columns.values(), *headings.seen} - numbers - {*outer, *own, *sources}),
        )


def sort_rows(
    lines: Sequence[Line], headings: Headings, amounts: list[int], again: Collection[tuple[str, ...]]
) -> Rows:
    """Tell the rows of a table apart; ``amounts`` are its zero-based columns of money, ``again`` the texts of the rows
    above, without dates, and each label of these by itself.

    Left out are blank rows, footers, rows of column numbers (栏次) and headings that are printed again. Totals go by
    their words (小计, 合计, 总计) wherever they stand left of the amounts.
    """
    columns = _Columns.of(headings, amounts)
    summed = headings.role.name in _SUMMED
    totals = _those(is_total, _TOTAL_SIGN, lines, columns.labels) if summed else _sum_words(lines, headings)
    of_which = _those(_is_of_which, _PART_SIGN, lines, columns.own) if summed else frozenset()
    rows = Rows()
    for row, line in lines:
        if _says_nothing(line, columns) or _is_printed_again(line, again):
            continue
        opening = _opening(line)
        if is_footer(opening, line, amounts) or _is_column_numbers(line, opening=not (rows.body or rows.totals)):
            continue
        if opening.lstrip().startswith(EXAMPLE_MARK):
            rows.examples.append((row, line))
        elif totals and (_holds(line, columns.labels, totals) if summed else _is_sum(line, headings)):
            rows.totals.append((row, line))
        elif of_which and _holds(line, columns.own, of_which):
            rows.unclear.append((row, line))
        else:
            rows.body.append((row, line))
    if headings.role.name == "execution" and columns.own:
        rows = _without_roll_ups(rows, columns)
    return replace(rows, body=_named_by_totals(rows, columns.outer)) if rows.totals else rows


def _those(is_one: Callable[[Cell], bool], sign: str, lines: Sequence[Line], columns: Sequence[int]) -> frozenset[Cell]:
    """The cells of these columns that are something, which none without the sign is; each text is asked once.

    Most columns of a long table have the sign nowhere, which is seen much sooner than what each of their texts is.
    """
    found: set[Cell] = set()
    for column in columns:
        cells = [line[column] for _, line in lines]
        if sign in "\n".join([cell for cell in cells if isinstance(cell, str)]):
            found.update(filter(is_one, set(cells)))
    return frozenset(found)


def _holds(line: Sequence[Cell], columns: Sequence[int], cells: Collection[Cell]) -> bool:
    return any(line[column] in cells for column in columns)


def words_of(line: Sequence[Cell]) -> list[str]:
    """The texts of a row."""
    return [text for cell in line if (text := text_of(cell))]


def _says_nothing(line: Sequence[Cell], columns: _Columns) -> bool:
    for column in columns.used:
        cell = line[column]
        if cell not in ("", None) and (text_of(cell) or isinstance(cell, Unusable)):
            return False
    return True


def _is_printed_again(line: Sequence[Cell], again: Collection[tuple[str, ...]]) -> bool:
    """Whether a row says what one above the data says, with or without a date beside it."""
    if float in map(type, line):
        return False
    words = words_of(line)
    return tuple(words) in again or without_dates(words) in again


def without_dates(words: Sequence[str]) -> tuple[str, ...]:
    """The words of a row but for those that are a date or a year and nothing else."""
    return tuple(word for word in words if not is_date(word))


def _opening(line: Sequence[Cell]) -> str:
    """The first text of a row; nothing where it has none."""
    for cell in line:
        if isinstance(cell, str) and cell.strip():
            return cell
    return ""


def _first(line: Sequence[Cell]) -> Cell:
    """The first cell that is not blank; "" where there is none."""
    for cell in line:
        if cell not in ("", None):
            return cell
    return ""


def _is_column_numbers(line: Sequence[Cell], *, opening: bool) -> bool:
    """A row that numbers the columns: 栏次 | 1 | 2 | 3=1+2, anywhere where it says so, else only before the data."""
    named = _first(line)
    if not opening and not (isinstance(named, str) and ("次" in named or named in _NO_NUMBER)):
        return False
    keys = [match_key(text) for text in words_of(line)]
    said = bool(_SAID & {*keys})
    keys = [key for key in keys if not (said and key in _NO_NUMBER)]
    if len(keys) < 2 or not all(_COLUMN_NUMBER.fullmatch(key) for key in keys):
        return False
    if said:
        return True
    numbers = [int(match[1]) for key in keys if (match := _LEADING_NUMBER.match(key))]
    return len(keys) > 2 and all(one < other for one, other in pairwise(numbers))


def is_total(cell: Cell) -> bool:
    """Whether a cell is the word for a total."""
    return isinstance(cell, str) and _TOTAL_SIGN in cell and bool(_TOTAL.fullmatch(match_key(cell)))


def _sum_words(lines: Sequence[Line], headings: Headings) -> frozenset[Cell]:
    """What a table of another role has of the words for a sum, in the columns that name what is counted."""
    counted = [headings.columns[name] for name in _COUNTED.get(headings.role.name, ()) if name in headings.columns]
    return _those(lambda cell: _bare_word(cell) in _SUM_WORDS, "", lines, counted)


def _bare_word(cell: Cell) -> str:
    return match_key(text_of(cell)).rstrip(":")


def _is_sum(line: Sequence[Cell], headings: Headings) -> bool:
    """Whether a row of another role is called a sum where a name stands, and names nothing of its own."""
    counted = _COUNTED[headings.role.name]
    words = [_bare_word(line[headings.columns[name]]) for name in counted if name in headings.columns]
    return words[0] in _SUM_WORDS or (not words[0] and any(word in _SUM_WORDS for word in words))


def _is_of_which(cell: Cell) -> bool:
    return isinstance(cell, str) and _PART_SIGN in cell and bool(_OF_WHICH.match(match_key(cell)))


def _stated(line: Sequence[Cell], columns: Sequence[int]) -> list[str]:
    return [text_of(line[column]) for column in columns]


def _without_roll_ups(rows: Rows, columns: _Columns) -> Rows:
    """Move to the totals what names no detail of its own: a level-1 row above its details, a sum without a word.

    A row that names nothing and is no such sum may be another row of the detail above, or a total with a slip: it
    stays, and is unclear.
    """
    nameless = [
        not any(line[at] not in ("", None) and text_of(line[at]) for at in columns.own) for _, line in rows.body
    ]
    if not any(nameless):
        return rows
    body: list[Line] = []
    totals, unclear = list(rows.totals), list(rows.unclear)
    sums = _Sums(columns, sorted(row for row, _ in rows.totals))
    for at, (row, line) in enumerate(rows.body):
        if nameless[at] and _opens_group(rows.body, nameless, at, columns):
            totals.append((row, line))
            sums.restart()
            continue
        lacking = nameless[at] and not any(_stated(line, columns.others)) and _has_no_source(line, columns)
        sums.reach(row)
        if lacking and sums.hold(line):
            totals.append((row, line))
            sums.restart()
            continue
        # Beside rows of sources it states their sum, and is checked as such (M211).
        if lacking and states_amount(line, columns.amounts) and (not body or _has_no_source(body[-1][1], columns)):
            unclear.append((row, line))
        body.append((row, line))
        sums.add(line, named=not nameless[at])
    return Rows(body, sorted(totals, key=lambda one: one[0]), unclear, rows.examples)


def _opens_group(body: Sequence[Line], nameless: Sequence[bool], at: int, columns: _Columns) -> bool:
    """Whether a row states a new outer name only, and the next one is a detail of it."""
    outer = _stated(body[at][1], columns.outer)
    if not any(outer) or at + 1 == len(body) or nameless[at + 1]:
        return False
    if at and _stated(body[at - 1][1], columns.outer) == outer:
        return False
    following = _stated(body[at + 1][1], columns.outer)
    return all(not inner or not name or inner == name for name, inner in zip(outer, following, strict=True))


def _has_no_source(line: Sequence[Cell], columns: _Columns) -> bool:
    return all(match_key(source) in TOTAL_WORDS | {""} for source in _stated(line, columns.sources))


def _named_by_totals(rows: Rows, outer: Sequence[int]) -> list[Line]:
    """The data with the unit and level-1 project that a total above it states for it: 读者服务 | 小计, then its details."""
    body: list[Line] = []
    held: dict[int, Cell] = {}
    totals = {row for row, _ in rows.totals}
    for row, line in sorted([*rows.body, *rows.totals], key=lambda one: one[0]):
        cells = list(line)
        for depth, column in enumerate(outer):
            if text_of(line[column]) and not is_total(line[column]):
                for inner in outer[depth:]:
                    held.pop(inner, None)
                if row in totals:
                    held[column] = line[column]
            elif column in held:
                cells[column] = held[column]
        if row not in totals:
            body.append((row, cells if held else line))
    return body


class _Sums:
    """Running sums of the amounts: of everything above, and of what is above up to the last total."""

    def __init__(self, columns: _Columns, totals: list[int]) -> None:
        self._columns, self._totals = columns, totals
        self._every, self._near = self._none(), self._none()
        self._details = [0, 0]

    def _none(self) -> dict[int, Decimal]:
        return dict.fromkeys(self._columns.amounts, Decimal(0))

    def restart(self) -> None:
        """Begin the nearer sum anew, after a total."""
        self._near, self._details[1] = self._none(), 0

    def reach(self, row: int) -> None:
        """Come to a row, past the totals above it."""
        while self._totals and self._totals[0] < row:
            self._totals.pop(0)
            self.restart()

    def add(self, line: Sequence[Cell], *, named: bool) -> None:
        """Count a row of data."""
        self._details = [count + named for count in self._details]
        for column in self._columns.amounts:
            if isinstance(number := number_of(line[column]), Decimal):
                self._every[column] += number
                self._near[column] += number

    def hold(self, line: Sequence[Cell]) -> bool:
        """Whether every amount that a row states is the sum of two details or more."""
        numbers = {column: number_of(line[column]) for column in self._columns.amounts}
        stated = {column: number for column, number in numbers.items() if number is not None}
        return any(stated.values()) and any(
            details > 1 and all(number == sums[column] for column, number in stated.items())
            for details, sums in zip(self._details, (self._every, self._near), strict=True)
        )
