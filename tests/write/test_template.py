"""The form filler, read back by two programs that had no part in writing (openpyxl and calamine)."""

import io
import re
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.formatting.rule import Rule
from openpyxl.styles import Alignment, Font
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.worksheet import Worksheet
from python_calamine import CalamineWorkbook

from perfeval_xl.errors import UsageError
from perfeval_xl.scheme import templates_folder
from perfeval_xl.write.template import Figure, MarkerCell, Template, Value, compile_template
from perfeval_xl.write.template.cells import lines_needed
from perfeval_xl.write.template.formula import move_formula
from perfeval_xl.write.template.shift import Shift

Make = Callable[[Worksheet], None]
LEVELS = [("产出", "数量"), ("产出", "数量"), ("产出", "质量"), ("效益", "质量")]


def figure(number: str, text: str | None = None) -> Figure:
    return Figure(number, text or number)


def indicators(levels: Sequence[tuple[str, str]] = LEVELS) -> list[dict[str, Value]]:
    return [
        {"指标.一级指标": one, "指标.二级指标": two, "指标.指标内容": f"内容{at}", "指标.自评分": figure(f"{at}.50")}
        for at, (one, two) in enumerate(levels)
    ]


def template(folder: Path, make: Make) -> Template:
    return compile_template(template_file(folder, make))


def template_file(folder: Path, make: Make) -> Path:
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = "表"
    make(sheet)
    path = folder / "form.xlsx"
    book.save(path)
    return path


def block(sheet: Worksheet) -> None:
    """A label over heading, subtotal and repeating row, and a merged note below."""
    sheet["A1"] = "绩效指标"
    sheet["B1"] = "一级指标"
    sheet["E2"] = "{{指标得分}}"
    for column, name in zip("BCDE", ("一级指标", "二级指标", "指标内容", "自评分"), strict=True):
        sheet[f"{column}3"] = f"{{{{指标.{name}}}}}"
    sheet["A4"] = "说明"
    sheet["B4"] = "{{说明}}"
    sheet.merge_cells("A1:A3")
    sheet.merge_cells("B4:E4")


def cell(text: str) -> Make:
    def make(sheet: Worksheet) -> None:
        sheet["B2"] = text

    return make


def opened(content: bytes) -> Worksheet:
    sheet = load_workbook(io.BytesIO(content)).worksheets[0]
    assert isinstance(sheet, Worksheet)
    return sheet


def merged(content: bytes) -> set[str]:
    return {str(area) for area in opened(content).merged_cells.ranges}


def raw_parts(content: bytes) -> dict[str, bytes]:
    """Each part's compressed bytes."""
    parts = {}
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        for info in package.infolist():
            start = info.header_offset + 30 + len(info.filename.encode())
            parts[info.filename] = content[start : start + info.compress_size]
    return parts


