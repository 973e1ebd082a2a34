"""Every share and gap of a drawn town is exact."""

from __future__ import annotations

import math
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pytest
import shapely
from sketch import place, sketch

from circle.coverage.capacity import capacity_table, judge_capacity
from circle.coverage.gaps import find_gaps
from circle.coverage.home import ask_home, way_to_nearest
from circle.coverage.judge import judge
from circle.coverage.mode import PersonMode, StandardMode, Subject
from circle.coverage.score import composite
from circle.errors import BudgetError, InputError, PositionError
from circle.geometry import LonLat
from circle.walkers import WALKERS, Walker
from covering.town import clinics, demand, judged, shares, subjects

PLAN = sketch(
    """
    A-B-C---D
    |
    |
    S
    """,
    m_per_char=100,
)
SPOTS = {name: PLAN.xy(name) for name in "ABCDS"}
PEOPLE = {"A": 10.0, "B": 20.0, "C": 30.0, "D": 40.0, "S": 50.0}
"""Metres to a clinic at A: 0, 200, 400, 800 along the street and 300 to the south."""


def at_a() -> gpd.GeoDataFrame:
    return clinics({"clinic": SPOTS["A"]})


def test_shares_are_those_of_the_drawing() -> None:
    result = judged(PLAN, demand(SPOTS, PEOPLE), at_a())
    found = shares(result)
    assert found["5min"].total == 150
    # 300 m on the dot is within 300 m.
    assert found["5min"].covered == 10 + 20 + 50
    assert found["10min"].covered == 10 + 20 + 50 + 30
    assert found["15min"].covered == 150
    assert found["5min"].share_covered == pytest.approx(80 / 150)
    assert (found["5min"].uncovered, found["5min"].unknown) == (70, 0)
    for row in found.values():
        assert row.share_covered + row.share_uncovered + row.share_unknown == pytest.approx(1)
    by_building = shares(result, "buildings")
    assert (by_building["5min"].covered, by_building["5min"].total) == (3, 5)
    dwellings = shares(result, "dwellings")
    assert (dwellings["10min"].covered, dwellings["10min"].total) == (55, 75)


def test_distances_and_choices() -> None:
    both = clinics({"west": SPOTS["A"], "east": SPOTS["C"]})
    result = judged(PLAN, demand(SPOTS, PEOPLE), both)
    reach = result.reaches["clinic"]
    assert (reach.cost / 1000).tolist() == [0, 200, 0, 400, 300]
    assert reach.facility.tolist() == [0, 0, 1, 1, 0]
    # B is 200 m from both, D 400 and 800; S 300 and 700.
    assert reach.choices_by_limit[300.0].tolist() == [1, 2, 1, 0, 1]
    assert reach.choices_by_limit[1000.0].tolist() == [2, 2, 2, 2, 2]
    row = result.distances.iloc[0]
    # 40 people at 0 m, 20 at 200, 50 at 300, 40 at 400.
    assert (row["median"], row["p90"]) == (300, 400)
    assert row.choices_mean == 2
    assert row.share_without_choice == 0


def test_crow_fly_stands_beside_the_network() -> None:
    plan = sketch(
        """
        A---+   +---B
            |   |
            |   |
            +---+
        """,
        m_per_char=20,
    )
    # Along the streets 4 + 3 + 4 + 3 + 4 squares of 20 m, in a straight line 12 of them.
    result = judged(
        plan, demand({"home": plan.xy("A")}), clinics({"clinic": plan.xy("B")}),
        StandardMode((240.0, 360.0), ("near", "far")),
    )  # fmt: skip
    found = shares(result)
    assert result.reaches["clinic"].cost.tolist() == [360_000]
    assert result.reaches["clinic"].crow_m == pytest.approx([240])
    assert (found["near"].covered, found["near"].share_crow_fly) == (0, 1)
    assert found["far"].covered == 1


def test_a_compound_starts_at_its_best_gate() -> None:
    homes = demand({"home": SPOTS["D"]}, gates={"home": [SPOTS["D"], SPOTS["B"]]})
    result = judged(PLAN, homes, at_a())
    assert result.reaches["clinic"].cost.tolist() == [200_000]
    assert result.reaches["clinic"].start.tolist() == [1]


def test_a_building_starts_at_its_nearest_outline() -> None:
    # A square of 20 m whose middle is 30 m north of the street: its wall is 20 m away.
    homes = demand({"home": PLAN.xy("B", north=30)}, size_m=20)
    result = judged(PLAN, homes, at_a())
    cost = float(result.reaches["clinic"].cost[0]) / 1000
    # From one of the corners or between them, 20 m off the street.
    assert 210 <= cost <= 230
    assert result.homes.off_street_m == pytest.approx([20], abs=1e-6)


