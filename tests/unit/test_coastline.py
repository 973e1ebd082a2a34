"""The sea from coastlines: areas that follow from the drawing."""

from __future__ import annotations

from pathlib import Path

import osmium
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import affinity
from shapely.geometry import LineString, Point, Polygon, box

from circle.coastline import sea_polygon

BOX = (0.0, 0.0, 10.0, 10.0)
ISLAND = [(4, 4), (6, 4), (6, 6), (4, 6), (4, 4)]  # anticlockwise: land on the left


def test_no_coastline_means_no_sea() -> None:
    assert sea_polygon([], BOX).is_empty


def test_the_sea_lies_on_the_right() -> None:
    northward = sea_polygon([LineString([(3, -1), (3, 11)])], BOX)
    assert northward.equals(box(3, 0, 10, 10))
    southward = sea_polygon([LineString([(3, 11), (3, -1)])], BOX)
    assert southward.equals(box(0, 0, 3, 10))


def test_pieces_in_any_order_are_one_coast() -> None:
    pieces = [
        LineString([(3, 6), (3, 11)]),
        LineString([(3, -1), (3, 2)]),
        LineString([(3, 2), (3, 6)]),
    ]
    assert sea_polygon(pieces, BOX).equals(box(3, 0, 10, 10))


def test_an_island_is_a_hole_in_the_sea() -> None:
    sea = sea_polygon([LineString([(1, -1), (1, 11)]), LineString(ISLAND)], BOX)
    assert sea.area == pytest.approx(90 - 4)
    assert not sea.contains(Point(5, 5))


def test_an_island_alone_makes_everything_else_sea() -> None:
    assert sea_polygon([LineString(ISLAND)], BOX).area == pytest.approx(96)


def test_a_clockwise_ring_is_enclosed_sea() -> None:
    sea = sea_polygon([LineString(ISLAND[::-1])], BOX)
    assert sea.equals(Polygon(ISLAND))


def test_a_lagoon_on_an_island() -> None:
    lagoon = LineString([(4.5, 4.5), (4.5, 5.5), (5.5, 5.5), (5.5, 4.5), (4.5, 4.5)])
    sea = sea_polygon([LineString(ISLAND), lagoon], BOX)
    assert sea.area == pytest.approx(96 + 1)
    assert sea.contains(Point(5, 5))
    assert not sea.contains(Point(4.2, 5))


def test_an_island_cut_by_the_box() -> None:
    ring = LineString([(8, 4), (12, 4), (12, 6), (8, 6), (8, 4)])
    sea = sea_polygon([ring], BOX)
    assert sea.area == pytest.approx(100 - 4)


def test_a_coast_that_leaves_and_comes_back() -> None:
    # A headland: in at the south, out at the east, back in, out at the north; land to the left.
    coast = LineString([(4, -1), (4, 3), (12, 3), (12, 7), (4, 7), (4, 11)])
    sea = sea_polygon([coast], BOX)
    assert sea.geom_type == "MultiPolygon"
    assert sea.area == pytest.approx(6 * 3 + 6 * 3)
    assert not sea.contains(Point(8, 5))


def test_two_shores_of_a_strait() -> None:
    west_shore = LineString([(3, -1), (3, 11)])
    east_shore = LineString([(7, 11), (7, -1)])
    assert sea_polygon([west_shore, east_shore], BOX).equals(box(3, 0, 7, 10))


def test_an_end_short_of_the_box_is_prolonged_along_its_heading() -> None:
    sea = sea_polygon([LineString([(3, -1), (3, 8)])], BOX)
    assert sea.area == pytest.approx(70, abs=1e-3)
    slanted = sea_polygon([LineString([(1, -1), (5, 3), (8, 6)])], BOX)
    assert slanted.area == pytest.approx(8 * 8 / 2, abs=1e-3)


def test_an_end_that_heads_along_the_edge_turns_to_the_edge() -> None:
    # Heading north, one unit from the east edge, nine from the north one.
    sea = sea_polygon([LineString([(9, -1), (9, 1)])], BOX)
    assert sea.area == pytest.approx(1, abs=1e-3)


def test_both_ends_short_of_the_box() -> None:
    sea = sea_polygon([LineString([(3, 1), (3, 9)])], BOX)
    assert sea.area == pytest.approx(70, abs=1e-3)


