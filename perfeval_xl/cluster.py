"""The same tasks on a Dask cluster that exists: its scheduler shares them out, and gives a dead worker's to another."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from perfeval_xl.errors import UsageError
from perfeval_xl.workers import Crash, attempt

Task = TypeVar("Task")
Result = TypeVar("Result")
_SECONDS_TO_CONNECT = 20
#: Tasks that are handed in at a time, so that the scheduler never holds a province.
_AHEAD = 1000


def work_on_cluster(
    work: Callable[[Task], Result], tasks: Sequence[Task], url: str
) -> Iterator[tuple[int, Result | Crash]]:
    """As :func:`perfeval_xl.workers.work_all`, by the workers of the scheduler at ``url`` (``tcp://host:8786``).

    Tasks name folders by paths that the workers share. Raises :class:`UsageError` where Dask is not installed or nobody
    answers at ``url``.
    """
    try:
        import distributed
    except ImportError:
        raise UsageError(
            "没有安装集群所需的 Dask。", '运行 pip install "perfeval-xl[cluster]"，或去掉 --cluster 在本机处理。'
        ) from None
    dask: Any = distributed  # its parts are not all typed
    try:
        client = dask.Client(url, timeout=_SECONDS_TO_CONNECT, set_as_default=False)
    except (OSError, ValueError) as error:
        raise UsageError(
            f"连不上集群调度器 {url}：{error}。", "核对地址（如 tcp://主机:8786）和调度器是否在运行。"
        ) from None
    with client:
        todo = iter(enumerate(tasks))
        places: dict[str, int] = {}

        def hand_in(count: int) -> list[Any]:
            futures = []
            for place, task in (pair for _, pair in zip(range(count), todo, strict=False)):
                future = client.submit(attempt, work, task, pure=False)
                places[future.key] = place
                futures.append(future)
            return futures

        completed = dask.as_completed(hand_in(_AHEAD), loop=client.loop)
        for future in completed:
            yield places.pop(future.key), Crash() if future.status == "error" else future.result()
            completed.update(hand_in(1))