def test_a_long_front_starts_where_it_is_nearest_not_at_a_corner() -> None:
    town = sketch(
        """
        A-----B-----C
              |
              D
        """,
        m_per_char=50,
    )
    x, y = town.xy("D")
    # 200 m wide, its middle 10 m from the end of the street: every corner is farther than 100 m.
    homes = demand({"a": (x, y - 20)}, {"a": 7}, size_m=10)
    corners = [(x - 100, y - 30), (x + 100, y - 30), (x + 100, y - 10), (x - 100, y - 10)]
    front = shapely.Polygon([place(*corner) for corner in corners])
    homes = replace(homes, homes=homes.homes.set_geometry([front], crs="EPSG:4326"))
    result = judged(town, homes, clinics({"clinic": (x, y)}))
    assert result.reaches["clinic"].cost[0] == pytest.approx(10_000, abs=100)


def test_minutes_are_those_of_the_walker() -> None:
    mode = PersonMode(Walker.for_speed(1.0), (5.0, 10.0), ("near", "far"), speed_share=0.25)
    result = judged(PLAN, demand(SPOTS, PEOPLE), at_a(), mode)
    found = shares(result)
    # 300 s: up to 300 m. A quarter slower 225 m, a quarter faster 375 m.
    assert found["near"].covered == 80
    assert found["near"].speed_low == pytest.approx(30 / 150)
    assert found["near"].speed_high == pytest.approx(80 / 150)
    # 600 s: 600 m; slower 450 m; faster 750 m: never the 800 m of D.
    for name in ("share_covered", "speed_low", "speed_high"):
        assert getattr(found["far"], name) == pytest.approx(110 / 150)
    assert np.isnan(found["near"].share_crow_fly)
    assert result.mode.unit == "min"


def test_the_two_modes_cannot_be_mixed() -> None:
    with pytest.raises(TypeError):
        StandardMode(minutes=(5,))  # type: ignore[call-arg]
    with pytest.raises(TypeError):
        PersonMode(metres=(300,))  # type: ignore[call-arg]
    for wrong in ((500.0, 300.0, 1000.0), (300.0, 300.0, 500.0), (0.0, 1.0, 2.0)):
        with pytest.raises(BudgetError):
            StandardMode(wrong)
    with pytest.raises(BudgetError):
        PersonMode(speed_share=1.0)


def test_a_position_that_may_be_off_gives_a_range() -> None:
    # 20 m beside the street at 290 m: 310 m in all, 290 to 330.
    homes = demand({"home": PLAN.xy("A", east=290, north=20)})
    found = shares(judged(PLAN, homes, at_a()))["5min"]
    assert (found.covered, found.position_low, found.position_high) == (0, 0, 1)
    assert (found.low, found.high) == (0, 1)
    near = shares(judged(PLAN, demand({"home": PLAN.xy("A", east=270, north=20)}), at_a()))["5min"]
    assert (near.covered, near.position_low, near.position_high) == (1, 0, 1)


def test_a_place_known_to_fifty_metres_may_be_fifty_metres_off() -> None:
    # 290 m along the street, both ends on it; the clinic's position is good to 50 m.
    homes = demand({"home": PLAN.xy("A", east=290), "far": PLAN.xy("A", east=340)})
    known = clinics({"clinic": SPOTS["A"]}, accuracy_m=[50.0])
    found = shares(judged(PLAN, homes, known))["5min"]
    assert (found.covered, found.position_low, found.position_high) == (1, 0, 1)
    better = clinics({"clinic": SPOTS["A"]}, accuracy_m=[10.0])
    found = shares(judged(PLAN, homes, better))["5min"]
    assert (found.position_low, found.position_high) == (0.5, 0.5)


def test_the_range_is_of_all_that_may_be_off_at_once() -> None:
    mode = PersonMode(Walker.for_speed(1.0), (5.0,), ("near",), speed_share=0.1)
    known = clinics({"clinic": SPOTS["A"]}, accuracy_m=[20.0])
    # 300 s. Slower alone 255 m take 283 s, off alone 275 s; both at once 306 s.
    # Faster alone 345 m take 314 s, off alone 325 s; both at once 295 s.
    spots = {"in": PLAN.xy("A", east=255), "out": PLAN.xy("A", east=345)}
    found = shares(judged(PLAN, demand(spots), known, mode))["near"]
    assert (found.speed_low, found.position_low) == (0.5, 0.5)
    assert (found.speed_high, found.position_high) == (0.5, 0.5)
    assert (found.low, found.share_covered, found.high) == (0, 0.5, 1)


