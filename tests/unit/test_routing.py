"""Walking times on drawn maps: every expected number follows from the drawing."""

from __future__ import annotations

import math
from typing import ClassVar

import geopandas
import numpy as np
import pandas as pd
import pytest
import shapely
from sentences import assert_speaks
from sketch import Sketch, place, sketch

import circle
from circle.errors import BudgetError, PositionError, WalkerError
from circle.walkers import WALKERS, Walker

SPEED = {key: walker.speed_m_s for key, walker in WALKERS.items()}


def seconds(
    plan: Sketch, start: str, end: str, *, minutes: float = 60, walker: str | Walker = "adult"
) -> float:
    """Return the time between two letters."""
    times = circle.travel_times(
        plan.network, plan.at(start), plan.at(end), minutes=minutes, walker=walker
    )
    return float(times.time_s.iloc[0])


def metres(plan: Sketch, start: str, end: str, *, walker: str | Walker = "adult") -> float:
    """Return the distance between two letters."""
    times = circle.travel_times(
        plan.network, plan.at(start), plan.at(end), metres=5000, walker=walker
    )
    return float(times.distance_m.iloc[0])


class TestPlainStreets:
    plan = sketch(
        """
        A---B-----C
            |
            D
        """
    )  # 12 m a character: 10 s of an adult

    @pytest.mark.parametrize(
        ("ends", "length_m"),
        [("AB", 48), ("BA", 48), ("BC", 72), ("AC", 120), ("AD", 72), ("DC", 96), ("BB", 0)],
    )
    @pytest.mark.parametrize("walker", ["adult", "older", "frail", "child", "wheelchair"])
    def test_time_is_length_by_speed(self, ends: str, length_m: float, walker: str) -> None:
        expected = length_m / SPEED[walker]
        # Whole milliseconds per edge, of which a walk has two.
        assert seconds(self.plan, *ends, walker=walker) == pytest.approx(expected, abs=0.0011)

    def test_metres_are_metres_whoever_walks(self) -> None:
        for walker in WALKERS:
            assert metres(self.plan, "A", "C", walker=walker) == 120.0

    def test_a_speed_is_a_walker(self) -> None:
        assert seconds(self.plan, "A", "C", walker="2.4") == 50.0
        assert seconds(self.plan, "A", "C", walker=Walker.for_speed(0.6)) == 200.0

    def test_parts_of_edges(self) -> None:
        plan = self.plan
        start, end = plan.at("A", east=12), plan.at("C", east=-24)  # 120 - 12 - 24 m
        times = circle.travel_times(plan.network, start, end, minutes=5)
        assert times.time_s.iloc[0] == pytest.approx(70.0, abs=0.002)

    def test_two_positions_on_one_edge_walk_directly(self) -> None:
        plan = self.plan
        points = [plan.at("B", east=12), plan.at("B", east=36)]
        times = circle.travel_times(plan.network, points, points, metres=100)
        assert times.distance_m.tolist() == pytest.approx([0, 24, 24, 0], abs=1e-3)

    def test_access_legs_count_at_both_ends(self) -> None:
        plan = self.plan
        start = plan.at("A", north=30)  # beyond the street's end too
        end = plan.at("C", east=-12, north=-60)
        times = circle.travel_times(plan.network, start, end, metres=1000)
        assert times.distance_m.iloc[0] == pytest.approx(30 + 108 + 60, abs=0.002)

    def test_access_leg_beyond_the_end_is_straight(self) -> None:
        plan = self.plan
        times = circle.travel_times(
            plan.network, plan.at("A", east=-30, north=40), plan.at("A"), metres=1000
        )
        assert times.distance_m.iloc[0] == pytest.approx(50, abs=0.002)

    def test_snapping_goes_to_the_edge_not_to_its_end(self) -> None:
        plan = self.plan
        times = circle.travel_times(
            plan.network, plan.at("B", east=36, north=10), plan.at("B", east=36), metres=1000
        )
        assert times.distance_m.iloc[0] == pytest.approx(10, abs=0.002)

    def test_rows_are_origins_slowest_and_keep_labels(self) -> None:
        plan = self.plan
        origins = geopandas.GeoSeries(
            [shapely.Point(plan.at("A")), shapely.Point(plan.at("C"))],
            index=["home", "work"],
            crs="EPSG:4326",
        )
        places = geopandas.GeoDataFrame(
            geometry=geopandas.points_from_xy(*zip(*map(plan.at, "BD"), strict=True)),
            index=pd.Index([7, 9]),
            crs="EPSG:4326",
        ).to_crs("EPSG:3857")
        times = circle.travel_times(plan.network, origins, places, metres=1000)
        assert times.columns.tolist() == [
            "origin_id",
            "destination_id",
            "distance_m",
            "is_snapped",
        ]
        assert times.origin_id.tolist() == ["home", "home", "work", "work"]
        assert times.destination_id.tolist() == [7, 9, 7, 9]
        assert times.distance_m.tolist() == pytest.approx([48, 72, 72, 96], abs=0.01)

    def test_minutes_and_metres_have_columns_of_their_own(self) -> None:
        plan = self.plan
        with_minutes = circle.travel_times(plan.network, plan.at("A"), plan.at("B"), minutes=5)
        with_metres = circle.travel_times(plan.network, plan.at("A"), plan.at("B"), metres=300)
        assert "distance_m" not in with_minutes
        assert "time_s" not in with_metres

    def test_more_destinations_than_origins_and_fewer_agree(self) -> None:
        # Searched from the origin in the one, towards the destination in the other.
        plan = self.plan
        one_to_all = circle.travel_times(
            plan.network, plan.at("A"), [plan.at(c) for c in "ABCD"], minutes=15
        )
        all_to_one = circle.travel_times(
            plan.network, [plan.at(c) for c in "ABCD"], plan.at("A"), minutes=15
        )
        assert one_to_all.time_s.tolist() == all_to_one.time_s.tolist() == [0, 40, 100, 60]


