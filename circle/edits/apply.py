"""Lays edits over a network: `edit_network`, and what each kind of edit does to a draft."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import shapely

from circle.edits.draft import Bar, Draft, FloatArray, Line, Span, Spot
from circle.edits.model import LINK_TAGS, Closure, Edit, Gate, Link, edits_sha256
from circle.errors import EditError
from circle.network import WalkNetwork
from circle.walking import TREAD_M, Flag, classify_way

LINK_REACH_M = 30.0
"""The ends of a link are joined to a street within this distance."""

CLOSURE_REACH_M = 10.0
"""A closure lies along a street when it is drawn within this distance of it."""

CLOSURE_STEP_M = 2.0
CLOSURE_TURN = np.cos(np.radians(35.0))
"""And runs within 35° of its direction."""

RUNS_ALONG_M = 10.0
"""For at least so far, or most of a shorter street."""

SPAN_SNAP_M = 10.0
"""A closure that ends this close to the end of a street closes all of it."""

GATE_REACH_M = 10.0
"""A gate is the one the map has within this distance."""

GATE_ON_STREET_M = 2.0
GATE_LINK_M = 60.0
"""A gate where no street leads through is joined to streets on both sides within this distance."""

_PRIVATE, _GUESSED = int(Flag.PRIVATE), int(Flag.GUESSED)
_CLOSED_FLAGS = {
    "wheels": int(Flag.NO_WHEELS),
    "wheelchair": int(Flag.NO_WHEELCHAIR),
    "visitors": _PRIVATE,
}
_GATE_FLAGS = {"all": 0, "residents": _PRIVATE, "hours": _GUESSED}


def edit_network(
    network: WalkNetwork,
    edits: Sequence[Edit],
    *,
    refused: list[tuple[int, EditError]] | None = None,
) -> WalkNetwork:
    """
    Return a network with closures, links and gates drawn over it.

    Parameters
    ----------
    network
        Streets; they stay as they are.
    edits
        What is drawn, in this order: a closure closes links drawn before it, not after.
    refused
        Edits that do not fit these streets are noted here with their number, from 1, and left
        out; without it the first of them is an error.

    Returns
    -------
    network
        For everything a network is for. Its provenance tells how many edits were drawn over it;
        no edits at all give back the network itself.

    Raises
    ------
    EditError
        If an edit does not fit: a way that is not there, a link or a gate far from all streets.

    Examples
    --------
    >>> from circle.streets import straight_street
    >>> street = straight_street(length_m=300)
    >>> across = Closure(line=shapely.LineString([(0.0005, -0.0001), (0.0005, 0.0001)]))
    >>> cut = edit_network(street, [across])
    >>> cut.n_edges, round(float(cut.edge_length_m.sum()))
    (2, 300)
    """
    draft = Draft(network)
    done: list[Edit] = []
    for number, edit in enumerate(edits, start=1):
        try:
            if isinstance(edit, Link):
                _draw_link(draft, edit)
            elif isinstance(edit, Gate):
                _open_gate(draft, edit)
            else:
                _close(draft, edit)
            done.append(edit)
        except EditError as error:
            told = EditError(en=f"Edit {number}: {error.en}", zh=f"第 {number} 处修改：{error.zh}")
            if refused is None:
                raise told from error
            refused.append((number, told))
    if not done:
        return network
    edited = draft.finish()
    before = network.provenance
    sha256 = edits_sha256(done)
    if before.edits_sha256 is not None:
        sha256 = hashlib.sha256((before.edits_sha256 + sha256).encode()).hexdigest()
    told_of = replace(before, n_edits=before.n_edits + len(done), edits_sha256=sha256)
    return replace(edited, provenance=told_of)


def _metric(draft: Draft, shape: Any) -> Any:
    frame = draft.network.frame
    return shapely.transform(shape, lambda c: np.column_stack(frame.to_xy(*c.T)))


# -- links ----------------------------------------------------------------------------------------


def _draw_link(draft: Draft, link: Link) -> None:
    rule = classify_way(LINK_TAGS[link.kind])
    assert rule is not None
    flags = int(rule.flags) & ~_GUESSED | int(Flag.DRAWN)
    if link.residents_only:
        flags |= _PRIVATE
    if link.n_steps:
        flags |= int(Flag.STEPS | Flag.NO_WHEELS)
    xy = shapely.get_coordinates(_metric(draft, link.line))
    # Nobody steps off a footbridge into a tunnel that happens to run under its foot.
    without = 0 if link.kind in ("underpass", "elevator") else int(Flag.TUNNEL)
    spots = [_street_at(draft, xy[end], without) for end in (0, -1)]
    _add_link(draft, xy, spots, Line(xy, (0, 0), int(rule.kind), flags), link.n_steps, link.name)


def _street_at(draft: Draft, xy: FloatArray, without: int) -> Spot:
    found = draft.spots(float(xy[0]), float(xy[1]), LINK_REACH_M, without_flags=without)
    if not found:
        lon, lat = draft.network.frame.to_lonlat(*xy)
        raise EditError(
            en=f"the link ends at {float(lon):.6f},{float(lat):.6f}, farther than "
            f"{LINK_REACH_M:g} m from any street; draw it up to one.",
            zh=f"连线的端点 {float(lon):.6f},{float(lat):.6f} 距任何道路都超过 "
            f"{LINK_REACH_M:g} 米；请画到道路上。",
        )
    return found[0]


def _add_link(
    draft: Draft,
    xy: FloatArray,
    spots: Sequence[Spot],
    pattern: Line,
    n_steps: int | None,
    name: str,
) -> int:
    """Add a link between two places on streets; return its number."""
    first, last = (draft.join(spot) for spot in spots)
    if first == last:
        raise EditError(
            en="the link leads back to where it begins; draw it from one street to another.",
            zh="连线的两端落在同一处；请从一条道路画到另一条道路。",
        )
    inner = list(xy)
    begin, end = np.array(draft.position(first)), np.array(draft.position(last))
    # What is drawn a step beside the street means the street.
    if np.hypot(*(inner[0] - begin)) <= 1.0:
        inner = inner[1:]
    if inner and np.hypot(*(inner[-1] - end)) <= 1.0:
        inner = inner[:-1]
    line = replace(
        pattern,
        xy_m=np.vstack([begin, *inner, end]),
        ends=(first, last),
        name=draft.name_number(name),
    )
    if line.flags & Flag.STEPS:
        estimated = max(round(float(line.along_m[-1]) / TREAD_M), 1)
        line = replace(line, n_steps=estimated if n_steps is None else n_steps)
    draft.added.append(line)
    return draft.n_lines - 1


# -- closures -------------------------------------------------------------------------------------


def _close(draft: Draft, closure: Closure) -> None:
    if closure.way is not None:
        edges = np.flatnonzero(draft.network.edge_way == closure.way)
        if not len(edges):
            raise EditError(
                en=f"these streets have no way {closure.way}; give the number of a way people "
                "walk on, or draw a line.",
                zh=f"道路数据中没有编号为 {closure.way} 的道路；请给出可步行道路的编号或画线。",
            )
        for edge in edges.tolist():
            _close_span(draft, edge, 0.0, draft.length_m(edge), closure)
        return
    line = _metric(draft, closure.line)
    along = _runs_along(draft, line)
    if along:
        for number, (start_m, end_m) in along.items():
            _close_span(draft, number, start_m, end_m, closure)
        return
    crossed = list(_crossings(draft, line))
    if not crossed:
        raise EditError(
            en="the closure neither lies along a street nor crosses one; draw it on the street.",
            zh="封闭线既不沿着道路，也不与道路相交；请画在道路上。",
        )
    flags = _CLOSED_FLAGS.get(closure.closed_to)
    for number, at_m in crossed:
        draft.bars[number].append(Bar(at_m, flags))


def _close_span(draft: Draft, number: int, start_m: float, end_m: float, closure: Closure) -> None:
    flags = _CLOSED_FLAGS.get(closure.closed_to, 0)
    draft.spans[number].append(Span(start_m, end_m, closure.closed_to == "all", flags))


def _runs_along(draft: Draft, line: shapely.LineString) -> dict[int, tuple[float, float]]:
    """Return the stretches of streets a drawn line follows: from where to where along each."""
    n = max(int(np.ceil(line.length / CLOSURE_STEP_M)), 1)
    at = np.linspace(0.0, line.length, n + 1)
    xy = shapely.get_coordinates(shapely.line_interpolate_point(line, at))
    ahead = shapely.get_coordinates(shapely.line_interpolate_point(line, at + 0.5))
    behind = shapely.get_coordinates(
        shapely.line_interpolate_point(line, np.maximum(at - 0.5, 0.0))
    )
    heading = ahead - behind
    heading /= np.maximum(np.hypot(*heading.T), 1e-9)[:, None]
    seen: dict[int, list[float]] = {}
    for (x, y), course in zip(xy, heading, strict=True):
        for spot in draft.spots(x, y, CLOSURE_REACH_M):
            street = draft.line(spot.line)
            length = draft.length_m(spot.line)
            low, high = max(spot.along_m - 0.5, 0.0), min(spot.along_m + 0.5, length)
            course_of_street = street.point(high) - street.point(low)
            size = np.hypot(*course_of_street)
            if size > 0 and abs(course @ course_of_street) / size >= CLOSURE_TURN:
                seen.setdefault(spot.line, []).append(spot.along_m)
                break
    found = {}
    for number, metres in seen.items():
        length = draft.length_m(number)
        start_m, end_m = min(metres), max(metres)
        start_m = 0.0 if start_m <= SPAN_SNAP_M else start_m
        end_m = length if end_m >= length - SPAN_SNAP_M else end_m
        if end_m - start_m >= min(RUNS_ALONG_M, 0.8 * length):
            found[number] = (start_m, end_m)
    return found


def _crossings(draft: Draft, line: shapely.LineString) -> list[tuple[int, float]]:
    """Return the streets a drawn line crosses, and where along each."""
    x, y = shapely.get_coordinates(line.centroid)[0]
    reach = shapely.hausdorff_distance(line, shapely.Point(x, y)) + 1.0
    found = []
    for spot in draft.spots(x, y, reach):
        street = draft.line(spot.line)
        shape = shapely.LineString(street.xy_m)
        for point in shapely.get_parts(shapely.intersection(shape, line)):
            at_m = float(shapely.line_locate_point(shape, shapely.centroid(point)))
            if not draft.is_removed(spot.line, at_m):
                found.append((spot.line, at_m))
    return found


# -- gates ----------------------------------------------------------------------------------------


def _open_gate(draft: Draft, gate: Gate) -> None:
    x, y = (float(value) for value in draft.network.frame.to_xy(gate.lon, gate.lat))
    opens = gate.opens != "residents"
    inside = _compound_edges(draft, gate, x, y) if opens else set()
    known = _open_known(draft, gate, x, y)
    if inside:
        is_drawn = not known and gate.compound is not None and not _has_door(draft, inside, x, y)
        if is_drawn:
            _link_through(draft, gate, x, y)
        _open_compound(draft, gate, inside, x, y, has_door=not is_drawn)
        return
    if known:
        return
    on = draft.spots(x, y, GATE_ON_STREET_M)
    if on and gate.compound is None:
        if gate.opens != "all":
            draft.bars[on[0].line].append(Bar(on[0].along_m, _GATE_FLAGS[gate.opens]))
        return
    _link_through(draft, gate, x, y)


def _open_known(draft: Draft, gate: Gate, x: float, y: float) -> bool:
    """Change the gate the map has here, or open the wall it has; say whether there is one."""
    net = draft.network
    near = draft.nodes_near(x, y, GATE_REACH_M)
    if not len(near):
        return False
    is_near = np.zeros(net.n_nodes, np.bool_)
    is_near[near] = True
    passages = np.flatnonzero((net.edge_length_m == 0) & is_near[net.edge_node[:, 0]])
    wanted = _GATE_FLAGS[gate.opens]
    change = Span(0.0, 0.0, set_flags=wanted, clear_flags=(_PRIVATE | _GUESSED) & ~wanted)
    if len(passages):
        # All passages of the nearest gate, not of its neighbour.
        x0, y0 = net.node_x_m[net.edge_node[passages, 0]], net.node_y_m[net.edge_node[passages, 0]]
        away = np.hypot(x0 - x, y0 - y)
        for edge in passages[away <= away.min() + 0.01].tolist():
            draft.spans[edge].append(change)
        return True
    added = [
        at
        for at, (first, _, _) in enumerate(draft.passages)
        if np.hypot(*np.subtract(draft.position(first), (x, y))) <= GATE_REACH_M
    ]
    for at in added:
        first, last, flags = draft.passages[at]
        draft.passages[at] = (first, last, (flags | wanted) & ~change.clear_flags)
    if added:
        return True
    # A wall on a way: two vertices at one place that nothing joins.
    place = {
        node: (round(float(net.node_x_m[node]), 3), round(float(net.node_y_m[node]), 3))
        for node in near.tolist()
    }
    for node in near.tolist():
        same = [other for other in place if place[other] == place[node] and other != node]
        if same:
            draft.passages += [(other, node, wanted) for other in same]
            return True
    return False


def _compound_edges(draft: Draft, gate: Gate, x: float, y: float) -> set[int]:
    """Return the gated ways behind a gate: those in its outline, else those that hold together."""
    net = draft.network
    is_gated = ((net.edge_flags & np.uint16(_PRIVATE)) != 0) & (net.edge_length_m > 0)
    gated = {
        edge
        for edge in np.flatnonzero(is_gated).tolist()
        if draft.flags(edge, draft.length_m(edge) / 2) & _PRIVATE
    }
    if not gated:
        return set()
    if gate.compound is not None:
        area = _metric(draft, gate.compound)
        shapely.prepare(area)
        inside = set()
        for edge in gated:
            shape = shapely.LineString(draft.line(edge).xy_m)
            within = shapely.intersection(area, shape).length
            if within >= 0.5 * shape.length:
                inside.add(edge)
        return inside
    on = draft.spots(x, y, GATE_REACH_M)
    start = next((spot.line for spot in on if spot.line in gated), None)
    if start is None:
        return set()
    at_node: dict[int, list[int]] = {}
    for edge in (*gated, *np.flatnonzero(net.edge_length_m == 0).tolist()):
        for node in net.edge_node[edge].tolist():
            at_node.setdefault(node, []).append(edge)
    found, open_ends = {start}, [start]
    while open_ends:
        for node in net.edge_node[open_ends.pop()].tolist():
            for other in at_node.get(node, []):
                if other not in found:
                    found.add(other)
                    open_ends.append(other)
    return found & gated


def _has_door(draft: Draft, inside: set[int], x: float, y: float) -> bool:
    """Say whether a way leads out of a compound near a gate."""
    spots = _doors(draft, inside)
    return any(
        np.hypot(*np.subtract(draft.position(v), (x, y))) <= 1.5 * GATE_REACH_M for v in spots
    )


def _doors(draft: Draft, inside: set[int]) -> list[int]:
    """Return the vertices where ways inside meet others."""
    net = draft.network
    own = np.zeros(net.n_nodes, np.bool_)
    others = np.zeros(net.n_nodes, np.bool_)
    is_inside = np.zeros(net.n_edges, np.bool_)
    is_inside[list(inside)] = True
    own[net.edge_node[is_inside].ravel()] = True
    others[net.edge_node[~is_inside].ravel()] = True
    return np.flatnonzero(own & others).tolist()


def _open_compound(
    draft: Draft, gate: Gate, inside: set[int], x: float, y: float, *, has_door: bool
) -> None:
    """
    Make streets of the ways inside, with this gate as the way in.

    Where they meet other ways elsewhere, and no gate stands there yet, one for residents does.
    """
    net = draft.network
    doors = _doors(draft, inside)
    away = {v: float(np.hypot(*np.subtract(draft.position(v), (x, y)))) for v in doors}
    ways_in = {v for v in doors if away[v] <= 1.5 * GATE_REACH_M}
    if doors and has_door and not ways_in:
        ways_in = {min(doors, key=lambda v: (away[v], v))}
    mark = Span(0.0, np.inf, set_flags=_GATE_FLAGS[gate.opens], clear_flags=_PRIVATE)
    for edge in sorted(inside):
        draft.spans[edge].append(mark)
    touching: dict[int, list[int]] = {}
    for edge in sorted(inside):
        for side in (0, 1):
            touching.setdefault(int(net.edge_node[edge, side]), []).append(2 * edge + side)
    is_gate = np.zeros(net.n_nodes, np.bool_)
    passages = net.edge_node[net.edge_length_m == 0]
    is_gate[passages.ravel()] = True
    for v in sorted(set(doors) - ways_in):
        if is_gate[v]:
            _shut_to_visitors(draft, v)
            continue
        copy = draft.new_node(*draft.position(v), draft.height_m(v))
        for edge, side in (divmod(end, 2) for end in touching[v]):
            draft.moved[(edge, side)] = copy
        draft.passages.append((copy, v, _PRIVATE))


def _shut_to_visitors(draft: Draft, node: int) -> None:
    net = draft.network
    is_here = (net.edge_node == node).any(axis=1) & (net.edge_length_m == 0)
    for edge in np.flatnonzero(is_here).tolist():
        if not draft.spans.get(edge):
            draft.spans[edge].append(Span(0.0, 0.0, set_flags=_PRIVATE))


def _link_through(draft: Draft, gate: Gate, x: float, y: float) -> None:
    """Join the streets on both sides of a wall through a gate in it."""
    spots = draft.spots(x, y, GATE_LINK_M, without_flags=int(Flag.TUNNEL | Flag.BRIDGE))
    pairs: list[tuple[Spot, Spot]] = []
    if gate.compound is not None:
        area = _metric(draft, gate.compound)
        within = [bool(shapely.contains_xy(area, s.x_m, s.y_m)) for s in spots]
        one = next((s for s, is_in in zip(spots, within, strict=True) if is_in), None)
        other = next((s for s, is_in in zip(spots, within, strict=True) if not is_in), None)
        if one is None and other is not None:
            # Nobody drew the ways inside: homes start at the gate, and streets stay as they are.
            return
        if one is not None and other is not None:
            pairs = [(other, one)]
    else:
        pairs = [
            (one, other)
            for one, other in itertools.combinations(spots, 2)
            if (one.x_m - x) * (other.x_m - x) + (one.y_m - y) * (other.y_m - y) < 0
        ]
    if not pairs:
        raise EditError(
            en=f"the gate at {gate.lon:.6f},{gate.lat:.6f} has no streets on both sides within "
            f"{GATE_LINK_M:g} m; move it, or draw a link through it.",
            zh=f"{gate.lon:.6f},{gate.lat:.6f} 处的门两侧 {GATE_LINK_M:g} 米内没有道路；"
            "请移动该门，或画一条穿过它的连线。",
        )
    first, last = min(pairs, key=lambda pair: pair[0].away_m + pair[1].away_m)
    rule = classify_way(LINK_TAGS["footway"])
    assert rule is not None
    flags = int(rule.flags) | int(Flag.DRAWN) | _GATE_FLAGS[gate.opens]
    xy = np.array([[first.x_m, first.y_m], [x, y], [last.x_m, last.y_m]])
    _add_link(draft, xy, (first, last), Line(xy, (0, 0), int(rule.kind), flags), None, gate.name)
