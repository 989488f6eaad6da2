"""Letters: what goes to whom, and what is wrong with it; nothing is composed or sent here."""

import hashlib
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path

from perfeval_xl.mail.recipients import Recipient, RecipientList, Trouble, recipients_of
from perfeval_xl.mail.results import Paper, Project, Results, UnitResults
from perfeval_xl.mail.secrecy import names_any
from perfeval_xl.record import Record, replace


class Enclosure(Record):
    """A paper as it is on the disk now: ``sha256`` is empty where it is missing.

    ``telling``: it names a restricted project that is to be left out.
    """

    paper: Paper
    sha256: str
    size: int
    telling: bool = False

    @property
    def changed(self) -> bool:
        """Whether the run wrote other bytes."""
        return self.sha256 != self.paper.sha256


class Letter(Record, dict=True):
    """One letter: everything that is one person's in one unit. ``troubles`` hold it back; ``remarks`` do not."""

    unit: UnitResults
    to: Recipient
    enclosures: tuple[Enclosure, ...]
    troubles: tuple[Trouble, ...]
    remarks: tuple[str, ...]

    @cached_property
    def key(self) -> str:
        """What makes a letter the same: the recipient, the attachments' bytes and the year. Short enough for a header."""
        parts = [self.to.mailbox.address.casefold(), str(self.unit.year)]
        parts += sorted(enclosure.sha256 for enclosure in self.enclosures)
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:40]

    @property
    def complete(self) -> bool:
        """Whether there is something to enclose, and all of it is there."""
        return bool(self.enclosures) and all(enclosure.sha256 for enclosure in self.enclosures)


class Plan(Record):
    """All letters; the rows that made none; what the officer should know besides. ``unaddressed`` are projects by unit."""

    letters: tuple[Letter, ...]
    troubles: tuple[Trouble, ...]
    unaddressed: tuple[tuple[str, str], ...]
    restricted: tuple[tuple[str, str], ...]


def plan_letters(
    results: Results, lists: Iterable[RecipientList], allow_changed: bool, include_restricted: bool
) -> Plan:
    """A letter for each person in each unit, in the order of the lists."""
    files: dict[Path, Enclosure] = {}
    letters: list[Letter] = []
    troubles: list[Trouble] = []
    unaddressed: list[tuple[str, str]] = []
    restricted: list[tuple[str, str]] = []
    for own in lists:
        if results.chosen == results.units:
            troubles += own.unowned()
        for unit in (unit for unit in own.units if unit in results.chosen):
            people, wrong = recipients_of(unit, own, include_restricted)
            troubles += wrong
            letters += [_letter(unit, person, files, allow_changed, include_restricted) for person in people]
            covered = {project.name for person in people for project in person.projects}
            shown = [project for project in unit.projects if include_restricted or not project.restricted]
            unaddressed += [(unit.unit, project.name) for project in shown if project.name not in covered]
            restricted += [(unit.unit, project.number) for project in unit.projects if project.restricted]
    return Plan(tuple(letters), tuple(troubles), tuple(unaddressed), tuple(restricted))


def read_enclosure(paper: Paper) -> tuple[Enclosure, bytes]:
    """A paper and its bytes as they are now."""
    try:
        content = paper.path.read_bytes() if paper.path.is_file() else b""
    except OSError:
        content = b""
    if not content:
        return Enclosure(paper, "", 0), b""
    return Enclosure(paper, hashlib.sha256(content).hexdigest(), len(content)), content


def _letter(
    unit: UnitResults, person: Recipient, files: dict[Path, Enclosure], allow_changed: bool, include_restricted: bool
) -> Letter:
    hidden = [] if include_restricted else [project.name for project in unit.projects if project.restricted]
    papers = [project.form for project in person.projects if project.form]
    if person.everything:
        # The summary keeps restricted projects; the report leaves them out.
        papers += [paper for paper in unit.papers if not (hidden and paper.kind == "summary")]
    for paper in papers:
        if paper.path not in files:
            enclosure, content = read_enclosure(paper)
            shown = [project.name for project in unit.projects if not project.restricted]
            telling = bool(hidden and content) and names_any(content, hidden, shown)
            files[paper.path] = replace(enclosure, telling=telling)
    enclosures = tuple(files[paper.path] for paper in papers)
    remarks = ("汇总表列有涉密项目，没有附上。",) if person.everything and hidden else ()
    return Letter(unit, person, enclosures, tuple(_troubles(unit, person, enclosures, allow_changed)), remarks)


def _troubles(
    unit: UnitResults, person: Recipient, enclosures: Iterable[Enclosure], allow_changed: bool
) -> Iterable[Trouble]:
    for enclosure in enclosures:
        name = enclosure.paper.path.name
        if not enclosure.sha256:
            yield Trouble(name, "文件不见了，或读不出来", "关闭正在打开它的程序；仍不行就重新运行 perfeval-xl run。")
        elif enclosure.changed and not allow_changed:
            yield Trouble(
                name,
                "运行之后被改动过",
                "核对改动；确认就寄改动后的，加 --allow-changed，否则重新运行 perfeval-xl run。",
            )
        if enclosure.telling:
            yield Trouble(
                name,
                "文字中提到了涉密项目，或无法核对是否提到",
                "在工作簿中改掉这些文字，再运行一次 perfeval-xl run；确实可以寄，加 --include-restricted。",
            )
    for project in person.projects:
        yield from _open_errors(project)
    if person.everything and unit.errors:
        yield Trouble(unit.unit, f"有不属于单个项目的错误没有改正（{'、'.join(unit.errors)}）", _CORRECT)


def _open_errors(project: Project) -> Iterable[Trouble]:
    where = f"附件{project.number} {project.name}"
    if project.form is None:
        yield Trouble(where, "自评表暂不生成，没有可寄的", _CORRECT)
    elif project.errors:
        yield Trouble(where, f"有错误没有改正（{'、'.join(project.errors)}）", _CORRECT)


_CORRECT = "改正“问题清单”中的错误，或在“差异说明”中签字确认，再运行一次 perfeval-xl run。"
