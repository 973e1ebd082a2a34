"""The search by hand: limits, ties, closed arcs, and a clean slate after it."""

from __future__ import annotations

import numpy as np
import pytest

from circle.kernel import NO_ARC, UNREACHED, bounded_search, reset

CLOSED = int(UNREACHED)

# 0 --3--> 1 --4--> 2, 0 --7--> 2, 2 --1--> 3 and back, 3 --closed--> 4; arcs sorted by start.
ARCS = [(0, 1, 3), (0, 2, 7), (1, 2, 4), (2, 3, 1), (3, 2, 1), (3, 4, CLOSED)]


class Run:
    def __init__(self, seeds, limit, arcs=ARCS, n=5):
        first = np.searchsorted([u for u, _, _ in arcs], np.arange(n + 1)).astype(np.int32)
        to, cost = np.array([arc[1:] for arc in arcs], np.int32).reshape(-1, 2).T.copy()
        node, at, label = np.array(seeds, np.int32).reshape(-1, 3).T.copy()
        self.cost = np.full(n, UNREACHED, np.int32)
        self.label, self.parent, self.touched = (np.full(n, -9, np.int32) for _ in range(3))
        heap = np.empty(len(arcs) + len(seeds), np.int64)
        self.n = bounded_search(
            first, to, cost, node, at, label, limit,
            self.cost, self.label, self.parent, self.touched, heap,
        )  # fmt: skip

    @property
    def costs(self):
        return [None if c == UNREACHED else int(c) for c in self.cost]


@pytest.mark.parametrize(
    ("limit", "costs"),
    [
        (0, [0, None, None, None, None]),
        (2, [0, None, None, None, None]),
        (3, [0, 3, None, None, None]),
        (6, [0, 3, None, None, None]),
        (7, [0, 3, 7, None, None]),
        (8, [0, 3, 7, 8, None]),
        (2**31 - 2, [0, 3, 7, 8, None]),
    ],
)
def test_up_to_and_including_the_limit(limit, costs) -> None:
    run = Run([(0, 0, 0)], limit)
    assert run.costs == costs
    assert run.n == sum(cost is not None for cost in costs)


def test_of_equal_ways_the_smaller_arc() -> None:
    # To 2 by arc 1 directly, or by arcs 0 and 2: both cost 7.
    assert Run([(0, 0, 0)], 10).parent[:4].tolist() == [NO_ARC, 0, 1, 3]


def test_of_equal_ways_the_smaller_arc_even_if_found_later() -> None:
    # From 1: straight to 2 for 7 (arc 2), or by way of 0 (arcs 1 and 0), settled later.
    arcs = [(0, 2, 4), (1, 0, 3), (1, 2, 7)]
    run = Run([(1, 0, 0)], 10, arcs=arcs, n=3)
    assert run.cost[2] == 7
    assert run.parent[2] == 0


def test_of_equal_seeds_the_smaller_label_whatever_the_order() -> None:
    for seeds in ([(0, 0, 5), (0, 0, 2)], [(0, 0, 2), (0, 0, 5)]):
        assert set(Run(seeds, 10).label[:4]) == {2}
    # Reached at the same cost from two seeds: 2 from 0 (7), or from 3 (6 + 1).
    for labels in ((0, 1), (1, 0)):
        run = Run([(0, 0, labels[0]), (3, 6, labels[1])], 10)
        assert run.cost[2] == 7
        assert run.label[2] == 0


def test_seeds_beyond_the_limit_take_no_part() -> None:
    assert Run([(0, 11, 0), (1, CLOSED, 1), (3, 10, 2)], 10).costs == [None] * 3 + [10, None]


def test_a_dearer_seed_on_a_vertex_is_forgotten() -> None:
    run = Run([(1, 5, 0), (0, 0, 1)], 10)
    assert run.cost[1] == 3
    assert run.label[1] == 1


def test_costs_near_the_largest_number_do_not_wrap() -> None:
    most = 2**31 - 2
    run = Run([(0, most - 5, 0)], most, arcs=[(0, 1, 5), (0, 2, 6), (1, 2, most)], n=3)
    assert run.costs == [most - 5, most, None]


def test_nothing_to_start_from() -> None:
    assert Run([], 10).n == 0


def test_reset_leaves_a_clean_slate() -> None:
    run = Run([(0, 0, 0)], 10)
    reset(run.cost, run.touched, run.n)
    assert (run.cost == UNREACHED).all()