def sheet_xml(content: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return package.read("xl/worksheets/sheet1.xml").decode()


@pytest.mark.parametrize(
    ("marked", "single", "expected"),
    [
        ("{{项目名称}}", {"项目名称": "军运会"}, "军运会"),
        ("（{{年度}}年度）", {"年度": "2019"}, "（2019年度）"),
        ("{{ 年度 }}", {"年度": "2019"}, "2019"),
        ("（{{资金分值}}分）", {"资金分值": figure("20.00", "20")}, "（20分）"),
        ("{{自评得分}}", {"自评得分": figure("89.78")}, 89.78),
        ("{{自评得分}}", {"自评得分": "—"}, "—"),
        ("{{资金[中央补助].全年预算数}}", {"资金[中央补助].全年预算数": figure("1920000.00")}, 1920000),
        ("{{资金合计.全年预算数|万元}}", {"资金合计.全年预算数": figure("18315150.00")}, 1831.52),
        ("{{资金合计.全年预算数 | 万元}}", {"资金合计.全年预算数": figure("-50.00")}, -0.01),
        ("共{{资金合计.全年预算数|万元}}万元", {"资金合计.全年预算数": figure("18315100")}, "共1831.51万元"),
        ("{{未知}}", {}, "{{未知}}"),
        ("前{{未知}}后", {}, "前{{未知}}后"),
        ("{{ 未知|万元}}", {}, "{{未知|万元}}"),
        ("{{说明}}", {"说明": ""}, None),
        ("{{说明}}", {"说明": "=1+1"}, "=1+1"),
        ("{{说明}}", {"说明": '-@+<a&"b">]]>\''}, '-@+<a&"b">]]>\''),
        ("{{说明}}", {"说明": "  两端有空格 "}, "  两端有空格 "),
        ("{{说明}}", {"说明": "控\x00制\x1f符\ufffe号\ud800"}, "控制符号"),
        ("{{说明}}", {"说明": "一\r\n二\r三"}, "一\n二\n三"),
        ("{{说明}}", {"说明": "{{年度}}", "年度": "2019"}, "{{年度}}"),
        ("{{说明}}", {"说明": "𠮷野家"}, "𠮷野家"),
    ],
)
def test_a_marker_is_filled(tmp_path: Path, marked: str, single: Mapping[str, Value], expected: object) -> None:
    content = template(tmp_path, cell(marked)).fill(single, [], [])
    assert opened(content)["B2"].value == expected
    assert opened(content)["B2"].data_type != "f"
    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python(skip_empty_area=False)
    read = rows[1][1] if len(rows) > 1 else ""
    assert read == ("" if expected is None else expected)


def test_text_that_looks_like_an_escape_stays_what_it_is(tmp_path: Path) -> None:
    content = template(tmp_path, cell("{{说明}}")).fill({"说明": "a_x000D_b"}, [], [])
    assert "a_x005F_x000D_b" in sheet_xml(content)


def test_every_marker_is_told_with_its_cell(tmp_path: Path) -> None:
    compiled = template(tmp_path, cell("{{年度}}至{{项目名称|万元}}及{{项目名称|大写}}"))
    assert compiled.markers == tuple(MarkerCell("表", "B2", name) for name in ("年度", "项目名称", "项目名称|大写"))


def test_rich_text_is_joined(tmp_path: Path) -> None:
    def make(sheet: Worksheet) -> None:
        sheet["B2"] = CellRichText("（", TextBlock(InlineFont(b=True), "{{年"), "度}}年度）")

    assert opened(template(tmp_path, make).fill({"年度": "2019"}, [], []))["B2"].value == "（2019年度）"


@pytest.mark.parametrize(
    ("runs", "single", "expected"),
    [
        (["项目：", ("{{项目名称}}",), "（{{年度}}）"], {}, ["项目：", ("军运会",), "（2019）"]),
        (["项目：{{项目", ("名称}}年度",), "{{年度}}"], {}, ["项目：军运会", ("年度",), "2019"]),
        ([("{{说明}}",), "{{年度}}"], {"说明": ""}, ["2019"]),
        ([("{{说明}}",), "&{{年度}}"], {"说明": "=1<2"}, [("=1<2",), "&2019"]),
        (["{{", ("年度}}",)], {}, 2019),
        (["（", ("{{无此}}",), "）"], {}, ["（", ("{{无此}}",), "）"]),
    ],
)
def test_parts_of_a_text_keep_their_look(
    tmp_path: Path, runs: list[Any], single: Mapping[str, Value], expected: Any
) -> None:
    def make(sheet: Worksheet) -> None:
        bold = InlineFont(b=True)
        sheet["B2"] = CellRichText(*(run if isinstance(run, str) else TextBlock(bold, *run) for run in runs))
        sheet["B3"] = "=B2"

    values = {"项目名称": "军运会", "年度": figure("2019"), **single}
    content = template(tmp_path, make).fill(values, [], [])
    cell = load_workbook(io.BytesIO(content), rich_text=True).worksheets[0]["B2"]
    if isinstance(cell.value, CellRichText):
        found = [run if isinstance(run, str) else (run.text,) for run in cell.value]
        assert all(run.font.b for run in cell.value if isinstance(run, TextBlock))
        words = "".join(run if isinstance(run, str) else run[0] for run in expected)
        assert load_workbook(io.BytesIO(content), data_only=True).worksheets[0]["B3"].value == words
        assert bool(cell.quotePrefix) == words.startswith("=")
        rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
        assert rows[0][0] == words
    else:
        found = [cell.value] if isinstance(cell.value, str) else cell.value
    assert found == expected


def test_a_number_keeps_the_cells_format(tmp_path: Path) -> None:
    def make(sheet: Worksheet) -> None:
        sheet["B2"] = "{{资金合计.全年预算数}}"
        sheet["B2"].number_format = "#,##0.00"

    content = template(tmp_path, make).fill({"资金合计.全年预算数": figure("162291800.00")}, [], [])
    assert (opened(content)["B2"].value, opened(content)["B2"].number_format) == (162291800, "#,##0.00")
    assert "<v>162291800.00</v>" in sheet_xml(content)


def test_rows_repeat_per_indicator_and_what_is_below_moves(tmp_path: Path) -> None:
    content = template(tmp_path, block).fill({"说明": "无", "指标得分": figure("8.00")}, [], indicators())
    sheet = opened(content)
    assert [sheet[f"D{row}"].value for row in range(3, 7)] == ["内容0", "内容1", "内容2", "内容3"]
    assert [sheet[f"E{row}"].value for row in range(2, 7)] == [8, 0.5, 1.5, 2.5, 3.5]
    assert (sheet["A7"].value, sheet["B7"].value, sheet.max_row) == ("说明", "无", 7)
    assert merged(content) == {"A1:A6", "B3:B5", "C3:C4", "B7:E7"}
    assert sheet.dimensions == "A1:E7"


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        (LEVELS[:1], set()),
        ([("产出", "数量")] * 3, {"B3:B5", "C3:C5"}),
        ([("产出", "数量"), ("效益", "数量")], set()),
        ([("产出", "数量"), ("产出", "质量"), ("产出", "数量")], {"B3:B5"}),
        ([("产出", "")] * 2, {"B3:B4"}),
        ([("", "")] * 2, set()),
        ([("产出", "数量"), ("效益", "社会"), ("产出", "数量")], set()),
    ],
)
def test_levels_merge_over_equal_neighbours(tmp_path: Path, levels: list[tuple[str, str]], expected: set[str]) -> None:
    content = template(tmp_path, block).fill({}, [], indicators(levels))
    last = 2 + len(levels)
    assert merged(content) == expected | {f"A1:A{last}", f"B{last + 1}:E{last + 1}"}


