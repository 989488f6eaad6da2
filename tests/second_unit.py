"""A unit that is no police bureau, under another regime: what its officer fills into the blanks, slips, and mends.

Three projects of a sports centre under mof-2020. The money: five rows of four details, one paid from two sources.
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

Value = str | float
Row = Mapping[str, Value]
#: A mend: sheet, heading by which the row is found, its value there, heading to fill in, value.
Mend = tuple[str, str, str, str, Value]


def _table(headings: str, *rows: Sequence[Value]) -> list[Row]:
    return [dict(zip(headings.split(), row, strict=True)) for row in rows]


FILLED: Mapping[str, Sequence[Row]] = {
    "预算执行情况": _table(
        "项目编码 项目名称 资金来源 年初预算数 预算调整数 全年预算数 到位资金 全年执行数",
        ("00101", "场馆免费开放", "当年财政拨款", 1200000, 0, 1200000, 1200000, 1180000),
        ("00102", "健身器材更新", "当年财政拨款", 300000, 50000, 350000, 350000, 342600.5),
        ("00102", "健身器材更新", "上年结转资金", 40000, 0, 40000, 40000, 40000),
        ("00201", "泳池水处理改造", "当年财政拨款", 800000, -100000, 700000, 700000, 520000),
        ("00301", "青少年培训", "其他资金", 60000, 0, 60000, 60000, 60000),
    ),
    "项目信息": _table(
        "序号 项目名称 主管部门 实施单位 合并明细项目 年初设定目标 全年实际完成情况",
        (1, "全民健身服务", "区文旅局", "区体育中心", "场馆免费开放、健身器材更新", "全年免费开放300天。", "免费开放288天。"),
        (2, "场馆安全", "区文旅局", "区体育中心", "泳池水处理改造", "完成水处理改造。", "改造完工，通过验收。"),
        (3, "青少年体育", "区文旅局", "区体育中心", "青少年培训", "举办培训班4期。", "举办培训班5期。"),
    ),
    "绩效指标": _table(
        "项目名称 一级指标 二级指标 指标内容 指标方向 年度目标值 全年完成值 分值 完成情况说明",
        ("全民健身服务", "产出指标", "数量指标", "免费开放天数", "≥", "300天", "288天", 30, "值班记录，开放288天。"),
        ("全民健身服务", "产出指标", "质量指标", "器材完好率", "≥", "95%", "98.5%", 20, "巡检表，完好率98.5%。"),
        ("全民健身服务", "效益指标", "社会效益指标", "健身便利", "定性", "达成预期指标", "达成预期指标", 30, "走访居民，达成预期指标。"),
        ("全民健身服务", "满意度指标", "服务对象满意度指标", "市民满意度", "≥", "90%", "94%", 10, "问卷200份，满意度94%。"),
        ("场馆安全", "产出指标", "时效指标", "完工时间", "≤", "2025年11月底前", "2025年11月20日", 30, "验收单，2025年11月20日。"),
        ("场馆安全", "产出指标", "成本指标", "改造成本", "≤", "70万元", "52万元", 20, "结算书，52万元。"),
        ("场馆安全", "效益指标", "社会效益指标", "安全事故", "≤", "0起", "0起", 30, "安全台账，0起。"),
        ("场馆安全", "满意度指标", "服务对象满意度指标", "泳客满意度", "≥", "90%", "", 10, ""),
        ("青少年体育", "产出指标", "数量指标", "培训期数", "≥", "4期", "5期", 40, "签到表，5期。"),
        ("青少年体育", "效益指标", "社会效益指标", "培训人数", "≥", "300人", "350人", 30, "花名册，350人。"),
        ("青少年体育", "满意度指标", "服务对象满意度指标", "家长满意度", "≥", "90%", "95%", 10, "问卷，满意度95%。"),
    ),
    "收件人": _table(
        "项目名称 姓名 邮箱", ("全民健身服务", "王一", "wangyi@example.com"), ("全部", "钱二", "qian@example.com")
    ),
    "项目支出决算": _table(
        "项目代码 项目名称 本年支出",
        ("00101", "场馆免费开放", 1180000),
        ("00102", "健身器材更新", 382600.5),
        ("00201", "泳池水处理改造", 520000),
        ("00301", "青少年培训", 60000),
    ),
}  # fmt: skip
#: What 报告信息 is told.
INFORMATION = {"单位名称": "某某区体育中心", "自评时间": "2026年3月", "财政部门": "某某区财政局"}
#: What check says of it, each thing once: a value forgotten, points that do not add up, what a reviewer would ask.
SLIPS = {"O501", "S304", "S301", "S315", "C413", "M218", "C408", "S308", "S309"}
MENDED: Sequence[Mend] = (
    ("绩效指标", "指标内容", "培训期数", "分值", 50),
    ("绩效指标", "指标内容", "泳客满意度", "全年完成值", "92%"),
    ("绩效指标", "指标内容", "泳客满意度", "完成情况说明", "问卷50份，满意度92%。"),
    ("绩效指标", "指标内容", "免费开放天数", "未完成原因", "台风停开12天。"),
    ("绩效指标", "指标内容", "免费开放天数", "改进措施", "延长周末开放。"),
    ("项目信息", "项目名称", "场馆安全", "执行偏差原因", "招标节约。"),
    ("项目信息", "项目名称", "全民健身服务", "主要问题", "免费开放天数没有达到目标。"),
    ("项目信息", "项目名称", "全民健身服务", "改进措施", "延长周末开放。"),
)
#: What stays, and is signed: much was done with less money.
SIGNED: Row = {"问题代码": "C410", "项目名称": "场馆安全", "对象": "场馆安全", "说明": "招标节约。", "确认人": "钱二"}


def heading_row(sheet: Worksheet) -> int:
    """Where the headings of a blank stand."""
    return next(row for row in range(1, 5) if sheet.cell(row, 2).value)


def _columns(sheet: Worksheet) -> dict[str, int]:
    return {str(cell.value): at for at, cell in enumerate(sheet[heading_row(sheet)], start=1)}


def fill_in(folder: Path, tables: Mapping[str, Iterable[Row]], information: Mapping[str, str] | None = None) -> None:
    """Write rows below what stands in the blank sheets of a folder, each value under its heading."""
    for path in sorted(folder.glob("*.xlsx")):
        book = openpyxl.load_workbook(path)
        for sheet in book:
            columns = _columns(sheet)
            for at, row in enumerate(tables.get(sheet.title, ()), sheet.max_row + 1):
                for heading, value in row.items():
                    sheet.cell(at, columns[heading], value)
            if sheet.title == "报告信息":
                for row_cells in sheet.iter_rows(heading_row(sheet) + 1):
                    row_cells[1].value = (information or {}).get(str(row_cells[0].value), row_cells[1].value)
        book.save(path)


def mend(folder: Path, mends: Iterable[Mend]) -> None:
    """Put single values right."""
    for path in sorted(folder.glob("*.xlsx")):
        book = openpyxl.load_workbook(path)
        for title, key, name, heading, value in mends:
            if title not in book.sheetnames:
                continue
            sheet = book[title]
            columns = _columns(sheet)
            [cells] = [row for row in sheet.iter_rows(heading_row(sheet) + 2) if row[columns[key] - 1].value == name]
            cells[columns[heading] - 1].value = value
        book.save(path)
