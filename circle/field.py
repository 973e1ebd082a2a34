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

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from circle.contour import trace
from circle.geometry import LocalFrame
from circle.ground import (
    OFF_STREET_MAX_M,
    TILE_CELLS,
    Float32Array,
    Ground,
    cell_width_m,
)
from circle.kernel import UNREACHED, compiled
from circle.network import FloatArray, Int32Array, WalkNetwork
from circle.search import Search, searching
from circle.snapping import snap
from circle.units import Budget
from circle.walkers import Walker

MIN_HOLE_M2 = 250.0
"""Smaller holes are filled: less than seven cells of ground."""

MIN_PART_M2 = 100.0
"""Smaller separate parts are dropped: less than three cells of ground."""

STAY_CLEAR_M = 0.25
"""Contours keep this far from cell centres, so that rounding never makes two of them touch."""


CLOSED_M = np.float32(1e30)
"""Metres along a street that is closed in this direction; times 0 it is 0, unlike ``inf``."""

SURFACE_MAX_M = 6_000.0
_NINE = np.array([(u, v) for v in (-1.0, 0.0, 1.0) for u in (-1.0, 0.0, 1.0)])
_NINE_INVERSE = np.linalg.inv(
    np.array(
        [[1, u, u * u, v, u * v, u * u * v, v * v, u * v * v, u * u * v * v] for u, v in _NINE]
    )
)


