"""Read a file on trial in a child process with limits, so that a reader that dies or runs wild does not end the run.

Only for what :mod:`perfeval_xl.read.workbook.safety` cannot inspect (.xls, .xlsb, .ods, oddly written .xlsx): a start of the
interpreter each, and the file is read twice.
"""

import subprocess
import sys

from perfeval_xl.read.workbook.safety import (
    MAX_CELLS,
    MAX_SHEETS,
    UnreadableWorkbookError,
    check_cells,
    check_sheets,
    refused,
)

#: The largest .ods there can be takes five on a busy machine; no file takes more than ten, with what is done before.
MAX_SECONDS = 9
#: Address space of the child. Windows knows no such limit; the others hold.
MAX_MEMORY = 2**30
#: The child's own exit statuses: the reader panicked, or (on standard output) what was counted is beyond a limit.
_PANIC, _BEYOND = 71, 72

_TRIAL = """
import io, sys
content = sys.stdin.buffer.read()
memory, most_sheets, most_cells, panic, beyond = map(int, sys.argv[1:])
try:
    import resource
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
except (ImportError, ValueError, OSError):
    pass
from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum
sheets = cells = 0
try:
    with CalamineWorkbook.from_filelike(io.BytesIO(content)) as book:
        sheets = len(book.sheets_metadata)
        for sheet in book.sheets_metadata if sheets <= most_sheets else ():
            if cells <= most_cells and sheet.typ == SheetTypeEnum.WorkSheet:
                content = book.get_sheet_by_name(sheet.name)
                cells += content.total_height * content.total_width
                if cells <= most_cells:
                    content.to_python(skip_empty_area=False)
except (CalamineError, PasswordError, ValueError, LookupError, OSError):
    pass  # The parent meets the same error, and names it.
except BaseException as error:
    sys.exit(panic if type(error).__name__ == "PanicException" else 1)
print(sheets, cells)
sys.exit(beyond if sheets > most_sheets or cells > most_cells else 0)
"""


def try_reading(content: bytes) -> None:
    """Raise R103 where the reader dies, hangs or takes too much; R101 where it breaks down. Its errors are the caller's."""
    if not sys.executable:
        return
    limits = (MAX_MEMORY, MAX_SHEETS, MAX_CELLS, _PANIC, _BEYOND)
    command = [sys.executable, "-P", "-c", _TRIAL, *map(str, limits)]
    try:
        child = subprocess.run(command, input=content, capture_output=True, timeout=MAX_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise refused(f"试读超过 {MAX_SECONDS} 秒") from None
    if child.returncode == _PANIC:
        raise UnreadableWorkbookError("R101", "文件已损坏，请用 Excel 或 WPS 打开并修复，另存为 .xlsx")
    if child.returncode == _BEYOND:
        sheets, cells = map(int, child.stdout.split())
        check_sheets(sheets)
        check_cells(cells)
    if child.returncode:
        raise refused(f"试读时内存超过 {MAX_MEMORY // 2**20} MB，或者读取程序崩溃")
