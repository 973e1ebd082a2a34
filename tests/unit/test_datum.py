"""Datums: known values, round trips over the country, stillness outside it."""

from __future__ import annotations

import numpy as np
import pyproj
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from circle.datum import (
    DATUMS,
    Datum,
    GaussZone,
    cgcs2000_zone,
    from_projected,
    from_wgs84,
    in_outline,
    is_near_outline,
    is_projected,
    outline,
    parse_datum,
    to_wgs84,
)
from circle.errors import PositionError
from circle.geometry import LocalFrame

ZHANGYE_ROAD = (103.8343, 36.0611)
INSIDE = {
    "Beijing": (116.40, 39.90),
    "Lanzhou": ZHANGYE_ROAD,
    "Dandong": (124.37, 40.13),
    "Hunchun": (130.37, 42.86),
    "Heihe": (127.49, 50.245),
    "Mohe": (122.54, 52.97),
    "Fuyuan": (134.30, 48.36),
    "Manzhouli": (117.43, 49.60),
    "Erenhot": (111.97, 43.65),
    "Khorgos": (80.42, 44.21),
    "Kashgar": (75.99, 39.47),
    "Lhasa": (91.10, 29.65),
    "Ruili": (97.86, 24.01),
    "Hekou": (103.96, 22.53),
    "Dongxing": (107.97, 21.56),
    "Sanya": (109.50, 18.25),
    "Hong Kong": (114.17, 22.30),
    "Macau": (113.54, 22.19),
    "Xiamen": (118.10, 24.47),
    "Shanghai": (121.47, 31.23),
    "Changhai": (122.58, 39.27),
}
OUTSIDE = {
    "Seoul": (126.98, 37.57),
    "Hanoi": (105.85, 21.03),
    "Pyongyang": (125.75, 39.03),
    "Sinuiju": (124.40, 40.10),
    "Taipei": (121.56, 25.03),
    "Kinmen": (118.37, 24.44),
    "Matsu": (119.93, 26.15),
    "Penghu": (119.57, 23.57),
    "Ulaanbaatar": (106.90, 47.90),
    "Vladivostok": (131.90, 43.10),
    "Khabarovsk": (135.08, 48.48),
    "Blagoveshchensk": (127.53, 50.29),
    "Almaty": (76.90, 43.25),
    "Kathmandu": (85.32, 27.70),
    "Thimphu": (89.64, 27.47),
    "Delhi": (77.20, 28.60),
    "Leh": (77.58, 34.15),
    "Vientiane": (102.60, 17.97),
    "Lao Cai": (103.97, 22.48),
    "Mong Cai": (107.97, 21.52),
    "Tokyo": (139.70, 35.70),
    "Monaco": (7.42, 43.73),
}


def metres(a: tuple[float, float], b: tuple[float, float]) -> tuple[float, float]:
    x, y = LocalFrame(*a).to_xy(*b)
    return float(x), float(y)


def test_shifts_at_zhangye_road() -> None:
    lon, lat = from_wgs84(*ZHANGYE_ROAD, "gcj02")
    east, north = metres(ZHANGYE_ROAD, (float(lon), float(lat)))
    assert east == pytest.approx(217, abs=2)
    assert north == pytest.approx(-35, abs=2)
    lon, lat = from_wgs84(*ZHANGYE_ROAD, "bd09")
    assert np.hypot(*metres(ZHANGYE_ROAD, (float(lon), float(lat)))) == pytest.approx(1018, abs=5)


def test_values_published_for_the_formulas() -> None:
    # The position in Beijing that descriptions of the formulas use as their example.
    lon, lat = from_wgs84(116.404, 39.915, "gcj02")
    assert (float(lon), float(lat)) == pytest.approx((116.410244499, 39.916404282), abs=1e-8)


@pytest.mark.parametrize("datum", ["gcj02", "bd09"])
@settings(max_examples=300, deadline=None)
@given(st.floats(73.5, 135.1), st.floats(17.8, 53.6))
def test_round_trip_below_a_decimetre_over_the_country(
    datum: Datum, lon: float, lat: float
) -> None:
    there = from_wgs84(lon, lat, datum)
    back = to_wgs84(*there, datum)
    if in_outline(lon, lat):
        assert np.hypot(*metres((lon, lat), (float(back[0]), float(back[1])))) < 0.1
        assert 20 < np.hypot(*metres((lon, lat), (float(there[0]), float(there[1])))) < 2000
    else:
        assert (float(there[0]), float(there[1])) == (lon, lat)