def test_gates_that_open_are_told_apart() -> None:
    # The short way to the clinic leads through a gated yard, the long one around it.
    plan = sketch(
        """
        A-B-C-D
          |   |
          +---+
        """,
        m_per_char=50,
        BC={"highway": "service", "access": "private"},
        CD={"highway": "service", "access": "private"},
    )
    homes = demand({"home": plan.xy("A")})
    spot = clinics({"clinic": plan.xy("D")})
    result = judged(plan, homes, spot, StandardMode((300.0, 500.0), ("near", "far")))
    assert result.reaches["clinic"].cost.tolist() == [500_000]
    assert result.reaches["clinic"].open_cost.tolist() == [300_000]
    near = shares(result)["near"]
    assert (near.share_covered, near.gates_open, near.low, near.high) == (0, 1, 0, 1)
    assert shares(result)["far"].share_covered == 1
    closed = judged(plan, homes, spot, StandardMode((300.0,), ("near",)), opens_gates=False)
    assert shares(closed)["near"].gates_open == 0


def test_the_edge_of_the_data_leaves_it_unknown() -> None:
    cut = sketch("A---------B---------C", m_per_char=20, margin_m=0)
    # A is at the rim of the data: a clinic may be behind it. B is 200 m from both rims.
    homes = demand({name: cut.xy(name) for name in "AB"})
    mode = StandardMode((100.0, 250.0), ("near", "far"))
    found = shares(judged(cut, homes, clinics({}), mode))
    assert (found["near"].uncovered, found["near"].unknown) == (1, 1)
    assert (found["far"].uncovered, found["far"].unknown) == (0, 2)
    near = shares(judged(cut, homes, clinics({"clinic": cut.xy("A")}), mode))
    assert (near["near"].covered, near["near"].unknown) == (1, 0)
    assert (near["far"].covered, near["far"].unknown) == (2, 0)


def test_gaps_are_contiguous_and_ranked() -> None:
    spots = {
        "lone": PLAN.xy("A", east=20),
        "east1": PLAN.xy("D"), "east2": PLAN.xy("D", east=-30), "east3": PLAN.xy("D", east=-60),
        "south": PLAN.xy("C"),
    }  # fmt: skip
    people = {"lone": 1.0, "east1": 5.0, "east2": 6.0, "east3": 7.0, "south": 9.0}
    homes = demand(spots, people, size_m=10)
    result = judged(PLAN, homes, at_a())
    gaps = find_gaps(result)
    near = gaps[gaps.level == "5min"]
    assert near["rank"].tolist() == [1, 2]
    assert near.people.tolist() == [18, 9]
    assert near.dwellings.tolist() == [9, 4.5]
    assert near.homes.tolist() == [(1, 2, 3), (4,)]
    assert near.nearest_id.tolist() == ["clinic", "clinic"]
    reach = result.reaches["clinic"].cost / 1000
    # Half of the 18 people: 7 in the nearest home, 6 more in the next.
    assert near.nearest.iloc[0] == reach[2]
    assert near.excess_least.iloc[0] == pytest.approx(reach[3] - 300)
    assert near.excess_most.iloc[0] == pytest.approx(reach[1] - 300)
    assert len(gaps[gaps.level == "15min"]) == 0
    for row in near.itertuples():
        assert row.geometry.geom_type == "Polygon"
        for home in row.homes:
            assert row.geometry.buffer(1e-9).covers(homes.homes.geometry.iloc[home])
        for home in set(range(5)) - set(row.homes):
            assert not row.geometry.intersects(homes.homes.geometry.iloc[home])


def test_who_is_covered_is_in_no_gap_though_neighbours_are_not() -> None:
    spots = {
        "in": PLAN.xy("A", east=280), "out": PLAN.xy("A", east=310),
        "behind": PLAN.xy("A", east=310, north=30),
    }  # fmt: skip
    homes = demand(spots, size_m=8)
    result = judged(PLAN, homes, at_a())
    near = find_gaps(result, [one for one in result.subjects if one.limit == 300])
    assert near.homes.tolist() == [(1, 2)]
    assert not near.geometry.iloc[0].intersects(homes.homes.geometry.iloc[0])


