"""Nothing that an officer drew is lost: templates of two other programs with everything on them, part by part."""

import io
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import etree
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from perfeval_xl.write.template import compile_template
from perfeval_xl.write.template.package import Part, lay_out_package, make_part
from perfeval_xl.write.template.styles import add_quoted
from tests.write.drawn import BY_LIBREOFFICE, draw, parts, values

#: The order in which the format wants a sheet's elements (ECMA-376, 18.3.1.99); Excel repairs files that differ.
ORDER = (
    *("sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData", "sheetCalcPr", "sheetProtection"),
    *("protectedRanges", "scenarios", "autoFilter", "sortState", "dataConsolidate", "customSheetViews", "mergeCells"),
    *("phoneticPr", "conditionalFormatting", "dataValidations", "hyperlinks", "printOptions", "pageMargins"),
    *("pageSetup", "headerFooter", "rowBreaks", "colBreaks", "customProperties", "cellWatches", "ignoredErrors"),
    *("smartTags", "drawing", "legacyDrawing", "legacyDrawingHF", "drawingHF", "picture", "oleObjects", "controls"),
    *("webPublishItems", "tableParts", "extLst"),
)
SHEETS = {f"xl/worksheets/sheet{number}.xml" for number in (1, 2, 3)}
#: Parts that name cells below the repeated rows.
NAMING = {
    *("xl/workbook.xml", "xl/drawings/drawing1.xml", "xl/drawings/vmlDrawing1.vml"),
    *("xl/comments1.xml", "xl/charts/chart1.xml"),
}
Made = Callable[[Path], Path]


def by_xlsxwriter(folder: Path) -> Path:
    return draw(folder / "form.xlsx")


def by_libreoffice(_: Path) -> Path:
    return BY_LIBREOFFICE


#: openpyxl says what it would lose on saving; nothing is saved by it here.
pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")
both = pytest.mark.parametrize("made", [by_xlsxwriter, by_libreoffice])


def changed(before: dict[str, bytes], after: dict[str, bytes]) -> set[str]:
    assert before.keys() == after.keys()
    return {name for name in before if before[name] != after[name]}


@both
def test_parts_that_name_no_moved_cell_are_identical(made: Made, tmp_path: Path) -> None:
    path = made(tmp_path)
    before, template = parts(path.read_bytes()), compile_template(path)
    assert changed(before, parts(template.fill(*values(1, 1, "军运会")))) <= SHEETS | {"xl/workbook.xml"}
    assert changed(before, parts(template.fill(*values(3, 5, "军运会")))) == SHEETS | NAMING
    assert changed(before, parts(template.fill(*values(3, 5)))) == SHEETS | NAMING | {"xl/styles.xml"}


@both
def test_what_names_cells_names_the_moved_ones(made: Made, tmp_path: Path) -> None:
    """Two rows more above row 5's neighbours, six more below row 8."""
    filled = {name: part.decode() for name, part in parts(compile_template(made(tmp_path)).fill(*values())).items()
              if name.endswith(("xml", "vml"))}  # fmt: skip
    names = re.findall(r"<definedName [^>]*>([^<]*)", filled["xl/workbook.xml"])
    assert set(names) == {
        *("自评表!$A$9:$H$14", "自评表!$A$1:$H$17", "自评表!$1:$3"),
        *("自评表!$H$15", "自评表!$A$10:$H$14", "自评表!$B$16"),
    }
    assert 'fullCalcOnLoad="1"' in filled["xl/workbook.xml"]
    chart = re.findall(r"<c:f>([^<]*)", filled["xl/charts/chart1.xml"])
    assert set(chart) == {"自评表!$H$10:$H$14", "自评表!$C$10:$C$14", "自评表!$A$16"}
    assert set(re.findall(r'<comment ref="([^"]*)"', filled["xl/comments1.xml"])) == {"B2", "H16"}
    assert set(re.findall(r"<x:Row>(\d+)", filled["xl/drawings/vmlDrawing1.vml"])) == {"1", "15"}
    sheet = filled["xl/worksheets/sheet1.xml"]
    assert re.findall(r'<brk id="(\d+)"', sheet) == ["15"]
    assert re.findall(r'location="([^"]*)"', sheet)[0].replace("'", "").lstrip("#") == "自评表!A16"
    assert {"F10:F14", "H16", "H10:H14", "F10:F15"} <= set(re.findall(r'sqref="([^"]*)"', sheet))


