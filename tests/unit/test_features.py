"""Features: small maps with known answers, broken files, the real extracts."""

from __future__ import annotations

import bz2
import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from shapely.geometry import Point

from circle.errors import StreetsError
from circle.features import BASEMAP_LAYERS, NAMED_COLUMNS, MapFeatures, read_features
from circle.features.layers import layer_of

# A clinic's building with two doors, a park with a gate, an addressed house, a stream, a railway
# in a tunnel, a street, a bus route, a door of a garage, a piece of a border.
SMALL_TOWN = """<?xml version="1.0" encoding="UTF-8"?>
<osm version="0.6">
 <bounds minlat="36.000" minlon="103.000" maxlat="36.010" maxlon="103.010"/>
 <node id="1" lat="36.001" lon="103.001" version="1" timestamp="2020-01-01T00:00:00Z"/>
 <node id="2" lat="36.001" lon="103.002" version="1"><tag k="entrance" v="yes"/></node>
 <node id="3" lat="36.002" lon="103.002" version="1"><tag k="entrance" v="main"/></node>
 <node id="4" lat="36.002" lon="103.001" version="1"><tag k="entrance" v="garage"/></node>
 <node id="5" lat="36.005" lon="103.005" version="1">
  <tag k="barrier" v="gate"/><tag k="name" v="南门"/></node>
 <node id="6" lat="36.005" lon="103.007" version="1"/>
 <node id="7" lat="36.007" lon="103.007" version="1"/>
 <node id="8" lat="36.007" lon="103.005" version="1">
  <tag k="barrier" v="gate"/><tag k="access" v="private"/></node>
 <node id="9" lat="36.009" lon="103.009" version="3" timestamp="2021-05-06T07:08:09Z">
  <tag k="addr:street" v="人民路"/><tag k="addr:housenumber" v="12号"/></node>
 <node id="10" lat="36.0015" lon="103.0015" version="1">
  <tag k="amenity" v="pharmacy"/><tag k="name" v="同仁堂"/><tag k="name:en" v="Tongrentang"/>
  <tag k="alt_name" v="同仁堂药店"/></node>
 <node id="11" lat="39.9" lon="116.3" version="1">
  <tag k="railway" v="station"/><tag k="name" v="远方"/></node>
 <node id="12" lat="36.003" lon="103.003" version="1"><tag k="highway" v="crossing"/></node>
 <way id="21" version="1"><nd ref="1"/><nd ref="2"/><nd ref="3"/><nd ref="4"/><nd ref="1"/>
  <tag k="building" v="hospital"/><tag k="amenity" v="clinic"/><tag k="name" v="人民诊所"/></way>
 <way id="22" version="1"><nd ref="5"/><nd ref="6"/><nd ref="7"/><nd ref="8"/><nd ref="5"/>
  <tag k="leisure" v="park"/><tag k="name" v="人民公园"/></way>
 <way id="23" version="1"><nd ref="1"/><nd ref="5"/><tag k="waterway" v="stream"/></way>
 <way id="24" version="1"><nd ref="2"/><nd ref="6"/>
  <tag k="railway" v="rail"/><tag k="tunnel" v="yes"/></way>
 <way id="25" version="1"><nd ref="3"/><nd ref="9"/>
  <tag k="highway" v="residential"/><tag k="name" v="人民路"/></way>
 <way id="26" version="1"><nd ref="3"/><nd ref="9"/>
  <tag k="boundary" v="administrative"/><tag k="name" v="甲区—乙区"/></way>
 <relation id="31" version="1"><member type="way" ref="25" role=""/>
  <tag k="type" v="route"/><tag k="route" v="bus"/><tag k="name" v="1路"/></relation>
</osm>
"""


@pytest.fixture
def town(tmp_path: Path) -> MapFeatures:
    path = tmp_path / "town.osm"
    path.write_text(SMALL_TOWN, encoding="utf-8")
    return read_features(path)


def row(features: MapFeatures, osm_id: str) -> Any:
    found = features.named[features.named.osm_id == osm_id]
    assert len(found) == 1, osm_id
    return found.iloc[0]


def test_what_counts_as_a_named_thing(town: MapFeatures) -> None:
    assert tuple(town.named.columns) == NAMED_COLUMNS
    assert sorted(town.named.osm_id) == ["n10", "n5", "n9", "w21", "w22"]


def test_a_building_is_reached_at_its_main_entrance(town: MapFeatures) -> None:
    clinic = row(town, "w21")
    assert clinic.point.equals(Point(103.002, 36.002))
    assert clinic.is_entrance
    # Both doors are kept, the main one first; the garage's is none.
    assert [(p.x, p.y) for p in clinic.entrances] == [(103.002, 36.002), (103.002, 36.001)]
    assert (clinic["name"], clinic.kind, clinic.category) == (
        "人民诊所",
        "amenity=clinic",
        "health",
    )
    assert clinic.geometry.area == pytest.approx(1e-6)