class TestBudget:
    plan = sketch("A" + "-" * 99 + "B")  # 1200 m

    def test_exactly_on_the_budget_is_within_it(self) -> None:
        network = self.plan.network
        a, b = self.plan.at("A"), self.plan.at("B")
        assert circle.travel_times(network, a, b, metres=1200).distance_m.iloc[0] == 1200.0
        assert circle.travel_times(network, a, b, metres=1199.999).distance_m.iloc[0] == math.inf
        exactly = 1000 / 60  # minutes for 1200 m at 1.2 m/s
        assert circle.travel_times(network, a, b, minutes=exactly).time_s.iloc[0] == 1000.0
        less = circle.travel_times(network, a, b, minutes=exactly - 0.001)
        assert less.time_s.iloc[0] == math.inf
        assert less.is_snapped.iloc[0]

    def test_access_legs_use_up_the_budget(self) -> None:
        plan = self.plan
        start, end = plan.at("A", north=50), plan.at("B", north=50)
        enough = circle.travel_times(plan.network, start, end, metres=1300)
        assert enough.distance_m.iloc[0] == pytest.approx(1300, abs=0.002)
        short = circle.travel_times(plan.network, start, end, metres=1299.9)
        assert short.distance_m.iloc[0] == math.inf

    def test_own_street_keeps_to_the_budget_too(self) -> None:
        plan = self.plan
        middle = plan.at("A", east=600)
        near, far = plan.at("A", east=700), plan.at("A", east=700.1)
        times = circle.travel_times(plan.network, middle, [near, far], metres=100.05)
        assert times.distance_m.tolist() == [pytest.approx(100, abs=1e-3), math.inf]