def test_a_missing_stretch_is_bridged() -> None:
    pieces = [LineString([(3, -1), (3, 4)]), LineString([(3, 5), (3, 11)])]
    assert sea_polygon(pieces, BOX).area == pytest.approx(70)


def test_a_ring_with_a_small_gap_is_an_island() -> None:
    broken = LineString([(4.3, 4), (6, 4), (6, 6), (4, 6), (4, 4)])
    assert sea_polygon([broken], BOX).area == pytest.approx(96)


def test_a_harbour_mole_does_not_leak() -> None:
    # The coast ends in the box behind a mole: the way straight on is barred by the coast itself.
    coast = LineString([(2, -1), (2, 8), (8, 8), (8, 3), (5, 3), (5, 5)])
    sea = sea_polygon([coast], BOX)
    assert sea.is_valid
    # Whatever the missing end does, what is beyond doubt stays so.
    assert not sea.contains(Point(1, 5))


def test_one_segment_drawn_the_wrong_way_does_not_flood_the_land() -> None:
    pieces = [
        LineString([(3, -1), (3, 4)]),
        LineString([(3, 5), (3, 4)]),
        LineString([(3, 5), (3, 11)]),
    ]
    assert sea_polygon(pieces, BOX).equals(box(3, 0, 10, 10))


def test_coast_outside_the_box_tells_the_side_of_the_box() -> None:
    assert sea_polygon([LineString([(-5, -50), (-5, 50)])], BOX).equals(box(*BOX))
    assert sea_polygon([LineString([(-5, 50), (-5, -50)])], BOX).is_empty
    around = LineString([(-9, -9), (19, -9), (19, 19), (-9, 19), (-9, -9)])
    assert sea_polygon([around], BOX).is_empty  # the whole box on one island


def test_nearest_corner_of_a_coast_outside_the_box() -> None:
    # A cape pointing at the box from the west: land within its wedge, left of the line.
    cape = LineString([(-20, 3), (-1, 5), (-20, 7)])
    assert sea_polygon([cape], BOX).equals(box(*BOX))


def test_coast_that_only_touches_the_corner() -> None:
    sea = sea_polygon([LineString([(-1, 1), (1, -1)])], BOX)
    assert sea.is_valid
    assert sea.area == pytest.approx(0, abs=1e-9)
    other = sea_polygon([LineString([(1, -1), (-1, 1)])], BOX)
    assert other.area == pytest.approx(100)


@given(
    st.floats(0.5, 9.5),
    st.lists(st.floats(1.0, 9.0), min_size=1, max_size=8),
    st.integers(0, 3),
)
def test_sea_and_land_share_the_box(start: float, xs: list[float], quarter_turns: int) -> None:
    """Turning every line round exchanges sea and land; turning the map changes no area."""
    ys = [10 * (i + 1) / (len(xs) + 1) for i in range(len(xs))]
    line = LineString([(start, -1), *zip(xs, ys, strict=True), (start, 11)])
    sea = sea_polygon([line], BOX)
    land = sea_polygon([line.reverse()], BOX)
    assert sea.area + land.area == pytest.approx(100)
    assert sea.intersection(land).area == pytest.approx(0, abs=1e-9)
    turned = affinity.rotate(line, 90 * quarter_turns, origin=(5, 5))
    assert sea_polygon([turned], BOX).area == pytest.approx(sea.area)


def test_the_sea_off_monaco(extracts: Path) -> None:
    source = extracts / "monaco_2023.osm.pbf"
    ways = osmium.FileProcessor(str(source)).with_locations()
    coast = [
        LineString([(node.lon, node.lat) for node in way.nodes])
        for way in ways.with_filter(osmium.filter.TagFilter(("natural", "coastline")))
        if way.is_way()
    ]
    bounds = (7.4092050, 43.7233500, 7.4486370, 43.7516900)
    sea = sea_polygon(coast, bounds)
    for water in [(7.4400, 43.7300), (7.4250, 43.7350), (7.4200, 43.7245), (7.4360, 43.7450)]:
        assert sea.contains(Point(water)), water
    palace, casino, station, fontvieille = (
        (7.4202, 43.7314),
        (7.4282, 43.7392),
        (7.4190, 43.7385),
        (7.4155, 43.7270),
    )
    for land in (palace, casino, station, fontvieille):
        assert not sea.contains(Point(land)), land
    assert 0.3 < sea.area / box(*bounds).area < 0.6
