"""The local frame in metres, boxes, and positions that cannot be."""

from __future__ import annotations

import math

import numpy as np
import pyproj
import pytest
from sentences import assert_speaks

from circle.errors import PositionError
from circle.geometry import Bounds, LocalFrame, LonLat, check_lonlat

LANZHOU = LocalFrame(103.8343, 36.0611)


class TestFrame:
    @pytest.mark.parametrize(("lon", "lat"), [(103.8343, 36.0611), (7.42, 43.73), (-70.6, -33.4)])
    @pytest.mark.parametrize("bearing", range(0, 360, 45))
    @pytest.mark.parametrize("metres", [10.0, 1_000.0, 15_000.0])
    def test_distances_are_those_on_the_ellipsoid(self, lon, lat, bearing, metres) -> None:
        frame = LocalFrame(lon, lat)
        there = pyproj.Geod(ellps="WGS84").fwd(lon, lat, bearing, metres)[:2]
        x, y = frame.to_xy(*there)
        assert math.hypot(x, y) == pytest.approx(metres, rel=1e-5)
        assert math.degrees(math.atan2(x, y)) % 360 == pytest.approx(bearing % 360, abs=0.05)

    def test_there_and_back(self) -> None:
        rng = np.random.default_rng(3)
        x, y = rng.uniform(-20_000, 20_000, (2, 500))
        again = LANZHOU.to_xy(*LANZHOU.to_lonlat(x, y))
        assert np.abs(again[0] - x).max() < 1e-6
        assert np.abs(again[1] - y).max() < 1e-6

    def test_it_is_a_reference_system_others_understand(self) -> None:
        transformer = pyproj.Transformer.from_crs("EPSG:4326", LANZHOU.crs, always_xy=True)
        assert transformer.transform(103.85, 36.07) == pytest.approx(
            tuple(float(v) for v in LANZHOU.to_xy(103.85, 36.07)), abs=1e-6
        )

    def test_nothing_is_a_frame_of_nothing(self) -> None:
        x, y = LANZHOU.to_xy([], [])
        assert len(x) == len(y) == 0


class TestPositions:
    box = Bounds(103.8, 36.0, 103.9, 36.1)

    def test_inside_and_on_the_rim(self) -> None:
        for lon, lat in ((103.85, 36.05), (103.8, 36.0), (103.9, 36.1)):
            assert check_lonlat(lon, lat, within=self.box) == LonLat(lon, lat)

    @pytest.mark.parametrize(
        ("lon", "lat"),
        [(math.nan, 36), (103, math.inf), ("a", 36), (None, 36), ("", ""), (1j, 3), ([1], 2)],
    )
    def test_no_numbers(self, lon, lat) -> None:
        with pytest.raises(PositionError) as caught:
            check_lonlat(lon, lat)
        assert_speaks(caught.value, "longitude,latitude")

    def test_swapped(self) -> None:
        with pytest.raises(PositionError) as caught:
            check_lonlat(36.05, 103.85)
        assert_speaks(caught.value, "swapped", "103.85,36.05")
        with pytest.raises(PositionError) as caught:
            check_lonlat(43.73, 7.42, within=Bounds(7.4, 43.7, 7.5, 43.8))
        assert_speaks(caught.value, "swapped", "7.42,43.73")

    @pytest.mark.parametrize(("lon", "lat"), [(181, 91), (-200, 100), (1e9, 1e9)])
    def test_nowhere_on_earth(self, lon, lat) -> None:
        with pytest.raises(PositionError) as caught:
            check_lonlat(lon, lat)
        assert_speaks(caught.value, "no such place")

    def test_outside_the_data(self) -> None:
        with pytest.raises(PositionError) as caught:
            check_lonlat(103.7, 36.05, within=self.box)
        assert_speaks(caught.value, "outside", "103.8000,36.0000", "103.9000,36.1000")

    def test_the_poles_and_the_date_line_exist(self) -> None:
        for lon, lat in ((180, 90), (-180, -90), (0, 0)):
            assert check_lonlat(lon, lat) == (lon, lat)
