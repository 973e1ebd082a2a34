"""
The inner loops: bounded shortest paths over arrays. Nothing else lives here.

Contiguous typed arrays in, arrays out; no Python objects, no input or output, no settings;
the interpreter lock is released. Costs are whole numbers (milliseconds or millimetres), so
sums are exact and every machine finds the same answer. Arguments are checked by the callers.
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
import numpy.typing as npt

Int32Array = npt.NDArray[np.int32]
Int64Array = npt.NDArray[np.int64]

UNREACHED = np.int32(2**31 - 1)
"""Cost of a vertex that was not reached, and of an arc that may not be walked."""

NO_ARC = np.int32(-1)


def compiled(function: Any) -> Any:
    """Compile with the interpreter lock released, keeping the machine code on disk."""
    return numba.njit(nogil=True, cache=True, boundscheck=False)(function)


@compiled
def _push(heap: Int64Array, size: int, key: int) -> int:
    at = size
    while at > 0:
        above = (at - 1) >> 2
        if heap[above] <= key:
            break
        heap[at] = heap[above]
        at = above
    heap[at] = key
    return size + 1


@compiled
def _pop(heap: Int64Array, size: int) -> int:
    """Take the root away by sinking the last key into the hole; returns the new size."""
    size -= 1
    key = heap[size]
    at = 0
    while True:
        child = (at << 2) + 1
        if child >= size:
            break
        last = min(child + 4, size)
        least = child
        for other in range(child + 1, last):
            if heap[other] < heap[least]:
                least = other
        if heap[least] >= key:
            break
        heap[at] = heap[least]
        at = least
    heap[at] = key
    return size


@compiled
def bounded_search(
    first_arc: Int32Array,
    arc_to: Int32Array,
    arc_cost: Int32Array,
    seed_node: Int32Array,
    seed_cost: Int32Array,
    seed_label: Int32Array,
    limit: int,
    cost: Int32Array,
    label: Int32Array,
    parent: Int32Array,
    touched: Int32Array,
    heap: Int64Array,
) -> int:
    """
    Dijkstra's search from seeds up to and including `limit`, on reused arrays.

    Parameters
    ----------
    first_arc, arc_to, arc_cost
        Forward star: the arcs of vertex ``v`` are ``first_arc[v]:first_arc[v + 1]``; an arc
        of cost `UNREACHED` is closed.
    seed_node, seed_cost, seed_label
        Vertices to start from, what it costs to be there, and the label they carry.
    limit
        Largest cost that counts as reached; below `UNREACHED`.
    cost, label, parent
        Outputs by vertex, shape ``(n,)``. On entry `cost` must be `UNREACHED` everywhere;
        `label` and `parent` are only meaningful where `cost` is not. `parent` is the arc a
        vertex was reached by, `NO_ARC` at a seed.
    touched
        Output, shape ``(n,)``: the reached vertices in the order they were first seen.
    heap
        Scratch, length at least the number of arcs plus the number of seeds.

    Returns
    -------
    n_touched
        How many entries of `touched` are valid.

    Notes
    -----
    Heap keys hold cost and vertex in one integer: equal costs leave in order of vertex, and of
    equal ways the one with the smaller label, then the smaller arc, wins. That makes the answer
    a function of the input alone. Arc costs are at least 1, so such a tie is always seen
    before the vertex is settled.
    """
    size = 0
    n_touched = 0
    for s in range(len(seed_node)):
        v = seed_node[s]
        c = seed_cost[s]
        if c > limit:
            continue
        if cost[v] == UNREACHED:
            touched[n_touched] = v
            n_touched += 1
        elif c > cost[v] or (c == cost[v] and seed_label[s] >= label[v]):
            continue
        cost[v] = c
        label[v] = seed_label[s]
        parent[v] = NO_ARC
        size = _push(heap, size, (np.int64(c) << 32) | np.int64(v))
    while size > 0:
        key = heap[0]
        size = _pop(heap, size)
        u = np.int32(key & 0xFFFFFFFF)
        c = np.int32(key >> 32)
        if c > cost[u]:
            continue
        for arc in range(first_arc[u], first_arc[u + 1]):
            step = arc_cost[arc]
            if step > limit - c:
                continue
            v = arc_to[arc]
            reached = c + step
            if reached > cost[v]:
                continue
            if reached == cost[v]:
                if label[u] > label[v]:
                    continue
                if label[u] == label[v] and (parent[v] == NO_ARC or parent[v] <= arc):
                    continue
                label[v] = label[u]
                parent[v] = arc
                continue
            if cost[v] == UNREACHED:
                touched[n_touched] = v
                n_touched += 1
            cost[v] = reached
            label[v] = label[u]
            parent[v] = arc
            size = _push(heap, size, (np.int64(reached) << 32) | np.int64(v))
    return n_touched


@compiled
def reset(cost: Int32Array, touched: Int32Array, n_touched: int) -> None:
    """Forget a search: only what it touched, so that its price is that of the area reached."""
    for i in range(n_touched):
        cost[touched[i]] = UNREACHED
