"""For every R, M and O code what looks like it and is not: changes of the clean year that must not be called so.

What only a file can be (damaged, protected, unsafe, with hidden rows) is in ``test_counter_files.py``.
"""

from collections.abc import Sequence

from tests.findings.test_reproducers import (
    EXECUTION,
    FINAL,
    INDICATORS,
    PROJECTS,
    SIGNED,
    Change,
    _column,
    add_row,
    both,
    drop_row,
    rename,
)
from tests.workbooks import Sheets, put

#: The sum of all that was executed.
SPENT = 533999.99


def row(sheet: str, at: int, **cells: object) -> Change:
    """Several cells of one data row."""
    return both(*(put(sheet, at, heading, value) for heading, value in cells.items()))


def in_wan_yuan(*amounts: float) -> Change:
    """The final accounts in 万元, rounded to two decimals."""
    rows = both(*(put(FINAL, at, "本年支出", amount) for at, amount in enumerate(amounts)))
    return both(put_unit("单位：万元"), rows)


def put_unit(text: str) -> Change:
    def change(sheets: Sheets) -> None:
        sheets[FINAL][0] = [text]

    return change


def second_sheet(sheet: str, heading: int) -> Change:
    """The last row on a sheet of its own, under the same headings: different rows are no copies."""

    def change(sheets: Sheets) -> None:
        sheets["续表"] = [*sheets[sheet][: heading + 1], sheets[sheet].pop()]

    return change


def by_subject(sheets: Sheets) -> None:
    """A detail's accounts on two lines, one for each functional subject."""
    sheets[FINAL][2:3] = [
        ["2070104", "图书馆", "001", "图书购置", 300000],
        ["2070199", "其他文化支出", "001", "图书购置", 40000],
    ]


def spent(amount: float, rate: object, **cells: object) -> Change:
    """The last detail executed to another amount, in both tables."""
    return both(row(EXECUTION, 3, 全年执行数=amount, 预算执行率=rate, **cells), put(FINAL, 2, "本年支出", amount))


def sheet(name: str, *rows: Sequence[object]) -> Change:
    return lambda sheets: sheets.update({name: [list(row) for row in rows]})


