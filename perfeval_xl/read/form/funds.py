"""The block of funds: a row of all sources and the rows of each, those of parts of a source left out."""

from collections.abc import Sequence

from perfeval_xl.lazy_pattern import lazy_pattern
from perfeval_xl.money import UNITS
from perfeval_xl.read.form.areas import Areas
from perfeval_xl.read.form.blocks import Fields
from perfeval_xl.read.form.labels import meaning
from perfeval_xl.read.table.values import amount_of
from perfeval_xl.record import Record

_AMONG = lazy_pattern(r"^\s*其中\s*[:：]?")
_AMOUNTS = ("annual_budget", "executed", "initial_budget")


class FundingRow(Record):
    """The amounts of one source, or of all where ``total``; ``source`` is as the form calls it, ``among``: 其中 stands before it."""

    source: str
    total: bool
    fields: Fields
    among: bool = False

    def amount(self, field: str) -> int:
        """A figure of the row as far as it can be read, to compare with others of the same form only."""
        found = amount_of(self.fields[field].value, UNITS["万元"]) if field in self.fields else None
        return found if isinstance(found, int) else 0


def read_funding(areas: Areas, heading: int, end: int) -> list[FundingRow]:
    """The rows with an amount. A row alone is the total, whatever it is called."""
    columns: dict[str, int] = {}
    for area in areas.rows[heading]:
        if (found := meaning("funding", area.text)) and found not in columns:
            columns[found] = area.left
    amounts = [columns[name] for name in _AMOUNTS if name in columns]
    rows: list[FundingRow] = []
    for row in range(heading + 1, end):
        labels = [area for area in areas.rows[row] if area.left < min(amounts)]
        if not labels or any(meaning("goal", area.text) for area in labels):
            continue
        own = {name: areas.at(row, at) for name, at in columns.items()}
        if any(areas.at(row, at).text or areas.at(row, at).value for at in amounts):
            text = labels[-1].text
            source = _AMONG.sub("", text).strip().rstrip(":：")
            rows.append(FundingRow(source, meaning("sources", source) == "total", own, bool(_AMONG.match(text))))
    if len(rows) == 1 and not rows[0].total:
        return [FundingRow(rows[0].source, True, rows[0].fields)]
    return _sources(rows)


def _sources(rows: list[FundingRow]) -> list[FundingRow]:
    """The rows without parts of sources, where these alone make the sources add up to the total."""
    total = next((row for row in rows if row.total), None)
    without = _without_parts(rows)
    if total is None or len(without) == len(rows):
        return rows
    sums = [(total.amount(field), _sum(without, field), _sum(rows, field)) for field in _AMOUNTS]
    return without if any(stated == fewer != all_rows for stated, fewer, all_rows in sums) else rows


def _without_parts(rows: Sequence[FundingRow]) -> list[FundingRow]:
    """The rows but those below a source that begin with 其中 and add up to it."""
    kept: list[FundingRow] = []
    at = 0
    while at < len(rows):
        parts = _parts(kept[-1], rows[at:]) if rows[at].among and kept and not kept[-1].total else 0
        if not parts:
            kept.append(rows[at])
        at += parts or 1
    return kept


def _parts(source: FundingRow, rows: Sequence[FundingRow]) -> int:
    """How many of the rows are a source's parts: the fewest that add up to it in a column."""
    for count in range(1, len(rows) + 1):
        if any(source.amount(field) and _sum(rows[:count], field) == source.amount(field) for field in _AMOUNTS):
            return count
    return 0


def _sum(rows: Sequence[FundingRow], field: str) -> int:
    return sum(row.amount(field) for row in rows if not row.total)
