"""What one workbook gives: its tables by columns, and all that can be said of it without the others.

Its cells are let go here, so that a folder takes the memory of its largest workbook and of its tables, and what processes
send each other is little more than these.
"""

import hashlib
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

from perfeval_xl.findings import Finding
from perfeval_xl.model import Table
from perfeval_xl.read.files import read_file, shown_name
from perfeval_xl.read.footing import check_footing
from perfeval_xl.read.sheets import read_tables, unreadable
from perfeval_xl.read.table.frames import Columns, read_table
from perfeval_xl.read.table.roles import Role
from perfeval_xl.read.table.tables import RawTable
from perfeval_xl.read.table.totals import check_totals
from perfeval_xl.read.workbook.safety import UnreadableWorkbookError, refused
from perfeval_xl.record import Record
from perfeval_xl.workers import Crash, work_all

#: Bytes of workbooks for which a further process is worth its start.
_BYTES_PER_JOB = 4 * 2**20
_TOO_LARGE = "读取它的进程意外结束了，多半是内存不够；关闭其他程序后再运行一次，仍然如此时加 --jobs 1"


class Source(Record):
    """A workbook to read, the roles that its tables can have, and the unit of amounts where none is declared."""

    path: Path
    roles: Sequence[Role]
    amount_unit: str | None


class ReadTable(Record):
    """A table that was read: ``raw`` without its rows, and ``columns`` with them.

    ``amount_place``: the last printed place of its amounts in fen. ``findings`` are about the table whatever it is
    used for, ``unread`` about the cells that hold no value of their column's kind.
    """

    raw: RawTable
    place: Table
    columns: Columns
    amount_place: int
    findings: Sequence[Finding]
    unread: Sequence[Finding]


class Contents(Record):
    """A workbook's name, the SHA-256 of its bytes, its tables, and what is to be said of it."""

    name: str
    sha256: str
    tables: Sequence[ReadTable] = ()
    findings: Sequence[Finding] = ()


def read_contents(source: Source) -> Contents:
    """Everything in one workbook; one that may not be read is R101."""
    name = shown_name(source.path)
    try:
        content = read_file(source.path)
    except UnreadableWorkbookError as error:
        return Contents(name, hashlib.sha256().hexdigest(), findings=[unreadable(name, error)])
    digest = hashlib.sha256(content).hexdigest()
    raw, findings = read_tables(content, name, source.roles)
    del content
    totals = check_totals(raw, source.amount_unit)
    tables = [_read(table, own, source.amount_unit) for table, own in zip(raw, totals, strict=True)]
    return Contents(name, digest, tables, findings)


def read_all(sources: Sequence[Source], tell: Callable[[str], object], jobs: int) -> list[Contents]:
    """The contents of each; by as many as ``jobs`` processes where they are so large that a second one pays.

    A workbook whose process dies is R103: here it would end everything.
    """
    processes = min(jobs, _worth([_size(source.path) for source in sources])) if jobs > 1 else 1
    if processes < 2:
        return [_told(source, tell) for source in sources]
    return _share(sources, tell, processes)


def _told(source: Source, tell: Callable[[str], object]) -> Contents:
    tell(f"读取 {shown_name(source.path)}")
    return read_contents(source)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0  # reading it says why


def _worth(sizes: Sequence[int]) -> int:
    """The processes that files of these sizes keep busy: none is done before the largest file is."""
    return sum(sizes) // max(_BYTES_PER_JOB, *sizes) if sizes else 1


def _share(sources: Sequence[Source], tell: Callable[[str], object], jobs: int) -> list[Contents]:
    """By several processes, the largest first, so that none begins one while the others are done."""
    order = sorted(range(len(sources)), key=lambda at: -_size(sources[at].path))
    done: dict[int, Contents] = {}
    tell(f"读取 {len(sources)} 个工作簿")
    with closing(work_all(read_contents, [sources[at] for at in order], jobs)) as results:
        for place, result in results:
            if isinstance(result, Crash) and result.trouble:
                raise result.trouble
            source = sources[order[place]]
            done[order[place]] = _lost(source) if isinstance(result, Crash) else result
            tell(f"读取 {len(done)}/{len(sources)} 个工作簿，已读完 {shown_name(source.path)}")
    return [done[at] for at in range(len(sources))]


def _lost(source: Source) -> Contents:
    """R103 for a workbook that took its process with it."""
    try:
        digest = hashlib.sha256(read_file(source.path))
    except UnreadableWorkbookError:
        digest = hashlib.sha256()
    name = shown_name(source.path)
    return Contents(name, digest.hexdigest(), findings=[unreadable(name, refused(_TOO_LARGE))])


def _read(table: RawTable, totals: Sequence[Finding], amount_unit: str | None) -> ReadTable:
    columns, unread = read_table(table, amount_unit)
    findings = [*_undeclared_unit(table, amount_unit), *totals, *check_footing(table, amount_unit)]
    return ReadTable(
        raw=table.without_rows(),
        place=table.place(amount_unit),
        columns=columns,
        amount_place=table.printed_place(table.fen_per_unit("amount", amount_unit)),
        findings=findings,
        unread=unread,
    )


def _undeclared_unit(table: RawTable, amount_unit: str | None) -> list[Finding]:
    """R108 where nothing says what unit the amounts are in."""
    amounts = [name for name, kind in table.role.kinds.items() if kind == "amount" and name in table.columns]
    if amount_unit or table.unit or all(name in table.column_units for name in amounts):
        return []
    stated = f"同时注明了{'、'.join(table.units)}两种" if table.units else "没有注明"
    message = f"{table.role.label}{stated}金额单位，按“元”处理。"
    return [Finding("R108", message, sources=(table.cell(table.heading_row, amounts[0]),))]
