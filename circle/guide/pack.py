"""
Packs the walking network for a guide that computes walks on the phone, with nobody to ask.

What is kept is what a walk needs: shapes on a grid of about a millimetre, what closes an edge to
whom, steps, street names, barriers and water. Shapes are not thinned, so lengths follow from them;
on a coarser grid a home half-way between two streets would now and then be joined to the other
one, and be told other minutes than the service tells (on Monaco one of 200 homes at 6 cm, none at
1 cm; a millimetre takes a quarter more room than that).

Edges are written as a walk through the network: one begins where the last ended, most ends are
vertices not met before, and only differences between neighbours are stored, as numbers of few
bytes, deflated. `circle/guide/assets/unpack.js` reads the same bytes, and both readers make the
same network: the same numbers of vertices, edges and points, in the same order.

**What is kept.** A home may be set anywhere in the guide's view, as far as there are data. From
there nobody's longest walk goes farther than its minutes at the fastest pace: everything within
that distance of the view is kept, whole edges at a time. Where an edge was left out its vertex
is marked, so that a walk that ends there says that the truth may be larger.
"""

from __future__ import annotations

import base64
import struct
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import shapely

from circle.geometry import Bounds, LocalFrame
from circle.guide.model import GuideContent
from circle.guide.pack_shapes import (
    Shapes,
    Trail,
    Varints,
    pack_chains,
    quantised_water,
    read_chains,
    text_of,
    trail,
    varints,
    zigzag,
)
from circle.network import BoolArray, FloatArray, Int32Array, WalkNetwork
from circle.provenance import Provenance
from circle.segments import build_index
from circle.snapping import SNAP_LIMIT_M
from circle.terrain import PACE_UNIT
from circle.walkers import WALKERS, get_walker
from circle.walking import Flag

FORMAT = 1
FORMAT_WITH_SLOPES = 2
"""
Numbers of the layouts; a reader refuses every other. In the second the header is followed by the
pace of every edge both ways; it is written only of a network that knows its slopes.
"""

UNIT_BITS = 10
UNITS_PER_M = 1 << UNIT_BITS
"""Coordinates are whole numbers of these; a power of two keeps them exact as binary fractions."""

_KEPT_FLAGS = int(
    Flag.STEPS
    | Flag.NO_WHEELS
    | Flag.NO_WHEELCHAIR
    | Flag.CROSSING
    | Flag.ELEVATOR
    | Flag.PRIVATE
    | Flag.TUNNEL
    | Flag.STEEP
)
_OPEN_ON, _OPEN_BACK, _ENTERS_ON, _ENTERS_BACK, _ISLAND = 1, 2, 4, 8, 16
_N_STREAMS = 11
_HEADER = struct.Struct("<BBdddddd")


@dataclass(frozen=True, slots=True)
class WalkPack:
    """
    A packed network.

    Parameters
    ----------
    data
        Deflated bytes without a header, as `zlib` calls raw.
    n_nodes, n_edges
        What it holds.
    """

    data: bytes
    n_nodes: int
    n_edges: int

    @property
    def text(self) -> str:
        """The bytes as base64, the way they stand in a page."""
        return base64.b64encode(self.data).decode("ascii")


def pack_for_guide(network: WalkNetwork, content: GuideContent) -> WalkPack:
    """
    Return what a guide carries: streets for every walk from its view, by any of its walkers.

    Parameters
    ----------
    network
        Streets the guide was made with.
    content
        What the guide says; its view, minutes and walker count.
    """
    speeds = [get_walker(key).speed_m_s for key in (*WALKERS, content.walker)]
    longest_s = 60.0 * max(content.minutes, default=0.0)
    return pack_network(network, content.basemap.view, longest_s * max(speeds))