class TestDirections:
    def test_one_way_on_foot_goes_round(self) -> None:
        plan = sketch(
            """
            A---B
            |   |
            +---C
            """,
            AB={"highway": "footway", "oneway:foot": "yes"},
        )
        # The long way round: 2 + 4 characters down, along, and 2 up again to B's neighbour.
        assert metres(plan, "A", "B") == 48
        assert metres(plan, "B", "A") == 24 + 48 + 24

    def test_one_way_drawn_against(self) -> None:
        plan = sketch("A---B", BA={"highway": "footway", "oneway:foot": "yes"})
        assert metres(plan, "B", "A") == 48
        assert metres(plan, "A", "B") == math.inf

    def test_one_way_same_edge_cannot_turn_back(self) -> None:
        plan = sketch(
            """
            A-------B
            |       |
            +---C---+
            """,
            AB={"highway": "footway", "oneway:foot": "yes"},
        )
        points = [plan.at("A", east=24), plan.at("A", east=60)]
        times = circle.travel_times(plan.network, points, points, metres=1000)
        # Back: on to B (36 m), round (24 + 96 + 24 m), and 24 m from A.
        assert times.distance_m.tolist() == pytest.approx([0, 36, 204, 0], abs=0.002)

    @pytest.mark.parametrize("oneway", ["yes", "-1"])
    @pytest.mark.parametrize("letter", "BC")
    def test_standing_at_the_end_of_a_one_way_street(self, oneway: str, letter: str) -> None:
        # Whoever stands on the corner need not walk the one-way street to leave it.
        plan = sketch("A---B---C---D", BC={"highway": "footway", "oneway:foot": oneway})
        network = plan.network
        first = "A" if letter == "B" else "D"
        for start, end in ((letter, first), (first, letter)):
            assert metres(plan, start, end) == pytest.approx(48, abs=0.002), (start, end)
            walk = circle.route(network, plan.at(start), plan.at(end))
            assert walk.time_s == pytest.approx(40, abs=0.002)
            assert walk.length_m == pytest.approx(48, abs=0.002)

    def test_cars_one_way_does_not_bind_feet(self) -> None:
        plan = sketch("A---B", AB={"highway": "residential", "oneway": "yes"})
        assert metres(plan, "B", "A") == metres(plan, "A", "B") == 48

    def test_moving_steps_go_one_way(self) -> None:
        plan = sketch("A---B", AB={"highway": "steps", "conveying": "forward"})
        assert metres(plan, "A", "B") == 48
        assert metres(plan, "B", "A") == math.inf


class TestShapes:
    def test_of_parallel_streets_the_shorter_counts(self) -> None:
        plan = sketch(
            """
            +-------+
            |       |
            A-------B
            |       |
            |       |
            +-------+
            """
        )
        assert plan.network.n_edges == 3
        assert metres(plan, "A", "B") == 96
        # Of the parallel streets each still has its own points.
        up = plan.xy("A", north=24)
        times = circle.travel_times(plan.network, place(*up), plan.at("B"), metres=1000)
        assert times.distance_m.iloc[0] == pytest.approx(24 + 96, abs=0.002)

    def test_a_loop_is_walked_the_shorter_way(self) -> None:
        plan = sketch(
            """
            A---B-------+
                |       |
                |       |
                +-------+
            """
        )
        assert plan.network.n_edges == 2
        loop = 2 * 96 + 2 * 36
        quarter = plan.at("B", east=60)
        opposite = plan.at("B", east=36, north=-36)  # 36 + 36 m the one way, 192 m the other
        times = circle.travel_times(plan.network, plan.at("A"), [quarter, opposite], metres=1000)
        assert times.distance_m.tolist() == pytest.approx([48 + 60, 48 + 72], abs=0.002)
        on_loop = circle.travel_times(plan.network, quarter, opposite, metres=1000)
        assert on_loop.distance_m.iloc[0] == pytest.approx(min(60 + 72, loop - 132), abs=0.002)

    def test_around_a_loop_through_its_vertex(self) -> None:
        plan = sketch(
            """
            A---B---------------+
                |               |
                +---------------+
            """
        )
        start, end = plan.at("B", east=20), plan.at("B", north=-20, east=0)
        times = circle.travel_times(plan.network, start, end, metres=1000)
        assert times.distance_m.iloc[0] == pytest.approx(40, abs=0.002)

    def test_a_bridge_is_not_joined_to_what_it_crosses(self) -> None:
        plan = sketch(
            """
                B
                |
            A-------C
                |
                D
            """,
            m_per_char=300,  # no islands
            AC={"highway": "footway", "bridge": "yes", "layer": "1"},
        )
        assert metres(plan, "B", "D") == 1200
        assert metres(plan, "A", "C") == 2400
        assert metres(plan, "A", "B") == math.inf

    def test_a_crossing_with_a_node_is_joined(self) -> None:
        plan = sketch(
            """
                B
                |
            A---+---C
                |
                D
            """
        )
        assert metres(plan, "A", "B") == 48 + 24


