"""Joining positions to streets: exact limits, sides of barriers, islands last."""

from __future__ import annotations

import math

import numpy as np
import pytest
from sketch import Sketch, sketch

from circle.snapping import SNAP_LIMIT_M, WATER_LIMIT_M, Snaps, crosses_barrier, snap
from circle.walkers import WALKERS, Walker

ADULT = WALKERS["adult"]


def joined(plan: Sketch, *points: tuple[float, float], walker: Walker = ADULT, **how) -> Snaps:
    x, y = np.array(points, np.float64).T
    return snap(plan.network, x, y, walker, **how)


STREET = sketch("A" + "-" * 99 + "B")  # 1200 m


@pytest.mark.parametrize("limit_m", [100.0, 37.0, 12.0, 3.0])
@pytest.mark.parametrize("side", [1, -1])
def test_exactly_at_the_limit_counts(limit_m: float, side: int) -> None:
    snaps = joined(
        STREET,
        (100.0, side * limit_m),
        (100.0, side * limit_m * (1 + 1e-9) + side * 1e-6),
        limit_m=limit_m,
    )
    assert snaps.is_snapped.tolist() == [True, False]
    assert snaps.distance_m.tolist() == [limit_m, math.inf]
    assert snaps.edge[1] == -1
    assert snaps.fraction[1] == 0.0


def test_the_default_limit_is_a_hundred_metres() -> None:
    assert SNAP_LIMIT_M == 100.0
    assert joined(STREET, (0, 100.0), (0, 100.001)).is_snapped.tolist() == [True, False]


def test_fractions_run_from_the_first_point() -> None:
    snaps = joined(STREET, (-600, 5), (-300, 5), (0, -5), (600, 0), (650, 0), (-650, 0))
    assert snaps.fraction.tolist() == pytest.approx([0, 0.25, 0.5, 1, 1, 0])
    assert snaps.distance_m.tolist() == pytest.approx([5, 5, 5, 0, 50, 50], abs=1e-6)
    # At the ends exactly, whatever the rounding: there one stands on the vertex.
    assert set(snaps.fraction[[0, 3, 4, 5]]) == {0.0, 1.0}


def test_at_most_a_millimetre_from_the_end_is_the_end() -> None:
    snaps = joined(STREET, (-599.9995, 0), (-599.998, 0), (599.9995, 0), (599.998, 0))
    assert snaps.fraction[0] == 0.0 < snaps.fraction[1]
    assert snaps.fraction[2] == 1.0 > snaps.fraction[3]


def test_islands_only_where_nothing_else_is_near() -> None:
    # CD holds together for 240 m only; AB for 1200.
    plan = sketch(
        """
        A---------------------------------------------------------------B


                        C-----------D
        """,
        m_per_char=20,
    )
    assert plan.network.edge_is_island.tolist() == [False, True]
    x, y = plan.xy("C", east=100)
    main, island = plan.edge("AB"), plan.edge("CD")
    snaps = joined(plan, (x, y), (x, y - 30), (x, y - 60), (x, y + 55))
    # On the island itself, and up to 100 m from the mainland, it is the mainland.
    assert snaps.edge.tolist() == [main, main, island, main]
    assert snaps.distance_m.tolist() == pytest.approx([60, 90, 60, 5])


def test_the_longest_part_is_no_island_however_short() -> None:
    plan = sketch("A---B")
    assert not plan.network.edge_is_island.any()
    assert joined(plan, plan.xy("A")).is_snapped.all()


def test_a_barrier_hides_the_nearest_street_but_not_the_next() -> None:
    plan = sketch(
        """
        A---------------------------------------------------------------------B
        =======================================================================
        x

        C---------------------------------------------------------------------D
        """,
        m_per_char=15,
    )
    x, y = plan.xy("x", east=500)
    # Half-way: 30 m from both; a metre below the rails 16 m from AB and 44 m from CD.
    snaps = joined(plan, (x, y), (x, y + 14), (x, y + 16))
    assert snaps.edge.tolist() == [plan.edge("CD"), plan.edge("CD"), plan.edge("AB")]
    assert snaps.distance_m.tolist() == pytest.approx([30, 44, 14])


