"""Which project each row of a frame belongs to: found once, and then a matter of positions."""

import numpy as np
import pandas as pd


def owners_of(projects: pd.DataFrame, frame: pd.DataFrame) -> np.ndarray:
    """For each row of a frame the position of its project (by ``unit`` and ``project``), -1 where it is in none."""
    places = {
        key: at for at, key in enumerate(zip(projects["unit"].tolist(), projects["project"].tolist(), strict=True))
    }
    keys = zip(frame["unit"].tolist(), frame["project"].tolist(), strict=True)
    return np.array([places.get(key, -1) for key in keys], dtype="int64")


def in_order(owners: np.ndarray, projects: int) -> tuple[np.ndarray, np.ndarray]:
    """The positions of the rows in their projects' order, and where each project begins in it (and the last one ends)."""
    order = owners.argsort(kind="stable")
    order = order[owners[order] >= 0]
    return order, owners[order].searchsorted(range(projects + 1))
