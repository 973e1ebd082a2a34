"""Isochrones of real towns: true to walking times, out of the sea, honest at the data's edge."""

from __future__ import annotations

import itertools
import json

import numpy as np
import pytest
import shapely

import circle
from circle.coverage.reach import Group, cut_costs
from circle.geometry import LonLat
from circle.network import WalkNetwork
from circle.snapping import snap
from circle.walkers import WALKERS
from extracts.conftest import BAYREUTH, MONACO, PORTO, TSINGHUA, Networks

CENTRE = LonLat(7.4205, 43.7345)  # of Monaco
CAMPUS = LonLat(116.3202, 40.0014)  # of Tsinghua


def in_metres(network: WalkNetwork, shape: shapely.Geometry) -> shapely.Geometry:
    return shapely.transform(shape, lambda c: np.column_stack(network.frame.to_xy(*c.T)))


class TestEdgeOfTheData:
    def test_monaco_is_not_cut(self, monaco: WalkNetwork) -> None:
        table = circle.isochrones(monaco, CENTRE, minutes=(5, 10, 15))
        assert table.is_cut.tolist() == [False, False, False]
        assert table.n_vertices.is_monotonic_increasing
        assert 0.2 < table.shed_ratio.iloc[-1] < 0.6  # steep, and the sea beside it
        assert table.geometry.is_valid.all()

    def test_a_ring_is_cut_exactly_where_coverage_has_the_edge_within_reach(
        self, monaco: WalkNetwork
    ) -> None:
        rng = np.random.default_rng(10)
        west, south, east, north = monaco.bounds
        lon, lat = rng.uniform(west, east, 80), rng.uniform(south, north, 80)
        snaps = snap(monaco, *monaco.frame.to_xy(lon, lat), WALKERS["adult"])
        to_edge = cut_costs(
            monaco, Group.single(snaps), walker=WALKERS["adult"], unit="m", limit=10_000_000
        )
        seen = set()
        for i in np.flatnonzero(snaps.is_snapped):
            rings = circle.isochrones(monaco, (lon[i], lat[i]), metres=(300, 1000))
            is_near = [bool(to_edge[i] <= limit) for limit in (300_000, 1_000_000)]
            assert rings.is_cut.tolist() == is_near, (lon[i], lat[i])
            seen |= set(is_near)
        assert seen == {True, False}

    def test_a_walk_out_of_tsinghua_says_so(self, tsinghua: WalkNetwork) -> None:
        near_edge = LonLat(tsinghua.bounds.west + 0.002, 39.9986)
        table = circle.isochrones(tsinghua, near_edge, minutes=(1, 15))
        assert table.is_cut.tolist()[-1]
        text = circle.isochrone_geojson(tsinghua, near_edge, minutes=15)
        assert json.loads(text)["features"][0]["properties"]["is_cut"] is True
        middle = circle.isochrones(tsinghua, CAMPUS, minutes=(5, 15))
        assert not middle.is_cut.iloc[0]

    def test_ground_outside_the_data_is_never_drawn_in_silence(self, networks: Networks) -> None:
        rng = np.random.default_rng(6)
        n_cut = 0
        for name in (TSINGHUA, BAYREUTH):
            network = networks(name)
            bounds = network.bounds
            edges = network.edges_frame()
            for i in rng.choice(len(edges), 40):
                point = edges.geometry.iloc[i].interpolate(0.5, normalized=True)
                if not bounds.contains(LonLat(point.x, point.y)):
                    continue
                table = circle.isochrones(network, (point.x, point.y), minutes=(5, 15))
                box = in_metres(network, shapely.box(*bounds)).buffer(25)
                for row in table.itertuples():
                    # A cell or two beyond the rim may belong to a street that ends within.
                    streets = in_metres(network, row.geometry).buffer(-100.0)
                    is_outside = not streets.is_empty and not box.covers(streets)
                    assert row.is_cut or not is_outside, (name, point.wkt, row.budget)
                    n_cut += row.is_cut
        assert n_cut > 5

    @pytest.mark.parametrize("minutes", [5, 10, 15, 20])
    def test_what_lies_at_the_rim_within_the_budget_is_cut(self, tsinghua, minutes) -> None:
        """Independent of the flag: a street at the rim of the data was reached, or none was."""
        bounds = tsinghua.bounds
        x, y = tsinghua.node_x_m, tsinghua.node_y_m
        (west, east), (south, north) = tsinghua.frame.to_xy(bounds[::2], bounds[1::2])
        outside = (x < west) | (x > east) | (y < south) | (y > north)
        lon, lat = tsinghua.frame.to_lonlat(x[outside], y[outside])
        # Positions outside the data are refused; their last point inside will do.
        lon, lat = np.clip(lon, bounds.west, bounds.east), np.clip(lat, bounds.south, bounds.north)
        times = circle.travel_times(
            tsinghua, CAMPUS, list(zip(lon, lat, strict=True)), minutes=minutes
        )
        table = circle.isochrones(tsinghua, CAMPUS, minutes=minutes)
        if np.isfinite(times.time_s).any() and times.time_s.min() < minutes * 60 - 60:
            assert table.is_cut.iloc[0]

    def test_origins_outside_are_refused(self, monaco: WalkNetwork) -> None:
        for lon, lat in ((43.7345, 7.4205), (7.5, 43.7345), (float("nan"), 43.7)):
            with pytest.raises(circle.CircleError):
                circle.isochrones(monaco, (lon, lat), minutes=5)


