"""Installed from a folder of wheels with the network cut: ``PERFEVAL_OFFLINE=1 python -m pytest tests/test_offline.py``.

Skipped otherwise: fetching the wheels takes a minute and the network.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def _cut() -> list[str]:
    """What runs a command without a network, where the system allows it."""
    command = ["unshare", "-rn"]
    try:
        allowed = subprocess.run([*command, "true"], check=False, capture_output=True).returncode == 0
    except FileNotFoundError:
        allowed = False
    return command if allowed else []


@pytest.mark.skipif(not os.environ.get("PERFEVAL_OFFLINE"), reason="PERFEVAL_OFFLINE is not set")
def test_the_sample_runs_in_an_environment_made_without_a_network(tmp_path: Path) -> None:
    wheels, venv, year = (tmp_path / name for name in ("安装包", "venv", "year"))
    subprocess.run([sys.executable, "-m", "pip", "wheel", "-q", str(ROOT), "-w", str(wheels)], check=True)
    shutil.copytree(ROOT / "sample_workbooks" / "hongshan-2019", year, ignore=shutil.ignore_patterns("自评结果"))
    subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True)
    python = str(venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python"))
    install = ["-m", "pip", "install", "-q", "--no-index", "--find-links", str(wheels), "perfeval-xl"]
    bare = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "PYTHON"))}
    for command in (install, ["-m", "perfeval_xl", "run", str(year)]):
        subprocess.run([*_cut(), python, *command], check=True, env=bare, cwd=tmp_path)
    assert len(list((year / "自评结果").glob("附件*.xlsx"))) == 5
