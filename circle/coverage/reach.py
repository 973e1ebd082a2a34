"""
The searches coverage and siting stand on: nearest costs, counts within reach, a sparse matrix.

Everything is in whole costs, millimetres for the metres of a standard and milliseconds for a
walker's minutes. A home may have several starts (the gates of a compound, the entrances of a
building): it takes the best. A facility may have several ways in; all count as the one facility.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from circle.kernel import UNREACHED, compiled
from circle.network import BoolArray, FloatArray, Int32Array, WalkNetwork
from circle.search import Search, access_costs, along_edge, cost_at, searching
from circle.snapping import Snaps
from circle.units import Unit
from circle.walkers import Walker


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """
    Joined positions, several of which may belong to one thing.

    Parameters
    ----------
    snaps
        Where the positions join the streets, ``k`` of them.
    owner
        Number of the thing each position belongs to, int32, shape ``(k,)``.
    n
        Number of things; one may have no position.
    """

    snaps: Snaps
    owner: Int32Array
    n: int

    @classmethod
    def single(cls, snaps: Snaps) -> Group:
        """Return the group in which every position is a thing of its own."""
        return cls(snaps, np.arange(len(snaps), dtype=np.int32), len(snaps))

    @property
    def is_snapped(self) -> BoolArray:
        """Whether any position of each thing found a street, shape ``(n,)``."""
        found = np.zeros(self.n, np.bool_)
        found[self.owner[self.snaps.is_snapped]] = True
        return found


@dataclass(frozen=True, slots=True, eq=False)
class Nearest:
    """
    What it costs each home to walk to the nearest facility.

    Parameters
    ----------
    cost
        Whole costs, int32, shape ``(homes,)``; `UNREACHED` where no walk was found.
    facility
        Number of the facility, ``-1`` where none; of facilities equally near the first.
    start
        Number of the position the walk starts from, ``-1`` where none.
    """

    cost: Int32Array
    facility: Int32Array
    start: Int32Array


def take_snaps(snaps: Snaps, at: npt.NDArray[Any] | slice) -> Snaps:
    """Return some of the positions, in the order asked for."""
    return Snaps(snaps.edge[at], snaps.fraction[at], snaps.distance_m[at])


def vertex_snaps(network: WalkNetwork, nodes: npt.ArrayLike) -> Snaps:
    """
    Return positions that stand on vertices.

    Parameters
    ----------
    network
        Streets to walk on.
    nodes
        Vertex numbers, shape ``(k,)``.
    """
    which = np.asarray(nodes, np.intp)
    arc = network.first_arc[which]
    has_street = network.first_arc[which + 1] > arc
    arc = np.where(has_street, arc, 0)
    edge = np.where(has_street, network.arc_edge[arc], -1).astype(np.int32)
    fraction = np.where(has_street & network.arc_is_backward[arc], 1.0, 0.0)
    return Snaps(edge, fraction, np.where(has_street, 0.0, np.inf))


def nearest_costs(
    network: WalkNetwork,
    homes: Group,
    facilities: Group,
    *,
    walker: Walker,
    unit: Unit,
    limit: int,
) -> Nearest:
    """
    Return the cost from every home to its nearest facility, by one search towards them all.

    Parameters
    ----------
    network
        Streets to walk on.
    homes, facilities
        Where walks start and end.
    walker, unit
        Who walks, and whether costs are milliseconds or millimetres.
    limit
        Largest cost that counts as found.
    """
    access = access_costs(homes.snaps, walker, unit)
    with searching(
        network, facilities.snaps, walker=walker, unit=unit, limit=limit, towards=True
    ) as search:
        cost, label = search.read(homes.snaps, access)
    return _best(homes, cost, label, facilities.owner)


def cut_costs(
    network: WalkNetwork, homes: Group, *, walker: Walker, unit: Unit, limit: int
) -> Int32Array:
    """
    Return the cost from every home to where streets may go on outside the data.

    Parameters
    ----------
    network, homes, walker, unit, limit
        As for `nearest_costs`; `UNREACHED` beyond `limit`.
    """
    edge = Group.single(vertex_snaps(network, np.flatnonzero(network.node_is_cut)))
    return nearest_costs(network, homes, edge, walker=walker, unit=unit, limit=limit).cost


def _best(homes: Group, cost: Int32Array, label: Int32Array, facility: Int32Array) -> Nearest:
    """Take the best start of each home; of equally good ones the first."""
    best = np.full(homes.n, UNREACHED, np.int32)
    np.minimum.at(best, homes.owner, cost)
    is_best = (cost == best[homes.owner]) & (label >= 0)
    # Written last to first, so that the first stays.
    order = np.flatnonzero(is_best)[::-1]
    start = np.full(homes.n, -1, np.int32)
    start[homes.owner[order]] = order
    found = np.full(homes.n, -1, np.int32)
    has = start >= 0
    found[has] = facility[label[start[has]]]
    return Nearest(best, found, start)


class _Starts:
    """Starts sorted by the edge they are on, so that a search reads only those it came by."""

    def __init__(self, network: WalkNetwork, homes: Group, access: Int32Array) -> None:
        edge = homes.snaps.edge
        order = np.argsort(edge, kind="stable")
        order = order[edge[order] >= 0]
        self.first = np.searchsorted(edge[order], np.arange(network.n_edges + 1)).astype(np.int32)
        self.fraction = np.ascontiguousarray(homes.snaps.fraction[order])
        self.access = np.ascontiguousarray(access[order])
        self.owner = np.ascontiguousarray(homes.owner[order])
        self.best = np.full(homes.n, UNREACHED, np.int32)
        self.met = np.empty(homes.n, np.int32)


@compiled
def _collect_edge(
    e: int,
    first: Int32Array,
    fraction: FloatArray,
    access: Int32Array,
    owner: Int32Array,
    edge_node: Int32Array,
    from_node: Int32Array,
    whole: Int32Array,
    cost: Int32Array,
    seed_edge: Int32Array,
    seed_fraction: FloatArray,
    seed_access: Int32Array,
    limit: int,
    best: Int32Array,
    met: Int32Array,
    n_met: int,
) -> int:
    """Note what the starts on one edge cost; `best` is by owner, `met` lists the owners seen."""
    for k in range(first[e], first[e + 1]):
        found, _ = cost_at(e, fraction[k], edge_node, from_node, cost)
        for s in range(len(seed_edge)):
            if seed_edge[s] != e:
                continue
            part = along_edge(whole, e, fraction[k], seed_fraction[s])
            if part != UNREACHED:
                found = min(found, np.int64(seed_access[s]) + part)
        total = found + access[k]
        if found >= UNREACHED or total > limit:
            continue
        who = owner[k]
        if best[who] == UNREACHED:
            met[n_met] = who
            n_met += 1
            best[who] = total
        elif total < best[who]:
            best[who] = total
    return n_met


@compiled
def _collect(
    touched: Int32Array,
    n_touched: int,
    first_arc: Int32Array,
    arc_edge: Int32Array,
    arc_is_backward: npt.NDArray[np.bool_],
    first: Int32Array,
    fraction: FloatArray,
    access: Int32Array,
    owner: Int32Array,
    edge_node: Int32Array,
    from_node: Int32Array,
    whole: Int32Array,
    cost: Int32Array,
    seed_edge: Int32Array,
    seed_fraction: FloatArray,
    seed_access: Int32Array,
    limit: int,
    best: Int32Array,
    met: Int32Array,
) -> int:
    """Read a search at the starts on every edge it came by, each edge once."""
    n_met = 0
    for i in range(n_touched):
        v = touched[i]
        for arc in range(first_arc[v], first_arc[v + 1]):
            e = arc_edge[arc]
            # From its first vertex, unless only the last one was reached.
            if first[e] == first[e + 1] or (
                arc_is_backward[arc] and cost[edge_node[e, 0]] != UNREACHED
            ):
                continue
            n_met = _collect_edge(
                e, first, fraction, access, owner, edge_node, from_node, whole, cost,
                seed_edge, seed_fraction, seed_access, limit, best, met, n_met,
            )  # fmt: skip
    for s in range(len(seed_edge)):
        e = seed_edge[s]
        if e < 0 or cost[edge_node[e, 0]] != UNREACHED or cost[edge_node[e, 1]] != UNREACHED:
            continue
        # A long edge, both its ends beyond the limit. Reading it twice changes nothing.
        n_met = _collect_edge(
            e, first, fraction, access, owner, edge_node, from_node, whole, cost,
            seed_edge, seed_fraction, seed_access, limit, best, met, n_met,
        )  # fmt: skip
    return n_met


def _read_owners(search: Search, starts: _Starts) -> int:
    network = search.network
    return int(
        _collect(
            search.work.touched,
            search.n_reached,
            network.first_arc,
            network.arc_edge,
            network.arc_is_backward,
            starts.first,
            starts.fraction,
            starts.access,
            starts.owner,
            network.edge_node,
            search.from_node,
            search.costs.edge,
            search.work.cost,
            search.snaps.edge,
            search.snaps.fraction,
            search.access,
            search.limit,
            starts.best,
            starts.met,
        )
    )


def each_reach(
    network: WalkNetwork,
    homes: Group,
    facilities: Group,
    *,
    walker: Walker,
    unit: Unit,
    limit: int,
) -> Iterator[tuple[int, Int32Array, Int32Array]]:
    """
    Yield, facility by facility, the homes that reach it within the limit.

    Parameters
    ----------
    network
        Streets to walk on.
    homes, facilities
        Where walks start and end.
    walker, unit
        Who walks, and whether costs are milliseconds or millimetres.
    limit
        Largest cost that counts as reached.

    Yields
    ------
    facility, home, cost
        Number of the facility; numbers of the homes, ascending; what each walk costs.
    """
    starts = _Starts(network, homes, access_costs(homes.snaps, walker, unit))
    order = np.argsort(facilities.owner, kind="stable")
    bounds = np.searchsorted(facilities.owner[order], np.arange(facilities.n + 1))
    for facility in range(facilities.n):
        mine = order[bounds[facility] : bounds[facility + 1]]
        with searching(
            network,
            take_snaps(facilities.snaps, mine),
            walker=walker,
            unit=unit,
            limit=limit,
            towards=True,
        ) as search:
            n_met = _read_owners(search, starts)
        home = np.sort(starts.met[:n_met])
        cost = starts.best[home]
        starts.best[home] = UNREACHED
        yield facility, home, cost


def reach_matrix(
    network: WalkNetwork,
    starts: Group | Snaps,
    places: Group | Snaps,
    limit: int,
    unit: Unit,
    walker: Walker,
) -> csr_matrix:
    """
    Return what it costs to walk from every home to every place within a limit.

    Parameters
    ----------
    network
        Streets to walk on.
    starts
        Homes; plain `Snaps` are homes with one start each.
    places
        Facilities or candidate sites.
    limit
        Largest whole cost that counts as reached, in millimetres or milliseconds.
    unit, walker
        Which of the two, and who walks.

    Returns
    -------
    costs
        int32, shape ``(homes, places)``, column numbers of each row ascending. What is not
        stored is not within the limit; a cost of 0 (both stand on one spot) is stored.
    """
    homes = Group.single(starts) if isinstance(starts, Snaps) else starts
    facilities = Group.single(places) if isinstance(places, Snaps) else places
    rows: list[Int32Array] = []
    values: list[Int32Array] = []
    counts = np.zeros(facilities.n, np.int64)
    for facility, home, cost in each_reach(
        network, homes, facilities, walker=walker, unit=unit, limit=limit
    ):
        rows.append(home)
        values.append(cost)
        counts[facility] = len(home)
    row = np.concatenate(rows) if rows else np.empty(0, np.int32)
    value = np.concatenate(values) if values else np.empty(0, np.int32)
    # By columns first: sorting whole numbers stably by row turns them round, zeros kept.
    column = np.repeat(np.arange(facilities.n, dtype=np.int32), counts)
    order = np.argsort(row, kind="stable")
    pointer = np.searchsorted(row[order], np.arange(homes.n + 1))
    matrix = csr_matrix(
        (value[order], column[order], pointer), shape=(homes.n, facilities.n), dtype=np.int32
    )
    matrix.has_sorted_indices = True
    return matrix