class TestMonaco:
    @pytest.mark.parametrize(
        "origin",
        [CENTRE, (7.4256, 43.7311), (7.4277, 43.7392), (7.4176, 43.7300), (7.4281, 43.7424)],
    )
    def test_no_water(self, monaco: WalkNetwork, origin: tuple[float, float]) -> None:
        shape = circle.isochrones(monaco, origin, minutes=15).geometry.iloc[0]
        shape = in_metres(monaco, shape)
        water = shapely.union_all(monaco.water_tree.geometries)
        # Piers and bridges walked on are ground: strips of 10 m along streets do not count.
        streets = in_metres(monaco, shapely.union_all(monaco.edges_frame().geometry.to_numpy()))
        over_water = shapely.intersection(streets, water)
        wet = shapely.difference(shapely.intersection(shape, water), over_water.buffer(10))
        assert water.area > 1e6  # there is a sea to fall into
        assert wet.area < 0.005 * shape.area

    def test_the_sea_lies_in_the_sea(self, monaco: WalkNetwork) -> None:
        sea = shapely.union_all(monaco.water_tree.geometries)
        for lon, lat, is_sea in (
            (7.4400, 43.7330, True),
            (7.4230, 43.7355, True),  # in the harbour
            (7.4205, 43.7345, False),
            (7.4256, 43.7311, False),
            (7.4277, 43.7392, False),
        ):
            x, y = monaco.frame.to_xy(lon, lat)
            assert bool(shapely.contains_xy(sea, x, y)) == is_sea, (lon, lat)

    def test_rings_nest_and_hold_their_origin(self, monaco: WalkNetwork) -> None:
        rng = np.random.default_rng(8)
        edges = monaco.edges_frame()
        edges = edges[(edges.length_m > 5) & ~edges.is_private & ~edges.is_island]
        lines = edges.geometry.to_numpy()[rng.choice(len(edges), 15)]
        for point in shapely.line_interpolate_point(lines, 0.4, normalized=True):
            if not monaco.bounds.contains(LonLat(point.x, point.y)):
                continue
            table = circle.isochrones(monaco, (point.x, point.y), minutes=(5, 10, 15))
            shapes = [in_metres(monaco, shape) for shape in table.geometry]
            assert all(shape.is_valid for shape in shapes)
            assert shapes[0].distance(in_metres(monaco, point)) < 6
            for small, large in itertools.pairwise(shapes):
                assert shapely.difference(small, large).area < 0.01
            text = json.loads(
                circle.isochrone_geojson(monaco, LonLat(point.x, point.y), minutes=(5, 10, 15))
            )
            for feature in text["features"]:
                assert shapely.from_geojson(json.dumps(feature["geometry"])).is_valid

    def test_two_runs_agree_to_the_bit(self, networks: Networks, monaco: WalkNetwork) -> None:
        again = circle.read_streets(networks.path(MONACO))
        texts = {
            circle.isochrone_geojson(network, CENTRE, minutes=(5, 10, 15))
            for network in (monaco, again, monaco)
        }
        assert len(texts) == 1