def pack_network(network: WalkNetwork, home: Bounds, reach_m: float) -> WalkPack:
    """
    Return the part of a network that walks from an area need, packed.

    Parameters
    ----------
    network
        Streets to walk on.
    home
        Where homes may be set, in degrees; the part of it outside the data does not count.
    reach_m
        Farthest that anybody walks from there.

    Returns
    -------
    pack
        What `unpack_network`, and the page, make a network of again.
    """
    bounds = network.bounds
    home = Bounds(
        max(home.west, bounds.west),
        max(home.south, bounds.south),
        min(home.east, bounds.east),
        min(home.north, bounds.north),
    )
    x, y = network.frame.to_xy(
        [home.west, home.west, home.east, home.east],
        [home.south, home.north, home.south, home.north],
    )
    far = reach_m + SNAP_LIMIT_M
    box = shapely.box(x.min() - far, y.min() - far, x.max() + far, y.max() + far)
    kept = _edges_within(network, box)
    shapes = _quantised(network)
    order = trail(network, kept)
    form = FORMAT_WITH_SLOPES if network.has_heights else FORMAT
    header = _HEADER.pack(form, UNIT_BITS, network.frame.lon_0, network.frame.lat_0, *home)
    if network.has_heights:
        header += _paces(network, order)
    streams = [
        header,
        *_edge_streams(network, shapes, order),
        *pack_chains(network, box, UNITS_PER_M),
    ]
    assert len(streams) == _N_STREAMS
    body = varints(len(stream) for stream in streams) + b"".join(streams)
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -15, 9)
    return WalkPack(
        data=squeeze.compress(body) + squeeze.flush(),
        n_nodes=len(order.number),
        n_edges=len(order.edge),
    )


def _edges_within(network: WalkNetwork, box: shapely.Polygon) -> BoolArray:
    west, south, east, north = box.bounds
    x, y = network.point_x_m, network.point_y_m
    is_inside = (x >= west) & (x <= east) & (y >= south) & (y <= north)
    kept = np.zeros(network.n_edges, np.bool_)
    kept[network.point_edge[is_inside]] = True
    return kept


def _quantised(network: WalkNetwork) -> Shapes:
    return Shapes(
        np.rint(network.point_x_m * UNITS_PER_M).astype(np.int64),
        np.rint(network.point_y_m * UNITS_PER_M).astype(np.int64),
        network.edge_first_point,
    )


def _edge_streams(network: WalkNetwork, shapes: Shapes, order: Trail) -> Iterator[bytes]:
    """Yield the streams of edges and vertices, in the order the readers expect them."""
    names: dict[int, int] = {}
    classes: dict[tuple[int, int, int], int] = {}
    topology: list[int] = [len(order.number), len(order.edge)]
    class_of, name_of, steps, sizes = [], [], [], []
    dx: list[int] = []
    dy: list[int] = []
    at = (0, 0)
    position: dict[int, tuple[int, int]] = {}
    n_known, here, last_name = 0, 0, -1
    flags = network.edge_flags
    enters = network.arc_enters_private[network.edge_arc]
    for edge, is_turned in zip(order.edge.tolist(), order.is_turned.tolist(), strict=True):
        line = shapes.line(edge, is_turned)
        first, last = network.edge_node[edge, ::-1] if is_turned else network.edge_node[edge]
        start, end = order.number[int(first)], order.number[int(last)]
        topology.append(zigzag(here - start))
        if start == n_known:
            n_known += 1
            dx.append(zigzag(line[0][0] - at[0]))
            dy.append(zigzag(line[0][1] - at[1]))
            position[start] = line[0]
        at = position[start]
        topology.append(0 if end == n_known else n_known - end)
        ends_new = end == n_known
        inner = line[1:] if ends_new else line[1:-1]
        for px, py in inner:
            dx.append(zigzag(px - at[0]))
            dy.append(zigzag(py - at[1]))
            at = (px, py)
        if ends_new:
            n_known += 1
            position[end] = line[-1]
        at = position[end]
        here = end
        sizes.append(len(line) - 2)
        on, back = (1, 0) if is_turned else (0, 1)
        key = (
            int(network.edge_kind[edge]),
            int(flags[edge]) & _KEPT_FLAGS,
            int(network.edge_is_open[edge, on]) * _OPEN_ON
            | int(network.edge_is_open[edge, back]) * _OPEN_BACK
            | int(enters[edge, on]) * _ENTERS_ON
            | int(enters[edge, back]) * _ENTERS_BACK
            | int(network.edge_is_island[edge]) * _ISLAND,
        )
        class_of.append(classes.setdefault(key, len(classes)))
        name = int(network.edge_name[edge])
        if name == last_name:
            name_of.append(0)
        else:
            name_of.append(1 if name < 0 else 2 + names.setdefault(name, len(names)))
        last_name = name
        if key[1] & int(Flag.STEPS):
            steps.append(int(network.edge_n_steps[edge]))
    yield text_of(network.names[name] for name in names).encode()
    yield varints([len(classes), *(value for key in classes for value in key)])
    yield varints(topology)
    yield varints(class_of)
    yield varints(name_of)
    yield varints(steps)
    yield varints(sizes)
    yield varints(dx)
    yield varints(dy) + varints(_cut(network, order))


