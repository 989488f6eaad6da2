"""What the terminal shows: progress on standard error, the findings, and the closing lines with the next step."""

from perfeval_xl.screen.closing import print_begun, print_closing, print_next_check, print_review
from perfeval_xl.screen.console import progress
from perfeval_xl.screen.listing import print_findings
from perfeval_xl.screen.reading import print_files, print_parts

__all__ = [
    "print_begun",
    "print_closing",
    "print_files",
    "print_findings",
    "print_next_check",
    "print_parts",
    "print_review",
    "progress",
]
