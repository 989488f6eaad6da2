"""Single faults of the clean year, generated from a table: what each kind of cell can suffer, and what must be said of it.

``SILENT`` lists what nothing in the folder contradicts, with the reason why.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from tests.workbooks import Sheets, clean_year

EXECUTION, PROJECTS, INDICATORS, FINAL = "预算执行情况", "项目信息", "绩效指标", "项目支出决算"
#: Rows above the data, by sheet.
ABOVE = {EXECUTION: 3, PROJECTS: 1, INDICATORS: 1, FINAL: 2}
Slip = Callable[[Any], Any]


@dataclass(frozen=True)
class Fault:
    """One fault: where it stands (``row`` zero-based among the data), what was done, what is said of it.

    It is found where one of ``codes`` names one of ``cells``; a ``*`` stands for any cell (of a row, or of the year).
    """

    sheet: str
    row: int
    heading: str
    slip: str
    change: Callable[[Sheets], None]
    codes: frozenset[str]
    cells: tuple[str, ...]

    @property
    def name(self) -> str:
        return f"{self.sheet} 第{self.row + 1}行 {self.heading} {self.slip}"

    @property
    def why_silent(self) -> str:
        """Why nothing in the folder contradicts it, or "" where something does."""
        for (sheet, heading, slip), (rows, reason) in SILENT.items():
            if (sheet, heading) == (self.sheet, self.heading) and slip in ("", self.slip) and self.row in rows:
                return reason
        return ""


class Said(NamedTuple):
    """Slips of a cell, and the codes of which one must name the cell, its row, or (``year``) what else it concerns."""

    slips: dict[str, Slip]
    codes: str
    place: str = "cell"


def number(change: Callable[[float], object]) -> Slip:
    """A slip of cells that hold a number other than zero."""
    return lambda value: change(value) if isinstance(value, int | float) and value else None


def transposed(value: float) -> object:
    """The first two neighbouring digits that differ, exchanged."""
    digits = str(value)
    at = next((at for at in range(len(digits) - 1) if digits[at] != digits[at + 1]), None)
    return None if at is None else float(digits[:at] + digits[at + 1] + digits[at] + digits[at + 2 :])


def text(change: Callable[[str], str]) -> Slip:
    """A slip of cells that hold a text."""
    return lambda value: change(value) if isinstance(value, str) and value else None


EMPTIED: Slip = lambda value: "" if value != "" else None  # noqa: E731
AS_WORDS: Slip = lambda _: "约三千"  # noqa: E731
ONE_MORE: Slip = number(lambda value: value + 1)
ONE_LESS: Slip = number(lambda value: value - 1)
FILLED: Slip = lambda value: 500 if value == "" else None  # noqa: E731
MISTYPED: Slip = text(lambda name: name[:-1] + "某")

#: What an amount suffers.
AMOUNT: dict[str, Slip] = {
    "加一元": ONE_MORE,
    "少填万元": number(lambda value: value / 10_000),
    "正负颠倒": number(lambda value: -value),
    "数字颠倒": number(transposed),
    "多一位": number(lambda value: value * 10),
}
BLANK: dict[str, Slip] = {"清空": EMPTIED}
WORDS: dict[str, Slip] = {"写成文字": AS_WORDS}


def replaced(old: str, new: str) -> Slip:
    return lambda value: value.replace(old, new) if isinstance(value, str) and old in value else None


#: Sheet → heading → what its cells suffer and what is said of it, one after the other.
SLIPS: dict[str, dict[str, list[Said]]] = {
    EXECUTION: {
        "一级项目": [Said({"错字": MISTYPED} | BLANK, "")],
        "项目编码": [Said({"改码": lambda _: "009"}, "M207 M222", "row"), Said(BLANK, "M222", "row")],
        "项目名称": [Said({"错字": MISTYPED}, "M201 M207"), Said(BLANK, "M201")],
        "资金来源": [
            Said({"不认识": lambda _: "援建资金"}, "O502"),
            Said({"另一来源": lambda _: "省补助"}, ""),
            Said(BLANK, "M211", "row"),
        ],
        "年初预算数": [Said(AMOUNT, "M212 M217"), Said(BLANK, ""), Said(WORDS, "R106")],
        "预算调整数": [Said(AMOUNT | {"填入": FILLED}, "M212"), Said(BLANK, ""), Said(WORDS, "R106")],
        "全年预算数": [Said(AMOUNT, "M212 M216"), Said(BLANK, "O501"), Said(WORDS, "R106")],
        "到位资金": [Said(AMOUNT, "M216"), Said(BLANK, ""), Said(WORDS, "R106")],
        "全年执行数": [Said(AMOUNT, "M221"), Said(BLANK, "O501"), Said(WORDS, "R106")],
        "预算执行率": [Said({"另一率": lambda _: "90%"}, "M213"), Said(BLANK, ""), Said(WORDS, "R106")],
        "备注": [Said({"填入": lambda _: "已完成"}, "")],
    },
    PROJECTS: {
        "序号": [Said({"改号": lambda _: 9}, "")],
        "项目名称": [Said({"错字": MISTYPED}, "M204"), Said(BLANK, "M204", "year")],
        "主管部门": [Said({"错字": MISTYPED} | BLANK, "")],
        "实施单位": [Said({"错字": MISTYPED} | BLANK, "")],
        "合并明细项目": [
            Said({"错字": MISTYPED, "多一项": text(lambda value: value + "、数字资源")}, "M203"),
            Said({"少一项": replaced("、读者活动", "")} | BLANK, "M201", "year"),
            Said({"别家的": lambda _: "屋面维修、读者活动"}, "M202"),
            Said({"没列完": text(lambda value: value + "等")}, "M206"),
        ],
        "年初设定目标": [Said({"错字": MISTYPED} | BLANK, "")],
        "全年实际完成情况": [
            Said({"改扣分": replaced("扣2分", "扣3分"), "添扣分": replaced("全部完成。", "基本完成，扣4分。")}, "C401"),
            Said(BLANK, "C402"),
        ],
        "总目标扣分": [Said({"一分": lambda _: 1}, "S314"), Said(BLANK, ""), Said(WORDS, "R106")],
        "总目标自评分": [
            Said({"少一分": ONE_LESS}, "C402 S314"),
            Said({"超满分": lambda _: 25}, "S302"),
            Said(BLANK, ""),
            Said(WORDS, "R106"),
        ],
        "执行偏差原因": [Said({"填入": lambda _: "质保金次年支付"}, "")],
    },
    INDICATORS: {
        "项目名称": [Said({"错字": MISTYPED}, "M204 S301", "year"), Said(BLANK, "S301", "year")],
        "一级指标": [Said({"错字": MISTYPED}, "")],
        "二级指标": [
            Said({"质量": lambda value: "质量指标" if value == "数量指标" else None}, "C409"),
            Said({"错字": MISTYPED}, ""),
        ],
        "指标内容": [Said({"错字": MISTYPED}, ""), Said({"重名": replaced("读者活动场次", "新购图书")}, "C412")],
        "指标方向": [Said({"反向": lambda value: "反向" if value == "" else None}, "S305 S307 S312", "row")],
        "年度目标值": [
            Said({"提高": replaced("≥5000册", "≥6000册"), "改率": replaced("≥90%", "≥99%")}, "S306"),
            Said({"多一位": replaced("≥40场", "≥400场")}, "S305", "row"),
            Said({"降低": replaced("≥40场", "≥30场")}, "S307"),
            Said({"丢符号": text(lambda value: value.lstrip("≥"))}, "S311"),
            Said(WORDS, "S303"),
            Said(BLANK, "S303"),
        ],
        "全年完成值": [
            Said({"改数": replaced("5200册", "4200册"), "多一场": replaced("30场", "31场")}, "C405"),
            Said({"降率": replaced("95%", "85%"), "不全": replaced("100%", "90%")}, "S306"),
            Said({"另一词": replaced("较高", "高")}, "S307"),
            Said({"夸大": replaced("5200册", "52000册")}, "S310"),
            Said(WORDS, "S303"),
            Said(BLANK, "S304"),
        ],
        "分值": [
            Said({"多一分": ONE_MORE, "少一分": ONE_LESS}, "S301"),
            Said(BLANK, "O501"),
            Said(WORDS, "R106"),
        ],
        "评分规则": [Said({"不认识": lambda _: "随意"}, "S303")],
        "扣分": [Said({"一分": lambda _: 1}, "S314 S307"), Said(WORDS, "R106")],
        "自评分": [
            Said({"少一分": ONE_LESS, "零分": number(lambda _: 0)}, "S305"),
            Said({"超分值": number(lambda value: value + 20), "负分": number(lambda value: -value)}, "S302"),
            Said(BLANK, ""),
            Said(WORDS, "R106"),
        ],
        "未完成原因": [Said(BLANK | {"无": text(lambda _: "无")}, "S308")],
        "改进措施": [Said(BLANK | {"无": text(lambda _: "无")}, "S309")],
        "完成情况说明": [
            Said({"改数": replaced("5200册", "5800册"), "改场次": replaced("30场", "20场")}, "C405"),
            Said({"改率": replaced("95%", "85%")}, "C405"),
            Said({"无投诉": replaced("问卷调查，满意度95%。", "全年无投诉。")}, "C407"),
            Said(BLANK, "C413"),
        ],
    },
    FINAL: {
        "科目编码": [Said({"改码": lambda _: "2070199"} | BLANK, "")],
        "科目名称": [Said({"错字": MISTYPED} | BLANK, "")],
        "项目代码": [Said({"别家的": lambda _: "001"}, "M221", "row"), Said({"改码": lambda _: "009"}, "M207"), Said(BLANK, "")],
        "项目名称": [Said({"错字": MISTYPED}, "M207"), Said(BLANK, "")],
        "本年支出": [Said(AMOUNT, "M221"), Said(BLANK, "M222"), Said(WORDS, "R106")],
    },
}  # fmt: skip
#: What is done to whole rows: sheet → slip → the codes.
ROW_CODES = {
    EXECUTION: {"删去一行": "M203 M221", "重复一行": "M221"},
    PROJECTS: {"删去一行": "M204", "重复一行": ""},
    INDICATORS: {"删去一行": "S301", "重复一行": "C412"},
    FINAL: {"删去一行": "M222", "重复一行": "M221"},
}
#: Columns of neighbouring rows that can be exchanged: sheet → heading → the codes.
SWAPPED = {
    EXECUTION: {"全年执行数": "M221 M213", "全年预算数": "M216"},
    PROJECTS: {"总目标自评分": "C402 S314", "合并明细项目": ""},
    INDICATORS: {"自评分": "S305", "全年完成值": "S303 S306 C405"},
    FINAL: {"本年支出": "M221"},
}

_UNKNOWN = "空白是未知，不与任何数比较"
_SAME = "空白时按规则、扣分或满分算出的正是原来的得分"
_PRINTED = "只印在表上，没有另一处写明"
_BY_LIST = "写了合并清单，一级项目不作依据"
_BY_OTHER = "编码、名称有一个空白，按另一个对上，金额一致"
_ONE_SOURCE = "来源只在一处写明"
_BY_HAND = "文字目标和没有列出的评语由人评分，自评分已经填写"
ALL = range(9)
#: (sheet, heading, slip or "" for all) → the rows (of the data) and the reason why nothing contradicts it there.
SILENT: dict[tuple[str, str, str], tuple[Collection[int], str]] = {
    (EXECUTION, "一级项目", ""): (ALL, _BY_LIST),
    (EXECUTION, "项目编码", "清空"): ((2, 3), _BY_OTHER),
    (EXECUTION, "项目名称", "清空"): ((1,), _BY_OTHER),
    (EXECUTION, "资金来源", "另一来源"): (ALL, _ONE_SOURCE),
    (EXECUTION, "资金来源", "清空"): ((3,), _ONE_SOURCE),
    (EXECUTION, "年初预算数", "清空"): (ALL, _UNKNOWN),
    (EXECUTION, "年初预算数", "加一元"): ((3,), "这一行没有填预算调整数"),
    (EXECUTION, "年初预算数", "正负颠倒"): ((3,), "这一行没有填预算调整数"),
    (EXECUTION, "预算调整数", "清空"): (ALL, _UNKNOWN),
    (EXECUTION, "到位资金", "清空"): (ALL, _UNKNOWN),
    (EXECUTION, "预算执行率", "清空"): (ALL, _UNKNOWN),
    (EXECUTION, "备注", ""): (ALL, _PRINTED),
    (PROJECTS, "序号", ""): (ALL, "序号由填表人定"),
    (PROJECTS, "主管部门", ""): (ALL, _PRINTED),
    (PROJECTS, "实施单位", ""): (ALL, _PRINTED),
    (PROJECTS, "合并明细项目", "与下一行互换"): (ALL, _BY_LIST),
    (PROJECTS, "年初设定目标", ""): (ALL, _PRINTED),
    (PROJECTS, "全年实际完成情况", "清空"): ((0,), "没有扣分，不需要说明"),
    (PROJECTS, "总目标扣分", "清空"): (ALL, _UNKNOWN),
    (PROJECTS, "总目标自评分", "清空"): (ALL, _SAME),
    (PROJECTS, "执行偏差原因", ""): (ALL, "写明原因不与任何内容矛盾"),
    (PROJECTS, "", "重复一行"): (ALL, "两行完全相同，不改变任何数字"),
    (INDICATORS, "项目名称", "清空"): ((1, 2, 4), "空白沿用上一行，正是同一项目"),
    (INDICATORS, "一级指标", ""): (ALL, "该方案不规定各一级指标的分值"),
    (INDICATORS, "二级指标", "错字"): (ALL, _PRINTED),
    (INDICATORS, "指标内容", "错字"): (ALL, _PRINTED),
    (INDICATORS, "年度目标值", "写成文字"): (ALL, _BY_HAND),
    (INDICATORS, "全年完成值", "写成文字"): ((4,), _BY_HAND),
    (INDICATORS, "自评分", "清空"): (ALL, _SAME),
    (FINAL, "科目编码", ""): (ALL, _PRINTED),
    (FINAL, "科目名称", ""): (ALL, _PRINTED),
    (FINAL, "项目代码", "清空"): (ALL, _BY_OTHER),
    (FINAL, "项目名称", "清空"): (ALL, _BY_OTHER),
}


def faults() -> Iterator[Fault]:
    """Every fault of the tables, on the rows that it can befall."""
    clean = clean_year()
    for sheet, columns in SLIPS.items():
        headings = clean[sheet][ABOVE[sheet] - 1]
        data = clean[sheet][ABOVE[sheet] :]
        for heading, groups in columns.items():
            column = headings.index(heading)
            for said, slip, change in [(group, *slip) for group in groups for slip in group.slips.items()]:
                for row, line in enumerate(data):
                    value = change(line[column])
                    if value is not None and value != line[column]:
                        yield _of_cell(sheet, row, column, heading, slip, value, said)
        for row in range(len(data)):
            yield _of_row(sheet, row, "删去一行", lambda rows, at: rows.pop(at))
            yield _of_row(sheet, row, "重复一行", lambda rows, at: rows.insert(at, [*rows[at]]))
        for heading, codes in SWAPPED[sheet].items():
            column = headings.index(heading)
            for row in range(len(data) - 1):
                if data[row][column] != data[row + 1][column]:
                    yield _of_swap(sheet, row, column, heading, codes)


def _letter(column: int) -> str:
    return chr(ord("A") + column)


def _of_cell(sheet: str, row: int, column: int, heading: str, slip: str, value: object, said: Said) -> Fault:
    at = ABOVE[sheet] + row

    def change(sheets: Sheets) -> None:
        sheets[sheet][at][column] = value

    cells = {"cell": f"{_letter(column)}{at + 1}", "row": f"*{at + 1}", "year": "*"}[said.place]
    return Fault(sheet, row, heading, slip, change, frozenset(said.codes.split()), (cells,))


def _of_row(sheet: str, row: int, slip: str, act: Callable[[list[list[Any]], int], object]) -> Fault:
    def change(sheets: Sheets) -> None:
        act(sheets[sheet], ABOVE[sheet] + row)

    return Fault(sheet, row, "", slip, change, frozenset(ROW_CODES[sheet][slip].split()), ("*",))


def _of_swap(sheet: str, row: int, column: int, heading: str, codes: str) -> Fault:
    at = ABOVE[sheet] + row

    def change(sheets: Sheets) -> None:
        rows = sheets[sheet]
        rows[at][column], rows[at + 1][column] = rows[at + 1][column], rows[at][column]

    cells = (f"{_letter(column)}{at + 1}", f"{_letter(column)}{at + 2}")
    return Fault(sheet, row, heading, "与下一行互换", change, frozenset(codes.split()), cells)
