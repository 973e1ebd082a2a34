"""The compiled search against its twin and against scipy, on graphs full of ties."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import reference
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from circle.kernel import UNREACHED, bounded_search, reset
from properties.drawn import forward_star, graphs

quick = settings(deadline=None, max_examples=100)
Graph = tuple[int, list[tuple[int, int, int]], list[Any], int]


class Result:
    """Outputs of one compiled search, with arcs numbered as they were drawn."""

    def __init__(self, n: int, arcs: list[tuple[int, int, int]], seeds: Any, limit: int) -> None:
        first, to, cost, order = forward_star(n, arcs)
        node, at, label = np.array(seeds, np.int32).reshape(-1, 3).T.copy()
        self.cost = np.full(n, UNREACHED, np.int32)
        self.label, self.parent = np.full(n, -7, np.int32), np.full(n, -7, np.int32)
        self.touched = np.full(n, -7, np.int32)
        heap = np.empty(len(arcs) + len(seeds), np.int64)
        self.n = bounded_search(
            first, to, cost, node, at, label, limit,
            self.cost, self.label, self.parent, self.touched, heap,
        )  # fmt: skip
        self.order = order

    def as_dict(self) -> dict[int, tuple[int, int, int]]:
        return {
            int(v): (
                int(self.cost[v]),
                int(self.label[v]),
                int(self.order[self.parent[v]]) if self.parent[v] >= 0 else -1,
            )
            for v in self.touched[: self.n]
        }


def sorted_arcs(arcs: list[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    """Return arcs in the order of the forward star: ties go to the smaller number there."""
    return sorted(arcs, key=lambda arc: arc[0])


@quick
@given(graphs())
def test_search_is_its_slow_twin(graph: Graph) -> None:
    n, arcs, seeds, limit = graph
    arcs = sorted_arcs(arcs)
    assert Result(n, arcs, seeds, limit).as_dict() == reference.bounded_search(arcs, seeds, limit)


@quick
@given(graphs())
def test_search_is_scipys(graph: Graph) -> None:
    n, arcs, seeds, limit = graph
    # Of parallel arcs keep the smaller: building a matrix would add them up. scipy has no costs
    # at its sources; a vertex more, with an arc to each seed (one longer: 0 would be no arc).
    smaller: dict[tuple[int, int], int] = {}
    for u, v, cost in [*arcs, *((n, v, cost + 1) for v, cost, _ in seeds)]:
        if cost < UNREACHED:
            smaller[u, v] = min(cost, smaller.get((u, v), cost))
    matrix = csr_array(
        (list(smaller.values()), tuple(np.array(list(smaller)).T)), shape=(n + 1, n + 1)
    )
    expected = dijkstra(matrix, indices=[n], limit=limit + 1, min_only=True)[:n] - 1
    found = Result(n, arcs, seeds, limit).cost
    assert np.where(found == UNREACHED, np.inf, found).tolist() == expected.tolist()


@quick
@given(graphs())
def test_parents_lead_back_to_the_seed_of_the_label(graph: Graph) -> None:
    n, arcs, seeds, limit = graph
    found = Result(n, arcs, seeds, limit).as_dict()
    for v, (cost, label, parent) in found.items():
        if parent < 0:
            assert (v, cost, label) in seeds
            continue
        u, to, step = arcs[parent]
        assert to == v
        assert found[u] == (cost - step, label, found[u][2])


@quick
@given(graphs(), st.integers(0, 10))
def test_more_budget_never_reaches_less(graph: Graph, more: int) -> None:
    n, arcs, seeds, limit = graph
    small = Result(n, arcs, seeds, limit).as_dict()
    large = Result(n, arcs, seeds, limit + more).as_dict()
    assert all(cost <= limit for cost, _, _ in small.values())
    assert small == {v: way for v, way in large.items() if way[0] <= limit}


@quick
@given(graphs(), st.randoms(use_true_random=False))
def test_renumbering_vertices_changes_nothing(graph: Graph, random: Any) -> None:
    n, arcs, seeds, limit = graph
    new = list(range(n))
    random.shuffle(new)
    plain = Result(n, arcs, seeds, limit)
    renumbered = Result(
        n,
        [(new[u], new[v], cost) for u, v, cost in arcs],
        [(new[v], cost, label) for v, cost, label in seeds],
        limit,
    )
    assert renumbered.n == plain.n
    assert renumbered.cost[new].tolist() == plain.cost.tolist()
    reached = plain.cost < UNREACHED
    assert renumbered.label[new][reached].tolist() == plain.label[reached].tolist()


@quick
@given(graphs())
def test_reset_clears_what_was_touched(graph: Graph) -> None:
    n, arcs, seeds, limit = graph
    result = Result(n, arcs, seeds, limit)
    assert sorted(result.touched[: result.n]) == np.flatnonzero(result.cost < UNREACHED).tolist()
    reset(result.cost, result.touched, result.n)
    assert (result.cost == UNREACHED).all()


def test_runs_and_threads_agree_to_the_bit() -> None:
    rng = np.random.default_rng(15)
    n = 20_000
    arcs = list(
        zip(
            rng.integers(n, size=4 * n).tolist(),
            rng.integers(n, size=4 * n).tolist(),
            rng.integers(1, 9, size=4 * n).tolist(),
            strict=True,
        )
    )
    seeds = [(int(v), 0, k) for k, v in enumerate(rng.integers(n, size=20))]

    def run(_: int) -> tuple[list[int], ...]:
        result = Result(n, arcs, seeds, 30)
        touched = result.touched[: result.n]
        return (
            touched.tolist(),
            result.cost.tolist(),
            result.label[touched].tolist(),
            result.parent[touched].tolist(),
        )

    with ThreadPoolExecutor(4) as pool:
        first, *others = pool.map(run, range(6))
    assert len(first[0]) > 1000
    assert all(other == first for other in others)
