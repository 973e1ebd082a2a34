"""Networks of real extracts against counts and lengths taken from the files another way."""

from __future__ import annotations

import itertools
from collections import Counter
from pathlib import Path

import networkx
import numpy as np
import osmium
import osmnx
import pyproj
import pytest

import circle
from circle.network import WalkNetwork
from circle.walking import Flag, Kind
from extracts.conftest import BAYREUTH, MONACO, PORTO, SHENZHEN, TSINGHUA, Networks

GEOD = pyproj.Geod(ellps="WGS84")

# The plainest rule one could write: a highway nobody is said to be kept from.
NOT_WALKED = {
    "motorway", "motorway_link", "proposed", "construction", "raceway", "bus_guideway", "busway",
    "no", "abandoned", "razed", "disused", "via_ferrata", "rest_area", "services", "platform",
    "corridor", "elevator",
}  # fmt: skip
NOT_PLAIN = [Kind.PLATFORM, Kind.PIER, Kind.CORRIDOR, Kind.ELEVATOR, Kind.GATE]


def plain_ways(path: Path, *, private: bool = True):
    """Yield id, node ids and points of the ways the plain rule keeps."""
    for way in osmium.FileProcessor(str(path)).with_locations():
        if not way.is_way():
            continue
        highway, foot, access = (way.tags.get(key) for key in ("highway", "foot", "access"))
        if highway is None or highway in NOT_WALKED or foot == "no":
            continue
        if access == "no" and foot is None:
            continue
        if not private and "private" in (access, foot):
            continue
        nodes = [node for node in way.nodes if node.location.valid()]
        if len(nodes) > 1:
            yield way.id, [n.ref for n in nodes], [(n.lon, n.lat) for n in nodes]


@pytest.mark.parametrize("name", [MONACO, TSINGHUA, BAYREUTH, PORTO])
def test_length_is_that_of_the_ways_on_the_ellipsoid(networks: Networks, name: str) -> None:
    network = networks(name)
    expected = sum(
        GEOD.line_length(*zip(*points, strict=True))
        for _, _, points in plain_ways(networks.path(name))
    )
    plain = ~np.isin(network.edge_kind, NOT_PLAIN)
    assert network.edge_length_m[plain].sum() == pytest.approx(expected, rel=0.015)
    # And nearly all of it holds together.
    assert network.part_length_m[0] > 0.9 * network.edge_length_m.sum()
    assert network.part_length_m.sum() == pytest.approx(network.edge_length_m.sum(), rel=1e-9)


@pytest.mark.parametrize("name", [MONACO, TSINGHUA])
def test_way_by_way(networks: Networks, name: str) -> None:
    network = networks(name)
    length = Counter()
    for way, metres in zip(network.edge_way.tolist(), network.edge_length_m, strict=True):
        length[way] += metres
    ways = {way: points for way, _, points in plain_ways(networks.path(name))}
    both = [way for way in ways if way in length]
    assert len(both) > 0.98 * len(ways)
    for way in both:
        expected = GEOD.line_length(*zip(*ways[way], strict=True))
        assert length[way] == pytest.approx(expected, rel=1e-4, abs=0.01)


def test_graphml_length_is_that_of_its_graph(networks: Networks) -> None:
    graph = osmnx.convert.to_undirected(osmnx.load_graphml(networks.path(SHENZHEN)))
    expected = sum(
        data["length"]
        for *_, data in graph.edges(data=True)
        if data["highway"] not in ("motorway", "motorway_link") and "tunnel" not in data
    )
    tunnels = sum(data["length"] for *_, data in graph.edges(data=True) if "tunnel" in data)
    network = networks(SHENZHEN)
    assert expected * 0.98 < network.edge_length_m.sum() < (expected + tunnels) * 1.02


def test_stated_facts(networks: Networks) -> None:
    for name, date, west, north in (
        (MONACO, "2023-12-26", 7.409205, 43.75169),
        (TSINGHUA, "2017-06-15", 116.3084, 40.0123),
        (PORTO, "2015-06-06", -8.795, 41.399),
        (BAYREUTH, "2014-11-03", 11.4807, 50.047),
    ):
        network = networks(name)
        assert network.provenance.source == name
        assert network.provenance.data_date == date
        assert len(network.provenance.sha256) == 64
        assert network.provenance.attribution == "© OpenStreetMap contributors"
        assert (network.bounds.west, network.bounds.north) == pytest.approx((west, north))


