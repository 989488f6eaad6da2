"""The papers read as a reviewer reads them: scores against weights, rules, words and statements (S and C codes)."""

from perfeval_xl.core.consistency.marks import MARK_CHECKS
from perfeval_xl.core.consistency.papers import Papers
from perfeval_xl.core.consistency.totals import check_totals
from perfeval_xl.core.consistency.words import WORD_CHECKS
from perfeval_xl.findings import Finding


def check_consistency(papers: Papers) -> list[Finding]:
    """Every check of the listed tuples."""
    return check_projects(papers) + check_totals(papers)


def check_projects(papers: Papers) -> list[Finding]:
    """The checks of each project by itself, which need no money."""
    return [finding for check in MARK_CHECKS + WORD_CHECKS for finding in check(papers)]
