"""A template's formulas: their references follow the rows, and what the filler knows gives them their value."""

import io
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.formula import ArrayFormula
from openpyxl.worksheet.worksheet import Worksheet

from perfeval_xl.write.template import Value, compile_template
from perfeval_xl.write.template.calculate import Operand, Unknown, compile_formula, evaluate, number_text
from perfeval_xl.write.template.formula import copy_formula, move_formula, sheets_of
from perfeval_xl.write.template.package import lay_out_package, make_part
from perfeval_xl.write.template.plan import Problem
from perfeval_xl.write.template.shift import Shift
from tests.write.drawn import figure, parts

#: Row 3 repeats four times on 表, twice on 别 表.
SHIFTS = {"表": Shift(((3, 4),)), "别 表": Shift(((3, 2),))}


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("SUM(E3:E3)", "SUM(E3:E6)"),
        ("SUM(E3)", "SUM(E3:E6)"),
        ("SUM(E2:E3)", "SUM(E2:E6)"),
        ("SUM(E3:E4)", "SUM(E3:E7)"),
        ("SUM(E1:E2)", "SUM(E1:E2)"),
        ("SUM(1,E3,ROUND(E3,0))", "SUM(1,E3:E6,ROUND(E3,0))"),
        ("AVERAGE($E$3)", "AVERAGE($E$3:$E$6)"),
        ("SUM(E3*2)", "SUM(E3*2)"),
        ("E4+E2", "E7+E2"),
        ("E$4/$E4", "E$7/$E7"),
        ("E3+E4", "E3+E7"),
        ("SUM(4:4)", "SUM(7:7)"),
        ("SUM($3:$4)", "SUM($3:$7)"),
        ("SUM(E:E)", "SUM(E:E)"),
        ("LOG10(E4)+A1B4+表4", "LOG10(E7)+A1B4+表4"),
        ('"E4"&E4&""""', '"E4"&E7&""""'),
        ("表!E4+'别 表'!E4+第三!E4", "表!E7+'别 表'!E5+第三!E4"),
        ("SUM('别 表'!E3:E3)", "SUM('别 表'!E3:E4)"),
        ("[1]表!E4+表:别!E4", "[1]表!E4+表:别!E4"),
        ("Table1[E4]+SUM(Table1[[#All],[E4]])", "Table1[E4]+SUM(Table1[[#All],[E4]])"),
    ],
)
def test_references_follow_the_rows(formula: str, expected: str) -> None:
    assert move_formula(formula, "表", SHIFTS) == expected


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("D3*E3", "D5*E5"),
        ("SUM(B3:D3)", "SUM(B5:D5)"),
        ("E3/E$3", "E5/E$3"),
        ("SUM(E$3:E3)", "SUM(E$3:E5)"),
        ("E3/SUM(E$3:E$3)", "E5/SUM(E$3:E$6)"),
        ("E3/E4+E2", "E5/E7+E2"),
        ("'别 表'!E3", "'别 表'!E3"),
    ],
)
def test_in_its_own_row_a_formula_means_its_own_copy(formula: str, expected: str) -> None:
    assert move_formula(formula, "表", SHIFTS, own=3, copy=2) == expected


@pytest.mark.parametrize(
    ("formula", "keep", "expected"),
    [("SUM(E3:E3)", False, "SUM(0)"), ("SUM(E3)+E4", False, "SUM(0)+E3"), ("表!$A$3:$H$3", True, "表!$A$3:$H$3")],
)
def test_a_row_that_is_left_out(formula: str, keep: bool, expected: str) -> None:
    assert move_formula(formula, "表", {"表": Shift(((3, 0),))}, keep=keep) == expected


@given(st.integers(1, 60), st.integers(1, 60), st.integers(1, 60), st.integers(1, 9))
def test_a_range_grows_by_the_copies_in_it(first: int, last: int, repeating: int, copies: int) -> None:
    top, bottom = sorted((first, last))
    moved = move_formula(f"A{top}:B{bottom}", "表", {"表": Shift(((repeating, copies),))})
    rows = [int(end[1:]) for end in moved.split(":")]
    assert rows[1] - rows[0] == bottom - top + (copies - 1) * (top <= repeating <= bottom)


def test_a_formula_copied() -> None:
    assert copy_formula("B3*$C3+D$4+SUM(A1:B2)+表!C3+3:3", 2, 1) == "C5*$C5+E$4+SUM(B3:C4)+表!D5+5:5"
    assert list(sheets_of("表!A1+'别 表'!B2+C3&\"假!A1\"")) == ["表", "别 表"]


CELLS: dict[tuple[int, int], Operand] = {
    (1, 1): Decimal("10.10"),
    (2, 1): Decimal("20.20"),
    (3, 1): "文字",
    (1, 2): Decimal("3"),
    (2, 2): None,
}


