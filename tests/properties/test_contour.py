"""Contours against a slow square-by-square twin, on smooth fields and on fields full of saddles."""

from __future__ import annotations

import numpy as np
import pytest
import reference
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from circle.contour import trace
from circle.field import MIN_HOLE_M2, MIN_PART_M2, Rings

quick = settings(deadline=None, max_examples=80)
CELL_M = 6.0


def fields(seed: int, smooth: int, rows: int, columns: int) -> np.ndarray:
    """Return a random field, positive on its rim; `smooth` 0 is noise, all corners and saddles."""
    rng = np.random.default_rng(seed)
    field = rng.uniform(-1, 1, (rows, columns))
    for _ in range(smooth):
        padded = np.pad(field, 1, mode="edge")
        field = sum(
            padded[1 + dr : 1 + dr + rows, 1 + dc : 1 + dc + columns]
            for dr in (-1, 0, 1)
            for dc in (-1, 0, 1)
        ) / (9 - smooth)
    field = np.clip(field * 12, -CELL_M, CELL_M)
    field = np.where(np.abs(field) < 0.25, 0.25 * np.where(field < 0, -1, 1), field)
    field = field.astype(np.float32)
    field[[0, -1], :] = field[:, [0, -1]] = CELL_M
    return field


random_fields = st.builds(
    fields, st.integers(0, 2**32 - 1), st.integers(0, 3), st.integers(3, 24), st.integers(3, 24)
)


def traced(field: np.ndarray, min_part_m2: float = 0.0, min_hole_m2: float = 0.0) -> Rings:
    scratch = np.full((2, 2 * field.size), -1, np.int32)
    return Rings(*trace(field, 100.0, -50.0, CELL_M, min_part_m2, min_hole_m2, *scratch))


def shape_of(rings: Rings) -> shapely.Geometry:
    return rings.geometry(rings.xy_m)


@quick
@given(random_fields)
def test_polygons_are_those_of_the_slow_twin(field: np.ndarray) -> None:
    rings = traced(field)
    shape = shape_of(rings)
    assert shape.is_valid, shapely.is_valid_reason(shape)
    expected = shapely.transform(
        reference.polygons_below_zero(field, CELL_M), lambda xy: np.add(xy, (100.0, -50.0))
    )
    assert shapely.symmetric_difference(shape, expected).area < 1e-4 * max(1.0, expected.area)
    assert rings.area_m2 == pytest.approx(shape.area, abs=1e-6)
    # As many parts and holes, too: a saddle read the other way joins or parts what it should not.
    assert shapely.get_num_geometries(shapely.MultiPolygon(shapely.get_parts(shape))) == sum(
        not part.is_empty for part in shapely.get_parts(expected)
    )


@quick
@given(random_fields)
def test_rings_are_closed_and_oriented(field: np.ndarray) -> None:
    rings = traced(field)
    for polygon in range(len(rings.polygon_first) - 1):
        first, last = rings.polygon_first[polygon : polygon + 2]
        for ring in range(first, last):
            xy = rings.xy_m[rings.ring_first[ring] : rings.ring_first[ring + 1]]
            assert len(xy) >= 4
            assert (xy[0] == xy[-1]).all()
            assert shapely.is_ccw(shapely.LinearRing(xy)) == (ring == first)


@quick
@given(random_fields)
def test_only_small_parts_and_holes_go(field: np.ndarray) -> None:
    plain, cleaned = shape_of(traced(field)), traced(field, MIN_PART_M2, MIN_HOLE_M2)
    shape = shape_of(cleaned)
    assert shape.is_valid, shapely.is_valid_reason(shape)
    assert cleaned.area_m2 == pytest.approx(shape.area, abs=1e-6)
    filled = []
    for part in shapely.get_parts(plain):
        outer = shapely.Polygon(part.exterior)
        holes = [shapely.Polygon(hole) for hole in part.interiors]
        if outer.area >= MIN_PART_M2:
            filled.append(
                shapely.Polygon(part.exterior, [h.exterior for h in holes if h.area >= MIN_HOLE_M2])
            )
    expected = shapely.union_all(filled)
    assert shapely.symmetric_difference(shape, expected).area < 1e-6


@quick
@given(random_fields, st.floats(0.5, 5))
def test_lower_fields_give_larger_ground(field: np.ndarray, more: float) -> None:
    lower = field - np.float32(more)
    lower = np.where(np.abs(lower) < 0.25, np.where(lower < 0, -0.25, 0.25), lower)
    lower = np.clip(lower, -CELL_M, CELL_M).astype(np.float32)
    lower[[0, -1], :] = lower[:, [0, -1]] = CELL_M
    for thresholds in ((0.0, 0.0), (MIN_PART_M2, MIN_HOLE_M2)):
        small, large = shape_of(traced(field, *thresholds)), shape_of(traced(lower, *thresholds))
        assert shapely.difference(small, large).area < 1e-6


@quick
@given(random_fields)
def test_scratch_is_left_as_it_was_found(field: np.ndarray) -> None:
    scratch = np.full((2, 2 * field.size), -1, np.int32)
    once = trace(field, 0.0, 0.0, CELL_M, 0.0, 0.0, *scratch)
    again = trace(field, 0.0, 0.0, CELL_M, 0.0, 0.0, *scratch)
    for a, b in zip(once, again, strict=True):
        assert np.array_equal(a, b)
    assert (scratch[0] == -1).all()
