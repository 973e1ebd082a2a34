"""The packed network: what comes back, what is left out, how much room it takes."""

from __future__ import annotations

import zlib
from pathlib import Path

import numpy as np
import pytest
import shapely
from sketch import sketch

import circle
from circle.geometry import Bounds
from circle.guide.pack import UNIT_BITS, UNITS_PER_M, WalkPack, pack_network, unpack_network
from circle.network import WalkNetwork
from circle.walkers import WALKERS

STEP_M = 1 / UNITS_PER_M


@pytest.fixture(scope="module")
def monaco(extracts: Path) -> WalkNetwork:
    return circle.read_streets(extracts / "monaco_2023.osm.pbf")


def everything(network: WalkNetwork) -> WalkPack:
    return pack_network(network, network.bounds, 1080.0)


def unpacked(network: WalkNetwork) -> WalkNetwork:
    return unpack_network(everything(network).data)[0]


def shape_of(network: WalkNetwork, edge: int) -> tuple[tuple[float, float], ...]:
    """Return an edge's points on the grid, whichever way it is drawn."""
    points = slice(network.edge_first_point[edge], network.edge_first_point[edge + 1])
    xy = np.column_stack([network.point_x_m[points], network.point_y_m[points]])
    grid = [tuple(point) for point in (np.rint(xy / STEP_M) * STEP_M).tolist()]
    kept = [point for i, point in enumerate(grid) if i == 0 or point != grid[i - 1]]
    return min(tuple(kept), tuple(kept[::-1]))


def facts(network: WalkNetwork, edge: int) -> tuple[object, ...]:
    """Return all that a walk may ask of an edge, in the direction of `shape_of`."""
    points = slice(network.edge_first_point[edge], network.edge_first_point[edge + 1])
    xy = np.column_stack([network.point_x_m[points], network.point_y_m[points]])
    grid = np.rint(xy / STEP_M)
    is_turned = tuple(map(tuple, grid)) > tuple(map(tuple, grid[::-1]))
    ways = (1, 0) if is_turned else (0, 1)
    name = int(network.edge_name[edge])
    return (
        shape_of(network, edge),
        int(network.edge_kind[edge]),
        None if name < 0 else network.names[name],
        int(network.edge_n_steps[edge]),
        bool(network.edge_is_island[edge]),
        tuple(bool(network.edge_is_open[edge, way]) for way in ways),
        tuple(bool(network.arc_enters_private[network.edge_arc[edge, way]]) for way in ways),
    )


def test_every_edge_of_a_town_comes_back(monaco: WalkNetwork) -> None:
    back = unpacked(monaco)
    assert (back.n_nodes, back.n_edges) == (monaco.n_nodes, monaco.n_edges)
    loops = monaco.edge_node[:, 0] == monaco.edge_node[:, 1]
    straight = np.flatnonzero(~loops & (monaco.edge_length_m > 0))
    back_loops = back.edge_node[:, 0] == back.edge_node[:, 1]
    back_straight = np.flatnonzero(~back_loops & (back.edge_length_m > 0))
    want = sorted(repr(facts(monaco, int(edge))) for edge in straight)
    assert sorted(repr(facts(back, int(edge))) for edge in back_straight) == want
    assert back.edge_length_m.sum() == pytest.approx(monaco.edge_length_m.sum(), rel=1e-6)
    sea, again = monaco.water, back.water
    assert again.symmetric_difference(sea).area < STEP_M * sea.length
    assert len(back.barrier_index.segment) == pytest.approx(
        len(monaco.barrier_index.segment), rel=0.02
    )


@pytest.mark.parametrize("walker", ["adult", "wheelchair"])
def test_costs_of_a_town_come_back(monaco: WalkNetwork, walker: str) -> None:
    back = unpacked(monaco)
    who = WALKERS[walker]
    want, got = monaco.costs(who, "min"), back.costs(who, "min")
    closed = want.arc.max()
    assert (got.arc == closed).sum() == (want.arc == closed).sum()
    assert got.arc[got.arc < closed].sum() == pytest.approx(
        want.arc[want.arc < closed].sum(), rel=1e-5
    )


def test_a_town_takes_little_room(monaco: WalkNetwork) -> None:
    pack = everything(monaco)
    assert len(pack.text) <= 200_000
    assert len(pack.text) < 110_000  # what it takes today, and a little more


def test_the_same_network_gives_the_same_bytes(monaco: WalkNetwork) -> None:
    assert everything(monaco).data == everything(monaco).data


def test_names_keep_their_letters_and_never_break_the_table() -> None:
    drawing = sketch("A---B---C", m_per_char=25)
    names = ("幸福路\n二段", 'O\'Neill "<script>"', "🌞")
    named = circle.network.WalkNetwork(
        **{
            **{key: value for key, value in vars(drawing.network).items() if key[0] != "_"},
            "names": names,
            "edge_name": np.arange(drawing.network.n_edges, dtype=np.int32) % 3,
        }
    )
    back = unpacked(named)
    assert set(back.names) <= {"幸福路 二段", 'O\'Neill "<script>"', "🌞"}
    assert len(set(back.edge_name.tolist())) == min(3, named.n_edges)


def test_what_no_walk_needs_is_left_out_and_the_cut_is_told(monaco: WalkNetwork) -> None:
    bounds = monaco.bounds
    middle_lon, middle_lat = (bounds.west + bounds.east) / 2, (bounds.south + bounds.north) / 2
    home = Bounds(middle_lon - 0.001, middle_lat - 0.001, middle_lon + 0.001, middle_lat + 0.001)
    pack = pack_network(monaco, home, 300.0)
    back, area = unpack_network(pack.data)
    assert area == home
    assert 0 < back.n_edges < monaco.n_edges / 2
    x, y = monaco.frame.to_xy([home.west, home.east], [home.south, home.north])
    reach = shapely.box(x[0] - 300, y[0] - 300, x[1] + 300, y[1] + 300)
    drawn = monaco.edges_frame().to_crs(monaco.frame.crs)
    kept_m = back.edge_length_m.sum()
    assert kept_m >= drawn.intersection(reach).length.sum()
    # Walks that stay inside are those of the whole town; the rim is marked as the edge of the data.
    corners = [(home.west, home.south), (home.east, home.north), (middle_lon, middle_lat)]
    within = monaco.frame.to_lonlat(*np.array(shapely.get_coordinates(reach)).T)
    assert bounds.contains(circle.LonLat(within[0].min(), within[1].min()))
    whole = circle.travel_times(monaco, corners, corners, minutes=4)
    part = circle.travel_times(back, corners, corners, minutes=4)
    np.testing.assert_allclose(part.time_s, whole.time_s, atol=1.0)
    assert back.node_is_cut.sum() > 5
    rings = circle.isochrones(back, corners[2], minutes=(2, 15))
    assert rings.is_cut.tolist() == [False, True]


def test_another_layout_is_refused() -> None:
    pack = everything(sketch("A---B", m_per_char=25).network)
    body = bytearray(zlib.decompress(pack.data, -15))
    start = body.index(bytes([1, UNIT_BITS]))
    body[start] = 9
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -15)
    with pytest.raises(ValueError, match="layout 9"):
        unpack_network(squeeze.compress(bytes(body)) + squeeze.flush())
