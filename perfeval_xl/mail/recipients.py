"""Who gets what: the rows of 收件人 joined with the projects of a unit."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from perfeval_xl.errors import UsageError
from perfeval_xl.lazy_pattern import lazy_pattern
from perfeval_xl.mail.results import Project, Results, UnitResults
from perfeval_xl.read.recipients import RecipientRow, read_recipients
from perfeval_xl.record import Record
from perfeval_xl.settings import Settings
from perfeval_xl.text import match_key, nearest

EVERYTHING = "全部"
_ADDRESS = lazy_pattern(
    r"(?=.{1,64}@)[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?=.{1,253}$)([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+(?=[A-Za-z0-9-]*[A-Za-z])[A-Za-z0-9-]{2,63}"
)
_SUFFIX = lazy_pattern(r"-\d+$")
_BETWEEN = lazy_pattern(r"[\s,，;；、]+")


class Mailbox(Record):
    """A person and an address that can be."""

    name: str
    address: str


class Trouble(Record):
    """What keeps somebody from getting a letter: where it stands, what it is, what to do."""

    where: str
    reason: str
    advice: str


class Recipient(Record):
    """One person of a unit's list with everything that is theirs; ``everything`` where a row says 全部."""

    mailbox: Mailbox
    copies: tuple[str, ...]
    projects: tuple[Project, ...]
    everything: bool


class RecipientList(Record):
    """Rows as written, and the units that they are for: where it is one, a blank 预算单位 means it."""

    units: tuple[UnitResults, ...]
    rows: tuple[RecipientRow, ...]

    def rows_of(self, unit: UnitResults) -> list[RecipientRow]:
        """The rows of one unit."""
        return [row for row in self.rows if self._is_of(row, unit)]

    def unowned(self) -> list[Trouble]:
        """The rows of no unit here, and those that do not say of which."""
        names = [unit.unit for unit in self.units]
        return [
            _trouble(row, "unit", f"预算单位“{row.unit}”不在结果中{nearest(row.unit, names)}", "改正预算单位的名称。")
            if row.unit
            else _trouble(row, "project", "没有写预算单位，而结果中有多个单位", "补上“预算单位”一列。")
            for row in self.rows
            if not any(self._is_of(row, unit) for unit in self.units)
        ]

    def _is_of(self, row: RecipientRow, unit: UnitResults) -> bool:
        if len(self.units) > 1:
            return match_key(row.unit) == match_key(unit.unit)
        # Alone in its list, a unit also answers to the name that it had before a namesake in the batch.
        return not row.unit or match_key(row.unit) in {match_key(unit.unit), match_key(_SUFFIX.sub("", unit.unit))}


def mailbox_address(text: str) -> str | None:
    """The address in a cell, full-width signs made plain and a Chinese domain in its wire form; ``None`` if impossible."""
    local, at, domain = unicodedata.normalize("NFKC", text).strip().rpartition("@")
    try:
        address = local + at + (domain if domain.isascii() else domain.encode("idna").decode())
    except UnicodeError:
        return None
    return address if _ADDRESS.fullmatch(address) else None


def recipient_lists(results: Results, given: Path | None, settings: Settings) -> list[RecipientList]:
    """The file that was named, else the workbooks in which the run found 收件人, for the units that each is for.

    Raises :class:`UsageError` where a workbook cannot be read, or where nobody is named at all.
    """
    if given is not None:
        return [RecipientList(results.units, tuple(read_recipients(given, settings.aliases)))]
    shared: dict[tuple[Path, ...], list[UnitResults]] = {}
    for unit in results.units:
        shared.setdefault(unit.lists, []).append(unit)
    lists = [
        RecipientList(tuple(units), tuple(row for path in paths for row in read_recipients(path, settings.aliases)))
        for paths, units in shared.items()
    ]
    if not any(own.rows for own in lists):
        raise UsageError(
            "不知道寄给谁：运行时的工作簿中没有收件人表。",
            "在一个工作簿中加一张“收件人”表（项目名称或“全部”、姓名、邮箱、抄送），重新运行 perfeval-xl run；或用 --recipients 指明。",
        )
    return lists


def recipients_of(
    unit: UnitResults, own: RecipientList, include_restricted: bool
) -> tuple[list[Recipient], list[Trouble]]:
    """The people of one unit, each address once, and the rows that cannot be followed.

    Where restricted projects are left out, a person with no other gets nothing.
    """
    people: dict[str, Recipient] = {}
    troubles: list[Trouble] = []
    for row in own.rows_of(unit):
        address = mailbox_address(row.address)
        projects = _projects_of(unit, row.project, include_restricted)
        copies = {text: mailbox_address(text) for text in _BETWEEN.split(row.copies) if text}
        troubles += _row_troubles(unit, row, address, projects, include_restricted)
        troubles += _copy_troubles(row, copies)
        if address is None or not projects:
            continue
        before = people.get(address.casefold())
        people[address.casefold()] = Recipient(
            mailbox=before.mailbox if before else Mailbox(" ".join(row.name.split()), address),
            copies=_union(before.copies if before else (), copies.values(), address),
            projects=tuple(
                project for project in unit.projects if project in projects or (before and project in before.projects)
            ),
            everything=match_key(row.project) == EVERYTHING or (before is not None and before.everything),
        )
    return list(people.values()), troubles


def _projects_of(unit: UnitResults, named: str, include_restricted: bool) -> list[Project]:
    return [
        project
        for project in unit.projects
        if match_key(named) in (EVERYTHING, match_key(project.name)) and (include_restricted or not project.restricted)
    ]


def _union(before: Sequence[str], more: Iterable[str | None], own: str) -> tuple[str, ...]:
    """Each address for copies once, without the recipient's own."""
    union = {copy.casefold(): copy for copy in (*before, *more) if copy}
    union.pop(own.casefold(), None)
    return tuple(union.values())


def _row_troubles(
    unit: UnitResults, row: RecipientRow, address: str | None, projects: Sequence[Project], include_restricted: bool
) -> list[Trouble]:
    troubles = []
    if address is None:
        reason = f"“{row.address}”不可能是邮箱地址" if row.address else "没有写邮箱"
        troubles.append(_trouble(row, "address", reason, "改正邮箱；一行只写一个，其他人另起一行或写在“抄送”中。"))
    known = {EVERYTHING, *(match_key(project.name) for project in unit.projects)}
    if not projects and match_key(row.project) not in known:
        names = [project.name for project in unit.projects if include_restricted or not project.restricted]
        reason = f"项目“{row.project}”不在结果中{nearest(row.project, names)}" if row.project else "没有写项目名称"
        troubles.append(_trouble(row, "project", reason, "按自评表上的项目名称填写，或写“全部”。"))
    return troubles


def _copy_troubles(row: RecipientRow, copies: Mapping[str, str | None]) -> list[Trouble]:
    advice = "改正抄送地址；信仍寄给收件人，但这个抄送收不到。"
    return [
        _trouble(row, "copies", f"抄送“{text}”不可能是邮箱地址", advice)
        for text, copy in copies.items()
        if copy is None
    ]


def _trouble(row: RecipientRow, field: str, reason: str, advice: str) -> Trouble:
    return Trouble(str(row.cells.get(field) or row.cells["name"]), reason, advice)
