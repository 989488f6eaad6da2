"""What shows only over several indicators of a project together (C406, C412)."""

from collections import Counter, defaultdict
from collections.abc import Sequence

import numpy as np

from perfeval_xl.core.consistency.mentions import with_unit
from perfeval_xl.core.consistency.papers import Check, Papers, Row
from perfeval_xl.core.slices import once_for_each
from perfeval_xl.findings import Finding
from perfeval_xl.text import is_nothing, match_key, match_keys


def _copied_from_targets(papers: Papers) -> list[Finding]:
    """C406: nearly all actuals of a project are its targets."""
    share, least = (papers.scheme.thresholds[name] for name in ("copied_share", "copied_indicators"))
    findings = []
    fields = ("target", "actual", "measure")
    both, same = (
        np.array(once_for_each(papers.indicators, fields, test), dtype=bool) for test in (_is_given, _is_copied)
    )
    given, copied = papers.counts(both), papers.counts(same)
    above, below = share.as_integer_ratio()
    where = (copied > 0) & (given >= int(least)) & (copied * below >= given * above)
    for project, own in papers.by_project((), fields, where):
        rows = [row for row in own if _is_copied(row)]
        total = sum(map(_is_given, own))
        message = f"{total} 个指标中有 {len(rows)} 个的完成值与目标值相同，像是照抄目标值。"
        cells = tuple(cell for row in rows for cell in papers.cells(row, "actual"))
        findings.append(papers.on_project("C406", project, (message, "", f"{len(rows)}/{total}"), cells))
    return findings


def _is_given(row: Row) -> bool:
    return not is_nothing(row["actual"]) and not is_nothing(row["target"])


def _is_copied(row: Row) -> bool:
    if not _is_given(row):
        return False
    if match_key(row["actual"]) == match_key(row["target"]):
        return True
    target = with_unit(row["target"], row["measure"])
    actual = with_unit(row["actual"], row["measure"], target.unit)
    return target.kind == actual.kind == "number" and (target.value, target.unit) == (actual.value, actual.unit)


def _same_indicator_twice(papers: Papers) -> list[Finding]:
    """C412: two indicators of one project with the same name."""
    findings = []
    names = zip(papers.owners.tolist(), match_keys(papers.indicators["content"].tolist()), strict=True)
    where = np.zeros(len(papers.projects), dtype=bool)
    where[[owner for (owner, name), times in Counter(names).items() if name and times > 1 and owner >= 0]] = True
    for _, own in papers.by_project((), ("unreadable",), where):
        rows: dict[str, list[Row]] = defaultdict(list)
        for row in own:
            rows[match_key(row["content"])].append(row)
        for name, same in rows.items():
            if name and len(same) > 1 and not _in_two_copies(same):
                message = f"同一项目中指标“{same[0]['content']}”出现了 {len(same)} 次。"
                cells = tuple(cell for row in same[1:] + same[:1] for cell in papers.cells(row, "content"))
                findings.append(papers.on_indicator("C412", same[0], (message, "1", str(len(same))), cells))
    return findings


def _in_two_copies(same: Sequence[Row]) -> bool:
    """Whether the rows stand once in each of several tables, none of which counts: R110 has said so."""
    return len({row["table"] for row in same}) == len(same) and all(",weight," in row["unreadable"] for row in same)


PATTERN_CHECKS: tuple[Check, ...] = (_copied_from_targets, _same_indicator_twice)
