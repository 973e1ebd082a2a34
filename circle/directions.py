"""The walk itself: its line, metres, seconds, steps and the streets it follows."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

import numpy as np
import shapely

from circle.errors import NoRouteError, PositionError
from circle.geometry import FloatArray, LonLat
from circle.kernel import NO_ARC, UNREACHED
from circle.network import Int32Array, WalkNetwork
from circle.positions import Located, locate
from circle.search import Search, access_costs, along_edge, cost_at, searching, share_of
from circle.snapping import SNAP_LIMIT_M, Snaps, snap
from circle.units import MAX_METRES, MAX_MINUTES, Unit
from circle.walkers import Walker, get_walker
from circle.walking import Kind

FIRST_DETOUR = 2.0
"""A first search goes this many times the crow-fly distance; only if it fails, to the limit."""


SAME_POINT_M = 0.01

BEND_DEGREES = 50.0
"""A sharper turn from one nameless street into another is told."""


@dataclass(frozen=True, slots=True)
class RouteLeg:
    """
    A stretch of one street.

    Parameters
    ----------
    street
        Its name; ``None`` where the map has none.
    kind
        Name of the `circle.walking.Kind`, lower case; ``"access"`` between a position and its
        street.
    length_m, time_s
        Along this stretch.
    n_steps
        Steps climbed or descended.
    turn_degrees
        Turn from the stretch before, clockwise positive, -180 to 180; 0 for the first.
    """

    street: str | None
    kind: str
    length_m: float
    time_s: float
    n_steps: int
    turn_degrees: float


@dataclass(frozen=True, slots=True)
class Route:
    """
    A walk from one position to another.

    Parameters
    ----------
    geometry
        The line in degrees, access legs included; at least two points.
    length_m, time_s, n_steps
        Of the whole walk.
    legs
        Its stretches in walking order.
    walker
        Key of the walker the times hold for.
    """

    geometry: shapely.LineString
    length_m: float
    time_s: float
    n_steps: int
    legs: tuple[RouteLeg, ...]
    walker: str


@dataclass(frozen=True, slots=True, eq=False)
class _Piece:
    """A stretch of one edge, from one fraction of its length to another, in walking order."""

    edge: int
    start: float
    end: float

    @property
    def share(self) -> float:
        return abs(self.end - self.start)

    def time_ms(self, edge_ms: Int32Array) -> int:
        """Return the whole milliseconds the search counted for this stretch."""
        return int(share_of(edge_ms[self.edge, int(self.end < self.start)], self.share))

    def xy(self, network: WalkNetwork) -> FloatArray:
        """Return its points in metres, shape ``(p, 2)``, in walking order."""
        first, last = network.edge_first_point[self.edge : self.edge + 2]
        along = network.point_along_m[first:last]
        low, high = sorted((self.start, self.end))
        length = network.edge_length_m[self.edge]
        between = along[(along > low * length) & (along < high * length)]
        at = np.concatenate([[low * length], between, [high * length]])
        xy = np.column_stack(
            [
                np.interp(at, along, network.point_x_m[first:last]),
                np.interp(at, along, network.point_y_m[first:last]),
            ]
        )
        return xy if self.end >= self.start else xy[::-1]


def route(
    network: WalkNetwork,
    origin: LonLat | tuple[float, float],
    destination: LonLat | tuple[float, float],
    *,
    walker: str | Walker = "adult",
    unit: Unit = "min",
    is_visit: bool = False,
) -> Route:
    """
    Return the quickest walk, or the shortest.

    Parameters
    ----------
    network
        Streets to walk on.
    origin, destination
        Positions inside the extent of the data.
    walker
        Who walks.
    unit
        ``"min"`` for the quickest walk, ``"m"`` for the shortest a standard measures.
    is_visit
        Whether the destination is a place the public visits, such as a facility: it is joined to
        a gated way only where no public street is near.

    Returns
    -------
    route
        Its `time_s` is, with ``"min"``, the answer of `circle.travel_times` to the millisecond.

    Raises
    ------
    PositionError
        If an end cannot be used, or lies farther than 100 m from any street open to the walker.
    NoRouteError
        If no walk of at most 120 minutes or 10 km joins the ends.

    Examples
    --------
    >>> from circle.streets import straight_street
    >>> walk = route(straight_street(length_m=600), (-0.001, 0), (0.001, 0))
    >>> round(walk.length_m, 1), round(walk.time_s, 1), len(walk.legs)
    (222.6, 185.5, 1)
    """
    who = get_walker(walker)
    start = locate(LonLat(*origin), within=network.bounds)
    end = locate(LonLat(*destination), within=network.bounds)
    start_snap = _joined(network, start, who, is_visited=False)
    end_snap = _joined(network, end, who, is_visited=is_visit)
    (x0,), (y0,) = start.xy(network.frame)
    (x1,), (y1,) = end.xy(network.frame)
    crow_m = math.hypot(x1 - x0, y1 - y0) + SNAP_LIMIT_M
    per_metre = 1000.0 if unit == "m" else 1000.0 / who.speed_m_s
    most = round(MAX_METRES * 1000 if unit == "m" else MAX_MINUTES * 60_000)
    for limit in (min(round(FIRST_DETOUR * crow_m * per_metre), most), most):
        with searching(network, start_snap, walker=who, unit=unit, limit=limit) as search:
            pieces = _walk(search, end_snap, int(access_costs(end_snap, who, unit)[0]))
        if pieces is not None:
            break
    else:
        raise NoRouteError(
            en=f"No walk of at most {MAX_MINUTES:g} minutes or {MAX_METRES / 1000:g} km leads from "
            "the start to the destination for this walker; choose another walker or another end.",
            zh=f"对这类步行者，起点与终点之间没有 {MAX_MINUTES:g} 分钟或 {MAX_METRES / 1000:g} "
            "公里以内的步行路线；请换一类步行者或换一个端点。",
        )
    legs = [
        _access_leg(start_snap, who),
        *_legs(network, who, pieces),
        _access_leg(end_snap, who),
    ]
    xy = np.concatenate([[(x0, y0)], *[piece.xy(network) for piece in pieces], [(x1, y1)]])
    is_new = np.append(True, np.hypot(*np.diff(xy, axis=0).T) > SAME_POINT_M)
    xy = xy[is_new] if is_new.sum() > 1 else xy[[0, -1]]
    return Route(
        geometry=shapely.LineString(np.column_stack(network.frame.to_lonlat(*xy.T))),
        length_m=sum(leg.length_m for leg in legs),
        time_s=round(sum(leg.time_s for leg in legs), 3),
        n_steps=sum(leg.n_steps for leg in legs),
        legs=tuple(leg for leg in legs if leg.length_m > SAME_POINT_M or leg.time_s > 0.1),
        walker=who.key,
    )


def _joined(network: WalkNetwork, position: Located, walker: Walker, *, is_visited: bool) -> Snaps:
    snaps = snap(network, *position.xy(network.frame), walker, is_visited=is_visited)
    if not snaps.is_snapped[0]:
        where = f"{position.lon[0]:.6f},{position.lat[0]:.6f}"
        raise PositionError(
            en=f"There is no street open to this walker within {SNAP_LIMIT_M:g} m of {where}; "
            "move the position nearer to a street.",
            zh=f"{where} 周围 {SNAP_LIMIT_M:g} 米内没有该步行者可走的道路；请把位置移近道路。",
        )
    return snaps


def _walk(search: Search, end: Snaps, end_access: int) -> list[_Piece] | None:
    """Trace the search back from the destination; ``None`` where it was not reached."""
    network, start, work = search.network, search.snaps, search.work
    edge, fraction = int(end.edge[0]), float(end.fraction[0])
    start_edge, start_fraction = int(start.edge[0]), float(start.fraction[0])
    best, side = cost_at(edge, fraction, network.edge_node, search.from_node, work.cost)
    if edge == start_edge:
        direct = along_edge(search.costs.edge, edge, start_fraction, fraction)
        if direct != UNREACHED and int(direct) + int(search.access[0]) <= best:
            within = int(direct) + int(search.access[0]) + end_access <= search.limit
            return [_Piece(edge, start_fraction, fraction)] if within else None
    if best + end_access > search.limit:
        return None
    pieces = [_Piece(edge, float(side), fraction)]
    vertex = network.edge_node[edge, side]
    while (arc := work.parent[vertex]) != NO_ARC:
        backward = int(network.arc_is_backward[arc])
        e = int(network.arc_edge[arc])
        pieces.append(_Piece(e, float(backward), float(1 - backward)))
        vertex = network.edge_node[e, backward]
    # Where the search set out: the end of the origin's edge that costs what the seed did. Both
    # ends of a loop are one vertex; then the cheaper way round is it.
    out = [
        (int(share_of(search.costs.leave[start_edge, s], abs(start_fraction - s))), s)
        for s in (0, 1)
        if network.edge_node[start_edge, s] == vertex
    ]
    pieces.append(_Piece(start_edge, start_fraction, float(min(out)[1])))
    return pieces[::-1]


def _legs(network: WalkNetwork, walker: Walker, pieces: list[_Piece]) -> Iterator[RouteLeg]:
    """
    Join pieces of one street into legs; a gate's passage belongs to the street before it.

    Streets without a name tell nobody where to turn: there every sharp bend begins a leg.
    """
    edge_ms = network.costs(walker, "min").edge
    streets: list[tuple[str | None, str, int]] = []
    bearing: float | None = None
    n_bends = 0
    for piece in pieces:
        if network.edge_length_m[piece.edge] == 0 and streets:
            streets.append(streets[-1])
            continue
        name = int(network.edge_name[piece.edge])
        if piece.share * network.edge_length_m[piece.edge] > SAME_POINT_M:
            enters, leaves = _bearings(piece.xy(network))
            if name < 0 and bearing is not None and abs(_turn(bearing, enters)) > BEND_DEGREES:
                n_bends += 1
            bearing = leaves
        kind = Kind(int(network.edge_kind[piece.edge])).name.lower()
        streets.append((network.names[name] if name >= 0 else None, kind, n_bends))
    bearing = None
    for _, group in groupby(zip(streets, pieces, strict=True), key=lambda at: at[0][0] or at[0]):
        on, stretch = zip(*group, strict=True)
        name, kind, _ = on[0]
        length_m = sum(p.share * float(network.edge_length_m[p.edge]) for p in stretch)
        turn = 0.0
        if length_m > 0:
            enters, leaves = _bearings(np.concatenate([p.xy(network) for p in stretch]))
            if bearing is not None:
                turn = _turn(bearing, enters)
            bearing = leaves
        yield RouteLeg(
            street=name,
            kind=kind,
            length_m=length_m,
            time_s=sum(p.time_ms(edge_ms) for p in stretch) / 1000,
            n_steps=sum(round(p.share * int(network.edge_n_steps[p.edge])) for p in stretch),
            turn_degrees=round(turn, 1),
        )


def _turn(before: float, after: float) -> float:
    """Return the turn from one compass bearing to another, -180 to 180, clockwise positive."""
    return (after - before + 180.0) % 360.0 - 180.0


def _access_leg(snaps: Snaps, walker: Walker) -> RouteLeg:
    time_s = int(access_costs(snaps, walker, "min")[0]) / 1000
    return RouteLeg(None, "access", float(snaps.distance_m[0]), time_s, 0, 0.0)


def _bearings(xy: FloatArray) -> tuple[float, float]:
    """Return the compass bearing at the start and at the end of a line, degrees."""
    steps = np.diff(xy, axis=0)
    steps = steps[np.hypot(*steps.T) > SAME_POINT_M]
    if not len(steps):
        return 0.0, 0.0
    degrees = np.degrees(np.arctan2(steps[:, 0], steps[:, 1]))
    return float(degrees[0]), float(degrees[-1])
