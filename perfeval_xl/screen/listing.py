"""The findings as an operator reads them: gravest first, each with its cells and what to do."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

from perfeval_xl.findings import SEVERITY_LABELS, Finding, Severity, catalogue, count_severities
from perfeval_xl.screen.console import coloured, on_terminal, say
from perfeval_xl.write.summary.places import by_sheet, ranges

COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFO: "cyan"}
#: Of more findings than this, only so many of each code are listed.
_LONG_LIST, _OF_EACH = 60, 3
_WHOLE = "运行 perfeval-xl run，看绩效自评汇总表.xlsx 的“问题清单”"


def print_findings(
    findings: Sequence[Finding], err: bool = False, by_unit: bool = False, every: bool = True, whole: str = _WHOLE
) -> None:
    """The findings, gravest first and then by project (in a batch by unit and project), with their cells and what to do.

    On a terminal a long list is cut to the first few of each code, and says so, unless ``every`` one is wanted;
    ``whole`` is what writes a file that has all of them.
    """
    shown = findings if every or not on_terminal(err) else _first_of_each(findings)
    gravities = list(SEVERITY_LABELS)
    groups: dict[tuple[int, str, str], list[Finding]] = {}
    for finding in shown:
        groups.setdefault((gravities.index(finding.severity), finding.unit, finding.project), []).append(finding)
    units = list(dict.fromkeys(finding.unit for finding in shown)) if by_unit else []
    for group in sorted(groups, key=lambda group: (group[0], units.index(group[1]) if units else 0)):
        _, unit, project = group
        name = " ".join(part for part in (unit, project) if part) if by_unit else project or unit
        say(f"【{name or '全部'}】", err)
        _print_group(groups[group], err)
    if len(shown) < len(findings):
        _print_cut(findings, whole, err)
    say(f"共 {in_words(count_severities(findings))}。", err)


def in_words(counts: Mapping[Severity, int]) -> str:
    """How many of each severity."""
    return "、".join(f"{SEVERITY_LABELS[severity]} {number} 项" for severity, number in counts.items())


def _first_of_each(findings: Sequence[Finding]) -> Sequence[Finding]:
    if len(findings) <= _LONG_LIST:
        return findings
    met: Counter[str] = Counter()
    first = []
    for finding in findings:
        met[finding.code] += 1
        if met[finding.code] <= _OF_EACH:
            first.append(finding)
    return first


def _print_cut(findings: Sequence[Finding], whole: str, err: bool) -> None:
    """How many of each code are not listed, and where they are."""
    say(f"【没有列出的】问题较多，每个代码只列出前 {_OF_EACH} 项：", err)
    for code, number in sorted(Counter(finding.code for finding in findings).items()):
        if number > _OF_EACH:
            say(f"  {code} 还有 {number - _OF_EACH} 项：{catalogue()[code].title}", err)
    say(f"  全部列出：加 --verbose（给程序读：--format json），或{whole}。", err)


def _print_group(findings: Iterable[Finding], err: bool) -> None:
    """What to do is said once, below those of one code that follow one another."""
    for code, same in groupby(findings, key=lambda finding: finding.code):
        for finding in same:
            label = coloured(f"{SEVERITY_LABELS[finding.severity]} {code}", COLOURS[finding.severity])
            say(f"  {label} {finding.message}", err)
            if finding.sources:
                say(f"      位置：{_places(finding)}", err)
        say(f"      处理：{catalogue()[code].advice}", err)


def _places(finding: Finding) -> str:
    """Workbook, sheet and cells, those down a column as a range."""
    groups = by_sheet(finding.sources)
    return "；".join(
        " ".join(part for part in (workbook, sheet, ranges(cell.cell for cell in cells)) if part)
        for (workbook, sheet), cells in groups.items()
    )
