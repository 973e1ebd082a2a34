"""GraphML as OSMnx writes it: one street for both directions, merged tags, clear refusals."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from xml.sax.saxutils import escape

import networkx as nx
import numpy as np
import pyproj
import pytest

from circle.errors import StreetsError
from circle.graphml import read_graphml
from circle.network_build import build_network
from circle.streets_table import StreetTable
from circle.walking import Flag, Kind

NODES = {"1": (103.80, 36.05), "2": (103.81, 36.05), "3": (103.81, 36.06)}


def graphml(
    edges: list[dict[str, str]],
    nodes: dict[str, tuple[float, float]] = NODES,
    node_data: dict[str, dict[str, str]] | None = None,
    **graph: str,
) -> str:
    """Return GraphML with text attributes, as OSMnx saves it; edges name their ends u and v."""
    names: dict[tuple[str, str], str] = {}

    def data(kind: str, values: dict[str, str]) -> str:
        return "".join(
            f'<data key="{names.setdefault((kind, key), f"d{len(names)}")}">{escape(value)}</data>'
            for key, value in values.items()
        )

    body = data("graph", {"crs": "epsg:4326", "created_with": "OSMnx 2.1.1"} | graph)
    for node, (x, y) in nodes.items():
        values = {"x": repr(x), "y": repr(y)} | (node_data or {}).get(node, {})
        body += f'<node id="{node}">{data("node", values)}</node>'
    for edge in edges:
        values = {key: value for key, value in edge.items() if key not in "uv"}
        body += (
            f'<edge source="{edge["u"]}" target="{edge["v"]}" id="0">{data("edge", values)}</edge>'
        )
    keys = "".join(
        f'<key id="{key_id}" for="{kind}" attr.name="{name}" attr.type="string"/>'
        for (kind, name), key_id in names.items()
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?>'
        '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">'
        f'{keys}<graph edgedefault="directed">{body}</graph></graphml>'
    )


@pytest.fixture
def read(tmp_path: Path):
    def _read(text: str | bytes) -> StreetTable:
        path = tmp_path / "graph.graphml"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return read_graphml(path)

    return _read


def line(table: StreetTable, way: int = 0) -> list[tuple[float, float]]:
    """Return the positions of a way."""
    nodes = table.way_node[table.way_first[way] : table.way_first[way + 1]]
    return [(round(float(table.lon[n]), 7), round(float(table.lat[n]), 7)) for n in nodes]


def street(u: str = "1", v: str = "2", **tags: str) -> dict[str, str]:
    return {"u": u, "v": v, "osmid": "7", "highway": "residential"} | tags


class TestDirections:
    def test_both_directions_become_one_street(self, read) -> None:
        table = read(graphml([street(), street("2", "1", reversed="True")]))
        assert table.way_id.tolist() == [7]
        assert line(table) == [NODES["1"], NODES["2"]]

    @pytest.mark.parametrize("order", [1, -1])
    def test_it_is_drawn_as_the_map_draws_it(self, read, order: int) -> None:
        both = [
            street("2", "1", reversed="True", **{"oneway:foot": "yes"}),
            street("1", "2", reversed="False", **{"oneway:foot": "yes"}),
        ]
        table = read(graphml(both[::order]))
        assert line(table) == [NODES["1"], NODES["2"]]
        assert (table.way_rules[0].forward, table.way_rules[0].backward) == (True, False)

    def test_a_lone_reversed_edge_is_turned_round(self, read) -> None:
        bent = "LINESTRING (103.81 36.05, 103.805 36.055, 103.80 36.05)"
        table = read(graphml([street("2", "1", reversed="True", geometry=bent)]))
        assert line(table) == [NODES["1"], (103.805, 36.055), NODES["2"]]

    def test_streets_oneway_for_cars_are_open_both_ways(self, read) -> None:
        rule = read(graphml([street(oneway="True")])).way_rules[0]
        assert rule.forward
        assert rule.backward
        assert rule.flags == Flag(0)

    def test_parallel_streets_stay_two(self, read) -> None:
        bent = "LINESTRING (103.80 36.05, 103.805 36.055, 103.81 36.05)"
        table = read(graphml([street(), street(geometry=bent), street(osmid="8")]))
        assert len(table.way_id) == 3

    def test_the_same_bend_drawn_both_ways_is_one(self, read) -> None:
        there = "LINESTRING (103.80 36.05, 103.805 36.055, 103.81 36.05)"
        back = "LINESTRING (103.81 36.05, 103.805 36.055, 103.80 36.05)"
        edges = [street(geometry=there), street("2", "1", geometry=back, reversed="True")]
        assert len(read(graphml(edges)).way_id) == 1

    def test_merged_ways_in_another_order_are_one(self, read) -> None:
        edges = [street(osmid="[7, 9]"), street("2", "1", osmid="[9, 7]", reversed="[True, False]")]
        assert read(graphml(edges)).way_id.tolist() == [7]

    def test_a_line_against_its_edge_is_turned(self, read) -> None:
        back = "LINESTRING (103.81 36.05, 103.807 36.055, 103.80 36.05)"
        table = read(graphml([street(geometry=back)]))
        assert line(table) == [NODES["1"], (103.807, 36.055), NODES["2"]]

    def test_a_loop_is_kept_and_a_point_is_not(self, read) -> None:
        loop = "LINESTRING (103.8 36.05, 103.81 36.05, 103.81 36.06, 103.8 36.05)"
        table = read(graphml([street("1", "1", geometry=loop), street("2", "2")]))
        assert len(table.way_id) == 1
        assert line(table)[0] == line(table)[-1] == NODES["1"]


class TestMergedTags:
    @pytest.mark.parametrize(
        ("tags", "kind", "flags"),
        [
            ({"highway": "['footway', 'residential']"}, Kind.FOOTWAY, Flag.GUESSED),
            ({"highway": "['steps', 'footway']"}, Kind.FOOTWAY, Flag.GUESSED | Flag.NO_WHEELS),
            ({"highway": "steps"}, Kind.STEPS, Flag.STEPS | Flag.NO_WHEELS),
            ({"access": "['private', 'yes']"}, Kind.ROAD, Flag.GUESSED),
            ({"access": "['no', 'permissive']"}, Kind.ROAD, Flag.GUESSED),
            ({"access": "private"}, Kind.ROAD, Flag.PRIVATE),
            ({"name": "['甲路', '乙路']"}, Kind.ROAD, Flag(0)),
            ({"lanes": "['2', '3']", "bridge": "yes"}, Kind.ROAD, Flag.BRIDGE),
            ({"bridge": "['yes', 'viaduct']"}, Kind.ROAD, Flag.BRIDGE),
        ],
        ids=lambda value: str(value) if isinstance(value, dict) else "",
    )
    def test_kind_and_marks(self, read, tags: dict[str, str], kind: Kind, flags: Flag) -> None:
        rule = read(graphml([street(**tags)])).way_rules[0]
        assert (rule.kind, rule.flags) == (kind, flags)

    @pytest.mark.parametrize(
        "tags",
        [
            {"highway": "motorway"},
            {"highway": "['residential', 'motorway_link']"},
            {"highway": "['construction', 'footway']"},
            {"foot": "no"},
            {"foot": "['no', 'no']"},
            {"access": "no"},
        ],
        ids=str,
    )
    def test_closed_to_feet(self, read, tags: dict[str, str]) -> None:
        table = read(graphml([street(**tags), street("2", "3", osmid="8")]))
        assert table.way_id.tolist() == [8]

    def test_names(self, read) -> None:
        edges = [street(name="['B', 'A']"), street("2", "3", name="It's [old] road")]
        assert read(graphml(edges)).names == ["A / B", "It's [old] road"]

    @pytest.mark.parametrize("parts", ["['residential', 'footway']", "['footway', 'residential']"])
    def test_the_order_osmnx_happened_to_write_does_not_matter(self, read, parts: str) -> None:
        assert read(graphml([street(highway=parts)])).way_rules[0].kind == Kind.FOOTWAY

    def test_text_that_looks_like_code_stays_text(self, read, tmp_path: Path) -> None:
        evil = f"[__import__('pathlib').Path({str(tmp_path / 'owned')!r}).touch()]"
        assert read(graphml([street(name=evil)])).names == [evil]
        assert not (tmp_path / "owned").exists()

    def test_a_list_of_endless_depth_stays_text(self, read) -> None:
        deep = "[" * 20_000 + "]" * 20_000
        assert read(graphml([street(name=deep)])).names == [deep]


class TestNodes:
    def test_gates_are_kept(self, read) -> None:
        text = graphml([street()], node_data={"2": {"barrier": "gate", "access": "private"}})
        table = read(text)
        (rule,) = table.node_rules.values()
        assert rule.private

    def test_nodes_that_lost_streets_are_the_edge_of_the_data(self, read) -> None:
        streets = {"1": {"street_count": "1"}, "2": {"street_count": "3"}}
        table = read(graphml([street(), street("2", "3", osmid="8")], node_data=streets))
        assert table.node_id[table.cut_node].tolist() == [2]

    def test_names_of_nodes_need_not_be_numbers(self, read) -> None:
        nodes = {"a": (103.80, 36.05), "b": (103.81, 36.05), "c": (103.82, 36.05)}
        table = read(graphml([street("a", "b"), street("b", "c", osmid="8")], nodes))
        assert len(table.node_id) == 3
        assert build_network(table).n_nodes == 3

    def test_an_edge_without_its_node_is_left_out_and_counted(self, read) -> None:
        table = read(graphml([street(), street("2", "99", osmid="8")]))
        assert table.way_id.tolist() == [7]
        assert table.n_missing_nodes == 1
        assert table.node_id[table.cut_node].tolist() == [2]

    def test_a_node_without_position_is_left_out(self, read) -> None:
        nodes = NODES | {"3": (float("nan"), 36.06)}
        table = read(graphml([street(), street("2", "3", osmid="8")], nodes))
        assert table.way_id.tolist() == [7]

    def test_a_projected_graph_comes_back_to_degrees(self, read) -> None:
        forth = pyproj.Transformer.from_crs(4326, 32648, always_xy=True)
        nodes = {node: forth.transform(*position) for node, position in NODES.items()}
        (x_1, y_1), (x_2, y_2) = nodes["1"], nodes["2"]
        bent = f"LINESTRING ({x_1} {y_1}, {x_1} {y_2}, {x_2} {y_2})"
        table = read(graphml([street(geometry=bent)], nodes, crs="epsg:32648"))
        got = np.array(line(table))
        assert np.allclose(got[[0, -1]], [NODES["1"], NODES["2"]], atol=1e-6)
        assert len(got) == 3


class TestProvenance:
    def test_source_date_and_licence(self, read) -> None:
        told = read(graphml([street()], created_date="2023-05-25 21:45:25")).provenance
        assert told.source == "graph.graphml"
        assert told.data_date == "2023-05-25"
        assert told.licence == "ODbL-1.0"
        assert told.sha256 is not None
        assert len(told.sha256) == 64

    @pytest.mark.parametrize("stamp", ["", "yesterday", "2023/05/25"])
    def test_no_date_is_no_date(self, read, stamp: str) -> None:
        assert read(graphml([street()], created_date=stamp)).provenance.data_date is None


class TestRefusals:
    @pytest.mark.parametrize(
        ("text", "words"),
        [
            (b"", "empty"),
            (b"PK\x03\x04 this is a zip", "no complete GraphML"),
            (b"\xff\xfe\x00", "no complete GraphML"),
            ("<osm version='0.6'></osm>", "not a GraphML street graph"),
            ("<html><body/></html>", "not a GraphML street graph"),
            (graphml([street()])[:-40], "cut off"),
            (graphml([street()])[:300], "cut off"),
            (graphml([], {}), "no node with a position"),
            (graphml([]), "no street one can walk on"),
            (graphml([street(highway="motorway")]), "no street one can walk on"),
            (graphml([{"u": "1", "v": "2"}]), "no street one can walk on"),
            (graphml([street()], crs="EPSG:999999"), "coordinate system nobody knows"),
            (graphml([street()], {"1": (5e5, 4e6), "2": (6e5, 4e6)}), "no longitudes"),
            (
                '<!DOCTYPE g [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>' + graphml([street()])[38:],
                "not a GraphML street graph",
            ),
        ],
    )
    def test_one_clear_sentence(self, read, text: str | bytes, words: str) -> None:
        with pytest.raises(StreetsError, match=words) as caught:
            read(text)
        for sentence in (caught.value.en, caught.value.zh):
            assert "\n" not in sentence
            assert "graph.graphml" in sentence

    def test_a_missing_file(self, tmp_path: Path) -> None:
        with pytest.raises(StreetsError, match="no street file"):
            read_graphml(tmp_path / "none.graphml")


@pytest.mark.parametrize("simplified", [False, True])
def test_what_osmnx_saves_today_is_read(tmp_path: Path, simplified: bool) -> None:
    """A ring of three streets, one of them bent, walked with the current OSMnx's own writer."""
    osmnx = pytest.importorskip("osmnx")
    graph = nx.MultiDiGraph(crs="epsg:4326", simplified=False)
    for node, (x, y) in (NODES | {"4": (103.80, 36.06), "5": (103.79, 36.05)}).items():
        graph.add_node(int(node), x=x, y=y)
    ways = {11: [1, 2], 12: [2, 3, 4, 1], 13: [1, 5]}
    for osm_id, nodes in ways.items():
        for u, v in pairwise(nodes):
            for a, b, is_reversed in ((u, v, False), (v, u, True)):
                graph.add_edge(
                    a, b, osmid=osm_id, highway="footway", name=f"路{osm_id}", oneway=False,
                    reversed=is_reversed, length=900.0,
                )  # fmt: skip
    if simplified:
        graph = osmnx.simplify_graph(graph)
    path = tmp_path / "ring.graphml"
    osmnx.save_graphml(graph, path)
    network = build_network(read_graphml(path))
    assert set(network.names) == (
        {"路11 / 路12", "路13"} if simplified else {"路11", "路12", "路13"}
    )
    # The same ground either way: 4 sides of the ring and one spur.
    side_m = 900.9 + 1109.5
    assert network.edge_length_m.sum() == pytest.approx(2 * side_m + 900.9, rel=2e-3)


def test_a_real_graph_of_osmnx_1(extracts: Path) -> None:
    path = extracts / "shenzhen_futian_osmnx.graphml"
    table = read_graphml(path)
    network = build_network(table)
    assert table.provenance.data_date == "2023-05-25"
    assert "景田路" in table.names

    # OSMnx's own lengths of what may be walked, each street once, by another reader.
    graph = nx.read_graphml(path, force_multigraph=True)
    once: dict[object, float] = {}
    for u, v, tags in graph.edges(data=True):
        closed = tags.get("access") == "no" or "motorway" in tags["highway"]
        if not closed:
            ends = frozenset((u, v))
            ids = "".join(sorted(tags["osmid"]))
            once[ends, ids, round(float(tags["length"]), 1)] = float(tags["length"])
    assert network.edge_length_m.sum() == pytest.approx(sum(once.values()), rel=0.002)
    assert network.part_length_m.max() > 0.99 * network.edge_length_m.sum()
    # The graph was cut out of its city.
    assert 50 < table.cut_node.sum() < 250
