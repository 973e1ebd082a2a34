"""Searching between positions: seeds, both directions, and workspaces that come back clean."""

from __future__ import annotations

import numpy as np
import pytest
from sketch import Sketch, sketch

from circle.kernel import UNREACHED
from circle.search import access_costs, searching
from circle.snapping import Snaps, snap
from circle.walkers import WALKERS

ADULT = WALKERS["adult"]
PLAN = sketch("A---B---C---D", CD={"highway": "footway", "oneway:foot": "yes"})


def joined(plan: Sketch, *points: tuple[float, float]) -> Snaps:
    x, y = np.array(points, np.float64).T
    return snap(plan.network, x, y, ADULT)


def by_letter(search, plan: Sketch) -> dict[str, int]:
    """Return the cost of every vertex reached, by letter."""
    network = plan.network
    return {
        letter: int(search.work.cost[v])
        for letter, (x, y) in plan.metres.items()
        for v in search.reached
        if abs(network.node_x_m[v] - x) < 0.01 and abs(network.node_y_m[v] - y) < 0.01
    }


def test_both_ends_of_the_street_are_seeds() -> None:
    snaps = joined(PLAN, PLAN.xy("B", east=12, north=10))
    with searching(PLAN.network, snaps, walker=ADULT, unit="m", limit=100_000) as search:
        assert by_letter(search, PLAN) == {
            "A": 10_000 + 12_000 + 48_000,
            "B": 22_000,
            "C": 46_000,
            "D": 94_000,
        }


def test_towards_walks_against_the_arcs() -> None:
    to_b, to_d = joined(PLAN, PLAN.xy("B")), joined(PLAN, PLAN.xy("D"))
    how = {"walker": ADULT, "unit": "m", "limit": 200_000, "towards": True}
    with searching(PLAN.network, to_b, **how) as search:
        assert by_letter(search, PLAN) == {"A": 48_000, "B": 0, "C": 48_000}
    with searching(PLAN.network, to_d, **how) as search:
        assert by_letter(search, PLAN) == {"A": 144_000, "B": 96_000, "C": 48_000, "D": 0}


def test_the_nearest_of_several_seeds_labels_each_vertex() -> None:
    snaps = joined(PLAN, PLAN.xy("C"), PLAN.xy("A"))
    with searching(PLAN.network, snaps, walker=ADULT, unit="m", limit=100_000) as search:
        labels = {int(v): int(search.work.label[v]) for v in search.reached}
        order = np.argsort(PLAN.network.node_x_m)
        # A is the second's own; B is 48 m from both, and goes to the first.
        assert [labels[int(v)] for v in order] == [1, 0, 0, 0]


def test_unsnapped_seeds_take_no_part() -> None:
    snaps = joined(PLAN, PLAN.xy("A", north=150), PLAN.xy("D"))
    assert access_costs(snaps, ADULT, "m").tolist() == [UNREACHED, 0]
    with searching(PLAN.network, snaps, walker=ADULT, unit="m", limit=10_000) as search:
        assert by_letter(search, PLAN) == {"D": 0}
    nobody = joined(PLAN, PLAN.xy("A", north=150))
    with searching(PLAN.network, nobody, walker=ADULT, unit="m", limit=10_000) as search:
        assert search.n_reached == 0


def test_access_legs_in_both_units() -> None:
    snaps = joined(PLAN, PLAN.xy("B", north=12.0))
    assert access_costs(snaps, ADULT, "m").tolist() == [12_000]
    assert access_costs(snaps, ADULT, "min").tolist() == [10_000]


def test_workspaces_come_back_clean_and_are_used_again() -> None:
    network = sketch("A---B---C").network
    snaps = snap(network, np.zeros(1), np.zeros(1), ADULT)
    for _ in range(3):
        with searching(network, snaps, walker=ADULT, unit="m", limit=50_000) as search:
            assert search.n_reached == 3
    assert len(network._workspaces) == 1
    assert (network._workspaces[0].cost == UNREACHED).all()


def test_searches_within_searches_have_workspaces_of_their_own() -> None:
    network = sketch("A---B---C").network
    snaps = snap(network, np.zeros(1), np.zeros(1), ADULT)
    how = {"walker": ADULT, "unit": "m", "limit": 50_000}
    with searching(network, snaps, **how) as outer:
        before = outer.work.cost.copy()
        with searching(network, snaps, **how, towards=True) as inner:
            assert inner.work is not outer.work
        assert np.array_equal(outer.work.cost, before)


def test_a_search_that_fails_does_not_leave_its_traces() -> None:
    network = sketch("A---B---C").network
    snaps = snap(network, np.zeros(1), np.zeros(1), ADULT)
    how = {"walker": ADULT, "unit": "m", "limit": 50_000}

    def fail() -> None:
        with searching(network, snaps, **how):
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    with searching(network, snaps, **how) as search:
        assert search.n_reached == 3
