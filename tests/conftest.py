"""What the whole suite shares: figures that tests record are printed with the summary, from every worker."""

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for report in (report for reports in terminalreporter.stats.values() for report in reports):
        for name, value in report.user_properties if getattr(report, "when", "") == "call" else ():
            terminalreporter.write_line(f"{name}：{value}")
