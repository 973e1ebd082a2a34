"""Edits on real streets: footbridges over rails and the river, a closed street, the whole way."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

import circle
from circle.edits import Closure, Gate, Link, edit_network
from circle.geometry import LonLat
from circle.guide.pack import pack_network, unpack_network
from circle.kernel import UNREACHED
from circle.network import WalkNetwork
from circle.network_file import load_network, save_network
from circle.routing import cost_matrix
from circle.snapping import Snaps
from circle.units import make_budget
from circle.walkers import WALKERS
from circle.walking import Barrier, Flag

from .conftest import BAYREUTH, MONACO, PORTO, Networks

ADULT = WALKERS["adult"]
BUDGET = make_budget(minutes=120)


def vertices_at(network: WalkNetwork, xy: np.ndarray) -> Snaps:
    """Return positions exactly on the vertices that lie there."""
    from scipy.spatial import cKDTree

    tree = cKDTree(np.column_stack([network.node_x_m, network.node_y_m]))
    away, node = tree.query(xy)
    assert away.max() < 1e-6
    arc = network.first_arc[node]
    edge = network.arc_edge[arc]
    side = network.arc_is_backward[arc].astype(float)
    return Snaps(edge.astype(np.int32), side, np.zeros(len(edge)))


def pair_over(network: WalkNetwork, kind: Barrier, most_m: float) -> tuple[int, int, float]:
    """Return two vertices of the main part with such a barrier between, far apart on foot."""
    points = np.flatnonzero(network.barrier_kind == kind)
    rng = np.random.default_rng(8)
    is_main = (network.node_part == 0) & (np.diff(network.first_arc) >= 2)
    is_plain = np.ones(network.n_nodes, bool)
    odd = (network.edge_flags & np.uint16(Flag.TUNNEL | Flag.BRIDGE | Flag.STEPS)) != 0
    is_plain[network.edge_node[odd].ravel()] = False
    lon, lat = network.frame.to_lonlat(network.node_x_m, network.node_y_m)
    west, south, east, north = network.bounds
    is_inside = (lon > west) & (lon < east) & (lat > south) & (lat < north)
    nodes = np.flatnonzero(is_main & is_plain & is_inside)
    x, y = network.node_x_m[nodes], network.node_y_m[nodes]
    best = (-1, -1, 0.0)
    for i in rng.permutation(points[:-1])[:300]:
        bx, by = network.barrier_x_m[i], network.barrier_y_m[i]
        dx, dy = network.barrier_x_m[i + 1] - bx, network.barrier_y_m[i + 1] - by
        near = np.flatnonzero(np.hypot(x - bx, y - by) < most_m / 2)
        side = dx * (y[near] - by) - dy * (x[near] - bx) > 0
        if not side.any() or side.all():
            continue
        one, other = nodes[near[side]][0], nodes[near[~side]][0]
        xy = np.column_stack([network.node_x_m[[one, other]], network.node_y_m[[one, other]]])
        at = vertices_at(network, xy)
        start = Snaps(at.edge[:1], at.fraction[:1], at.distance_m[:1])
        end = Snaps(at.edge[1:], at.fraction[1:], at.distance_m[1:])
        cost = int(cost_matrix(network, start, end, BUDGET, ADULT)[0, 0])
        if cost != UNREACHED and cost > best[2]:
            best = (int(one), int(other), float(cost))
    return best


DOURO = (LonLat(-8.6360, 41.1465), LonLat(-8.6370, 41.1415))
"""Both banks of the river in Porto, far from its bridges; the extract itself has no water."""


@pytest.mark.parametrize(
    ("name", "over"),
    [
        (MONACO, (Barrier.WATER, 400)),
        (BAYREUTH, (Barrier.RAILWAY, 200)),
        (PORTO, (Barrier.MOTORWAY, 150)),
        (PORTO, DOURO),
    ],
)
def test_a_footbridge_joins_exactly_what_it_should(
    networks: Networks, name: str, over: tuple[Any, Any]
) -> None:
    network = networks(name)
    if over == DOURO:
        one, other = (_nearest_vertex(network, bank) for bank in DOURO)
        before_ms = 1000 * circle.route(network, *(_place(network, v) for v in (one, other))).time_s
    else:
        one, other, before_ms = pair_over(network, *over)
    ends = [one, other]
    xy = np.column_stack([network.node_x_m[ends], network.node_y_m[ends]])
    length_m = float(np.hypot(*(xy[0] - xy[1])))
    assert before_ms > 1000 * length_m / ADULT.speed_m_s * 2
    lonlat = np.column_stack(network.frame.to_lonlat(*xy.T))
    linked = edit_network(network, [Link(shapely.LineString(lonlat), kind="bridge", name="新天桥")])
    assert linked.n_edges == network.n_edges + 1
    assert linked.n_nodes == network.n_nodes
    walk = circle.route(linked, LonLat(*lonlat[0]), LonLat(*lonlat[1]))
    assert walk.time_s == pytest.approx(length_m / ADULT.speed_m_s, abs=0.01)
    assert [leg.street for leg in walk.legs] == ["新天桥"]
    # Of all pairs around, each is as long as before or leads over the bridge, to the millisecond.
    rng = np.random.default_rng(1)
    away = np.hypot(network.node_x_m - xy[0, 0], network.node_y_m - xy[0, 1])
    near = np.flatnonzero((away < 1500) & (np.diff(network.first_arc) > 0))
    around = np.column_stack([network.node_x_m, network.node_y_m])[
        np.append(rng.choice(near, 30), ends)
    ]
    a, b = vertices_at(network, around), vertices_at(linked, around)
    to_ends, from_ends = (
        cost_matrix(network, p, q, BUDGET, ADULT).astype(np.int64)
        for p, q in ((a, vertices_at(network, xy)), (vertices_at(network, xy), a))
    )
    before, after = (
        cost_matrix(net, at, at, BUDGET, ADULT).astype(np.int64)
        for net, at in ((network, a), (linked, b))
    )
    bridge_ms = round(1000 * length_m / ADULT.speed_m_s)
    over = np.minimum(
        to_ends[:, :1] + bridge_ms + from_ends[1:, :],
        to_ends[:, 1:] + bridge_ms + from_ends[:1, :],
    )
    expected = np.minimum(before, over)
    expected[expected > BUDGET.limit] = UNREACHED
    assert np.abs(after - expected).max() <= 1
    assert (after < before).any()


def _place(network: WalkNetwork, vertex: int) -> LonLat:
    lon, lat = network.frame.to_lonlat(network.node_x_m[vertex], network.node_y_m[vertex])
    return LonLat(float(lon), float(lat))


def _nearest_vertex(network: WalkNetwork, place: LonLat) -> int:
    x, y = network.frame.to_xy(*place)
    away = np.hypot(network.node_x_m - x, network.node_y_m - y)
    is_plain = np.ones(network.n_nodes, bool)
    odd = (network.edge_flags & np.uint16(Flag.TUNNEL | Flag.BRIDGE | Flag.PRIVATE)) != 0
    is_plain[network.edge_node[odd].ravel()] = False
    return int(np.argmin(np.where(is_plain & (network.node_part == 0), away, np.inf)))


def test_closed_again_and_kept_in_every_form(networks: Networks, tmp_path: Path) -> None:
    network = networks(MONACO)
    one, other, _ = pair_over(network, Barrier.WATER, 400)
    ends = [one, other]
    lonlat = np.column_stack(
        network.frame.to_lonlat(network.node_x_m[ends], network.node_y_m[ends])
    )
    course = shapely.LineString(lonlat)
    bridge = Link(course, kind="bridge")
    back = edit_network(network, [bridge, Closure(line=course)])
    place = LonLat(*lonlat[0])
    assert circle.isochrone_geojson(back, place, minutes=(5, 10, 15)) == (
        circle.isochrone_geojson(network, place, minutes=(5, 10, 15))
    )
    linked = edit_network(network, [bridge])
    opened = load_network(save_network(linked, tmp_path / "linked.circle"))
    packed, _ = unpack_network(pack_network(linked, linked.bounds, 1500.0).data)
    times = [
        circle.travel_times(net, place, LonLat(*lonlat[1]), minutes=30).time_s[0]
        for net in (linked, opened, packed)
    ]
    assert times[0] == times[1] == pytest.approx(times[2], abs=0.5)
    frame = opened.edges_frame()
    assert (frame.evidence == "hand-drawn").sum() == 1
    assert frame[frame.evidence == "hand-drawn"].is_bridge.all()


def test_a_closed_main_street_is_walked_around(networks: Networks) -> None:
    network = networks(MONACO)
    number = network.names.index("Avenue de la Costa")
    ways = np.unique(network.edge_way[network.edge_name == number])
    closed = edit_network(network, [Closure(way=int(way)) for way in ways])
    frame = closed.edges_frame()
    assert "Avenue de la Costa" not in set(frame.name.dropna())
    edge = np.flatnonzero(network.edge_name == number)
    e = edge[np.argmax(network.edge_length_m[edge])]
    nodes = network.edge_node[e]
    spots = [
        LonLat(*map(float, network.frame.to_lonlat(network.node_x_m[v], network.node_y_m[v])))
        for v in nodes
    ]
    assert circle.route(closed, *spots).length_m > circle.route(network, *spots).length_m + 10


def test_opening_a_gated_estate(networks: Networks) -> None:
    """The largest gated estate of Porto, opened at its first door: in there, and only there."""
    network = networks(PORTO)
    gated = (network.edge_flags & np.uint16(Flag.PRIVATE)) != 0
    ways = np.flatnonzero(gated & (network.edge_length_m > 0))
    graph = coo_array(
        (np.ones(len(ways)), tuple(network.edge_node[ways].T)), shape=(network.n_nodes,) * 2
    )
    estate = connected_components(graph, directed=False)[1][network.edge_node[ways[:, None], 0]]
    sizes = np.bincount(estate.ravel(), network.edge_length_m[ways])
    inside = ways[estate.ravel() == sizes.argmax()]
    outside = np.setdiff1d(np.arange(network.n_edges), inside)
    doors = np.intersect1d(network.edge_node[inside], network.edge_node[outside])
    assert len(doors) > 0
    at = network.frame.to_lonlat(network.node_x_m[doors[0]], network.node_y_m[doors[0]])
    opened = edit_network(network, [Gate(*map(float, at))])
    still = (opened.edge_flags & np.uint16(Flag.PRIVATE)) != 0
    assert opened.edge_length_m[still].sum() == pytest.approx(
        network.edge_length_m[gated].sum() - sizes.max(), abs=1
    )
    # From the street before the door everybody now gets inside.
    far = network.edge_node[inside].ravel()
    x, y = network.node_x_m[far], network.node_y_m[far]
    reached = np.hypot(x - network.node_x_m[doors[0]], y - network.node_y_m[doors[0]]).argmax()
    end = LonLat(*map(float, network.frame.to_lonlat(x[reached], y[reached])))
    start = LonLat(*map(float, at))
    assert circle.route(opened, start, end).length_m < 5_000
