"""Streets from GeoJSON: lines that meet where they share a coordinate, and files that are none."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sentences import assert_speaks

from circle.errors import PositionError, StreetsError
from circle.streets import read_streets
from circle.walking import Flag

A, B, C, D = (103.83, 36.06), (103.831, 36.06), (103.832, 36.06), (103.831, 36.061)


def feature(geometry: dict[str, Any] | None, **tags: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": tags, "geometry": geometry}


def line(*points: Any, **tags: Any) -> dict[str, Any]:
    return feature({"type": "LineString", "coordinates": points}, **{"highway": "footway", **tags})


def write(folder: Path, *features: Any, name: str = "streets.geojson", **members: Any) -> Path:
    path = folder / name
    collection = {"type": "FeatureCollection", "features": list(features), **members}
    path.write_text(json.dumps(collection), "utf-8")
    return path


def test_lines_meet_where_they_share_a_coordinate(tmp_path: Path) -> None:
    network = read_streets(write(tmp_path, line(A, B, C, name="一路"), line(B, D)))
    assert network.n_edges == 3
    assert network.n_nodes == 4
    assert network.names == ("一路",)
    assert network.edge_way.tolist() == [1, 1, 2]


def test_lines_that_only_cross_do_not_meet(tmp_path: Path) -> None:
    crossing = [(103.8305, 36.0595), (103.8305, 36.0605)]
    network = read_streets(write(tmp_path, line(A, C), line(*crossing)))
    assert network.n_edges == 2
    assert network.n_nodes == 4


def test_multilines_heights_and_other_properties(tmp_path: Path) -> None:
    parts = [[(*A, 1500.0), (*B, 1501.0)], [(*B, 1501.0), (*C, 1499.0)]]
    network = read_streets(
        write(
            tmp_path,
            feature(
                {"type": "MultiLineString", "coordinates": parts},
                highway="residential", lanes=2, evidence="inferred", lit=None,
            ),
            feature({"type": "Point", "coordinates": A}, amenity="bench"),
        )
    )  # fmt: skip
    assert network.n_edges == 2
    assert ((network.edge_flags & Flag.INFERRED) != 0).all()


def test_extent_and_date_are_believed(tmp_path: Path) -> None:
    path = write(tmp_path, line(A, B), bbox=[103.82, 36.05, 103.85, 36.07], data_date="2026-07-01")
    network = read_streets(path)
    assert network.bounds == (103.82, 36.05, 103.85, 36.07)
    assert network.provenance.data_date == "2026-07-01"
    assert network.provenance.source == "streets.geojson"


def test_ground_comes_from_a_second_file(tmp_path: Path) -> None:
    streets = write(tmp_path, line(A, B, C))
    square = [[(103.8302, 36.0601), (103.8306, 36.0601), (103.8306, 36.0604),
               (103.8302, 36.0601)]]  # fmt: skip
    ground = write(
        tmp_path,
        feature({"type": "Polygon", "coordinates": square}, layer="water", name="黄河"),
        feature({"type": "LineString", "coordinates": [A, D]}, railway="rail"),
        line(C, D),  # a street there is none of our business
        name="basemap.geojson",
    )
    network = read_streets(streets, ground=ground)
    assert network.n_edges == 1
    assert set(network.barrier_kind) == {0, 1}
    assert not read_streets(streets).barrier_kind.size


def test_features_without_a_place_are_passed_over(tmp_path: Path) -> None:
    # RFC 7946: "unlocated" features have a null geometry.
    network = read_streets(write(tmp_path, feature(None, name="?"), line(A, B)))
    assert network.n_edges == 1


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    path = write(tmp_path, line(A, B))
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert read_streets(path).n_edges == 1


class TestBadInput:
    @pytest.mark.parametrize(
        "text",
        ["", "[]", "{", "null", '{"type": "FeatureCollection"}', '{"features": {}}', "\x00\x01",
         '{"type": "Topology", "objects": {}}', "name,lon,lat"],
    )  # fmt: skip
    def test_not_geojson(self, tmp_path: Path, text: str) -> None:
        path = tmp_path / "streets.geojson"
        path.write_text(text)
        with pytest.raises(StreetsError) as caught:
            read_streets(path)
        assert_speaks(caught.value, "streets.geojson", "GeoJSON")

    def test_not_text(self, tmp_path: Path) -> None:
        path = tmp_path / "streets.geojson"
        path.write_bytes(bytes(range(256)))
        with pytest.raises(StreetsError) as caught:
            read_streets(path)
        assert_speaks(caught.value, "streets.geojson")

    def test_cut_off(self, tmp_path: Path) -> None:
        path = write(tmp_path, line(A, B))
        path.write_bytes(path.read_bytes()[:-20])
        with pytest.raises(StreetsError) as caught:
            read_streets(path)
        assert_speaks(caught.value, "streets.geojson")

    @pytest.mark.parametrize(
        "bad",
        [
            3,
            None,
            {"type": "Feature", "properties": {}},
            {"type": "Feature", "properties": {}, "geometry": {"type": "LineString"}},
            {"type": "Feature", "properties": {}, "geometry": "LINESTRING (0 0, 1 1)"},
            {"type": "Feature", "properties": [], "geometry": {"type": "Point",
                                                              "coordinates": [1]}},
            line("ab", "cd"),
            line(A),
        ],
    )  # fmt: skip
    def test_a_feature_that_is_none(self, tmp_path: Path, bad: Any) -> None:
        with pytest.raises(StreetsError) as caught:
            read_streets(write(tmp_path, line(A, B), bad))
        assert_speaks(caught.value, "streets.geojson", "2")

    def test_positions_that_cannot_be(self, tmp_path: Path) -> None:
        for points in ([(36.06, 103.83), (36.061, 103.83)], [(461_000, 3_990_000), A]):
            with pytest.raises(PositionError) as caught:
                read_streets(write(tmp_path, line(*points)))
            assert_speaks(caught.value)

    def test_nothing_to_walk_on(self, tmp_path: Path) -> None:
        for features in ([], [line(A, B, highway="motorway")]):
            with pytest.raises(StreetsError) as caught:
                read_streets(write(tmp_path, *features))
            assert_speaks(caught.value, "streets.geojson", "highway")

    @pytest.mark.parametrize(
        "bbox", [["a", "b", "c", "d"], [None] * 4, [103.9, 36.07, 103.8, 36.05], [1, 2, 3]]
    )
    def test_an_extent_that_is_none(self, tmp_path: Path, bbox: Any) -> None:
        with pytest.raises(StreetsError) as caught:
            read_streets(write(tmp_path, line(A, B), bbox=bbox))
        assert_speaks(caught.value, "bbox", "streets.geojson")

    def test_an_extent_with_heights(self, tmp_path: Path) -> None:
        bbox = [103.82, 36.05, 1500, 103.85, 36.07, 1600]
        network = read_streets(write(tmp_path, line(A, B), bbox=bbox))
        assert network.bounds == (103.82, 36.05, 103.85, 36.07)
