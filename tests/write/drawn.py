"""A form template with everything that Excel puts on a sheet, and values for it.

``drawn_by_libreoffice.xlsx`` is what LibreOffice 7.4 saved of :func:`draw`'s workbook.
"""

import io
import struct
import zipfile
import zlib
from pathlib import Path

import xlsxwriter

from perfeval_xl.write.template import Figure, Value

BY_LIBREOFFICE = Path(__file__).with_name("drawn_by_libreoffice.xlsx")
LEVELS = [
    ("产出指标", "数量指标"),
    ("产出指标", "数量指标"),
    ("产出指标", "质量指标"),
    ("效益指标", "社会效益指标"),
    ("满意度指标", "满意度指标"),
]

Items = list[dict[str, Value]]


def figure(number: str, text: str | None = None) -> Figure:
    return Figure(number, text or number)


def values(sources: int = 3, indicators: int = 5, name: str = "=军运会&保障") -> tuple[dict[str, Value], Items, Items]:
    """What the template is filled with. The scores are 5.50, 6.50 …, each of 10."""
    single: dict[str, Value] = {
        "项目名称": name,
        "年度": "2019",
        "主管部门": "市公安局",
        "实施单位": "分局",
        "项目信息.项目类别": "常年性",
        "报告信息.填报日期": "2020年3月1日",
        "资金合计.全年预算数": figure("18315100.00"),
        "资金合计.全年执行数": figure("18115200.00"),
        "资金合计.预算执行率": figure("0.9891", "98.91%"),
        "说明": "说明文字很长，" * 30,
        "自评等级": "良",
        "项目信息.预算单位": "某局",
        "指标得分": figure("54.00"),
    }
    funding: Items = [
        {
            "资金.资金来源": f"来源{at}",
            "资金.全年预算数": figure(f"{at + 1}000000.00"),
            "资金.全年执行数": figure(f"{at + 1}00000.50"),
        }
        for at in range(sources)
    ]
    rows: Items = [
        {
            "指标.一级指标": LEVELS[at % 5][0],
            "指标.一级指标分值": figure("40.00", "40"),
            "指标.二级指标": LEVELS[at % 5][1],
            "指标.指标内容": f"指标{at}",
            "指标.年度目标值": "≥10次",
            "指标.全年完成值": "8次",
            "指标.分值": figure("10.00"),
            "指标.未完成原因和改进措施": "原因：天气\n改进措施：提前安排" if at % 2 else "无",
            "指标.自评分": figure(f"{at + 5}.50"),
        }
        for at in range(indicators)
    ]
    return single, funding, rows