def test_no_indicators_leave_the_row_out(tmp_path: Path) -> None:
    content = template(tmp_path, block).fill({"说明": "无"}, [], [])
    assert merged(content) == {"A1:A2", "B3:E3"}
    assert opened(content)["B3"].value == "无"


def test_funding_rows_repeat_and_fixed_rows_do_not(tmp_path: Path) -> None:
    def make(sheet: Worksheet) -> None:
        sheet["A1"] = "{{资金合计.全年执行数}}"
        sheet["A2"] = "{{资金.资金来源}}"
        sheet["B2"] = "{{年度}}"
        sheet["A3"] = "{{资金[省补助].全年执行数}}"

    funding: list[dict[str, Value]] = [{"资金.资金来源": "中央补助"}, {"资金.资金来源": "省补助"}]
    single: dict[str, Value] = {
        "年度": "2019",
        "资金合计.全年执行数": figure("3"),
        "资金[省补助].全年执行数": figure("2"),
    }
    sheet = opened(template(tmp_path, make).fill(single, funding, []))
    values = [[value for value in row if value is not None] for row in sheet.iter_rows(values_only=True)]
    assert values == [[3], ["中央补助", "2019"], ["省补助", "2019"], [2]]


def test_merges_in_the_repeated_row_repeat(tmp_path: Path) -> None:
    def make(sheet: Worksheet) -> None:
        sheet["A3"] = "{{指标.一级指标}}"
        sheet["C3"] = "{{指标.指标内容}}"
        sheet.merge_cells("A3:B3")
        sheet.merge_cells("C3:D3")

    content = template(tmp_path, make).fill({}, [], indicators())
    assert merged(content) == {"A3:B5", "A6:B6", *(f"C{row}:D{row}" for row in range(3, 7))}


