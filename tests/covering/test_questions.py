"""What is asked of a map: which things a clause counts, by tags and by size."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from sketch import FRAME, place, sketch

from circle.classes import load_classes
from circle.coverage.judge import judge
from circle.coverage.mode import StandardMode
from circle.coverage.questions import of_clauses
from circle.demand import Town
from circle.demand.make import make_demand
from circle.demand.town import areas_m2
from circle.standards import load_standards
from covering.town import demand

PLAN = sketch("A---------B---------C", m_per_char=50)
PARK = {"leisure": "park"}


def square(x: float, y: float, side_m: float) -> shapely.Polygon:
    """A square whose south side stands on (x, y)."""
    half = side_m / 2
    corners = [(x - half, y), (x + half, y), (x + half, y + side_m), (x - half, y + side_m)]
    return shapely.Polygon([place(*corner) for corner in corners])


def town(things: dict[str, tuple[dict[str, str], shapely.Geometry]]) -> Town:
    table = gpd.GeoDataFrame(
        {
            "osm_id": list(things),
            "name": [None] * len(things),
            "name_en": [None] * len(things),
            "tags": [tags for tags, _ in things.values()],
            "doors": [()] * len(things),
        },
        geometry=[shape for _, shape in things.values()],
        crs="EPSG:4326",
    )
    size = areas_m2(table, FRAME)
    table["area_m2"] = np.where(size > 0, size, np.nan)
    land = gpd.GeoDataFrame({"osm_id": [], "area_m2": []}, geometry=[], crs="EPSG:4326")
    houses = land.assign(is_home=[], is_on_land=[], is_free=[])
    return Town(houses, land, table, PLAN.network.bounds, FRAME)


def test_parks_count_by_their_size_and_a_point_has_none() -> None:
    parks = town(
        {
            "large": (PARK, square(*PLAN.xy("A", north=5), 72)),
            "small": (PARK, square(*PLAN.xy("C", north=5), 50)),
            "tiny": (PARK, square(*PLAN.xy("B", north=5), 40)),
            "dot": (PARK, shapely.Point(place(*PLAN.xy("B")))),
            "shop": ({"shop": "bakery"}, square(*PLAN.xy("B", north=90), 90)),
        }
    )
    mode = StandardMode()
    found = of_clauses(load_standards("city-checkup-parks"), mode, town=parks)
    # 5,184, 2,500 and 1,600 m²: the dot, of no size, is none of at least 2,000.
    assert found.places["checkup-01"].place_id.tolist() == ["large"]
    assert found.places["checkup-02"].place_id.tolist() == ["large", "small"]
    assert any("1 things" in en for _, en in found.notes)
    # One strip of land: of 200 m at 400 to 600 m from A; 500 m to the large park, 400 to the
    # small one, which counts within 300 m alone.
    west, east = PLAN.xy("A", east=400), PLAN.xy("A", east=600)
    strip = shapely.Polygon(
        [place(west[0], -4), place(east[0], -4), place(east[0], 0), place(west[0], 0)]
    )
    result = judge(
        PLAN.network, demand({"home": PLAN.xy("B")}, land=[strip]), found.subjects, found.places,
        mode,
    )  # fmt: skip
    on_land = result.shares[result.shares.measure == "residential_land"].set_index("subject")
    share = on_land.share_covered
    assert share["checkup-02"] == 0
    assert share["checkup-01"] == share["checkup-01-together"]
    # The way in is at the park's side: 36 m nearer, and a few metres off the street.
    reach = result.reaches["checkup-01"].land_cost / 1000
    assert share["checkup-01"] == pytest.approx(float((reach <= 500).mean()))
    assert 0.4 < share["checkup-01"] < 0.8


def test_land_drawn_twice_is_lived_on_once() -> None:
    whole, part = square(*PLAN.xy("B"), 100), square(*PLAN.xy("B"), 50)
    land = gpd.GeoDataFrame(
        {"osm_id": ["w1", "w2"], "area_m2": [10_000.0, 2_500.0]},
        geometry=[whole, part],
        crs="EPSG:4326",
    )
    drawn = town({})
    drawn = Town(drawn.buildings, land, drawn.things, drawn.bounds, FRAME)
    assert make_demand(PLAN.network.bounds, drawn).total("people") == pytest.approx(300, rel=1e-3)


def test_no_clause_is_called_like_a_class() -> None:
    ids = {one.id for one in load_standards("gb50180-2018")}
    assert not ids & {one.key for one in load_classes()}
