"""Rules that go by steps: so many points for each unit missed, and tiers. Few folders have one."""

from decimal import Decimal
from fractions import Fraction

from perfeval_xl.core.scoring.deductions import parse_deductions
from perfeval_xl.core.scoring.measured import PER_UNIT, TIERS, Measure, missed
from perfeval_xl.core.scoring.targets import Quantity
from perfeval_xl.core.scoring.tiers import parse_tiers, tiers_for
from perfeval_xl.scheme import Scheme

#: A weight times a part fits 64 bits.
_LARGEST_PART = 2**31


def method_of(rule: str) -> str:
    """Which of them a rule's text is, "" where it is none."""
    return PER_UNIT if parse_deductions(rule) else TIERS if parse_tiers(rule) else ""


def by_steps(
    row: Measure, low: Decimal | None, high: Decimal | None, value: Decimal, want: Quantity, scheme: Scheme
) -> Measure:
    """An indicator that is compared with these bounds, as such a rule scores it."""
    if row.method == PER_UNIT:
        return _deducted(row, low, high, value, want, scheme)
    return tiered(row, _completion(row), value, want, "")


def _deducted(
    row: Measure, low: Decimal | None, high: Decimal | None, value: Decimal, want: Quantity, scheme: Scheme
) -> Measure:
    """So many points less for each unit that a number misses its bound by."""
    rule = parse_deductions(row.rule)
    bound = low if low is not None and value < low else high if high is not None and value > high else None
    if rule is None or bound is None:
        return row._replace(part_above=0, part_below=1)
    clause = rule.clause(value - bound)
    units = None if clause is None else clause.units(value - bound, bound, want.unit, want.factor)
    if clause is None or units is None:
        return row._replace(fits=False)
    reached = row.target_shown if row.target_number is not None or row.dated else missed(low, high, value, want)
    first, last = (reached, row.actual_shown) if value < bound else (row.actual_shown, reached)
    relative = f" ÷ {reached}" if clause.unit == "%" != want.unit else ""
    step, cost = clause.words
    whole = {"进一": "进一取整", "不计": "去尾取整"}.get(rule.part or scheme.part_unit)
    counted = f"({first} − {last}){relative} ÷ {step}"
    note = f"{f'{whole}({counted})' if whole else counted} × {cost}"
    return _with_part(row, rule.lost(clause, units, scheme.part_unit), clause.shared)._replace(note=note)


def tiered(row: Measure, completion: Fraction | None, value: Decimal, want: Quantity, word: str) -> Measure:
    """The best tier that is reached; none gives no points."""
    tiers = tiers_for(row.rule, want)
    if any(tier.of == "word" for tier in tiers) != bool(word):
        return row._replace(fits=False)
    if completion is None and any(tier.of == "completion" for tier in tiers):
        return row._replace(fits=False)
    held = [tier for tier in tiers if tier.holds(completion, value, want, word)]
    named = [tier for tier in held if tier.of != "else"] or held
    best = max(named, key=lambda tier: tier.points, default=None)
    if best is None:
        return row._replace(part_above=0, part_below=1)
    if word and best.shared:  # a coefficient of the rule's own
        row = row._replace(coefficient=int(best.points * 100 + Fraction(1, 2)))
    return _with_part(row._replace(note=best.words), best.points, best.shared)


def _with_part(row: Measure, part: Fraction, shared: bool) -> Measure:
    if shared:  # hundredths of the weight: a hundredth of them is the part itself
        part /= 100
    if max(part.numerator, part.denominator) >= _LARGEST_PART:
        return row._replace(fits=False)
    return row._replace(part_above=part.numerator, part_below=part.denominator, shared=shared)


def _completion(row: Measure) -> Fraction | None:
    """Percent of the target, exactly, as the tiers ask for it: none for a deadline that was not kept."""
    low, high, actual = row.low, row.high, row.actual_number or 0
    bound = low if low is not None and actual < low else high if high is not None and actual > high else None
    if bound is None:
        return Fraction(100 * actual, low) if low and low > 0 and row.target_number is not None else Fraction(100)
    if row.dated:
        return None
    small, large = sorted((abs(bound), abs(actual)))
    return Fraction(100 * small, large) if bound * actual > 0 else Fraction(0)
