"""Stated execution rates, in whichever style, beside amounts that may be rounded (M213, and the scores of forms)."""

from decimal import Decimal

from perfeval_xl.money import round_half_up


def readings_of(stated: str) -> list[Decimal]:
    """The percentages that a stated rate can mean: 98.91% is one; 0.9891 is 98.91%, and 98.91 is itself."""
    if stated.endswith("%"):
        return [Decimal(stated[:-1])]
    number = Decimal(stated)
    return [number * 100, number] if abs(number) <= 2 else [number, number * 100]


def printed_percent(stated: str) -> tuple[float, float]:
    """The likeliest percentage that a stated rate means, and how much one is in its last place."""
    percent = readings_of(stated)[0]
    places = _places(percent)
    return float(round(percent, places)), 10.0**-places


def is_rate_of(percent: Decimal, executed: int, budget: int, half: int) -> bool:
    """Whether it is the rate at its own precision, of amounts that are each rounded by up to ``half`` (fen)."""
    if not budget:
        return half > 0
    scale = 10 ** _places(percent)
    half = half if budget > half else 0
    least, most = _share(100 * scale, executed, budget, half)
    return round_half_up(least) <= round_half_up(percent * scale) <= round_half_up(most)


def is_score_of(score: int, points: int, executed: int, budget: int, half: int, stated: str) -> bool:
    """Whether a funding score (hundredths) is that of amounts rounded by up to ``half`` (fen), and of the stated rate.

    ``stated`` is "" where the paper states none. Amounts that are not rounded give one score only, which the caller has.
    """
    if not half or budget + half <= 0:
        return False
    least, most = _share(points, executed, budget, half) if budget > half else (Decimal(0), Decimal(points))
    if not round_half_up(least) <= score <= min(points, round_half_up(most)):
        return False
    readings = readings_of(stated) if stated else []
    return not readings or any(is_share(score, points, percent) for percent in readings)


def is_share(score: int, points: int, percent: Decimal) -> bool:
    """Whether the score is the points' share of a rate that is printed to its own precision."""
    half = Decimal(10) ** min(0, int(percent.normalize().as_tuple().exponent)) / 2
    least, most = ((percent + change) * points / 100 for change in (-half, half))
    return round_half_up(least) <= score <= round_half_up(most)


def _places(percent: Decimal) -> int:
    """How many decimals a percentage is printed with; six are taken for exact."""
    return min(max(0, -int(percent.normalize().as_tuple().exponent)), 6)


def _share(whole: int, executed: int, budget: int, half: int) -> tuple[Decimal, Decimal]:
    return (
        Decimal(whole) * (executed - half) / Decimal(budget + half),
        Decimal(whole) * (executed + half) / Decimal(budget - half),
    )
