"""Routes on drawn maps: their line, legs, turns and steps."""

from __future__ import annotations

import math

import numpy as np
import pytest
import shapely
from sentences import assert_speaks
from sketch import FRAME, sketch

import circle
from circle.errors import NoRouteError, PositionError
from circle.walkers import Walker

TOWN = sketch(
    """
    A-----B-----C
          |
          |
          D-----E
    """,
    AB={"highway": "residential", "name": "东路"},
    BC={"highway": "residential", "name": "东路"},
    BD={"highway": "steps", "step_count": "20"},
    DE={"highway": "footway", "name": "河滨路"},
)


def line_in_metres(walk) -> np.ndarray:
    return np.column_stack(FRAME.to_xy(*np.array(walk.geometry.coords).T))


def test_the_walk_step_by_step() -> None:
    walk = circle.route(TOWN.network, TOWN.at("A"), TOWN.at("E"))
    assert [leg.street for leg in walk.legs] == ["东路", None, "河滨路"]
    assert [leg.kind for leg in walk.legs] == ["road", "steps", "footway"]
    assert [leg.length_m for leg in walk.legs] == pytest.approx([72, 36, 72])
    assert [leg.time_s for leg in walk.legs] == pytest.approx([60, 36 / 1.2 + 20 * 0.3, 60])
    assert [leg.n_steps for leg in walk.legs] == [0, 20, 0]
    # East, then south: a right turn. South, then east: a left turn.
    assert [leg.turn_degrees for leg in walk.legs] == [0.0, 90.0, -90.0]
    assert walk.length_m == pytest.approx(180)
    assert walk.time_s == pytest.approx(156, abs=0.001)
    assert walk.n_steps == 20
    assert walk.walker == "adult"
    corners = [TOWN.xy(letter) for letter in "ABDE"]
    assert line_in_metres(walk) == pytest.approx(np.array(corners), abs=1e-3)


def test_the_way_back_is_the_way_there_backwards() -> None:
    there = circle.route(TOWN.network, TOWN.at("A"), TOWN.at("E"))
    back = circle.route(TOWN.network, TOWN.at("E"), TOWN.at("A"))
    assert back.length_m == pytest.approx(there.length_m)
    assert back.time_s == there.time_s
    assert [leg.street for leg in back.legs] == [leg.street for leg in there.legs][::-1]
    assert line_in_metres(back) == pytest.approx(line_in_metres(there)[::-1], abs=1e-6)
    assert [leg.turn_degrees for leg in back.legs] == [0.0, 90.0, -90.0]


def test_one_street_is_one_leg_across_its_junctions() -> None:
    walk = circle.route(TOWN.network, TOWN.at("A"), TOWN.at("C"))
    assert [(leg.street, leg.length_m) for leg in walk.legs] == [("东路", pytest.approx(144))]


def test_access_legs_are_walked_and_drawn() -> None:
    start, end = TOWN.at("A", east=12, north=24), TOWN.at("C", east=-12, north=-12)
    walk = circle.route(TOWN.network, start, end)
    assert [leg.kind for leg in walk.legs] == ["access", "road", "access"]
    assert [leg.length_m for leg in walk.legs] == pytest.approx([24, 120, 12], abs=1e-3)
    assert walk.time_s == pytest.approx(156 / 1.2, abs=0.003)
    line = line_in_metres(walk)
    assert line[0] == pytest.approx(TOWN.xy("A", east=12, north=24), abs=1e-3)
    assert line[-1] == pytest.approx(TOWN.xy("C", east=-12, north=-12), abs=1e-3)
    assert shapely.LineString(line).length == pytest.approx(156, abs=1e-3)


def test_staying_where_one_is() -> None:
    walk = circle.route(TOWN.network, TOWN.at("B"), TOWN.at("B"))
    assert walk.length_m == 0.0
    assert walk.time_s == 0.0
    assert len(walk.geometry.coords) == 2
    assert walk.legs == ()


def test_along_a_part_of_one_street_in_both_directions() -> None:
    near, far = TOWN.at("A", east=12), TOWN.at("A", east=60)
    for ends in ((near, far), (far, near)):
        walk = circle.route(TOWN.network, *ends)
        assert walk.length_m == pytest.approx(48, abs=1e-3)
        assert [leg.street for leg in walk.legs] == ["东路"]


