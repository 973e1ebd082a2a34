"""Every answer read by its own model, with numbers that follow from the drawing."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
import shapely
from drawn_study import CENTER, PLACES, SPEED_M_S, at
from fastapi.testclient import TestClient

from circle.isochrone import isochrone_geojson
from circle.service import models
from circle.study import Study
from circle.walkers import WALKERS

HOME = {"lon": CENTER.lon, "lat": CENTER.lat}
FROM_HOME = {"from_lon": CENTER.lon, "from_lat": CENTER.lat}


def get(client: TestClient, path: str, media_type: str, **asked: Any) -> bytes:
    answer = client.get(path, params=asked)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == media_type
    return answer.content


def test_isochrones_are_those_of_the_library(client: TestClient, study: Study) -> None:
    text = get(client, "/api/isochrone", "application/geo+json", **HOME, minutes="5,10,15")
    assert text == isochrone_geojson(study.network, CENTER, minutes=(5, 10, 15))
    answer = models.IsochroneCollection.model_validate_json(text)
    assert [feature.properties.budget for feature in answer.features] == [5, 10, 15]
    assert {feature.properties.unit for feature in answer.features} == {"min"}


def test_isochrones_without_a_budget_are_of_5_10_15_minutes(client: TestClient) -> None:
    asked = get(client, "/api/isochrone", "application/geo+json", **HOME, minutes="15, 10,5")
    assert get(client, "/api/isochrone", "application/geo+json", **HOME) == asked


def test_isochrones_in_metres_do_not_depend_on_the_walker(client: TestClient) -> None:
    shapes = []
    for walker in ("adult", "frail"):
        text = get(
            client, "/api/isochrone", "application/geo+json", **HOME, metres="300", walker=walker
        )
        (feature,) = models.IsochroneCollection.model_validate_json(text).features
        assert (feature.properties.budget, feature.properties.unit) == (300, "m")
        shapes.append(orjson.loads(text)["features"][0]["geometry"])
    assert shapes[0] == shapes[1]
    shape = shapely.geometry.shape(shapes[0])
    assert shape.contains(shapely.Point(at(290, 0)))
    assert not shape.contains(shapely.Point(at(315, 0)))


@pytest.mark.parametrize("walker", sorted(WALKERS))
def test_every_walker_is_served(client: TestClient, walker: str) -> None:
    get(client, "/api/isochrone", "application/geo+json", **HOME, walker=walker)


def test_nearby_is_nearest_first_with_time_and_metres_of_one_walk(client: TestClient) -> None:
    text = get(client, "/api/nearby", "application/json", **HOME)
    answer = models.NearbyAnswer.model_validate_json(text)
    metres = {key: walked for key, *_, walked in PLACES}
    assert [p.facility_id for p in answer.places] == sorted(metres, key=lambda key: metres[key])
    assert answer.n_places == 4
    for place in answer.places:
        assert place.distance_m == pytest.approx(metres[place.facility_id], abs=0.2)
        assert place.time_s == pytest.approx(metres[place.facility_id] / SPEED_M_S, abs=0.2)
        assert place.time_s <= place.within_min * 60
    assert [place.within_min for place in answer.places] == [5, 5, 10, 15]


def test_nearby_follows_walker_budget_and_class(client: TestClient) -> None:
    def ids(**asked: Any) -> list[str]:
        text = get(client, "/api/nearby", "application/json", **HOME, **asked)
        return [p.facility_id for p in models.NearbyAnswer.model_validate_json(text).places]

    assert ids(minutes=5) == ["near", "beside"]
    # 350 m take a frail walker nine minutes, 600 m more than fifteen.
    assert ids(walker="frail") == ["near", "beside"]
    assert ids(category="health") == ["north"]
    assert ids(category="health", minutes=5) == []
    # Exactly on the budget is within it: 240 m in 200 s.
    assert ids(minutes=200.5 / 60) == ["near"]
    assert ids(minutes=199 / 60) == []


def test_nearby_beyond_the_rings_tells_the_budget(client: TestClient) -> None:
    west = at(-780, 0)
    text = get(client, "/api/nearby", "application/json", lon=west.lon, lat=west.lat, minutes=30)
    answer = models.NearbyAnswer.model_validate_json(text)
    far = {place.facility_id: place for place in answer.places}["north"]
    assert far.distance_m == pytest.approx(1380, abs=0.5)
    assert far.within_min == 30


def test_route_to_a_place_and_to_its_position_are_the_same(client: TestClient) -> None:
    to_place = get(client, "/api/route", "application/geo+json", **FROM_HOME, to="north")
    north = at(0, 600)
    to_position = get(
        client, "/api/route", "application/geo+json",
        **FROM_HOME, to_lon=round(north.lon, 6), to_lat=round(north.lat, 6),
    )  # fmt: skip
    assert to_place == to_position
    answer = models.RouteFeature.model_validate_json(to_place)
    assert answer.properties.length_m == pytest.approx(600, abs=0.3)
    assert answer.properties.time_s == pytest.approx(500, abs=0.3)
    assert [leg.street for leg in answer.properties.legs if leg.kind != "access"] == ["北路"]
    lon, lat = answer.geometry.coordinates[-1]
    assert (lon, lat) == pytest.approx((north.lon, north.lat), abs=2e-6)


def test_route_and_nearby_agree(client: TestClient) -> None:
    text = get(client, "/api/nearby", "application/json", **HOME, walker="older")
    for place in models.NearbyAnswer.model_validate_json(text).places:
        route = models.RouteFeature.model_validate_json(
            get(
                client, "/api/route", "application/geo+json",
                **FROM_HOME, to=place.facility_id, walker="older",
            )
        )  # fmt: skip
        assert route.properties.time_s == pytest.approx(place.time_s, abs=0.1)
        assert route.properties.length_m == pytest.approx(place.distance_m, abs=0.1)


def test_facilities_hold_the_unplaced_too(client: TestClient) -> None:
    text = get(client, "/api/facilities", "application/geo+json")
    answer = models.FacilityCollection.model_validate_json(text)
    assert [feature.properties.number for feature in answer.features] == [1, 2, 3, 4, None]
    lost = answer.features[-1]
    assert (lost.id, lost.geometry, lost.properties.is_placed) == ("lost", None, False)
    assert lost.properties.reason_zh
    one = get(client, "/api/facilities", "application/geo+json", category="health")
    (feature,) = models.FacilityCollection.model_validate_json(one).features
    assert feature.id == "north"


def test_health(client: TestClient, study: Study) -> None:
    answer = models.Health.model_validate_json(get(client, "/healthz", "application/json"))
    assert (answer.study, answer.n_places, answer.n_unplaced) == ("drawn", 4, 1)
    assert answer.n_edges == study.network.n_edges
    assert answer.data_date == "2026-07-01"
    head = client.head("/healthz")
    assert (head.status_code, head.content) == (200, b"")


def test_description_of_the_interface_matches_what_it_answers(client: TestClient) -> None:
    schema = client.get("/openapi.json").json()
    paths = {"/api/isochrone", "/api/nearby", "/api/route", "/api/facilities", "/healthz"}
    assert set(schema["paths"]) == paths
    answers = schema["paths"]["/api/isochrone"]["get"]["responses"]
    assert "application/geo+json" in answers["200"]["content"]
    assert set(answers["422"]["content"]) == {"application/problem+json"}
    assert "Problem" in schema["components"]["schemas"]
    asked = {item["name"] for item in schema["paths"]["/api/isochrone"]["get"]["parameters"]}
    assert asked == {"lon", "lat", "minutes", "metres", "walker"}