def test_behind_a_barrier_with_nothing_else_is_unsnapped() -> None:
    plan = sketch("A" + "-" * 80 + "B\n" + "=" * 82, m_per_char=15)
    x, y = plan.xy("A", east=500)
    assert joined(plan, (x, y - 14), (x, y - 16)).is_snapped.tolist() == [True, False]


def test_only_the_part_of_a_street_that_is_hidden_is_hidden() -> None:
    # The rails end half-way along: beyond their end one walks straight to the street, before it
    # slantwise to the nearest point that can be seen ... of a segment that can be seen.
    plan = sketch("A" + "-" * 40 + "+" + "-" * 39 + "B\n" + "=" * 20, m_per_char=15)
    x, y = plan.xy("A")
    snaps = joined(plan, (x + 200, y - 20), (x + 320, y - 20))
    assert snaps.is_snapped.tolist()[1]
    assert snaps.distance_m[1] == pytest.approx(20)
    assert not snaps.is_snapped[0] or snaps.distance_m[0] > 20


def test_positions_in_water_are_joined_to_streets_over_them_only() -> None:
    water = "~" * 20
    plan = sketch(
        "\n".join([" " * 5 + water, "A----" + "-" * 20 + "----B", " " * 5 + water]), m_per_char=20
    )
    snaps = joined(plan, (0, WATER_LIMIT_M - 0.001), (0, WATER_LIMIT_M + 0.001), (0, 25), (0, 40))
    assert snaps.is_snapped.tolist() == [True, False, False, False]


def test_wheels_are_not_joined_to_stairs() -> None:
    plan = sketch("A---B---C", BC={"highway": "steps"})
    x, y = plan.xy("C")
    on_foot, on_wheels = (
        joined(plan, (x, y + 3), walker=WALKERS[key]) for key in ("adult", "pushchair")
    )
    assert on_foot.edge.tolist() == [plan.edge("BC")]
    assert on_wheels.edge.tolist() == [plan.edge("AB")]
    assert on_wheels.distance_m[0] == pytest.approx(math.hypot(48, 3))


def test_of_equally_near_streets_the_first() -> None:
    plan = sketch(
        """
        A---B

        C---D
        """,
        m_per_char=100,
    )
    x, y = plan.xy("A", east=200)
    for _ in range(3):
        assert joined(plan, (x, y - 100)).edge.tolist() == [0]


def test_no_positions_at_all() -> None:
    assert len(snap(STREET.network, np.empty(0), np.empty(0), ADULT)) == 0


class TestCrossing:
    network = sketch(
        """
        A-----------------B
             !
             !
             !
        """,
        m_per_char=10,
    ).network

    def crosses(self, p: tuple[float, float], q: tuple[float, float]) -> bool:
        index = self.network.barrier_index
        return bool(
            crosses_barrier(
                *p, *q, self.network.barrier_x_m, self.network.barrier_y_m,
                index.shape, index.first, index.segment,
            )
        )  # fmt: skip

    def test_which_walks_cross(self) -> None:
        # The rails run north to south at x = -45, from y = 10 down to y = -20.
        x = self.network.barrier_x_m[0]
        top, bottom = self.network.barrier_y_m.max(), self.network.barrier_y_m.min()
        middle = (top + bottom) / 2
        assert self.crosses((x - 5, middle), (x + 5, middle))
        assert self.crosses((x + 500, middle), (x - 500, middle))
        assert not self.crosses((x - 5, middle), (x - 1, middle))
        assert not self.crosses((x - 5, top + 1), (x + 5, top + 1))
        assert not self.crosses((x - 5, bottom - 1), (x + 5, bottom - 1))
        # Up to it, and along it, is not across it.
        assert not self.crosses((x - 5, middle), (x - 1e-6, middle))
        assert not self.crosses((x + 1e-6, middle), (x + 5, middle))
        assert not self.crosses((x + 1e-6, top + 5), (x + 1e-6, bottom - 5))
        # Standing still crosses nothing.
        assert not self.crosses((x, middle), (x, middle))