def test_one_home_what_it_has_and_lacks() -> None:
    result = judged(PLAN, demand(SPOTS, PEOPLE), at_a())
    answer = ask_home(result, LonLat(*place(*SPOTS["C"])))
    assert answer.demand_id == "C"
    assert answer.answers.state.tolist() == ["uncovered", "covered", "covered"]
    assert answer.answers.nearest.tolist() == [400, 400, 400]
    assert answer.answers.excess.tolist() == [100, -100, -600]
    way = way_to_nearest(result, answer.home, "clinic@5min")
    assert way is not None
    assert way.length_m == pytest.approx(400, abs=0.01)
    with pytest.raises(PositionError):
        ask_home(result, LonLat(*place(*PLAN.xy("D", north=-250))))


def test_nobody_and_everybody() -> None:
    empty = judged(PLAN, demand(SPOTS, PEOPLE), clinics({}))
    found = shares(empty)
    assert all(row.share_covered == 0 and row.share_uncovered == 1 for row in found.values())
    assert empty.distances.iloc[0]["median"] == np.inf
    gaps = find_gaps(empty)
    assert (gaps.nearest == np.inf).all()
    assert gaps.nearest_id.isna().all()
    answer = ask_home(empty, LonLat(*place(*SPOTS["A"])))
    assert way_to_nearest(empty, answer.home, "clinic@5min") is None
    everywhere = judged(PLAN, demand(SPOTS, PEOPLE), clinics(SPOTS))
    assert all(row.share_covered == 1 for row in shares(everywhere).values())
    assert len(find_gaps(everywhere)) == 0


def test_zero_people_and_no_homes() -> None:
    nobody = judged(PLAN, demand(SPOTS, dict.fromkeys(SPOTS, 0.0)), at_a())
    assert "people" not in set(nobody.shares.measure)
    assert shares(nobody, "buildings")["5min"].covered == 3
    assert len(find_gaps(nobody)) > 0
    ghost = judged(PLAN, demand({}), at_a())
    assert set(ghost.shares.measure) == {"area"}
    assert len(find_gaps(ghost)) == 0
    with pytest.raises(InputError):
        judge(PLAN.network, demand(SPOTS), [], {}, StandardMode())


def test_homes_beyond_the_streets_and_beyond_the_data() -> None:
    spots = {"near": SPOTS["A"], "off": PLAN.xy("D", north=300), "far": (50_000.0, 0.0)}
    result = judged(PLAN, demand(spots), at_a())
    assert result.is_judged.tolist() == [True, True, False]
    assert result.state(result.subjects[0]).tolist() == [0, 1, 3]
    assert shares(result)["15min"].total == 2
    told = " ".join(en for _, en in result.notes)
    assert "1 homes (1 people) have no street" in told
    assert "1 homes (1 people) lie outside" in told


def test_residential_land_by_arithmetic() -> None:
    # 400 m of land along the street from A eastward; a limit of 200 m reaches half of it.
    x, y = PLAN.xy("A")
    corners = [(x, y + 1), (x + 400, y + 1), (x + 400, y + 5), (x, y + 5)]
    land = shapely.Polygon([place(*corner) for corner in corners])
    homes = demand(SPOTS, PEOPLE, land=[land, land])
    mode = StandardMode((200.0, 1000.0), ("near", "far"))
    found = shares(judged(PLAN, homes, at_a(), mode), "residential_land")
    # Land drawn twice is there once.
    assert found["far"].total == pytest.approx(1600, rel=1e-4)
    assert found["far"].share_covered == 1
    assert found["near"].share_covered == pytest.approx(0.5, abs=0.07)


def test_capacity_is_shared_with_everybody() -> None:
    places = clinics({"a": SPOTS["A"], "c": SPOTS["C"]}, capacity=(30.0, 60.0))
    result = judged(PLAN, demand(SPOTS, PEOPLE), places)
    subject = result.subject("clinic@15min")
    found = judge_capacity(result, subject)
    assert found is not None
    assert (found.supply, found.n_known, found.n_places) == (90, 2, 2)
    assert found.per_1000 == pytest.approx(90 / 150 * 1000)
    # Nothing is lost: what people get adds up to what there is.
    assert (found.access_per_1000 * list(PEOPLE.values())).sum() / 1000 == pytest.approx(90)
    table = capacity_table(result)
    assert table.subject.tolist() == ["clinic@15min"]
    assert table.share_without.tolist() == [0]
    unknown = judged(PLAN, demand(SPOTS), at_a())
    assert judge_capacity(unknown, subject) is None
    assert capacity_table(unknown).empty