def test_what_refers_to_rows_moves_with_them(tmp_path: Path) -> None:
    def make(sheet: Worksheet) -> None:
        block(sheet)
        validation = DataValidation(type="list", formula1='"优,良"', sqref="E3 B4")
        sheet.add_data_validation(validation)
        sheet.conditional_formatting.add("E3", Rule(type="expression", formula=['AND(E3<1,$B$4<>"A9")']))
        sheet.row_breaks.append(Break(id=3))
        sheet["A4"].hyperlink = "https://example.org/"

    sheet = opened(template(tmp_path, make).fill({}, [], indicators()))
    assert set(str(sheet.data_validations.dataValidation[0].sqref).split()) == {"E3:E6", "B7"}
    (formatting,) = sheet.conditional_formatting
    assert str(formatting.sqref) == "E3:E6"
    assert formatting.rules[0].formula == ['AND(E3<1,$B$7<>"A9")']
    assert [row_break.id for row_break in sheet.row_breaks.brk] == [6]
    assert sheet["A7"].hyperlink is not None


@pytest.mark.parametrize(
    ("formula", "own", "copy", "expected"),
    [
        ("SUM(E3:E3)", 0, 0, "SUM(E3:E6)"),
        ("E4+E2", 0, 0, "E7+E2"),
        ("D3*E3", 3, 2, "D5*E5"),
        ("SUM(B3:D3)", 3, 1, "SUM(B4:D4)"),
        ("\"E4\"&表2!E4&'别 表'!E4&LOG10(E4)", 0, 0, "\"E4\"&表2!E4&'别 表'!E4&LOG10(E7)"),
    ],
)
def test_formulas_follow_the_rows(formula: str, own: int, copy: int, expected: str) -> None:
    assert move_formula(formula, "表", {"表": Shift(((3, 4),))}, own, copy) == expected


def test_a_templates_formula_moves_and_loses_its_stored_result(tmp_path: Path) -> None:
    def make(sheet: Worksheet) -> None:
        block(sheet)
        sheet["F4"] = "=SUM(E3:E3)"

    assert opened(template(tmp_path, make).fill({}, [], indicators()))["F7"].value == "=SUM(E3:E6)"


def wrapped(sheet: Worksheet) -> None:
    sheet["B2"] = "{{说明}}"
    sheet["B2"].alignment = Alignment(wrap_text=True)
    sheet["B2"].font = Font(size=10)
    sheet.row_dimensions[2].height = 30
    sheet.column_dimensions["B"].width = 11


@pytest.mark.parametrize(
    ("text", "height"),
    [("短", 30), ("字" * 20, 4 * 14.5 + 4), ("行\n行\n行", 3 * 14.5 + 4), ("字" * 2000, 409), ("", 30)],
)
def test_long_text_makes_its_row_higher(tmp_path: Path, text: str, height: float) -> None:
    content = template(tmp_path, wrapped).fill({"说明": text}, [], [])
    assert opened(content).row_dimensions[2].height == height
    assert 'customHeight="1"' in sheet_xml(content)


def test_text_merged_over_rows_makes_the_last_one_higher(tmp_path: Path) -> None:
    def make(sheet: Worksheet) -> None:
        block(sheet)
        sheet.column_dimensions["B"].width = 11
        sheet["B3"].alignment = Alignment(wrap_text=True)

    level = "字" * 50
    sheet = opened(template(tmp_path, make).fill({}, [], indicators([(level, "数量")] * 2)))
    heights = [sheet.row_dimensions[row].height or 0 for row in (3, 4)]
    assert sum(heights) >= lines_needed(level, 10) * 11 * 1.35 + 4
    assert heights[0] < heights[1]


