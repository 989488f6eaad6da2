"""The ministry's forms of the departmental final accounts are views of one truth: which of them is compared.

财决05-2 项目支出决算明细表 rules; 财决06-1 行政事业类项目收入支出决算表 where it is absent; 财决08-2 shows
appropriations only and is not compared with what was executed.
"""

from collections.abc import Sequence

from perfeval_xl.lazy_pattern import lazy_pattern
from perfeval_xl.read.table.tables import RawTable
from perfeval_xl.text import match_key

_FORM = lazy_pattern(r"0?(5|6|8)[-_](1|2)")
_RANKS = ("5-2", "6-1")


def form_of(table: RawTable) -> str:
    """``5-2``, ``6-1`` or ``8-2`` by the sheet's name or its title; "" for a plain list."""
    for text in map(match_key, (table.sheet, "".join(table.titles))):
        if (match := _FORM.search(text)) and ("决" in text or text.upper().startswith("Z0")):
            return f"{match[1]}-{match[2]}"
    return ""


def ruling_form(tables: Sequence[RawTable]) -> str:
    """The form that is compared with the execution table; "" where there is none."""
    forms = {form_of(table) for table in tables if table.role.name == "final_accounts"}
    return next((form for form in _RANKS if form in forms), "")


def is_used(table: RawTable, ruling: str) -> bool:
    """Whether a table's rows count: of the ministry's forms the ruling one's. Plain lists stay: twice the same row is R110."""
    return table.role.name != "final_accounts" or form_of(table) in ("", ruling)
