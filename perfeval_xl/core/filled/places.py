"""How finely a form in 万元 prints its amounts, where they are all whole: exact, unless its rates say that they are rounded."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from perfeval_xl.core.rates import is_rate_of, is_share, readings_of
from perfeval_xl.model import Inputs
from perfeval_xl.money import FEN_PER_WAN_YUAN
from perfeval_xl.record import replace

#: 万元 with two decimals, as papers print them.
_USUAL = FEN_PER_WAN_YUAN // 100


def with_usual_places(inputs: Inputs, points: int) -> Inputs:
    """The same forms, with amounts taken at their word where nothing shows that they are rounded more than usual.

    ``points`` are the funding score's, in hundredths.
    """
    coarse = {at for at, table in enumerate(inputs.tables) if table.place > _USUAL}
    if not coarse:
        return inputs
    rows: dict[int, list[Mapping[Any, Any]]] = defaultdict(list)
    for row in inputs.execution.to_dict("records"):
        if row["table"] in coarse and not any(pd.isna(row[name]) for name in ("stated_rate", "executed")):
            rows[row["table"]].append(row)
    scores = dict(zip(inputs.projects["table"], inputs.projects["stated_funding"], strict=True))
    tables = [
        replace(table, place=_USUAL)
        if at in coarse and not _rounded(rows[at], table.place // 2, scores.get(at), points)
        else table
        for at, table in enumerate(inputs.tables)
    ]
    return replace(inputs, tables=tuple(tables))


def _rounded(rows: Sequence[Mapping[Any, Any]], half: int, score: object, points: int) -> bool:
    """Whether the stated rates are those of amounts of which these are rounded by up to ``half``: several, or one and its score."""
    exact, off = 0, 0
    scored = False
    known = None if pd.isna(score) else int(score)  # type: ignore[call-overload]
    for row in rows:
        if pd.isna(row["annual_budget"]) or not row["annual_budget"] or not str(row["stated_rate"]):
            continue
        readings = readings_of(str(row["stated_rate"]))
        amounts = int(row["executed"]), int(row["annual_budget"])
        if any(is_rate_of(one, *amounts, _USUAL // 2) for one in readings):
            exact += row["executed"] not in (0, row["annual_budget"])
        elif any(is_rate_of(one, *amounts, half) for one in readings):
            off += 1
            scored |= bool(row["total"]) and known is not None and any(is_share(known, points, one) for one in readings)
    return off > exact and (off > 1 or scored)