class TestWhatATripCosts:
    def test_steps_take_seconds_each(self) -> None:
        plan = sketch("A---B", AB={"highway": "steps", "step_count": "40"})
        assert seconds(plan, "A", "B") == pytest.approx(48 / 1.2 + 40 * 0.3)
        assert seconds(plan, "A", "B", walker="older") == pytest.approx(
            48 / 0.9 + 40 * 0.5, abs=1e-3
        )
        # Frail: 1 s a step, and 40 steps are three flights of at most 18.
        assert seconds(plan, "A", "B", walker="frail") == pytest.approx(
            48 / 0.65 + 40 * 1.0 + 3 * 10.0, abs=1e-3
        )
        assert metres(plan, "A", "B") == 48

    def test_steps_without_a_count_are_estimated_by_length(self) -> None:
        plan = sketch("A---B", AB={"highway": "steps"})
        assert plan.network.edge_n_steps[plan.edge("AB")] == 120  # 48 m at 0.4 m
        assert seconds(plan, "A", "B") == pytest.approx(40 + 120 * 0.3)

    def test_half_a_flight_takes_half(self) -> None:
        plan = sketch("A---B", AB={"highway": "steps", "step_count": "40"})
        times = circle.travel_times(plan.network, plan.at("A"), plan.at("A", east=24), minutes=5)
        assert times.time_s.iloc[0] == pytest.approx((40 + 12) / 2, abs=0.002)

    def test_wheels_take_the_detour_round_steps(self) -> None:
        plan = sketch(
            """
            A---B---C
            |       |
            |       |
            +-------+
            """,
            BC={"highway": "steps", "step_count": "10"},
        )
        assert metres(plan, "A", "C") == 96
        for walker in ("pushchair", "wheelchair"):
            assert metres(plan, "A", "C", walker=walker) == 36 + 96 + 36
        # In metres too: what is closed to a wheel stays closed.
        assert seconds(plan, "A", "C", walker="pushchair") == pytest.approx(168 / 0.9, abs=0.002)

    def test_wheels_do_not_join_the_steps_they_stand_beside(self) -> None:
        plan = sketch("A---B---C", BC={"highway": "steps"})
        beside = plan.at("C", north=5)
        times = circle.travel_times(
            plan.network, beside, plan.at("A"), metres=1000, walker="wheelchair"
        )
        assert times.distance_m.iloc[0] == pytest.approx(math.hypot(48, 5) + 48, abs=0.002)

    def test_steps_with_a_ramp_let_wheels_pass(self) -> None:
        plan = sketch("A---B", AB={"highway": "steps", "ramp:wheelchair": "yes"})
        assert metres(plan, "A", "B", walker="wheelchair") == 48

    def test_a_kerb_stops_wheelchairs_but_not_pushchairs(self) -> None:
        plan = sketch("A---K---B", K={"kerb": "raised"})
        assert metres(plan, "A", "B", walker="wheelchair") == math.inf
        assert metres(plan, "A", "B", walker="pushchair") == pytest.approx(96, abs=0.003)

    def test_crossings_cost_a_wait(self) -> None:
        crossing = {"highway": "footway", "footway": "crossing"}
        plan = sketch(
            """
              N
              |
            A-M-B
              |
              S
            """,
            AM=crossing,
            MB=crossing,
        )
        patient = Walker("patient", 1.2, crossing_s=20.0)
        assert seconds(plan, "A", "B") == pytest.approx(40)
        # Kerb to kerb through the road's middle: two edges, half of the wait each.
        assert seconds(plan, "A", "B", walker=patient) == pytest.approx(60)
        assert seconds(plan, "N", "S", walker=patient) == pytest.approx(40)

    def test_a_lift_drawn_as_a_point_costs_its_wait_once(self) -> None:
        plan = sketch("A---L---B", L={"highway": "elevator"})
        assert seconds(plan, "A", "B") == pytest.approx(80 + 30, abs=0.003)
        assert seconds(plan, "A", "B", walker="wheelchair") == pytest.approx(120 + 30, abs=0.003)
        assert metres(plan, "A", "B") == pytest.approx(96, abs=0.003)

    def test_a_lift_drawn_as_a_line_costs_its_wait_once(self) -> None:
        plan = sketch("A---B", AB={"highway": "elevator"})
        assert seconds(plan, "A", "B") == pytest.approx(40 + 30)


