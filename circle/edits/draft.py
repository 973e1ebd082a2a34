"""
A network while it is being edited: what was added, cut and taken away, until it is built anew.

Every edge of the network, and every link drawn since, is a *line*. Nothing is changed in place:
lines collect cuts (where links join them), spans (stretches that are closed, or whose marks
change) and bars (gates across them), and `Draft.finish` makes edges of all that. A cut that no
link uses in the end is not made: a link drawn and closed again leaves the network as it was.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from circle.errors import EditError
from circle.network import WalkNetwork
from circle.network_build import Parts, assemble_network
from circle.terrain import PACE_UNIT, STEEP_SLOPE, pace_of_slope
from circle.walking import Flag, Kind

FloatArray = npt.NDArray[np.float64]

SAME_PLACE_M = 1.0
"""Nearer to an end of a line than this is at its end; nearer to another cut is that cut."""


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """
    A street to be, in metres.

    Parameters
    ----------
    xy_m
        Its shape, shape ``(p, 2)``.
    ends
        First and last vertex.
    kind, flags, is_open, n_steps, name, way
        As in `WalkNetwork`; `name` is an index.
    pace
        As in `WalkNetwork`, along and against; ``None`` to reckon it from the ends' heights.
    """

    xy_m: FloatArray
    ends: tuple[int, int]
    kind: int
    flags: int
    is_open: tuple[bool, bool] = (True, True)
    n_steps: int = 0
    name: int = -1
    way: int = 0
    pace: tuple[int, int] | None = None

    @property
    def along_m(self) -> FloatArray:
        """Metres from the start to each point."""
        steps = np.hypot(*np.diff(self.xy_m, axis=0).T)
        return np.round(np.append(0.0, np.cumsum(steps)), 6)

    def part(self, start_m: float, end_m: float) -> FloatArray:
        """Return the shape between two places along it."""
        along = self.along_m
        inner = self.xy_m[(along > start_m + 1e-6) & (along < end_m - 1e-6)]
        return np.vstack([self.point(start_m), inner, self.point(end_m)])

    def point(self, at_m: float) -> FloatArray:
        """Return the place so many metres along."""
        along = self.along_m
        return np.array([np.interp(at_m, along, self.xy_m[:, axis]) for axis in (0, 1)])


@dataclass(frozen=True, slots=True)
class Spot:
    """A place on a line: where along it, its position, and how far off it one asked."""

    line: int
    along_m: float
    x_m: float
    y_m: float
    away_m: float


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a line that is taken out, or whose marks change."""

    start_m: float
    end_m: float
    is_removed: bool = False
    set_flags: int = 0
    clear_flags: int = 0


@dataclass(frozen=True, slots=True)
class Bar:
    """Something across a line: shut (no flags), or passed by those its flags let."""

    at_m: float
    flags: int | None