def cells(sheet: str, row: int, column: int) -> Operand:
    if sheet:
        raise Unknown
    return CELLS.get((row, column))


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("SUM(A1:A3)", "30.30"),
        ("SUM(A1:B2,5)", "38.30"),
        ("A1+A2*B1", "70.70"),
        ("(A1+A2)*B1", "90.90"),
        ("-A1+B2", "-10.10"),
        ("10-2-3", "5"),
        ("8/2/2", "2"),
        ("50%*B1", "1.5"),
        ("2*-3", "-6"),
        ("ROUND(2.675,2)", "2.68"),
        ("ROUND(-0.5,0)", "-1"),
        ("ROUND(A1/B1,4)", "3.3667"),
        ("ROUND(1250,-2)", "1300"),
        ("AVERAGE(A1:A3)", "15.15"),
        ("MAX(A1:B3)-MIN(A1:B3)", "17.2"),
        ("COUNT(A1:B3)+PRODUCT(B1:B2)+ABS(-1)", "7"),
        ("IF(A1>=10,1,2)", "1"),
        ("IF(A1<>A1,1,IF(B2=0,2,3))", "2"),
        ("1E2+.5", "100.5"),
        ('IF(A3="文字",1,0)', "1"),
        ('IF(B2="",1,0)', "1"),
        ("IFERROR(A1/B2,0)+IFERROR(B1,9)", "3"),
        ("IFERROR(AVERAGE(A3),1)", "1"),
        ("SUMPRODUCT(A1:A3,B1:B3)", "30.3"),
        ("SUMPRODUCT(B1:B2)", "3"),
        ('SUMIF(A1:A3,">10.5",A1:A3)+SUMIF(A1:A3,10.1)', "30.3"),
        ('SUMIF(A3:A3,"文字",B1:B1)+SUMIF(A1:A3,"<>文字")', "33.3"),
        ('COUNTIF(A1:A3,"文字")+COUNTIF(A1:A3,">=10.1")+COUNTA(A1:B3)', "7"),
        ("ROUNDUP(10.101,2)+ROUNDDOWN(-1.19,1)+INT(-0.5)", "8.01"),
        ("IF(AND(A1>1,NOT(B1>9)),IF(OR(A1>99,TRUE),5),0)", "5"),
        ("ROW()+ROW(A3)", "10"),
        ("SUM(得分)+得分率", "33.3"),
    ],
)
def test_a_number_worked_out(formula: str, expected: str) -> None:
    compiled = compile_formula(formula, 7, {"得分": "表!$A$1:$A$3", "得分率": "'表'!$B$1", "远": "$A$1"})
    assert compiled
    assert evaluate(compiled, lambda sheet, row, column: cells("" if sheet == "表" else sheet, row, column)) == Decimal(
        expected
    )


@pytest.mark.parametrize(
    ("formula", "expected"),
    [('"共"&A1&"分"', "共10.1分"), ("A3&B2&1/4", "文字0.25"), ("A1>A2", False), ('"甲""乙"', '甲"乙')],
)
def test_words_and_truths_worked_out(formula: str, expected: Operand) -> None:
    compiled = compile_formula(formula)
    assert compiled
    assert evaluate(compiled, cells) == expected


@pytest.mark.parametrize(
    "formula",
    ["A1+A3", "1/0", "A1/B2", "别!A1", "SUM(别!A1:A2)", "A1:A2", "A3>A1", "A3<\"甲\"", "AVERAGE(A3)", "SUM(A1:XFD9999)",
     "(A1=A1)+1", "ABS(A3)", "IFERROR(A1+A3,0)", "SUMPRODUCT(A1:A3,B1:B2)", 'SUMIF(A1:A3,"文*")', 'SUMIF(A1:A3,"")',
     'COUNTIF(A1:A3,">文")', "COUNTA(A1)+SUMPRODUCT(A1+1)"],
)  # fmt: skip
def test_what_is_not_ours_to_say(formula: str) -> None:
    compiled = compile_formula(formula)
    assert compiled
    with pytest.raises(Unknown):
        evaluate(compiled, cells)


@pytest.mark.parametrize(
    "formula",
    [
        "VLOOKUP(A1,B:C,2)",
        "TODAY()",
        "2^3",
        "A1 A2",
        "总得分*2",
        "{1,2}",
        "SUM(",
        "1+",
        ")",
        "IF(1)",
        "A1:A2:A3",
        "ROW(A1,A2)",
        "远",
        "OFFSET(A1,1,1)",
    ],
)
def test_what_is_not_understood(formula: str) -> None:
    assert compile_formula(formula) is None


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("0", "0"), ("-0.00", "0"), ("37.50", "37.5"), ("1E+3", "1000"), ("123456789012.345678", "123456789012.34568"),
        ("0.3333333333333333333", "0.33333333333333333"), ("1234567890123456789", "1234567890123456800"),
    ],
)  # fmt: skip
def test_a_number_as_it_is_stored(number: str, text: str) -> None:
    assert number_text(Decimal(number)) == text


def form(folder: Path, marked: dict[str, Any]) -> Path:
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = "表"
    for place, value in marked.items():
        sheet[place] = value
    book.save(folder / "form.xlsx")
    return folder / "form.xlsx"


