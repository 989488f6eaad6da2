"""Formulas worked out from what a form is filled with: an honest subset; whatever else it meets is :class:`Unknown`.

Numbers are exact decimals. What Excel would turn from text into numbers, or report as an error, is unknown here, and the
form's formula is then left without a stored value for Excel to fill in.
"""

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal, DecimalException

from perfeval_xl.write.template.formula import sheet_name
from perfeval_xl.write.template.shift import Area

#: What a cell holds: a number, a text, a truth, or nothing.
Operand = Decimal | str | bool | None
#: (sheet as :func:`sheet_name` has it, "" for the formula's own; row; column) → what the cell holds.
Cells = Callable[[str, int, int], Operand]
Formula = Callable[[Cells], Operand]

_MOST_CELLS = 20_000
_STORED = Context(prec=17, rounding=ROUND_HALF_UP)
_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+\.?\d*(?:E[+-]?\d+)?|\.\d+)(?![\w.:!$])"
    r'|(?P<text>"(?:[^"]|"")*")'
    r"|(?P<sheet>(?:'(?:[^']|'')+'|[^\W\d][\w.]*)!)?(?P<area>\$?[A-Z]{1,3}\$?\d+(?::\$?[A-Z]{1,3}\$?\d+)?)(?![\w.(!:\[])"
    r"|(?P<call>[A-Z]+)\("
    r"|(?P<sign><=|>=|<>|[-+*/%&=<>(),]))",
)


class Unknown(Exception):  # noqa: N818 - an answer, not a failure
    """The formula's value is not for us to say."""


@dataclass(frozen=True, slots=True)
class Reference:
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


def compile_formula(text: str) -> Formula | None:
    """The formula as a function of the cells, or nothing where it holds what is not understood."""
    try:
        parser = _Parser(list(_tokens(text)))
        formula = parser.comparison()
        return None if parser.next else formula
    except ValueError:
        return None


def evaluate(formula: Formula, cells: Cells) -> Operand:
    """The formula's value. Raises :class:`Unknown`."""
    try:
        value = formula(cells)
    except DecimalException:
        raise Unknown from None
    if isinstance(value, Decimal) and not value.is_finite():
        raise Unknown
    return value


def number_text(number: Decimal) -> str:
    """A number as it is stored: as many digits as Excel's own numbers hold, without an exponent."""
    text = f"{_STORED.plus(number):f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) if number else "0"


def _tokens(text: str) -> Iterator[re.Match[str]]:
    at = 0
    text = text.rstrip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise ValueError(text)
        yield match
        at = match.end()


class _Parser:
    """Recursive descent in Excel's order: comparison, ``&``, sums, products, signs, percent."""

    def __init__(self, tokens: Sequence[re.Match[str]]) -> None:
        self._tokens, self._at = tokens, 0

    @property
    def next(self) -> str:
        """The next sign, ``""`` at the end."""
        return self._tokens[self._at][0].strip() if self._at < len(self._tokens) else ""

    def _take(self) -> re.Match[str]:
        if self._at == len(self._tokens):
            raise ValueError("unfinished")
        self._at += 1
        return self._tokens[self._at - 1]

    def _chain(self, signs: Collection[str], operand: Callable[[], Formula]) -> Formula:
        left = operand()
        while self.next in signs:
            left = _binary(_OPERATIONS[self._take()[0].strip()], left, operand())
        return left

    def comparison(self) -> Formula:
        """The whole of an argument or of a formula."""
        return self._chain(_COMPARISONS, lambda: self._chain(("&",), self._sum))

    def _sum(self) -> Formula:
        return self._chain(("+", "-"), lambda: self._chain(("*", "/"), self._signed))

    def _signed(self) -> Formula:
        if self.next not in ("+", "-"):
            return self._percent()
        negative = self._take()[0].strip() == "-"
        operand = self._signed()
        return (lambda cells: -_number(operand(cells))) if negative else operand

    def _percent(self) -> Formula:
        operand = self._primary()
        while self.next == "%":
            self._take()
            operand = _binary(_OPERATIONS["/"], operand, lambda _: Decimal(100))
        return operand

    def _primary(self) -> Formula:
        token = self._take()
        if token["number"]:
            number = Decimal(token["number"])
            return lambda _: number
        if token["text"]:
            text = token["text"][1:-1].replace('""', '"')
            return lambda _: text
        if token["area"]:
            return Reference(sheet_name(token["sheet"] or ""), Area.parse(token["area"]))
        if token["call"]:
            return self._call(token["call"])
        if token["sign"] == "(":
            inner = self.comparison()
            self._close()
            return inner
        raise ValueError(token[0])

    def _call(self, name: str) -> Formula:
        arguments = [self.comparison()]
        while self.next == ",":
            self._take()
            arguments.append(self.comparison())
        self._close()
        if name in _OVER_NUMBERS:
            over = _OVER_NUMBERS[name]
            return lambda cells: over(list(_numbers(arguments, cells)))
        if name == "ROUND" and len(arguments) == 2:
            return lambda cells: _round(*(_number(argument(cells)) for argument in arguments))
        if name == "ABS" and len(arguments) == 1:
            return lambda cells: abs(_number(arguments[0](cells)))
        if name == "IF" and len(arguments) == 3:
            return lambda cells: arguments[1 if _truth(arguments[0](cells)) else 2](cells)
        raise ValueError(name)

    def _close(self) -> None:
        if self._take()["sign"] != ")":
            raise ValueError("brackets")


