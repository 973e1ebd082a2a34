"""Cells of ground: how land is measured, and demand where nothing better is known."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

FloatArray = npt.NDArray[np.float64]

_LEAST_POINTS = 8
_FINEST_M = 2.0


def lattice_in(
    shapes: npt.NDArray[Any], side_m: float
) -> tuple[FloatArray, FloatArray, FloatArray, npt.NDArray[np.intp]]:
    """
    Return points that stand for the ground of polygons, on one lattice for all.

    Parameters
    ----------
    shapes
        Valid polygons in metres.
    side_m
        Distance between points.

    Returns
    -------
    x_m, y_m, area_m2, owner
        Points, how much ground each stands for, and whose it is. The points of a polygon share
        its area evenly, so that areas add up; one that holds few points of the lattice gets a
        finer one, at last a point inside it.

    Examples
    --------
    >>> x, y, area, owner = lattice_in(np.array([shapely.box(0, 0, 100, 50)]), 25.0)
    >>> len(x), float(area.sum())
    (8, 5000.0)
    """
    xs, ys, areas, owners = [], [], [], []
    for number, shape in enumerate(shapes):
        if shape is None or shape.is_empty or not shape.area > 0:
            continue
        shapely.prepare(shape)
        grid_x, grid_y = _points_in(shape, side_m)
        finer = side_m
        while len(grid_x) < _LEAST_POINTS and finer > _FINEST_M:
            # A strip or a corner: some of the lattice's own points would be too few.
            finer /= 2
            grid_x, grid_y = _points_in(shape, finer)
        if not len(grid_x):
            point = shapely.point_on_surface(shape)
            grid_x, grid_y = np.array([point.x]), np.array([point.y])
        xs.append(grid_x)
        ys.append(grid_y)
        areas.append(np.full(len(grid_x), shape.area / len(grid_x)))
        owners.append(np.full(len(grid_x), number, np.intp))
    if not xs:
        nothing = np.empty(0)
        return nothing, nothing, nothing, np.empty(0, np.intp)
    return np.concatenate(xs), np.concatenate(ys), np.concatenate(areas), np.concatenate(owners)


def _points_in(shape: Any, side_m: float) -> tuple[FloatArray, FloatArray]:
    west, south, east, north = shape.bounds
    # Between multiples of the side, so that rims of round numbers do not decide.
    x = (np.arange(np.floor(west / side_m), np.ceil(east / side_m)) + 0.5) * side_m
    y = (np.arange(np.floor(south / side_m), np.ceil(north / side_m)) + 0.5) * side_m
    grid_x, grid_y = (axis.ravel() for axis in np.meshgrid(x, y))
    inside = shapely.intersects_xy(shape, grid_x, grid_y)
    return grid_x[inside], grid_y[inside]


def side_for(area_m2: float, *, least_m: float, most_cells: int) -> float:
    """
    Return the side of cells that are fine, but not too many for an area.

    Examples
    --------
    >>> side_for(1e6, least_m=25, most_cells=40_000), side_for(1e9, least_m=25, most_cells=40_000)
    (25.0, 158.1...)
    """
    return max(float(least_m), float(np.sqrt(area_m2 / most_cells)))
