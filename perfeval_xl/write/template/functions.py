"""What formulas are made of: cells, numbers and texts as Excel takes them, and the functions that are understood."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_UP, ROUND_UP, Context, Decimal

from perfeval_xl.lazy_pattern import lazy_pattern
from perfeval_xl.record import Record
from perfeval_xl.write.template.shift import Area

#: What a cell holds: a number, a text, a truth, or nothing.
Operand = Decimal | str | bool | None
#: (sheet as :func:`sheet_name` has it, "" for the formula's own; row; column) → what the cell holds.
Cells = Callable[[str, int, int], Operand]
Formula = Callable[[Cells], Operand]

_MOST_CELLS = 20_000
_STORED = Context(prec=17, rounding=ROUND_HALF_UP)
_CONDITION = lazy_pattern(r"(<=|>=|<>|[<>=])?(.*)", re.DOTALL)
_PLAIN_NUMBER = lazy_pattern(r"-?\d+(?:\.\d+)?")


class Unknown(Exception):  # noqa: N818 - an answer, not a failure
    """The formula's value is not for us to say."""


class Failed(Unknown):
    """The formula's value is an error of Excel's (#DIV/0!), which IFERROR catches."""


class Reference(Record):
    """The cells of a range."""

    sheet: str
    area: Area

    def values(self, cells: Cells) -> Iterator[Operand]:
        """What they hold, row by row."""
        area = self.area
        if (area.right - area.left + 1) * (area.bottom - area.top + 1) > _MOST_CELLS:
            raise Unknown
        for row in range(area.top, area.bottom + 1):
            for column in range(area.left, area.right + 1):
                yield cells(self.sheet, row, column)

    def __call__(self, cells: Cells) -> Operand:
        """The only cell's value."""
        if (self.area.left, self.area.top) != (self.area.right, self.area.bottom):
            raise Unknown
        return cells(self.sheet, self.area.top, self.area.left)


def number_of(value: Operand) -> Decimal:
    """A blank is zero; what Excel would turn into a number is unknown."""
    if value is None:
        return Decimal(0)
    if isinstance(value, Decimal):
        return value
    raise Unknown


def text_in(value: Operand) -> str:
    """A number as General shows it; a blank is nothing."""
    if isinstance(value, bool):
        raise Unknown
    return number_text(value) if isinstance(value, Decimal) else value or ""


def number_text(number: Decimal) -> str:
    """A number as it is stored: as many digits as Excel's own numbers hold, without an exponent."""
    text = f"{_STORED.plus(number):f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) if number else "0"


def divide(left: Decimal, right: Decimal) -> Decimal:
    """Raises :class:`Failed` where Excel says #DIV/0!."""
    if not right:
        raise Failed
    return left / right


def compare(left: Operand, right: Operand) -> int:
    """-1, 0 or 1: numbers with numbers, texts with texts; a blank is zero or the empty text."""
    if isinstance(left, str) or isinstance(right, str):
        if not all(value is None or isinstance(value, str) for value in (left, right)):
            raise Unknown
        one, two = str(left or "").casefold(), str(right or "").casefold()
        if one != two and not (one and two):
            return 1 if one else -1
        if one != two:
            return 2  # which of two words comes first is the language's to say
        return 0
    difference = number_of(left) - number_of(right)
    return (difference > 0) - (difference < 0)


def call_function(name: str, arguments: Sequence[Formula]) -> Formula:
    """The function over its arguments. Raises ``ValueError`` where it is none that is understood."""
    if name in _OVER_NUMBERS:
        over = _OVER_NUMBERS[name]
        return lambda cells: over(list(_numbers(arguments, cells)))
    least, most, function = _FUNCTIONS.get(name, (1, 0, _count))
    if not least <= len(arguments) <= most:
        raise ValueError(name)
    return lambda cells: function(arguments, cells)


def _truth(value: Operand) -> bool:
    return value if isinstance(value, bool) else number_of(value) != 0


def _truths(arguments: Sequence[Formula], cells: Cells) -> list[bool]:
    """Of every argument: Excel looks at all of them, also where one decides."""
    return [_truth(argument(cells)) for argument in arguments]


def _numbers(arguments: Sequence[Formula], cells: Cells) -> Iterator[Decimal]:
    """What sums go over: in ranges the numbers alone, else every argument."""
    for argument in arguments:
        if isinstance(argument, Reference):
            yield from (value for value in argument.values(cells) if isinstance(value, Decimal))
        else:
            yield number_of(argument(cells))


def _range(argument: Formula, cells: Cells) -> list[Operand]:
    if not isinstance(argument, Reference):
        raise Unknown
    return list(argument.values(cells))


def _product(numbers: Sequence[Decimal]) -> Decimal:
    product = Decimal(1 if numbers else 0)
    for number in numbers:
        product *= number
    return product


def _average(numbers: Sequence[Decimal]) -> Decimal:
    return divide(sum(numbers, Decimal(0)), Decimal(len(numbers)))


def _if(arguments: Sequence[Formula], cells: Cells) -> Operand:
    chosen = arguments[1:2] if _truth(arguments[0](cells)) else arguments[2:]
    return chosen[0](cells) if chosen else False


