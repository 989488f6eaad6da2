"""Formulas worked out from what a form is filled with: an honest subset; whatever else it meets is :class:`Unknown`.

Numbers are exact decimals. What Excel would turn from text into numbers, or report as an error, is unknown here, and the
form's formula is then left without a stored value for Excel to fill in.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from decimal import Decimal, DecimalException

from perfeval_xl.lazy_pattern import lazy_pattern
from perfeval_xl.write.template.formula import sheet_name
from perfeval_xl.write.template.functions import (
    Cells,
    Formula,
    Operand,
    Reference,
    Unknown,
    call_function,
    compare,
    divide,
    number_of,
    number_text,
    text_in,
)
from perfeval_xl.write.template.shift import Area, sheet_key

__all__ = ["NO_NAMES", "Formula", "Names", "Operand", "Unknown", "compile_formula", "evaluate", "number_text"]

#: A defined name (by its key) → what it stands for.
Names = Mapping[str, str]
NO_NAMES: Names = {}

_TRUTHS = frozenset({"TRUE", "FALSE"})
#: The only names that are followed: whole areas, which mean the same wherever the name is used.
_NAMED_CELLS = lazy_pattern(
    r"(?P<sheet>(?:'(?:[^']|'')+'|[^\W\d][\w.]*)!)(?P<area>\$[A-Z]{1,3}\$\d+(?::\$[A-Z]{1,3}\$\d+)?)"
)
_TOKEN = lazy_pattern(
    r"\s*(?:(?P<number>\d+\.?\d*(?:E[+-]?\d+)?|\.\d+)(?![\w.:!$])"
    r'|(?P<text>"(?:[^"]|"")*")'
    r"|(?P<sheet>(?:'(?:[^']|'')+'|[^\W\d][\w.]*)!)?(?P<area>\$?[A-Z]{1,3}\$?\d+(?::\$?[A-Z]{1,3}\$?\d+)?)(?![\w.(!:\[])"
    r"|(?P<call>[A-Z]+)\("
    r"|(?P<name>[^\W\d][\w.]*)(?![\w.(!:\[])"
    r"|(?P<sign><=|>=|<>|[-+*/%&=<>(),]))",
)


def compile_formula(text: str, row: int = 0, names: Names = NO_NAMES) -> Formula | None:
    """The formula as a function of the cells, or nothing where it holds what is not understood.

    ``row``: its own; ``names``: what names stand for that mean cells, by their :func:`sheet_key`.
    """
    try:
        parser = _Parser(list(_tokens(text)), row, names)
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

    def __init__(self, tokens: Sequence[re.Match[str]], row: int, names: Names) -> None:
        self._tokens, self._at = tokens, 0
        self._row, self._names = row, names

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
        return (lambda cells: -number_of(operand(cells))) if negative else operand

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
        if token["name"]:
            return self._named(token["name"])
        if token["call"]:
            return self._call(token["call"])
        if token["sign"] == "(":
            inner = self.comparison()
            self._close()
            return inner
        raise ValueError(token[0])

    def _named(self, name: str) -> Formula:
        if name.upper() in _TRUTHS:
            truth = name.upper() == "TRUE"
            return lambda _: truth
        match = _NAMED_CELLS.fullmatch(self._names.get(sheet_key(name), ""))
        if match is None:
            raise ValueError(name)
        return Reference(sheet_name(match["sheet"]), Area.parse(match["area"]))

    def _call(self, name: str) -> Formula:
        if name == "ROW" and self.next == ")":
            self._close()
            row = Decimal(self._row)
            return lambda _: row
        arguments = [self.comparison()]
        while self.next == ",":
            self._take()
            arguments.append(self.comparison())
        self._close()
        return call_function(name, arguments)

    def _close(self) -> None:
        if self._take()["sign"] != ")":
            raise ValueError("brackets")


def _binary(operation: Callable[[Operand, Operand], Operand], left: Formula, right: Formula) -> Formula:
    return lambda cells: operation(left(cells), right(cells))


def _ordered(left: Operand, right: Operand) -> int:
    order = compare(left, right)
    if order == 2:
        raise Unknown
    return order


_COMPARISONS = frozenset({"=", "<>", "<", ">", "<=", ">="})
_OPERATIONS: dict[str, Callable[[Operand, Operand], Operand]] = {
    "+": lambda left, right: number_of(left) + number_of(right),
    "-": lambda left, right: number_of(left) - number_of(right),
    "*": lambda left, right: number_of(left) * number_of(right),
    "/": lambda left, right: divide(number_of(left), number_of(right)),
    "&": lambda left, right: text_in(left) + text_in(right),
    "=": lambda left, right: compare(left, right) == 0,
    "<>": lambda left, right: compare(left, right) != 0,
    "<": lambda left, right: _ordered(left, right) < 0,
    ">": lambda left, right: _ordered(left, right) > 0,
    "<=": lambda left, right: _ordered(left, right) <= 0,
    ">=": lambda left, right: _ordered(left, right) >= 0,
}