class TestGates:
    compound = """
        A---B---C---D
            |   |
            E---F
    """
    private: ClassVar = {"highway": "service", "access": "private"}

    def plan(self) -> Sketch:
        return sketch(self.compound, BE=self.private, EF=self.private, CF=self.private, BC=None)

    def test_who_lives_inside_walks_out(self) -> None:
        assert metres(self.plan(), "E", "A") == 24 + 48
        assert metres(self.plan(), "F", "D") == 24 + 48

    def test_nobody_walks_through(self) -> None:
        plan = sketch(
            """
            A---B---C---D
            |   |   |   |
            |   E---F   |
            |           |
            +-----------+
            """,
            BE=self.private,
            EF=self.private,
            CF=self.private,
            BC=None,
        )
        round_m = 48 + 48 + 144 + 48 + 48
        assert metres(plan, "B", "C") == round_m
        resident = Walker("resident", 1.2, enters_private=True)
        assert metres(plan, "B", "C", walker=resident) == 24 + 48 + 24

    def test_whoever_goes_inside_may_end_there_only_as_a_resident(self) -> None:
        plan = self.plan()
        # A place well inside the compound is not reached by who may not enter ...
        assert metres(plan, "A", "E") == math.inf
        # ... and is by who may, and both walk out.
        resident = Walker("resident", 1.2, enters_private=True)
        assert metres(plan, "A", "E", walker=resident) == 72

    def test_two_homes_inside_reach_each_other(self) -> None:
        assert metres(self.plan(), "E", "F") == 48

    def test_a_private_gate_lets_out_not_in(self) -> None:
        plan = sketch("A" + "-" * 30 + "G---B", G={"barrier": "gate", "access": "private"})
        assert metres(plan, "B", "A") == pytest.approx(48 + 31 * 12, abs=0.003)
        assert metres(plan, "A", "B") == math.inf
        resident = Walker("resident", 1.2, enters_private=True)
        assert metres(plan, "A", "B", walker=resident) == pytest.approx(420, abs=0.003)

    def test_a_gate_without_a_word_is_open(self) -> None:
        plan = sketch("A---G---B", G={"barrier": "gate"})
        assert metres(plan, "A", "B") == pytest.approx(96, abs=0.003)

    def test_a_wall_across_the_street_stops_everybody(self) -> None:
        plan = sketch("A---W---B", m_per_char=300, W={"barrier": "wall"})
        resident = Walker("resident", 1.2, enters_private=True)
        assert metres(plan, "A", "B", walker=resident) == math.inf
        assert metres(plan, "B", "A") == math.inf

    def test_a_bollard_stops_nobody(self) -> None:
        plan = sketch("A---G---B", G={"barrier": "bollard"})
        assert metres(plan, "A", "B") == 96
        assert (plan.network.edge_length_m > 0).all()