def test_pictures_move_as_they_are_told_to(tmp_path: Path) -> None:
    """The stamp at row 12 grows with its cells, that at row 1 stands above, that at row 2 never moves."""
    path = by_xlsxwriter(tmp_path)

    def rows(content: bytes) -> list[list[int]]:
        root = etree.fromstring(parts(content)["xl/drawings/drawing1.xml"])
        return [[int(row.text or "") for row in anchor.iterfind(".//{*}row")] for anchor in root.iterchildren("*")]

    before, after = rows(path.read_bytes()), rows(compile_template(path).fill(*values()))
    moved = [[new - old for new, old in zip(*pair, strict=True)] for pair in zip(after, before, strict=True)]
    assert sorted(moved) == [[0, 0], [0, 0], [6, 6], [6, 6], [6, 6]]


def test_a_sparkline_stands_in_every_copy(tmp_path: Path) -> None:
    sheet = parts(compile_template(by_xlsxwriter(tmp_path)).fill(*values()))["xl/worksheets/sheet1.xml"].decode()
    found = re.findall(r"<xm:f>([^<]*)</xm:f><xm:sqref>([^<]*)<", sheet)
    assert found == [*((f"自评表!F{row}:H{row}", f"E{row}") for row in range(10, 15)), ("自评表!B5:C7", "D8")]


@both
@pytest.mark.parametrize("size", [(0, 0), (1, 1), (3, 5)])
def test_the_sheets_are_as_the_format_wants_them(made: Made, size: tuple[int, int], tmp_path: Path) -> None:
    filled = parts(compile_template(made(tmp_path)).fill(*values(*size)))
    styles = etree.fromstring(filled["xl/styles.xml"]).find("{*}cellXfs")
    assert styles is not None
    assert int(styles.get("count", "0")) == len(styles)
    for name in SHEETS:
        root = etree.fromstring(filled[name])
        order = [ORDER.index(etree.QName(child).localname) for child in root.iterchildren("*")]
        assert order == sorted(order)
        numbers = [int(row.get("r", "")) for row in root.iterfind("{*}sheetData/{*}row")]
        assert numbers == sorted(set(numbers))
        for row in root.iterfind("{*}sheetData/{*}row"):
            cells = [cell.get("r", "") for cell in row.iterchildren("{*}c")]
            assert cells == sorted(set(cells))
            assert {cell.lstrip("ABCDEFGH") for cell in cells} <= {row.get("r")}
            assert all(int(cell.get("s", "0")) < len(styles) for cell in row.iterchildren("{*}c"))
        merges = root.find("{*}mergeCells")
        assert merges is None or int(merges.get("count", "0")) == len(merges) > 0
        assert not re.search("[\ufdd0-\ufdd5]", filled[name].decode())


@both
def test_two_readers_open_it(made: Made, tmp_path: Path) -> None:
    content = compile_template(made(tmp_path)).fill(*values())
    book = load_workbook(io.BytesIO(content))
    assert [book["自评表"][cell].value for cell in ("A1", "B10", "H14")] == [
        "=军运会&保障项目支出绩效自评表（2019年度）",
        "数量指标",
        9.5,
    ]
    assert book["自评表"]["A1"].quotePrefix
    assert not book["自评表"]["B2"].quotePrefix
    assert book["自评表"].protection.sheet
    assert {str(area) for area in book["自评表"].merged_cells.ranges} == {
        *("A1:H1", "A15:E15", "B16:G16", "A10:A12", "B10:B11"),
    }
    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name("自评表").to_python()
    assert rows[13][7] == 9.5
    assert rows[14][5:8] == [50, "良（75%）", 37.5]


