"""Some of the moments at which sending may end; ``poe reliability`` tries all."""

import os
from pathlib import Path

import pytest

from tests.mail.strikes import SendingTally, try_all_sendings


@pytest.mark.skipif(os.name == "nt", reason="needs fork and SIGKILL")
def test_no_letter_is_sent_twice_or_lost(results: Path) -> None:
    for tally in try_all_sendings(results, every=3).values():
        assert tally == SendingTally(tally.tried, uncertain=tally.uncertain)
        assert tally.uncertain > 0