COUNTER_EXAMPLES: dict[str, tuple[Change, ...]] = {
    "R104": (
        sheet("表五", ["项目名称", "姓名", "邮箱"], ["全部", "张三", "zhang@example.com"]),
        sheet("表五", ["名称", "内容"], ["单位名称", "某区图书馆"]),
    ),
    "R105": (rename(FINAL, "本年支出", "决算数"), rename(EXECUTION, "全年预算数", "指标金额")),
    "R106": (
        put(EXECUTION, 2, "全年执行数", "￥79,999.99"),
        put(EXECUTION, 2, "全年执行数", "７９９９９.９９"),
        put(EXECUTION, 3, "预算调整数", "—"),
    ),
    "R107": (put(EXECUTION, 2, "备注", "等于=40000+39999.99"), put(PROJECTS, 0, "年初设定目标", "目标=丰富馆藏")),
    "R108": (both(drop_row(FINAL, 0), rename(FINAL, "本年支出", "本年支出（元）")),),
    "R109": (rename(EXECUTION, "备注", "执行数说明"), rename(EXECUTION, "备注", "累计支出占比")),
    "R110": (second_sheet(FINAL, 1), second_sheet(EXECUTION, 2), by_subject),
    "R112": (lambda sheets: sheets.update({"表二": sheets.pop(INDICATORS)}),),
    "R113": (
        add_row(EXECUTION, ["", "", "", "合计", "", 500000, 50000, 550000, 550000, SPENT]),
        lambda sheets: sheets[EXECUTION].insert(6, ["", "", "", "小计", "", 380000, 50000, 430000, 430000, 419999.99]),
    ),
    "R114": (put(EXECUTION, 0, "备注", "示例见附件"), rename(EXECUTION, "馆舍维护", "示例馆舍维护")),
    "R115": (
        put(EXECUTION, 3, "备注", "其中：质保金"),
        add_row(EXECUTION, ["", "", "", "", "", 500000, 50000, 550000, 550000, SPENT]),
    ),
    "R116": (put(EXECUTION, 3, "项目编码", 3), put(EXECUTION, 3, "项目编码", "201E12")),
    "R117": (
        lambda sheets: sheets[EXECUTION].append([*sheets[EXECUTION][6][:11], "第二笔"]),
        lambda sheets: sheets[EXECUTION].append([*sheets[EXECUTION][6][:5], 0, "", 0, 0, 0, "", ""]),
    ),
    "M201": (put(PROJECTS, 0, "合并明细项目", "001、002"), put(PROJECTS, 0, "合并明细项目", "图书购置\n读者 活动")),
    "M202": (
        put(PROJECTS, 0, "合并明细项目", "图书购置、读者活动、图书购置"),
        put(PROJECTS, 0, "合并明细项目", "图书购置、001、读者活动"),
    ),
    "M203": (put(PROJECTS, 0, "合并明细项目", "图书　购置，读者活动；"), put(PROJECTS, 0, "合并明细项目", "001;002")),
    "M204": (rename(INDICATORS, "馆舍维护", "馆舍 维护"), rename(PROJECTS, "馆舍维护", "馆舍维护　")),
    "M205": (
        both(rename(EXECUTION, "读者活动", "读者活动二期"), put(PROJECTS, 0, "合并明细项目", "图书购置、读者活动一期")),
        put(PROJECTS, 0, "合并明细项目", "图书购置、读者活动、读者话动"),
    ),
    "M206": (
        both(
            rename(EXECUTION, "图书购置", "图书购置等"),
            put(PROJECTS, 0, "合并明细项目", "读者活动、图书购置等"),
        ),
        put(PROJECTS, 0, "合并明细项目", "等、图书购置、读者活动"),
        put(PROJECTS, 0, "合并明细项目", "图书购置、读者活动等 2 个明细项目"),
    ),
    "M207": (put(FINAL, 2, "项目名称", "屋面　维修"), put(FINAL, 2, "项目代码", ""), put(EXECUTION, 3, "项目编码", "")),
    "M211": (add_row(EXECUTION, ["", "读者服务", "001", "图书购置", "合计", "", "", 350000, "", 340000]),),
    "M212": (put(EXECUTION, 3, "预算调整数", "-"), put(EXECUTION, 1, "年初预算数", "")),
    "M213": (
        put(EXECUTION, 1, "预算执行率", 0.96),
        put(EXECUTION, 1, "预算执行率", "96.0%"),
        put(EXECUTION, 2, "预算执行率", 99.99999),
    ),
    "M214": (spent(120000, 1),),
    "M215": (
        both(
            row(EXECUTION, 0, 年初预算数=0, 全年预算数=0, 到位资金=0, 全年执行数=0, 预算执行率=""),
            put(FINAL, 0, "本年支出", 240000),
        ),
    ),
    "M216": (put(EXECUTION, 3, "到位资金", ""),),
    "M217": (spent(130000, "", 年初预算数=100000, 预算调整数=30000, 全年预算数=130000, 到位资金=130000),),
    "M218": (spent(108000, "90%"), both(spent(96000, "80%"), put(PROJECTS, 1, "执行偏差原因", "质保金次年支付"))),
    "M221": (in_wan_yuan(34, 8, 11.4), by_subject, put(FINAL, 2, "本年支出", "114,000.00")),
    "M222": (put(FINAL, 2, "项目名称", "屋面修缮"), put(FINAL, 2, "项目代码", "")),
    "M223": (
        put(FINAL, 2, "项目代码", "0003"),
        lambda sheets: sheets[FINAL].insert(2, ["207", "文化旅游", "", "", SPENT]),
    ),
    "M224": (
        add_row(FINAL, ["", "", "", "合计", SPENT]),
        lambda sheets: sheets[FINAL].insert(2, ["207", "合计", "", "", SPENT]),
    ),
    "M225": (rename(FINAL, "本年支出", "支出合计"), second_sheet(FINAL, 1)),
    "M226": (
        lambda sheets: _column(sheets, PROJECTS, "全年执行数（万元）", [42.00, 11.40]),
        lambda sheets: _column(sheets, PROJECTS, "全年预算数（元）", [430000, ""]),
    ),
    "O501": (spent(0, 0), put(PROJECTS, 0, "总目标自评分", "")),
    "O502": (put(EXECUTION, 0, "资金来源", "中央资金"), put(EXECUTION, 0, "资金来源", "中央 补助资金")),
    "O504": (
        both(
            put(EXECUTION, 3, "到位资金", 110000),
            sheet("差异说明", SIGNED, ["M216", "馆舍维护", "屋面维修", "下年到位", "张三"]),
        ),
        sheet("差异说明", SIGNED, ["M216", "馆舍维护", "屋面维修", "", ""]),
    ),
}
