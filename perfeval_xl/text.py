"""How texts are compared: names and headings written in different widths, spaces and brackets are the same."""

import unicodedata
from functools import lru_cache

from perfeval_xl.lazy_pattern import lazy_pattern

_SPACES = lazy_pattern(r"\s+")
_BRACKETS = str.maketrans("[]{}【】〔〕〈〉", "()()()()()")
#: What an officer writes for "nothing to say here".
NOTHING = frozenset({"", "无", "没有", "-", "--", "—", "——", "－", "/", "暂无", "不涉及", "无。"})

_NOT_RESTRICTED = frozenset(
    {"否", "不", "不是", "不涉密", "非涉密", "非密", "公开", "0", "N", "n", "NO", "no", "No", "×", "x", "X"}
)


@lru_cache(maxsize=65536)
def match_key(text: str) -> str:
    """The form in which two texts are compared; for matching only, never for printing."""
    if _is_plain(text):
        return text
    return _SPACES.sub("", unicodedata.normalize("NFKC", text)).translate(_BRACKETS)


def match_keys(texts: list[str]) -> list[str]:
    """:func:`match_key` of each of many texts, some of which stand again; a column of plain ones is its own keys."""
    if _is_plain("".join(texts)):
        return texts
    keys = {text: match_key(text) for text in set(texts)}
    return [keys[text] for text in texts]


def _is_plain(text: str) -> bool:
    """Whether a text stands for itself in any comparison, as most names do, of which a long table has many."""
    return text.isalnum() and unicodedata.is_normalized("NFKC", text)


def cells_of(text: str) -> int:
    """How many cells a text takes on a screen: two for what is wide, none for a mark that combines."""
    return sum(
        2 if unicodedata.east_asian_width(character) in "WF" else not unicodedata.combining(character)
        for character in text
    )


def is_nothing(text: str) -> bool:
    """Whether a text says that there is nothing to say (blank, 无, —)."""
    return text.strip() in NOTHING


def is_restricted(text: str) -> bool:
    """Whether 涉密 says that a project is: anything but a blank or a plain no, so that a doubt never gives a name away."""
    return not is_nothing(text) and match_key(text) not in _NOT_RESTRICTED


def nearest(word: str, known: list[str], least: float = 0.6) -> str:
    """``（是否想写“…”？）`` for the known words that are nearest to a mistyped one, at most three, or nothing.

    ``least``: how much of the words must be alike.
    """
    from difflib import SequenceMatcher, get_close_matches  # for those who mistype

    close = get_close_matches(word, known, n=3, cutoff=least)
    near = {other: SequenceMatcher(None, other, word).ratio() for other in close}
    nearest = sorted(other for other, ratio in near.items() if ratio == max(near.values()))
    return f"（是否想写{'或'.join(f'“{other}”' for other in nearest)}？）" if nearest else ""


#: What stands for a total where a funding source is named.
TOTAL_WORDS = frozenset({"合计", "小计", "总计", "资金总额", "年度资金总额", "资金合计"})
#: What a worked example in a blank workbook begins with: such a row is never counted.
EXAMPLE_MARK = "【示例】"


#: What no console takes for more than a letter of a path; Chinese characters and brackets are among them.
_TYPED = lazy_pattern(r"[\w\-./\\:~（）—]+")


def typed(path: object) -> str:
    """A path as it is typed in a command: in quotes where a blank, an & or a bracket is in it."""
    return str(path) if _TYPED.fullmatch(str(path)) else f'"{path}"'