def draw(path: Path) -> Path:
    """Row 5 repeats per funding source, row 8 per indicator; sums, names, pictures and the rest stand around them."""
    book = xlsxwriter.Workbook(str(path), {"in_memory": True})
    cell = {"border": 1, "valign": "vcenter", "font_name": "宋体", "font_size": 10.5}
    words, head = book.add_format({**cell, "text_wrap": True}), book.add_format({**cell, "bold": True})
    money, score, rate = (book.add_format({**cell, "num_format": kind}) for kind in ("#,##0.00", "0.00", "0.00%"))
    sheet = book.add_worksheet("自评表")
    other, plain, lists = (book.add_worksheet(name) for name in ("附表", "说明页", "选项"))
    for column, width in enumerate((12, 14, 26, 14, 14, 10, 24, 12)):
        sheet.set_column(column, column, width)
    sheet.merge_range("A1:H1", "{{项目名称}}项目支出绩效自评表（{{年度}}年度）", head)
    marked = [
        "主管部门",
        "{{主管部门}}",
        "{{项目信息.项目类别}}",
        "实施单位",
        "{{实施单位}}",
        "日期",
        "{{报告信息.填报日期}}",
    ]
    sheet.write_row("A2", marked, words)
    sheet.write_row("A3", ["资金来源", "全年预算数", "全年执行数", "执行率"], head)
    sheet.write_row("A4", ["年度资金总额", "{{资金合计.全年预算数}}", "{{资金合计.全年执行数}}"], money)
    sheet.write("D4", "{{资金合计.预算执行率}}", rate)
    sheet.write("E4", "{{资金合计.全年预算数|万元}}", money)
    sheet.write_row("A5", ["{{资金.资金来源}}", "{{资金.全年预算数}}", "{{资金.全年执行数}}"], money)
    sheet.write_formula("D5", "=IF(B5=0,0,ROUND(C5/B5,4))", rate)
    sheet.write("A6", "来源合计", words)
    sheet.write_formula("B6", "=SUM(B5)", money)
    sheet.write_formula("C6", "=SUM(C5:C5)", money)
    sheet.write_formula("D6", "=C6/B6", rate)
    sheet.write_row("A7", ["一级指标", "二级指标", "指标内容", "目标值", "完成值", "分值", "原因", "得分"], head)
    sheet.set_row(7, 24)
    level1 = "{{指标.一级指标}}\n（{{指标.一级指标分值}}分）"
    sheet.write_row(
        "A8",
        [level1, *(f"{{{{指标.{name}}}}}" for name in ("二级指标", "指标内容", "年度目标值", "全年完成值"))],
        words,
    )
    sheet.write("F8", "{{指标.分值}}", score)
    sheet.write("G8", "{{指标.未完成原因和改进措施}}", words)
    sheet.write("H8", "{{指标.自评分}}", score)
    sheet.merge_range("A9:E9", "小计", head)
    sheet.write_formula("F9", "=SUM(F8:F8)", score)
    sheet.write_formula("G9", '=IF(H9>=F9*0.9,"优","良")&"（"&ROUND(H9/F9*100,1)&"%）"', words)
    sheet.write_formula("H9", "=SUM(H7:H8)", score)
    sheet.write("A10", "结论", words)
    sheet.merge_range("B10:G10", "{{说明}}", words)
    sheet.write("H10", "{{自评等级}}", words)
    sheet.write_url("B11", "internal:'自评表'!A10", string="见结论")
    sheet.write("C11", "{{项目信息.预算单位}}", words)
    _decorate(book, sheet)
    other.write("A1", "{{项目名称}}：{{指标得分}}分")
    other.write("A2", "{{指标.指标内容}}")
    other.write("B2", "{{指标.自评分}}", score)
    other.write_formula("B3", "=SUM(B2:B2)", score)
    other.write_formula("C3", "=自评表!H9-B3")
    other.write_formula("D3", "=自评表!H10")
    other.write_formula("E3", "=SUM(总得分)")
    plain.write("A1", "没有标记")
    plain.write_formula("A2", "=附表!B3*2", None, 8)
    lists.write_column("A1", ["优", "良", "中", "差"])
    lists.write_formula("B1", "=1+1", None, 2)
    lists.hide()
    book.close()
    return path


def _decorate(book: xlsxwriter.Workbook, sheet: xlsxwriter.worksheet.Worksheet) -> None:
    stamp = {"image_data": io.BytesIO(_png())}
    sheet.data_validation("F8", {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": 100})
    sheet.data_validation("H10", {"validate": "list", "source": "=选项!$A$1:$A$4"})
    red = book.add_format({"bg_color": "#FFC7CE"})
    sheet.conditional_format("H8", {"type": "formula", "criteria": "=H8<F8", "format": red})
    sheet.conditional_format("F8:F9", {"type": "data_bar", "data_bar_2010": True})
    sheet.conditional_format("H10", {"type": "cell", "criteria": "==", "value": '"优"', "format": red})
    sheet.add_sparkline("D6", {"range": "自评表!B5:C5"})
    sheet.add_sparkline("E8", {"range": "自评表!F8:H8"})
    sheet.write_comment("H10", "等级按方案")
    sheet.write_comment("B2", "主管部门全称")
    sheet.insert_textbox("A13", "盖章处：单位负责人签字", {"width": 220, "height": 60})
    sheet.insert_image("C1", "印章.png", {**stamp, "object_position": 2})
    sheet.insert_image("G12", "印章.png", {**stamp, "object_position": 1})
    sheet.insert_image("F2", "印章.png", {**stamp, "object_position": 3})
    chart = book.add_chart({"type": "column"})
    chart.add_series({"values": "=自评表!$H$8:$H$8", "categories": "=自评表!$C$8:$C$8", "name": "=自评表!$A$10"})
    sheet.insert_chart("A17", chart)
    sheet.set_header("&L&G&C自评表", {"image_left": "印章.png", "image_data_left": io.BytesIO(_png())})
    sheet.set_footer("&C第 &P 页")
    sheet.print_area("A1:H11")
    sheet.repeat_rows(0, 2)
    sheet.set_h_pagebreaks([9])
    sheet.freeze_panes(1, 0)
    sheet.protect("", {"format_rows": True})
    sheet.autofilter("A7:H8")
    book.define_name("总得分", "=自评表!$H$9")
    book.define_name("指标行", "=自评表!$A$8:$H$8")
    book.define_name("自评表!结论", "=自评表!$B$10")


def _png() -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    pixels = b"".join(b"\0" + b"\xd0\x20\x20" * 16 for _ in range(16))
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 16, 16, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(pixels)) + chunk(b"IEND", b"")


def parts(content: bytes) -> dict[str, bytes]:
    """Every part of a package."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return {name: package.read(name) for name in package.namelist()}
