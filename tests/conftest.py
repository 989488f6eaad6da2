"""What the whole suite shares: no deadline for single examples, and a summary with the figures that tests record."""

import gc
import os

import pytest
from hypothesis import settings

# No threads of the algebra library beside the workers, and fewer looks of the collector: a tenth of the time.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
gc.set_threshold(200_000)

# A machine that other work keeps busy is no failure.
settings.register_profile("suite", deadline=None)
settings.load_profile("suite")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Figures recorded with ``record_property``, from every worker."""
    for report in (report for reports in terminalreporter.stats.values() for report in reports):
        for name, value in report.user_properties if getattr(report, "when", "") == "call" else ():
            terminalreporter.write_line(f"{name}：{value}")