class TestUnsnapped:
    plan = sketch("A" + "-" * 99 + "B", m_per_char=20)

    def test_exactly_at_the_limit_counts(self) -> None:
        plan = self.plan
        for north, is_snapped in ((99.999, True), (-99.999, True), (100.01, False)):
            times = circle.travel_times(
                plan.network, plan.at("A", east=500, north=north), plan.at("B"), minutes=60
            )
            assert times.is_snapped.tolist() == [is_snapped]
            assert math.isfinite(times.time_s.iloc[0]) == is_snapped

    def test_unsnapped_stays_in_the_table_and_infinite(self) -> None:
        plan = self.plan
        places = [plan.at("A"), plan.at("A", north=300), plan.at("B")]
        times = circle.travel_times(plan.network, places, places, minutes=30)
        assert len(times) == 9
        assert times.is_snapped.tolist() == [True, False, True] + [False] * 3 + [True, False, True]
        assert np.isinf(times.time_s[~times.is_snapped]).all()
        assert np.isfinite(times.time_s[times.is_snapped]).all()

    def test_out_of_budget_is_infinite_but_snapped(self) -> None:
        plan = self.plan
        times = circle.travel_times(plan.network, plan.at("A"), plan.at("B"), minutes=1)
        assert times.time_s.tolist() == [math.inf]
        assert times.is_snapped.tolist() == [True]


class TestNearest:
    plan = sketch("A---B---C---D---E")

    def find(self, origin: str, facilities: str, **budget: float) -> tuple[object, float]:
        plan = self.plan
        table = circle.nearest(
            plan.network,
            plan.at(origin),
            geopandas.GeoSeries(
                [shapely.Point(plan.at(c)) for c in facilities],
                index=[f"{c}{i}" for i, c in enumerate(facilities)],
                crs="EPSG:4326",
            ),
            **(budget or {"metres": 1000}),
        )
        assert len(table) == 1
        return table.facility_id.iloc[0], float(table.iloc[0, 2])

    def test_the_nearest_wins(self) -> None:
        assert self.find("B", "EDA") == ("A2", 48.0)
        assert self.find("C", "EDA") == ("D1", 48.0)

    @pytest.mark.parametrize("facilities", ["AE", "EA", "BD", "DB", "CC", "EAAE"])
    def test_of_equally_near_the_first_in_the_table(self, facilities: str) -> None:
        found, _ = self.find("C", facilities)
        assert found == f"{facilities[0]}0"

    @pytest.mark.parametrize("order", [1, -1])
    def test_ties_reached_from_both_ends_of_an_edge(self, order: int) -> None:
        # The origin stands in the middle of BC; A and D lie beyond its two ends.
        plan = self.plan
        facilities = [plan.at("A"), plan.at("D")][::order]
        found = circle.nearest(plan.network, plan.at("B", east=24), facilities, metres=500)
        assert found.distance_m.iloc[0] == pytest.approx(72, abs=0.002)
        # Millimetres decide; only a true tie goes to the first.
        times = circle.travel_times(plan.network, plan.at("B", east=24), facilities, metres=500)
        first = int(np.argmin(times.distance_m))
        assert found.facility_id.iloc[0] == first

    @pytest.mark.parametrize("order", [1, -1])
    def test_exact_ties_from_both_ends(self, order: int) -> None:
        # A shape without rounding: the middle of a symmetric street of even millimetres.
        plan = sketch(
            """
            A---+---B
                |
                O
            """
        )
        facilities = [plan.at("A"), plan.at("B")][::order]
        found = circle.nearest(plan.network, plan.at("O"), facilities, metres=500)
        assert found.facility_id.tolist() == [0]

    def test_nearest_is_by_the_walk_of_the_origin(self) -> None:
        # B is 48 m from A, but the street leads only from B to A: A's facility is C.
        plan = sketch("B---A------C", BA={"highway": "footway", "oneway:foot": "yes"})
        found = circle.nearest(plan.network, plan.at("A"), [plan.at("B"), plan.at("C")], metres=500)
        assert found.facility_id.tolist() == [1]
        assert found.distance_m.tolist() == [84.0]

    def test_none_within_the_budget_is_missing_and_infinite(self) -> None:
        facility, cost = self.find("A", "E", minutes=1)
        assert pd.isna(facility)
        assert cost == math.inf

    def test_unsnapped_origin_and_facility(self) -> None:
        plan = self.plan
        far = plan.at("C", north=500)
        table = circle.nearest(plan.network, [far, plan.at("C")], [far, plan.at("E")], metres=900)
        assert table.is_snapped.tolist() == [False, True]
        assert pd.isna(table.facility_id.iloc[0])
        assert table.facility_id.iloc[1] == 1
        assert table.distance_m.tolist() == [math.inf, 96.0]

    def test_same_answer_as_the_matrix(self) -> None:
        plan = self.plan
        origins = [plan.at("A", east=7 * k) for k in range(27)]
        facilities = [plan.at("B", north=9), plan.at("D"), plan.at("E", north=-4)]
        times = circle.travel_times(plan.network, origins, facilities, minutes=10)
        matrix = times.time_s.to_numpy().reshape(27, 3)
        found = circle.nearest(plan.network, origins, facilities, minutes=10)
        assert found.time_s.tolist() == matrix.min(axis=1).tolist()
        assert found.facility_id.tolist() == matrix.argmin(axis=1).tolist()


