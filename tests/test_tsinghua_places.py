"""A sheet of twenty-five places, located offline on a real map with Chinese names."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import shapely

from circle.classes import load_classes
from circle.facilities import FACILITIES, read_sheet
from circle.features import MapFeatures, read_features
from circle.geocoding import Gazetteer
from circle.geometry import LocalFrame
from circle.store.list_files import read_list
from circle.store.listed import facilities_of_list

SHEET = Path(__file__).parent / "data" / "tsinghua_places.csv"
# What each row means, by its id in the extract. T01 to T10 can be told by their address alone.
MEANT = {
    "T01": "n1747551888",
    "T02": "n1747551885",
    "T03": "n1747551886",
    "T04": "n1747551889",
    "T05": "n1747551906",
    "T06": "w240660622",
    "T07": "n1732906960",
    "T08": "n4916778221",
    "T09": "w122100011",
    "T10": "n1747551912",
    "T11": "n930076067",
    "T12": "n380770656",
    "T13": "n4107402561",
    "T14": "n931695609",
    "T15": "w79701306",
    "T16": "n380739051",
    "T17": "n312152376",
    "T18": "w33457774",
    "T19": "w84644281",
    "T20": "w33457835",
}
BY_ADDRESS = ("T01", "T02", "T03", "T04", "T05", "T06", "T08", "T09", "T10")
NOT_ON_THE_MAP = ("T21", "T22", "T23", "T24", "T25")


@pytest.fixture(scope="module")
def features(extracts: Path) -> MapFeatures:
    return read_features(extracts / "beijing_tsinghua_2017.osm")


@pytest.fixture(scope="module")
def facilities(features: MapFeatures):
    located = facilities_of_list(read_list(SHEET), load_classes(), Gazetteer(features))
    return located.set_index("facility_id", drop=False)


def metres_off(features: MapFeatures, osm_id: str, point: shapely.Point) -> float:
    """Distance in metres between a position and the outline of the feature meant."""
    frame = LocalFrame(116.32, 40.0)
    shape = features.named.set_index("osm_id").geometry[osm_id]

    def to_metres(lonlat: np.ndarray) -> np.ndarray:
        return np.column_stack(frame.to_xy(lonlat[:, 0], lonlat[:, 1]))

    ends = shapely.transform(shape, to_metres), shapely.transform(point, to_metres)
    return float(shapely.distance(*ends))


def test_every_row_is_accounted_for(facilities) -> None:
    assert list(facilities.facility_id) == [*MEANT, *NOT_ON_THE_MAP]
    FACILITIES.check(facilities.reset_index(drop=True))


@pytest.mark.parametrize(("row", "osm_id"), MEANT.items())
def test_a_place_on_the_map_is_found(facilities, features, row: str, osm_id: str) -> None:
    place = facilities.loc[row]
    assert place.is_placed, place.match_reason
    assert place.match_method == "gazetteer"
    assert metres_off(features, osm_id, place.geometry) <= 50


@pytest.mark.parametrize("row", NOT_ON_THE_MAP)
def test_a_place_not_on_the_map_stays_unplaced(facilities, row: str) -> None:
    place = facilities.loc[row]
    assert not place.is_placed
    assert place.geometry is None
    assert place.match_confidence < 0.8
    assert place.match_reason
    assert place.match_reason_zh


def test_addresses_carry_their_rows_alone(features: MapFeatures) -> None:
    gazetteer = Gazetteer(features)
    sheet = read_sheet(SHEET).set_index("id")
    for row in BY_ADDRESS:
        best = gazetteer.geocode("", sheet.loc[row, "address"])[0]
        assert best.is_confident, (row, best)
        assert metres_off(features, MEANT[row], shapely.Point(*best.lonlat)) <= 50


def test_twice_the_same(features: MapFeatures, facilities) -> None:
    again = facilities_of_list(read_list(SHEET), load_classes(), Gazetteer(features))
    assert again.geometry.geom_equals(facilities.reset_index(drop=True).geometry).sum() == 20
    assert again.match_confidence.tolist() == facilities.match_confidence.tolist()
