"""Searches between homes and facilities: the sparse matrix is the dense one, cut at the limit."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from properties.drawn import towns
from sketch import sketch

from circle.coverage.reach import Group, nearest_costs, reach_matrix, vertex_snaps
from circle.kernel import UNREACHED
from circle.network import WalkNetwork
from circle.routing import cost_matrix
from circle.snapping import Snaps, snap
from circle.units import make_budget
from circle.walkers import WALKERS

ADULT = WALKERS["adult"]


def some_snaps(network: WalkNetwork, rng: np.random.Generator, n: int) -> Snaps:
    x = rng.uniform(network.node_x_m.min() - 60, network.node_x_m.max() + 60, n)
    y = rng.uniform(network.node_y_m.min() - 60, network.node_y_m.max() + 60, n)
    return snap(network, x, y, ADULT)


def dense(matrix) -> np.ndarray:
    full = np.full(matrix.shape, UNREACHED, np.int32)
    for row in range(matrix.shape[0]):
        inside = slice(matrix.indptr[row], matrix.indptr[row + 1])
        full[row, matrix.indices[inside]] = matrix.data[inside]
    return full


@settings(deadline=None, max_examples=60)
@given(towns(), st.integers(0, 2**32 - 1), st.sampled_from([20.0, 90.0, 400.0]))
def test_sparse_matrix_is_the_dense_one(network: WalkNetwork, seed: int, metres: float) -> None:
    rng = np.random.default_rng(seed)
    homes, places = some_snaps(network, rng, 9), some_snaps(network, rng, 5)
    budget = make_budget(metres=metres)
    wanted = cost_matrix(network, homes, places, budget, ADULT)
    found = reach_matrix(network, homes, places, budget.limit, "m", ADULT)
    assert found.dtype == np.int32
    assert (dense(found) == wanted).all()
    near = nearest_costs(
        network, Group.single(homes), Group.single(places), walker=ADULT, unit="m",
        limit=budget.limit,
    )  # fmt: skip
    assert (near.cost == wanted.min(axis=1)).all()
    has = near.facility >= 0
    assert (has == (near.cost < UNREACHED)).all()
    assert (near.facility[has] == wanted.argmin(axis=1)[has]).all()


@settings(deadline=None, max_examples=40)
@given(towns(), st.integers(0, 2**32 - 1))
def test_the_best_start_and_the_best_way_in_count(network: WalkNetwork, seed: int) -> None:
    rng = np.random.default_rng(seed)
    homes, places = some_snaps(network, rng, 8), some_snaps(network, rng, 6)
    home_of = np.array([0, 0, 1, 1, 1, 3, 3, 3], np.int32)  # number 2 has no start
    place_of = np.array([1, 0, 0, 1, 2, 2], np.int32)
    limit = make_budget(minutes=9).limit
    single = cost_matrix(network, homes, places, make_budget(minutes=9), ADULT)
    wanted = np.full((4, 3), UNREACHED, np.int32)
    for i, home in enumerate(home_of):
        for j, place in enumerate(place_of):
            wanted[home, place] = min(wanted[home, place], single[i, j])
    grouped = Group(homes, home_of, 4), Group(places, place_of, 3)
    assert (dense(reach_matrix(network, *grouped, limit, "min", ADULT)) == wanted).all()
    near = nearest_costs(network, *grouped, walker=ADULT, unit="min", limit=limit)
    assert (near.cost == wanted.min(axis=1)).all()
    for home, start in enumerate(near.start):
        assert (start >= 0) == (near.cost[home] < UNREACHED)
        if start >= 0:
            assert home_of[start] == home
            assert single[start, place_of == near.facility[home]].min() == near.cost[home]


def test_vertices_are_positions() -> None:
    plan = sketch("A-----B-----C", m_per_char=10)
    snaps = vertex_snaps(plan.network, np.arange(plan.network.n_nodes))
    x = plan.network.node_x_m
    matrix = dense(reach_matrix(plan.network, snaps, snaps, 10_000_000, "m", ADULT))
    assert matrix.tolist() == np.rint(np.abs(x[:, None] - x[None, :]) * 1000).tolist()


@pytest.mark.parametrize("n_homes", [0, 3])
def test_nothing_to_walk_to(n_homes: int) -> None:
    network = sketch("A-----B").network
    homes = vertex_snaps(network, np.zeros(n_homes, np.intp))
    nowhere = vertex_snaps(network, np.empty(0, np.intp))
    assert reach_matrix(network, homes, nowhere, 1000, "m", ADULT).shape == (n_homes, 0)
    near = nearest_costs(
        network, Group.single(homes), Group.single(nowhere), walker=ADULT, unit="m", limit=9
    )
    assert near.facility.tolist() == [-1] * n_homes
