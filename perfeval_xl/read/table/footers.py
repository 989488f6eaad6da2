"""What stands below a table: who drew it up and when, notes, page numbers. None of it is data."""

import datetime as dt
import re
from collections.abc import Sequence

from perfeval_xl.lazy_pattern import lazy_pattern
from perfeval_xl.read.table.values import Cell, number_of
from perfeval_xl.text import match_key

#: Who drew the table up and when: never data, whatever stands beside it.
_SIGNED = lazy_pattern(
    r"(?:制表|填表|编表|制单|编制|审核|复核|经办|负责|联系|填报|打印|会计|财务|主管|单位|部门|分管|机构)*"
    r"(?:人|员|日期|时间|电话|领导)(?:签[字名章])?:"
)
#: Notes: left out where no amount stands beside them.
_NOTE = lazy_pattern(
    r"(?:附?注|备注|(?:填表|编制)?说明|日期|编制|制表|审核|复核|负责|编制单位|填报单位)\d*[:.、]|注\d?:"
)
_MARKS = frozenset(":.、")
#: Signatures without a colon.
_UNMARKED = lazy_pattern(
    # A name has three characters at most, so that 经办人员培训费 is a project.
    r"(?:(?:制表|填表|编表|制单|编制|审核|复核|经办|联系|单位负责|财务负责)(?:人|日期|时间|电话)(?:[^\W\d]{0,3}|[\d年月日.\-/]*))+$"
)
#: The first characters of what the patterns here know.
_FIRST = frozenset("制填编审复经负联打会财主单部分附注备说日机人出第共-")
#: A label alone in its cell (制表人, 审核：), and one with what it says (财务负责人（签章）：张三).
_LABEL = lazy_pattern(
    r"(?:制表|填表|编表|制单|编制|审核|复核|经办|负责|联系|填报|打印|会计|出纳|财务|主管|单位|部门|分管|机构)+"
    r"(?:人|员|日期|时间|电话|领导)(?:签[字名章])?(?:\((?:签[字名章]|盖章|公章)\))?"
    r"|(?:制表|填表|编表|制单|编制|审核|复核|经办|填报|打印|会计|出纳|主管|负责)(?:\((?:签[字名章]|盖章)\))?(?=:)|日期|电话"
)
#: Without one of these a text is no label.
_LABELLED = frozenset("人员期间话导:")
_LONGEST_SAID = 16
#: What stands beside a label: a name.
_NAME = lazy_pattern(r"[^\W\d]{2,4}|[^\W\d]+·[^\W\d]+")
_PAGE = lazy_pattern(
    r"第[\d一二三四五六七八九十]+页(?:[,/]?共[\d一二三四五六七八九十]+页)?|共\d+页(?:[,/]?第\d+页)?|-+\d+-+"
)
#: A year, a month or a day by itself.
_DATE = lazy_pattern(r"(?:20|19)\d\d(?:年度?|(?:[年.\-/]\d{1,2}(?:[月.\-/](?:\d{1,2}日?)?)?))")
_LONGEST_DATE = 20


def is_note(text: str) -> bool:
    """Whether a text is a signature, a date or a note, as they stand below a table."""
    key = match_key(text)
    return _is_signed(key) or _is_noted(key) or _is_unmarked(key)


def is_date(text: str) -> bool:
    """Whether a text is a date, a month or a year by itself."""
    return len(text) < _LONGEST_DATE and text[:2] in ("20", "19") and bool(_DATE.fullmatch("".join(text.split())))


def is_footer(opening: str, line: Sequence[Cell], amounts: Sequence[int]) -> bool:
    """Whether a row, whose first text is ``opening``, stands below the data; ``amounts``: the zero-based columns of money."""
    opening = opening.strip()
    if opening[:1] not in _FIRST:
        return False
    key = match_key(opening)
    if _is_signed(key) or (_is_noted(key) and not states_amount(line, amounts)):
        return True
    return _holds_nothing_else(line)


def _is_signed(key: str) -> bool:
    return ":" in key and _SIGNED.match(key) is not None


def _is_noted(key: str) -> bool:
    return not _MARKS.isdisjoint(key) and _NOTE.match(key) is not None


def states_amount(line: Sequence[Cell], amounts: Sequence[int]) -> bool:
    """Whether anything stands where amounts do, readable or not."""
    return any(number_of(line[column]) is not None for column in amounts)


def _holds_nothing_else(line: Sequence[Cell]) -> bool:
    """Whether a row holds page numbers, or labels of signatures with names and dates beside them, and nothing else."""
    texts = [cell for cell in line if cell not in ("", None) and not isinstance(cell, dt.date)]
    if not all(isinstance(cell, str) for cell in texts):
        return False
    before = ""
    for key in map(match_key, map(str, texts)):
        said = _says_who(key)
        if not (said or is_date(key) or _is_page(key) or (_asks_who(before) and _NAME.fullmatch(key))):
            return False
        before = key if said else ""
    return True


def _is_page(key: str) -> bool:
    return ("页" in key or key[:1] == "-") and _PAGE.fullmatch(key) is not None


def _is_unmarked(key: str) -> bool:
    return not _LABELLED.isdisjoint(key) and _UNMARKED.match(key) is not None


def _label(key: str) -> re.Match[str] | None:
    return None if _LABELLED.isdisjoint(key) else _LABEL.match(key)


def _says_who(key: str) -> bool:
    label = _label(key)
    rest = key[label.end() :] if label else key
    marked = label is not None and (not rest or (rest[0] == ":" and len(rest) <= _LONGEST_SAID))
    return marked or _is_unmarked(key)


def _asks_who(key: str) -> bool:
    """Whether a label waits for what it says: in the cell beside it."""
    label = _label(key)
    return label is not None and key[label.end() :] in ("", ":")