def test_round_trip_of_a_whole_grid_at_once() -> None:
    lon, lat = np.meshgrid(np.linspace(73, 135, 400), np.linspace(18, 54, 300))
    inside = in_outline(lon, lat)
    assert inside.sum() > 30_000
    for datum in ("gcj02", "bd09"):
        back = to_wgs84(*from_wgs84(lon[inside], lat[inside], datum), datum)
        gap = np.hypot(back[0] - lon[inside], back[1] - lat[inside]) * 111_320
        assert gap.max() < 0.1


@pytest.mark.parametrize("datum", ["gcj02", "bd09"])
@pytest.mark.parametrize(("city", "place"), OUTSIDE.items())
def test_nothing_moves_outside(datum: Datum, city: str, place: tuple[float, float]) -> None:
    lon, lat = to_wgs84(*place, datum)
    assert (float(lon), float(lat)) == place
    lon, lat = from_wgs84(*place, datum)
    assert (float(lon), float(lat)) == place


@pytest.mark.parametrize(("city", "place"), INSIDE.items())
def test_everything_moves_inside(city: str, place: tuple[float, float]) -> None:
    lon, lat = to_wgs84(*place, "gcj02")
    assert 100 < np.hypot(*metres(place, (float(lon), float(lat)))) < 1000


def test_cgcs2000_and_wgs84_stay() -> None:
    for datum in ("wgs84", "cgcs2000"):
        lon, lat = to_wgs84([103.8, 7.4], [36.0, 43.7], datum)
        assert lon.tolist() == [103.8, 7.4]
        assert lat.tolist() == [36.0, 43.7]


def test_arrays_keep_their_shape_and_unknowns_stay_unknown() -> None:
    lon, lat = to_wgs84(np.array([[103.8, np.nan]]), np.array([[36.0, 36.0]]), "bd09")
    assert lon.shape == lat.shape == (1, 2)
    assert np.isnan(lon[0, 1])
    alone, _ = to_wgs84(103.8, 36.0, "bd09")
    assert lon[0, 0] == pytest.approx(float(alone), abs=1e-9)
    empty, _ = to_wgs84([], [], "gcj02")
    assert empty.shape == (0,)


def test_the_input_is_not_written_to() -> None:
    given_lon = np.array([103.8])
    to_wgs84(given_lon, np.array([36.0]), "bd09")
    assert given_lon[0] == 103.8


def test_the_outline_is_one_sound_polygon() -> None:
    assert outline().is_valid
    assert 900 < outline().area < 1050  # square degrees; the country has some 960


def test_near_the_outline() -> None:
    dandong, beijing = (124.37, 40.13), (116.4, 39.9)
    assert is_near_outline([dandong[0], beijing[0]], [dandong[1], beijing[1]]).tolist() == [
        True,
        False,
    ]


@pytest.mark.parametrize(
    ("text", "datum"),
    [
        ("GCJ-02", "gcj02"),
        ("gcj_02", "gcj02"),
        ("高德", "gcj02"),
        ("火星坐标系", "gcj02"),
        ("BD09", "bd09"),
        ("百度 ", "bd09"),
        ("WGS 84", "wgs84"),
        ("EPSG:4326", "wgs84"),
        ("CGCS2000", "cgcs2000"),
        ("天地图", "cgcs2000"),
    ],
)
def test_datums_as_people_write_them(text: str, datum: Datum) -> None:
    assert parse_datum(text) == datum
    assert datum in DATUMS


def test_an_unknown_datum_is_named() -> None:
    with pytest.raises(PositionError, match="西安80"):
        parse_datum("西安80")


def test_near_the_outline_is_within_20_km() -> None:
    # One degree of latitude is 111.3 km: stepped away from the border of Dandong to the north-west.
    far = [(124.37 - 0.3 * step, 40.13 + 0.3 * step) for step in range(4)]
    lon, lat = np.array(far).T
    near = is_near_outline(lon, lat)
    assert near.tolist() == [True, False, False, False]
    # The same as measured with shapely, squeezed at each position.
    rng = np.random.default_rng(3)
    lon, lat = rng.uniform(120, 132, 400), rng.uniform(39, 50, 400)
    expected = []
    for x, y in zip(lon, lat, strict=True):
        squeeze = np.array([np.cos(np.radians(y)), 1.0])
        ring = shapely.LinearRing(np.asarray(outline().exterior.coords) * squeeze)
        expected.append(ring.distance(shapely.Point(x * squeeze[0], y)) * 111_320 <= 20_000)
    assert is_near_outline(lon, lat).tolist() == expected
    assert 3 < sum(expected) < 100


def test_near_the_outline_keeps_the_shape() -> None:
    assert is_near_outline(np.zeros((2, 3)), np.zeros((2, 3))).shape == (2, 3)
    assert is_near_outline(116.4, 39.9).shape == ()
    assert is_near_outline([], []).shape == (0,)


