"""What a command ends with: the result at a glance, where it is, and what to do next."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from perfeval_xl.findings import SEVERITY_LABELS, Finding, Severity, count_severities
from perfeval_xl.money import two_decimals, wan_yuan
from perfeval_xl.screen.console import coloured, say
from perfeval_xl.screen.listing import COLOURS, in_words
from perfeval_xl.screen.table import Side, Table
from perfeval_xl.text import typed
from perfeval_xl.write.overview import ProjectLine, UnitLine, sum_or_unknown

Line = TypeVar("Line", UnitLine, ProjectLine)
_FLAGGED = (Severity.ERROR, Severity.WARNING)
_FLAG_HEADINGS = [SEVERITY_LABELS[severity] for severity in _FLAGGED]
#: Lines of a table that somebody looks at on a screen; the summary has all.
_MOST = 60


def print_closing(
    lines: Sequence[UnitLine], findings: Sequence[Finding], year: int | None, results: Path, folder: Path
) -> None:
    """The result at a glance, where it is, and what to do next."""
    title = f"{year}年度项目支出绩效自评" if year else "项目支出绩效自评"
    several = any(line.place for line in lines)
    for row in (_units_table(lines, title) if several else _projects_table(lines[0], title)).lines():
        say(row)
    counts = count_severities(findings)
    withheld = sum(line.withheld for line in lines)
    forms = sum(len(line.projects) for line in lines) - withheld
    say(f"生成自评表 {forms} 份{f'，暂不生成 {withheld} 份' if withheld else ''}；{in_words(counts)}。")
    say(f"结果在：{results}")
    say(f"下一步：{_next_step(lines, counts, results, folder)}")


def _next_step(lines: Sequence[UnitLine], counts: Mapping[Severity, int], results: Path, folder: Path) -> str:
    """What to do now, with the command for it as it can be typed."""
    if any(line.trouble for line in lines):
        return "先补齐或改正未能自评的单位（金额为“未知”、项目数为 0 的），再运行一次；原因见全部单位汇总表.xlsx 的“单位汇总”。"
    check = f"perfeval-xl check {typed(folder)}"
    if counts[Severity.ERROR]:
        return f"先按绩效自评汇总表.xlsx 的“问题清单”改正错误，再运行一次；在屏幕上看：{check}"
    if counts[Severity.WARNING]:
        return f"打开绩效自评汇总表.xlsx 的“问题清单”，逐项改正或准备好说明，再报送；在屏幕上看：{check}"
    return f"打开自评表核对，签章后报送；要用邮件分发，先预览：perfeval-xl mail {typed(results)}"


def print_next_check(findings: Sequence[Finding], unfinished: bool, folder: Path) -> None:
    """On standard error: what to do after a check, or a run that could work nothing out."""
    counts = count_severities(findings)
    if counts[Severity.ERROR] or unfinished:
        step = f"先改正错误，保存并关闭工作簿，再检查一次：perfeval-xl check {typed(folder)}"
    elif counts[Severity.WARNING]:
        step = f"逐项改正警告，或在表中写明原因；再生成自评表：perfeval-xl run {typed(folder)}"
    else:
        step = f"生成自评表：perfeval-xl run {typed(folder)}"
    say(f"下一步：{step}", err=True)


def print_review(forms: int, files: int, out: Path | None) -> None:
    """How many forms were reviewed, and where the review workbook is."""
    say(f"审核 {files} 个文件中的自评表 {forms} 份。")
    if out is not None:
        say(f"审核结果在：{out}")
    step = (
        "按“位置”打开自评表改正；逐项说明见 perfeval-xl explain 代码。"
        if forms
        else "换成填好的自评表，或存放它们的文件夹。"
    )
    say(f"下一步：{step}")


def print_begun(folder: Path, files: Sequence[str], carried: Mapping[str, int], year: int | None) -> None:
    """On standard error: the files of a new folder, what was carried over, and what to do with them."""
    say(f"已在 {folder} 中生成：", err=True)
    for file in files:
        say(f"  {file}", err=True)
    if carried:
        say(f"从上年带入：{'、'.join(f'{name} {number} 行' for name, number in carried.items())}。", err=True)
    dated = "" if year else "（先在“报告信息”表中填年度）"
    say(
        f"下一步：打开工作簿填写{dated}，保存并关闭后检查：perfeval-xl check {typed(folder)}；"
        "没有错误了，双击文件夹中的“运行”。",
        err=True,
    )


def _projects_table(line: UnitLine, title: str) -> Table:
    """One unit: a line per project."""
    headings = ["附件", "项目", "预算数", "执行数", "执行率", "得分", "等级", *_FLAG_HEADINGS]
    table = _table(f"{line.unit} {title}", headings, folded=1)
    table.sides[headings.index("等级")] = "center"
    for project in _shown(line.projects):
        table.rows.append(
            [
                project.number,
                project.project,
                *_amounts(project),
                *_rate_and_score(project.execution_rate, project.total_score),
                "暂不生成" if project.withheld else project.grade,
                *_flags(project.counts),
            ]
        )
    table.rows += _left_out(len(line.projects), "个项目，见绩效自评汇总表.xlsx", headings, 1)
    elsewhere = {
        severity: line.counts[severity] - sum(project.counts[severity] for project in line.projects)
        for severity in _FLAGGED
    }
    if any(elsewhere.values()):
        table.rows.append(["", "不属于单个项目的", "", "", "", "", "", *_flags(elsewhere)])
    table.total = ["", "合计", *_amounts(line), "", "", "", *_flags(line.counts)]
    return table


def _units_table(lines: Sequence[UnitLine], title: str) -> Table:
    """Several units: a line for each, and their total."""
    headings = ["单位", "项目", "预算数", "执行数", "自评表", "暂不生成", *_FLAG_HEADINGS]
    table = _table(title, headings, folded=0)
    for line in _shown(lines):
        table.rows.append(
            [
                line.unit,
                str(len(line.projects)),
                *(_amounts(line) if line.projects or line.trouble else ("—", "—")),
                *(str(number) for number in (len(line.projects) - line.withheld, line.withheld)),
                *_flags(line.counts),
            ]
        )
    table.rows += _left_out(len(lines), "个单位，见全部单位汇总表.xlsx", headings, 0)
    projects, withheld = sum(len(line.projects) for line in lines), sum(line.withheld for line in lines)
    budget, executed = (
        sum_or_unknown(amounts)
        for amounts in ((line.annual_budget for line in lines), (line.executed for line in lines))
    )
    table.total = [
        "合计",
        str(projects),
        *(wan_yuan(amount) or "未知" for amount in (budget, executed)),
        str(projects - withheld),
        str(withheld),
        *_flags({severity: sum(line.counts[severity] for line in lines) for severity in _FLAGGED}),
    ]
    return table


def _shown(lines: Sequence[Line]) -> Sequence[Line]:
    """All of them; of very many those that have errors or warnings, and then the others, as far as a screen is read."""
    if len(lines) <= _MOST:
        return lines
    return sorted(lines, key=lambda line: [not line.counts[severity] for severity in _FLAGGED])[:_MOST]


def _left_out(number: int, of_what: str, headings: Sequence[str], at: int) -> list[list[str]]:
    """A row that says how many are not shown, and where they are; none where all are."""
    row = [""] * len(headings)
    row[at] = f"……另有 {number - _MOST} {of_what}"
    return [row] if number > _MOST else []


def _table(title: str, headings: Sequence[str], folded: int) -> Table:
    """Words up to the column of names, then numbers."""
    sides: list[Side] = ["left" if at <= folded else "right" for at in range(len(headings))]
    return Table(f"{title}（金额：万元）", headings, sides, folded)


def _amounts(line: UnitLine | ProjectLine) -> tuple[str, str]:
    return wan_yuan(line.annual_budget) or "未知", wan_yuan(line.executed) or "未知"


def _rate_and_score(rate: object, score: object) -> tuple[str, str]:
    percent = two_decimals(rate)
    return f"{percent}%" if percent else "未知", two_decimals(score) or "未知"


def _flags(counts: Mapping[Severity, int]) -> list[str]:
    """How many errors and warnings."""
    return [coloured(str(counts[level]), COLOURS[level]) if counts[level] else "0" for level in _FLAGGED]
