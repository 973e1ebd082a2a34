"""
What slopes do to walking: a pace for every street and direction, as a ratio to level ground.

Tobler's hiking function gives the speed on a slope; divided by its value on the level it is a
ratio that holds for walkers of any speed. It also says that people go 19 % *faster* down 5 %. That
is not used: no slope makes anybody faster than on the level. The function was fitted to hikers on
paths, the speeds here are those of careful people in streets, the old and whoever has wheels brake
on the way down, and for a walk to a clinic the error is better on the slow side.

Steps keep a rule of their own (seconds per step), lifts and gates theirs. Bridges and tunnels do
not follow the ground: their heights run evenly between where they leave it and where they meet it
again. Ground walked off the streets counts as level.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from circle.geometry import LocalFrame
from circle.terrain.heights import Float32Array, FloatArray, Heights

PACE_UNIT = 1024
"""Paces are whole numbers of this fraction: the same in every program that reads them."""

TOBLER_DECAY = 3.5
TOBLER_OPTIMUM = -0.05
"""Speed in km/h is ``6 * exp(-3.5 * |slope + 0.05|)``; slope is rise over run."""

STEEP_SLOPE = 0.12
STEEP_FOR_M = 30.0
"""
A wheelchair does not go where the ground is steeper than this for so long (or all of a shorter
street). From memory, to be checked before it is called official: 8 % to 12 % are said to be the
most for longer stretches, and the upper end is taken because heights are uncertain.
"""

MAX_PACE = 65_535 / PACE_UNIT
"""Nobody goes up 80 %: steeper is an error of the heights."""

MAX_STEP_M, MIN_STEP_M = 30.0, 5.0


def tobler_ratio(slope: npt.ArrayLike) -> FloatArray:
    """
    Return the speed on a slope as a ratio to the speed on the level, as published.

    Parameters
    ----------
    slope
        Rise over run in the direction of walking; downhill is negative.

    Examples
    --------
    >>> tobler_ratio([0.0, 0.1, -0.05, -0.1]).round(3).tolist()
    [1.0, 0.705, 1.191, 1.0]
    """
    slope = np.asarray(slope, np.float64)
    steepness = np.abs(slope - TOBLER_OPTIMUM) - abs(TOBLER_OPTIMUM)
    return np.asarray(np.exp(-TOBLER_DECAY * steepness))


def pace_of_slope(slope: npt.ArrayLike) -> FloatArray:
    """
    Return the time a slope takes as a ratio to the level: at least 1.

    Parameters
    ----------
    slope
        Rise over run in the direction of walking.

    Examples
    --------
    >>> pace_of_slope([0.0, 0.1, -0.05, -0.2]).round(3).tolist()
    [1.0, 1.419, 1.0, 1.419]
    """
    return np.clip(1.0 / tobler_ratio(np.clip(slope, -1.0, 1.0)), 1.0, MAX_PACE)


@dataclass(frozen=True, slots=True, eq=False)
class Streets:
    """
    Shapes of ``m`` edges between ``n`` vertices, in metres.

    Parameters
    ----------
    frame
        Of the coordinates.
    node_x_m, node_y_m
        Vertices.
    edge_node
        First and last vertex of every edge, shape ``(m, 2)``.
    length_m
        Of every edge; 0 for gates.
    first_point
        Points of edge ``e`` are ``first_point[e]:first_point[e + 1]``.
    point_x_m, point_y_m, point_along_m
        Points, and how far along its edge each lies.
    is_off_ground
        Bridges and tunnels.
    is_exempt
        What has a rule of its own: steps, lifts.
    """

    frame: LocalFrame
    node_x_m: FloatArray
    node_y_m: FloatArray
    edge_node: npt.NDArray[np.int32]
    length_m: FloatArray
    first_point: npt.NDArray[np.int32]
    point_x_m: FloatArray
    point_y_m: FloatArray
    point_along_m: FloatArray
    is_off_ground: npt.NDArray[np.bool_]
    is_exempt: npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """
    Slopes of streets.

    Parameters
    ----------
    node_height_m
        Smoothed height of every vertex, float32; nan where unknown.
    pace
        Time along and against every edge as a ratio to level ground, in `PACE_UNIT` parts,
        uint16, shape ``(m, 2)``; level where heights are unknown.
    is_steep
        Edges a wheelchair does not take.
    known_share
        Share of the length of all edges whose heights are known.
    """

    node_height_m: Float32Array
    pace: npt.NDArray[np.uint16]
    is_steep: npt.NDArray[np.bool_]
    known_share: float


def profile_streets(
    streets: Streets, heights: Heights, *, steep_slope: float = STEEP_SLOPE
) -> Profile:
    """
    Lay streets over the ground.

    Parameters
    ----------
    streets
        Their shapes.
    heights
        As read; they are smoothed here.
    steep_slope
        Rise over run a wheelchair does not take for `STEEP_FOR_M`.
    """
    even = heights.smoothed
    node_height = even.at(*streets.frame.to_lonlat(streets.node_x_m, streets.node_y_m))
    step_m = float(np.clip(heights.cell_m / 2, MIN_STEP_M, MAX_STEP_M)) if heights.grids else 1e9
    edge, x, y, along = _samples(streets, step_m)
    height = even.at(*streets.frame.to_lonlat(x, y))

    node_height = _bridged(streets, node_height)
    is_off = streets.is_off_ground[edge]
    first, last = node_height[streets.edge_node[edge].T]
    share = along / np.maximum(streets.length_m[edge], 1e-9)
    height = np.where(is_off, first + (last - first) * share, height)

    m = len(streets.length_m)
    starts = np.flatnonzero((edge[:-1] == edge[1:]) & (np.diff(along) > 1e-6))
    run = along[starts + 1] - along[starts]
    slope = (height[starts + 1] - height[starts]) / run
    on = edge[starts]
    is_unknown = np.bincount(on, np.isnan(slope), m) > 0
    slope = np.nan_to_num(slope)
    whole = np.maximum(np.bincount(on, run, m), 1e-9)
    pace = np.ones((m, 2))
    for way, sign in enumerate((1.0, -1.0)):
        pace[:, way] = np.bincount(on, run * pace_of_slope(sign * slope), m) / whole
    is_level = is_unknown | streets.is_exempt | (streets.length_m <= 0)
    pace[is_level] = 1.0
    steep_m = np.bincount(on, run * (np.abs(slope) > steep_slope), m)
    is_steep = (steep_m >= np.minimum(STEEP_FOR_M, 0.999 * whole)) & ~is_level
    total = float(streets.length_m.sum())
    known = float(streets.length_m[~is_unknown].sum())
    return Profile(
        node_height_m=node_height.astype(np.float32),
        pace=np.clip(np.rint(pace * PACE_UNIT), PACE_UNIT, 65_535).astype(np.uint16),
        is_steep=is_steep,
        known_share=known / total if total else 0.0,
    )


def _samples(
    streets: Streets, step_m: float
) -> tuple[npt.NDArray[np.intp], FloatArray, FloatArray, FloatArray]:
    """Return edge, x, y and metres along it of every point of shape and some in between."""
    size = np.diff(streets.first_point)
    edge = np.repeat(np.arange(len(size)), size)
    is_last = np.zeros(len(edge), np.bool_)
    is_last[streets.first_point[1:] - 1] = True
    along = streets.point_along_m
    gap = np.append(np.diff(along), 0.0)
    n_pieces = np.where(is_last, 1, np.maximum(np.ceil(gap / step_m), 1)).astype(np.intp)
    point = np.repeat(np.arange(len(edge)), n_pieces)
    part = (np.arange(len(point)) - np.repeat(np.cumsum(n_pieces) - n_pieces, n_pieces)) / (
        n_pieces[point]
    )
    following = np.minimum(point + 1, len(edge) - 1)

    def between(value: FloatArray) -> FloatArray:
        return np.asarray(value[point] + part * (value[following] - value[point]))

    return edge[point], between(streets.point_x_m), between(streets.point_y_m), between(along)


def _bridged(streets: Streets, node_height_m: FloatArray) -> FloatArray:
    """
    Return heights of vertices, those amid bridges and tunnels from where these meet the ground.

    Between its ends a bridge, whatever its junctions, rises evenly: every vertex on it has the
    mean height of its neighbours, weighted by nearness.
    """
    is_off = streets.is_off_ground & (streets.length_m > 0)
    if not is_off.any():
        return node_height_m
    from scipy.sparse import csr_array, diags_array
    from scipy.sparse.csgraph import connected_components
    from scipy.sparse.linalg import spsolve

    n = len(node_height_m)
    on_bridge = np.zeros(n, np.bool_)
    on_bridge[streets.edge_node[is_off].ravel()] = True
    on_ground = np.zeros(n, np.bool_)
    on_ground[streets.edge_node[~is_off & (streets.length_m > 0)].ravel()] = True
    a, b = streets.edge_node[is_off].T
    weight = 1.0 / np.maximum(streets.length_m[is_off], 0.01)
    graph = csr_array((np.append(weight, weight), (np.append(a, b), np.append(b, a))), shape=(n, n))
    part = connected_components(graph, directed=False)[1]
    is_fixed = on_ground & np.isfinite(node_height_m)
    has_end = np.bincount(part, on_bridge & is_fixed) > 0
    free = np.flatnonzero(on_bridge & ~on_ground & has_end[part])
    height = node_height_m.copy()
    if len(free):
        fixed = np.flatnonzero(on_bridge & is_fixed)
        rows = graph[free]
        system = diags_array(rows.sum(axis=1)) - rows[:, free]
        height[free] = spsolve(system.tocsc(), rows[:, fixed] @ node_height_m[fixed])
    return height
