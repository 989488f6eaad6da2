"""What the terminal shows: progress on standard error, the closing table and the findings."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from perfeval_xl.findings import SEVERITY_LABELS, Finding, Severity, catalogue, count_severities
from perfeval_xl.model import Evaluation
from perfeval_xl.money import two_decimals, wan_yuan

_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFO: "cyan"}
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
def progress(quiet: bool) -> Iterator[Callable[[str], None]]:
    """A function that shows what is being done; on a terminal a spinner, elsewhere nothing."""
    console = _console(err=True)
    if quiet or not console.is_terminal:
        yield lambda _: None
        return
    with console.status("开始") as status:
        yield lambda step: status.update(escape(f"{step}…"))


def print_inputs(evaluation: Evaluation) -> None:
    """Each workbook with the roles found in it, on standard error."""
    console = _console(err=True)
    for file in evaluation.inputs.files:
        console.print(f"读取 {file.path}：{'、'.join(file.roles) or '没有可用的表'}", markup=False)


def print_closing(evaluation: Evaluation, results: Path) -> None:
    """The result at a glance, where it is, and what to do next."""
    console = _console()
    for unit in evaluation.units:
        console.print(_closing_table(evaluation.of_unit(unit), unit))
    counts = count_severities(evaluation.findings)
    withheld = int((evaluation.projects["withheld"] != "").sum())
    forms = len(evaluation.projects) - withheld
    console.print(
        f"生成自评表 {forms} 份{f'，暂不生成 {withheld} 份' if withheld else ''}；{_counts(counts)}。", markup=False
    )
    console.print(f"结果在：{results}", markup=False)
    if counts[Severity.ERROR]:
        step = "先改正“问题清单”中的错误，再运行一次；逐项说明见 perfeval-xl check 和 perfeval-xl explain 代码。"
    elif counts[Severity.WARNING]:
        step = "打开绩效自评汇总表.xlsx 的“问题清单”，逐项改正或准备好说明，再报送。"
    else:
        step = "打开自评表核对签章后报送。"
    console.print(f"下一步：{step}", markup=False)


def _closing_table(evaluation: Evaluation, unit: str) -> Table:
    table = Table(title=escape(f"{unit} {evaluation.inputs.year}年度项目支出绩效自评"), title_justify="left")
    table.add_column("附件")
    table.add_column("项目", overflow="fold")
    for heading in ("预算数（万元）", "执行数（万元）", "执行率", "得分"):
        table.add_column(heading, justify="right")
    table.add_column("等级", justify="center")
    table.add_column("错误", justify="right")
    table.add_column("警告", justify="right")
    for _, project in evaluation.projects.iterrows():
        counts = count_severities(finding for finding in evaluation.findings if finding.project == project["project"])
        table.add_row(
            project["number"],
            escape(project["project"]),
            *(wan_yuan(project[name]) or "未知" for name in ("annual_budget", "executed")),
            *_rate_and_score(project["execution_rate"], project["total_score"]),
            "暂不生成" if project["withheld"] else project["grade"],
            _number(counts, Severity.ERROR),
            _number(counts, Severity.WARNING),
        )
    budget, executed = (evaluation.projects[name].sum(skipna=False) for name in ("annual_budget", "executed"))
    elsewhere = count_severities(finding for finding in evaluation.findings if not finding.project)
    totals = [wan_yuan(budget) or "未知", wan_yuan(executed) or "未知", "", ""]
    table.add_section()
    table.add_row(
        "",
        "合计（错误、警告：不属于单个项目的）",
        *totals,
        "",
        _number(elsewhere, Severity.ERROR),
        _number(elsewhere, Severity.WARNING),
    )
    return table


def _rate_and_score(rate: object, score: object) -> tuple[str, str]:
    percent = two_decimals(rate)
    return f"{percent}%" if percent else "未知", two_decimals(score) or "未知"


def _number(counts: dict[Severity, int], severity: Severity) -> str:
    return f"[{_COLOURS[severity]}]{counts[severity]}[/]" if counts[severity] else "0"


def _counts(counts: dict[Severity, int]) -> str:
    return "、".join(f"{SEVERITY_LABELS[severity]} {number} 项" for severity, number in counts.items())


def print_findings(evaluation: Evaluation, err: bool = False) -> None:
    """Every finding, gravest first, by project, with its cells and what to do."""
    console = _console(err)
    projects = dict.fromkeys((finding.unit, finding.project) for finding in evaluation.findings)
    for unit, project in projects:
        console.print(f"【{project or unit or '全部'}】", markup=False)
        for finding in evaluation.findings:
            if (finding.unit, finding.project) == (unit, project):
                _print_finding(console, finding)
    console.print(f"共 {_counts(count_severities(evaluation.findings))}。", markup=False)


def _print_finding(console: Console, finding: Finding) -> None:
    label = f"[{_COLOURS[finding.severity]}]{SEVERITY_LABELS[finding.severity]} {finding.code}[/]"
    console.print(f"  {label} {escape(finding.message)}")
    if finding.sources:
        console.print(f"      位置：{'；'.join(map(str, finding.sources))}", markup=False)
    console.print(f"      处理：{catalogue()[finding.code].advice}", markup=False)