def f1(claimed: np.ndarray, truth: np.ndarray) -> float:
    return 2 * (claimed & truth).sum() / (claimed.sum() + truth.sum())


@pytest.mark.parametrize("name", [MONACO, PORTO])
def test_polygons_are_true_to_walking_times(networks: Networks, name: str) -> None:
    """A small sample of what the benchmark measures in full."""
    network = networks(name)
    rng = np.random.default_rng(2025)
    radius_m = 1.15 * 900 * 1.2
    starts = network.street_index.segment
    starts = np.unique(starts)
    ax, ay = network.point_x_m[starts], network.point_y_m[starts]
    bx, by = network.point_x_m[starts + 1], network.point_y_m[starts + 1]
    length = np.hypot(bx - ax, by - ay)
    if name == MONACO:
        around, within = network.frame.to_xy(*CENTRE), 900
    else:
        around, within = network.frame.to_xy(-8.61, 41.15), 2_000
    is_near = np.hypot((ax + bx) / 2 - around[0], (ay + by) / 2 - around[1]) < within

    def on_streets(chosen: np.ndarray, n: int) -> np.ndarray:
        share = np.where(chosen, length, 0)
        i, t = rng.choice(len(starts), n, p=share / share.sum()), rng.uniform(size=n)
        return np.column_stack([ax[i] + t * (bx[i] - ax[i]), ay[i] + t * (by[i] - ay[i])])

    def on_land(x: float, y: float, n: int) -> np.ndarray:
        r, a = radius_m * np.sqrt(rng.uniform(size=4 * n)), rng.uniform(0, 2 * np.pi, 4 * n)
        xy = np.column_stack([x + r * np.cos(a), y + r * np.sin(a)])
        wet = network.water_tree.query(shapely.points(xy), "intersects")[0]
        return np.delete(xy, wet, axis=0)[:n]

    answers: dict[str, list[np.ndarray]] = {"street": [], "ground": []}
    for x, y in on_streets(is_near, 20):
        lon, lat = network.frame.to_lonlat(x, y)
        origin = LonLat(float(lon), float(lat))
        shape = circle.isochrones(network, origin, minutes=15).geometry.iloc[0]
        reach = np.hypot((ax + bx) / 2 - x, (ay + by) / 2 - y) < radius_m
        for kind, xy in (("street", on_streets(reach, 100)), ("ground", on_land(x, y, 100))):
            lon, lat = network.frame.to_lonlat(*xy.T)
            box = network.bounds
            keep = (lon > box.west) & (lon < box.east) & (lat > box.south) & (lat < box.north)
            points = np.column_stack([lon, lat])[keep]
            times = circle.travel_times(network, origin, points, minutes=15)
            claimed = shapely.contains_xy(shape, points)
            answers[kind].append(np.column_stack([claimed, np.isfinite(times.time_s)]))
    for kind, pairs in answers.items():
        claimed, truth = np.concatenate(pairs).T
        assert 0.2 < truth.mean() < 0.9
        assert f1(claimed, truth) >= 0.985, (kind, f1(claimed, truth))