@dataclass(slots=True, eq=False)
class Draft:
    """
    Changes to a network.

    Parameters
    ----------
    network
        What they are made to; stays as it is.
    """

    network: WalkNetwork
    added: list[Line] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    cuts: dict[int, list[tuple[float, int]]] = field(default_factory=lambda: defaultdict(list))
    spans: dict[int, list[Span]] = field(default_factory=lambda: defaultdict(list))
    bars: dict[int, list[Bar]] = field(default_factory=lambda: defaultdict(list))
    moved: dict[tuple[int, int], int] = field(default_factory=dict)
    passages: list[tuple[int, int, int]] = field(default_factory=list)
    node_xy_m: list[tuple[float, float]] = field(default_factory=list)
    node_height_m: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.names = list(self.network.names)

    @property
    def n_lines(self) -> int:
        """Number of lines: edges of the network first, then those added."""
        return self.network.n_edges + len(self.added)

    def line(self, number: int) -> Line:
        """Return a line."""
        net = self.network
        if number >= net.n_edges:
            return self.added[number - net.n_edges]
        points = slice(*net.edge_first_point[number : number + 2])
        first, last = net.edge_node[number].tolist()
        pace = net.edge_pace[number].tolist() if net.has_heights else (PACE_UNIT, PACE_UNIT)
        return Line(
            xy_m=np.column_stack([net.point_x_m[points], net.point_y_m[points]]),
            ends=(
                self.moved.get((number, 0), first),
                self.moved.get((number, 1), last),
            ),
            kind=int(net.edge_kind[number]),
            flags=int(net.edge_flags[number]),
            is_open=tuple(net.edge_is_open[number].tolist()),
            n_steps=int(net.edge_n_steps[number]),
            name=int(net.edge_name[number]),
            way=int(net.edge_way[number]),
            pace=tuple(pace),
        )

    def length_m(self, number: int) -> float:
        """Return the length of a line."""
        if number < self.network.n_edges:
            return float(self.network.edge_length_m[number])
        return float(self.added[number - self.network.n_edges].along_m[-1])

    def name_number(self, name: str) -> int:
        """Return the index of a street name; -1 of an empty one."""
        name = name.strip()
        if not name:
            return -1
        if name not in self.names:
            self.names.append(name)
        return self.names.index(name)

    def flags(self, number: int, at_m: float) -> int:
        """Return the marks of a line at a place, changes included."""
        flags = int(
            self.network.edge_flags[number]
            if number < self.network.n_edges
            else self.added[number - self.network.n_edges].flags
        )
        return _marked(flags, self.spans.get(number, ()), at_m)

    def is_removed(self, number: int, at_m: float) -> bool:
        """Say whether a line is closed at a place."""
        return any(
            span.is_removed and span.start_m <= at_m <= span.end_m
            for span in self.spans.get(number, ())
        )

    def nodes_near(self, x_m: float, y_m: float, reach_m: float) -> npt.NDArray[np.intp]:
        """Return the vertices of the network within reach, nearest first."""
        net = self.network
        away = np.hypot(net.node_x_m - x_m, net.node_y_m - y_m)
        near = np.flatnonzero(away <= reach_m)
        return np.asarray(near[np.argsort(away[near], kind="stable")])

    def spots(
        self, x_m: float, y_m: float, reach_m: float, *, without_flags: int = 0
    ) -> list[Spot]:
        """
        Return the nearest place of every line within reach, nearest first.

        Parameters
        ----------
        x_m, y_m
            Position.
        reach_m
            Farthest.
        without_flags
            Lines with any of these marks do not count.
        """
        best: dict[int, Spot] = {}
        for number, xy, along in self._segments(x_m, y_m, reach_m):
            if self.flags(number, 0.0) & without_flags:
                continue
            (ax, ay), (bx, by) = xy
            dx, dy = bx - ax, by - ay
            square = dx * dx + dy * dy
            t = 0.0 if square == 0 else ((x_m - ax) * dx + (y_m - ay) * dy) / square
            t = min(max(t, 0.0), 1.0)
            x, y = ax + t * dx, ay + t * dy
            away = float(np.hypot(x - x_m, y - y_m))
            at_m = along[0] + t * (along[1] - along[0])
            if away > reach_m or self.is_removed(number, at_m):
                continue
            if number not in best or away < best[number].away_m - 1e-9:
                best[number] = Spot(number, float(at_m), float(x), float(y), away)
        return sorted(best.values(), key=lambda spot: (round(spot.away_m, 6), spot.line))

    def _segments(
        self, x_m: float, y_m: float, reach_m: float
    ) -> Iterator[tuple[int, tuple[Any, Any], tuple[float, float]]]:
        """Yield line, ends and metres along of the segments that may lie within reach."""
        net = self.network
        index = net.street_index
        west, south, size, columns, rows = index.shape.tolist()
        columns, rows = int(columns), int(rows)
        left = max(int((x_m - reach_m - west) // size), 0)
        right = min(int((x_m + reach_m - west) // size), columns - 1)
        bottom = max(int((y_m - reach_m - south) // size), 0)
        top = min(int((y_m + reach_m - south) // size), rows - 1)
        near = {
            int(i)
            for row in range(bottom, top + 1)
            for column in range(left, right + 1)
            for i in index.segment[slice(*index.first[row * columns + column :][:2])]
        }
        px, py, along = net.point_x_m, net.point_y_m, net.point_along_m
        for i in sorted(near):
            ends = ((px[i], py[i]), (px[i + 1], py[i + 1]))
            yield int(net.point_edge[i]), ends, (along[i], along[i + 1])
        for number, line in enumerate(self.added, start=net.n_edges):
            metres = line.along_m
            for i in range(len(line.xy_m) - 1):
                yield number, (line.xy_m[i], line.xy_m[i + 1]), (metres[i], metres[i + 1])

    def new_node(self, x_m: float, y_m: float, height_m: float) -> int:
        """Return the number of a vertex made here."""
        self.node_xy_m.append((float(x_m), float(y_m)))
        self.node_height_m.append(height_m)
        return self.network.n_nodes + len(self.node_xy_m) - 1

    def height_m(self, node: int) -> float:
        """Return the height of a vertex; nan where unknown."""
        n = self.network.n_nodes
        if node >= n:
            return self.node_height_m[node - n]
        return float(self.network.node_height_m[node]) if self.network.has_heights else np.nan

    def join(self, spot: Spot) -> int:
        """Return the vertex at a place of a line: one of its ends, or a cut."""
        line, length = self.line(spot.line), self.length_m(spot.line)
        at_m = spot.along_m
        # A lift is entered at its doors only.
        is_lift = line.kind == Kind.ELEVATOR
        if at_m <= SAME_PLACE_M or (is_lift and at_m < length / 2):
            return line.ends[0]
        if at_m >= length - SAME_PLACE_M or is_lift:
            return line.ends[1]
        for known_m, node in self.cuts[spot.line]:
            if abs(known_m - at_m) <= SAME_PLACE_M:
                return node
        node = self._node_along(line, at_m, length)
        self.cuts[spot.line].append((at_m, node))
        return node

    def position(self, node: int) -> tuple[float, float]:
        """Return where a vertex lies, metres."""
        n = self.network.n_nodes
        if node >= n:
            return self.node_xy_m[node - n]
        return float(self.network.node_x_m[node]), float(self.network.node_y_m[node])

    def finish(self) -> WalkNetwork:
        """Return the edited network; vertices without edges are left out."""
        net = self.network
        touched = {*self.cuts, *self.spans, *self.bars, *(number for number, _ in self.moved)}
        base = sorted(number for number in touched if number < net.n_edges)
        pieces: list[Line] = []
        for number in range(net.n_edges, self.n_lines):
            pieces += self._pieces(number, used=None)
        used = {node for piece in pieces for node in piece.ends}
        used |= {node for a, b, _ in self.passages for node in (a, b)}
        pieces = [piece for number in base for piece in self._pieces(number, used)] + pieces
        pieces += [self._passage(*passage) for passage in self.passages]
        kept = np.ones(net.n_edges, np.bool_)
        kept[base] = False
        if not ((net.edge_length_m[kept] > 0).any() or any(p.kind != Kind.GATE for p in pieces)):
            raise EditError(
                en="These edits close every street there is; leave some open.",
                zh="这些修改封闭了所有道路；请至少保留一些。",
            )
        return self._assembled(kept, [self._with_pace(piece) for piece in pieces])

    def _pieces(self, number: int, used: set[int] | None) -> list[Line]:
        """Cut a line up; of its cuts only those at vertices in use, all where not told."""
        line, length = self.line(number), self.length_m(number)
        spans = self.spans.get(number, [])
        if length == 0:
            flags = _marked(line.flags, spans, 0.0)
            gone = any(span.is_removed for span in spans)
            return [] if gone else [replace(line, flags=flags)]
        stops: dict[float, tuple[int, int]] = {}
        for at_m, node in self.cuts.get(number, []):
            if used is None or node in used:
                stops[at_m] = (node, node)
        for span in spans:
            for at_m in (span.start_m, span.end_m):
                if 0 < at_m < length and at_m not in stops:
                    node = self._node_along(line, at_m, length)
                    stops[at_m] = (node, node)
        for bar in self.bars.get(number, []):
            clear_m = min(SAME_PLACE_M, length / 2)
            at_m = min(max(bar.at_m, clear_m), length - clear_m)
            before, after = (self._node_along(line, at_m, length) for _ in range(2))
            if bar.flags is not None:
                known = stops.get(at_m)
                middle = known[0] if known else self._node_along(line, at_m, length)
                self.passages += [(before, middle, bar.flags), (middle, after, bar.flags)]
            stops[at_m] = (before, after)
        at = sorted(stops)
        starts = [(0.0, line.ends[0])] + [(m, stops[m][1]) for m in at]
        ends = [(m, stops[m][0]) for m in at] + [(length, line.ends[1])]
        found, steps_left = [], line.n_steps
        lengths = [end[0] - start[0] for start, end in zip(starts, ends, strict=True)]
        longest = lengths.index(max(lengths))
        for at_piece, ((start_m, first), (end_m, last)) in enumerate(
            zip(starts, ends, strict=True)
        ):
            is_last = end_m == length
            n_steps = steps_left if is_last else round(line.n_steps * (end_m - start_m) / length)
            n_steps = min(n_steps, steps_left)
            steps_left -= n_steps
            middle_m = (start_m + end_m) / 2
            if any(s.is_removed and s.start_m <= middle_m <= s.end_m for s in spans):
                continue
            flags = _marked(line.flags, spans, middle_m)
            if at_piece != longest:
                # One waits for one's turn, or for the lift, once, however often the way is cut.
                flags &= ~int(Flag.CROSSING | Flag.ELEVATOR)
            found.append(
                replace(
                    line,
                    xy_m=line.part(start_m, end_m) if stops else line.xy_m,
                    ends=(first, last),
                    flags=flags,
                    n_steps=n_steps,
                )
            )
        return found

    def _node_along(self, line: Line, at_m: float, length_m: float) -> int:
        """Return a new vertex at a place of a line, as high as its ends let expect."""
        first, last = (self.height_m(node) for node in line.ends)
        x, y = line.point(at_m).tolist()
        return self.new_node(x, y, first + (last - first) * at_m / length_m)

    def _passage(self, first: int, last: int, flags: int) -> Line:
        at = self.position(last)
        return Line(np.array([at, at]), (first, last), int(Kind.GATE), flags)

    def _with_pace(self, line: Line) -> Line:
        """Return a line with its pace; one drawn by hand rises evenly between its ends."""
        if line.pace is not None or not self.network.has_heights:
            return line
        length = float(line.along_m[-1])
        rise = self.height_m(line.ends[1]) - self.height_m(line.ends[0])
        is_level = length == 0 or not np.isfinite(rise) or bool(line.flags & Flag.STEPS)
        slope = 0.0 if is_level or line.kind == Kind.ELEVATOR else rise / length
        pace = np.rint(pace_of_slope([slope, -slope]) * PACE_UNIT).astype(int).tolist()
        steep = int(Flag.STEEP) if abs(slope) > STEEP_SLOPE else 0
        return replace(line, pace=(pace[0], pace[1]), flags=line.flags | steep)

    def _assembled(self, kept: npt.NDArray[np.bool_], pieces: list[Line]) -> WalkNetwork:
        net = self.network
        points = kept[net.point_edge]
        xy = np.concatenate([np.empty((0, 2)), *(piece.xy_m for piece in pieces)])
        along = np.concatenate([np.empty(0), *(piece.along_m for piece in pieces)])
        sizes = np.append(
            np.diff(net.edge_first_point)[kept], [len(piece.xy_m) for piece in pieces]
        )

        def joined(base: npt.NDArray[Any], more: list[Any]) -> npt.NDArray[Any]:
            if not more:
                return np.asarray(base[kept])
            return np.concatenate([base[kept], np.array(more, base.dtype)])

        ends = joined(net.edge_node, [piece.ends for piece in pieces])
        own, number = np.unique(ends, return_inverse=True)
        n_new = len(self.node_xy_m)
        new_xy = np.array(self.node_xy_m, np.float64).reshape(-1, 2)
        others: dict[str, Any] = {}
        if net.has_heights:
            height = np.append(net.node_height_m, np.array(self.node_height_m, np.float32))
            others = {
                "node_height_m": height[own].astype(np.float32),
                "edge_pace": joined(net.edge_pace, [piece.pace for piece in pieces]),
            }
        return assemble_network(
            Parts(
                node_x_m=np.append(net.node_x_m, new_xy[:, 0])[own],
                node_y_m=np.append(net.node_y_m, new_xy[:, 1])[own],
                node_is_cut=np.append(net.node_is_cut, np.zeros(n_new, np.bool_))[own],
                edge_node=np.ascontiguousarray(number.reshape(-1, 2), np.int32),
                edge_kind=joined(net.edge_kind, [piece.kind for piece in pieces]),
                edge_flags=joined(net.edge_flags, [piece.flags for piece in pieces]),
                edge_is_open=joined(net.edge_is_open, [piece.is_open for piece in pieces]),
                edge_n_steps=joined(net.edge_n_steps, [piece.n_steps for piece in pieces]),
                edge_name=joined(net.edge_name, [piece.name for piece in pieces]),
                edge_way=joined(net.edge_way, [piece.way for piece in pieces]),
                edge_first_point=np.append(0, np.cumsum(sizes)).astype(np.int32),
                point_x_m=np.append(net.point_x_m[points], xy[:, 0]),
                point_y_m=np.append(net.point_y_m[points], xy[:, 1]),
                point_along_m=np.append(net.point_along_m[points], along),
            ),
            frame=net.frame,
            bounds=net.bounds,
            provenance=net.provenance,
            names=tuple(self.names),
            barrier_x_m=net.barrier_x_m,
            barrier_y_m=net.barrier_y_m,
            barrier_kind=net.barrier_kind,
            barrier_index=net.barrier_index,
            water_wkb=net.water_wkb,
            **others,
        )


def _marked(flags: int, spans: Any, at_m: float) -> int:
    for span in spans:
        if span.start_m <= at_m <= span.end_m:
            flags = (flags | span.set_flags) & ~span.clear_flags
    return flags