def _if_error(arguments: Sequence[Formula], cells: Cells) -> Operand:
    try:
        return arguments[0](cells)
    except Failed:
        return arguments[1](cells)


def _sum_product(arguments: Sequence[Formula], cells: Cells) -> Operand:
    """Of ranges of one shape; what is no number counts as zero."""
    columns = [_range(argument, cells) for argument in arguments]
    if len({len(column) for column in columns}) != 1:
        raise Unknown
    rows = zip(*columns, strict=True)
    numbers = ([value if isinstance(value, Decimal) else Decimal(0) for value in row] for row in rows)
    return sum((_product(row) for row in numbers), Decimal(0))


def _sum_if(arguments: Sequence[Formula], cells: Cells) -> Operand:
    held = _holds(arguments[1](cells), _range(arguments[0], cells))
    summed = _range(arguments[-1] if len(arguments) == 3 else arguments[0], cells)
    if len(summed) != len(held):
        raise Unknown
    chosen = (value for value, holds in zip(summed, held, strict=True) if holds and isinstance(value, Decimal))
    return sum(chosen, Decimal(0))


def _count_if(arguments: Sequence[Formula], cells: Cells) -> Operand:
    return Decimal(sum(_holds(arguments[1](cells), _range(arguments[0], cells))))


def _holds(condition: Operand, values: Sequence[Operand]) -> list[bool]:
    """Which values meet a condition (80, ">=80", "产出指标"); with wildcards, or of a blank, it is unknown."""
    sign, wanted = "", condition
    if isinstance(condition, str):
        match = _CONDITION.fullmatch(condition)
        sign, text = (match[1] or "", match[2]) if match else ("", condition)
        wanted = Decimal(text) if _PLAIN_NUMBER.fullmatch(text) else text
    if wanted in (None, "") or isinstance(wanted, bool) or (isinstance(wanted, str) and re.search("[*?~]", wanted)):
        raise Unknown
    if isinstance(wanted, str) and sign not in ("", "=", "<>"):
        raise Unknown
    like = [value for value in values if isinstance(value, str) and _PLAIN_NUMBER.fullmatch(value)]
    if like:  # Excel takes these texts for numbers here
        raise Unknown
    return [_meets(sign or "=", value, wanted) for value in values]


def _meets(sign: str, value: Operand, wanted: Decimal | str) -> bool:
    if isinstance(wanted, Decimal):
        if not isinstance(value, Decimal):
            return sign == "<>"
        order = (value > wanted) - (value < wanted)
        return order in {"=": (0,), "<>": (-1, 1), "<": (-1,), ">": (1,), "<=": (-1, 0), ">=": (0, 1)}[sign]
    same = isinstance(value, str) and value.casefold() == wanted.casefold()
    return same == (sign == "=")


def _rounded(way: str) -> "Function":
    def round_to(arguments: Sequence[Formula], cells: Cells) -> Operand:
        number = number_of(arguments[0](cells))
        places = int(number_of(arguments[1](cells))) if len(arguments) == 2 else 0
        return number.quantize(Decimal(1).scaleb(-places), way)

    return round_to


def _count(arguments: Sequence[Formula], cells: Cells) -> Operand:
    """COUNTA."""
    values = (value for argument in arguments for value in _range(argument, cells))
    return Decimal(sum(value is not None for value in values))


def _row(arguments: Sequence[Formula], _: Cells) -> Operand:
    if not isinstance(arguments[0], Reference):
        raise Unknown
    return Decimal(arguments[0].area.top)


_OVER_NUMBERS: dict[str, Callable[[Sequence[Decimal]], Operand]] = {
    "SUM": lambda numbers: sum(numbers, Decimal(0)),
    "PRODUCT": _product,
    "AVERAGE": _average,
    "MIN": lambda numbers: min(numbers, default=Decimal(0)),
    "MAX": lambda numbers: max(numbers, default=Decimal(0)),
    "COUNT": lambda numbers: Decimal(len(numbers)),
}
Function = Callable[[Sequence[Formula], Cells], Operand]
_MANY = 255
#: By name: the fewest and the most arguments, and the function.
_FUNCTIONS: Mapping[str, tuple[int, int, Function]] = {
    "IF": (2, 3, _if),
    "IFERROR": (2, 2, _if_error),
    "AND": (1, _MANY, lambda arguments, cells: all(_truths(arguments, cells))),
    "OR": (1, _MANY, lambda arguments, cells: any(_truths(arguments, cells))),
    "NOT": (1, 1, lambda arguments, cells: not _truth(arguments[0](cells))),
    "ABS": (1, 1, lambda arguments, cells: abs(number_of(arguments[0](cells)))),
    "ROUND": (2, 2, _rounded(ROUND_HALF_UP)),
    "ROUNDUP": (2, 2, _rounded(ROUND_UP)),
    "ROUNDDOWN": (2, 2, _rounded(ROUND_DOWN)),
    "INT": (1, 1, _rounded(ROUND_FLOOR)),
    "SUMPRODUCT": (1, _MANY, _sum_product),
    "SUMIF": (2, 3, _sum_if),
    "COUNTIF": (2, 2, _count_if),
    "COUNTA": (1, _MANY, _count),
    "ROW": (1, 1, _row),
}
