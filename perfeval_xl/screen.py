"""What the terminal shows: progress on standard error, the closing table and the findings."""

import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from perfeval_xl.batch import Progress, silent
from perfeval_xl.errors import BugError, write_log
from perfeval_xl.findings import SEVERITY_LABELS, Finding, Severity, catalogue, count_severities
from perfeval_xl.money import two_decimals, wan_yuan
from perfeval_xl.read.roles import load_roles
from perfeval_xl.write.overview import Part, ProjectLine, UnitLine, sum_or_unknown
from perfeval_xl.write.summary.places import by_sheet, ranges

_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFO: "cyan"}
_FLAGGED = (Severity.ERROR, Severity.WARNING)
_UNWRAPPED = 100_000


def _console(err: bool = False) -> Console:
    """Off a terminal nothing is wrapped, cut or coloured."""
    stream = sys.stderr if err else sys.stdout
    return (
        Console(file=stream, highlight=False, soft_wrap=True)
        if stream.isatty()
        else Console(file=stream, highlight=False, width=_UNWRAPPED, no_color=True)
    )


@contextmanager
def progress(quiet: bool) -> Iterator[Progress]:
    """What is being done, and in a batch how fast and how long yet; on a terminal a spinner, elsewhere nothing."""
    console = _console(err=True)
    if quiet or not console.is_terminal:
        yield silent
        return
    started = time.monotonic()
    with console.status("开始") as status:

        def show(step: str, done: int = 0, total: int = 0) -> None:
            pace = _pace(done, total, time.monotonic() - started) if total else ""
            status.update(escape(f"{pace}{step}…"))

        yield show


def _pace(done: int, total: int, seconds: float) -> str:
    """``37/2000，每秒 4.1 个，还需约 8 分钟：``."""
    rate = done / seconds if seconds > 0 else 0.0
    left = (total - done) / rate if rate else 0.0
    rest = f"还需约 {left / 60:.0f} 分钟" if left >= 90 else f"还需约 {left:.0f} 秒"
    return f"{done}/{total}，每秒 {rate:.1f} 个，{rest}："


def print_parts(parts: Iterable[Part], verbose: bool) -> None:
    """On standard error: the unit folders of a batch that were stopped; if asked, each workbook and its roles."""
    console = _console(err=True)
    labels = {role.name: role.label for role in load_roles({})} if verbose else {}
    for part in parts:
        if isinstance(part.error, BugError):
            log = write_log(part.error.message)
            console.print(f"错误：{part.name}：程序出错了，这不是您的问题。详细记录在 {log}。", markup=False)
            console.print("下一步：请把该文件发给维护人员；其他单位照常处理。", markup=False)
        elif part.error:
            console.print(f"错误：{part.name}：{part.error.message}", markup=False)
            console.print(f"下一步：{part.error.advice}", markup=False)
        for file in part.manifest.get("inputs", ()) if verbose else ():
            found = "、".join(labels[role] for role in file["roles"]) or "没有可用的表"
            console.print(f"读取 {file['path']}：{found}", markup=False)


def print_closing(lines: Sequence[UnitLine], findings: Sequence[Finding], year: int | None, results: Path) -> None:
    """The result at a glance, where it is, and what to do next."""
    console = _console()
    title = f"{year}年度项目支出绩效自评" if year else "项目支出绩效自评"
    several = any(line.place for line in lines)
    console.print(_units_table(lines, title) if several else _projects_table(lines[0], title))
    counts = count_severities(findings)
    withheld = sum(line.withheld for line in lines)
    forms = sum(len(line.projects) for line in lines) - withheld
    console.print(
        f"生成自评表 {forms} 份{f'，暂不生成 {withheld} 份' if withheld else ''}；{_counts(counts)}。", markup=False
    )
    console.print(f"结果在：{results}", markup=False)
    if any(line.trouble for line in lines):
        step = "先补齐或改正未能自评的单位（金额为“未知”、项目数为 0 的），再运行一次；原因见全部单位汇总表.xlsx 的“单位汇总”。"
    elif counts[Severity.ERROR]:
        step = "先改正“问题清单”中的错误，再运行一次；逐项说明见 perfeval-xl check 和 perfeval-xl explain 代码。"
    elif counts[Severity.WARNING]:
        step = "打开绩效自评汇总表.xlsx 的“问题清单”，逐项改正或准备好说明，再报送。"
    else:
        step = "打开自评表核对签章后报送。"
    console.print(f"下一步：{step}", markup=False)


