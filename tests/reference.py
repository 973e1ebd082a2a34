"""
Slow plain-Python twins of the compiled loops: short enough to be read and believed.

Nothing here shares code with what it checks, but for the arrays of a network.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np
import shapely
from shapely.geometry import LineString, Point

from circle.network import ISLAND, MAINLAND, WalkNetwork
from circle.walkers import Walker

CLOSED = 2**31 - 1

Arc = tuple[int, int, int]
"""From, to, cost."""
Seed = tuple[int, int, int]
"""Vertex, cost, label."""


def bounded_search(
    arcs: Sequence[Arc], seeds: Iterable[Seed], limit: int
) -> dict[int, tuple[int, int, int]]:
    """
    Return cost, label and parent of every vertex whose cost is at most `limit`.

    Arcs are numbered in the given order. Of ways that cost the same the smallest label wins; a
    vertex's parent is -1 if a seed of that cost and label stands on it, else the smallest arc by
    which that cost and label arrive.
    """
    leaving: dict[int, list[tuple[int, int]]] = {}
    for u, v, cost in arcs:
        leaving.setdefault(u, []).append((v, cost))
    best: dict[int, int] = {}
    seeds = [seed for seed in seeds if seed[1] <= limit]
    heap = [(cost, vertex) for vertex, cost, _ in seeds]
    heapq.heapify(heap)
    while heap:
        cost, u = heapq.heappop(heap)
        if u in best:
            continue
        best[u] = cost
        for v, step in leaving.get(u, ()):
            if step < CLOSED and cost + step <= limit and v not in best:
                heapq.heappush(heap, (cost + step, v))

    result: dict[int, tuple[int, int, int]] = {}
    for u in sorted(best, key=lambda vertex: (best[vertex], vertex)):
        # Every arc costs something, so whatever leads here is known by now.
        ways = [(label, -1) for vertex, cost, label in seeds if vertex == u and cost == best[u]]
        for number, (a, b, step) in enumerate(arcs):
            if b == u and step < CLOSED and a in result and best[a] + step == best[u]:
                ways.append((result[a][1], number))
        label, parent = min(ways)
        result[u] = (best[u], label, parent)
    return result


def nearest_street(
    network: WalkNetwork, x: float, y: float, walker: Walker, limit_m: float
) -> tuple[int, float]:
    """
    Return the nearest street a walker can use and no barrier hides, and its distance.

    Streets of islands count only where there is no other. -1 and ``inf`` without any.
    """
    here = Point(x, y)
    barriers = _barrier_lines(network)
    rank = network.edge_rank(walker)
    for wanted in (MAINLAND, ISLAND):
        found: list[tuple[float, int]] = []
        for edge in np.flatnonzero(rank == wanted):
            # Segment by segment: of a street half behind a wall, the other half still counts.
            for segment in _segments(network, int(edge)):
                away = segment.distance(here)
                if away <= limit_m and not _is_hidden(here, segment, barriers):
                    found.append((away, int(edge)))
        if found:
            away, edge = min(found)
            return edge, away
    return -1, math.inf


def _segments(network: WalkNetwork, edge: int) -> list[LineString]:
    first, last = network.edge_first_point[edge : edge + 2]
    points = np.column_stack([network.point_x_m[first:last], network.point_y_m[first:last]])
    return [LineString([a, b]) for a, b in pairwise(points) if (a != b).any()]


def _barrier_lines(network: WalkNetwork) -> list[LineString]:
    starts = np.unique(network.barrier_index.segment)
    x, y = network.barrier_x_m, network.barrier_y_m
    return [LineString([(x[i], y[i]), (x[i + 1], y[i + 1])]) for i in starts]


def _is_hidden(here: Point, street: LineString, barriers: list[LineString]) -> bool:
    foot = street.interpolate(street.project(here))
    walk = LineString([here, foot])
    for barrier in barriers:
        met = walk.intersection(barrier)
        # Ending on a barrier is not crossing it.
        if not met.is_empty and met.distance(foot) > 1e-7 and met.distance(here) > 1e-7:
            return True
    return False


def polygons_below_zero(field: np.ndarray, cell_m: float) -> shapely.Geometry:
    """
    Return the ground where a field on a lattice is negative, square by square.

    Each square of four lattice points is cut along straight lines between its crossed sides; where
    two opposite corners are inside, the mean of all four decides whether they are joined.
    """
    pieces = []
    rows, columns = field.shape
    for row in range(rows - 1):
        for column in range(columns - 1):
            corners = [(column, row), (column + 1, row), (column + 1, row + 1), (column, row + 1)]
            values = [float(field[r, c]) for c, r in corners]
            inside = [value < 0 for value in values]
            if not any(inside):
                continue
            is_saddle = inside in ([True, False] * 2, [False, True] * 2)
            joined = not is_saddle or sum(np.float32(v) for v in values) < 0
            rims: list[list[tuple[float, float]]] = [[]]
            for k in range(4):
                if inside[k]:
                    rims[-1].append(corners[k])
                after = (k + 1) % 4
                if inside[k] != inside[after]:
                    t = values[k] / (values[k] - values[after])
                    (ax, ay), (bx, by) = corners[k], corners[after]
                    rims[-1].append((ax + t * (bx - ax), ay + t * (by - ay)))
                    if inside[k] and not joined:
                        rims.append([])
            if not joined and len(rims) > 1:
                # The last open rim began at corner 0 and closes around it.
                rims[0] = rims.pop() + rims[0]
            pieces.extend(shapely.Polygon(rim) for rim in rims if len(rim) > 2)
    union = shapely.union_all(pieces, grid_size=1e-9) if pieces else shapely.MultiPolygon()
    return shapely.transform(union, lambda xy: xy * cell_m)