def _binary(operation: Callable[[Operand, Operand], Operand], left: Formula, right: Formula) -> Formula:
    return lambda cells: operation(left(cells), right(cells))


def _number(value: Operand) -> Decimal:
    if value is None:
        return Decimal(0)
    if isinstance(value, Decimal):
        return value
    raise Unknown


def _truth(value: Operand) -> bool:
    return value if isinstance(value, bool) else _number(value) != 0


def _text(value: Operand) -> str:
    if isinstance(value, bool):
        raise Unknown
    return number_text(value) if isinstance(value, Decimal) else value or ""


def _numbers(arguments: Sequence[Formula], cells: Cells) -> Iterator[Decimal]:
    """What sums go over: in ranges the numbers alone, else every argument."""
    for argument in arguments:
        if isinstance(argument, Reference):
            yield from (value for value in argument.values(cells) if isinstance(value, Decimal))
        else:
            yield _number(argument(cells))


def _product(numbers: Sequence[Decimal]) -> Decimal:
    product = Decimal(1 if numbers else 0)
    for number in numbers:
        product *= number
    return product


def _round(number: Decimal, places: Decimal) -> Decimal:
    return number.quantize(Decimal(1).scaleb(-int(places)), ROUND_HALF_UP)


_OVER_NUMBERS: dict[str, Callable[[Sequence[Decimal]], Operand]] = {
    "SUM": lambda numbers: sum(numbers, Decimal(0)),
    "PRODUCT": _product,
    "AVERAGE": lambda numbers: sum(numbers, Decimal(0)) / len(numbers) if numbers else _unknown(),
    "MIN": lambda numbers: min(numbers, default=Decimal(0)),
    "MAX": lambda numbers: max(numbers, default=Decimal(0)),
    "COUNT": lambda numbers: Decimal(len(numbers)),
}


def _unknown() -> Operand:
    raise Unknown


def _compared(left: Operand, right: Operand) -> int:
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
    difference = _number(left) - _number(right)
    return (difference > 0) - (difference < 0)


def _ordered(left: Operand, right: Operand) -> int:
    order = _compared(left, right)
    if order == 2:
        raise Unknown
    return order


_COMPARISONS = frozenset({"=", "<>", "<", ">", "<=", ">="})
_OPERATIONS: dict[str, Callable[[Operand, Operand], Operand]] = {
    "+": lambda left, right: _number(left) + _number(right),
    "-": lambda left, right: _number(left) - _number(right),
    "*": lambda left, right: _number(left) * _number(right),
    "/": lambda left, right: _number(left) / _number(right),
    "&": lambda left, right: _text(left) + _text(right),
    "=": lambda left, right: _compared(left, right) == 0,
    "<>": lambda left, right: _compared(left, right) != 0,
    "<": lambda left, right: _ordered(left, right) < 0,
    ">": lambda left, right: _ordered(left, right) > 0,
    "<=": lambda left, right: _ordered(left, right) <= 0,
    ">=": lambda left, right: _ordered(left, right) >= 0,
}
