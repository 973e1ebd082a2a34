"""Snapping, walking times and routes on random towns, against twins and against themselves."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
import reference
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from sketch import place

import circle
from circle.errors import NoRouteError
from circle.kernel import UNREACHED
from circle.network import WalkNetwork
from circle.network_file import load_network, save_network
from circle.routing import cost_matrix
from circle.search import access_costs, searching
from circle.snapping import Snaps, snap
from circle.units import make_budget
from circle.walkers import WALKERS, Walker
from properties.drawn import positions, town, towns

quick = settings(deadline=None, max_examples=50)
walkers = st.sampled_from([*WALKERS.values(), Walker("resident", 1.2, enters_private=True)])
units = st.sampled_from([make_budget(minutes=12), make_budget(metres=700)])
seeds = st.integers(0, 2**32 - 1)


def joined(network: WalkNetwork, seed: int, n: int, walker: Walker) -> Snaps:
    return snap(network, *positions(network, np.random.default_rng(seed), n), walker)


@quick
@given(towns(), seeds, walkers, st.sampled_from([100.0, 40.0, 5.0]))
def test_snapping_is_brute_force(
    network: WalkNetwork, seed: int, walker: Walker, limit_m: float
) -> None:
    x, y = positions(network, np.random.default_rng(seed), 12)
    found = snap(network, x, y, walker, limit_m=limit_m)
    for k in range(len(x)):
        edge, away = reference.nearest_street(network, x[k], y[k], walker, limit_m)
        assert (found.edge[k] >= 0) == (edge >= 0)
        if edge < 0:
            assert found.distance_m[k] == math.inf
            continue
        assert found.distance_m[k] == pytest.approx(away, abs=1e-6)
        # Joined to a street that is as near, at the point of it that is.
        first, last = network.edge_first_point[found.edge[k] : found.edge[k] + 2]
        line = shapely.LineString(
            np.column_stack([network.point_x_m[first:last], network.point_y_m[first:last]])
        )
        foot = line.interpolate(found.fraction[k] * line.length)
        assert foot.distance(shapely.Point(x[k], y[k])) == pytest.approx(away, abs=2e-3)
        assert 0.0 <= found.fraction[k] <= 1.0


def walk_by_hand(
    network: WalkNetwork, start: Snaps, end: Snaps, walker: Walker, unit: str
) -> float:
    """Return the cost between two single positions, in floats and plain Python."""
    costs = network.costs(walker, unit)
    graph: dict[object, list[tuple[object, float]]] = {}

    def add(u: object, v: object, cost: float, share: float) -> None:
        if cost < UNREACHED:
            graph.setdefault(u, []).append((v, cost * share))

    for vertex in range(network.n_nodes):
        for arc in range(network.first_arc[vertex], network.first_arc[vertex + 1]):
            add(vertex, int(network.arc_to[arc]), int(costs.arc[arc]), 1.0)
    for snaps, name in ((start, "start"), (end, "end")):
        if not snaps.is_snapped[0]:
            return math.inf
        e, f = int(snaps.edge[0]), float(snaps.fraction[0])
        a, b = (int(v) for v in network.edge_node[e])
        if f in (0.0, 1.0):
            here = b if f else a
            graph.setdefault(name, []).append((here, 0.0))
            graph.setdefault(here, []).append((name, 0.0))
            continue
        # Whoever starts on a gated way walks on it; whoever comes from outside does not enter.
        if name == "start":
            add(name, a, int(costs.edge[e, 1]), f)
            add(name, b, int(costs.edge[e, 0]), 1 - f)
        else:
            add(a, name, int(costs.arc[network.edge_arc[e, 0]]), f)
            add(b, name, int(costs.arc[network.edge_arc[e, 1]]), 1 - f)
    if start.edge[0] == end.edge[0] and 0.0 < start.fraction[0] < 1.0:
        gap = float(end.fraction[0] - start.fraction[0])
        add("start", "end", int(costs.edge[start.edge[0], int(gap < 0)]), abs(gap))
    best = {"start": 0.0}
    changed = True
    while changed:  # Bellman and Ford: slow, and nothing like a heap
        changed = False
        for u, ways in graph.items():
            for v, cost in ways:
                if u in best and best[u] + cost < best.get(v, math.inf) - 1e-9:
                    best[v] = best[u] + cost
                    changed = True
    per_metre = 1000.0 if unit == "m" else 1000.0 / walker.speed_m_s
    legs = (start.distance_m[0] + end.distance_m[0]) * per_metre
    return best.get("end", math.inf) + float(legs)


@quick
@given(towns(), seeds, walkers, units)
def test_times_are_those_worked_out_by_hand(network, seed, walker, units) -> None:
    snaps = joined(network, seed, 6, walker)
    matrix = cost_matrix(network, snaps, snaps, units, walker)
    for i in range(6):
        for j in range(6):
            one, other = (
                Snaps(*(a[k : k + 1] for a in (snaps.edge, snaps.fraction, snaps.distance_m)))
                for k in (i, j)
            )
            expected = walk_by_hand(network, one, other, walker, units.unit)
            if abs(expected - units.limit) < 5:
                continue  # rounding decides
            if expected > units.limit:
                assert matrix[i, j] == UNREACHED
            else:
                assert matrix[i, j] == pytest.approx(expected, abs=4)


@quick
@given(towns(), seeds, walkers, units)
def test_searching_towards_is_searching_from(network, seed, walker, units) -> None:
    snaps = joined(network, seed, 8, walker)
    access = access_costs(snaps, walker, units.unit)
    n = len(snaps)
    forward, backward = np.empty((n, n), np.int64), np.empty((n, n), np.int64)
    for k in range(n):
        one = Snaps(*(a[k : k + 1] for a in (snaps.edge, snaps.fraction, snaps.distance_m)))
        how = {"walker": walker, "unit": units.unit, "limit": units.limit}
        with searching(network, one, **how) as search:
            forward[k] = search.read(snaps, access)[0]
        with searching(network, one, **how, towards=True) as search:
            backward[:, k] = search.read(snaps, access)[0]
    assert np.array_equal(forward, backward)


@quick
@given(towns(), seeds, walkers, units)
def test_nearest_is_the_least_of_the_matrix_and_the_first(network, seed, walker, units) -> None:
    snaps = joined(network, seed, 12, walker)
    parts = (snaps.edge, snaps.fraction, snaps.distance_m)
    # Facilities twice over: every answer is a tie, and the first must win.
    homes, places = Snaps(*(a[:6] for a in parts)), Snaps(*(np.tile(a[6:], 2) for a in parts))
    matrix = cost_matrix(network, homes, places, units, walker)
    with searching(
        network, places, walker=walker, unit=units.unit, limit=units.limit, towards=True
    ) as search:
        cost, label = search.read(homes, access_costs(homes, walker, units.unit))
    assert cost.tolist() == matrix.min(axis=1).tolist()
    expected = np.where(matrix.min(axis=1) == UNREACHED, -1, matrix.argmin(axis=1))
    assert label.tolist() == expected.tolist()


@quick
@given(towns(), seeds, walkers)
def test_a_route_takes_the_time_of_the_table(network, seed, walker) -> None:
    x, y = positions(network, np.random.default_rng(seed), 6)
    points = [place(*xy) for xy in zip(x, y, strict=True)]
    times = circle.travel_times(network, points, points, minutes=120, walker=walker)
    for row in times.itertuples():
        if not row.is_snapped:
            continue
        ends = points[row.origin_id], points[row.destination_id]
        if math.isinf(row.time_s):
            with pytest.raises(NoRouteError):
                circle.route(network, *ends, walker=walker)
            continue
        walk = circle.route(network, *ends, walker=walker)
        assert round(walk.time_s * 1000) == round(row.time_s * 1000)
        assert sum(leg.time_s for leg in walk.legs) == pytest.approx(walk.time_s, abs=0.2)
        # The line is as long as the route says, and joins the two positions.
        line = np.column_stack(network.frame.to_xy(*np.array(walk.geometry.coords).T))
        assert shapely.LineString(line).length == pytest.approx(walk.length_m, abs=0.2)
        start, end = (np.array(network.frame.to_xy(*point)) for point in ends)
        if walk.length_m > 0.1:
            assert np.hypot(*(line[0] - start)) < 0.05
            assert np.hypot(*(line[-1] - end)) < 0.05


@quick
@given(towns(), seeds, walkers)
def test_the_shortest_route_is_the_distance_of_the_table(network, seed, walker) -> None:
    x, y = positions(network, np.random.default_rng(seed), 4)
    points = [place(*xy) for xy in zip(x, y, strict=True)]
    table = circle.travel_times(network, points, points, metres=10_000, walker=walker)
    for row in table.itertuples():
        if math.isfinite(row.distance_m):
            ends = points[row.origin_id], points[row.destination_id]
            walk = circle.route(network, *ends, walker=walker, unit="m")
            # Whole millimetres on each edge; a passage through a gate counts as one.
            assert walk.length_m == pytest.approx(row.distance_m, abs=0.03)


@quick
@given(seeds, st.integers(2, 5), st.integers(1, 4), walkers)
def test_the_order_of_streets_changes_no_time(seed, columns, rows, walker) -> None:
    # Without gates: whoever stands exactly on one is on neither side of it.
    network = town(np.random.default_rng(seed), columns, rows, gates=False)
    other = town(np.random.default_rng(seed), columns, rows, gates=False, shuffle=True)
    x, y = positions(network, np.random.default_rng(seed), 8)
    budget = make_budget(minutes=30)
    matrices = []
    for net in (network, other):
        snaps = snap(net, x, y, walker)
        matrices.append(cost_matrix(net, snaps, snaps, budget, walker))
    assert np.array_equal(*matrices)


@quick
@given(towns())
def test_saving_and_opening_gives_the_same_bits(network: WalkNetwork) -> None:
    with TemporaryDirectory() as folder:
        path = save_network(network, Path(folder) / "town.circle")
        again = load_network(path)
        for name, value in vars(network).items():
            if isinstance(value, np.ndarray):
                other = getattr(again, name)
                assert other.dtype == value.dtype, name
                assert other.tobytes() == value.tobytes(), name
                assert other.shape == value.shape, name
                assert not other.flags.writeable, name
        for name in ("street_index", "barrier_index"):
            for part in ("shape", "first", "segment"):
                one, two = (
                    getattr(getattr(network, name), part),
                    getattr(getattr(again, name), part),
                )
                assert np.array_equal(one, two)
        assert (again.frame, again.bounds, again.provenance, again.names) == (
            network.frame, network.bounds, network.provenance, network.names
        )  # fmt: skip
        twice = save_network(again, Path(folder) / "twice.circle")
        assert twice.read_bytes() == path.read_bytes()


@quick
@given(towns())
def test_the_forward_star_holds_every_edge_both_ways(network: WalkNetwork) -> None:
    n, m = network.n_nodes, network.n_edges
    assert network.first_arc[0] == 0
    assert network.first_arc[-1] == 2 * m == len(network.arc_to)
    arc_from = np.repeat(np.arange(n), np.diff(network.first_arc))
    for side in (0, 1):
        arcs = network.edge_arc[:, side]
        assert (network.arc_edge[arcs] == np.arange(m)).all()
        assert (network.arc_is_backward[arcs] == bool(side)).all()
        assert (arc_from[arcs] == network.edge_node[:, side]).all()
        assert (network.arc_to[arcs] == network.edge_node[:, 1 - side]).all()
    # Shapes begin and end where their vertices stand, and are as long as they say.
    for side, points in ((0, network.edge_first_point[:-1]), (1, network.edge_first_point[1:] - 1)):
        assert (network.point_x_m[points] == network.node_x_m[network.edge_node[:, side]]).all()
        assert (network.point_y_m[points] == network.node_y_m[network.edge_node[:, side]]).all()


def test_threads_share_a_network_and_agree_to_the_bit() -> None:
    network = town(np.random.default_rng(4), 5, 4)
    x, y = positions(network, np.random.default_rng(5), 8)
    origins = [place(*xy) for xy in zip(x, y, strict=True)]

    def run(_: int) -> tuple[bytes, ...]:
        texts = [circle.isochrone_geojson(network, o, minutes=(2, 5)) for o in origins]
        times = circle.travel_times(network, origins, origins, minutes=15)
        return (*texts, times.time_s.to_numpy().tobytes())

    expected = run(0)
    with ThreadPoolExecutor(4) as pool:
        assert all(found == expected for found in pool.map(run, range(8)))
    # And a network that has never been asked before answers the same.
    fresh = town(np.random.default_rng(4), 5, 4)
    with ThreadPoolExecutor(4) as pool:
        texts = pool.map(lambda o: circle.isochrone_geojson(fresh, o, minutes=(2, 5)), origins)
        assert tuple(texts) == expected[:-1]
