"""The papers read as a reviewer reads them: scores against weights, rules, words and statements (S and C codes)."""

import pandas as pd

from perfeval_xl.core.consistency.marks import MARK_CHECKS
from perfeval_xl.core.consistency.papers import Papers
from perfeval_xl.core.consistency.totals import check_totals
from perfeval_xl.core.consistency.words import WORD_CHECKS
from perfeval_xl.findings import Finding
from perfeval_xl.model import Inputs
from perfeval_xl.scheme import Scheme


def check_consistency(
    inputs: Inputs, scheme: Scheme, projects: pd.DataFrame, indicators: pd.DataFrame
) -> list[Finding]:
    """Every check of the listed tuples."""
    papers = Papers(inputs, scheme, projects, indicators)
    return check_projects(papers) + check_totals(papers)


def check_projects(papers: Papers) -> list[Finding]:
    """The checks of each project by itself, which need no money."""
    return [finding for check in MARK_CHECKS + WORD_CHECKS for finding in check(papers)]