def test_a_park_is_reached_at_the_gate_that_is_open(town: MapFeatures) -> None:
    park = row(town, "w22")
    assert [(p.x, p.y) for p in park.entrances] == [(103.005, 36.005)]
    assert park.point.equals(Point(103.005, 36.005))


def test_addresses_and_other_names(town: MapFeatures) -> None:
    house = row(town, "n9")
    assert house.addr == {"street": "人民路", "housenumber": "12号"}
    assert house["name"] is None
    assert house.category is None
    assert row(town, "n10").names == {"name:en": "Tongrentang", "alt_name": "同仁堂药店"}


def test_basemap_layers(town: MapFeatures) -> None:
    assert set(town.basemap) == set(BASEMAP_LAYERS)
    assert town.basemap["building"].kind.tolist() == ["hospital"]
    assert town.basemap["green"].kind.tolist() == ["park"]
    assert town.basemap["water"].kind.tolist() == ["stream"]
    assert town.basemap["rail"].is_tunnel.tolist() == [True]
    assert len(town.basemap["sand"]) == 0
    assert town.basemap["sand"].crs == "EPSG:4326"


def test_streets_and_provenance(town: MapFeatures) -> None:
    assert town.street_lines["name"].tolist() == ["人民路"]
    assert town.provenance.data_date == "2021-05-06"
    assert town.provenance.source == "town.osm"
    assert town.bounds == (103.0, 36.0, 103.01, 36.01)


def test_compressed_files_say_the_same(town: MapFeatures, tmp_path: Path) -> None:
    for suffix, squeeze in (("gz", gzip.compress), ("bz2", bz2.compress)):
        path = tmp_path / f"town.osm.{suffix}"
        path.write_bytes(squeeze(SMALL_TOWN.encode()))
        assert read_features(path).named.osm_id.tolist() == town.named.osm_id.tolist()


def test_a_way_whose_nodes_are_missing_is_counted(tmp_path: Path) -> None:
    path = tmp_path / "holes.osm"
    path.write_text(
        '<osm version="0.6"><node id="1" lat="1" lon="1" version="1"/>'
        '<way id="2" version="1"><nd ref="1"/><nd ref="9"/><tag k="waterway" v="river"/>'
        '<tag k="name" v="X"/></way></osm>'
    )
    features = read_features(path)
    assert len(features.named) == 0
    assert features.n_unplaced == 1


def test_a_way_cut_off_keeps_the_piece_that_is_there(tmp_path: Path) -> None:
    path = tmp_path / "cut.osm"
    path.write_text(
        '<osm version="0.6"><node id="1" lat="1" lon="1" version="1"/>'
        '<node id="2" lat="2" lon="1" version="1"/><way id="2" version="1"><nd ref="1"/>'
        '<nd ref="2"/><nd ref="9"/><tag k="highway" v="path"/><tag k="name" v="X"/></way></osm>'
    )
    lines = read_features(path).street_lines.geometry
    assert [line.length for line in lines] == [1.0]


