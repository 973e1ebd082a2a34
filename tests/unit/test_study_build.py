"""A study run and written: times by arithmetic, tables as promised, all files or none."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import shapely
from drawn_study import CENTER, PLACES, SPEED_M_S, at, write_study

import circle.study.build as build_module
from circle.directions import route
from circle.errors import StudyError
from circle.geometry import LonLat
from circle.network_file import save_network
from circle.routing import nearest
from circle.streets import read_streets
from circle.study import (
    BuildResult,
    Study,
    build_study,
    new_study,
    read_study,
    run_study,
    walks_from,
)
from circle.study.files import check_folder, write_together
from circle.study.tables import PLACE_COLUMNS, UNPLACED_COLUMNS, neutral


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> BuildResult:
    folder = tmp_path_factory.mktemp("drawn")
    return build_study(read_study(write_study(folder / "my")), folder / "maps" / "my")


def rows(path: Path) -> list[dict[str, str]]:
    raw = path.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"))))


def test_walks_follow_from_the_drawing(built: BuildResult) -> None:
    walks = built.study.walks.set_index("facility_id")
    for key, _, _, _, _, metres in PLACES:
        assert walks.distance_m[key] == pytest.approx(metres, abs=0.1)
        assert walks.time_s[key] == pytest.approx(metres / SPEED_M_S, abs=0.1)
    assert walks.time_s["lost"] == np.inf


def test_guide_numbers_by_class_and_walk(built: BuildResult) -> None:
    content = built.study.content
    order = [item.key for item in content.classes]
    found = [order.index(place.category) for place in content.places]
    assert found == sorted(found)
    assert [place.number for place in content.places] == [1, 2, 3, 4]
    assert [place.facility_id for place in content.unplaced] == ["lost"]
    assert {place.facility_id: place.within_min for place in content.places} == {
        "near": 5, "beside": 5, "north": 10, "edge": 15,
    }  # fmt: skip
    assert content.data_date == "2026-07-01"


def test_every_promised_file_is_there(built: BuildResult) -> None:
    names = ["guide.html", "places.csv", "places.geojson", "rings.geojson", "unplaced.csv"]
    assert [path.name for path in built.paths] == names
    assert sorted(path.name for path in built.guide.parent.iterdir()) == sorted(names)


def test_places_csv(built: BuildResult) -> None:
    table = rows(built.places_csv)
    assert tuple(table[0]) == PLACE_COLUMNS
    by_id = {row["id"]: row for row in table}
    assert by_id["near"]["class_zh"]
    assert by_id["near"]["metres"] == "240"
    assert by_id["near"]["minutes"] == "4"
    lon, lat = at(240, 0)
    assert float(by_id["near"]["lon"]) == pytest.approx(lon, abs=1e-6)
    assert float(by_id["near"]["lat"]) == pytest.approx(lat, abs=1e-6)


def test_places_csv_reads_back_as_a_sheet(built: BuildResult, tmp_path: Path) -> None:
    folder = write_study(tmp_path / "again", places_datum="")
    (folder / "places.csv").write_bytes(built.places_csv.read_bytes())
    again = run_study(read_study(folder))
    assert [p.facility_id for p in again.content.places] == [
        p.facility_id for p in built.study.content.places
    ]


def test_unplaced_csv_says_why_and_holds_no_formula(built: BuildResult) -> None:
    (row,) = rows(built.unplaced_csv)
    assert tuple(row) == UNPLACED_COLUMNS
    assert row["name"] == "无处可寻"
    assert row["reason_zh"]
    assert row["reason_en"]
    assert row["phone"] == "'=1+1"


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@A1", "\t=1", " =1", "＝1"])
def test_a_text_that_could_be_a_formula_is_neutralised(text: str) -> None:
    assert neutral(text) == f"'{text}"


def test_rings_nest_and_match_the_arithmetic(built: BuildResult) -> None:
    collection = json.loads(built.rings_geojson.read_text("utf-8"))
    shapes = [shapely.geometry.shape(f["geometry"]) for f in collection["features"]]
    assert [f["properties"]["budget"] for f in collection["features"]] == [5, 10, 15]
    assert all(shape.is_valid for shape in shapes)
    assert shapes[0].within(shapes[1].buffer(1e-6))
    assert shapes[1].within(shapes[2].buffer(1e-6))
    # Five minutes at 1.2 m/s are 360 m along the street, give or take a cell.
    assert shapes[0].contains(shapely.Point(at(345, 0)))
    assert not shapes[0].contains(shapely.Point(at(375, 0)))


def test_places_geojson_is_the_guide(built: BuildResult) -> None:
    collection = json.loads(built.places_geojson.read_text("utf-8"))
    assert [f["properties"]["number"] for f in collection["features"]] == [1, 2, 3, 4]
    assert {f["id"] for f in collection["features"]} == {place[0] for place in PLACES}


def test_guide_file_carries_the_names(built: BuildResult) -> None:
    html = built.guide.read_text("utf-8")
    assert "试画指南" in html
    assert "CIRCLE_LIVE = false" in html


def test_a_center_away_from_streets_is_told_by_its_key(tmp_path: Path) -> None:
    lon, lat = at(400, 400)
    folder = write_study(tmp_path / "my", center=f"[{lon}, {lat}]")
    with pytest.raises(StudyError, match=r"“center”.*100 m"):
        run_study(read_study(folder))
    outside = write_study(tmp_path / "far", center="[7.42, 43.73]")
    with pytest.raises(StudyError, match=r"“center”.*outside"):
        run_study(read_study(outside))


def test_without_streets_and_internet_the_key_is_named(tmp_path: Path) -> None:
    folder = write_study(tmp_path / "my", streets="")
    with pytest.raises(StudyError, match="“streets”"):
        run_study(read_study(folder))


def test_streets_are_asked_for_where_that_is_allowed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import circle.overpass
    from circle.errors import OnlineError

    def fail(area: object, path: Path, *, everything: bool = False) -> None:
        raise OnlineError(en="There is no internet.", zh="没有网络。")

    monkeypatch.setattr(circle.overpass, "download_extract", fail)
    folder = write_study(tmp_path / "my", streets="", online="true")
    with pytest.raises(StudyError, match="“streets”") as caught:
        run_study(read_study(folder))
    assert "There is no internet." in caught.value.en
    assert "没有网络" in caught.value.zh


def test_a_map_without_places_needs_a_list(tmp_path: Path) -> None:
    folder = write_study(tmp_path / "my", places="")
    with pytest.raises(StudyError, match="“places”"):
        run_study(read_study(folder))


def test_a_saved_network_with_its_map_makes_the_guide_of_the_map(
    extracts: Path, tmp_path: Path
) -> None:
    extract = extracts / "beijing_tsinghua_2017.osm"
    save_network(read_streets(extract), tmp_path / "streets.circle")
    center = LonLat(116.3202, 40.0014)
    whole = read_study(new_study(tmp_path / "one", center, streets=extract))
    saved = replace(whole, streets=tmp_path / "streets.circle", map=extract)
    told, again = run_study(whole).content, run_study(saved).content
    assert len(told.places) > 50
    assert again.places == told.places
    assert again.basemap == told.basemap


@pytest.mark.parametrize("text", ["not json", '{"type": "FeatureCollection", "features": []}'])
def test_a_boundary_without_an_area(tmp_path: Path, text: str) -> None:
    folder = write_study(tmp_path / "my", boundary='"b.geojson"')
    (folder / "b.geojson").write_text(text, "utf-8")
    with pytest.raises(StudyError, match="“boundary”"):
        run_study(read_study(folder))


def test_nothing_is_written_when_the_page_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> bytes:
        raise RuntimeError("no table today")

    monkeypatch.setattr(build_module.tables, "unplaced_csv", fail)
    folder = write_study(tmp_path / "my")
    with pytest.raises(RuntimeError):
        build_study(read_study(folder), tmp_path / "maps" / "my")
    assert not (tmp_path / "maps").exists()


def test_files_are_written_together_or_not(tmp_path: Path) -> None:
    old = tmp_path / "old.txt"
    old.write_text("old")
    (tmp_path / "folder.txt").mkdir()
    with pytest.raises(StudyError):
        write_together(
            {old: b"new", tmp_path / "new" / "a.txt": b"a", tmp_path / "folder.txt": b"b"}
        )
    assert old.read_text() == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder.txt", "old.txt"]


def test_a_file_in_place_of_a_folder_is_refused_early(tmp_path: Path) -> None:
    (tmp_path / "maps").write_text("x")
    with pytest.raises(StudyError):
        check_folder(tmp_path / "maps" / "my")


def _compare_with_routes(study: Study, walker: str, n: int) -> int:
    places = study.facilities[study.facilities.is_placed].geometry.iloc[:n]
    network, center = study.network, study.config.center
    walks = walks_from(network, center, places, minutes=15, walker=walker)
    alone = [
        nearest(network, center, [(place.x, place.y)], minutes=15, walker=walker).time_s[0]
        for place in places
    ]
    assert np.allclose(walks.time_s, alone)
    reached = walks[np.isfinite(walks.time_s)]
    for label, time_s, distance_m in zip(
        reached.index, reached.time_s, reached.distance_m, strict=True
    ):
        point = places[label]
        walk = route(network, center, LonLat(point.x, point.y), walker=walker, is_visit=True)
        assert walk.time_s == pytest.approx(time_s, abs=0.01)
        # Of two walks equally long in time either may be told.
        assert walk.length_m == pytest.approx(distance_m, abs=0.5)
    return len(reached)


@pytest.mark.parametrize("walker", ["adult", "frail", "wheelchair"])
def test_walks_are_the_routes_and_the_times(walker: str) -> None:
    study = run_study(read_study("shanzishi"))
    assert _compare_with_routes(study, walker, 60) >= 5


def test_walks_in_a_town_of_steps(extracts: Path, tmp_path: Path) -> None:
    path = new_study(
        tmp_path / "monaco", LonLat(7.42, 43.735), streets=extracts / "monaco_2023.osm.pbf"
    )
    study = run_study(read_study(path))
    assert _compare_with_routes(study, "adult", 150) > 100
    assert _compare_with_routes(study, "frail", 80) > 20


def test_walks_pass_over_what_is_outside(tmp_path: Path) -> None:
    import geopandas

    network = read_streets(write_study(tmp_path / "my") / "streets.geojson")
    places = geopandas.GeoSeries(
        [shapely.Point(at(120, 0)), shapely.Point(7.4, 43.7), None, shapely.Point(at(400, 400))],
        index=["in", "far", "none", "field"],
        crs="EPSG:4326",
    )
    walks = walks_from(network, CENTER, places, minutes=15)
    assert walks.time_s["in"] == pytest.approx(100.0, abs=0.1)
    assert np.isinf(walks.time_s[["far", "none", "field"]]).all()
    assert walks.is_snapped.tolist() == [True, False, False, False]