class TestMonaco:
    def test_every_lift_is_passed_through(self, networks: Networks, monaco: WalkNetwork) -> None:
        path = networks.path(MONACO)
        lifts = {
            item.id
            for item in osmium.FileProcessor(str(path), osmium.osm.NODE)
            if item.tags.get("highway") == "elevator" and item.tags.get("access") is None
        }
        assert len(lifts) > 30
        kept = set(monaco.edge_way.tolist())
        # A way that ends at a lift is joined to it once, one that runs through it twice.
        expected = sum(
            (at > 0) + (at < len(way.nodes) - 1)
            for way in osmium.FileProcessor(str(path), osmium.osm.WAY)
            if way.id in kept
            for at, node in enumerate(way.nodes)
            if node.ref in lifts
        )
        is_lift = (monaco.edge_flags & np.uint16(Flag.ELEVATOR)) != 0
        assert is_lift.sum() >= expected > 40
        assert is_lift.sum() <= expected + 6  # lifts with a word on access of their own

    def test_flights_have_the_steps_they_are_tagged_with(self, networks, monaco) -> None:
        tagged = {
            way.id: int(way.tags["step_count"])
            for way in osmium.FileProcessor(str(networks.path(MONACO)), osmium.osm.WAY)
            if way.tags.get("highway") == "steps" and way.tags.get("step_count", "").isdigit()
        }
        assert len(tagged) > 20
        n_steps, n_edges = Counter(), Counter()
        for way, steps in zip(monaco.edge_way.tolist(), monaco.edge_n_steps, strict=True):
            n_steps[way] += int(steps)
            n_edges[way] += 1
        checked = 0
        for way, expected in tagged.items():
            if way in n_edges:
                assert abs(n_steps[way] - expected) <= n_edges[way] / 2
                checked += 1
        assert checked > 20

    def test_trips_are_as_long_as_in_a_graph_of_nodes(self, networks, monaco) -> None:
        graph = networkx.Graph()
        position = {}
        for _, refs, points in plain_ways(networks.path(MONACO), private=False):
            position.update(zip(refs, points, strict=True))
            for a, b in itertools.pairwise(refs):
                length = GEOD.line_length(*zip(position[a], position[b], strict=True))
                if not graph.has_edge(a, b) or graph[a][b]["length"] > length:
                    graph.add_edge(a, b, length=length)
        main = max(networkx.connected_components(graph), key=len)
        rng = np.random.default_rng(98)
        inside = [
            node
            for node in sorted(main)
            if monaco.bounds.contains(circle.LonLat(*position[node])) and graph.degree(node) == 2
        ]
        starts, ends = rng.choice(inside, (2, 40))
        ours = np.array(
            [
                circle.travel_times(
                    monaco, position[a], position[b], metres=10_000
                ).distance_m.iloc[0]
                for a, b in zip(starts, ends, strict=True)
            ]
        )
        theirs = np.array(
            [
                networkx.shortest_path_length(graph, a, b, weight="length")
                for a, b in zip(starts, ends, strict=True)
            ]
        )
        assert np.isfinite(ours).all()
        # Gates, lifts and one-way stairs are not in that graph, platforms and piers neither.
        close = np.abs(ours - theirs) < 0.01 * theirs + 1
        assert close.mean() >= 0.8
        assert np.abs(ours / theirs - 1).max() < 0.35

    def test_a_wheelchair_walks_no_stairs(self, monaco: WalkNetwork) -> None:
        # From the harbour up to the rock: the way on foot climbs stairs, wheels go round.
        start, end = (7.4215, 43.7347), (7.4256, 43.7311)
        on_foot = circle.route(monaco, start, end)
        on_wheels = circle.route(monaco, start, end, walker="wheelchair")
        assert on_wheels.n_steps == 0
        assert all(leg.kind != "steps" for leg in on_wheels.legs)
        assert on_wheels.length_m >= circle.route(monaco, start, end, unit="m").length_m - 0.1
        assert on_foot.n_steps > 0

    @pytest.mark.parametrize("suffix", [".osm", ".osm.gz", ".osm.bz2"])
    def test_every_format_gives_the_same_network(
        self, networks: Networks, monaco: WalkNetwork, tmp_path: Path, suffix: str
    ) -> None:
        source, target = networks.path(MONACO), tmp_path / f"monaco{suffix}"
        with osmium.io.Reader(str(source)) as reader:
            header = reader.header()
        with osmium.SimpleWriter(str(target), header=header) as writer:
            for item in osmium.FileProcessor(str(source)):
                writer.add(item)
        other = circle.read_streets(target)
        assert other.names == monaco.names
        assert other.bounds == monaco.bounds
        for name, value in vars(monaco).items():
            if isinstance(value, np.ndarray):
                assert np.array_equal(getattr(other, name), value), name

    def test_saved_and_opened_it_answers_the_same(self, monaco, tmp_path) -> None:
        path = circle.save_network(monaco, tmp_path / "monaco.circle")
        opened = circle.read_streets(path)
        question = {"minutes": (5, 10, 15), "walker": "older"}
        origin = circle.LonLat(7.4205, 43.7345)
        assert circle.isochrone_geojson(opened, origin, **question) == circle.isochrone_geojson(
            monaco, origin, **question
        )

    def test_cut_off_anywhere_it_is_refused(self, networks: Networks, tmp_path: Path) -> None:
        content = networks.path(MONACO).read_bytes()
        for share in (0.0005, 0.1, 0.5, 0.9, 0.999):
            path = tmp_path / "cut.osm.pbf"
            path.write_bytes(content[: int(len(content) * share)])
            with pytest.raises(circle.CircleError) as caught:
                circle.read_streets(path)
            assert "cut.osm.pbf" in caught.value.en
            assert "cut.osm.pbf" in caught.value.zh
        assert [p.name for p in tmp_path.iterdir()] == ["cut.osm.pbf"]


def test_tsinghua_speaks_chinese(tsinghua: WalkNetwork) -> None:
    assert sum(any("\u4e00" <= char <= "\u9fff" for char in name) for name in tsinghua.names) >= 20
    edges = tsinghua.edges_frame()
    assert edges.crs == "EPSG:4326"
    assert edges.geometry.is_valid.all()
    assert edges.name.dropna().str.contains("中关村").any()


@pytest.mark.parametrize("name", [MONACO, TSINGHUA, BAYREUTH, SHENZHEN])
def test_edges_frame_is_as_long_as_the_network(networks: Networks, name: str) -> None:
    network = networks(name)
    edges = networks(name).edges_frame()
    assert edges.length_m.sum() == pytest.approx(network.edge_length_m.sum(), rel=1e-9)
    drawn = [GEOD.geometry_length(line) for line in edges.geometry[:300]]
    assert drawn == pytest.approx(edges.length_m[:300].tolist(), rel=2e-5, abs=0.001)
    assert edges.edge_id.is_unique
    assert set(edges.evidence) == {"mapped"}
