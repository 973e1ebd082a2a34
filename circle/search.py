"""
Searches between positions: seeds a bounded search from access legs and reads it at others.

A position on an edge is reached from both ends of the edge, each with its share of the edge's
cost; two positions on the same edge also directly. All sums are whole numbers. A position at the
very end of an edge stands on the vertex: which of the streets that meet there it was joined to
must not matter, be that street gated or one-way.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from circle.kernel import UNREACHED, bounded_search, compiled, reset
from circle.network import EdgeCosts, FloatArray, Int32Array, WalkNetwork, Workspace
from circle.snapping import Snaps
from circle.units import Unit
from circle.walkers import Walker


@dataclass(frozen=True, slots=True, eq=False)
class Seeds:
    """
    Where a search starts: two vertices per position, in the order of the positions.

    Parameters
    ----------
    node, cost, label
        Vertex, cost of being there, and number of the position; int32, shape ``(2 * k,)``.
    """

    node: Int32Array
    cost: Int32Array
    label: Int32Array


def access_costs(snaps: Snaps, walker: Walker, unit: Unit) -> Int32Array:
    """Return the cost of each access leg, int32; `UNREACHED` where unsnapped."""
    per_metre = 1000.0 if unit == "m" else 1000.0 / walker.speed_m_s
    cost = np.full(len(snaps), UNREACHED, np.int32)
    on = snaps.is_snapped
    cost[on] = np.rint(snaps.distance_m[on] * per_metre).astype(np.int32)
    return cost


@compiled
def share_of(cost: Any, fraction: float) -> Any:
    """Return the cost of part of an edge, closed if the edge is; no part of it is free."""
    if fraction == 0.0:
        return np.int32(0)
    if cost == UNREACHED:
        return UNREACHED
    return np.int32(np.rint(cost * fraction))


@compiled
def _seed(
    edge: Int32Array,
    fraction: FloatArray,
    access: Int32Array,
    edge_node: Int32Array,
    to_node: Int32Array,
    node: Int32Array,
    cost: Int32Array,
    label: Int32Array,
) -> None:
    for k in range(len(edge)):
        for side in range(2):
            at = 2 * k + side
            node[at], cost[at], label[at] = 0, UNREACHED, k
            e = edge[k]
            if e < 0 or fraction[k] == 1.0 - side:
                continue
            part = share_of(to_node[e, side], fraction[k] if side == 0 else 1.0 - fraction[k])
            if part == UNREACHED:
                continue
            node[at] = edge_node[e, side]
            cost[at] = min(np.int64(access[k]) + part, np.int64(UNREACHED))


@compiled
def cost_at(
    edge: int,
    fraction: float,
    edge_node: Int32Array,
    from_node: Int32Array,
    cost: Int32Array,
) -> tuple[Any, int]:
    """Return the cost of a point of an edge by way of its ends, and the end (0 or 1) it is by."""
    best, by = _cost_by(edge, 0, fraction, edge_node, from_node, cost), 0
    other = _cost_by(edge, 1, fraction, edge_node, from_node, cost)
    if other < best:
        best, by = other, 1
    return best, by


@compiled
def _cost_by(
    edge: int,
    side: int,
    fraction: float,
    edge_node: Int32Array,
    from_node: Int32Array,
    cost: Int32Array,
) -> Any:
    """Return the cost of a point of an edge by way of one end, int64."""
    at_node = cost[edge_node[edge, side]]
    part = share_of(from_node[edge, side], fraction if side == 0 else 1.0 - fraction)
    if at_node == UNREACHED or part == UNREACHED or fraction == 1.0 - side:
        return np.int64(UNREACHED)
    return np.int64(at_node) + part


@compiled
def along_edge(whole: Int32Array, edge: int, start: float, end: float) -> Any:
    """
    Return the cost of walking from one point of an edge to another of the same edge.

    Closed when the walk starts at an end of the edge: then it starts at the vertex.
    """
    if start in (0.0, 1.0):
        return UNREACHED
    if end >= start:
        return share_of(whole[edge, 0], end - start)
    return share_of(whole[edge, 1], start - end)


@compiled
def _read(
    edge: Int32Array,
    fraction: FloatArray,
    access: Int32Array,
    edge_node: Int32Array,
    from_node: Int32Array,
    cost: Int32Array,
    label: Int32Array,
    whole: Int32Array,
    seed_edge: Int32Array,
    seed_fraction: FloatArray,
    seed_access: Int32Array,
    seed_order: Int32Array,
    towards: bool,
    limit: int,
    out_cost: Int32Array,
    out_label: Int32Array,
) -> None:
    """Read the cost of positions; `seed_edge` is sorted, for those that share an edge."""
    for k in range(len(edge)):
        out_cost[k], out_label[k] = UNREACHED, -1
        e = edge[k]
        if e < 0:
            continue
        best, by = cost_at(e, fraction[k], edge_node, from_node, cost)
        winner = -1 if best == UNREACHED else label[edge_node[e, by]]
        # By way of the other end at the same cost, a smaller label wins: order must not matter.
        if winner >= 0 and _cost_by(e, 1, fraction[k], edge_node, from_node, cost) == best:
            winner = min(winner, label[edge_node[e, 1]])
        at = np.searchsorted(seed_edge, e)
        while at < len(seed_edge) and seed_edge[at] == e:
            if towards:
                part = along_edge(whole, e, fraction[k], seed_fraction[at])
            else:
                part = along_edge(whole, e, seed_fraction[at], fraction[k])
            if part != UNREACHED:
                total = np.int64(seed_access[at]) + part
                if total < best or (total == best and seed_order[at] < winner):
                    best, winner = total, seed_order[at]
            at += 1
        total = best + access[k]
        if best < UNREACHED and total <= limit:
            out_cost[k], out_label[k] = total, winner


@dataclass(frozen=True, slots=True, eq=False)
class Search:
    """
    A finished search, valid inside the `with` block of `searching`.

    Parameters
    ----------
    work
        Costs, labels and parents by vertex.
    n_reached
        Number of vertices reached; they are ``work.touched[:n_reached]``.
    """

    network: WalkNetwork
    costs: EdgeCosts
    snaps: Snaps
    access: Int32Array
    towards: bool
    limit: int
    work: Workspace
    n_reached: int

    @property
    def reached(self) -> Int32Array:
        """The vertices reached, in the order they were first seen."""
        return self.work.touched[: self.n_reached]

    @property
    def from_node(self) -> Int32Array:
        """Cost of a whole edge between a point on it and each of its ends, in walking order."""
        return self.costs.leave if self.towards else self.costs.arrive

    def read(self, snaps: Snaps, access: Int32Array) -> tuple[Int32Array, Int32Array]:
        """
        Return what it costs to get to other positions (or from them, when searching towards).

        Parameters
        ----------
        snaps, access
            The positions and the cost of their access legs.

        Returns
        -------
        cost, label
            int32, shape ``(k,)``: `UNREACHED` and -1 beyond the limit or unsnapped; else the
            whole cost, both access legs included, and the number of the seed it is from. Of
            seeds that cost the same, the first.
        """
        out_cost, out_label = np.empty(len(snaps), np.int32), np.empty(len(snaps), np.int32)
        order = np.argsort(self.snaps.edge, kind="stable").astype(np.int32)
        _read(
            snaps.edge,
            snaps.fraction,
            access,
            self.network.edge_node,
            self.from_node,
            self.work.cost,
            self.work.label,
            self.costs.edge,
            self.snaps.edge[order],
            self.snaps.fraction[order],
            self.access[order],
            order,
            self.towards,
            self.limit,
            out_cost,
            out_label,
        )
        return out_cost, out_label


@contextmanager
def searching(
    network: WalkNetwork,
    snaps: Snaps,
    *,
    walker: Walker,
    unit: Unit,
    limit: int,
    towards: bool = False,
) -> Iterator[Search]:
    """
    Search from positions, or towards them, and lend the result.

    Parameters
    ----------
    network
        Streets to walk on.
    snaps
        Positions, nearest of all of them wins; unsnapped ones take no part.
    walker, unit
        Who walks, and whether costs are milliseconds or millimetres.
    limit
        Largest cost that counts as reached.
    towards
        Search against the direction of walking: who can reach these positions?

    Yields
    ------
    search
        The result; its arrays are reused when the block ends.
    """
    costs = network.costs(walker, unit)
    access = access_costs(snaps, walker, unit)
    k = len(snaps)
    seeds = Seeds(np.empty(2 * k, np.int32), np.empty(2 * k, np.int32), np.empty(2 * k, np.int32))
    _seed(
        snaps.edge,
        snaps.fraction,
        access,
        network.edge_node,
        costs.arrive if towards else costs.leave,
        seeds.node,
        seeds.cost,
        seeds.label,
    )
    with network.workspace() as work:
        n_reached = bounded_search(
            network.first_arc,
            network.arc_to,
            costs.reversed_arc if towards else costs.arc,
            seeds.node,
            seeds.cost,
            seeds.label,
            limit,
            work.cost,
            work.label,
            work.parent,
            work.touched,
            work.heap_for(2 * k),
        )
        yield Search(network, costs, snaps, access, towards, limit, work, n_reached)
        reset(work.cost, work.touched, n_reached)
