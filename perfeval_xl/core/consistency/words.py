"""The checks of what the papers say in words and as a whole (C codes), in the order in which they run."""

from perfeval_xl.core.consistency.evidence import EVIDENCE_CHECKS
from perfeval_xl.core.consistency.goals import GOAL_CHECKS
from perfeval_xl.core.consistency.papers import Check
from perfeval_xl.core.consistency.patterns import PATTERN_CHECKS
from perfeval_xl.core.consistency.problems import PROBLEM_CHECKS

WORD_CHECKS: tuple[Check, ...] = (*GOAL_CHECKS, *EVIDENCE_CHECKS, *PATTERN_CHECKS, *PROBLEM_CHECKS)
