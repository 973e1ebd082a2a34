"""The parts of a packed network: numbers of few bytes, the order of edges, chains and water."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import shapely

from circle.network import BoolArray, FloatArray, Int32Array, WalkNetwork

Int64Array = npt.NDArray[np.int64]
Chain = tuple[int, Int64Array]


def zigzag(value: int) -> int:
    """
    Return a whole number as one that is not negative, small where it was small.

    Parameters
    ----------
    value
        Any whole number.

    Examples
    --------
    >>> [zigzag(value) for value in (0, -1, 1, -2)]
    [0, 1, 2, 3]
    """
    return 2 * value if value >= 0 else -2 * value - 1


def varints(values: Iterable[int]) -> bytes:
    """
    Return whole numbers that are not negative as bytes, seven bits in each, the lowest first.

    Parameters
    ----------
    values
        The numbers.

    Examples
    --------
    >>> varints([5, 300]).hex()
    '05ac02'
    """
    out = bytearray()
    for value in values:
        rest = int(value)
        while rest > 127:
            out.append(rest & 127 | 128)
            rest >>= 7
        out.append(rest)
    return bytes(out)


class Varints:
    """
    Reads back what `varints` wrote.

    Parameters
    ----------
    data
        The bytes.
    """

    __slots__ = ("_data", "at")

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.at = 0

    @property
    def is_done(self) -> bool:
        """Whether everything has been read."""
        return self.at >= len(self._data)

    def take(self) -> int:
        """Return the next number."""
        value = shift = 0
        while True:
            byte = self._data[self.at]
            self.at += 1
            value |= (byte & 127) << shift
            if byte < 128:
                return value
            shift += 7

    def take_signed(self) -> int:
        """Return the next number that was written through `zigzag`."""
        value = self.take()
        return -(value + 1 >> 1) if value & 1 else value >> 1


def text_of(names: Iterable[str]) -> str:
    """
    Return street names as one text, a line each.

    Parameters
    ----------
    names
        Names; a line break inside one becomes a space.
    """
    return "\n".join(" ".join(name.split()) for name in names)


@dataclass(frozen=True, slots=True, eq=False)
class Shapes:
    """
    Points of all edges on the grid of the pack.

    Parameters
    ----------
    x, y
        Whole numbers, int64, shape ``(p,)``.
    first_point
        As in `WalkNetwork.edge_first_point`.
    """

    x: Int64Array
    y: Int64Array
    first_point: Int32Array

    def line(self, edge: int, is_turned: bool) -> list[tuple[int, int]]:
        """Return the points of an edge in walking order, inner ones that coincide once."""
        first, last = self.first_point[edge : edge + 2]
        points = list(zip(self.x[first:last].tolist(), self.y[first:last].tolist(), strict=True))
        inner = [point for before, point in pairwise(points[:-1]) if point != before]
        kept = [points[0], *inner, points[-1]]
        return kept[::-1] if is_turned else kept


@dataclass(frozen=True, slots=True, eq=False)
class Trail:
    """
    An order of edges in which most begin where the one before ended.

    Parameters
    ----------
    edge, is_turned
        Edges, each once, and whether they are walked from their last vertex to their first.
    number
        New number of every vertex met, in the order they are met.
    """

    edge: Int32Array
    is_turned: BoolArray
    number: dict[int, int]


def trail(network: WalkNetwork, kept: BoolArray) -> Trail:
    """
    Return an order of the kept edges that follows streets as long as it can.

    Parameters
    ----------
    network
        Streets.
    kept
        Which edges, shape ``(m,)``.
    """
    ends = network.edge_node.tolist()
    names = network.edge_name.tolist()
    around: dict[int, list[int]] = defaultdict(list)
    for edge in np.flatnonzero(kept)[::-1].tolist():
        for node in dict.fromkeys(ends[edge]):
            around[node].append(edge)
    is_left = kept.tolist()
    number: dict[int, int] = {}
    edges: list[int] = []
    turned: list[bool] = []
    for root in list(around):
        stack = [(root, -2)]
        while stack:
            node, name = stack[-1]
            left = around[node] = [edge for edge in around[node] if is_left[edge]]
            if not left:
                stack.pop()
                continue
            edge = next((one for one in reversed(left) if names[one] == name), left[-1])
            is_left[edge] = False
            first, last = ends[edge]
            is_turned = first != node
            end = first if is_turned else last
            number.setdefault(node, len(number))
            is_new = end not in number
            number.setdefault(end, len(number))
            edges.append(edge)
            turned.append(is_turned)
            if is_new:
                stack.append((end, names[edge]))
    return Trail(np.array(edges, np.int32), np.array(turned, np.bool_), number)


def pack_chains(network: WalkNetwork, box: shapely.Polygon, units: int) -> Iterator[bytes]:
    """
    Yield the stream of barriers and water inside a box.

    Parameters
    ----------
    network
        Streets with barriers and water in metres.
    box
        What is kept, in metres.
    units
        Grid steps per metre.
    """
    chains = _barrier_chains(network, box)
    water = [
        part
        for part in shapely.get_parts(shapely.intersection(network.water, box))
        if part.geom_type == "Polygon" and not part.is_empty
    ]
    values: list[int] = [len(chains)]
    at = np.zeros(2, np.int64)

    def write(xy: FloatArray) -> None:
        nonlocal at
        grid = np.rint(xy * units).astype(np.int64)
        is_new = np.append(True, (np.diff(grid, axis=0) != 0).any(axis=1))
        grid = grid[is_new]
        steps = np.diff(np.vstack([at, grid]), axis=0)
        values.append(len(grid))
        values.extend(zigzag(step) for step in steps.ravel().tolist())
        at = grid[-1]

    for kind, xy in chains:
        values.append(kind)
        write(xy)
    values.append(len(water))
    for polygon in water:
        rings = (polygon.exterior, *polygon.interiors)
        values.append(len(rings))
        for ring in rings:
            write(shapely.get_coordinates(ring))
    yield varints(values)


def _barrier_chains(network: WalkNetwork, box: shapely.Polygon) -> list[tuple[int, FloatArray]]:
    """Return runs of the barrier segments that touch the box, with their kind."""
    starts = np.unique(network.barrier_index.segment)
    x, y = network.barrier_x_m, network.barrier_y_m
    west, south, east, north = box.bounds
    near = starts[
        (np.maximum(x[starts], x[starts + 1]) >= west)
        & (np.minimum(x[starts], x[starts + 1]) <= east)
        & (np.maximum(y[starts], y[starts + 1]) >= south)
        & (np.minimum(y[starts], y[starts + 1]) <= north)
    ]
    runs = np.split(near, np.flatnonzero(np.diff(near) != 1) + 1) if len(near) else []
    return [
        (
            int(network.barrier_kind[run[0]]),
            np.column_stack([x[run[0] : run[-1] + 2], y[run[0] : run[-1] + 2]]),
        )
        for run in runs
    ]


def read_chains(
    data: bytes, units: int
) -> tuple[FloatArray, FloatArray, npt.NDArray[np.uint8], Int32Array, shapely.MultiPolygon]:
    """
    Read back what `pack_chains` wrote.

    Parameters
    ----------
    data
        The stream.
    units
        Grid steps per metre.

    Returns
    -------
    x, y, kind, starts, water
        Points of the barriers, their kind, the first points of their segments; water areas.
    """
    values = Varints(data)
    at = [0, 0]

    def read() -> FloatArray:
        points = []
        for _ in range(values.take()):
            at[0] += values.take_signed()
            at[1] += values.take_signed()
            points.append((at[0], at[1]))
        return np.array(points, np.float64) / units

    chains, kinds = [np.empty((0, 2))], [np.empty(0, np.uint8)]
    starts: list[int] = []
    size = 0
    for _ in range(values.take()):
        kind = values.take()
        chain = read()
        chains.append(chain)
        kinds.append(np.full(len(chain), kind, np.uint8))
        starts.extend(range(size, size + len(chain) - 1))
        size += len(chain)
    areas = []
    for _ in range(values.take()):
        rings = [read() for _ in range(values.take())]
        whole = [ring for ring in rings if len(ring) >= 4]
        if whole and whole[0] is rings[0]:
            areas.append(shapely.Polygon(whole[0], whole[1:]))
    xy = np.concatenate(chains)
    return (
        np.ascontiguousarray(xy[:, 0]),
        np.ascontiguousarray(xy[:, 1]),
        np.concatenate(kinds),
        np.array(starts, np.int32),
        shapely.MultiPolygon(areas),
    )


def quantised_water(water: shapely.MultiPolygon) -> npt.NDArray[np.uint8]:
    """Return water areas the way a `WalkNetwork` keeps them."""
    return np.frombuffer(shapely.to_wkb(water), np.uint8).copy()
