"""Which of a project's indicators the goal's words tell of: by a number, by its unit, or by the indicator's name."""

from collections.abc import Sequence

import numpy as np

from perfeval_xl.core.consistency.mentions import count_tie, plain_name, same_number, shared_words, ties, with_unit
from perfeval_xl.core.consistency.papers import Papers, Row
from perfeval_xl.core.consistency.statements import Clause, Statement, read_text
from perfeval_xl.core.scoring.targets import Quantity, parse_quantity
from perfeval_xl.core.slices import flag_texts

#: What is read of each indicator.
FIELDS = ("target", "actual", "measure", "evidence", "met", "weight", "self_score", "content")
#: An indicator's result, and the units in which texts may state it.
Result = tuple[Quantity, set[str]]
#: A name is told by this many of its characters where no number stands beside them.
_NAMED = 4


def stating(papers: Papers, *kinds: str) -> np.ndarray:
    """The projects whose goal's words have statements of these kinds."""
    return flag_texts(papers.projects["goal_actual"], lambda text: bool(read_text(text).of_kind(*kinds)))


def result_of(row: Row) -> Result:
    """An indicator's result, and the units in which texts may state it: its own, and that of its evidence (6个, 6处)."""
    result = with_unit(row["actual"], row["measure"], parse_quantity(row["target"]).unit)
    if result.kind != "number":
        return result, set()
    name = plain_name(row["content"])
    stated = read_text(row["evidence"]).of_kind("count") if result.unit != "%" else ()
    others = {one.unit for one in stated if same_number(one, result) and count_tie(one, name)}
    return result, {result.unit, *others}


def told_of(statement: Statement, own: Sequence[Row], results: Sequence[Result]) -> list[int]:
    """The indicators that a number can be about, the likeliest first."""
    told = [
        (-ties(statement, plain_name(row["content"]), units), at)
        for at, (row, (_, units)) in enumerate(zip(own, results, strict=True))
    ]
    return [at for tie, at in sorted(told) if tie]


def named_in(clause: Clause, own: Sequence[Row]) -> dict[int, tuple[str, bool]]:
    """The one indicator of whose name most stands in the clause; none where two share as much."""
    names = [plain_name(row["content"]) for row in own]
    parts = [shared_words(clause.text, name, min(_NAMED, len(name))) for name in names]
    longest = max(map(len, parts), default=0)
    best = [at for at, part in enumerate(parts) if part and len(part) == longest]
    return {at: (parts[at], parts[at] == names[at]) for at in best} if len(best) == 1 else {}
