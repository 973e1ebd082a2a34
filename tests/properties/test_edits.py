"""Edits of random towns: what links and closures may do to walking times, and what they may not."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import circle
from circle.edits import Closure, Link, edit_network
from circle.errors import EditError
from circle.kernel import UNREACHED
from circle.network import WalkNetwork
from circle.routing import cost_matrix
from circle.snapping import Snaps, snap
from circle.units import make_budget
from circle.walkers import WALKERS, Walker
from circle.walking import Flag
from properties.drawn import positions, town, towns

quick = settings(deadline=None, max_examples=50)
seeds = st.integers(0, 2**32 - 1)
walkers = st.sampled_from(list(WALKERS.values()))
RESIDENT = Walker("resident", 1.2, 0.3, enters_private=True)
"""
Passes every gate. Others may lose by a link: once a yard can be reached by a public way, they no
longer leave it through the gate of its residents.
"""

BUDGET = make_budget(minutes=60)
A_FEW_MS = 12
"""Where a street is cut in two, each part is rounded to a whole millisecond."""


def line_between(network: WalkNetwork, first: int, last: int) -> shapely.LineString:
    at = [first, last]
    lonlat = network.frame.to_lonlat(network.node_x_m[at], network.node_y_m[at])
    return shapely.LineString(np.column_stack(lonlat))


def at_vertices(network: WalkNetwork, like: WalkNetwork) -> Snaps:
    """Return the vertices of `like` as positions in `network`; -1 where they have no street."""
    edge = np.full(like.n_nodes, -1, np.int32)
    fraction = np.zeros(like.n_nodes)
    ends = {}
    for e, nodes in enumerate(network.edge_node.tolist()):
        for side, node in enumerate(nodes):
            # Vertices at one place belong to a gate: which of them is meant must not matter.
            key = (round(float(network.node_x_m[node]), 4), round(float(network.node_y_m[node]), 4))
            ends.setdefault(key, set()).add(node)
            ends.setdefault((*key, node), (e, side))
    for v in range(like.n_nodes):
        key = (round(float(like.node_x_m[v]), 4), round(float(like.node_y_m[v]), 4))
        found = ends.get(key, set())
        if len(found) == 1:
            edge[v], fraction[v] = ends[(*key, *found)]
    return Snaps(edge, fraction, np.where(edge >= 0, 0.0, np.inf))


def times(network: WalkNetwork, like: WalkNetwork, walker: Walker) -> np.ndarray:
    at = at_vertices(network, like)
    cost = cost_matrix(network, at, at, BUDGET, walker).astype(np.int64)
    cost[np.ix_(at.edge < 0, at.edge < 0)] = UNREACHED
    return cost


@quick
@given(towns(), seeds)
def test_a_link_makes_nothing_longer(network: WalkNetwork, seed: int) -> None:
    rng = np.random.default_rng(seed)
    first, last = rng.integers(network.n_nodes, size=2)
    try:
        linked = edit_network(network, [Link(line_between(network, first, last))])
    except EditError:
        assume(False)
    before, after = (times(net, network, RESIDENT) for net in (network, linked))
    both = (at_vertices(linked, network).edge >= 0) & (at_vertices(network, network).edge >= 0)
    at = np.ix_(both, both)
    assert (after[at] <= before[at] + A_FEW_MS).all()
    # And between its ends it is as short as it is long.
    length_ms = np.hypot(
        *(axis[first] - axis[last] for axis in (network.node_x_m, network.node_y_m))
    )
    length_ms *= 1000 / RESIDENT.speed_m_s
    if both[first] and both[last]:
        assert after[first, last] <= length_ms + A_FEW_MS


@quick
@given(towns(), seeds, st.booleans())
def test_a_closure_makes_nothing_shorter(network: WalkNetwork, seed: int, is_line: bool) -> None:
    rng = np.random.default_rng(seed)
    streets = np.flatnonzero(network.edge_length_m > 0)
    edge = int(rng.choice(streets))
    if is_line:
        first, last = network.edge_node[edge]
        closure = Closure(line=line_between(network, first, last))
    else:
        closure = Closure(way=int(network.edge_way[edge]))
    try:
        closed = edit_network(network, [closure])
    except EditError:
        assume(False)
    before, after = (times(net, network, RESIDENT) for net in (network, closed))
    both = (at_vertices(closed, network).edge >= 0) & (at_vertices(network, network).edge >= 0)
    at = np.ix_(both, both)
    assert (after[at] >= before[at] - A_FEW_MS).all()


@settings(quick, suppress_health_check=[HealthCheck.filter_too_much])
@given(towns(doubles=False), seeds, walkers)
def test_a_link_closed_again_leaves_all_as_it_was(
    network: WalkNetwork, seed: int, walker: Walker
) -> None:
    rng = np.random.default_rng(seed)
    first, last = rng.integers(network.n_nodes, size=2)
    course = line_between(network, first, last)
    assume(course.length > 0)
    try:
        back = edit_network(network, [Link(course), Closure(line=course)])
    except EditError:
        assume(False)
    # Where the link lies along a street, which of the two is meant is not told.
    assume(back.edge_length_m.sum() == pytest.approx(network.edge_length_m.sum()))
    assume(not (back.edge_flags & np.uint16(Flag.DRAWN)).any())
    assert (back.n_nodes, back.n_edges) == (network.n_nodes, network.n_edges)
    x, y = positions(network, rng, 10)
    costs = [
        cost_matrix(net, snap(net, x, y, walker), snap(net, x, y, walker), BUDGET, walker)
        for net in (network, back)
    ]
    np.testing.assert_array_equal(*costs)


@quick
@given(seeds, st.integers(2, 5), st.integers(2, 4), walkers)
def test_closing_a_way_is_drawing_the_town_without_it(
    seed: int, columns: int, rows: int, walker: Walker
) -> None:
    whole = town(np.random.default_rng(seed), columns, rows)
    ways = np.unique(whole.edge_way[whole.edge_length_m > 0])
    assume(len(ways) > 1)
    way = int(ways[seed % len(ways)])
    closed = edit_network(whole, [Closure(way=way)])
    drawn = town(np.random.default_rng(seed), columns, rows, without=way)
    assert closed.edge_length_m.sum() == pytest.approx(drawn.edge_length_m.sum())
    x, y = positions(whole, np.random.default_rng(seed), 12)
    costs = [
        cost_matrix(net, snap(net, x, y, walker), snap(net, x, y, walker), BUDGET, walker)
        for net in (closed, drawn)
    ]
    np.testing.assert_array_equal(*costs)
    place = circle.LonLat(*(float(c[0]) for c in whole.frame.to_lonlat(x[:1], y[:1])))
    shapes = [
        circle.isochrones(net, place, minutes=3, walker=walker).geometry[0]
        for net in (closed, drawn)
    ]
    assert shapes[0].symmetric_difference(shapes[1]).area <= 1e-12