def test_two_step_catchments_by_hand() -> None:
    places = clinics({"a": SPOTS["A"], "c": SPOTS["C"]}, capacity=(30.0, 60.0))
    result = judged(PLAN, demand(SPOTS, PEOPLE), places)
    found = judge_capacity(result, result.subject("clinic@15min"))
    assert found is not None
    to_a = {"A": 0, "B": 200, "C": 400, "D": 800, "S": 300}
    to_c = {"A": 400, "B": 200, "C": 0, "D": 400, "S": 700}

    def bell(metres: float) -> float:
        return (math.exp(-0.5 * (metres / 1000) ** 2) - math.exp(-0.5)) / (1 - math.exp(-0.5))

    per_a = 30 / sum(PEOPLE[name] * bell(metres) for name, metres in to_a.items())
    per_c = 60 / sum(PEOPLE[name] * bell(metres) for name, metres in to_c.items())
    by_hand = [1000 * (per_a * bell(to_a[name]) + per_c * bell(to_c[name])) for name in SPOTS]
    assert found.access_per_1000 == pytest.approx(by_hand)
    assert found.access_mean == pytest.approx(90 / 150 * 1000)


def test_a_score_of_two_classes_by_hand() -> None:
    mode = StandardMode((300.0,), ("near",))
    ask = [*subjects(mode, "clinic"), *subjects(mode, "school")]
    places = {"clinic": at_a(), "school": clinics({"school": SPOTS["D"]})}
    table = composite(
        judge(PLAN.network, demand(SPOTS, PEOPLE), ask, places, mode), {"clinic": 3, "school": 1}
    )
    # 80 of 150 people have the clinic, the 40 of D the school.
    assert table.share.tolist() == pytest.approx([80 / 150, 40 / 150])
    assert table.part.sum() == pytest.approx(0.75 * 80 / 150 + 0.25 * 40 / 150)


def test_a_score_shows_its_weights() -> None:
    result = judged(PLAN, demand(SPOTS, PEOPLE), at_a())
    table = composite(result, {"clinic": 2})
    assert table.part.tolist() == pytest.approx([80 / 150, 110 / 150, 1])
    assert table.weight.tolist() == [1, 1, 1]
    for wrong in ({"clinic": -1.0}, {"nothing": 1.0}, {"clinic": 0.0}, {"clinic": float("nan")}):
        with pytest.raises(InputError):
            composite(result, wrong)


def test_any_of_a_group_suffices() -> None:
    ask = [
        Subject("big", "clause", "park", "大", "big", 500.0, "big"),
        Subject("small", "clause", "park", "小", "small", 300.0, "small"),
        Subject("both", "group", "park", "合", "both", 500.0, "big", ("big", "small")),
    ]
    places = {"big": clinics({"b": SPOTS["D"]}), "small": clinics({"s": SPOTS["A"]})}
    result = judge(PLAN.network, demand(SPOTS, PEOPLE), ask, places, StandardMode())
    rows = result.shares[result.shares.measure == "people"].set_index("subject")
    assert rows.covered.to_dict() == {"big": 70, "small": 80, "both": 150}


def test_a_place_of_two_members_is_one_place_of_the_group() -> None:
    ask = [
        Subject("big", "clause", "park", "大", "big", 500.0, "big"),
        Subject("all", "clause", "park", "小", "small", 300.0, "all"),
        Subject("both", "group", "park", "合", "both", 500.0, "big", ("big", "all")),
    ]
    places = {
        "big": clinics({"b": SPOTS["C"]}),
        "all": clinics({"b": SPOTS["C"], "s": SPOTS["A"]}),
    }
    result = judge(PLAN.network, demand(SPOTS, PEOPLE), ask, places, StandardMode())
    rows = result.shares[result.shares.measure == "people"].set_index("subject")
    assert rows.n_places.to_dict() == {"big": 1, "all": 2, "both": 2}
    # B has both places within 300 m, the big one also within 500 m; D only the big one.
    for name, choices in (("B", [1, 2, 2]), ("D", [1, 0, 1])):
        answer = ask_home(result, LonLat(*place(*SPOTS[name])))
        assert answer.answers.choices.tolist() == choices


def test_wheels_do_not_climb() -> None:
    steps = sketch("A-----B-----C", m_per_char=20, BC={"highway": "steps"})
    spot = clinics({"clinic": steps.xy("A")})
    homes = demand({"home": steps.xy("C")})
    adult = judged(steps, homes, spot, PersonMode(WALKERS["adult"]))
    wheels = judged(steps, homes, spot, PersonMode(WALKERS["wheelchair"]))
    assert shares(adult)["15min"].covered == 1
    assert shares(wheels)["15min"].covered == 0
    assert len(subjects(wheels.mode)) == 3
