"""
Isochrones: travel times turned into nested polygons of the ground within reach.

One bounded search serves all budgets. Every cell of ground looks up its own street
(`circle.ground`), adds the access leg, and becomes a signed distance in metres: how much farther
than the budget it is, how far out in the water, how far beyond the widest access leg. The line
where that field is zero is the isochrone. Fields of larger budgets are nowhere larger, so the
polygons nest by construction.
"""

from __future__ import annotations

from dataclasses import dataclass

import contourpy
import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from circle.ground import CELL_M, OFF_STREET_MAX_M, TILE_CELLS, Float32Array, Ground
from circle.kernel import UNREACHED, compiled
from circle.network import FloatArray, Int32Array, WalkNetwork
from circle.search import along_edge, cost_at, searching
from circle.snapping import snap
from circle.units import Budget
from circle.walkers import Walker

MIN_HOLE_M2 = 250.0
"""Smaller holes are filled: less than three cells of ground."""

MIN_PART_M2 = 100.0
"""Smaller separate parts are dropped: one cell of ground."""

STAY_CLEAR_M = 0.25
"""Contours keep this far from cell centres, so that rounding never makes two of them touch."""


@dataclass(frozen=True, slots=True, eq=False)
class Rings:
    """
    Polygons with holes as flat arrays, in the layout of `shapely.from_ragged_array`.

    Parameters
    ----------
    xy_m
        Points in the network's frame, shape ``(p, 2)``; every ring is closed, outer rings run
        anticlockwise and holes clockwise (RFC 7946).
    ring_first
        Points of ring ``r`` are ``ring_first[r]:ring_first[r + 1]``.
    polygon_first
        Rings of polygon ``g`` are ``polygon_first[g]:polygon_first[g + 1]``, outer ring first.
    area_m2
        Of all polygons together.
    """

    xy_m: FloatArray
    ring_first: npt.NDArray[np.int64]
    polygon_first: npt.NDArray[np.int64]
    area_m2: float

    def geometry(self, xy: FloatArray) -> BaseGeometry:
        """Return the polygons with their points replaced by `xy`, shape ``(p, 2)``."""
        n = len(self.polygon_first) - 1
        parts = shapely.from_ragged_array(
            shapely.GeometryType.POLYGON, xy, (self.ring_first, self.polygon_first)
        )
        return parts[0] if n == 1 else shapely.MultiPolygon(list(parts))


NO_RINGS = Rings(np.empty((0, 2)), np.zeros(1, np.int64), np.zeros(1, np.int64), 0.0)


@dataclass(frozen=True, slots=True, eq=False)
class Isochrone:
    """
    The ground within one budget.

    Parameters
    ----------
    rings
        Its polygons; none when nothing is reached.
    n_vertices
        Street vertices reached within the budget.
    is_cut
        Whether the walk reached the edge of the data, so that the truth may be larger.
    snap_distance_m
        How far the position lies from its street; ``inf`` where there is none.
    """

    rings: Rings
    n_vertices: int
    is_cut: bool
    snap_distance_m: float


