"""Isochrones of random towns: valid, nested, and agreeing with the walking times of places."""

from __future__ import annotations

import json
from itertools import pairwise

import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

import circle
from circle.field import draw
from circle.geometry import LonLat
from circle.kernel import UNREACHED
from circle.network import WalkNetwork
from circle.routing import cost_matrix
from circle.snapping import crosses_barrier, snap
from circle.units import make_budget
from circle.walkers import WALKERS, Walker
from properties.drawn import towns

quick = settings(deadline=None, max_examples=50)
walkers = st.sampled_from([WALKERS["adult"], WALKERS["wheelchair"], WALKERS["frail"]])
seeds = st.integers(0, 2**32 - 1)
budgets = st.sampled_from(
    [make_budget(minutes=(1, 2, 4)), make_budget(metres=(80, 200, 450)), make_budget(minutes=3)]
)


def on_street(network: WalkNetwork, seed: int, walker: Walker) -> tuple[float, float] | None:
    """Return a random point of a street the walker can use."""
    rng = np.random.default_rng(seed)
    rank = network.edge_rank(walker)
    starts = network.street_index.segment
    starts = np.unique(starts[rank[network.point_edge[starts]] == rank.max(initial=0)])
    if not len(starts) or rank.max(initial=0) == 0:
        return None
    i, t = rng.choice(starts), rng.uniform()
    x, y = network.point_x_m, network.point_y_m
    return float(x[i] + t * (x[i + 1] - x[i])), float(y[i] + t * (y[i + 1] - y[i]))


@quick
@given(towns(), seeds, walkers, budgets, st.booleans())
def test_polygons_are_valid_nested_and_oriented(network, seed, walker, budget, towards) -> None:
    at = on_street(network, seed, walker)
    if at is None:
        return
    found = draw(network, *at, budget, walker, towards=towards)
    assert len(found) == len(budget.limits)
    shapes = [one.rings.geometry(one.rings.xy_m) for one in found]
    for one, shape in zip(found, shapes, strict=True):
        assert shape.is_valid, shapely.is_valid_reason(shape)
        assert abs(shape.area - one.rings.area_m2) < 1e-3
        for part in shapely.get_parts(shape):
            assert part.exterior.is_ccw
            assert not any(hole.is_ccw for hole in part.interiors)
            assert part.area > 50
    for smaller, larger in pairwise(shapes):
        assert shapely.difference(smaller, larger).area < 1e-6 * max(1.0, smaller.area)
    assert [one.n_vertices for one in found] == sorted(one.n_vertices for one in found)


@quick
@given(towns(barriers=False, special=False, doubles=False), seeds, walkers, budgets)
def test_the_origin_lies_in_its_own_isochrone(network, seed, walker, budget) -> None:
    at = on_street(network, seed, walker)
    if at is None:
        return
    for one in draw(network, *at, budget, walker):
        shape = one.rings.geometry(one.rings.xy_m)
        assert shape.intersects(shapely.Point(at))
        assert one.snap_distance_m < 1e-6


@quick
@given(towns(barriers=False, doubles=False), seeds, walkers, budgets)
def test_the_origin_on_a_one_way_street_lies_at_most_a_cell_off(
    network, seed, walker, budget
) -> None:
    at = on_street(network, seed, walker)
    if at is None:
        return
    for one in draw(network, *at, budget, walker):
        shape = one.rings.geometry(one.rings.xy_m)
        # What lies behind is out of reach there, and a cell is the grain of the drawing. Just
        # before a wall at the end of a one-way street next to nothing is left, and not drawn.
        assert shape.is_empty or shape.distance(shapely.Point(at)) < 6.0


@quick
@given(towns(), seeds, walkers)
def test_polygons_agree_with_walking_times(network, seed, walker) -> None:
    at = on_street(network, seed, walker)
    if at is None:
        return
    budget = make_budget(metres=250)
    shape = draw(network, *at, budget, walker)[0].rings
    shape = shape.geometry(shape.xy_m)
    rng = np.random.default_rng(seed)
    x, y = (c + rng.uniform(-300, 300, 400) for c in at)
    origin = snap(network, np.array(at[:1]), np.array(at[1:]), walker)
    cost = cost_matrix(network, origin, snap(network, x, y, walker), budget, walker)[0]
    # Far from the line that separates them, place by place, there is no doubt.
    is_clear = shapely.distance(shapely.boundary(shape), shapely.points(x, y)) > 6.0
    claimed = shapely.contains_xy(shape, x, y)
    wrong = is_clear & (claimed != (cost != UNREACHED))
    # Holes and parts too small to draw are left out on purpose.
    assert wrong.sum() <= 0.01 * len(x)


@quick
@given(towns(), seeds, walkers)
def test_ground_is_joined_without_crossing(network, seed, walker) -> None:
    """No point well inside an isochrone has a barrier between it and every street it could use."""
    at = on_street(network, seed, walker)
    if at is None or not len(network.barrier_x_m):
        return
    rings = draw(network, *at, make_budget(metres=300), walker)[0].rings
    shape = shapely.buffer(rings.geometry(rings.xy_m), -4.5)
    rng = np.random.default_rng(seed)
    x, y = (c + rng.uniform(-300, 300, 150) for c in at)
    inside = shapely.contains_xy(shape, x, y)
    snaps = snap(network, x[inside], y[inside], walker)
    index = network.barrier_index
    for k, (px, py) in enumerate(zip(x[inside], y[inside], strict=True)):
        if snaps.edge[k] < 0:
            continue
        first, last = network.edge_first_point[snaps.edge[k] : snaps.edge[k] + 2]
        line = shapely.LineString(
            np.column_stack([network.point_x_m[first:last], network.point_y_m[first:last]])
        )
        foot = line.interpolate(snaps.fraction[k] * line.length)
        back = 1 - 1e-6  # just short of the street: a street may lie on a barrier
        assert not crosses_barrier(
            px, py, px + back * (foot.x - px), py + back * (foot.y - py),
            network.barrier_x_m, network.barrier_y_m, index.shape, index.first, index.segment,
        )  # fmt: skip


@settings(deadline=None, max_examples=25)
@given(towns(), seeds, walkers, st.sampled_from([{"minutes": (1, 3)}, {"metres": (100, 400)}]))
def test_text_and_table_are_one(network, seed, walker, budget) -> None:
    at = on_street(network, seed, walker)
    if at is None:
        return
    lon, lat = network.frame.to_lonlat(*at)
    origin = LonLat(float(lon), float(lat))
    table = circle.isochrones(network, origin, **budget, walker=walker)
    text = circle.isochrone_geojson(network, origin, **budget, walker=walker)
    assert text == circle.isochrone_geojson(network, origin, **budget, walker=walker)
    features = json.loads(text)["features"]
    assert table.geometry.is_valid.all()
    for feature, row in zip(features, table.itertuples(), strict=True):
        assert feature["properties"]["area_m2"] == row.area_m2
        assert feature["properties"]["is_cut"] == row.is_cut
        if feature["geometry"] is None:
            assert row.geometry.is_empty
            continue
        shape = shapely.from_geojson(json.dumps(feature["geometry"]))
        assert shape.is_valid, shapely.is_valid_reason(shape)
        assert shapely.hausdorff_distance(shape, row.geometry) < 2e-6
