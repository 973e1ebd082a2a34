"""Sites in a drawn town, every figure by arithmetic."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from sketch import FRAME, place, sketch

from circle.coverage.mode import PersonMode, StandardMode, Subject
from circle.coverage.places import places_table
from circle.demand.assumptions import Assumptions
from circle.demand.model import Demand, homes_table, starts_table
from circle.errors import SitingError
from circle.planner.plan import Sites
from circle.planner.proposals import said_of_sites, site_name
from circle.siting import candidates, plan_sites
from circle.walkers import WALKERS

# A street of 1,600 m: homes at a, b, c, d, e; 100 m a character apart.
TOWN = """
a---b---c---d---e
"""
PEOPLE = {"a": 100.0, "b": 40.0, "c": 30.0, "d": 20.0, "e": 90.0}


@pytest.fixture(scope="module")
def town():
    return sketch(TOWN, m_per_char=100)


def homes_at(positions, people):
    points = [shapely.Point(at) for at in positions]
    n = len(points)
    return Demand(
        homes=homes_table(
            {
                "demand_id": [f"h{number}" for number in range(n)],
                "kind": ["building"] * n,
                "people": people,
            },
            points,
        ),
        starts=starts_table([(k, p.x, p.y, "point") for k, p in enumerate(points)]),
        land=gpd.GeoDataFrame({"area_m2": []}, geometry=[], crs="EPSG:4326"),
        how="compounds",
        source=("", ""),
        notes=(),
        figures={},
        assumptions=Assumptions(),
        frame=FRAME,
    )


def demand_of(town):
    return homes_at([town.at(letter) for letter in PEOPLE], list(PEOPLE.values()))


def at_letters(town, letters):
    return candidates.listed([(letter, town.at(letter)) for letter in letters])


def clinic(town, letter):
    return places_table([{"place_id": letter, "geometry": shapely.Point(town.at(letter))}])


NONE = places_table([])


def plan(town, places=NONE, letters="abcde", limit=400.0, goal="most_people", n_new=1, mode=None):
    return plan_sites(
        town.network,
        demand_of(town),
        places,
        at_letters(town, letters),
        mode or StandardMode(),
        limit,
        goal,
        n_new=n_new,
    )


def test_one_site_goes_where_most_people_are_within_the_limit(town):
    found = plan(town)
    # b is within 400 m of a, b and c: 170 people; exactly on the limit counts.
    assert found.sites["name"].tolist() == ["b"]
    assert found.sites["gained"].tolist() == [170.0]
    assert (found.total, found.served_before, found.served_after) == (280.0, 0.0, 170.0)
    assert found.sites["mean_walk"].tolist() == pytest.approx(
        # b is nearest to everybody, for there is nothing else.
        [(100 * 400 + 0 + 30 * 400 + 20 * 800 + 90 * 1200) / 280],
        abs=1e-3,
    )
    assert found.result.is_proven


def test_a_place_that_exists_stays_and_changes_the_choice(town):
    found = plan(town, places=clinic(town, "b"))
    assert found.sites["name"].tolist() in (["d"], ["e"])
    assert (found.served_before, found.served_after) == (170.0, 280.0)
    assert found.sites["gained"].tolist() == [110.0]
    assert found.homes["before"].tolist() == pytest.approx([400, 0, 400, 800, 1200], abs=1e-3)


def test_fewest_sites_for_all(town):
    found = plan(town, goal="fewest")
    assert found.result.objective == 2
    assert found.served_after == found.total
    # Two sites of 400 m reach five homes only from b and from d or e.
    assert found.sites["name"].tolist()[0] == "b"


def test_least_walking_weighs_people(town):
    found = plan(town, goal="least_walking")
    # Weighted median of the street: half of 280 people lie up to b.
    assert found.sites["name"].tolist() == ["b"]
    assert found.result.objective == pytest.approx(
        1000 * (100 * 400 + 30 * 400 + 20 * 800 + 90 * 1200), rel=1e-6
    )
    two = plan(town, goal="least_walking", n_new=2)
    assert sorted(two.sites["name"]) == ["a", "e"]
    assert two.homes["after"].tolist() == pytest.approx([0, 400, 800, 400, 0], abs=1e-3)
    assert two.homes["site"].tolist() == [
        "listed-1",
        "listed-1",
        "listed-1",
        "listed-5",
        "listed-5",
    ]


def test_a_site_on_a_street_without_a_name_is_called_by_one_nearby(town):
    named = sketch("A---B--C", m_per_char=50, AB={"highway": "footway", "name": "东街"})
    homes = homes_at([named.at("C")], [5.0])
    spots = candidates.listed([("", named.at("C"))])
    found = plan_sites(
        named.network, homes, NONE, spots, StandardMode(), 300.0, "most_people", n_new=1
    )
    (row,) = found.sites.itertuples(index=False)
    # C is 150 m from the named street.
    assert (row.street, row.near) == (None, "东街")
    assert site_name(row) == ("东街附近", "near 东街")
    (row,) = plan(town, letters="b").sites.itertuples(index=False)
    assert site_name(row._replace(name=None))[1].startswith("at 36.06")


def test_fewer_sites_than_asked_for_say_why(town):
    found = plan(town, letters="bde", limit=800.0, n_new=3)
    subject = Subject("clinic@15min", "class", "15min", "诊所", "clinic", 800.0, "clinic")
    said = [en for _, en in said_of_sites(Sites(subject, found))]
    assert (found.n_asked, len(found.sites)) == (3, 2)
    assert (
        "3 were asked for and 2 chosen: site 3 gains none of the people known to be without."
        in said
    )


def test_in_minutes_it_is_the_walker_who_decides(town):
    older = WALKERS["older"]
    reach_m = older.speed_m_s * 60 * 8
    assert 400 <= reach_m < 800
    found = plan(town, mode=PersonMode(walker=older), limit=8.0)
    assert found.sites["name"].tolist() == ["b"]
    assert found.homes["after"].tolist() == pytest.approx(
        np.array([400, 0, 400, 800, 1200]) / older.speed_m_s / 60, abs=1e-3
    )


def test_homes_without_a_street_or_outside_the_data_are_told_apart(town):
    x, y = town.xy("c")
    demand = homes_at([town.at("c"), place(x, y + 40)], [10.0, 5.0])
    near = plan_sites(
        town.network, demand, NONE, at_letters(town, "c"), StandardMode(), 300.0, "most_people"
    )
    assert near.n_without_street == 0
    far = homes_at([town.at("c"), place(x + 5_000, y)], [10.0, 5.0])
    found = plan_sites(
        town.network, far, NONE, at_letters(town, "c"), StandardMode(), 300.0, "most_people"
    )
    assert (found.n_outside, found.total, found.served_after) == (1, 10.0, 10.0)


def test_candidates_no_street_leads_to_are_left_out(town):
    x, y = town.xy("c")
    lost = candidates.listed([("far", place(x, y + 3_000)), ("c", town.at("c"))])
    found = plan_sites(
        town.network, demand_of(town), NONE, lost, StandardMode(), 400.0, "most_people"
    )
    assert found.n_candidates == 1
    assert found.sites["name"].tolist() == ["c"]
    with pytest.raises(SitingError, match="No candidate site can be walked to"):
        plan_sites(
            town.network, demand_of(town), NONE, lost[:1], StandardMode(), 400.0, "most_people"
        )


def test_where_nobody_is_known_to_live_homes_are_counted(town):
    demand = homes_at([town.at("a"), town.at("b")], [np.nan, np.nan])
    found = plan_sites(
        town.network, demand, NONE, at_letters(town, "a"), StandardMode(), 300.0, "most_people"
    )
    assert (found.measure, found.total, found.served_after) == ("homes", 2.0, 1.0)


def test_a_lattice_lies_on_the_streets_at_its_spacing(town):
    x0, y0 = town.xy("a")
    x1, _ = town.xy("e")
    area = shapely.Polygon(
        [place(*xy) for xy in ((x0, y0 - 150), (x1, y0 - 150), (x1, y0 + 150), (x0, y0 + 150))]
    )
    found = candidates.lattice(town.network, area, spacing_m=200, walker=WALKERS["adult"])
    x, y = FRAME.to_xy(found.geometry.x.to_numpy(), found.geometry.y.to_numpy())
    assert y == pytest.approx(y0, abs=0.01)
    assert np.diff(np.sort(x)) == pytest.approx(200, abs=0.5)
    assert len(found) in (8, 9)
    assert found["candidate_id"].is_unique


@pytest.mark.parametrize(("spacing_m", "said"), [(0, "above zero"), (0.5, "more than")])
def test_a_lattice_that_cannot_be_is_refused(town, spacing_m, said):
    area = shapely.box(*town.at("a"), *town.at("e")).buffer(0.01)
    with pytest.raises(SitingError, match=said):
        candidates.lattice(town.network, area, spacing_m=spacing_m, walker=WALKERS["adult"])


@pytest.mark.parametrize(
    ("tags", "is_one"),
    [
        ({"landuse": "brownfield"}, True),
        ({"amenity": "parking"}, True),
        ({"amenity": "parking", "access": "private"}, False),
        ({"building": "civic"}, True),
        ({"landuse": "residential"}, False),
        ({}, False),
    ],
)
def test_what_counts_as_free_or_public(tags, is_one):
    assert candidates.is_free_or_public(tags) is is_one
