"""What Hypothesis draws: graphs, and whole networks with gates, one-way streets and barriers."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from hypothesis import strategies as st
from sketch import FRAME, place

from circle.geometry import Bounds
from circle.network import WalkNetwork
from circle.network_build import build_network
from circle.provenance import Provenance
from circle.streets_table import StreetTableBuilder
from circle.walking import Barrier

STREETS: list[dict[str, str]] = [
    {"highway": "footway"},
    {"highway": "footway"},
    {"highway": "residential"},
    {"highway": "footway", "oneway:foot": "yes"},
    {"highway": "steps", "step_count": "20"},
    {"highway": "service", "access": "private"},
    {"highway": "elevator"},
]
NODES: list[dict[str, str]] = [
    {},
    {},
    {},
    {"barrier": "gate", "access": "private"},
    {"barrier": "wall"},
    {"barrier": "stile"},
    {"highway": "elevator"},
    {"kerb": "raised"},
]


@st.composite
def graphs(draw: st.DrawFn) -> tuple[int, list[tuple[int, int, int]], list[Any], int]:
    """Number of vertices, arcs, seeds and a limit; small numbers, so that ties abound."""
    n = draw(st.integers(1, 12))
    vertex = st.integers(0, n - 1)
    arc = st.tuples(vertex, vertex, st.sampled_from([1, 1, 2, 2, 3, 5, 2**31 - 1]))
    arcs = draw(st.lists(arc, min_size=2, max_size=40))
    seeds = draw(
        st.lists(st.tuples(vertex, st.integers(0, 3), st.integers(0, 1)), min_size=1, max_size=4)
    )
    return n, arcs, seeds, draw(st.integers(0, 25))


def forward_star(n: int, arcs: list[tuple[int, int, int]]) -> tuple[npt.NDArray[np.int32], ...]:
    """Return first_arc, arc_to, arc_cost and the number each arc had before sorting."""
    order = sorted(range(len(arcs)), key=lambda k: arcs[k][0])
    first = np.zeros(n + 1, np.int32)
    for u, _, _ in arcs:
        first[u + 1] += 1
    return (
        np.cumsum(first, dtype=np.int32),
        np.array([arcs[k][1] for k in order], np.int32),
        np.array([arcs[k][2] for k in order], np.int32),
        np.array(order, np.int32),
    )


@st.composite
def towns(
    draw: st.DrawFn, *, barriers: bool = True, special: bool = True, doubles: bool = True
) -> WalkNetwork:
    """
    A few streets on a grid of 90 m, jittered so that nothing is equally far, with oddities.

    The seed, not every number, is drawn: shrinking still finds small towns by their size.
    """
    columns, rows = draw(st.integers(2, 5)), draw(st.integers(1, 4))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    return town(rng, columns, rows, barriers=barriers, special=special, doubles=doubles)


def town(
    rng: np.random.Generator,
    columns: int,
    rows: int,
    *,
    barriers: bool = True,
    special: bool = True,
    irregular: bool = True,
    doubles: bool = True,
    gates: bool = True,
    shuffle: bool = False,
    without: int | None = None,
) -> WalkNetwork:
    """
    Return such a town; with `shuffle`, of nodes and ways with other numbers and order.

    `without` is the number of a way to leave out.
    """
    at = {}
    for number in range(columns * rows):
        jitter = rng.uniform(-30, 30, 2) if irregular else np.zeros(2)
        at[number + 1] = (
            (number % columns - (columns - 1) / 2) * 90 + jitter[0],
            (number // columns - (rows - 1) / 2) * 90 + jitter[1],
        )
    builder = StreetTableBuilder()
    pairs = [(a, a + 1) for a in at if a % columns] + [
        (a, a + columns) for a in at if a + columns in at
    ]
    way = 0
    ways: list[Any] = []
    for a, b in pairs:
        for double in range(1 + (irregular and doubles and rng.uniform() < 0.15)):
            way += 1
            if way > 1 and rng.uniform() < 0.15:
                continue
            refs, points = [a, b], [at[a], at[b]]
            # Two streets of one course would be equally near everywhere.
            if irregular and (double or rng.uniform() < 0.4):
                refs.insert(1, 1000 + way)
                middle = (np.array(at[a]) + at[b]) / 2 + rng.uniform(-20, 20, 2)
                points.insert(1, tuple(middle))
            if rng.uniform() < 0.3:
                refs, points = refs[::-1], points[::-1]
            tags = STREETS[rng.integers(len(STREETS))] if special else STREETS[0]
            ways.append((way, refs, points, tags))
    nodes = [(number, NODES[rng.integers(len(NODES))]) for number in at if special and gates]
    if shuffle:
        ways = [(9000 - way, [7777 - ref for ref in refs], *rest) for way, refs, *rest in ways]
        ways, nodes = ways[::-1], [(7777 - number, tags) for number, tags in nodes]
    for way, refs, points, tags in ways:
        if way == without:
            continue
        lon, lat = zip(*(place(*point) for point in points), strict=True)
        builder.add_way(way, refs, lon, lat, tags)
    for number, tags in nodes:
        if tags:
            builder.add_node(number, tags)
    if barriers:
        for _ in range(rng.integers(0, 4)):
            ends = rng.uniform(-260, 260, (2, 2))
            line = shapely.LineString([place(*end) for end in ends])
            builder.add_barrier(Barrier.RAILWAY, line)
    half = np.array(place(900, 900)) - (FRAME.lon_0, FRAME.lat_0)
    return build_network(
        builder.finish(
            Provenance("drawn", None, None, None, ""),
            bounds=Bounds(
                FRAME.lon_0 - half[0],
                FRAME.lat_0 - half[1],
                FRAME.lon_0 + half[0],
                FRAME.lat_0 + half[1],
            ),
        )
    )


def positions(
    network: WalkNetwork, rng: np.random.Generator, n: int
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return metres of random positions on and off the streets, some exactly on corners."""
    west, east = network.node_x_m.min() - 60, network.node_x_m.max() + 60
    south, north = network.node_y_m.min() - 60, network.node_y_m.max() + 60
    x, y = rng.uniform(west, east, n), rng.uniform(south, north, n)
    on_corner = rng.uniform(size=n) < 0.2
    corner = rng.integers(network.n_nodes, size=n)
    x[on_corner] = network.node_x_m[corner[on_corner]]
    y[on_corner] = network.node_y_m[corner[on_corner]]
    return x, y
