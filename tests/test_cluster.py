"""Units on a real Dask scheduler with two worker processes, one of them killed half-way."""

import os
import shutil
import signal
import threading
import time
from pathlib import Path
from typing import Any

import distributed
import pytest

from tests.test_batch import batch, files_below, year_of
from tests.workbooks import invoke, perfeval

dask: Any = distributed  # its parts are not all typed
pytestmark = pytest.mark.filterwarnings("ignore")  # what Dask says of its own sockets and ports is not ours


def _kill_half_way(results: Path, victim: int) -> None:
    """Once units are there."""
    deadline = time.monotonic() + 60
    while len(list(results.glob("*/manifest.json"))) < 3 and time.monotonic() < deadline:
        time.sleep(0.01)
    os.kill(victim, signal.SIGKILL)


@pytest.mark.skipif(os.name == "nt", reason="kills a process by signal")
def test_a_cluster_gives_what_one_process_gives_though_a_worker_dies(tmp_path: Path) -> None:
    folder = batch(tmp_path / "批", **{f"馆{number}": year_of(f"第{number}图书馆") for number in range(12)})
    with dask.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, silence_logs=50
    ) as cluster:
        with dask.Client(cluster, set_as_default=False) as client:
            victim = next(iter(client.run(os.getpid).values()))
        killer = threading.Thread(target=_kill_half_way, args=(folder / "自评结果", victim))
        killer.start()
        status, manifest = perfeval("run", folder, "--cluster", cluster.scheduler_address)
        killer.join()
    assert status == 0
    assert len(manifest["units"]) == 12
    there = files_below(folder / "自评结果")
    shutil.rmtree(folder / "自评结果")
    assert perfeval("run", folder, "--jobs", "1")[0] == 0
    assert files_below(folder / "自评结果") == there


def test_nobody_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("perfeval_xl.cluster._SECONDS_TO_CONNECT", 1)
    folder = batch(tmp_path, 甲=year_of("甲馆"))
    result = invoke("run", folder, "--cluster", "tcp://127.0.0.1:9")
    assert result.exit_code == 2
    assert "连不上集群调度器 tcp://127.0.0.1:9" in result.stderr
    assert not list((folder / "自评结果").glob("*"))
