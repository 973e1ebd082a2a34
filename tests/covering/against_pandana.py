"""The same question to pandana: how far is the nearest place from every vertex."""

from __future__ import annotations

import time
import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from circle.coverage.reach import Group, nearest_costs, vertex_snaps
from circle.kernel import UNREACHED
from circle.network import FloatArray, Int32Array, WalkNetwork
from circle.walkers import Walker


def nearest_vertices(network: WalkNetwork, x: FloatArray, y: FloatArray) -> Int32Array:
    """The vertex nearest to each position, of those that share a spot the first."""
    from scipy.spatial import cKDTree

    _, first = np.unique(
        np.column_stack([network.node_x_m, network.node_y_m]), axis=0, return_index=True
    )
    tree = cKDTree(np.column_stack([network.node_x_m, network.node_y_m])[first])
    _, at = tree.query(np.column_stack([x, y]))
    return np.unique(first[at]).astype(np.int32)


def ours(
    network: WalkNetwork, places: Mapping[str, Int32Array], walker: Walker, metres: float
) -> tuple[dict[str, FloatArray], float]:
    """Metres from every vertex to the nearest of each kind (inf beyond), and seconds taken."""
    start = time.perf_counter()
    vertices = Group.single(vertex_snaps(network, np.arange(network.n_nodes)))
    limit = round(metres * 1000)
    found = {
        key: nearest_costs(
            network, vertices, Group.single(vertex_snaps(network, nodes)),
            walker=walker, unit="m", limit=limit,
        ).cost
        for key, nodes in places.items()
    }  # fmt: skip
    taken = time.perf_counter() - start
    return {k: np.where(c == UNREACHED, np.inf, c / 1000.0) for k, c in found.items()}, taken


def theirs(
    network: WalkNetwork, places: Mapping[str, Int32Array], walker: Walker, metres: float
) -> tuple[dict[str, FloatArray], dict[str, float]]:
    """The same by pandana, and the seconds of building, preparing and asking."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pandana

        costs = network.costs(walker, "m").arc
        open_arc = np.flatnonzero(costs != UNREACHED)
        tail = np.repeat(np.arange(network.n_nodes), np.diff(network.first_arc))
        start = time.perf_counter()
        net = pandana.Network(
            pd.Series(network.node_x_m),
            pd.Series(network.node_y_m),
            pd.Series(tail[open_arc]),
            pd.Series(network.arc_to[open_arc].astype(np.int64)),
            pd.DataFrame({"m": costs[open_arc] / 1000.0}),
            twoway=False,
        )
        built = time.perf_counter() - start
        start = time.perf_counter()
        for key, nodes in places.items():
            net.set_pois(
                key, metres, 1,
                pd.Series(network.node_x_m[nodes]), pd.Series(network.node_y_m[nodes]),
            )  # fmt: skip
        prepared = time.perf_counter() - start
        start = time.perf_counter()
        answers: dict[str, Any] = {key: net.nearest_pois(metres, key, num_pois=1) for key in places}
        asked = time.perf_counter() - start
    # What is beyond its distance pandana gives as the distance itself.
    found = {}
    for key, answer in answers.items():
        values = answer[1].to_numpy(np.float64)
        found[key] = np.where(values >= metres, np.inf, values)
    return found, {"build": built, "prepare": prepared, "query": asked}


def differences(
    mine: Mapping[str, FloatArray], other: Mapping[str, FloatArray], metres: float
) -> dict[str, float]:
    """Share of vertices that differ by more than 5 cm, and the largest difference in metres."""
    wrong = total = 0
    largest = 0.0
    for key, a in mine.items():
        b = other[key]
        # On the limit itself pandana cannot tell found from not found.
        is_near = (a < metres - 0.1) | (b < metres - 0.1)
        a, b = a[is_near], b[is_near]
        both = np.isfinite(a) & np.isfinite(b)
        away = np.abs(a[both] - b[both])
        wrong += int((~both).sum()) + int((away > 0.05).sum())
        total += len(a)
        largest = max(largest, float(away.max(initial=0.0)))
    return {"share": wrong / max(total, 1), "largest_m": largest, "compared": total}
