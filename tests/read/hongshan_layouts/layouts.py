"""The Hongshan year rewritten as other bureaus and programs would send it: sheets of rows with merged areas."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import groupby
from pathlib import Path
from typing import Any

import openpyxl

SAMPLE = Path(__file__).parents[3] / "sample_workbooks" / "hongshan-2019"
UNIT = "武汉市公安局洪山区分局"
EXECUTION, INFO, INDICATORS, REPORT, FINAL = "预算执行情况", "项目信息", "绩效指标", "报告信息", "项目支出决算"
Rows = list[list[Any]]
Record = dict[str, Any]
Merge = tuple[int, int, int, int]


@dataclass
class Sheet:
    """Rows, and merged areas as zero-based (top, left, bottom, right)."""

    rows: Rows
    merges: list[Merge] = field(default_factory=list)


@dataclass
class Layout:
    """The sheets of each workbook (its name without suffix), the format to send them in, and ``perfeval.toml``."""

    books: dict[str, dict[str, Sheet]]
    suffix: str = ".xlsx"
    settings: str = ""


def sample() -> dict[str, Sheet]:
    """The sample's sheets by name, as they are."""
    sheets: dict[str, Sheet] = {}
    for path in sorted(SAMPLE.glob("*.xlsx")):
        for sheet in openpyxl.load_workbook(path, data_only=True):
            areas = [
                (area.min_row - 1, area.min_col - 1, area.max_row - 1, area.max_col - 1)
                for area in sheet.merged_cells.ranges
            ]
            rows = [["" if cell is None else cell for cell in row] for row in sheet.iter_rows(values_only=True)]
            sheets[sheet.title] = Sheet(rows, areas)
    return sheets


def records(name: str) -> list[Record]:
    """The rows of one of the sample's tables, by heading."""
    rows = sample()[name].rows
    at = next(at for at, row in enumerate(rows) if "项目名称" in row)
    heading = rows[at]
    own = (dict(zip(heading, row, strict=True)) for row in rows[at + 1 :])
    return [record for record in own if record["项目名称"]]


def wan(yuan: Any) -> str:
    """万元 with commas and as many decimals as the fen needs, two at least."""
    number = Decimal(str(yuan)) / 10_000
    return f"{number:,.6f}".rstrip("0").ljust(len(f"{number:,.2f}"), "0") if number else "0.00"


def total(rows: Iterable[Record], heading: str) -> Decimal:
    return sum((Decimal(str(row[heading] or 0)) for row in rows), Decimal(0))


def by_level1(rows: list[Record]) -> list[tuple[str, list[Record]]]:
    return [(name, list(own)) for name, own in groupby(rows, key=lambda row: str(row["一级项目"]))]


def by_code(rows: list[Record]) -> list[tuple[str, list[Record]]]:
    return [(code, list(own)) for code, own in groupby(rows, key=lambda row: str(row["项目编码"]))]


def rest(*, without: Sequence[str]) -> dict[str, Sheet]:
    return {name: sheet for name, sheet in sample().items() if name not in without}


def wan_with_three_heading_rows() -> Layout:
    """.xls in 万元: three heading rows, 序号, level-1 names merged downwards, 小计 and 合计, amounts as text with commas."""
    rows: Rows = [
        ["2019年度项目支出预算执行情况表"],
        [f"编制单位：{UNIT}", *[""] * 10, "金额单位：万元"],
        ["序号", "部门预算一级项目", "项目", "", "资金性质", "预算安排情况", "", "", "", "支付情况", "", ""],
        [
            "",
            "",
            "项目代码",
            "项目名称",
            "",
            "年初预算",
            "预算调整",
            "",
            "调整后预算数",
            "下达数",
            "支出数",
            "支出进度",
        ],
        ["", "", "", "", "", "", "追加", "追减", "", "", "", ""],
        ["栏次", "", "", "", "", "1", "2", "3", "4=1+2-3", "5", "6", "7=6/4"],
    ]
    merges = [(0, 0, 0, 11), (2, 2, 2, 3), (2, 5, 2, 8), (2, 9, 2, 11), (3, 6, 3, 7)]
    merges += [(2, column, 4, column) for column in (0, 1, 4)]
    merges += [(3, column, 4, column) for column in (2, 3, 5, 8, 9, 10, 11)]

    def amounts(own: list[Record]) -> list[str]:
        up = sum((max(Decimal(str(row["预算调整数"] or 0)), Decimal(0)) for row in own), Decimal(0))
        down = sum((max(-Decimal(str(row["预算调整数"] or 0)), Decimal(0)) for row in own), Decimal(0))
        given = [total(own, heading) for heading in ("年初预算数", "全年预算数", "到位资金", "全年执行数")]
        printed = [wan(number) for number in (given[0], up, down, *given[1:])]
        return [*printed, f"{given[3] / given[1] * 100:.2f}%"]

    everything = records(EXECUTION)
    for number, (level1, own) in enumerate(by_level1(everything), 1):
        first = len(rows)
        for row in own:
            name = [level1 if len(rows) == first else "", row["项目编码"], row["项目名称"], row["资金来源"]]
            rows.append([str(number) if len(rows) == first else "", *name, *amounts([row])])
        merges += [(first, column, len(rows) - 1, column) for column in (0, 1)]
        rows.append(["", "", "", "小  计", "", *amounts(own)])
    rows.append(["合  计", "", "", "", "", *amounts(everything)])
    merges.append((len(rows) - 1, 0, len(rows) - 1, 4))
    rows.append(["制表人：张三", "", "", "", "审核人：李四", "", "", "", "", "填表日期：2020年3月"])
    return Layout({"执行": {"导出": Sheet(rows, merges)}, "其他": rest(without=[EXECUTION])}, ".xls")