def filled(path: Path, scores: list[str]) -> tuple[Worksheet, Worksheet]:
    """The formulas, and what is stored for them."""
    rows = [{"指标.自评分": figure(score)} for score in scores]
    content = compile_template(path).fill({"年度": "2019"}, [], rows)
    sheets = [load_workbook(io.BytesIO(content), data_only=values).worksheets[0] for values in (False, True)]
    assert isinstance(sheets[0], Worksheet)
    assert isinstance(sheets[1], Worksheet)
    return sheets[0], sheets[1]


def test_sums_of_what_is_filled_carry_their_value(tmp_path: Path) -> None:
    marked: dict[str, Any] = {
        "A1": "{{年度}}", "A2": 0.5, "A3": "{{指标.自评分}}", "B3": "=A3*$A$2", "C3": "=SUM(A$3:A3)", "D3": "=A3/A$4",
        "A4": "=SUM(A3)", "B4": "=SUM(B3:B3)", "C4": '=IF(A4>=30,"优","良")', "D4": "=VLOOKUP(A4,A1:B2,2)", "E4": "=D4+1",
        "F4": "=F5", "F5": "=F4", "G4": "=H4",
    }  # fmt: skip
    formulas, stored = filled(form(tmp_path, marked), ["5.50", "6.25", "20.00"])
    assert [formulas[f"{column}6"].value for column in "ABCD"] == [
        "=SUM(A3:A5)",
        "=SUM(B3:B5)",
        '=IF(A6>=30,"优","良")',
        "=VLOOKUP(A6,A1:B2,2)",
    ]
    assert [[stored[f"{column}{row}"].value for column in "BC"] for row in (3, 4, 5)] == [
        [2.75, 5.5],
        [3.125, 11.75],
        [10, 31.75],
    ]
    assert formulas["D4"].value == "=A4/A$6"
    assert stored["D4"].value == pytest.approx(6.25 / 31.75)
    assert [stored[f"{column}6"].value for column in "ABCDEFG"] == [31.75, 15.875, "优", None, None, None, 0]


def test_a_name_that_grows_with_the_rows_and_a_number_of_its_own(tmp_path: Path) -> None:
    path = form(tmp_path, {"A3": "{{指标.自评分}}", "B3": "=ROW()-2", "A4": "=SUM(得分)", "B4": "=SUMPRODUCT(A3,B3)"})
    book = load_workbook(path)
    book.defined_names["得分"] = DefinedName("得分", attr_text="表!$A$3:$A$3")
    book.save(path)
    _, stored = filled(path, ["5.50", "6.25", "20.00"])
    assert [[cell.value for cell in row] for row in stored["A3:B6"]] == [[5.5, 1], [6.25, 2], [20, 3], [31.75, 78]]


def test_what_a_merged_level_hides_is_blank_to_formulas(tmp_path: Path) -> None:
    marked = {
        "A3": "{{指标.一级指标}}",
        "B3": "{{指标.自评分}}",
        "C3": '=IF(A3="产出",B3,0)',
        "A4": '=SUMIF(A3:A3,"产出",B3:B3)',
    }
    rows: list[dict[str, Value]] = [
        {"指标.一级指标": "产出", "指标.自评分": figure(score)} for score in ("1.00", "2.00")
    ]
    content = compile_template(form(tmp_path, marked)).fill({}, [], rows)
    stored = load_workbook(io.BytesIO(content), data_only=True).worksheets[0]
    assert [stored[cell].value for cell in ("C3", "C4", "A5")] == [1, 0, 1]


def test_an_unknown_addend_leaves_the_sum_to_excel(tmp_path: Path) -> None:
    _, stored = filled(form(tmp_path, {"A1": "{{年度}}", "A2": "=NOW()", "A3": "=SUM(A1:A2)", "A4": "=A1+1"}), [])
    assert [stored[f"A{row}"].value for row in (3, 4)] == [None, None]


def test_shared_formulas_part(tmp_path: Path) -> None:
    path = form(tmp_path, {"A3": "{{指标.自评分}}", "B3": "=A3*2", "B4": "=A4*2", "A4": 7})

    content = parts(path.read_bytes())
    name = "xl/worksheets/sheet1.xml"
    xml = content[name].replace(b"<f>A3*2</f>", b'<f t="shared" ref="B3:B4" si="0">A3*2</f>')
    content[name] = xml.replace(b"<f>A4*2</f>", b'<f t="shared" si="0"/>')
    assert content[name].count(b"shared") == 2
    path.write_bytes(lay_out_package(make_part(*part) for part in content.items()).pack([]))
    formulas, stored = filled(path, ["1.00", "2.00"])
    assert [formulas[f"B{row}"].value for row in (3, 4, 5)] == ["=A3*2", "=A4*2", "=A5*2"]
    assert [stored[f"B{row}"].value for row in (3, 4, 5)] == [2, 4, 14]


def test_an_array_formula_over_repeated_rows_cannot_be_placed(tmp_path: Path) -> None:
    path = form(tmp_path, {"A3": "{{指标.自评分}}", "B3": ArrayFormula("B3:B4", "=A3:A4*2")})
    assert compile_template(path).problems == (Problem("表", "B3", "array"),)
    assert (
        compile_template(form(tmp_path, {"A3": "{{指标.自评分}}", "B1": ArrayFormula("B1:B2", "=A3*2")})).problems == ()
    )