def test_the_shape_of_a_bent_street_is_followed() -> None:
    plan = sketch(
        """
        A---+
            |
            +---+
                |
                B
        """
    )
    assert plan.network.n_edges == 1
    walk = circle.route(plan.network, plan.at("A", east=24), plan.at("B", north=12))
    assert len(walk.geometry.coords) == 5
    assert walk.length_m == pytest.approx(24 + 24 + 48 + 12, abs=1e-3)


def test_quickest_and_shortest_differ() -> None:
    plan = sketch(
        """
        A---------B
        |         |
        +----C----+
        """,
        AB={"highway": "steps", "step_count": "200"},
    )
    quickest = circle.route(plan.network, plan.at("A"), plan.at("B"))
    shortest = circle.route(plan.network, plan.at("A"), plan.at("B"), unit="m")
    assert quickest.length_m == pytest.approx(168)
    assert quickest.n_steps == 0
    assert shortest.length_m == pytest.approx(120)
    assert shortest.n_steps == 200
    assert shortest.time_s == pytest.approx(100 + 60)


def test_half_a_flight_has_half_the_steps() -> None:
    walk = circle.route(TOWN.network, TOWN.at("B"), TOWN.at("B", north=-18))
    assert walk.n_steps == 10
    assert walk.time_s == pytest.approx((30 + 6) / 2, abs=0.001)


def test_a_gate_belongs_to_the_street_it_stands_on() -> None:
    plan = sketch(
        "A---G---B",
        AG={"highway": "footway", "name": "巷"},
        GB={"highway": "footway", "name": "巷"},
        G={"barrier": "kissing_gate"},
    )
    walk = circle.route(plan.network, plan.at("A"), plan.at("B"))
    assert [leg.street for leg in walk.legs] == ["巷"]
    assert walk.length_m == pytest.approx(96)


def test_no_way_for_this_walker() -> None:
    with pytest.raises(NoRouteError) as caught:
        circle.route(
            TOWN.network, TOWN.at("A"), TOWN.at("E"), walker=Walker("w", 1.0, on_wheels=True)
        )
    assert_speaks(caught.value, "120 minutes", "10 km")


def test_too_far_to_walk() -> None:
    plan = sketch("A---------B", m_per_char=1001, margin_m=2000)
    with pytest.raises(NoRouteError):
        circle.route(plan.network, plan.at("A"), plan.at("B"), unit="m")
    with pytest.raises(NoRouteError):
        circle.route(plan.network, plan.at("A"), plan.at("B"), walker="1.3")
    walk = circle.route(plan.network, plan.at("A"), plan.at("B"), walker="1.5")
    assert walk.length_m == pytest.approx(10_010)


def test_a_long_detour_is_found_in_a_second_search() -> None:
    # 40 m apart as the crow flies, 2 km on foot.
    plan = sketch("A" + "-" * 50 + "+\n" + " " * 51 + "|\n" + "B" + "-" * 50 + "+", m_per_char=20)
    walk = circle.route(plan.network, plan.at("A"), plan.at("B"))
    assert walk.length_m == pytest.approx(2 * 51 * 20 + 40)


def test_an_end_far_from_any_street() -> None:
    with pytest.raises(PositionError) as caught:
        circle.route(TOWN.network, TOWN.at("A"), TOWN.at("C", north=200))
    assert_speaks(caught.value, "100 m")
    assert math.isfinite(circle.route(TOWN.network, TOWN.at("A"), TOWN.at("C")).time_s)


def test_a_sharp_bend_of_nameless_streets_is_told() -> None:
    plan = sketch(
        """
        A-----B---C
              |
              D
        """,
        m_per_char=20,
    )
    legs = circle.route(plan.network, plan.at("A"), plan.at("D")).legs
    assert [(leg.length_m, leg.turn_degrees) for leg in legs] == [
        (pytest.approx(120, abs=0.01), 0.0),
        (pytest.approx(40, abs=0.01), pytest.approx(90, abs=0.1)),
    ]
    straight = circle.route(plan.network, plan.at("A"), plan.at("C")).legs
    assert [leg.length_m for leg in straight] == [pytest.approx(200, abs=0.01)]