class TestRefusals:
    plan = sketch("A---B")

    @pytest.mark.parametrize(
        "budget",
        [
            {},
            {"minutes": 5, "metres": 300},
            {"minutes": 0},
            {"minutes": -5},
            {"minutes": math.nan},
            {"minutes": math.inf},
            {"minutes": 120.1},
            {"metres": 10_001},
            {"metres": ()},
            {"minutes": "15"},
            {"minutes": (5, None)},
        ],
    )
    def test_budgets(self, budget: dict[str, object]) -> None:
        a, b = self.plan.at("A"), self.plan.at("B")
        for call in (
            lambda: circle.travel_times(self.plan.network, a, b, **budget),
            lambda: circle.nearest(self.plan.network, a, b, **budget),
            lambda: circle.isochrones(self.plan.network, a, **budget),
            lambda: circle.isochrone_geojson(self.plan.network, a, **budget),
        ):
            with pytest.raises(BudgetError) as caught:
                call()
            assert_speaks(caught.value)

    @pytest.mark.parametrize("walker", ["dog", "", "-1", "9", math.nan, None, "nan m/s"])
    def test_walkers(self, walker: object) -> None:
        a, b = self.plan.at("A"), self.plan.at("B")
        for call in (
            lambda: circle.travel_times(self.plan.network, a, b, minutes=5, walker=walker),
            lambda: circle.isochrones(self.plan.network, a, minutes=5, walker=walker),
            lambda: circle.route(self.plan.network, a, b, walker=walker),
        ):
            with pytest.raises(WalkerError) as caught:
                call()
            assert_speaks(caught.value)

    @pytest.mark.parametrize(
        "position", [(math.nan, 36.06), (103.83, math.inf), (36.0611, 103.8343), (0, 0), ("x", 1)]
    )
    def test_positions(self, position: tuple[float, float]) -> None:
        a = self.plan.at("A")
        for call in (
            lambda: circle.travel_times(self.plan.network, a, position, minutes=5),
            lambda: circle.nearest(self.plan.network, position, [a], minutes=5),
            lambda: circle.isochrones(self.plan.network, position, minutes=5),
            lambda: circle.route(self.plan.network, a, position),
        ):
            with pytest.raises(PositionError) as caught:
                call()
            assert_speaks(caught.value)

    def test_no_positions_at_all(self) -> None:
        with pytest.raises(PositionError) as caught:
            circle.travel_times(self.plan.network, [], [self.plan.at("A")], minutes=5)
        assert_speaks(caught.value, "at least one")