@pytest.mark.parametrize(
    ("text", "lines"), [("", 1), ("abcdef", 1), ("汉字汉字", 2), ("汉字abc", 2), ("汉字\n\n汉", 3)]
)
def test_lines_needed(text: str, lines: int) -> None:
    assert lines_needed(text, 6) == lines


def test_every_other_part_is_the_templates_byte_for_byte(tmp_path: Path) -> None:
    path = tmp_path / "form.xlsx"
    book = Workbook()
    first = book.active
    assert isinstance(first, Worksheet)
    block(first)
    book.create_sheet("说明页")["A1"] = "没有标记"
    book.create_sheet("第二表")["A1"] = "{{年度}}"
    book.defined_names["得分"] = DefinedName("得分", attr_text="Sheet!$E$2")
    book.save(path)
    content = compile_template(path).fill({"年度": "2019"}, [], indicators())
    before, after = raw_parts(path.read_bytes()), raw_parts(content)
    filled = {"xl/worksheets/sheet1.xml", "xl/worksheets/sheet3.xml"}
    assert set(before) == set(after)
    assert set(list(after)[-2:]) == filled
    assert {name for name in before if before[name] != after[name]} == filled
    assert load_workbook(io.BytesIO(content))["第二表"]["A1"].value == "2019"
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        assert package.testzip() is None
        assert {info.date_time for info in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_the_same_values_give_the_same_bytes(tmp_path: Path) -> None:
    path = template_file(tmp_path, block)
    compiled = compile_template(path)
    once = compiled.fill({"说明": "无"}, [], indicators())
    compiled.fill({"说明": "别的"}, [], indicators()[:2])
    assert compiled.fill({"说明": "无"}, [], indicators()) == once
    assert compile_template(path).fill({"说明": "无"}, [], indicators()) == once


def test_namespaces_and_extensions_survive(tmp_path: Path) -> None:
    plain, path = template_file(tmp_path, block), tmp_path / "rich.xlsx"
    x14ac = "http://schemas.microsoft.com/office/spreadsheetml/2009/9/ac"
    extension = (
        '<extLst><ext xmlns:y="urn:y" uri="{x}"><y:a xmlns:xm="urn:xm"><xm:sqref>E3</xm:sqref></y:a></ext></extLst>'
    )
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(path, "w") as target:
        for name in source.namelist():
            data = source.read(name).decode()
            if name == "xl/worksheets/sheet1.xml":
                data = data.replace("<worksheet ", f'<worksheet xmlns:x14ac="{x14ac}" ', 1)
                data = re.sub(r'<row r="3"', '<row r="3" x14ac:dyDescent="0.2"', data)
                data = data.replace("</worksheet>", f"{extension}</worksheet>")
            target.writestr(name, data)
    xml = sheet_xml(compile_template(path).fill({}, [], indicators()))
    assert xml.count('x14ac:dyDescent="0.2"') == 4
    assert extension.replace(">E3<", ">E3:E6<") in xml
    assert xml.count("xmlns:x14ac") == 1


def test_no_workbook_is_a_usage_error(tmp_path: Path) -> None:
    path = tmp_path / "form.xlsx"
    path.write_bytes(b"no package")
    with pytest.raises(UsageError, match="不能使用"):
        compile_template(path)


def test_the_shipped_form_fills() -> None:
    compiled = compile_template(templates_folder() / "hongshan-2019" / "form.xlsx")
    single: dict[str, Value] = {
        "项目名称": "军运会",
        "指标分值": figure("60.00", "60"),
        "自评得分": figure("89.00"),
        "资金[区级预算资金].全年执行数": figure("63843300.00"),
    }
    rows = [item | {"指标.一级指标分值": figure("42", "42")} for item in indicators()]
    content = compiled.fill(single, [], rows)
    sheet = opened(content)
    assert (sheet["C5"].value, sheet["H4"].value, sheet["E14"].value) == ("军运会", 89, 63843300)
    assert (sheet["A18"].value, sheet["B20"].value) == ("绩效指标\n（60分）", "产出（42分）")
    assert {"A18:A23", "B20:B22", "C20:C21", "B24:H24"} <= merged(content)
