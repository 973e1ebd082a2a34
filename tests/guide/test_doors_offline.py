"""Places with several doors, in the one file: the one reached first counts, as Python says."""

from __future__ import annotations

import base64
import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import geopandas as gpd
import pytest
from shapely import MultiPoint

from circle.geometry import LonLat
from circle.guide.model import GuideEntrance, GuidePlace
from circle.guide.pack import pack_for_guide, unpack_network
from circle.guide.web import render_page
from circle.guide.wording import Both
from circle.study import read_study, run_study, walks_from

from .conftest import Visit

ANSWER = """async ([homes, walker]) => {
  const all = [];
  for (const [lng, lat] of homes) {
    const found = await circleGuide.walks.from({ lng, lat }, walker);
    all.push(found.places.map(place => [place.facility_id, place.time_s, place.distance_m]));
  }
  return all;
}"""


def with_doors(place: GuidePlace, k: int) -> GuidePlace:
    """Give every second place two or three doors, some far from its own position."""
    if k % 2 or place.lon is None or place.lat is None:
        return place
    shifts = ((0.0006, 0.0002), (-0.0009, 0.0005), (0.0001, -0.0011))[: 2 + k % 3 // 2]
    doors = [
        GuideEntrance(round(place.lon + x, 6), round(place.lat + y, 6), Both("", ""))
        for x, y in shifts
    ]
    return replace(place, entrances=tuple(doors))


@pytest.mark.parametrize("walker", ["adult", "wheelchair"])
def test_the_door_reached_first_counts_to_the_millisecond(
    visit: Callable[..., Visit], walker: str
) -> None:
    study = run_study(read_study("shanzishi"))
    places = tuple(with_doors(place, k) for k, place in enumerate(study.content.places))
    content = replace(study.content, places=places)
    pack = pack_for_guide(study.network, content)
    packed, _ = unpack_network(base64.b64decode(pack.text))
    page: Any = visit(render_page(content, walks=pack)).page
    center = study.config.center
    homes = [
        LonLat(round(center[0] + x, 6), round(center[1] + y, 6))
        for x, y in ((0, 0), (0.003, -0.002), (-0.004, -0.003), (0.005, -0.004))
    ]
    doors = gpd.GeoSeries(
        [
            MultiPoint([(d.lon, d.lat) for d in place.entrances or (place,)])  # type: ignore[misc]
            for place in places
        ],
        crs="EPSG:4326",
    )
    alone = gpd.GeoSeries.from_xy(
        [place.lon for place in places], [place.lat for place in places], crs="EPSG:4326"
    )
    n_other = 0
    for home, told in zip(homes, page.evaluate(ANSWER, [homes, walker]), strict=True):
        found = {key: (time_s, metres) for key, time_s, metres in told}
        want = walks_from(packed, home, doors, minutes=60, walker=walker)
        by_position = walks_from(packed, home, alone, minutes=60, walker=walker)
        for place, row, other in zip(
            places, want.itertuples(), by_position.itertuples(), strict=True
        ):
            if math.isinf(row.time_s):
                assert place.facility_id not in found
                continue
            time_s, metres = found[place.facility_id]
            assert round(time_s * 1000) == round(row.time_s * 1000)
            assert metres == pytest.approx(row.distance_m, abs=0.05)
            n_other += abs(row.time_s - other.time_s) > 5
    # The doors matter: without them many an answer would be another one.
    assert n_other > 30