def sources_as_columns() -> Layout:
    """.ods with a column for each funding source, under the year's three amounts."""
    everything = records(EXECUTION)
    sources = list(dict.fromkeys(str(row["资金来源"]) for row in everything))
    groups = ("年初预算数", "全年预算数", "全年执行数")
    width = len(sources) + 1
    parents = [name if at == 0 else "" for name in groups for at in range(width)]
    children = ["合计", f"其中：{sources[0]}", *sources[1:]] * len(groups)
    rows: Rows = [
        ["2019年度项目支出预算执行情况表（按资金来源）"],
        [f"编制单位：{UNIT}", *[""] * 10, "单位：元"],
        ["一级项目", "项目编码", "项目名称", *parents],
        ["", "", "", *children],
    ]
    merges = [(2, 3 + at * width, 2, 2 + (at + 1) * width) for at in range(len(groups))]
    merges += [(2, column, 3, column) for column in range(3)]

    def amounts(own: list[Record]) -> list[Any]:
        cells: list[Any] = []
        for heading in groups:
            parts = [total((row for row in own if row["资金来源"] == source), heading) for source in sources]
            cells += [float(number) if number else "" for number in [sum(parts), *parts]]
        return cells

    for level1, own in by_level1(everything):
        for at, (code, same) in enumerate(by_code(own)):
            rows.append(["" if at else level1, code, same[0]["项目名称"], *amounts(same)])
    rows.append(["总计", "", "", *amounts(everything)])
    return Layout({"执行": {"资金": Sheet(rows, merges)}, "其他": rest(without=[EXECUTION])}, ".ods")


def as_it_is(suffix: str) -> Callable[[], Layout]:
    """The canonical tables in another format, all in one workbook."""
    return lambda: Layout({"全部": sample()}, suffix)


def two_units() -> Layout:
    """Hongshan and a made-up unit in the same tables, told apart by 预算单位."""
    other = "洪山区图书馆"
    sheets = sample()
    for name in (INFO, INDICATORS, FINAL):
        at = next(at for at, row in enumerate(sheets[name].rows) if "项目名称" in row)
        rows = sheets[name].rows
        rows[at] = ["预算单位", *rows[at]]
        rows[at + 1 :] = [[UNIT, *row] for row in rows[at + 1 :] if row[rows[at].index("项目名称") - 1]]
        sheets[name] = Sheet(rows)
    sheets[EXECUTION].rows[3:3] = [
        [other, "读者服务", "9001", "图书购置", "区级预算资金", 300000, "", 300000, 300000, 299999.99, "", ""]
    ]
    own = {
        INFO: {"预算单位": other, "序号": 1, "项目名称": "读者服务", "合并明细项目": "图书购置", "总目标自评分": 20},
        INDICATORS: {
            "预算单位": other, "项目名称": "读者服务", "一级指标": "产出指标", "二级指标": "数量指标", "指标内容": "购书",
            "年度目标值": "≥5000册", "全年完成值": "5200册", "分值": 60, "自评分": 60,
        },
        FINAL: {"预算单位": other, "科目编码": "2070104", "科目名称": "图书馆", "项目代码": "9001", "项目名称": "图书购置", "本年支出": 299999.99},
    }  # fmt: skip
    for name, record in own.items():
        heading = next(row for row in sheets[name].rows if "项目名称" in row)
        sheets[name].rows.append([record.get(text, "") for text in heading])
    for sheet in sheets.values():
        sheet.merges = []
    del sheets[REPORT]
    # What stood below the tables named Hongshan alone.
    rows = sheets[EXECUTION].rows
    rows[:] = [row for row in rows if row[3] or row is rows[0] or row is rows[1]]
    return Layout({"两单位": sheets})