@compiled
def _window(
    tile_edge: Int32Array,
    tile_fraction: Float32Array,
    tile_distance: Float32Array,
    tile_outside: Float32Array,
    slots: Int32Array,
    columns: int,
    edge_node: Int32Array,
    from_node: Int32Array,
    whole: Int32Array,
    cost: Int32Array,
    seed_edge: int,
    seed_fraction: float,
    seed_access: int,
    towards: bool,
    metres_per_cost: float,
    off_street_m: float,
    metres: Float32Array,
    outside: Float32Array,
) -> None:
    """Put the tiles of a window together: metres walked to each cell, and where ground ends."""
    size = tile_edge.shape[1]
    for k in range(len(slots)):
        slot = slots[k]
        top, left = (k // columns) * size, (k % columns) * size
        for row in range(size):
            for column in range(size):
                e = tile_edge[slot, row, column]
                away = tile_distance[slot, row, column]
                rim = tile_outside[slot, row, column]
                walked = np.float32(np.inf)
                if e >= 0:
                    fraction = tile_fraction[slot, row, column]
                    best, _ = cost_at(e, fraction, edge_node, from_node, cost)
                    if e == seed_edge:
                        if towards:
                            part = along_edge(whole, e, fraction, seed_fraction)
                        else:
                            part = along_edge(whole, e, seed_fraction, fraction)
                        if part != UNREACHED:
                            best = min(best, np.int64(seed_access) + part)
                    if best < UNREACHED:
                        walked = np.float32(best * metres_per_cost + away)
                    rim = max(rim, away - off_street_m)
                metres[top + row, left + column] = walked
                outside[top + row, left + column] = rim


@compiled
def _extent(
    reached: Int32Array,
    cost: Int32Array,
    node_x: FloatArray,
    node_y: FloatArray,
    node_is_cut: npt.NDArray[np.bool_],
    limits: npt.NDArray[np.int64],
    metres_per_cost: float,
    box: FloatArray,
    n_vertices: npt.NDArray[np.int64],
    is_cut: npt.NDArray[np.bool_],
) -> None:
    """
    Count what each budget reached, and bound how far it can go on from there.

    `box` holds west, south, east, north per budget and is widened.
    """
    for i in range(len(reached)):
        v = reached[i]
        for k in range(len(limits) - 1, -1, -1):
            left = limits[k] - cost[v]
            if left < 0:
                break
            n_vertices[k] += 1
            is_cut[k] |= node_is_cut[v]
            far = left * metres_per_cost
            box[k, 0] = min(box[k, 0], node_x[v] - far)
            box[k, 1] = min(box[k, 1], node_y[v] - far)
            box[k, 2] = max(box[k, 2], node_x[v] + far)
            box[k, 3] = max(box[k, 3], node_y[v] + far)


@compiled
def _keep_rings(
    xy: FloatArray,
    ring_first: npt.NDArray[np.int64],
    polygon_first: npt.NDArray[np.int64],
    min_hole_m2: float,
    min_part_m2: float,
    is_kept: npt.NDArray[np.bool_],
) -> float:
    """Mark the rings that are not tiny; return the area they enclose."""
    total = 0.0
    for g in range(len(polygon_first) - 1):
        outer_kept = True
        for r in range(polygon_first[g], polygon_first[g + 1]):
            area = 0.0
            x0, y0 = xy[ring_first[r], 0], xy[ring_first[r], 1]
            for i in range(ring_first[r], ring_first[r + 1] - 1):
                area += (xy[i, 0] - x0) * (xy[i + 1, 1] - y0)
                area -= (xy[i + 1, 0] - x0) * (xy[i, 1] - y0)
            area *= 0.5
            if r == polygon_first[g]:
                outer_kept = area >= min_part_m2
            is_kept[r] = outer_kept and (area > 0.0 or -area >= min_hole_m2)
            if is_kept[r]:
                total += area
    return total


@compiled
def _signed(
    metres: Float32Array, outside: Float32Array, limit_m: float, clip_m: float, field: FloatArray
) -> None:
    """
    Fill `field` with metres beyond the budget, negative within it, clipped to one cell.

    Clipping puts the line half-way between two cells that belong to different streets, where the
    field jumps, and leaves it exact where the field is smooth.
    """
    for row in range(field.shape[0]):
        for column in range(field.shape[1]):
            z = max(metres[row, column] - limit_m, outside[row, column])
            z = min(max(z, -clip_m), clip_m)
            if abs(z) < STAY_CLEAR_M:
                z = STAY_CLEAR_M if z > 0 else -STAY_CLEAR_M
            field[row, column] = z


def _trace(field: FloatArray, west_m: float, south_m: float) -> Rings:
    """Return the polygons where `field` is negative; cell centres start at the given corner."""
    rows, columns = field.shape
    lines = contourpy.contour_generator(
        x=west_m + CELL_M * np.arange(columns),
        y=south_m + CELL_M * np.arange(rows),
        z=field,
        fill_type=contourpy.FillType.ChunkCombinedOffsetOffset,
    ).filled(-np.inf, 0.0)
    (xy,), (ring_first,), (polygon_first,) = lines
    if xy is None:
        return NO_RINGS
    ring_first, polygon_first = ring_first.astype(np.int64), polygon_first.astype(np.int64)
    is_kept = np.empty(len(ring_first) - 1, np.bool_)
    area = _keep_rings(xy, ring_first, polygon_first, MIN_HOLE_M2, MIN_PART_M2, is_kept)
    if not is_kept.all():
        sizes = np.diff(ring_first)
        kept_before = np.append(0, np.cumsum(is_kept))
        polygon_first = np.unique(kept_before[polygon_first])
        xy = xy[np.repeat(is_kept, sizes)]
        ring_first = np.append(0, np.cumsum(sizes[is_kept]))
    return Rings(xy, ring_first, polygon_first, area)


def draw(
    network: WalkNetwork,
    x_m: float,
    y_m: float,
    budget: Budget,
    walker: Walker,
    *,
    towards: bool = False,
    off_street_m: float = OFF_STREET_MAX_M,
) -> list[Isochrone]:
    """
    Return the ground one position reaches, by budget, smallest first.

    Parameters
    ----------
    network
        Streets to walk on.
    x_m, y_m
        The position in the network's frame.
    budget
        Limits, all in one unit.
    walker
        Who walks.
    towards
        Draw instead from where the position can be reached.
    off_street_m
        How far ground off the streets counts, at most `OFF_STREET_MAX_M`.

    Returns
    -------
    isochrones
        One per limit. Without a street within the limit of snapping all are empty; so is one
        whose budget is spent on the way to the street.
    """
    snaps = snap(network, np.array([x_m]), np.array([y_m]), walker)
    limits = np.array(budget.limits, np.int64)
    n = len(limits)
    n_vertices, is_cut = np.zeros(n, np.int64), np.zeros(n, np.bool_)
    if not snaps.is_snapped[0]:
        return [Isochrone(NO_RINGS, 0, False, np.inf) for _ in limits]
    metres_per_cost = 0.001 if budget.unit == "m" else walker.speed_m_s / 1000.0
    with searching(
        network, snaps, walker=walker, unit=budget.unit, limit=budget.limit, towards=towards
    ) as search:
        # On its own street the walk may end before any vertex; everywhere else one lies behind.
        own_street = snaps.distance_m[0] + network.edge_length_m[snaps.edge[0]] + off_street_m
        radius = np.minimum(limits * metres_per_cost, own_street)
        box = np.array([x_m, y_m, x_m, y_m]) + np.outer(radius, [-1.0, -1.0, 1.0, 1.0])
        _extent(
            search.reached,
            search.work.cost,
            network.node_x_m,
            network.node_y_m,
            network.node_is_cut,
            limits,
            metres_per_cost,
            box,
            n_vertices,
            is_cut,
        )
        # Cell (0, 0) has its centre half a cell north-east of the frame's origin. A margin of one
        # cell closes every contour.
        cells = np.floor(box / CELL_M).astype(np.int64) + np.array([-1, -1, 2, 2])
        left, bottom = cells[-1, :2] // TILE_CELLS
        right, top = (cells[-1, 2:] - 1) // TILE_CELLS
        columns = int(right - left) + 1
        wanted = [
            (c, r)
            for r in range(int(bottom), int(top) + 1)
            for c in range(int(left), int(right) + 1)
        ]
        tiles, slots = Ground.of(network, walker).tiles(wanted)
        shape = (len(wanted) // columns * TILE_CELLS, columns * TILE_CELLS)
        metres, outside = np.empty(shape, np.float32), np.empty(shape, np.float32)
        _window(
            tiles.edge,
            tiles.fraction,
            tiles.distance_m,
            tiles.outside_m,
            slots,
            columns,
            network.edge_node,
            search.from_node,
            search.costs.edge,
            search.work.cost,
            snaps.edge[0],
            snaps.fraction[0],
            search.access[0],
            towards,
            metres_per_cost,
            off_street_m,
            metres,
            outside,
        )
    found = []
    for k in range(n):
        west, south, east, north = cells[k]
        rows = slice(south - bottom * TILE_CELLS, north - bottom * TILE_CELLS)
        across = slice(west - left * TILE_CELLS, east - left * TILE_CELLS)
        field = np.empty((north - south, east - west))
        _signed(
            metres[rows, across], outside[rows, across], limits[k] * metres_per_cost, CELL_M, field
        )
        rings = _trace(field, (west + 0.5) * CELL_M, (south + 0.5) * CELL_M)
        found.append(
            Isochrone(rings, int(n_vertices[k]), bool(is_cut[k]), float(snaps.distance_m[0]))
        )
    return found