def _projects_table(line: UnitLine, title: str) -> Table:
    """One unit: a line per project."""
    table = _table(f"{line.unit} {title}", ["附件", "项目"], ["预算数（万元）", "执行数（万元）", "执行率", "得分"])
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
    table.add_section()
    table.add_row(
        "",
        "合计（错误、警告：不属于单个项目的）",
        *_amounts(line),
        "",
        "",
        "",
        *(_number(elsewhere, severity) for severity in _FLAGGED),
    )
    return table


def _units_table(lines: Sequence[UnitLine], title: str) -> Table:
    """Several units: a line for each, and their total."""
    table = _table(
        title,
        ["单位"],
        ["项目", "预算数（万元）", "执行数（万元）", "自评表", "暂不生成"]
        + [SEVERITY_LABELS[severity] for severity in _FLAGGED],
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
    table = Table(title=escape(title), title_justify="left")
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
    return f"[{_COLOURS[severity]}]{counts[severity]}[/]" if counts[severity] else "0"


def _counts(counts: dict[Severity, int]) -> str:
    return "、".join(f"{SEVERITY_LABELS[severity]} {number} 项" for severity, number in counts.items())


def print_findings(findings: Sequence[Finding], err: bool = False, by_unit: bool = False) -> None:
    """Every finding, gravest first, by project (in a batch by unit first), with its cells and what to do."""
    console = _console(err)
    groups: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        groups.setdefault((finding.unit, finding.project), []).append(finding)
    units = list(dict.fromkeys(unit for unit, _ in groups))
    ordered = sorted(groups, key=lambda group: units.index(group[0])) if by_unit else list(groups)
    for unit, project in ordered:
        name = " ".join(part for part in (unit, project) if part) if by_unit else project or unit
        console.print(f"【{name or '全部'}】", markup=False)
        for finding in groups[unit, project]:
            _print_finding(console, finding)
    console.print(f"共 {_counts(count_severities(findings))}。", markup=False)


def print_files(files: Iterable[tuple[str, int]], verbose: bool) -> None:
    """If asked, each file of a review and how many forms are in it."""
    console = _console(err=True)
    for name, forms in files if verbose else ():
        console.print(f"读取 {name}：{forms} 份自评表" if forms else f"读取 {name}：没有自评表", markup=False)


def print_review(forms: int, files: int, out: Path | None) -> None:
    """How many forms were reviewed, and where the review workbook is."""
    console = _console()
    console.print(f"审核 {files} 个文件中的自评表 {forms} 份。", markup=False)
    if out is not None:
        console.print(f"审核结果在：{out}", markup=False)
    step = (
        "按“位置”打开自评表改正；逐项说明见 perfeval-xl explain 代码。"
        if forms
        else "换成填好的自评表，或存放它们的文件夹。"
    )
    console.print(f"下一步：{step}", markup=False)


def _print_finding(console: Console, finding: Finding) -> None:
    label = f"[{_COLOURS[finding.severity]}]{SEVERITY_LABELS[finding.severity]} {finding.code}[/]"
    console.print(f"  {label} {escape(finding.message)}")
    if finding.sources:
        console.print(f"      位置：{_places(finding)}", markup=False)
    console.print(f"      处理：{catalogue()[finding.code].advice}", markup=False)


def _places(finding: Finding) -> str:
    """Workbook, sheet and cells, those down a column as a range."""
    groups = by_sheet(finding.sources)
    return "；".join(
        " ".join(part for part in (workbook, sheet, ranges(cell.cell for cell in cells)) if part)
        for (workbook, sheet), cells in groups.items()
    )
