"""Why two amounts that should be equal differ: a listed tuple of small functions, the surest cause first.

Each looks at one :class:`Case` and says the cause in Chinese, or "" where it is not this one. A cause is told only
where the figures leave hardly another reading; otherwise the difference stands as 原因待查.
"""

from collections.abc import Callable, Sequence

from perfeval_xl.record import Record

#: What the two amounts may be counted in, by the factor between them.
_FACTORS = {10_000: "元与万元，相差一万倍", 1_000: "元与千元，相差一千倍"}
#: From this many fen on an exact factor between two amounts is no chance, and from the other a rounded one.
_TELLING, _SURE = 100, 10_000
UNKNOWN_CAUSE = "原因待查"
ROUNDING = "四舍五入（在打印单位的容差之内）"


class Part(Record):
    """One addend of an amount: what it is called and its fen; ``carried`` where it is money of the year before."""

    name: str
    amount: int
    carried: bool = False


class Case(Record):
    """Two amounts that differ: executed and the final accounts', in fen, and what is known around them.

    ``parts`` and ``lines`` are their addends; ``carried`` the 年初结转 and 年末结转 of the lines; ``swapped`` the name
    whose two amounts are these two the other way round, ``shifted`` that of which only the executed amount is this final
    one; ``renamed`` the line's name where only the code is the same.
    """

    executed: int
    final: int
    budget: int | None = None
    parts: Sequence[Part] = ()
    lines: Sequence[Part] = ()
    carried: Sequence[int] = ()
    swapped: str = ""
    shifted: str = ""
    renamed: str = ""

    @property
    def difference(self) -> int:
        """Executed less final accounts."""
        return self.executed - self.final


def cause_of(case: Case) -> str:
    """The first cause that explains the difference, or "" where none does."""
    return next((cause for find in CAUSES if (cause := find(case))), "")


def _unit(case: Case) -> str:
    """元 and 万元 (or 千元) mixed up; the smaller figure may have been rounded to its two decimals."""
    small, large = sorted((case.executed, case.final), key=abs)
    for factor, words in _FACTORS.items():
        rounded = factor if abs(small) >= _SURE else 0
        if abs(small) >= _TELLING and abs(large - small * factor) * 2 <= rounded:
            return f"金额单位不同（{words}）"
    return ""


def _sign(case: Case) -> str:
    return "正负号相反" if case.executed == -case.final else ""


def _rows_swapped(case: Case) -> str:
    return f"与“{case.swapped}”的行次颠倒" if case.swapped else ""


def _rows_shifted(case: Case) -> str:
    return f"行次错位（决算数是“{case.shifted}”的执行数）" if case.shifted else ""


def _carried_over(case: Case) -> str:
    """结转 that one side counts and the other does not."""
    carried_parts = sum(part.amount for part in case.parts if part.carried)
    if abs(case.difference) in {abs(amount) for amount in case.carried if amount}:
        return "结转资金（差额等于决算的年初结转或年末结转）"
    if carried_parts and case.difference == carried_parts:
        return "结转资金（上年结转的支出没有列入决算）"
    return ""


def _counted_twice(case: Case) -> str:
    """An addend that stands twice on the side that is too large, or the whole of it doubled."""
    for more, parts, side in ((case.difference, case.parts, "执行情况表"), (-case.difference, case.lines, "部门决算")):
        twice = [part.name for part in parts if part.amount == more]
        if more > 0 and len(twice) > 1:
            return f"{side}中“{twice[0]}”重复计算"
    if 0 != case.executed == 2 * case.final:
        return "执行情况表重复计算（正好是决算的两倍）"
    return "部门决算重复计算（正好是执行数的两倍）" if 0 != case.final == 2 * case.executed else ""


def _line_missing(case: Case) -> str:
    """The difference is exactly one of several addends, which the other side lacks."""
    for more, parts, other in ((case.difference, case.parts, "部门决算"), (-case.difference, case.lines, "执行情况表")):
        missing = [part.name for part in parts if part.amount == more]
        if more > 0 and len(parts) > 1 and len(missing) == 1:
            return f"{other}缺少“{missing[0]}”一行"
    return ""


def _digits_transposed(case: Case) -> str:
    first, second = str(case.executed), str(case.final)
    if len(first) != len(second):
        return ""
    off = [at for at in range(len(first)) if first[at] != second[at]]
    if len(off) != 2 or off[1] != off[0] + 1:
        return ""
    left, right = off
    return "相邻数字颠倒" if (first[left], first[right]) == (second[right], second[left]) else ""


def _budget_entered(case: Case) -> str:
    return "决算填成了全年预算数" if case.budget and case.final == case.budget else ""


def _renamed(case: Case) -> str:
    return f"编码相同而名称不同（决算写“{case.renamed}”）" if case.renamed else ""


CAUSES: tuple[Callable[[Case], str], ...] = (
    _unit,
    _sign,
    _rows_swapped,
    _carried_over,
    _counted_twice,
    _line_missing,
    _digits_transposed,
    _rows_shifted,
    _budget_entered,
    _renamed,
)
