"""Places the public visits stand at public streets, even where a gated way runs nearer."""

from __future__ import annotations

import math

import geopandas
import pytest
from sketch import Sketch, sketch

from circle.directions import route
from circle.errors import NoRouteError
from circle.routing import nearest, travel_times
from circle.study.walks import walks_from


@pytest.fixture(scope="module")
def compound() -> Sketch:
    """A street A-B-C, and a gated yard B-D whose end lies 48 m north of the street."""
    return sketch(
        """
        ......D
        ......|
        ......|
        ......|
        A-----B-----C
        """.replace(".", " "),
        BD={"highway": "service", "access": "private"},
    )


def test_a_visitor_comes_from_the_street(compound: Sketch) -> None:
    shop = compound.at("D", east=10)
    # 72 m along the street and back up to 10 m east of it, then 48 m straight to the shop.
    expected_s = (72 + 10 + 48) / 1.2
    found = nearest(compound.network, compound.at("A"), [shop], minutes=15)
    assert found.time_s[0] == pytest.approx(expected_s, abs=0.01)
    walk = route(compound.network, compound.at("A"), shop, is_visit=True)
    assert walk.time_s == pytest.approx(expected_s, abs=0.01)
    points = geopandas.GeoSeries.from_xy([shop.lon], [shop.lat], crs="EPSG:4326")
    walks = walks_from(compound.network, compound.at("A"), points, minutes=15)
    assert walks.time_s[0] == pytest.approx(expected_s, abs=0.01)


def test_somebody_elses_home_stays_behind_the_gate(compound: Sketch) -> None:
    home = compound.at("D", east=10)
    times = travel_times(compound.network, compound.at("A"), [home], minutes=15)
    assert math.isinf(times.time_s[0])
    assert times.is_snapped[0]
    with pytest.raises(NoRouteError):
        route(compound.network, compound.at("A"), home)


def test_whoever_lives_there_may_leave(compound: Sketch) -> None:
    home = compound.at("D", east=10)
    times = travel_times(compound.network, [home], [compound.at("A")], minutes=15)
    assert times.time_s[0] == pytest.approx((10 + 48 + 72) / 1.2, abs=0.01)
