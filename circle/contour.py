"""
Marching squares: the polygons where a field on a lattice is negative.

Written here because two things matter that general contouring does not give: polygons come out
oriented (outer rings anticlockwise, holes clockwise), grouped and without their tiny rings in one
pass, and the work is proportional to the lattice with no further overhead (0.1 ms for a
15-minute walk).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from circle.kernel import compiled

FloatArray = npt.NDArray[np.float64]
Float32Array = npt.NDArray[np.float32]
Int64Array = npt.NDArray[np.int64]

# Segments of each square by which of its corners are inside (1 south-west, 2 south-east,
# 4 north-east, 8 north-west), as pairs of sides (0 south, 1 east, 2 north, 3 west), walked with
# the inside on the left. Squares 5 and 10 have two readings: corners joined (here) or apart
# (at 16 and 17).
_SIDES = np.full((18, 4), -1, np.int8)
for _case, _segments in {
    1: (0, 3),
    2: (1, 0),
    3: (1, 3),
    4: (2, 1),
    5: (0, 1, 2, 3),
    6: (2, 0),
    7: (2, 3),
    8: (3, 2),
    9: (0, 2),
    10: (3, 0, 1, 2),
    11: (1, 2),
    12: (3, 1),
    13: (0, 1),
    14: (3, 0),
    16: (0, 3, 2, 1),
    17: (1, 0, 3, 2),
}.items():
    _SIDES[_case, : len(_segments)] = _segments


@compiled
def _link(
    field: Float32Array, following: npt.NDArray[np.int32], crossed: npt.NDArray[np.int32]
) -> int:
    """
    Link every crossed lattice edge to the next one along its line; return how many there are.

    Edge ``2 * (row * columns + column)`` runs east from that lattice point, the odd one north.
    Only the entries of `following` listed in `crossed` are set.
    """
    rows, columns = field.shape
    count = 0
    for row in range(rows - 1):
        case = 0
        for column in range(-1, columns - 1):
            # The eastern corners of the last square are the western ones of this.
            case = (case & 2) >> 1 | (case & 4) << 1
            case |= (field[row, column + 1] < 0) << 1 | (field[row + 1, column + 1] < 0) << 2
            if case == 0 or case == 15 or column < 0:
                continue
            read = case
            if case == 5 or case == 10:
                middle = (
                    field[row, column]
                    + field[row, column + 1]
                    + field[row + 1, column]
                    + field[row + 1, column + 1]
                )
                if middle >= 0:
                    read = 16 if case == 5 else 17
            at = row * columns + column
            for k in range(0, 4, 2):
                side = _SIDES[read, k]
                if side < 0:
                    break
                edge = _edge(at, side, columns)
                crossed[count] = edge
                count += 1
                following[edge] = _edge(at, _SIDES[read, k + 1], columns)
    return count


@compiled
def _edge(at: int, side: int, columns: int) -> int:
    """Return the lattice edge on one side of the square whose south-west point is `at`."""
    if side == 0:
        return 2 * at
    if side == 1:
        return 2 * (at + 1) + 1
    if side == 2:
        return 2 * (at + columns)
    return 2 * at + 1


@compiled
def _holds(xy: FloatArray, start: int, end: int, x: float, y: float) -> bool:
    """Tell whether the closed ring ``xy[start:end]`` holds a point."""
    inside = False
    for i in range(start, end - 1):
        if (xy[i, 1] > y) != (xy[i + 1, 1] > y):
            t = (y - xy[i, 1]) / (xy[i + 1, 1] - xy[i, 1])
            if x < xy[i, 0] + t * (xy[i + 1, 0] - xy[i, 0]):
                inside = not inside
    return inside


@compiled
def trace(
    field: Float32Array,
    west_m: float,
    south_m: float,
    cell_m: float,
    min_part_m2: float,
    min_hole_m2: float,
    following: npt.NDArray[np.int32],
    crossed: npt.NDArray[np.int32],
) -> tuple[FloatArray, Int64Array, Int64Array, float]:
    """
    Return the polygons where `field` is negative.

    Parameters
    ----------
    field
        Values at lattice points, rows from south to north; never 0, positive on its rim.
    west_m, south_m
        Position of the first lattice point.
    cell_m
        Distance between lattice points.
    min_part_m2, min_hole_m2
        Smaller polygons are dropped, smaller holes filled.
    following, crossed
        Scratch, two entries per lattice point each.

    Returns
    -------
    xy_m
        Points, shape ``(p, 2)``; rings are closed.
    ring_first
        Points of ring ``r`` are ``ring_first[r]:ring_first[r + 1]``.
    polygon_first
        Rings of polygon ``g`` are ``polygon_first[g]:polygon_first[g + 1]``, outer ring first.
    area_m2
        Of all polygons, holes taken off.
    """
    columns = field.shape[1]
    n_points = _link(field, following, crossed)
    xy = np.empty((2 * n_points, 2))
    first = np.empty(n_points + 1, np.int64)
    area = np.empty(n_points)
    n_rings, end = 0, 0
    for begin in crossed[:n_points]:
        if following[begin] < 0:
            continue
        start = end
        edge = begin
        while following[edge] >= 0:
            at = edge >> 1
            row, column = at // columns, at % columns
            inner = field[row, column]
            if edge & 1:
                outer = field[row + 1, column]
                xy[end, 0] = column
                xy[end, 1] = row + inner / (inner - outer)
            else:
                outer = field[row, column + 1]
                xy[end, 0] = column + inner / (inner - outer)
                xy[end, 1] = row
            xy[end, 0] = west_m + cell_m * xy[end, 0]
            xy[end, 1] = south_m + cell_m * xy[end, 1]
            end += 1
            after = following[edge]
            following[edge] = -1
            edge = after
        xy[end, 0], xy[end, 1] = xy[start, 0], xy[start, 1]
        end += 1
        twice = 0.0
        for i in range(start, end - 1):
            twice += (xy[i, 0] - xy[start, 0]) * (xy[i + 1, 1] - xy[start, 1])
            twice -= (xy[i + 1, 0] - xy[start, 0]) * (xy[i, 1] - xy[start, 1])
        if twice / 2 >= min_part_m2 or -twice / 2 >= min_hole_m2:
            first[n_rings], area[n_rings] = start, twice / 2
            n_rings += 1
        else:
            end = start
    first[n_rings] = end
    # Compiled code hides its types from the checker; the signature above states them.
    rings = first[: n_rings + 1]
    return _group(xy, rings, area[:n_rings], min_hole_m2)  # type: ignore[no-any-return]


@compiled
def _group(
    xy: FloatArray, first: Int64Array, area: FloatArray, min_hole_m2: float
) -> tuple[FloatArray, Int64Array, Int64Array, float]:
    """Put each hole behind the smallest outer ring that holds it; drop parts in filled holes."""
    n_rings = len(area)
    owner = np.full(n_rings, -1, np.int64)
    for hole in range(n_rings):
        x, y = xy[first[hole], 0], xy[first[hole], 1]
        if area[hole] > 0:
            owner[hole] = hole
            if area[hole] < min_hole_m2:
                # Small enough to lie in a hole that was filled: then it is ground already.
                around = 0
                for other in range(n_rings):
                    if other != hole and _holds(xy, first[other], first[other + 1], x, y):
                        around += 1
                if around % 2 == 1:
                    owner[hole] = -1
            continue
        for outer in range(n_rings):
            if area[outer] < -area[hole] or (owner[hole] >= 0 and area[outer] >= area[owner[hole]]):
                continue
            if _holds(xy, first[outer], first[outer + 1], x, y):
                owner[hole] = outer
    out = np.empty((first[n_rings], 2))
    ring_first = np.zeros(n_rings + 1, np.int64)
    polygon_first = np.zeros(n_rings + 1, np.int64)
    n_out, n_polygons, end, total = 0, 0, 0, 0.0
    for outer in range(n_rings):
        if owner[outer] != outer:
            continue
        for pass_ in range(2):
            for ring in range(n_rings):
                if owner[ring] != outer or (ring == outer) != (pass_ == 0):
                    continue
                # Point by point: numba takes seconds to compile an assignment of slices.
                for i in range(first[ring], first[ring + 1]):
                    out[end, 0], out[end, 1] = xy[i, 0], xy[i, 1]
                    end += 1
                n_out += 1
                ring_first[n_out] = end
                total += area[ring]
        n_polygons += 1
        polygon_first[n_polygons] = n_out
    return out[:end], ring_first[: n_out + 1], polygon_first[: n_polygons + 1], total
