"""From ways to a network: junctions, gates, islands, the rim of the data."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from sketch import FRAME, sketch

from circle.field import draw
from circle.geometry import Bounds
from circle.ground import Ground
from circle.network_build import CUT_MARGIN_M, build_network
from circle.provenance import Provenance
from circle.search import searching
from circle.snapping import snap
from circle.streets_table import StreetTableBuilder
from circle.units import make_budget
from circle.walkers import WALKERS
from circle.walking import Barrier, Flag, Kind

FOOTWAY = {"highway": "footway"}


def test_ways_are_cut_where_they_share_a_node_and_nowhere_else() -> None:
    plan = sketch(
        """
            B
            |
        A---+---C
            |
        D-------E
            |
            F
        """,
    )
    network = plan.network
    # B-F is cut at its junction with A-C, and runs under D-E.
    assert network.n_edges == 5
    assert network.n_nodes == 7
    assert sorted(network.edge_length_m) == pytest.approx([24, 48, 48, 48, 96])


def build(*ways: tuple[list[int], list[tuple[float, float]]], bounds: Bounds | None = None):
    """Return the network of footways given by node numbers and metres."""
    builder = StreetTableBuilder()
    for number, (refs, points) in enumerate(ways, start=1):
        builder.add_way(number, refs, *FRAME.to_lonlat(*np.array(points).T), FOOTWAY)
    return build_network(
        builder.finish(
            Provenance("drawn", None, None, None, ""), bounds=bounds or Bounds(103, 36, 104, 37)
        )
    )


def test_a_way_that_meets_itself_is_cut_there() -> None:
    points = [(-50, 0), (0, 0), (50, 0), (50, 50), (0, 0), (0, -50)]
    network = build(([1, 2, 3, 4, 2, 5], points))
    assert network.n_edges == 3
    loop = 1
    assert network.edge_node[loop, 0] == network.edge_node[loop, 1]
    assert network.edge_length_m == pytest.approx([50, 100 + 50 * 2**0.5, 50], rel=1e-4)


def test_a_closed_way_is_a_loop_at_its_first_node() -> None:
    network = build(([7, 8, 9, 7], [(0, 0), (50, 0), (50, 50), (0, 0)]))
    assert (network.n_nodes, network.n_edges) == (1, 1)
    assert network.edge_node.tolist() == [[0, 0]]


def test_points_that_only_bend_a_way_are_no_vertices() -> None:
    network = build(([1, 2, 3], [(-50, 0), (0, 20), (50, 0)]))
    assert (network.n_nodes, network.n_edges, len(network.point_x_m)) == (2, 1, 3)


def test_arrays_cannot_be_written_to() -> None:
    network = sketch("A---B").network
    for name, value in vars(network).items():
        if isinstance(value, np.ndarray) and value.size:
            with pytest.raises(ValueError, match="read-only"):
                value.flat[0] = 0
            assert not value.flags.writeable, name


def test_parts_are_numbered_from_the_longest() -> None:
    plan = sketch(
        """
        A---B

        C-------------D

        E--------F
        """
    )
    network = plan.network
    assert network.part_length_m.tolist() == pytest.approx([168, 108, 48])
    parts = {ends: network.node_part[network.edge_node[plan.edge(ends), 0]] for ends in
             ("AB", "CD", "EF")}  # fmt: skip
    assert parts == {"CD": 0, "EF": 1, "AB": 2}
    assert network.edge_is_island.sum() == 2


def test_a_gate_becomes_passages_of_no_length() -> None:
    network = sketch("A---G---B", G={"barrier": "gate", "access": "private"}).network
    passages = network.edge_kind == Kind.GATE
    assert passages.sum() == 2
    assert (network.edge_length_m[passages] == 0).all()
    assert (network.edge_flags[passages] & np.uint16(Flag.PRIVATE) != 0).all()
    assert (network.edge_way[passages] == 0).all()
    assert len(network.edges_frame()) == 2


def test_a_wall_leaves_two_parts() -> None:
    network = sketch("A---W---B", W={"barrier": "wall"}).network
    assert len(network.part_length_m) == 2


class TestRim:
    @pytest.mark.parametrize(
        ("margin_m", "is_cut"), [(0.5, True), (CUT_MARGIN_M - 1, True), (CUT_MARGIN_M + 1, False)]
    )
    def test_ends_near_the_rim_go_on_beyond_it(self, margin_m: float, is_cut: bool) -> None:
        network = sketch("A" + "-" * 50 + "B", margin_m=margin_m).network
        assert network.node_is_cut.tolist() == [is_cut, is_cut]

    def test_junctions_near_the_rim_do_not(self) -> None:
        plan = sketch(
            """
            A---B---C
            |   |   |
            +---D---+
            """,
            margin_m=5,
        )
        assert not plan.network.node_is_cut.any()

    def test_what_lies_outside_is_outside_however_far_the_next_junction(self) -> None:
        x = [-100, 0, 120, 300, 600, 900]
        (east,), (north,) = FRAME.to_lonlat([150.0], [150.0])
        half = east - FRAME.lon_0, north - FRAME.lat_0
        bounds = Bounds(FRAME.lon_0 - half[0], FRAME.lat_0 - half[1], east, north)
        network = build(([1, 2, 3, 4, 5, 6], [(at, 0.0) for at in x]), bounds=bounds)
        at = {round(x): bool(cut) for x, cut in zip(network.node_x_m, network.node_is_cut,
                                                    strict=True)}  # fmt: skip
        assert at == {-100: False, 300: True, 600: True, 900: True}


class TestGround:
    def test_water_is_a_rim_and_an_area(self) -> None:
        plan = sketch("A------B\n\n ~~~~\n ~~~~", m_per_char=10)
        network = plan.network
        assert set(network.barrier_kind) == {Barrier.WATER}
        (water,) = network.water_tree.geometries
        assert water.area == pytest.approx(40 * 20, rel=1e-6)
        assert shapely.contains_xy(water, *plan.xy("A", east=20, north=-25))

    def test_without_barriers(self) -> None:
        network = sketch("A---B").network
        assert len(network.barrier_x_m) == 0
        assert len(network.water_tree.geometries) == 0


def test_more_streets_elsewhere_are_no_more_work() -> None:
    """Ten times the town: the same vertices settled, the same tiles drawn, the same ground."""

    def grid(blocks: int):
        row = "-------".join("+" * (blocks + 1))
        between = "\n".join(["|       " * blocks + "|"] * 7)
        return sketch(
            f"\n{between}\n".join([row] * (blocks + 1)), m_per_char=15, margin_m=200
        ).network

    walker, budget = WALKERS["adult"], make_budget(minutes=10)
    work = []
    for network in (grid(14), grid(44)):
        at = np.array([60.0]), np.array([0.0])
        snaps = snap(network, *at, walker)
        with searching(network, snaps, walker=walker, unit="min", limit=budget.limit) as search:
            n_reached = search.n_reached
        (isochrone,) = draw(network, 60.0, 0.0, budget, walker)
        n_tiles = len(Ground.of(network, walker, 720.0)._slots)
        area = round(isochrone.rings.area_m2)
        work.append((n_reached, isochrone.n_vertices, n_tiles, area))
        assert not isochrone.is_cut
    assert work[0] == work[1]
    assert 50 < work[0][0] < 150


def test_a_network_tells_of_itself_in_a_line() -> None:
    told = repr(sketch("A-----B", m_per_char=100).network)
    assert "1 edges, 2 vertices, 0.6 km" in told
    assert len(told) < 100
