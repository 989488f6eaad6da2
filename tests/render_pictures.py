"""The pictures of the README and of docs/forms.md, drawn from a run of the sample: ``python -m tests.render_pictures``.

It needs LibreOffice and pdftoppm. ``sources.json`` keeps the digests of what was drawn; the tests compare those, and
need neither.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import tempfile
import zipfile
from pathlib import Path

import openpyxl
from PIL import Image, ImageDraw, ImageFont
from rich.cells import cell_len
from rich.style import Style
from rich.text import Text

from tests.drawing import PAGE, draw_form
from tests.test_screen import on_terminal
from tests.workbooks import invoke

ROOT = Path(__file__).parents[1]
PICTURES = ROOT / "docs" / "images"
SOURCES = PICTURES / "sources.json"
FOLDER = "sample_workbooks/hongshan-2019"
_FORM, _SUMMARY = "附件1.2 基础设施建设经费项目支出绩效自评表.xlsx", "绩效自评汇总表.xlsx"
_OTHER_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-ln-z]")
#: Pixels of a terminal's cell.
_WIDE, _HIGH = 10, 20
_PLAIN = "#d4d4d4"
# The screen's red, yellow and cyan, by their numbers.
_INK = {1: "#ff6b68", 3: "#ffd75f", 6: "#76d4d6"}


def run_sample(folder: Path) -> str:
    """The sample copied below ``folder`` and run there; what the run printed off a terminal."""
    shutil.copytree(ROOT / FOLDER, folder / FOLDER, ignore=shutil.ignore_patterns("自评结果"))
    before = Path.cwd()
    os.chdir(folder)
    try:
        return invoke("run", FOLDER).stdout
    finally:
        os.chdir(before)


def digests(folder: Path, printed: str) -> dict[str, str]:
    """SHA-256 of what each picture shows: the page's table, the form's sheet, the summary's first sheet and charts, the closing lines."""
    results = folder / FOLDER / "自评结果"
    summary = results / _SUMMARY
    rows = openpyxl.load_workbook(summary).worksheets[0].iter_rows(values_only=True)
    with zipfile.ZipFile(summary) as package:
        charts = [package.read(name) for name in sorted(package.namelist()) if name.startswith("xl/charts/chart")]
    with zipfile.ZipFile(results / _FORM) as package:
        form = package.read("xl/worksheets/sheet1.xml")
    page = PAGE.read_text(encoding="utf-8").partition("## 标记")[0].encode()
    contents = {
        "drawing.png": page,
        "drawn.png": page + form,
        "form.png": form,
        "summary.png": b"".join([repr(list(rows)).encode(), *charts]),
        "terminal.png": printed.encode(),
    }
    return {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}


def _draw_page(workbook: Path, picture: Path, work: Path, *options: str) -> None:
    """The first page of a workbook, without its margins."""
    profile = f"-env:UserInstallation={(work / 'profile').as_uri()}"
    command = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(work), str(workbook)]
    subprocess.run(command, check=True, capture_output=True, timeout=200)
    page = work / picture.stem
    pdf = (work / workbook.name).with_suffix(".pdf")
    subprocess.run(["pdftoppm", "-png", "-singlefile", *options, str(pdf), str(page)], check=True)
    image = Image.open(page.with_suffix(".png")).convert("RGB")
    ink = image.convert("L").point(lambda level: 255 if level < 250 else 0).getbbox() or (0, 0, *image.size)
    left, top, right, bottom = ink
    image = image.crop((left - 12, top - 12, right + 12, bottom + 12))
    image.quantize(32).save(picture, optimize=True)


def _font(*patterns: str) -> str:
    """The file of the first font that is installed."""
    for pattern in patterns:
        found = subprocess.run(["fc-list", pattern, "file"], check=True, capture_output=True, text=True).stdout
        if found:
            return found.splitlines()[0].rstrip(": ")
    raise SystemExit(f"none of these fonts is installed: {', '.join(patterns)}")


def _draw_terminal(shown: str, picture: Path) -> None:
    """Each character in its own cell, Chinese in two, as a terminal of 80 columns has it."""
    lines = [part for line in shown.splitlines() for part in _wrapped(Text.from_ansi(line))]
    image = Image.new("RGB", (82 * _WIDE, (len(lines) + 1) * _HIGH), "#1e1e1e")
    draw = ImageDraw.Draw(image)
    narrow = ImageFont.truetype(_font("DejaVu Sans Mono:style=Book", "Liberation Mono:style=Regular"), 16)
    wide = ImageFont.truetype(_font("Noto Sans CJK SC:style=Regular"), 18)
    for row, line in enumerate(lines):
        at = 1
        for offset, character in enumerate(line.plain):
            width = cell_len(character)
            ink = next((_ink(span.style) for span in line.spans if span.start <= offset < span.end), _PLAIN)
            middle = (at + width / 2) * _WIDE, (row + 1) * _HIGH
            draw.text(middle, character, fill=ink, font=wide if width == 2 else narrow, anchor="mm")
            at += width
    image.quantize(32).save(picture, optimize=True)


def _wrapped(line: Text) -> list[Text]:
    """A line as a terminal of 80 columns breaks it."""
    breaks, width = [], 0
    for offset, character in enumerate(line.plain):
        if width + cell_len(character) > 80:
            breaks.append(offset)
            width = 0
        width += cell_len(character)
    return list(line.divide(breaks))


def _ink(style: str | Style) -> str:
    colour = style.color if isinstance(style, Style) else None
    return _INK.get(colour.number or 0, _PLAIN) if colour else _PLAIN


def _screen(folder: Path) -> str:
    """What a terminal of 80 columns shows in the end: the progress has been overwritten."""
    shown = on_terminal("run", FOLDER, cwd=folder).replace("\r\n", "\n")
    lines = [_OTHER_ESCAPES.sub("", line.rpartition("\r")[2].rpartition("\x1b[2K")[2]) for line in shown.splitlines()]
    start = next(at for at, line in enumerate(lines) if "年度项目支出绩效自评" in line)
    return "\n".join([f"$ perfeval-xl run {FOLDER}", *lines[start:]])


def main() -> None:
    """Draw all of them, and note what they were drawn from."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place:
        work = Path(place)
        printed = run_sample(work)
        results = work / FOLDER / "自评结果"
        _draw_page(results / _FORM, PICTURES / "form.png", work, "-r", "75", "-f", "1")
        _draw_page(results / _SUMMARY, PICTURES / "summary.png", work, "-r", "80", "-f", "1", "-H", "600")
        scheme = draw_form(work / "scheme")
        invoke("run", work / FOLDER, "--scheme", scheme, "--no-report", "-o", work / "drawn")
        _draw_page(scheme / "form.xlsx", PICTURES / "drawing.png", work, "-r", "90", "-f", "1")
        _draw_page(work / "drawn" / _FORM, PICTURES / "drawn.png", work, "-r", "90", "-f", "1")
        _draw_terminal(_screen(work), PICTURES / "terminal.png")
        noted = json.dumps(digests(work, printed), indent=2) + "\n"
    SOURCES.write_text(noted, encoding="utf-8")


if __name__ == "__main__":
    main()
