"""Walks that cost more one way than the other, on random towns: all ways of asking agree."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

import circle
from circle.kernel import UNREACHED
from circle.network import WalkNetwork
from circle.routing import cost_matrix
from circle.snapping import snap
from circle.terrain import PACE_UNIT
from circle.units import make_budget
from circle.walkers import WALKERS, Walker
from properties.drawn import positions, towns

quick = settings(deadline=None, max_examples=50)
seeds = st.integers(0, 2**32 - 1)
walkers = st.sampled_from([*WALKERS.values(), Walker("resident", 1.2, enters_private=True)])
BUDGET = make_budget(minutes=30)


def sloped(network: WalkNetwork, seed: int) -> WalkNetwork:
    """Return a town whose streets all go up or down, each as it likes."""
    rng = np.random.default_rng(seed)
    pace = PACE_UNIT + rng.integers(0, PACE_UNIT, (network.n_edges, 2))
    pace[network.edge_length_m == 0] = PACE_UNIT
    return replace(
        network,
        edge_pace=pace.astype(np.uint16),
        node_height_m=np.zeros(network.n_nodes, np.float32),
        _costs={},
        _rank={},
        _workspaces=[],
        derived={},
    )


@quick
@given(towns(), seeds, walkers)
def test_searches_from_and_towards_agree(network: WalkNetwork, seed: int, walker: Walker) -> None:
    hilly = sloped(network, seed)
    x, y = positions(hilly, np.random.default_rng(seed), 9)
    few, many = snap(hilly, x[:3], y[:3], walker), snap(hilly, x, y, walker)
    # Whichever side is smaller is searched from: once the origins, once the destinations.
    out = cost_matrix(hilly, few, many, BUDGET, walker)
    back = cost_matrix(hilly, many, few, BUDGET, walker)
    square = cost_matrix(hilly, many, many, BUDGET, walker)
    np.testing.assert_array_equal(out, square[:3])
    np.testing.assert_array_equal(back, square[:, :3])


@quick
@given(towns(), seeds, walkers)
def test_vertices_cost_what_dijkstra_says(network: WalkNetwork, seed: int, walker: Walker) -> None:
    hilly = sloped(network, seed)
    costs = hilly.costs(walker, "min")
    level = network.costs(walker, "min")
    assert (costs.edge >= level.edge).all()
    assert ((costs.edge == UNREACHED) == (level.edge == UNREACHED)).all()
    length_s = network.edge_length_m / walker.speed_m_s
    extra = (hilly.edge_pace / PACE_UNIT - 1) * length_s[:, None] * 1000
    is_open = level.edge != UNREACHED
    assert (
        np.abs((costs.edge - level.edge.astype(float))[is_open] - extra[is_open]).max(initial=0)
        <= 1
    )
    start = np.repeat(np.arange(hilly.n_nodes), np.diff(hilly.first_arc))
    may = costs.arc != UNREACHED
    if not may.any():
        return
    # Of streets between the same two vertices the quicker one.
    best: dict[tuple[int, int], int] = {}
    for a, b, cost in zip(start[may], hilly.arc_to[may], costs.arc[may], strict=True):
        best[(a, b)] = min(int(cost), best.get((a, b), UNREACHED))
    graph = coo_array(
        (list(best.values()), tuple(np.array(list(best)).T)), shape=(hilly.n_nodes,) * 2
    ).tocsr()
    want = dijkstra(graph)
    arcs = hilly.first_arc[:-1]
    has_arc = np.diff(hilly.first_arc) > 0
    at = snap(hilly, hilly.node_x_m[has_arc], hilly.node_y_m[has_arc], walker)
    exact = replace(
        at,
        edge=hilly.arc_edge[arcs[has_arc]],
        fraction=hilly.arc_is_backward[arcs[has_arc]].astype(float),
        distance_m=np.zeros(has_arc.sum()),
    )
    got = cost_matrix(hilly, exact, exact, make_budget(minutes=120), walker).astype(float)
    got[got == UNREACHED] = np.inf
    reached = want[np.ix_(has_arc, has_arc)]
    reached[reached > 7_200_000] = np.inf
    np.testing.assert_array_equal(got, reached)


@settings(quick, max_examples=25)
@given(towns(), seeds, walkers)
def test_routes_take_what_the_matrix_says(network: WalkNetwork, seed: int, walker: Walker) -> None:
    hilly = sloped(network, seed)
    x, y = positions(hilly, np.random.default_rng(seed), 6)
    lonlat = np.column_stack(hilly.frame.to_lonlat(x, y))
    times = circle.travel_times(hilly, lonlat[:3], lonlat[3:], minutes=30, walker=walker)
    for k, (start, end) in enumerate(zip(lonlat[:3], lonlat[3:], strict=True)):
        time_s = times.time_s.to_numpy().reshape(3, 3)[k, k]
        if np.isfinite(time_s):
            walk = circle.route(hilly, tuple(start), tuple(end), walker=walker)
            assert walk.time_s == pytest.approx(time_s, abs=0.0005)


@settings(quick, max_examples=25)
@given(towns(), seeds, walkers, st.booleans())
def test_rings_nest_and_lie_within_the_level_ones(
    network: WalkNetwork, seed: int, walker: Walker, towards: bool
) -> None:
    hilly = sloped(network, seed)
    x, y = positions(hilly, np.random.default_rng(seed), 1)
    place = circle.LonLat(*(float(c[0]) for c in hilly.frame.to_lonlat(x, y)))
    inner, outer = circle.isochrones(
        hilly, place, minutes=(2, 4), walker=walker, towards=towards
    ).geometry
    level = circle.isochrones(network, place, minutes=4, walker=walker, towards=towards).geometry[0]
    assert outer.buffer(1e-7).covers(inner)
    assert level.buffer(1e-7).covers(outer)