def test_a_map_without_names_is_no_error(tmp_path: Path) -> None:
    path = tmp_path / "bare.osm"
    path.write_text('<osm version="0.6"><node id="1" lat="1" lon="1" version="1"/></osm>')
    features = read_features(path)
    assert len(features.named) == 0
    assert tuple(features.named.columns) == NAMED_COLUMNS


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.osm", b"", "is empty"),
        ("a.osm", b'<osm version="0.6"></osm>', "no map objects"),
        ("a.osm", SMALL_TOWN.encode()[:900], "cut off"),
        ("a.osm", b"<html></html>", "cannot be read as OpenStreetMap"),
        ("a.osm.pbf", b"hello world, this is no map" * 9, "cannot be read as OpenStreetMap"),
        ("a.osm.gz", gzip.compress(SMALL_TOWN.encode())[:300], "cut off"),
        ("a.docx", b"x", "not a map file"),
        ("a.geojson", b'{"type": "FeatureCollection", "fea', "not complete GeoJSON"),
        ("a.geojson", b'{"type": "FeatureCollection", "features": []}', "with features in it"),
    ],
)
def test_bad_files_are_refused_in_one_sentence(
    tmp_path: Path, name: str, content: bytes, says: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(StreetsError, match=says) as caught:
        read_features(path)
    assert "\n" not in caught.value.en
    assert any("一" <= letter <= "鿿" for letter in caught.value.message("zh"))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(StreetsError, match=r"nowhere\.osm"):
        read_features(tmp_path / "nowhere.osm")


def geojson(path: Path, *features: tuple[dict[str, Any], dict[str, Any]]) -> Path:
    path.write_text(
        json.dumps(
            {
                "type": "FeatureCollection",
                "features": [
                    {"type": "Feature", "properties": properties, "geometry": geometry}
                    for properties, geometry in features
                ],
            }
        ),
        encoding="utf-8",
    )
    return path


SQUARE = {"type": "Polygon", "coordinates": [[[1, 1], [2, 1], [2, 2], [1, 2], [1, 1]]]}


def test_a_basemap_of_geojson(tmp_path: Path) -> None:
    line = {"type": "LineString", "coordinates": [[1, 1], [2, 2]]}
    path = geojson(
        tmp_path / "basemap.geojson",
        ({"layer": "green", "name": "颐园"}, SQUARE),
        ({"layer": "water", "name": None}, SQUARE),
        ({"highway": "residential", "name": "张掖路"}, line),
    )
    features = read_features(path)
    assert features.basemap["green"]["name"].tolist() == ["颐园"]
    assert len(features.basemap["water"]) == 1
    assert features.named["name"].tolist() == ["颐园"]
    assert SQUARE["coordinates"][0][0] == [1, 1]
    assert features.named.point.iloc[0].within(features.named.geometry.iloc[0])
    assert features.street_lines["name"].tolist() == ["张掖路"]


def test_a_basemap_with_an_unknown_layer(tmp_path: Path) -> None:
    path = geojson(tmp_path / "b.geojson", ({"layer": "lava"}, SQUARE))
    with pytest.raises(StreetsError, match=r'Feature 1 .* "lava"'):
        read_features(path)


def test_a_basemap_in_metres_is_refused(tmp_path: Path) -> None:
    path = geojson(
        tmp_path / "b.geojson",
        ({"layer": "green"}, {"type": "Point", "coordinates": [400000, 4000000]}),
    )
    with pytest.raises(StreetsError, match="in degrees"):
        read_features(path)


@pytest.mark.parametrize(
    ("tags", "is_area", "layer"),
    [
        ({"natural": "water"}, True, ("water", "water")),
        ({"natural": "water", "water": "pond"}, True, ("water", "pond")),
        ({"waterway": "riverbank"}, True, ("water", "riverbank")),
        ({"waterway": "river"}, False, ("water", "river")),
        ({"landuse": "basin"}, True, ("water", "basin")),
        ({"building": "yes"}, True, ("building", "yes")),
        ({"building": "no", "leisure": "park"}, True, ("green", "park")),
        ({"landuse": "cemetery"}, True, ("green", "cemetery")),
        ({"natural": "beach"}, True, ("sand", "beach")),
        ({"railway": "rail"}, False, ("rail", "rail")),
        ({"railway": "abandoned"}, False, None),
        ({"highway": "motorway_link"}, False, ("motorway", "motorway_link")),
        ({"landuse": "residential"}, True, None),
        ({"highway": "residential"}, False, None),
    ],
)
def test_layer_rules(tags: dict[str, str], is_area: bool, layer: tuple[str, str] | None) -> None:
    assert layer_of(tags, is_area=is_area) == layer


def test_monaco(extracts: Path) -> None:
    features = read_features(extracts / "monaco_2023.osm.pbf")
    assert features.provenance.data_date == "2023-12-26"
    assert len(features.basemap["building"]) > 1200
    sea = features.basemap["water"].query("kind == 'sea'").geometry.union_all()
    assert sea.contains(Point(7.44, 43.73))
    # No café and no chemist stands in the sea.
    shops = features.named[features.named.kind.str.startswith(("shop", "amenity=pharmacy"))]
    assert len(shops) > 100
    on_water = [point for point in shops.point if sea.contains(point)]
    assert len(on_water) <= 0.02 * len(shops)
    assert features.named.osm_id.is_unique
    # Every point lies within reach of the extract.
    assert features.named.point.map(lambda p: 7.40 < p.x < 7.46 and 43.71 < p.y < 43.76).all()


def test_tsinghua(extracts: Path) -> None:
    features = read_features(extracts / "beijing_tsinghua_2017.osm")
    names = set(features.named["name"])
    assert {"紫荆园", "清华大学", "圆明园", "照澜院"} <= names
    # Stations far outside that belong to an underground line through the extract are left out.
    assert "国家图书馆" not in names
    assert {"成府路", "荷清路"} <= set(features.street_lines["name"])
    bank = row(features, "n1747551888")
    assert bank.addr == {"street": "成府路", "housenumber": "83"}
    assert bank.category == "money_post"