def a_sheet_for_each_project() -> Layout:
    """The indicators of each project on a sheet of its own, as its form prints them; levels stand once."""
    book: dict[str, Sheet] = {}
    for number, (project, own) in enumerate(groupby(records(INDICATORS), key=lambda row: str(row["项目名称"])), 1):
        rows: Rows = [
            ["项目支出绩效指标完成情况表"],
            ["项目名称", project],
            ["一级指标", "二级指标", "三级指标", "性质", "年度指标值", "实际完成值", "分值", "得分", "偏差原因分析及改进措施", "佐证材料", "备注"],
        ]  # fmt: skip
        rows[2][3] = "指标方向"
        seen = ("", "")
        for row in own:
            level = (row["一级指标"], row["二级指标"])
            why = f"原因：{row['未完成原因']}\n改进措施：{row['改进措施']}" if row["改进措施"] else row["未完成原因"]
            rows.append([
                "" if level[0] == seen[0] else level[0], "" if level == seen else level[1], row["指标内容"], row["指标方向"],
                row["年度目标值"], row["全年完成值"], row["分值"], row["自评分"], why, row["完成情况说明"], row["备注"],
            ])  # fmt: skip
            seen = level
        rows.append(["说明：得分由自评小组评定"])
        book[f"项目{number}"] = Sheet(rows)
    return Layout({"指标": book, "其他": rest(without=[INDICATORS])})


def target_in_three_columns() -> Layout:
    """指标性质, 指标值 and 度量单位 for the target, the actual value without its unit."""
    heading = ["项目名称", "一级指标", "二级指标", "指标名称", "指标性质", "指标值", "度量单位", "实际完成值", "权重",
               "自评得分", "偏差原因", "改进措施", "佐证材料", "备注"]  # fmt: skip
    rows: Rows = [["2019年度绩效指标"], heading]
    for row in records(INDICATORS):
        target, actual = str(row["年度目标值"]), str(row["全年完成值"])
        digits = target.rstrip("个次场人名路辆件项%台套家起册")
        unit = target[len(digits) :] if digits.replace(".", "").isdigit() else ""
        nature = (row["指标方向"] or "≥") if unit else "定性"
        rows.append([
            row["项目名称"], row["一级指标"], row["二级指标"], row["指标内容"], nature, digits if unit else target, unit,
            actual.removesuffix(unit) if unit else actual, row["分值"], row["自评分"], row["未完成原因"], row["改进措施"],
            row["完成情况说明"], row["备注"],
        ])  # fmt: skip
    return Layout({"指标": {"指标": Sheet(rows)}, "其他": rest(without=[INDICATORS])})


def _subject(code: Any) -> list[str]:
    return [str(code)[:3], str(code)[3:5], str(code)[5:]]


def _detail_form(lines: list[Record], divide: Decimal) -> Rows:
    """财决05-2: 类款项, roll-up rows, economic classes with 小计, 栏次 and 合计."""
    rows: Rows = [
        ["支出功能分类科目编码", "", "", "科目名称", "项目代码", "项目名称", "合计", "工资福利支出", "", "商品和服务支出", "", "", "资本性支出", ""],
        ["类", "款", "项", "", "", "", "", "小计", "基本工资", "小计", "办公费", "其他商品和服务支出", "小计", "房屋建筑物购建"],
        ["栏次", "", "", "", "", "", *map(str, range(1, 9))],
    ]  # fmt: skip

    def amounts(own: list[Record]) -> list[Any]:
        whole = total(own, "本年支出") / divide
        capital = (
            total((row for row in own if "维修" in row["项目名称"] or "建" in row["项目名称"]), "本年支出") / divide
        )
        goods = whole - capital
        office = (goods / 2).quantize(Decimal("0.01"))
        return [float(number) if number else "" for number in (whole, 0, 0, goods, office, goods - office, capital, capital)]  # fmt: skip

    rows.append(["合计", "", "", "", "", "", *amounts(lines)])
    ordered = sorted(lines, key=lambda row: str(row["科目编码"]))
    for _, own in _grouped(ordered, 3):
        rows.append([*_subject(str(own[0]["科目编码"])[:3]), "公共安全支出", "", "", *amounts(own)])
        for _, division in _grouped(own, 5):
            rows.append([*_subject(str(division[0]["科目编码"])[:5]), "公安", "", "", *amounts(division)])
            for _, item in _grouped(division, 7):
                code = _subject(item[0]["科目编码"])
                rows.append([*code, item[0]["科目名称"], "", "", *amounts(item)])
                rows += [[*code, row["科目名称"], row["项目代码"], row["项目名称"], *amounts([row])] for row in item]
    rows.append(["注：本表反映单位本年度项目支出的明细情况。"])
    return rows


