"""An execution table that fills its sheet to the last row, and what checking a folder with it costs."""

import io
import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import openpyxl

from tests.damage import repacked
from tests.workbooks import EXECUTION, clean_year, write_folder

ROWS = 1_048_576
_CHECK = """
import json, resource, subprocess, sys
done = subprocess.run([sys.executable, "-m", "perfeval_xl", "check", sys.argv[1], "--year", "2024", "--format", "json"], capture_output=True)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
codes = [found["code"] for found in json.loads(done.stdout)["findings"]]
print(json.dumps([used.ru_utime + used.ru_stime, used.ru_maxrss // 1024, sorted(set(codes))]))
"""


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds of the processor, the most memory of one process in MiB, and the codes of what was found."""

    seconds: float
    memory: int
    codes: tuple[str, ...]


def full_sheet(rows: int = ROWS) -> bytes:
    """12 columns: a heading, and details with the names of two projects in turn; each has a code and a name of its own."""
    book = openpyxl.Workbook()
    book.active.title = "预算执行情况"  # type: ignore[union-attr]
    stream = io.BytesIO()
    book.save(stream)
    names = ("读者服务", "馆舍维护")

    def lines() -> list[str]:
        made = [_row(1, EXECUTION)]
        for at in range(2, rows + 1):
            texts = ["某区图书馆", names[at % 2], f"{at:07}", f"明细{at}", "区级预算资金"]
            made.append(_row(at, [*texts, 1000, 0, 1000, 1000, 990, "99%", "无"]))
        return made

    def change(name: str, data: bytes) -> bytes:
        if name != "xl/worksheets/sheet1.xml":
            return data
        head, _, _ = data.partition(b"<sheetData")
        return head + b"<sheetData>" + "".join(lines()).encode() + b"</sheetData></worksheet>"

    return repacked(stream.getvalue(), change)


def _row(number: int, values: Sequence[object]) -> str:
    cells = (
        f'<c r="{letter}{number}"><v>{value}</v></c>'
        if isinstance(value, int)
        else f'<c r="{letter}{number}" t="inlineStr"><is><t>{value}</t></is></c>'
        for letter, value in zip("ABCDEFGHIJKL", values, strict=True)
    )
    return f'<row r="{number}">{"".join(cells)}</row>'


def check_full_sheet(place: Path, rows: int = ROWS) -> Cost:
    """Check a folder of which one sheet is full, in a process of its own."""
    year = {name: sheet for name, sheet in clean_year().items() if name in ("绩效指标",)}
    write_folder(
        place, year | {"项目信息": [["序号", "项目名称", "总目标自评分"], [1, "读者服务", 20], [2, "馆舍维护", 20]]}
    )
    (place / "执行.xlsx").write_bytes(full_sheet(rows))
    said = subprocess.run([sys.executable, "-c", _CHECK, str(place)], capture_output=True, check=True).stdout
    took, memory, codes = json.loads(said)
    return Cost(took, memory, tuple(codes))
