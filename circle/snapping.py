"""
Joins positions to streets: to the nearest point of an *edge*, by a walk that crosses no barrier.

The same search serves a single position (`snap`) and every cell of the ground an isochrone is
drawn on (`circle.ground`), so that a polygon and a travel time can never disagree about which
street a place belongs to.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from circle.kernel import compiled
from circle.network import ISLAND, MAINLAND, FloatArray, Int32Array, WalkNetwork
from circle.walkers import Walker

SNAP_LIMIT_M = 100.0
"""How far from a street a position may lie and still be joined to it."""

WATER_LIMIT_M = 4.3
"""
The same for a position in water: nobody walks there, but streets have a width, and a pier's line
does not run along its rim. It is half the diagonal of a 6 m cell and a little more: a narrower
strip would fall between the cells of an isochrone and tear bridges apart.
"""

FIRST_RADIUS_M = 12.0
SAME_M2 = 1e-6
"""Squares of distances that differ by less are equal: a thousandth of a millimetre at a metre."""

TOUCH_M = 0.001
"""Positions this close to the end of an edge stand on its vertex; rounding would say beside it."""


@dataclass(frozen=True, slots=True, eq=False)
class Snaps:
    """
    Where positions join the streets.

    Parameters
    ----------
    edge
        Edge joined, int32, shape ``(k,)``; ``-1`` where no street lies within the limit.
    fraction
        How far along the edge, 0 to 1, float64; 0 where unsnapped.
    distance_m
        Length of the access leg, float64; ``inf`` where unsnapped.
    """

    edge: Int32Array
    fraction: FloatArray
    distance_m: FloatArray

    @property
    def is_snapped(self) -> npt.NDArray[np.bool_]:
        """Whether each position found a street."""
        return self.edge >= 0

    def __len__(self) -> int:
        return len(self.edge)


@compiled
def crosses_barrier(
    px: float,
    py: float,
    qx: float,
    qy: float,
    barrier_x: FloatArray,
    barrier_y: FloatArray,
    shape: FloatArray,
    first: Int32Array,
    segment: Int32Array,
) -> bool:
    """
    Tell whether the straight walk from p to q crosses a barrier.

    Ending on a barrier is not crossing it: that is where streets lead across.
    """
    size = shape[2]
    columns, rows = int(shape[3]), int(shape[4])
    left = max(int(np.floor((min(px, qx) - shape[0]) / size)), 0)
    right = min(int(np.floor((max(px, qx) - shape[0]) / size)), columns - 1)
    bottom = max(int(np.floor((min(py, qy) - shape[1]) / size)), 0)
    top = min(int(np.floor((max(py, qy) - shape[1]) / size)), rows - 1)
    dx, dy = qx - px, qy - py
    for row in range(bottom, top + 1):
        for bucket in range(row * columns + left, row * columns + right + 1):
            for k in range(first[bucket], first[bucket + 1]):
                i = segment[k]
                ax, ay, bx, by = barrier_x[i], barrier_y[i], barrier_x[i + 1], barrier_y[i + 1]
                # Half-open: a walk through the vertex two segments share meets exactly one.
                side_a = dx * (ay - py) - dy * (ax - px) > 0.0
                side_b = dx * (by - py) - dy * (bx - px) > 0.0
                if side_a == side_b:
                    continue
                ex, ey = bx - ax, by - ay
                side_p = ex * (py - ay) - ey * (px - ax)
                side_q = ex * (qy - ay) - ey * (qx - ax)
                if (side_p < 0.0 < side_q) or (side_q < 0.0 < side_p):
                    return True
    return False


@compiled
def nearest_street(
    x: float,
    y: float,
    limit: float,
    heeds_barriers: bool,
    point_x: FloatArray,
    point_y: FloatArray,
    point_edge: Int32Array,
    rank: npt.NDArray[np.uint8],
    street_shape: FloatArray,
    street_first: Int32Array,
    street_segment: Int32Array,
    barrier_x: FloatArray,
    barrier_y: FloatArray,
    barrier_shape: FloatArray,
    barrier_first: Int32Array,
    barrier_segment: Int32Array,
) -> tuple[int, float, float]:
    """
    Return the nearest street segment that no barrier hides; an island's only if there is no other.

    Returns
    -------
    segment, share, distance
        First point of the segment or -1, how far along it (0 to 1), and the distance.
    """
    for wanted in (MAINLAND, ISLAND):
        # Barriers are only asked about the nearest candidate; only where it is hidden, about all.
        for heeds in (False, True):
            i, share, away, qx, qy = _nearest_ranked(
                x, y, limit, heeds, wanted, point_x, point_y, point_edge, rank,
                street_shape, street_first, street_segment, barrier_x, barrier_y,
                barrier_shape, barrier_first, barrier_segment,
            )  # fmt: skip
            if i < 0:
                break
            if (
                heeds
                or not heeds_barriers
                or not crosses_barrier(
                    x, y, qx, qy, barrier_x, barrier_y,
                    barrier_shape, barrier_first, barrier_segment,
                )
            ):  # fmt: skip
                return i, share, away
    return -1, 0.0, np.inf


@compiled
def _nearest_ranked(
    x: float,
    y: float,
    limit: float,
    heeds_barriers: bool,
    wanted: int,
    point_x: FloatArray,
    point_y: FloatArray,
    point_edge: Int32Array,
    rank: npt.NDArray[np.uint8],
    street_shape: FloatArray,
    street_first: Int32Array,
    street_segment: Int32Array,
    barrier_x: FloatArray,
    barrier_y: FloatArray,
    barrier_shape: FloatArray,
    barrier_first: Int32Array,
    barrier_segment: Int32Array,
) -> tuple[int, float, float, float, float]:
    """
    Return the nearest segment of one rank, its share, distance and foot.

    Buckets are looked through in growing squares, until nothing nearer can lie outside.
    """
    size = street_shape[2]
    columns, rows = int(street_shape[3]), int(street_shape[4])
    radius = min(FIRST_RADIUS_M, limit)
    while True:
        best = limit * limit
        found, share, foot_x, foot_y = -1, 0.0, 0.0, 0.0
        left = max(int(np.floor((x - radius - street_shape[0]) / size)), 0)
        right = min(int(np.floor((x + radius - street_shape[0]) / size)), columns - 1)
        bottom = max(int(np.floor((y - radius - street_shape[1]) / size)), 0)
        top = min(int(np.floor((y + radius - street_shape[1]) / size)), rows - 1)
        for row in range(bottom, top + 1):
            for bucket in range(row * columns + left, row * columns + right + 1):
                for k in range(street_first[bucket], street_first[bucket + 1]):
                    i = street_segment[k]
                    ax, ay = point_x[i], point_y[i]
                    dx, dy = point_x[i + 1] - ax, point_y[i + 1] - ay
                    square = dx * dx + dy * dy
                    t = 0.0
                    if square > 0.0:
                        t = ((x - ax) * dx + (y - ay) * dy) / square
                        t = min(max(t, 0.0), 1.0)
                    qx, qy = ax + t * dx, ay + t * dy
                    away = (qx - x) * (qx - x) + (qy - y) * (qy - y)
                    # Of equally near segments the first one wins, whatever the bucket order and
                    # the last digits of a street drawn to and fro.
                    if away > best + SAME_M2 or (
                        found >= 0 and i >= found and away > best - SAME_M2
                    ):
                        continue
                    if rank[point_edge[i]] != wanted:
                        continue
                    if heeds_barriers and crosses_barrier(
                        x, y, qx, qy, barrier_x, barrier_y,
                        barrier_shape, barrier_first, barrier_segment,
                    ):  # fmt: skip
                        continue
                    best, found, share, foot_x, foot_y = away, i, t, qx, qy
        if (found >= 0 and best <= radius * radius) or radius >= limit:
            return found, share, np.sqrt(best), foot_x, foot_y
        radius = min(radius * 2.0, limit)


@compiled
def share_along(along_m: float, length_m: float) -> float:
    """Return how far along an edge a point lies, exactly 0 or 1 within `TOUCH_M` of an end."""
    if along_m < TOUCH_M:
        return 0.0
    return along_m / length_m if along_m < length_m - TOUCH_M else 1.0


@compiled
def _snap_all(
    x: FloatArray,
    y: FloatArray,
    limit: FloatArray,
    point_along: FloatArray,
    edge_length: FloatArray,
    streets: tuple[npt.NDArray[Any], ...],
    edge: Int32Array,
    fraction: FloatArray,
    distance: FloatArray,
) -> None:
    for k in range(len(x)):
        i, share, away = nearest_street(x[k], y[k], limit[k], True, *streets)
        edge[k], fraction[k], distance[k] = -1, 0.0, np.inf
        if i >= 0:
            edge[k] = streets[2][i]
            along = point_along[i] + share * (point_along[i + 1] - point_along[i])
            fraction[k] = share_along(along, edge_length[edge[k]])
            distance[k] = away


def street_arrays(
    network: WalkNetwork, walker: Walker, *, is_visited: bool = False
) -> tuple[npt.NDArray[Any], ...]:
    """Return what `nearest_street` needs of a network, in its order."""
    streets, barriers = network.street_index, network.barrier_index
    return (
        network.point_x_m,
        network.point_y_m,
        network.point_edge,
        network.edge_rank(walker, is_visited=is_visited),
        streets.shape,
        streets.first,
        streets.segment,
        network.barrier_x_m,
        network.barrier_y_m,
        barriers.shape,
        barriers.first,
        barriers.segment,
    )


def snap(
    network: WalkNetwork,
    x_m: FloatArray,
    y_m: FloatArray,
    walker: Walker,
    *,
    limit_m: float = SNAP_LIMIT_M,
    is_visited: bool = False,
) -> Snaps:
    """
    Join positions to the nearest street a walker can use and no barrier hides.

    Parameters
    ----------
    network
        Streets to walk on.
    x_m, y_m
        Positions in the network's frame, float64, shape ``(k,)``.
    walker
        Who walks: someone on wheels is not joined to steps.
    limit_m
        Longest access leg; a street exactly this far away still counts. For a position in
        water it is at most `WATER_LIMIT_M`.
    is_visited
        Whether the positions are places the public visits, such as facilities: these are joined
        to a gated way only where no public street is near.

    Returns
    -------
    snaps
        One per position, unsnapped ones included.
    """
    k = len(x_m)
    limits = np.full(k, float(limit_m))
    limits[shapely.intersects_xy(network.water, x_m, y_m)] = min(limit_m, WATER_LIMIT_M)
    edge, fraction, distance = np.empty(k, np.int32), np.empty(k), np.empty(k)
    _snap_all(
        np.ascontiguousarray(x_m, np.float64),
        np.ascontiguousarray(y_m, np.float64),
        limits,
        network.point_along_m,
        network.edge_length_m,
        street_arrays(network, walker, is_visited=is_visited),
        edge,
        fraction,
        distance,
    )
    return Snaps(edge, fraction, distance)
