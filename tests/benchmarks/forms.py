"""Filling the 洪山 form: ours beside openpyxl, xltpl, XlsxWriter and excelize, and beside the floor; then whole years.

Every figure is of this run and of this process's time; what counts are the ratios. Every form has other values. The peers do no more
than the same values need (openpyxl and excelize insert no rows but write below the form, xltpl fills one indicator), so
that they are not made to look slow. Peers that are not installed are left out.
"""

import importlib.util
import io
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import cycle
from pathlib import Path

import openpyxl
import xlsxwriter

from perfeval_xl.pipeline import evaluate
from perfeval_xl.scheme import templates_folder
from perfeval_xl.settings import Settings
from perfeval_xl.write.forms import form_outputs, form_values
from perfeval_xl.write.template import Figure, Template, Value, compile_template
from perfeval_xl.write.template.package import Part
from tests.benchmarks.years import write_year

FORM = templates_folder() / "hongshan-2019" / "form.xlsx"
SAMPLE = Path(__file__).parents[2] / "sample_workbooks" / "hongshan-2019"
_SECONDS, _ROUNDS = 0.2, 5

Single = Mapping[str, Value]
Items = Sequence[Mapping[str, Value]]
Form = tuple[Single, Items, Items]


def sample_forms(copies: int = 200) -> list[Form]:
    """The sample's forms many times over, each copy with texts and scores of its own."""
    filled = list(form_values(evaluate(SAMPLE, Settings())))
    return [
        (_varied(single, number), [], [_varied(item, number) for item in indicators])
        for number in range(copies)
        for single, _, indicators in filled
    ]


def _varied(values: Single, number: int) -> Single:
    return {
        name: value if name.startswith(("指标.一级", "指标.二级")) else _other(value, number)
        for name, value in values.items()
    }


def _other(value: Value, number: int) -> Value:
    if isinstance(value, Figure):
        return Figure(f"{number}{value.number}", f"{number}{value.text}")
    return f"{value}{number}" if len(value) > 1 else value


def rate(work: Callable[[Form], object], forms: Sequence[Form]) -> float:
    """Forms per second of this process's own time, which a busy machine does not blur."""
    feed = cycle(forms)
    work(next(feed))
    done, start = 0, time.process_time()
    while time.process_time() - start < _SECONDS:
        work(next(feed))
        done += 1
    return done / (time.process_time() - start)


def _plain(value: Value) -> str | float:
    return float(value.number) if isinstance(value, Figure) else value


def _with_openpyxl(form: Form) -> None:
    single, _, indicators = form
    book = openpyxl.load_workbook(FORM)
    sheet = book.worksheets[0]
    for row in sheet.iter_rows():
        for cell in row:
            if isinstance(cell.value, str) and cell.value.startswith("{{"):
                cell.value = _plain(single.get(cell.value[2:-2], ""))
    for number, item in enumerate(indicators, start=30):
        for column, value in enumerate(item.values(), start=1):
            sheet.cell(number, column, _plain(value))
    book.save(io.BytesIO())


def _with_xlsxwriter() -> Callable[[Form], object]:
    """The whole form from scratch: the template's cells, blanks, heights, widths and merges, and the same values."""
    sheet = openpyxl.load_workbook(FORM).worksheets[0]
    cells = [[str(cell.value or "") for cell in row] for row in sheet.iter_rows()]
    heights = [sheet.row_dimensions[number].height or 15 for number in range(1, len(cells) + 1)]
    widths = [sheet.column_dimensions[letter].width for letter in "ABCDEFGH"]
    merges = [area for area in map(str, sheet.merged_cells.ranges) if "20" not in area]

    def work(form: Form) -> None:
        single, _, indicators = form
        book = xlsxwriter.Workbook(io.BytesIO(), {"in_memory": True})
        page = book.add_worksheet()
        kinds = ("@", "#,##0.00", "0.00", "0.00%")
        styles = [book.add_format({"border": 1, "text_wrap": True, "num_format": kind}) for kind in kinds]
        for column, width in enumerate(widths):
            page.set_column(column, column, width)
        for area in merges:
            page.merge_range(area, "", styles[0])
        at = 0
        for number, line in enumerate(cells, start=1):
            for values in indicators if number == 20 else [single]:
                page.set_row(at, heights[number - 1])
                for column, text in enumerate(line):
                    value = _plain(values.get(text[2:-2], text)) if "{{" in text else text
                    page.write(at, column, value or None, styles[column % 4])
                at += 1
        book.close()

    return work


