"""Slopes on real ground: north of Bayreuth, on two tiles that meet inside the town."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import shapely

import circle
from circle.edits import Link, edit_network
from circle.geometry import LonLat
from circle.network import WalkNetwork
from circle.routing import cost_matrix
from circle.snapping import snap
from circle.terrain import PACE_UNIT, Heights, read_heights
from circle.units import make_budget
from circle.walkers import WALKERS

TILES = ("N49E011.hgt.zip", "N50E011.hgt.zip")


@pytest.fixture(scope="module")
def level(extracts: Path) -> WalkNetwork:
    return circle.read_streets(extracts / "north-bayreuth.osm.gz")


@pytest.fixture(scope="module")
def hilly(extracts: Path) -> WalkNetwork:
    tiles = [extracts / name for name in TILES]
    return circle.read_streets(extracts / "north-bayreuth.osm.gz", dem=tiles)


@pytest.fixture(scope="module")
def heights(extracts: Path) -> Heights:
    return read_heights([extracts / name for name in TILES])


def vertices(network: WalkNetwork, n: int, seed: int) -> list[LonLat]:
    """Return positions of vertices of the longest connected part, inside the data."""
    rng = np.random.default_rng(seed)
    lon, lat = network.frame.to_lonlat(network.node_x_m, network.node_y_m)
    main = np.flatnonzero(network.node_part == 0)
    found = [LonLat(float(lon[v]), float(lat[v])) for v in rng.permutation(main)]
    return [spot for spot in found if network.bounds.contains(spot)][:n]


def test_all_streets_have_heights_across_the_seam(hilly: WalkNetwork) -> None:
    assert hilly.provenance.heights == ", ".join(TILES)
    assert hilly.provenance.heights_share == 1.0
    assert 300 < hilly.node_height_m.min() < hilly.node_height_m.max() < 500
    _, lat = hilly.frame.to_lonlat(hilly.node_x_m, hilly.node_y_m)
    assert (lat < 50).any()
    assert (lat > 50).any()
    # No step where the tiles meet: what crosses 50° is no steeper than what lies beside it.
    _, first = hilly.frame.to_lonlat(*_ends(hilly, 0))
    _, last = hilly.frame.to_lonlat(*_ends(hilly, 1))
    crosses = (first - 50) * (last - 50) < 0
    beside = ~crosses & (np.abs(first - 50) < 0.004)
    pace = hilly.edge_pace.mean(axis=1) / PACE_UNIT
    assert crosses.sum() > 20
    assert np.median(pace[crosses]) < np.median(pace[beside]) + 0.05


def _ends(network: WalkNetwork, side: int) -> tuple[np.ndarray, np.ndarray]:
    nodes = network.edge_node[:, side]
    return network.node_x_m[nodes], network.node_y_m[nodes]


def test_up_takes_longer_than_down_and_flat_ground_as_long_as_ever(
    level: WalkNetwork, hilly: WalkNetwork
) -> None:
    spots = vertices(hilly, 150, 4)
    there, back, flat = (
        circle.travel_times(net, a, b, minutes=60).time_s.to_numpy().reshape(150, 150)
        for net, a, b in ((hilly, spots, spots), (hilly, spots, spots), (level, spots, spots))
    )
    back = back.T
    at = snap(hilly, *hilly.frame.to_xy(*np.array(spots).T), WALKERS["adult"])
    side = (at.fraction > 0.5).astype(int)
    height = hilly.node_height_m[hilly.edge_node[at.edge, side]]
    rise = height[None, :] - height[:, None]
    known = np.isfinite(there) & np.isfinite(back) & (flat > 120)
    slope = rise[known] / (flat[known] * 1.2)
    is_up = slope > 0.04
    assert is_up.sum() > 50
    assert (there[known][is_up] > back[known][is_up]).mean() > 0.97
    assert (there[known] >= flat[known] - 1e-9).all()
    # Along the valley nothing changes but by what the heights do not know better.
    ratio = there[known] / flat[known]
    gentle = np.abs(slope) < 0.005
    assert np.median(ratio[is_up]) > 1.15
    assert np.median(ratio[gentle]) < np.median(ratio)


def test_the_flattest_streets_are_flat(
    level: WalkNetwork, hilly: WalkNetwork, heights: Heights
) -> None:
    """Streets where the heights as they come from the file differ by 4 m at most, all around."""
    x, y = level.point_x_m, level.point_y_m
    around = [
        heights.at(*level.frame.to_lonlat(x + dx, y + dy))
        for dx in (-150, 0, 150)
        for dy in (-150, 0, 150)
    ]
    spread = np.ptp(np.array(around), axis=0)
    widest = np.maximum.reduceat(spread, level.edge_first_point[:-1])
    flat = (widest <= 5.0) & (level.edge_length_m > 20)
    assert flat.sum() > 10
    ratio = hilly.edge_pace[flat] / PACE_UNIT
    assert ratio.mean() < 1.02
    assert ratio.max() < 1.08


def test_a_street_takes_what_tobler_says_of_its_heights(
    hilly: WalkNetwork, heights: Heights
) -> None:
    """Reckoned anew, point by point, for the steepest long street: the same within a percent."""
    candidates = np.flatnonzero((hilly.edge_length_m > 150) & (hilly.edge_length_m < 400))
    edge = candidates[hilly.edge_pace[candidates].max(axis=1).argmax()]
    points = slice(*hilly.edge_first_point[edge : edge + 2])
    line = shapely.LineString(np.column_stack([hilly.point_x_m[points], hilly.point_y_m[points]]))
    at = np.arange(0, line.length, 1.0)
    xy = shapely.get_coordinates(shapely.line_interpolate_point(line, at))
    height = heights.smoothed.at(*hilly.frame.to_lonlat(*xy.T))
    slope = np.diff(height)
    for way, sign in enumerate((1, -1)):
        speed = np.exp(-3.5 * (np.abs(sign * slope + 0.05) - 0.05))
        pace = float(np.mean(np.maximum(1 / speed, 1)))
        assert hilly.edge_pace[edge, way] / PACE_UNIT == pytest.approx(pace, rel=0.02)


@pytest.mark.parametrize("walker", ["adult", "frail", "wheelchair"])
def test_routes_add_up_to_the_matrix_and_searches_agree(hilly: WalkNetwork, walker: str) -> None:
    spots = vertices(hilly, 24, 9)
    who = WALKERS[walker]
    at = snap(hilly, *hilly.frame.to_xy(*np.array(spots).T), who)
    budget = make_budget(minutes=120)
    few = type(at)(at.edge[:8], at.fraction[:8], at.distance_m[:8])
    forward = cost_matrix(hilly, few, at, budget, who)
    reverse = cost_matrix(hilly, at, few, budget, who)
    towards = circle.travel_times(hilly, spots, spots[:8], minutes=120, walker=walker)
    want = np.where(reverse == 2**31 - 1, np.inf, reverse / 1000)
    np.testing.assert_array_equal(towards.time_s.to_numpy().reshape(24, 8), want)
    # The square matrix, asked from the other side.
    np.testing.assert_array_equal(forward[:, :8], reverse[:8, :])
    n_walks = 0
    for k in range(8):
        for j in range(24):
            if k == j or forward[k, j] == 2**31 - 1:
                continue
            walk = circle.route(hilly, spots[k], spots[j], walker=walker)
            assert walk.time_s == pytest.approx(forward[k, j] / 1000, abs=0.0005)
            assert sum(leg.time_s for leg in walk.legs) == pytest.approx(walk.time_s, abs=0.3)
            n_walks += 1
    assert n_walks > 25


def test_isochrones_nest_and_hold_what_is_reached(level: WalkNetwork, hilly: WalkNetwork) -> None:
    spots = vertices(hilly, 12, 21)
    rings = circle.isochrones(hilly, spots, minutes=(5, 10, 15))
    reverse = circle.isochrones(hilly, spots, minutes=15, towards=True)
    on_level = circle.isochrones(level, spots, minutes=15)
    shapes = rings.geometry.to_numpy().reshape(12, 3)
    n_smaller = 0
    for inner, middle, outer in shapes:
        assert middle.buffer(1e-6).covers(inner)
        assert outer.buffer(1e-6).covers(middle)
    for k, outer in enumerate(shapes[:, 2]):
        n_smaller += on_level.area_m2[k] > 1.03 * rings.area_m2[3 * k + 2]
        # A slope changes nothing off the streets, and never makes anybody faster.
        assert on_level.geometry[k].buffer(2e-5).covers(outer)
    assert n_smaller >= 6
    assert (reverse.area_m2.to_numpy() != rings.area_m2.to_numpy()[2::3]).sum() >= 10
    targets = vertices(hilly, 300, 22)
    times = circle.travel_times(hilly, spots, targets, minutes=60).time_s.to_numpy()
    for k, row in enumerate(times.reshape(12, 300)):
        inside = shapely.contains_xy(shapes[k, 2], *np.array(targets).T)
        sure = np.abs(row - 900) > 20
        assert (inside == (row < 900))[sure].mean() > 0.99


def test_metres_do_not_know_of_slopes(level: WalkNetwork, hilly: WalkNetwork) -> None:
    spots = vertices(hilly, 5, 2)
    for spot in spots:
        assert circle.isochrone_geojson(level, spot, metres=(500, 1000)) == (
            circle.isochrone_geojson(hilly, spot, metres=(500, 1000))
        )


def test_a_link_drawn_over_slopes_has_one_too(hilly: WalkNetwork) -> None:
    edge = int(np.argmax(np.where(hilly.edge_length_m < 300, hilly.edge_pace[:, 0], 0)))
    first, last = hilly.edge_node[edge]
    lon, lat = hilly.frame.to_lonlat(hilly.node_x_m[[first, last]], hilly.node_y_m[[first, last]])
    linked = edit_network(hilly, [Link(shapely.LineString(np.column_stack([lon, lat])))])
    drawn = int(np.flatnonzero(linked.edge_flags & 4096)[0])
    up, down = linked.edge_pace[drawn] / PACE_UNIT
    assert up > 1.1
    assert up > down
    assert linked.edge_pace.shape == (linked.n_edges, 2)
    assert linked.node_height_m.shape == (linked.n_nodes,)