def test_a_text_like_a_formula_has_the_look_of_its_cell(tmp_path: Path) -> None:
    template = compile_template(by_xlsxwriter(tmp_path))
    single, funding, rows = values(1, 6, "军运会")
    texts = ["=1+1", "+cmd", "@x", "-2", "平常", "'=1"]
    for item, text in zip(rows, texts, strict=True):
        item["指标.指标内容"] = text
    sheet = load_workbook(io.BytesIO(template.fill(single, funding, rows)))["自评表"]
    cells = [sheet[f"C{row}"] for row in range(8, 14)]
    assert [cell.value for cell in cells] == texts
    assert [bool(cell.quotePrefix) for cell in cells] == [True, True, True, True, False, False]
    assert {cell.data_type for cell in cells} == {"s"}
    looks = {(cell.font.name, cell.border.left.style, cell.alignment.wrap_text) for cell in cells}
    assert looks == {("宋体", "thin", True)}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            '<cellXfs count="2"><xf a="1"/><xf quotePrefix="1"><alignment/></xf></cellXfs>',
            '<cellXfs count="4"><xf a="1"/><xf quotePrefix="1"><alignment/></xf>'
            '<xf quotePrefix="1" a="1"/><xf quotePrefix="1"><alignment/></xf></cellXfs>',
        ),
        (
            '<x:cellXfs><x:xf b="2"></x:xf></x:cellXfs>',
            '<x:cellXfs><x:xf b="2"></x:xf><x:xf quotePrefix="1" b="2"></x:xf></x:cellXfs>',
        ),
        ("<styleSheet/>", "<styleSheet/>"),
    ],
)
def test_quoted_twins(before: str, after: str) -> None:
    assert add_quoted(before) == after


def test_the_order_of_calculation_is_left_to_excel(tmp_path: Path) -> None:
    path = by_xlsxwriter(tmp_path)
    chain = '<Override PartName="/xl/calcChain.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.calcChain+xml"/>'
    relation = '<Relationship Id="rId99" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/calcChain" Target="calcChain.xml"/>'
    content = parts(path.read_bytes())
    content["[Content_Types].xml"] = content["[Content_Types].xml"].replace(b"</Types>", f"{chain}</Types>".encode())
    names = "xl/_rels/workbook.xml.rels"
    content[names] = content[names].replace(b"</Relationships>", f"{relation}</Relationships>".encode())
    content["xl/calcChain.xml"] = b"<calcChain/>"
    made: list[Part] = [make_part(name, part) for name, part in content.items()]
    path.write_bytes(lay_out_package(made).pack([]))
    filled = parts(compile_template(path).fill(*values()))
    assert "xl/calcChain.xml" not in filled
    assert b"calcChain" not in filled["[Content_Types].xml"] + filled[names]


def test_libreoffice_comes_to_the_stored_results(tmp_path: Path) -> None:
    """The stored results are taken out, and what LibreOffice works out in their place is compared."""
    if not shutil.which("soffice"):
        pytest.skip("LibreOffice is not installed")
    content = compile_template(by_xlsxwriter(tmp_path)).fill(*values())
    emptied = [make_part(name, re.sub(rb"(</f>)<v>[^<]*</v>", rb"\1", part)) for name, part in parts(content).items()]
    (tmp_path / "empty.xlsx").write_bytes(lay_out_package(emptied).pack([]))
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = ["soffice", profile, "--headless", "--convert-to", "ods", "--outdir", str(tmp_path)]
    subprocess.run([*command, str(tmp_path / "empty.xlsx")], check=True, capture_output=True, timeout=120)
    stored = CalamineWorkbook.from_filelike(io.BytesIO(content))
    worked = CalamineWorkbook.from_path(str(tmp_path / "empty.ods"))
    formulas = load_workbook(io.BytesIO(content))
    compared = []
    for name in ("自评表", "附表", "说明页"):
        own, others = (book.get_sheet_by_name(name).to_python(skip_empty_area=False) for book in (stored, worked))
        for row_number, row in enumerate(formulas[name].iter_rows()):
            for at, cell in enumerate(row):
                if cell.data_type == "f":
                    expected = others[row_number][at]
                    close = pytest.approx(expected, rel=1e-14) if isinstance(expected, float) else expected
                    assert own[row_number][at] == close, cell.coordinate
                    compared.append(cell.coordinate)
    assert len(compared) == 14
