"""
Builds a `WalkNetwork` from the tables of a street reader.

Ways are cut into edges at junctions, ends and gates. Two ways meet only where they share a node:
a bridge is not joined to what it crosses. A gate that not everybody passes becomes one vertex per
way that ends there; passages of no length join them and carry the gate's rule.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from circle.geometry import LocalFrame
from circle.network import BoolArray, FloatArray, Int32Array, WalkNetwork
from circle.segments import build_index
from circle.streets_table import StreetTable
from circle.walking import TREAD_M, Barrier, Flag, Kind

Int64Array = npt.NDArray[np.int64]
FlagArray = npt.NDArray[np.uint16]

CUT_MARGIN_M = 20.0
"""A street that ends this close to the rim of the data is taken to go on beyond it."""


def build_network(table: StreetTable) -> WalkNetwork:
    """
    Return the walking network of a street table.

    Parameters
    ----------
    table
        What a reader found; not changed.

    Returns
    -------
    network
        All walkable ways, islands included.
    """
    west, south, east, north = map(float, table.bounds)
    frame = LocalFrame(round((west + east) / 2, 6), round((south + north) / 2, 6))
    x, y = frame.to_xy(table.lon, table.lat)

    stretch_node, stretch_way, stretch_first, stretch_point = _split_at_junctions(table)
    copy_node, passages, passage_flags = _open_gates(table, stretch_node)
    n_passages = len(passages)

    # Vertices keep the order of the source's nodes: neighbours lie close in memory.
    used, number = np.unique(np.concatenate([stretch_node, passages]), return_inverse=True)
    edge_node: Int32Array = number.reshape(-1, 2).astype(np.int32)
    node_of = np.concatenate([np.arange(len(table.node_id)), copy_node])[used]

    point = np.concatenate([stretch_point, node_of[edge_node[len(stretch_way) :].ravel()]])
    first_point = np.concatenate(
        [stretch_first, stretch_first[-1] + 2 * np.arange(1, n_passages + 1)]
    ).astype(np.int32)
    along = _metres_along(x[point], y[point], first_point)
    length = along[first_point[1:] - 1]

    rules = table.way_rules
    kind_of_way = np.fromiter((rule.kind for rule in rules), np.uint8, len(rules))
    flags_of_way = np.fromiter((rule.flags for rule in rules), np.uint16, len(rules))
    is_open_way = np.array([(rule.forward, rule.backward) for rule in rules], np.bool_)
    flags = np.append(flags_of_way[stretch_way], passage_flags)
    way = np.append(stretch_way, np.full(n_passages, -1))
    barrier_x, barrier_y, barrier_kind, barrier_starts, water_wkb = _barriers(table, frame)
    return assemble_network(
        Parts(
            node_x_m=x[node_of],
            node_y_m=y[node_of],
            node_is_cut=table.cut_node[node_of]
            | _goes_on_outside(table, frame, node_of, edge_node),
            edge_node=edge_node,
            edge_kind=np.append(kind_of_way[stretch_way], np.full(n_passages, Kind.GATE, np.uint8)),
            edge_flags=flags,
            edge_is_open=np.concatenate([is_open_way[stretch_way], np.ones((n_passages, 2), bool)]),
            edge_n_steps=_steps(table, stretch_way, length, flags),
            edge_name=np.where(way >= 0, table.way_name[way], -1).astype(np.int32),
            edge_way=np.where(way >= 0, table.way_id[way], 0),
            edge_first_point=first_point,
            point_x_m=x[point],
            point_y_m=y[point],
            point_along_m=along,
        ),
        frame=frame,
        bounds=table.bounds,
        provenance=table.provenance,
        names=tuple(table.names),
        barrier_x_m=barrier_x,
        barrier_y_m=barrier_y,
        barrier_kind=barrier_kind,
        barrier_index=build_index(barrier_x, barrier_y, barrier_starts),
        water_wkb=water_wkb,
    )


@dataclass(frozen=True, slots=True, eq=False)
class Parts:
    """What a network is put together from; the arrays are those of `WalkNetwork`."""

    node_x_m: FloatArray
    node_y_m: FloatArray
    node_is_cut: BoolArray
    edge_node: Int32Array
    edge_kind: npt.NDArray[np.uint8]
    edge_flags: FlagArray
    edge_is_open: BoolArray
    edge_n_steps: Int32Array
    edge_name: Int32Array
    edge_way: Int64Array
    edge_first_point: Int32Array
    point_x_m: FloatArray
    point_y_m: FloatArray
    point_along_m: FloatArray


def assemble_network(parts: Parts, **others: Any) -> WalkNetwork:
    """
    Return a network of vertices and edges: its arcs, connected parts and index follow from them.

    Parameters
    ----------
    parts
        Vertices, edges and their shapes; every vertex is an end of an edge.
    others
        The fields of `WalkNetwork` that do not follow: frame, extent, barriers and so on.
    """
    edge_node, n_nodes = parts.edge_node, len(parts.node_x_m)
    first_point = parts.edge_first_point
    point_edge = np.repeat(np.arange(len(edge_node), dtype=np.int32), np.diff(first_point))
    length = parts.point_along_m[first_point[1:] - 1]
    part, part_length = _parts(edge_node, length, n_nodes)
    first_arc, arc_to, arc_edge, arc_is_backward, edge_arc = _forward_star(edge_node, n_nodes)
    is_segment = (point_edge[:-1] == point_edge[1:]) & (length[point_edge[:-1]] > 0)
    arc_from = edge_node[arc_edge, arc_is_backward.astype(int)]
    return WalkNetwork(
        **{field.name: getattr(parts, field.name) for field in fields(parts)},
        node_part=part,
        part_length_m=part_length,
        first_arc=first_arc,
        arc_to=arc_to,
        arc_edge=arc_edge,
        arc_is_backward=arc_is_backward,
        arc_enters_private=_enters_private(edge_node, length, parts.edge_flags, arc_edge, arc_from),
        edge_arc=edge_arc,
        edge_length_m=length,
        point_edge=point_edge,
        street_index=build_index(
            parts.point_x_m, parts.point_y_m, np.flatnonzero(is_segment).astype(np.int32)
        ),
        **others,
    )


def _split_at_junctions(
    table: StreetTable,
) -> tuple[Int64Array, Int64Array, Int64Array, Int64Array]:
    """
    Cut the ways at gates, outside the data, and wherever ways, or a way and itself, share a node.

    Returns
    -------
    node, way, first_point, point
        First and last node of every stretch, its way, the offset of its points, its points.
    """
    is_vertex = np.bincount(table.way_node, minlength=len(table.node_id)) > 1
    is_vertex[list(table.node_rules)] = True
    # A walk out of the data must meet a vertex that says so, however far the next junction is.
    is_vertex |= _is_outside(table)
    is_stop = is_vertex[table.way_node]
    is_stop[table.way_first[:-1]] = True
    is_stop[table.way_first[1:] - 1] = True
    way_of_point = np.repeat(np.arange(len(table.way_id)), np.diff(table.way_first))
    stops = np.flatnonzero(is_stop)
    is_pair = way_of_point[stops[:-1]] == way_of_point[stops[1:]]
    begin, end = stops[:-1][is_pair], stops[1:][is_pair]
    size = end - begin + 1
    first_point = np.append(0, np.cumsum(size))
    position = np.arange(first_point[-1]) + np.repeat(begin - first_point[:-1], size)
    node = np.column_stack([table.way_node[begin], table.way_node[end]])
    return node, way_of_point[begin], first_point, table.way_node[position]


def _open_gates(
    table: StreetTable, stretch_node: Int64Array
) -> tuple[Int64Array, Int64Array, FlagArray]:
    """
    Give every stretch that ends at a gate a vertex of its own there (`stretch_node` is changed).

    Returns
    -------
    copy_node
        The node each new vertex stands on; new vertices are numbered after the nodes.
    passages
        Vertex pairs joined through a gate that some may pass, shape ``(k, 2)``.
    passage_flags
        Who may: the flags of those passages.
    """
    gates = table.node_rules
    ends = np.argwhere(np.isin(stretch_node, np.fromiter(gates, np.int64, len(gates))))
    copy_node = stretch_node[ends[:, 0], ends[:, 1]]
    copies = len(table.node_id) + np.arange(len(ends))
    stretch_node[ends[:, 0], ends[:, 1]] = copies
    passages, flags = [], []
    for copy, node in zip(copies, copy_node, strict=True):
        rule = gates[int(node)]
        if rule.blocks:
            continue
        passages.append((copy, node))
        flags.append(int(rule.flags))
    return (
        copy_node,
        np.array(passages, np.int64).reshape(-1, 2),
        np.array(flags, np.uint16),
    )


def _metres_along(x_m: FloatArray, y_m: FloatArray, first_point: Int32Array) -> FloatArray:
    """Return how far each point lies from the start of its edge."""
    steps = np.append(0.0, np.hypot(np.diff(x_m), np.diff(y_m)))
    steps[first_point[:-1]] = 0.0
    run = np.cumsum(steps)
    # Each edge starts at zero; subtracting a running total would cost the last digits of long
    # networks, so edges are summed from their own start.
    along = run - np.repeat(run[first_point[:-1]], np.diff(first_point))
    return np.asarray(np.round(along, 6))


def _steps(
    table: StreetTable, stretch_way: Int64Array, length_m: FloatArray, flags: FlagArray
) -> Int32Array:
    """Return the steps of every edge: its share of the tagged number, else by its length."""
    n_steps = np.zeros(len(length_m), np.int32)
    edge = np.flatnonzero(flags[: len(stretch_way)] & np.uint16(Flag.STEPS))
    way = stretch_way[edge]
    way_length = np.bincount(stretch_way, length_m[: len(stretch_way)], len(table.way_id))
    tagged = table.way_steps[way]
    share = length_m[edge] / np.maximum(way_length[way], 1e-9)
    estimated = np.maximum(np.rint(length_m[edge] / TREAD_M), 1)
    n_steps[edge] = np.where(tagged >= 0, np.rint(tagged * share), estimated)
    return n_steps


def _components(edge_node: Int32Array, n_nodes: int) -> Int32Array:
    """Return the connected part of every vertex."""
    graph = coo_array(
        (np.ones(len(edge_node), np.int8), (edge_node[:, 0], edge_node[:, 1])),
        shape=(n_nodes, n_nodes),
    )
    return np.asarray(connected_components(graph, directed=False)[1], np.int32)


def _parts(
    edge_node: Int32Array, length_m: FloatArray, n_nodes: int
) -> tuple[Int32Array, FloatArray]:
    """Number the connected parts from the longest; return the part of every vertex, the lengths."""
    part = _components(edge_node, n_nodes)
    part_length = np.bincount(part[edge_node[:, 0]], length_m, int(part.max()) + 1).astype(float)
    order = np.argsort(-part_length, kind="stable")
    rank = np.empty(len(order), np.int32)
    rank[order] = np.arange(len(order), dtype=np.int32)
    return rank[part], part_length[order]


def _forward_star(
    edge_node: Int32Array, n_nodes: int
) -> tuple[Int32Array, Int32Array, Int32Array, BoolArray, Int32Array]:
    """Return `first_arc`, `arc_to`, `arc_edge`, `arc_is_backward` and `edge_arc`."""
    n_edges = len(edge_node)
    arc_from = np.concatenate([edge_node[:, 0], edge_node[:, 1]])
    arc_to = np.concatenate([edge_node[:, 1], edge_node[:, 0]])
    order = np.argsort(arc_from, kind="stable")
    first_arc = np.zeros(n_nodes + 1, np.int32)
    np.cumsum(np.bincount(arc_from, minlength=n_nodes), out=first_arc[1:])
    place = np.empty(2 * n_edges, np.int32)
    place[order] = np.arange(2 * n_edges, dtype=np.int32)
    return (
        first_arc,
        arc_to[order],
        (order % n_edges).astype(np.int32),
        order >= n_edges,
        np.ascontiguousarray(place.reshape(2, n_edges).T),
    )


def _enters_private(
    edge_node: Int32Array,
    length_m: FloatArray,
    flags: FlagArray,
    arc_edge: Int32Array,
    arc_from: Int32Array,
) -> BoolArray:
    """
    Tell which arcs lead from the public streets into a gated way or through a private gate.

    Of every connected part of the network, the public streets are the longest piece that holds
    together without gated ways; other such pieces lie behind gates. Whoever starts behind a gate
    may leave; nobody passes through from outside.
    """
    is_private = (flags & np.uint16(Flag.PRIVATE)) != 0
    if not is_private.any():
        return np.zeros(len(arc_edge), np.bool_)
    n_nodes = int(edge_node.max()) + 1
    public = edge_node[~is_private]
    piece, piece_length = _parts(public, length_m[~is_private], n_nodes)
    part_of_piece = np.empty(len(piece_length), np.int64)
    part_of_piece[piece] = _components(edge_node, n_nodes)
    # Pieces are numbered from the longest: the first of each part is its longest.
    is_longest = np.zeros(len(piece_length), np.bool_)
    is_longest[np.unique(part_of_piece, return_index=True)[1]] = True
    is_public = np.zeros(n_nodes, np.bool_)
    is_public[public] = True
    is_public &= is_longest[piece]
    return np.asarray(is_private[arc_edge] & is_public[arc_from])


def _is_outside(table: StreetTable) -> BoolArray:
    """Tell which nodes of the ways lie outside the stated extent of the data."""
    west, south, east, north = table.bounds
    lon, lat = table.lon, table.lat
    return np.asarray((lon < west) | (lon > east) | (lat < south) | (lat > north))


def _goes_on_outside(
    table: StreetTable, frame: LocalFrame, node_of: Int64Array, edge_node: Int32Array
) -> BoolArray:
    """Tell which vertices lie outside the stated extent, or are ends of streets at its rim."""
    west, south, east, north = table.bounds
    lon, lat = table.lon[node_of], table.lat[node_of]
    x, y = frame.to_xy(lon, lat)
    x_rim, y_rim = frame.to_xy([west, east], [south, north])
    to_rim = np.minimum(
        np.minimum(x - x_rim[0], x_rim[1] - x), np.minimum(y - y_rim[0], y_rim[1] - y)
    )
    is_outside = _is_outside(table)[node_of]
    is_end = np.bincount(edge_node.ravel(), minlength=len(node_of)) == 1
    return np.asarray(is_outside | (is_end & (to_rim < CUT_MARGIN_M)))


def _barriers(
    table: StreetTable, frame: LocalFrame
) -> tuple[FloatArray, FloatArray, npt.NDArray[np.uint8], Int32Array, npt.NDArray[np.uint8]]:
    """Return barrier chains in metres, their kind, the starts of their segments, and the water."""
    geometries = np.array([geometry for _, geometry in table.barriers], object)
    kinds = np.array([kind for kind, _ in table.barriers], np.uint8)
    metric = shapely.transform(geometries, lambda c: np.column_stack(frame.to_xy(*c.T)))
    is_area = np.isin(shapely.get_type_id(metric), (3, 6))
    water = shapely.union_all(shapely.make_valid(metric[is_area & (kinds == Barrier.WATER)]))
    areas = [part for part in shapely.get_parts(water) if part.geom_type == "Polygon"]
    water = shapely.MultiPolygon(areas)
    rims = shapely.get_parts(shapely.boundary(water))
    is_line = ~is_area
    chains, owner = shapely.get_parts(metric[is_line], return_index=True)
    chains = np.append(chains, shapely.get_parts(rims))
    chain_kind = np.append(
        kinds[is_line][owner], np.full(len(chains) - len(owner), Barrier.WATER, np.uint8)
    )
    coordinates, chain = shapely.get_coordinates(chains, return_index=True)
    starts = np.flatnonzero(chain[:-1] == chain[1:]).astype(np.int32)
    return (
        np.ascontiguousarray(coordinates[:, 0]),
        np.ascontiguousarray(coordinates[:, 1]),
        chain_kind.astype(np.uint8)[chain],
        starts,
        np.frombuffer(shapely.to_wkb(water), np.uint8).copy(),
    )
