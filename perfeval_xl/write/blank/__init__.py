"""Blank input workbooks for a new year, and what starts the program beside them."""

from perfeval_xl.write.blank.carried import Carried, carry_over
from perfeval_xl.write.blank.starters import UNIX_STARTER, starters
from perfeval_xl.write.blank.workbooks import blank_workbooks

__all__ = ["UNIX_STARTER", "Carried", "blank_workbooks", "carry_over", "starters"]
