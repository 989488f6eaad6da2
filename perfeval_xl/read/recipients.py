"""Who gets what by mail: the rows of the sheet 收件人, read again when letters are made."""

from collections.abc import Mapping
from pathlib import Path

from perfeval_xl.errors import UsageError
from perfeval_xl.findings import Cell
from perfeval_xl.read.sheets import read_tables
from perfeval_xl.read.table.frames import read_frame
from perfeval_xl.read.table.roles import load_roles
from perfeval_xl.record import Record


class RecipientRow(Record):
    """One row as written. ``cells`` says where its fields are."""

    unit: str
    project: str
    name: str
    address: str
    copies: str
    cells: Mapping[str, Cell]


def read_recipients(path: Path, aliases: Mapping[str, Mapping[str, str]]) -> list[RecipientRow]:
    """The recipients in a workbook. Raises :class:`UsageError` where it cannot be read or a column is missing."""
    try:
        if not path.is_file():
            raise FileNotFoundError
        content = path.read_bytes()
    except OSError as error:
        reason = "没有这个文件" if isinstance(error, FileNotFoundError) else "不能读取，或被别的程序占用"
        raise UsageError(
            f"打不开收件人所在的工作簿 {path}：{reason}。",
            "把它放回原处，或用 --recipients 指明收件人表；结果文件夹搬动过的，也用 --recipients。",
        ) from None
    roles = load_roles(aliases)
    role = next(role for role in roles if role.name == "recipients")
    found, findings = read_tables(content, path.name, roles)
    tables = [table for table in found if table.role.name == role.name]
    if not tables:
        reasons = "".join(finding.message for finding in findings if finding.code != "R111")
        raise UsageError(
            f"{path} 中没有收件人表。{reasons}", "收件人表需要这些列：项目名称（或“全部”）、姓名、邮箱、抄送。"
        )
    frame, unreadable = read_frame(role, list(enumerate(tables)), None)
    if unreadable:
        raise UsageError(f"{unreadable[0].sources[0]}：{unreadable[0].message}", "改正该单元格后重新运行。")
    return [
        RecipientRow(
            unit=row["unit"],
            project=row["project"],
            name=row["name"],
            address=row["address"],
            copies=row["copies"],
            cells={
                field: tables[row["table"]].cell(row["row"], field)
                for field in ("unit", "project", "name", "address", "copies")
                if field in tables[row["table"]].columns
            },
        )
        for row in frame.to_dict("records")
        if any(row[field] for field in ("project", "name", "address", "copies"))
    ]