@pytest.mark.parametrize(
    "city", ["Shanghai", "Sanya", "Beijing", "Lanzhou", "Lhasa", "Changhai", "Hong Kong"]
)
def test_a_coast_is_no_border(city: str) -> None:
    assert not is_near_outline(*INSIDE[city])


@pytest.mark.parametrize("city", ["Dandong", "Heihe", "Khorgos", "Ruili", "Hekou", "Dongxing"])
def test_a_town_on_the_border_is_near_it(city: str) -> None:
    assert is_near_outline(*INSIDE[city])


# CGCS2000 in metres ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lon", "width_deg", "is_numbered", "epsg"),
    [
        (103.83, 3, False, 4544),
        (103.83, 3, True, 4523),
        (103.83, 6, False, 4507),
        (103.83, 6, True, 4496),
        (116.40, 3, False, 4548),
        (121.47, 3, False, 4549),
        (73.6, 3, False, 4534),
        (135.0, 3, False, 4554),
        (112.4, 3, False, 4546),
        (112.6, 3, False, 4547),
    ],
)
def test_the_zone_of_a_longitude(lon: float, width_deg: int, is_numbered: bool, epsg: int) -> None:
    assert cgcs2000_zone(lon, width_deg, is_numbered=is_numbered).epsg == epsg


def test_zones_are_those_of_epsg() -> None:
    for width_deg, numbers in ((3, range(25, 46)), (6, range(13, 24))):
        for number in numbers:
            for is_numbered in (True, False):
                zone = GaussZone.of(number, width_deg, is_numbered=is_numbered)
                values = [
                    p.value for p in pyproj.CRS.from_epsg(zone.epsg).coordinate_operation.params
                ]
                assert values[1] == zone.central_meridian
                assert values[3] == 500_000 + (1e6 * number if is_numbered else 0)


def test_a_longitude_outside_the_zones() -> None:
    for lon in (7.42, 140.0, -60.0):
        with pytest.raises(PositionError, match="zone"):
            cgcs2000_zone(lon)


@settings(max_examples=60, deadline=None)
@given(st.floats(74.0, 134.9), st.floats(18.2, 53.4), st.booleans(), st.booleans())
def test_metres_come_back_as_degrees(
    lon: float, lat: float, is_numbered: bool, is_north_first: bool
) -> None:
    zone = cgcs2000_zone(lon, is_numbered=is_numbered)
    there = pyproj.Transformer.from_crs(4490, zone.epsg, always_xy=True)
    east, north = there.transform(lon, lat)
    # Chinese sheets call the northing X: both orders are read.
    x, y = (north, east) if is_north_first else (east, north)
    assert is_projected([x], [y])
    back_lon, back_lat, found = from_projected([x], [y], near_lon=lon)
    assert found == zone
    assert (float(back_lon[0]), float(back_lat[0])) == pytest.approx((lon, lat), abs=1e-8)


def test_a_six_degree_zone_is_told_by_its_number() -> None:
    there = pyproj.Transformer.from_crs(4490, 4496, always_xy=True)
    east, north = there.transform(*ZHANGYE_ROAD)
    assert 18_000_000 < east < 19_000_000
    lon, lat, zone = from_projected([east, np.nan], [north, np.nan])
    assert (zone.epsg, zone.width_deg) == (4496, 6)
    assert (float(lon[0]), float(lat[0])) == pytest.approx(ZHANGYE_ROAD, abs=1e-8)
    assert np.isnan(lon[1])


def test_metres_of_an_unknown_zone_are_not_guessed() -> None:
    with pytest.raises(PositionError, match="4544") as error:
        from_projected([394_967.0], [3_992_123.0])
    assert "中央子午线" in error.value.zh
    lon, _, zone = from_projected([394_967.0], [3_992_123.0], near_lon=103.8)
    assert zone.epsg == 4544
    assert float(lon[0]) == pytest.approx(103.834, abs=1e-3)
    with pytest.raises(PositionError, match="several zones"):
        from_projected([35_394_967.0, 36_394_967.0], [3_992_123.0, 3_992_123.0])


@pytest.mark.parametrize(
    ("x", "y"),
    [
        (103.8343, 36.0611),
        (36.0611, 103.8343),
        (11_558_800.0, 4_310_000.0),  # Web Mercator
        (394_967.0, 39_921.0),
        (np.nan, np.nan),
    ],
)
def test_what_is_no_metres_of_cgcs2000(x: float, y: float) -> None:
    assert not is_projected([x], [y])
    with pytest.raises(PositionError, match="seven digits"):
        from_projected([x], [y])