@compiled
def _surface(xy: FloatArray, middle: FloatArray, half: FloatArray, c: FloatArray) -> FloatArray:
    out = np.empty((len(xy), 2))
    for i in range(len(xy)):
        u, v = (xy[i, 0] - middle[0]) / half[0], (xy[i, 1] - middle[1]) / half[1]
        for k in range(2):
            low = c[0, k] + u * (c[1, k] + u * c[2, k])
            mid = c[3, k] + u * (c[4, k] + u * c[5, k])
            top = c[6, k] + u * (c[7, k] + u * c[8, k])
            out[i, k] = low + v * (mid + v * top)
    return out


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

    def lonlat(self, frame: LocalFrame) -> FloatArray:
        """
        Return the points in degrees, shape ``(p, 2)``.

        The projection is replaced by the biquadratic surface through nine of its points: over
        6 km it is off by less than a millimetre. Wider drawings are projected point by point.
        """
        if not len(self.xy_m):
            return np.empty((0, 2))
        x, y = self.xy_m.T.copy()
        low, high = np.array([x.min(), y.min()]), np.array([x.max(), y.max()])
        if (high - low).max() > SURFACE_MAX_M:
            return np.column_stack(frame.to_lonlat(x, y))
        middle, half = (low + high) / 2, np.maximum((high - low) / 2, 1.0)
        lon, lat = frame.to_lonlat(*(middle + half * _NINE).T)
        # Near the 180° meridian longitudes must not jump, even if they pass it by a little.
        lon = (lon - frame.lon_0 + 180.0) % 360.0 - 180.0 + frame.lon_0
        known = np.column_stack([lon, lat])
        lonlat: FloatArray = _surface(self.xy_m, middle, half, _NINE_INVERSE @ known)
        return lonlat

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
        Whether the walk reached the edge of the data, so that the truth may be larger: a vertex
        that `circle.network.WalkNetwork.node_is_cut`, the same edge coverage's *unknown* goes by.
        It speaks of this origin: homes nearer to the edge may be unknown beside a ring that is
        not cut. Ground off the last street, drawn up to 100 m, is no sign that streets go on.
    snap_distance_m
        How far the position lies from its street; ``inf`` where there is none.
    """

    rings: Rings
    n_vertices: int
    is_cut: bool
    snap_distance_m: float


@compiled
def _window(
    tile_street: npt.NDArray[np.uint16],
    tile_fraction: Float32Array,
    tile_leg: Float32Array,
    tile_outside: Float32Array,
    tile_first_edge: Int32Array,
    tile_edge: Int32Array,
    slots: Int32Array,
    columns: int,
    skip_rows: int,
    skip_columns: int,
    edge_node: Int32Array,
    from_node: Int32Array,
    cost: Int32Array,
    own_edge: int,
    own_fraction: float,
    own_access: int,
    own_forward: int,
    own_backward: int,
    metres_per_cost: float,
    off_street_m: float,
    metres: Float32Array,
    outside: Float32Array,
) -> None:
    """
    Cut a window out of tiles: metres walked to each cell, and how far outside the ground it is.

    `own_edge` is the street the position itself lies on, walked directly as well: from the
    position on at `own_forward` for the whole edge, back at `own_backward`.
    """
    size = tile_street.shape[1]
    widest = np.float32(off_street_m)
    # Per street of a tile: metres to its first and its last end, and metres along all of it when
    # walked from there. Looked up once here, they stay in the fastest memory for the cells.
    most = size * size + 1
    start, onward = np.empty(most, np.float32), np.empty(most, np.float32)
    end, back = np.empty(most, np.float32), np.empty(most, np.float32)
    start[0], onward[0], end[0], back[0] = np.inf, 0.0, np.inf, 0.0
    for k in range(len(slots)):
        slot = slots[k]
        own, is_reached = -1, False
        for i in range(tile_first_edge[slot], tile_first_edge[slot + 1]):
            e, at = tile_edge[i], i - tile_first_edge[slot] + 1
            start[at], onward[at], end[at], back[at] = np.inf, 0.0, np.inf, 0.0
            # Where the edge is closed its end itself is reached all the same.
            if cost[edge_node[e, 0]] != UNREACHED:
                start[at] = cost[edge_node[e, 0]] * metres_per_cost
                onward[at] = CLOSED_M
                if from_node[e, 0] != UNREACHED:
                    onward[at] = from_node[e, 0] * metres_per_cost
            if cost[edge_node[e, 1]] != UNREACHED:
                end[at] = cost[edge_node[e, 1]] * metres_per_cost
                back[at] = CLOSED_M
                if from_node[e, 1] != UNREACHED:
                    back[at] = from_node[e, 1] * metres_per_cost
            if e == own_edge:
                own = at
            is_reached |= start[at] < np.inf or end[at] < np.inf or e == own_edge
        down, left = (k // columns) * size - skip_rows, (k % columns) * size - skip_columns
        west, east = max(0, -left), min(size, metres.shape[1] - left)
        south, north = max(0, -down), min(size, metres.shape[0] - down)
        if not is_reached:
            for row in range(down + south, down + north):
                for column in range(left + west, left + east):
                    metres[row, column] = outside[row, column] = np.inf
            continue
        for row in range(south, north):
            for column in range(west, east):
                s = tile_street[slot, row, column]
                f = tile_fraction[slot, row, column]
                leg = tile_leg[slot, row, column]
                walked = min(start[s] + onward[s] * f, end[s] + back[s] * (np.float32(1.0) - f))
                metres[down + row, left + column] = walked + leg
                outside[down + row, left + column] = max(
                    tile_outside[slot, row, column], leg - widest
                )
            if own < 0:
                continue
            for column in range(west, east):
                if tile_street[slot, row, column] == own:
                    on = tile_fraction[slot, row, column] - own_fraction
                    whole = own_forward if on >= 0 else own_backward
                    if whole != UNREACHED:
                        walked = np.float32((own_access + whole * abs(on)) * metres_per_cost)
                        metres[down + row, left + column] = min(
                            metres[down + row, left + column],
                            walked + tile_leg[slot, row, column],
                        )


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
def _signed(
    metres: Float32Array, outside: Float32Array, limit_m: float, cell_m: float, field: Float32Array
) -> None:
    """
    Fill `field` with metres beyond the budget, negative within it, clipped to one cell.

    Clipping puts the line half-way between two cells that belong to different streets, where the
    field jumps, and leaves it exact where the field is smooth.
    """
    limit, most, least = np.float32(limit_m), np.float32(cell_m), np.float32(STAY_CLEAR_M)
    for row in range(field.shape[0]):
        for column in range(field.shape[1]):
            z = max(metres[row, column] - limit, outside[row, column])
            size = min(max(abs(z), least), most)
            field[row, column] = size if z > 0 else -size


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
    limits_m: FloatArray = limits.astype(np.float64) * metres_per_cost
    widths = [cell_width_m(limit_m) for limit_m in limits_m]
    # The line runs between cells within the budget and cells beyond it: those must be known too,
    # or a ring would depend on which larger ones were asked for.
    limit = budget.limit + round(2 * widths[-1] / metres_per_cost)
    with searching(
        network, snaps, walker=walker, unit=budget.unit, limit=limit, towards=towards
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
        rings: list[Rings] = []
        for cell_m in dict.fromkeys(widths):
            ground = Ground.of(network, walker, cell_m)
            same = [k for k in range(n) if widths[k] == cell_m]
            rings += _rings(
                search, ground, box[same], limits_m[same], metres_per_cost, off_street_m
            )
    # On one lattice larger budgets hold the smaller ones; from one lattice to the next, a wider
    # cell may miss a sliver that a narrower one saw.
    for k in range(1, n):
        if widths[k] != widths[k - 1]:
            rings[k] = _union(rings[k], rings[k - 1])
    return [
        Isochrone(rings[k], int(n_vertices[k]), bool(is_cut[k]), float(snaps.distance_m[0]))
        for k in range(n)
    ]


def _rings(
    search: Search,
    ground: Ground,
    box: FloatArray,
    limits_m: FloatArray,
    metres_per_cost: float,
    off_street_m: float,
) -> list[Rings]:
    """Draw budgets on cells of one width; `box` bounds how far each leads, the last farthest."""
    network, snaps, work, cell_m = search.network, search.snaps, search.work, ground.cell_m
    # Cell (0, 0) has its centre half a cell north-east of the frame's origin. A margin of one
    # cell closes every contour.
    cells = np.floor(box / cell_m).astype(np.int64) + np.array([-1, -1, 2, 2])
    low, high = cells[-1, :2], cells[-1, 2:]
    left, bottom = low // TILE_CELLS
    right, top = (high - 1) // TILE_CELLS
    columns = int(right - left) + 1
    wanted = [
        (c, r) for r in range(int(bottom), int(top) + 1) for c in range(int(left), int(right) + 1)
    ]
    tiles, slots = ground.tiles(wanted)
    shape = (int(high[1] - low[1]), int(high[0] - low[0]))
    n_cells = shape[0] * shape[1]
    metres = work.scratch("metres", n_cells, np.float32).reshape(shape)
    outside = work.scratch("outside", n_cells, np.float32).reshape(shape)
    following = work.scratch("following", 2 * n_cells, np.int32)
    crossed = work.scratch("crossed", 2 * n_cells, np.int32)
    # Whoever stands on a vertex starts there, not on the street it was joined to.
    edge = int(snaps.edge[0]) if 0.0 < snaps.fraction[0] < 1.0 else -1
    onward, back = search.costs.edge[edge]
    _window(
        tiles.street,
        tiles.fraction,
        tiles.leg_m,
        tiles.outside_m,
        tiles.first_edge,
        tiles.edge,
        slots,
        columns,
        int(low[1] - bottom * TILE_CELLS),
        int(low[0] - left * TILE_CELLS),
        network.edge_node,
        search.from_node,
        work.cost,
        edge,
        float(snaps.fraction[0]),
        int(search.access[0]),
        int(back if search.towards else onward),
        int(onward if search.towards else back),
        metres_per_cost,
        off_street_m,
        metres,
        outside,
    )
    found = []
    for (west, south, east, north), limit_m in zip(cells.tolist(), limits_m, strict=True):
        rows = slice(south - low[1], north - low[1])
        across = slice(west - low[0], east - low[0])
        field = work.scratch("field", (north - south) * (east - west), np.float32)
        field = field.reshape(north - south, east - west)
        _signed(metres[rows, across], outside[rows, across], limit_m, cell_m, field)
        corner = ((west + 0.5) * cell_m, (south + 0.5) * cell_m)
        found.append(
            Rings(*trace(field, *corner, cell_m, MIN_PART_M2, MIN_HOLE_M2, following, crossed))
        )
    return found


def _union(larger: Rings, smaller: Rings) -> Rings:
    """Return both as one."""
    whole = shapely.union(larger.geometry(larger.xy_m), smaller.geometry(smaller.xy_m))
    parts = [part for part in shapely.get_parts(whole) if part.geom_type == "Polygon"]
    if not parts:
        return NO_RINGS
    _, xy, (ring_first, polygon_first) = shapely.to_ragged_array(shapely.orient_polygons(parts))
    area = float(shapely.area(whole))
    return Rings(xy, ring_first.astype(np.int64), polygon_first.astype(np.int64), area)