def _paces(network: WalkNetwork, order: Trail) -> bytes:
    """Return how much slower than on the level every edge is, on and back as it is written."""
    pace = network.edge_pace[order.edge].astype(np.int64) - PACE_UNIT
    pace[order.is_turned] = pace[order.is_turned, ::-1]
    return varints(pace.ravel().tolist())


def _cut(network: WalkNetwork, order: Trail) -> Iterable[int]:
    """Return the differences between the numbers of vertices where the network is cut."""
    n_arcs = np.bincount(network.edge_node[order.edge].ravel(), minlength=network.n_nodes)
    is_cut = network.node_is_cut | (n_arcs < np.diff(network.first_arc))
    cut = sorted(number for node, number in order.number.items() if is_cut[node])
    return (after - before for before, after in pairwise([0, *cut]))


def unpack_network(data: bytes) -> tuple[WalkNetwork, Bounds]:
    """
    Return the network that a pack holds.

    Parameters
    ----------
    data
        From `WalkPack.data`.

    Returns
    -------
    network, home
        The network, without what was not kept: identifiers of ways, evidence, provenance; and
        where homes may be set.

    Raises
    ------
    ValueError
        If the data have another layout.
    """
    body = zlib.decompress(data, -15)
    lengths = Varints(body)
    sizes = [lengths.take() for _ in range(_N_STREAMS)]
    starts = np.cumsum([lengths.at, *sizes]).tolist()
    parts = [body[a:b] for a, b in pairwise(starts)]
    form, unit_bits, lon_0, lat_0, *sides = _HEADER.unpack_from(parts[0])
    if form not in (FORMAT, FORMAT_WITH_SLOPES):
        raise ValueError(f"the pack has layout {form}, not {FORMAT} or {FORMAT_WITH_SLOPES}")
    names = tuple(parts[1].decode().split("\n")) if parts[1] else ()
    home = Bounds(*sides)
    frame = LocalFrame(lon_0, lat_0)
    edges = _read_edges(parts, 1 << unit_bits)
    barriers = read_chains(parts[10], 1 << unit_bits)
    network = _network(frame, home, names, edges, *barriers)
    if form == FORMAT_WITH_SLOPES:
        paces = Varints(parts[0][_HEADER.size :])
        pace = [paces.take() + PACE_UNIT for _ in range(2 * network.n_edges)]
        network = replace(network, edge_pace=np.array(pace, np.uint16).reshape(-1, 2))
    return network, home


@dataclass(frozen=True, slots=True, eq=False)
class _Edges:
    node_x: FloatArray
    node_y: FloatArray
    is_cut: BoolArray
    node: Int32Array
    kind: npt.NDArray[np.uint8]
    flags: npt.NDArray[np.uint16]
    bits: npt.NDArray[np.uint8]
    n_steps: Int32Array
    name: Int32Array
    first_point: Int32Array
    x: FloatArray
    y: FloatArray


def _read_edges(parts: list[bytes], units: int) -> _Edges:
    table = Varints(parts[2])
    classes = [(table.take(), table.take(), table.take()) for _ in range(table.take())]
    topology, class_of, name_of, steps, inner, dx, dy = map(Varints, parts[3:10])
    n_nodes, n_edges = topology.take(), topology.take()
    node_x, node_y = [0] * n_nodes, [0] * n_nodes
    ends, kinds, flags, bits, n_steps, names = [], [], [], [], [], []
    first_point, xs, ys = [0], [], []
    px = py = n_known = here = 0
    name = -1

    def step() -> None:
        nonlocal px, py
        px += dx.take_signed()
        py += dy.take_signed()
        xs.append(px)
        ys.append(py)

    for _ in range(n_edges):
        start = here - topology.take_signed()
        if start == n_known:
            n_known += 1
            step()
            node_x[start], node_y[start] = px, py
        else:
            px, py = node_x[start], node_y[start]
            xs.append(px)
            ys.append(py)
        back = topology.take()
        for _ in range(inner.take()):
            step()
        end = n_known - back
        if back == 0:
            n_known += 1
            step()
            node_x[end], node_y[end] = px, py
        else:
            px, py = node_x[end], node_y[end]
            xs.append(px)
            ys.append(py)
        here = end
        first_point.append(len(xs))
        ends.append((start, end))
        kind, flag, bit = classes[class_of.take()]
        kinds.append(kind)
        flags.append(flag)
        bits.append(bit)
        told = name_of.take()
        name = name if told == 0 else told - 2
        names.append(name)
        n_steps.append(steps.take() if flag & int(Flag.STEPS) else 0)
    is_cut = np.zeros(n_nodes, np.bool_)
    at = 0
    while not dy.is_done:
        at += dy.take()
        is_cut[at] = True
    return _Edges(
        np.array(node_x) / units, np.array(node_y) / units, is_cut,
        np.array(ends, np.int32).reshape(-1, 2), np.array(kinds, np.uint8),
        np.array(flags, np.uint16), np.array(bits, np.uint8), np.array(n_steps, np.int32),
        np.array(names, np.int32), np.array(first_point, np.int32),
        np.array(xs) / units, np.array(ys) / units,
    )  # fmt: skip


