"""What a command ends with: the result at a glance, where it is, and what to do next."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from rich import box
from rich.markup import escape
from rich.table import Table

from perfeval_xl.findings import SEVERITY_LABELS, Finding, Severity, count_severities
from perfeval_xl.money import two_decimals, wan_yuan
from perfeval_xl.screen.console import console_of
from perfeval_xl.screen.listing import COLOURS, in_words
from perfeval_xl.text import typed
from perfeval_xl.write.overview import ProjectLine, UnitLine, sum_or_unknown

_FLAGGED = (Severity.ERROR, Severity.WARNING)


def print_closing(
    lines: Sequence[UnitLine], findings: Sequence[Finding], year: int | None, results: Path, folder: Path
) -> None:
    """The result at a glance, where it is, and what to do next."""
    console = console_of()
    title = f"{year}年度项目支出绩效自评" if year else "项目支出绩效自评"
    several = any(line.place for line in lines)
    console.print(_units_table(lines, title) if several else _projects_table(lines[0], title))
    counts = count_severities(findings)
    withheld = sum(line.withheld for line in lines)
    forms = sum(len(line.projects) for line in lines) - withheld
    console.print(
        f"生成自评表 {forms} 份{f'，暂不生成 {withheld} 份' if withheld else ''}；{in_words(counts)}。", markup=False
    )
    console.print(f"结果在：{results}", markup=False)
    console.print(f"下一步：{_next_step(lines, counts, results, folder)}", markup=False)


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
    console_of(err=True).print(f"下一步：{step}", markup=False)


def print_review(forms: int, files: int, out: Path | None) -> None:
    """How many forms were reviewed, and where the review workbook is."""
    console = console_of()
    console.print(f"审核 {files} 个文件中的自评表 {forms} 份。", markup=False)
    if out is not None:
        console.print(f"审核结果在：{out}", markup=False)
    step = (
        "按“位置”打开自评表改正；逐项说明见 perfeval-xl explain 代码。"
        if forms
        else "换成填好的自评表，或存放它们的文件夹。"
    )
    console.print(f"下一步：{step}", markup=False)


def print_begun(folder: Path, files: Sequence[str], carried: Mapping[str, int], year: int | None) -> None:
    """On standard error: the files of a new folder, what was carried over, and what to do with them."""
    console = console_of(err=True)
    console.print(f"已在 {folder} 中生成：", markup=False)
    for file in files:
        console.print(f"  {file}", markup=False)
    if carried:
        console.print(
            f"从上年带入：{'、'.join(f'{name} {number} 行' for name, number in carried.items())}。", markup=False
        )
    dated = "" if year else "（先在“报告信息”表中填年度）"
    console.print(
        f"下一步：打开工作簿填写{dated}，保存并关闭后检查：perfeval-xl check {typed(folder)}；"
        "没有错误了，双击文件夹中的“运行”。",
        markup=False,
    )


def _projects_table(line: UnitLine, title: str) -> Table:
    """One unit: a line per project."""
    table = _table(f"{line.unit} {title}", ["附件", "项目"], ["预算数", "执行数", "执行率", "得分"])
    table.add_column("等级", justify="center")
    for severity in _FLAGGED:
        table.add_column(SEVERITY_LABELS[severity], justify="right")
    for project in line.projects:
        table.add_row(
            project.number,
            escape(project.project),
            *_amounts(project),
            *_rate_and_score(project.execution_rate, project.total_score),
            "暂不生成" if project.withheld else project.grade,
            *(_number(project.counts, severity) for severity in _FLAGGED),
        )
    elsewhere = {
        severity: line.counts[severity] - sum(project.counts[severity] for project in line.projects)
        for severity in _FLAGGED
    }
    if any(elsewhere.values()):
        nobodys = (_number(elsewhere, severity) for severity in _FLAGGED)
        table.add_row("", "不属于单个项目的", "", "", "", "", "", *nobodys)
    table.add_section()
    table.add_row("", "合计", *_amounts(line), "", "", "", *(_number(line.counts, severity) for severity in _FLAGGED))
    return table


def _units_table(lines: Sequence[UnitLine], title: str) -> Table:
    """Several units: a line for each, and their total."""
    table = _table(
        title,
        ["单位"],
        ["项目", "预算数", "执行数", "自评表", "暂不生成"] + [SEVERITY_LABELS[severity] for severity in _FLAGGED],
    )
    for line in lines:
        table.add_row(
            escape(line.unit),
            str(len(line.projects)),
            *(_amounts(line) if line.projects or line.trouble else ("—", "—")),
            *(str(number) for number in (len(line.projects) - line.withheld, line.withheld)),
            *(_number(line.counts, severity) for severity in _FLAGGED),
        )
    projects, withheld = sum(len(line.projects) for line in lines), sum(line.withheld for line in lines)
    total = {severity: sum(line.counts[severity] for line in lines) for severity in _FLAGGED}
    budget, executed = (
        sum_or_unknown(amounts)
        for amounts in ((line.annual_budget for line in lines), (line.executed for line in lines))
    )
    table.add_section()
    table.add_row(
        "合计",
        str(projects),
        *(wan_yuan(amount) or "未知" for amount in (budget, executed)),
        str(projects - withheld),
        str(withheld),
        *(_number(total, severity) for severity in _FLAGGED),
    )
    return table


def _table(title: str, words: Sequence[str], numbers: Sequence[str]) -> Table:
    # No edges: in 80 columns the names need the room. ASCII lines: a console of code page 936, and 宋体, draw any other
    # one as wide as a Chinese character.
    table = Table(
        title=f"{escape(title)}（金额：万元）", title_justify="left", box=box.ASCII2, show_edge=False, pad_edge=False
    )
    for heading in words:
        table.add_column(heading, overflow="fold")
    for heading in numbers:
        table.add_column(heading, justify="right")
    return table


def _amounts(line: UnitLine | ProjectLine) -> tuple[str, str]:
    return wan_yuan(line.annual_budget) or "未知", wan_yuan(line.executed) or "未知"


def _rate_and_score(rate: object, score: object) -> tuple[str, str]:
    percent = two_decimals(rate)
    return f"{percent}%" if percent else "未知", two_decimals(score) or "未知"


def _number(counts: Mapping[Severity, int], severity: Severity) -> str:
    return f"[{COLOURS[severity]}]{counts[severity]}[/]" if counts[severity] else "0"
