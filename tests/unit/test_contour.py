"""Contours of fields drawn by hand."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from circle.contour import trace
from circle.field import MIN_HOLE_M2, MIN_PART_M2, Rings

CELL_M = 6.0


def traced(
    drawing: str,
    *,
    inner: float = -6.0,
    outer: float = 6.0,
    min_part_m2: float = 0.0,
    min_hole_m2: float = 0.0,
) -> Rings:
    """Return the polygons of a drawing, ``#`` inside; its first line is the northernmost."""
    rows = [line.strip() for line in drawing.strip().splitlines()][::-1]
    inside = np.array([[char == "#" for char in row] for row in rows])
    field = np.pad(np.where(inside, inner, outer), 1, constant_values=outer).astype(np.float32)
    scratch = np.full((2, 2 * field.size), -1, np.int32)
    # The south-west character stands at (0, 0).
    return Rings(*trace(field, -CELL_M, -CELL_M, CELL_M, min_part_m2, min_hole_m2, *scratch))


def shape_of(rings: Rings) -> shapely.Geometry:
    return rings.geometry(rings.xy_m)


def test_one_cell_is_a_diamond() -> None:
    shape = shape_of(traced("#"))
    assert shape.equals(shapely.Polygon([(3, 0), (0, 3), (-3, 0), (0, -3)]))


def test_lines_run_where_the_field_is_zero() -> None:
    # -2 to 6: the line lies a quarter of the way out.
    shape = shape_of(traced("##\n##", inner=-2.0, outer=6.0))
    assert shape.bounds == pytest.approx((-1.5, -1.5, 7.5, 7.5))
    assert traced("##\n##", inner=-2.0).area_m2 == pytest.approx(9 * 9 - 4 * 1.5 * 1.5 / 2)


def test_nothing_inside_is_nothing() -> None:
    rings = traced("...\n...")
    assert shape_of(rings).is_empty
    assert rings.area_m2 == 0.0


def test_a_hole_belongs_to_its_polygon() -> None:
    rings = traced("#####\n#...#\n#...#\n#...#\n#####")
    assert rings.polygon_first.tolist() == [0, 2]
    shape = shape_of(rings)
    assert shape.geom_type == "Polygon"
    assert len(shape.interiors) == 1
    assert shape.exterior.is_ccw
    assert not shape.interiors[0].is_ccw


def test_an_island_in_a_hole_is_a_polygon_of_its_own() -> None:
    rings = traced(
        """
        #######
        #.....#
        #.....#
        #..#..#
        #.....#
        #.....#
        #######
        ###.###
        #######
        """
    )
    shape = shape_of(rings)
    assert shape.is_valid
    assert shape.geom_type == "MultiPolygon"
    holes = sorted(len(part.interiors) for part in shape.geoms)
    assert holes == [0, 2]


def test_corners_that_touch_are_joined_where_the_middle_is_inside() -> None:
    apart = shape_of(traced("#.\n.#", inner=-2.0, outer=6.0))
    joined = shape_of(traced("#.\n.#", inner=-6.0, outer=2.0))
    assert apart.geom_type == "MultiPolygon"
    assert joined.geom_type == "Polygon"
    other_way = shape_of(traced(".#\n#.", inner=-6.0, outer=2.0))
    assert other_way.geom_type == "Polygon"
    assert other_way.area == pytest.approx(joined.area)


def test_small_parts_go_and_small_holes_are_filled() -> None:
    drawing = """
        ######..
        #....#..
        #....#..
        #....#..
        ######.#
        ##.###..
        ######..
        """
    plain = traced(drawing)
    cleaned = traced(drawing, min_part_m2=30.0, min_hole_m2=100.0)
    assert len(shape_of(plain).geoms) == 2
    shape = shape_of(cleaned)
    assert shape.geom_type == "Polygon"
    assert len(shape.interiors) == 1
    assert cleaned.area_m2 == pytest.approx(shape.area)


def test_a_part_inside_a_filled_hole_goes_with_it() -> None:
    drawing = """
        ########
        ##....##
        ##.##.##
        ##....##
        ########
        """
    plain = shape_of(traced(drawing, outer=0.3))
    hole, island = plain.geoms[0].interiors[0], plain.geoms[1]
    assert shapely.Polygon(hole).area < MIN_HOLE_M2
    assert island.area > 100.0
    cleaned = traced(drawing, outer=0.3, min_part_m2=MIN_PART_M2, min_hole_m2=MIN_HOLE_M2)
    shape = shape_of(cleaned)
    assert shape.is_valid, shapely.is_valid_reason(shape)
    assert shape.geom_type == "Polygon"
    assert not shape.interiors
    assert cleaned.area_m2 == pytest.approx(shape.area)