def _network(
    frame: LocalFrame,
    home: Bounds,
    names: tuple[str, ...],
    edges: _Edges,
    barrier_x: FloatArray,
    barrier_y: FloatArray,
    barrier_kind: npt.NDArray[np.uint8],
    barrier_starts: Int32Array,
    water: shapely.MultiPolygon,
) -> WalkNetwork:
    m, n = len(edges.node), len(edges.node_x)
    point_edge = np.repeat(np.arange(m, dtype=np.int32), np.diff(edges.first_point))
    along = _metres_along(edges.x, edges.y, edges.first_point)
    length = along[edges.first_point[1:] - 1]
    # Arcs of a vertex: those along its edges first, then those against, each in order of edges.
    arc_from = edges.node.T.ravel()
    order = np.argsort(arc_from, kind="stable")
    first_arc = np.zeros(n + 1, np.int32)
    np.cumsum(np.bincount(arc_from, minlength=n), out=first_arc[1:])
    place = np.empty(2 * m, np.int32)
    place[order] = np.arange(2 * m, dtype=np.int32)
    arc_edge = (order % m).astype(np.int32)
    is_backward = order >= m
    bits = edges.bits
    enters = np.column_stack([bits & _ENTERS_ON, bits & _ENTERS_BACK]) != 0
    part = np.zeros(n, np.int32)
    part[edges.node[(bits & _ISLAND) != 0].ravel()] = 1
    is_segment = (point_edge[:-1] == point_edge[1:]) & (length[point_edge[:-1]] > 0)
    return WalkNetwork(
        frame=frame,
        bounds=home,
        provenance=Provenance("", None, None, None, ""),
        names=names,
        node_x_m=edges.node_x,
        node_y_m=edges.node_y,
        node_is_cut=edges.is_cut,
        node_part=part,
        part_length_m=np.array([np.inf, 0.0]),
        first_arc=first_arc,
        arc_to=edges.node.T[::-1].ravel()[order],
        arc_edge=arc_edge,
        arc_is_backward=is_backward,
        arc_enters_private=enters[arc_edge, is_backward.astype(np.intp)],
        edge_arc=np.ascontiguousarray(place.reshape(2, m).T),
        edge_node=edges.node,
        edge_length_m=length,
        edge_kind=edges.kind,
        edge_flags=edges.flags,
        edge_is_open=np.column_stack([bits & _OPEN_ON, bits & _OPEN_BACK]) != 0,
        edge_n_steps=edges.n_steps,
        edge_name=edges.name,
        edge_way=np.zeros(m, np.int64),
        edge_first_point=edges.first_point,
        point_x_m=edges.x,
        point_y_m=edges.y,
        point_along_m=along,
        point_edge=point_edge,
        street_index=build_index(edges.x, edges.y, np.flatnonzero(is_segment).astype(np.int32)),
        barrier_x_m=barrier_x,
        barrier_y_m=barrier_y,
        barrier_kind=barrier_kind,
        barrier_index=build_index(barrier_x, barrier_y, barrier_starts),
        water_wkb=quantised_water(water),
    )


def _metres_along(x: FloatArray, y: FloatArray, first_point: Int32Array) -> FloatArray:
    """Return how far each point lies from the start of its edge, summed in order."""
    # Not hypot: square roots are the same to the last digit everywhere, hypot is not.
    steps = np.sqrt(np.diff(x) ** 2 + np.diff(y) ** 2).tolist()
    along = [0.0] * len(x)
    for first, last in zip(first_point[:-1].tolist(), first_point[1:].tolist(), strict=True):
        run = 0.0
        for i in range(first, last - 1):
            run += steps[i]
            along[i + 1] = run
    return np.array(along)