def _with_xltpl(folder: Path) -> Callable[[Form], object]:
    """Its templates say ``{{name}}`` with Python's names, so the markers are numbered."""
    from xltpl.writerx import BookWriter

    book = openpyxl.load_workbook(FORM)
    sheet = book.worksheets[0]
    names: dict[str, str] = {}
    for row in sheet.iter_rows():
        for cell in row:
            if isinstance(cell.value, str) and cell.value.startswith("{{"):
                name = names.setdefault(cell.value[2:-2], f"m{len(names)}")
                cell.value = "{{" + ("item." + name if cell.row == 20 else name) + "}}"
            elif isinstance(cell.value, str) and "{{" in cell.value:
                cell.value = cell.value.partition("{{")[0]
    path = folder / "xltpl.xlsx"
    book.save(path)
    writer = BookWriter(str(path))

    def work(form: Form) -> None:
        payload: dict[str, object] = {names[name]: _plain(value) for name, value in form[0].items() if name in names}
        payload["item"] = {names[name]: _plain(value) for name, value in form[2][0].items() if name in names}
        writer.render_book([payload | {"tpl_idx": 0, "sheet_name": "表"}])
        writer.save(io.BytesIO())

    return work


def _with_excelize(folder: Path) -> Callable[[Form], object]:
    import excelize

    target = str(folder / "excelize.xlsx")

    def work(form: Form) -> None:
        single, _, indicators = form
        book = excelize.open_file(str(FORM))
        sheet = book.get_sheet_list()[0]
        for number, value in enumerate(single.values()):
            book.set_cell_value(sheet, f"{'CEFGH'[number % 5]}{4 + number // 5}", _plain(value))
        for number, item in enumerate(indicators, start=30):
            for column, value in enumerate(item.values()):
                book.set_cell_value(sheet, f"{'ABCDEFGH'[column % 8]}{number}", _plain(value))
        book.save_as(target)
        book.close()

    return work


def _floor(template: Template, forms: Sequence[Form], folder: Path) -> tuple[Callable[[Form], object], Sequence[Form]]:
    """Deflating and writing XML that is ready: what no filler can save."""
    package = template._packages[0]
    name = template._sheets[0].part
    sheets: list[bytes] = []
    for form in forms:
        content = template.fill(*form)
        part = _last_part(content)
        sheets.append(zlib.decompress(part, -15))
    feed = cycle(sheets)
    target = folder / "floor.xlsx"

    def work(_: Form) -> None:
        xml = next(feed)
        data = zlib.compress(xml, 1, -15)
        target.write_bytes(package.pack([Part(name, 8, zlib.crc32(xml), len(xml), data)]))

    return work, forms


def _last_part(content: bytes) -> bytes:
    import zipfile

    with zipfile.ZipFile(io.BytesIO(content)) as package:
        info = package.infolist()[-1]
        start = info.header_offset + 30 + len(info.filename.encode())
        return content[start : start + info.compress_size]


def _fillers(template: Template, folder: Path) -> Iterator[tuple[str, Callable[[Form], object]]]:
    target = folder / "ours.xlsx"
    yield "ours, in memory", lambda form: template.fill(*form)
    yield "ours, written", lambda form: target.write_bytes(template.fill(*form))
    yield "openpyxl", _with_openpyxl
    yield "XlsxWriter", _with_xlsxwriter()
    if importlib.util.find_spec("xltpl"):
        yield "xltpl", _with_xltpl(folder)
    if importlib.util.find_spec("excelize"):
        yield "excelize", _with_excelize(folder)


def main() -> None:
    """Print the ratios: the best of several rounds for each, the rounds taken in turn."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        template, forms = compile_template(FORM), sample_forms()
        fillers = dict(_fillers(template, folder))
        fillers["floor"] = _floor(template, forms, folder)[0]
        rates = dict.fromkeys(fillers, 0.0)
        for _ in range(_ROUNDS):
            for who, work in fillers.items():
                rates[who] = max(rates[who], rate(work, forms))
        ours = rates["ours, in memory"]
        for who, speed in rates.items():
            print(f"{who:16} {speed:9.0f} forms/s   ours is {ours / speed:7.1f} ×")  # noqa: T201
        print(f"share of the floor {rates['ours, written'] / rates['floor']:.0%}")  # noqa: T201
        for projects in (1_000, 10_000):
            evaluation = evaluate(write_year(folder / str(projects), projects), Settings())
            start = time.process_time()
            count = sum(1 for _ in form_outputs(evaluation))
            print(f"form_outputs of {count} projects: {count / (time.process_time() - start):.0f} forms/s")  # noqa: T201


if __name__ == "__main__":
    main()