def _grouped(lines: list[Record], length: int) -> list[tuple[str, list[Record]]]:
    return [(code, list(own)) for code, own in groupby(lines, key=lambda row: str(row["科目编码"])[:length])]


def ministry_forms() -> Layout:
    """财决05-2 in 元, 06-1 in 万元 and 08-2 in 元, with sheet names cut at 31 characters."""
    lines = records(FINAL)
    merges = [(3, 0, 3, 2), (3, 7, 3, 8), (3, 9, 3, 11), (3, 12, 3, 13)]
    merges += [(3, column, 4, column) for column in (3, 4, 5, 6)]

    def head(title: str, form: str, unit: str) -> Rows:
        return [
            [title],
            ["", "", "", "", "", "", "", form],
            [f"编制单位：{UNIT}", "", "2019年度", "", "", f"金额单位：{unit}"],
        ]

    balance: Rows = [
        ["项目", "", "年初结转和结余", "", "本年收入", "", "本年支出", "", "年末结转和结余", ""],
        ["项目代码", "项目名称", "合计", "其中：财政拨款", "合计", "其中：财政拨款", "合计", "其中：财政拨款", "合计", "其中：财政拨款"],
        ["栏次", "", *map(str, range(1, 9))],
        ["", "合计", *[float(total(lines, "本年支出") / 10_000) if at in (2, 3, 4, 5) else "" for at in range(8)]],
        *([row["项目代码"], row["项目名称"], "", "", *[float(Decimal(str(row["本年支出"])) / 10_000)] * 4, "", ""] for row in lines),
    ]  # fmt: skip
    sheets = {
        "Z05_2 项目支出决算明细表(财决05-2表)": Sheet(
            head("项目支出决算明细表", "财决05-2表", "元") + _detail_form(lines, Decimal(1)), merges
        ),
        "Z06_1 行政事业类项目收入支出决算表(财决06-1表)": Sheet(
            head("行政事业类项目收入支出决算表", "财决06-1表", "万元") + balance
        ),
        "Z08_2 一般公共预算财政拨款项目支出决算明细表(财决08-2表)": Sheet(
            head("一般公共预算财政拨款项目支出决算明细表", "财决08-2表", "元") + _detail_form(lines, Decimal(1)), merges
        ),
    }
    return Layout({"决算": {name[:31]: sheet for name, sheet in sheets.items()}, "其他": rest(without=[FINAL])})


def own_headings() -> Layout:
    """Headings that only perfeval.toml knows, and others of those that domain.md lists."""
    sheets = sample()
    renamed = {
        "项目编码": "项目标识", "项目名称": "本局项目", "资金来源": "资金性质", "年初预算数": "年初指标", "预算调整数": "调整",
        "全年预算数": "本年指标", "到位资金": "下达数", "全年执行数": "已支付金额", "预算执行率": "支出进度", "一级项目": "部门预算一级项目",
    }  # fmt: skip
    sheets[EXECUTION].rows[2] = [renamed.get(text, text) for text in sheets[EXECUTION].rows[2]]
    settings = '[columns.execution]\n"本局项目" = "项目名称"\nannual_budget = ["本年指标"]\n'
    return Layout({"全部": sheets}, settings=settings)


def summary_columns_and_class_rows() -> Layout:
    """.xlsx by another program: 千元 in the headings, level-1 rows with their sums above, no word for a total."""
    everything = records(EXECUTION)
    headings = ("年初预算数", "预算调整数", "全年预算数", "到位资金", "全年执行数")
    rows: Rows = [["2019年项目执行"], ["一级项目", "明细项目", "资金来源", *(f"{text}\n（千元）" for text in headings)]]

    def amounts(own: list[Record]) -> list[Any]:
        return [float(total(own, heading) / 1000) for heading in headings]

    for level1, own in by_level1(everything):
        rows.append([level1, "", "", *amounts(own)])
        rows += [["", row["项目名称"], row["资金来源"], *amounts([row])] for row in own]
    return Layout({"执行": {"千元": Sheet(rows)}, "其他": rest(without=[EXECUTION])})


LAYOUTS: dict[str, Callable[[], Layout]] = {
    "wan": wan_with_three_heading_rows,
    "sources": sources_as_columns,
    "et": as_it_is(".et"),
    "xlsb": as_it_is(".xlsb"),
    "two_units": two_units,
    "sheets": a_sheet_for_each_project,
    "targets": target_in_three_columns,
    "ministry": ministry_forms,
    "aliases": own_headings,
    "roll_ups": summary_columns_and_class_rows,
}
