"""
The walking network: frozen arrays that everything else searches.

`WalkNetwork` is a forward star. Vertices are junctions, ends and gates; edges are the stretches
between them and keep their shape, name and kind; every edge is two *arcs*, one each way, so that
costs may differ by direction. Walkers are applied late: the network holds metres and facts,
`WalkNetwork.costs` turns them into whole milliseconds or millimetres for one kind of walker.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import geopandas
import numpy as np
import numpy.typing as npt
import shapely

from circle.geometry import Bounds, LocalFrame
from circle.kernel import UNREACHED
from circle.provenance import Provenance
from circle.segments import SegmentIndex
from circle.terrain import PACE_UNIT, STEEP_SLOPE
from circle.units import Unit
from circle.walkers import Walker, arc_costs
from circle.walking import Flag, Kind

if TYPE_CHECKING:
    from circle.terrain import Heights

FloatArray = npt.NDArray[np.float64]
Int32Array = npt.NDArray[np.int32]
BoolArray = npt.NDArray[np.bool_]

ISLAND_BELOW_M = 1_000.0
"""A connected part shorter than this in all is an island, unless it is the longest there is."""

MAX_KNOWN_COSTS = 16
"""So many pairs of walker and unit are remembered."""

UNUSABLE, ISLAND, MAINLAND = 0, 1, 2
"""How willingly a position is joined to an edge, see `WalkNetwork.edge_rank`."""


@dataclass(frozen=True, eq=False, slots=True)
class EdgeCosts:
    """
    What it costs one walker to walk each edge and each arc, in whole milliseconds or millimetres.

    Parameters
    ----------
    edge
        Cost of each edge forward and backward, int32, shape ``(m, 2)``; `UNREACHED` where
        closed. Entering a gated way is not closed here: whoever starts inside may walk there.
    arc
        Cost of each arc, int32, shape ``(2 * m,)``, with the entries to gated ways closed.
    reversed_arc
        Cost of each arc walked against its direction: what a search *towards* a place uses.
    leave
        Cost of a whole edge when walking from a point on it to its first, to its last vertex;
        int32, shape ``(m, 2)``.
    arrive
        Cost of a whole edge when walking from its first, from its last vertex to a point on it.
    """

    edge: Int32Array
    arc: Int32Array
    reversed_arc: Int32Array
    leave: Int32Array
    arrive: Int32Array


class Workspace:
    """
    Reused arrays of one search, cleared by what was touched, not by the size of the network.

    Parameters
    ----------
    n_nodes, n_arcs
        Size of the network.
    """

    __slots__ = ("_scratch", "cost", "heap", "label", "n_arcs", "parent", "touched")

    def __init__(self, n_nodes: int, n_arcs: int) -> None:
        self.cost = np.full(n_nodes, UNREACHED, np.int32)
        self.label = np.empty(n_nodes, np.int32)
        self.parent = np.empty(n_nodes, np.int32)
        self.touched = np.empty(n_nodes, np.int32)
        self.n_arcs = n_arcs
        self.heap = np.empty(n_arcs + 16, np.int64)

        self._scratch: dict[str, npt.NDArray[Any]] = {}

    def scratch(self, name: str, size: int, dtype: npt.DTypeLike) -> npt.NDArray[Any]:
        """Return an array to write to, kept for the next search: fresh memory is dear."""
        array = self._scratch.get(name)
        if array is None or len(array) < size:
            array = self._scratch[name] = np.empty(size + size // 4, dtype)
        return array[:size]

    def heap_for(self, n_seeds: int) -> npt.NDArray[np.int64]:
        """Return a heap with room for every arc once and for so many seeds."""
        if len(self.heap) < self.n_arcs + n_seeds:
            self.heap = np.empty(self.n_arcs + n_seeds, np.int64)
        return self.heap


@dataclass(frozen=True, eq=False)
class WalkNetwork:
    """
    Streets to walk on, as arrays that cannot be written to.

    Made by `circle.read_streets`. With ``n`` vertices, ``m`` edges and ``p`` points of shape:

    Parameters
    ----------
    frame
        The local metric frame of all coordinates.
    bounds
        Extent of the data in degrees.
    provenance
        Where the data come from.
    names
        Street names, each once.
    node_x_m, node_y_m
        Position of every vertex, float64, shape ``(n,)``.
    node_is_cut
        Whether streets may go on beyond this vertex, outside the data, shape ``(n,)``: it lies at
        the rim of the stated extent, its way lacks its next node, or a main road ends there. A
        lane an extract's border has cut off at a node of its own leaves no trace in the file and
        is taken for a cul-de-sac.
    node_part
        Number of the connected part a vertex belongs to, longest part first, int32.
    part_length_m
        Length of all edges of each part, descending.
    first_arc
        Arcs of vertex ``v`` are ``first_arc[v]:first_arc[v + 1]``, int32, shape ``(n + 1,)``.
    arc_to, arc_edge
        Vertex an arc leads to and edge it walks, int32, shape ``(2 * m,)``.
    arc_is_backward
        Whether the arc walks its edge from its last point to its first.
    arc_enters_private
        Whether the arc leads from a public street into a gated way.
    edge_arc
        The forward and the backward arc of every edge, int32, shape ``(m, 2)``.
    edge_node
        First and last vertex of every edge, int32, shape ``(m, 2)``.
    edge_length_m
        Length along the shape, float64; 0 for the passage through a gate.
    edge_kind, edge_flags
        `circle.walking.Kind` (uint8) and `circle.walking.Flag` (uint16) of every edge.
    edge_is_open
        May one walk the edge forward, backward; shape ``(m, 2)``.
    edge_n_steps
        Number of steps, tagged or estimated, int32.
    edge_name
        Index into `names`, ``-1`` without a name, int32.
    edge_way
        OSM identifier of the way, int64; negative for a relation.
    edge_first_point
        Points of edge ``e`` are ``edge_first_point[e]:edge_first_point[e + 1]``, int32.
    point_x_m, point_y_m
        Shape of the edges, float64, shape ``(p,)``.
    point_along_m
        Metres from the start of its edge to each point, float64.
    point_edge
        Edge a point belongs to, int32.
    street_index
        Buckets over the segments of all edges but the passages through gates.
    barrier_x_m, barrier_y_m, barrier_kind
        Chains of what blocks the ground between streets, and `circle.walking.Barrier` by point.
    barrier_index
        Buckets over their segments.
    water_wkb
        Water areas in the metric frame, a MultiPolygon as WKB, uint8.
    node_height_m
        Height of every vertex, float32, nan where unknown; empty when no heights were given.
    edge_pace
        Time along and against every edge as a ratio to level ground, in parts of
        `circle.terrain.PACE_UNIT`, uint16, shape ``(m, 2)``; empty when no heights were given.
    derived
        What higher floors computed from the network and want to find again; lives as long as it.
    """

    frame: LocalFrame
    bounds: Bounds
    provenance: Provenance
    names: tuple[str, ...]
    node_x_m: FloatArray
    node_y_m: FloatArray
    node_is_cut: BoolArray
    node_part: Int32Array
    part_length_m: FloatArray
    first_arc: Int32Array
    arc_to: Int32Array
    arc_edge: Int32Array
    arc_is_backward: BoolArray
    arc_enters_private: BoolArray
    edge_arc: Int32Array
    edge_node: Int32Array
    edge_length_m: FloatArray
    edge_kind: npt.NDArray[np.uint8]
    edge_flags: npt.NDArray[np.uint16]
    edge_is_open: BoolArray
    edge_n_steps: Int32Array
    edge_name: Int32Array
    edge_way: npt.NDArray[np.int64]
    edge_first_point: Int32Array
    point_x_m: FloatArray
    point_y_m: FloatArray
    point_along_m: FloatArray
    point_edge: Int32Array
    street_index: SegmentIndex
    barrier_x_m: FloatArray
    barrier_y_m: FloatArray
    barrier_kind: npt.NDArray[np.uint8]
    barrier_index: SegmentIndex
    water_wkb: npt.NDArray[np.uint8]
    node_height_m: npt.NDArray[np.float32] = field(default_factory=lambda: np.empty(0, np.float32))
    edge_pace: npt.NDArray[np.uint16] = field(default_factory=lambda: np.empty((0, 2), np.uint16))
    _costs: dict[tuple[Walker, Unit], EdgeCosts] = field(default_factory=dict, repr=False)
    _rank: dict[tuple[int, int], npt.NDArray[np.uint8]] = field(default_factory=dict, repr=False)
    _workspaces: list[Workspace] = field(default_factory=list, repr=False)
    derived: dict[object, Any] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        for value in vars(self).values():
            if isinstance(value, np.ndarray):
                # Freezing the class does not freeze its arrays.
                value.setflags(write=False)

    def __repr__(self) -> str:
        km = self.edge_length_m.sum() / 1000
        return (
            f"<WalkNetwork of {self.provenance.source}: {self.n_edges} edges, "
            f"{self.n_nodes} vertices, {km:.1f} km>"
        )

    @property
    def n_nodes(self) -> int:
        """Number of vertices."""
        return len(self.node_x_m)

    @property
    def n_edges(self) -> int:
        """Number of edges, the passages through gates included."""
        return len(self.edge_length_m)

    @property
    def has_heights(self) -> bool:
        """Whether slopes count."""
        return len(self.edge_pace) > 0

    @cached_property
    def edge_is_island(self) -> BoolArray:
        """Edges on a connected part shorter than `ISLAND_BELOW_M`, the longest part excepted."""
        is_island = self.part_length_m < ISLAND_BELOW_M
        is_island[0] = False
        return is_island[self.node_part[self.edge_node[:, 0]]]

    @cached_property
    def water(self) -> shapely.MultiPolygon:
        """All water areas in the metric frame, prepared for many questions about points."""
        water = shapely.from_wkb(self.water_wkb.tobytes())
        shapely.prepare(water)
        assert isinstance(water, shapely.MultiPolygon)
        return water

    @cached_property
    def water_tree(self) -> shapely.STRtree:
        """The water areas in the metric frame, indexed; its `geometries` are Polygons."""
        return shapely.STRtree(shapely.get_parts(self.water))

    def costs(self, walker: Walker, unit: Unit) -> EdgeCosts:
        """
        Return what every edge and arc costs a walker; computed once per walker and unit.

        Parameters
        ----------
        walker
            Who walks.
        unit
            ``"min"``: whole milliseconds. ``"m"``: whole millimetres, closures kept.
        """
        known = self._costs.get((walker, unit))
        if known is None:
            known = self._compute_costs(walker, unit)
            # Anybody may invent speeds without end; the oldest make room.
            while len(self._costs) >= MAX_KNOWN_COSTS:
                self._costs.pop(next(iter(self._costs)), None)
            self._costs[(walker, unit)] = known
        return known

    def _compute_costs(self, walker: Walker, unit: Unit) -> EdgeCosts:
        forward, backward = arc_costs(
            walker,
            unit,
            self.edge_length_m,
            self.edge_kind,
            self.edge_flags,
            self.edge_n_steps,
            self.edge_is_open[:, 0],
            self.edge_is_open[:, 1],
            self.edge_pace / PACE_UNIT if self.has_heights else None,
        )
        edge = np.ascontiguousarray(np.stack([forward, backward], axis=1), np.int32)
        direction = self.arc_is_backward.astype(np.intp)
        arc = edge[self.arc_edge, direction]
        if not walker.enters_private:
            arc[self.arc_enters_private] = UNREACHED
        twin = self.edge_arc[self.arc_edge, 1 - direction]
        return EdgeCosts(
            edge=edge,
            arc=arc,
            reversed_arc=arc[twin],
            leave=np.ascontiguousarray(edge[:, ::-1]),
            arrive=np.ascontiguousarray(arc[self.edge_arc]),
        )

    def with_heights(self, heights: Heights, *, steep_slope: float = STEEP_SLOPE) -> WalkNetwork:
        """
        Return the same streets laid over the ground: walks up and down take longer.

        Parameters
        ----------
        heights
            From `circle.terrain.read_heights`; those the network had before are forgotten.
        steep_slope
            Rise over run from which on a wheelchair does not go.

        Returns
        -------
        network
            Its provenance tells the files and the share of streets whose heights they know.
        """
        from circle.terrain import Streets, profile_streets

        flags = self.edge_flags & ~np.uint16(Flag.STEEP)
        profile = profile_streets(
            Streets(
                frame=self.frame,
                node_x_m=self.node_x_m,
                node_y_m=self.node_y_m,
                edge_node=self.edge_node,
                length_m=self.edge_length_m,
                first_point=self.edge_first_point,
                point_x_m=self.point_x_m,
                point_y_m=self.point_y_m,
                point_along_m=self.point_along_m,
                is_off_ground=(flags & np.uint16(Flag.BRIDGE | Flag.TUNNEL)) != 0,
                is_exempt=((flags & np.uint16(Flag.STEPS)) != 0)
                | (self.edge_kind == Kind.ELEVATOR),
            ),
            heights,
            steep_slope=steep_slope,
        )
        return replace(
            self,
            provenance=replace(
                self.provenance,
                heights=heights.source,
                heights_share=round(profile.known_share, 4),
            ),
            edge_flags=flags | np.where(profile.is_steep, Flag.STEEP, 0).astype(np.uint16),
            node_height_m=profile.node_height_m,
            edge_pace=profile.pace,
            _costs={},
            _rank={},
            _workspaces=[],
            derived={},
        )

    def edge_rank(self, walker: Walker, *, is_visited: bool = False) -> npt.NDArray[np.uint8]:
        """
        Return how willingly a position is joined to each edge, for a walker, shape ``(m,)``.

        `MAINLAND`, `ISLAND` (only where nothing else is near), or `UNUSABLE`: passages through
        gates, and edges closed to the walker both ways. Tunnels count as islands: who stands
        above one is not in it.

        Parameters
        ----------
        walker
            Who walks.
        is_visited
            Whether the positions are places the public visits: their door is on a public street
            even where a gated way runs nearer, so gated ways count as islands.
        """
        last_resort = np.uint16(Flag.TUNNEL)
        if is_visited and not walker.enters_private:
            last_resort |= np.uint16(Flag.PRIVATE)
        closed = np.uint16(walker.closed_flags)
        key = (int(closed), int(last_resort))
        known = self._rank.get(key)
        if known is None:
            is_usable = (self.edge_length_m > 0) & ((self.edge_flags & closed) == 0)
            is_last = self.edge_is_island | ((self.edge_flags & last_resort) != 0)
            known = np.where(is_last, np.uint8(ISLAND), np.uint8(MAINLAND))
            known[~is_usable] = UNUSABLE
            known.setflags(write=False)
            self._rank[key] = known
        return known

    @contextmanager
    def workspace(self) -> Iterator[Workspace]:
        """Lend the arrays of one search; whoever borrows them hands them back cleared."""
        try:
            work = self._workspaces.pop()
        except IndexError:
            work = Workspace(self.n_nodes, len(self.arc_to))
        # Not returned when the search fails half-way: its arrays would not be clear.
        yield work
        self._workspaces.append(work)

    @property
    def inferred_share(self) -> float:
        """Share of the street length that is inferred, not mapped, 0 to 1."""
        is_inferred = self.edge_flags & Flag.INFERRED != 0
        total_m = float(self.edge_length_m.sum())
        return float(self.edge_length_m[is_inferred].sum()) / total_m if total_m > 0 else 0.0

    def edges_frame(self) -> geopandas.GeoDataFrame:
        """
        Return the edges as a table for maps and reports.

        Returns
        -------
        edges
            EPSG:4326, one row per edge with a length: ``edge_id``, ``name``, ``kind``,
            ``length_m``, ``is_steps``, ``is_private``, ``is_guessed``, ``is_bridge``,
            ``is_tunnel``, ``is_island``, ``evidence`` (``"mapped"``, ``"inferred"`` or
            ``"hand-drawn"``), ``osm_id`` and ``geometry``; with heights also ``pace_forward`` and
            ``pace_backward``, the time as a ratio to level ground.
        """
        shown = np.flatnonzero(self.edge_length_m > 0)
        lon, lat = self.frame.to_lonlat(self.point_x_m, self.point_y_m)
        is_drawn = self.edge_length_m[self.point_edge] > 0
        number = np.cumsum(self.edge_length_m > 0) - 1
        lines = shapely.linestrings(
            np.column_stack([lon, lat])[is_drawn], indices=number[self.point_edge[is_drawn]]
        )
        flags = self.edge_flags[shown]

        def has(flag: Flag) -> BoolArray:
            return np.asarray((flags & np.uint16(flag)) != 0)

        paces = {}
        if self.has_heights:
            ratio = self.edge_pace[shown] / PACE_UNIT
            paces = {"pace_forward": ratio[:, 0], "pace_backward": ratio[:, 1]}
        names = np.array([*self.names, None], object)
        kinds = {int(kind): kind.name.lower() for kind in Kind}
        return geopandas.GeoDataFrame(
            {
                "edge_id": shown,
                "name": names[self.edge_name[shown]],
                "kind": [kinds[int(kind)] for kind in self.edge_kind[shown]],
                "length_m": self.edge_length_m[shown],
                "is_steps": has(Flag.STEPS),
                "is_private": has(Flag.PRIVATE),
                "is_guessed": has(Flag.GUESSED),
                "is_bridge": has(Flag.BRIDGE),
                "is_tunnel": has(Flag.TUNNEL),
                "is_island": self.edge_is_island[shown],
                "evidence": np.where(
                    has(Flag.DRAWN),
                    "hand-drawn",
                    np.where(has(Flag.INFERRED), "inferred", "mapped"),
                ),
                "osm_id": self.edge_way[shown],
                **paces,
            },
            geometry=lines,
            crs="EPSG:4326",
        )
