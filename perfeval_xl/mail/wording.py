"""What a letter says: a template's markers filled with the letter's own figures, as plain text and as HTML.

A line with ``{{项目.…}}`` repeats for each project and one with ``{{附件.…}}`` for each attachment, as rows of a form do.
"""

import html
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cache
from itertools import groupby
from pathlib import Path

from perfeval_xl.errors import UsageError
from perfeval_xl.lazy_pattern import lazy_pattern
from perfeval_xl.mail.letters import Enclosure, Letter
from perfeval_xl.mail.results import Project, UnitResults
from perfeval_xl.money import wan_yuan
from perfeval_xl.record import Record
from perfeval_xl.scheme import load_scheme, scheme_names
from perfeval_xl.settings import MailSettings, Settings
from perfeval_xl.text import nearest

_MARKER = lazy_pattern(r"\{\{\s*([^{}]*?)\s*\}\}")
_UNKNOWN = "未知"
_MOST_LISTED = 2

_Item = Project | Enclosure


class Wording(Record):
    """The templates of subject and body."""

    subject: str
    body: str


def size_words(size: int) -> str:
    """Bytes as an operator reads them."""
    return f"{size / 1024 / 1024:.1f} MB" if size >= 1024 * 1024 else f"{max(size, 1) / 1024:.1f} KB"


def _money(field: str, wan: bool) -> Callable[[Project], str]:
    def words(project: Project) -> str:
        amount = project.facts[field]
        if amount is None:
            return _UNKNOWN
        return str(wan_yuan(int(Decimal(amount) * 100))) if wan else str(amount)

    return words


def _fact(field: str, suffix: str = "") -> Callable[[Project], str]:
    return lambda project: f"{project.facts[field]}{suffix}" if project.facts[field] is not None else _UNKNOWN


def _listed(words: Sequence[str]) -> str:
    """A few as they are, many as the first and how many: a subject has to stay short."""
    return "、".join(words) if len(words) <= _MOST_LISTED else f"{words[0]}等{len(words)}个项目"


_OF_LETTER: Mapping[str, Callable[[Letter], str]] = {
    "年度": lambda letter: str(letter.unit.year),
    "单位名称": lambda letter: letter.unit.unit,
    "姓名": lambda letter: letter.to.mailbox.name or letter.to.mailbox.address,
    "项目名称": lambda letter: _listed([project.name for project in letter.to.projects]),
    "项目数": lambda letter: str(len(letter.to.projects)),
}
_OF_PROJECT: Mapping[str, Callable[[Project], str]] = {
    "附件号": _fact("number"),
    "项目名称": _fact("project"),
    "预算执行率": _fact("execution_rate", "%"),
    "自评得分": _fact("total_score"),
    "自评等级": _fact("grade"),
    **{
        heading + ("|万元" if wan else ""): _money(field, wan)
        for heading, field in (
            ("年初预算数", "initial_budget"),
            ("全年预算数", "annual_budget"),
            ("全年执行数", "executed"),
        )
        for wan in (False, True)
    },
}
_OF_ENCLOSURE: Mapping[str, Callable[[Enclosure], str]] = {
    "文件名": lambda enclosure: enclosure.paper.path.name,
    "大小": lambda enclosure: size_words(enclosure.size),
}
_KNOWN = [
    *_OF_LETTER,
    *(f"项目.{name}" for name in _OF_PROJECT),
    *(f"附件.{name}" for name in _OF_ENCLOSURE),
]


def wording_of(unit: UnitResults, settings: Settings) -> Wording:
    """The settings' words over the scheme's over the standard ones. Raises :class:`UsageError` for an unknown marker."""
    own, scheme, standard = settings.mail or MailSettings(), _scheme_words(unit.scheme, settings.scheme), _standard()
    wording = Wording(
        own.subject if own.subject is not None else scheme.get("subject", standard["subject"]),
        own.body if own.body is not None else scheme.get("body", standard["body"]),
    )
    for place, text in (("主题", wording.subject), *(("正文", line) for line in wording.body.splitlines())):
        names = _MARKER.findall(text)
        for name in names:
            if name not in _KNOWN:
                raise UsageError(
                    f"邮件{place}模板中有不认识的标记“{{{{{name}}}}}”{nearest(name, _KNOWN)}。",
                    f"可用的标记：{'、'.join(_KNOWN)}。",
                )
        if len({name.partition(".")[0] for name in names if "." in name}) > 1:
            raise UsageError(
                f"邮件{place}模板的一行中既有“项目.”又有“附件.”的标记：{text.strip()}", "分成两行，各自逐项重复。"
            )
    return wording


def fill_subject(wording: Wording, letter: Letter) -> str:
    """The subject, on one line; the figures of several projects are listed."""

    def listed(marker: re.Match[str]) -> str:
        return _listed([_value(marker[1], letter, item) for item in _items(marker[0], letter)])

    return " ".join(_MARKER.sub(listed, wording.subject).split())


def fill_body(wording: Wording, letter: Letter) -> tuple[str, str]:
    """The body as plain text and as HTML, where repeated lines are a list."""
    lines = list(_lines(wording.body.strip("\n"), letter))
    parts = []
    for repeated, own in groupby(lines, key=lambda line: line[0]):
        words = [html.escape(text) for _, text in own if text.strip()]
        if repeated:
            parts.append("<ul>\n" + "".join(f"<li>{text}</li>\n" for text in words) + "</ul>\n")
        else:
            parts += [f"<p>{text}</p>\n" for text in words]
    page = f'<html><head><meta charset="utf-8"></head><body>\n{"".join(parts)}</body></html>\n'
    return "".join(f"{text}\n" for _, text in lines), page


def _lines(body: str, letter: Letter) -> Iterator[tuple[bool, str]]:
    """The body's lines, each with whether it stands for one of several."""
    for line in body.splitlines():
        for item in _items(line, letter):
            yield item is not None, _filled(line, letter, item)


def _items(text: str, letter: Letter) -> Sequence[_Item | None]:
    """What a text is repeated for: each project or attachment where it has a marker of one, else once."""
    groups = {name.partition(".")[0] for name in _MARKER.findall(text) if "." in name}
    if "项目" in groups:
        return letter.to.projects
    return letter.enclosures if groups else [None]


def _filled(text: str, letter: Letter, item: _Item | None) -> str:
    return _MARKER.sub(lambda marker: _value(marker[1], letter, item), text)


def _value(name: str, letter: Letter, item: _Item | None) -> str:
    field = name.partition(".")[2]
    if isinstance(item, Project) and field:
        return _OF_PROJECT[field](item)
    if isinstance(item, Enclosure) and field:
        return _OF_ENCLOSURE[field](item)
    return _OF_LETTER[name](letter)


@cache
def _standard() -> dict[str, str]:
    return dict(tomllib.loads(Path(__file__).with_name("letter.toml").read_text(encoding="utf-8")))


def _scheme_words(name: str, named: str) -> Mapping[str, str]:
    """The words of the scheme that the results were made with, where it is still to be found."""
    if Path(named).name == name:
        return load_scheme(named).mail
    return load_scheme(name).mail if name in scheme_names() else {}
